//! How often a loop goes round, and what its names stand for in each round.
//!
//! In: the head of a loop, or of a comprehension, and the value that it goes over. Out: [`Rounds`]. Not here: what is done in a round.

use std::sync::Arc;

use super::{Evaluator, written_at};
use crate::diagnostics::{Diagnostic, code};
use crate::syntax::ast::{Expression, Loop};
use crate::value::types::{Type, called, forgotten};
use crate::value::{Kind, Value};

/// The rounds of a loop.
pub enum Rounds {
    /// What the names stand for in each.
    Known(Vec<Vec<Value>>),
    /// What is known of what the names stand for.
    Unknown(Vec<Value>),
    /// It was reported.
    Poison,
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
            Kind::List(list) => Rounds::Known(
                (0_i64..)
                    .zip(list.items())
                    .map(|(at, item)| {
                        let key = || Value::new(item.span, Kind::Int(at));
                        if two { vec![key(), item.clone()] } else { vec![item.clone()] }
                    })
                    .collect(),
            ),
            Kind::Object(object) if two && !object.open && (object.is_empty() || !self.forgetful) => {
                let round = |(name, entry): (&ecow::EcoString, &crate::value::Entry)| {
                    vec![Value::new(entry.key, Kind::String(name.clone())), entry.value.clone()]
                };
                Rounds::Known(object.iter().map(round).collect())
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
