//! Diagnostics for people. The only file that names codespan-reporting.

mod changes;

use codespan_reporting::diagnostic::{Diagnostic as Report, Label as Mark, Severity as Level};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, Config};

use super::{Screen, short};
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap, Span};

/// The diagnostics with the source around their places.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, screen: Screen) -> String {
    if screen.colour {
        let mut writer = Ansi::new(Vec::new());
        write(diagnostics, sources, &mut writer);
        return String::from_utf8_lossy(&writer.into_inner()).into_owned();
    }
    let mut writer = NoColor::new(Vec::new());
    write(diagnostics, sources, &mut writer);
    String::from_utf8_lossy(&writer.into_inner()).into_owned()
}

fn write(diagnostics: &[Diagnostic], sources: &SourceMap, writer: &mut impl WriteColor) {
    let config = Config::default();
    for diagnostic in diagnostics {
        let mut report = report(diagnostic, sources);
        if !fits(diagnostic, sources) {
            report.message = short::place(diagnostic, sources) + &report.message;
            report.labels.clear();
        }
        // Memory takes everything, and every place is one of `sources`.
        let _ = term::emit_to_write_style(writer, &config, &Sources(sources), &report);
    }
}

/// Whether every line to be shown is short enough to be read.
fn fits(diagnostic: &Diagnostic, sources: &SourceMap) -> bool {
    /// In bytes. A longer line is hardly written by hand.
    const LONGEST: usize = 2_000;
    diagnostic.labels.iter().all(|label| {
        let source = sources.get(label.span.file);
        let starts = source.line_starts();
        let line = source.line(label.span.start as usize);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        starts.get(line).copied().unwrap_or(source.text.len()) - start <= LONGEST
    })
}

fn report(diagnostic: &Diagnostic, sources: &SourceMap) -> Report<FileId> {
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    let marks = diagnostic.labels.iter().map(|label| {
        let range = on_boundaries(label.span, sources);
        let mark =
            if label.primary { Mark::primary(label.span.file, range) } else { Mark::secondary(label.span.file, range) };
        mark.with_message(&label.message)
    });
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    let fixes = diagnostic.fixes.iter().filter_map(|fix| changes::shown(fix, diagnostic, sources));
    let fixes = fixes.map(|fix| format!("fix: {fix}"));
    Report::new(level)
        .with_code(diagnostic.code.id)
        .with_message(&diagnostic.message)
        .with_labels(marks.collect())
        .with_notes(notes.chain(help).chain(fixes).collect())
}

/// The span's bytes, widened to whole characters.
fn on_boundaries(span: Span, sources: &SourceMap) -> std::ops::Range<usize> {
    let text = &sources.get(span.file).text;
    let mut range = span.range();
    range.end = range.end.min(text.len());
    range.start = range.start.min(range.end);
    while !text.is_char_boundary(range.start) {
        range.start -= 1;
    }
    while !text.is_char_boundary(range.end) {
        range.end += 1;
    }
    range
}

struct Sources<'a>(&'a SourceMap);

impl<'a> Files<'a> for Sources<'a> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.0.get(id).name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.0.get(id).text)
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, Error> {
        Ok(self.0.get(id).line_starts().partition_point(|start| *start <= offset).saturating_sub(1))
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<std::ops::Range<usize>, Error> {
        let source = self.0.get(id);
        let starts = source.line_starts();
        let given = starts.get(line).copied();
        let start = given.ok_or(Error::LineTooLarge { given: line, max: starts.len().saturating_sub(1) })?;
        let end = starts.get(line + 1).copied().unwrap_or(source.text.len());
        Ok(start..end)
    }
}
