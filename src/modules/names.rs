//! What the names at the top of each file mean: imports, parameters, constants and templates.
//!
//! In: modules. Out: [`Names`]. Always: a name means one thing in a file; a second declaration of it was reported and is left
//! out. Not here: environments and tasks, which have names of their own kind, and the values of constants.

use rustc_hash::FxHashMap;

use super::{Modules, imports};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Body, Comment, Name, RESERVED, Statement, StatementKind};

/// The number of a parameter or constant in its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstantId(pub usize);

/// A parameter of the build, or a constant.
#[derive(Debug)]
pub struct Constant<'a> {
    /// Its name.
    pub name: &'a Name,
    /// How it is declared.
    pub declaration: Declaration<'a>,
    /// What its doc comment says.
    pub docs: &'a [Comment],
}

/// How a constant is declared.
#[derive(Debug, Clone, Copy)]
pub enum Declaration<'a> {
    /// `param`.
    Param(&'a ast::Param),
    /// `let`.
    Let(&'a ast::Let),
}

/// What a name at the top of a file means.
#[derive(Debug, Clone, Copy)]
pub enum Meaning {
    /// Another file; `None` where it could not be read.
    Import(Option<FileId>),
    /// A parameter or constant.
    Constant(ConstantId),
    /// A template, declared here; perhaps only in some builds.
    Template,
}

/// The names of all files.
#[derive(Debug, Default)]
pub struct Names<'a> {
    /// The parameters and constants.
    pub constants: Vec<Constant<'a>>,
    tables: FxHashMap<(FileId, &'a str), (Meaning, Span)>,
    by_file: FxHashMap<FileId, Vec<&'a str>>,
}

impl<'a> Names<'a> {
    /// What a name means in a file, and where it is declared.
    #[must_use]
    pub fn meaning(&self, file: FileId, name: &str) -> Option<(Meaning, Span)> {
        self.tables.get(&(file, name)).copied()
    }

    /// The names of a file, in the order of their declarations.
    pub fn of(&self, file: FileId) -> impl Iterator<Item = &'a str> {
        self.by_file.get(&file).into_iter().flatten().copied()
    }
}

/// The names that these modules declare.
pub fn names<'a>(modules: &'a Modules, diagnostics: &mut Diagnostics) -> Names<'a> {
    let mut table = Table { names: Names::default(), diagnostics };
    for module in modules.iter() {
        let mut targets = module.imports.iter().copied();
        for import in imports(&module.tree) {
            table.import(import, targets.next().flatten());
        }
        for statement in &module.tree.statements {
            table.statement(statement);
        }
    }
    table.names
}

/// Whether a text can be referred to as a name: `[A-Za-z_][A-Za-z0-9_-]*`, and none of the language's words.
#[must_use]
pub fn is_referable(text: &str) -> bool {
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    first && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') && !RESERVED.contains(&text)
}

/// What is said of a name that nothing could refer to; `what` is what it is the name of.
#[must_use]
pub fn unreferable(name: &Name, what: &str) -> Option<Diagnostic> {
    if name.is_missing() || (name.parts.is_none() && is_referable(&name.text)) {
        return None;
    }
    let message = match &name.parts {
        Some(_) => format!("the name of {what} is a plain one"),
        None => format!("`{}` is no name for {what}", name.text.escape_debug()),
    };
    let rule = if RESERVED.contains(&name.text.as_str()) {
        "it is a word of the language, which would be read as such where it is referred to"
    } else {
        "it is referred to by its name: a letter or `_`, then letters, digits, `_` and `-`"
    };
    let diagnostic = Diagnostic::new(code::BAD_NAME, name.span, message).note(rule);
    Some(match referable(&name.text).filter(|_| name.parts.is_none()) {
        Some(better) => diagnostic.help(format!("write `{better}`")).unsafe_fix("rename it", name.span, better),
        None => diagnostic,
    })
}

/// The name nearest to a text that is none: its letters and digits, with `_` between and before what a name cannot begin with.
#[must_use]
pub fn referable(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
        .map(|word| word.trim_matches('-'))
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.join("_");
    let better = match joined.chars().next()? {
        first if first.is_ascii_digit() => format!("_{joined}"),
        _ if RESERVED.contains(&joined.as_str()) => format!("{joined}_"),
        _ => joined,
    };
    is_referable(&better).then_some(better)
}

struct Table<'a, 'd> {
    names: Names<'a>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> Table<'a, '_> {
    fn import(&mut self, import: &'a ast::Import, target: Option<FileId>) {
        let alias = import.alias.as_ref();
        if let Some(alias) = alias.filter(|alias| !alias.is_missing()) {
            return self.declare(alias, Meaning::Import(target), "an import");
        }
        if import.path.is_missing() || import.path.parts.is_some() {
            return;
        }
        let stem = stem(&import.path.text);
        if is_referable(stem) {
            return self.add(stem, import.path.span, Meaning::Import(target));
        }
        if alias.is_some() {
            return;
        }
        let message = format!("the import needs a name: `{stem}` is none");
        let diagnostic = Diagnostic::new(code::BAD_NAME, import.path.span, message)
            .note("without `as` the file's stem is the name, which has letters, digits, `_` and `-`")
            .help("write `as` and a name behind the path");
        let diagnostic = match referable(stem) {
            Some(better) => diagnostic.unsafe_fix("give it a name", import.path.span.at_end(), format!(" as {better}")),
            None => diagnostic,
        };
        self.diagnostics.push(diagnostic);
    }

    fn statement(&mut self, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::Param(param) => {
                self.constant(&param.name, Declaration::Param(param), &statement.leading, "a parameter");
            }
            StatementKind::Let(constant) => {
                self.constant(&constant.name, Declaration::Let(constant), &statement.leading, "a constant");
            }
            StatementKind::If(_) | StatementKind::For(_) | StatementKind::Template(_) => self.templates(statement),
            _ => {}
        }
    }

    fn constant(&mut self, name: &'a Name, declaration: Declaration<'a>, docs: &'a [Comment], what: &str) {
        let id = ConstantId(self.names.constants.len());
        self.declare(name, Meaning::Constant(id), what);
        // One that is left out of the table still has to be right in itself.
        self.names.constants.push(Constant { name, declaration, docs });
    }

    fn declare(&mut self, name: &'a Name, meaning: Meaning, what: &str) {
        if name.is_missing() {
            return;
        }
        match unreferable(name, what) {
            Some(diagnostic) => self.diagnostics.push(diagnostic),
            None => self.add(&name.text, name.span, meaning),
        }
    }

    fn add(&mut self, name: &'a str, span: Span, meaning: Meaning) {
        if let Some((_, first)) = self.names.meaning(span.file, name) {
            let message = format!("`{name}` is declared twice in this file");
            let diagnostic = Diagnostic::new(code::DUPLICATE_DECLARATION, span, message)
                .here("declared again here")
                .label(first, "first declared here")
                .note("imports, parameters, constants and templates of a file share their names")
                .help("give one of them another name");
            return self.diagnostics.push(diagnostic);
        }
        self.names.tables.insert((span.file, name), (meaning, span));
        self.names.by_file.entry(span.file).or_default().push(name);
    }

    /// The templates in a statement that have plain names, in whatever branch. That one is declared twice is for `resolve` to
    /// say, which knows the branches that are taken. Recursion follows the nesting of the source.
    fn templates(&mut self, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::Template(template) => {
                let name = &template.name;
                if name.parts.is_some() || name.is_missing() {
                    return;
                }
                match self.names.meaning(name.span.file, &name.text) {
                    Some((Meaning::Template, _)) => {}
                    _ => self.add(&name.text, name.span, Meaning::Template),
                }
            }
            StatementKind::If(branches) => {
                branches.bodies().for_each(|body| self.templates_in(body));
            }
            StatementKind::For(each) => self.templates_in(&each.body),
            _ => {}
        }
    }

    fn templates_in(&mut self, body: &'a Body) {
        for statement in &body.statements {
            self.templates(statement);
        }
    }
}

/// The name of a file without its folder and ending.
#[must_use]
pub fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
