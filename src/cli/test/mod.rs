//! `flytec test`: what each source gives, compared with its snapshots.
//!
//! In: sources, the project's tables `[[test]]`, and snapshots. Out: what is different, on standard output; with `--update`, and for what has no
//! snapshot yet, the snapshots. Always: everything is compared before anything is written; where `CI` is set, no snapshot is. Not here: the
//! comparison of pods.

mod cases;
mod earlier;
mod junit;
mod outcome;
mod snapshots;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use self::cases::Cases;
use self::earlier::Earlier;
use self::outcome::{Mode, Outcome, State};
use super::args::{Common, Global, Test};
use super::files::{Drafts, shown};
use super::progress::Progress;
use super::shell::Shell;
use super::watch::watch;
use super::{Failure, Verdict, in_pipeline, print, project, replace, told};

/// Runs the command.
pub fn run(global: &Global, arguments: &Test) -> Result<Verdict, Failure> {
    let mode = mode(arguments)?;
    let mut earlier = Earlier::default();
    if arguments.watch {
        return watch(global, &arguments.paths, &mut |shell| once(shell, arguments, mode, &mut earlier));
    }
    once(&Shell::new(global), arguments, mode, &mut earlier)
}

fn once(shell: &Shell<'_>, arguments: &Test, mode: Mode, earlier: &mut Earlier) -> Result<Verdict, Failure> {
    let global = shell.global;
    let common = Common { paths: arguments.paths.clone(), ..Common::default() };
    let opened = match project::open(&common, Drafts::new(), &shell.reads)? {
        Ok(opened) => opened,
        Err(refused) => return Ok(told(global, &refused)),
    };
    let cases = match cases::of(&common, opened)? {
        Ok(cases) => cases,
        Err(refused) => return Ok(told(global, &refused)),
    };
    let outcomes = outcomes(shell, &cases, mode, earlier)?;
    {
        let _writing = shell.writing.hold();
        if let Some(path) = &arguments.junit {
            write_junit(path, &outcomes)?;
        }
        accept(&outcomes, &cases, mode)?;
    }
    print(text(global, &outcomes, &cases, mode).as_bytes())?;
    let failed = outcomes.iter().any(|outcome| outcome.state == State::Failed);
    Ok(if failed { Verdict::Bad } else { Verdict::Good })
}

/// Runs the tests, but for those of which it is known what comes of them.
fn outcomes(shell: &Shell<'_>, cases: &Cases, mode: Mode, earlier: &mut Earlier) -> Result<Vec<Outcome>, Failure> {
    let progress = Progress::begin(shell.global);
    let mut outcomes = Vec::with_capacity(cases.list.len());
    for (at, case) in cases.list.iter().enumerate() {
        progress.count("running", at + 1, cases.list.len(), "test");
        outcomes.extend(earlier.outcome(shell, case, mode)?);
    }
    Ok(outcomes)
}

/// What becomes of differences.
fn mode(arguments: &Test) -> Result<Mode, Failure> {
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Failure::new("what stands on standard input has no snapshots; name a file or a folder"));
    }
    match (arguments.update, in_pipeline()) {
        (true, true) => Err(Failure::new(
            "`--update` takes what comes for right, which a pipeline never does, and `CI` is set; run it on your machine",
        )),
        (true, false) => Ok(Mode::Update),
        (false, true) => Ok(Mode::Pipeline),
        (false, false) if arguments.watch => Ok(Mode::Watch),
        (false, false) => Ok(Mode::Compare),
    }
}

fn write_junit(path: &Path, outcomes: &[Outcome]) -> Result<(), Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("create folder", folder, &error))?;
    }
    replace::replace(path, junit::document(outcomes).as_bytes(), true).map(|_| ())
}

/// Writes the snapshots that are new or taken for right.
fn accept(outcomes: &[Outcome], cases: &Cases, mode: Mode) -> Result<(), Failure> {
    for outcome in outcomes {
        if let Some((folder, files)) = &outcome.snapshots {
            snapshots::write(folder, files)?;
        }
    }
    if mode == Mode::Update {
        cases.obsolete.iter().try_for_each(|folder| snapshots::delete(folder))?;
    }
    Ok(())
}

/// What people are told.
fn text(global: &Global, outcomes: &[Outcome], cases: &Cases, mode: Mode) -> String {
    let mut text = String::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.state != State::Passed) {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(text, "{}: {}", outcome.state.word(), outcome.told());
        for line in outcome.details.lines() {
            let _ = if line.is_empty() { writeln!(text) } else { writeln!(text, "  {line}") };
        }
        if !outcome.details.is_empty() {
            text.push('\n');
        }
    }
    for folder in &cases.obsolete {
        let end = if mode == Mode::Update { "deleted" } else { "`flytec test --update` deletes it" };
        let _ = writeln!(text, "obsolete: {}: no test makes these snapshots; {end}", shown(folder));
    }
    if !global.quiet {
        let hints: BTreeSet<&str> = outcomes.iter().filter_map(|outcome| outcome.hint).collect();
        text.extend(hints.iter().map(|hint| format!("{hint}\n")));
        text.push_str(&summary(outcomes, cases));
    }
    text
}

/// How many there are of each kind.
fn summary(outcomes: &[Outcome], cases: &Cases) -> String {
    let count = |state| outcomes.iter().filter(|outcome| outcome.state == state).count();
    let mut parts = vec![format!("{} passed", count(State::Passed))];
    let states = [State::Failed, State::New, State::Updated].map(|state| (count(state), state.word()));
    let others = states.into_iter().chain([(cases.obsolete.len(), "obsolete")]);
    parts.extend(others.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")));
    parts.join(", ") + "\n"
}
