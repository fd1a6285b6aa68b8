//! The tree of one source file.
//!
//! In: nothing. Out: plain data. Always: every node has its span, which begins and ends with its own text; every comment of
//! the source is in the tree, with the thing it belongs to; what the grammar asks for but the text lacks is `None`, an empty
//! name or [`Value::Missing`], and has been reported.
//! Not here: what names mean, and pest.

use ecow::EcoString;

use crate::source::Span;

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct File {
    /// What stands in it, in order.
    pub statements: Vec<Statement>,
    /// The comments after the last statement.
    pub trailing: Vec<Comment>,
    /// Where brackets are at fault in a way that leaves open what belongs to what; it has been reported, and what else seems
    /// wrong there may only echo it.
    pub doubtful: Vec<Span>,
}

/// One comment, from its `#` to the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// With the `#`.
    pub span: Span,
    /// Whether it begins with `##`.
    pub doc: bool,
}

/// One thing in a file or block, with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The comments on the lines above it.
    pub leading: Vec<Comment>,
    /// What it is.
    pub kind: StatementKind,
    /// The comment behind it on its last line.
    pub trailing: Option<Comment>,
}

/// What a statement is.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `template name { … }`.
    Template(Template),
    /// `environment name { … }`.
    Environment(Environment),
    /// `task name { … }`.
    Task(Task),
    /// `override task as variant { … }`.
    Override(Override),
    /// A key that is set, appended to or merged into.
    Entry(Entry),
    /// Text that was thrown away, and reported.
    Skipped(Span),
}

/// A name as it was written, quoted or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// What it says, without quotes; empty where the name is missing.
    pub text: EcoString,
    /// Where it stands, with its quotes.
    pub span: Span,
}

/// `template name { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// From the word to the closing brace.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub body: Body,
}

/// `environment name { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// From the word to the closing brace.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its settings, tasks and overrides.
    pub body: Body,
}

/// `task name { … }` in an environment, `task environment.name { … }` outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// From the word to the closing brace.
    pub span: Span,
    /// Its name, with its environment where that is written.
    pub name: TaskName,
    /// Its settings.
    pub body: Body,
}

/// `override task as variant { … }`, or without `as` for the task itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    /// From the word to the closing brace.
    pub span: Span,
    /// The task or variant that is overridden.
    pub target: TaskName,
    /// The new variant; without it the task itself is changed.
    pub variant: Option<Name>,
    /// The settings on top.
    pub body: Body,
}

/// `train`, `production-env.train` or `production-env.train@large`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskName {
    /// The whole of it.
    pub span: Span,
    /// The part before the dot.
    pub environment: Option<Name>,
    /// The task.
    pub task: Name,
    /// The part after the `@`.
    pub variant: Option<Name>,
}

/// What stands between braces.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// With the braces.
    pub span: Span,
    /// What stands in it, in order.
    pub statements: Vec<Statement>,
    /// The comments after the last statement.
    pub trailing: Vec<Comment>,
}

/// `key = value`, `key += list`, `key { … }`, `key label { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// From the key to the end of the value.
    pub span: Span,
    /// The key.
    pub key: Name,
    /// The element of a keyed list that is meant.
    pub label: Option<Label>,
    /// What happens to it.
    pub operation: Operation,
}

/// The label of a list element: a name, a string or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What it says, without quotes.
    pub text: EcoString,
    /// Whether it was written as a number.
    pub number: bool,
    /// Where it stands.
    pub span: Span,
}

/// What an entry does to its key.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// `=`: what was inherited is gone.
    Set(Expression),
    /// `+=`: appends to an inherited list.
    Append(Expression),
    /// A block: merges into what was inherited.
    Merge(Body),
    /// Nothing was written; reported.
    Missing,
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// A number with a unit, such as `500m`, `2Gi` or `1h30m`, as it was written.
    Unit(EcoString),
    /// A string, its escapes resolved.
    String(EcoString),
    /// `[ … ]`.
    List(List),
    /// `{ … }` where a value stands.
    Object(Body),
    /// A name, or names joined by dots.
    Reference(Vec<Name>),
    /// `a..b`.
    Range(Box<Expression>, Box<Expression>),
    /// Nothing, or text that is no value; reported.
    Missing,
}

/// What stands between brackets.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Its elements.
    pub items: Vec<Item>,
    /// The comments after the last element.
    pub trailing: Vec<Comment>,
}

/// One element of a list, with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The comments on the lines above it.
    pub leading: Vec<Comment>,
    /// The element.
    pub value: Expression,
    /// The comment behind it on its last line.
    pub trailing: Option<Comment>,
}

impl Body {
    /// The entries among its statements.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.statements.iter().filter_map(|statement| match &statement.kind {
            StatementKind::Entry(entry) => Some(entry),
            _ => None,
        })
    }
}
