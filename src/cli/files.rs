//! Files on the disk, for what sources name: imports and data.
//!
//! In: a path as a source wrote it. Out: the file's name, identity and bytes. Always: what is found lies in the project, links
//! followed; a file has one identity, whatever path leads to it. Not here: the files that the arguments name (`sources`).

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use super::Failure;
use super::reads::Reads;
use crate::diagnostics::suggest::closest;
use crate::source::files::{Absence, Files, Found};
use crate::syntax::MAX_SOURCE_BYTES;

/// The file that marks the root of a project, and says what holds for its builds.
pub const MARKER: &str = "flytec.toml";

/// Texts that stand for those of files, by the identities of these.
pub type Drafts = BTreeMap<String, String>;

/// The disk, as far as a program may see it.
pub struct Disk {
    /// A note of what is read.
    pub reads: Reads,
    drafts: Drafts,
    here: PathBuf,
    /// The folders that may be seen, with all below them; the project's root is the first.
    roots: Vec<PathBuf>,
}

impl Disk {
    /// For a command that runs in the current folder, with these texts in place of files, and a note of what is read.
    pub fn new(drafts: Drafts, reads: Reads) -> Result<Self, Failure> {
        let here = std::env::current_dir().and_then(fs::canonicalize);
        let here = here.map_err(|error| Failure::new(format!("cannot find the current folder: {error}")))?;
        let root = root_above(&here).unwrap_or_else(|| here.clone());
        // Another root would be found where one of these came or went.
        here.ancestors()
            .take_while(|folder| folder.starts_with(&root))
            .for_each(|folder| reads.path(&folder.join(MARKER)));
        Ok(Self { reads, drafts, here, roots: vec![root] })
    }

    /// Lets a folder be seen that the arguments name, if it lies outside of the project: from its own project's root on.
    pub fn admit(&mut self, folder: &Path) {
        let Ok(folder) = fs::canonicalize(folder) else { return };
        if !self.sees(&folder) {
            self.roots.push(root_above(&folder).unwrap_or(folder));
        }
    }

    /// The text that stands for a file, or for standard input by its name.
    pub fn draft(&self, identity: &str) -> Option<&str> {
        self.drafts.get(identity).map(String::as_str)
    }

    /// What a file is called in messages: its path relative to the current folder.
    pub fn name(&self, path: &Path) -> String {
        let shared = self.here.components().zip(path.components()).take_while(|(a, b)| a == b).count();
        let up = self.here.components().count() - shared;
        let in_project = self.roots.iter().any(|root| path.starts_with(root) && self.here.starts_with(root));
        if up > 0 && !in_project {
            return shown(path);
        }
        let relative = std::iter::repeat_n(Component::ParentDir, up).chain(path.components().skip(shared));
        shown(&relative.collect::<PathBuf>())
    }

    /// A path from the current folder as a whole one, without a look at links.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        without_dots(&self.here.join(path))
    }

    /// A path from the root of the project, as one from the current folder.
    pub fn below_root(&self, path: &str) -> PathBuf {
        let root = self.roots.first().unwrap_or(&self.here);
        let name = self.name(&without_dots(&root.join(path)));
        PathBuf::from(if name.is_empty() { "." } else { &name })
    }

    /// The path from the project's root that was probably meant by one that is not there: the same with one part corrected.
    pub fn nearest(&self, path: &str) -> Option<String> {
        let root = self.roots.first().unwrap_or(&self.here);
        let Absence::NotThere(at, beside) = self.not_there(root, path) else { return None };
        let mut parts: Vec<&str> = path.split('/').collect();
        let part = parts.get_mut(at)?;
        *part = closest(part, beside.iter().map(String::as_str))?;
        let better = parts.join("/");
        fs::metadata(root.join(&better)).is_ok().then_some(better)
    }

    fn sees(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root))
    }

    /// That a path leads out of the project which the folder lies in.
    fn outside(&self, folder: &Path) -> Absence {
        let own = self.roots.iter().find(|root| folder.starts_with(root)).or(self.roots.first());
        let root = own.map(|root| self.name(root)).unwrap_or_default();
        Absence::Outside(if root.is_empty() { ".".to_owned() } else { root })
    }

    /// Which part of a path is not there, and what is beside it.
    fn not_there(&self, folder: &Path, path: &str) -> Absence {
        let mut folder = folder.to_path_buf();
        for (at, part) in path.split('/').enumerate() {
            let next = folder.join(part);
            if fs::symlink_metadata(&next).is_err() {
                return Absence::NotThere(at, self.inside(&folder));
            }
            folder = next;
        }
        // It is a link that leads nowhere.
        Absence::NotThere(0, Vec::new())
    }

    /// The names of what is in a folder of the project.
    fn inside(&self, folder: &Path) -> Vec<String> {
        if !fs::canonicalize(folder).is_ok_and(|folder| self.sees(&folder)) {
            return Vec::new();
        }
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Files for Disk {
    fn find(&self, from: &str, path: &str) -> Result<Found, Absence> {
        if Path::new(path).is_absolute() || path.starts_with('/') {
            return Err(Absence::Absolute);
        }
        if path.contains('\0') {
            return Err(Absence::NotThere(0, Vec::new()));
        }
        // What stands on standard input is taken for a file of the current folder.
        let folder = Path::new(from).parent().filter(|_| Path::new(from).is_absolute()).unwrap_or(&self.here);
        let full = folder.join(path);
        self.reads.path(&full);
        let Ok(found) = fs::canonicalize(&full) else {
            return Err(if self.sees(&without_dots(&full)) {
                self.not_there(folder, path)
            } else {
                self.outside(folder)
            });
        };
        if !self.sees(&found) {
            return Err(self.outside(folder));
        }
        let metadata = fs::metadata(&found).map_err(|error| Absence::Refused(error.to_string()))?;
        if metadata.is_dir() {
            return Err(Absence::Folder(self.inside(&found)));
        }
        if !metadata.is_file() {
            return Err(Absence::Special);
        }
        Ok(Found { name: self.name(&found), identity: found.to_string_lossy().into_owned() })
    }

    fn read(&self, found: &Found) -> Result<Vec<u8>, Absence> {
        match self.draft(&found.identity) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => read(Path::new(&found.identity)),
        }
    }
}

/// The bytes of a file, if it is of a size that a source may have.
pub fn read(path: &Path) -> Result<Vec<u8>, Absence> {
    let refused = |error: std::io::Error| Absence::Refused(error.to_string());
    let mut bytes = Vec::new();
    let limit = MAX_SOURCE_BYTES as u64 + 1;
    fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(refused)?;
    if bytes.len() > MAX_SOURCE_BYTES { Err(Absence::TooLarge(MAX_SOURCE_BYTES)) } else { Ok(bytes) }
}

/// The nearest folder upwards that marks the root of a project.
pub fn root_above(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(MARKER).is_file()).map(Path::to_path_buf)
}

/// The path with its `.` and `..` parts worked out, without a look at the disk.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = plain.pop(),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// The path as messages show it, with `/`.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
