//! The forms of names.
//!
//! In: the name of a declaration. Out: a diagnostic if its form is wrong. Not here: whether it is unique.

use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::entrypoint::{is_identifier, is_keyword};
use crate::modules::names::{is_referable, referable};
use crate::syntax::ast::{Name, RESERVED};

/// An environment is `snake_case` or kebab-case: `[a-z0-9]+([_-][a-z0-9]+)*`. Source: the SDK's `Environment`.
///
/// A name that was put together cannot be corrected where it stands.
pub fn check_environment(name: &Name, interpolated: bool, diagnostics: &mut Diagnostics) {
    if is_environment(&name.text) {
        return;
    }
    let mut diagnostic = Diagnostic::new(
        code::BAD_ENVIRONMENT_NAME,
        name.span,
        format!("`{}` is no name for an environment", name.text.escape_debug()),
    )
    .note("Flyte takes lower-case words of letters and digits, joined by single `-` or `_`");
    if interpolated {
        diagnostic = diagnostic.help(
            "`lower(…)` makes small letters of capital ones, and `replace(…, \".\", \"-\")` another character of one",
        );
    } else if let Some(better) = environment_name(&name.text) {
        diagnostic = diagnostic.help(format!("write `{better}`")).unsafe_fix("rename it", name.span, better);
    }
    diagnostics.push(diagnostic);
}

/// Whether an environment can be called so.
pub fn is_environment(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.split(['_', '-']).all(word)
}

/// The environment name closest to a text: `My Env` gives `my-env`.
fn environment_name(text: &str) -> Option<String> {
    let lower = parted(text).to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(if text.contains('-') || !text.contains('_') { "-" } else { "_" }))
}

/// The text with `-` between its humps: `trainEnv` gives `train-Env`.
fn parted(text: &str) -> String {
    let mut parts = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_uppercase() && parts.ends_with(|before: char| before.is_ascii_lowercase()) {
            parts.push('-');
        }
        parts.push(c);
    }
    parts
}

/// A task is a Python identifier, for it is the name of a function. Source: `@env.task`.
pub fn check_task(name: &Name, interpolated: bool, diagnostics: &mut Diagnostics) {
    if is_identifier(&name.text) && !is_keyword(&name.text) {
        return;
    }
    let rule = if is_keyword(&name.text) {
        "a task has the name of a Python function, and this word is one of Python's own"
    } else {
        "a task has the name of a Python function: letters, digits and `_`, not beginning with a digit"
    };
    let mut diagnostic = Diagnostic::new(
        code::BAD_TASK_NAME,
        name.span,
        format!("`{}` is no name for a task", name.text.escape_debug()),
    )
    .note(rule);
    let better: String = name.text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let better = if is_keyword(&better) { format!("{better}_") } else { better };
    if interpolated {
        diagnostic = diagnostic
            .help("write `_` where the text has `-`, and `replace(…, \"-\", \"_\")` where a value may bring it in");
    } else if is_identifier(&better) && !is_keyword(&better) {
        diagnostic = diagnostic.help(format!("write `{better}`")).unsafe_fix("rename it", name.span, better);
    }
    diagnostics.push(diagnostic);
}

/// A template can be referred to, so its name is one: `[A-Za-z_][A-Za-z0-9_-]*`.
pub fn check_template(name: &Name, interpolated: bool, diagnostics: &mut Diagnostics) {
    if is_referable(&name.text) {
        return;
    }
    let message = format!("`{}` is no name for a template", name.text.escape_debug());
    let rule = if RESERVED.contains(&name.text.as_str()) {
        "this word is reserved, so nothing could refer to the template"
    } else {
        "a template is referred to by its name: a letter or `_`, then letters, digits, `_` and `-`"
    };
    let diagnostic = Diagnostic::new(code::BAD_TEMPLATE_NAME, name.span, message).note(rule);
    diagnostics.push(renamed(diagnostic, name, referable(&name.text).filter(|_| !interpolated)));
}

/// A variant is part of a file name, so it holds nothing that a file name cannot.
pub fn check_variant(name: &Name, interpolated: bool, diagnostics: &mut Diagnostics) {
    let first = name.text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if first && name.text.chars().all(is_name_character) {
        return;
    }
    let message = format!("`{}` is no name for a variant", name.text.escape_default());
    let diagnostic = Diagnostic::new(code::BAD_VARIANT_NAME, name.span, message).note(
        "a variant's pod is written to `environment.task@variant.json`: letters, digits, `_` and `-` are safe there",
    );
    diagnostics.push(renamed(diagnostic, name, referable(&name.text).filter(|_| !interpolated)));
}

/// The diagnostic, with a better name, if there is one.
fn renamed(diagnostic: Diagnostic, name: &Name, better: Option<String>) -> Diagnostic {
    match better {
        Some(better) => diagnostic.help(format!("write `{better}`")).unsafe_fix("rename it", name.span, better),
        None => diagnostic,
    }
}

fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}
