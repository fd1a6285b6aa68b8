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
            diagnostics.push(diagnostic);
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
            if !object.poisoned {
                diagnostics.push(nothing_to_run(place));
            }
            None
        }
    }
}

fn command_of(object: &Object, diagnostics: &mut Diagnostics) -> Run {
    if let Some(entry) = object.entry("async").filter(|_| truth(object, "async")) {
        let diagnostic = Diagnostic::new(code::FUNCTION_AND_COMMAND, entry.key, "only a function can be asynchronous");
        diagnostics.push(diagnostic.note("this task runs a command"));
    }
    Run::Command { command: strings(object, "command"), args: strings(object, "args") }
}

fn check_function(text: &str, span: Span, diagnostics: &mut Diagnostics) {
    if Function::parse(text).is_some() {
        return;
    }
    let mut diagnostic = Diagnostic::new(code::BAD_FUNCTION, span, format!("`{text}` is no Python function"))
        .note("a function is written `module:name`, such as `pipelines.train:train`");
    if let Some((module, name)) = text.rsplit_once('.')
        && !text.contains(':')
        && Function::parse(&format!("{module}:{name}")).is_some()
    {
        let better = format!("{module}:{name}");
        diagnostic = diagnostic.help(format!("did you mean `{better}`?")).unsafe_fix(
            "separate the name by `:`",
            span,
            format!("\"{better}\""),
        );
    }
    diagnostics.push(diagnostic);
}

fn nothing_to_run(place: Span) -> Diagnostic {
    Diagnostic::new(code::NOTHING_TO_RUN, place, "this task says nothing to run")
        .help("set `function = \"module:name\"` for a Python function")
        .help("set `command` or `args` for anything else; `args = []` runs the image as it is")
}

fn strings(object: &Object, field: &str) -> Vec<EcoString> {
    let items = object.get(field).and_then(Value::as_list).unwrap_or_default();
    items.iter().filter_map(Value::as_str).cloned().collect()
}
