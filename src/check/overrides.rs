//! What an override can change.
//!
//! Source: `task.override` in the SDK, for variants. An override without `as` is a part of the task's own declaration.

use rustc_hash::FxHashMap;

use super::Checked;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::evaluate::Layer;
use crate::settings::run::Run;
use crate::source::Span;

/// Two overrides of one task itself cannot change the same setting, for neither is the later one.
pub fn clashes(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    for (task, layers) in checked.program.tasks.iter().zip(&checked.evaluation.tasks) {
        let mut seen: FxHashMap<&str, (usize, Span)> = FxHashMap::default();
        for (at, own) in layers.amendments.iter().enumerate() {
            for key in own {
                let (first, span) = *seen.entry(&key.text).or_insert((at, key.span));
                if first != at {
                    let message = format!("two overrides of task `{}` change its `{}`", task.name.text, key.text);
                    let diagnostic = Diagnostic::new(code::OVERRIDE_CLASH, key.span, message)
                        .here("and here")
                        .label(span, "changed here")
                        .note("neither of them comes later than the other, so nothing says which counts")
                        .help("keep one of them, or declare a variant with `as`");
                    diagnostics.push(diagnostic);
                }
            }
        }
        for key in layers.amendments.iter().flatten().filter(|key| key.text == "reusable") {
            let diagnostic =
                Diagnostic::new(code::NOT_OVERRIDABLE, key.span, "a task itself cannot be made reusable or not")
                    .note("reuse belongs to an environment; only a variant can leave it")
                    .help("set `reusable` in the environment, or declare a variant with `as`");
            diagnostics.push(diagnostic);
        }
    }
}

/// What Flyte's `task.override` refuses.
pub fn variants(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    /// What a task is rather than how it runs.
    const FIXED: &[&str] = &["image", "function", "async", "command", "args", "description"];
    let layers = &checked.evaluation.variants;
    for ((variant, layer), settings) in checked.program.variants.iter().zip(layers).zip(checked.variants) {
        if matches!(settings.run, Some(Run::Command { .. })) && !sets_run(layer) {
            let task = &checked.program.tasks[variant.task.0].name;
            let message = format!("task `{}` runs a command, and Flyte cannot override such a task", task.text);
            let diagnostic = Diagnostic::new(code::CONTAINER_TASK_OVERRIDE, variant.declaration.target.span, message)
                .label(task.span, "declared here")
                .note("`override` fails on a `ContainerTask` of Flyte's SDK, so no run could ask for this variant")
                .help("declare a second task, or change this one with an override without `as`");
            diagnostics.push(diagnostic);
            continue;
        }
        for key in layer.own.iter().filter(|key| FIXED.contains(&key.text.as_str())) {
            let diagnostic = Diagnostic::new(
                code::NOT_OVERRIDABLE,
                key.span,
                format!("a variant cannot have its own `{}`", key.text),
            )
            .note("Flyte overrides how a task runs, not what it is")
            .help("declare a second task, or change this one with an override without `as`");
            diagnostics.push(diagnostic);
        }
    }
}

fn sets_run(layer: &Layer) -> bool {
    layer.own.iter().any(|key| ["command", "args", "function"].contains(&key.text.as_str()))
}
