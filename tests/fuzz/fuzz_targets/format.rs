//! Text to text in the one style.

#![no_main]

use flytec_fuzz::laws::{check_style, hold_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hold_bytes(check_style, bytes));
