//! The formats of messages, over all programs of `tests/cases` that are one file: each format tells all facts, in the same order, and
//! SARIF is what its schema says (`tests/sarif`).
//!
//! `short` is left out of the facts: it has the place and the message alone.

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeMap;
use std::fs;

use flytec::diagnostics::Diagnostic;
use flytec::diagnostics::render::{Format, Screen, render};
use serde_json::Value;
use support::{Program, files_below, root};

/// The programs that have something to tell.
fn programs() -> Vec<(String, Program)> {
    let cases = root().join("tests/cases");
    let paths = files_below(&cases, "flyteenv").into_iter().filter(|path| {
        let folders = path.strip_prefix(&cases).expect("it is below").parent().into_iter().flat_map(|path| path.iter());
        !folders.into_iter().any(|folder| folder.to_string_lossy().ends_with(".d"))
    });
    let texts = paths.filter_map(|path| Some((path.display().to_string(), fs::read_to_string(path).ok()?)));
    let programs =
        texts.map(|(path, text)| (path, Program::compile(vec![("a b/main.flyteenv".to_owned(), text)], &[])));
    let programs: Vec<_> = programs.filter(|(_, program)| !program.compilation.diagnostics.is_empty()).collect();
    assert!(programs.len() > 300, "only {} programs have something to tell", programs.len());
    programs
}

fn rendered(program: &Program, format: Format) -> String {
    render(&program.compilation.diagnostics, program.sources(), format, Screen::default())
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = fs::read(root().join("tests/sarif/sarif-schema-2.1.0.json")).expect("it is part of the project");
    let schema: Value = serde_json::from_slice(&schema).expect("it is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("it is a schema");
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0" })), "the schema takes everything");
    let check = |path: &str, text: &str| {
        let log: Value = serde_json::from_str(text).expect("it is JSON");
        let faults: Vec<String> = validator.iter_errors(&log).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{path}: {faults:?}\n{text}");
    };
    for (path, program) in programs() {
        check(&path, &rendered(&program, Format::Sarif));
    }
    check("nothing", &rendered(&Program::compile(Vec::new(), &[]), Format::Sarif));
}

#[test]
fn every_format_tells_all_that_is_known() {
    for (path, program) in programs() {
        let json: Vec<Value> = objects(&rendered(&program, Format::Json));
        let log: Value = serde_json::from_str(&rendered(&program, Format::Sarif)).expect("it is JSON");
        let sarif = log["runs"][0]["results"].as_array().expect("there are results");
        let github = rendered(&program, Format::Github);
        let github: Vec<&str> = github.lines().collect();
        let human = rendered(&program, Format::Human);
        let mut rest = human.as_str();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (at, diagnostic) in program.compilation.diagnostics.iter().enumerate() {
            let unescaped = github[at].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
            let texts = [json[at].to_string(), sarif[at].to_string(), unescaped];
            for fact in facts(diagnostic) {
                let quoted = Value::from(fact).to_string();
                let quoted = quoted.trim_matches('"');
                for text in &texts {
                    assert!(text.contains(quoted) || text.contains(fact), "{path}: `{fact}` is not in\n{text}");
                }
                let found = rest.contains(fact) || human.contains(fact);
                assert!(found, "{path}: `{fact}` is not in\n{human}");
            }
            let head = format!("{}[{}]: {}", diagnostic.severity.name(), diagnostic.code.id, diagnostic.message);
            // What is said in the same words again and again is shown three times.
            let shown = seen.entry(format!("{head}{:?}{:?}", diagnostic.notes, diagnostic.help)).or_default();
            *shown += 1;
            if *shown > 3 {
                continue;
            }
            let place = rest.find(&head).unwrap_or_else(|| panic!("{path}: `{head}` is not in its order in\n{human}"));
            rest = &rest[place + head.len()..];
        }
    }
}

/// What a diagnostic says, but for its code and its fixes.
fn facts(diagnostic: &Diagnostic) -> impl Iterator<Item = &str> {
    let labels = diagnostic.labels.iter().map(|label| &label.message);
    let texts = std::iter::once(&diagnostic.message).chain(labels).chain(&diagnostic.notes).chain(&diagnostic.help);
    texts.map(String::as_str).filter(|text| !text.is_empty())
}

#[test]
fn fixes_are_the_same_in_every_format_for_programs() {
    let mut fixes = 0;
    for (path, program) in programs() {
        let json = objects(&rendered(&program, Format::Json));
        let log: Value = serde_json::from_str(&rendered(&program, Format::Sarif)).expect("it is JSON");
        for (object, result) in json.iter().zip(log["runs"][0]["results"].as_array().expect("there are results")) {
            let edits = |object: &Value| -> Vec<Value> {
                let fixes = object["fixes"].as_array().expect("it is a list");
                let edit = |edit: &Value| serde_json::json!([edit["start"], edit["end"], edit["text"]]);
                fixes.iter().flat_map(|fix| fix["edits"].as_array().expect("it is a list")).map(edit).collect()
            };
            let replacements = |result: &Value| -> Vec<Value> {
                let changes = result["fixes"].as_array().expect("it is a list").iter();
                let changes = changes.flat_map(|fix| fix["artifactChanges"].as_array().expect("it is a list"));
                let replacements = changes.map(|change| &change["replacements"][0]);
                let edit = replacements.map(|replacement| {
                    let region = &replacement["deletedRegion"];
                    let (start, length) = (region["byteOffset"].as_u64(), region["byteLength"].as_u64());
                    let end = start.zip(length).map(|(start, length)| start + length);
                    let place = |line: &str, column: &str, offset: Option<u64>| {
                        serde_json::json!({ "line": region[line], "column": region[column], "offset": offset })
                    };
                    let (start, end) = (place("startLine", "startColumn", start), place("endLine", "endColumn", end));
                    serde_json::json!([start, end, replacement["insertedContent"]["text"]])
                });
                edit.collect()
            };
            assert_eq!(edits(object), replacements(result), "{path}");
            fixes += edits(object).len();
        }
    }
    assert!(fixes > 100, "only {fixes} changes are offered");
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}
