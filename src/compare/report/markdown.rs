//! Changes for a pull request: a table for each group, and long lists of pods folded.

use std::fmt::Write as _;

use serde_json::Value;

use super::texts::{text_changes, texts};
use super::{Change, Places, Report, place, shown};
use crate::compare::groups::Group;

/// How many pods are named before a list is folded.
const MOST_NAMED: usize = 3;

/// The report as Markdown.
pub fn render(report: &Report, places: Places<'_>) -> String {
    if report.is_empty() {
        return "No pod changes.\n".to_owned();
    }
    let mut text = format!("**{}**\n", report.summary());
    for group in &report.groups {
        self::group(group, places, &mut text);
    }
    if !report.renamed.is_empty() {
        text.push_str("\nRenamed:\n\n");
        text.extend(report.renamed.iter().map(|(from, to)| format!("- `{from}` is `{to}` now\n")));
    }
    for (what, pods) in [("New", &report.added), ("Gone", &report.removed)].iter().filter(|(_, pods)| !pods.is_empty())
    {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(text, "\n{what}:\n");
        text.extend(pods.iter().map(|pod| format!("- `{pod}`\n")));
    }
    text
}

fn group(group: &Group, places: Places<'_>, text: &mut String) {
    let names = |pods: &[String]| pods.iter().map(|pod| format!("`{pod}`")).collect::<Vec<_>>().join(", ");
    if group.pods.len() <= MOST_NAMED {
        let _ = writeln!(text, "\n{}\n", names(&group.pods));
    } else {
        let _ = writeln!(
            text,
            "\n<details><summary>{} pods</summary>\n\n{}\n\n</details>\n",
            group.pods.len(),
            names(&group.pods)
        );
    }
    let place = |change: &Change| place(group, change, places).unwrap_or_default();
    let (long, short): (Vec<&Change>, Vec<&Change>) = group.changes.iter().partition(|change| texts(change).is_some());
    if !short.is_empty() {
        text.push_str("| field | before | after | |\n|---|---|---|---|\n");
    }
    for change in short {
        let (path, place) = (cell(&change.path.to_string()), place(change).replace('|', "\\|"));
        let _ =
            writeln!(text, "| {path} | {} | {} | {place} |", value(change.old.as_ref()), value(change.new.as_ref()));
    }
    for change in long {
        lines(change, &place(change), text);
    }
}

/// A change of a text of several lines, below the table.
fn lines(change: &Change, place: &str, text: &mut String) {
    let Some((old, new)) = texts(change) else { return };
    let lines = text_changes(old, new).join("\n");
    // A fence is longer than any in the text.
    let mut fence = "```".to_owned();
    while lines.contains(&fence) {
        fence.push('`');
    }
    let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
    let _ = write!(text, "\n`{}`{place}\n\n{fence}diff\n{lines}\n{fence}\n", change.path);
}

fn value(value: Option<&Value>) -> String {
    value.map_or_else(String::new, |value| cell(&shown(value)))
}

/// A text as code in a cell of a table.
fn cell(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}
