//! The programs that people learn from do what stands beside them.
//!
//! `examples/guide/NAME` builds exactly its `pods/`, all of the guide compiles together without a word, `examples/monorepo` builds
//! its pods for each stage, and `check` says of `examples/mistakes/NAME` what `NAME.stderr` holds. `UPDATE=1 cargo test --test
//! examples` writes what comes.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
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
        Trial::test("the_guide_takes_its_parameters", || {
            let file = "examples/guide/parameters/prod.yaml";
            let arguments = ["--params", file, "--set", "workers=16", "--set", "zones=[\"europe-west4-c\"]"];
            let check = ["check", "examples/guide/parameters"];
            expect(&flytec(&[&check[..], &arguments].concat())?, 0, "").map_err(Failed::from)
        }),
        Trial::test("the_readme_names_every_example", the_readme_names_every_example),
    ];
    trials.extend(STAGES.map(|stage| Trial::test(format!("monorepo/{}", stage.name), move || monorepo(stage))));
    trials.extend(
        CHANGES.iter().map(|change| Trial::test(format!("monorepo/{}", change.what), || only_these_change(change))),
    );
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

// --------------------------------------------------------------------------------------------------------- monorepo

/// A stage of the monorepo.
#[derive(Clone, Copy)]
struct Stage {
    name: &'static str,
    version: &'static str,
}

const STAGES: [Stage; 2] = [Stage { name: "dev", version: "main" }, Stage { name: "prod", version: "2025.11.2" }];

/// A change of one line, and the pods that have to change with it.
struct Change {
    what: &'static str,
    file: &'static str,
    line: &'static str,
    instead: &'static str,
    /// How the names of these pods begin. They were read off the sources: who extends, names or overrides what.
    pods: &'static [&'static str],
}

const CHANGES: &[Change] = &[
    Change {
        what: "image_of_the_logging_sidecar",
        file: "platform/logging.flyteenv",
        line: "log-shipper:3.1.9",
        instead: "log-shipper:3.2.0",
        // `teams/ranking/team.flyteenv` extends `logging`, and so do `workspace` and `training` by it; `crawler` does by itself.
        // Serving is reusable, and has no template. The index and its publication have the search team's, without logging.
        pods: &["ranking-features-", "ranking-training.", "search-crawl."],
    },
    Change {
        what: "script_of_the_logging_sidecar",
        file: "platform/ship-logs.sh",
        line: "sleep 1",
        instead: "sleep 5",
        // As above: the template `logging` alone reads it.
        pods: &["ranking-features-", "ranking-training.", "search-crawl."],
    },
    Change {
        what: "label_of_every_template",
        file: "platform/base.flyteenv",
        line: "\"acme.dev/team\"  = team",
        instead: "\"acme.dev/group\" = team",
        // Both teams' templates extend `common`, and every task has one that extends its team's; only serving has none.
        pods: &["ranking-features-", "ranking-training.", "search-"],
    },
    Change {
        what: "variable_of_the_environment_that_all_extend",
        file: "platform/base.flyteenv",
        line: "STAGE     = inputs.stage",
        instead: "PHASE     = inputs.stage",
        // Serving extends `base`, and so do both teams' environments, which all others extend. Nothing replaces `env_vars`.
        pods: &["ranking-", "search-"],
    },
    Change {
        what: "smallest_size",
        file: "platform/sizes.flyteenv",
        line: "let small  = { cpu = 500m..1, memory = 1Gi..2Gi }",
        instead: "let small  = { cpu = 500m..1, memory = 1Gi..3Gi }",
        // `base` has it. Features are built with `large`, training has `large`, serving `medium`, the index what its YAML says.
        pods: &[
            "ranking-features-asia.validate",
            "ranking-features-eu.validate",
            "ranking-features-us.validate",
            "search-crawl.",
            "search-publish.",
        ],
    },
    Change {
        what: "driver_of_buckets",
        file: "platform/storage.flyteenv",
        line: "\"gke-gcsfuse/cpu-limit\" = \"4\"",
        instead: "\"gke-gcsfuse/cpu-limit\" = \"8\"",
        // `gcs_bucket` extends it, `workspace` extends that twice; all tasks of training have `workspace` or `training` over it.
        pods: &["ranking-training."],
    },
    Change {
        what: "toleration_for_gpus",
        file: "platform/gpu.flyteenv",
        line: "key = \"nvidia.com/gpu\"",
        instead: "key = \"acme.dev/gpu\"",
        // `training` extends `gpu_nodes`. `train` and its variants have it; `evaluate` has `workspace`.
        pods: &["ranking-training.train"],
    },
    Change {
        what: "toleration_for_spot_nodes",
        file: "platform/gpu.flyteenv",
        line: "operator = \"Equal\", value = \"true\"",
        instead: "operator = \"Exists\"",
        // The same, but only in development.
        pods: &["dev/ranking-training.train"],
    },
    Change {
        what: "yaml_of_a_sidecar",
        file: "teams/search/legacy/indexer-pod.yaml",
        line: "analyser-cache:1.3.0",
        instead: "analyser-cache:1.3.1",
        // `legacy_indexer` alone reads it.
        pods: &["search-index."],
    },
    Change {
        what: "comment",
        file: "platform/base.flyteenv",
        line: "# What holds for every task of the company.",
        instead: "# What holds for everybody.",
        // What it says is in no pod, and the version of the tasks is given.
        pods: &[],
    },
];

fn monorepo(stage: Stage) -> Result<(), Failed> {
    let folder = root().join("examples/monorepo");
    if updating() {
        expect_status(&build_stage(&folder, stage, &[])?, 0)?;
    }
    expect(&build_stage(&folder, stage, &["--check"])?, 0, "")
        .map_err(|fault| format!("{fault}\nto write what comes: UPDATE=1 cargo test --test examples -- monorepo"))?;
    nothing_else_in(&folder.join("pods").join(stage.name))
}

/// Builds a stage as the README of the monorepo says.
fn build_stage(folder: &Path, Stage { name, version }: Stage, more: &[&str]) -> Result<Output, Failed> {
    let (overrides, parameters) = (format!("stages/{name}.flyteenv"), format!("stages/{name}.yaml"));
    let pods = format!("pods/{name}");
    let arguments = ["build", "teams", &overrides, "--params", &parameters, "--task-version", version, "-o", &pods];
    flytec_in(folder, &[&arguments, more].concat())
}

/// A change of a line changes exactly the pods that build on it, in both stages.
fn only_these_change(change: &Change) -> Result<(), Failed> {
    let copy = tempfile::tempdir()?;
    copy_sources(&root().join("examples/monorepo"), copy.path())?;
    let before = pods(copy.path())?;
    let file = copy.path().join(change.file);
    let text = fs::read_to_string(&file)?;
    if text.matches(change.line).count() != 1 {
        return Err(format!("`{}` does not stand in {} once", change.line, change.file).into());
    }
    fs::write(&file, text.replace(change.line, change.instead))?;
    let after = pods(copy.path())?;
    let names = before.keys().chain(after.keys());
    let changed: BTreeSet<&String> = names.filter(|name| before.get(*name) != after.get(*name)).collect();
    let begins = |name: &str, prefix: &str| {
        name.starts_with(prefix) || name.split_once('/').is_some_and(|(_, pod)| pod.starts_with(prefix))
    };
    let expected: BTreeSet<&String> =
        before.keys().filter(|name| change.pods.iter().any(|prefix| begins(name, prefix))).collect();
    if let Some(idle) = change.pods.iter().find(|prefix| !expected.iter().any(|name| begins(name, prefix))) {
        return Err(format!("no pod's name begins with `{idle}`").into());
    }
    if changed == expected { Ok(()) } else { Err(format!("{changed:?} changed, not {expected:?}").into()) }
}

/// Builds both stages. The pods by stage and name: `dev/search-index.build_index.json`.
fn pods(monorepo: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failed> {
    let mut pods = BTreeMap::new();
    for stage in STAGES {
        expect_status(&build_stage(monorepo, stage, &[])?, 0)?;
        for entry in fs::read_dir(monorepo.join("pods").join(stage.name))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != "manifest.json" {
                pods.insert(format!("{}/{name}", stage.name), fs::read(entry.path())?);
            }
        }
    }
    Ok(pods)
}

/// Copies a folder, but not what was built of it.
fn copy_sources(from: &Path, to: &Path) -> Result<(), Failed> {
    let walk = walkdir::WalkDir::new(from).into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() != 1 || entry.file_name() != "pods") {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

// --------------------------------------------------------------------------------------------------------- mistakes

fn mistake(name: &str) -> Result<(), Failed> {
    let expectation = root().join(format!("examples/mistakes/{name}/{name}.stderr"));
    let (sources, parameters) = (format!("examples/mistakes/{name}"), format!("examples/mistakes/{name}/params.yaml"));
    let with_parameters = ["check", &sources, "--params", &parameters];
    let output = flytec(if root().join(&parameters).is_file() { &with_parameters } else { &with_parameters[..2] })?;
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
    let mut missing = [missing("guide"), missing("mistakes")].concat();
    if !readme.contains("(monorepo/README.md)") {
        missing.push("monorepo".to_owned());
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("examples/README.md does not name {missing:?}").into()) }
}

// ---------------------------------------------------------------------------------------------------------- running

fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Runs the command from the root of the project.
fn flytec(arguments: &[&str]) -> Result<Output, Failed> {
    flytec_in(&root(), arguments)
}

fn flytec_in(folder: &Path, arguments: &[&str]) -> Result<Output, Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flytec"));
    Ok(command.args(arguments).args(["--color", "never"]).current_dir(folder).output()?)
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
