//! Paths of files in one volume that get in each other's way.
//!
//! In: paths, one after another. Out: a warning where one is the same as an earlier one, or a folder on the way to it. Always: the
//! time that it takes grows with the texts, not with their square. Source: `warningsForOverlappingVirtualPaths` in
//! pkg/api/pod/warnings.go. Not here: paths of projected volumes that are the same, which Kubernetes refuses.

use rustc_hash::FxHashMap;

use crate::diagnostics::code::kubernetes as codes;
use crate::validate::fault::Fault;
use crate::validate::path::{At, Path};

/// A file name cannot be longer on any node, so nothing is made of such a path.
const LONGEST: usize = 4096;

/// The paths of a volume so far.
#[derive(Debug, Default)]
pub struct Paths<'p> {
    places: Vec<Path>,
    /// Files, and the folders that they are in: where the first of each was written.
    files: FxHashMap<&'p str, usize>,
    folders: FxHashMap<&'p str, usize>,
}

impl<'p> Paths<'p> {
    /// Adds a path that stands at `at`.
    pub fn add(&mut self, path: &'p str, at: &At<'_>) -> Option<Fault> {
        let path = path.trim_end_matches('/');
        if path.is_empty() || path.len() > LONGEST {
            return None;
        }
        let first = self.first(path);
        let place = self.places.len();
        self.places.push(at.path());
        self.files.entry(path).or_insert(place);
        for folder in folders(path) {
            self.folders.entry(folder).or_insert(place);
        }
        first.map(|first| self.fault(path, first, at))
    }

    /// The first path that gets in the way, and whether it is the same.
    fn first(&self, path: &str) -> Option<(usize, &'static str)> {
        if let Some(same) = self.files.get(path) {
            return Some((*same, "the same path"));
        }
        if let Some(below) = self.folders.get(path) {
            return Some((*below, "in a folder of that name"));
        }
        let mut above = folders(path).filter_map(|folder| self.files.get(folder));
        above.next().map(|above| (*above, "a file where that one has a folder"))
    }

    fn fault(&self, path: &str, (first, how): (usize, &str), at: &At<'_>) -> Fault {
        let message = format!("the file `{path}` gets in the way of another");
        let mut fault = Fault::found(codes::PATHS_OVERLAP, at, message)
            .note("only one of them can be there, and which one Kubernetes does not say")
            .help("give one of them another path");
        fault.others.extend(self.places.get(first).map(|place| (place.clone(), how.to_owned())));
        fault
    }
}

/// The folders on the way to a path: `a` and `a/b` for `a/b/c`.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at)).filter(|folder| !folder.is_empty())
}
