//! A trace for people.
//!
//! In: a [`Trace`]. Out: for each field its path and value, and below them a line for each layer; of a whole pod, a line for each field. Always: what
//! stands below each other is aligned; what was overruled has a mark. Not here: colours.

use std::fmt::Write as _;

use super::layers::{Layers, Via};
use super::{Field, Layer, Trace};
use crate::source::Span;

/// A line of a source longer than this is cut.
const WIDEST: usize = 72;

/// A line: who, where, and what stands there.
struct Row {
    who: String,
    place: String,
    text: String,
}

/// All layers of every field.
#[must_use]
pub fn write(trace: &Trace, layers: &Layers<'_>) -> String {
    let rows: Vec<Vec<Row>> = trace.fields.iter().map(|field| rows(field, layers)).collect();
    let width =
        |of: fn(&Row) -> &str| rows.iter().flatten().map(|row| of(row).chars().count()).max().unwrap_or_default();
    let (who, place) = (width(|row| &row.who), width(|row| &row.place));
    let mut text = String::new();
    for (field, rows) in trace.fields.iter().zip(&rows) {
        let gap = if text.is_empty() { "" } else { "\n" };
        let value = field.value.as_ref().map_or_else(|| "is not set".to_owned(), |value| format!("= {value}"));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{gap}{} {value}", field.path);
        for row in rows {
            let line = format!("  {:who$}  {:place$}  {}", row.who, row.place, row.text);
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

/// A line for each field: its value, and who set it last.
#[must_use]
pub fn overview(trace: &Trace, layers: &Layers<'_>) -> String {
    let (written, added): (Vec<&Field>, Vec<&Field>) = trace
        .fields
        .iter()
        .partition(|field| field.layers.first().is_some_and(|layer| layer.why.is_none() && layer.place.is_some()));
    let mut text = format!("{}\n", trace.name);
    text.push_str(&section(&written, layers));
    if !added.is_empty() {
        text.push_str("\nadded when it runs\n");
        text.push_str(&section(&added, layers));
    }
    text
}

fn section(fields: &[&Field], layers: &Layers<'_>) -> String {
    /// Longer ones stand out of their column.
    const FARTHEST: usize = 76;
    let line = |field: &&Field| {
        let value = field.value.as_ref().map_or_else(String::new, |value| cut(&value.to_string()));
        (format!("  {} = {value}", field.path), origin(field, layers))
    };
    let lines: Vec<(String, String)> = fields.iter().map(line).collect();
    let widths = lines.iter().map(|(field, _)| field.chars().count()).filter(|width| *width <= FARTHEST);
    let width = widths.max().unwrap_or_default();
    lines.iter().fold(String::new(), |mut text, (field, origin)| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{field:width$}  {origin}");
        text
    })
}

/// Who set a field last, where, and over how many others.
fn origin(field: &Field, layers: &Layers<'_>) -> String {
    let Some(first) = field.layers.first() else { return String::new() };
    let who = match &first.why {
        Some(why) => format!("{}: {why}", first.who),
        None => first.who.clone(),
    };
    let place = first.place.map_or_else(String::new, |place| format!("  {}", at(place, layers)));
    let others = field.layers.iter().skip(1).filter(|layer| !layer.takes_away).count();
    let others = if others == 0 { String::new() } else { format!("  (over {others} more)") };
    format!("{who}{place}{others}")
}

fn rows(field: &Field, layers: &Layers<'_>) -> Vec<Row> {
    let layer_rows = |layer: &Layer| {
        let mut rows = vec![row_of(layer, layers)];
        rows.extend(layer.through.iter().map(|via| row_through(via, layers)));
        rows
    };
    field.layers.iter().flat_map(layer_rows).collect()
}

fn row_of(layer: &Layer, layers: &Layers<'_>) -> Row {
    let mark = if layer.overruled.is_some() { "×" } else { " " };
    let mut text = match (&layer.why, layer.place) {
        (Some(why), _) => why.clone(),
        (None, Some(place)) => excerpt(place, layers),
        (None, None) => String::new(),
    };
    if layer.takes_away {
        text.push_str("  (takes it away)");
    }
    if let Some(by) = &layer.overruled {
        let line = by.place.filter(|_| by.who == layer.who).map(|place| format!(" at {}", at(place, layers)));
        let _ = write!(text, "  (overruled by {}{})", by.who, line.unwrap_or_default());
    }
    let place = layer.place.map_or_else(String::new, |place| at(place, layers));
    Row { who: format!("{mark} {}", layer.who), place, text }
}

fn row_through(via: &Via, layers: &Layers<'_>) -> Row {
    let mark = if via.overruled { "×" } else { "←" };
    let text = layers.line(via.place);
    let text = if via.overruled { format!("{}  (overruled)", cut(text)) } else { cut(text) };
    Row { who: format!("    {mark} {}", via.who), place: at(via.place, layers), text }
}

/// A place as `file:line:column`.
fn at(place: Span, layers: &Layers<'_>) -> String {
    let source = layers.sources().get(place.file);
    let position = source.position(place.range().start);
    format!("{}:{}:{}", source.name, position.line, position.column)
}

/// The entry whose key stands at a place, or the line of anything else.
fn excerpt(place: Span, layers: &Layers<'_>) -> String {
    let entry = layers.entry(place);
    let text = layers.sources().text(entry);
    let first = text.lines().next().unwrap_or_default();
    cut(if first.len() < text.len() { layers.line(entry) } else { first })
}

fn cut(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WIDEST).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
