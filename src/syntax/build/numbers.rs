//! Numbers, with and without a unit.

use super::Builder;
use crate::source::Span;
use crate::syntax::ast::Value;
use crate::syntax::faults;

impl Builder<'_, '_> {
    pub(super) fn number(&mut self, text: &str, span: Span) -> Value {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.starts_with('0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
            // What follows makes a time of it, and is told.
            let end = span.end as usize;
            if self.slice(end..end + 1) == ":" {
                return Value::Missing;
            }
            self.diagnostics.push(faults::leading_zero(digits, span));
            return Value::Missing;
        }
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.whole_number(text, span);
        }
        if is_float(digits) {
            return match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Float(number),
                _ => self.bad_number(span, "this number is too large"),
            };
        }
        if is_unit(digits) {
            return Value::Unit(text.into());
        }
        self.diagnostics.push(faults::no_number(text, span));
        Value::Missing
    }

    fn whole_number(&mut self, text: &str, span: Span) -> Value {
        match text.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => self.bad_number(span, "this number does not fit into 64 bits"),
        }
    }

    fn bad_number(&mut self, span: Span, message: &str) -> Value {
        self.diagnostics.push(faults::bad_number(span, message));
        Value::Missing
    }
}

/// Digits with a fraction, an exponent or both.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    [whole, fraction, exponent].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Numbers, each followed by letters: `500m`, `1.5Gi`, `1h30m`.
fn is_unit(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (digits, tail) = rest.split_at(number);
        let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        if !is_float(digits) || letters == 0 {
            return false;
        }
        rest = tail.get(letters..).unwrap_or_default();
    }
    true
}
