//! The time that a task is given.
//!
//! In: `timeout`. Out: [`Timeout`]. Source: `flyte/_timeout.py`; as there, zero means no bound.

use super::object;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::value::Object;

/// The bounds on a task's time, each in microseconds; `None` for no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeout {
    /// On each attempt while it runs.
    pub max_runtime: Option<i64>,
    /// On each attempt while it waits.
    pub max_queued_time: Option<i64>,
    /// On all attempts together.
    pub deadline: Option<i64>,
}

/// The bounds of these settings.
pub fn read(settings: &Object, diagnostics: &mut Diagnostics) -> Timeout {
    let Some(fields) = object(settings, "timeout") else { return Timeout::default() };
    Timeout {
        max_runtime: bound(fields, "max_runtime", diagnostics),
        max_queued_time: bound(fields, "max_queued_time", diagnostics),
        deadline: bound(fields, "deadline", diagnostics),
    }
}

fn bound(fields: &Object, name: &str, diagnostics: &mut Diagnostics) -> Option<i64> {
    let value = fields.get(name)?;
    let bound = value.as_duration()?;
    if bound < 0 {
        // The SDK lets it pass, so it is no error here.
        let diagnostic =
            Diagnostic::new(code::NEGATIVE_TIMEOUT, value.span, "a negative timeout is over before it begins");
        let diagnostic = diagnostic.note("Flyte takes it, and the task fails as soon as it starts");
        diagnostics.push(diagnostic.help("write `0` for no bound").unsafe_fix("set no bound", value.span, "0"));
    }
    (bound != 0).then_some(bound)
}
