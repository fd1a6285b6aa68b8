//! What is said of values, and of what stands behind or in the place of them.

use super::no_comparison;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// Text behind something that was complete; `before` is what stands before it on its line.
pub fn belongs_to_nothing(text: &str, before: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, span, "this does not belong to what stands before it");
    let last = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if text.starts_with('?') {
        return diagnostic.help("write `if CONDITION then VALUE else VALUE`");
    }
    if text.starts_with(['+', '-', '*', '/', '%']) {
        return diagnostic
            .note("there is no arithmetic")
            .help("a text is put together by what stands in it: `\"${registry}/train:${tag}\"`");
    }
    if text.starts_with(['"', '\'']) && before.ends_with(char::is_alphabetic) {
        return diagnostic.help("no letter stands before a string; `\"… ${name} …\"` puts values into it");
    }
    if text.starts_with('(') && before.trim_end().ends_with(char::is_alphanumeric) {
        return diagnostic.help("no space stands between what is called and its `(`");
    }
    if last == "not" {
        return diagnostic.help(format!("write `!{text}`"));
    }
    if text.starts_with("in ") {
        return diagnostic.help("`contains(LIST, VALUE)` says whether a list, a map or a text has something in it");
    }
    if text.starts_with("and ") || text.starts_with("or ") {
        return diagnostic.help("conditions are joined by `&&` and `||`");
    }
    diagnostic.help("an entry ends at a newline or a comma")
}

/// A brace between `${` and `}`.
pub fn brace_in_text(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "no `{` stands between `${` and `}`")
        .help("write `${name}`; what has braces gets a name with `let` first")
}

/// Nothing where a value should be.
pub fn no_value(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_VALUE, span, "a value belongs here")
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
    if text.starts_with('(') {
        return diagnostic
            .help("a list stands between brackets, `[1, 2]`; a request and its limit are a range, `1..2`");
    }
    if text.starts_with('.') {
        return diagnostic.help("a number has digits before its point: `0.5`");
    }
    if text.starts_with("for ") {
        return diagnostic.help("write what each round makes before it: `[ELEMENT for NAME in LIST]`");
    }
    if text.starts_with("in ") {
        return diagnostic.help("`contains(LIST, VALUE)` says whether a list, a map or a text has something in it");
    }
    if text.starts_with('+') {
        return diagnostic.help("a positive number is written without a sign");
    }
    diagnostic.help("a value is a string, a number, `true`, `false`, `null`, a list, an object or a name")
}

/// Values between parentheses, as Python has tuples.
pub fn tuple(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "this is no value")
        .help("a list stands between brackets, `[1, 2]`; a request and its limit are a range, `1..2`")
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
pub fn belongs_to_nothing_in_text(text: &str, span: Span) -> Diagnostic {
    if text.starts_with(['+', '-', '*', '/', '?']) || text.starts_with("and ") || text.starts_with("or ") {
        return belongs_to_nothing(text, "", span);
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

/// A number with zeros in front, which YAML and Python read as octal and nobody reads alike.
pub fn leading_zero(digits: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::BAD_NUMBER, span, "a number does not begin with `0`")
        .note("YAML would read octal digits here, as in the mode of a file; this language has decimal numbers only");
    match i64::from_str_radix(digits, 8) {
        Ok(number) => diagnostic.help(format!("octal {digits} is `{number}`")),
        Err(_) => diagnostic.help("leave the zeros out"),
    }
}
