//! Data files: texts of YAML, JSON and TOML to plain values with places.
//!
//! In: a text and its [`Format`]. Out: a [`Node`], or what is wrong with the text.
//! Always: every value and every key has the place that it stands at; collections stand in each other at most
//! [`MAX_NESTING`] deep, so that whoever recurses over a value needs no bound; floats are finite; no map has a key twice;
//! the time is linear in the length of the text, however hostile it is, but for the logarithm of looking up a key.
//! Not here: reading files, and what the values are for.

mod faults;
mod json;
#[cfg(test)]
mod testing;
mod toml;
mod yaml;

use ecow::EcoString;

use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

/// How deep collections may stand in each other. A pod needs about fifteen.
pub const MAX_NESTING: usize = 64;

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// YAML, with the meaning that it has for `kubectl`.
    Yaml,
    /// JSON, strictly.
    Json,
    /// TOML.
    Toml,
}

impl Format {
    /// The format that the ending of a path names.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The text of the value, without anchors and tags before it. Of a YAML alias it is the alias; what the alias brings in
    /// has the places that it was written at. Of a TOML table it is the header, or the key where there is none.
    pub span: Span,
    /// The value.
    pub kind: Kind,
}

impl Node {
    /// The value as JSON, without its places. Recursion follows its nesting, which is bounded.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        match &self.kind {
            Kind::Null => serde_json::Value::Null,
            Kind::Bool(truth) => (*truth).into(),
            Kind::Int(number) => (*number).into(),
            Kind::Float(number) => (*number).into(),
            Kind::String(text) => text.as_str().into(),
            Kind::List(items) => items.iter().map(Self::json).collect(),
            Kind::Map(entries) => entries.iter().map(|(key, node)| (key.text.to_string(), node.json())).collect(),
        }
    }

    /// How many bytes its texts and keys have; what aliases copy is shared in memory, but counts each time. Recursion follows its
    /// nesting, which is bounded.
    #[must_use]
    pub fn weight(&self) -> usize {
        match &self.kind {
            Kind::String(text) => text.len(),
            Kind::List(items) => items.iter().map(Self::weight).fold(0, usize::saturating_add),
            Kind::Map(entries) => {
                entries.iter().map(|(key, node)| key.text.len() + node.weight()).fold(0, usize::saturating_add)
            }
            _ => 0,
        }
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is written as a fraction or with an exponent; finite. `kubectl` writes `1.0` to the API server as `1`, so
    /// a float that is whole may stand where Kubernetes has whole numbers.
    Float(f64),
    /// A text.
    String(EcoString),
    /// Values in their order.
    List(Vec<Node>),
    /// Values by name, in the order of the text.
    Map(Vec<(Key, Node)>),
}

impl Kind {
    /// What messages call it.
    #[must_use]
    pub fn described(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a truth value",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number with a fraction",
            Self::String(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// The name of an entry and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name.
    pub text: EcoString,
    /// Its place, with its quotes if it has any.
    pub span: Span,
}

/// Reads a text.
///
/// # Errors
///
/// What is wrong with the text: all faults that can be told at once, in the order of their places, of very many the first.
pub fn read(format: Format, file: FileId, text: &str) -> Result<Node, Vec<Diagnostic>> {
    match format {
        Format::Yaml => yaml::read(file, text),
        Format::Json => json::read(file, text),
        Format::Toml => toml::read(file, text),
    }
}

/// Reads a YAML text of any number of documents; empty ones are left out.
///
/// # Errors
///
/// As [`read`].
pub fn documents(file: FileId, text: &str) -> Result<Vec<Node>, Vec<Diagnostic>> {
    yaml::documents(file, text)
}

/// Reads a JSON text of any number of values, one after the other as `jq` and `flytec build` write them.
///
/// # Errors
///
/// As [`read`]; nothing is read behind the first value that is no JSON.
pub fn values(file: FileId, text: &str) -> Result<Vec<Node>, Vec<Diagnostic>> {
    json::values(file, text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const FORMATS: [Format; 3] = [Format::Yaml, Format::Json, Format::Toml];

    #[test]
    fn the_ending_of_a_path_names_the_format() {
        for (path, format) in [
            ("pod.yaml", Some(Format::Yaml)),
            ("a/b.c/pod.yml", Some(Format::Yaml)),
            ("pod.json", Some(Format::Json)),
            ("params.toml", Some(Format::Toml)),
            ("pod", None),
            ("pod.yaml/x", None),
            ("pod.flyteenv", None),
        ] {
            assert_eq!(Format::of_path(path), format, "{path}");
        }
    }

    #[test]
    fn only_the_first_hundred_faults_are_told() {
        assert_eq!(testing::faults(Format::Toml, &"= 1\n".repeat(1000)).len(), 100);
    }

    // ---------------------------------------------------------------------------------------------- any text

    /// What [`read`] promises of whatever it hands out.
    fn examine(text: &str) {
        for format in FORMATS {
            match testing::read(format, text) {
                Ok(node) => examine_node(&node, text, 1),
                Err(faults) => {
                    assert!(!faults.is_empty(), "{format:?} {text:?}");
                    for label in faults.iter().flat_map(|fault| &fault.labels) {
                        assert!(text.get(label.span.range()).is_some(), "{format:?} {text:?}: {label:?}");
                    }
                }
            }
        }
    }

    fn examine_node(node: &Node, text: &str, depth: usize) {
        assert!(text.get(node.span.range()).is_some(), "{text:?}: {node:?}");
        match &node.kind {
            Kind::List(items) => {
                assert!(depth <= MAX_NESTING);
                for item in items {
                    examine_node(item, text, depth + 1);
                }
            }
            Kind::Map(entries) => {
                assert!(depth <= MAX_NESTING);
                let keys: BTreeSet<&EcoString> = entries.iter().map(|(key, _)| &key.text).collect();
                assert_eq!(keys.len(), entries.len(), "{text:?}");
                for (key, node) in entries {
                    assert!(text.get(key.span.range()).is_some(), "{text:?}: {key:?}");
                    examine_node(node, text, depth + 1);
                }
            }
            Kind::Float(number) => assert!(number.is_finite(), "{text:?}"),
            _ => {}
        }
    }

    /// Tokens of all three formats: texts made of them come further than random characters do.
    const TOKENS: &[&str] = &[
        "a",
        "b",
        ": ",
        ":",
        "- ",
        "-",
        "? ",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        " ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "'",
        "|",
        ">-",
        "|2",
        "# c",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "!!int ",
        "!!binary ",
        "!t ",
        "!<x>",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "%é é\n",
        "\u{feff}",
        "é",
        "\u{2003}",
        "\u{85}",
        "\0",
        "\r\n",
        "\r",
        "\\",
        "\\u00e9",
        "\\ud800",
        "1",
        "0x1f",
        "1e400",
        "1.5",
        "=",
        ".",
        "[[",
        "]]",
        "\"\"\"",
        "'''",
        "true",
        "null",
        "~",
        "1979-05-27",
        "key: v\n",
        "a = 1\n",
        "[t]\n",
        "\"a\": 1",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_panics(characters in prop::collection::vec(any::<char>(), 0..100)) {
            examine(&characters.into_iter().collect::<String>());
        }

        #[test]
        fn no_text_of_tokens_panics(tokens in prop::collection::vec(select(TOKENS), 0..40)) {
            examine(&tokens.concat());
        }
    }
}
