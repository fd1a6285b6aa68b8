//! Texts to modules: the files that are named, all that they import, and what each file calls the others.
//!
//! In: the sources that are named, and a way to more of them. Out: [`Modules`]: trees, and who imports whom. Always: each file is
//! read and parsed once, by whatever paths it is reached; imports form no ring (one that would is reported and left out).
//! Beside that, what the [`names`] at the top of each file mean. Not here: what these are worth.

pub mod names;
mod rings;

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::parallel;
use crate::source::files::{Absence, Files};
use crate::source::{FileId, Source, SourceMap, Span};
use crate::syntax;
use crate::syntax::ast::{self, StatementKind};

/// The ending of a source.
pub const EXTENSION: &str = "flyteenv";

/// All files of a program, those that are named first.
#[derive(Debug, Default)]
pub struct Modules {
    list: Vec<Module>,
    places: FxHashMap<FileId, usize>,
}

/// One file of a program.
#[derive(Debug)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// Its tree.
    pub tree: ast::File,
    /// Whether it was named to the command, so that what it declares is built.
    pub named: bool,
    /// What it imports; `None` where that was reported.
    pub imports: Vec<Option<FileId>>,
}

impl Modules {
    /// The module of a file. Every file with a tree is one.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Module> {
        self.places.get(&file).and_then(|at| self.list.get(*at))
    }

    /// All modules: the named ones in the order of their names, then the others in the order of their discovery.
    pub fn iter(&self) -> impl Iterator<Item = &Module> {
        self.list.iter()
    }

    /// Whether a file was named to the command.
    #[must_use]
    pub fn is_named(&self, file: FileId) -> bool {
        self.get(file).is_some_and(|module| module.named)
    }

    fn push(&mut self, module: Module) {
        self.places.insert(module.file, self.list.len());
        self.list.push(module);
    }
}

/// The modules of the sources `named`, and of all that they import.
pub fn load(named: &[FileId], sources: &mut SourceMap, files: &dyn Files, diagnostics: &mut Diagnostics) -> Modules {
    let mut modules = Modules::default();
    let mut waiting: VecDeque<FileId> = VecDeque::new();
    for (file, tree, found) in named_trees(named, sources) {
        diagnostics.extend(found);
        modules.push(Module { file, tree, named: true, imports: Vec::new() });
        waiting.push_back(file);
    }
    while let Some(file) = waiting.pop_front() {
        let imports: Vec<ast::Import> =
            modules.get(file).into_iter().flat_map(|module| imports(&module.tree)).cloned().collect();
        let mut found = Vec::with_capacity(imports.len());
        for import in &imports {
            let target = import_file(import, file, sources, files, diagnostics);
            if let Some(target) = target.filter(|target| modules.get(*target).is_none()) {
                let tree = syntax::parse(target, sources.get(target), diagnostics);
                modules.push(Module { file: target, tree, named: false, imports: Vec::new() });
                waiting.push_back(target);
            }
            found.push(target);
        }
        if let Some(module) = modules.places.get(&file).copied().and_then(|at| modules.list.get_mut(at)) {
            module.imports = found;
        }
    }
    rings::cut(&mut modules, sources, diagnostics);
    modules
}

/// The trees of the files that are named, each with what is wrong with its text; on all cores where they are many.
fn named_trees(named: &[FileId], sources: &SourceMap) -> Vec<(FileId, ast::File, Vec<Diagnostic>)> {
    /// How much text is worth a thread, in bytes.
    const MUCH: usize = 32 * 1024;
    let bytes: usize = named.iter().map(|file| sources.get(*file).text.len()).sum();
    let tree = |file: &FileId| {
        let mut diagnostics = Diagnostics::default();
        let tree = syntax::parse(*file, sources.get(*file), &mut diagnostics);
        (*file, tree, diagnostics.found())
    };
    parallel::slices(bytes >= MUCH, named, |files| files.iter().map(tree).collect::<Vec<_>>())
        .into_iter()
        .flatten()
        .collect()
}

/// The imports of a file, in order.
pub fn imports(tree: &ast::File) -> impl Iterator<Item = &ast::Import> {
    tree.statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Import(import) => Some(&**import),
        _ => None,
    })
}

/// The file that an import means, in the map from now on.
fn import_file(
    import: &ast::Import,
    file: FileId,
    sources: &mut SourceMap,
    files: &dyn Files,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    if import.path.is_missing() {
        return None;
    }
    if import.path.parts.is_some() {
        let message = "the path of an import is a plain string";
        let diagnostic = Diagnostic::new(code::UNREADABLE_FILE, import.path.span, message)
            .note("what a file imports is known before any of its values is");
        diagnostics.push(diagnostic);
        return None;
    }
    let path = &import.path.text;
    if let Some(function) = data_function(path) {
        let message = format!("`{path}` is a data file, which declares nothing");
        let help = format!("read it with `{function}(\"{path}\")`, wherever a value stands");
        diagnostics.push(Diagnostic::new(code::UNREADABLE_FILE, import.path.span, message).help(help));
        return None;
    }
    match open(path, import.path.span, file, sources, files) {
        Ok(target) => Some(target),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

/// The function that reads what stands in a file of this name, if it is one of data.
fn data_function(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "yaml" | "yml" => Some("yaml"),
        "json" => Some("json"),
        _ => None,
    }
}

/// The file that `path` means in `file`, read into the map unless it is there already; `place` is where the path stands.
///
/// # Errors
/// The diagnostic that says why it cannot be read.
pub fn open(
    path: &str,
    place: Span,
    file: FileId,
    sources: &mut SourceMap,
    files: &dyn Files,
) -> Result<FileId, Box<Diagnostic>> {
    if path.is_empty() {
        let diagnostic = Diagnostic::new(code::UNREADABLE_FILE, place, "the path of a file cannot be empty");
        return Err(Box::new(diagnostic.help("write it relative to this file, such as `../platform/base.flyteenv`")));
    }
    let absent = |absence| Box::new(absent(path, place, absence));
    let found = files.find(&sources.get(file).identity, path).map_err(absent)?;
    if let Some(id) = sources.identified(&found.identity) {
        return Ok(id);
    }
    let bytes = files.read(&found).map_err(absent)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let message = format!("`{}` is not UTF-8", found.name);
        let diagnostic = Diagnostic::new(code::NOT_UTF8, place, message).note(format!("line {line} is not"));
        Box::new(diagnostic.help("save the file as UTF-8"))
    })?;
    Ok(sources.add(Source::identified(found.name, found.identity, text)))
}

fn absent(path: &str, place: Span, absence: Absence) -> Diagnostic {
    let refused = |message: String| Diagnostic::new(code::UNREADABLE_FILE, place, message);
    match absence {
        Absence::Absolute => Diagnostic::new(code::OUTSIDE_ROOT, place, "a path begins in the folder of its file")
            .note("a program means the same wherever its project lies")
            .help("write the path relative to this file, such as `../platform/base.flyteenv`"),
        Absence::Outside(root) => outside(path, place, &root),
        Absence::NotThere(at, beside) => {
            let diagnostic = refused(format!("there is no file `{path}`"));
            match nearby(path, at, &beside) {
                Some(better) => diagnostic.help(format!("did you mean `{better}`?")).unsafe_fix(
                    "correct the path",
                    place,
                    format!("\"{better}\""),
                ),
                None => diagnostic.note("a path begins in the folder of the file that it stands in"),
            }
        }
        Absence::Folder(inside) => {
            let diagnostic = refused(format!("`{path}` is a folder"));
            let below = |name: &String| format!("`{}/{}`", path.trim_end_matches('/'), file_name(name));
            let names: Vec<String> = inside.iter().take(5).map(below).collect();
            let help = if names.is_empty() {
                "name a file".into()
            } else {
                format!("name a file, such as {}", names.join(", "))
            };
            diagnostic.help(help)
        }
        Absence::Special => refused(format!("`{path}` is neither a file nor a folder")),
        Absence::TooLarge(most) => refused(format!("`{path}` is larger than {} MiB", most / (1024 * 1024))),
        Absence::Refused(reason) => refused(format!("cannot read `{path}`: {reason}")),
    }
}

fn outside(path: &str, place: Span, root: &str) -> Diagnostic {
    let message = format!("`{path}` leads out of the project");
    let diagnostic = Diagnostic::new(code::OUTSIDE_ROOT, place, message)
        .note("a project is compiled from its own files alone, so that it means the same wherever it is checked out");
    let diagnostic = match root {
        "" => diagnostic,
        "." => diagnostic.note("its root is the current folder"),
        root => diagnostic.note(format!("its root is `{root}`")),
    };
    diagnostic.help(
        "the root is the nearest folder upwards with a `flytec.toml`, else the current folder; put one where the project begins",
    )
}

/// The path that was probably meant: with the ending of sources, or with another name where one is not there.
fn nearby(path: &str, at: usize, beside: &[String]) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    let part = parts.get_mut(at)?;
    let names = || beside.iter().map(|name| file_name(name));
    let ended = format!("{part}.{EXTENSION}");
    if names().any(|name| name == ended) {
        *part = &ended;
        return Some(parts.join("/"));
    }
    *part = closest(part, names())?;
    Some(parts.join("/"))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
