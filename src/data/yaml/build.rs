//! The values of a YAML file while it is read, in which an alias and its anchor are one value.
//!
//! In: scalars, lists, maps and aliases, from the inside out. Out: one [`Node`], in which each alias is a copy.
//! Always: what aliases and merge keys would copy is counted before it is copied, and so is how deep it would stand; nothing
//! is copied beyond the bounds. [`Arena::node`] recurses over no more than [`MAX_NESTING`] levels, which whoever adds items
//! holds by [`Arena::fits`].
//! Not here: which text makes which value.

use std::collections::BTreeMap;

use ecow::EcoString;

use crate::data::{Key, Kind, MAX_NESTING, Node};
use crate::source::Span;

/// How many nodes aliases may add to a file. kubectl's own limit depends on the share of the nodes that they are; for a file
/// of the size of a pod it is about four times this.
pub const MAX_COPIES: usize = 100_000;

/// A value in an [`Arena`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id(usize);

/// A value whose parts are in the same arena.
#[derive(Debug)]
pub enum Item {
    /// A scalar.
    Scalar(Kind),
    /// Values in their order.
    List(Vec<Id>),
    /// Values by name.
    Map(Vec<(Key, Id)>),
    /// What the anchor stands at.
    Alias(Id),
}

#[derive(Debug)]
struct Entry {
    span: Span,
    item: Item,
    /// How many collections stand in each other here.
    height: usize,
    /// How many nodes it is once everything is copied.
    size: usize,
}

/// All values of a file.
#[derive(Debug, Default)]
pub struct Arena {
    entries: Vec<Entry>,
    copies: usize,
}

impl Arena {
    /// Adds a value whose parts have been added.
    pub fn add(&mut self, span: Span, item: Item) -> Id {
        let parts: &mut dyn Iterator<Item = Id> = match &item {
            Item::Scalar(_) => &mut std::iter::empty(),
            Item::List(items) => &mut items.iter().copied(),
            Item::Map(entries) => &mut entries.iter().map(|(_, id)| *id),
            Item::Alias(id) => &mut std::iter::once(*id),
        };
        let (mut height, mut size) = (0, 0_usize);
        for part in parts {
            height = height.max(self.height(part));
            size = size.saturating_add(self.size(part));
        }
        let own = usize::from(matches!(item, Item::List(_) | Item::Map(_)));
        let own_size = usize::from(!matches!(item, Item::Alias(_)));
        self.entries.push(Entry { span, item, height: height + own, size: size.saturating_add(own_size) });
        Id(self.entries.len() - 1)
    }

    /// Whether a value may stand in `depth` collections.
    pub fn fits(&self, id: Id, depth: usize) -> bool {
        depth + self.height(id) <= MAX_NESTING
    }

    /// Counts a value as copied once more, and says whether that is still within the bound.
    pub fn copy(&mut self, id: Id) -> bool {
        self.copies = self.copies.saturating_add(self.size(id));
        self.copies <= MAX_COPIES
    }

    /// Where a value stands.
    pub fn span(&self, id: Id) -> Option<Span> {
        self.entries.get(id.0).map(|entry| entry.span)
    }

    /// What a value is; of an alias, that it is one.
    pub fn item(&self, id: Id) -> Option<&Item> {
        self.entries.get(id.0).map(|entry| &entry.item)
    }

    /// What a value is; of an alias, what its anchor stands at.
    pub fn target(&self, id: Id) -> Option<&Item> {
        // An anchor never stands at an alias, so there is nothing further to follow.
        match self.item(id)? {
            Item::Alias(target) => self.item(*target),
            item => Some(item),
        }
    }

    /// The value with everything copied. Recurses as deep as values are nested: [`MAX_NESTING`].
    pub fn node(&self, id: Id) -> Option<Node> {
        let entry = self.entries.get(id.0)?;
        let kind = match &entry.item {
            Item::Scalar(kind) => kind.clone(),
            Item::List(items) => Kind::List(items.iter().filter_map(|item| self.node(*item)).collect()),
            Item::Map(entries) => {
                let node = |(key, id): &(Key, Id)| Some((key.clone(), self.node(*id)?));
                Kind::Map(entries.iter().filter_map(node).collect())
            }
            Item::Alias(target) => self.node(*target)?.kind,
        };
        Some(Node { span: entry.span, kind })
    }

    fn height(&self, id: Id) -> usize {
        self.entries.get(id.0).map_or(0, |entry| entry.height)
    }

    fn size(&self, id: Id) -> usize {
        self.entries.get(id.0).map_or(0, |entry| entry.size)
    }
}

/// A map while its entries are read.
#[derive(Debug, Default)]
pub struct Entries {
    list: Vec<(Key, Id)>,
    /// Where each key stands in the list, and the place that gave it first, unless only merge keys have given it yet.
    index: BTreeMap<EcoString, (usize, Option<Span>)>,
}

impl Entries {
    /// Sets a key that the map itself gives; an error is the place where it gave it before.
    pub fn give(&mut self, key: Key, value: Id) -> Result<(), Span> {
        if let Some((_, Some(first))) = self.index.get(&key.text) {
            return Err(*first);
        }
        let span = key.span;
        self.set(key, value, Some(span));
        Ok(())
    }

    /// Sets a key that a merge key brings in. It counts over what stands before it, and what follows counts over it.
    pub fn merge(&mut self, key: Key, value: Id) {
        self.set(key, value, None);
    }

    /// The entries in order.
    pub fn finish(self) -> Vec<(Key, Id)> {
        self.list
    }

    fn set(&mut self, key: Key, value: Id, given: Option<Span>) {
        match self.index.get_mut(&key.text) {
            None => {
                self.index.insert(key.text.clone(), (self.list.len(), given));
                self.list.push((key, value));
            }
            Some((at, place)) => {
                *place = place.or(given);
                if let Some(entry) = self.list.get_mut(*at) {
                    *entry = (key, value);
                }
            }
        }
    }
}
