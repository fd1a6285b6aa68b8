//! The sources that the arguments name.
//!
//! In: paths, and values of parameters. Out: names and texts. Always: names are relative to the current folder where they can be,
//! with `/`; the same file named twice is read once. Not here: what the texts mean.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::args::Common;
use super::files::{Disk, shown};
use super::progress::Progress;
use super::project::Opened;
use super::texts::{not_utf8, text};
use super::titles;
use super::{Failure, output};
use crate::cluster::{self, Cluster};
use crate::data::Format;
use crate::diagnostics::Diagnostics;
use crate::expression::inputs::{COMMAND_LINE, Defaults, Inputs};
use crate::modules::EXTENSION;
use crate::project::Written;
use crate::source::{FileId, Source, SourceMap, Span};

/// What was read.
pub struct Sources {
    /// The sources.
    pub map: SourceMap,
    /// Those that the arguments name.
    pub named: Vec<FileId>,
    /// What is wrong with their bytes.
    pub faults: Diagnostics,
    /// The way to files that they name.
    pub disk: Disk,
    /// The values of parameters.
    pub inputs: Inputs,
    /// The cluster, where one was named and its file is right.
    pub cluster: Option<Cluster>,
}

/// Reads what the arguments name, or else the project.
pub fn read(common: &Common, opened: Opened, progress: &Progress) -> Result<Sources, Failure> {
    let Opened { mut disk, mut map, project, of_test, .. } = opened;
    let mut files: Vec<ReadFile> = Vec::new();
    let paths = named(&paths(common, &project.build.paths, &disk), &mut disk)?;
    for (at, path) in paths.iter().enumerate() {
        progress.count("reading", at + 1, paths.len(), "file");
        disk.reads.path(path);
        let identity = std::fs::canonicalize(path).map_err(|error| Failure::io("read", path, &error))?;
        let identity = identity.to_string_lossy().into_owned();
        let bytes = match disk.draft(&identity) {
            Some(text) => text.as_bytes().to_vec(),
            None => std::fs::read(path).map_err(|error| Failure::io("read", path, &error))?,
        };
        files.push(ReadFile { name: shown(path), at: disk.absolute(path), identity, bytes });
    }
    if common.paths.iter().any(|path| path.as_os_str() == "-") {
        let name = common.stdin_filename.clone();
        let mut bytes = disk.draft(&name).unwrap_or_default().as_bytes().to_vec();
        // It can be read once.
        if disk.draft(&name).is_none() {
            let read = std::io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
        }
        files.push(ReadFile { identity: name.clone(), at: disk.absolute(Path::new(&name)), name, bytes });
    }
    if files.is_empty() {
        return Err(Failure::new(format!("no `.{EXTENSION}` files here; name a file or a folder")));
    }
    // By whatever paths a file is named, it is one file; and from whatever folder, the order is one.
    files.sort_by(|a, b| a.at.cmp(&b.at));
    let mut seen: HashSet<String> = HashSet::new();
    files.retain(|file| seen.insert(file.identity.clone()));
    let titles = titles::of(files.iter().map(|file| file.at.as_path()));
    let (named, mut faults) = decoded(files, titles, &mut map);
    let cluster = cluster(common, project.cluster.as_ref(), &disk, &mut map, &mut faults)?;
    let inputs = Inputs { of_test, ..inputs(common, project.params, &disk, &mut map)? };
    Ok(Sources { map, named, faults, disk, inputs, cluster })
}

/// A file as it was read.
struct ReadFile {
    name: String,
    /// Where it lies, as it was named.
    at: PathBuf,
    identity: String,
    bytes: Vec<u8>,
}

/// The paths that are built, relative to the current folder.
pub fn paths(common: &Common, project: &[Written], disk: &Disk) -> Vec<PathBuf> {
    if !common.paths.is_empty() {
        return common.paths.clone();
    }
    if project.is_empty() {
        return vec![PathBuf::from(".")];
    }
    project.iter().map(|path| disk.below_root(&path.text)).collect()
}

/// Adds the texts to the map, in their order.
fn decoded(files: Vec<ReadFile>, titles: Vec<String>, map: &mut SourceMap) -> (Vec<FileId>, Diagnostics) {
    let mut faults = Diagnostics::default();
    let mut named = Vec::new();
    for (ReadFile { name, identity, bytes, .. }, title) in files.into_iter().zip(titles) {
        let (text, bad) = text(bytes);
        let id = map.add(Source::identified(name, identity, text).titled(title));
        faults.extend(bad.map(|bad| not_utf8(id, bad)));
        named.push(id);
    }
    (named, faults)
}

// ---------------------------------------------------------------------------------------------------- parameters

/// The values of parameters that the arguments give, put among the sources so that messages can point at them.
fn inputs(common: &Common, defaults: Option<Defaults>, disk: &Disk, map: &mut SourceMap) -> Result<Inputs, Failure> {
    let mut inputs = Inputs { defaults, ..Inputs::default() };
    for path in &common.params {
        let Some(format) = Format::of_path(&path.to_string_lossy()) else {
            let message = "a file of parameters ends in `.json`, `.yaml`, `.yml` or `.toml`";
            return Err(Failure::new(format!("cannot read `{}`: {message}", path.display())));
        };
        inputs.files.push((beside(path, disk, map)?, format));
    }
    if common.set.is_empty() {
        return Ok(inputs);
    }
    let mut text = String::new();
    let mut places = Vec::new();
    for argument in &common.set {
        let Some((name, value)) = argument.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::new(format!("`--set {argument}` names no value; write `--set NAME=VALUE`")));
        };
        text.push_str("--set ");
        let start = text.len();
        text.push_str(argument);
        text.push('\n');
        let (end, behind) = (start + name.len(), start + name.len() + 1);
        places.push((start..end, behind..behind + value.len()));
    }
    let id = map.add(Source::new(COMMAND_LINE.to_owned(), text));
    let span = |(name, value)| (Span::new(id, name), Span::new(id, value));
    inputs.arguments = places.into_iter().map(span).collect();
    Ok(inputs)
}

/// Puts a file among the sources that is none.
fn beside(path: &Path, disk: &Disk, map: &mut SourceMap) -> Result<FileId, Failure> {
    disk.reads.path(path);
    let bytes = std::fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| Failure::new(format!("cannot read `{}`: it is not UTF-8", path.display())))?;
    let full = std::fs::canonicalize(path).map_err(|error| Failure::io("read", path, &error))?;
    Ok(map.add(Source::identified(disk.name(&full), full.to_string_lossy().into_owned(), text)))
}

/// The cluster that the arguments name, or the project. Of a file with errors, what is left of it would be misleading.
fn cluster(
    common: &Common,
    project: Option<&Written>,
    disk: &Disk,
    map: &mut SourceMap,
    faults: &mut Diagnostics,
) -> Result<Option<Cluster>, Failure> {
    let of_project = || project.map(|path| disk.below_root(&path.text));
    let Some(path) = common.cluster.clone().or_else(of_project) else { return Ok(None) };
    let file = beside(&path, disk, map)?;
    let before = faults.errors();
    let cluster = cluster::read(file, map, faults);
    Ok((faults.errors() == before).then_some(cluster))
}

// --------------------------------------------------------------------------------------------------------- search

/// The files among and below these paths, each once.
pub fn named(paths: &[PathBuf], disk: &mut Disk) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths.iter().filter(|path| path.as_os_str() != "-") {
        disk.reads.path(path);
        let metadata = std::fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?;
        if metadata.is_dir() {
            disk.admit(path);
            disk.reads.sources(path);
            files.extend(found(path)?);
        } else if metadata.is_file() {
            disk.admit(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")));
            files.push(normal(path));
        } else {
            return Err(Failure::new(format!("cannot read `{}`: it is neither a file nor a folder", path.display())));
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// The folders of this name below a folder, in the order of their paths.
pub fn folders(folder: &Path, name: &str) -> Vec<PathBuf> {
    let hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| !hidden(entry));
    let found = walk.flatten().filter(|entry| entry.file_type().is_dir() && entry.file_name() == name);
    found.map(|entry| normal(entry.path())).collect()
}

/// The sources below a folder.
pub fn found(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in walk(folder) {
        let entry = entry.map_err(|error| Failure::new(format!("cannot search `{}`: {error}", folder.display())))?;
        if is_file(&entry) && entry.path().extension().is_some_and(|extension| extension == EXTENSION) {
            found.push(normal(entry.path()));
        }
    }
    Ok(found)
}

/// The folders in which they are looked for.
pub fn searched(folder: &Path) -> Vec<PathBuf> {
    walk(folder).flatten().filter(|entry| entry.file_type().is_dir()).map(DirEntry::into_path).collect()
}

/// What is below a folder, but for what is hidden or was built.
fn walk(folder: &Path) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    // The folder that was asked for is searched even if a build once wrote into it.
    let built = |entry: &DirEntry| entry.depth() > 0 && entry.file_type().is_dir() && output::is_output(entry.path());
    WalkDir::new(folder).into_iter().filter_entry(move |entry| !hidden(entry) && !built(entry))
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
