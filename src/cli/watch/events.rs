//! Waiting until something may have changed.
//!
//! In: folders. Out: the moment at which it is worth a look. Always: what the system tells is a hint and no more, so that it does not matter how an
//! editor writes a file; where the system cannot tell, the moment comes every second. Folders are followed and not files, for a file that is put
//! in place of another is another one. Not here: what has changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long nothing may happen until a change is taken for finished.
const QUIET: Duration = Duration::from_millis(50);

/// How long a change may take; something that is written all the time is looked at in between.
const LONGEST: Duration = Duration::from_secs(1);

/// How often it is looked where the system does not tell.
const PERIOD: Duration = Duration::from_secs(1);

/// What may have changed: something at these paths, or anything.
type Hint = Option<Vec<PathBuf>>;

/// What the system tells of changes.
pub struct Events {
    hints: Receiver<Hint>,
    watcher: Option<RecommendedWatcher>,
    followed: BTreeSet<PathBuf>,
    /// What was told since folders were followed.
    told: Vec<Hint>,
}

impl Events {
    /// Nothing is followed yet.
    pub fn new() -> Self {
        let (hint, hints) = mpsc::channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if is_hint(&event) {
                let paths = event.ok().filter(|event| !event.need_rescan()).map(|event| event.paths);
                // The other end is there until the process ends.
                let _ = hint.send(paths);
            }
        });
        Self { hints, watcher: watcher.ok(), followed: BTreeSet::new(), told: Vec::new() }
    }

    /// Whether the system tells of changes.
    pub fn are_told(&self) -> bool {
        self.watcher.is_some()
    }

    /// Follows these folders, and no others. One that something has happened to may be another one now, as are all below it; it is named to
    /// the system again.
    pub fn follow(&mut self, folders: BTreeSet<PathBuf>) {
        let Some(watcher) = &mut self.watcher else { return };
        let told = std::mem::take(&mut self.told);
        let touched = touched(&told);
        for folder in self.followed.difference(&folders) {
            // What is not there any more has been forgotten already.
            let _ = watcher.unwatch(folder);
        }
        let is_known = |folder: &PathBuf| {
            let is_touched = touched.as_ref().is_none_or(|paths| folder.ancestors().any(|path| paths.contains(path)));
            self.followed.contains(folder) && !is_touched
        };
        let all = folders.iter().filter(|folder| !is_known(folder)).all(|folder| follows(watcher, folder));
        self.followed = folders;
        if !all {
            self.watcher = None;
        }
    }

    /// Waits until something may have changed, and whoever changes it seems to be done.
    pub fn wait(&mut self) {
        // The other end is the watcher's, and closed where there is none.
        match self.hints.recv() {
            Ok(hint) => self.told.push(hint),
            Err(_) => thread::sleep(PERIOD),
        }
        self.settle();
    }

    /// Waits until nothing happens for a moment.
    pub fn settle(&mut self) {
        let end = Instant::now() + LONGEST;
        while Instant::now() < end {
            match self.hints.recv_timeout(QUIET) {
                Ok(hint) => self.told.push(hint),
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => return thread::sleep(QUIET),
            }
        }
    }
}

/// The paths to which something has happened; nothing where that may be all of them.
fn touched(told: &[Hint]) -> Option<BTreeSet<&Path>> {
    let mut touched = BTreeSet::new();
    for hint in told {
        touched.extend(hint.as_ref()?.iter().map(PathBuf::as_path));
    }
    Some(touched)
}

/// Whether a folder is followed now, or is not there: then the one that it would be in is followed.
fn follows(watcher: &mut RecommendedWatcher, folder: &Path) -> bool {
    match watcher.watch(folder, RecursiveMode::NonRecursive) {
        Ok(()) => true,
        Err(error) => match error.kind {
            ErrorKind::PathNotFound => true,
            ErrorKind::Io(error) => matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory | std::io::ErrorKind::PermissionDenied
            ),
            _ => false,
        },
    }
}

/// Whether it is worth a look: reading, which this command does itself, changes nothing.
fn is_hint(event: &notify::Result<Event>) -> bool {
    let Ok(event) = event else { return true };
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_system_does_not_tell_it_is_looked_again_after_a_while() {
        let (hint, hints) = mpsc::channel();
        drop(hint);
        let mut events = Events { hints, watcher: None, followed: BTreeSet::new(), told: Vec::new() };
        events.follow(BTreeSet::from([PathBuf::from(".")]));
        let begin = Instant::now();
        events.wait();
        assert!(!events.are_told() && begin.elapsed() >= PERIOD);
    }
}
