//! Changes of pods as text.
//!
//! In: a [`Report`]. Out: text for people, for a pull request, or for programs. Always: every format has the same facts, and the same report gives
//! the same text. Not here: which pods were compared.

mod human;
mod json;
mod markdown;

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
        let missing =
            |pods: &Pods, others: &Pods| pods.keys().filter(|name| !others.contains_key(*name)).cloned().collect();
        Self { groups: groups(changed), added: missing(new, old), removed: missing(old, new), same }
    }

    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.added.is_empty() && self.removed.is_empty()
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
        let parts = [changed, count(added, &is(added, "new")), count(removed, &is(removed, "gone"))];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let same = match self.same {
            0 => String::new(),
            1 => ", and 1 stays as it is".to_owned(),
            same => format!(", and {same} stay as they are"),
        };
        format!("{}{same}", parts.join(", "))
    }
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
