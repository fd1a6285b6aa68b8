//! Replacing a file.
//!
//! In: a path, and its new bytes. Out: a file that holds them. Always: it is replaced whole, so that nobody sees half of it, and left
//! alone where it holds these bytes already; a pipe or a terminal cannot be replaced, and is written to. Not here: which files are
//! written, and the folder of a build (`output`), whose files belong together.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::Failure;

/// Replaces a file by a rename, and tells whether its bytes change. A file that there was keeps its permissions with `keep`; others have
/// those of any new file.
pub fn replace(path: &Path, bytes: &[u8], keep: bool) -> Result<bool, Failure> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return fs::write(path, bytes).map(|()| true).map_err(|error| Failure::io("write", path, &error));
    }
    match fs::read(path) {
        Ok(old) if old == bytes => return Ok(false),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::io("replace", path, &error)),
        _ => {}
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |error: &std::io::Error| Failure::io("write", path, error);
    let mut file = new_file(folder).map_err(|error| failed(&error))?;
    file.write_all(bytes).map_err(|error| failed(&error))?;
    if let Some(metadata) = fs::metadata(path).ok().filter(|_| keep) {
        file.as_file().set_permissions(metadata.permissions()).map_err(|error| failed(&error))?;
    }
    file.persist(path).map_err(|error| failed(&error.error))?;
    Ok(true)
}

#[cfg(unix)]
fn new_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    // What the user's mask leaves of this is what any other program would create.
    tempfile::Builder::new().prefix(".flytec-").permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn new_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(".flytec-").tempfile_in(folder)
}
