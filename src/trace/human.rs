//! A trace for people.
//!
//! In: a [`Trace`]. Out: for each field its path and value, and below them a line for each layer; of a whole pod, a line for each field. Always: what
//! stands below each other is aligned; what was overruled has a mark. Not here: colours.

use std::fmt::Write as _;

use super::layers::{Layers, Via};
use super::{By, Field, Layer, Trace};
use crate::compare::{Path, Step};
use crate::source::Span;

/// A line of a source longer than this is cut.
const WIDEST: usize = 72;

/// A line: who, where, and what stands there.
struct Row {
    who: String,
    place: String,
    text: String,
}

/// All layers of every field; where there are several, those that only the run adds are a line each at the end.
#[must_use]
pub fn write(trace: &Trace, layers: &Layers<'_>) -> String {
    let (told, added): (Vec<&Field>, Vec<&Field>) =
        trace.fields.iter().partition(|field| trace.fields.len() == 1 || field.layers.len() != 1 || is_written(field));
    let told = lists(&told);
    let rows: Vec<Vec<Row>> =
        told.iter().map(|list| list.first().map_or_else(Vec::new, |field| rows(field, layers))).collect();
    let width =
        |of: fn(&Row) -> &str| rows.iter().flatten().map(|row| of(row).chars().count()).max().unwrap_or_default();
    let (who, place) = (width(|row| &row.who), width(|row| &row.place));
    let mut text = String::new();
    for (list, rows) in told.iter().zip(&rows) {
        let gap = if text.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{gap}{}", headed(list));
        for row in rows {
            let line = format!("  {:who$}  {:place$}  {}", row.who, row.place, row.text);
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text + &titled("added when it runs", &added, layers, told.is_empty())
}

/// Fields with a history of their own, each by itself, and lists whose elements all have the same.
fn lists<'f>(fields: &[&'f Field]) -> Vec<Vec<&'f Field>> {
    let list_of =
        |field: &Field| collection(field).filter(|_| matches!(field.path.steps().last(), Some(Step::Index(_))));
    let mut lists: Vec<Vec<&'f Field>> = Vec::new();
    for field in fields {
        let here = list_of(field);
        match lists.last_mut() {
            Some(above) if here.is_some() && above.first().is_some_and(|first| list_of(first) == here) => {
                above.push(field);
            }
            _ => lists.push(vec![field]),
        }
    }
    let is_one =
        |list: &[&Field]| list.windows(2).all(|pair| pair.first().map(|f| &f.layers) == pair.last().map(|f| &f.layers));
    let apart = |list: Vec<&'f Field>| {
        if is_one(&list) { vec![list] } else { list.into_iter().map(|field| vec![field]).collect() }
    };
    lists.into_iter().flat_map(apart).collect()
}

/// The path and the value of a field, or of a list.
fn headed(list: &[&Field]) -> String {
    let Some(first) = list.first() else { return String::new() };
    match (collection(first).filter(|_| list.len() > 1), &first.value) {
        (Some(path), _) => {
            let values: Vec<String> = list.iter().filter_map(|field| Some(field.value.as_ref()?.to_string())).collect();
            format!("{path} = [{}]", values.join(", "))
        }
        (None, Some(value)) => format!("{} = {value}", first.path),
        (None, None) => format!("{} is not set", first.path),
    }
}

/// A line for each field: its value, and who set it last.
#[must_use]
pub fn overview(trace: &Trace, layers: &Layers<'_>) -> String {
    let (there, gone): (Vec<&Field>, Vec<&Field>) = trace.fields.iter().partition(|field| field.value.is_some());
    let (written, added): (Vec<&Field>, Vec<&Field>) = there.into_iter().partition(|field| is_written(field));
    let added = titled("added when it runs", &added, layers, false);
    format!("{}\n{}{}{added}", trace.name, section(&written, layers), titled("taken away", &gone, layers, false))
}

/// Whether what counts was written in the program.
fn is_written(field: &Field) -> bool {
    field.layers.first().is_some_and(Layer::is_written)
}

/// A section below a title; nothing where there are no fields.
fn titled(title: &str, fields: &[&Field], layers: &Layers<'_>, first: bool) -> String {
    let gap = if first { "" } else { "\n" };
    if fields.is_empty() { String::new() } else { format!("{gap}{title}\n{}", section(fields, layers)) }
}

/// A line of a section.
struct Line {
    what: String,
    who: String,
    rest: String,
}

fn section(fields: &[&Field], layers: &Layers<'_>) -> String {
    /// Longer ones stand out of their column.
    const FARTHEST: usize = 76;
    let lines: Vec<Line> = runs(fields, layers).iter().map(|run| line(run, layers)).collect();
    let width = |of: fn(&Line) -> &str| {
        let widths = lines.iter().map(|line| of(line).chars().count()).filter(|width| *width <= FARTHEST);
        widths.max().unwrap_or_default()
    };
    let (what, who) = (width(|line| &line.what), width(|line| &line.who));
    lines.iter().fold(String::new(), |mut text, line| {
        let line = format!("{:what$}  {:who$}  {}", line.what, line.who, line.rest);
        text.push_str(line.trim_end());
        text.push('\n');
        text
    })
}

/// Fields next to each other that are one line: many values of one collection from one place.
fn runs<'f>(fields: &[&'f Field], layers: &Layers<'_>) -> Vec<Vec<&'f Field>> {
    /// Fewer of them are a line each.
    const FEWEST: usize = 3;
    let mut runs: Vec<Vec<&'f Field>> = Vec::new();
    let mut last = None;
    for field in fields {
        let here = collection(field).map(|collection| (collection, origin(field, layers)));
        match runs.last_mut() {
            Some(run) if here.is_some() && here == last => run.push(field),
            _ => runs.push(vec![field]),
        }
        last = here;
    }
    let apart = |run: Vec<&'f Field>| {
        if run.len() < FEWEST { run.into_iter().map(|field| vec![field]).collect() } else { vec![run] }
    };
    runs.into_iter().flat_map(apart).collect()
}

/// The list or map whose element or value a field is, or belongs to.
fn collection(field: &Field) -> Option<Path> {
    let steps = field.path.steps();
    let at = steps.iter().rposition(|step| matches!(step, Step::Key(_) | Step::Index(_) | Step::Element(..)))?;
    Some(steps.iter().take(at).fold(Path::default(), |path, step| path.and(step.clone())))
}

fn line(run: &[&Field], layers: &Layers<'_>) -> Line {
    let Some(first) = run.first() else { return Line { what: String::new(), who: String::new(), rest: String::new() } };
    let (who, rest) = origin(first, layers);
    let what = match collection(first).filter(|_| run.len() > 1) {
        Some(path) => format!("  {path} {}", gathered(run)),
        None => match &first.value {
            Some(value) => format!("  {} = {}", first.path, cut(&value.to_string())),
            None => format!("  {}", first.path),
        },
    };
    Line { what, who, rest }
}

/// The values of a run: those of a list, or how many there are.
fn gathered(run: &[&Field]) -> String {
    let is_item = |field: &&Field| matches!(field.path.steps().last(), Some(Step::Index(_)));
    if run.iter().all(is_item) {
        let values: Vec<String> = run.iter().filter_map(|field| Some(field.value.as_ref()?.to_string())).collect();
        return format!("= {}", cut(&format!("[{}]", values.join(", "))));
    }
    format!("({} values)", run.len())
}

/// Who set a field last; where, and over how many others.
fn origin(field: &Field, layers: &Layers<'_>) -> (String, String) {
    let Some(first) = field.layers.first() else { return (String::new(), String::new()) };
    let who = match &first.why {
        Some(why) => format!("{}: {why}", first.who),
        None => first.who.clone(),
    };
    // What was lost with something else is told with who took that away.
    if let Some(by) = field.lost_to() {
        return (by.who.clone(), by.place.map_or_else(String::new, |place| at(place, layers)));
    }
    let place = first.place.map_or_else(String::new, |place| at(place, layers));
    let others = field.layers.iter().skip(1).filter(|layer| !layer.takes_away).count();
    let others = if others == 0 { String::new() } else { format!("  (over {others} more)") };
    (who, format!("{place}{others}"))
}

fn rows(field: &Field, layers: &Layers<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(field.lost_to().map(|by| row_of_whole(by, layers)));
    for (at, layer) in field.layers.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| field.layers.get(at));
        let taken = before.is_some_and(|before| before.takes_away && layer.overruled == Some(before.as_by()));
        rows.push(row_of(layer, taken, layers));
        rows.extend(layer.through.iter().map(|via| row_through(via, layers)));
    }
    rows
}

/// Who replaced what a field was a part of.
fn row_of_whole(by: &By, layers: &Layers<'_>) -> Row {
    let place = by.place.map_or_else(String::new, |place| at(place, layers));
    let text = by.place.map_or_else(String::new, |place| excerpt(place, layers));
    Row { who: format!("  {}", by.who), place, text: format!("{text}  (replaces the whole)") }
}

fn row_of(layer: &Layer, taken: bool, layers: &Layers<'_>) -> Row {
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
        let _ = write!(
            text,
            "  ({} by {}{})",
            if taken { "taken away" } else { "overruled" },
            by.who,
            line.unwrap_or_default()
        );
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

/// The entry whose key stands at a place, or the line of anything else; of several lines, the first.
fn excerpt(place: Span, layers: &Layers<'_>) -> String {
    let text = layers.text(place);
    cut(if text.contains('\n') { layers.line(place) } else { text })
}

fn cut(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WIDEST).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
