//! The folder that a build writes.
//!
//! In: the bytes of every file. Out: a folder that holds them. Always: a file is replaced whole, the manifest last; only files
//! whose bytes change are touched; files that the last manifest names and this one does not are deleted, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use serde::de::IgnoredAny;
use similar::TextDiff;

use super::Failure;
use super::replace::replace;
use crate::emit::manifest::{self, FILE_NAME};

/// What a build writes.
pub struct Files {
    /// The pods, by the names of their files.
    pub pods: Vec<(String, Vec<u8>)>,
    /// The manifest.
    pub manifest: Vec<u8>,
}

/// Whether a folder was written by a build.
pub fn is_output(folder: &Path) -> bool {
    let Ok(bytes) = fs::read(folder.join(FILE_NAME)) else { return false };
    // It may be long, and is looked at often.
    let fields = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(&bytes);
    fields.is_ok_and(|fields| fields.contains_key("manifest_version"))
}

/// Makes the folder hold these files, and tells how many of them changed.
///
/// With `partial`, the files of the last manifest that this build does not make are kept, and the manifest is left alone:
/// it would name only a part of the folder.
pub fn write(folder: &Path, files: &Files, partial: bool) -> Result<usize, Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::io("create folder", folder, &error))?;
    let mut changed = 0;
    for (name, bytes) in &files.pods {
        changed += usize::from(replace(&folder.join(name), bytes, false)?);
    }
    if !partial {
        delete_stale(folder, files)?;
        replace(&folder.join(FILE_NAME), &files.manifest, false)?;
    }
    Ok(changed)
}

fn delete_stale(folder: &Path, files: &Files) -> Result<(), Failure> {
    for name in stale(folder, files) {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::io("delete", &path, &error)),
            _ => {}
        }
    }
    Ok(())
}

/// The files that the last manifest names and this build does not make. A name that leads out of the folder is none of ours.
fn stale(folder: &Path, files: &Files) -> BTreeSet<String> {
    let Ok(old) = fs::read(folder.join(FILE_NAME)) else { return BTreeSet::new() };
    let ours: BTreeSet<&str> = files.pods.iter().map(|(name, _)| name.as_str()).collect();
    let plain =
        |name: &str| matches!(Path::new(name).components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)]);
    manifest::files(&old)
        .into_iter()
        .filter(|name| plain(name) && !ours.contains(name.as_str()) && name != FILE_NAME)
        .collect()
}

/// Where a folder is not what [`write`] would make it, as a unified diff; empty where it is.
pub fn differences(folder: &Path, files: &Files, partial: bool) -> Result<String, Failure> {
    let mut text = String::new();
    for (name, bytes) in &files.pods {
        difference(folder, name, Some(bytes), &mut text)?;
    }
    if !partial {
        for name in stale(folder, files) {
            difference(folder, &name, None, &mut text)?;
        }
        difference(folder, FILE_NAME, Some(&files.manifest), &mut text)?;
    }
    Ok(text)
}

fn difference(folder: &Path, name: &str, new: Option<&[u8]>, text: &mut String) -> Result<(), Failure> {
    let path = folder.join(name);
    let old = match fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(Failure::io("read", &path, &error)),
    };
    if old.as_deref() == new {
        return Ok(());
    }
    let shown = path.display().to_string();
    let side = |bytes: Option<&[u8]>| bytes.map_or("/dev/null", |_| shown.as_str()).to_owned();
    let (old_name, new_name) = (side(old.as_deref()), side(new));
    match (utf8(old.as_deref()), utf8(new)) {
        (Some(old), Some(new)) => {
            let diff = TextDiff::from_lines(old, new);
            // Writing to a string cannot fail, here and below.
            let _ = write!(text, "{}", diff.unified_diff().context_radius(3).header(&old_name, &new_name));
        }
        _ => drop(writeln!(text, "Binary files {old_name} and {new_name} differ")),
    }
    Ok(())
}

fn utf8(bytes: Option<&[u8]>) -> Option<&str> {
    std::str::from_utf8(bytes.unwrap_or_default()).ok()
}
