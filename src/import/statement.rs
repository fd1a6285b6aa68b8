//! Source text before it is laid out.
//!
//! In: nothing. Out: types. Always: what heads and literals hold is text of the language already. Not here: lines.

/// A statement with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The comments above it, without their signs.
    pub above: Vec<String>,
    /// The comment behind it, if it is one of a single line.
    pub behind: Option<String>,
    /// The key, or the word of a declaration.
    pub key: String,
    /// What stands between the key and the body: a label, a name, what is extended.
    pub rest: String,
    /// What is set.
    pub body: Body,
}

/// What a statement sets.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `= value`.
    Set(Value),
    /// `{ … }`.
    Block(Vec<Statement>),
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number, a word, an amount: text of the language.
    Literal(String),
    /// A text, not yet in quotes.
    Text(String),
    /// A list.
    List(Vec<Item>),
    /// An object as a value.
    Object(Vec<Statement>),
}

/// An element of a list, with the comments that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The comments above it.
    pub above: Vec<String>,
    /// The value.
    pub value: Value,
}

impl Statement {
    /// A statement without comments.
    pub fn new(key: impl Into<String>, rest: impl Into<String>, body: Body) -> Self {
        Self { above: Vec::new(), behind: None, key: key.into(), rest: rest.into(), body }
    }

    /// A key that is set.
    pub fn set(key: &str, value: Value) -> Self {
        Self::new(key, "", Body::Set(value))
    }

    /// A block.
    pub fn block(key: &str, statements: Vec<Self>) -> Self {
        Self::new(key, "", Body::Block(statements))
    }

    /// The statement with these comments above it, over those that it has.
    pub fn below(mut self, mut above: Vec<String>) -> Self {
        above.append(&mut self.above);
        self.above = above;
        self
    }

    /// What stands before the body.
    pub fn head(&self) -> String {
        if self.rest.is_empty() { self.key.clone() } else { format!("{} {}", self.key, self.rest) }
    }
}
