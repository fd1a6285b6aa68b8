//! Values for a build.

#![no_main]

use flytec_fuzz::laws::{check_parameters, hold_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hold_bytes(check_parameters, bytes));
