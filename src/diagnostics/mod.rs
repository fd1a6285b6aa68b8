//! What the compiler tells people: plain data, made where the fault is found.
//!
//! In: spans and words from every stage. Out: [`Diagnostic`]s, collected by [`Diagnostics`] and written by [`render`].
//! Always: every diagnostic has a [`Code`]; a list that has been [finished](Diagnostics::finish) is sorted by place and
//! holds no diagnostic twice, and not many more than [`MOST_ERRORS`] errors.
//! Not here: the faults themselves; each is built in the stage that sees it.

pub mod code;
pub mod echoes;
pub mod edits;
pub mod entries;
pub mod levels;
pub mod render;
pub mod suggest;

use std::collections::HashSet;

use rustc_hash::{FxBuildHasher, FxHashMap};

pub use code::Code;

use crate::source::{FileId, Source, SourceMap, Span};

/// What is said where a value was written that is used elsewhere.
pub const WRITTEN: &str = "this is where its value was written";

/// How many errors are told of a build. Whoever has more has the same one again and again, and text that is no program has one at each
/// word; what is told of each takes a hundred times the room of the word.
pub const MOST_ERRORS: usize = 10_000;

/// How many faults of the text are told of one line.
const MOST_ON_LINE: usize = 100;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The program is refused.
    Error,
    /// The program is accepted, but probably does not mean what its author wants.
    Warning,
}

/// A place that a diagnostic points at, with what is to be said there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub message: String,
    /// Whether this is the thing that is wrong; other labels explain it.
    pub primary: bool,
}

/// A change of the source that mends a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, as an imperative: "write `1Gi`".
    pub message: String,
    /// Whether it certainly is what the author meant, so that it can be applied unseen.
    pub safe: bool,
    /// The replacements; they never overlap.
    pub edits: Vec<Edit>,
}

/// One replacement of a [`Fix`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which fault it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One line that says what is wrong.
    pub message: String,
    /// The places; the first primary one is where it is sorted and shown.
    pub labels: Vec<Label>,
    /// Whose rule it is and why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Changes that mend it.
    pub fixes: Vec<Fix>,
    /// What Kubernetes itself would report, for who wants to match the two.
    pub kubernetes: Option<KubernetesError>,
}

/// An error as the API server of Kubernetes reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesError {
    /// The field, as the API server writes it.
    pub field: String,
    /// The reason, such as `FieldValueInvalid`.
    pub reason: &'static str,
}

impl Diagnostic {
    /// A diagnostic of this code at this place; its severity is the code's.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: vec![Label { span, message: String::new(), primary: true }],
            notes: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
            kubernetes: None,
        }
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn here(mut self, message: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.message = message.into();
        }
        self
    }

    /// Points at a further place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.add_label(span, message);
        self
    }

    /// Points at a further place, where the diagnostic is not being built but has been.
    pub fn add_label(&mut self, span: Span, message: impl Into<String>) {
        self.labels.push(Label { span, message: message.into(), primary: false });
    }

    /// Says whose rule it is and why.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Offers a replacement that is certainly what the author meant.
    #[must_use]
    pub fn safe_fix(self, message: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix(message, true, span, text)
    }

    /// Offers a replacement that the author should look at.
    #[must_use]
    pub fn unsafe_fix(self, message: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix(message, false, span, text)
    }

    /// Asks whether `better` was meant where `written` stands, and offers to put `text` at `span`. Two spellings of the same letters
    /// certainly mean the same.
    #[must_use]
    pub fn did_you_mean(self, written: &str, better: &str, span: Span, text: impl Into<String>) -> Self {
        let sure = suggest::same_letters(written, better);
        self.help(format!("did you mean `{better}`?")).fix(format!("write `{better}`"), sure, span, text)
    }

    fn fix(mut self, message: impl Into<String>, safe: bool, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { message: message.into(), safe, edits: vec![Edit { span, text: text.into() }] });
        self
    }

    /// The same with control characters, which names may hold, written as escapes: a message is one line on any terminal.
    fn printable(mut self) -> Self {
        let labels = self.labels.iter_mut().map(|label| &mut label.message);
        let texts = std::iter::once(&mut self.message).chain(labels).chain(&mut self.notes).chain(&mut self.help);
        for text in texts.filter(|text| text.contains(char::is_control)) {
            let escaped = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
            *text = text.chars().map(escaped).collect();
        }
        self
    }

    /// Where it is shown: its first primary place.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.iter().find(|label| label.primary).map(|label| label.span)
    }
}

/// Collects what the stages find.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    errors: usize,
    /// Whether there were more errors than are told.
    full: bool,
    seen: HashSet<(&'static str, Option<Span>, String), FxBuildHasher>,
}

impl Diagnostics {
    /// Adds one, unless the same was reported at the same place: what many tasks share is reported once. Behind [`MOST_ERRORS`] errors,
    /// one more says so, and nothing further is added: the program is refused anyway.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let last = diagnostic.code == code::TOO_MANY_ERRORS;
        if self.full && !last {
            return;
        }
        let is_error = diagnostic.severity == Severity::Error;
        let diagnostic = if is_error && !last && self.errors >= MOST_ERRORS {
            self.full = true;
            too_many(diagnostic.span())
        } else {
            diagnostic.printable()
        };
        if self.seen.insert((diagnostic.code.id, diagnostic.span(), diagnostic.message.clone())) {
            self.errors += usize::from(diagnostic.severity == Severity::Error);
            self.list.push(diagnostic);
        }
    }

    /// Leaves out what was reported in one text after the first `from`, where it is more than a hundred errors of one line.
    pub fn thin_after(&mut self, from: usize, source: &Source) {
        if self.list.len() <= from + MOST_ON_LINE {
            return;
        }
        let mut lines: FxHashMap<usize, usize> = FxHashMap::default();
        let line = |span: Span| source.line(span.start as usize);
        let mut tail = self.list.split_off(from.min(self.list.len()));
        tail.sort_by_key(|diagnostic| diagnostic.span().map(|span| (span.start, span.end)));
        tail.retain_mut(|diagnostic| {
            let Some(span) = diagnostic.span().filter(|_| diagnostic.severity == Severity::Error) else { return true };
            let count = lines.entry(line(span)).or_default();
            *count += 1;
            if *count == MOST_ON_LINE {
                diagnostic.notes.push("there are more faults on this line, of which nothing is said".to_owned());
            }
            *count <= MOST_ON_LINE || diagnostic.code.is_bound()
        });
        self.list.append(&mut tail);
        self.errors = self.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    }

    /// Adds all of a finished list.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    /// All of them as they were found.
    #[must_use]
    pub fn found(self) -> Vec<Diagnostic> {
        self.list
    }

    /// Whether this code was reported in this file.
    #[must_use]
    pub fn contains(&self, code: Code, file: FileId) -> bool {
        self.list
            .iter()
            .any(|diagnostic| diagnostic.code == code && diagnostic.span().is_some_and(|span| span.file == file))
    }

    /// What was reported last.
    #[must_use]
    pub fn last(&self) -> Option<&Diagnostic> {
        self.list.last()
    }

    /// Keeps only those that `keep` says to.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
        self.errors = self.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    }

    /// How many are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Where something was reported after the first `from`.
    pub fn places_after(&self, from: usize) -> impl Iterator<Item = Span> {
        self.list.iter().skip(from).filter_map(Diagnostic::span)
    }

    /// Changes what was reported after the first `from`, which stays at its place.
    pub fn amend_after(&mut self, from: usize, change: impl FnMut(&mut Diagnostic)) {
        self.list.iter_mut().skip(from).for_each(change);
    }

    /// Where errors were reported, at all of their places.
    pub fn error_places(&self) -> impl Iterator<Item = Span> {
        let errors = self.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.flat_map(|diagnostic| &diagnostic.labels).filter(|label| label.primary).map(|label| label.span)
    }

    /// Where something was reported.
    pub fn places(&self) -> impl Iterator<Item = Span> {
        self.list.iter().filter_map(Diagnostic::span)
    }

    /// Whether so few have been reported that each is worth a search for what was meant.
    #[must_use]
    pub fn are_few(&self) -> bool {
        /// As many as people are shown at once.
        const FEW: usize = 500;
        !self.full && self.list.len() < FEW
    }

    /// Whether any is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// All of them in the order of their places, then of their codes; files come in the order of their names.
    #[must_use]
    pub fn finish(mut self, sources: &SourceMap) -> Vec<Diagnostic> {
        let ranks = sources.ranks();
        let place = |diagnostic: &Diagnostic| {
            let place = |span: Span| (ranks.get(span.file.index()).copied(), span.start, span.end);
            (diagnostic.span().map(place), diagnostic.code.id)
        };
        self.list.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message)));
        self.list
    }
}

fn too_many(place: Option<Span>) -> Diagnostic {
    let message = format!("there are more than {MOST_ERRORS} errors; nothing is said of this one and those behind it");
    Diagnostic {
        code: code::TOO_MANY_ERRORS,
        severity: Severity::Error,
        message,
        labels: place.into_iter().map(|span| Label { span, message: String::new(), primary: true }).collect(),
        notes: Vec::new(),
        help: vec!["mend the first ones, and build again".to_owned()],
        fixes: Vec::new(),
        kubernetes: None,
    }
}
