//! Names, keys, labels and strings.

use pest::Parser as _;
use pest::iterators::Pair;

use super::Builder;
use crate::syntax::ast::{Expression, Label, Name, Part, Value};
use crate::syntax::grammar::{Grammar, Rule};
use crate::syntax::habits::UNKNOWN;
use crate::syntax::string::{self, Reading};
use crate::syntax::{brackets, faults};

impl Builder<'_, '_> {
    pub(super) fn name(&mut self, pair: &Pair<'_, Rule>) -> Name {
        let span = self.span(self.range(pair));
        if pair.as_rule() != Rule::string {
            return Name::new(pair.as_str(), span);
        }
        let reading = string::read(pair.as_str(), span, self.diagnostics);
        if reading.interpolations.is_empty() {
            return Name::new(reading.text, span);
        }
        Name { parts: Some(self.parts(reading, span.start as usize)), ..Name::new("", span) }
    }

    pub(super) fn label(&mut self, pair: &Pair<'_, Rule>) -> Label {
        let name = self.name(pair);
        let number = pair.as_rule() == Rule::number;
        if number && name.text.len() > 1 && name.text.starts_with('0') {
            self.diagnostics.push(faults::leading_zero(&name.text, name.span));
        }
        Label { name, number }
    }

    pub(super) fn string(&mut self, pair: &Pair<'_, Rule>) -> Value {
        let span = self.span(self.range(pair));
        let reading = string::read(pair.as_str(), span, self.diagnostics);
        if reading.interpolations.is_empty() {
            return Value::String(reading.text);
        }
        Value::Text(self.parts(reading, span.start as usize))
    }

    /// The parts of a string that begins at `start`.
    fn parts(&mut self, reading: Reading, start: usize) -> Box<[Part]> {
        let mut parts = Vec::with_capacity(2 * reading.interpolations.len() + 1);
        for (text, code) in reading.interpolations {
            if !text.is_empty() {
                parts.push(Part::Text(text));
            }
            parts.push(Part::Expression(self.interpolated(start + code.start, start + code.end)));
        }
        if !reading.text.is_empty() {
            parts.push(Part::Text(reading.text));
        }
        parts.into()
    }

    /// What stands between the braces of an interpolation, parsed by itself.
    ///
    /// Recursion: strings in it have no quotes of their own in them, so theirs can be nested only once more.
    fn interpolated(&mut self, start: usize, end: usize) -> Expression {
        let text = self.text;
        let code = text.get(start..end).unwrap_or_default();
        let span = self.span(start..end);
        if brackets::is_too_deep(code) {
            self.diagnostics.push(faults::too_deep_in_text(span));
            return Expression { span, value: Value::Missing };
        }
        if let Some(brace) = brace_outside_of_strings(code) {
            let fault = faults::brace_in_text(self.span(start + brace..start + brace + 1));
            self.diagnostics.push(fault);
            return Expression { span, value: Value::Missing };
        }
        if code.contains(UNKNOWN) {
            self.diagnostics.push(faults::bad_value(code, span));
            return Expression { span, value: Value::Missing };
        }
        if code.trim().is_empty() || code.starts_with(['#', '@', '*', '?', '$']) {
            self.diagnostics.push(faults::shell_in_text(code, span));
            return Expression { span, value: Value::Missing };
        }
        let Ok(mut pairs) = Grammar::parse(Rule::interpolated, code) else {
            self.diagnostics.push(faults::bad_value(code, span));
            return Expression { span, value: Value::Missing };
        };
        let outer = std::mem::replace(&mut self.base, start);
        let parts = pairs.next().into_iter().flat_map(Pair::into_inner);
        let mut parts: Vec<_> = parts.filter(|part| part.as_rule() != Rule::EOI).collect();
        let rest = parts.pop_if(|part| part.as_rule() == Rule::skipped_rest);
        let value = self.value(parts, start);
        if let Some(rest) = rest
            && value.value != Value::Missing
        {
            let span = self.trimmed(self.range(&rest));
            let fault = faults::belongs_to_nothing_in_text(
                self.slice(span.range()),
                self.span(start.saturating_sub(2)..start),
                span,
            );
            self.diagnostics.push(fault);
        }
        self.base = outer;
        value
    }
}

/// Where a brace is opened in the code of an interpolation; it could not be closed there.
fn brace_outside_of_strings(code: &str) -> Option<usize> {
    let mut in_string = false;
    code.bytes().position(|byte| {
        in_string ^= byte == b'"';
        byte == b'{' && !in_string
    })
}
