//! Files that are written, and not yet in their place.
//!
//! In: names and bytes. Out: the files under their names in a folder of their own, below the one that they are for, and moved from there
//! one by one. Always: nothing outside of that folder changes before the first of them is moved; the folder is deleted, unless it is
//! what the next build has to know. Not here: which files, and in which order.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use tempfile::{Builder, TempDir};

use super::UNDER_WAY;
use crate::cli::Failure;

/// Files on their way into a folder.
pub struct Staged<'f> {
    folder: &'f Path,
    staging: TempDir,
}

impl<'f> Staged<'f> {
    /// None as yet.
    pub fn new(folder: &'f Path) -> Result<Self, Failure> {
        let staging = Builder::new().prefix(UNDER_WAY).tempdir_in(folder);
        let staging = staging.map_err(|error| Failure::io("write to folder", folder, &error))?;
        Ok(Self { folder, staging })
    }

    /// Whether the file system takes two names for one. Nothing of these names is there afterwards.
    pub fn are_one(&self, name: &str, other: &str) -> Result<bool, Failure> {
        let (name, other) = (self.staging.path().join(name), self.staging.path().join(other));
        let failed = |error| Failure::io("write to folder", self.folder, &error);
        File::create_new(&name).map_err(failed)?;
        let one = match File::create_new(&other) {
            Ok(_) => fs::remove_file(&other).map(|()| false),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(true),
            Err(error) => Err(error),
        };
        fs::remove_file(&name).and(one).map_err(failed)
    }

    /// Writes a file.
    pub fn add(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let written = File::create_new(self.staging.path().join(name)).and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| Failure::io("write", &self.folder.join(name), &error))
    }

    /// Moves a file to its place; what has its name there is no more.
    pub fn place(&self, name: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        fs::rename(self.staging.path().join(name), &path).map_err(|error| Failure::io("write", &path, &error))
    }

    /// Leaves what has not been moved, for the next build to see.
    pub fn leave(self) {
        drop(self.staging.keep());
    }
}
