//! Which containers of a cluster's pod template count for a container of a task.
//!
//! In: the template's pod spec, and the container's list and name. Out: the template's containers that the task's is merged over.
//! Source: `MergeBasePodSpecOntoTemplate` in Flyte's `flytek8s/pod_helper.go`: `default` counts for every container, `primary` for
//! the primary one, and one of the same name; all others are dropped. Init containers have `default-init` and those of the same
//! name; `primary-init` is for a container that Flyte 2 never makes. Not here: how they are merged.

use super::{field, items, text};
use crate::data::Node;

/// A list of containers of a pod spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Those that come first.
    Init,
    /// All others.
    Regular,
}

impl List {
    /// Both lists.
    pub const ALL: [Self; 2] = [Self::Init, Self::Regular];

    /// What it is called in a pod spec.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Init => "initContainers",
            Self::Regular => "containers",
        }
    }

    /// The names of the containers that count for all, and for the primary one.
    #[must_use]
    pub fn magic(self) -> [&'static str; 2] {
        match self {
            Self::Init => ["default-init", "primary-init"],
            Self::Regular => ["default", "primary"],
        }
    }
}

/// The template's containers that a container is merged over, in that order.
///
/// Of several magic ones of one name Flyte takes the last; of others of one name it takes all.
#[must_use]
pub fn bases<'n>(template: &'n Node, list: List, name: &str, is_primary: bool) -> Vec<&'n Node> {
    let templates = field(template, list.field()).map(items).unwrap_or_default();
    let called = |node: &Node, name: &str| field(node, "name").and_then(text) == Some(name);
    let magic = |name: &str| templates.iter().rev().find(|node| called(node, name));
    let [default, primary] = list.magic();
    let is_primary = is_primary && list == List::Regular;
    let own = templates.iter().filter(|node| called(node, name) && !list.magic().contains(&name));
    let special = [magic(default), magic(primary).filter(|_| is_primary)];
    special.into_iter().flatten().chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::{List, bases};
    use crate::cluster::{field, text};
    use crate::data::{Format, read};
    use crate::source::SourceMap;

    /// The marks of the containers that count, in their order.
    fn counting(template: &str, list: List, name: &str, is_primary: bool) -> Vec<String> {
        let sources = SourceMap::new(vec![("f".to_owned(), template.to_owned())]);
        let node = read(Format::Yaml, sources.ids().next().unwrap(), template).unwrap();
        let mark = |base| field(base, "image").and_then(text).unwrap().to_owned();
        bases(&node, list, name, is_primary).into_iter().map(mark).collect()
    }

    #[test]
    fn only_magic_containers_and_those_of_the_same_name_count() {
        let template = "
containers:
- {name: proxy, image: of-its-name}
- {name: default, image: lost}
- {name: default, image: for-all}
- {name: primary, image: for-the-primary}
- {name: nobody, image: dropped}
- {name: proxy, image: of-its-name-again}
initContainers:
- {name: default-init, image: for-all-init}
- {name: primary-init, image: never}
- {name: default, image: of-its-name-init}
";
        let table: &[(List, &str, bool, &[&str])] = &[
            (List::Regular, "main", true, &["for-all", "for-the-primary"]),
            (List::Regular, "main", false, &["for-all"]),
            (List::Regular, "proxy", false, &["for-all", "of-its-name", "of-its-name-again"]),
            (List::Regular, "proxy", true, &["for-all", "for-the-primary", "of-its-name", "of-its-name-again"]),
            // A container may be called as a magic one; it does not count twice.
            (List::Regular, "primary", true, &["for-all", "for-the-primary"]),
            (List::Regular, "primary", false, &["for-all"]),
            (List::Regular, "default", false, &["for-all"]),
            (List::Init, "warm", false, &["for-all-init"]),
            (List::Init, "warm", true, &["for-all-init"]),
            (List::Init, "default", false, &["for-all-init", "of-its-name-init"]),
        ];
        for (list, name, is_primary, expected) in table {
            assert_eq!(counting(template, *list, name, *is_primary), *expected, "{list:?} {name} {is_primary}");
        }
        assert_eq!(counting("{}", List::Regular, "main", true), Vec::<String>::new());
    }
}
