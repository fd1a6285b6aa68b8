//! Modules of Python: what `tests/python/prove.py` has proven with Flyte's SDK is what the command writes.
//!
//! `python/proven.json` holds, for each program, the digest of the module of which the SDK made the right pods. Where a module changes, the
//! script has to prove it again.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use flytec::digest::sha256;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value};
use support::{files_below, root};

fn main() {
    let text = fs::read_to_string(root().join("tests/python/proven.json")).expect("it is part of the project");
    let proven: Map<String, Value> = serde_json::from_str(&text).expect("the script writes JSON");
    let names: BTreeSet<String> = proven.keys().cloned().collect();
    let mut trials = vec![Trial::test("every_program_is_proven", move || every_program(&names))];
    trials.extend(proven.into_iter().map(|(name, entry)| Trial::test(name, move || program(&entry))));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn every_program(proven: &BTreeSet<String>) -> Result<(), Failed> {
    // A fixture with a merged twin is one that the SDK takes.
    let twins = files_below(&root().join("tests/sdk/fixtures"), "flyteenv");
    let twins = twins.iter().filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".merged.flyteenv"));
    let refused = include_str!("sdk/refused_by_kubernetes");
    let taken = twins.filter(|name| !refused.contains(&format!("\n{name}:"))).map(|name| format!("fixtures/{name}"));
    let guide = fs::read_dir(root().join("examples/guide"))?.filter_map(Result::ok);
    let guide = guide.filter(|entry| entry.path().is_dir());
    let guide = guide.map(|entry| format!("guide/{}", entry.file_name().to_string_lossy()));
    match taken.chain(guide).find(|name| !proven.contains(name)) {
        Some(name) => Err(format!("{name} is not proven: run tests/python/prove.py").into()),
        None => Ok(()),
    }
}

fn program(entry: &Value) -> Result<(), Failed> {
    let texts = |key: &str| {
        let items = entry.get(key).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    let folder = entry.get("folder").and_then(Value::as_str).unwrap_or_default();
    let output = Command::new(env!("CARGO_BIN_EXE_flytec"))
        .current_dir(root().join(folder))
        .arg("build")
        .args(texts("arguments"))
        .args(["--emit", "python", "-o", "-", "-q", "--message-format", "short"])
        .output()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(messages.into_owned().into());
    }
    for task in texts("left_out") {
        if !messages.contains(&format!("`{task}` is left out")) {
            return Err(format!("nothing says that `{task}` is left out").into());
        }
    }
    let digest = sha256(&output.stdout);
    if entry.get("module").and_then(Value::as_str) == Some(digest.as_str()) {
        return Ok(());
    }
    Err("the module is not the one that was proven; run tests/python/prove.py, and read what changes".into())
}
