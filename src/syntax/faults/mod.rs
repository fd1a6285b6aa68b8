//! What is said of texts that the grammar had to mend.
//!
//! In: the text at fault and its place. Out: a diagnostic. Always: words are the user's, never the names of grammar rules.
//! Not here: finding the faults.

mod behind;
mod foreign;
mod values;

pub use behind::*;
pub use foreign::*;
pub use values::*;

use super::ast::{DECLARATIONS, Expression, Label, Name, Operation, Value};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Edit, code};
use crate::source::Span;

/// Text where a setting or declaration should be.
pub fn no_statement(text: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, span, "this is neither a setting nor a declaration");
    if text.starts_with("- ") {
        return diagnostic
            .note("a list is written between brackets: `args = [\"a\", \"b\"]`")
            .note("elements of a keyed list are blocks: `containers main { image = \"…\" }`");
    }
    if text.starts_with('{') {
        return diagnostic
            .note("JSON has one object in braces; here a file has declarations, each with a word, a name and a block of its own")
            .help("write `environment NAME { image = \"…\" }`, and `NAME = VALUE` for each `\"NAME\": VALUE`");
    }
    diagnostic.help("write `key = value`, `key += [ … ]` or `key { … }`")
}

/// Two entries with nothing between them; the first ends at `end`.
pub fn no_separator(span: Span, end: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_SEPARATOR, span, "a newline or a comma is missing here")
        .note("an entry ends at the end of its line or at a comma; a space separates nothing")
        .help("write `,`")
        .safe_fix("write a comma", end, ",")
}

/// Two elements of a list, or arguments, with nothing between them.
pub fn no_comma(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_SEPARATOR, span, format!("a comma is missing between these {what}"))
        .note("strings beside each other are not joined, as they are in Python")
        .help("write `,`")
        .safe_fix("write a comma", span, ",")
}

/// A name and a value between parentheses with nothing between them.
pub fn no_comma_or_equals(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_SEPARATOR, span, "a `=` or a comma is missing here")
        .help("a template is given its arguments by name, `t(name = value)`, and a function by their order, `f(a, b)`")
}

/// A brace too many.
pub fn stray_close(span: Span) -> Diagnostic {
    Diagnostic::new(code::STRAY_CLOSE, span, "this `}` closes nothing")
        .help("remove it, or look for a block above that is closed too early")
}

/// A declaration without its name.
pub fn no_name(word: &str, span: Span) -> Diagnostic {
    let what =
        if word == "override" { "the name of a task".to_owned() } else { format!("{} {word}'s name", article(word)) };
    let diagnostic = Diagnostic::new(code::MISSING_NAME, span, format!("{what} belongs here"));
    if word == "variable" {
        return diagnostic.help("write `for NAME in LIST`, or `for KEY, VALUE in MAP`");
    }
    match word {
        "environment" | "task" | "template" => diagnostic.help(format!("write `{word} NAME {{ … }}`")),
        "override" => diagnostic.help("write `override TASK as VARIANT { … }`"),
        "param" | "parameter" => diagnostic.help("write `NAME: TYPE`, such as `stage: string`"),
        "constant" => diagnostic.help("write `let NAME = VALUE`"),
        "import" => diagnostic.help("write `import \"FILE.flyteenv\" as NAME`"),
        "variant" => diagnostic.help("write `as NAME`, such as `as large`"),
        _ => diagnostic,
    }
}

/// A declaration without its block; `text` is what stands there instead.
pub fn no_body(word: &str, text: &str, span: Span) -> Diagnostic {
    let junk = first_line(text);
    if let Some(fault) = (word == "if").then(|| no_comparison(text, span)).flatten() {
        return fault;
    }
    let diagnostic = Diagnostic::new(code::MISSING_BODY, span, format!("a block belongs here: `{word} … {{ … }}`"));
    if junk.starts_with('(') && word != "template" {
        let diagnostic = diagnostic.note("only templates have parameters of their own");
        let empty = Span { end: span.start + 2, ..span };
        return if junk.starts_with("()") {
            diagnostic.help("remove `()`").safe_fix("remove `()`", empty, "")
        } else {
            diagnostic
        };
    }
    if junk.starts_with("extends") {
        return diagnostic
            .note("only templates and environments extend others")
            .help("what tasks share is set in their environment, or in a template that `pod_template` names");
    }
    if junk.is_empty() && text.contains('{') {
        let before = match word {
            "if" => "its condition",
            "else" | "for" => "it",
            _ => "the name",
        };
        return diagnostic.help(format!("the `{{` stands on the same line as {before}"));
    }
    if word == "if" && junk.starts_with("then") {
        return diagnostic.note("`then` stands in values alone: `key = if CONDITION then VALUE else VALUE`");
    }
    if junk.is_empty() {
        return diagnostic.help("write `{` behind it, what belongs to it, and `}`");
    }
    between_name_and_block(word, junk, span).unwrap_or(diagnostic)
}

/// Words between the name of a declaration and its block.
fn between_name_and_block(word: &str, junk: &str, span: Span) -> Option<Diagnostic> {
    const EXTENDS: &[&str] =
        &["extend", "inherits", "inherit", "implements", "from", "is", "of", "with", "uses", "<", ":", "<-"];
    const AS: &[&str] = &["with", "to", "into", "named", "called", "=>", "->", "@", ":"];
    let first = junk.split(' ').next().unwrap_or_default();
    let place = Span { end: span.start + u32::try_from(first.len()).unwrap_or(0), ..span };
    let (own, others) = match word {
        "template" | "environment" => ("extends", EXTENDS),
        "override" => ("as", AS),
        _ => ("", &[] as &[&str]),
    };
    let rest = junk.get(first.len()..).unwrap_or_default().trim_start();
    if !own.is_empty()
        && !rest.is_empty()
        && !rest.starts_with('{')
        && (others.contains(&first) || closest(first, [own]).is_some())
    {
        let what = if own == "as" { "the name of a variant" } else { "what a declaration builds on" };
        let diagnostic = Diagnostic::new(code::MISSING_BODY, place, format!("{what} stands behind `{own}`"));
        return Some(diagnostic.help(format!("write `{own}`")).unsafe_fix(format!("write `{own}`"), place, own));
    }
    let name = first.starts_with(|c: char| c.is_ascii_alphabetic()) && (rest.starts_with('{') || rest.is_empty());
    if name && word == "override" && first != "as" && first != "with" {
        let diagnostic =
            Diagnostic::new(code::MISSING_BODY, place, format!("no `as` stands before the variant `{first}`"));
        return Some(diagnostic.help(format!("write `as {first}`")).unsafe_fix("write `as`", place.at_start(), "as "));
    }
    (name && matches!(word, "template" | "environment" | "task")).then(|| {
        Diagnostic::new(code::MISSING_BODY, place, format!("the name of {} {word} is one word", article(word)))
            .note("behind it stands its block")
            .help("join the words with `-`, or with `_` in the name of a task")
    })
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['e', 'i', 'o']) { "an" } else { "a" }
}

/// `else if` without a condition.
pub fn no_condition(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_VALUE, span, "a condition belongs here")
        .help("write `else if stage == \"prod\" { … }`")
}

/// A loop whose list is missing, so that its block stands in the place of it.
pub fn no_list(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_VALUE, span, "a list or a map belongs here")
        .help("write `for NAME in LIST { … }`, or `for KEY, VALUE in MAP { … }`")
}

/// A key, perhaps with a label, and then neither `=` nor a block; `text` is what stands there instead, at `span`.
///
/// `written` is the key as it stands, perhaps in quotes.
pub fn no_operation(key: &Name, written: &str, label: Option<&Label>, text: &str, span: Span) -> Diagnostic {
    let junk = first_line(text);
    match label {
        None if junk.starts_with(['.', '/', '*', '@']) => return needs_quotes(key, junk, span),
        None if junk.is_empty() && written.starts_with(['"', '\'']) => return text_alone(written, span),
        Some(label) if junk.is_empty() => return label_alone(key, label),
        _ => {}
    }
    if label.is_some()
        && text.contains('{')
        && let Some(better) = closest(&key.text, DECLARATIONS.iter().copied())
    {
        return Diagnostic::new(code::MISPLACED, key.span, format!("no declaration begins with `{}`", key.text))
            .did_you_mean(&key.text, better, key.span, better);
    }
    let name = label.map_or_else(|| key.text.to_string(), |label| format!("{} {}", key.text, label.name.text));
    let diagnostic = Diagnostic::new(code::MISSING_OPERATION, span, format!("`{name}` has no value"));
    if junk.starts_with('[')
        && junk.get(1..).is_some_and(|index| index.starts_with(|c: char| c.is_ascii_digit()))
        && text.contains('{')
    {
        let index = junk.find(']').map_or(junk.len(), |end| end + 1);
        let place = Span { end: span.start + u32::try_from(index).unwrap_or(0), ..span };
        let message = format!("an element of `{}` is named by its label, and not by its place", key.text);
        return Diagnostic::new(code::MISSING_OPERATION, place, message)
            .help(format!("write `{} NAME {{ … }}`", key.text));
    }
    if junk.starts_with('[') {
        return diagnostic.help("write `=` before the list").unsafe_fix("write `=`", span.at_start(), "= ");
    }
    if text.contains('{') {
        return diagnostic.help("the `{` of a block stands right after the key or its label, on the same line");
    }
    diagnostic.help(format!("write `{name} = …`, `{name} += [ … ]` or `{name} {{ … }}`"))
}

/// A key and a value with nothing between them; the value was read as a label.
fn label_alone(key: &Name, label: &Label) -> Diagnostic {
    let (key_text, value) = (&key.text, &label.name.text);
    let bare = label.number || matches!(value.as_str(), "true" | "false" | "null");
    let written = if bare { value.to_string() } else { format!("\"{value}\"") };
    let named = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let help = if named {
        format!("write `{key_text} = {written}` to set it, or `{key_text} {value} {{ … }}` for an element of that name")
    } else {
        format!("write `{key_text} = {written}`")
    };
    Diagnostic::new(code::MISSING_OPERATION, key.span, format!("`{key_text}` has no value"))
        .label(label.name.span, "no `=` stands before this")
        .help(help)
        .unsafe_fix("write `=`", label.name.span.at_start(), "= ")
}

/// A key and a comparison with nothing between them: `interruptible stage == "dev"`.
pub fn no_equals_before_comparison(key: &Name, label: &Label, other: &str) -> Diagnostic {
    let place = label.name.span;
    Diagnostic::new(code::MISSING_OPERATION, key.span, format!("`{}` has no value", key.text))
        .label(place, "no `=` stands before this")
        .help(format!("write `{} = {} == {other}`", key.text, label.name.text))
        .unsafe_fix("write `=`", place.at_start(), "= ")
}

/// A string with no key before it.
fn text_alone(written: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::MISSING_OPERATION, span, "this text belongs to no key");
    if written.starts_with("\"\"\"") || written.starts_with("'''") {
        return diagnostic
            .note("Python describes a function by such a text; here a comment does, and `##` right above a declaration is its description")
            .help("write `## …` above the declaration");
    }
    diagnostic
        .note("a list stands in brackets; in braces each key has a value")
        .help(format!("write `[{written}, …]` for a list, or `{written} = …` for a key"))
}

/// A key with characters that a bare name cannot have, such as `app.kubernetes.io/name`.
fn needs_quotes(key: &Name, junk: &str, span: Span) -> Diagnostic {
    let rest: String = junk.chars().take_while(|c| !c.is_whitespace() && !"={[\"'".contains(*c)).collect();
    let whole = key.span.to(Span { end: span.start + u32::try_from(rest.len()).unwrap_or(0), ..span });
    let quoted = format!("\"{}{rest}\"", key.text);
    let diagnostic =
        Diagnostic::new(code::UNEXPECTED_TEXT, whole, format!("the key `{}{rest}` needs quotes", key.text))
            .note("a bare name has letters, digits, `_` and `-`");
    // A name with a point may also be meant as the way to a field.
    let field = rest.strip_prefix('.').filter(|field| field.chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
    match field.filter(|_| key.text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')) {
        Some(field) => diagnostic
            .help(format!("write `{} {{ {field} = … }}` where a field in a block is meant", key.text))
            .help(format!("write `{quoted}` where the name has a point in it")),
        None => diagnostic.help(format!("write `{quoted}`")).safe_fix("quote it", whole, quoted),
    }
}

/// A word of the language where a key should be.
pub fn reserved(name: &Name, operation: &Operation) -> Diagnostic {
    let text = &name.text;
    let sets = matches!(operation, Operation::Set(_) | Operation::Append(_));
    let diagnostic = Diagnostic::new(code::RESERVED_WORD, name.span, format!("`{text}` is a word of the language"));
    match text.as_str() {
        "if" if !sets => diagnostic.help("write its condition before the block: `if stage == \"prod\" { … }`"),
        "else" if !sets => diagnostic.help("`else` stands behind the block of its `if`: `if … { … } else { … }`"),
        "for" if !sets => diagnostic.help("write what it goes over: `for region in regions { … }`"),
        _ => diagnostic.help(format!("as a key it stands between quotes: `\"{text}\"`")).safe_fix(
            "quote it",
            name.span,
            format!("\"{text}\""),
        ),
    }
}

/// `import` without a path, and the name that is declared by what stands there instead.
pub fn no_path(junk: &str, span: Span) -> (Diagnostic, Option<String>) {
    let diagnostic = Diagnostic::new(code::MISSING_VALUE, span, "the path of a file belongs here");
    let parts = junk.split_once('=').map(|(name, path)| (path, name)).or_else(|| junk.split_once(" as "));
    let (path, name) = parts.map_or((junk, None), |(path, name)| (path, Some(name.trim())));
    let path = path.trim().trim_matches(['"', '\'']);
    let name = name.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-'));
    if path.is_empty() {
        let help = "write it as a string, relative to this file: `import \"../platform/base.flyteenv\" as platform`";
        return (diagnostic.help(help), None);
    }
    let behind = name.map(|name| format!(" as {name}")).unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let ending = if file.contains('.') { "" } else { ".flyteenv" };
    let better = format!("\"{path}{ending}\"{behind}");
    let diagnostic = diagnostic.help(format!("write `import {better}`")).unsafe_fix("quote the path", span, better);
    (diagnostic, name.map(Into::into))
}

/// An import whose name stands behind its path without `as`.
pub fn no_as(name: &Name) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, name.span, "`as` belongs before the name of an import")
        .help(format!("write `as {}`", name.text))
        .safe_fix("write `as`", name.span.at_start(), "as ")
}

/// The name of a task with more parts than there are.
pub fn too_many_names(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "a task is named by at most three names")
        .note("they are `IMPORT.ENVIRONMENT.TASK`; what a file imports itself, it does not pass on")
        .help("import the environment's file here too")
}

/// A declaration in a block that stands at the top level of a file alone.
pub fn only_at_the_top(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::MISPLACED, span, format!("{what} stands at the top level of a file"))
        .note("so it means the same everywhere in the file")
        .help("move it out of the block")
}

/// A parameter without `:` before its type.
pub fn no_colon(name: &Name, ty: &str) -> Diagnostic {
    let place = name.span.at_end();
    Diagnostic::new(code::MISSING_SEPARATOR, place, "a `:` is missing between the parameter and its type")
        .help(format!("write `{}: {ty}`", name.text))
        .safe_fix("write `:`", place, ":")
}

/// A constant with a type.
pub fn typed_constant(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "a constant has no type of its own")
        .note("its value has one already; only parameters are declared with a type")
        .help(format!("write `let {} = …`", name.text))
        .safe_fix("remove the type", span, "")
}

/// A parameter without a type.
///
/// Where `sign` stands for `=` before its default, the type and a `=` take the place of it.
pub fn no_type(name: &Name, default: Option<&Expression>, sign: Option<Span>) -> Diagnostic {
    let place = name.span.at_end();
    let message = format!("parameter `{}` has no type", name.text);
    let diagnostic = Diagnostic::new(code::MISSING_TYPE, place, message);
    let ty = match default.map(|default| &default.value) {
        Some(Value::String(_) | Value::Text(_)) => "string",
        Some(Value::Int(_)) => "int",
        Some(Value::Float(_)) => "float",
        Some(Value::Bool(_)) => "bool",
        Some(Value::Unit(_)) => "quantity",
        Some(Value::List(_)) => "list",
        Some(Value::Object(_)) => "object",
        _ => return diagnostic.note(TYPES).help(format!("write `{}: string`, or another type", name.text)),
    };
    let (edit, text) = match sign {
        Some(sign) => (place.to(sign), format!(": {ty} =")),
        None => (place, format!(": {ty}")),
    };
    diagnostic.note(TYPES).help(format!("write `{}: {ty}`", name.text)).unsafe_fix("add the type", edit, text)
}

/// A parameter whose type stands before its name, as C and Java have it; `written` is what stands in the place of the type.
pub fn type_before_name(name: &Name, written: &str, place: Span) -> Option<Diagnostic> {
    const TYPE_WORDS: &[&str] =
        &["string", "int", "float", "bool", "quantity", "duration", "list", "map", "object", "str"];
    let swapped = TYPE_WORDS.contains(&name.text.as_str()) && !TYPE_WORDS.contains(&written);
    let plain = written.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let ty = if name.text == "str" { "string" } else { name.text.as_str() };
    let better = format!("{written}: {ty}");
    (swapped && plain).then(|| {
        Diagnostic::new(code::MISSING_SEPARATOR, name.span, "the type of a parameter stands behind its name")
            .help(format!("write `param {better}`"))
            .safe_fix(format!("write `{better}`"), name.span.to(place), better.clone())
    })
}

/// What stands before a default instead of `=`, or nothing; `typed` tells whether the parameter has a type, without which that is
/// what is said.
pub fn default_without_equals(name: &Name, typed: bool, sign: &str, span: Span) -> Option<Diagnostic> {
    let diagnostic = if sign.is_empty() {
        Diagnostic::new(code::MISSING_SEPARATOR, span, "a `=` is missing before the default").safe_fix(
            "write `=`",
            span,
            "= ",
        )
    } else {
        let diagnostic =
            Diagnostic::new(code::COLON_FOR_EQUALS, span, format!("the default of `{}` stands behind `=`", name.text));
        diagnostic.safe_fix("write `=`", span, if sign == ":" { " =" } else { "=" })
    };
    typed.then(|| diagnostic.help(format!("write `param {}: TYPE = VALUE`", name.text)))
}

/// `?` behind the name of a parameter; `ty` is its type.
pub fn optional_parameter(name: &Name, ty: Option<(Span, &str)>, sign: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, sign, format!("no `?` makes `{}` optional", name.text))
        .note("a parameter that may be left out has a default, and one that may be `null` says so in its type");
    let Some((span, ty)) = ty else { return diagnostic.help(format!("write `{}: string | null = null`", name.text)) };
    let better = format!(": {ty} | null = null");
    diagnostic.help(format!("write `{}{better}`", name.text)).unsafe_fix("write a default", sign.to(span), better)
}

/// A word between `let` or `for` and a name.
pub fn word_before_name(word: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, span, format!("no `{word}` stands before this name"));
    let diagnostic =
        diagnostic.note("a constant is `let NAME = VALUE`, and a loop `for NAME in LIST { … }`; neither has a type");
    let place = Span { end: span.end + 1, ..span };
    diagnostic.help(format!("remove `{word}`")).safe_fix(format!("remove `{word}`"), place, "")
}

/// A sign between a declaration and its name, or between its head and its block.
pub fn stray_sign(sign: &str, span: Span) -> Diagnostic {
    let note = if sign == "then" {
        "`then` stands in values alone: `key = if CONDITION then VALUE else VALUE`"
    } else {
        "`=` sets a key; a declaration is its word, its name and its block: `task load { … }`"
    };
    Diagnostic::new(
        code::UNEXPECTED_TEXT,
        span,
        format!("no `{sign}` stands before a block or the name of a declaration"),
    )
    .note(note)
    .help(format!("remove `{sign}`"))
    .safe_fix(format!("remove `{sign}`"), span, "")
}

/// A comma with no element before it.
pub fn extra_comma(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "no element stands before this comma")
        .help("remove it, or write the element")
        .safe_fix("remove the comma", span, "")
}

/// What stands for `in` in other languages.
pub fn foreign_in(sign: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, format!("a loop has `in` here, and not `{sign}`"))
        .help("write `for NAME in LIST { … }`, or `for KEY, VALUE in MAP { … }`")
        .safe_fix("write `in`", span, if sign.starts_with(':') && sign.len() == 1 { " in" } else { "in" })
}

/// Parentheses around the head of a loop.
pub fn parentheses_of_loop(span: Span) -> Diagnostic {
    let (open, close) = (Span { end: span.start + 1, ..span }, Span { start: span.end.saturating_sub(1), ..span });
    let mut diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, open, "no parentheses stand around the head of a loop")
        .help("write `for NAME in LIST { … }`")
        .safe_fix("remove the parentheses", open, "");
    if let Some(fix) = diagnostic.fixes.first_mut() {
        fix.edits.push(Edit { span: close, text: String::new() });
    }
    diagnostic
}

/// What types there are.
const TYPES: &str = "the types are string, int, float, bool, quantity, duration, list(…), map(…), object, null, a literal \
                     such as `\"dev\"`, and several of them joined by `|`";

/// `:` without a type behind it.
pub fn empty_type(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_TYPE, span, "a type belongs here").note(TYPES)
}

/// A constant without its value; `junk` is what stands there instead.
pub fn no_constant(name: &Name, junk: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_OPERATION, junk, format!("constant `{}` has no value", name.text))
        .help(format!("write `let {} = …`", name.text))
}

/// `extends` without a name.
pub fn no_base(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_NAME, span, "the name of what is extended belongs here")
}

/// `extends` behind the block.
pub fn late_extends(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`extends` stands before the block")
        .help("write `template NAME extends BASE { … }`")
}

/// An environment over several others.
pub fn several_bases(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "an environment extends one other environment")
        .note("it takes over all settings of the other, as `clone_with` of Flyte's SDK does")
        .help("share single settings with templates and constants")
}

/// An environment whose base is given arguments.
pub fn environment_with_arguments(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "an environment takes no arguments")
        .note("only templates have parameters of their own; a `param` of the file is seen everywhere in it")
}

/// A loop without `in`.
pub fn no_in(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`in` belongs here")
        .help("write `for NAME in LIST`, or `for KEY, VALUE in MAP`")
}

/// A loop with more than two names.
pub fn too_many_loop_names(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "a loop has one name or two")
        .help("write `for NAME in LIST`, or `for KEY, VALUE in MAP`")
}

/// Something behind an argument.
pub fn belongs_to_nothing_in_parentheses(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "this belongs to nothing").help("arguments are separated by commas")
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
