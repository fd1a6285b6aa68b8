//! Changes for people: pods, and below them field by field what was and what is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::texts::{text_changes, texts};
use super::{Places, Report, place, shown};
use crate::compare::Change;
use crate::compare::groups::Group;

/// A collection that is wider stands on several lines.
const WIDEST: usize = 100;

/// How many pods of a group are named, or how many environments.
const MOST_NAMED: usize = 8;

/// The report, or nothing where there is no difference.
pub fn render(report: &Report, places: Places<'_>) -> String {
    let mut text = String::new();
    if report.is_empty() {
        return text;
    }
    for group in &report.groups {
        text += &named(&group.pods);
        text.push('\n');
        for change in &group.changes {
            self::change(group, change, places, &mut text);
        }
        text.push('\n');
    }
    text.extend(report.renamed.iter().map(|(from, to)| format!("renamed: {from} is {to} now\n")));
    for (what, pods) in [("new", &report.added), ("gone", &report.removed)] {
        text.extend(pods.iter().map(|pod| format!("{what}: {pod}\n")));
    }
    if !report.renamed.is_empty() || !report.added.is_empty() || !report.removed.is_empty() {
        text.push('\n');
    }
    text + &report.summary() + "\n"
}

/// The names of pods; of many, how many there are of each environment.
fn named(pods: &[String]) -> String {
    if pods.len() <= MOST_NAMED {
        return pods.join(", ");
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for pod in pods {
        *counts.entry(pod.split('.').next().unwrap_or(pod)).or_default() += 1;
    }
    let first: Vec<String> =
        counts.iter().take(MOST_NAMED).map(|(environment, count)| format!("{environment} ({count})")).collect();
    let others = counts.len() - first.len();
    let more = if others == 0 { String::new() } else { format!(" and {others} more environments") };
    format!("{} pods: {}{more}", pods.len(), first.join(", "))
}

fn change(group: &Group, change: &Change, places: Places<'_>, text: &mut String) {
    let place = place(group, change, places).map_or_else(String::new, |place| format!("  ({place})"));
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(text, "  {}{place}", change.path);
    if let Some((old, new)) = texts(change) {
        return text.extend(text_changes(old, new).iter().map(|line| format!("    {}\n", line.trim_end())));
    }
    let is_one = change.old.is_none() || change.new.is_none();
    for (sign, value) in [('-', &change.old), ('+', &change.new)] {
        match value {
            Some(value @ Value::String(_)) if !is_one => drop(writeln!(text, "    {sign} {}", shown(value))),
            value => lines(sign, value.as_ref(), text),
        }
    }
}

/// A value behind a sign: a scalar or a short collection on one line, a text of several lines and a long collection on as many.
fn lines(sign: char, value: Option<&Value>, text: &mut String) {
    match value {
        None => {}
        Some(Value::String(lines)) if lines.trim_end().contains('\n') => {
            for line in lines.lines() {
                let _ = writeln!(text, "    {sign} | {line}");
            }
        }
        Some(value) if !value.is_string() && shown(value).chars().count() > WIDEST => {
            for line in format!("{value:#}").lines() {
                let _ = writeln!(text, "    {sign} {line}");
            }
        }
        Some(value) => drop(writeln!(text, "    {sign} {}", shown(value))),
    }
}
