//! What is said of texts that the grammar had to mend.
//!
//! In: the text at fault and its place. Out: a diagnostic. Always: words are the user's, never the names of grammar rules.
//! Not here: finding the faults.

use super::ast::{DECLARATION_WORDS, DECLARATIONS, Expression, Label, Name, Operation, Value};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

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

/// A word of Python that joins conditions.
pub fn python_operator(word: &str, span: Span) -> Diagnostic {
    let sign = if word == "and" { "&&" } else { "||" };
    Diagnostic::new(code::UNEXPECTED_TEXT, span, format!("conditions are joined by `{sign}`"))
        .help(format!("write `{sign}`"))
        .safe_fix("correct it", span, sign)
}

/// `else if` as Python and Ruby have it.
pub fn python_else_if(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, format!("`{word}` is written `else if` here"))
        .help("write `else if`")
        .safe_fix("correct it", span, "else if")
}

/// A condition behind the value that it is for, as Python has it.
pub fn python_if(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "the condition of a value stands before it")
        .help("write `if CONDITION then VALUE else VALUE`")
}

/// `=` in a condition.
pub fn assignment(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`=` sets a value, and `==` compares two")
        .help("write `==`")
        .unsafe_fix("write `==`", span, "==")
}

/// A brace between `${` and `}`.
pub fn brace_in_text(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "no `{` stands between `${` and `}`")
        .help("write `${name}`; what has braces gets a name with `let` first")
}

/// Two entries with nothing between them.
pub fn no_separator(span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_SEPARATOR, span, "a newline or a comma is missing here").safe_fix(
        "write a comma",
        span,
        ", ",
    )
}

/// Two elements of a list, or arguments, with nothing between them.
pub fn no_comma(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_SEPARATOR, span, format!("a comma is missing between these {what}")).safe_fix(
        "write a comma",
        span,
        ",",
    )
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
    let article = if word.starts_with(['e', 'i', 'o']) { "an" } else { "a" };
    let what = if word == "override" { "the name of a task".to_owned() } else { format!("{article} {word}'s name") };
    let diagnostic = Diagnostic::new(code::MISSING_NAME, span, format!("{what} belongs here"));
    if word == "variable" {
        return diagnostic.help("write `for NAME in LIST`, or `for KEY, VALUE in MAP`");
    }
    diagnostic
}

/// A declaration without its block; `text` is what stands there instead.
pub fn no_body(word: &str, text: &str, span: Span) -> Diagnostic {
    let junk = first_line(text);
    if let Some(fault) = (word == "if").then(|| no_comparison(text, span)).flatten() {
        return fault;
    }
    let diagnostic = Diagnostic::new(code::MISSING_BODY, span, format!("a block belongs here: `{word} … {{ … }}`"));
    if junk.starts_with('(') && word != "template" {
        return diagnostic.note("only templates have parameters of their own");
    }
    if junk.starts_with("extends") {
        return diagnostic.note("only templates and environments extend others");
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
    if junk.starts_with(':') {
        return match word {
            "template" | "environment" => diagnostic.help("what it builds on stands behind `extends`"),
            _ => diagnostic.note("no `:` stands before a block"),
        };
    }
    let first = junk.split(' ').next().unwrap_or_default();
    if let Some(better) =
        closest(first, ["extends", "as"]).filter(|_| matches!(word, "template" | "environment" | "override"))
    {
        return diagnostic.help(format!("did you mean `{better}`?"));
    }
    diagnostic
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

/// A declaration that begins with a word that none begins with.
pub fn unknown_declaration(word: &Name) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::MISPLACED, word.span, format!("no declaration begins with `{}`", word.text));
    if let Some(here) = elsewhere(&word.text) {
        return diagnostic.help(here);
    }
    match closest(&word.text, DECLARATIONS.iter().copied()) {
        Some(better) => {
            diagnostic.help(format!("did you mean `{better}`?")).unsafe_fix("correct it", word.span, better)
        }
        None => diagnostic.help(format!("a declaration begins with {DECLARATION_WORDS}")),
    }
}

/// What is written here for a declaration of another language.
fn elsewhere(word: &str) -> Option<&'static str> {
    match word {
        "from" | "include" | "use" | "require" => {
            Some("write `import \"FILE.flyteenv\" as NAME`, and name what stands in it `NAME.x`")
        }
        "const" | "var" | "local" | "locals" => Some("a constant is declared with `let NAME = VALUE`"),
        "variable" | "input" | "parameter" => Some("a parameter is declared with `param NAME: TYPE = DEFAULT`"),
        "def" | "function" | "macro" | "module" => {
            Some("what is used again is a template: `template NAME(PARAMETER: TYPE) { … }`")
        }
        _ => None,
    }
}

/// `:` for `=`.
pub fn colon(key: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(code::COLON_FOR_EQUALS, span, format!("`{}` is set with `=`", key.text))
        .note("the language is close to YAML, but a key and its value are joined by `=`")
        .help(format!("write `{} = …`", key.text))
        .safe_fix("write `=`", span, " =")
}

/// A key, perhaps with a label, and then neither `=` nor a block; `text` is what stands there instead, at `span`.
pub fn no_operation(key: &Name, label: Option<&Label>, text: &str, span: Span) -> Diagnostic {
    let junk = first_line(text);
    if label.is_none() && junk.starts_with(['.', '/', '*', '@']) {
        return needs_quotes(key, junk, span);
    }
    let name = label.map_or_else(|| key.text.to_string(), |label| format!("{} {}", key.text, label.name.text));
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
    (diagnostic.help(format!("write `import \"{path}\"{behind}`")), name.map(Into::into))
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
pub fn no_type(name: &Name, default: Option<&Expression>) -> Diagnostic {
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
    diagnostic.note(TYPES).help(format!("write `{}: {ty}`", name.text)).unsafe_fix(
        "add the type",
        place,
        format!(": {ty}"),
    )
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

/// An `if` among values without `then`; `text` is what stands there instead.
pub fn no_then(text: &str, span: Span) -> Diagnostic {
    if let Some(fault) = no_comparison(text, span) {
        return fault;
    }
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "`then` belongs here")
        .help("write `if CONDITION then VALUE else VALUE`")
}

/// What stands behind a condition where a comparison was meant.
fn no_comparison(text: &str, before: Span) -> Option<Diagnostic> {
    let space = text.len() - text.trim_start().len();
    let start = before.start as usize + space;
    let text = text.trim_start();
    if text.starts_with("& ") || text.starts_with("| ") {
        let (word, place) =
            (if text.starts_with('&') { "and" } else { "or" }, Span::new(before.file, start..start + 1));
        return Some(python_operator(word, place));
    }
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
    let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let place = Span::new(before.file, start..start + word.len());
    matches!(word, "and" | "or").then(|| python_operator(word, place))
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

/// Something behind an argument.
pub fn belongs_to_nothing_in_parentheses(span: Span) -> Diagnostic {
    Diagnostic::new(code::UNEXPECTED_TEXT, span, "this belongs to nothing").help("arguments are separated by commas")
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

/// A bracket that is never closed: what it belongs to, and where its partner is missing.
pub fn no_close(close: char, owner: &str, opening: Span, place: Span) -> Diagnostic {
    Diagnostic::new(code::MISSING_CLOSE, opening, format!("the `{close}` that closes {owner} is missing"))
        .here("opened here")
        .label(place, format!("`{close}` is missing here at the latest"))
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default().trim_end()
}
