//! What was read of the disk, so that it can be asked later whether it would be read otherwise now.
//!
//! In: the paths that are about to be read. Out: the paths that have changed since, and the folders in which that would show. Always: a path is looked
//! at before it is read, so that no change is missed; whoever changes it in between causes one look too many. Contents count, and not times. Not here: waiting for
//! changes.

use std::cell::{Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::rc::Rc;

use super::sources::{folders, found, searched};
use crate::digest::sha256;

/// A note of what is read; none where nobody will ask.
#[derive(Clone, Default)]
pub struct Reads(Option<Rc<RefCell<BTreeMap<Question, Answer>>>>);

/// Something that a command wants to know of the disk. Paths are whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    /// What is there.
    Path(PathBuf),
    /// The sources below a folder.
    Sources(PathBuf),
    /// The folders of a name below a folder.
    Folders(PathBuf, &'static str),
    /// The files in a folder.
    Content(PathBuf),
}

/// What there is, by its path.
type Answer = BTreeMap<PathBuf, State>;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// A file with content of this digest.
    File(String),
    /// A file without content, as editors leave one for a moment.
    Empty,
    /// Something that is only counted.
    Listed,
    /// A folder, or something that is not read.
    Other,
}

/// A path that would be read otherwise now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The whole path.
    pub path: PathBuf,
    /// Whether it had content and has none now.
    pub gone: bool,
}

impl Reads {
    /// An empty note.
    pub fn recording() -> Self {
        Self(Some(Rc::default()))
    }

    /// An empty note, if this is one.
    pub fn apart(&self) -> Self {
        self.0.as_ref().map_or_else(Self::default, |_| Self::recording())
    }

    /// Whether anything is noted.
    pub fn are_noted(&self) -> bool {
        self.0.is_some()
    }

    /// A file is about to be read, or looked for.
    pub fn path(&self, path: &Path) {
        self.note(path, Question::Path);
    }

    /// The sources below a folder are about to be looked for.
    pub fn sources(&self, folder: &Path) {
        self.note(folder, Question::Sources);
    }

    /// The folders of a name below a folder are about to be looked for.
    pub fn folders(&self, folder: &Path, name: &'static str) {
        self.note(folder, |folder| Question::Folders(folder, name));
    }

    /// All files in a folder are about to be read.
    pub fn content(&self, folder: &Path) {
        self.note(folder, Question::Content);
    }

    fn note(&self, path: &Path, question: impl FnOnce(PathBuf) -> Question) {
        let Some(noted) = &self.0 else { return };
        let question = question(absolute(path).unwrap_or_else(|_| path.to_owned()));
        // What was found first counts: something may have been made of it.
        noted.borrow_mut().entry(question).or_insert_with_key(Question::ask);
    }

    /// Adds what another note has.
    pub fn absorb(&self, other: &Self) {
        let (Some(noted), Some(other)) = (&self.0, &other.0) else { return };
        for (question, answer) in other.borrow().iter() {
            noted.borrow_mut().entry(question.clone()).or_insert_with(|| answer.clone());
        }
    }

    /// What would be read otherwise now.
    pub fn changes(&self) -> BTreeSet<Change> {
        let (noted, mut changes) = (self.noted(), BTreeSet::new());
        for (question, before) in noted.iter().flat_map(|noted| noted.iter()) {
            let now = question.ask();
            let paths: BTreeSet<&PathBuf> = before.keys().chain(now.keys()).collect();
            for path in paths.into_iter().filter(|path| before.get(*path) != now.get(*path)) {
                let gone = before.contains_key(path) && now.get(path).is_none_or(|state| *state == State::Empty);
                changes.insert(Change { path: path.clone(), gone });
            }
        }
        changes
    }

    /// How many files were read.
    pub fn files(&self) -> usize {
        let noted = self.noted();
        let states = noted.iter().flat_map(|noted| noted.values()).flatten();
        let files = states.filter(|(_, state)| matches!(state, State::File(_) | State::Empty));
        files.map(|(path, _)| path).collect::<BTreeSet<_>>().len()
    }

    /// The folders in which a change would show: those of what was read, and those that they lie in, up to the current one. They are there, and
    /// no two of them are the same.
    pub fn places(&self) -> BTreeSet<PathBuf> {
        let here = absolute(".").unwrap_or_default();
        let noted = self.noted();
        let places = noted.iter().flat_map(|noted| noted.keys()).flat_map(Question::places);
        let places: BTreeSet<PathBuf> = places.flat_map(|place| with_parents(&place, &here)).collect();
        // A folder is one place, by whatever paths it was reached.
        places.into_iter().filter_map(|place| fs::canonicalize(place).ok()).collect()
    }

    fn noted(&self) -> Option<Ref<'_, BTreeMap<Question, Answer>>> {
        self.0.as_ref().map(|noted| noted.borrow())
    }
}

/// A folder and those that it lies in, so that it is seen when another one is put in its place: below the current folder all of them, outside of it
/// the two nearest that there are.
fn with_parents(folder: &Path, here: &Path) -> Vec<PathBuf> {
    let above = folder.ancestors().map(Path::to_path_buf);
    if folder.starts_with(here) {
        return above.take_while(|above| above.starts_with(here)).collect();
    }
    above.filter(|above| above.is_dir()).take(2).collect()
}

impl Question {
    fn ask(&self) -> Answer {
        match self {
            Self::Path(path) => state(path).map(|state| (path.clone(), state)).into_iter().collect(),
            Self::Sources(folder) => listed(found(folder).unwrap_or_default()),
            Self::Folders(folder, name) => listed(folders(folder, name)),
            Self::Content(folder) => {
                let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
                entries.filter_map(|path| state(&path).map(|state| (path, state))).collect()
            }
        }
    }

    /// The folders in which the answer lies.
    fn places(&self) -> Vec<PathBuf> {
        match self {
            Self::Path(path) => {
                // What a link leads to may change as well as the link.
                let target = fs::canonicalize(path).ok().filter(|target| target != path);
                let parent = |path: &Path| path.parent().map(Path::to_path_buf);
                parent(path).into_iter().chain(target.as_deref().and_then(parent)).collect()
            }
            Self::Sources(folder) | Self::Folders(folder, _) => searched(folder),
            Self::Content(folder) => vec![folder.clone()],
        }
    }
}

fn listed(paths: Vec<PathBuf>) -> Answer {
    paths.into_iter().map(|path| (absolute(&path).unwrap_or(path), State::Listed)).collect()
}

/// What is at a path; nothing where nothing is. Only files are read: a pipe would wait for a writer.
fn state(path: &Path) -> Option<State> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() {
        return Some(State::Other);
    }
    let bytes = fs::read(path).ok()?;
    Some(if bytes.is_empty() { State::Empty } else { State::File(sha256(&bytes)) })
}
