//! What pipelines use of flytec: `action.yml`, `.pre-commit-hooks.yaml`, `Dockerfile`, the workflow of releases, and `docs/pipelines.md`.
//!
//! Each parses, its shell code is read by `bash -n`, and every command and option of flytec in it is one that `flytec help COMMAND` has.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use flytec::data::{self, Format};
use flytec::source::SourceMap;
use serde_json::Value;
use support::root;

const ACTION: &str = "action.yml";
const HOOKS: &str = ".pre-commit-hooks.yaml";
const RELEASE: &str = ".github/workflows/release.yml";

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    let text = read(path);
    let file = SourceMap::new(vec![(path.to_owned(), text.clone())]).ids().next().expect("it has one file");
    data::read(Format::Yaml, file, &text).unwrap_or_else(|faults| panic!("{path}: {faults:?}")).json()
}

/// The shell code of a list of steps.
fn scripts(steps: &Value) -> Vec<String> {
    let steps = steps.as_array().expect("steps are a list");
    steps.iter().filter_map(|step| Some(step.get("run")?.as_str()?.to_owned())).collect()
}

fn help(command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_flytec")).args(["help", command]).output().expect("it runs");
    assert!(output.status.success(), "there is no command `{command}`");
    String::from_utf8(output.stdout).expect("help is text")
}

/// Whether the help of a command lists an option.
fn has_option(help: &str, option: &str) -> bool {
    help.split([' ', ',', '\n']).any(|word| word == option)
}

/// The lines that begin with a command of flytec, behind prompts and other words of a shell.
fn calls(text: &str) -> Vec<Vec<&str>> {
    let calls = text.lines().filter_map(|line| {
        let call = line.trim_start_matches([' ', '$', '-']).trim_start_matches("entry: ");
        let call = call.strip_prefix("run: ").unwrap_or(call).strip_prefix("flytec ")?;
        Some(call.split(['|', '>', '#']).next().unwrap_or(call).split_whitespace().collect::<Vec<_>>())
    });
    calls.filter(|words| words.first().is_some_and(|word| word.bytes().all(|b| b.is_ascii_lowercase()))).collect()
}

fn check_calls(name: &str, text: &str, at_least: usize) {
    let calls = calls(text);
    assert!(calls.len() >= at_least, "{name} calls flytec {} times", calls.len());
    for call in calls {
        let help = help(call[0]);
        for option in call.iter().filter(|word| word.starts_with("--")) {
            let option = option.split('=').next().unwrap_or(option);
            assert!(has_option(&help, option), "{name}: `flytec {}` has no `{option}`", call[0]);
        }
        for (option, value) in call.iter().zip(call.iter().skip(1)) {
            if ["--format", "--message-format", "--emit"].contains(option) {
                assert!(help.contains(value), "{name}: `flytec {} {option}` does not take `{value}`", call[0]);
            }
        }
    }
}

fn check_script(name: &str, script: &str) {
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().expect("there is a bash");
    bash.stdin.take().expect("it is piped").write_all(script.as_bytes()).expect("bash reads it");
    assert!(bash.wait().expect("bash ends").success(), "{name}: bash cannot read\n{script}");
    assert!(script.starts_with("set -euo pipefail\n"), "{name}: a script goes on behind what fails\n{script}");
    assert!(!script.contains("${{"), "{name}: what GitHub puts into a script is run by it\n{script}");
}

#[test]
fn the_action_calls_what_there_is() {
    let action = yaml(ACTION);
    assert_eq!(action.pointer("/runs/using"), Some(&Value::from("composite")));
    let scripts = scripts(&action["runs"]["steps"]);
    assert_eq!(scripts.len(), 3);
    for script in &scripts {
        check_script(ACTION, script);
    }
    check_calls(ACTION, &scripts.concat(), 2);
    let text = read(ACTION);
    let inputs = action["inputs"].as_object().expect("it has inputs");
    for name in inputs.keys() {
        assert!(text.contains(&format!("inputs.{name}")), "nothing reads the input `{name}`");
    }
}

#[test]
fn the_action_takes_what_a_release_has() {
    let release = yaml(RELEASE);
    let builds = release.pointer("/jobs/build/strategy/matrix/include").and_then(Value::as_array).expect("it builds");
    assert_eq!(builds.len(), 4);
    let action = read(ACTION);
    for build in builds {
        let target = build["target"].as_str().expect("it is a text");
        assert!(action.contains(&format!("target={target} ")), "the action does not know {target}");
    }
    let name = "flytec-$TARGET.tar.gz";
    assert!(read(RELEASE).contains(name) && action.contains(&name.to_lowercase()));
}

#[test]
fn the_workflow_of_releases_is_sound() {
    let release = yaml(RELEASE);
    for job in ["build", "release"] {
        let scripts = scripts(&release["jobs"][job]["steps"]);
        assert!(!scripts.is_empty());
        for script in &scripts {
            check_script(RELEASE, script);
        }
    }
    assert!(read("Cargo.toml").contains("\nversion = \""), "the workflow reads the version there");
}

#[test]
fn the_hooks_call_what_there_is() {
    let hooks = yaml(HOOKS);
    let hooks = hooks.as_array().expect("it is a list");
    let ids: Vec<&str> = hooks.iter().filter_map(|hook| hook["id"].as_str()).collect();
    assert_eq!(ids, ["flytec-check", "flytec-fmt"]);
    for hook in hooks {
        assert_eq!(hook["language"], "rust");
        let entry = hook["entry"].as_str().expect("it is a text");
        check_calls(HOOKS, entry, 1);
    }
}

#[test]
fn the_image_has_what_the_build_reads() {
    let dockerfile = read("Dockerfile");
    let copied =
        dockerfile.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.starts_with("--"));
    let copied: Vec<&str> = copied.flat_map(|line| line.split(' ')).filter(|path| *path != "./").collect();
    let ignored = read(".dockerignore");
    for path in &copied {
        assert!(root().join(path).exists(), "there is no `{path}`");
        assert!(ignored.lines().any(|line| line == format!("!{path}")), "`{path}` is not given to the build");
    }
    for path in ["Cargo.toml", "Cargo.lock", "src", "docs", "grammar"] {
        assert!(copied.contains(&path), "the build needs `{path}`");
    }
    let rust = dockerfile.lines().find_map(|line| line.strip_prefix("FROM rust:")?.strip_suffix("-alpine AS build"));
    let rust = rust.expect("it names a version");
    assert!(read("Cargo.toml").contains(&format!("rust-version = \"{rust}\"")), "it builds with another Rust, {rust}");
}

#[test]
fn the_page_calls_what_there_is() {
    let page = read("docs/pipelines.md");
    check_calls("docs/pipelines.md", &page, 4);
    for file in [ACTION, HOOKS, RELEASE, "Dockerfile"] {
        assert!(page.contains(file), "the page does not speak of {file}");
    }
    let action = yaml(ACTION);
    for input in action["inputs"].as_object().expect("it has inputs").keys() {
        assert!(page.contains(&format!("| `{input}` |")), "the page does not describe the input `{input}`");
    }
}

/// The test can fail: options that there are not are found.
#[test]
fn unknown_options_are_found() {
    let words = calls("  $ flytec check --no-such-option envs > out\n- entry: flytec fmt\nflytec-check\n");
    assert_eq!(words, [vec!["check", "--no-such-option", "envs"], vec!["fmt"]]);
    assert!(!has_option(&help("check"), "--no-such-option"));
    assert!(has_option(&help("check"), "--message-format"));
}
