//! How often a loop goes round, and what its names stand for in each round.
//!
//! In: the head of a loop, or of a comprehension, and the value that it goes over. Out: [`Rounds`]. Not here: what is done in a round.

use std::sync::Arc;

use super::{Evaluator, written_at};
use crate::diagnostics::{Diagnostic, code};
use crate::syntax::ast::{Expression, Loop};
use crate::value::types::{Type, called, forgotten};
use crate::value::{Kind, List, Object, Value};

/// The rounds of a loop.
pub enum Rounds {
    /// What the names stand for in each.
    Known(Known),
    /// What is known of what the names stand for.
    Unknown(Vec<Value>),
    /// It was reported.
    Poison,
}

/// Rounds over a value that is known. What the names stand for is made when its round comes, and not kept.
pub struct Known {
    over: Over,
    /// Whether there are two names.
    two: bool,
    /// The number of the next round.
    next: usize,
}

/// What a loop can go over.
enum Over {
    List(Arc<List>),
    Object(Arc<Object>),
}

impl Known {
    /// Whether there is no round.
    pub fn is_empty(&self) -> bool {
        match &self.over {
            Over::List(list) => list.items().is_empty(),
            Over::Object(object) => object.is_empty(),
        }
    }
}

impl Iterator for Known {
    type Item = Vec<Value>;

    fn next(&mut self) -> Option<Vec<Value>> {
        let at = self.next;
        self.next += 1;
        match &self.over {
            Over::List(list) => {
                let item = list.items().get(at)?;
                let number = || Value::new(item.span, Kind::Int(i64::try_from(at).unwrap_or(i64::MAX)));
                Some(if self.two { vec![number(), item.clone()] } else { vec![item.clone()] })
            }
            Over::Object(object) => {
                let (name, entry) = object.at(at)?;
                Some(vec![Value::new(entry.key, Kind::String(name.clone())), entry.value.clone()])
            }
        }
    }
}

impl Evaluator<'_, '_> {
    /// The rounds of a loop over a value.
    pub(super) fn rounds(&mut self, head: &Loop, over: &Value) -> Rounds {
        let two = head.names.len() == 2;
        let unknown = |key: Type, value: Type| {
            let of = |ty| Value::new(head.over.span, Kind::Unknown(Arc::new(ty)));
            Rounds::Unknown(if two { vec![of(key), of(value)] } else { vec![of(value)] })
        };
        match &over.kind {
            Kind::Poison => Rounds::Poison,
            // A branch that is not taken is looked at once, however many rounds it would have.
            Kind::List(list) if self.forgetful && !list.items().is_empty() => {
                unknown(Type::Int, Type::common(list.items().iter().map(Type::of)))
            }
            Kind::List(list) => Rounds::Known(Known { over: Over::List(Arc::clone(list)), two, next: 0 }),
            Kind::Object(object) if two && !object.open && (object.is_empty() || !self.forgetful) => {
                Rounds::Known(Known { over: Over::Object(Arc::clone(object)), two, next: 0 })
            }
            Kind::Object(object) if two => {
                unknown(Type::String, Type::common(object.iter().map(|(_, entry)| Type::of(&forgotten(&entry.value)))))
            }
            Kind::Unknown(ty) if ty.element().is_some() => unknown(Type::Int, ty.element().unwrap_or(Type::Any)),
            Kind::Unknown(ty) if two && ty.field().is_some() => unknown(Type::String, ty.field().unwrap_or(Type::Any)),
            _ => {
                let written = self.sources.text(head.over.span);
                let diagnostic = no_elements(&head.over, over, head, written);
                self.tell(diagnostic);
                Rounds::Poison
            }
        }
    }
}

fn no_elements(expression: &Expression, over: &Value, head: &Loop, written: &str) -> Diagnostic {
    let message = format!("a loop goes over a list, not over {}", called(over));
    let diagnostic = Diagnostic::new(code::NOT_A_LOOP, expression.span, message);
    let name = head.names.first().map_or("x", |name| name.text.as_str());
    let diagnostic = match over.kind {
        Kind::Object(_) => diagnostic.help(format!(
            "write `for {name}, value in {written}` for its names and values, or loop over `keys({written})` or `values({written})`"
        )),
        Kind::Int(number) => diagnostic
            .help(format!("write `range({number})` for the numbers below it"))
            .unsafe_fix("loop over the numbers below it", expression.span, format!("range({written})")),
        Kind::String(_) => {
            let split = format!("split({written}, \",\")");
            diagnostic.help(format!("split it: `{split}`")).unsafe_fix("split it", expression.span, split)
        }
        Kind::Range(_) => diagnostic.help("write `range(a, b)` for the numbers from `a` up to, but not with, `b`"),
        _ => diagnostic,
    };
    written_at(diagnostic, over, expression.span)
}
