//! `if` and `for` around statements: which statements come to pass, how often, and with what names.
//!
//! In: a body, and a [`Host`] that does something with each statement. Out: what the host makes of it. Always: a branch that is
//! not taken, and the body of a loop without rounds, is gone through once as well, over a copy, with nothing known but types.
//! Recursion follows the nesting of the source. Not here: what a statement means.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Truth;
use super::branching::{Evaluates, Look, forgetting, look};
use super::rounds::Rounds;
use super::scope::Scope;
use crate::source::Span;
use crate::syntax::ast::{Body, Entry, For, If, Name, Operation, Statement, StatementKind};
use crate::value::types::Type;
use crate::value::{Kind, Value};

/// What goes through the statements of a body.
pub trait Host<'a, 'c, 'h>: Evaluates<'a, 'c> {
    /// What statements work on.
    type Target: Clone;
    /// What it looks at branches for that are not taken.
    const LOOK: Look;

    /// Whether anything in a body is of interest to it.
    fn wants(&self, body: &Body) -> bool;
    /// A statement other than `if` and `for`, in the body of this span.
    fn statement(&mut self, statement: &'h Statement, body: Span, target: &mut Self::Target, scope: &Scope);
    /// Something of the target was reported and is not known.
    fn poison(&mut self, target: &mut Self::Target);
}

/// Goes through the statements of a body.
pub fn walk<'a: 'c, 'c, 'h, H: Host<'a, 'c, 'h>>(host: &mut H, body: &'h Body, target: &mut H::Target, scope: &Scope) {
    statements(host, &body.statements, body.span, target, scope);
}

/// Goes through the statements of a file.
pub fn statements<'a: 'c, 'c, 'h, H: Host<'a, 'c, 'h>>(
    host: &mut H,
    statements: &'h [Statement],
    body: Span,
    target: &mut H::Target,
    scope: &Scope,
) {
    let mut before: FxHashMap<&str, Span> = FxHashMap::default();
    for statement in statements {
        match &statement.kind {
            StatementKind::If(branches) => {
                branches.bodies().for_each(|body| keys_set(body, &mut before));
                if_statement(host, branches, target, scope);
            }
            StatementKind::For(each) => {
                keys_set(&each.body, &mut before);
                for_statement(host, each, target, scope);
            }
            kind => {
                if let Some((name, earlier)) = key_set(kind).and_then(|key| Some((key, before.get(&*key.text)?))) {
                    host.evaluator().never_counts(name, *earlier);
                }
                host.statement(statement, body, target, scope);
            }
        }
    }
}

/// The keys that the statements of a body set with `=`, whichever branches are taken. Recursion follows the nesting of the source.
fn keys_set<'h>(body: &'h Body, keys: &mut FxHashMap<&'h str, Span>) {
    for statement in &body.statements {
        match &statement.kind {
            StatementKind::If(branches) => branches.bodies().for_each(|body| keys_set(body, keys)),
            StatementKind::For(each) => keys_set(&each.body, keys),
            kind => keys.extend(key_set(kind).map(|key| (key.text.as_str(), key.span))),
        }
    }
}

/// The key that a statement sets with `=`, where it is written out.
fn key_set(kind: &StatementKind) -> Option<&Name> {
    match kind {
        StatementKind::Entry(Entry { key, label: None, operation: Operation::Set(_), .. }) => {
            Some(key).filter(|key| key.parts.is_none() && !key.is_missing())
        }
        _ => None,
    }
}

fn if_statement<'a: 'c, 'c, 'h, H: Host<'a, 'c, 'h>>(
    host: &mut H,
    branches: &'h If,
    target: &mut H::Target,
    scope: &Scope,
) {
    if !branches.bodies().any(|body| host.wants(body)) {
        return;
    }
    let mut open = true;
    for (condition, body) in &branches.branches {
        let truth = if open {
            host.evaluator().condition(condition, scope)
        } else {
            look(host, Look::Expression, condition.span, |host| _ = host.evaluator().condition(condition, scope));
            Truth::False
        };
        match truth {
            Truth::True => taken(host, body, target, scope),
            Truth::Poison => {
                host.poison(target);
                dormant(host, body, target, scope);
            }
            Truth::False | Truth::Unknown => dormant(host, body, target, scope),
        }
        open &= truth == Truth::False;
    }
    if let Some(body) = &branches.otherwise {
        if open { taken(host, body, target, scope) } else { dormant(host, body, target, scope) }
    }
}

fn taken<'a: 'c, 'c, 'h, H: Host<'a, 'c, 'h>>(host: &mut H, body: &'h Body, target: &mut H::Target, scope: &Scope) {
    host.evaluator().conditions += 1;
    walk(host, body, target, scope);
    host.evaluator().conditions -= 1;
}

/// Goes through a body that is not taken, over a copy.
fn dormant<'a: 'c, 'c, 'h, H: Host<'a, 'c, 'h>>(host: &mut H, body: &'h Body, target: &H::Target, scope: &Scope) {
    if host.evaluator().looked_at.insert((H::LOOK, body.span)) {
        forgetting(host, |host| walk(host, body, &mut target.clone(), scope));
    }
}

fn for_statement<'a: 'c, 'c, 'h, H: Host<'a, 'c, 'h>>(
    host: &mut H,
    each: &'h For,
    target: &mut H::Target,
    scope: &Scope,
) {
    if !host.wants(&each.body) {
        return;
    }
    let head = &each.head;
    let over = host.evaluator().value(&head.over, scope);
    match host.evaluator().rounds(head, &over) {
        Rounds::Known(rounds) if !rounds.is_empty() => {
            host.evaluator().budget.enter(head.span);
            for round in rounds {
                if !host.evaluator().spend(1, head.span) {
                    host.poison(target);
                    break;
                }
                walk(host, &each.body, target, &scope.with(&head.names, round));
            }
            host.evaluator().budget.leave();
        }
        Rounds::Known(_) => {
            // Of what there would be in another build, the declared type tells.
            let declared = host.evaluator().declared(&head.over, scope);
            let element = declared.and_then(|ty| ty.element().or_else(|| ty.field())).unwrap_or(Type::Any);
            let unknown = |ty| Value::new(head.span, Kind::Unknown(Arc::new(ty)));
            let names = match head.names.len() {
                2 => vec![unknown(Type::Any), unknown(element)],
                _ => vec![unknown(element)],
            };
            dormant(host, &each.body, target, &scope.with(&head.names, names));
        }
        Rounds::Unknown(round) => dormant(host, &each.body, target, &scope.with(&head.names, round)),
        Rounds::Poison => {
            host.poison(target);
            dormant(host, &each.body, target, &scope.with_all(&head.names, || Value::poison(head.span)));
        }
    }
}
