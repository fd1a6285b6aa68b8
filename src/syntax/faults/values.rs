//! What is said of values, and of what stands behind or in the place of them.

use super::no_comparison;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// A brace between `${` and `}`.
pub fn brace_in_text(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "no `{` stands between `${` and `}`")
        .help("write `${name}`; what has braces gets a name with `let` first")
}

/// Nothing where a value should be; `sets` tells that a key is to be set to it.
pub fn no_value(span: Span, sets: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::MISSING_VALUE, span, "a value belongs here");
    if !sets {
        return diagnostic;
    }
    diagnostic.help("write a string, a number, `true`, `false`, a list or a block; `null` takes away what is set")
}

/// A value on the line below its `=`, which stands at `sign`.
pub fn value_below(value: Span, sign: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_VALUE, value, "a value begins on the line of its `=`")
        .label(sign, "here")
        .note("an entry ends at the end of its line; brackets, parentheses and operators carry it on")
}

/// Text that is no value.
pub fn bad_value(text: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, span, "this is no value");
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    let number =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_alphanumeric());
    let better = match first {
        "." if number(rest) => Some((format!("0{text}"), "a number has digits before its point")),
        "+" if number(rest.trim()) => Some((rest.trim().to_owned(), "a positive number has no sign")),
        "-" if number(rest.trim()) => {
            Some((format!("-{}", rest.trim()), "no space stands between a number and its sign"))
        }
        _ => None,
    };
    if let Some((better, message)) = better {
        let diagnostic = Diagnostic { message: message.to_owned(), ..diagnostic };
        return diagnostic.help(format!("write `{better}`")).safe_fix(format!("write `{better}`"), span, better);
    }
    if let Some(help) = foreign_value(text) {
        return diagnostic.help(help);
    }
    let word = text.split([' ', '\t', '#']).next().unwrap_or_default();
    let quotable = ["/", ".", "-", "~", ":", "@", "*", "?", "%", "\\"].contains(&first)
        && !word.contains(['"', '\'', '{', '[', '(']);
    if quotable && word.len() > 1 {
        let place = Span { end: span.start + u32::try_from(word.len()).unwrap_or(1), ..span };
        let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, place, "text stands between quotes");
        let diagnostic = diagnostic.help(format!("write `\"{word}\"`"));
        let quoted = format!("\"{word}\"");
        // A path or a flag is nothing else.
        let sure =
            ["/", "./", "../", "~/", "-"].iter().any(|begin| word.starts_with(begin)) && word.len() == text.len();
        return if sure {
            diagnostic.safe_fix("write it between quotes", place, quoted)
        } else {
            diagnostic.unsafe_fix("quote it", place, quoted)
        };
    }
    diagnostic.help("a value is a string, a number, `true`, `false`, `null`, a list, an object or a name")
}

/// What to write for a value of another language.
fn foreign_value(text: &str) -> Option<&'static str> {
    let begins = |sign: &str| text.starts_with(sign);
    if begins("(") {
        return Some("a list stands between brackets, `[1, 2]`; a request and its limit are a range, `1..2`");
    }
    if begins("for ") {
        return Some("write what each round makes before it: `[ELEMENT for NAME in LIST]`");
    }
    if begins("in ") {
        return Some("`contains(LIST, VALUE)` says whether a list, a map or a text has something in it");
    }
    if begins("...") || begins("**") {
        return Some(
            "nothing is unpacked: `+=` appends a list to what is there, a block merges into it, and a template `extends` others",
        );
    }
    if begins("*") && !begins("*.") {
        return Some("YAML's alias is a name here: declare the value once with `let NAME = VALUE`, and write `NAME`");
    }
    begins("&").then_some(
        "no anchor names a value; declare it once with `let NAME = VALUE`, and write `NAME` where it is used",
    )
}

/// A `)` in a list that closes nothing.
pub fn stray_paren(span: Span) -> Diagnostic {
    Diagnostic::new(code::STRAY_CLOSE, span, "this `)` closes nothing")
        .help("remove it, or write the `(` that it should close")
        .unsafe_fix("remove it", span, "")
}

/// A number with a comma before its fraction.
pub fn decimal_comma(whole: Span, comma: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, whole, "a number has a point before its fraction, and not a comma")
        .note("a comma ends an entry")
        .help("write `1.5`")
        .safe_fix("write a point", comma, ".")
}

/// Values between parentheses, as Python has tuples; `text` is all of it.
pub fn tuple(text: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, span, "this is no value")
        .help("a list stands between brackets, `[1, 2]`; a request and its limit are a range, `1..2`");
    let inner = text.trim_end().strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    match inner.filter(|inner| !inner.contains(['(', ')', '='])) {
        Some(inner) => {
            diagnostic.unsafe_fix("write brackets", span, format!("[{}]", inner.trim().trim_end_matches(',')))
        }
        None => diagnostic,
    }
}

/// An `if` among values without `then`; `text` is what stands there instead.
pub fn no_then(text: &str, span: Span) -> Diagnostic {
    if let Some(fault) = no_comparison(text, span) {
        return fault;
    }
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`then` belongs here")
        .help("write `if CONDITION then VALUE else VALUE`")
}

/// An `if` among values without `else`.
pub fn no_else(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`else` belongs here")
        .note("an `if` in the place of a value always has a value")
        .help("write `else null` to set nothing otherwise, or put the entry into a block: `if CONDITION { … }`")
}

/// An `if` in the middle of another.
pub fn nested_if(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "an `if` between `then` and `else` stands between parentheses")
        .help("write `if a then (if b then 1 else 2) else 3`")
}

/// `a < b < c`.
pub fn chained_comparison(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "comparisons cannot be chained")
        .help("join two of them: `a < b && b < c`")
}

/// A comprehension in a list with other elements.
pub fn comprehension_among_others(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`for` makes all elements of a list or none")
        .help("append what it makes: `key = [ … ]` and then `key += [ … for … in … ]`")
}

/// Something behind the expression in a string.
pub fn belongs_to_nothing_in_text(text: &str, open: Span, span: Span) -> Diagnostic {
    if text.starts_with(['+', '-', '*', '/', '?']) || text.starts_with("and ") || text.starts_with("or ") {
        return super::belongs_to_nothing(text, "", span, span);
    }
    if [":-", ":=", ":?", ":+", "##", "%%"].iter().any(|sign| text.starts_with(sign)) {
        return Diagnostic::new(code::UNEXPECTED_TEXT, span, "only a shell reads this behind the name of a variable")
            .note("between `${` and `}` stands one expression; a parameter has its default where it is declared")
            .help("write `\\${` to leave it to the shell, or use single quotes")
            .unsafe_fix("leave it to the shell", open.at_start(), "\\");
    }
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "this does not belong to what stands before it")
        .note("between `${` and `}` stands one expression")
        .help("write `\\${` where a dollar sign and a brace are meant, as in a shell, or use single quotes")
}

/// Something between `${` and `}` that is a shell's, or nothing.
pub fn shell_in_text(code: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_VALUE, span, "an expression belongs between `${` and `}`")
        .help(format!("for the text itself write `\\${{{code}}}`, or put all of it between single quotes"))
}

/// Brackets in a string's interpolation that are nested too deep.
pub fn too_deep_in_text(span: Span) -> Diagnostic {
    Diagnostic::new(code::NESTING_TOO_DEEP, span, "brackets are nested too deep in this text")
        .help("give the expression a name with `let`, and write that name here")
}

/// A number that cannot be read.
pub fn bad_number(span: Span, message: &str) -> Diagnostic {
    Diagnostic::new(code::BAD_NUMBER, span, message)
        .help("write a number as `3`, `-1`, `0.5` or `1e3`, an amount as `500m` or `2Gi`, a time as `30s` or `1h30m`")
}

/// A number that is none, for what it was probably meant to be.
pub fn no_number(text: &str, span: Span) -> Diagnostic {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    if text.contains('_') && digits.chars().all(|c| c.is_ascii_digit()) {
        return Diagnostic::new(code::BAD_NUMBER, span, "no `_` stands between the digits of a number")
            .help(format!("write `{digits}`"))
            .safe_fix(format!("write `{digits}`"), span, digits.clone());
    }
    let radix = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    let value = radix.iter().find_map(|(prefix, radix)| i64::from_str_radix(text.strip_prefix(prefix)?, *radix).ok());
    if let Some(value) = value {
        return Diagnostic::new(code::BAD_NUMBER, span, "numbers are decimal here")
            .help(format!("write `{value}`"))
            .safe_fix(format!("write `{value}`"), span, value.to_string());
    }
    let points = text.matches('.').count();
    if points > 1 && text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Diagnostic::new(
            code::BAD_NUMBER,
            span,
            "a number has one point; this is text, and stands between quotes",
        )
        .help(format!("write `\"{text}\"`"))
        .unsafe_fix("quote it", span, format!("\"{text}\""));
    }
    bad_number(span, "this is no number, with or without a unit")
}

/// A number with zeros in front, which YAML and Python read as octal and nobody reads alike.
pub fn leading_zero(digits: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::BAD_NUMBER, span, "a number does not begin with `0`")
        .note("YAML would read octal digits here, as in the mode of a file; this language has decimal numbers only");
    match i64::from_str_radix(digits, 8) {
        Ok(number) => {
            let plain = digits.trim_start_matches('0');
            let plain = if plain.is_empty() { "0" } else { plain };
            let diagnostic = diagnostic.help(format!("octal {digits} is `{number}`"));
            // Of four digits it is the mode of a file.
            if digits.len() == 4 {
                return diagnostic.unsafe_fix(format!("write `{number}`"), span, number.to_string());
            }
            diagnostic.unsafe_fix(format!("write `{plain}`"), span, plain)
        }
        Err(_) => diagnostic.help("leave the zeros out"),
    }
}
