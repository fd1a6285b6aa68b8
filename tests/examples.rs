//! The programs that people learn from do what stands beside them.
//!
//! `examples/guide/NAME` builds exactly its `pods/`, all of the guide compiles together without a word, and `check` says of
//! `examples/mistakes/NAME` what `NAME.stderr` holds. `UPDATE=1 cargo test --test examples` writes what comes.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use support::root;

fn main() {
    let mut trials = vec![
        Trial::test("the_guide_compiles_together", || {
            expect(&flytec(&["check", "examples/guide"])?, 0, "").map_err(Failed::from)
        }),
        Trial::test("the_readme_names_every_example", the_readme_names_every_example),
    ];
    trials.extend(names("guide").into_iter().map(|name| Trial::test(format!("guide/{name}"), move || guide(&name))));
    trials.extend(
        names("mistakes").into_iter().map(|name| Trial::test(format!("mistakes/{name}"), move || mistake(&name))),
    );
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// The folders in a folder of the examples, sorted.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("examples").join(folder)).expect("there are examples");
    let folders = entries.map(|entry| entry.expect("it can be read")).filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

// ------------------------------------------------------------------------------------------------------------ guide

fn guide(name: &str) -> Result<(), Failed> {
    let (sources, pods) = (format!("examples/guide/{name}"), format!("examples/guide/{name}/pods"));
    if updating() {
        expect_status(&flytec(&["build", &sources, "-o", &pods])?, 0)?;
    }
    let output = flytec(&["build", &sources, "-o", &pods, "--check"])?;
    expect(&output, 0, "")
        .map_err(|fault| format!("{fault}\nto write what comes: flytec build {sources} -o {pods}"))?;
    nothing_else_in(&root().join(pods))
}

/// The folder of a build holds what its manifest names, and nothing of an earlier build.
fn nothing_else_in(pods: &Path) -> Result<(), Failed> {
    let manifest: Value = serde_json::from_slice(&fs::read(pods.join("manifest.json"))?)?;
    let listed = manifest.get("pods").and_then(Value::as_array).into_iter().flatten();
    let mut named: BTreeSet<String> = listed.filter_map(|pod| pod["file"].as_str()).map(str::to_owned).collect();
    named.insert("manifest.json".to_owned());
    let entries = fs::read_dir(pods)?.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let found = entries.collect::<Result<BTreeSet<String>, _>>()?;
    if found == named { Ok(()) } else { Err(format!("{} holds {found:?}, not {named:?}", pods.display()).into()) }
}

// --------------------------------------------------------------------------------------------------------- mistakes

fn mistake(name: &str) -> Result<(), Failed> {
    let expectation = root().join(format!("examples/mistakes/{name}/{name}.stderr"));
    let output = flytec(&["check", &format!("examples/mistakes/{name}")])?;
    if updating() {
        fs::write(&expectation, &output.stderr)?;
    }
    let expected = fs::read_to_string(&expectation).map_err(|error| format!("{}: {error}", expectation.display()))?;
    let status = i32::from(expected.lines().any(|line| line.starts_with("error")));
    if expected.is_empty() {
        return Err("nothing is said of this mistake".into());
    }
    expect(&output, status, &expected).map_err(Failed::from)
}

fn the_readme_names_every_example() -> Result<(), Failed> {
    let readme = fs::read_to_string(root().join("examples/README.md"))?;
    let missing = |folder: &str| {
        let names = names(folder).into_iter().filter(|name| !readme.contains(&format!("[{name}]({folder}/{name}/")));
        names.map(|name| format!("{folder}/{name}")).collect::<Vec<_>>()
    };
    let missing = [missing("guide"), missing("mistakes")].concat();
    if missing.is_empty() { Ok(()) } else { Err(format!("examples/README.md does not name {missing:?}").into()) }
}

// ---------------------------------------------------------------------------------------------------------- running

fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Runs the command from the root of the project.
fn flytec(arguments: &[&str]) -> Result<Output, Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flytec"));
    Ok(command.args(arguments).args(["--color", "never"]).current_dir(root()).output()?)
}

fn expect_status(output: &Output, status: i32) -> Result<(), String> {
    if output.status.code() == Some(status) {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!("{}, not {status}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)))
}

/// Fails unless the status and standard error are these, and standard output is empty.
fn expect(output: &Output, status: i32, stderr: &str) -> Result<(), String> {
    expect_status(output, status)?;
    let found = String::from_utf8_lossy(&output.stderr);
    if found != stderr {
        let diff = similar::TextDiff::from_lines(stderr, &found);
        return Err(format!("standard error differs\n{}", diff.unified_diff().header("expected", "found")));
    }
    if output.stdout.is_empty() { Ok(()) } else { Err("something stands on standard output".to_owned()) }
}
