//! What holds for every input, however hostile: one place for the tests that make inputs and for the targets of the fuzzer.
//!
//! In: a text. Out: what does not hold; a panic is a fault as well. Always: a law compares what comes with what else comes, or
//! with the text, and never with an expectation. Not here: where texts come from (`tests/properties.rs`, `tests/fuzzing.rs`,
//! `tests/fuzz`).

#![allow(dead_code, unused_imports, reason = "each test uses a part of this")]

mod imports;
mod parameters;
mod programs;
mod style;
mod tree;

pub use imports::check_import;
pub use parameters::check_parameters;
pub use programs::{check_files, check_program, order_does_not_matter, written};
pub use style::check_style;
pub use tree::check_tree;

/// A law by the name of the fuzzer's target for it.
pub type Law = fn(&str) -> Result<(), String>;

/// All laws over texts, by the names of the fuzzer's targets.
pub const LAWS: &[(&str, Law)] = &[
    ("parse", check_tree),
    ("format", check_style),
    ("compile", check_files),
    ("import", check_import),
    ("params", check_parameters),
];

/// Fails with this fault where something does not hold.
pub fn ensure(holds: bool, fault: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault.into()) }
}

/// Holds the bytes that the fuzzer made to a law: those that are text.
pub fn hold_bytes(law: Law, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(fault) = law(text) {
        panic!("{fault}\nin: {text:.1000?}");
    }
}
