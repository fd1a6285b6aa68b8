//! What is told between rounds.
//!
//! In: what a round is for, and how it ended. Out: a line before it and a line behind it, on standard error. Always: what stands between them is what the
//! command tells when it is run once; programs get a line of JSON behind each round; nothing is told with `--quiet`. How long a round took is told on
//! a terminal alone, so that what is written elsewhere is the same each time. Not here: what the command tells.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::cli::args::{Global, MessageFormat};
use crate::cli::files::{Disk, Drafts, shown, without_dots};
use crate::cli::reads::{Change, Reads};
use crate::cli::{Verdict, plural, say};

/// How many paths are named.
const MOST_NAMED: usize = 5;

/// How a round ended.
pub enum Ended {
    /// It ran.
    Verdict(Verdict),
    /// It could not run, for this reason.
    Failure(String),
}

impl Ended {
    /// The exit status of a command that is run once.
    fn status(&self) -> u8 {
        match self {
            Self::Verdict(Verdict::Good) => 0,
            Self::Verdict(Verdict::Bad) => 1,
            Self::Verdict(Verdict::Unable) | Self::Failure(_) => 2,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Verdict(Verdict::Good) => "done",
            Self::Verdict(Verdict::Bad) => "failed",
            Self::Verdict(Verdict::Unable) | Self::Failure(_) => "could not run",
        }
    }
}

/// Tells of rounds.
pub struct Told<'g> {
    global: &'g Global,
    is_terminal: bool,
    rounds: usize,
    has_warned: bool,
}

impl<'g> Told<'g> {
    /// Nothing has been told.
    pub fn new(global: &'g Global) -> Self {
        Self { global, is_terminal: std::io::stderr().is_terminal(), rounds: 0, has_warned: false }
    }

    /// A round begins because of these changes.
    pub fn begins(&mut self, changes: &BTreeSet<Change>) {
        self.rounds += 1;
        if changes.is_empty() || !self.global.tells_deeds() {
            return;
        }
        // Where lines scroll by, a blank one tells rounds apart.
        let space = if self.is_terminal { "\n" } else { "" };
        say(&format!("{space}changed: {}\n", listed(&names(changes))));
    }

    /// It has ended, and the next changes are waited for.
    pub fn ends(&mut self, ended: &Ended, changes: &BTreeSet<Change>, reads: &Reads, time: Duration, are_told: bool) {
        if let Ended::Failure(message) = ended {
            say(&format!("error: {message}\n"));
        }
        if self.global.quiet {
            return;
        }
        if matches!(self.global.message_format, MessageFormat::Json) {
            let round = json!({ "round": self.rounds, "status": ended.status(), "changed": names(changes) });
            say(&format!("{round}\n"));
            return;
        }
        if !are_told && !self.has_warned {
            self.has_warned = true;
            say("note: the system does not tell of changes here, so files are looked at every second\n");
        }
        let time = if self.is_terminal { format!(" in {}", shown_time(time)) } else { String::new() };
        let end = if self.is_terminal { " (Ctrl-C ends this)" } else { "" };
        let files = reads.files();
        let watching = if files == 0 { "for files".to_owned() } else { plural(files, "file") };
        say(&format!("{}{time}; watching {watching}{end}\n", ended.word()));
    }
}

/// The paths as messages show them, each once.
fn names(changes: &BTreeSet<Change>) -> Vec<String> {
    let disk = Disk::new(Drafts::new(), Reads::default()).ok();
    let name = |path: PathBuf| disk.as_ref().map_or_else(|| shown(&path), |disk| disk.name(&path));
    let names: BTreeSet<String> = changes.iter().map(|change| name(without_dots(&change.path))).collect();
    names.into_iter().collect()
}

fn listed(names: &[String]) -> String {
    let mut parts: Vec<String> = names.iter().take(MOST_NAMED).cloned().collect();
    let others = names.len().saturating_sub(MOST_NAMED);
    if others > 0 {
        parts.push(plural(others, "other"));
    }
    parts.join(", ")
}

fn shown_time(time: Duration) -> String {
    let (seconds, milliseconds) = (time.as_secs(), time.subsec_millis());
    if seconds == 0 { format!("{milliseconds} ms") } else { format!("{seconds}.{} s", milliseconds / 100) }
}
