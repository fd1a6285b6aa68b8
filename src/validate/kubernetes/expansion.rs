//! References to variables, `$(NAME)`, in commands and values.
//!
//! In: a container as it runs. Out: warnings. Source: `Expand` in `k8s.io/kubernetes/third_party/forked/golang/expansion`: what
//! names no variable is left as it stands, and `$$(NAME)` is an escape. Always: quiet where a shell may be meant, to which
//! `$(name)` is a command, and where variables come from outside. Not here: what else stands in a command.

use std::cell::OnceCell;

use k8s_openapi::api::core::v1::Container;
use rustc_hash::FxHashMap;

use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::suggest::closest;
use crate::validate::fault::MOST_COMPARED;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// How the names of variables begin or end that Kubernetes, Flyte and clouds add.
const ADDED: (&[&str], &[&str]) = (
    &["KUBERNETES_", "FLYTE_", "_F_", "_U_", "_UNION_", "AWS_", "AZURE_", "GOOGLE_"],
    &["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"],
);
/// The variables that Flyte adds under names without a mark of their own.
const OF_FLYTE: &[&str] = &["ACTION_NAME", "RUN_NAME"];

/// How many references of one text are looked at; nobody would read more messages of it.
const MOST: usize = 20;
/// How many messages are made of one container, whose variables many tasks may share.
const MOST_OF_CONTAINER: usize = 100;

/// Checks what the variables of the container at `at` refer to.
pub fn of_variables(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let Some(variables) = Variables::of(container) else { return };
    let list = at.field("env");
    let before = faults.len();
    for (index, variable) in container.env.iter().flatten().enumerate() {
        if faults.len() - before > MOST_OF_CONTAINER {
            return;
        }
        if let Some(value) = variable.value.as_deref().filter(|value| value.contains("$(")) {
            in_text(value, &variables, index, &list.index(index).field("value"), faults);
        }
    }
}

/// Checks what the command and the arguments of the container at `at` refer to.
pub fn of_command(container: &Container, at: &At<'_>, faults: &mut Faults) {
    let Some(variables) = Variables::of(container) else { return };
    for (field, texts) in [("command", &container.command), ("args", &container.args)] {
        let list = at.field(field);
        for (index, text) in texts.iter().flatten().enumerate().filter(|(_, text)| text.contains("$(")) {
            in_text(text, &variables, usize::MAX, &list.index(index), faults);
        }
    }
}

/// The variables of a container, which are looked up only where something refers to one.
struct Variables<'c> {
    container: &'c Container,
    places: OnceCell<FxHashMap<&'c str, usize>>,
}

impl<'c> Variables<'c> {
    /// Those of a container; nothing where config maps and secrets may have set any others.
    fn of(container: &'c Container) -> Option<Self> {
        let others = container.env_from.as_ref().is_some_and(|sources| !sources.is_empty());
        (!others).then(|| Self { container, places: OnceCell::new() })
    }

    fn names(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.container.env.iter().flatten().map(|variable| variable.name.as_str())
    }

    /// Where a variable is first set.
    fn place(&self, name: &str) -> Option<usize> {
        let places = || self.names().enumerate().map(|(place, name)| (name, place));
        // Of several places of one name, the last to be collected counts.
        let first = || places().collect::<Vec<_>>().into_iter().rev().collect();
        self.places.get_or_init(first).get(name).copied()
    }
}

/// Checks one text, which sees the first `visible` variables.
fn in_text(text: &str, variables: &Variables<'_>, visible: usize, at: &At<'_>, faults: &mut Faults) {
    for name in references(text).into_iter().take(MOST) {
        match variables.place(name) {
            // A variable that refers to its own name means one of that name from elsewhere.
            Some(place) if place <= visible => {}
            Some(_) => faults.push(too_late(name, at)),
            None => faults.extend(undefined(name, variables, at)),
        }
    }
}

/// The names in `$(…)`, as Kubernetes finds them.
fn references(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((_, after)) = rest.split_once('$') {
        rest = after;
        if let Some(escaped) = after.strip_prefix('$') {
            rest = escaped;
        } else if let Some(inside) = after.strip_prefix('(') {
            // Where nothing closes this one, nothing closes those behind it.
            let Some((name, behind)) = inside.split_once(')') else { break };
            found.push(name);
            rest = behind;
        }
    }
    found
}

fn too_late(name: &str, at: &At<'_>) -> Fault {
    Fault::found(code::UNKNOWN_VARIABLE, at, format!("`$({name})` stays as it is, since `{name}` is set only later"))
        .relation()
        .note("the value of a variable can refer only to variables before it in the list")
        .note("a task's own `env_vars` come before those of its container")
        .help(format!("write `{name}` before this variable"))
}

fn undefined(name: &str, variables: &Variables<'_>, at: &At<'_>) -> Option<Fault> {
    let near = closest(name, variables.names().take(MOST_COMPARED));
    let is_typo = || near.is_some() && is_identifier(name) && !runs_shell(variables.container);
    if !(is_constant(name) && !is_added(name) || is_typo()) {
        return None;
    }
    let message = format!("`$({name})` stays as it is: the container has no variable `{name}`");
    let fault = Fault::found(code::UNKNOWN_VARIABLE, at, message)
        .relation()
        .note("Kubernetes puts in the variables that the container's `env` sets, and leaves other references alone");
    Some(match near {
        Some(near) => fault.meant_within(&format!("$({name})"), &format!("$({near})")),
        None if runs_shell(variables.container) => fault
            .help(format!("set `{name}`; where a shell reads it, its own variable is `${name}`"))
            .within(&format!("$({name})"), &format!("${name}")),
        None => fault.help(format!("set `{name}`; where a shell reads it, its own variable is `${name}`")),
    })
}

/// Whether a name is written as variables are, in capitals, so that it is no command.
fn is_constant(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_added(name: &str) -> bool {
    let (begins, ends) = ADDED;
    let added = begins.iter().any(|prefix| name.starts_with(prefix)) || ends.iter().any(|end| name.ends_with(end));
    added || name.contains("_PORT_") || OF_FLYTE.contains(&name)
}

/// Whether a text of the container may be read by a shell.
fn runs_shell(container: &Container) -> bool {
    let texts = container.command.iter().chain(&container.args).flatten();
    texts.into_iter().any(|text| text.ends_with("sh") || text.starts_with('-') && text.ends_with('c'))
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn references_are_found_as_kubernetes_finds_them() {
        for (text, expected) in [
            ("a $(B) c$(D)", vec!["B", "D"]),
            ("$$(B) $$$(C)", vec!["C"]),
            ("$(B", vec![]),
            ("$B ${C} $((1 + 2))", vec!["(1 + 2"]),
            ("$($(A))", vec!["$(A"]),
        ] {
            assert_eq!(references(text), expected, "{text}");
        }
    }
}
