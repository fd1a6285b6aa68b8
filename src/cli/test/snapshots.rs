//! Folders of snapshots.
//!
//! In: a folder, and the files that it is to have. Out: what it has; or the folder written, or deleted. Always: only files are read and deleted that
//! a test has written, or that stand where it would write. Not here: what is done about differences.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::told::Told;
use crate::cli::replace::replace;
use crate::cli::{Failure, pods};
use crate::compare::report::Pods;

/// The folder beside sources that has the folders of snapshots.
pub const FOLDER: &str = "snapshots";

/// The file of what is told.
pub const MESSAGES: &str = "diagnostics.txt";

/// How the first line of a pod's file ends.
const MARK: &str = ", by flytec test";

/// The files of one folder, by their names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What a folder has.
#[derive(Default)]
pub struct Snapshots {
    /// The pods by their names.
    pub pods: Pods,
    /// What was told.
    pub told: Told,
    /// The names of pods whose files cannot be read, and the reasons.
    pub broken: BTreeMap<String, String>,
}

/// The first line of the file of a pod.
pub fn header(pod: &str) -> String {
    format!("# {pod}{MARK}\n")
}

/// What a folder has; nothing where there is none, or nothing of a test in it. `names` are the files of pods that are known.
pub fn read(folder: &Path, names: &BTreeMap<String, String>) -> Result<Option<Snapshots>, Failure> {
    let files = files(folder, |name| names.contains_key(name))?;
    if files.is_empty() {
        return Ok(None);
    }
    let mut snapshots = Snapshots::default();
    for (file, bytes) in files {
        if file == MESSAGES {
            snapshots.told = Told::read(&String::from_utf8_lossy(&bytes));
            continue;
        }
        // A copy is not the snapshot of the pod that its first line names.
        let other = || marked(&bytes).filter(|pod| !names.values().any(|known| known == pod));
        let pod = names.get(&file).cloned().or_else(other).unwrap_or(file);
        match pods::yaml(bytes) {
            Ok(value) => drop(snapshots.pods.insert(pod, value)),
            Err(fault) => drop(snapshots.broken.insert(pod, fault)),
        }
    }
    Ok(Some(snapshots))
}

/// Whether a folder has files that a test has written.
pub fn are_in(folder: &Path) -> bool {
    files(folder, |_| false).is_ok_and(|files| !files.is_empty())
}

/// Makes a folder have these files, and no others of a test.
pub fn write(folder: &Path, new: &Files) -> Result<(), Failure> {
    if new.is_empty() {
        return delete(folder);
    }
    fs::create_dir_all(folder).map_err(|error| Failure::io("create folder", folder, &error))?;
    for (name, bytes) in new {
        replace(&folder.join(name), bytes, true)?;
    }
    let stale = files(folder, |_| false)?.into_keys().filter(|name| !new.contains_key(name));
    stale.map(|name| folder.join(name)).try_for_each(|path| remove(&path))
}

/// Deletes what a test has written to a folder, and the folder where nothing else is in it.
pub fn delete(folder: &Path) -> Result<(), Failure> {
    files(folder, |_| false)?.into_keys().map(|name| folder.join(name)).try_for_each(|path| remove(&path))?;
    // What still has something in it stays.
    let _ = fs::remove_dir(folder);
    let _ = folder.parent().map(fs::remove_dir);
    Ok(())
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::io("delete", path, &error)),
        _ => Ok(()),
    }
}

/// The files of a test in a folder: those of pods by their first line or as `is_known` says, and what was told.
fn files(folder: &Path, is_known: impl Fn(&str) -> bool) -> Result<Files, Failure> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Files::new()),
        Err(error) => return Err(Failure::io("read", folder, &error)),
        Ok(entries) => entries,
    };
    let mut files = Files::new();
    let paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_pod = path.extension().is_some_and(|extension| extension == "yaml");
        if !is_pod && name != MESSAGES {
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
        if name == MESSAGES || is_known(&name) || marked(&bytes).is_some() {
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

/// The pod that the first line of a file names, if a test has written it.
fn marked(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    Some(line.strip_prefix("# ")?.strip_suffix(MARK)?.to_owned())
}
