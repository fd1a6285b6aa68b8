//! Files to pods.

#![no_main]

use flytec_fuzz::laws::{check_files, hold_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hold_bytes(check_files, bytes));
