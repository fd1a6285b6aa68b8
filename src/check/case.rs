//! Names that differ in case alone.
//!
//! In: the tasks and variants that are built. Out: a warning for each name that another one before it has in other letters. Always: variants are
//! compared with those of the same task, for where tasks have such names, theirs follow. Not here: environments, which have small letters only; and
//! whether case counts where the pods are written (the command finds out).

use rustc_hash::FxHashMap;

use super::Checked;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::syntax::ast::Name;

/// Warns of pods that are one file where case does not count.
pub fn warn(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    let program = checked.program;
    let tasks = program.tasks.iter().filter(|task| task.named).map(|task| (task.environment, &task.name));
    let variants = program.variants.iter().filter(|variant| variant.named).map(|variant| (variant.task, &variant.name));
    let found = alike(tasks).into_iter().chain(alike(variants));
    found.for_each(|(first, name)| diagnostics.push(one_file(first, name)));
}

/// The names that differ in case alone from an earlier one of the same owner, each with that.
fn alike<'n, O: Eq + std::hash::Hash>(names: impl Iterator<Item = (O, &'n Name)>) -> Vec<(&'n Name, &'n Name)> {
    let mut seen: FxHashMap<(O, String), &Name> = FxHashMap::default();
    let mut found = Vec::new();
    for (owner, name) in names {
        let first = *seen.entry((owner, folded(&name.text))).or_insert(name);
        if first.text != name.text {
            found.push((first, name));
        }
    }
    found
}

/// A name as it is where case does not count. Some letters have one capital letter in common, and others several small ones.
#[must_use]
pub fn folded(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.to_uppercase().to_lowercase() }
}

fn one_file(first: &Name, name: &Name) -> Diagnostic {
    let message = format!("`{}` and `{}` differ in case alone", first.text, name.text);
    Diagnostic::new(code::CASE_ALONE, name.span, message)
        .label(first.span, "the other one")
        .note("most Macs and Windows take the files of their pods for one, and `flytec build` refuses to write both there")
        .help("give one of them another name")
}
