//! Objects of which no type is expected: constants, arguments.

use std::sync::Arc;

use super::Evaluator;
use super::branching::{Evaluates, Look};
use super::scope::Scope;
use super::walk::{Host, walk};
use super::weights;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;
use crate::syntax::ast::{Body, Entry, Name, Operation, Statement, StatementKind};
use crate::value::{Kind, Object, Value};

/// The object that a body makes.
pub(super) fn evaluate<'a: 'c, 'c>(evaluator: &mut Evaluator<'a, 'c>, body: &Body, scope: &Scope) -> Value {
    if !evaluator.keeps(weights::OBJECT, body.span) {
        return Value::poison(body.span);
    }
    let mut object = Object::default();
    walk(&mut Untyped(evaluator), body, &mut object, scope);
    evaluator.bounded(Value::new(body.span, Kind::Object(Arc::new(object))))
}

struct Untyped<'e, 'a, 'c>(&'e mut Evaluator<'a, 'c>);

impl<'a: 'c, 'c> Evaluates<'a, 'c> for Untyped<'_, 'a, 'c> {
    fn evaluator(&mut self) -> &mut Evaluator<'a, 'c> {
        self.0
    }
}

impl<'a: 'c, 'c, 'h> Host<'a, 'c, 'h> for Untyped<'_, 'a, 'c> {
    type Target = Object;
    const LOOK: Look = Look::Object;

    fn wants(&self, _: &Body) -> bool {
        true
    }

    fn statement(&mut self, statement: &'h Statement, body: Span, target: &mut Object, scope: &Scope) {
        match &statement.kind {
            StatementKind::Entry(entry) => self.entry(entry, body, target, scope),
            StatementKind::Skipped(_) => target.poisoned = true,
            _ => {}
        }
    }

    fn poison(&mut self, target: &mut Object) {
        target.poisoned = true;
    }
}

impl Untyped<'_, '_, '_> {
    fn entry(&mut self, entry: &Entry, body: Span, target: &mut Object, scope: &Scope) {
        let key = entry.key.span;
        let Some(name) = self.0.name(&entry.key, scope) else {
            self.values_of(entry, scope);
            target.poisoned = true;
            return;
        };
        if self.0.budget.is_counting() && !self.0.spend(1, key) || !self.0.keeps(weights::ENTRY, key) {
            target.poisoned = true;
            return;
        }
        if let Some(label) = &entry.label {
            let message = format!("nothing says what `{}` labels here", entry.key.text);
            let diagnostic = Diagnostic::new(code::UNTYPED_LABEL, label.name.span, message)
                .note("a label is the key of an element in a list of Kubernetes; here it is not known yet where this will stand")
                .help(format!("make it a template, whose fields are known, or write a list: `{} = [{{ … }}]`", entry.key.text));
            target.poisoned = true;
            return self.0.diagnostics.push(diagnostic);
        }
        let value = match &entry.operation {
            Operation::Missing => Value::poison(entry.span),
            Operation::Set(expression) => {
                self.set_twice(&name, entry, body, target);
                self.0.value(expression, scope)
            }
            Operation::Append(expression) => {
                let added = self.0.value(expression, scope);
                self.appended(target.take(&name), added, entry)
            }
            Operation::Merge(block) => {
                let mut inner = match target.take(&name).map(|value| value.kind) {
                    Some(Kind::Object(object)) => Arc::unwrap_or_clone(object),
                    _ => Object::default(),
                };
                walk(self, block, &mut inner, scope);
                self.0.bounded(Value::new(key, Kind::Object(Arc::new(inner))))
            }
        };
        if value.kind == Kind::Null {
            return target.remove(&name, key);
        }
        target.set(name, key, value);
    }

    /// What stands in an entry whose name is not known is still looked at.
    fn values_of(&mut self, entry: &Entry, scope: &Scope) {
        match &entry.operation {
            Operation::Set(expression) | Operation::Append(expression) => _ = self.0.value(expression, scope),
            Operation::Merge(block) => walk(self, block, &mut Object::default(), scope),
            Operation::Missing => {}
        }
    }

    fn set_twice(&mut self, name: &str, entry: &Entry, body: Span, target: &Object) {
        let Some(earlier) = target.entry(name).map(|entry| entry.key).filter(|key| body.contains(*key)) else { return };
        self.0.set_twice(name, entry.key.span, earlier);
    }

    fn appended(&mut self, base: Option<Value>, added: Value, entry: &Entry) -> Value {
        match (base.map(|base| base.kind), added.kind) {
            (None, kind @ (Kind::List(_) | Kind::Unknown(_))) => Value::new(added.span, kind),
            (Some(Kind::List(mut list)), Kind::List(more)) => {
                let copied = if Arc::get_mut(&mut list).is_none() { list.items().len() } else { 0 };
                let count = more.items().len() + copied;
                if !self.0.spend(count, entry.key.span) || !self.0.keeps(count * weights::ELEMENT, entry.key.span) {
                    return Value::poison(added.span);
                }
                Arc::make_mut(&mut list).extend(more.items().iter().cloned());
                Value::new(added.span, Kind::List(list))
            }
            (Some(Kind::Poison | Kind::Unknown(_)), _) | (_, Kind::Poison | Kind::Unknown(_)) => {
                Value::poison(added.span)
            }
            _ => {
                let diagnostic = Diagnostic::new(code::NOT_A_LIST, entry.key.span, "`+=` appends a list to a list");
                self.0.refuse(diagnostic, added.span)
            }
        }
    }
}

impl Evaluator<'_, '_> {
    /// Reports a key that is set again in the same block. How many rounds a loop has depends on values.
    pub fn set_twice(&mut self, name: &str, again: Span, earlier: Span) {
        let mut diagnostic = twice(name, again, earlier);
        if again != earlier {
            diagnostic = diagnostic.help("leave one of them");
        }
        if again == earlier { self.report_value(diagnostic) } else { self.diagnostics.push(diagnostic) }
    }

    /// Reports a key that stands after an `if` or `for` that may set it too, whether it does so in this build or not.
    pub(super) fn never_counts(&mut self, key: &Name, earlier: Span) {
        let diagnostic = twice(&key.text, key.span, earlier);
        self.diagnostics
            .push(diagnostic.help("put it before that: what an `if` or a loop sets wins over what stands before it"));
    }
}

fn twice(name: &str, again: Span, earlier: Span) -> Diagnostic {
    if again == earlier {
        let message = format!("every round of this loop sets `{name}`");
        return Diagnostic::new(code::SET_TWICE, again, message)
            .note("the last round would win, and what the others set would be lost")
            .help("make the key depend on the round, such as `\"${…}\"`, or append with `+=`");
    }
    let message = format!("`{name}` is set twice in this block");
    let diagnostic = Diagnostic::new(code::SET_TWICE, again, message);
    diagnostic
        .here("this replaces what was set before")
        .label(earlier, "already set here")
        .note("within one block the later of the two would win, and the earlier never count")
}
