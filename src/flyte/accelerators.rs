//! The accelerators that the SDK knows, with their classes, counts and partitions.
//!
//! In: nothing. Out: the tables of `accelerators_table.rs`, which `tests/sdk/accelerators.py` makes out of the SDK, and
//! searches over them. Not here: messages.

#[rustfmt::skip]
#[path = "accelerators_table.rs"]
mod table;

pub use table::{ACCELERATORS, DEVICE_CLASSES, DEVICES, PARTITIONS, SHARED};

/// The current spelling of a device that has an old one.
#[must_use]
pub fn current_name(device: &str) -> Option<&'static str> {
    lookup(table::DEPRECATED, device).copied()
}

/// The class of a device.
#[must_use]
pub fn class_of(device: &str) -> Option<&'static str> {
    lookup(DEVICES, device).copied()
}

/// The partitions of a device that has a closed list of them.
#[must_use]
pub fn partitions_of(device: &str) -> Option<&'static [&'static str]> {
    lookup(PARTITIONS, device).copied()
}

/// What a device is called on the wire; devices that the SDK does not map keep their names.
#[must_use]
pub fn wire_name(device: &str) -> &str {
    lookup(table::WIRE_NAMES, device).copied().unwrap_or(device)
}

/// The number of a class in `GPUAccelerator.DeviceClass`; as in the SDK, an unknown class counts as NVIDIA's.
#[must_use]
pub fn wire_class(class: &str) -> i32 {
    lookup(table::WIRE_CLASSES, class).copied().unwrap_or(0)
}

fn lookup<T>(table: &'static [(&'static str, T)], name: &str) -> Option<&'static T> {
    table.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}
