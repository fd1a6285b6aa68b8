//! The retry strategy of a task.
//!
//! In: `retries`. Out: [`Retries`]. Source: `flyte/_retry.py`.

use super::object;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Span};
use crate::value::{Kind, Object, Value};

/// How often and how fast a failed task is tried again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Retries {
    /// How often.
    pub count: u32,
    /// How fast.
    pub backoff: Option<Backoff>,
}

/// The delay before each retry: `base × factorⁿ`, at most `cap`.
#[derive(Debug, Clone, PartialEq)]
pub struct Backoff {
    /// The first delay in microseconds.
    pub base: i64,
    /// What each further delay is multiplied by.
    pub factor: f64,
    /// The longest delay in microseconds.
    pub cap: Option<i64>,
}

/// The retry strategy of these settings.
pub fn read(settings: &Object, diagnostics: &mut Diagnostics) -> Retries {
    let Some(fields) = object(settings, "retries") else { return Retries::default() };
    let place = settings.entry("retries").map(|entry| entry.key);
    let count = fields.get("count");
    if let (None, Some(place), false) = (count, place, fields.poisoned) {
        let diagnostic = Diagnostic::new(code::MISSING_FIELD, place, "`retries` as a block needs its `count`")
            .note("the count says how often a task that failed is started again")
            .help("write `count = 3`");
        // In a block of the source; a data file has another syntax.
        diagnostics.push(match fields.entry("backoff").filter(|backoff| backoff.key.file == place.file) {
            Some(backoff) => diagnostic.unsafe_fix("add a count", backoff.key.at_start(), "count = 3, "),
            None => diagnostic,
        });
    }
    Retries {
        count: count.and_then(|value| checked_count(value, diagnostics)).unwrap_or_default(),
        backoff: object(fields, "backoff").and_then(|backoff| read_backoff(fields, place?.file, backoff, diagnostics)),
    }
}

fn checked_count(value: &Value, diagnostics: &mut Diagnostics) -> Option<u32> {
    let count = value.as_int()?;
    let valid = u32::try_from(count).ok();
    if valid.is_none() {
        let message = format!("the number of retries is from 0 to {}", u32::MAX);
        let diagnostic = Diagnostic::new(code::BAD_RETRIES, value.span, message);
        diagnostics.push(if count < 0 {
            diagnostic
                .note(
                    "Flyte counts how often a failed task is started again; there is no number for \"until it works\"",
                )
                .help("write `0` for no retries, or how many there may be, such as `3`")
                .unsafe_fix("do not try it again", value.span, "0")
        } else {
            diagnostic.note("Flyte sends it as a number of 32 bits")
        });
    }
    valid
}

/// `source` is the file of the task.
fn read_backoff(retries: &Object, source: FileId, fields: &Object, diagnostics: &mut Diagnostics) -> Option<Backoff> {
    let place = retries.entry("backoff")?.key;
    let Some(base) = fields.get("base") else {
        if !fields.poisoned {
            let diagnostic = Diagnostic::new(code::MISSING_FIELD, place, "`backoff` needs its `base`, the first delay");
            diagnostics.push(diagnostic.help("write `base = 10s`"));
        }
        return None;
    };
    let factor = match fields.get("factor").map(|value| &value.kind) {
        #[expect(clippy::cast_precision_loss, reason = "protobuf holds the factor as a double too")]
        Some(Kind::Int(factor)) => *factor as f64,
        Some(Kind::Float(factor)) => *factor,
        _ => 1.0,
    };
    check_delays(base, fields, diagnostics);
    check_factor(fields.get("factor").map_or(place, |value| value.span), factor, source, fields, diagnostics);
    Some(Backoff { base: base.as_duration()?, factor, cap: fields.get("cap").and_then(Value::as_duration) })
}

fn check_delays(base: &Value, fields: &Object, diagnostics: &mut Diagnostics) {
    for (name, value) in [("base", Some(base)), ("cap", fields.get("cap"))] {
        if let Some(value) = value.filter(|value| value.as_duration().is_some_and(|delay| delay < 0)) {
            let diagnostic = Diagnostic::new(code::NEGATIVE, value.span, format!("`{name}` must not be negative"));
            let diagnostic = diagnostic.note("it is the time between one attempt and the next");
            diagnostics.push(diagnostic.help("write a duration such as `10s`"));
        }
    }
}

fn check_factor(span: Span, factor: f64, source: FileId, fields: &Object, diagnostics: &mut Diagnostics) {
    if factor < 1.0 {
        let diagnostic = Diagnostic::new(code::BAD_RETRIES, span, "the `factor` of a backoff is at least 1")
            .note("each delay is the one before it times the factor, and Flyte refuses delays that shrink");
        diagnostics.push(diagnostic.help("write `2` to double them, or `1` for delays that stay the same"));
    } else if factor > 1.0 && fields.get("cap").is_none() {
        let diagnostic = Diagnostic::new(code::BAD_RETRIES, span, "delays that grow need a `cap`");
        let diagnostic = diagnostic
            .note("each delay is the one before it times the factor; Flyte refuses a factor over 1 without a bound")
            .help("add the longest delay, such as `cap = 5m`");
        // In a block of the source; a data file has another syntax.
        let inserts = span.file == source;
        diagnostics.push(if inserts {
            diagnostic.unsafe_fix("add a cap", span.at_end(), ", cap = 5m")
        } else {
            diagnostic
        });
    }
}
