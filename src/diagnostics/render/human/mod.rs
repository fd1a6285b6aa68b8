//! Diagnostics for people. The only folder that names codespan-reporting.

mod excerpt;
mod folds;
mod prose;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Report, Label as Mark, Severity as Level};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, Chars, Config};

use self::excerpt::{Excerpt, fits, on_boundaries, printable};
use self::prose::Prose;
use super::{Screen, changes};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap, Span};

/// The diagnostics with the source around their places.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, screen: Screen) -> String {
    if screen.colour {
        let mut writer = Ansi::new(Vec::new());
        write(diagnostics, sources, screen, &mut writer);
        return String::from_utf8_lossy(&writer.into_inner()).into_owned();
    }
    let mut writer = NoColor::new(Vec::new());
    write(diagnostics, sources, screen, &mut writer);
    String::from_utf8_lossy(&writer.into_inner()).into_owned()
}

fn write(diagnostics: &[Diagnostic], sources: &SourceMap, screen: Screen, writer: &mut impl WriteColor) {
    /// How many bytes of a line are shown where nothing says how wide the screen is.
    const LONGEST: usize = 200;
    /// What stands beside a line at the most.
    const MARGIN: usize = 12;
    /// Less than this of a line says nothing.
    const SHORTEST: usize = 40;
    let config = Config { chars: if screen.ascii { Chars::ascii() } else { Chars::default() }, ..Config::default() };
    let width = screen.width.map_or(LONGEST, |width| width.saturating_sub(MARGIN).clamp(SHORTEST, LONGEST));
    let prose = Prose::new(screen);
    let texts = Texts::new(sources);
    for (diagnostic, others) in folds::folded(diagnostics, sources) {
        let more = others.map(|others| prose.note("note", &others));
        // Memory takes everything, and every place is one of `sources`.
        let _ = if fits(&diagnostic.labels, sources, width) {
            let place = |span: Span| on_boundaries(span.range(), &sources.get(span.file).text);
            let report = report(diagnostic, sources, &prose, place).with_notes(more.into_iter().collect());
            term::emit_to_write_style(writer, &config, &texts, &report)
        } else {
            let excerpt = Excerpt::new(&diagnostic.labels, sources, width, prose.ellipsis());
            let report = report(diagnostic, sources, &prose, |span| excerpt.place(span));
            let report = report.with_notes(more.into_iter().collect());
            term::emit_to_write_style(writer, &config, &excerpt, &report)
        };
    }
}

fn report(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    prose: &Prose,
    place: impl Fn(Span) -> Range<usize>,
) -> Report<FileId> {
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let marks = diagnostic.labels.iter().map(|label| {
        let (file, range) = (label.span.file, place(label.span));
        let mark = if label.primary { Mark::primary(file, range) } else { Mark::secondary(file, range) };
        mark.with_message(prose.line(&label.message))
    });
    let notes = diagnostic.notes.iter().map(|note| prose.note("note", note));
    let help = diagnostic.help.iter().map(|help| prose.note("help", help));
    let fixes = diagnostic.fixes.iter().filter_map(|fix| changes::shown(fix, diagnostic, sources));
    let fixes = fixes.map(|(words, lines)| prose.note("fix", &words) + &lines);
    Report::new(level)
        .with_code(diagnostic.code.id)
        .with_message(prose.headline(diagnostic))
        .with_labels(marks.collect())
        .with_notes(notes.chain(help).chain(fixes).collect())
}

/// The texts of all sources, as terminals may be given them.
struct Texts<'a> {
    sources: &'a SourceMap,
    /// By the numbers of the files; made where they are needed.
    texts: Vec<OnceCell<Cow<'a, str>>>,
}

impl<'a> Texts<'a> {
    fn new(sources: &'a SourceMap) -> Self {
        Self { sources, texts: sources.ids().map(|_| OnceCell::new()).collect() }
    }
}

impl<'a> Files<'a> for Texts<'_> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.sources.get(id).name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        let text = self.texts.get(id.index()).ok_or(Error::FileMissing)?;
        Ok(text.get_or_init(|| printable(&self.sources.get(id).text)))
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, Error> {
        Ok(self.sources.get(id).line_starts().partition_point(|start| *start <= offset).saturating_sub(1))
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        let source = self.sources.get(id);
        let starts = source.line_starts();
        let given = starts.get(line).copied();
        let start = given.ok_or(Error::LineTooLarge { given: line, max: starts.len().saturating_sub(1) })?;
        let end = starts.get(line + 1).copied().unwrap_or(source.text.len());
        Ok(start..end)
    }
}
