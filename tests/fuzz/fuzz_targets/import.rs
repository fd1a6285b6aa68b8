//! Documents to sources.

#![no_main]

use flytec_fuzz::laws::{check_import, hold_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hold_bytes(check_import, bytes));
