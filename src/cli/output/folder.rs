//! The folder that is written, and what is in it.
//!
//! In: a path. Out: a lock on the folder, and the names that are taken in it. Always: links are not followed below the folder, for what
//! they lead to is not in it. Not here: what is done with it.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::UNDER_WAY;
use crate::cli::{Failure, say};

/// What a name in the folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    File,
    Folder,
    /// A link, or something else that is no file of ours.
    Other,
}

/// A folder that nobody else writes to, as long as this is kept.
pub struct Folder {
    path: PathBuf,
    entries: FxHashMap<String, Entry>,
    /// What builds have left that did not come to their end.
    leftovers: Vec<PathBuf>,
    /// The open folder, which the lock is on; nothing where the file system has no locks.
    lock: Option<File>,
}

impl Folder {
    /// Makes the folder where there is none, waits until no other build writes to it, and looks at what is in it.
    pub fn to_write(path: &Path) -> Result<Self, Failure> {
        loop {
            fs::create_dir_all(path).map_err(|error| Failure::io("create folder", path, &error))?;
            let lock = lock(path, true);
            // While it was waited for, the folder may have been deleted: the lock is on nothing then.
            if lock.as_ref().is_none_or(|lock| is_at(lock, path)) {
                return Self::listed(path, lock);
            }
        }
    }

    /// Waits until no build writes to the folder, and looks at what is in it: nothing, where there is no folder.
    pub fn to_read(path: &Path) -> Result<Self, Failure> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::empty(path, None)),
            _ => Self::listed(path, lock(path, false)),
        }
    }

    fn empty(path: &Path, lock: Option<File>) -> Self {
        Self { path: path.to_owned(), entries: FxHashMap::default(), leftovers: Vec::new(), lock }
    }

    fn listed(path: &Path, lock: Option<File>) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::io("read folder", path, &error);
        let mut folder = Self::empty(path, lock);
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // A name that is no text is none of ours.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() && name.starts_with(UNDER_WAY) {
                folder.leftovers.push(path.join(&name));
            }
            let kind = match () {
                () if kind.is_file() => Entry::File,
                () if kind.is_dir() => Entry::Folder,
                () => Entry::Other,
            };
            folder.entries.insert(name, kind);
        }
        folder.leftovers.sort();
        Ok(folder)
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a name stands for, if it is taken.
    pub fn entry(&self, name: &str) -> Option<Entry> {
        self.entries.get(name).copied()
    }

    /// The bytes of a file.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        if self.entry(name) != Some(Entry::File) {
            return Ok(None);
        }
        let path = self.path.join(name);
        fs::read(&path).map(Some).map_err(|error| Failure::io("read", &path, &error))
    }

    /// Whether a file holds these bytes. One that cannot be read holds others.
    pub fn holds(&self, name: &str, bytes: &[u8]) -> bool {
        self.entry(name) == Some(Entry::File) && is_file_with(&self.path.join(name), bytes).unwrap_or(false)
    }

    /// What builds have left that were killed. Without a lock it may be that of a build which still runs, and is let alone.
    pub fn leftovers(&self) -> &[PathBuf] {
        if self.lock.is_some() { &self.leftovers } else { &[] }
    }
}

fn is_file_with(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    /// So much is compared at once, on the stack.
    const PART: usize = 16 * 1024;
    let mut file = File::open(path)?;
    let (mut part, mut rest) = ([0; PART], bytes);
    loop {
        match file.read(&mut part) {
            Ok(0) => return Ok(rest.is_empty()),
            Ok(length) => match part.get(..length).and_then(|read| rest.strip_prefix(read)) {
                Some(behind) => rest = behind,
                None => return Ok(false),
            },
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A lock on a folder that is there, shared or for one alone; nothing where there can be none.
fn lock(path: &Path, alone: bool) -> Option<File> {
    let folder = File::open(path).ok()?;
    let tried = if alone { folder.try_lock() } else { folder.try_lock_shared() };
    match tried {
        Ok(()) => return Some(folder),
        Err(TryLockError::WouldBlock) => say(&format!("waiting for another build of `{}`\n", path.display())),
        Err(TryLockError::Error(_)) => return None,
    }
    let waited = if alone { folder.lock() } else { folder.lock_shared() };
    waited.ok().map(|()| folder)
}

/// Whether an open folder is the one that the path leads to.
#[cfg(unix)]
fn is_at(folder: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (folder.metadata(), fs::metadata(path)) {
        (Ok(locked), Ok(there)) => identity(locked) == identity(there),
        _ => false,
    }
}

/// The same, where folders that are open cannot be deleted.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}
