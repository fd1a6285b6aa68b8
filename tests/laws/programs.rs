//! What holds for every program.
//!
//! In: files. Out: what does not hold. Always: there are pods only where there are no errors; each message has words, and places
//! that are in a text; compiling again gives the same, and so does another order of the files. Not here: one text's tree.

use std::collections::BTreeMap;

use flytec::diagnostics::render::{Format, Screen, render};
use flytec::diagnostics::{Diagnostics, code};
use flytec::emit::{self, Emitter};
use flytec::syntax;
use flytec::syntax::ast::{Statement, StatementKind};

use super::ensure;
use crate::support::Program;

/// The beginning of a line that begins the next file in a text; its path follows.
pub const NEXT_FILE: &str = "#@ ";

/// Files that are not named, by their paths.
type Others = BTreeMap<String, Vec<u8>>;

/// Files as one text has them: `a.flyteenv`, and behind each line `#@ PATH` a further one. Those that lie beside the first and are sources are
/// named, and the others there to be found.
fn files(text: &str) -> (Vec<(String, String)>, Others) {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut name = "a.flyteenv".to_owned();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(NEXT_FILE) {
            Some(path) => path.trim().clone_into(&mut name),
            None => all.entry(name.clone()).or_default().push_str(line),
        }
    }
    let is_named = |name: &str| name.ends_with(".flyteenv") && !name.contains('/');
    let (named, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, _)| is_named(name));
    (named, others.into_iter().map(|(name, text)| (name, text.into_bytes())).collect())
}

/// Holds the files in a text to what holds for every program.
pub fn check_files(text: &str) -> Result<(), String> {
    let (named, others) = files(text);
    let compile = |files| Program::beside(files, others.clone(), &[]);
    let program = compile(named.clone());
    check_program(&program)?;
    let (messages, bytes) = (program.messages(), written(&program));
    for files in [named.clone(), named.into_iter().rev().collect()] {
        let again = compile(files);
        ensure(again.messages() == messages, format!("compiling again gives other messages:\n{messages}"))?;
        ensure(written(&again) == bytes, "compiling again gives other bytes")?;
    }
    Ok(())
}

/// Holds a compiled program to what always holds.
pub fn check_program(program: &Program) -> Result<(), String> {
    let compilation = &program.compilation;
    if compilation.has_errors() {
        ensure(compilation.workloads.is_empty(), "there are pods beside errors")?;
    } else {
        let mut faults = Diagnostics::default();
        for module in compilation.modules.iter() {
            syntax::parse(module.file, program.sources().get(module.file), &mut faults);
        }
        let named = compilation.modules.iter().filter(|module| module.named);
        let declared: Option<usize> = named.map(|module| pods(&module.tree.statements)).sum();
        ensure(!faults.has_errors(), "what the parser refuses is accepted")?;
        let counted = declared.is_none_or(|declared| compilation.workloads.len() == declared);
        ensure(counted, "a task is lost, and nothing is said about it")?;
    }
    for diagnostic in &compilation.diagnostics {
        let message = &diagnostic.message;
        ensure(diagnostic.code != code::INTERNAL, message)?;
        ensure(!message.is_empty() && !message.contains(char::is_control), format!("no line of text: {message:?}"))?;
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in diagnostic.labels.iter().map(|label| label.span).chain(edits) {
            let text = &program.sources().get(span.file).text;
            ensure(text.get(span.range()).is_some(), format!("{message}: {span:?} is no place in the text"))?;
        }
    }
    let narrow = Screen { colour: true, width: Some(40), ascii: true };
    let human =
        [Screen::default(), Screen { colour: true, ..Screen::default() }, narrow].map(|screen| (Format::Human, screen));
    let others = [Format::Short, Format::Json, Format::Sarif, Format::Github].map(|format| (format, Screen::default()));
    for (format, screen) in human.into_iter().chain(others) {
        let text = render(&compilation.diagnostics, program.sources(), format, screen);
        let document = format == Format::Sarif;
        ensure(
            document || text.is_empty() == compilation.diagnostics.is_empty(),
            "there are no words for a diagnostic",
        )?;
        let lines = !matches!(format, Format::Human | Format::Sarif);
        let one_line_each = !lines || text.lines().count() == compilation.diagnostics.len();
        ensure(one_line_each, "a diagnostic is not one line")?;
    }
    Ok(())
}

/// How many pods statements declare: one for each task and each variant. An `if` or `for` leaves that open.
fn pods(statements: &[Statement]) -> Option<usize> {
    let pods = statements.iter().map(|statement| match &statement.kind {
        StatementKind::Task(_) => Some(1),
        StatementKind::Override(over) => Some(usize::from(over.variant.is_some())),
        StatementKind::Environment(environment) => pods(&environment.body.statements),
        StatementKind::If(_) | StatementKind::For(_) => None,
        _ => Some(0),
    });
    pods.sum()
}

/// The bytes of every pod in every format.
pub fn written(program: &Program) -> Vec<u8> {
    let mut bytes = Vec::new();
    for kind in [emit::Kind::Pod, emit::Kind::K8s] {
        for format in [emit::Format::Json, emit::Format::Yaml, emit::Format::Proto] {
            let mut emitter = Emitter::for_files(kind, format);
            program.compilation.workloads.iter().for_each(|workload| emitter.write(workload, &mut bytes));
        }
    }
    bytes
}

/// Fails where the order in which files are named shows.
pub fn order_does_not_matter(files: Vec<(String, String)>) -> Result<(), String> {
    let outcome = |files: Vec<(String, String)>| {
        let program = Program::compile(files, &[]);
        check_program(&program).map(|()| (program.messages(), written(&program)))
    };
    let expected = outcome(files.clone())?;
    let mut rotated = files.clone();
    rotated.rotate_left(files.len() / 2);
    for other in [rotated, files.into_iter().rev().collect()] {
        ensure(outcome(other)? == expected, format!("the order of files shows:\n{}", expected.0))?;
    }
    Ok(())
}
