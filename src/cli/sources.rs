//! The sources that the arguments name.
//!
//! In: paths. Out: names and texts. Always: names are relative to the current folder where they can be, with `/`; the same
//! file named twice is read once. Not here: what the texts mean.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::args::Common;
use super::{Failure, output};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::digest::sha256;
use crate::source::{SourceMap, Span};

/// The ending of a source.
const EXTENSION: &str = "flyteenv";

/// What was read.
pub struct Sources {
    /// The sources.
    pub map: SourceMap,
    /// What is wrong with their bytes.
    pub faults: Diagnostics,
}

impl Sources {
    /// A digest of the texts, which stands for a version: the same sources give the same one, wherever they lie.
    pub fn digest(&self) -> String {
        /// Enough to tell versions apart; the wire has room for 63 characters.
        const DIGITS: usize = 32;
        let mut digests: Vec<String> = self.map.iter().map(|(_, source)| sha256(source.text.as_bytes())).collect();
        digests.sort();
        let mut digest = sha256(digests.concat().as_bytes());
        digest.truncate(DIGITS);
        digest
    }
}

/// Reads what the arguments name.
pub fn read(common: &Common) -> Result<Sources, Failure> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for path in named(&common.paths)? {
        let bytes = std::fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
        files.push((display_name(&path), bytes));
    }
    if common.paths.iter().any(|path| path.as_os_str() == "-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
        files.push((common.stdin_filename.clone(), bytes));
    }
    if files.is_empty() {
        return Err(Failure::new(format!("no `.{EXTENSION}` files here; name a file or a folder")));
    }
    Ok(decoded(files))
}

/// The texts; where bytes are no UTF-8 the first bad one is reported and the rest read as well as can be.
fn decoded(files: Vec<(String, Vec<u8>)>) -> Sources {
    let mut bad: Vec<(String, usize)> = Vec::new();
    let texts = files.into_iter().map(|(name, bytes)| match String::from_utf8(bytes) {
        Ok(text) => (name, text),
        Err(error) => {
            bad.push((name.clone(), error.utf8_error().valid_up_to()));
            (name, String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
    });
    let map = SourceMap::new(texts.collect());
    let mut faults = Diagnostics::default();
    for (name, at) in bad {
        if let Some((id, _)) = map.iter().find(|(_, source)| source.name == name) {
            let diagnostic =
                Diagnostic::new(code::NOT_UTF8, Span::new(id, at..at + '\u{FFFD}'.len_utf8()), "this is not UTF-8");
            faults.push(diagnostic.help("save the file as UTF-8"));
        }
    }
    Sources { map, faults }
}

/// The files among and below these paths, each once.
fn named(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| path.as_os_str() != "-") {
        let metadata = std::fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?;
        if metadata.is_dir() {
            search(path, &mut found)?;
        } else if metadata.is_file() {
            found.push(normal(path));
        } else {
            return Err(Failure::new(format!("cannot read `{}`: it is neither a file nor a folder", path.display())));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    // The folder that was asked for is searched even if a build once wrote into it.
    let built = |entry: &DirEntry| entry.depth() > 0 && entry.file_type().is_dir() && output::is_output(entry.path());
    let walk = WalkDir::new(folder).into_iter().filter_entry(|entry| !hidden(entry) && !built(entry));
    for entry in walk {
        let entry = entry.map_err(|error| Failure::new(format!("cannot search `{}`: {error}", folder.display())))?;
        if is_file(&entry) && entry.path().extension().is_some_and(|extension| extension == EXTENSION) {
            found.push(normal(entry.path()));
        }
    }
    Ok(())
}

/// Whether an entry is a file or a link to one; links to folders are not followed.
fn is_file(entry: &DirEntry) -> bool {
    let kind = entry.file_type();
    kind.is_file() || (kind.is_symlink() && std::fs::metadata(entry.path()).is_ok_and(|target| target.is_file()))
}

/// The path without `.` parts, and relative to the current folder if it is below it.
fn normal(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let path = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// The path as messages show it, with `/`.
fn display_name(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
