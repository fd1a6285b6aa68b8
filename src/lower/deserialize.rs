//! Values as serde sees them, so that k8s-openapi's types can be read out of them.
//!
//! In: a value. Out: a serde deserializer. Always: what was reported, or is known by its type alone, is left out with the list
//! that it stands in, so that the elements of every list keep their numbers. Not here: any knowledge of Kubernetes.

use std::slice;

use ecow::EcoString;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Fault;
use crate::value::{Entry, Kind, Value};

/// A value to be deserialised.
#[derive(Clone, Copy)]
pub struct Source<'v>(pub &'v Value);

impl<'de> IntoDeserializer<'de> for Source<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn element(value: &Value) -> Source<'_> {
    Source(value)
}

/// Whether a value can be read. Recursion follows the nesting of values, which is bounded.
fn is_readable(value: &Value) -> bool {
    match &value.kind {
        Kind::Poison | Kind::Unknown(_) => false,
        Kind::List(list) => list.items().iter().all(is_readable),
        _ => true,
    }
}

fn named<'v>((name, entry): (&'v EcoString, &'v Entry)) -> (&'v str, Source<'v>) {
    (name.as_str(), Source(&entry.value))
}

impl<'de> Deserializer<'de> for Source<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.kind {
            Kind::Bool(truth) => visitor.visit_bool(*truth),
            Kind::Int(number) => visitor.visit_i64(*number),
            Kind::Float(number) => visitor.visit_f64(*number),
            Kind::String(text) => visitor.visit_str(text),
            Kind::List(list) => {
                let items: slice::Iter<'de, Value> = list.items().iter();
                visitor.visit_seq(SeqDeserializer::new(items.map(element)))
            }
            Kind::Object(object) => {
                let readable = object.iter().filter(|(_, entry)| is_readable(&entry.value));
                visitor.visit_map(MapDeserializer::new(readable.map(named)))
            }
            Kind::Poison
            | Kind::Unknown(_)
            | Kind::Null
            | Kind::Unit(_)
            | Kind::Duration(_)
            | Kind::Range(_)
            | Kind::Environment(_) => Err(Fault::custom("this value has no place in a pod")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
