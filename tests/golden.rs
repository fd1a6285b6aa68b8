//! The language by its behaviours: `tests/cases`, of which `tests/README.md` says how they are laid out.
//!
//! Each `NAME.flyteenv` is a program, and so is each folder `NAME.d` with all sources in it; what stands in folders of that is
//! there to be imported or read, and its file `arguments` holds arguments of the command line. One with a `flytec.toml` is a
//! project, which the command builds. What comes of it stands in
//! `NAME.expected` beside it: the messages as people read them, then, if the program was accepted, a YAML document for each
//! pod; below `manifest/` also what the manifest says of it, and below `preview/` the pod that will run instead. `UPDATE=1 cargo test --test golden` writes what comes.

#![allow(clippy::disallowed_methods, reason = "cases are files, which a test reads and writes by itself")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytec::diagnostics::{code, render};
use flytec::emit::manifest::{Written, manifest};
use flytec::emit::{Format, Kind};
use flytec::preview::{Places, preview, rules, written, yaml};
use flytec::schema::kubernetes::versions::Target;
use flytec::source::Span;
use flytec::validate::kubernetes::features::Features;
use flytec::validate::path::Path as PodPath;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use support::{Program, files_below, root};

/// How an expectation is written, for messages.
const UPDATE: &str = "UPDATE=1 cargo test --test golden";

/// The codes that no small program can raise, and those that only another command raises, whose tests have them.
const WITHOUT_CASE: &[(&str, &str)] = &[
    ("E0115", "needs a source of 64 MiB"),
    ("E0903", "needs ten thousand errors: tests/properties.rs"),
    ("W0813", "comes of documents that are imported: tests/cli/import.rs"),
    ("E0814", "comes of documents that are imported: tests/cli/import.rs"),
    ("W2201", "comes with `--emit python`: tests/cli/python.rs"),
    ("E2202", "comes with `--emit python`: tests/cli/python.rs"),
    ("E9901", "is a fault of the compiler itself"),
];

fn main() {
    let folder = cases();
    let updating = std::env::var_os("UPDATE").is_some();
    let programs = programs(&folder);
    let expectations: BTreeSet<PathBuf> = files_below(&folder, "expected").into_iter().collect();
    let orphans = expectations.iter().filter(|path| !programs.contains_key(*path));
    let orphans = orphans.map(|path| orphan(&folder, path)).collect::<Vec<_>>();
    let mut trials: Vec<Trial> = Vec::new();
    for (expectation, sources) in programs {
        let name = shown(&folder, &expectation.with_extension(""));
        trials.push(Trial::test(name, move || case(&expectation, &sources, updating)));
    }
    trials.extend(orphans);
    if !updating {
        trials.push(Trial::test("every_code_has_a_case", move || every_code_has_a_case(&expectations)));
    }
    trials.push(Trial::test("every_code_is_in_the_reference", move || every_code_is_in_the_reference(updating)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// `docs/diagnostics.md` is made of the registry.
fn every_code_is_in_the_reference(updating: bool) -> Result<(), Failed> {
    const HEAD: &str = "# Diagnostics\n\nEvery message has a code that stays what it is. `E` is an error, which refuses the \
        program; `W` is a warning.\nThe first two digits are the family. `flytec explain CODE` prints the page of a code, which says \
        what it means and has\nan example that fails and one that passes; `flytec explain` lists all codes. [How messages are \
        written](cli.md#messages)\nis said elsewhere.\n";
    let mut text = HEAD.to_owned();
    for (family, about) in code::FAMILIES {
        write!(text, "\n## {family}: {about}\n\n| code | what it is |\n|---|---|\n")?;
        for code in code::of_family(family) {
            writeln!(text, "| [`{0}`](diagnostics/{0}.md) | {1} |", code.id, code.title)?;
        }
    }
    let path = root().join("docs/diagnostics.md");
    if updating {
        fs::write(path, text)?;
        return Ok(());
    }
    if fs::read_to_string(path).unwrap_or_default() == text {
        return Ok(());
    }
    Err("docs/diagnostics.md is not what the registry says: UPDATE=1 cargo test --test golden".into())
}

fn cases() -> PathBuf {
    root().join("tests/cases")
}

/// The sources of each program, by the path of what is expected of it.
fn programs(folder: &Path) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut programs: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for source in files_below(folder, "flyteenv") {
        let Some(whole) = whole(folder, &source) else {
            programs.entry(source.with_extension("expected")).or_default().push(source);
            continue;
        };
        let sources = programs.entry(whole.with_extension("expected")).or_default();
        if source.parent() == Some(whole) {
            sources.push(source);
        }
    }
    programs
}

/// The folder that is the program which a file belongs to.
fn whole<'p>(folder: &Path, file: &'p Path) -> Option<&'p Path> {
    let ancestors = file.ancestors().take_while(|path| *path != folder);
    ancestors.filter(|path| path.extension().is_some_and(|extension| extension == "d")).last()
}

fn orphan(folder: &Path, expectation: &Path) -> Trial {
    let name = shown(folder, &expectation.with_extension(""));
    Trial::test(name.clone(), move || {
        Err(format!("`{name}.expected` belongs to no program; remove it, or write `{name}.flyteenv`").into())
    })
}

// -------------------------------------------------------------------------------------------------------- one case

fn case(expectation: &Path, sources: &[PathBuf], updating: bool) -> Result<(), Failed> {
    let actual = outcome(sources)?;
    if updating {
        if fs::read_to_string(expectation).ok().as_deref() != Some(actual.as_str()) {
            fs::write(expectation, actual)?;
        }
        return Ok(());
    }
    let shown = shown(&cases(), expectation);
    let Ok(expected) = fs::read_to_string(expectation) else {
        return Err(format!("`{shown}` is missing; look at this, then write it with `{UPDATE}`:\n{actual}").into());
    };
    if expected == actual {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&expected, &actual);
    let diff = diff.unified_diff().header("expected", "actual").to_string();
    Err(format!("`{shown}` is not what comes; if this is right, write it with `{UPDATE}`:\n{diff}").into())
}

/// What comes of a program, as text.
fn outcome(sources: &[PathBuf]) -> Result<String, Failed> {
    let folder = cases();
    let project = sources.first().and_then(|source| whole(&folder, source));
    if let Some(project) = project.filter(|whole| whole.join("flytec.toml").is_file()) {
        return outcome_of_a_project(project);
    }
    let mut files = Vec::new();
    for path in sources {
        match String::from_utf8(fs::read(path)?) {
            Ok(text) => files.push((shown(&folder, path), text)),
            // Only the command reads bytes.
            Err(_) => return messages_of_the_command(sources),
        }
    }
    let (others, arguments) = beside(&folder, sources)?;
    let program = Program::beside(files, others, &arguments);
    let mut text = program.messages();
    if program.compilation.has_errors() {
        return Ok(text);
    }
    if sources.iter().any(|path| path.starts_with(folder.join("preview"))) {
        return Ok(text + &previews(&program));
    }
    let facts = if sources.iter().any(|path| path.starts_with(folder.join("manifest"))) {
        manifest_entries(&program)?
    } else {
        BTreeMap::new()
    };
    for (name, pod) in program.pods() {
        document(&mut text, &name, &without_entrypoint(pod))?;
        if let Some(facts) = facts.get(&name) {
            document(&mut text, &format!("{name} in the manifest"), facts)?;
        }
    }
    Ok(text)
}

/// What comes of a project: only the command puts settings and arguments together.
fn outcome_of_a_project(folder: &Path) -> Result<String, Failed> {
    let arguments = fs::read_to_string(folder.join("arguments")).unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_flytec"));
    command.args(["build", "--quiet", "--color", "never", "-o", "-", "--format", "yaml"]);
    let output = command.args(arguments.split_whitespace()).current_dir(folder).output()?;
    if output.status.code().is_none_or(|status| status > 1) {
        return Err(String::from_utf8(output.stderr)?.into());
    }
    Ok(String::from_utf8(output.stderr)? + &String::from_utf8(output.stdout)?)
}

/// Files by their names.
type Others = BTreeMap<String, Vec<u8>>;

/// The other files of a program that is a folder, and the arguments that it is compiled with.
fn beside(folder: &Path, sources: &[PathBuf]) -> Result<(Others, Vec<String>), Failed> {
    let mut others = BTreeMap::new();
    let mut arguments = Vec::new();
    let Some(whole) = sources.first().and_then(|source| whole(folder, source)) else { return Ok((others, arguments)) };
    for entry in walkdir::WalkDir::new(whole).sort_by_file_name() {
        let entry = entry?;
        if !entry.file_type().is_file() {
            continue;
        }
        if entry.path() == whole.join("arguments") {
            arguments =
                fs::read_to_string(entry.path())?.lines().flat_map(|line| line.split(' ')).map(Into::into).collect();
        } else {
            others.insert(shown(folder, entry.path()), fs::read(entry.path())?);
        }
    }
    for at in 1..arguments.len() {
        if ["--params", "--cluster"].contains(&arguments[at - 1].as_str()) {
            arguments[at] = shown(folder, &whole.join(&arguments[at]));
        }
    }
    Ok((others, arguments))
}

fn messages_of_the_command(sources: &[PathBuf]) -> Result<String, Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flytec"));
    command.args(["check", "--quiet", "--color", "never"]).args(sources).current_dir(cases());
    Ok(String::from_utf8(command.output()?.stderr)?)
}

fn document(text: &mut String, title: &str, value: &Value) -> Result<(), Failed> {
    let mut options = serde_saphyr::SerializerOptions::default();
    // As the emitter has it: a text is never folded.
    options.min_fold_chars = usize::MAX;
    options.folded_wrap_chars = usize::MAX;
    writeln!(text, "---\n# {title}")?;
    Ok(serde_saphyr::to_fmt_writer_with_options(text, value, options)?)
}

/// What the manifest says of each pod, but for the file that no test writes.
fn manifest_entries(program: &Program) -> Result<BTreeMap<String, Value>, Failed> {
    let written = |file: String| Written { file, sha256: String::new() };
    let entries: Vec<_> = program.compilation.workloads.iter().map(|w| (w, written(w.name.to_string()))).collect();
    let bytes =
        manifest(program.sources(), &entries, Kind::Pod, Format::Json, "test", usize::MAX).ok_or("it is too large")?;
    let value: Value = serde_json::from_slice(&bytes)?;
    let pods = value.get("pods").and_then(Value::as_array).cloned().unwrap_or_default();
    let named = pods.into_iter().map(|mut pod| {
        if let Some(fields) = pod.as_object_mut() {
            fields.retain(|name, _| name != "file" && name != "sha256");
        }
        (pod.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(), pod)
    });
    Ok(named.collect())
}

/// The pods that will run, without the variables of Flyte's runtime but for the first and the last.
fn previews(program: &Program) -> String {
    let place = |span: Span| {
        let source = program.sources().get(span.file);
        format!("{}:{}", source.name, source.line(span.start as usize))
    };
    let features = Features::new(&Target::default());
    let mut text = String::new();
    for workload in &program.compilation.workloads {
        let preview = preview(workload, program.cluster.as_ref(), &program.compilation.version);
        preview.typed().expect("a pod that is previewed is one of Kubernetes' pods");
        text.push_str("---\n");
        let pod = |path: &PodPath| written(workload, path).map(place);
        let mut within = false;
        for line in yaml::write(&preview, &Places { pod: &pod, cluster: &place }).lines() {
            within &= !line.contains("- name: _U_RUN_BASE");
            if !within {
                text.push_str(line);
                text.push('\n');
            }
            if line.contains("value: <run-name>") && !within {
                within = true;
                text.push_str("    # …\n");
            }
        }
        text.extend(preview.refused.iter().map(|why| format!("# Flyte does not start it: {why}\n")));
        let refusals = rules::refusals(&preview, workload, &features);
        text.push_str(&render::render(&refusals, program.sources(), render::Format::Human, render::Screen::default()));
    }
    text
}

/// The pod with the arguments of Flyte's own entrypoint cut down to the function; `tests/sdk` holds the whole of them.
fn without_entrypoint(mut pod: Value) -> Value {
    let containers = pod.pointer_mut("/podSpec/containers").and_then(Value::as_array_mut);
    for args in containers.into_iter().flatten().filter_map(|container| container.get_mut("args")) {
        let words: Vec<&str> = args.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if let ["a0", .., "mod", module, "instance", function] = words.as_slice() {
            *args = Value::from(format!("a0 … mod {module} instance {function}"));
        }
    }
    pod
}

/// The path below the folder, with `/`.
fn shown(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

// ------------------------------------------------------------------------------------------------------- all codes

fn every_code_has_a_case(expectations: &BTreeSet<PathBuf>) -> Result<(), Failed> {
    let mut texts = String::new();
    for path in expectations {
        texts.push_str(&fs::read_to_string(path)?);
    }
    let excused = |id: &str| WITHOUT_CASE.iter().any(|(code, _)| *code == id);
    let raised = |id: &str| texts.contains(&format!("error[{id}]")) || texts.contains(&format!("warning[{id}]"));
    let missing = code::ALL.iter().filter(|code| !raised(code.id) && !excused(code.id));
    let missing: Vec<String> = missing.map(|code| format!("{}: {}", code.id, code.title)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("no case below `tests/cases` raises\n{}", missing.join("\n")).into())
}
