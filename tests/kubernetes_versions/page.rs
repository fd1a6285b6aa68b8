//! The rows of `docs/kubernetes.md`: what gates guard, for users.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{Guard, Stage, is_settled};

const HEAD: &str =
    "\n| field | what of it | in | gate | on by default since | while it is off |\n|---|---|---|---|---|---|\n";

/// A row for each guard that counts in any version.
pub fn rows(guards: &BTreeSet<Guard>, gates: &BTreeMap<String, Vec<Stage>>, oldest: u8) -> String {
    let guards = guards.iter().filter(|guard| !is_settled(&gates[&guard.gate], oldest));
    let rows = guards.map(|guard| row(guard, &gates[&guard.gate]));
    format!("{HEAD}{}\n", rows.collect::<String>())
}

fn row(guard: &Guard, stages: &[Stage]) -> String {
    let Guard { object, field, gate, .. } = guard;
    let words = match (guard.only.as_slice(), guard.all_but.as_slice()) {
        ([], []) => "all".to_owned(),
        (only, []) => listed(only),
        (_, all_but) => format!("all but {}", listed(all_but)),
    };
    let list = guard.list.as_ref().map_or_else(|| "everywhere".to_owned(), |list| format!("`{list}`"));
    let since = stages.iter().find(|stage| stage.default).map(|stage| format!("1.{}", stage.from)).unwrap_or_default();
    let effect = match guard.effect.as_str() {
        "dropped" => "dropped",
        "emptied" | "refused" => "the pod is refused",
        "volume_dropped" => "the volume is dropped, and its mounts",
        "kept_from_claim" => "the claim loses it",
        "reset" => "`Default` is taken",
        other => panic!("`{other}` is no effect"),
    };
    format!("| `{object}.{field}` | {words} | {list} | `{gate}` | {since} | {effect} |\n")
}

fn listed(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
