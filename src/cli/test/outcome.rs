//! What came of a test.
//!
//! In: a [`Case`], and what is to be done about differences. Out: an [`Outcome`], or nothing where a source has nothing to compare. Always: a
//! program that is refused without being expected to be is a failure, which is never taken for right; nothing is written. Not here: writing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

use similar::TextDiff;

use super::cases::Case;
use super::snapshots::{self, Files, MESSAGES, Snapshots, header};
use crate::cli::args::Common;
use crate::cli::build::file_name;
use crate::cli::files::{Drafts, shown};
use crate::cli::pods::{VERSION, place};
use crate::cli::progress::Progress;
use crate::cli::shell::Shell;
use crate::cli::{Failure, compiled_of, plural, project};
use crate::compare::Path as FieldPath;
use crate::compare::report::{Format, Pods, Report};
use crate::compile::Compilation;
use crate::diagnostics::levels::{Level, Target};
use crate::diagnostics::render::{self, Screen, render};
use crate::diagnostics::{Code, Diagnostics, Severity, code};
use crate::emit::{self, Emitter, Kind};
use crate::source::{Source, SourceMap};

/// What becomes of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are failures; what has no snapshot gets one.
    Compare,
    /// They are failures; what has no snapshot gets none, for it may be half done.
    Watch,
    /// They are failures, and so is what has no snapshot.
    Pipeline,
    /// They are taken for right.
    Update,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As its snapshots say.
    Passed,
    /// Otherwise.
    Failed,
    /// It had no snapshots.
    New,
    /// Otherwise, and that was taken for right.
    Updated,
}

impl State {
    /// As people are told.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::New => "new",
            Self::Updated => "updated",
        }
    }
}

const HINT_OF_DIFFERENT: &str = "where a change is meant: `flytec test --update`, and commit the snapshots";

const HINT_OF_REFUSED: &str =
    "where a source needs parameters, or an error has to come: a table `[[test]]` in `flytec.toml` says so";

const HINT_OF_NEW: &str = "what is new gets its snapshots by `flytec test` without `--watch`";

/// What came of a test.
#[derive(Clone)]
pub struct Outcome {
    /// What people call the test.
    pub name: String,
    /// How it ended.
    pub state: State,
    /// That in a few words, where there is something to say.
    pub reason: String,
    /// What is different, in lines.
    pub details: String,
    /// What can be done about it.
    pub hint: Option<&'static str>,
    /// The snapshots that are to be written, and where.
    pub snapshots: Option<(PathBuf, Files)>,
}

impl Outcome {
    fn failed(case: &Case, reason: impl Into<String>, details: String, hint: Option<&'static str>) -> Self {
        let name = case.name.clone();
        Self { name, state: State::Failed, reason: reason.into(), details, hint, snapshots: None }
    }

    /// The same without what takes many lines to tell, and with nothing to write.
    pub fn shortened(&self) -> Self {
        let Self { name, state, reason, hint, .. } = self.clone();
        Self { name, state, reason, details: String::new(), hint, snapshots: None }
    }

    /// The test and how it ended, in a line.
    pub fn told(&self) -> String {
        if self.reason.is_empty() { self.name.clone() } else { format!("{}: {}", self.name, self.reason) }
    }
}

/// Compiles a program and compares what it gives.
pub fn of(shell: &Shell<'_>, case: &Case, mode: Mode) -> Result<Option<Outcome>, Failure> {
    let compilation = compiled(shell, case)?;
    if let Some(reason) = unexpected(&compilation, case.error) {
        let told = render(&compilation.diagnostics, &compilation.sources, render::Format::Human, Screen::default());
        let hint = case.table.is_none().then_some(HINT_OF_REFUSED);
        return Ok(Some(Outcome::failed(case, reason, told.trim_end().to_owned(), hint)));
    }
    let given = Given::of(&compilation, case);
    shell.reads.content(&case.folder);
    let Some(old) = snapshots::read(&case.folder, &given.names)? else {
        return Ok(without_snapshots(case, given, mode));
    };
    let details = differences(&old, &given, &compilation);
    Ok(Some(match (details.is_empty(), mode) {
        (true, Mode::Update) => given.outcome(case, State::Passed, details),
        (true, _) => Outcome { snapshots: None, ..given.outcome(case, State::Passed, details) },
        (false, Mode::Update) => given.outcome(case, State::Updated, details),
        (false, _) => {
            Outcome::failed(case, "it gives something else than its snapshots", details, Some(HINT_OF_DIFFERENT))
        }
    }))
}

/// What becomes of a program that has no snapshots; nothing where it has nothing to compare.
fn without_snapshots(case: &Case, given: Given, mode: Mode) -> Option<Outcome> {
    if given.files.is_empty() {
        return None;
    }
    let new = |given: Given| given.outcome(case, State::New, String::new());
    match mode {
        Mode::Compare | Mode::Update => return Some(new(given)),
        Mode::Watch => return Some(Outcome { hint: Some(HINT_OF_NEW), snapshots: None, ..new(given) }),
        Mode::Pipeline => {}
    }
    let paths: Vec<String> = case.paths.iter().map(|path| shown(path)).collect();
    let (paths, folder) = (paths.join(" "), shown(&case.folder));
    let reason = format!("it has no snapshots; run `flytec test {paths}`, and commit `{folder}`");
    Some(Outcome::failed(case, reason, String::new(), None))
}

/// Compiles a program as its test says.
fn compiled(shell: &Shell<'_>, case: &Case) -> Result<Compilation, Failure> {
    let common = Common {
        paths: case.paths.clone(),
        params: case.params.clone(),
        kubernetes_version: case.kubernetes_version,
        task_version: Some(VERSION.to_owned()),
        ..Common::default()
    };
    let mut opened = match project::open(&common, Drafts::new(), &shell.reads)? {
        Ok(opened) => opened,
        Err(refused) => return Ok(refused),
    };
    let table = case.table.and_then(|at| opened.project.tests.get(at));
    opened.of_test = table.map(|test| test.set.clone()).unwrap_or_default();
    // What the project says for all of its sources is idle in some of them.
    for code in [code::IDLE_VALUE, code::IDLE_SETTING] {
        opened.project.levels.set(Target::Code(code), Level::Allow, "`flytec test`");
    }
    // Of many tests, it is told which one is run.
    compiled_of(shell.global, &common, opened, &Progress::none()).map(|(compilation, _)| compilation)
}

/// In which way a program is refused, or not, against what is expected.
fn unexpected(compilation: &Compilation, expected: Option<Code>) -> Option<String> {
    let mut errors = compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    match expected {
        Some(code) if errors.any(|error| error.code == code) => None,
        Some(code) if compilation.has_errors() => Some(format!("it is refused, but not with the error {}", code.id)),
        Some(code) => Some(format!("it is not refused, and the error {} was to come", code.id)),
        None if compilation.has_errors() => Some("it is refused".to_owned()),
        None => None,
    }
}

// ----------------------------------------------------------------------------------------------------- what is given

/// What a program gives.
struct Given {
    pods: Pods,
    messages: String,
    /// The snapshots.
    files: Files,
    /// The names of pods by those of their files.
    names: BTreeMap<String, String>,
}

impl Given {
    fn of(compilation: &Compilation, case: &Case) -> Self {
        let messages = messages(compilation, &case.home);
        let mut given = Self { pods: Pods::new(), messages, files: Files::new(), names: BTreeMap::new() };
        let mut emitter = Emitter::for_files(Kind::Pod, emit::Format::Yaml);
        for workload in &compilation.workloads {
            let name = workload.name.to_string();
            let file = file_name(&name, emit::Format::Yaml);
            let mut bytes = header(&name).into_bytes();
            emitter.write(workload, &mut bytes);
            given.files.insert(file.clone(), bytes);
            given.pods.insert(name.clone(), emit::value(workload, Kind::Pod));
            given.names.insert(file, name);
        }
        if !given.messages.is_empty() {
            given.files.insert(MESSAGES.to_owned(), given.messages.clone().into_bytes());
        }
        given
    }

    /// An outcome by which this is written.
    fn outcome(self, case: &Case, state: State, details: String) -> Outcome {
        let reason = if state == State::New { self.summary() } else { String::new() };
        let snapshots = Some((case.folder.clone(), self.files));
        Outcome { name: case.name.clone(), state, reason, details, hint: None, snapshots }
    }

    fn summary(&self) -> String {
        let pods = (!self.pods.is_empty()).then(|| plural(self.pods.len(), "pod"));
        let messages = (!self.messages.is_empty()).then(|| "what is told".to_owned());
        pods.into_iter().chain(messages).collect::<Vec<_>>().join(", and ")
    }
}

/// What is told of a program, as people read it, with paths from a folder: the same text wherever the command runs.
fn messages(compilation: &Compilation, home: &Path) -> String {
    let home = fs::canonicalize(if home.as_os_str().is_empty() { Path::new(".") } else { home });
    let mut sources = SourceMap::default();
    for (_, source) in compilation.sources.iter() {
        let path = home.as_ref().ok().zip(fs::canonicalize(&source.identity).ok());
        let name = path.map_or_else(|| source.name.clone(), |(home, path)| relative(home, &path));
        sources.add(Source::identified(name, source.identity.clone(), source.text.clone()));
    }
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(compilation.diagnostics.iter().cloned());
    render(&diagnostics.finish(&sources), &sources, render::Format::Human, Screen::default())
}

/// A path from a folder on; both are whole paths without links.
fn relative(folder: &Path, path: &Path) -> String {
    let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().count() - shared;
    let parts = std::iter::repeat_n(Component::ParentDir, up).chain(path.components().skip(shared));
    shown(&parts.collect::<PathBuf>())
}

// ------------------------------------------------------------------------------------------------------- differences

/// What is different, in lines; nothing where nothing is.
fn differences(old: &Snapshots, new: &Given, compilation: &Compilation) -> String {
    // What cannot be read is told as that, and not as a pod that is new.
    let readable = new.pods.iter().filter(|(name, _)| !old.broken.contains_key(*name));
    let readable: Pods = readable.map(|(name, pod)| (name.clone(), pod.clone())).collect();
    let place = |pod: &str, path: &FieldPath| place(compilation, pod, path);
    let mut text = Report::of(&old.pods, &readable).render(Format::Human, &place);
    for (pod, fault) in &old.broken {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(text, "the snapshot of {pod} is broken: {fault}");
    }
    if old.messages != new.messages {
        text.push_str(&told_otherwise(&old.messages, &new.messages));
    }
    text
}

fn told_otherwise(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut text = format!("what is told ({MESSAGES})\n");
    for change in diff.unified_diff().context_radius(3).iter_hunks() {
        for line in change.iter_changes() {
            let _ = write!(text, "  {}{}", line.tag(), line.value());
        }
    }
    text
}
