//! What is shown of a source: its lines, each cut to what can be read.
//!
//! In: the places of a diagnostic. Out: [`Excerpt`], and the same places in it. Always: lines keep their numbers and columns; what a terminal
//! would take for a command is shown as a blank. Not here: what is said at the places.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use crate::diagnostics::Label;
use crate::source::{FileId, SourceMap, Span};

/// The lines on which places begin, where one of them is too long to be shown whole.
pub struct Excerpt<'a> {
    sources: &'a SourceMap,
    files: BTreeMap<FileId, Lines>,
}

/// The lines of one file, in order.
#[derive(Default)]
struct Lines {
    text: String,
    lines: Vec<Line>,
}

/// A line, and what is shown of it.
struct Line {
    /// Where it begins in the text that is shown.
    start: usize,
    /// Its index in the file.
    index: usize,
    /// Which bytes of the file are shown.
    shown: Range<usize>,
    /// How many bytes stand for what is cut in front of it.
    cut: usize,
}

/// Whether every line on which a place begins or ends can be shown whole.
pub fn fits(labels: &[Label], sources: &SourceMap, width: usize) -> bool {
    labels.iter().all(|label| {
        let ends = [label.span.start, label.span.end];
        ends.iter().all(|offset| bytes_of_line(label.span.file, *offset as usize, sources).1.len() <= width)
    })
}

/// The index and the bytes of the line that an offset is on, without the break at its end.
fn bytes_of_line(file: FileId, offset: usize, sources: &SourceMap) -> (usize, Range<usize>) {
    let source = sources.get(file);
    let index = source.line(offset).saturating_sub(1);
    let starts = source.line_starts();
    let start = starts.get(index).copied().unwrap_or_default();
    let end = starts.get(index + 1).map_or(source.text.len(), |next| next - 1);
    (index, start..end.max(start))
}

impl<'a> Excerpt<'a> {
    /// The lines on which these places begin, of which `width` bytes around the first place are shown; `ellipsis` stands for the rest.
    pub fn new(labels: &[Label], sources: &'a SourceMap, width: usize, ellipsis: &str) -> Self {
        let mut places: BTreeMap<(FileId, usize), Span> = BTreeMap::new();
        for label in labels {
            let (index, _) = bytes_of_line(label.span.file, label.span.start as usize, sources);
            let first = places.entry((label.span.file, index)).or_insert(label.span);
            if label.primary {
                *first = label.span;
            }
        }
        let mut files: BTreeMap<FileId, Lines> = BTreeMap::new();
        for ((file, _), place) in places {
            files.entry(file).or_default().add(place, sources, width, ellipsis);
        }
        Self { sources, files }
    }

    /// Where a place is in the excerpt; what lies beyond what is shown of its first line is cut.
    pub fn place(&self, span: Span) -> Range<usize> {
        let Some(lines) = self.files.get(&span.file) else { return 0..0 };
        let (index, _) = bytes_of_line(span.file, span.start as usize, self.sources);
        let Some(line) = lines.lines.iter().find(|line| line.index == index) else { return 0..0 };
        let within = |offset: usize| {
            let offset = offset.clamp(line.shown.start, line.shown.end);
            line.start + line.cut + offset - line.shown.start
        };
        let range = within(span.start as usize)..within(span.end as usize);
        on_boundaries(range, &lines.text)
    }

    fn line(&self, id: FileId, index: usize) -> Result<(&Lines, &Line), Error> {
        let lines = self.files.get(&id).ok_or(Error::FileMissing)?;
        let line = lines.lines.get(index);
        Ok((lines, line.ok_or(Error::LineTooLarge { given: index, max: lines.lines.len() })?))
    }
}

impl Lines {
    fn add(&mut self, place: Span, sources: &SourceMap, width: usize, ellipsis: &str) {
        let (index, whole) = bytes_of_line(place.file, place.start as usize, sources);
        let text = &sources.get(place.file).text;
        // A third of what is shown stands in front of the place.
        let start = (place.start as usize).saturating_sub(width / 3).max(whole.start);
        let start = if whole.len() <= width { whole.start } else { start.min(whole.end.saturating_sub(width)) };
        let shown = on_boundaries(start..start.saturating_add(width).min(whole.end), text);
        let cut = if shown.start > whole.start { ellipsis.len() } else { 0 };
        let line = Line { start: self.text.len(), index, shown: shown.clone(), cut };
        self.text += if cut > 0 { ellipsis } else { "" };
        self.text += &printable(text.get(shown.clone()).unwrap_or_default());
        self.text += if shown.end < whole.end { ellipsis } else { "" };
        self.text.push('\n');
        self.lines.push(line);
    }
}

/// The text with a blank for each byte of what controls a terminal.
pub fn printable(text: &str) -> Cow<'_, str> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    // A look at the bytes is enough for most texts: it takes as good as no time for large ones.
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r');
    if text.bytes().all(plain) || !text.contains(control) {
        return Cow::Borrowed(text);
    }
    let blank = |c: char| if control(c) { " ".repeat(c.len_utf8()) } else { c.to_string() };
    Cow::Owned(text.chars().map(blank).collect())
}

/// The range, widened to whole characters of the text.
pub fn on_boundaries(mut range: Range<usize>, text: &str) -> Range<usize> {
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

impl<'a> Files<'a> for Excerpt<'_> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.sources.get(id).name)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        self.files.get(&id).map(|lines| lines.text.as_str()).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, Error> {
        let lines = self.files.get(&id).ok_or(Error::FileMissing)?;
        Ok(lines.lines.partition_point(|line| line.start <= offset).saturating_sub(1))
    }

    fn line_number(&'a self, id: FileId, index: usize) -> Result<usize, Error> {
        Ok(self.line(id, index)?.1.index + 1)
    }

    fn column_number(&'a self, id: FileId, index: usize, offset: usize) -> Result<usize, Error> {
        let (_, line) = self.line(id, index)?;
        let offset = line.shown.start + offset.saturating_sub(line.start + line.cut);
        Ok(self.sources.get(id).position(offset).column)
    }

    fn line_range(&'a self, id: FileId, index: usize) -> Result<Range<usize>, Error> {
        let (lines, line) = self.line(id, index)?;
        let end = lines.lines.get(index + 1).map_or(lines.text.len(), |next| next.start);
        Ok(line.start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, places: &[Range<usize>], width: usize) -> (String, Vec<String>, Vec<usize>) {
        let sources = SourceMap::new(vec![("a".to_owned(), text.to_owned())]);
        let file = sources.ids().next().unwrap();
        let label = |range: &Range<usize>| {
            let message = String::new();
            Label { span: Span::new(file, range.clone()), message, primary: *range == places[0] }
        };
        let labels: Vec<Label> = places.iter().map(label).collect();
        assert!(!fits(&labels, &sources, width));
        let excerpt = Excerpt::new(&labels, &sources, width, "…");
        let text = excerpt.source(file).unwrap().to_owned();
        let shown = labels.iter().map(|label| text[excerpt.place(label.span)].to_owned()).collect();
        let columns = labels.iter().map(|label| {
            let place = excerpt.place(label.span);
            excerpt.location(file, place.start).unwrap().column_number
        });
        (text.clone(), shown, columns.collect())
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let text = format!("{}wrong{}\nshort\n", "a".repeat(50), "b".repeat(50));
        let (text, shown, columns) = excerpt(&text, &[50..55, 106..111], 20);
        assert_eq!(text, "…aaaaaawrongbbbbbbbbb…\nshort\n");
        assert_eq!(shown, ["wrong", "short"]);
        assert_eq!(columns, [51, 1]);
    }

    #[test]
    fn what_lies_beyond_is_cut() {
        let text = format!("{}wrong{}", "ä".repeat(50), "ö".repeat(50));
        let (text, shown, columns) = excerpt(&text, &[100..205, 0..2], 20);
        assert_eq!(text, "…äääwrongööööö…\n");
        assert_eq!(shown, ["wrongööööö", ""]);
        assert_eq!(columns, [51, 48]);
    }

    #[test]
    fn terminals_are_given_no_commands() {
        assert_eq!(printable("a\u{1b}[31mb\tc\u{9b}"), "a [31mb\tc  ");
    }
}
