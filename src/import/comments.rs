//! The comments of a YAML file, and what they belong to.
//!
//! In: the text, and the values in it. Out: the comments above and behind a place. Always: each is handed out once; a `#` in a text is none.
//! Not here: where they go.

use std::collections::{BTreeMap, BTreeSet};

use super::nodes::entries;
use crate::data::{Key, Kind, Node};
use crate::source::Span;

/// The comments that were not handed out yet.
#[derive(Debug, Default)]
pub struct Comments {
    /// Where each line of the text begins.
    starts: Vec<usize>,
    /// The lines without anything.
    blank: BTreeSet<usize>,
    /// The lines above which was looked already; many values may stand on one.
    asked: BTreeSet<usize>,
    /// By the number of their line: the text, and whether nothing else is on that line.
    lines: BTreeMap<usize, (String, bool)>,
}

/// What begins a document.
const DOCUMENT: &str = "---";

impl Comments {
    /// Those of a text with these values.
    pub fn of(text: &str, documents: &[Node]) -> Self {
        let mut scalars = BTreeMap::new();
        for document in documents {
            collect(document, &mut scalars);
        }
        let mut comments = Self::default();
        let mut start = 0;
        let mut begun = false;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            comments.starts.push(start);
            // What stands above the mark of the first document belongs to it.
            let is_blank = line.trim().is_empty() || !begun && line.trim_end() == DOCUMENT;
            if is_blank {
                comments.blank.insert(number);
            }
            begun = begun || !is_blank && !line.trim_start().starts_with('#');
            if let Some(at) = sign(line, start, &scalars) {
                let (before, comment) = line.split_at_checked(at).unwrap_or_default();
                let comment = comment.trim_start_matches('#').trim().to_owned();
                comments.lines.insert(number, (comment, before.trim().is_empty()));
            }
            start += line.len();
        }
        comments
    }

    /// The comments on the lines above a place, also such with blank lines below them.
    pub fn above(&mut self, place: Span) -> Vec<String> {
        let line = self.line(place.start);
        if !self.asked.insert(line) {
            return Vec::new();
        }
        self.between(self.blocks(line), line)
    }

    /// What is said at the beginning of the file, where a blank line tells it apart from what the first document says of itself.
    pub fn preface(&mut self) -> Vec<String> {
        let first = (0..self.starts.len()).find(|line| self.is_content(*line)).unwrap_or_default();
        match self.blank.range(..first).next_back() {
            Some(blank) => self.between(0, *blank),
            None => Vec::new(),
        }
    }

    /// The comments on these lines.
    fn between(&mut self, first: usize, end: usize) -> Vec<String> {
        let found: Vec<usize> = self.lines.range(first..end).map(|(line, _)| *line).collect();
        said(found.iter().filter_map(|line| self.lines.remove(line)).map(|(text, _)| text).collect())
    }

    /// The first of the lines above this one that are comments or blank.
    fn blocks(&self, line: usize) -> usize {
        let above = (0..line).rev().take_while(|line| !self.is_content(*line));
        above.last().unwrap_or(line)
    }

    /// Whether there is something else than a comment on a line.
    fn is_content(&self, line: usize) -> bool {
        !self.blank.contains(&line) && !self.lines.get(&line).is_some_and(|(_, alone)| *alone)
    }

    /// The comment at the end of the line of a place.
    pub fn behind(&mut self, place: Span) -> Option<String> {
        let line = self.line(place.start);
        if self.lines.get(&line)?.1 {
            return None;
        }
        self.lines.remove(&line).map(|(text, _)| text).filter(|text| !text.is_empty())
    }

    /// All comments at an entry, and at the entries in it. Recursion follows the nesting of the file, which is bounded.
    pub fn within(&mut self, key: &Key, node: &Node) -> Vec<String> {
        let mut found = self.above(key.span);
        found.extend(self.behind(key.span));
        for (key, node) in entries(node) {
            found.extend(self.within(key, node));
        }
        found
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
