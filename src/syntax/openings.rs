//! Lists whose `[` is missing, and lists behind a key without `=`: what a single character was forgotten of is read as it was meant.
//!
//! In: a text. Out: the same text, or a copy of the same length that has the character in the white space where it is missing. Always:
//! each list is one diagnostic, and its elements stay what they are. Linear in the length of the text. Not here: brackets that
//! indentation tells of (`brackets`).

use std::borrow::Cow;

use super::ast::RESERVED;
use super::habits::UNKNOWN;
use super::scan::{Token, scan};
use crate::diagnostics::{Diagnostic, Diagnostics, Edit, MOST_ERRORS, code};
use crate::source::{FileId, Span};

/// `text` with what is missing before its lists.
pub fn prepared<'t>(file: FileId, text: Cow<'t, str>, diagnostics: &mut Diagnostics) -> Cow<'t, str> {
    let mut reader =
        Reader { file, text: &text, copy: None, blocks: vec![Block::default()], counts: [0; 3], found: Vec::new() };
    scan(&text, |token| reader.token(token));
    let Reader { copy, found, .. } = reader;
    diagnostics.extend(found);
    copy.and_then(|copy| String::from_utf8(copy).ok()).map_or(text, Cow::Owned)
}

/// What was read in a bracket since its last entry began.
#[derive(Default)]
struct Block {
    /// What opened it; nothing at the top of a file.
    open: Option<u8>,
    /// The words of the entry before its sign: where the first stands, where the last ends, and how many there are.
    words: Option<(usize, usize, usize)>,
    /// Where what a value stands behind ends: `=`, `+=` or `in`.
    sign: Option<usize>,
    /// Where the value begins.
    value: Option<usize>,
    /// Whether it begins with a list.
    list: bool,
    /// How many commas stand in the value.
    commas: usize,
    /// Where the block begins, how many texts stand in it, and whether nothing but texts and commas does.
    texts: (usize, usize, bool),
    /// Whether the last thing read carries the entry on over the end of its line.
    open_ended: bool,
}

impl Block {
    fn of(byte: u8, at: usize) -> Self {
        Self { open: Some(byte), texts: (at, 0, true), ..Self::default() }
    }

    fn begin(&mut self) {
        *self = Self { open: self.open, texts: self.texts, ..Self::default() };
    }
}

/// The kinds of brackets that are counted.
const KINDS: [u8; 3] = *b"[({";

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    copy: Option<Vec<u8>>,
    /// The brackets that are open, around them the file.
    blocks: Vec<Block>,
    /// How many of them are lists, parentheses and blocks in braces.
    counts: [usize; 3],
    found: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn token(&mut self, token: Token) {
        match token {
            Token::Line { at, .. } => self.line(at),
            Token::Open { at, byte } => self.open(at, byte),
            Token::Close { at, byte } => self.close(at, byte),
            Token::Code { at, end } => self.code(at, end),
        }
    }

    /// An entry ends with its line, unless something carries it on.
    fn line(&mut self, at: usize) {
        let closes = self.text.as_bytes().get(at) == Some(&b']');
        if let Some(block) = self.blocks.last_mut().filter(|block| !block.open_ended && !closes) {
            block.begin();
        }
    }

    fn code(&mut self, at: usize, end: usize) {
        let text = self.text.get(at..end).unwrap_or_default();
        let Some(block) = self.blocks.last_mut() else { return };
        let string = text.starts_with(['"', '\'']);
        block.texts.1 += usize::from(string);
        block.texts.2 &= string || text == ",";
        block.open_ended = false;
        let sign = text.ends_with('=') && !["==", "!=", "<=", ">=", ":="].iter().any(|other| text.ends_with(other));
        let within =
            text == "in" && block.words.is_some_and(|(first, ..)| self.text.get(first..first + 4) == Some("for "));
        if !string && (sign || within) {
            let words = block.words;
            block.begin();
            (block.words, block.sign, block.open_ended) = (words, Some(end), true);
            return;
        }
        if block.sign.is_none() {
            if !string && text.ends_with(',') {
                return block.begin();
            }
            let (first, count) = block.words.map_or((at, 0), |(first, _, count)| (first, count));
            block.words = Some((first, end, count + 1));
            return;
        }
        if !string {
            block.commas += text.matches(',').count();
            block.open_ended = text.ends_with(',');
        }
        if text != "," {
            block.value.get_or_insert(at);
        }
    }

    fn open(&mut self, at: usize, byte: u8) {
        if byte == b'[' {
            self.list_without_sign(at);
        }
        if let Some(block) = self.blocks.last_mut() {
            if block.sign.is_some() && block.value.is_none() {
                block.value = Some(at);
                block.list = byte == b'[';
            }
            block.open_ended = false;
            block.texts.2 = false;
        }
        self.count(byte, usize::saturating_add);
        self.blocks.push(Block::of(byte, at));
    }

    /// Counts a bracket that opens, or one that is open no more.
    fn count(&mut self, byte: u8, change: fn(usize, usize) -> usize) {
        if let Some(count) = KINDS.iter().position(|kind| *kind == byte).and_then(|kind| self.counts.get_mut(kind)) {
            *count = change(*count, 1);
        }
    }

    /// Whether a bracket of this kind is open. (Going through all of them for each that closes would cost their square.)
    fn is_open(&self, byte: u8) -> bool {
        KINDS.iter().zip(self.counts).any(|(kind, count)| *kind == byte && count > 0)
    }

    /// Leaves so many brackets open.
    fn leave(&mut self, length: usize) {
        while self.blocks.len() > length {
            if let Some(byte) = self.blocks.pop().and_then(|block| block.open) {
                self.count(byte, usize::saturating_sub);
            }
        }
    }

    fn close(&mut self, at: usize, byte: u8) {
        let partner = match byte {
            b'}' => b'{',
            b']' => b'[',
            _ => b'(',
        };
        let top = self.blocks.last().and_then(|block| block.open);
        if top == Some(partner) {
            if byte == b'}' {
                self.list_in_braces(at);
            }
            // The bracket that this one closes is there.
            self.leave(self.blocks.len().saturating_sub(1));
        } else if byte == b']' && !self.is_open(b'[') {
            // With a list around, a brace is missing before it.
            if top != Some(b'(') {
                self.list_without_bracket(at);
            }
        } else if self.is_open(partner)
            && let Some(outer) = self.blocks.iter().rposition(|block| block.open == Some(partner))
        {
            self.leave(outer);
        }
        if let Some(block) = self.blocks.last_mut() {
            // A block ends the entry that it belongs to, unless it is an element of a list without its bracket.
            if byte == b'}' && block.sign.is_none() {
                block.begin();
            }
            block.open_ended = false;
        }
    }

    /// `command = "sh", "-c"]`: the value that ends here was to be a list.
    fn list_without_bracket(&mut self, close: usize) {
        let Some(block) = self.blocks.last() else { return };
        let (Some(sign), Some(value)) = (block.sign, block.value) else { return };
        let below = self.text.get(sign..value).is_some_and(|between| between.contains('\n'));
        if block.list || !self.text.as_bytes().get(sign).is_some_and(u8::is_ascii_whitespace) {
            return;
        }
        if block.commas == 0 && !below {
            return self.either(value, close);
        }
        let (place, new) = if below { (sign, " [") } else { (value, "[") };
        let key = block.words.and_then(|(first, end, _)| self.text.get(first..end)).unwrap_or_default();
        let owner = if key.is_empty() || key.starts_with("for ") { "this list".into() } else { format!("`{key}`") };
        let message = format!("the `[` that opens {owner} is missing");
        self.put(sign, b'[');
        self.tell(
            Diagnostic::new(code::MISSING_OPEN, Span::new(self.file, place..place), message)
                .label(Span::new(self.file, close..close + 1), "closed here")
                .unsafe_fix("write `[`", Span::new(self.file, place..place), new),
        );
    }

    /// `command = {"python", "load.py"}`: a list between braces.
    fn list_in_braces(&mut self, close: usize) {
        let [.., outer, block] = self.blocks.as_slice() else { return };
        let (open, texts, alone) = block.texts;
        let value = outer.sign.is_some() && outer.value == Some(open);
        if !value || texts == 0 || !alone {
            return;
        }
        let (first, last) = (Span::new(self.file, open..open + 1), Span::new(self.file, close..close + 1));
        let mut diagnostic =
            Diagnostic::new(code::UNEXPECTED_TEXT, first, "a list stands in brackets, and not in braces")
                .note("in braces each key has a value: `{ name = \"a\" }`")
                .help("write `[ … ]`")
                .safe_fix("write brackets", first, "[");
        if let Some(fix) = diagnostic.fixes.first_mut() {
            fix.edits.push(Edit { span: last, text: "]".into() });
        }
        self.tell(diagnostic);
        self.put(open, b'[');
        self.put(close, b']');
    }

    /// `command = "run"]`: either bracket may have been forgotten, so nothing more is said of the value.
    fn either(&mut self, value: usize, close: usize) {
        let place = Span::new(self.file, close..close + 1);
        let start = Span::new(self.file, value..value);
        let mut mark = [0; 4];
        for at in value..=close {
            self.put(at, b' ');
        }
        self.put(value, UNKNOWN.encode_utf8(&mut mark).bytes().next().unwrap_or(b' '));
        self.tell(
            Diagnostic::new(code::STRAY_CLOSE, place, "this `]` closes nothing")
                .help("write `[` before the value if it is a list, or remove the `]`")
                .unsafe_fix("write `[`", start, "[")
                .unsafe_fix("remove it", place, ""),
        );
    }

    /// `args [`: a list right behind a key.
    fn list_without_sign(&mut self, at: usize) {
        let Some(block) = self.blocks.last() else { return };
        let Some((first, end, 1)) = block.words.filter(|_| block.sign.is_none() && block.open != Some(b'(')) else {
            return;
        };
        let key = self.text.get(first..end).unwrap_or_default();
        let named = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let index = self.text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if end == at || !named || index || block.open == Some(b'[') || RESERVED.contains(&key) {
            return;
        }
        self.tell(
            Diagnostic::new(code::MISSING_OPERATION, Span::new(self.file, first..end), format!("`{key}` has no value"))
                .label(Span::new(self.file, at..at + 1), "no `=` stands before this list")
                .help(format!("write `{key} = [ … ]`"))
                .unsafe_fix("write `=`", Span::new(self.file, at..at), "= "),
        );
        self.put(end, b'=');
        if let Some(block) = self.blocks.last_mut() {
            block.sign = Some(end + 1);
        }
    }

    /// Says something, as long as it can be told; one more shows that there was more.
    fn tell(&mut self, diagnostic: Diagnostic) {
        if self.found.len() <= MOST_ERRORS {
            self.found.push(diagnostic);
        }
    }

    fn put(&mut self, at: usize, byte: u8) {
        let copy = self.copy.get_or_insert_with(|| self.text.as_bytes().to_vec());
        if let Some(place) = copy.get_mut(at) {
            *place = byte;
        }
    }
}
