//! What is said of JSON that cannot be understood.
//!
//! In: what is at fault and its place. Out: diagnostics.
//! Always: each fault of the parser is told in the words of the text, by what can be done about it.
//! Not here: finding the faults.

use jsonc_parser::errors::{ParseError, ParseErrorKind};

use super::Place;
use crate::data::faults::bad;
use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// What the parser refuses.
pub fn syntax(text: &str, error: &ParseError, place: &Place) -> Diagnostic {
    let range = error.range();
    let here = place.of(range);
    let written = text.get(range.start..range.end).unwrap_or_default();
    match error.kind() {
        ParseErrorKind::UnterminatedArray => unclosed(place, range.start, '[', ']'),
        ParseErrorKind::UnterminatedObject => unclosed(place, range.start, '{', '}'),
        ParseErrorKind::ExpectedComma => no_comma(text, range.start, place),
        ParseErrorKind::MultipleRootJsonValues => {
            behind(text, range.start, place).note("a file holds one value: one object, one list or one text")
        }
        ParseErrorKind::TrailingCommasNotAllowed => bad(here, "no comma stands behind the last element")
            .note("this is a rule of JSON")
            .safe_fix("take the comma away", here, ""),
        ParseErrorKind::CommentsNotAllowed | ParseErrorKind::UnterminatedCommentBlock => {
            bad(place.span(range.start..range.start + 2), "JSON has no comments")
                .help("remove it, or write the file in YAML")
        }
        ParseErrorKind::ExpectedColonAfterObjectKey if written.starts_with('=') => equals(here),
        ParseErrorKind::ExpectedColonAfterObjectKey => {
            bad(here, "a `:` is missing before this").safe_fix("write `:`", here.at_start(), ": ")
        }
        ParseErrorKind::ExpectedObjectValue | ParseErrorKind::UnexpectedComma => no_value(here),
        ParseErrorKind::UnexpectedColon => bad(here, "a `:` stands only behind a key"),
        ParseErrorKind::ExpectedStringObjectProperty => {
            let diagnostic = bad(here, "a key is written in double quotes").note("this is a rule of JSON");
            if is_word(written) {
                let quoted = format!("\"{written}\"");
                diagnostic.help(format!("write `{quoted}`")).safe_fix("quote it", here, quoted)
            } else {
                diagnostic.help("write `\"key\": value`")
            }
        }
        ParseErrorKind::SingleQuotedStringsNotAllowed => single_quotes(text, range.start, place),
        ParseErrorKind::String(kind) => string(here, written, kind),
        ParseErrorKind::UnexpectedCloseBrace | ParseErrorKind::UnexpectedCloseBracket => {
            stray_close(text.get(..range.start).unwrap_or_default(), here, written)
        }
        ParseErrorKind::UnexpectedTokenInObject if matches!(written, "]" | "[" | "{" | ",") => {
            bad(here, format!("`{written}` does not belong between the keys of an object"))
        }
        ParseErrorKind::HexadecimalNumbersNotAllowed
        | ParseErrorKind::UnaryPlusNumbersNotAllowed
        | ParseErrorKind::BareDecimalPointNumbersNotAllowed
        | ParseErrorKind::NonFiniteNumbersNotAllowed
        | ParseErrorKind::ExpectedDigit
        | ParseErrorKind::ExpectedDigitFollowingNegativeSign
        | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral => number(here),
        _ if written.starts_with('#') => bad(here, "JSON has no comments").help("remove it, or write the file in YAML"),
        _ if written.starts_with('=') => equals(here),
        _ => no_word(here, written, text.get(..range.start).unwrap_or_default()),
    }
}

/// A word that JSON does not know; other languages write its words in another way. `before` is the text before it.
fn no_word(here: Span, written: &str, before: &str) -> Diagnostic {
    let diagnostic = bad(here, "this is no value");
    let meant = match written {
        "None" | "nil" | "undefined" => Some("null"),
        _ => ["true", "false", "null"].into_iter().find(|word| word.eq_ignore_ascii_case(written)),
    };
    if let Some(word) = meant {
        return diagnostic.did_you_mean(written, word, here, word);
    }
    let diagnostic =
        diagnostic.help("a text is written in double quotes; the only words are `true`, `false` and `null`");
    // Text or truth, one cannot know; and numbers that there are not.
    let words = ["yes", "no", "on", "off", "NaN", "Infinity"];
    let other = words.iter().any(|word| word.eq_ignore_ascii_case(written));
    // What begins with it is no JSON at all.
    let whole = before.trim().is_empty();
    if other || whole || !is_word(written) || !written.starts_with(char::is_alphabetic) {
        return diagnostic;
    }
    diagnostic.unsafe_fix("quote it", here, format!("\"{written}\""))
}

fn is_word(written: &str) -> bool {
    !written.is_empty() && written.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
}

fn equals(here: Span) -> Diagnostic {
    let here = Span { end: here.start + 1, ..here };
    bad(here, "`:` belongs between a key and its value, not `=`").note("this is a rule of JSON").safe_fix(
        "write `:`",
        here,
        ":",
    )
}

/// A text in single quotes, of which the first is at `start`.
fn single_quotes(text: &str, start: usize, place: &Place) -> Diagnostic {
    let inside = text.get(start + 1..).unwrap_or_default();
    let inside = inside.split(['\'', '\n']).next().unwrap_or_default();
    let end = start + 1 + inside.len();
    let closed = text.get(end..).is_some_and(|rest| rest.starts_with('\''));
    if !closed || inside.contains(['"', '\\']) {
        return bad(place.span(start..start + 1), "a text is written in double quotes").note("this is a rule of JSON");
    }
    let here = place.span(start..end + 1);
    let quoted = format!("\"{inside}\"");
    bad(here, "a text is written in double quotes")
        .note("this is a rule of JSON")
        .help(format!("write `{quoted}`"))
        .safe_fix("write double quotes", here, quoted)
}

/// A closing bracket where a value belongs; `before` is the text before it.
fn stray_close(before: &str, here: Span, bracket: &str) -> Diagnostic {
    match before.trim_end() {
        "" => bad(here, format!("this `{bracket}` closes nothing")),
        before if before.ends_with(':') => no_value(here),
        _ => bad(here, format!("this `{bracket}` does not close what is open here")),
    }
}

fn unclosed(place: &Place, at: usize, open: char, close: char) -> Diagnostic {
    bad(place.span(at..at + 1), format!("this `{open}` is never closed"))
        .help(format!("write `{close}` behind its last element"))
}

/// A value where a comma belongs; `at` is where the value before it ended.
fn no_comma(text: &str, at: usize, place: &Place) -> Diagnostic {
    if text.get(at..).is_some_and(|rest| rest.starts_with(char::is_whitespace)) {
        let here = place.span(at..at);
        return bad(here, "a comma is missing here").safe_fix("write a comma", here, ",");
    }
    behind(text, at, place)
}

/// Something right behind a complete value.
fn behind(text: &str, at: usize, place: &Place) -> Diagnostic {
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    let here = place.span(at..at + next.map_or(0, char::len_utf8));
    let before = text.get(..at).unwrap_or_default();
    if before.ends_with('0') && next.is_some_and(|c| c.is_ascii_digit()) {
        return bad(here, "a number does not begin with `0`").note("this is a rule of JSON");
    }
    bad(here, "this does not belong to the value before it")
}

fn number(here: Span) -> Diagnostic {
    bad(here, "this is no number in JSON")
        .note("a number has digits on both sides of its point, and no sign but `-`: `-0.5`, `1e3`")
}

fn string(here: Span, written: &str, kind: &jsonc_parser::ParseStringErrorKind) -> Diagnostic {
    use jsonc_parser::ParseStringErrorKind as Kind;
    match kind {
        Kind::UnterminatedStringLiteral => {
            bad(here, "the quote that ends this text is missing").help("write `\"` behind its last character")
        }
        Kind::InvalidUnicodeEscapeSequence(_) => bad(here, "this escape is only half a character")
            .note("characters beyond U+FFFF are two escapes, `\\ud83d\\ude00`"),
        _ if written.starts_with("\\u") => bad(here, "this escape needs four hexadecimal digits"),
        _ => bad(here, "JSON knows no such escape")
            .note("there are `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u0000`")
            .help("write `\\\\` for a backslash"),
    }
}

/// Nothing where a value should be.
pub fn no_value(span: Span) -> Diagnostic {
    bad(span, "a value belongs here")
}

/// A number beyond what a double holds.
pub fn float_too_large(span: Span) -> Diagnostic {
    bad(span, "this number is too large").note("numbers are 64-bit floats, which end at about 1.8e308")
}

/// A text that goes on in the next line.
pub fn line_break_in_string(span: Span) -> Diagnostic {
    bad(span, "a text does not end on its line")
        .note("a text of JSON is on one line")
        .help("close it with `\"`, or write `\\n` for a line break")
}

/// A control character in a text.
pub fn control_character(span: Span, c: char) -> Diagnostic {
    let code = u32::from(c);
    let escape = if c == '\t' { "\\t".to_owned() } else { format!("\\u{code:04x}") };
    bad(span, format!("the control character U+{code:04X} is escaped in JSON")).help(format!("write `{escape}`"))
}

/// White space of other languages.
pub fn foreign_blank(span: Span, c: char) -> Diagnostic {
    bad(span, format!("the white space U+{:04X} is none in JSON", u32::from(c))).help("write a space")
}
