//! `flytec fmt`: sources in the one style.
//!
//! In: files. Out: the same files, formatted. Always: a file with a fault of its text is left alone, and the fault is told. Not here: the style.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::args::{Fmt, Global};
use super::files::{Disk, Drafts, read, shown};
use super::reads::Reads;
use super::replace::replace;
use super::sources::named;
use super::texts::{not_utf8, text};
use super::{Failure, Verdict, plural, print, report, say};
use crate::diagnostics::Diagnostics;
use crate::format::{format, is_faithful};
use crate::source::{FileId, Source, SourceMap};
use crate::syntax;

/// A source, and where it comes from: a file, or standard input.
struct Text {
    file: FileId,
    path: Option<PathBuf>,
}

/// Runs the command.
pub fn run(global: &Global, arguments: &Fmt) -> Result<Verdict, Failure> {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let texts = texts(arguments, &mut sources, &mut diagnostics)?;
    let mut changed = 0;
    for text in &texts {
        if let Some(formatted) = formatted(text, &sources, &mut diagnostics) {
            changed += usize::from(done(arguments, text, &sources, &formatted)?);
        }
    }
    let refused = diagnostics.has_errors();
    report(global, &diagnostics.finish(&sources), &sources);
    let shows = arguments.check || arguments.diff;
    if changed > 0 && !shows && global.tells_summary() {
        say(&format!("{} formatted\n", plural(changed, "file")));
    }
    Ok(if refused || (shows && changed > 0) { Verdict::Bad } else { Verdict::Good })
}

/// The sources that the arguments name.
fn texts(arguments: &Fmt, sources: &mut SourceMap, diagnostics: &mut Diagnostics) -> Result<Vec<Text>, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
    let mut texts = Vec::new();
    let mut add = |name: String, bytes: Vec<u8>, path: Option<PathBuf>| {
        let (text, bad) = text(bytes);
        let file = sources.add(Source::new(name, text));
        diagnostics.extend(bad.map(|at| not_utf8(file, at)));
        texts.push(Text { file, path });
    };
    for path in named(paths, &mut Disk::new(Drafts::new(), Reads::default())?)? {
        let name = shown(&path);
        let bytes = read(&path).map_err(|absence| super::project::unreadable(&name, &absence))?;
        add(name, bytes, Some(path));
    }
    if paths.iter().any(|path| path.as_os_str() == "-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
        add(arguments.stdin_filename.clone(), bytes, None);
    }
    if texts.is_empty() {
        return Err(Failure::new("no `.flyteenv` files here; name a file or a folder"));
    }
    Ok(texts)
}

/// A source in the style; nothing where there is a fault in it, which is told.
fn formatted(text: &Text, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Option<String> {
    let source = sources.get(text.file);
    let mut faults = Diagnostics::default();
    let tree = syntax::parse(text.file, source, &mut faults);
    let is_bad = faults.has_errors() || diagnostics.contains(crate::diagnostics::code::NOT_UTF8, text.file);
    diagnostics.extend(faults.finish(sources));
    if is_bad {
        return None;
    }
    let formatted = Source::new(source.name.clone(), format(&tree, &source.text));
    let mut new_faults = Diagnostics::default();
    let new_tree = syntax::parse(text.file, &formatted, &mut new_faults);
    let faithful = is_faithful((&tree, &source.text), (&new_tree, &formatted.text)) && !new_faults.has_errors();
    if !faithful {
        let start = crate::source::Span::new(text.file, 0..0);
        let fault = crate::diagnostics::Diagnostic::new(
            crate::diagnostics::code::INTERNAL,
            start,
            "formatting would change more than white space, so this file is left as it is",
        );
        diagnostics.push(fault.note("this is a fault of flytec; please report it"));
    }
    faithful.then_some(formatted.text)
}

/// Writes or shows the formatted source, and tells whether it differs.
fn done(arguments: &Fmt, text: &Text, sources: &SourceMap, formatted: &str) -> Result<bool, Failure> {
    let Source { name, text: old, .. } = sources.get(text.file);
    let changes = old != formatted;
    if arguments.check || arguments.diff {
        if changes && arguments.diff {
            print(
                TextDiff::from_lines(old.as_str(), formatted).unified_diff().header(name, name).to_string().as_bytes(),
            )?;
        } else if changes {
            print(format!("{name}\n").as_bytes())?;
        }
        return Ok(changes);
    }
    match &text.path {
        // What a link leads to is written, and not the link.
        Some(path) if changes => replace(&real(path)?, formatted.as_bytes(), true),
        Some(_) => Ok(false),
        None => print(formatted.as_bytes()).map(|()| false),
    }
}

fn real(path: &Path) -> Result<PathBuf, Failure> {
    std::fs::canonicalize(path).map_err(|error| Failure::io("write", path, &error))
}
