//! A program of a page, and what comes of it.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use flytec::data::{self, Format as DataFormat};
use flytec::diagnostics::Diagnostic;
use flytec::diagnostics::render::{Format, Screen, render};
use flytec::format::format;
use flytec::preview::{Places, preview, written, yaml};
use flytec::source::{SourceMap, Span};
use flytec::validate::path::Path;
use libtest_mimic::Failed;
use serde_json::Value;

use crate::support;

/// The fields whose value is a map of any names, which is shown whole.
const WHOLE: &[&str] = &["labels", "annotations", "nodeSelector", "requests", "limits"];

/// The word for a program that shows another style on purpose.
const UNFORMATTED: &str = "unformatted";

/// The file that makes a project of a program.
const PROJECT: &str = "flytec.toml";

/// A program, and what the page says comes of it.
#[derive(Clone)]
pub struct Program {
    page: String,
    line: usize,
    files: Vec<(String, String)>,
    /// The names of the files that are built.
    built: Vec<String>,
    arguments: Vec<String>,
    /// The codes of the diagnostics that come.
    codes: Vec<String>,
    /// Whether it shows another style on purpose.
    unformatted: bool,
    /// What is shown, with its line in the page.
    pub shown: Vec<(usize, Shown)>,
}

/// What a page shows of a program.
#[derive(Clone)]
pub enum Shown {
    /// A part of a pod, as YAML.
    Pod(String),
    /// A part of what `flytec preview` writes.
    Preview(String),
    /// A message, for people.
    Message(String),
    /// A message as JSON.
    Json(String),
}

impl Program {
    /// The block at a line of a page, with the words behind `flyteenv`.
    pub fn new<'w>(page: &str, line: usize, words: impl Iterator<Item = &'w str>, body: &[&str]) -> Self {
        let mut files: Vec<(String, String)> = Vec::new();
        for (at, text) in body.iter().enumerate() {
            match (text.strip_prefix("# file: "), files.last_mut()) {
                (Some(name), _) => files.push((name.to_owned(), String::new())),
                (None, Some((_, file))) => file.extend([text, "\n"]),
                // A file without a name has its page's, and its lines are those of the page.
                (None, None) => files.push((page.to_owned(), format!("{}{text}\n", "\n".repeat(line + at)))),
            }
        }
        let (mut built, mut arguments, mut codes) = (Vec::new(), Vec::new(), Vec::new());
        let words: Vec<String> = words.map(str::to_owned).collect();
        let unformatted = words.iter().any(|word| word == UNFORMATTED);
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if word.starts_with("--") {
                arguments.push(word);
                arguments.extend(words.next());
            } else if let Some(code) = word.strip_prefix("error=").or_else(|| word.strip_prefix("warning=")) {
                codes.push(code.to_owned());
            } else if word != UNFORMATTED {
                built.push(word);
            }
        }
        if built.is_empty() {
            built.extend(files.first().map(|(name, _)| name.clone()));
        }
        Self { page: page.to_owned(), line, files, built, arguments, codes, unformatted, shown: Vec::new() }
    }

    pub fn name(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    /// Its files.
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// The codes that come of it, as the page says.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Its sources that are not in the style, with what is different; those that have faults of their text have none.
    pub fn out_of_style(&self) -> Vec<String> {
        let is_source = |name: &str| name == self.page || name.ends_with(".flyteenv");
        let sources = self.files.iter().filter(|(name, _)| !self.unformatted && is_source(name));
        let differs = |(name, text): &(String, String)| {
            // Between the files of a program stand blank lines, and above the first one its lines in the page.
            let text = format!("{}\n", text.trim_matches('\n'));
            let formatted = support::tree(&text).map(|tree| format(&tree, &text))?;
            let diff = similar::TextDiff::from_lines(&text, &formatted).unified_diff().to_string();
            (text != formatted).then(|| format!("{}: {name} is not as `flytec fmt` writes it:\n{diff}", self.name()))
        };
        sources.filter_map(differs).collect()
    }

    pub fn check(&self) -> Result<(), Failed> {
        if self.files.iter().any(|(name, _)| name == PROJECT) {
            return self.check_project();
        }
        let (built, others): (Vec<_>, Vec<_>) =
            self.files.iter().cloned().partition(|(name, _)| self.built.contains(name));
        let others: BTreeMap<String, Vec<u8>> =
            others.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        let program = support::Program::beside(built, others, &self.arguments);
        let codes: Vec<&str> = codes(&program.compilation.diagnostics);
        if codes != self.codes {
            return Err(format!("expected {:?}, not {codes:?}:\n{}", self.codes, program.messages()).into());
        }
        for (line, shown) in &self.shown {
            check(shown, &program).map_err(|fault| format!("{}:{line}: {fault}", self.page))?;
        }
        Ok(())
    }
}

// -------------------------------------------------------------------------------------------------------- projects

impl Program {
    /// Only the command knows projects, so it is run in a folder of these files.
    fn check_project(&self) -> Result<(), Failed> {
        let folder = tempfile::tempdir()?;
        for (name, text) in &self.files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, text)?;
        }
        let run = |format: &str| -> Result<String, Failed> {
            let mut command = Command::new(env!("CARGO_BIN_EXE_flytec"));
            command.args(["check", "--quiet", "--color", "never", "--message-format", format]).args(&self.arguments);
            command.args(self.built.iter().filter(|name| *name != PROJECT));
            Ok(String::from_utf8(command.current_dir(folder.path()).output()?.stderr)?)
        };
        let messages = run("json")?;
        let messages = messages.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        let codes: Vec<&str> = messages.iter().filter_map(|message| message["code"].as_str()).collect();
        let human = run("human")?;
        if codes != self.codes {
            return Err(format!("expected {:?}, not {codes:?}:\n{human}", self.codes).into());
        }
        for (line, shown) in &self.shown {
            match shown {
                Shown::Message(text) if human.contains(text) => {}
                Shown::Message(_) => return Err(format!("{}:{line}: what comes is\n{human}", self.page).into()),
                _ => return Err(format!("{}:{line}: of a project only messages are shown", self.page).into()),
            }
        }
        Ok(())
    }
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}

/// An expression, and one that it is equal to, or the code of its fault.
#[derive(Clone)]
pub struct Row {
    pub name: String,
    pub written: String,
    pub is: String,
}

impl Row {
    pub fn name(&self) -> String {
        format!("{} {}", self.name, self.written)
    }

    pub fn check(&self) -> Result<(), Failed> {
        let Self { written, is, .. } = self;
        let fails = is.len() == 5 && is.starts_with('E');
        let condition = if fails { format!("({written}) == null") } else { format!("({written}) == ({is})") };
        let command = format!("if {condition} then \"same\" else \"different\"");
        let text = format!(
            "environment rows-env {{\n  image = \"alpine:3.20\"\n  task row {{\n    command = [{command}]\n  }}\n}}\n"
        );
        let program = support::Program::compile(vec![("row.flyteenv".into(), text)], &[]);
        if fails {
            let codes = codes(&program.compilation.diagnostics);
            return if codes == [is] { Ok(()) } else { Err(format!("{codes:?}\n{}", program.messages()).into()) };
        }
        program.expect_success()?;
        match program.pods()["rows-env.row"]["podSpec"]["containers"][0]["command"][0].as_str() {
            Some("same") => Ok(()),
            _ => Err(format!("`{written}` is not `{is}`").into()),
        }
    }
}

// ---------------------------------------------------------------------------------------------------------- shown

fn check(shown: &Shown, program: &support::Program) -> Result<(), String> {
    match shown {
        Shown::Pod(text) => check_pod(text, program),
        Shown::Preview(text) => check_preview(text, program),
        Shown::Message(text) => check_message(text, program),
        Shown::Json(text) => {
            let expected: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let actual = render(&program.compilation.diagnostics, program.sources(), Format::Json, Screen::default());
            let found =
                actual.lines().any(|line| serde_json::from_str::<Value>(line).is_ok_and(|line| line == expected));
            if found { Ok(()) } else { Err(format!("what comes is\n{actual}")) }
        }
    }
}

fn check_message(text: &str, program: &support::Program) -> Result<(), String> {
    let human = text.starts_with("error[") || text.starts_with("warning[");
    let format = if human { Format::Human } else { Format::Short };
    let actual = render(&program.compilation.diagnostics, program.sources(), format, Screen::default());
    // The summary is the command's.
    let summary = text.rsplit_once("\n\n").filter(|(_, last)| last.starts_with("more: "));
    let text = summary.map_or(text, |(messages, _)| messages);
    if actual.contains(text) { Ok(()) } else { Err(format!("what comes is\n{actual}")) }
}

fn check_pod(text: &str, program: &support::Program) -> Result<(), String> {
    let name = text.lines().next().and_then(|line| line.strip_prefix("# "));
    let name = name.ok_or("the first line of a pod is its name: `# environment.task`")?;
    let file = SourceMap::new(vec![(name.to_owned(), text.to_owned())]).ids().next().ok_or("there is one file")?;
    let node = data::read(DataFormat::Yaml, file, text).map_err(|faults| format!("{faults:?}"))?;
    let pods = program.pods();
    let pod = pods.get(name).ok_or_else(|| format!("there is no pod `{name}`, only {:?}", pods.keys()))?;
    let shown = node.json();
    if shows(&shown, pod, false) { Ok(()) } else { Err(format!("what comes is\n{pod:#}\nwhat is shown is\n{shown:#}")) }
}

/// Lines are compared without the space in them; a line `# …` stands for any number of lines.
fn check_preview(text: &str, program: &support::Program) -> Result<(), String> {
    let name = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
    let workload = program.compilation.workloads.iter().find(|workload| workload.name.to_string() == name);
    let workload = workload.ok_or_else(|| format!("there is no task `{name}`"))?;
    let place = |span: Span| {
        let source = program.sources().get(span.file);
        format!("{}:{}", source.name, source.line(span.start as usize))
    };
    let preview = preview(workload, program.cluster.as_ref(), &program.compilation.version);
    let pod = |path: &Path| written(workload, path).map(place);
    let actual = yaml::write(&preview, &Places { pod: &pod, cluster: &place });
    let mut rest = actual.lines().map(words);
    let mut anywhere = false;
    for line in text.lines().map(words) {
        if line == "# …" {
            anywhere = true;
            continue;
        }
        let found = if anywhere { rest.any(|actual| actual == line) } else { rest.next().as_ref() == Some(&line) };
        if !found {
            return Err(format!("`{line}` does not come where it is shown; what comes is\n{actual}"));
        }
        anywhere = false;
    }
    Ok(())
}

fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `shown` is a part of `actual`, or the whole of it.
fn shows(shown: &Value, actual: &Value, whole: bool) -> bool {
    match (shown, actual) {
        (Value::Object(shown), Value::Object(actual)) => {
            let part = |(name, value): (&String, &Value)| {
                actual.get(name).is_some_and(|actual| shows(value, actual, WHOLE.contains(&name.as_str())))
            };
            (!whole || shown.len() == actual.len()) && shown.iter().all(part)
        }
        (Value::Array(shown), Value::Array(actual)) => shows_all(shown, actual),
        _ => shown == actual,
    }
}

fn shows_all(shown: &[Value], actual: &[Value]) -> bool {
    match (shown.split_first(), actual.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "…" => (0..=actual.len()).any(|at| shows_all(rest, &actual[at..])),
        (Some((first, rest)), Some((actual, others))) => shows(first, actual, false) && shows_all(rest, others),
        _ => false,
    }
}
