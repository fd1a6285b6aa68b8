//! The events of the parser, put together.
//!
//! In: a text. Out: the values of its documents, and faults. Always: whatever is refused is one fault and leaves a value
//! behind, so that reading goes on; only what the parser itself refuses ends it, and what is beyond a bound. Nothing recurses.
//! Not here: where an event stands ([`Places`]), what a scalar means ([`Scalar`]) and what an alias copies ([`Arena`]).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use ecow::EcoString;
use granit_parser::{Event, Parser, ScalarStyle, Span as Marks, StructureStyle, Tag};

use super::build::{Arena, Entries, Id, Item};
use super::places::Places;
use super::scalar::{self, Scalar};
use super::words;
use crate::data::faults::{Faults, duplicate_key, not_finite, number_too_large, too_deep};
use crate::data::{Key, Kind, MAX_NESTING, Node};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

/// How many documents a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Documents {
    /// One, which is nothing where the text is empty.
    One,
    /// Any number; empty ones are left out.
    Any,
}

/// The values of a text; `None` where reading had to end.
pub fn read(file: FileId, text: &str, documents: Documents, faults: &mut Faults) -> Option<Vec<Node>> {
    let mut reader = Reader {
        places: Places::new(file, text),
        arena: Arena::default(),
        faults,
        frames: Vec::new(),
        anchors: BTreeMap::new(),
        document: 0..0,
        documents,
        roots: Vec::new(),
    };
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, marks)) => reader.event(event, marks)?,
            Err(error) => return reader.unreadable(&error),
        }
    }
    if documents == Documents::One && reader.roots.is_empty() {
        return Some(vec![Node { span: reader.places.span(0..0), kind: Kind::Null }]);
    }
    reader.roots.iter().map(|root| reader.arena.node(*root)).collect()
}

struct Reader<'t, 'f> {
    places: Places<'t>,
    arena: Arena,
    faults: &'f mut Faults,
    /// The collections that are open, the innermost last; never more than [`MAX_NESTING`].
    frames: Vec<Frame>,
    /// What each anchor stands at, once that is complete.
    anchors: BTreeMap<usize, Id>,
    /// The beginning of the document that is being read.
    document: Range<usize>,
    documents: Documents,
    /// The values of the documents that are not empty.
    roots: Vec<Id>,
}

/// A collection that is open.
struct Frame {
    start: usize,
    /// Where its last part ended.
    end: usize,
    /// Whether it stands between brackets.
    flow: bool,
    anchor: usize,
    parts: Parts,
}

enum Parts {
    List(Vec<Id>),
    Map { entries: Entries, key: Option<Pending> },
}

/// The key of the value that comes next.
enum Pending {
    Key(Key),
    /// A merge key.
    Merge,
    /// A key that was refused.
    Refused,
}

/// The anchor and the tag of a value, and the marks of the value.
struct Properties<'t> {
    anchor: usize,
    tag: Option<Cow<'t, Tag>>,
    marks: Marks,
}

impl Properties<'_> {
    /// The tag as one text, with `!!` for YAML's own.
    fn tag(&self) -> Option<String> {
        let tag = self.tag.as_ref()?;
        let whole = format!("{}{}", tag.handle(), tag.suffix());
        Some(whole.strip_prefix("tag:yaml.org,2002:").map_or_else(|| whole.clone(), |own| format!("!!{own}")))
    }
}

impl<'t> Reader<'t, '_> {
    /// Takes an event; `None` ends reading.
    fn event(&mut self, event: Event<'t>, marks: Marks) -> Option<()> {
        let empty = self.places.range(marks).is_empty();
        match event {
            Event::DocumentStart(explicit, _) => self.document(explicit, marks),
            Event::Scalar(_, ScalarStyle::Plain, 0, None) if empty && self.frames.is_empty() => {}
            Event::Scalar(text, style, anchor, tag) => {
                self.only_document()?;
                self.scalar(&text, style, &Properties { anchor, tag, marks });
            }
            Event::Alias(anchor) => self.alias(anchor, marks)?,
            Event::UnresolvedAlias(name) => {
                self.only_document()?;
                let range = self.places.alias(marks);
                self.refuse_value(words::unknown_anchor(self.places.span(range.clone()), &name), range);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(Parts::List(Vec::new()), style, &Properties { anchor, tag, marks })?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let parts = Parts::Map { entries: Entries::default(), key: None };
                self.open(parts, style, &Properties { anchor, tag, marks })?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(marks),
            _ => {}
        }
        Some(())
    }

    /// Says what the parser refuses, unless it is a consequence of what was refused on the same line. Ends reading.
    fn unreadable<T>(&mut self, error: &granit_parser::ScanError) -> Option<T> {
        let open = self.frames.last().filter(|frame| frame.flow).map(|frame| frame.start);
        let fault = words::unreadable(&self.places, error, open);
        let start = |fault: &Diagnostic| fault.span().map_or(0, |span| span.range().start);
        let known = self.faults.last().map(start);
        if !known.is_some_and(|known| known <= start(&fault) && !self.places.text(known..start(&fault)).contains('\n'))
        {
            self.faults.push(fault);
        }
        None
    }

    fn document(&mut self, explicit: bool, marks: Marks) {
        self.document = self.places.range(marks);
        // An alias names an anchor of its own document.
        self.anchors.clear();
        if explicit {
            self.places.document(marks);
        }
    }

    /// Ends reading where a second document has begun and there may be only one; empty ones are none.
    fn only_document(&mut self) -> Option<()> {
        if self.documents == Documents::One && self.frames.is_empty() && !self.roots.is_empty() {
            self.faults.push(words::second_document(self.places.span(self.document.clone())));
            return None;
        }
        Some(())
    }

    // ---------------------------------------------------------------------------------------------------- scalars

    fn scalar(&mut self, text: &str, style: ScalarStyle, properties: &Properties) {
        let plain = style == ScalarStyle::Plain;
        let absent = plain && self.places.range(properties.marks).is_empty();
        let (text, range) = if absent {
            // The parser may give it a text, which stands nowhere.
            ("", self.places.absent(properties.marks, self.behind_key()))
        } else {
            (text, self.places.scalar(properties.marks, style))
        };
        let tag = properties.tag();
        if self.at_key() && text == "<<" && (plain && tag.is_none() || tag.as_deref() == Some("!!merge")) {
            return self.pend(Pending::Merge);
        }
        let span = self.places.span(range.clone());
        let kind = self.kind(text, plain, tag.as_deref(), properties.marks, span);
        if self.at_key() {
            self.key(kind.as_ref(), span);
            let id = self.arena.add(span, Item::Scalar(kind.unwrap_or(Kind::Null)));
            return self.anchor(properties.anchor, id);
        }
        let id = self.arena.add(span, Item::Scalar(kind.unwrap_or(Kind::Null)));
        self.anchor(properties.anchor, id);
        self.deliver(id, range.end);
    }

    /// What a scalar means; `None` if it is refused.
    fn kind(&mut self, text: &str, plain: bool, tag: Option<&str>, marks: Marks, span: Span) -> Option<Kind> {
        let meaning = match tag.map(|tag| (tag, tag.strip_prefix("!!"))) {
            None if plain => scalar::plain(text),
            None | Some(("!", _)) => Scalar::Text,
            Some((_, Some("binary"))) => match scalar::binary(text) {
                Ok(text) => return Some(Kind::String(text.into())),
                Err(why) => return self.refuse(words::bad_binary(span, why)),
            },
            Some((_, Some(own @ ("str" | "int" | "float" | "bool" | "null")))) => match scalar::tagged(own, text) {
                Some(meaning) => meaning,
                None => return self.refuse(words::tag_does_not_fit(span, text, own)),
            },
            Some((tag, _)) => return self.refuse(words::unknown_tag(self.tag_span(marks), tag)),
        };
        match meaning {
            Scalar::Null => Some(Kind::Null),
            Scalar::Bool(value) => Some(Kind::Bool(value)),
            Scalar::Int(value) => Some(Kind::Int(value)),
            Scalar::Float(value) if value.is_finite() => Some(Kind::Float(value)),
            Scalar::Text => Some(Kind::String(text.into())),
            Scalar::Large => self.refuse(number_too_large(span)),
            Scalar::Float(_) => self.refuse(not_finite(span)),
        }
    }

    fn tag_span(&self, marks: Marks) -> Span {
        self.places.span(self.places.range(marks.tag_span().unwrap_or(marks)))
    }

    fn refuse<T>(&mut self, fault: Diagnostic) -> Option<T> {
        self.faults.push(fault);
        None
    }

    // ---------------------------------------------------------------------------------------------------- aliases

    fn alias(&mut self, anchor: usize, marks: Marks) -> Option<()> {
        let range = self.places.alias(marks);
        let span = self.places.span(range.clone());
        let Some(target) = self.anchors.get(&anchor).copied() else {
            self.refuse_value(words::alias_in_itself(span, self.places.text(range.clone())), range);
            return Some(());
        };
        if self.at_key() {
            match self.arena.item(target) {
                Some(Item::Scalar(kind)) => {
                    let kind = kind.clone();
                    self.key(Some(&kind), span);
                }
                _ => self.refuse_key(words::key_is_no_text(span, self.places.rest(range.start))),
            }
        } else if !self.arena.fits(target, self.frames.len()) {
            self.refuse_value(too_deep(span), range);
        } else if !self.arena.copy(target) {
            return self.refuse(words::too_many_copies(span));
        } else {
            let id = self.arena.add(span, Item::Alias(target));
            self.deliver(id, range.end);
        }
        Some(())
    }

    /// Refuses what stands where a key or a value belongs, and puts something in its place.
    fn refuse_value(&mut self, fault: Diagnostic, range: Range<usize>) {
        self.faults.push(fault);
        if self.at_key() {
            self.pend(Pending::Refused);
        } else {
            let id = self.arena.add(self.places.span(range.clone()), Item::Scalar(Kind::Null));
            self.deliver(id, range.end);
        }
    }

    fn anchor(&mut self, anchor: usize, id: Id) {
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
    }

    // ------------------------------------------------------------------------------------------------ collections

    fn open(&mut self, parts: Parts, style: StructureStyle, properties: &Properties) -> Option<()> {
        self.only_document()?;
        let list = matches!(parts, Parts::List(_));
        let range = self.places.open(properties.marks, list && self.behind_key());
        if let Some(tag) = properties.tag().filter(|tag| tag != "!" && tag != if list { "!!seq" } else { "!!map" }) {
            self.faults.push(words::unknown_tag(self.tag_span(properties.marks), &tag));
        }
        if self.frames.len() == MAX_NESTING {
            return self.refuse(too_deep(self.places.span(range)));
        }
        if self.at_key() {
            let span = self.places.span(range.clone());
            self.faults.push(words::key_is_no_text(span, self.places.rest(range.start)));
        }
        let flow = style == StructureStyle::Flow;
        self.frames.push(Frame { start: range.start, end: range.end, flow, anchor: properties.anchor, parts });
        Some(())
    }

    fn close(&mut self, marks: Marks) {
        let Some(frame) = self.frames.pop() else { return };
        let end = if frame.flow { self.places.close(marks) } else { None }.unwrap_or(frame.end);
        let item = match frame.parts {
            Parts::List(items) => Item::List(items),
            Parts::Map { entries, .. } => Item::Map(entries.finish()),
        };
        let id = self.arena.add(self.places.span(frame.start..end), item);
        self.anchor(frame.anchor, id);
        self.deliver(id, end);
    }

    /// Puts a complete value where it belongs.
    fn deliver(&mut self, id: Id, end: usize) {
        let Some(frame) = self.frames.last_mut() else {
            self.roots.push(id);
            return;
        };
        frame.end = end;
        match &mut frame.parts {
            Parts::List(items) => items.push(id),
            Parts::Map { entries, key } => match key.take() {
                Some(Pending::Key(key)) => {
                    let (text, again) = (key.text.clone(), key.span);
                    if let Err(first) = entries.give(key, id) {
                        self.faults.push(duplicate_key(&text, again, first));
                    }
                }
                Some(Pending::Merge) => self.merge(id),
                Some(Pending::Refused) => {}
                // A collection that stands where a key belongs; that has been told.
                None => *key = Some(Pending::Refused),
            },
        }
    }

    // ------------------------------------------------------------------------------------------------------- keys

    /// Whether a key comes next.
    fn at_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { parts: Parts::Map { key: None, .. }, .. }))
    }

    /// Whether the value of a key comes next.
    fn behind_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { parts: Parts::Map { key: Some(_), .. }, .. }))
    }

    /// Takes a scalar as a key, as sigs.k8s.io/yaml makes a text of it; a scalar that was refused has been told already.
    fn key(&mut self, kind: Option<&Kind>, span: Span) {
        let text = match kind {
            Some(Kind::String(text)) => text.clone(),
            Some(Kind::Int(number)) => EcoString::from(number.to_string()),
            Some(Kind::Bool(value)) => EcoString::from(value.to_string()),
            Some(Kind::Float(number)) => EcoString::from(scalar::float_key(*number)),
            Some(Kind::Null | Kind::List(_) | Kind::Map(_)) => return self.refuse_key(words::key_is_null(span)),
            None => return self.pend(Pending::Refused),
        };
        self.pend(Pending::Key(Key { text, span }));
    }

    fn refuse_key(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
        self.pend(Pending::Refused);
    }

    fn pend(&mut self, pending: Pending) {
        if let Some(Frame { parts: Parts::Map { key, .. }, .. }) = self.frames.last_mut() {
            *key = Some(pending);
        }
    }

    /// Merges the value of a merge key into the innermost map: a map, or a list of maps of which the first counts most.
    fn merge(&mut self, value: Id) {
        let Some(sources) = self.merge_sources(value) else {
            let fault = self.arena.span(value).map(words::merge_of_no_map);
            return self.faults.extend(fault);
        };
        let Some(Frame { parts: Parts::Map { entries, .. }, .. }) = self.frames.last_mut() else { return };
        for source in sources.into_iter().rev() {
            let Some(Item::Map(parts)) = self.arena.target(source) else { continue };
            for (key, value) in parts {
                entries.merge(key.clone(), *value);
            }
        }
    }

    /// The maps that a merge key names; `None` if it names something else. An alias may stand for a map, not for the list.
    fn merge_sources(&self, value: Id) -> Option<Vec<Id>> {
        let is_map = |id: Id| matches!(self.arena.target(id), Some(Item::Map(_)));
        match self.arena.item(value)? {
            Item::List(items) => items.iter().all(|item| is_map(*item)).then(|| items.clone()),
            _ => is_map(value).then(|| vec![value]),
        }
    }
}
