//! The laws of the tests, for the targets of the fuzzer.

#[path = "../../laws/mod.rs"]
pub mod laws;
#[path = "../../support/mod.rs"]
pub mod support;
