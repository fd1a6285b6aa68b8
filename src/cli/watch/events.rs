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

/// What the system tells of changes.
pub struct Events {
    hints: Receiver<()>,
    watcher: Option<RecommendedWatcher>,
    followed: BTreeSet<PathBuf>,
}

impl Events {
    /// Nothing is followed yet.
    pub fn new() -> Self {
        let (hint, hints) = mpsc::channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if is_hint(&event) {
                // The other end is there until the process ends.
                let _ = hint.send(());
            }
        });
        Self { hints, watcher: watcher.ok(), followed: BTreeSet::new() }
    }

    /// Whether the system tells of changes.
    pub fn are_told(&self) -> bool {
        self.watcher.is_some()
    }

    /// Follows these folders, and no others. One that has been made anew is another one, so all of them are named to the system again.
    pub fn follow(&mut self, folders: BTreeSet<PathBuf>) {
        let Some(watcher) = &mut self.watcher else { return };
        for folder in self.followed.difference(&folders) {
            // What is not there any more has been forgotten already.
            let _ = watcher.unwatch(folder);
        }
        let all = folders.iter().all(|folder| follows(watcher, folder));
        self.followed = folders;
        if !all {
            self.watcher = None;
        }
    }

    /// Waits until something may have changed, and whoever changes it seems to be done.
    pub fn wait(&self) {
        // The other end is the watcher's, and closed where there is none.
        if self.hints.recv().is_err() {
            thread::sleep(PERIOD);
        }
        self.settle();
    }

    /// Waits until nothing happens for a moment.
    pub fn settle(&self) {
        let end = Instant::now() + LONGEST;
        while Instant::now() < end {
            match self.hints.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => return thread::sleep(QUIET),
            }
        }
    }
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
