//! The resources of a task.
//!
//! In: `resources`. Out: [`Resources`]. Always: amounts are quantities that Kubernetes can read and are not negative, a range
//! runs forwards, an accelerator is one that the SDK knows. Source: `Resources`, `Device` and their checks in
//! `flyte/_resources.py`. Not here: how resources merge with those of a container.

use ecow::{EcoString, eco_format};

use super::{object, text};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::accelerators;
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
        let message = format!("`{name}` requests {request}, more than its limit {limit}");
        let diagnostic = Diagnostic::new(code::REQUEST_OVER_LIMIT, value.span, message)
            .note("a range is request..limit, and Kubernetes refuses a request over its limit");
        diagnostics.push(diagnostic);
        return None;
    }
    Some(Amount { request, limit: Some(limit) })
}

fn single(name: &str, value: &Value, diagnostics: &mut Diagnostics) -> Option<EcoString> {
    let text = value.as_str()?;
    if units::quantity(text).is_some_and(|amount| amount < 0) {
        let message = format!("`{name}` must not be negative");
        diagnostics.push(Diagnostic::new(code::NEGATIVE, value.span, message));
        return None;
    }
    Some(text.clone())
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
            diagnostics.push(Diagnostic::new(code::NEGATIVE, value.span, "`gpu` must not be negative"));
            None
        }
        Kind::Int(count) => Some(Device { device: None, class: "GPU".into(), quantity: *count, partition: None }),
        Kind::String(text) => accelerator(text, value.span, diagnostics),
        Kind::Object(fields) => device_of(fields, value.span, diagnostics),
        _ => None,
    }
}

/// An accelerator string such as `A100:4`; the SDK has a closed list of them.
fn accelerator(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Device> {
    let (written, count) = text.split_once(':').unwrap_or((text, ""));
    let device = current_name(written, span, diagnostics);
    let current = if count.is_empty() { device.to_owned() } else { format!("{device}:{count}") };
    // The text after the colon is part of the list, so an empty count is no entry of it.
    if accelerators::ACCELERATORS.contains(&current.as_str()) && !text.ends_with(':') {
        return Some(Device {
            device: Some(device.into()),
            class: accelerators::class_of(device).unwrap_or("GPU").into(),
            quantity: count.parse().unwrap_or(1),
            partition: None,
        });
    }
    diagnostics.push(unknown_accelerator(text, device, span));
    None
}

fn unknown_accelerator(text: &str, device: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::BAD_ACCELERATOR, span, format!("Flyte knows no accelerator `{text}`"));
    let prefix = format!("{device}:");
    let counts: Vec<&str> =
        accelerators::ACCELERATORS.iter().filter_map(|known| known.strip_prefix(prefix.as_str())).collect();
    if !counts.is_empty() {
        let one = format!("{device}:{}", counts.first().copied().unwrap_or("1"));
        let diagnostic = diagnostic.note(format!("of {device} it knows these counts: {}", counts.join(", ")));
        return if text.contains(':') {
            diagnostic
        } else {
            diagnostic.help(format!("write `\"{one}\"`")).unsafe_fix("add the count", span, format!("\"{one}\""))
        };
    }
    if accelerators::class_of(device) == Some("TPU") {
        return diagnostic
            .help(format!("a TPU is written as a block: `gpu {{ device = \"{device}\", partition = \"…\" }}`"));
    }
    let names = || accelerators::DEVICES.iter().map(|(name, _)| *name);
    let mut diagnostic = diagnostic.note(format!("it knows {}", names().collect::<Vec<_>>().join(", ")));
    let written = if text.contains(':') { text.to_owned() } else { format!("{device}:1") };
    let similar = did_you_mean(&written, accelerators::ACCELERATORS.iter().copied());
    diagnostic.help.extend(similar.or_else(|| did_you_mean(device, names())));
    diagnostic
}

/// The device under its current name; an old spelling is warned about.
fn current_name<'a>(device: &'a str, span: Span, diagnostics: &mut Diagnostics) -> &'a str {
    let Some(current) = accelerators::current_name(device) else { return device };
    let message = format!("`{device}` is an old spelling of `{current}`");
    diagnostics.push(Diagnostic::new(code::DEPRECATED_ACCELERATOR, span, message).help(format!("write `{current}`")));
    current
}

/// A device with its parts; source: the SDK's `GPU`, `TPU`, `Neuron`, `AMD_GPU`, `HABANA_GAUDI` and `APPLE_SILICON`.
fn device_of(fields: &Object, place: Span, diagnostics: &mut Diagnostics) -> Option<Device> {
    let (Some(written), Some(value)) = (text(fields, "device"), fields.get("device")) else {
        if fields.get("device").is_none() && !fields.poisoned {
            let message = "`gpu` as a block needs its `device`";
            diagnostics.push(Diagnostic::new(code::MISSING_FIELD, place, message).help("write `device = \"A100\"`"));
        }
        return None;
    };
    let device = current_name(written, value.span, diagnostics);
    let Some(class) = accelerators::class_of(device) else {
        diagnostics.push(unknown_accelerator(device, device, value.span));
        return None;
    };
    check_class(fields, device, class, diagnostics);
    check_partition(fields, device, diagnostics);
    let quantity = check_quantity(fields, device, class, diagnostics);
    let partition = text(fields, "partition").filter(|text| !text.is_empty()).cloned();
    Some(Device { device: Some(device.into()), class: class.into(), quantity, partition })
}

fn check_class(fields: &Object, device: &str, class: &str, diagnostics: &mut Diagnostics) {
    let Some(value) = fields.get("device_class") else { return };
    if let Some(written) = value.as_str().filter(|written| *written != class) {
        let message = format!("`{device}` is of the class `{class}`, not `{written}`");
        let replacement = format!("\"{class}\"");
        let diagnostic = Diagnostic::new(code::BAD_ACCELERATOR, value.span, message);
        diagnostics.push(diagnostic.help("leave `device_class` out; the device has its own").unsafe_fix(
            format!("write `{class}`"),
            value.span,
            replacement,
        ));
    }
}

fn check_partition(fields: &Object, device: &str, diagnostics: &mut Diagnostics) {
    let Some(value) = fields.get("partition") else { return };
    let Some(partition) = value.as_str() else { return };
    if accelerators::SHARED.contains(&device) {
        let message = format!("`{device}` is a share of a GPU and takes no partition");
        diagnostics.push(Diagnostic::new(code::BAD_PARTITION, value.span, message));
    } else if let Some(known) = accelerators::partitions_of(device)
        && !known.contains(&partition.as_str())
    {
        let message = format!("`{device}` has no partition `{partition}`");
        let diagnostic = Diagnostic::new(code::BAD_PARTITION, value.span, message);
        diagnostics.push(diagnostic.note(format!("its partitions are {}", known.join(", "))));
    }
}

fn check_quantity(fields: &Object, device: &str, class: &str, diagnostics: &mut Diagnostics) -> i64 {
    let Some(value) = fields.get("quantity") else { return 1 };
    let quantity = value.as_int().unwrap_or(1);
    let bad = |message: EcoString| Diagnostic::new(code::BAD_ACCELERATOR, value.span, message);
    if quantity < 1 {
        diagnostics.push(bad(eco_format!("the quantity of `{device}` must be at least 1")));
    } else if quantity > 1 && class != "GPU" {
        // The SDK's constructors of the other classes take no quantity; they ask for one.
        diagnostics.push(bad(eco_format!("Flyte asks for one `{device}` at a time when it is written as a block")));
    }
    quantity
}
