//! Mistakes, and what people are told of them: `tests/gallery`, of which `tests/README.md` says how it is laid out.
//!
//! Each `NAME.flyteenv` has one mistake, and so has each folder `NAME.d` with a project in it, whose file `arguments` holds arguments
//! of the command line. `NAME.expected` beside it shows the source, what `flytec check` says, and what `flytec check --fix` would do.
//! `UPDATE=1 cargo test --test gallery` writes what comes.
//!
//! A mistake has one message. Those that are several stand below `several/`.

#![allow(clippy::disallowed_methods, reason = "the gallery is files, which a test reads and writes by itself")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use support::{files_below, root};

/// How an expectation is written, for messages.
const UPDATE: &str = "UPDATE=1 cargo test --test gallery";

/// The fewest mistakes that show what people meet.
const FEWEST: usize = 120;

fn main() {
    let updating = std::env::var_os("UPDATE").is_some();
    let mistakes = mistakes();
    let mut trials = orphans(&mistakes);
    let count = mistakes.len();
    trials.push(Trial::test("there_are_enough", move || {
        if count >= FEWEST { Ok(()) } else { Err(format!("there are only {count} mistakes").into()) }
    }));
    for mistake in mistakes {
        let name = shown(&mistake.expectation.with_extension(""));
        trials.push(Trial::test(name, move || mistake.check(updating)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn folder() -> PathBuf {
    root().join("tests/gallery")
}

fn shown(path: &Path) -> String {
    path.strip_prefix(folder()).unwrap_or(path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// A program with a mistake.
struct Mistake {
    expectation: PathBuf,
    /// Where the command runs.
    folder: PathBuf,
    /// The files to be shown, by their names in the folder.
    files: Vec<String>,
    arguments: Vec<String>,
}

/// All mistakes, in the order of their names.
fn mistakes() -> Vec<Mistake> {
    let mut mistakes: BTreeMap<PathBuf, Mistake> = BTreeMap::new();
    for path in files_below(&folder(), "flyteenv") {
        let whole = path.ancestors().find(|path| path.extension().is_some_and(|extension| extension == "d"));
        let mistake = match whole {
            Some(whole) => Mistake::project(whole),
            None => Mistake::file(&path),
        };
        mistakes.insert(mistake.expectation.clone(), mistake);
    }
    mistakes.into_values().collect()
}

fn orphans(mistakes: &[Mistake]) -> Vec<Trial> {
    let known = |path: &PathBuf| mistakes.iter().any(|mistake| mistake.expectation == *path);
    let orphans = files_below(&folder(), "expected").into_iter().filter(|path| !known(path));
    let trial = |path: PathBuf| {
        Trial::test(shown(&path), || Err("it belongs to no mistake; remove it, or write its source".into()))
    };
    orphans.map(trial).collect()
}

impl Mistake {
    fn file(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self {
            expectation: path.with_extension("expected"),
            folder: path.parent().unwrap_or(path).to_owned(),
            files: vec![name.clone()],
            arguments: vec![name],
        }
    }

    fn project(whole: &Path) -> Self {
        let entries = walkdir::WalkDir::new(whole).sort_by_file_name().into_iter().filter_map(Result::ok);
        let files = entries.filter(|entry| entry.file_type().is_file());
        let names = files.map(|entry| entry.path().strip_prefix(whole).unwrap_or(entry.path()).to_owned());
        let names = names.map(|name| name.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
        let arguments = fs::read_to_string(whole.join("arguments")).unwrap_or_default();
        Self {
            expectation: whole.with_extension("expected"),
            folder: whole.to_owned(),
            files: names.filter(|name| name != "arguments").collect(),
            arguments: arguments.split_whitespace().map(str::to_owned).collect(),
        }
    }

    fn check(&self, updating: bool) -> Result<(), Failed> {
        let messages = self.run(&["--message-format", "human"])?;
        // Where to read on is the same for all.
        let lines = messages.lines().filter(|line| !line.starts_with("more: `flytec explain"));
        let messages: String = lines.flat_map(|line| [line, "\n"]).collect();
        let diagnostics = self.diagnostics()?;
        let actual = self.sources()? + &messages + &fixes(&diagnostics)?;
        let several = shown(&self.expectation).starts_with("several/");
        if diagnostics.is_empty() || (diagnostics.len() > 1) != several {
            return Err(format!("one mistake, {} messages:\n{actual}", diagnostics.len()).into());
        }
        if updating {
            if fs::read_to_string(&self.expectation).ok().as_deref() != Some(actual.as_str()) {
                fs::write(&self.expectation, actual)?;
            }
            return Ok(());
        }
        let Ok(expected) = fs::read_to_string(&self.expectation) else {
            return Err(
                format!("there is no expectation; look at this, then write it with `{UPDATE}`:\n{actual}").into()
            );
        };
        if expected == actual {
            return Ok(());
        }
        let diff = similar::TextDiff::from_lines(&expected, &actual);
        let diff = diff.unified_diff().header("expected", "actual").to_string();
        Err(format!("if this is right, write it with `{UPDATE}`:\n{diff}").into())
    }

    fn run(&self, arguments: &[&str]) -> Result<String, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flytec"));
        command.args(["check", "--color", "never"]).args(arguments).args(&self.arguments);
        let Output { status, stderr, stdout } = command.current_dir(&self.folder).output()?;
        let text = String::from_utf8(stderr)?;
        if status.code().is_none_or(|status| status > 1) || !stdout.is_empty() {
            return Err(format!("the command ended with {status}:\n{text}").into());
        }
        Ok(text)
    }

    fn diagnostics(&self) -> Result<Vec<Value>, Failed> {
        let text = self.run(&["--message-format", "json"])?;
        Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    /// The texts, with the numbers of their lines.
    fn sources(&self) -> Result<String, Failed> {
        let mut text = String::new();
        for name in &self.files {
            writeln!(text, "── {name}")?;
            let source = fs::read(self.folder.join(name))?;
            for (at, line) in String::from_utf8_lossy(&source).lines().enumerate() {
                writeln!(text, "{}", format!("{:>3}  {line}", at + 1).trim_end())?;
            }
        }
        if !self.arguments.is_empty() && self.folder.extension().is_some_and(|extension| extension == "d") {
            writeln!(text, "── flytec check {}", self.arguments.join(" "))?;
        }
        Ok(text + "── is told\n")
    }
}

/// The changes that are offered, a line each: place, whether it is safe, and what is replaced by what.
fn fixes(diagnostics: &[Value]) -> Result<String, Failed> {
    let mut text = String::new();
    let all = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    for fix in diagnostics.iter().flat_map(|diagnostic| all(diagnostic, "fixes")) {
        let safe = if fix["safe"] == true { "safe" } else { "unsafe" };
        let title = fix["message"].as_str().unwrap_or_default();
        writeln!(text, "── {safe} fix: {title}")?;
        for edit in all(&fix, "edits") {
            let (file, start, end) = (edit["file"].as_str().unwrap_or_default(), &edit["start"], &edit["end"]);
            let place = |place: &Value| format!("{}:{}", place["line"], place["column"]);
            writeln!(text, "{file} {} to {}: {}", place(start), place(end), edit["text"])?;
        }
    }
    Ok(text)
}
