//! The resources of a task.
//!
//! In: `resources`. Out: [`Resources`]. Always: amounts are quantities that Kubernetes can read and are not negative, a range
//! runs forwards. Source: `Resources` and its checks in `flyte/_resources.py`. Not here: accelerators by their names
//! (`accelerator`), and how resources merge with those of a container.

use ecow::EcoString;

use super::{accelerator, object};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::schema::units;
use crate::source::Span;
use crate::value::{Kind, Object, Value};

/// What a task asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resources {
    /// CPU cores.
    pub cpu: Option<Amount>,
    /// Memory.
    pub memory: Option<Amount>,
    /// Ephemeral storage.
    pub disk: Option<EcoString>,
    /// Shared memory; empty for as much as the node has.
    pub shared_memory: Option<EcoString>,
    /// Accelerators.
    pub device: Option<Device>,
}

/// A request, and a limit where a range was written. Both are quantities as they go onto the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// What the container is promised.
    pub request: EcoString,
    /// What it can use at most.
    pub limit: Option<EcoString>,
}

/// One or more accelerators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Which, in its current spelling; `None` for any GPU.
    pub device: Option<EcoString>,
    /// The class that the SDK gives it.
    pub class: EcoString,
    /// How many.
    pub quantity: i64,
    /// The part of one that is wanted.
    pub partition: Option<EcoString>,
}

/// The resources that these settings ask for.
pub fn read(settings: &Object, diagnostics: &mut Diagnostics) -> Resources {
    let Some(resources) = object(settings, "resources") else { return Resources::default() };
    Resources {
        cpu: resources.get("cpu").and_then(|value| amount("cpu", value, diagnostics)),
        memory: resources.get("memory").and_then(|value| amount("memory", value, diagnostics)),
        disk: resources.get("disk").and_then(|value| single("disk", value, diagnostics)),
        shared_memory: shared_memory(resources, diagnostics),
        device: resources.get("gpu").and_then(|value| device(value, diagnostics)),
    }
}

fn amount(name: &str, value: &Value, diagnostics: &mut Diagnostics) -> Option<Amount> {
    let Kind::Range(range) = &value.kind else {
        return single(name, value, diagnostics).map(|request| Amount { request, limit: None });
    };
    let (from, to) = range.as_ref();
    let (request, limit) = (single(name, from, diagnostics)?, single(name, to, diagnostics)?);
    if units::quantity(&request) > units::quantity(&limit) {
        diagnostics.push(backwards(name, value.span, [(from, &request), (to, &limit)]));
        return None;
    }
    Some(Amount { request, limit: Some(limit) })
}

/// A range whose ends are these values, which are these amounts.
fn backwards(name: &str, place: Span, [(from, request), (to, limit)]: [(&Value, &EcoString); 2]) -> Diagnostic {
    let message = format!("`{name}` requests {request}, more than its limit {limit}");
    let mut diagnostic = Diagnostic::new(code::REQUEST_OVER_LIMIT, place, message)
        .note("a range is request..limit: what the container is promised, and the most that it may use")
        .note("Kubernetes refuses a request over its limit");
    // An end that has a name was written elsewhere.
    for (end, what) in [(from, "this is requested"), (to, "this is the limit")] {
        if !place.contains(end.span) {
            diagnostic = diagnostic.label(end.span, what);
        }
    }
    if !place.contains(from.span) || !place.contains(to.span) {
        return diagnostic.help("lower the request, or raise the limit");
    }
    let turned = format!("{limit}..{request}");
    diagnostic.help(format!("write `{turned}`")).unsafe_fix("turn the range round", place, turned)
}

fn single(name: &str, value: &Value, diagnostics: &mut Diagnostics) -> Option<EcoString> {
    let text = value.as_str()?;
    if units::quantity(text).is_some_and(|amount| amount < 0) {
        diagnostics.push(negative(name, value.span, text.trim_start_matches('-')));
        return None;
    }
    Some(text.clone())
}

fn negative(name: &str, place: Span, positive: &str) -> Diagnostic {
    Diagnostic::new(code::NEGATIVE, place, format!("`{name}` must not be negative"))
        .note("it is an amount that the container is given; Kubernetes refuses one below zero")
        .help(format!("write `{positive}`, or leave `{name}` out"))
        .unsafe_fix("take the sign away", place, positive)
}

fn shared_memory(resources: &Object, diagnostics: &mut Diagnostics) -> Option<EcoString> {
    let value = resources.get("shm")?;
    if value.as_str().is_some_and(|text| text == "auto") {
        return Some(EcoString::new());
    }
    single("shm", value, diagnostics)
}

fn device(value: &Value, diagnostics: &mut Diagnostics) -> Option<Device> {
    match &value.kind {
        Kind::Int(0) => None,
        Kind::Int(count) if *count < 0 => {
            diagnostics.push(negative("gpu", value.span, &count.unsigned_abs().to_string()));
            None
        }
        Kind::Int(count) => Some(Device { device: None, class: "GPU".into(), quantity: *count, partition: None }),
        Kind::String(text) => accelerator::named(text, value.span, diagnostics),
        Kind::Object(fields) => accelerator::of_block(fields, value.span, diagnostics),
        _ => None,
    }
}
