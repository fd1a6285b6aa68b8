//! What is said of TOML that cannot be understood.
//!
//! In: what the parser says of a fault, and where. Out: a diagnostic.
//! Always: each fault is told in the words of the text, by what can be done about it. The parser has nothing but English text to
//! tell its faults apart by; what of it is not known here is told without a reason.
//! Not here: finding the faults.

use std::ops::Range;

use crate::data::faults::{bad, duplicate_key, too_deep};
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// Where a fault is.
pub struct Fault<'t> {
    /// The text of the file.
    pub text: &'t str,
    /// Its place in the text.
    pub range: Range<usize>,
    /// Its place.
    pub span: Span,
    /// Of a key that is given again, where it was given first.
    pub first: Option<Span>,
}

impl Fault<'_> {
    /// What is written there.
    fn written(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    /// The text from there on.
    fn rest(&self) -> &str {
        self.text.get(self.range.start..).unwrap_or_default()
    }

    /// The place from the backslash on that stands before it.
    fn escape(&self) -> Option<Span> {
        let escaped = self.text.get(..self.range.start)?.ends_with('\\');
        escaped.then(|| Span { start: self.span.start.saturating_sub(1), ..self.span })
    }
}

/// What is said of a fault that the parser describes.
pub fn syntax(fault: &Fault, message: &str) -> Diagnostic {
    let description = message.split(", expected ").next().unwrap_or_default();
    given_again(fault, description)
        .or_else(|| of_other_languages(fault, description))
        .or_else(|| of_layout(fault.span, description))
        .or_else(|| of_value(fault, description))
        .unwrap_or_else(|| bad(fault.span, "this is no TOML"))
}

fn given_again(fault: &Fault, description: &str) -> Option<Diagnostic> {
    let key = fault.written().trim_matches(['"', '\'']);
    if description == "duplicate key" {
        return Some(match fault.first {
            Some(first) => duplicate_key(key, fault.span, first),
            None => Diagnostic::new(code::DUPLICATE_DATA_KEY, fault.span, format!("the key `{key}` is given twice")),
        });
    }
    if !description.starts_with("cannot extend value") {
        return None;
    }
    let again = format!("`{key}` is complete, so no keys can be added to it");
    let diagnostic = Diagnostic::new(code::DUPLICATE_DATA_KEY, fault.span, again);
    Some(match fault.first {
        Some(first) => diagnostic.label(first, "given here"),
        None => diagnostic,
    })
}

/// What other languages have in place of TOML's signs: a `:` behind a key, comments behind `//`, versions without quotes.
fn of_other_languages(fault: &Fault, description: &str) -> Option<Diagnostic> {
    let rest = fault.rest();
    if description == "invalid unquoted key" && rest.starts_with("//") {
        let here = Span { end: fault.span.start + 2, ..fault.span };
        return Some(bad(here, "a comment begins with `#`").note("this is a rule of TOML").safe_fix(
            "write `#`",
            here,
            "#",
        ));
    }
    if description == "invalid unquoted key" && rest.starts_with(':') {
        let here = Span { end: fault.span.start + 1, ..fault.span };
        let diagnostic =
            bad(here, "`=` belongs between a key and its value, not `:`").note("this is a rule of TOML: `key = value`");
        let value = rest.get(1..).and_then(|value| value.lines().next()).unwrap_or_default();
        if value.trim().is_empty() {
            return Some(diagnostic.help("a table begins with its name between brackets, such as `[build]`"));
        }
        let spaced = if value.starts_with(' ') { " =" } else { " = " };
        return Some(diagnostic.safe_fix("write `=`", here, spaced));
    }
    is_about_number(description).then(|| version(fault)).flatten()
}

/// A version of three numbers, as which a number cannot be read.
fn version(fault: &Fault) -> Option<Diagnostic> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let before = fault.text.get(..fault.range.start)?;
    let behind = fault.rest();
    let start = before.trim_end_matches(is_part).len();
    let end = fault.range.start + behind.len() - behind.trim_start_matches(is_part).len();
    let text = fault.text.get(start..end)?;
    if text.matches('.').count() < 2 {
        return None;
    }
    let moved = u32::try_from(fault.range.start - start).ok()?;
    let from = fault.span.start.checked_sub(moved)?;
    let here = Span { start: from, end: from + u32::try_from(text.len()).ok()?, ..fault.span };
    let quoted = format!("\"{text}\"");
    Some(
        bad(here, "a version is a text")
            .note("a number has one point at the most")
            .help(format!("write `{quoted}`"))
            .safe_fix("quote it", here, quoted),
    )
}

/// What is said of entries, headers and brackets.
fn of_layout(here: Span, description: &str) -> Option<Diagnostic> {
    Some(match description {
        "key with no value" | "missing assignment between key-value pairs" => {
            bad(here, "a `=` and a value are missing here").note("a key and its value are joined by `=`, on one line")
        }
        "invalid unquoted key" => bad(here, "this cannot stand in a key")
            .note("a key and its value are joined by `=`; a key of other characters than letters, digits, `_` and `-` is quoted"),
        "unquoted keys cannot be empty" | "missing key for inline table element" | "invalid key-value pair" => {
            bad(here, "a key belongs here")
        }
        "missing value" | "missing value for key" | "extra comma in array" | "extra comma in inline table" => {
            bad(here, "a value belongs here")
        }
        "missing comma between array elements" => bad(here, "a comma or a `]` is missing before this"),
        "missing comma between key-value pairs" => bad(here, "a comma or a `}` is missing before this"),
        "unclosed array" | "unclosed table" | "unclosed array table" => bad(here, "a `]` is missing here at the latest"),
        "unclosed inline table" => bad(here, "a `}` is missing here at the latest"),
        "missing table open" | "missing array opening" | "missing inline table opening" => {
            bad(here, "this closes nothing")
        }
        "unexpected key or value" | "unexpected content" | "unexpected content between comment and newline" => {
            bad(here, "this does not belong to what stands before it").note("an entry ends with its line")
        }
        "extra `=`" | "unexpected `=` in array" | "extra assignment between key-value pairs" => {
            bad(here, "this `=` has no key")
        }
        "carriage return must be followed by newline" => {
            bad(here, "a carriage return stands only at the end of a line")
        }
        "invalid comment character" => bad(here, "a control character may not stand in a comment"),
        "cannot recurse further; max recursion depth met" | "recursion limit" => too_deep(here),
        _ => return None,
    })
}

/// What is said of texts, numbers and times.
fn of_value(fault: &Fault, description: &str) -> Option<Diagnostic> {
    let here = fault.span;
    Some(match description {
        "string values must be quoted" if fault.written().trim().is_empty() => bad(here, "a value belongs here"),
        "string values must be quoted" => no_value(here, fault.written()),
        "invalid boolean" | "invalid float" if fault.rest().starts_with(char::is_alphabetic) => {
            no_value(here, fault.written())
        }
        "invalid basic string"
        | "invalid literal string"
        | "invalid multi-line basic string"
        | "invalid multi-line literal string" => {
            if fault.rest().chars().next().is_some_and(|c| c.is_control() && !matches!(c, '\r' | '\n')) {
                bad(here, "a control character is escaped in a text").help("write it as `\\u0000`, with its number")
            } else {
                bad(here, "the quote that ends this text is missing here")
            }
        }
        "missing opening quote" => bad(here, "the quote that begins this text is missing"),
        "keys cannot be multi-line basic strings" | "keys cannot be multi-line literal strings" => {
            bad(here, "a key stands between single quotes, not three")
        }
        "missing escaped value" => bad(fault.escape().unwrap_or(here), "TOML knows no such escape")
            .help("write `\\\\` for a backslash, or the text in single quotes"),
        "too few unicode value digits" | "invalid value" => bad(here, "this is the number of no character"),
        "unexpected leading zero" => bad(here, "a number does not begin with `0`").note("this is a rule of TOML"),
        "`_` may only go between digits" => {
            bad(here, "a `_` stands only between digits").note("this is a rule of TOML")
        }
        _ if description.starts_with("invalid date")
            || description.starts_with("invalid time")
            || description.starts_with("invalid offset") =>
        {
            bad(here, "there is no such date or time")
        }
        _ if is_about_number(description) => bad(here, "this is no number in TOML")
            .note("a number has digits on both sides of its point: `-0.5`, `1e3`, `0xff`, `0o17`, `0b1`"),
        _ => return None,
    })
}

fn is_about_number(description: &str) -> bool {
    ["number", "float", "mantissa", "fraction", "exponent", "radix", "sign"]
        .iter()
        .any(|word| description.contains(word))
}

fn no_value(here: Span, written: &str) -> Diagnostic {
    let diagnostic = bad(here, "this is no value");
    let truth = ["true", "false"].into_iter().find(|word| word.eq_ignore_ascii_case(written));
    if let Some(word) = truth {
        return diagnostic.did_you_mean(written, word, here, word);
    }
    let diagnostic = diagnostic.help("a text is written in quotes; the only words are `true` and `false`");
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if written.is_empty() || !written.chars().all(is_word) {
        return diagnostic;
    }
    diagnostic.safe_fix("put it between quotes", here, format!("\"{written}\""))
}
