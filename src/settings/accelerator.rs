//! Accelerators by their names.
//!
//! In: the `gpu` of `resources`, as a text or a block. Out: a [`Device`], or what is wrong with it. Always: it is one that the SDK
//! knows, in its current spelling. Source: `Device` and its checks in `flyte/_resources.py`. Not here: counts of any GPU
//! (`resources`), and the words for what is not known (`accelerator_words`).

use ecow::{EcoString, eco_format};

use super::accelerator_words as words;
use super::resources::Device;
use super::text;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::accelerators;
use crate::source::Span;
use crate::value::Object;

/// An accelerator string such as `A100:4`; the SDK has a closed list of them.
pub fn named(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Device> {
    let (written, count) = text.split_once(':').unwrap_or((text, ""));
    let device = accelerators::current_name(written).unwrap_or(written);
    let current = if count.is_empty() { device.to_owned() } else { format!("{device}:{count}") };
    // The text after the colon is part of the list, so an empty count is no entry of it.
    if !accelerators::ACCELERATORS.contains(&current.as_str()) || text.ends_with(':') {
        diagnostics.push(words::unknown(text, span));
        return None;
    }
    if device != written {
        diagnostics.push(words::old_spelling(written, device, span, &current));
    }
    Some(Device {
        device: Some(device.into()),
        class: accelerators::class_of(device).unwrap_or("GPU").into(),
        quantity: count.parse().unwrap_or(1),
        partition: None,
    })
}

/// A device with its parts; source: the SDK's `GPU`, `TPU`, `Neuron`, `AMD_GPU`, `HABANA_GAUDI` and `APPLE_SILICON`.
pub fn of_block(fields: &Object, place: Span, diagnostics: &mut Diagnostics) -> Option<Device> {
    let (Some(written), Some(value)) = (text(fields, "device"), fields.get("device")) else {
        if fields.get("device").is_none() && !fields.poisoned {
            let message = "`gpu` as a block needs its `device`";
            let diagnostic = Diagnostic::new(code::MISSING_FIELD, place, message)
                .note("a block says which device it is, and how many or what part of one");
            diagnostics.push(diagnostic.help("write `device = \"A100\"`; any GPU is a count alone, `gpu = 1`"));
        }
        return None;
    };
    let device = accelerators::current_name(written).unwrap_or(written);
    let Some(class) = accelerators::class_of(device) else {
        diagnostics.push(words::unknown_device(written, value.span));
        return None;
    };
    if device != written.as_str() {
        diagnostics.push(words::old_spelling(written, device, value.span, device));
    }
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
        let diagnostic = Diagnostic::new(code::BAD_ACCELERATOR, value.span, message)
            .note("a device has one class, and Flyte knows which");
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
        let diagnostic = Diagnostic::new(code::BAD_PARTITION, value.span, message)
            .note("a shared GPU is divided by time, a partition by its cores and memory");
        let whole = device.trim_end_matches(" shared");
        diagnostics.push(diagnostic.help(format!("take `partition` away, or name the whole device, `{whole}`")));
    } else if let Some(known) = accelerators::partitions_of(device)
        && !known.contains(&partition.as_str())
    {
        diagnostics.push(no_partition(device, partition, known, value.span));
    }
}

fn no_partition(device: &str, partition: &EcoString, known: &[&str], span: Span) -> Diagnostic {
    let message = format!("`{device}` has no partition `{partition}`");
    let diagnostic =
        Diagnostic::new(code::BAD_PARTITION, span, message).note(format!("its partitions are {}", known.join(", ")));
    let others = accelerators::PARTITIONS.iter().filter(|(_, parts)| parts.contains(&partition.as_str()));
    let others: Vec<String> = others.map(|(name, _)| format!("`{name}`")).collect();
    match closest(partition, known.iter().copied()) {
        _ if !others.is_empty() => diagnostic.help(format!("it is a partition of {}", others.join(" and "))),
        Some(better) => diagnostic.did_you_mean(partition, better, span, format!("\"{better}\"")),
        None => diagnostic.help("leave `partition` out for the whole device"),
    }
}

fn check_quantity(fields: &Object, device: &str, class: &str, diagnostics: &mut Diagnostics) -> i64 {
    let Some(value) = fields.get("quantity") else { return 1 };
    let quantity = value.as_int().unwrap_or(1);
    let bad = |message: EcoString| Diagnostic::new(code::BAD_ACCELERATOR, value.span, message);
    if quantity < 1 {
        let diagnostic = bad(eco_format!("the quantity of `{device}` must be at least 1"));
        diagnostics.push(diagnostic.help("leave `gpu` out where none is needed"));
    } else if quantity > 1 && class != "GPU" {
        // The SDK's constructors of the other classes take no quantity; they ask for one.
        let diagnostic = bad(eco_format!("Flyte asks for one `{device}` at a time when it is written as a block"));
        let most = format!("{device}:{quantity}");
        diagnostics.push(if accelerators::ACCELERATORS.contains(&most.as_str()) {
            diagnostic.help(format!("write it as a text: `gpu = \"{most}\"`"))
        } else {
            diagnostic.help("write `1`, or leave `quantity` out").unsafe_fix("ask for one", value.span, "1")
        });
    }
    quantity
}
