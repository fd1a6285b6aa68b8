//! Source texts and places in them.
//!
//! In: names and texts. Out: [`SourceMap`], [`Span`], [`FileId`] and [`Position`].
//! Always: a span is a half-open range of bytes of one file, on character boundaries; files are numbered in the order of
//! their names, so that sorting by span sorts by name.
//! Not here: reading files (the command does), and any meaning of the text.

use std::ops::Range;

/// The number of a file in its [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of the bytes `range` of `file`.
    ///
    /// Offsets beyond 4 GiB are cut; no text of that size is admitted (see [`crate::syntax::MAX_SOURCE_BYTES`]).
    #[must_use]
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: offset(range.start), end: offset(range.end) }
    }

    /// The smallest span that covers both; `other` must be of the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at its beginning.
    #[must_use]
    pub fn at_start(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The empty span at its end.
    #[must_use]
    pub fn at_end(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// The range of bytes.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people count: lines and columns from 1, columns in characters, and the offset in bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The offset in bytes, from 0.
    pub offset: usize,
}

/// One source text and its name.
#[derive(Debug, Clone)]
pub struct Source {
    /// As messages show it: the path relative to the current folder, with `/`.
    pub name: String,
    /// The text.
    pub text: String,
    line_starts: Vec<usize>,
}

impl Source {
    fn new(name: String, text: String) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self { name, text, line_starts }
    }

    /// Where an offset is; an offset beyond the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line(offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |text| text.chars().count()) + 1;
        Position { line, column, offset }
    }

    /// The line, from 1, that an offset is on.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The offset at which each line begins.
    #[must_use]
    pub fn line_starts(&self) -> &[usize] {
        &self.line_starts
    }
}

/// The sources of one build.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// The map of these names and texts, numbered in the order of the names.
    #[must_use]
    pub fn new(mut files: Vec<(String, String)>) -> Self {
        files.sort();
        let sources = files.into_iter().map(|(name, text)| Source::new(name, text)).collect();
        Self { sources }
    }

    /// The source of this number. Numbers come from this map's own [`SourceMap::ids`], so there always is one.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// All files in order.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.sources.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// All sources in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.ids().zip(&self.sources)
    }

    /// The text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).text.get(span.range()).unwrap_or_default()
    }
}
