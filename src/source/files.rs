//! How the compiler asks for further files, without touching any.
//!
//! In: a path as a program wrote it. Out: [`Found`] and its bytes, or why not. Always: what is found lies in the project's root,
//! symbolic links followed; the same file is found under the same identity. Not here: the disk; the command has that.

use std::collections::BTreeMap;

/// Finds and reads files beside the sources.
pub trait Files {
    /// Finds the file that `path` means in the source of this identity.
    ///
    /// # Errors
    /// Where there is none that may be read.
    fn find(&self, from: &str, path: &str) -> Result<Found, Absence>;

    /// The bytes of a file that was found.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn read(&self, found: &Found) -> Result<Vec<u8>, Absence>;
}

/// A file that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// As messages show it.
    pub name: String,
    /// What it is, by whatever path it was named.
    pub identity: String,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// The path begins at the root of the file system.
    Absolute,
    /// It lies outside of the project's root, of which this is the path.
    Outside(String),
    /// There is none: this part of the path, counted from 0, is not among these.
    NotThere(usize, Vec<String>),
    /// It is a folder, in which these are.
    Folder(Vec<String>),
    /// It is neither a file nor a folder: a device, a pipe.
    Special,
    /// It is larger than this many bytes.
    TooLarge(usize),
    /// The system refuses, for this reason.
    Refused(String),
}

/// Files that are given beforehand, by their names; the root is where names begin.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// These files.
    #[must_use]
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self { files }
    }

    /// The names of what is in a folder.
    fn inside(&self, folder: &str) -> Vec<String> {
        let first = |name: String| {
            let rest = name.strip_prefix(folder).unwrap_or(&name).trim_start_matches('/');
            rest.split('/').next().unwrap_or_default().to_owned()
        };
        let mut names: Vec<String> = self.below(folder).map(first).collect();
        names.dedup();
        names
    }

    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = String> + 'a {
        let inside = move |name: &&String| folder.is_empty() || name.starts_with(&format!("{folder}/"));
        self.files.keys().filter(inside).cloned()
    }
}

impl Files for Memory {
    fn find(&self, from: &str, path: &str) -> Result<Found, Absence> {
        if path.starts_with('/') {
            return Err(Absence::Absolute);
        }
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        for (at, part) in path.split('/').enumerate() {
            let folder = parts.join("/");
            match part {
                "" | "." => {}
                ".." => parts.pop().map(drop).ok_or(Absence::Outside(String::new()))?,
                part => parts.push(part),
            }
            let here = parts.join("/");
            if !self.files.contains_key(&here) && self.below(&here).next().is_none() {
                return Err(Absence::NotThere(at, self.inside(&folder)));
            }
        }
        let name = parts.join("/");
        if self.files.contains_key(&name) {
            return Ok(Found { identity: name.clone(), name });
        }
        Err(Absence::Folder(self.inside(&name)))
    }

    fn read(&self, found: &Found) -> Result<Vec<u8>, Absence> {
        self.files.get(&found.identity).cloned().ok_or(Absence::NotThere(0, Vec::new()))
    }
}
