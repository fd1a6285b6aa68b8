//! Names for what is declared.
//!
//! In: names of Kubernetes, and of files. Out: names that Flyte takes. Always: what is taken already gets a number. Not here: which
//! names there are to choose from.

use std::collections::{BTreeMap, BTreeSet};

use crate::flyte::entrypoint::{is_identifier, is_keyword};

/// The name of an environment: lower-case words joined by `-` or `_`.
pub fn environment(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            _ if name.is_empty() || name.ends_with(['-', '_']) => {}
            '_' => name.push('_'),
            _ => name.push('-'),
        }
    }
    let name = name.trim_end_matches(['-', '_']);
    if name.is_empty() { "imported".to_owned() } else { name.to_owned() }
}

/// The name of a task: a Python identifier.
pub fn task(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = text.chars().map(plain).collect();
    if is_keyword(&name) {
        return format!("{name}_");
    }
    if is_identifier(&name) { name } else { format!("_{name}") }
}

/// Names that are taken.
#[derive(Debug, Default)]
pub struct Taken {
    names: BTreeSet<String>,
    /// The number to try next for a name that was asked for before.
    next: BTreeMap<String, u32>,
}

impl Taken {
    /// These names.
    pub fn of(names: impl Iterator<Item = String>) -> Self {
        Self { names: names.collect(), next: BTreeMap::new() }
    }

    /// The name, or the name and the first number with which nothing is called so; it is taken then.
    pub fn unique(&mut self, name: &str, joint: char) -> String {
        if self.names.insert(name.to_owned()) {
            return name.to_owned();
        }
        let next = self.next.entry(name.to_owned()).or_insert(2);
        loop {
            let numbered = format!("{name}{joint}{next}");
            *next = next.saturating_add(1);
            // There are fewer names than numbers.
            if self.names.insert(numbered.clone()) || *next == u32::MAX {
                return numbered;
            }
        }
    }
}

/// The environment and the task that the name of a file says which a build has written: `environment.task@variant`.
pub fn of_file(stem: &str) -> Option<(String, String)> {
    let (environment, task) = stem.split_once('.')?;
    (!environment.is_empty() && !task.is_empty()).then(|| (environment.to_owned(), task.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_those_that_flyte_takes() {
        assert_eq!([environment("My.App--x"), environment("a_b-"), environment("…")], ["my-app-x", "a_b", "imported"]);
        assert_eq!([task("fit@large"), task("3d"), task("class"), task("")], ["fit_large", "_3d", "class_", "_"]);
        assert_eq!(of_file("train-env.fit@large"), Some(("train-env".to_owned(), "fit@large".to_owned())));
        let mut taken = Taken::of(["a-3".to_owned()].into_iter());
        assert_eq!(["a", "a", "a", "b", "a-2"].map(|name| taken.unique(name, '-')), ["a", "a-2", "a-4", "b", "a-2-2"]);
    }
}
