//! What `docs/dependencies.md` says of each crate is so.
//!
//! In: `Cargo.toml`, `cargo tree`, and the tables of the page. Out: an error where a crate, its features or its licence differ. Not here: which
//! licences and sources there may be, which `cargo deny` holds by `.deny.toml`.

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use flytec::data::{self, Format};
use flytec::source::SourceMap;
use serde_json::Value;
use support::root;

/// What is said of a crate.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    features: BTreeSet<String>,
    licence: String,
}

/// Features that stand in backquotes in the second column; other words in backquotes are no features there.
fn features(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rows of the table below a heading.
fn rows(page: &str, heading: &str) -> BTreeMap<String, Row> {
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).expect("there is such a heading");
    let table = section.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, features_and_why, _, _, licence] = cells[..] else { panic!("`{line}` has other columns") };
        // What is said behind `Without` is not there.
        let features = features(features_and_why.split("Without").next().unwrap_or_default());
        (name.trim_matches('`').to_owned(), Row { features, licence: licence.to_owned() })
    };
    table.map(row).collect()
}

/// The crates of a table of `Cargo.toml`.
fn declared(table: &str, licences: &BTreeMap<String, String>) -> BTreeMap<String, Row> {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("there is a manifest");
    let file = SourceMap::new(vec![("Cargo.toml".to_owned(), text.clone())]).ids().next().expect("it has one file");
    let manifest = data::read(Format::Toml, file, &text).expect("it is TOML").json();
    let crates = manifest[table].as_object().expect("it is a table");
    let row = |(name, value): (&String, &Value)| {
        let features = value["features"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        let licence = licences.get(name).unwrap_or_else(|| panic!("`{name}` is not in the tree")).clone();
        (name.clone(), Row { features: features.collect(), licence })
    };
    crates.iter().map(row).collect()
}

/// The licences of the crates that the project names, as they state them.
fn licences() -> BTreeMap<String, String> {
    let arguments = "tree --offline --locked --depth 1 --prefix none --edges normal,dev --format {p}|{l}";
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments.split(' ')).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes text");
    let licence = |line: &str| {
        let (package, licence) = line.split_once('|')?;
        Some((package.split(' ').next()?.to_owned(), licence.trim_end_matches(" (*)").to_owned()))
    };
    text.lines().filter_map(licence).collect()
}

#[test]
fn the_page_names_the_crates_of_the_manifest() {
    let page = fs::read_to_string(root().join("docs/dependencies.md")).expect("there is a page");
    let licences = licences();
    for (heading, table) in [("The program", "dependencies"), ("Tests and benchmarks", "dev-dependencies")] {
        let (said, declared) = (rows(&page, heading), declared(table, &licences));
        let names = |rows: &BTreeMap<String, Row>| rows.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&said), names(&declared), "the crates below `{heading}`");
        for (name, row) in &declared {
            assert_eq!(said.get(name), Some(row), "what the page says of `{name}`, and what is so");
        }
    }
}

#[test]
fn the_lock_file_is_part_of_the_project() {
    let ignored = fs::read_to_string(root().join(".gitignore")).expect("there is a list of what git ignores");
    assert!(root().join("Cargo.lock").is_file() && !ignored.contains("Cargo.lock"));
}
