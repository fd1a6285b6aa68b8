//! The one style of `.flyteenv` files.
//!
//! In: the tree of a source without faults of the text, and that text. Out: the text as it is written in the style. Always: only white space, commas and
//! line ends differ, which whoever writes the text [checks](is_faithful); what was formatted once stays as it is; comments stay
//! with what they belong to. Not here: which files are formatted.
//!
//! - Two spaces for each block, a statement a line, at most one blank line, one around declarations that take several lines.
//! - A block, list or call that was written on one line stays on one, where it fits; one that was written on several stays on
//!   several, with a comma behind each element. Elements that stood on a line together stay together.
//! - Behind consecutive keys without a label that take a line each, what follows is aligned; and so are comments behind consecutive lines.
//! - A choice over several lines has a branch a line.
//! - Names, strings and numbers stay as they were written.
//! - A comment in the middle of a statement, behind an operator, goes above it.

mod inline;
mod lines;
mod statements;
mod values;

use self::lines::Line;
use crate::source::Span;
use crate::syntax::ast::{Comment, File};
use crate::syntax::comments::comments;

/// How many characters a line has at the most, where it can be broken.
const WIDTH: usize = 120;

/// How many spaces a block is set in by.
const STEP: usize = 2;

/// The source in the style.
#[must_use]
pub fn format(file: &File, source: &str) -> String {
    let mut printer = Printer { source, lines: Vec::new() };
    printer.statements(&file.statements, &file.trailing, 0, None);
    lines::joined(&printer.lines)
}

/// Whether two sources, each with its tree, differ in nothing but white space, commas and where comments stand.
#[must_use]
pub fn is_faithful(before: (&File, &str), after: (&File, &str)) -> bool {
    essence(before) == essence(after)
}

/// What formatting never changes: the text without comments, and the comments, without white space and commas. Both may stand in
/// strings; there they are copied.
fn essence((file, text): (&File, &str)) -> (String, Vec<String>) {
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect::<String>();
    let mut places = Vec::new();
    comments(file, &mut |comment, _| places.push(comment.span));
    places.sort_unstable();
    let mut code = String::new();
    let mut remarks = Vec::new();
    let mut end = 0;
    for place in places {
        code += &plain(text.get(end..place.start as usize).unwrap_or_default());
        // A comment in the middle of something documents nothing, and above it would.
        remarks.push(plain(text.get(place.range()).unwrap_or_default()).trim_start_matches('#').to_owned());
        end = place.end as usize;
    }
    code += &plain(text.get(end..).unwrap_or_default());
    remarks.sort_unstable();
    (code.trim_start_matches('\u{FEFF}').to_owned(), remarks)
}

/// Writes a tree as lines; what is written goes to the end of the last one.
struct Printer<'s> {
    source: &'s str,
    lines: Vec<Line>,
}

impl<'s> Printer<'s> {
    /// Begins a line.
    fn open(&mut self, depth: usize) {
        self.lines.push(Line::new(depth));
    }

    fn push(&mut self, text: &str) {
        if let Some(line) = self.lines.last_mut() {
            line.text.push_str(text);
        }
    }

    /// Whether something fits behind what is on the line.
    fn fits(&self, text: &str) -> bool {
        /// What may follow: a comma, or a brace.
        const BEHIND: usize = 2;
        let written = self.lines.last().map_or(0, Line::width);
        written + text.chars().count() + BEHIND <= WIDTH
    }

    /// Puts a comment behind the line; where there is one already, on a line of its own.
    fn comment_behind(&mut self, comment: &Comment, depth: usize) {
        let text = self.comment(comment);
        match self.lines.last_mut() {
            Some(line) if line.comment.is_none() => line.comment = Some(text),
            _ => self.comment_line(comment, depth),
        }
    }

    /// Puts a comment on a line of its own.
    fn comment_line(&mut self, comment: &Comment, depth: usize) {
        let text = self.comment(comment);
        self.open(depth);
        self.push(&text);
        if let Some(line) = self.lines.last_mut() {
            line.aside = true;
        }
    }

    /// A comment, with a blank behind its `#`.
    fn comment(&self, comment: &Comment) -> String {
        let text = self.text(comment.span).trim_end();
        let signs = text.len() - text.trim_start_matches('#').len();
        let (signs, words) = text.split_at(signs);
        let close = words.starts_with(char::is_alphanumeric);
        if close { format!("{signs} {words}") } else { text.to_owned() }
    }

    /// The source at a place.
    fn text(&self, span: Span) -> &'s str {
        self.source.get(span.range()).unwrap_or_default()
    }

    /// The source between two offsets.
    fn between(&self, from: u32, to: u32) -> &'s str {
        self.source.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Whether a line ends between two offsets.
    fn breaks(&self, from: u32, to: u32) -> bool {
        self.between(from, to).contains('\n')
    }

    /// Whether there is a blank line between two offsets, with nothing but separators on the lines around it.
    fn has_blank_line(&self, from: u32, to: u32) -> bool {
        self.between(from, to).bytes().filter(|byte| *byte == b'\n').count() > 1
    }
}
