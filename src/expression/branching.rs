//! Which of several things comes to pass: branches of an `if` among values, rounds of a comprehension.
//!
//! In: an expression, and something that makes values of its parts. Out: what came of it, as far as it is known. Always: what does not
//! come to pass is looked at as well, with nothing known but types, and once for each place. Recursion follows the nesting of the
//! source. Not here: `if` and `for` around statements (`walk`), and what the parts are worth.

use std::sync::Arc;

use super::rounds::{Known, Rounds};
use super::scope::Scope;
use super::weights;
use super::{Evaluator, Truth};
use crate::source::Span;
use crate::syntax::ast::{Comprehension, Expression, IfExpression};
use crate::value::types::Type;
use crate::value::{Kind, Value};

/// Whatever evaluates with an evaluator of expressions inside of it.
pub trait Evaluates<'a, 'c> {
    /// The evaluator.
    fn evaluator(&mut self) -> &mut Evaluator<'a, 'c>;
}

impl<'a: 'c, 'c> Evaluates<'a, 'c> for Evaluator<'a, 'c> {
    fn evaluator(&mut self) -> &mut Self {
        self
    }
}

/// For what a branch that is not taken is looked at: once for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Look {
    /// For expressions without an expected type.
    Expression,
    /// For objects without an expected type.
    Object,
    /// For declarations.
    Declarations,
    /// For settings.
    Settings,
}

/// Does something with nothing known but types.
pub fn forgetting<'a: 'c, 'c, H: Evaluates<'a, 'c>, T>(host: &mut H, each: impl FnOnce(&mut H) -> T) -> T {
    let before = std::mem::replace(&mut host.evaluator().forgetful, true);
    let result = each(host);
    host.evaluator().forgetful = before;
    result
}

/// Looks at something that does not come to pass, once for each place.
pub fn look<'a: 'c, 'c, H: Evaluates<'a, 'c>>(host: &mut H, look: Look, place: Span, each: impl FnOnce(&mut H)) {
    if host.evaluator().looked_at.insert((look, place)) {
        forgetting(host, each);
    }
}

// -------------------------------------------------------------------------------------------------------------- if

/// What an `if` among values gives.
pub enum Chosen {
    /// The value of the branch that is taken.
    One(Value),
    /// The values that it may have.
    Any(Vec<Value>),
    /// Something that was reported.
    Poison,
}

/// How far it is known which branch is taken.
#[derive(Default)]
struct Deciding {
    taken: Option<Value>,
    others: Vec<Value>,
    unknown: bool,
    poison: bool,
}

/// Makes the value of the branch that is taken by `each`, and looks at the others.
pub fn choose<'a: 'c, 'c, H: Evaluates<'a, 'c>>(
    host: &mut H,
    branches: &IfExpression,
    scope: &Scope,
    each: &mut dyn FnMut(&mut H, &Expression) -> Value,
) -> Chosen {
    let mut state = Deciding::default();
    for (condition, expression) in &branches.branches {
        let truth = if state.taken.is_some() {
            look(host, Look::Expression, condition.span, |host| _ = host.evaluator().condition(condition, scope));
            Truth::False
        } else {
            host.evaluator().condition(condition, scope)
        };
        branch(host, truth, expression, &mut state, each);
    }
    let truth = if state.taken.is_some() { Truth::False } else { Truth::True };
    branch(host, truth, &branches.otherwise, &mut state, each);
    match state {
        Deciding { poison: true, .. } | Deciding { unknown: false, taken: None, .. } => Chosen::Poison,
        Deciding { unknown: true, others, .. } => Chosen::Any(others),
        Deciding { taken: Some(value), .. } => Chosen::One(value),
    }
}

fn branch<'a: 'c, 'c, H: Evaluates<'a, 'c>>(
    host: &mut H,
    truth: Truth,
    expression: &Expression,
    state: &mut Deciding,
    each: &mut dyn FnMut(&mut H, &Expression) -> Value,
) {
    state.unknown |= truth == Truth::Unknown;
    state.poison |= truth == Truth::Poison;
    if truth == Truth::True && !state.unknown && !state.poison {
        state.taken = Some(each(host, expression));
    } else if state.unknown && !state.poison {
        let value = forgetting(host, |host| each(host, expression));
        state.others.push(value);
    } else {
        look(host, Look::Expression, expression.span, |host| _ = each(host, expression));
    }
}

// -------------------------------------------------------------------------------------------------- comprehensions

/// What makes the value of a comprehension's element in a round.
type Element<'f, H> = &'f mut dyn FnMut(&mut H, &Expression, &Scope) -> Value;

/// The elements of a comprehension, each made by `element`, and whether the rounds are known.
pub fn comprehend<'a: 'c, 'c, H: Evaluates<'a, 'c>>(
    host: &mut H,
    comprehension: &Comprehension,
    scope: &Scope,
    element: Element<'_, H>,
) -> (Truth, Vec<Value>) {
    let head = &comprehension.head;
    let over = host.evaluator().value(&head.over, scope);
    match host.evaluator().rounds(head, &over) {
        Rounds::Known(rounds) if !rounds.is_empty() => known_rounds(host, comprehension, rounds, scope, element),
        Rounds::Known(_) => {
            let unknown = scope.with_all(&head.names, || Value::new(head.span, Kind::Unknown(Arc::new(Type::Any))));
            let place = comprehension.element.value.span;
            look(host, Look::Expression, place, |host| _ = round(host, comprehension, &unknown, element));
            (Truth::True, Vec::new())
        }
        Rounds::Unknown(values) => {
            let scope = scope.with(&head.names, values);
            let (_, value) = forgetting(host, |host| round(host, comprehension, &scope, element));
            (Truth::Unknown, value.into_iter().collect())
        }
        Rounds::Poison => {
            let poison = scope.with_all(&head.names, || Value::poison(head.span));
            forgetting(host, |host| round(host, comprehension, &poison, element));
            (Truth::Poison, Vec::new())
        }
    }
}

fn known_rounds<'a: 'c, 'c, H: Evaluates<'a, 'c>>(
    host: &mut H,
    comprehension: &Comprehension,
    rounds: Known,
    scope: &Scope,
    element: Element<'_, H>,
) -> (Truth, Vec<Value>) {
    let head = &comprehension.head;
    host.evaluator().budget.enter(head.span);
    let mut known = Truth::True;
    let mut items = Vec::new();
    for values in rounds {
        if !host.evaluator().spend(1, head.span) || !host.evaluator().keeps(weights::ELEMENT, head.span) {
            known = Truth::Poison;
            break;
        }
        let (truth, value) = round(host, comprehension, &scope.with(&head.names, values), element);
        items.extend(value);
        match truth {
            Truth::Poison => known = Truth::Poison,
            Truth::Unknown if known != Truth::Poison => known = Truth::Unknown,
            _ => {}
        }
    }
    host.evaluator().budget.leave();
    (known, items)
}

/// What the condition says in a round, and the element, if it may be one.
fn round<'a: 'c, 'c, H: Evaluates<'a, 'c>>(
    host: &mut H,
    comprehension: &Comprehension,
    scope: &Scope,
    element: Element<'_, H>,
) -> (Truth, Option<Value>) {
    let condition = comprehension.condition.as_ref();
    let truth = condition.map_or(Truth::True, |condition| host.evaluator().condition(condition, scope));
    let expression = &comprehension.element.value;
    let value = match truth {
        Truth::True => Some(element(host, expression, scope)),
        Truth::Unknown => Some(forgetting(host, |host| element(host, expression, scope))),
        Truth::False => {
            look(host, Look::Expression, expression.span, |host| _ = element(host, expression, scope));
            None
        }
        Truth::Poison => None,
    };
    (truth, value)
}
