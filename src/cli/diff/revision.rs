//! A revision of the repository that the current folder is in, as files.
//!
//! In: the name of a revision. Out: a temporary folder with its files. Always: the repository, its index and its work tree stay as they
//! are. Not here: what the files mean.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::Failure;

/// The files of a revision; the folder goes when this does.
pub struct Revision {
    folder: tempfile::TempDir,
    /// The current folder, from the root of the repository.
    prefix: PathBuf,
}

/// The revision of this name, if the current folder is in a repository that has it.
pub fn exists(name: &str) -> bool {
    // What begins with a dash would be an option.
    !name.starts_with('-') && git(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]).is_ok()
}

/// What may be the reason that there is no such revision, for people.
pub fn absence() -> String {
    match git(&["rev-parse", "--is-shallow-repository"]) {
        Err(_) => "; this folder is in no git repository, or git cannot be run".to_owned(),
        Ok(shallow) if shallow.trim() == "true" => {
            "; this clone is shallow, and `git fetch --unshallow` brings the revisions that it does not have".to_owned()
        }
        Ok(_) => String::new(),
    }
}

impl Revision {
    /// Writes the files of a revision to a temporary folder.
    pub fn open(name: &str) -> Result<Self, Failure> {
        let failed = |error: String| Failure::new(format!("cannot read revision `{name}`: {error}"));
        let root = git(&["rev-parse", "--show-toplevel"]).map_err(failed)?;
        let prefix = git(&["rev-parse", "--show-prefix"]).map_err(failed)?;
        let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let index = folder.path().join("index");
        let tree = folder.path().join("tree");
        // An index of its own, so that the repository's stays as it is.
        let run = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.args(arguments).current_dir(root.trim_end()).env("GIT_INDEX_FILE", &index);
            output(&mut command)
        };
        run(&["read-tree", &format!("{name}^{{commit}}")]).map_err(failed)?;
        run(&["checkout-index", "--all", &format!("--prefix={}/", tree.display())]).map_err(failed)?;
        let prefix = PathBuf::from(prefix.trim_end());
        // What is not in the revision is an empty folder.
        std::fs::create_dir_all(tree.join(&prefix)).map_err(|error| failed(error.to_string()))?;
        Ok(Self { folder, prefix })
    }

    /// What the current folder is in the revision.
    pub fn here(&self) -> PathBuf {
        self.folder.path().join("tree").join(&self.prefix)
    }
}

fn git(arguments: &[&str]) -> Result<String, String> {
    output(Command::new("git").args(arguments))
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("cannot run git: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    Err(error.trim().trim_start_matches("fatal: ").to_owned())
}

/// The current folder of the process while this lives; then it is again what it was.
pub struct Elsewhere(PathBuf);

impl Elsewhere {
    /// Goes to a folder.
    pub fn go(folder: &Path) -> Result<Self, Failure> {
        let here = std::env::current_dir().map_err(|error| Failure::io("leave", Path::new("."), &error))?;
        std::env::set_current_dir(folder).map_err(|error| Failure::io("enter", folder, &error))?;
        Ok(Self(here))
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // The folder was there a moment ago; without it, what follows says so.
        let _ = std::env::set_current_dir(&self.0);
    }
}
