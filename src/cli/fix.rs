//! `flytec check --fix`: the safe changes that diagnostics offer, made until nothing changes.
//!
//! In: a way to compile with texts in place of files. Out: such texts, and what is left to be told. Always: no text is worse at the end than
//! it was: a change is kept where what it is for is gone, and neither faults of the text, nor errors, nor warnings have become more. Not here:
//! which changes are safe (whoever offers one says so), and writing the files.

use std::collections::{BTreeMap, HashSet};
use std::fs;

use super::Failure;
use super::files::{Drafts, MARKER};
use crate::compile::Compilation;
use crate::diagnostics::edits::applied;
use crate::diagnostics::{Diagnostic, Edit, Severity};
use crate::modules::EXTENSION;
use crate::source::{FileId, Source};

/// Compiles with texts in place of files.
pub type Compile<'c> = &'c dyn Fn(&Drafts) -> Result<Compilation, Failure>;

/// What came of it.
pub struct Mended {
    /// The last compilation.
    pub compilation: Compilation,
    /// The new texts, by the identities of their files.
    pub drafts: Drafts,
    /// How many changes were made.
    pub changes: usize,
}

/// Makes the safe changes; `stdin` is what standard input is called, where it is a source.
pub fn mend(compile: Compile<'_>, stdin: Option<&str>) -> Result<Mended, Failure> {
    /// More rounds than any program needs, so that changes which undo each other have an end.
    const MOST_ROUNDS: usize = 100;
    let compilation = compile(&Drafts::new())?;
    let mut drafts = Drafts::new();
    let mut originals = Drafts::new();
    if let Some(name) = stdin {
        let source = compilation.sources.iter().find(|(_, source)| source.identity == name);
        // It can be read once, and is asked for again in each round.
        drafts.extend(source.map(|(_, source)| (name.to_owned(), source.text.clone())));
        originals.clone_from(&drafts);
    }
    let mut mender = Mender { compile, stdin, compilation, drafts, changes: 0, refused: HashSet::new() };
    for _ in 0..MOST_ROUNDS {
        let changes = mender.changes();
        if changes.is_empty() || !mender.attempt(&changes)? {
            break;
        }
    }
    let Mender { compilation, mut drafts, changes, .. } = mender;
    drafts.retain(|identity, text| originals.get(identity) != Some(text));
    Ok(Mended { compilation, drafts, changes })
}

struct Mender<'c> {
    compile: Compile<'c>,
    stdin: Option<&'c str>,
    compilation: Compilation,
    drafts: Drafts,
    changes: usize,
    /// What no change has mended.
    refused: HashSet<Fault>,
}

/// What a diagnostic says, wherever it stands: places move when texts change.
type Fault = (&'static str, String);

/// A change, and what it mends.
struct Change {
    fault: Fault,
    edits: Vec<Edit>,
}

impl Mender<'_> {
    /// The safe changes that can be made together.
    fn changes(&self) -> Vec<Change> {
        let mut chosen: Vec<Edit> = Vec::new();
        let mut changes = Vec::new();
        for diagnostic in &self.compilation.diagnostics {
            let Some(fix) = diagnostic.fixes.iter().find(|fix| fix.safe) else { continue };
            let fault = fault(diagnostic);
            let together = fix.edits.iter().all(|edit| chosen.iter().all(|other| other == edit || apart(other, edit)));
            let editable = fix.edits.iter().all(|edit| self.identity(edit.span.file).is_some());
            if together && editable && !self.refused.contains(&fault) {
                chosen.extend(fix.edits.iter().cloned());
                changes.push(Change { fault, edits: fix.edits.clone() });
            }
        }
        changes
    }

    /// Makes the changes, or as many of them as leave nothing worse, and tells whether any was made. Halves are tried where the whole is
    /// worse, so recursion is as deep as the logarithm of their number.
    fn attempt(&mut self, changes: &[Change]) -> Result<bool, Failure> {
        let Some(drafts) = self.changed(changes) else { return self.attempt_halves(changes) };
        let compilation = (self.compile)(&drafts)?;
        if !is_better(&self.compilation, &compilation, changes) {
            return self.attempt_halves(changes);
        }
        self.compilation = compilation;
        self.drafts = drafts;
        self.changes += changes.len();
        Ok(true)
    }

    fn attempt_halves(&mut self, changes: &[Change]) -> Result<bool, Failure> {
        if let [change] = changes {
            self.refused.insert(change.fault.clone());
            return Ok(false);
        }
        let (first, second) = changes.split_at(changes.len() / 2);
        // Where the first half is made, places of the second have moved.
        Ok(self.attempt(first)? || self.attempt(second)?)
    }

    /// The texts with these changes.
    fn changed(&self, changes: &[Change]) -> Option<Drafts> {
        let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in changes.iter().flat_map(|change| &change.edits) {
            edits.entry(edit.span.file).or_default().push(edit);
        }
        let mut drafts = self.drafts.clone();
        for (file, edits) in edits {
            let text = applied(&self.compilation.sources.get(file).text, 0, edits)?;
            drafts.insert(self.identity(file)?, text);
        }
        Some(drafts)
    }

    /// What a file is known by, if it is one that may be changed: a source, or the project's file.
    fn identity(&self, file: FileId) -> Option<String> {
        let Source { name, identity, .. } = self.compilation.sources.get(file);
        if self.stdin == Some(identity.as_str()) {
            return Some(identity.clone());
        }
        let ends = |ending: &str| name.ends_with(ending);
        if !ends(MARKER) && !ends(&format!(".{EXTENSION}")) {
            return None;
        }
        // The project's file is known by its name.
        Some(fs::canonicalize(identity).ok()?.to_string_lossy().into_owned())
    }
}

fn fault(diagnostic: &Diagnostic) -> Fault {
    (diagnostic.code.id, diagnostic.message.clone())
}

/// Whether two edits do not touch. Two insertions at one place would have no order.
fn apart(a: &Edit, b: &Edit) -> bool {
    a.span.file != b.span.file
        || a.span.end < b.span.start
        || b.span.end < a.span.start
        || (a.span.start != b.span.start && (a.span.end == b.span.start || b.span.end == a.span.start))
}

/// Whether the changes have mended what they are for, and nothing else is worse.
fn is_better(before: &Compilation, after: &Compilation, changes: &[Change]) -> bool {
    let count = |compilation: &Compilation, wanted: &Fault| {
        let same = |diagnostic: &&Diagnostic| diagnostic.code.id == wanted.0 && diagnostic.message == wanted.1;
        compilation.diagnostics.iter().filter(same).count()
    };
    let mended = |change: &Change| count(after, &change.fault) < count(before, &change.fault);
    score(after) <= score(before) && changes.iter().all(mended)
}

/// How bad a program is. Where the project's file is at fault, nothing is compiled, and where the text is, other errors may not be
/// seen: when one comes to light after that was mended, the program is no worse for it.
fn score(compilation: &Compilation) -> (usize, usize, usize, usize) {
    let of_the_project = |diagnostic: &&Diagnostic| {
        diagnostic.span().is_some_and(|span| compilation.sources.get(span.file).name.ends_with(MARKER))
    };
    let errors = || compilation.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let all = errors().count();
    let syntax = errors().filter(|diagnostic| diagnostic.code.is_syntax()).count();
    (errors().filter(of_the_project).count(), syntax, all, compilation.diagnostics.len() - all)
}
