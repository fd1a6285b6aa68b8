//! What is said of words and signs of other languages.

use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;
use crate::syntax::ast::{DECLARATION_WORDS, DECLARATIONS, Name};

/// A type as other languages write it: `list<string>`, `string[]`, `string?`.
pub fn foreign_type(text: &str, span: Span) -> Diagnostic {
    let name = text.split(['<', '[', '?']).next().unwrap_or_default();
    let brackets = text.get(name.len()..).unwrap_or_default();
    let inner = brackets.get(1..brackets.len().saturating_sub(1)).unwrap_or_default();
    let inner = inner.replace(['<', '['], "(").replace(['>', ']'], ")");
    // The keys of a map are texts, and its type names only that of the values.
    let of = inner.rsplit(',').next().unwrap_or_default().trim();
    let (message, better) = match (name.to_ascii_lowercase().as_str(), of) {
        ("optional", of) if !of.is_empty() => ("a type that may be `null` says so", format!("{of} | null")),
        (_, "") if text.ends_with('?') => ("a type that may be `null` says so", format!("{name} | null")),
        (_, "") => ("the type of a list names that of its items in parentheses", format!("list({name})")),
        ("dict" | "map" | "object", of) => ("the type of the values stands in parentheses", format!("map({of})")),
        (_, of) => ("the type of the items stands in parentheses", format!("list({of})")),
    };
    Diagnostic::new(code::UNEXPECTED_TEXT, span, message).help(format!("write `{better}`")).unsafe_fix(
        "correct it",
        span,
        better,
    )
}

/// An operator of another language.
pub fn foreign_operator(sign: &str, own: &str, span: Span) -> Diagnostic {
    let message = match own {
        "&&" | "||" => format!("conditions are joined by `{own}`"),
        _ => format!("`{sign}` is written `{own}` here"),
    };
    Diagnostic::new(code::UNEXPECTED_TEXT, span, message).help(format!("write `{own}`")).safe_fix(
        format!("write `{own}`"),
        span,
        own,
    )
}

/// `not` before a condition, which is `text` at `inner`.
pub fn python_not(text: &str, word: Span, inner: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, word, "a condition is turned round by `!`")
        .help(format!("write `!{text}`"))
        .safe_fix("write `!`", Span { end: inner.start, ..word }, "!")
}

/// `else if` as Python and Ruby have it.
pub fn python_else_if(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, format!("`{word}` is written `else if` here"))
        .help("write `else if`")
        .safe_fix("correct it", span, "else if")
}

/// A condition behind the value that it is for, as Python has it: `text` behind `value`, and `whole` is the place of both.
pub fn python_if(span: Span, value: &str, text: &str, whole: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, span, "the condition of a value stands before it")
        .help("write `if CONDITION then VALUE else VALUE`");
    let text = text.strip_prefix("if ").unwrap_or(text);
    if text.contains(['#', '}']) {
        return diagnostic;
    }
    // Without `else` nothing is set where the condition does not hold.
    let (condition, otherwise) = text.split_once(" else ").unwrap_or((text, "null"));
    let better = format!("if {} then {} else {}", condition.trim(), value.trim(), otherwise.trim());
    if !text.contains(" else ") {
        return diagnostic.unsafe_fix(format!("write `{better}`"), whole, better);
    }
    diagnostic.safe_fix(format!("write `{better}`"), whole, better)
}

/// A loop behind the entry that it is to make, as in a comprehension of Python; `whole` is the place of both.
pub fn loop_behind_entry(span: Span, entry: &str, text: &str, whole: Span) -> Diagnostic {
    let better = format!("{text} {{ {entry} }}");
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "a loop stands around the entries that it makes")
        .note("each round makes entries of its own, so their keys have its name in them: `\"${name}\" = …`")
        .help("write `for NAME in LIST { … }` with the entries in its block")
        .unsafe_fix(format!("write `{better}`"), whole, better)
}

/// `=` in a condition.
pub fn assignment(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`=` sets a value, and `==` compares two")
        .help("write `==`")
        .unsafe_fix("write `==`", span, "==")
}

/// A declaration that begins with a word that none begins with.
pub fn unknown_declaration(word: &Name) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::MISPLACED, word.span, format!("no declaration begins with `{}`", word.text));
    if let Some(here) = elsewhere(&word.text) {
        let diagnostic = diagnostic.help(here);
        let constant = matches!(word.text.as_str(), "const" | "var" | "local" | "val" | "final" | "export");
        return if constant { diagnostic.unsafe_fix("write `let`", word.span, "let") } else { diagnostic };
    }
    match closest(&word.text, DECLARATIONS.iter().copied()) {
        Some(better) => diagnostic.did_you_mean(&word.text, better, word.span, better),
        None => diagnostic.help(format!("a declaration begins with {DECLARATION_WORDS}")),
    }
}

/// What is written here for a declaration of another language.
fn elsewhere(word: &str) -> Option<&'static str> {
    match word {
        "from" | "include" | "use" | "require" => {
            Some("write `import \"FILE.flyteenv\" as NAME`, and name what stands in it `NAME.x`")
        }
        "const" | "var" | "local" | "locals" | "val" | "final" | "export" => {
            Some("a constant is declared with `let NAME = VALUE`")
        }
        "variable" | "input" | "parameter" => Some("a parameter is declared with `param NAME: TYPE = DEFAULT`"),
        "def" | "function" | "macro" | "module" => {
            Some("what is used again is a template: `template NAME(PARAMETER: TYPE) { … }`")
        }
        "resource" | "data" | "provider" | "object" | "class" | "kind" => Some(
            "a declaration is its word, its name and its block: `environment etl-env { … }`, and in it `task load { … }`",
        ),
        _ => None,
    }
}

/// `:` for `=`.
pub fn colon(key: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(code::COLON_FOR_EQUALS, span, format!("`{}` is set with `=`", key.text))
        .note(if span.end - span.start > 1 {
            "`:=` declares a variable in other languages; here a key is set with `=`"
        } else {
            "the language is close to YAML, but a key and its value are joined by `=`, and text stands between quotes"
        })
        .help(format!("write `{} = …`", key.text))
        .safe_fix("write `=`", span, if key.span.end == span.start { " =" } else { "=" })
}

/// What stands behind a condition where a comparison was meant.
pub fn no_comparison(text: &str, before: Span) -> Option<Diagnostic> {
    let space = text.len() - text.trim_start().len();
    let start = before.start as usize + space;
    let text = text.trim_start();
    if text.starts_with('=') && !text.starts_with("==") {
        return Some(assignment(Span::new(before.file, start..start + 1)));
    }
    if text.starts_with("in ") {
        let place = Span::new(before.file, start..start + 2);
        let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, place, "`in` belongs to `for`");
        return Some(
            diagnostic.help("`contains(LIST, VALUE)` says whether a list, a map or a text has something in it"),
        );
    }
    None
}

/// What joins a key and its value in another language.
///
/// `merged` tells that a block stands behind `+:`.
pub fn foreign_sign(key: &Name, sign: &str, merged: bool, span: Span) -> Diagnostic {
    let text = &key.text;
    let diagnostic = Diagnostic::new(code::MISSING_OPERATION, span, format!("`{text}` is set with `=`"));
    if sign == "-=" {
        let mut diagnostic =
            diagnostic.note("nothing is taken out of a list: each layer sets it anew, or appends to it with `+=`");
        diagnostic.message = format!("`-=` takes nothing out of `{text}`");
        return diagnostic.help(format!(
            "write `{text} = [ … ]` with what is left, or `{text} LABEL = null` where its elements have labels"
        ));
    }
    if merged {
        return diagnostic
            .note("a block is merged into what is there already, key by key")
            .help(format!("write `{text} {{ … }}`"))
            .safe_fix("remove the sign", span, "");
    }
    let (own, what) = match sign {
        "==" | "===" => ("=", "`==` compares two values"),
        "=+" | "+:" => ("+=", "`+=` appends to what a list has"),
        _ if sign.starts_with('+') => ("+=", "`+=` is one sign, without a space in it"),
        _ => ("=", "`=` sets a key, `+=` appends to a list, and a block follows its key as it is"),
    };
    let mut diagnostic = diagnostic.note(what).help(format!("write `{text} {own} …`"));
    if own == "+=" {
        diagnostic.message = format!("`{text}` is appended to with `+=`");
    }
    diagnostic.safe_fix(format!("write `{own}`"), span, own)
}
