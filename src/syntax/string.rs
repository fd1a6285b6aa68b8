//! What a string says: quotes taken off, escapes resolved, text blocks unindented.
//!
//! In: a string as the grammar matched it. Out: its text, in pieces where it has interpolation. Always: what cannot be resolved
//! is reported once at its place and left out of the text. Not here: what stands between `${` and `}`, of which only the place
//! is told.

use std::ops::Range;

use ecow::EcoString;

use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::Span;

/// What a string says.
#[derive(Debug, Default)]
pub struct Reading {
    /// The text behind the last interpolation, which is all of it where there is none.
    pub text: EcoString,
    /// The interpolations, each with the text before it and the bytes between its braces, counted from the string's beginning.
    pub interpolations: Vec<(EcoString, Range<usize>)>,
}

/// What the string says that stands at `span` and reads `source`, quotes and all.
pub fn read(source: &str, span: Span, diagnostics: &mut Diagnostics) -> Reading {
    let mut reader = Reader { source, span, diagnostics, interpolations: Vec::new() };
    let text = match source.as_bytes() {
        [b'"', b'"', b'"', ..] => reader.block("\"\"\"", true),
        [b'\'', b'\'', b'\'', ..] => reader.block("'''", false),
        [b'\'', ..] => reader.raw_line(),
        _ => reader.line(),
    };
    Reading { text, interpolations: reader.interpolations }
}

struct Reader<'a> {
    source: &'a str,
    span: Span,
    diagnostics: &'a mut Diagnostics,
    interpolations: Vec<(EcoString, Range<usize>)>,
}

impl Reader<'_> {
    fn line(&mut self) -> EcoString {
        if let Some(inner) = self.source.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))
            && !inner.contains(['\\', '$', '"'])
        {
            return inner.into();
        }
        let mut text = EcoString::new();
        let end = self.escaped(1..self.source.len(), Some(b'"'), &mut text);
        if end == self.source.len() {
            self.unterminated("\"");
        }
        text
    }

    fn raw_line(&mut self) -> EcoString {
        let inner = self.source.strip_prefix('\'').unwrap_or_default();
        if let Some(text) = inner.strip_suffix('\'') {
            text.into()
        } else {
            self.unterminated("'");
            inner.trim_end_matches('\r').into()
        }
    }

    /// Resolves escapes in a part of the source until the closing quote, and tells where that stands.
    fn escaped(&mut self, range: Range<usize>, quote: Option<u8>, text: &mut EcoString) -> usize {
        let bytes = self.source.as_bytes();
        let mut at = range.start;
        let mut plain = at;
        while at < range.end {
            match bytes.get(at) {
                byte if byte.copied() == quote => break,
                Some(b'\\') => {
                    text.push_str(self.source.get(plain..at).unwrap_or_default());
                    at += self.escape(at, range.end, text);
                    plain = at;
                }
                Some(b'$') if bytes.get(at + 1) == Some(&b'{') => {
                    text.push_str(self.source.get(plain..at).unwrap_or_default());
                    at = self.interpolation(at, range.end, text);
                    plain = at;
                }
                _ => at += 1,
            }
        }
        let end = at.min(range.end);
        text.push_str(self.source.get(plain..end).unwrap_or_default());
        end
    }

    /// Resolves the escape at `at` and tells how long it is.
    fn escape(&mut self, at: usize, end: usize, text: &mut EcoString) -> usize {
        let rest = self.source.get(at + 1..end).unwrap_or_default();
        let Some(letter) = rest.chars().next() else {
            self.escaped_line_end(at);
            return 1;
        };
        let resolved = match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '"' | '\\' | '$' => letter,
            'u' => return self.unicode(at, rest, text),
            _ => {
                self.unknown_escape(at, letter);
                letter
            }
        };
        text.push(resolved);
        1 + letter.len_utf8()
    }

    fn unicode(&mut self, at: usize, rest: &str, text: &mut EcoString) -> usize {
        let digits = rest.strip_prefix("u{").and_then(|rest| rest.split_once('}')).map(|(digits, _)| digits);
        let digits = digits.filter(|digits| digits.len() <= 8);
        let character = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        if let Some(character) = character {
            text.push(character);
        } else {
            let length = digits.map_or(2, |digits| digits.len() + 4);
            self.report(
                Diagnostic::new(
                    code::BAD_ESCAPE,
                    self.part(at..at + length),
                    "`\\u` is followed by a character's number",
                )
                .help("write the number in hexadecimal digits between braces, such as `\\u{1F600}`"),
            );
        }
        digits.map_or(2, |digits| digits.len() + 4)
    }

    fn escaped_line_end(&mut self, at: usize) {
        let place = self.part(at..at + 1);
        self.report(
            Diagnostic::new(code::BAD_ESCAPE, place, "a backslash cannot stand at the end of a line")
                .note("it begins an escape, and line breaks are kept as they are")
                .help("write `\\\\` for a backslash, or put the text between `'''`, where nothing is special"),
        );
    }

    fn unknown_escape(&mut self, at: usize, letter: char) {
        let place = self.part(at..at + 1 + letter.len_utf8());
        self.report(
            Diagnostic::new(code::BAD_ESCAPE, place, format!("strings have no escape `\\{letter}`"))
                .note("the escapes are \\n \\t \\r \\\" \\\\ \\$ and \\u{1F600}")
                .help("write `\\\\` for a backslash, or put the text between single quotes, where nothing is special")
                .unsafe_fix("write a backslash", place, format!("\\\\{letter}")),
        );
    }

    /// Notes the interpolation at `at`, after the text before it, and tells where it ends.
    fn interpolation(&mut self, at: usize, end: usize, text: &mut EcoString) -> usize {
        let rest = self.source.get(at..end).unwrap_or_default();
        let Some(length) = interpolation_length(rest.as_bytes()) else {
            let place = self.part(at..at + 2);
            self.report(
                Diagnostic::new(code::UNTERMINATED_STRING, place, "this `${` has no `}`")
                    .here("no `}` follows on this line")
                    .help("write `\\${` where a dollar sign and a brace are meant"),
            );
            text.push_str("${");
            return at + 2;
        };
        self.interpolations.push((std::mem::take(text), at + 2..at + length - 1));
        at + length
    }

    fn unterminated(&mut self, quote: &str) {
        let place = Span { end: self.span.start + 1, ..self.span };
        self.report(
            Diagnostic::new(code::UNTERMINATED_STRING, place, "this string does not end")
                .here(format!("no `{quote}` follows on this line"))
                .help("close it, or begin a text over several lines with three quotes"),
        );
    }

    /// A text over several lines: it begins on the next line, and the indentation of the closing line is taken off.
    fn block(&mut self, quotes: &str, escapes: bool) -> EcoString {
        let inner = self.source.strip_prefix(quotes).unwrap_or_default();
        let Some(inner) = inner.strip_suffix(quotes) else {
            self.report(
                Diagnostic::new(code::UNTERMINATED_STRING, self.part(0..3), "this text does not end")
                    .here(format!("no `{quotes}` follows")),
            );
            return EcoString::new();
        };
        let Some((first, body)) = inner.split_once('\n') else {
            return self.on_one_line(inner, escapes);
        };
        if !first.trim().is_empty() {
            let indent = body.rsplit('\n').next().filter(|last| last.trim().is_empty());
            let better = indent.map(|indent| (3..3 + first.len(), format!("\n{indent}{}", first.trim())));
            return self.bad_layout(
                3..3 + first.trim_end().len(),
                "begins on the line after its quotes",
                LAYOUT,
                better,
            );
        }
        let (lines, indent) = body.rsplit_once('\n').map_or(("", body), |(lines, last)| (lines, last));
        if !indent.trim().is_empty() {
            let end = self.source.len();
            let margin = indent.len() - indent.trim_start().len();
            let better = format!("\n{}", indent.get(..margin).unwrap_or_default());
            let better = Some((end - 3..end - 3, better));
            return self.bad_layout(end - 3..end, "ends with quotes on a line of their own", LAYOUT, better);
        }
        let lines = if body.contains('\n') { Some(lines) } else { None };
        self.unindent(3 + first.len() + 1, lines, indent, escapes)
    }

    fn unindent(&mut self, start: usize, lines: Option<&str>, indent: &str, escapes: bool) -> EcoString {
        let mut text = EcoString::new();
        let mut at = start;
        for line in lines.into_iter().flat_map(|lines| lines.split('\n')) {
            let end = at + line.trim_end_matches('\r').len();
            if line.starts_with(indent) {
                let range = at + indent.len()..end;
                if escapes {
                    self.escaped(range, None, &mut text);
                } else {
                    text.push_str(self.source.get(range).unwrap_or_default());
                }
            } else if !line.trim().is_empty() {
                let white = line.len() - line.trim_start().len();
                let length = if white > 0 { white } else { line.chars().next().map_or(0, char::len_utf8) };
                let help = "indent this line further, or the closing quotes less: what stands before them is taken off each line";
                self.bad_layout(at..at + length, "is indented at least as far as its closing quotes", help, None);
            }
            text.push('\n');
            at += line.len() + 1;
        }
        text
    }

    /// A text between three quotes on one line.
    fn on_one_line(&mut self, inner: &str, escapes: bool) -> EcoString {
        let place = self.part(0..self.source.len());
        let quote = if escapes { '"' } else { '\'' };
        let diagnostic = Diagnostic::new(
            code::BAD_TEXT_BLOCK,
            place,
            "a text over several lines begins on the line after its quotes",
        );
        let better = format!("{quote}{inner}{quote}");
        let diagnostic = diagnostic.help(format!("write `{better}` for a text on one line"));
        let plain = !inner.contains(quote);
        self.report(if plain { diagnostic.safe_fix(format!("write `{better}`"), place, better) } else { diagnostic });
        EcoString::new()
    }

    /// Says how a text is laid out; `better` is what mends it, and where.
    fn bad_layout(
        &mut self,
        range: Range<usize>,
        rule: &str,
        help: &str,
        better: Option<(Range<usize>, String)>,
    ) -> EcoString {
        let place = self.part(range);
        let diagnostic = Diagnostic::new(code::BAD_TEXT_BLOCK, place, format!("a text over several lines {rule}"));
        let diagnostic = diagnostic.help(help);
        let diagnostic = match better {
            Some((range, text)) => diagnostic.unsafe_fix("break the line", self.part(range), text),
            None => diagnostic,
        };
        self.report(diagnostic);
        EcoString::new()
    }

    fn part(&self, range: Range<usize>) -> Span {
        let base = self.span.start as usize;
        let end = range.end.min(self.source.len());
        Span::new(self.span.file, base + range.start..base + end.max(range.start))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// How a text over several lines is laid out.
const LAYOUT: &str = "write `\"\"\"`, then the lines of the text, and `\"\"\"` on a line of its own";

/// The length of the interpolation that these bytes begin with, if it ends on its line. Strings in it do not end it.
///
/// The grammar sees the end of the string around it in the same way, and so does `scan`.
fn interpolation_length(bytes: &[u8]) -> Option<usize> {
    let mut in_string = false;
    for (at, byte) in bytes.iter().enumerate().skip(2) {
        match byte {
            b'\n' => return None,
            b'"' => in_string = !in_string,
            b'}' if !in_string => return Some(at + 1),
            b'$' if !in_string && bytes.get(at + 1) == Some(&b'{') => return None,
            _ => {}
        }
    }
    None
}
