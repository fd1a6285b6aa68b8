//! Changes for programs: one document.

use serde_json::{Value, json};

use super::{Places, Report, place};
use crate::compare::groups::Group;

/// The report as JSON.
pub fn render(report: &Report, places: Places<'_>) -> String {
    let document = json!({
        "changed": report.groups.iter().map(|group| self::group(group, places)).collect::<Vec<_>>(),
        "renamed": report.renamed.iter().map(|(old, new)| json!({ "old": old, "new": new })).collect::<Vec<_>>(),
        "added": report.added,
        "removed": report.removed,
        "unchanged": report.same,
    });
    format!("{document:#}\n")
}

fn group(group: &Group, places: Places<'_>) -> Value {
    let changes = group.changes.iter().map(|change| {
        let mut object = json!({ "path": change.path.to_string() });
        let sides = [("old", &change.old), ("new", &change.new)];
        for (name, value) in sides.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            object[name] = value.clone();
        }
        if let Some(place) = place(group, change, places) {
            object["source"] = Value::from(place);
        }
        object
    });
    json!({ "pods": group.pods, "changes": changes.collect::<Vec<_>>() })
}
