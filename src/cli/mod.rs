//! The command: the only folder that reads arguments, touches files and writes to streams.
//!
//! In: arguments. Out: an exit status: 0 done, 1 the program has errors or a check found differences, 2 the command could not
//! run. Always: standard output carries only what was asked for. Not here: anything about programs.

#![expect(clippy::disallowed_methods, reason = "this is the shell that touches files")]

mod args;
mod build;
mod check;
mod completions;
mod diff;
mod explain;
mod files;
mod fix;
mod fmt;
mod import;
mod init;
mod kubernetes;
mod levels;
mod output;
mod pods;
mod preview;
mod progress;
mod project;
mod python;
mod reads;
mod replace;
mod shell;
mod sources;
mod test;
mod texts;
mod titles;
mod trace;
mod watch;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use self::args::{Arguments, Command, Common};
use self::files::Drafts;
use self::progress::Progress;
use self::project::Opened;
use self::shell::Shell;
use crate::cluster::Cluster;
use crate::compile::{Build, Compilation, compile};
use crate::diagnostics::{Diagnostic, Severity, render};
use crate::source::SourceMap;

/// Why a command could not run, for people. Its exit status is 2.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self(format!("cannot {doing} `{}`: {error}", path.display()))
    }
}

/// Whether what was asked for is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Bad,
    /// What was given cannot be used, which was told.
    Unable,
}

/// Runs the command line and tells its exit status.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Where the streams are closed, nobody is left to be told.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let outcome = match &arguments.command {
        Command::Build(build) => build::run(&arguments.global, build),
        Command::Check(check) => check::run(&arguments.global, check),
        Command::Completions(shell) => completions::run(shell),
        Command::Diff(diff) => diff::run(&arguments.global, diff),
        Command::Explain(explain) => explain::run(explain),
        Command::Fmt(fmt) => fmt::run(&arguments.global, fmt),
        Command::Import(import) => import::run(&arguments.global, import),
        Command::Init(init) => init::run(&arguments.global, init),
        Command::Preview(preview) => preview::run(&arguments.global, preview),
        Command::Test(test) => test::run(&arguments.global, test),
        Command::Trace(trace) => trace::run(&arguments.global, trace),
    };
    match outcome {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::from(1),
        Ok(Verdict::Unable) => ExitCode::from(2),
        Err(Failure(message)) => {
            say(&format!("error: {message}\n"));
            ExitCode::from(2)
        }
    }
}

/// Compiles what the arguments name, or the project, with these texts in place of files; the cluster is there where one was named and
/// read.
fn compiled(
    shell: &Shell<'_>,
    common: &Common,
    drafts: Drafts,
    progress: &Progress,
) -> Result<(Compilation, Option<Cluster>), Failure> {
    match project::open(common, drafts, &shell.reads)? {
        Ok(opened) => compiled_of(shell.global, common, opened, progress),
        Err(refused) => Ok((refused, None)),
    }
}

/// The same, of a project that has been opened.
fn compiled_of(
    global: &args::Global,
    common: &Common,
    opened: Opened,
    progress: &Progress,
) -> Result<(Compilation, Option<Cluster>), Failure> {
    let context = opened.context(common)?;
    let levels = opened.levels(global, common);
    let pod_security = opened.pod_security(common);
    let kubernetes = opened.kubernetes.clone();
    let sources = sources::read(common, opened, progress)?;
    progress.stage("compiling", sources.named.len(), "file");
    let (files, inputs) = (&sources.disk, &sources.inputs);
    let build = Build {
        files,
        inputs,
        context: &context,
        levels: &levels,
        pod_security: &pod_security,
        kubernetes: &kubernetes,
        cluster: sources.cluster.as_ref(),
    };
    let mut compilation = compile(sources.map, &sources.named, &build);
    let mut diagnostics = sources.faults;
    diagnostics.extend(compilation.diagnostics);
    compilation.diagnostics = diagnostics.finish(&compilation.sources);
    Ok((compilation, sources.cluster))
}

/// Tells what is to be told of a program, and whether it is refused.
fn told(global: &args::Global, compilation: &Compilation) -> Verdict {
    report(global, &compilation.diagnostics, &compilation.sources);
    if compilation.has_errors() { Verdict::Bad } else { Verdict::Good }
}

/// Tells people, or programs, what is to be told.
fn report(global: &args::Global, diagnostics: &[Diagnostic], sources: &SourceMap) {
    /// How many messages people are shown at once; programs get all of them.
    const MOST_SHOWN: usize = 500;
    let format = global.message_format.into();
    let shown = if format == render::Format::Human { diagnostics.len().min(MOST_SHOWN) } else { diagnostics.len() };
    say(&render::render(diagnostics.get(..shown).unwrap_or_default(), sources, format, global.screen()));
    if shown < diagnostics.len() {
        say(&format!("… and {} more\n", diagnostics.len() - shown));
    }
    if global.tells_summary() {
        say(&summary(diagnostics));
    }
}

/// How many there are, and how to go on.
fn summary(diagnostics: &[Diagnostic]) -> String {
    let Some(first) = diagnostics.iter().min_by_key(|diagnostic| diagnostic.severity) else { return String::new() };
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(count, word));
    let mended = diagnostics.iter().filter(|diagnostic| diagnostic.fixes.iter().any(|fix| fix.safe)).count();
    let mends = format!("; {mended} can be mended with `flytec check --fix`");
    let more = format!("more: `flytec explain {}`{}", first.code.id, if mended > 0 { &mends } else { "" });
    format!("{more}\n{}\n", counts.collect::<Vec<_>>().join(", "))
}

/// Whether the command runs in a pipeline, where nobody looks on.
fn in_pipeline() -> bool {
    let unset = ["", "0", "false"];
    std::env::var_os("CI").is_some_and(|value| !unset.iter().any(|unset| value == *unset))
}

/// A count of something.
fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Writes to standard error. Where that is closed, nobody is left to be told.
fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Writes to standard output; a reader that has seen enough is no fault.
fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stream = std::io::stdout().lock();
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
