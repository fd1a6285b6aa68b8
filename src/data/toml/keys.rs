//! Which keys of a text of TOML name the same thing, and how deep they stand.
//!
//! In: a text. Out: for each key that names what an earlier one named, the earlier one; or the place where values are nested
//! deeper than [`MAX_NESTING`]. Always: linear in the length of the text but for the logarithm of looking up a key; the
//! parser recurses over brackets, and [`RecursionGuard`] bounds that.
//! Not here: whether a key may be given again, and every other fault.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};

use crate::data::MAX_NESTING;

/// The keys of a text.
pub struct Keys {
    /// Of each key that is not the first for its value, by where it begins: the first one.
    again: BTreeMap<usize, Range<usize>>,
}

impl Keys {
    /// The key that first named what the key at an offset names; `None` if that is the first itself.
    pub fn first(&self, at: usize) -> Option<Range<usize>> {
        self.again.get(&at).cloned()
    }
}

/// Reads the keys of a text; an error is the place where values are nested too deep.
pub fn read(text: &str) -> Result<Keys, Range<usize>> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut walk = Walk::new(source);
    let mut receive = |event: Event| walk.event(&event);
    // One more than the bound, so that what is beyond it is seen here.
    let mut guard = RecursionGuard::new(&mut receive, GUARD);
    parse_document(&tokens, &mut guard, &mut ());
    match walk.deep {
        Some(deep) => Err(deep),
        None => Ok(Keys { again: walk.again }),
    }
}

/// How deep the parser may recurse: one level more than values may be nested, so that the level that is too much is seen.
#[expect(clippy::cast_possible_truncation, reason = "it is 65")]
const GUARD: u32 = MAX_NESTING as u32 + 1;

/// The number of a value in a [`Walk`].
type Id = usize;

/// The root table.
const ROOT: Id = 0;

/// A value, perhaps with keys of its own.
struct Value {
    /// The key that first named it.
    first: Range<usize>,
    /// How many collections it would stand in, itself counted, if it were one.
    depth: usize,
    /// The last element of an array of tables, to which keys belong that go through the array.
    last: Option<Id>,
}

struct Walk<'t> {
    source: Source<'t>,
    values: Vec<Value>,
    children: BTreeMap<(Id, Cow<'t, str>), Id>,
    again: BTreeMap<usize, Range<usize>>,
    /// The table of the last header.
    table: Id,
    /// The arrays and inline tables that are open.
    open: Vec<Open>,
    /// What the key that is being read names so far.
    key: Option<Id>,
    /// Whether the next part of a key belongs to the one before it.
    dotted: bool,
    in_header: bool,
    deep: Option<Range<usize>>,
}

#[derive(Clone, Copy)]
enum Open {
    Array(Id),
    InlineTable(Id),
}

impl<'t> Walk<'t> {
    fn new(source: Source<'t>) -> Self {
        let root = Value { first: 0..0, depth: 1, last: None };
        Self {
            source,
            values: vec![root],
            children: BTreeMap::new(),
            again: BTreeMap::new(),
            table: ROOT,
            open: Vec::new(),
            key: None,
            dotted: false,
            in_header: false,
            deep: None,
        }
    }

    fn event(&mut self, event: &Event) {
        let range = event.span().start()..event.span().end();
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.open.clear();
                self.key = None;
                self.in_header = true;
            }
            EventKind::StdTableClose => self.header(range, false),
            EventKind::ArrayTableClose => self.header(range, true),
            EventKind::SimpleKey => self.simple_key(event, range),
            EventKind::KeySep => self.dotted = true,
            EventKind::ArrayOpen => self.collection(range, Open::Array),
            EventKind::InlineTableOpen => self.collection(range, Open::InlineTable),
            EventKind::ArrayClose | EventKind::InlineTableClose => {
                self.open.pop();
            }
            // A key is at its end behind its value.
            EventKind::ValueSep | EventKind::Newline => self.dotted = false,
            _ => {}
        }
    }

    /// The end of a header: what follows belongs to its table, or to a new element of its array.
    fn header(&mut self, range: Range<usize>, array: bool) {
        self.in_header = false;
        let Some(key) = self.key.take() else { return };
        self.table = key;
        if array {
            let element = self.child_value(key, range.clone());
            if let Some(value) = self.values.get_mut(key) {
                value.last = Some(element);
            }
            self.table = element;
        }
        self.bound(self.table, range);
    }

    fn simple_key(&mut self, event: &Event, range: Range<usize>) {
        let parent = match (self.key, self.open.last()) {
            (Some(key), _) if self.dotted => self.values.get(key).and_then(|value| value.last).unwrap_or(key),
            (_, Some(Open::InlineTable(id))) => *id,
            _ if self.in_header => ROOT,
            _ => self.table,
        };
        self.dotted = false;
        self.bound(parent, range.clone());
        let mut name = Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut name, &mut ());
        }
        let known = self.children.get(&(parent, name.clone())).copied();
        if let Some(first) = known.and_then(|id| self.values.get(id)) {
            self.again.insert(range.start, first.first.clone());
        }
        let id = known.unwrap_or_else(|| {
            let id = self.child_value(parent, range);
            self.children.insert((parent, name), id);
            id
        });
        self.key = Some(id);
    }

    /// An array or an inline table, which is the value of a key or an element of an array.
    fn collection(&mut self, range: Range<usize>, open: fn(Id) -> Open) {
        let id = match (self.open.last(), self.key) {
            (Some(Open::Array(array)), _) => self.child_value(*array, range.clone()),
            (_, Some(key)) => key,
            (_, None) => ROOT,
        };
        self.bound(id, range);
        self.open.push(open(id));
    }

    fn child_value(&mut self, parent: Id, first: Range<usize>) -> Id {
        let depth = self.values.get(parent).map_or(0, |value| value.depth) + 1;
        self.values.push(Value { first, depth, last: None });
        self.values.len() - 1
    }

    /// Notes the first place where a value is a collection that stands too deep.
    fn bound(&mut self, id: Id, range: Range<usize>) {
        if self.deep.is_none() && self.values.get(id).is_some_and(|value| value.depth > MAX_NESTING) {
            self.deep = Some(range);
        }
    }
}
