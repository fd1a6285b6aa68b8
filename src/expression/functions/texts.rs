//! The functions that make texts, or take them apart.
//!
//! In: arguments of the types that the table of functions asks for. Out: what each makes of them, or poison where that was reported.

use std::sync::Arc;

use ecow::EcoString;

use super::{Given, first, items, text};
use crate::diagnostics::{Diagnostic, code};
use crate::expression::{Evaluator, budget, written_at};
use crate::modules;
use crate::source::Span;
use crate::value::types::{self, Type, called};
use crate::value::{Kind, Value};

pub(super) fn join(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let separator = text(values, 1);
    let mut joined = EcoString::new();
    for (at, item) in items(values).iter().enumerate() {
        if at > 0 {
            joined.push_str(&separator);
        }
        let Some(text) = types::text(item) else { return unjoined(this, item, given) };
        joined.push_str(&text);
        if joined.len() > budget::MAX_TEXT {
            break;
        }
    }
    this.texted(joined, given)
}

/// What `join` gives where an element has no text, or none that is known.
fn unjoined(this: &mut Evaluator<'_, '_>, item: &Value, given: &Given<'_>) -> Value {
    match item.kind {
        Kind::Poison => Value::poison(given.span),
        Kind::Unknown(_) => Value::new(given.span, Kind::Unknown(Arc::new(Type::String))),
        _ => {
            let message = format!("`join` takes a list of strings, and this one has {}", called(item));
            let whole = given.place(0);
            let place = if whole.contains(item.span) { item.span } else { whole };
            let diagnostic = Diagnostic::new(code::WRONG_TYPE, place, message);
            this.refuse(written_at(diagnostic, item, place), given.span)
        }
    }
}

pub(super) fn split(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let (text, separator) = (text(values, 0), text(values, 1));
    if separator.is_empty() {
        let diagnostic = Diagnostic::new(code::BAD_CALL, given.place(1), "`split` needs a separator that is not empty");
        return this.refuse_value(diagnostic, given.span);
    }
    let item = |part: &str| Value::new(given.span, Kind::String(part.into()));
    let items = text.split(separator.as_str()).map(item).collect();
    this.listed(items, given)
}

pub(super) fn replace(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    let (text, what, by) = (text(values, 0), text(values, 1), text(values, 2));
    if what.is_empty() {
        let diagnostic = Diagnostic::new(code::BAD_CALL, given.place(1), "`replace` needs a text that is not empty");
        return this.refuse_value(diagnostic, given.span);
    }
    let length = text.len().saturating_add(text.matches(what.as_str()).count().saturating_mul(by.len()));
    if length > 2 * budget::MAX_TEXT {
        // Not made first and refused then.
        this.budget.text(length, given.span, this.diagnostics);
        return Value::poison(given.span);
    }
    this.texted(text.replace(what.as_str(), &by), given)
}

pub(super) fn file(this: &mut Evaluator<'_, '_>, values: &[Value], given: &Given<'_>) -> Value {
    match modules::open(&first(values), given.place(0), given.scope.file, this.sources, this.files) {
        Ok(file) => {
            let text = this.sources.get(file).text.clone();
            let whole = Span::new(file, 0..text.len());
            let value = this.texted(text, given);
            if value.is_poison() { value } else { Value { span: whole, ..value } }
        }
        Err(diagnostic) => this.refuse_value(*diagnostic, given.span),
    }
}
