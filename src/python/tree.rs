//! Python expressions, and how they are laid out.
//!
//! In: values. Out: their source. Always: what fits stands on its line; what does not has one element a line, each with a comma
//! behind it, which formatters of Python leave as it is. Not here: what any of it is for.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How long a line may be.
const WIDTH: usize = 88;
/// What a level is indented by.
const INDENT: &str = "    ";

/// An expression of Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A name, a number or a text, as it is written.
    Plain(String),
    /// A call with keywords; a value without one stands by itself.
    Call(&'static str, Vec<(&'static str, Expression)>),
    /// A call of one of the Kubernetes client's types, by the names of its fields.
    Type(String, Vec<(String, Expression)>),
    /// `[…]`
    List(Vec<Expression>),
    /// `(…)`, of two elements at least.
    Tuple(Vec<Expression>),
    /// `{…}` with texts for keys.
    Dict(Vec<(String, Expression)>),
}

impl Expression {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Plain(literal(text))
    }

    /// `True` or `False`.
    pub fn truth(truth: bool) -> Self {
        Self::Plain(if truth { "True" } else { "False" }.to_owned())
    }

    /// A number.
    pub fn number(number: impl std::fmt::Display) -> Self {
        Self::Plain(number.to_string())
    }

    /// `None`
    pub fn none() -> Self {
        Self::Plain("None".to_owned())
    }

    /// Adds what is called in it, by the first part of its name.
    pub fn called<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::Call(callee, _) => {
                names.insert(callee.split('.').next().unwrap_or(callee));
            }
            Self::Type(..) => {
                names.insert("client");
            }
            _ => {}
        }
        for (_, item) in self.elements() {
            item.called(names);
        }
    }

    /// Writes it behind what `out` ends with. It is in a block of this `depth`, and `behind` characters follow it.
    pub fn write(&self, depth: usize, behind: usize, out: &mut String) {
        let column = out.chars().rev().take_while(|c| *c != '\n').count();
        let flat = self.flat();
        if column + flat.chars().count() + behind <= WIDTH || self.is_plain() {
            out.push_str(&flat);
            return;
        }
        let (open, close) = self.brackets();
        out.push_str(&open);
        for (before, item) in self.elements() {
            out.push('\n');
            out.push_str(&INDENT.repeat(depth + 1));
            out.push_str(&before);
            item.write(depth + 1, 1, out);
            out.push(',');
        }
        out.push('\n');
        out.push_str(&INDENT.repeat(depth));
        out.push(close);
    }

    /// Whether nothing in it can be broken.
    fn is_plain(&self) -> bool {
        self.elements().is_empty()
    }

    /// On one line.
    fn flat(&self) -> String {
        if let Self::Plain(text) = self {
            return text.clone();
        }
        let (mut text, close) = self.brackets();
        for (at, (before, item)) in self.elements().into_iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            // Writing into a string cannot fail.
            let _ = write!(text, "{comma}{before}{}", item.flat());
        }
        text.push(close);
        text
    }

    /// What stands before its elements and behind them.
    fn brackets(&self) -> (String, char) {
        match self {
            Self::Plain(text) => (text.clone(), ' '),
            Self::Call(callee, _) => (format!("{callee}("), ')'),
            Self::Type(name, _) => (format!("client.{name}("), ')'),
            Self::List(_) => ("[".to_owned(), ']'),
            Self::Tuple(_) => ("(".to_owned(), ')'),
            Self::Dict(_) => ("{".to_owned(), '}'),
        }
    }

    /// Its elements, each with what stands before it.
    fn elements(&self) -> Vec<(String, &Self)> {
        let keyword = |name: &str| if name.is_empty() { String::new() } else { format!("{name}=") };
        match self {
            Self::Plain(_) => Vec::new(),
            Self::Call(_, arguments) => arguments.iter().map(|(name, value)| (keyword(name), value)).collect(),
            Self::Type(_, fields) => fields.iter().map(|(name, value)| (keyword(name), value)).collect(),
            Self::List(items) | Self::Tuple(items) => items.iter().map(|item| (String::new(), item)).collect(),
            Self::Dict(entries) => entries.iter().map(|(key, value)| (format!("{}: ", literal(key)), value)).collect(),
        }
    }
}

/// A text as Python writes it: between the quotes that need fewer escapes.
pub fn literal(text: &str) -> String {
    let count = |quote: char| text.chars().filter(|c| *c == quote).count();
    let quote = if count('"') > count('\'') { '\'' } else { '"' };
    let mut source = String::with_capacity(text.len() + 2);
    source.push(quote);
    for c in text.chars() {
        match c {
            '\n' => source.push_str("\\n"),
            '\t' => source.push_str("\\t"),
            '\r' => source.push_str("\\r"),
            '\\' => source.push_str("\\\\"),
            _ if c == quote => source.extend(['\\', c]),
            ' ' | '\'' | '"' => source.push(c),
            // What cannot be seen is spelled out.
            _ if c.escape_debug().count() > 1 => source.push_str(&escape(c)),
            _ => source.push(c),
        }
    }
    source.push(quote);
    source
}

fn escape(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_what_they_say() {
        assert_eq!(literal("a'b"), "\"a'b\"");
        assert_eq!(literal("say \"a\""), "'say \"a\"'");
        assert_eq!(literal("\"'"), "\"\\\"'\"");
        assert_eq!(literal("a\\b\n\u{7f}\u{202e}\u{e0001}ü"), "\"a\\\\b\\n\\x7f\\u202e\\U000e0001ü\"");
    }

    #[test]
    fn what_does_not_fit_has_an_element_a_line() {
        let long = Expression::List(vec![Expression::text(&"a".repeat(50)), Expression::text(&"b".repeat(50))]);
        let mut out = "x = ".to_owned();
        long.write(0, 0, &mut out);
        assert_eq!(out, format!("x = [\n    \"{}\",\n    \"{}\",\n]", "a".repeat(50), "b".repeat(50)));
    }
}
