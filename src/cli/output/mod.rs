//! The folder that a build writes.
//!
//! In: the bytes of every file. Out: a folder that holds them. Always: only files whose bytes change are touched; files that the last
//! manifest names and this one does not are deleted, and nothing else. Not here: what outlasts a machine that loses its power. Nothing
//! is forced to the disk: the next build compares bytes, and writes again what has been lost.
//!
//! # Builds that are killed
//!
//! A build that has something to write
//!
//! 1. locks the folder, lists it, and compares every file;
//! 2. writes what changes to a folder of its own in it (`UNDER_WAY`), the manifest last;
//! 3. deletes what the last manifest names and the new one does not;
//! 4. moves the pods to their places, and then the manifest;
//! 5. deletes its own folder, and those of builds that were killed.
//!
//! Only steps 3 and 4 change what is there, and a move puts a whole file where a whole file was, or none. So whenever it is killed,
//! each file is the old one or the new one. The next build finds the rest:
//!
//! - *Killed in 1 or 2*, the set is the old one. The new folder is deleted by the next build in step 5.
//! - *Killed in 3 or 4*, files of the old set are gone, or files of the new one have come. Each file in its place is named by the last
//!   manifest, by the new one, which still lies in the folder that was left, or by both. The next build deletes those of the first as in any
//!   build, and those of the second where their digests say that they were written by the build that was killed: a file of
//!   somebody else that merely has the name is kept.
//! - *Killed in 5*, the set is the new one.
//!
//! Folders that were left are deleted when the manifest of the next build is in its place, and not before, so a build that
//! is killed as well leaves them for the one after it. What fails in step 2 (a disk that is full, a folder that cannot be written) leaves the old set,
//! and what fails in 3 or 4 leaves what a build leaves that is killed there.
//!
//! # Builds at the same time
//!
//! The lock is on the folder itself, and ends with the process that has it, however that ends. From before the first look into the folder until
//! the last change there is one build, so the last of several sees what the others have made, their manifests too, and makes its
//! own set of it. `--check` waits for builds, and builds for it. Where a file system has no locks, each file is still whole, for no two builds
//! write to the same folder in step 2; but the set can be a mixture then, until the next build.
//!
//! # Names that differ in case
//!
//! Whether a name is taken is read from the list of the folder, which has it letter by letter, and what goes is deleted before
//! what comes is moved. So a task whose name changes only in case keeps its pod, on a file system that takes both names for one. Two tasks that have such names cannot both have their pods there. That
//! is asked of the file system itself, in the folder of step 2, since it is a property of the folder and not of the machine.

mod differences;
mod folder;
mod staged;

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use rustc_hash::FxHashMap;

pub use self::differences::differences;
use self::folder::Entry;
pub use self::folder::Folder;
use self::staged::Staged;
use super::Failure;
use crate::check::case::folded;
use crate::digest::sha256;
use crate::emit::manifest::{self, FILE_NAME};
use crate::parallel;

/// How the folders of builds that are under way are called.
const UNDER_WAY: &str = ".flytec-build-";

/// What a build writes.
pub struct Files {
    /// The pods, by the names of their files.
    pub pods: Vec<(String, Vec<u8>)>,
    /// The manifest.
    pub manifest: Vec<u8>,
}

/// Whether a folder was written by a build.
pub fn is_output(folder: &Path) -> bool {
    fs::read(folder.join(FILE_NAME)).is_ok_and(|bytes| manifest::written(&bytes).is_some())
}

/// Makes the folder hold these files, and tells how many pods changed.
///
/// With `partial`, the files of the last manifest that this build does not make are kept, and the manifest is left alone:
/// it would name only a part of the folder.
pub fn write(folder: &Folder, files: &Files, partial: bool) -> Result<usize, Failure> {
    let changes = Changes::between(folder, files, partial)?;
    if let Some(name) = changes.names().find(|name| folder.entry(name) == Some(Entry::Folder)) {
        return Err(Failure::new(format!(
            "cannot write `{}`: a folder has this name",
            folder.path().join(name).display()
        )));
    }
    if changes.names().next().is_some() {
        let staged = stage(folder, files, &changes)?;
        if let Err(failure) = place(folder, &staged, &changes) {
            staged.leave();
            return Err(failure);
        }
    } else {
        delete(folder, &changes.gone)?;
    }
    if !partial {
        for leftover in folder.leftovers() {
            fs::remove_dir_all(leftover).map_err(|error| Failure::io("delete", leftover, &error))?;
        }
    }
    Ok(changes.pods.len())
}

/// What is to be done.
struct Changes<'f> {
    /// The pods whose bytes change.
    pods: Vec<&'f (String, Vec<u8>)>,
    /// The manifest, if its bytes change.
    manifest: Option<&'f [u8]>,
    /// The files that are no longer made.
    gone: BTreeSet<String>,
}

impl<'f> Changes<'f> {
    fn between(folder: &Folder, files: &'f Files, partial: bool) -> Result<Self, Failure> {
        let same = parallel::map(&files.pods, |(name, bytes)| folder.holds(name, bytes));
        let pods = files.pods.iter().zip(same).filter(|(_, same)| !same).map(|(pod, _)| pod).collect();
        if partial {
            return Ok(Self { pods, manifest: None, gone: BTreeSet::new() });
        }
        let old = folder.read(FILE_NAME)?;
        let manifest = Some(files.manifest.as_slice()).filter(|new| old.as_deref() != Some(new));
        let mut gone = stale(folder, manifest.and(old.as_deref()), files);
        gone.extend(abandoned(folder, files));
        Ok(Self { pods, manifest, gone })
    }

    /// The names of the files that are written, the manifest last.
    fn names(&self) -> impl Iterator<Item = &str> {
        let manifest = self.manifest.map(|_| FILE_NAME);
        self.pods.iter().map(|(name, _)| name.as_str()).chain(manifest)
    }
}

/// Step 2.
fn stage<'f>(folder: &'f Folder, files: &Files, changes: &Changes<'_>) -> Result<Staged<'f>, Failure> {
    let staged = Staged::new(folder.path())?;
    for (name, other) in twins(files) {
        if staged.are_one(name, other)? {
            return Err(Failure::new(format!(
                "`{name}` and `{other}` are one file in `{}`, where upper and lower case are the same; rename one of the tasks",
                folder.path().display()
            )));
        }
    }
    for (name, bytes) in &changes.pods {
        staged.add(name, bytes)?;
    }
    if let Some(bytes) = changes.manifest {
        staged.add(FILE_NAME, bytes)?;
    }
    Ok(staged)
}

/// Steps 3 and 4.
fn place(folder: &Folder, staged: &Staged<'_>, changes: &Changes<'_>) -> Result<(), Failure> {
    delete(folder, &changes.gone)?;
    changes.names().try_for_each(|name| staged.place(name))
}

fn delete(folder: &Folder, names: &BTreeSet<String>) -> Result<(), Failure> {
    for name in names {
        let path = folder.path().join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::io("delete", &path, &error)),
            _ => {}
        }
    }
    Ok(())
}

/// The files that the last manifest names and this build does not make.
fn stale(folder: &Folder, manifest: Option<&[u8]>, files: &Files) -> BTreeSet<String> {
    let old = manifest.and_then(manifest::written).unwrap_or_default();
    let ours: BTreeSet<&str> = files.pods.iter().map(|(name, _)| name.as_str()).collect();
    let gone = |name: &str| is_plain(name) && !ours.contains(name) && is_file(folder, name);
    old.into_iter().map(|pod| pod.file).filter(|name| gone(name)).collect()
}

/// The files that a killed build has put into their places, and this one does not make.
fn abandoned(folder: &Folder, files: &Files) -> BTreeSet<String> {
    let mut abandoned = BTreeSet::new();
    for leftover in folder.leftovers() {
        let Ok(bytes) = fs::read(leftover.join(FILE_NAME)) else { continue };
        let mut candidates = stale(folder, Some(&bytes), files);
        let pods = manifest::written(&bytes).unwrap_or_default();
        for pod in pods.into_iter().filter(|pod| candidates.remove(&pod.file)) {
            let found = fs::read(folder.path().join(&pod.file));
            if found.is_ok_and(|bytes| sha256(&bytes) == pod.sha256) {
                abandoned.insert(pod.file);
            }
        }
    }
    abandoned
}

/// Whether a name is that of a file, or of a link to one, in the folder.
fn is_file(folder: &Folder, name: &str) -> bool {
    name != FILE_NAME && matches!(folder.entry(name), Some(Entry::File | Entry::Other))
}

/// Whether a name leads to no other folder.
fn is_plain(name: &str) -> bool {
    matches!(Path::new(name).components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)])
}

/// The names that some file systems take for one, each with one that came before it.
fn twins(files: &Files) -> Vec<(&str, &str)> {
    let mut seen: FxHashMap<String, &str> = FxHashMap::default();
    let pairs =
        files.pods.iter().filter_map(|(name, _)| seen.insert(folded(name), name).map(|other| (other, name.as_str())));
    pairs.collect()
}
