//! What holds for every text that is written in the one style.
//!
//! In: a text. Out: what does not hold. Always: a text without faults is formatted into one without faults, with the same tree; what
//! was formatted stays as it is, and compiles to the same messages and pods. Not here: how the style looks.

use flytec::diagnostics::Diagnostics;
use flytec::format::{format, is_faithful};
use flytec::source::SourceMap;
use flytec::syntax::ast::File;
use flytec::syntax::parse;

use super::ensure;
use super::programs::written;
use crate::support::Program;

/// Formats a text, if it has no faults, and tells what does not hold.
pub fn check_style(text: &str) -> Result<(), String> {
    let Some(before) = tree(text) else { return Ok(()) };
    let once = format(&before, text);
    let after = tree(&once).ok_or_else(|| format!("it has faults when formatted:\n{once}"))?;
    ensure(is_faithful((&before, text), (&after, &once)), format!("more than white space changes:\n{once}"))?;
    ensure(meaning(&before) == meaning(&after), format!("another tree is formatted:\n{once}"))?;
    let twice = format(&after, &once);
    ensure(once == twice, format!("what was formatted changes again:\n{once}\n{twice}"))?;
    compiles_alike(text, &once)
}

/// Fails where two texts compile to other pods, or to other messages.
fn compiles_alike(before: &str, after: &str) -> Result<(), String> {
    let compile = |text: &str| Program::compile(vec![("a.flyteenv".to_owned(), text.to_owned())], &[]);
    let (before, after) = (compile(before), compile(after));
    let told = |program: &Program| -> Vec<_> {
        let told = program.compilation.diagnostics.iter();
        told.map(|told| (told.code.id, told.message.clone(), told.labels.len())).collect()
    };
    ensure(told(&before) == told(&after), format!("other messages come when it is formatted:\n{}", after.messages()))?;
    ensure(written(&before) == written(&after), "other pods come when it is formatted")
}

/// The tree of a text, if there is no fault in it.
fn tree(text: &str) -> Option<File> {
    let sources = SourceMap::new(vec![("a.flyteenv".to_owned(), text.to_owned())]);
    let file = sources.ids().next()?;
    let mut diagnostics = Diagnostics::default();
    let tree = parse(file, sources.get(file), &mut diagnostics);
    (!diagnostics.has_errors()).then_some(tree)
}

/// What a tree says, without its places and its comments (of which [`is_faithful`] knows).
fn meaning(tree: &File) -> String {
    let whole = format!("{tree:?}");
    let mut rest = whole.as_str();
    let mut said = String::new();
    // Names and texts are written between quotes, in which nothing is left out.
    while let Some(at) = rest.find(['"', 'S', 'C']) {
        let (before, found) = rest.split_at(at);
        said.push_str(before);
        let length = quoted(found).unwrap_or(1);
        let left_out = node(found, "Span { ").or_else(|| node(found, "Comment { "));
        rest = left_out.unwrap_or(&found[length..]);
        if left_out.is_none() {
            said.push_str(&found[..length]);
        }
    }
    said.push_str(rest);
    // A comment may come to stand above what it stood behind or in.
    said.replace(", ", "").replace("Some()", "None")
}

/// The length of a quoted text.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    let inner = text.strip_prefix('"')?;
    let end = inner.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map(|(at, _)| at + 2)
}

/// What is behind a node of this name.
fn node<'t>(text: &'t str, head: &str) -> Option<&'t str> {
    let mut depth = 1;
    let inner = text.strip_prefix(head)?;
    let end = inner.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    end.map(|at| &inner[at + 1..])
}
