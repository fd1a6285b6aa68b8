//! Names for what is declared.
//!
//! In: names of Kubernetes, and of files. Out: names that Flyte takes. Always: what is taken already gets a number. Not here: which
//! names there are to choose from.

use std::collections::BTreeSet;

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

/// The name, or the name and the first number with which nothing is called so.
pub fn unique(name: &str, joint: char, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}{joint}{number}"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|candidate| !taken.contains(candidate));
    let free = free.unwrap_or_else(|| name.to_owned());
    taken.insert(free.clone());
    free
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
        let mut taken = BTreeSet::new();
        assert_eq!([(); 3].map(|()| unique("a", '-', &mut taken)), ["a", "a-2", "a-3"]);
    }
}
