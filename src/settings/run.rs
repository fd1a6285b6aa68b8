//! What a task runs: a Python function, or a command.
//!
//! In: `function`, `async`, `command`, `args`. Out: [`Run`]. Not here: the arguments of Flyte's entrypoint.

use ecow::EcoString;

use super::{text, truth};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::entrypoint::Function;
use crate::source::Span;
use crate::value::{Object, Value};

/// What a task runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// A Python function, by Flyte's own entrypoint.
    Function {
        /// The function as `module:name`.
        function: EcoString,
        /// Whether it is said to be asynchronous; `None` where nothing is said.
        asynchronous: Option<bool>,
    },
    /// Any program, as a container of Kubernetes.
    Command {
        /// The container's `command`; empty for the image's own.
        command: Vec<EcoString>,
        /// The container's `args`.
        args: Vec<EcoString>,
    },
}

/// What these settings run; absent where that was reported.
pub fn read(object: &Object, place: Span, diagnostics: &mut Diagnostics) -> Option<Run> {
    let function = object.entry("function");
    let command = object.entry("command").or_else(|| object.entry("args"));
    match (function, command) {
        (Some(function), Some(command)) => {
            let diagnostic = Diagnostic::new(
                code::FUNCTION_AND_COMMAND,
                command.key,
                "a task runs a function or a command, not both",
            )
            .label(function.key, "the function is set here")
            .note("a function is run by Flyte's own entrypoint, which brings the container's command and arguments");
            diagnostics.push(diagnostic.help(match object.entry("command") {
                Some(_) => "take one of them away; a script that is no task of Flyte is run by its command alone",
                None => "take `args` away: a function is given its inputs by Flyte, when it is called",
            }));
            None
        }
        (Some(entry), None) => {
            if let Some(set) = object.get("function").and_then(Value::as_str) {
                check_function(set, entry.value.span, diagnostics);
            }
            let asynchronous = object.get("async").and_then(Value::as_bool);
            text(object, "function").map(|function| Run::Function { function: function.clone(), asynchronous })
        }
        (None, Some(_)) => Some(command_of(object, diagnostics)),
        (None, None) => {
            // People who know other tools name their function `entrypoint`, of which its type was reported then.
            let named = object.get("entrypoint").is_some_and(Value::is_poison);
            if !object.poisoned && !named {
                diagnostics.push(nothing_to_run(place));
            }
            None
        }
    }
}

fn command_of(object: &Object, diagnostics: &mut Diagnostics) -> Run {
    if let Some(entry) = object.entry("async").filter(|_| truth(object, "async")) {
        let diagnostic = Diagnostic::new(code::FUNCTION_AND_COMMAND, entry.key, "only a function can be asynchronous");
        let diagnostic = match object.entry("command").or_else(|| object.entry("args")) {
            Some(command) => diagnostic.label(command.key, "this task runs a command"),
            None => diagnostic,
        };
        let diagnostic = diagnostic.note("`async` says that a Python function is `async def`; a command is a process");
        diagnostics.push(diagnostic.help("take `async` away"));
    }
    Run::Command { command: strings(object, "command"), args: strings(object, "args") }
}

fn check_function(text: &str, span: Span, diagnostics: &mut Diagnostics) {
    let told = |last: &Diagnostic| last.code == code::BAD_FUNCTION && last.span() == Some(span);
    // A package could have a module `py`, but what ends so is a file.
    let is_function = Function::parse(text).is_some_and(|function| !is_file(function.module));
    // A loop makes many tasks of one text.
    if is_function || diagnostics.last().is_some_and(told) {
        return;
    }
    let diagnostic = Diagnostic::new(code::BAD_FUNCTION, span, format!("`{text}` is no Python function"))
        .note("a function is written `module:name`, such as `pipelines.train:train`: Flyte imports the module and looks up the name");
    diagnostics.push(match better_function(text) {
        // The same letters, but the last part may be a module whose function was forgotten, or a folder be called so.
        Some(better) if !text.contains(':') || text.contains('-') => diagnostic
            .help(format!("did you mean `{better}`?"))
            .unsafe_fix(format!("write `{better}`"), span, format!("\"{better}\"")),
        Some(better) => diagnostic.did_you_mean(text, &better, span, format!("\"{better}\"")),
        None => diagnostic.help(what_is_missing(text)),
    });
}

fn is_file(module: &str) -> bool {
    module.rsplit_once('.').is_some_and(|(_, ending)| ending == "py")
}

/// The function that a text was probably meant to name: by dots alone, by its file, by its import, or with parentheses behind it.
fn better_function(text: &str) -> Option<String> {
    let text = text.split('(').next().unwrap_or_default().trim();
    let text = text.trim_start_matches("from ").replace(" import ", ":").replace("::", ":").replace('#', ":");
    let (module, name) = match text.rsplit_once(':') {
        Some(parts) => parts,
        // The last part of a file's name is its ending.
        None => text.rsplit_once('.').filter(|(_, name)| *name != "py")?,
    };
    let module = module.trim().trim_start_matches("./").trim_end_matches(".py");
    let better = format!("{}:{}", module.replace('/', ".").replace('-', "_"), name.trim());
    let is_function = Function::parse(&better).is_some();
    is_function.then_some(better)
}

/// What to do about a text from which no function can be guessed.
fn what_is_missing(text: &str) -> String {
    let is_name = |text: &str| Function::parse(&format!("m:{text}")).is_some();
    match text.split_once(':') {
        None if is_name(text) => {
            format!("put its module before it: `module:{text}`, as in `from module import {text}`")
        }
        Some((module, path)) if path.split('.').all(is_name) && path.contains('.') => {
            format!("name a function at the top of `{module}`; Flyte finds no method of a class")
        }
        _ => "write the module as Python imports it, a `:`, and the function's name".to_owned(),
    }
}

fn nothing_to_run(place: Span) -> Diagnostic {
    Diagnostic::new(code::NOTHING_TO_RUN, place, "this task says nothing to run")
        .note("a task is one Python function or one command; what it runs is not taken over from its environment")
        .help("set `function = \"module:name\"` for a Python function")
        .help("set `command` or `args` for anything else; `args = []` runs the image as it is")
}

fn strings(object: &Object, field: &str) -> Vec<EcoString> {
    let items = object.get(field).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_str).cloned().collect()
}
