//! The tree of one source file.
//!
//! In: nothing. Out: plain data. Always: every node has its span, which begins and ends with its own text; every comment of
//! the source is in the tree, with the thing it belongs to; what the grammar asks for but the text lacks is `None`, an empty
//! name or [`Value::Missing`], and has been reported.
//! Not here: what names mean, and pest.

use ecow::EcoString;

use crate::source::Span;

/// The words that are never names.
pub const RESERVED: &[&str] = &["true", "false", "null", "if", "then", "else", "for", "in"];

/// The words that declarations begin with.
pub const DECLARATIONS: &[&str] = &["import", "param", "let", "template", "environment", "task", "override"];

/// The same, for messages.
pub const DECLARATION_WORDS: &str = "`import`, `param`, `let`, `template`, `environment`, `task` or `override`";

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct File {
    /// What stands in it, in order.
    pub statements: Vec<Statement>,
    /// The comments after the last statement.
    pub trailing: Comments,
    /// Where brackets are at fault in a way that leaves open what belongs to what; it has been reported, and what else seems
    /// wrong there may only echo it.
    pub doubtful: Vec<Span>,
}

/// Comments in order; mostly none.
pub type Comments = Box<[Comment]>;

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
    pub leading: Comments,
    /// What it is.
    pub kind: StatementKind,
    /// The comment behind it on its last line.
    pub trailing: Option<Comment>,
}

/// What a statement is. Most are entries; the others are boxed, so that entries are small.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `import "path" as name`.
    Import(Box<Import>),
    /// `param name: type = default`.
    Param(Box<Param>),
    /// `let name = value`.
    Let(Box<Let>),
    /// `if condition { … } else { … }`.
    If(Box<If>),
    /// `for name in list { … }`.
    For(Box<For>),
    /// `template name { … }`.
    Template(Box<Template>),
    /// `environment name { … }`.
    Environment(Box<Environment>),
    /// `task name { … }`.
    Task(Box<Task>),
    /// `override task as variant { … }`.
    Override(Box<Override>),
    /// A key that is set, appended to or merged into.
    Entry(Entry),
    /// Text that was thrown away, and reported.
    Skipped(Span),
}

/// A name as it was written, quoted or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// What it says, without quotes; empty where the name is missing or has parts.
    pub text: EcoString,
    /// Where it stands, with its quotes.
    pub span: Span,
    /// The parts of a string with interpolation.
    pub parts: Option<Box<[Part]>>,
}

/// A part of a string with interpolation.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text, its escapes resolved.
    Text(EcoString),
    /// What stands between `${` and `}`.
    Expression(Expression),
}

/// `import "path" as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// From the word to the name.
    pub span: Span,
    /// The path, relative to the file.
    pub path: Name,
    /// What the file is called here; without it, the file's stem.
    pub alias: Option<Name>,
}

/// `param name: type = default`, also as the parameter of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// From the word, or from the name, to the end of the default.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// What it takes; where it is missing, that was reported.
    pub ty: TypeExpression,
    /// What it is where nothing is given.
    pub default: Option<Expression>,
}

/// A parameter of a template, with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The comments on the lines above it.
    pub leading: Comments,
    /// The parameter.
    pub param: Param,
    /// The comment behind it on its last line.
    pub trailing: Option<Comment>,
}

/// What stands between the parentheses of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// With the parentheses.
    pub span: Span,
    /// The parameters.
    pub items: Vec<Parameter>,
    /// The comments after the last parameter.
    pub trailing: Comments,
}

/// `let name = value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    /// From the word to the end of the value.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// What it is.
    pub value: Expression,
}

/// A type as it was written: one alternative or several.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpression {
    /// Where it stands.
    pub span: Span,
    /// What it may be; empty where the type is missing, which was reported.
    pub alternatives: Vec<TypeTerm>,
}

/// One alternative of a type.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeTerm {
    /// `string`, or `list(string)`.
    Named(Name, Option<TypeExpression>),
    /// A literal, which is the only value of its type.
    Literal(Expression),
}

/// `if condition { … } else if condition { … } else { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct If {
    /// From the word to the last closing brace.
    pub span: Span,
    /// The conditions, each with its body.
    pub branches: Vec<(Expression, Body)>,
    /// The body behind the last `else`.
    pub otherwise: Option<Body>,
}

impl If {
    /// The bodies of all branches.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.branches.iter().map(|(_, body)| body).chain(&self.otherwise)
    }
}

/// `for name in list { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// From the word to the closing brace.
    pub span: Span,
    /// What each element is taken from, and what it is called.
    pub head: Loop,
    /// What is done for each.
    pub body: Body,
}

/// `name in list`, or `key, value in map`.
#[derive(Debug, Clone, PartialEq)]
pub struct Loop {
    /// From the first name to the end of the list.
    pub span: Span,
    /// One name, or two: the key and the value of a map, or the index and the element of a list.
    pub names: Vec<Name>,
    /// The list or map.
    pub over: Expression,
}

impl Loop {
    /// Whether every name is there, and none too many.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.names.len() <= 2 && !self.names.iter().any(Name::is_missing)
    }
}

/// `extends a, b(x = 1)`: one of the names behind `extends`.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// The name and its arguments.
    pub span: Span,
    /// The name, perhaps behind that of an import.
    pub path: Vec<Name>,
    /// What it is given.
    pub arguments: Option<Arguments>,
}

/// `template name(parameters) extends bases { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// From the word to the closing brace.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// What it takes, where parentheses follow its name.
    pub parameters: Option<Parameters>,
    /// What it builds on.
    pub bases: Vec<Base>,
    /// Its fields.
    pub body: Body,
}

/// `environment name extends base { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// From the word to the closing brace.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// What it builds on; more than one was reported.
    pub bases: Vec<Base>,
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

/// `train`, `production-env.train`, `platform.production-env.train` or `production-env.train@large`.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskName {
    /// The whole of it.
    pub span: Span,
    /// The import that the environment is taken from.
    pub import: Option<Name>,
    /// The environment.
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
    pub trailing: Comments,
}

/// `key = value`, `key += list`, `key { … }`, `key label { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// From the key to the end of the value.
    pub span: Span,
    /// The key.
    pub key: Name,
    /// The element of a keyed list that is meant.
    pub label: Option<Box<Label>>,
    /// What happens to it.
    pub operation: Operation,
}

/// The label of a list element: a name, a string or a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// What it says.
    pub name: Name,
    /// Whether it was written as a number.
    pub number: bool,
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
    /// A string with interpolation.
    Text(Box<[Part]>),
    /// `[ … ]`.
    List(List),
    /// `[element for name in list if condition]`.
    Comprehension(Box<Comprehension>),
    /// `{ … }` where a value stands.
    Object(Box<Body>),
    /// A name, or names joined by dots.
    Reference(Vec<Name>),
    /// A part of a value: `sizes["m"].cpu`.
    Access(Box<Access>),
    /// `join(names, ",")`, `gcs_fuse(bucket = "b")`.
    Call(Box<Call>),
    /// `if condition then value else value`.
    If(Box<IfExpression>),
    /// `!condition`.
    Not(Box<Expression>),
    /// `a == b` and the like.
    Comparison(Box<Comparison>),
    /// `a && b && c` or `a || b || c`.
    Logic(Logic, Vec<Expression>),
    /// `( … )`.
    Group(Box<Group>),
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
    pub trailing: Comments,
}

/// One element of a list, with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The comments on the lines above it.
    pub leading: Comments,
    /// The element.
    pub value: Expression,
    /// The comment behind it on its last line.
    pub trailing: Option<Comment>,
}

/// `[element for name in list if condition]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Comprehension {
    /// What each element becomes, with the comments that belong to it.
    pub element: Item,
    /// What the elements are taken from.
    pub head: Loop,
    /// Which of them count.
    pub condition: Option<Expression>,
    /// The comments behind all that.
    pub trailing: Comments,
}

/// A value, and the way to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// The value.
    pub base: Expression,
    /// The way.
    pub steps: Vec<Step>,
}

/// One step on the way to a part of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// `.name`.
    Field(Name),
    /// `[index]`.
    Index(Expression),
}

/// A function or template, and what it is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its name, perhaps behind that of an import.
    pub path: Vec<Name>,
    /// What it is given.
    pub arguments: Arguments,
}

/// What stands between the parentheses of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    /// With the parentheses.
    pub span: Span,
    /// The arguments.
    pub items: Vec<Argument>,
    /// The comments after the last argument.
    pub trailing: Comments,
}

/// One argument, with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// The comments on the lines above it.
    pub leading: Comments,
    /// The parameter that it is for.
    pub name: Option<Name>,
    /// What is given.
    pub value: Expression,
    /// The comment behind it on its last line.
    pub trailing: Option<Comment>,
}

/// `if condition then value else if condition then value else value`.
#[derive(Debug, Clone, PartialEq)]
pub struct IfExpression {
    /// The conditions, each with its value.
    pub branches: Vec<(Expression, Expression)>,
    /// The value where none of them holds.
    pub otherwise: Expression,
}

/// Two values and how they are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How they are compared.
    pub operator: Operator,
    /// Where the operator stands.
    pub place: Span,
    /// The one on the left.
    pub left: Expression,
    /// The one on the right.
    pub right: Expression,
}

/// The operators that compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
}

/// The operators that join conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logic {
    /// `&&`.
    And,
    /// `||`.
    Or,
}

/// What stands between parentheses, with the comments before and after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The comments before it.
    pub leading: Comments,
    /// The value.
    pub value: Expression,
    /// The comments after it.
    pub trailing: Comments,
}

impl Name {
    /// A name that says `text`.
    #[must_use]
    pub fn new(text: impl Into<EcoString>, span: Span) -> Self {
        Self { text: text.into(), span, parts: None }
    }

    /// Whether it is not there at all, which was reported; an empty string is a name of the wrong form.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.span.start == self.span.end
    }
}

impl StatementKind {
    /// The whole of it.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Import(import) => import.span,
            Self::Param(param) => param.span,
            Self::Let(constant) => constant.span,
            Self::If(branches) => branches.span,
            Self::For(each) => each.span,
            Self::Template(template) => template.span,
            Self::Environment(environment) => environment.span,
            Self::Task(task) => task.span,
            Self::Override(over) => over.span,
            Self::Entry(entry) => entry.span,
            Self::Skipped(span) => *span,
        }
    }
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
