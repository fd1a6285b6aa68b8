//! What sources are called in what is written.
//!
//! In: whole paths of the sources of a build. Out: a name for each. Always: it does not depend on the folder in which the command
//! runs: it is the path from the nearest folder upwards with a `flytec.toml`, and for sources without one from the deepest folder
//! that all of these lie in. Not here: what messages call them, which is relative to the current folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::{root_above, shown};

/// The names, in the order of the paths.
pub fn of<'p>(paths: impl Iterator<Item = &'p Path>) -> Vec<String> {
    let mut roots: BTreeMap<&Path, Option<PathBuf>> = BTreeMap::new();
    let paths: Vec<(&Path, &Path)> = paths.map(|path| (path, path.parent().unwrap_or(path))).collect();
    for (_, folder) in &paths {
        roots.entry(folder).or_insert_with(|| root_above(folder));
    }
    let own = |folder: &Path| roots.get(folder).and_then(Option::as_deref);
    let apart = paths.iter().map(|(_, folder)| *folder).filter(|folder| own(folder).is_none());
    let shared = apart.reduce(shared).unwrap_or(Path::new(""));
    paths.iter().map(|(path, folder)| shown(path.strip_prefix(own(folder).unwrap_or(shared)).unwrap_or(path))).collect()
}

/// The deepest folder that both are or lie in.
fn shared<'p>(one: &'p Path, other: &Path) -> &'p Path {
    one.ancestors().find(|folder| other.starts_with(folder)).unwrap_or(Path::new(""))
}
