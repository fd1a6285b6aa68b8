//! JSON, strictly by RFC 8259.
//!
//! In: a text. Out: its value, or its faults. Always: what RFC 8259 does not allow is refused, and duplicate keys and numbers that
//! are out of range besides, which it leaves open; a byte order mark at the beginning is ignored, as it permits.
//! Not here: the syntax, which `jsonc-parser` knows with places. Of what it allows beyond RFC 8259, its options take away all
//! but foreign white space and raw control characters; [`strict`] refuses those, and bounds the nesting that it recurses over.
//! It ends at the first fault of the syntax; faults of the values are told all.

mod stream;
mod strict;
mod words;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::faults::{Faults, duplicate_key, number_too_large};
use super::{Key, Kind, Node};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

/// What `jsonc-parser` allows beyond JSON: nothing.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a text.
pub fn read(file: FileId, text: &str) -> Result<Node, Vec<Diagnostic>> {
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut faults = Faults::default();
    let node = value(json, Place { file, base: text.len() - json.len() }, &mut faults);
    faults.finish(node)
}

/// Reads a text of values one after the other; behind one that is no JSON nothing is read.
pub fn values(file: FileId, text: &str) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - json.len();
    let mut faults = Faults::default();
    let mut read = |range: std::ops::Range<usize>| {
        let place = Place { file, base: base + range.start };
        value(json.get(range).unwrap_or_default(), place, &mut faults)
    };
    let nodes = stream::values(json).into_iter().map_while(&mut read).collect();
    faults.finish(Some(nodes))
}

fn value(json: &str, place: Place, faults: &mut Faults) -> Option<Node> {
    let tree = tree(json, &place, faults)?;
    Some(Reader { place, faults }.node(&tree))
}

/// The tree of a text; `None` if its syntax is wrong, which is told.
fn tree<'t>(json: &'t str, place: &Place, faults: &mut Faults) -> Option<Value<'t>> {
    let strict = strict::first_fault(json, place);
    // Behind that fault nothing is parsed: the nesting may have no end there.
    let end = strict.as_ref().map_or(json.len(), |(at, _)| *at);
    let text = json.get(..end).unwrap_or(json);
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT);
    let fault = match (parsed, strict) {
        // What is wrong only because the text is cut here is not wrong.
        (Err(error), Some((at, _))) if error.range().end < at => words::syntax(text, &error, place),
        (_, Some((_, fault))) => fault,
        (Err(error), None) => words::syntax(text, &error, place),
        (Ok(tree), None) if tree.value.is_some() => return tree.value,
        (Ok(_), None) => words::no_value(place.span(end..end)),
    };
    faults.push(fault);
    None
}

/// Where a text stands in its file.
struct Place {
    file: FileId,
    base: usize,
}

impl Place {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, self.base + range.start..self.base + range.end)
    }

    fn of(&self, range: Range) -> Span {
        self.span(range.start..range.end)
    }
}

struct Reader<'f> {
    place: Place,
    faults: &'f mut Faults,
}

impl Reader<'_> {
    /// A value. Recurses as deep as [`strict`] lets values be nested.
    fn node(&mut self, value: &Value) -> Node {
        let (range, kind) = match value {
            Value::NullKeyword(null) => (null.range, Kind::Null),
            Value::BooleanLit(literal) => (literal.range, Kind::Bool(literal.value)),
            Value::StringLit(literal) => (literal.range, Kind::String(literal.value.as_ref().into())),
            Value::NumberLit(literal) => (literal.range, self.number(literal.value, literal.range)),
            Value::Array(array) => {
                (array.range, Kind::List(array.elements.iter().map(|element| self.node(element)).collect()))
            }
            Value::Object(object) => (object.range, Kind::Map(self.entries(object))),
        };
        Node { span: self.place.of(range), kind }
    }

    fn entries(&mut self, object: &Object) -> Vec<(Key, Node)> {
        let mut first = BTreeMap::new();
        let mut entries = Vec::with_capacity(object.properties.len());
        for ObjectProp { name, value, .. } in &object.properties {
            let key = Key { text: name.as_str().into(), span: self.place.of(name.range()) };
            let node = self.node(value);
            match first.entry(key.text.clone()) {
                Entry::Occupied(earlier) => self.faults.push(duplicate_key(&key.text, key.span, *earlier.get())),
                Entry::Vacant(place) => {
                    place.insert(key.span);
                    entries.push((key, node));
                }
            }
        }
        entries
    }

    fn number(&mut self, text: &str, range: Range) -> Kind {
        let span = self.place.of(range);
        if !text.contains(['.', 'e', 'E']) {
            return text.parse().map_or_else(|_| self.refuse(number_too_large(span)), Kind::Int);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Kind::Float(number),
            _ => self.refuse(words::float_too_large(span)),
        }
    }

    /// Tells a fault, and puts something in the place of the value.
    fn refuse(&mut self, fault: Diagnostic) -> Kind {
        self.faults.push(fault);
        Kind::Null
    }
}

#[cfg(test)]
mod tests {
    use crate::data::{Format, testing};
    use crate::source::SourceMap;

    fn value(text: &str) -> String {
        testing::value(Format::Json, text)
    }

    fn faults(text: &str) -> Vec<String> {
        testing::faults(Format::Json, text)
    }

    #[test]
    fn json_is_read() {
        assert_eq!(
            value(" {\"b\": [true, false, null], \"a\": {}, \"c\": \"x\\u00e9\\ud83d\\ude00\\\"\\/\\n\"}\r\n\t"),
            r#"{b: [Bool(true), Bool(false), Null], a: {}, c: String("xé😀\"/\n")}"#
        );
        assert_eq!(value("\u{feff}[\"yes\"]"), r#"[String("yes")]"#);
    }

    #[test]
    fn values_stand_one_after_the_other() {
        let read = |text: &str| {
            let file = SourceMap::new(vec![("file".to_owned(), text.to_owned())]).ids().next().unwrap();
            super::values(file, text)
        };
        let text = "\u{feff}{\"a\": \"}\\\"{\"}\n[1]{} 2 \"x y\"\r\n";
        let nodes = read(text).unwrap();
        let places: Vec<&str> = nodes.iter().map(|node| &text[node.span.range()]).collect();
        assert_eq!(places, ["{\"a\": \"}\\\"{\"}", "[1]", "{}", "2", "\"x y\""]);
        assert_eq!(read(" \n").unwrap(), []);
        for (text, message) in
            [("{} {\"a\"", "a `:` is missing"), ("{},{}", "a value belongs here"), ("{}]", "this `]` closes nothing")]
        {
            let faults = read(text).unwrap_err();
            assert!(faults[0].message.contains(message), "{text}: {faults:?}");
        }
    }

    #[test]
    fn numbers_are_whole_if_they_are_written_so() {
        assert_eq!(
            value("[0, -0, 9223372036854775807, -9223372036854775808, 1.0, 1e3, -0.5E-1, 1e30]"),
            "[Int(0), Int(0), Int(9223372036854775807), Int(-9223372036854775808), Float(1.0), Float(1000.0), \
             Float(-0.05), Float(1e30)]"
        );
        assert_eq!(
            faults("[9223372036854775808, -9223372036854775809, 1e400, 123456789012345678901234567890]"),
            [
                "1:2 this whole number is too large",
                "1:23 this whole number is too large",
                "1:45 this number is too large",
                "1:52 this whole number is too large",
            ]
        );
    }

    #[test]
    fn places_are_the_texts_of_keys_and_values() {
        assert_eq!(
            testing::places(Format::Json, "\u{feff}{ \"é\" : [1, \"ñ\"] , \"b\": {\"c\" : null} } "),
            [
                "{ \"é\" : [1, \"ñ\"] , \"b\": {\"c\" : null} }",
                "\"é\"",
                "[1, \"ñ\"]",
                "1",
                "\"ñ\"",
                "\"b\"",
                "{\"c\" : null}",
                "\"c\"",
                "null"
            ]
        );
    }

    #[test]
    fn a_duplicate_key_is_one_fault_with_both_places() {
        assert_eq!(
            faults("{\"a\": 1, \"\\u0061\": 2, \"b\": {\"c\": 1, \"c\": 2, \"c\": 3}}"),
            [
                "1:10 the key `a` is given twice (1:2 first given here)",
                "1:37 the key `c` is given twice (1:29 first given here)",
                "1:45 the key `c` is given twice (1:29 first given here)",
            ]
        );
    }

    #[test]
    fn what_rfc_8259_does_not_allow_is_refused_at_its_first_wrong_character() {
        for (text, expected) in [
            ("", "1:1 a value belongs here"),
            ("[1, 2,]", "1:6 no comma stands behind the last element"),
            ("{\"a\": 1,}", "1:8 no comma stands behind the last element"),
            ("[1 2]", "1:3 a comma is missing here"),
            ("{\"a\": 1\n\"b\": 2}", "1:8 a comma is missing here"),
            ("{\"a\" 1}", "1:6 a `:` is missing before this"),
            ("{\"a\"}", "1:5 a `:` is missing before this"),
            ("{\"a\":}", "1:6 a value belongs here"),
            ("{a: 1}", "1:2 a key is written in double quotes"),
            ("{1: 1}", "1:2 a key is written in double quotes"),
            ("['a']", "1:2 a text is written in double quotes"),
            ("[01]", "1:3 a number does not begin with `0`"),
            ("[0x10]", "1:2 this is no number in JSON"),
            ("[+1]", "1:2 this is no number in JSON"),
            ("[.5]", "1:2 this is no number in JSON"),
            ("[5.]", "1:2 this is no number in JSON"),
            ("[-]", "1:3 this is no number in JSON"),
            ("[1e]", "1:4 this is no number in JSON"),
            ("[-Infinity]", "1:2 this is no number in JSON"),
            ("[NaN]", "1:2 this is no value"),
            ("[True]", "1:2 this is no value"),
            ("[\"a\"b]", "1:5 this is no value"),
            ("// c\n1", "1:1 JSON has no comments"),
            ("[1, /* c", "1:5 JSON has no comments"),
            ("[1 # c\n]", "1:4 JSON has no comments"),
            ("[\"a\nb\"]", "1:2 a text does not end on its line"),
            ("[\"a\tb\"]", "1:4 the control character U+0009 is escaped in JSON"),
            ("[\"a]", "1:2 the quote that ends this text is missing"),
            ("[\"\\x41\"]", "1:3 JSON knows no such escape"),
            ("[\"\\u12\"]", "1:3 this escape needs four hexadecimal digits"),
            ("[\"\\ud800\"]", "1:3 this escape is only half a character"),
            ("[\"\\ud800\\u0041\"]", "1:3 this escape is only half a character"),
            ("[\"\\udc00\"]", "1:3 this escape is only half a character"),
            ("[1\u{2003}]", "1:3 the white space U+2003 is none in JSON"),
            ("[1\u{b}]", "1:3 the white space U+000B is none in JSON"),
            ("[1", "1:1 this `[` is never closed"),
            ("{\"a\": [1, 2", "1:7 this `[` is never closed"),
            ("{\"a\": 1", "1:1 this `{` is never closed"),
            ("[1}", "1:3 this `}` does not close what is open here"),
            ("{\"a\": 1]", "1:8 `]` does not belong between the keys of an object"),
            ("]", "1:1 this `]` closes nothing"),
            ("[1,,2]", "1:4 a value belongs here"),
            ("[1:2]", "1:3 a `:` stands only behind a key"),
            ("{} {}", "1:4 this does not belong to the value before it"),
        ] {
            assert_eq!(faults(text), [expected], "{text:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(testing::read(Format::Json, &nested(64)).is_ok());
        assert_eq!(faults(&nested(65)), ["1:65 lists and maps are nested deeper than 64 here"]);
        assert_eq!(value("[\"[[[[[[[[\", \"\\\"[\"]"), r#"[String("[[[[[[[["), String("\"[")]"#);
    }

    #[test]
    fn the_first_fault_is_told_whoever_finds_it() {
        assert_eq!(faults("[1 2, \"a\tb\"]"), ["1:3 a comma is missing here"]);
        assert_eq!(faults("[\"a\tb\", 1 2]"), ["1:4 the control character U+0009 is escaped in JSON"]);
        assert_eq!(faults(&format!("[1 2, {}", "[".repeat(100))), ["1:3 a comma is missing here"]);
    }
}
