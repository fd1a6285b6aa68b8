//! Source texts and places in them.
//!
//! In: names and texts. Out: [`SourceMap`], [`Span`], [`FileId`] and [`Position`]; [`files::Files`] is how more texts come in.
//! Always: a span is a half-open range of bytes of one file, on character boundaries; a text stays as it is once it is in the
//! map, and is there once. Not here: reading files (the command does), and any meaning of the text.

pub mod files;

use std::collections::HashMap;
use std::ops::Range;

use memchr::memchr_iter;

/// The number of a file in its [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    /// Its place among the files.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

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

    /// Whether the other lies in it, its ends included.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
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
    /// What it is, by whatever path it was named.
    pub identity: String,
    /// As what is written calls it, wherever the command ran.
    pub title: String,
    /// The text.
    pub text: String,
    line_starts: Vec<usize>,
    /// Whether each character is one byte, so that columns need no counting along lines, which may be long.
    narrow: bool,
}

impl Source {
    /// A source that is told from others by its name.
    #[must_use]
    pub fn new(name: String, text: String) -> Self {
        Self::identified(name.clone(), name, text)
    }

    /// A source that may be reached by several names.
    #[must_use]
    pub fn identified(name: String, identity: String, text: String) -> Self {
        let breaks = memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        let narrow = text.is_ascii();
        Self { title: name.clone(), name, identity, text, line_starts, narrow }
    }

    /// The same source, with the name that what is written has for it.
    #[must_use]
    pub fn titled(self, title: String) -> Self {
        Self { title, ..self }
    }

    /// Where an offset is; an offset beyond the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line(offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let count = |text: &str| if self.narrow { text.len() } else { text.chars().count() };
        let column = self.text.get(start..offset).map_or(0, count) + 1;
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
    identities: HashMap<String, FileId>,
}

impl SourceMap {
    /// The map of these names and texts, numbered in the order of the names.
    #[must_use]
    pub fn new(files: Vec<(String, String)>) -> Self {
        Self::of(files.into_iter().map(|(name, text)| Source::new(name, text)).collect())
    }

    /// The map of these sources, numbered in the order of their names.
    #[must_use]
    pub fn of(mut sources: Vec<Source>) -> Self {
        sources.sort_by(|a, b| (&a.name, &a.text).cmp(&(&b.name, &b.text)));
        let mut map = Self::default();
        for source in sources {
            map.add(source);
        }
        map
    }

    /// Adds a source behind the others.
    pub fn add(&mut self, source: Source) -> FileId {
        let id = FileId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.identities.entry(source.identity.clone()).or_insert(id);
        self.sources.push(source);
        id
    }

    /// The source of this identity, if it is there already.
    #[must_use]
    pub fn identified(&self, identity: &str) -> Option<FileId> {
        self.identities.get(identity).copied()
    }

    /// For each file, its place in the order of their names.
    #[must_use]
    pub fn ranks(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sources.len()).collect();
        order.sort_by(|a, b| self.sources[*a].name.cmp(&self.sources[*b].name).then(a.cmp(b)));
        let mut ranks = vec![0; order.len()];
        for (rank, at) in order.into_iter().enumerate() {
            // Both are places in the same list.
            ranks[at] = rank;
        }
        ranks
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
