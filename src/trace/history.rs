//! What the settings of a task say of a field, and what was said before.
//!
//! In: settings, and a [`Route`] through them. Out: [`Record`]s, from the last to the first. Always: what counts comes first; a
//! part is lost with the whole that it stood in. Recursion follows the nesting of values and the length of trails, both of which are
//! bounded. Not here: which declaration a place belongs to.

use super::routes::{Down, Route};
use crate::source::Span;
use crate::value::trail::{Event, Step};
use crate::value::{Object, Value, label_of};

/// A place at which a field was set, or taken away.
#[derive(Debug)]
pub struct Record<'v> {
    /// The key or label, or the element.
    pub place: Span,
    /// What it was set to; nothing where it was taken away.
    pub value: Option<&'v Value>,
    /// Where it was overruled or taken away.
    pub by: Option<Span>,
    /// The names that stood for what it is a part of, from the outside in.
    pub carried: Vec<Carried>,
}

/// A name that stood for a value with parts.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    /// The name.
    pub name: Span,
    /// Where what it stands for was written; a template is made where it is named.
    pub written: Span,
}

/// What has been found.
#[derive(Debug, Default)]
pub struct Found<'v> {
    /// From the last to the first.
    pub records: Vec<Record<'v>>,
    /// The names that the values around stood behind.
    carried: Vec<Carried>,
}

impl<'v> Found<'v> {
    /// Follows a route from settings.
    pub fn object(&mut self, settings: &'v Object, route: &Route) {
        if let Some((first, rest)) = route.split_first() {
            self.part(Part::of(settings, first), rest, None);
        }
    }

    fn part(&mut self, part: Part<'v>, rest: &[Down], by: Option<Span>) {
        match part {
            Part::There(place, value) => self.value(place, value, rest, by),
            Part::Removed(step) => self.removed(step, rest, by),
            Part::Nothing => {}
        }
    }

    /// A value that stands at `place`, and what it overruled.
    fn value(&mut self, place: Span, value: &'v Value, route: &[Down], by: Option<Span>) {
        match route.split_first() {
            None => self.push(place, value, by),
            // In another list, another element stands at the same place: the whole list was lost.
            Some((Down::Index(_), _)) if by.is_some() => {
                if !self.comes_again(value, route) {
                    self.push(place, value, by);
                }
            }
            Some((down, rest)) => {
                let outer = self.carried.len();
                self.carried.extend(value.history().filter_map(carried));
                self.part(Part::in_value(value, down), rest, by);
                self.carried.truncate(outer);
            }
        }
        // What comes behind a name happened to what the name stands for.
        let own = value.history().take_while(|step| !matches!(step.event, Event::Through { .. } | Event::Part(_)));
        for step in own {
            match &step.event {
                Event::Replaced { value: old, by, .. } => self.value(step.place, old, route, Some(*by)),
                Event::Removed { .. } => self.removed(step, route, Some(place)),
                Event::Through { .. } | Event::Part(_) => {}
            }
        }
    }

    /// Whether what counts was written in this list, and stands there with the same value.
    fn comes_again(&self, list: &Value, route: &[Down]) -> bool {
        let part = part_of(list, route);
        self.records.first().is_some_and(|record| list.span.contains(record.place) && record.value == part)
    }

    /// What comes again unchanged, such as a template that one layer after another builds on, is told once.
    fn push(&mut self, place: Span, value: &'v Value, by: Option<Span>) {
        let same = |record: &Record<'_>| record.place == place && record.value == Some(value);
        if by.is_none() || !self.records.iter().any(same) {
            self.records.push(Record { place, value: Some(value), by, carried: self.carried.clone() });
        }
    }

    /// A value that was taken away; that is told only where it had what is asked for.
    fn removed(&mut self, step: &'v Step, route: &[Down], by: Option<Span>) {
        let Event::Removed { key, value } = &step.event else { return };
        let at = self.records.len();
        self.value(*key, value, route, Some(step.place));
        if self.records.len() > at {
            self.records.insert(at, Record { place: step.place, value: None, by, carried: Vec::new() });
        }
    }
}

/// The part of a value to which a route leads.
fn part_of<'p>(value: &'p Value, route: &[Down]) -> Option<&'p Value> {
    route.iter().try_fold(value, |value, down| match Part::in_value(value, down) {
        Part::There(_, part) => Some(part),
        Part::Removed(_) | Part::Nothing => None,
    })
}

/// Where an element was put into its list: where a name stood for it, or where it was written. What was read of another file was put where the
/// list is written.
fn placed(item: &Value, list: Span) -> Span {
    let written = if item.span.file == list.file { item.span } else { list };
    item.passed().next().unwrap_or(written)
}

fn carried(step: &Step) -> Option<Carried> {
    match step.event {
        Event::Through { written } => Some(Carried { name: step.place, written }),
        _ => None,
    }
}

/// What stands somewhere.
#[derive(Clone, Copy)]
enum Part<'v> {
    There(Span, &'v Value),
    Removed(&'v Step),
    Nothing,
}

impl<'v> Part<'v> {
    fn of(object: &'v Object, down: &Down) -> Self {
        let Down::Name(name) = down else { return Self::Nothing };
        if let Some(entry) = object.entry(name) {
            return Self::There(entry.key, &entry.value);
        }
        let removed = object.removed().find(|(removed, _)| *removed == name);
        removed.map_or(Self::Nothing, |(_, step)| Self::Removed(step))
    }

    fn in_value(value: &'v Value, down: &Down) -> Self {
        if let Some(object) = value.as_object() {
            return Self::of(object, down);
        }
        let Some(list) = value.as_items() else { return Self::Nothing };
        let item = match down {
            Down::Name(_) => None,
            Down::Index(at) => list.items().get(*at),
            Down::Element { key, label } => {
                list.items().iter().find(|item| label_of(item, key).as_deref() == Some(label))
            }
        };
        if let Some(item) = item {
            return Self::There(placed(item, value.span), item);
        }
        let Down::Element { label, .. } = down else { return Self::Nothing };
        let removed = list.removed().find(|(removed, _)| *removed == label);
        removed.map_or(Self::Nothing, |(_, step)| Self::Removed(step))
    }
}
