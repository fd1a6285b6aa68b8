//! Comparisons.

use std::cmp::Ordering;
use std::sync::Arc;

use ecow::EcoString;

use super::recast::near;
use super::scope::Scope;
use super::{Evaluator, written_at};
use crate::diagnostics::{Diagnostic, code};
use crate::modules::names::Meaning;
use crate::schema::{spelling, units};
use crate::syntax::ast::{self, Comparison, Expression, Operator};
use crate::value::types::{Type, called, literal};
use crate::value::{Entry, Kind, Value};

/// What can be compared with each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Null,
    Bool,
    /// Numbers and amounts.
    Number,
    String,
    List,
    Object,
}

impl Evaluator<'_, '_> {
    pub(super) fn compare(&mut self, comparison: &Comparison, scope: &Scope) -> Kind {
        let left = self.value(&comparison.left, scope);
        let right = self.value(&comparison.right, scope);
        if left.is_poison() || right.is_poison() {
            return Kind::Poison;
        }
        if self.unreadable(&left) || self.unreadable(&right) {
            return Kind::Poison;
        }
        let equality = matches!(comparison.operator, Operator::Equal | Operator::Unequal);
        let times = self.mixes_times(comparison, &left, &right, scope);
        let comparable = if equality {
            may_equal(&left, &right) || self.may_equal_elsewhere(comparison, &left, &right, scope)
        } else {
            may_order(&left, &right)
        };
        if !comparable || times {
            let mut diagnostic = not_comparable(comparison, &left, &right, equality);
            if times {
                diagnostic = diagnostic.help("give the number a unit, such as `60s`");
            }
            // A loop may come here with values of several kinds; the mistake is one.
            if self.incomparable.insert(comparison.place) {
                self.diagnostics.push(diagnostic);
            }
            return Kind::Poison;
        }
        let (one, other) = (&comparison.left, &comparison.right);
        if equality && (self.never(one, other, &right, scope) || self.never(other, one, &left, scope)) {
            return Kind::Poison;
        }
        if matches!(left.kind, Kind::Unknown(_)) || matches!(right.kind, Kind::Unknown(_)) {
            return Kind::Unknown(Arc::new(Type::Bool));
        }
        if equality {
            let work = left.size().min(right.size());
            if work > 1 && !self.spend(work, comparison.place) {
                return Kind::Poison;
            }
            if is_number(&left) && is_number(&right) && order(&left, &right).is_none() {
                let diagnostic = not_comparable(comparison, &left, &right, equality);
                return self.refuse_value(diagnostic, comparison.place).kind;
            }
            let equal = equal(&left, &right);
            return Kind::Bool(equal == (comparison.operator == Operator::Equal));
        }
        if let Some(order) = order(&left, &right) {
            Kind::Bool(holds(comparison.operator, order))
        } else {
            let diagnostic = not_comparable(comparison, &left, &right, equality);
            self.refuse_value(diagnostic, comparison.place).kind
        }
    }

    /// Reports a number with a unit that is neither an amount nor a duration, as a field would do that takes it.
    fn unreadable(&mut self, value: &Value) -> bool {
        let Kind::Unit(text) = &value.kind else { return false };
        if units::quantity(text).is_some() || units::duration(text).is_some() {
            return false;
        }
        let mut diagnostic = Diagnostic::new(code::BAD_QUANTITY, value.span, format!("`{text}` is no quantity"));
        let better: Vec<String> = spelling::quantities(text).iter().map(|better| format!("`{better}`")).collect();
        if !better.is_empty() {
            diagnostic = diagnostic.help(format!("did you mean {}?", better.join(" or ")));
        }
        self.diagnostics.push(diagnostic);
        true
    }

    /// Whether two values that are never equal may be so in another build, as their types are declared.
    fn may_equal_elsewhere(&mut self, comparison: &Comparison, left: &Value, right: &Value, scope: &Scope) -> bool {
        let mut ty = |side: &Expression, value: &Value| self.declared(side, scope).unwrap_or_else(|| Type::of(value));
        types_may_equal(&ty(&comparison.left, left), &ty(&comparison.right, right))
    }

    /// Whether a duration is compared with a plain number, of which nothing says whether it counts seconds.
    fn mixes_times(&mut self, comparison: &Comparison, left: &Value, right: &Value, scope: &Scope) -> bool {
        let mut duration = |side: &Expression, value: &Value| {
            let ty = self.declared(side, scope).unwrap_or_else(|| Type::of(value));
            ty.may(&|ty| *ty == Type::Duration) && !ty.may(&|ty| matches!(ty, Type::Int | Type::Float | Type::Quantity))
        };
        let number = |value: &Value| matches!(Type::of(value), Type::Int | Type::Float);
        (number(right) && duration(&comparison.left, left)) || (number(left) && duration(&comparison.right, right))
    }

    /// Reports a parameter of few words that is compared with another word.
    fn never(&mut self, side: &Expression, word: &Expression, other: &Value, scope: &Scope) -> bool {
        let Some(text) = other.as_str() else { return false };
        let Some(ty) = self.declared(side, scope) else { return false };
        let Some(words) = ty.words().filter(|words| !words.contains(&text.as_str())) else { return false };
        let name = match &side.value {
            ast::Value::Reference(path) => path.last().map_or("", |name| name.text.as_str()),
            _ => "",
        };
        let message = format!("`{name}` is never `\"{text}\"`");
        let listed: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let mut diagnostic = Diagnostic::new(code::NOT_COMPARABLE, other.span, message)
            .note(format!("it is one of {}", listed.join(", ")));
        let literal = matches!(word.value, ast::Value::String(_));
        match near(text, &words) {
            Some(better) if literal => {
                diagnostic = diagnostic.did_you_mean(text, better, word.span, format!("\"{better}\""));
            }
            Some(better) => diagnostic = diagnostic.help(format!("did you mean `{better}`?")),
            None => {}
        }
        self.diagnostics.push(diagnostic);
        true
    }

    /// The type with which the name in an expression is declared.
    pub(super) fn declared(&mut self, expression: &Expression, scope: &Scope) -> Option<Type> {
        let ast::Value::Reference(path) = &expression.value else { return None };
        match path.as_slice() {
            [name] => match scope.binding(&name.text) {
                Some(binding) => binding.declared.as_ref().map(|(_, ty)| ty.clone()),
                None => match self.names.meaning(scope.file, &name.text)?.0 {
                    Meaning::Constant(id) => self.types.get(&id).cloned(),
                    _ => None,
                },
            },
            [import, name] if scope.binding(&import.text).is_none() => {
                let Meaning::Import(Some(target)) = self.names.meaning(scope.file, &import.text)?.0 else {
                    return None;
                };
                let Meaning::Constant(id) = self.names.meaning(target, &name.text)?.0 else { return None };
                self.types.get(&id).cloned()
            }
            _ => None,
        }
    }
}

fn sort(ty: &Type) -> Option<Sort> {
    Some(match ty {
        Type::Null => Sort::Null,
        Type::Bool => Sort::Bool,
        Type::Int | Type::Float | Type::Quantity | Type::Duration | Type::Unit => Sort::Number,
        Type::String => Sort::String,
        Type::List(_) => Sort::List,
        Type::Map(_) | Type::Object => Sort::Object,
        Type::Any | Type::Literal(_) | Type::Union(_) => return None,
    })
}

/// Whether two values may be equal; everything may be compared with `null`.
pub(super) fn may_equal(left: &Value, right: &Value) -> bool {
    types_may_equal(&Type::of(left), &Type::of(right))
}

fn types_may_equal(left: &Type, right: &Type) -> bool {
    left.may(&|left| {
        right.may(&|right| {
            let (left, right) = (sort(left), sort(right));
            left == right || left == Some(Sort::Null) || right == Some(Sort::Null)
        })
    })
}

fn may_order(left: &Value, right: &Value) -> bool {
    is_number(left) && is_number(right)
}

fn is_number(value: &Value) -> bool {
    Type::of(value).may(&|ty| sort(ty) == Some(Sort::Number))
}

/// Whether two values say the same; amounts are compared by what they amount to.
///
/// Recursion follows the nesting of the values, which is bounded.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (&left.kind, &right.kind) {
        (Kind::List(left), Kind::List(right)) => {
            let (left, right) = (left.items(), right.items());
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Kind::Object(left), Kind::Object(right)) => {
            let same =
                |(name, entry): (&EcoString, &Entry)| right.get(name).is_some_and(|value| equal(&entry.value, value));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => order(left, right).map_or_else(|| left == right, |order| order == Ordering::Equal),
    }
}

/// The order of two numbers, amounts or durations.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (&left.kind, &right.kind) {
        (Kind::Int(left), Kind::Int(right)) => Some(left.cmp(right)),
        (Kind::Int(_) | Kind::Float(_), Kind::Int(_) | Kind::Float(_)) => number(left)?.partial_cmp(&number(right)?),
        _ => {
            let quantities = amount(left).zip(amount(right));
            let durations = || duration(left).zip(duration(right));
            quantities
                .map(|(left, right)| left.cmp(&right))
                .or_else(|| durations().map(|(left, right)| left.cmp(&right)))
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match value.kind {
        #[expect(clippy::cast_precision_loss, reason = "a whole number is compared with a fraction")]
        Kind::Int(number) => Some(number as f64),
        Kind::Float(number) => Some(number),
        _ => None,
    }
}

/// The billionths of an amount; a plain number is one as well.
fn amount(value: &Value) -> Option<i128> {
    match &value.kind {
        Kind::Unit(text) => units::quantity(text),
        Kind::Int(number) => units::quantity(&number.to_string()),
        Kind::Float(number) => units::quantity(&number.to_string()),
        _ => None,
    }
}

fn duration(value: &Value) -> Option<i64> {
    match &value.kind {
        Kind::Unit(text) => units::duration(text),
        Kind::Duration(microseconds) => Some(*microseconds),
        _ => None,
    }
}

fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::Unequal => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
    }
}

fn not_comparable(comparison: &Comparison, left: &Value, right: &Value, equality: bool) -> Diagnostic {
    let (of, with) = (called(left), called(right));
    let message = match (equality, of == with) {
        (true, _) => format!("{of} is never equal to {with}"),
        (false, true) => format!("{} have no order", plural(left)),
        (false, false) => format!("{of} and {with} have no order"),
    };
    let mut diagnostic = Diagnostic::new(code::NOT_COMPARABLE, comparison.place, message)
        .label(comparison.left.span, shown(left))
        .label(comparison.right.span, shown(right));
    diagnostic = if equality {
        diagnostic.note("a value is never turned into one of another kind, so this has one answer in every build")
    } else {
        diagnostic.note("numbers, amounts and durations have an order, each among themselves")
    };
    for (side, value, other) in [(&comparison.left, left, right), (&comparison.right, right, left)] {
        if let Some(text) = unquoted(side, value, other) {
            diagnostic = diagnostic.help(format!("write `{text}`")).unsafe_fix("remove the quotes", side.span, text);
        }
    }
    for (value, other) in [(left, right), (right, left)] {
        let amount = |text: &EcoString| units::quantity(text).is_some() || units::duration(text).is_some();
        if let Some(text) = value.as_str().filter(|text| matches!(other.kind, Kind::Unit(_)) && amount(text)) {
            diagnostic = diagnostic.help(format!("an amount has no quotes: `{text}`"));
        }
    }
    let diagnostic = written_at(diagnostic, left, comparison.left.span);
    written_at(diagnostic, right, comparison.right.span)
}

/// A literal text without its quotes, where it is then of the other side's kind.
fn unquoted<'v>(side: &Expression, value: &'v Value, other: &Value) -> Option<&'v str> {
    let text = value.as_str().filter(|_| matches!(side.value, ast::Value::String(_)))?;
    let fits = match Type::of(other) {
        Type::Int | Type::Float => text.parse::<i64>().is_ok(),
        Type::Bool => text == "true" || text == "false",
        _ => false,
    };
    fits.then_some(text.as_str())
}

/// What is said of a side of a comparison.
fn shown(value: &Value) -> String {
    match value.kind {
        Kind::Bool(truth) => format!("this is `{truth}`"),
        Kind::Int(_) | Kind::Float(_) | Kind::Unit(_) => {
            format!("this is {}, `{}`", called(value), literal(value))
        }
        _ => format!("this is {}", called(value)),
    }
}

/// What values like this one are called.
fn plural(value: &Value) -> &'static str {
    match sort(&Type::of(value)) {
        Some(Sort::Null) => "`null` and `null`",
        Some(Sort::Bool) => "`true` and `false`",
        Some(Sort::Number) => "an amount and a duration",
        Some(Sort::String) => "strings",
        Some(Sort::List) => "lists",
        Some(Sort::Object) => "objects",
        None => "these values",
    }
}
