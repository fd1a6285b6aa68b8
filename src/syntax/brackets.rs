//! Brackets, before anything recurses over them: their nesting is bounded, and what is missing or too many is mended.
//!
//! In: a text. Out: the same text, or a copy of the same length (or longer at its end) that the grammar can match without
//! losing its place. Always: brackets in the result are nested at most [`MAX_NESTING`] deep, so the stages that recurse over
//! the tree need no bound of their own, on any thread; each fault is one diagnostic. Where the indentation does not tell which
//! bracket is at fault, the text stays, and the grammar's own `missing_…` and `stray_…` rules report it. Parentheses count for
//! the nesting, but are never mended: they seldom span lines, so indentation says nothing of them.
//! Not here: anything but brackets.

use std::borrow::Cow;

use super::faults;
use super::opened::Opened;
use super::scan::{Token, scan};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Span};

/// How deep brackets may stand in each other. A pod spec needs about fifteen.
pub const MAX_NESTING: usize = 64;

/// A text for the grammar.
pub struct Prepared<'t> {
    /// The text.
    pub text: Cow<'t, str>,
    /// Where brackets are at fault in a way that leaves open what belongs to what.
    pub doubtful: Vec<Span>,
    /// Where brackets open of which it was said that they are never closed.
    pub unclosed: Vec<u32>,
}

/// `text` with its brackets in order.
pub fn prepared<'t>(file: FileId, text: &'t str, diagnostics: &mut Diagnostics) -> Prepared<'t> {
    let Shape { deep, balanced } = shape(text);
    if !deep.is_empty() {
        let doubtful = deep.iter().map(|(open, close)| Span::new(file, *open..*close)).collect();
        return Prepared { text: Cow::Owned(blanked(file, text, &deep, diagnostics)), doubtful, unclosed: Vec::new() };
    }
    if !balanced && let Some(mended) = Mending::of(file, text).finish() {
        let unclosed = mended.found.iter().filter(|found| found.code == code::MISSING_CLOSE);
        let unclosed = unclosed.filter_map(|found| Some(found.span()?.start)).collect();
        diagnostics.extend(mended.found);
        return Prepared { text: Cow::Owned(mended.text), doubtful: mended.doubtful, unclosed };
    }
    Prepared { text: Cow::Borrowed(text), doubtful: Vec::new(), unclosed: Vec::new() }
}

// ------------------------------------------------------------------------------------------------------- the bound

/// What a first look at the brackets of a text shows.
struct Shape {
    /// The brackets that open below the bound, with what closes them (or the end of the text).
    deep: Vec<(usize, usize)>,
    /// Whether each bracket has its partner.
    balanced: bool,
}

fn shape(text: &str) -> Shape {
    let mut shape = Shape { deep: Vec::new(), balanced: true };
    let mut open = Opened::default();
    scan(text, |token| match token {
        Token::Open { at, byte } => {
            open.push(byte);
            if open.len() == MAX_NESTING + 1 {
                shape.deep.push((at, text.len()));
            }
        }
        Token::Close { at, byte } => {
            let deep = open.len() > MAX_NESTING;
            shape.balanced &= open.close(byte);
            if deep
                && open.len() <= MAX_NESTING
                && let Some(last) = shape.deep.last_mut()
            {
                last.1 = at;
            }
        }
        Token::Line { .. } | Token::Code { .. } => {}
    });
    shape.balanced &= open.has_only_parentheses();
    shape
}

/// How many of the brackets in a string's interpolation may stand in each other; it is parsed by itself, on the same stack.
const MAX_INTERPOLATED: usize = 16;

/// Whether the brackets of a text that is parsed by itself in the middle of another are nested too deep.
pub fn is_too_deep(text: &str) -> bool {
    let (mut open, mut deepest) = (Opened::default(), 0);
    scan(text, |token| match token {
        Token::Open { byte, .. } => {
            open.push(byte);
            deepest = deepest.max(open.len());
        }
        Token::Close { byte, .. } => _ = open.close(byte),
        Token::Line { .. } | Token::Code { .. } => {}
    });
    deepest > MAX_INTERPOLATED
}

/// The bracket that opens what this one closes, and the other way round.
pub(super) fn partner(byte: u8) -> u8 {
    match byte {
        b'{' => b'}',
        b'}' => b'{',
        b'(' => b')',
        b')' => b'(',
        b'[' => b']',
        _ => b'[',
    }
}

/// The text with whatever is nested too deep blanked out, and reported.
fn blanked(file: FileId, text: &str, deep: &[(usize, usize)], diagnostics: &mut Diagnostics) -> String {
    let first = deep.first().map_or(0, |(open, _)| *open);
    diagnostics.push(
        Diagnostic::new(
            code::NESTING_TOO_DEEP,
            Span::new(file, first..first + 1),
            format!("brackets are nested deeper than {MAX_NESTING} here"),
        )
        .note("no pod needs half of that; a bracket above was probably never closed"),
    );
    let mut bytes = text.as_bytes().to_vec();
    for (open, close) in deep {
        for byte in bytes.get_mut(open + 1..*close).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    // Whole ranges between ASCII brackets were replaced by ASCII, so this is still UTF-8.
    String::from_utf8_lossy(&bytes).into_owned()
}

// ------------------------------------------------------------------------------------------------------ the mending

/// How many brackets are mended in one text at the most.
const MOST_MENDED: usize = 50;

/// How many places one message points at.
const MOST_LABELS: usize = 3;

/// A bracket that is open.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    byte: u8,
    /// How far the line is indented that it stands on.
    indent: usize,
    /// Where that line's first character stands.
    line: usize,
}

/// A line of code.
#[derive(Clone, Copy)]
struct Line {
    at: usize,
    indent: usize,
    /// Where its code ends.
    end: usize,
}

/// A text whose brackets match.
struct Mended {
    text: String,
    doubtful: Vec<Span>,
    found: Vec<Diagnostic>,
}

/// The mending of one text whose brackets do not match: indentation tells which one is at fault.
struct Mending<'t> {
    file: FileId,
    text: &'t str,
    bytes: Vec<u8>,
    /// Brackets that are missing at the end of the text.
    appended: Vec<u8>,
    open: Vec<Open>,
    lines: Vec<Line>,
    found: Vec<Diagnostic>,
    /// Whether a bracket found no room in the white space where it is missing.
    cramped: bool,
    /// By how many the brackets do not match, at the least.
    imbalance: usize,
    /// How many parentheses are open in the innermost bracket, as far as they are known.
    round: usize,
    /// The last parenthesis that was opened.
    parenthesis: Option<usize>,
    /// How many closing brackets were taken out.
    strays: usize,
    /// Whether there are more `}` than `{`.
    too_many_ends: bool,
}

impl<'t> Mending<'t> {
    fn of(file: FileId, text: &'t str) -> Self {
        let [curly, curly_end, square, square_end] = Self::count(text);
        let mut mending = Self {
            file,
            text,
            bytes: text.as_bytes().to_vec(),
            appended: Vec::new(),
            open: Vec::new(),
            lines: Vec::new(),
            found: Vec::new(),
            cramped: false,
            imbalance: curly.abs_diff(curly_end) + square.abs_diff(square_end),
            round: 0,
            parenthesis: None,
            strays: 0,
            too_many_ends: curly_end > curly,
        };
        scan(text, |token| mending.token(token));
        mending
    }

    /// How many brackets of each kind there are.
    fn count(text: &str) -> [usize; 4] {
        let mut counts = [0; 4];
        scan(text, |token| {
            if let Token::Open { byte, .. } | Token::Close { byte, .. } = token
                && let Some(kind) = b"{}[]".iter().position(|known| *known == byte)
            {
                counts[kind] += 1;
            }
        });
        counts
    }

    /// The mended text and what was wrong with it, unless the indentation made no sense of it.
    fn finish(mut self) -> Option<Mended> {
        let doubtful = self.close_rest();
        // Text that is not indented by its nesting looks as if everything in it were missing.
        if self.cramped || self.found.len() > 2 * self.imbalance.max(1) {
            return None;
        }
        let mut text = self.bytes;
        text.append(&mut self.appended);
        let text = String::from_utf8(text).ok()?;
        let doubtful = doubtful.into_iter().collect();
        shape(&text).balanced.then_some(Mended { text, doubtful, found: self.found })
    }

    fn token(&mut self, token: Token) {
        // Text with so much wrong is not mended but reported as it is.
        if self.found.len() > MOST_MENDED || self.open.len() > MAX_NESTING {
            self.cramped = true;
            return;
        }
        match token {
            Token::Line { at, indent } => self.line(at, indent),
            Token::Open { at, byte: b'(' } => {
                self.round += 1;
                self.parenthesis = Some(at);
                self.code_until(at + 1);
            }
            Token::Close { at, byte: b')' } => {
                if self.round == 0 {
                    self.round_for_square(at);
                }
                self.round = self.round.saturating_sub(1);
                self.code_until(at + 1);
            }
            Token::Open { at, byte } => {
                if byte == b'{' {
                    self.end_head(at);
                }
                let Line { at: line, indent, .. } =
                    self.lines.last().copied().unwrap_or(Line { at, indent: 0, end: at });
                self.open.push(Open { at, byte, indent, line });
                self.round = 0;
                self.code_until(at + 1);
            }
            Token::Close { at, byte } => {
                self.close(at, byte);
                self.code_until(at + 1);
            }
            Token::Code { end, .. } => self.code_until(end),
        }
    }

    /// The block of an `if` or `for` does not stand in a list of its head: there, a comma or bracket would stand before the brace.
    fn end_head(&mut self, brace: usize) {
        let Some(line) = self.lines.last().copied() else { return };
        let head = self.text.get(line.at..brace).unwrap_or_default();
        let element = head.trim_end().ends_with(['[', ',', '(', '{']);
        if element || !["for ", "if "].iter().any(|word| head.starts_with(word)) {
            return;
        }
        while let Some(top) = self.open.last().copied().filter(|top| top.byte == b'[' && top.line == line.at) {
            self.open.pop();
            self.missing_close(top);
        }
    }

    fn code_until(&mut self, end: usize) {
        if let Some(line) = self.lines.last_mut() {
            line.end = end;
        }
    }

    /// A line that is indented no further than the one on which a bracket opens cannot stand in that bracket.
    fn line(&mut self, at: usize, indent: usize) {
        let closes = self.bytes.get(at).is_some_and(|byte| matches!(byte, b'}' | b']'));
        let before = self.found.len();
        while let Some(top) = self.open.last().copied() {
            let outside = if closes { indent < top.indent } else { indent <= top.indent };
            if !outside {
                break;
            }
            self.open.pop();
            self.missing_close(top);
        }
        self.told_together(before);
        self.lines.push(Line { at, indent, end: at });
    }

    /// Brackets that are not closed before one line are one fault: the innermost is told, with the others.
    fn told_together(&mut self, from: usize) {
        let others: Vec<Span> = self.found.iter().skip(from + 1).filter_map(Diagnostic::span).collect();
        self.found.truncate((from + 1).max(self.found.len() - others.len()));
        if let Some(first) = self.found.get_mut(from) {
            for span in others.iter().take(MOST_LABELS) {
                first.add_label(*span, "nor is this one closed");
            }
            // What closes one alone mends nothing.
            if !others.is_empty() {
                first.fixes.clear();
            }
        }
    }

    fn close(&mut self, at: usize, byte: u8) {
        let line = self.lines.last().copied();
        let first = line.is_some_and(|line| line.at == at);
        match self.open.last().copied() {
            Some(top) if top.byte == partner(byte) && self.ends_another_block(top, first) => self.stray(at, byte),
            Some(top) if top.byte == partner(byte) => {
                let deeper = first && line.is_some_and(|line| line.indent > top.indent);
                if deeper && self.missing_open(Some(top.at), at) {
                    return;
                }
                // A brace too many is the one that stands where none should.
                if deeper && self.too_many_ends && self.strays < self.imbalance {
                    return self.stray(at, byte);
                }
                self.open.pop();
                self.round = 0;
            }
            Some(top)
                if self.open.iter().rev().skip(1).any(|open| open.byte == partner(byte) && open.line == top.line) =>
            {
                self.open.pop();
                if !self.ends_before_entry(top, at) {
                    self.missing_close(top);
                }
                self.close(at, byte);
            }
            _ if first && self.missing_open(None, at) => {}
            _ if byte == b']' && self.square_for_round(at) => {}
            _ => self.stray(at, byte),
        }
    }

    /// A `(` behind `=` for the `[` of the list that ends here, which nothing else closes on its line.
    fn square_for_round(&mut self, close: usize) -> bool {
        let Some(at) = self.parenthesis.filter(|_| self.round > 0) else { return false };
        let behind = self.text.get(..at).is_some_and(|text| text.trim_end_matches([' ', '\t']).ends_with('='));
        let inside = self.text.get(at + 1..close).unwrap_or_default();
        if !behind || inside.contains(['\n', '(', ')']) {
            return false;
        }
        if let Some(place) = self.bytes.get_mut(at) {
            *place = b'[';
        }
        self.round -= 1;
        self.found.push(
            Diagnostic::new(code::STRAY_CLOSE, self.span(at), "a list begins with `[`, and not with `(`")
                .label(self.span(close), "the list ends here")
                .help("write `[`")
                .safe_fix("write `[`", self.span(at), "["),
        );
        true
    }

    /// A `)` for the `]` of the list around it, which nothing else closes on its line.
    fn round_for_square(&mut self, at: usize) {
        let Some(top) = self.open.last().copied().filter(|top| top.byte == b'[') else { return };
        let rest = self.text.get(at + 1..).unwrap_or_default().split('\n').next().unwrap_or_default();
        if rest.contains(']') {
            return;
        }
        if let Some(place) = self.bytes.get_mut(at) {
            *place = b']';
        }
        self.open.pop();
        self.found.push(
            Diagnostic::new(code::STRAY_CLOSE, self.span(at), "a list ends with `]`, and not with `)`")
                .label(self.span(top.at), "the list begins here")
                .help("write `]`")
                .safe_fix("write `]`", self.span(at), "]"),
        );
    }

    /// A list on one line that was not closed before the next entry, `["run", queue = "q" }`: then it ends at the comma before
    /// that, and the bracket is put in its place.
    fn ends_before_entry(&mut self, list: Open, close: usize) -> bool {
        let Some(text) = self.text.get(list.at..close).filter(|_| list.byte == b'[') else { return false };
        let is_entry = |(comma, _): &(usize, &str)| {
            let behind = text.get(comma + 1..).unwrap_or_default();
            let name = behind.trim_start();
            let value = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            let sign = value.trim_start();
            behind.starts_with(' ')
                && value.len() < name.len()
                && sign.starts_with(['=', '{'])
                && !sign.starts_with("==")
        };
        let Some((comma, _)) = text.match_indices(',').find(is_entry) else { return false };
        let end = list.at + comma;
        if let Some(place) = self.bytes.get_mut(end) {
            *place = b']';
        }
        let name = self.name(list);
        let place = Span::new(self.file, end..end);
        let fault = faults::no_close(']', &name, self.span(list.at), place);
        self.found.push(fault.unsafe_fix("write `]`", place, "]"));
        true
    }

    /// Whether a brace behind other code on its line would close a block that was opened at the end of an earlier line, in a
    /// text with too many of them: then its own partner is missing on its line.
    fn ends_another_block(&self, top: Open, first: bool) -> bool {
        let earlier = self.lines.split_last().map(|(_, earlier)| earlier).unwrap_or_default();
        let opened = earlier.iter().rev().find(|line| line.at == top.line);
        self.too_many_ends && !first && top.byte == b'{' && opened.is_some_and(|line| line.end == top.at + 1)
    }

    /// Finds the line that this brace at the beginning of a line should close: the last one with its indentation, after which
    /// the text goes deeper. Puts the missing `{` at its end.
    fn missing_open(&mut self, after: Option<usize>, close: usize) -> bool {
        let [before @ .., line] = self.lines.as_slice() else { return false };
        let indent = line.indent;
        let behind = |line: &Line| after.is_none_or(|after| line.at > after);
        let header = before.iter().rposition(|line| line.indent <= indent || !behind(line));
        let header = header.filter(|at| before.get(*at).is_some_and(behind));
        let Some((at, header)) = header.and_then(|at| Some((at, *before.get(at)?))) else { return false };
        let deeper = before.get(at + 1).is_some_and(|next| next.indent > indent);
        let opens_nothing = !self.text.get(header.at..header.end).unwrap_or_default().contains(['{', '=']);
        if header.indent != indent || !deeper || !opens_nothing || self.bytes.get(close) != Some(&b'}') {
            return false;
        }
        self.put(header.end, b'{');
        let span = Span::new(self.file, header.end..header.end);
        let name = self.text.get(header.at..header.end).unwrap_or_default();
        self.found.push(
            Diagnostic::new(code::MISSING_OPEN, span, format!("the `{{` that opens `{name}` is missing"))
                .label(self.span(close), "closed here")
                .safe_fix("write `{`", span, " {"),
        );
        true
    }

    fn missing_close(&mut self, open: Open) {
        let end = self.lines.last().map_or(open.at + 1, |line| line.end);
        let close = partner(open.byte);
        self.put(end, close);
        let name = self.name(open);
        let place = Span::new(self.file, end..end);
        let text = self.closing(open, end);
        let fault = faults::no_close(char::from(close), &name, self.span(open.at), place);
        self.found.push(fault.unsafe_fix(format!("write `{}`", char::from(close)), place, text));
    }

    /// What closes a bracket at `end`: on a line of its own, if it is not the one that the bracket stands on.
    fn closing(&self, open: Open, end: usize) -> String {
        let close = char::from(partner(open.byte));
        let margin = self.text.get(open.line.saturating_sub(open.indent)..open.line).unwrap_or_default();
        let below = self.text.get(open.at..end).is_some_and(|text| text.contains('\n'));
        match (below, close) {
            (true, _) => format!("\n{margin}{close}"),
            (false, '}') => " }".to_owned(),
            (false, _) => close.to_string(),
        }
    }

    /// What is still open at the end of the text is one fault; tells from where on it leaves things open.
    fn close_rest(&mut self) -> Option<Span> {
        let inner = self.open.pop()?;
        let end = self.lines.last().map_or(0, |line| line.end);
        let close = char::from(partner(inner.byte));
        let place = Span::new(self.file, end..end);
        let mut diagnostic = faults::no_close(close, &self.name(inner), self.span(inner.at), place);
        self.appended.extend([b'\n', partner(inner.byte)]);
        for (n, open) in self.open.iter().rev().enumerate() {
            self.appended.push(partner(open.byte));
            if n < MOST_LABELS {
                diagnostic = diagnostic.label(self.span(open.at), "nor is this one closed");
            }
        }
        self.found.push(diagnostic);
        let outer = self.open.first().map_or(inner.at, |open| open.at);
        Some(Span::new(self.file, outer..self.text.len()))
    }

    fn stray(&mut self, at: usize, byte: u8) {
        self.strays += 1;
        if let Some(place) = self.bytes.get_mut(at) {
            *place = b' ';
        }
        let (close, open) = (char::from(byte), char::from(partner(byte)));
        self.found.push(
            Diagnostic::new(code::STRAY_CLOSE, self.span(at), format!("this `{close}` closes nothing"))
                .help(format!("remove it, or write the `{open}` that it should close"))
                .unsafe_fix("remove it", self.span(at), ""),
        );
    }

    /// Puts a bracket into the white space at `at`.
    fn put(&mut self, at: usize, byte: u8) {
        let room = self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace());
        let room = room.count();
        // Brackets that were put here before have taken their place.
        let taken =
            self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'}' | b']')).count();
        match self.bytes.get_mut(at + taken) {
            Some(place) if place.is_ascii_whitespace() && (room > 0 || taken > 0) => *place = byte,
            _ => self.cramped = true,
        }
    }

    /// What an open bracket belongs to: the text before it on its line.
    fn name(&self, open: Open) -> String {
        let text = self.text.get(open.line..open.at).unwrap_or_default();
        let mut depth = 0_usize;
        // Up to the bracket or comma before it, what stands in brackets of its own left out.
        let start = text.rfind(|c: char| match c {
            '}' | ']' | ')' => {
                depth += 1;
                false
            }
            '{' | '[' | '(' if depth > 0 => {
                depth -= 1;
                false
            }
            '{' | '[' | '(' => true,
            c => c == ',' && depth == 0,
        });
        let text = text.get(start.map_or(0, |at| at + 1)..).unwrap_or_default();
        let text = text.trim().trim_end_matches('=').trim_end();
        let in_head = open.byte == b'[' && ["for ", "if "].iter().any(|word| text.starts_with(word));
        let nameless = text.is_empty() || in_head;
        if nameless { "this".to_owned() } else { format!("`{text}`") }
    }

    fn span(&self, at: usize) -> Span {
        Span::new(self.file, at..at + 1)
    }
}
