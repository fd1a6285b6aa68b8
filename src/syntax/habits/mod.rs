//! Habits from other languages, and what word processors and web pages put into a text: told once, and mended before the
//! grammar sees the text.
//!
//! In: a text. Out: the same text, or a copy of the same length in which each such thing is written as this language has it, so
//! that nothing around it seems wrong. What stands for no value that is known is [`UNKNOWN`] there. Always: places in the copy are
//! places in the text; strings and comments are told apart as `scan` does; what is said of one habit has the same change, so that it
//! can be told once. Linear in the length of the text. Not here: habits that only a whole statement shows, which are in `faults`.

mod characters;
mod comments;
mod heads;
mod lines;
mod ordinary;
mod strings;
mod values;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostics::{Code, Diagnostic, Edit, Fix, MOST_ERRORS};
use crate::source::{FileId, Span};
use crate::syntax::scan;

/// Stands in the copy for a value of which something was said. (In a text it is a control character, which is told and taken
/// out.)
pub const UNKNOWN: char = '\u{1}';

/// A text without the habits of others.
pub struct Mended<'t> {
    /// The text.
    pub text: Cow<'t, str>,
    /// What was said.
    pub found: Vec<Diagnostic>,
    /// Names and blocks that were not written as they were meant: what seems wrong with what they say may be right.
    pub doubtful: Vec<Span>,
}

/// The text with the habits of others mended.
pub fn mended(file: FileId, text: &str) -> Mended<'_> {
    mended_by(file, text, true)
}

/// Whether a text has none of them.
pub fn are_absent(file: FileId, text: &str) -> bool {
    let Mended { text, found, doubtful } = mended(file, text);
    matches!(text, Cow::Borrowed(_)) && found.is_empty() && doubtful.is_empty()
}

/// The same as [`mended`]; `quick` says whether ordinary lines are passed over at once, which makes no difference to what comes out.
fn mended_by(file: FileId, text: &str, quick: bool) -> Mended<'_> {
    let mut reader = Reader {
        quick,
        file,
        text,
        copy: None,
        at: usize::from(text.starts_with('\u{FEFF}')) * '\u{FEFF}'.len_utf8(),
        line: 0,
        depth: 0,
        templates: None,
        no_yaml_before: 0,
        found: Vec::new(),
        doubtful: Vec::new(),
    };
    reader.head();
    while let Some(byte) = text.as_bytes().get(reader.at).copied() {
        reader.step(byte);
    }
    let copy = reader.copy.and_then(|copy| String::from_utf8(copy).ok());
    Mended { text: copy.map_or(Cow::Borrowed(text), Cow::Owned), found: reader.found, doubtful: reader.doubtful }
}

/// The longest line that habits are looked for in, in bytes: nobody writes longer ones by hand, and a look may go along all of its line.
const LONGEST_LINE: usize = 2_000;

/// Goes through a text.
struct Reader<'t> {
    quick: bool,
    file: FileId,
    text: &'t str,
    /// The copy, once something is mended.
    copy: Option<Vec<u8>>,
    /// Where it reads; always between two characters.
    at: usize,
    /// Where the line begins.
    line: usize,
    /// How many brackets are open.
    depth: usize,
    /// Which diagnostic is about the text of another template language.
    templates: Option<usize>,
    /// Lines before here were found to be no blocks of YAML.
    no_yaml_before: usize,
    found: Vec<Diagnostic>,
    doubtful: Vec<Span>,
}

impl<'t> Reader<'t> {
    fn step(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                self.at += 1;
                self.line = self.at;
                self.head();
            }
            b' ' if self.spaced_unit() => {}
            b' ' | b'\t' | b'\r' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => self.at += 1,
            b'#' => self.at = self.line_end(),
            b'"' | b'\'' => self.string(),
            b'{' if self.other_template() => {}
            b'{' | b'[' | b'(' | b'}' | b']' | b')' => self.bracket(byte),
            b'/' if self.comment() => {}
            b';' => self.semicolon(),
            b'$' if self.shell() => {}
            b'~' if self.tilde() => {}
            b'<' if self.heredoc() => {}
            b'|' | b'>' if self.yaml_text() => {}
            b'\\' if self.carried_on() => {}
            b'`' => self.quote('`'),
            0x80.. | 0..=0x1f | 0x7f => self.character(),
            _ => self.at += 1,
        }
    }

    /// Passes over a bracket.
    fn bracket(&mut self, byte: u8) {
        self.depth = if matches!(byte, b'{' | b'[' | b'(') { self.depth + 1 } else { self.depth.saturating_sub(1) };
        self.at += 1;
    }

    /// Looks at how a line begins.
    fn head(&mut self) {
        if self.quick && self.ordinary() || self.long_line() {
            return;
        }
        let rest = self.rest();
        let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let start = self.at + space;
        let Some(first) = self.text.as_bytes().get(start).copied() else { return };
        self.at = start;
        let taken = match first {
            b'-' => self.line_comment("--") || self.document_mark("---") || self.yaml(),
            b'.' => self.document_mark("..."),
            b';' => self.line_comment(";"),
            b'<' => self.merge_key() || self.block_comment("<!--", "-->"),
            b'[' => self.toml(),
            b'@' => self.python(),
            b'"' | b'\'' => self.yaml(),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' if self.is_entry() => false,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.other_head() || self.indented() || self.python() || self.yaml(),
            _ => false,
        };
        // Else what stands there is read like anything else.
        if !taken {
            self.at = start;
        }
    }

    /// Whether a line is `name = …`, which is no head of anything elsewhere.
    fn is_entry(&self) -> bool {
        let line = self.rest_of_line();
        let behind = line.get(leading_name(line).len()..).unwrap_or_default();
        behind.trim_start_matches(' ').starts_with('=') && !line.ends_with(':')
    }

    /// Passes over a line that is too long, but for characters that no text may have.
    fn long_line(&mut self) -> bool {
        let end = self.line_end();
        if end - self.at <= LONGEST_LINE {
            return false;
        }
        while let Some(byte) = self.text.as_bytes().get(self.at).filter(|_| self.at < end) {
            match byte {
                b'#' => self.at = end,
                b'"' | b'\'' => self.pass_string(scan::string_end(self.text.as_bytes(), self.at)),
                b'{' | b'[' | b'(' | b'}' | b']' | b')' => self.bracket(*byte),
                b'\t' | b'\r' => self.at += 1,
                0x80.. | 0..=0x1f | 0x7f => self.character(),
                _ => self.at += 1,
            }
        }
        true
    }

    // -------------------------------------------------------------------------------------------------- the text

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// What stands before the place on its line.
    fn before(&self) -> &'t str {
        self.slice(self.line..self.at)
    }

    fn line_end(&self) -> usize {
        self.at + self.rest().find('\n').unwrap_or(self.rest().len())
    }

    /// The rest of the line, without the white space at its end.
    fn rest_of_line(&self) -> &'t str {
        self.slice(self.at..self.line_end()).trim_end()
    }

    /// The rest of the line as far as one value may reach, without the white space at its end: looking at it again and again costs little.
    fn near(&self) -> &'t str {
        const FAR: usize = 2000;
        let rest = self.rest();
        let mut end = rest.bytes().take(FAR).position(|byte| byte == b'\n').unwrap_or(rest.len().min(FAR));
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        rest.get(..end).unwrap_or_default().trim_end()
    }

    /// How far the line is indented.
    fn indent(&self) -> usize {
        let line = self.slice(self.line..self.text.len());
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    /// Whether a value may stand here: behind `=`, `:`, `+=`, or in brackets.
    fn at_value(&self) -> bool {
        self.before().trim_end().ends_with(['=', ':', '[', ',', '('])
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    // -------------------------------------------------------------------------------------------------- the copy

    /// Puts `new` in the place of a range of the copy that is at least as long; white space fills the rest, and line ends stay.
    fn put(&mut self, range: Range<usize>, new: &str) {
        let copy = self.copy.get_or_insert_with(|| self.text.as_bytes().to_vec());
        let Some(place) = copy.get_mut(range) else { return };
        let mut new = new.bytes();
        for byte in place {
            match new.next() {
                Some(new) => *byte = new,
                None if *byte == b'\n' => {}
                None => *byte = b' ',
            }
        }
    }

    fn blank(&mut self, range: Range<usize>) {
        self.put(range, "");
    }

    /// Puts a value of which nothing is known in the place of a range.
    fn unknown(&mut self, range: Range<usize>) {
        self.put(range, UNKNOWN.encode_utf8(&mut [0; 4]));
    }

    // ---------------------------------------------------------------------------------------------- what is said

    fn fault(&self, code: Code, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.span(range), message)
    }

    fn edit(&self, range: Range<usize>, text: impl Into<String>) -> Edit {
        Edit { span: self.span(range), text: text.into() }
    }

    /// Says something, and offers these changes together.
    fn say(&mut self, mut diagnostic: Diagnostic, fix: &str, safe: bool, edits: Vec<Edit>) {
        diagnostic.fixes.push(Fix { message: fix.to_owned(), safe, edits });
        self.tell(diagnostic);
    }

    /// Says something, as long as it can be told; one more shows that there was more.
    fn tell(&mut self, diagnostic: Diagnostic) {
        if self.found.len() <= MOST_ERRORS {
            self.found.push(diagnostic);
        }
    }
}

/// Whether a character may stand in a name.
fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// The name that a text begins with, quoted or not.
fn leading_name(text: &str) -> &str {
    let length = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text.get(1..).and_then(|rest| rest.find([quote, '\n'])).map(|end| end + 2),
        Some(first) if first.is_ascii_alphabetic() || first == '_' => text.find(|c| !in_name(c)).or(Some(text.len())),
        _ => None,
    };
    length.and_then(|length| text.get(..length)).unwrap_or_default()
}

/// A text over several lines as this language writes it, or nothing where it has both kinds of quotes in it. The least indented
/// line tells the indentation that is no part of it.
fn text_block(lines: &[&str]) -> Option<String> {
    let filled = || lines.iter().filter(|line| !line.trim().is_empty());
    let indent = filled().map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min()?;
    let margin = filled().find_map(|line| line.get(..indent))?;
    let quotes =
        if filled().any(|line| line.contains(['\\', '$']) || line.contains("\"\"\"")) { "'''" } else { "\"\"\"" };
    let clash = quotes == "'''" && filled().any(|line| line.contains("'''"));
    let body: String = lines.iter().flat_map(|line| [line.trim_end_matches('\r'), "\n"]).collect();
    (!clash).then(|| format!("{quotes}\n{body}{margin}{quotes}"))
}
