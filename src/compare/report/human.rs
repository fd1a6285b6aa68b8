//! Changes for people: pods, and below them field by field what was and what is.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Places, Report, place, shown};
use crate::compare::Change;
use crate::compare::groups::Group;

/// How many pods of a group are named.
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
    for (what, pods) in [("new", &report.added), ("gone", &report.removed)] {
        text.extend(pods.iter().map(|pod| format!("{what}: {pod}\n")));
    }
    if !report.added.is_empty() || !report.removed.is_empty() {
        text.push('\n');
    }
    text + &report.summary() + "\n"
}

fn named(pods: &[String]) -> String {
    let first: Vec<&str> = pods.iter().take(MOST_NAMED).map(String::as_str).collect();
    let more = pods.len() - first.len();
    if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
}

fn change(group: &Group, change: &Change, places: Places<'_>, text: &mut String) {
    let place = place(group, change, places).map_or_else(String::new, |place| format!("  ({place})"));
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(text, "  {}{place}", change.path);
    lines('-', change.old.as_ref(), text);
    lines('+', change.new.as_ref(), text);
}

/// A value behind a sign: a scalar or a short collection on one line, a text of several lines on as many.
fn lines(sign: char, value: Option<&Value>, text: &mut String) {
    match value {
        None => {}
        Some(Value::String(lines)) if lines.trim_end().contains('\n') => {
            for line in lines.lines() {
                let _ = writeln!(text, "    {sign} | {line}");
            }
        }
        Some(value) => drop(writeln!(text, "    {sign} {}", shown(value))),
    }
}
