//! What `--check` shows.
//!
//! In: a folder, and what a build would write. Out: a unified diff, empty where the folder is that already. Always: nothing is
//! written.

use std::fmt::Write as _;

use similar::TextDiff;

use super::folder::Folder;
use super::{FILE_NAME, Files, stale};
use crate::cli::Failure;
use crate::parallel;

/// Where a folder is not what a build would make it.
pub fn differences(folder: &Folder, files: &Files, partial: bool) -> Result<String, Failure> {
    let mut text = String::new();
    let same = parallel::map(&files.pods, |(name, bytes)| folder.holds(name, bytes));
    for ((name, bytes), _) in files.pods.iter().zip(same).filter(|(_, same)| !same) {
        difference(folder, name, Some(bytes), &mut text)?;
    }
    if !partial {
        let manifest = folder.read(FILE_NAME)?;
        for name in stale(folder, manifest.as_deref(), files) {
            difference(folder, &name, None, &mut text)?;
        }
        difference(folder, FILE_NAME, Some(&files.manifest), &mut text)?;
    }
    Ok(text)
}

fn difference(folder: &Folder, name: &str, new: Option<&[u8]>, text: &mut String) -> Result<(), Failure> {
    let old = folder.read(name)?;
    if old.as_deref() == new {
        return Ok(());
    }
    let shown = folder.path().join(name).display().to_string();
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
