//! Names of Python for what the sources declare.
//!
//! In: names of the language. Out: identifiers. Always: each is given once, and none is a word of Python or a name that the module
//! imports; the same names in the same order give the same identifiers.

use std::collections::BTreeSet;

use crate::flyte::entrypoint::is_keyword;

/// What the module itself has names for.
const RESERVED: &[&str] = &[
    "AsyncFunctionTaskTemplate",
    "Callable",
    "P",
    "ParamSpec",
    "Path",
    "R",
    "TaskTemplate",
    "TypeVar",
    "annotations",
    "client",
    "datetime",
    "flyte",
    "timedelta",
    // Within its functions.
    "function",
    "task",
    "variant",
];

/// The names that are given.
#[derive(Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// An identifier that is like this name.
    pub fn give(&mut self, name: &str) -> String {
        let sign = |c: char| if c == '_' || c.is_alphanumeric() { c } else { '_' };
        let mut plain: String = name.chars().map(sign).collect();
        if plain.starts_with(|c: char| !c.is_alphabetic()) {
            plain.insert_str(0, "env_");
        }
        let mut found = plain.clone();
        let mut number = 2_usize;
        while is_keyword(&found) || RESERVED.contains(&found.as_str()) || self.0.contains(&found) {
            found = format!("{plain}_{number}");
            number += 1;
        }
        self.0.insert(found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        let given = ["a-b", "a_b", "class", "flyte", "9-lives"].map(|name| names.give(name));
        assert_eq!(given, ["a_b", "a_b_2", "class_2", "flyte_2", "env_9_lives"]);
    }
}
