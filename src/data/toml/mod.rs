//! TOML.
//!
//! In: a text. Out: its value, a map, or its faults. Always: entries stand in the order of the text, although the crate `toml`
//! sorts them; dates and times are the text that they are written as, because the values go where JSON goes.
//! Not here: the syntax and what may be defined twice, which `toml` knows. It does not say where the first definition is, nor
//! where nesting goes too deep; [`keys`] does.

mod keys;
mod words;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeString, DeTable, DeValue, Error};

use keys::Keys;

use super::faults::{Faults, not_finite, number_too_large, too_deep};
use super::{Key, Kind, Node};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

/// Reads a text.
pub fn read(file: FileId, text: &str) -> Result<Node, Vec<Diagnostic>> {
    let mut reader = Reader { file, text, faults: Faults::default() };
    let keys = match keys::read(text) {
        Ok(keys) => keys,
        Err(deep) => {
            reader.faults.push(too_deep(reader.span(deep)));
            return reader.faults.finish(None);
        }
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    reader.errors(&errors, &keys);
    // What the parser mends is not what was written, so its values are not looked at.
    let node = errors.is_empty().then(|| reader.table(table.get_ref(), 0..text.len()));
    reader.faults.finish(node)
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    faults: Faults,
}

impl Reader<'_> {
    /// Tells the faults of the syntax; of several on one line the first, because the others follow from it.
    fn errors(&mut self, errors: &[Error], keys: &Keys) {
        let mut errors: Vec<(Range<usize>, &str)> =
            errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
        errors.sort_by_key(|(range, _)| range.start);
        // The lines of the errors, counted on from one to the next.
        let (mut line, mut read, mut told) = (0, 0, None);
        for (range, message) in errors {
            line += self.text.get(read..range.start).unwrap_or_default().matches('\n').count();
            read = range.start;
            if told == Some(line) {
                continue;
            }
            told = Some(line);
            let first = keys.first(range.start).map(|first| self.span(first));
            let fault = words::Fault { text: self.text, span: self.span(range.clone()), range, first };
            self.faults.push(words::syntax(&fault, message));
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// A table. Recurses as deep as [`keys`] lets values be nested.
    fn table(&mut self, table: &DeTable, range: Range<usize>) -> Node {
        let mut entries: Vec<(&Spanned<DeString>, &Spanned<DeValue>)> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries.into_iter().map(|(key, value)| {
            let name = Key { text: key.get_ref().as_ref().into(), span: self.span(key.span()) };
            (name, self.node(value))
        });
        let entries = entries.collect();
        Node { span: self.span(range), kind: Kind::Map(entries) }
    }

    fn node(&mut self, value: &Spanned<DeValue>) -> Node {
        let range = value.span();
        let span = self.span(range.clone());
        let kind = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, range),
            DeValue::Array(array) => Kind::List(array.iter().map(|element| self.node(element)).collect()),
            DeValue::String(text) => Kind::String(text.as_ref().into()),
            DeValue::Boolean(value) => Kind::Bool(*value),
            DeValue::Integer(number) => integer(number).unwrap_or_else(|| self.refuse(number_too_large(span))),
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => Kind::Float(number),
                _ => self.refuse(not_finite(span)),
            },
            DeValue::Datetime(_) => Kind::String(self.text.get(range).unwrap_or_default().into()),
        };
        Node { span, kind }
    }

    /// Tells a fault, and puts something in the place of the value.
    fn refuse(&mut self, fault: Diagnostic) -> Kind {
        self.faults.push(fault);
        Kind::Null
    }
}

fn integer(number: &DeInteger) -> Option<Kind> {
    i64::from_str_radix(number.as_str(), number.radix()).ok().map(Kind::Int)
}

#[cfg(test)]
mod tests {
    use crate::data::{Format, testing};

    fn value(text: &str) -> String {
        testing::value(Format::Toml, text)
    }

    fn faults(text: &str) -> Vec<String> {
        testing::faults(Format::Toml, text)
    }

    #[test]
    fn toml_is_read_in_the_order_of_the_text() {
        let text = "b = 1\na.x = \"s\"\na.y = [1_000, {z = -1.5}, 'l',]\n\n[t]\nd = true\n[[u]]\nv = 1\n[[u]]\nv = 2\n[u.w]\nx = 0xff\n";
        assert_eq!(
            value(text),
            r#"{b: Int(1), a: {x: String("s"), y: [Int(1000), {z: Float(-1.5)}, String("l")]}, t: {d: Bool(true)}, u: [{v: Int(1)}, {v: Int(2), w: {x: Int(255)}}]}"#
        );
        assert_eq!(value(""), "{}");
    }

    #[test]
    fn dates_and_times_are_text() {
        assert_eq!(
            value("a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00\nc = 1979-05-27\nd = 07:32:00\n"),
            r#"{a: String("1979-05-27T07:32:00Z"), b: String("1979-05-27 07:32:00"), c: String("1979-05-27"), d: String("07:32:00")}"#
        );
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!(
            faults("a = inf\nb = -nan\nc = 9223372036854775808\nd = 0xffffffffffffffff\ne = 1e400\n"),
            [
                "1:5 only finite numbers are allowed",
                "2:5 only finite numbers are allowed",
                "3:5 this whole number is too large",
                "4:5 this whole number is too large",
                "5:5 only finite numbers are allowed",
            ]
        );
    }

    #[test]
    fn places_are_the_texts_of_keys_and_values_and_the_headers_of_tables() {
        let text = "\"é\" = 'ñ'\nb.\"c d\" = [1, {x = 2}]\n[t.u]\nv = 1\n[[w]]\n";
        assert_eq!(
            testing::places(Format::Toml, text),
            [
                text,
                "\"é\"",
                "'ñ'",
                "b",
                "b",
                "\"c d\"",
                "[1, {x = 2}]",
                "1",
                "{x = 2}",
                "x",
                "2",
                "t",
                "t",
                "u",
                "[t.u]",
                "v",
                "1",
                "w",
                "[[w]]",
                "[[w]]"
            ]
        );
    }

    #[test]
    fn faults_are_told_in_words_at_their_first_wrong_character() {
        for (text, expected) in [
            ("a = ", "1:5 a value belongs here"),
            ("a\n", "1:2 a `=` and a value are missing here"),
            ("a: 1\n", "1:2 `=` belongs between a key and its value, not `:`"),
            ("a! = 1\n", "1:2 this cannot stand in a key"),
            ("// a\n", "1:1 a comment begins with `#`"),
            ("a = 1.34.2\n", "1:5 a version is a text"),
            ("= 1", "1:1 a key belongs here"),
            ("{\"a\": 1}", "1:1 a key belongs here"),
            ("a = \"b\nc = 1\n", "1:7 the quote that ends this text is missing here"),
            ("a = \"\"\"b", "1:9 the quote that ends this text is missing here"),
            ("a = [1, 2\nb = 3\n", "2:1 a comma or a `]` is missing before this"),
            ("a = {b = 1\nc = 2\n", "2:1 a comma or a `}` is missing before this"),
            ("[a\nb = 1\n", "1:3 a `]` is missing here at the latest"),
            ("[]\n", "1:2 a key belongs here"),
            ("]\n", "1:1 this closes nothing"),
            ("a = 01\n", "1:5 a number does not begin with `0`"),
            ("a = 1__0\n", "1:6 a `_` stands only between digits"),
            ("a = .5\n", "1:5 this is no number in TOML"),
            ("a = yes\n", "1:5 this is no value"),
            ("a = None\n", "1:5 this is no value"),
            ("a = 'it's'\n", "1:9 this does not belong to what stands before it"),
            ("a = \"\\q\"\n", "1:6 TOML knows no such escape"),
            ("a = \"b\u{1}\"\n", "1:7 a control character is escaped in a text"),
            ("a = 1979-13-27\n", "1:5 there is no such date or time"),
        ] {
            assert_eq!(faults(text), [expected], "{text:?}");
        }
        assert_eq!(faults("a = 1\n]\nb = \nc = 2\n"), ["2:1 this closes nothing", "3:5 a value belongs here"]);
    }

    #[test]
    fn a_duplicate_key_is_one_fault_with_both_places() {
        for (text, expected) in [
            ("a = 1\n\"a\" = 2\n", "2:1 the key `a` is given twice (1:1 first given here)"),
            ("a.b = 1\na.b = 2\n", "2:3 the key `b` is given twice (1:3 first given here)"),
            ("[a]\nx = 1\n[b]\nx = 2\n[a]\n", "5:2 the key `a` is given twice (1:2 first given here)"),
            ("[a]\nx = 1\n[b]\nx = 2\nx = 3\n", "5:1 the key `x` is given twice (4:1 first given here)"),
            ("a = {x = 1, y = {x = 2}, x = 3}\n", "1:26 the key `x` is given twice (1:6 first given here)"),
            ("[[a]]\nx = 1\n[[a]]\nx = 2\nx = 3\n", "5:1 the key `x` is given twice (4:1 first given here)"),
            (
                "[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 2\nx = 3\n",
                "7:1 the key `x` is given twice (6:1 first given here)",
            ),
            ("a = [{x = 1}, {x = 2, x = 3}]\n", "1:23 the key `x` is given twice (1:16 first given here)"),
            ("a = [1]\n[[a]]\n", "2:3 the key `a` is given twice (1:1 first given here)"),
            ("a = 1\na.b = 2\n", "2:1 `a` is complete, so no keys can be added to it (1:1 given here)"),
            ("a = {}\n[a.b]\n", "2:2 `a` is complete, so no keys can be added to it (1:1 given here)"),
        ] {
            assert_eq!(faults(text), [expected], "{text:?}");
        }
    }

    #[test]
    fn nesting_is_bounded_in_whatever_way_it_is_written() {
        let message = "lists and maps are nested deeper than 64 here";
        let brackets = |depth: usize| format!("a = {}{}", "[".repeat(depth), "]".repeat(depth));
        let dotted = |depth: usize| format!("{}a = 1", "a.".repeat(depth));
        let header = |depth: usize| format!("[{}a]\n", "a.".repeat(depth));
        for (text, most) in [(&brackets as &dyn Fn(usize) -> String, 63), (&dotted, 63), (&header, 62)] {
            assert!(testing::read(Format::Toml, &text(most)).is_ok(), "{}", text(most));
            let faults = faults(&text(most + 1));
            assert!(faults.len() == 1 && faults[0].ends_with(message), "{faults:?}");
        }
        assert_eq!(faults(&format!("{} = [[[[", "a.".repeat(60) + "a")), [format!("1:128 {message}")]);
    }
}
