//! What a reusable environment cannot have, at each of the three levels.
//!
//! All tasks of a reusable environment share one pool of containers, so nothing that makes a container may differ among them,
//! and there is no pod of a task's own that a template could shape. Source: `TaskEnvironment.task` and `task.override` in the
//! SDK, which checks templates at the task level only; the two other levels follow from the same reason.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::{Checked, insert};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::evaluate::Key;
use crate::resolve::EnvironmentId;
use crate::settings::TaskSettings;
use crate::settings::reuse::is_reusable;
use crate::settings::run::Run;
use crate::source::{SourceMap, Span};
use crate::syntax::ast::Name;
use crate::value::{Entry, Object, Value};

/// What all tasks of a pool share.
const SHARED: &[&str] = &["resources", "env_vars", "secrets", "service_account"];

/// A reusable environment takes no pod template.
pub fn environments(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    for values in checked.evaluation.environments.iter().map(|layer| &layer.values) {
        if let (Some(template), Some(reusable)) =
            (values.entry("pod_template").filter(|entry| !entry.value.is_poison()), reusable(values))
        {
            let message = "a reusable environment takes no pod template";
            let diagnostic = with_template(template.key, message).label(reusable, "the environment is reusable");
            diagnostics
                .push(diagnostic.help("take one of them away; what needs the template goes to another environment"));
        }
    }
}

/// Nor does a task of one, and what its containers share is the environment's.
pub fn tasks(checked: &Checked<'_>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    let layers = &checked.evaluation.tasks;
    let mut unstated: BTreeMap<EnvironmentId, Vec<Function<'_>>> = BTreeMap::new();
    // A loop makes many tasks at one place.
    let mut seen: FxHashSet<Span> = FxHashSet::default();
    for ((task, layers), settings) in checked.program.tasks.iter().zip(layers).zip(checked.tasks) {
        let environment = checked.environment_values(task.environment);
        let Some(reusable) = reusable(environment) else { continue };
        for key in layers.own.iter().chain(layers.amendments.iter().flatten()) {
            check_task(key, environment, settings, reusable, diagnostics);
        }
        let function = Function { name: &task.name, values: &layers.values, place: concurrency(environment, reusable) };
        if is_unstated(settings) {
            unstated.entry(task.environment).or_default().push(function);
        } else if seen.insert(task.name.span) {
            check_function(&function, settings, diagnostics);
        }
    }
    for functions in unstated.values() {
        diagnostics.extend(async_unstated(functions, sources));
    }
}

/// Whether a replica runs several of a function at once of which nobody says that it can.
fn is_unstated(settings: &TaskSettings) -> bool {
    let several = settings.reuse.as_ref().is_some_and(|policy| policy.concurrency > 1);
    several && matches!(settings.run, Some(Run::Function { asynchronous: None, .. }))
}

/// One message for all functions of a pool.
fn async_unstated(functions: &[Function<'_>], sources: &SourceMap) -> Option<Diagnostic> {
    /// How many of the others are pointed at.
    const MOST: usize = 3;
    let (first, others) = functions.split_first()?;
    let message = match others.len() {
        0 => format!("nothing says that `{}` is asynchronous", first.name.text),
        1 => format!("nothing says that `{}` and another one are asynchronous", first.name.text),
        more => format!("nothing says that `{}` and {more} others are asynchronous", first.name.text),
    };
    let mut diagnostic = Diagnostic::new(code::REUSE_ASYNC_UNSTATED, first.name.span, message)
        .label(first.place, "each replica runs several tasks at once")
        .note("Flyte refuses a synchronous function here, and flytec does not read the Python source")
        .help("say `async = true` of what is `async def`");
    let names: BTreeSet<Span> = others.iter().map(|other| other.name.span).collect();
    for name in names.into_iter().filter(|name| *name != first.name.span).take(MOST) {
        diagnostic = diagnostic.label(name, "nor of this one");
    }
    let keys: BTreeSet<Span> =
        functions.iter().filter_map(|function| function.values.entry("function")).map(|entry| entry.key).collect();
    let keys: Vec<Span> = keys.into_iter().collect();
    let fix = if keys.len() == 1 { "say that it is asynchronous" } else { "say that they are asynchronous" };
    Some(insert::before(diagnostic, fix, &keys, "async = true", sources))
}

fn check_task(key: &Key, environment: &Object, settings: &TaskSettings, reusable: Span, diagnostics: &mut Diagnostics) {
    if key.text == "pod_template" {
        let message = "a task of a reusable environment takes no pod template";
        let diagnostic = with_template(key.span, message).label(reusable, "the environment is reusable");
        let diagnostic = diagnostic.note("Flyte's SDK refuses it when the task is declared");
        diagnostics.push(diagnostic.help("move the task to an environment that is not reusable"));
    } else if key.text == "service_account" && same_account(environment, settings) {
        // The SDK lets a task repeat its environment's account.
    } else if SHARED.contains(&key.text.as_str()) || key.text == "image" {
        let message = format!("a task of a reusable environment cannot have its own `{}`", key.text);
        let diagnostic = Diagnostic::new(code::REUSE_OVERRIDE, key.span, message)
            .label(reusable, "the environment is reusable")
            .note("all tasks of a reusable environment run in the same containers")
            .help("set it in the environment, or move the task to another one");
        diagnostics.push(diagnostic);
    }
}

fn same_account(environment: &Object, settings: &TaskSettings) -> bool {
    let own = settings.service_account.as_ref();
    own.is_some() && own == environment.get("service_account").and_then(|value| value.as_str())
}

/// What a task of a pool runs.
struct Function<'f> {
    name: &'f Name,
    values: &'f Object,
    /// Where it is said how many a replica runs at once.
    place: Span,
}

/// Where it is said how many tasks a replica runs at once.
fn concurrency(environment: &Object, reusable: Span) -> Span {
    let policy = environment.get("reusable").and_then(Value::as_object);
    policy.and_then(|policy| policy.get("concurrency")).map_or(reusable, |value| value.span)
}

/// A replica that runs several tasks at once needs functions that let each other run.
fn check_function(function: &Function<'_>, settings: &TaskSettings, diagnostics: &mut Diagnostics) {
    let Some(policy) = &settings.reuse else { return };
    let Function { name, values, place } = function;
    match &settings.run {
        Some(Run::Function { asynchronous: Some(false), .. }) if policy.concurrency > 1 => {
            let message = format!("`{}` is not asynchronous, so a replica cannot run several of it at once", name.text);
            let stated = values.get("async").map_or(name.span, |value| value.span);
            let diagnostic = Diagnostic::new(code::REUSE_NEEDS_ASYNC, stated, message)
                .label(*place, format!("each replica runs {} tasks at once", policy.concurrency))
                .note("Flyte runs the tasks of one replica as coroutines of one Python process; one that does not wait blocks the others")
                .help("make the function `async def` and say `async = true`, or set `concurrency = 1`");
            diagnostics.push(diagnostic.unsafe_fix("say that it is asynchronous", stated, "true"));
        }
        Some(Run::Command { .. }) => {
            let message = format!("`{}` runs a command, which is not reused", name.text);
            let diagnostic = Diagnostic::new(code::REUSE_OF_COMMAND, name.span, message)
                .label(*place, "the environment is reusable")
                .note("only Python functions run in a pool; Flyte starts a pod of its own for each run of a command")
                .help("move it to an environment that is not reusable, so that the source says how it runs");
            diagnostics.push(diagnostic);
        }
        _ => {}
    }
}

/// In an override of a reusable task, what the containers share needs `reusable = false` beside it.
pub fn variants(checked: &Checked<'_>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    for layer in &checked.evaluation.variants {
        let values = &layer.values;
        let Some(reusable) = reusable(values) else { continue };
        for (at, key) in layer.own.iter().filter(|key| SHARED.contains(&key.text.as_str())).enumerate() {
            let message = format!("an override of a reusable task cannot have its own `{}`", key.text);
            let diagnostic = Diagnostic::new(code::REUSE_OVERRIDE, key.span, message)
                .label(reusable, "the task is reusable")
                .note("a reusable task runs in the containers of its environment, whatever an override asks for")
                .help("set `reusable = false` beside it, and the variant gets a pod of its own");
            // Once is enough for all of them.
            diagnostics.push(match at {
                0 => insert::before(diagnostic, "give it a pod of its own", &[key.span], "reusable = false", sources),
                _ => diagnostic,
            });
        }
        if let Some(template) = values.entry("pod_template") {
            // The later of the two is the one that is wrong.
            let own = layer.own.iter().find(|key| key.text == "pod_template" || key.text == "reusable");
            let message = "a reusable task takes no pod template";
            let diagnostic = match own {
                Some(key) if key.text == "reusable" => with_template(reusable, message)
                    .label(template.key, "the task has a pod template")
                    .help("set `pod_template = null` beside it, and the variant runs in the pool"),
                _ => {
                    let diagnostic = with_template(template.key, message)
                        .label(reusable, "the task is reusable")
                        .help("set `reusable = false` beside the template, and the variant gets a pod of its own");
                    let keys: Vec<Span> = own.iter().map(|key| key.span).collect();
                    insert::before(diagnostic, "give it a pod of its own", &keys, "reusable = false", sources)
                }
            };
            diagnostics.push(diagnostic);
        }
    }
}

fn with_template(place: Span, message: &str) -> Diagnostic {
    Diagnostic::new(code::REUSE_WITH_TEMPLATE, place, message)
        .note("the containers of a pool live longer than a task, so no task can shape their pod")
}

/// Where settings are made reusable.
fn reusable(values: &Object) -> Option<Span> {
    values.entry("reusable").filter(|_| is_reusable(values)).map(|entry: &Entry| entry.key)
}
