//! The comments of a YAML file, and what they belong to.
//!
//! In: the text, and the values in it. Out: the comments above and behind a place. Always: each is handed out once; a `#` in a text is none.
//! Not here: where they go.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::{Kind, Node};
use crate::source::Span;

/// The comments that were not handed out yet.
#[derive(Debug, Default)]
pub struct Comments {
    /// Where each line of the text begins.
    starts: Vec<usize>,
    /// The lines without anything.
    blank: BTreeSet<usize>,
    /// By the number of their line: the text, and whether nothing else is on that line.
    lines: BTreeMap<usize, (String, bool)>,
}

impl Comments {
    /// Those of a text with these values.
    pub fn of(text: &str, documents: &[Node]) -> Self {
        let mut scalars = BTreeMap::new();
        for document in documents {
            collect(document, &mut scalars);
        }
        let mut comments = Self::default();
        let mut start = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            comments.starts.push(start);
            if line.trim().is_empty() {
                comments.blank.insert(number);
            }
            if let Some(at) = sign(line, start, &scalars) {
                let (before, comment) = line.split_at_checked(at).unwrap_or_default();
                let comment = comment.trim_start_matches('#').trim().to_owned();
                comments.lines.insert(number, (comment, before.trim().is_empty()));
            }
            start += line.len();
        }
        comments
    }

    /// The comments on the lines directly above a place.
    pub fn above(&mut self, place: Span) -> Vec<String> {
        let mut line = self.line(place.start);
        let mut found = Vec::new();
        while let Some(above) = line.checked_sub(1) {
            if !self.lines.get(&above).is_some_and(|(_, alone)| *alone) {
                break;
            }
            found.extend(self.lines.remove(&above).map(|(text, _)| text));
            line = above;
        }
        found.reverse();
        said(found)
    }

    /// The comments on the lines above the beginning of a document, also such with blank lines below them.
    pub fn header(&mut self, place: Span) -> Vec<String> {
        let first = self.blocks(self.line(place.start));
        let mut below = self.lines.split_off(&first);
        let rest = below.split_off(&self.line(place.start));
        self.lines.extend(rest);
        said(below.into_values().map(|(text, _)| text).collect())
    }

    /// The first of the lines above this one that are comments or blank.
    fn blocks(&self, line: usize) -> usize {
        let fills = |line: &usize| self.blank.contains(line) || self.lines.get(line).is_some_and(|(_, alone)| *alone);
        let above = (0..line).rev().take_while(fills);
        above.last().unwrap_or(line)
    }

    /// The comment at the end of the line of a place.
    pub fn behind(&mut self, place: Span) -> Option<String> {
        let line = self.line(place.start);
        if self.lines.get(&line)?.1 {
            return None;
        }
        self.lines.remove(&line).map(|(text, _)| text).filter(|text| !text.is_empty())
    }

    fn line(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset as usize).saturating_sub(1)
    }
}

/// The comments without empty ones at both ends.
fn said(mut comments: Vec<String>) -> Vec<String> {
    while comments.last().is_some_and(String::is_empty) {
        comments.pop();
    }
    let first = comments.iter().position(|text| !text.is_empty()).unwrap_or_default();
    comments.split_off(first)
}

/// Where texts and keys are, by their beginnings. Recursion follows the nesting of the file, which is bounded.
fn collect(node: &Node, scalars: &mut BTreeMap<usize, usize>) {
    let mut add = |span: Span| scalars.insert(span.range().start, span.range().end);
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| collect(item, scalars)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                scalars.insert(key.span.range().start, key.span.range().end);
                collect(value, scalars);
            }
        }
        _ => drop(add(node.span)),
    }
}

/// Where the comment of a line begins, which stands at `start` in the text.
fn sign(line: &str, start: usize, scalars: &BTreeMap<usize, usize>) -> Option<usize> {
    let blank_before =
        |at: usize| line.get(..at).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']));
    let within = |at: usize| scalars.range(..=at).next_back().is_some_and(|(_, end)| at < *end);
    let signs = line.match_indices('#').map(|(at, _)| at);
    let mut signs = signs.filter(|at| blank_before(*at) && !within(start + at));
    signs.next()
}
