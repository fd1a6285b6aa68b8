//! Text to tree.

#![no_main]

use flytec_fuzz::laws::{check_tree, hold_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hold_bytes(check_tree, bytes));
