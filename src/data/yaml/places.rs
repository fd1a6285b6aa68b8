//! Where things stand in a text of YAML.
//!
//! In: the text and the marks of the parser. Out: ranges of bytes.
//! Always: a range lies in the text, on boundaries of characters, and covers just the thing itself. The parser marks a block of
//! text at its second line, a list at its first element if that is not indented, and what is not there at what comes next;
//! these are looked for in the gap since the thing before. All gaps together are no longer than the text.
//! Not here: what the things mean.

use std::ops::Range;

use granit_parser::{Marker, ScalarStyle, Span as Marks};

use crate::source::{FileId, Span};

/// The text, and how far it has been read.
pub struct Places<'t> {
    file: FileId,
    text: &'t str,
    /// Where the last thing ended; from here to the next one there are only signs, white space, comments, anchors and tags.
    read: usize,
}

impl<'t> Places<'t> {
    /// The places of a text.
    pub fn new(file: FileId, text: &'t str) -> Self {
        Self { file, text, read: 0 }
    }

    /// The range as a span.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// The text of a range.
    pub fn text(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// The text from an offset on.
    pub fn rest(&self, from: usize) -> &'t str {
        self.text(from..self.text.len())
    }

    /// The text of the line that an offset is on, up to the offset.
    pub fn line_before(&self, at: usize) -> &'t str {
        let before = self.text(0..at);
        before.rsplit_once('\n').map_or(before, |(_, line)| line)
    }

    /// The offset of a mark; the parser has it, because it reads from memory.
    pub fn offset(&self, mark: Marker) -> usize {
        mark.byte_offset().unwrap_or(0).min(self.text.len())
    }

    /// What is marked, as it is marked.
    pub fn range(&self, marks: Marks) -> Range<usize> {
        let start = self.offset(marks.start);
        start..self.offset(marks.end).max(start)
    }

    /// Goes on behind the `---` of a document.
    pub fn document(&mut self, marks: Marks) {
        self.read = self.range(marks).end;
    }

    /// A scalar of which there is some text.
    pub fn scalar(&mut self, marks: Marks, style: ScalarStyle) -> Range<usize> {
        let mut range = self.range(marks);
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            range.start = self.next_sign(&['|', '>']).unwrap_or(range.start);
            range.end = range.start + self.text(range.clone()).trim_end().len();
        }
        self.read = range.end;
        range
    }

    /// A scalar that is not there; of the value of a key, `marks` may stand at what follows.
    pub fn absent(&mut self, marks: Marks, behind_key: bool) -> Range<usize> {
        let at = if behind_key {
            self.next_sign(&[':']).map_or(self.read, |colon| self.behind_properties(colon + 1))
        } else {
            self.offset(marks.start)
        };
        at..at
    }

    /// An alias.
    pub fn alias(&mut self, marks: Marks) -> Range<usize> {
        let range = self.range(marks);
        self.read = range.end;
        range
    }

    /// The sign that begins a list or map, or an empty range where none does.
    pub fn open(&mut self, marks: Marks, list_behind_key: bool) -> Range<usize> {
        let mut start = self.offset(marks.start);
        if list_behind_key && !self.rest(start).starts_with('[') {
            start = self.next_sign(&['-']).unwrap_or(start);
        }
        let sign = self.rest(start).starts_with(['[', '{', '-']);
        self.read = start + usize::from(sign);
        start..self.read
    }

    /// The end of a list or map: behind its bracket, if it has one.
    pub fn close(&mut self, marks: Marks) -> Option<usize> {
        let range = self.range(marks);
        let bracket = matches!(self.text(range.clone()), "]" | "}");
        if bracket {
            self.read = range.end;
        }
        bracket.then_some(range.end)
    }

    /// The next of these signs in the gap.
    fn next_sign(&self, signs: &[char]) -> Option<usize> {
        let mut at = self.read;
        loop {
            at = self.behind_blank(at);
            let rest = self.rest(at);
            if rest.starts_with(signs) {
                return Some(at);
            }
            at += match rest.chars().next()? {
                ':' | '-' | '?' => 1,
                '&' | '!' => property_length(rest),
                mark @ '\u{feff}' => mark.len_utf8(),
                _ => return None,
            };
        }
    }

    /// Behind the anchor and the tag that stand on a line; where there are none, right here.
    fn behind_properties(&self, from: usize) -> usize {
        let mut end = from;
        loop {
            let rest = self.rest(end);
            let text = rest.trim_start_matches([' ', '\t']);
            if !text.starts_with(['&', '!']) {
                return end;
            }
            end += rest.len() - text.len() + property_length(text);
        }
    }

    /// Behind white space and comments.
    fn behind_blank(&self, mut at: usize) -> usize {
        loop {
            let rest = self.rest(at);
            let text = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            at += rest.len() - text.len();
            if !text.starts_with('#') {
                return at;
            }
            at += text.find(['\r', '\n']).unwrap_or(text.len());
        }
    }
}

/// How long the anchor or tag is that a text begins with.
fn property_length(text: &str) -> usize {
    if let Some(verbatim) = text.strip_prefix("!<") {
        return verbatim.find('>').map_or(text.len(), |end| end + 3);
    }
    text.find([' ', '\t', '\r', '\n', ',', '[', ']', '{', '}']).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use crate::data::{Format, testing};

    /// Each value before its parts, each key before its value.
    fn places(text: &str) -> Vec<&str> {
        testing::places(Format::Yaml, text)
    }

    #[test]
    fn a_scalar_is_its_text_with_its_quotes_and_nothing_else() {
        let text = "a:  b c   # d\n'e':\t\"f\\\"g\"  # h\n";
        assert_eq!(places(text), [text.trim_end().strip_suffix("  # h").unwrap(), "a", "b c", "'e'", "\"f\\\"g\""]);
        assert_eq!(places("a: b\n\n  c\n"), ["a: b\n\n  c", "a", "b\n\n  c"]);
    }

    #[test]
    fn anchors_and_tags_belong_to_no_place() {
        assert_eq!(places("- &a !!str 1\n- !!int &b '2'\n- &c\n  - x\n")[1..], ["1", "'2'", "- x", "x"]);
        assert_eq!(places("&k a: &v !!map\n  b: 1\n"), ["&k a: &v !!map\n  b: 1", "a", "b: 1", "b", "1"]);
        assert_eq!(places("a: &v\n- x\n")[2..], ["- x", "x"]);
    }

    #[test]
    fn a_block_of_text_begins_at_its_sign_and_ends_at_its_last_character() {
        assert_eq!(places("a: |+ # c | d\n  x\n\n   y\n\nb: >\n  z\n")[2], "|+ # c | d\n  x\n\n   y");
        assert_eq!(places("- |\n\n  x\n- &a !!str >-\n  y\n")[1..], ["|\n\n  x", ">-\n  y"]);
        assert_eq!(places("|\n  x\n"), ["|\n  x"]);
        assert_eq!(places("--- # c\n|\n  x\n"), ["|\n  x"]);
        assert_eq!(places("\u{feff}|\n  x\n"), ["|\n  x"]);
        assert_eq!(places("a:\n  # |\n  |\n  x\n")[2], "|\n  x");
        assert_eq!(places("a: |\nb: 1\n")[1..3], ["a", "|"]);
        assert_eq!(places("? |\n  k\n: v\n")[1..], ["|\n  k", "v"]);
    }

    #[test]
    fn a_list_begins_at_its_first_sign() {
        assert_eq!(places("a:\n- x\n- - y\n  - z\n")[2..], ["- x\n- - y\n  - z", "x", "- y\n  - z", "y", "z"]);
        assert_eq!(places("a:  # c\n\n  - x\n")[2], "- x");
        assert_eq!(places("a:\n- - x\n")[2..], ["- - x", "- x", "x"]);
        assert_eq!(places("a:\n- -1\n")[2..], ["- -1", "-1"]);
    }

    #[test]
    fn brackets_are_whole() {
        let text = "a: [b, {c: d, e}, ] # f\ng: {h: 1,\n}\n";
        assert_eq!(
            places(text)[2..],
            ["[b, {c: d, e}, ]", "b", "{c: d, e}", "c", "d", "e", "", "g", "{h: 1,\n}", "h", "1"]
        );
        assert_eq!(places("[a: b, ? c : d]")[1..], ["a: b", "a", "b", "? c : d", "c", "d"]);
    }

    #[test]
    fn what_is_not_there_has_its_place_behind_what_is() {
        let at = |text: &str| {
            let node = testing::read(Format::Yaml, text).unwrap();
            match node.kind {
                crate::data::Kind::Map(entries) => entries[0].1.span.range(),
                crate::data::Kind::List(items) => items[0].span.range(),
                _ => node.span.range(),
            }
        };
        assert_eq!(at("abc:\nd: e\n"), 4..4);
        assert_eq!(at("abc:   # f\nd: e\n"), 4..4);
        assert_eq!(at("abc: &x\nd: e\n"), 7..7);
        assert_eq!(at("abc: !!null\nd: e\n"), 11..11);
        assert_eq!(at("? abc\nd: e\n"), 5..5);
        assert_eq!(at("{abc, d: e}"), 4..4);
        assert_eq!(at("{abc: , d: e}"), 5..5);
        assert_eq!(at("-\n- x\n"), 1..1);
        assert_eq!(at("# c\n"), 0..0);
    }

    #[test]
    fn an_alias_is_the_place_of_its_value_but_not_of_the_parts() {
        assert_eq!(places("a: &x [y]\nb: *x\n")[4..], ["b", "*x", "y"]);
        assert_eq!(places("a: &x {c: d}\nb:\n  <<: *x\n")[5..], ["b", "<<: *x", "c", "d"]);
    }

    #[test]
    fn places_are_bytes_on_boundaries_of_characters() {
        assert_eq!(
            places("é: ñ  \r\n日本: [ \"語\" , x ]\r\n")[1..],
            ["é", "ñ", "日本", "[ \"語\" , x ]", "\"語\"", "x"]
        );
    }
}
