//! Changes of pods as text.
//!
//! In: a [`Report`]. Out: text for people, for a pull request, or for programs. Always: every format has the same facts, and the same report gives
//! the same text. Not here: which pods were compared.

mod human;
mod json;
mod markdown;
mod texts;

use std::collections::BTreeMap;

use serde_json::Value;

use super::groups::{Group, groups};
use super::{Change, Path, changes};

/// Pods by their names.
pub type Pods = BTreeMap<String, Value>;

/// How changes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// Markdown, fit for a pull request.
    Markdown,
    /// One JSON document.
    Json,
}

/// What is different between two sets of pods.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The changes of pods that both have, the same ones together.
    pub groups: Vec<Group>,
    /// The old and the new name of pods that are the same under another name.
    pub renamed: Vec<(String, String)>,
    /// The pods that are new.
    pub added: Vec<String>,
    /// The pods that are gone.
    pub removed: Vec<String>,
    /// How many pods both have that are the same.
    pub same: usize,
}

/// Where something of a new pod was written: `file:line:column`.
pub type Places<'p> = &'p dyn Fn(&str, &Path) -> Option<String>;

impl Report {
    /// What is different between `old` and `new`.
    #[must_use]
    pub fn of(old: &Pods, new: &Pods) -> Self {
        let both = new.iter().filter_map(|(name, pod)| Some((name, old.get(name)?, pod)));
        let changed: Vec<(String, Vec<Change>)> =
            both.map(|(name, old, pod)| (name.clone(), changes(old, pod))).collect();
        let same = changed.iter().filter(|(_, changes)| changes.is_empty()).count();
        let (mut added, mut removed) = (missing(new, old), missing(old, new));
        let renamed = renamed((old, &removed), (new, &added));
        added.retain(|name| !renamed.iter().any(|(_, to)| to == name));
        removed.retain(|name| !renamed.iter().any(|(from, _)| from == name));
        Self { groups: groups(changed), renamed, added, removed, same }
    }

    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.renamed.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }

    /// How many pods are changed.
    #[must_use]
    pub fn changed(&self) -> usize {
        let pods: std::collections::BTreeSet<&String> = self.groups.iter().flat_map(|group| &group.pods).collect();
        pods.len()
    }

    /// The report as text; nothing for people where there is no difference.
    #[must_use]
    pub fn render(&self, format: Format, places: Places<'_>) -> String {
        match format {
            Format::Human => human::render(self, places),
            Format::Markdown => markdown::render(self, places),
            Format::Json => json::render(self, places),
        }
    }

    /// How much there is, in words.
    fn summary(&self) -> String {
        let count = |count: usize, what: &str| {
            let verb = if count == 1 { format!("1 pod {what}") } else { format!("{count} pods {what}") };
            (count > 0).then_some(verb)
        };
        let is = |count: usize, what: &str| if count == 1 { format!("is {what}") } else { format!("are {what}") };
        let (added, removed) = (self.added.len(), self.removed.len());
        let changed = count(self.changed(), if self.changed() == 1 { "changes" } else { "change" });
        let renamed = self.renamed.len();
        let renamed = count(renamed, &is(renamed, "renamed"));
        let parts = [changed, renamed, count(added, &is(added, "new")), count(removed, &is(removed, "gone"))];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let same = match self.same {
            0 => String::new(),
            1 => ", and 1 stays as it is".to_owned(),
            same => format!(", and {same} stay as they are"),
        };
        format!("{}{same}", parts.join(", "))
    }
}

/// The names of pods that others have not.
fn missing(pods: &Pods, others: &Pods) -> Vec<String> {
    pods.keys().filter(|name| !others.contains_key(*name)).cloned().collect()
}

/// Those of the names under which the same pod stands on both sides, and no other pod is the same.
fn renamed((old, gone): (&Pods, &[String]), (new, added): (&Pods, &[String])) -> Vec<(String, String)> {
    let only_name = |pods: &Pods, names: &[String]| {
        let mut by_pod: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (name, pod) in names.iter().filter_map(|name| Some((name, pods.get(name)?))) {
            by_pod.entry(pod.to_string()).and_modify(|only| *only = None).or_insert_with(|| Some(name.clone()));
        }
        by_pod
    };
    let (old, mut new) = (only_name(old, gone), only_name(new, added));
    let mut pairs: Vec<(String, String)> =
        old.into_iter().filter_map(|(pod, from)| Some((from?, new.remove(&pod)??))).collect();
    pairs.sort();
    pairs
}

/// A value on one line.
fn shown(value: &Value) -> String {
    value.to_string()
}

/// Where a change of a group was written, by its first pod.
fn place(group: &Group, change: &Change, places: Places<'_>) -> Option<String> {
    change.new.as_ref()?;
    places(group.pods.first()?, &change.path)
}
