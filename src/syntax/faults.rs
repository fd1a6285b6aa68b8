//! What is said of texts that the grammar had to mend.
//!
//! In: the text at fault and its place. Out: a diagnostic. Always: words are the user's, never the names of grammar rules.
//! Not here: finding the faults.

use super::ast::{Label, Name};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// Words that begin parts of the language that this version does not have.
const LATER: &[&str] = &["import", "param", "let", "if", "for"];

/// Text where a setting or declaration should be.
pub fn no_statement(text: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, span, "this is neither a setting nor a declaration");
    if text.starts_with("- ") {
        return diagnostic
            .note("a list is written between brackets: `args = [\"a\", \"b\"]`")
            .note("elements of a keyed list are blocks: `containers main { image = \"…\" }`");
    }
    if text.starts_with("//") || text.starts_with("/*") {
        return diagnostic.help("a comment begins with `#`");
    }
    diagnostic.help("write `key = value`, `key += [ … ]` or `key { … }`")
}

/// Text behind something that was complete.
pub fn belongs_to_nothing(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "this does not belong to what stands before it")
        .help("an entry ends at a newline or a comma")
}

/// Two entries with nothing between them.
pub fn no_separator(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_SEPARATOR, span, "a newline or a comma is missing here").safe_fix(
        "write a comma",
        span,
        ", ",
    )
}

/// Two elements of a list with nothing between them.
pub fn no_comma(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_SEPARATOR, span, "a comma is missing between these elements").safe_fix(
        "write a comma",
        span,
        ",",
    )
}

/// A brace too many.
pub fn stray_close(span: Span) -> Diagnostic {
    Diagnostic::new(code::STRAY_CLOSE, span, "this `}` closes nothing")
        .help("remove it, or look for a block above that is closed too early")
}

/// A declaration without its name.
pub fn no_name(word: &str, span: Span) -> Diagnostic {
    let article = if word.starts_with(['e', 'o']) { "an" } else { "a" };
    let what = if word == "override" { "the name of a task".to_owned() } else { format!("{article} {word}'s name") };
    Diagnostic::new(code::MISSING_NAME, span, format!("{what} belongs here"))
}

/// A declaration without its block; `text` is what stands there instead.
pub fn no_body(word: &str, text: &str, span: Span) -> Diagnostic {
    let junk = first_line(text);
    if let Some(part) =
        [("(", "parameters"), ("extends", "`extends`")].iter().find(|(start, _)| junk.starts_with(start))
    {
        let message = format!("this version of the language has no {}", part.1);
        return Diagnostic::new(code::NOT_YET, span, message);
    }
    let diagnostic = Diagnostic::new(code::MISSING_BODY, span, format!("a block belongs here: `{word} … {{ … }}`"));
    if junk.is_empty() && text.contains('{') {
        return diagnostic.help("the `{` stands on the same line as the name");
    }
    diagnostic
}

/// A declaration that begins with a word that none begins with.
pub fn unknown_declaration(word: &Name) -> Diagnostic {
    const WORDS: [&str; 4] = ["environment", "override", "task", "template"];
    let diagnostic = Diagnostic::new(code::MISPLACED, word.span, format!("no declaration begins with `{}`", word.text));
    match closest(&word.text, WORDS) {
        Some(better) => {
            diagnostic.help(format!("did you mean `{better}`?")).unsafe_fix("correct it", word.span, better)
        }
        None => diagnostic.help("a file holds templates, environments, tasks and overrides"),
    }
}

/// `:` for `=`.
pub fn colon(key: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(code::COLON_FOR_EQUALS, span, format!("`{}` is set with `=`", key.text))
        .note("the language is close to YAML, but a key and its value are joined by `=`")
        .help(format!("write `{} = …`", key.text))
        .safe_fix("write `=`", span, " =")
}

/// What is said of a key that begins a part of the language that is not there yet.
pub fn not_yet(key: &Name) -> Option<Diagnostic> {
    let message = || format!("this version of the language has no `{}`", key.text);
    LATER.contains(&key.text.as_str()).then(|| Diagnostic::new(code::NOT_YET, key.span, message()))
}

/// A key, perhaps with a label, and then neither `=` nor a block; `text` is what stands there instead, at `span`.
pub fn no_operation(key: &Name, label: Option<&Label>, text: &str, span: Span) -> Diagnostic {
    let junk = first_line(text);
    if label.is_none() && junk.starts_with(['.', '/', '*', '@']) {
        return needs_quotes(key, junk, span);
    }
    let name = label.map_or_else(|| key.text.to_string(), |label| format!("{} {}", key.text, label.text));
    let diagnostic = Diagnostic::new(code::MISSING_OPERATION, span, format!("`{name}` has no value"));
    if label.is_some() && junk.is_empty() {
        return diagnostic.help(format!("write `{} = …` to set it, or `{name} {{ … }}` for an element", key.text));
    }
    if junk.starts_with('[') {
        return diagnostic.help("write `=` before the list").unsafe_fix("write `=`", span.at_start(), "= ");
    }
    if text.contains('{') {
        return diagnostic.help("the `{` of a block stands right after the key or its label, on the same line");
    }
    diagnostic.help(format!("write `{name} = …`, `{name} += [ … ]` or `{name} {{ … }}`"))
}

/// A key with characters that a bare name cannot have, such as `app.kubernetes.io/name`.
fn needs_quotes(key: &Name, junk: &str, span: Span) -> Diagnostic {
    let rest: String = junk.chars().take_while(|c| !c.is_whitespace() && !"={[\"'".contains(*c)).collect();
    let whole = key.span.to(Span { end: span.start + u32::try_from(rest.len()).unwrap_or(0), ..span });
    let quoted = format!("\"{}{rest}\"", key.text);
    Diagnostic::new(code::UNEXPECTED_TEXT, whole, format!("the key `{}{rest}` needs quotes", key.text))
        .note("a bare name has letters, digits, `_` and `-`")
        .help(format!("write `{quoted}`"))
        .safe_fix("quote it", whole, quoted)
}

/// Nothing where a value should be.
pub fn no_value(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_VALUE, span, "a value belongs here")
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
    if text.starts_with('+') {
        return diagnostic.help("a positive number is written without a sign");
    }
    diagnostic.help("a value is a string, a number, `true`, `false`, `null`, a list, an object or a name")
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

/// A bracket that is never closed: what it belongs to, and where its partner is missing.
pub fn no_close(close: char, owner: &str, opening: Span, place: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_CLOSE, opening, format!("the `{close}` that closes {owner} is missing"))
        .here("opened here")
        .label(place, format!("`{close}` is missing here at the latest"))
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default().trim_end()
}
