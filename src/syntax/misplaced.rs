//! Declarations in blocks that cannot hold any.
//!
//! In: a text whose brackets match. Out: the same text, or a copy of the same length without the declarations that stand in the
//! block of a task, a template or a setting. Always: each is one diagnostic. (Where brackets do not match, the grammar takes such a
//! declaration for the end of a block that was never closed.) Not here: what an environment cannot hold, which `resolve` says.

use std::borrow::Cow;

use super::scan::{Token, scan};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Span};

/// What a block may hold.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    /// Whatever the block around it may.
    TheSame,
    Tasks,
    Settings,
}

/// A declaration that was found where none can be.
struct Found {
    start: usize,
    /// How many brackets are open around it.
    depth: usize,
    end: usize,
}

/// The text without declarations that are misplaced in it.
pub fn without<'t>(file: FileId, text: Cow<'t, str>, diagnostics: &mut Diagnostics) -> Cow<'t, str> {
    let found = found(&text);
    if found.is_empty() {
        return text;
    }
    let mut bytes = text.as_bytes().to_vec();
    for declaration in &found {
        diagnostics.push(told(file, &text, declaration.start));
        for byte in bytes.get_mut(declaration.start..declaration.end).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    // Whole declarations were replaced by ASCII, so this is still UTF-8.
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn found(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut open: Vec<(u8, Holds)> = Vec::new();
    let mut line = 0;
    scan(text, |token| match token {
        Token::Line { at, .. } => {
            line = at;
            let closed = found.last().is_none_or(|last| last.end > 0);
            if closed && holds(&open) == Some(Holds::Settings) && declares(text, at) {
                found.push(Found { start: at, depth: open.len(), end: 0 });
            }
        }
        Token::Open { at, byte } => {
            let holds = if byte == b'{' { kind(text.get(line..at).unwrap_or_default()) } else { Holds::TheSame };
            open.push((byte, holds));
        }
        Token::Close { byte: b')', .. } => _ = open.pop_if(|(open, _)| *open == b'('),
        Token::Close { at, .. } => {
            // Parentheses that were not closed end with the bracket around them.
            while open.pop_if(|(open, _)| *open == b'(').is_some() {}
            open.pop();
            if let Some(last) = found.last_mut().filter(|last| last.end == 0 && last.depth == open.len()) {
                last.end = at + 1;
            }
        }
        Token::Code { .. } => {}
    });
    found.retain(|declaration| declaration.end > 0);
    found
}

/// What the innermost block holds that says so.
fn holds(open: &[(u8, Holds)]) -> Option<Holds> {
    open.iter().rev().map(|(_, holds)| *holds).find(|holds| *holds != Holds::TheSame)
}

/// What a block holds that stands behind this text, which begins with its line. Only the head of a declaration is sure to be one:
/// that of a branch may have begun on an earlier line.
fn kind(head: &str) -> Holds {
    /// In bytes; no head is longer, and lines are that have many blocks.
    const FAR: usize = 200;
    let near = (0..=head.len().min(FAR)).rev().find_map(|end| head.get(..end));
    let mut words = near.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let (word, name) = (words.next().unwrap_or_default(), words.next());
    match word {
        "environment" if name.is_some() => Holds::Tasks,
        "task" | "override" | "template" if name.is_some() => Holds::Settings,
        _ => Holds::TheSame,
    }
}

/// Whether a line begins a declaration with a name and a block.
fn declares(text: &str, at: usize) -> bool {
    const DECLARED: &[&str] = &["task ", "override ", "template ", "environment "];
    let rest = text.get(at..).unwrap_or_default();
    if !DECLARED.iter().any(|word| rest.starts_with(word)) {
        return false;
    }
    let line = rest.split('\n').next().unwrap_or_default();
    let mut words = line.split(' ').filter(|word| !word.is_empty()).skip(1);
    let name =
        words.next().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"' || c == '_'));
    name && line.contains('{') && !line.split('{').next().unwrap_or_default().contains('=')
}

fn told(file: FileId, text: &str, start: usize) -> Diagnostic {
    let line = text.get(start..).unwrap_or_default();
    let word = line.split(' ').next().unwrap_or_default();
    let name = line.get(word.len()..).unwrap_or_default().trim_start();
    let begin = start + line.len() - line.trim_start_matches(word).trim_start().len();
    let quoted = name.strip_prefix('"').and_then(|name| name.find('"')).map(|end| end + 2);
    let length = quoted.or_else(|| name.find([' ', '{', '(', '\n'])).unwrap_or(name.len());
    let place = Span::new(file, begin..begin + length);
    let shown = name.get(..length).unwrap_or_default();
    let message = format!("{word} `{}` stands in a block that can hold no declarations", shown.trim_matches('"'));
    let where_to = match word {
        "task" | "override" => "move it into its environment, beside the others; a `}` may be missing above it",
        _ => "move it out, to the top level of the file; a `}` may be missing above it",
    };
    Diagnostic::new(code::MISPLACED, place, message)
        .note("an environment holds tasks and overrides; the block of a task, a template or a setting holds settings alone")
        .help(where_to)
}
