//! `--watch`: a command again and again, whenever what it has read changes.
//!
//! In: a command. Out: what it tells, for each round, and what the rounds were for. Always: a round begins only where something would be read otherwise
//! than in the last one; a change in the middle of a round is not missed; the process ends at a moment when nothing is half written. Not here: what is
//! done in a round, and what it reads.

mod events;
mod told;

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::events::Events;
use self::told::{Ended, Told};
use super::args::{Global, MessageFormat};
use super::reads::{Change, Reads};
use super::shell::{Shell, Writing};
use super::{Failure, Verdict, say};

/// How long a file may be away, or empty, until that is taken for what its author wants.
const AWAY: Duration = Duration::from_millis(500);

/// What a user who interrupts a command expects of it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// What is done in each round.
pub type Round<'r> = &'r mut dyn FnMut(&Shell<'_>) -> Result<Verdict, Failure>;

/// Does a round, and another one after each change. It ends where the first cannot run at all, or with the process.
pub fn watch(global: &Global, paths: &[PathBuf], round: Round<'_>) -> Result<Verdict, Failure> {
    check_usage(global, paths)?;
    let writing = Writing::default();
    end_when_nothing_is_written(writing.clone())?;
    let (mut events, mut told) = (Events::new(), Told::new(global));
    let mut changes = BTreeSet::new();
    loop {
        told.begins(&changes);
        let shell = Shell { global, reads: Reads::recording(), writing: writing.clone() };
        let begin = Instant::now();
        let ended = match round(&shell) {
            Ok(verdict) => Ended::Verdict(verdict),
            // Later on, what is missing may come back.
            Err(failure) if changes.is_empty() => return Err(failure),
            Err(Failure(message)) => Ended::Failure(message),
        };
        let time = begin.elapsed();
        events.follow(shell.reads.places());
        told.ends(&ended, &changes, &shell.reads, time, events.are_told());
        changes = next(&mut events, &shell.reads);
    }
}

fn check_usage(global: &Global, paths: &[PathBuf]) -> Result<(), Failure> {
    if paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Failure::new("`--watch` waits for files to change; standard input is read once"));
    }
    if matches!(global.message_format, MessageFormat::Sarif) {
        return Err(Failure::new(
            "`--message-format sarif` is one document, and `--watch` does not end; choose `json`",
        ));
    }
    Ok(())
}

/// When the user interrupts the command: files that belong together are written to the end first.
fn end_when_nothing_is_written(writing: Writing) -> Result<(), Failure> {
    let end = move || {
        let _writing = writing.hold();
        // The terminal has written `^C`, and whatever comes next begins a line.
        if std::io::stderr().is_terminal() {
            say("\n");
        }
        std::process::exit(INTERRUPTED);
    };
    ctrlc::set_handler(end).map_err(|error| Failure::new(format!("cannot wait for an interrupt: {error}")))
}

/// Waits for something that would be read otherwise now. Folders are followed before it is looked, so that no change falls in between.
fn next(events: &mut Events, reads: &Reads) -> BTreeSet<Change> {
    loop {
        if reads.changes().is_empty() {
            events.wait();
        } else {
            let changes = settled(events, reads);
            if !changes.is_empty() {
                return changes;
            }
        }
        events.follow(reads.places());
    }
}

/// What has changed, once whoever changes it seems to be done.
fn settled(events: &mut Events, reads: &Reads) -> BTreeSet<Change> {
    let end = Instant::now() + AWAY;
    loop {
        events.settle();
        let changes = reads.changes();
        if Instant::now() >= end || !changes.iter().any(|change| change.gone) {
            return changes;
        }
    }
}
