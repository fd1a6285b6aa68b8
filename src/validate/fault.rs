//! What a rule finds wrong with a pod.
//!
//! In: a place in the pod and words. Out: [`Fault`], plain data. Always: a fault says where in the pod it is, not where in the
//! sources; what Kubernetes itself would report has its reason and its field. Not here: how it is shown (`report`).

use super::change::Change;
use super::path::{At, Path};
use crate::diagnostics::Code;
use crate::diagnostics::suggest::same_letters;

/// The kinds of error that Kubernetes knows.
///
/// Source: `ErrorType` in k8s.io/apimachinery/pkg/util/validation/field/errors.go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A value is missing.
    Required,
    /// A value is wrong.
    Invalid,
    /// A value is none of a closed list.
    NotSupported,
    /// A value stands there twice.
    Duplicate,
    /// A value may not be given here.
    Forbidden,
    /// A value is too long.
    TooLong,
    /// A value names something that there is not.
    NotFound,
}

impl Reason {
    /// As the `reason` of a cause in the API server's answer.
    #[must_use]
    pub fn machine_name(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Duplicate => "FieldValueDuplicate",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::NotFound => "FieldValueNotFound",
        }
    }

    /// As the API server writes it in a message.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Required => "Required value",
            Self::Invalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Duplicate => "Duplicate value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::NotFound => "Not found",
        }
    }
}

/// Which part of an entry of the source a fault points at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Point {
    /// The value.
    #[default]
    Value,
    /// The key, where the entry should not be there, or where its name is what is wrong.
    Key,
}

/// How much of a pod has to be known for a fault to be certain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// One value alone: it is wrong wherever it ends up.
    #[default]
    Literal,
    /// One value alone, which may be wrong only because of what was reported of something around it.
    Member,
    /// Values together, or a value that is missing: another layer may still mend it, and something broken may be to blame.
    Relation,
}

/// What is written in the place of something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// The text of a value, as source: a string has its quotes.
    Source(String),
    /// A name, which is written as the one before it was: as a label, a key or a string.
    Name(String),
}

/// A replacement for the value or the key that a fault points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// What the change does, as an imperative.
    pub message: String,
    /// The new text.
    pub text: Text,
    /// Whether it certainly is what the author meant.
    pub safe: bool,
    /// Further places of the same name, which have to change with it.
    pub also: Vec<Path>,
}

/// A value that would mend a fault from another place than it points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// What the change does, as an imperative.
    pub message: String,
    /// Where the value is.
    pub at: Path,
    /// The new text of the value, as source.
    pub text: String,
}

/// An entry that would mend a fault, for an object of the pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// What the change does, as an imperative.
    pub message: String,
    /// The object that the entry is for. Where there is none yet, it is written around the entry as a block.
    pub into: Path,
    /// The entry, as source on one line; entries with a comma between them are several.
    pub entry: String,
}

/// One thing that is wrong with a pod, or a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which rule it is.
    pub code: Code,
    /// The kind of error that Kubernetes reports; `None` where Kubernetes reports none.
    pub reason: Option<Reason>,
    /// Where in the pod.
    pub at: Path,
    /// What Kubernetes calls the place, where that is not the path.
    pub field: Option<String>,
    /// Which part of the entry is wrong.
    pub point: Point,
    /// How much has to be known for it.
    pub scope: Scope,
    /// Whether it only follows from another fault, so that people are not told; Kubernetes reports it too.
    pub echo: bool,
    /// One line that says what is wrong.
    pub message: String,
    /// What is to be said right at the place; may be empty.
    pub here: String,
    /// Further places, each with what is there.
    pub others: Vec<(Path, String)>,
    /// Whose rule it is and why.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// A value that would be right.
    pub replacement: Option<Replacement>,
    /// Another value that would be right, and mend it as well.
    pub elsewhere: Option<Elsewhere>,
    /// Something missing that would mend it.
    pub insertion: Option<Insertion>,
    /// A change of the entry that would mend it.
    pub change: Option<Change>,
}

impl Fault {
    /// Something that Kubernetes refuses.
    #[must_use]
    pub fn refused(code: Code, reason: Reason, at: &At<'_>, message: impl Into<String>) -> Self {
        // A value that is absent or that others need may come from elsewhere.
        let scope = match reason {
            Reason::Invalid | Reason::NotSupported | Reason::TooLong => Scope::Literal,
            Reason::Required | Reason::Duplicate | Reason::Forbidden | Reason::NotFound => Scope::Relation,
        };
        Self { reason: Some(reason), scope, ..Self::found(code, at, message) }
    }

    /// Something that Kubernetes lets pass.
    #[must_use]
    pub fn found(code: Code, at: &At<'_>, message: impl Into<String>) -> Self {
        Self {
            code,
            reason: None,
            at: at.path(),
            field: None,
            point: Point::Value,
            scope: Scope::Literal,
            echo: false,
            message: message.into(),
            here: String::new(),
            others: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            replacement: None,
            elsewhere: None,
            insertion: None,
            change: None,
        }
    }

    /// A value that is wrong.
    #[must_use]
    pub fn invalid(code: Code, at: &At<'_>, message: impl Into<String>) -> Self {
        Self::refused(code, Reason::Invalid, at, message)
    }

    /// A value that is missing.
    #[must_use]
    pub fn required(code: Code, at: &At<'_>, message: impl Into<String>) -> Self {
        Self::refused(code, Reason::Required, at, message)
    }

    /// An entry that may not be there.
    #[must_use]
    pub fn forbidden(code: Code, at: &At<'_>, message: impl Into<String>) -> Self {
        Self { point: Point::Key, ..Self::refused(code, Reason::Forbidden, at, message) }
    }

    /// Points at the key of the entry.
    #[must_use]
    pub fn at_key(self) -> Self {
        Self { point: Point::Key, ..self }
    }

    /// Depends on more than the value itself.
    #[must_use]
    pub fn relation(self) -> Self {
        Self { scope: Scope::Relation, ..self }
    }

    /// May be wrong only because of what was reported of something around it.
    #[must_use]
    pub fn member(self) -> Self {
        Self { scope: Scope::Member, ..self }
    }

    /// Follows from another fault where `echo` is true.
    #[must_use]
    pub fn echo(self, echo: bool) -> Self {
        Self { echo, ..self }
    }

    /// Kubernetes calls the place by this name.
    #[must_use]
    pub fn field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// Says something right at the place.
    #[must_use]
    pub fn here(self, here: impl Into<String>) -> Self {
        Self { here: here.into(), ..self }
    }

    /// Points at a further place of the pod.
    #[must_use]
    pub fn other(mut self, at: &At<'_>, message: impl Into<String>) -> Self {
        self.others.push((at.path(), message.into()));
        self
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

    /// Offers a value that the author should look at, as source text: a string has its quotes.
    #[must_use]
    pub fn suggest(self, message: impl Into<String>, text: impl Into<String>) -> Self {
        let replacement =
            Replacement { message: message.into(), text: Text::Source(text.into()), safe: false, also: Vec::new() };
        Self { replacement: Some(replacement), ..self }
    }

    /// Offers a value for `at`, which is not where the fault points, as source text; the author should look at it.
    #[must_use]
    pub fn suggest_at(self, message: impl Into<String>, at: &At<'_>, text: impl Into<String>) -> Self {
        let elsewhere = Elsewhere { message: message.into(), at: at.path(), text: text.into() };
        Self { elsewhere: Some(elsewhere), ..self }
    }

    /// Offers a value that certainly is what the author meant, as source text: a string has its quotes.
    #[must_use]
    pub fn replace(self, message: impl Into<String>, text: impl Into<String>) -> Self {
        let replacement =
            Replacement { message: message.into(), text: Text::Source(text.into()), safe: true, also: Vec::new() };
        Self { replacement: Some(replacement), ..self }
    }

    /// Asks whether another name was meant, and offers to write it. It is certain where `sure` says that nothing else refers to it, and
    /// both are the same letters.
    #[must_use]
    pub fn did_you_mean(self, written: &str, better: &str, sure: bool) -> Self {
        let safe = sure && same_letters(written, better);
        let (message, text) = (format!("write `{better}`"), Text::Name(better.to_owned()));
        let replacement = Replacement { message, text, safe, also: Vec::new() };
        Self { replacement: Some(replacement), ..self.help(format!("did you mean `{better}`?")) }
    }

    /// A name that is offered is certain where it is the same letters as the one that is written: nothing else refers to that, or all
    /// that does is changed as well.
    #[must_use]
    pub fn surely(mut self, written: &str) -> Self {
        if let Some(Replacement { text: Text::Name(better), safe, .. }) = &mut self.replacement {
            *safe = same_letters(written, better);
        }
        self
    }

    /// What is offered changes the same name at a further place as well.
    pub fn also(&mut self, at: &At<'_>) {
        if let Some(replacement) = &mut self.replacement {
            replacement.also.push(at.path());
        }
    }

    /// Offers an entry for the object at `into`, as source text; the author should look at it, for an object may be shared.
    #[must_use]
    pub fn insert(self, message: impl Into<String>, into: &At<'_>, entry: impl Into<String>) -> Self {
        let insertion = Insertion { message: message.into(), into: into.path(), entry: entry.into() };
        Self { insertion: Some(insertion), ..self }
    }

    /// What Kubernetes calls the place.
    #[must_use]
    pub fn kubernetes_field(&self) -> String {
        self.field.clone().unwrap_or_else(|| self.at.to_string())
    }
}

/// How many names of a pod are looked at for one that was meant: a pod can have any number of both names and faults.
pub const MOST_COMPARED: usize = 200;

/// Collects what rules find.
pub type Faults = Vec<Fault>;
