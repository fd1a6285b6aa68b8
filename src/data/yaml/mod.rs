//! YAML, with the meaning that it has for `kubectl`.
//!
//! In: a text. Out: its value, or its faults. Always: what sigs.k8s.io/yaml over go.yaml.in/yaml/v2 makes of a text is made of it
//! here, or the text is refused: duplicate keys, tags of one's own, tags of collections that are something else, second
//! documents, keys that are no finite number, and numbers and bytes that JSON or 64 bits do not hold are faults, where that
//! package takes the last key, ignores the tag and the document, or rounds. Where YAML's specification and that package differ,
//! the package counts: a merge key overrides the keys that stand before it, and `08` is eight. A text that ends within a block
//! of text ends with a line break, which `kubectl` adds.
//! Not here: the layout of YAML, which `granit-parser` knows. It lays texts out as libyaml does, from which go-yaml was made, and
//! takes a few that only YAML 1.2 allows; `saphyr-parser`, which it comes from, refuses a `]` that is not indented deeper than
//! its key, and with it many a pod. It keeps stacks of its own instead of recursing, and is linear.

mod build;
mod events;
mod places;
mod scalar;
mod words;

use self::events::Documents;
use super::Node;
use super::faults::{Faults, bad};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

/// Reads a text of one document.
pub fn read(file: FileId, text: &str) -> Result<Node, Vec<Diagnostic>> {
    let mut faults = Faults::default();
    let nodes = nodes(file, text, Documents::One, &mut faults);
    // Where reading came to its end, there is one.
    faults.finish(nodes.and_then(|nodes| nodes.into_iter().next()))
}

/// Reads a text of any number of documents; empty ones are left out.
pub fn documents(file: FileId, text: &str) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let mut faults = Faults::default();
    let nodes = nodes(file, text, Documents::Any, &mut faults);
    faults.finish(nodes)
}

fn nodes(file: FileId, text: &str, documents: Documents, faults: &mut Faults) -> Option<Vec<Node>> {
    if let Some(fault) = control_character(file, text) {
        faults.push(fault);
        return None;
    }
    events::read(file, text, documents, faults)
}

/// The first character that go-yaml refuses wherever it stands.
fn control_character(file: FileId, text: &str) -> Option<Diagnostic> {
    let refused = |c: char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\x7F'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}');
    let (at, c) = text.char_indices().find(|(_, c)| refused(*c))?;
    let span = Span::new(file, at..at + c.len_utf8());
    let fault = bad(span, format!("the control character U+{:04X} may not stand in YAML", u32::from(c)));
    Some(fault.help(format!("write it as `\\u{:04x}` in a text in double quotes", u32::from(c))))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::data::testing;
    use crate::data::{Format, Kind};
    use crate::source::{Source, SourceMap};

    fn value(text: &str) -> String {
        testing::value(Format::Yaml, text)
    }

    fn faults(text: &str) -> Vec<String> {
        testing::faults(Format::Yaml, text)
    }

    #[test]
    fn a_pod_spec_is_read() {
        let text = "\
# What runs.
containers:
- name: main   # the primary one
  image: \"nginx:1.27\"
  args: [
    --port, '80',
  ]
  command:
    - sh
    - -c
    - |
      echo hi
        there
  resources: {limits: {cpu: 500m, memory: 1Gi}}
terminationGracePeriodSeconds: 30
hostNetwork: no
";
        let expected = r#"{containers: [{name: String("main"), image: String("nginx:1.27"), args: [String("--port"), String("80")], command: [String("sh"), String("-c"), String("echo hi\n  there\n")], resources: {limits: {cpu: String("500m"), memory: String("1Gi")}}}], terminationGracePeriodSeconds: Int(30), hostNetwork: Bool(false)}"#;
        assert_eq!(value(text), expected);
    }

    /// From `decode_test.go` of go.yaml.in/yaml/v2.
    #[test]
    fn texts_are_folded_and_chomped_as_the_tests_of_go_yaml_say() {
        for (text, expected) in [
            ("scalar: | # Comment\n\n literal\n\n \ttext\n\n", "\nliteral\n\n\ttext\n"),
            (
                "scalar: > # Comment\n\n folded\n line\n \n next\n line\n  * one\n  * two\n\n last\n line\n\n",
                "\nfolded line\nnext line\n * one\n * two\n\nlast line\n",
            ),
            ("v: |-\n a\n\n", "a"),
            ("v: |+\n a\n\n", "a\n\n"),
            ("v: >-\n a\n b\n", "a b"),
            ("v: |2\n   a\n", " a\n"),
            ("v: |\n a", "a\n"),
            ("v: 'B\n\n  C'\n", "B\nC"),
            ("v: 'it''s'", "it's"),
            ("v: \"a\\tb\\u00e9\\\n  c\"", "a\tbéc"),
            ("v: a\n  b", "a b"),
        ] {
            let node = testing::read(Format::Yaml, text).unwrap();
            let Kind::Map(entries) = node.kind else { panic!("{text}") };
            assert_eq!(entries[0].1.kind, Kind::String(expected.into()), "{text:?}");
        }
    }

    #[test]
    fn quotes_and_blocks_make_text_of_whatever_they_hold() {
        assert_eq!(
            value("['1', \"true\", '', \"~\", !!str 1, ! 2]"),
            r#"[String("1"), String("true"), String(""), String("~"), String("1"), String("2")]"#
        );
        assert_eq!(value("- |\n  1\n- >-\n  yes\n"), r#"[String("1\n"), String("yes")]"#);
    }

    #[test]
    fn tags_of_yaml_are_honoured_and_others_refused() {
        assert_eq!(
            value("[!!int '1', !!float 2, !!bool 'yes', !!null '', !!str , !!binary aGk=, !!seq [], !!map {}]"),
            r#"[Int(1), Float(2.0), Bool(true), Null, String(""), String("hi"), [], {}]"#
        );
        assert_eq!(value("%TAG !y! tag:yaml.org,2002:\n---\n!y!int '1'"), "Int(1)");
        assert_eq!(value("!<tag:yaml.org,2002:int> '1'"), "Int(1)");
        for (text, fault) in [
            ("a: !foo x", "1:4 the tag `!foo` means nothing here"),
            ("a: &x !!set {b}", "1:7 the tag `!!set` means nothing here"),
            ("a: !!timestamp 2001-01-01", "1:4 the tag `!!timestamp` means nothing here"),
            ("a: !!seq {}", "1:4 the tag `!!seq` means nothing here"),
            ("a: !!str [x]", "1:4 the tag `!!str` means nothing here"),
            ("a: !!int x", "1:10 `!!int` needs a whole number, and `x` is none"),
            ("a: !!binary x", "1:13 this is no base64"),
            ("a: !!binary gIGC", "1:13 the bytes that this is base64 of are no text"),
        ] {
            assert_eq!(faults(text), [fault], "{text}");
        }
    }

    #[test]
    fn numbers_that_json_or_64_bits_do_not_hold_are_refused() {
        assert_eq!(
            faults("[.inf, -.INF, .nan, 9223372036854775808, -9223372036854775809]"),
            [
                "1:2 only finite numbers are allowed",
                "1:8 only finite numbers are allowed",
                "1:15 only finite numbers are allowed",
                "1:21 this whole number is too large",
                "1:42 this whole number is too large",
            ]
        );
    }

    #[test]
    fn an_alias_is_what_its_anchor_stands_at() {
        assert_eq!(value("a: &x 1\nb: *x\n"), "{a: Int(1), b: Int(1)}");
        assert_eq!(value("a: &x {c: [1]}\nb: *x\n"), "{a: {c: [Int(1)]}, b: {c: [Int(1)]}}");
        assert_eq!(value("- &x a\n- *x\n- &x b\n- *x\n"), r#"[String("a"), String("a"), String("b"), String("b")]"#);
        assert_eq!(value("&k key: 1\nother: *k\n"), r#"{key: Int(1), other: String("key")}"#);
        assert_eq!(value("- &k 5\n- *k : x\n"), r#"[Int(5), {5: String("x")}]"#);
    }

    #[test]
    fn an_alias_without_a_complete_anchor_is_refused() {
        assert_eq!(
            faults("a: *x\nb: *y\n"),
            ["1:4 there is no anchor `&x` above", "2:4 there is no anchor `&y` above"]
        );
        assert_eq!(faults("a: &x\n  b: *x\n"), ["2:6 `*x` stands inside the value that it stands for"]);
    }

    /// The maps of `mergeTests` in `decode_test.go` of go.yaml.in/yaml/v2, and the order that its `decode.go` has.
    #[test]
    fn merge_keys_override_what_stands_before_them() {
        let anchors = "- &CENTER { x: 1, 'y': 2 }\n- &LEFT { x: 0, 'y': 2 }\n- &BIG { r: 10 }\n- &SMALL { r: 1 }\n";
        for (map, expected) in [
            ("{<< : *CENTER, r: 10}", "{x: Int(1), y: Int(2), r: Int(10)}"),
            ("{<< : [ *CENTER, *BIG ]}", "{r: Int(10), x: Int(1), y: Int(2)}"),
            ("{<< : [ *BIG, *LEFT, *SMALL ], x: 1}", "{r: Int(10), x: Int(1), y: Int(2)}"),
            ("{!!merge \"<<\" : [ *CENTER, *BIG ]}", "{r: Int(10), x: Int(1), y: Int(2)}"),
            ("{<< : {x: 1, 'y': 2}}", "{x: Int(1), y: Int(2)}"),
            ("{<< : [ *CENTER, {r: 10} ]}", "{r: Int(10), x: Int(1), y: Int(2)}"),
            ("{<<: *CENTER, <<: *BIG}", "{x: Int(1), y: Int(2), r: Int(10)}"),
            // YAML's specification says that the key counts; go-yaml lets what stands last count.
            ("{x: 5, <<: *CENTER}", "{x: Int(1), y: Int(2)}"),
            ("{'<<': *BIG}", "{<<: {r: Int(10)}}"),
        ] {
            let whole = value(&format!("{anchors}- {map}"));
            let merged = whole.rsplit_once("{r: Int(1)}, ").unwrap().1;
            assert_eq!(merged, format!("{expected}]"), "{map}");
        }
        assert_eq!(value("<<: {a: &n {<<: {b: 1}}}\nc: *n\n"), "{a: {b: Int(1)}, c: {b: Int(1)}}");
        assert_eq!(value("a: <<\n"), r#"{a: String("<<")}"#);
    }

    #[test]
    fn a_merge_key_takes_maps_only() {
        for text in ["<<: 1", "<<:", "<<: [1]", "<<: [[{}]]"] {
            let fault = faults(text).remove(0);
            assert!(fault.ends_with("`<<` merges a map or a list of maps, and this is none"), "{text}: {fault}");
        }
        let list = "- &l [{}]\n- {<<: *l}\n";
        assert_eq!(faults(list), ["2:8 `<<` merges a map or a list of maps, and this is none"]);
    }

    #[test]
    fn keys_become_text_as_sigs_yaml_makes_them() {
        assert_eq!(
            value("{1: a, 0x10: b, yes: c, 1.5: d, 1e6: e, '1e7': f, 2001-01-01: g, <<x: h}"),
            "{1: String(\"a\"), 16: String(\"b\"), true: String(\"c\"), 1.5: String(\"d\"), 1e+06: String(\"e\"), \
             1e7: String(\"f\"), 2001-01-01: String(\"g\"), <<x: String(\"h\")}"
        );
        for (text, fault) in [
            ("~: 1", "1:1 a key cannot be null"),
            ("? [a]\n: 1", "1:3 a list or a map cannot be a key"),
            ("{{a: b}: 1}", "1:2 a list or a map cannot be a key"),
            ("- &m {}\n- {*m : 1}", "2:4 a list or a map cannot be a key"),
            ("18446744073709551615: 1", "1:1 this whole number is too large"),
        ] {
            assert_eq!(faults(text), [fault], "{text}");
        }
    }

    #[test]
    fn a_duplicate_key_is_one_fault_with_both_places() {
        assert_eq!(
            faults("a: 1\nb:\n  c: 1\n  \"c\": 2\n'a': 2\na: 3\n1: x\n\"1\": y\n"),
            [
                "4:3 the key `c` is given twice (3:3 first given here)",
                "5:1 the key `a` is given twice (1:1 first given here)",
                "6:1 the key `a` is given twice (1:1 first given here)",
                "8:1 the key `1` is given twice (7:1 first given here)",
            ]
        );
        // Told where it is written, and not again for each alias.
        assert_eq!(faults("a: &x {b: 1, b: 2}\nc: *x\nd: *x\n").len(), 1);
    }

    #[test]
    fn a_file_has_one_document_that_is_not_empty() {
        for text in ["", "\n", "# c\n", "---\n", "---\n---\n", "...\n", "\u{feff}"] {
            assert_eq!(value(text), "Null", "{text:?}");
        }
        for text in ["a", "---\na\n---\n", "---\n---\na\n...\n", "# c\n---\na\n...\n# c\n---\n# c\n", "\u{feff}a"] {
            assert_eq!(value(text), r#"String("a")"#, "{text:?}");
        }
        assert_eq!(faults("a: 1\n---\nb: 2\n"), ["2:1 a second document begins here"]);
        assert_eq!(faults("a: 1\n...\nb: 2\n"), ["3:1 a second document begins here"]);
        assert_eq!(faults("---\na\n--- ~\n"), ["3:1 a second document begins here"]);
        assert_eq!(faults("a\n--- *b\n"), ["2:1 a second document begins here"]);
    }

    #[test]
    fn several_documents_are_read_where_they_may_be() {
        let read = |text: &str| {
            let mut sources = SourceMap::default();
            let file = sources.add(Source::new("f".to_owned(), text.to_owned()));
            super::documents(file, text)
                .map(|nodes| nodes.iter().map(|node| testing::show(&node.kind)).collect::<Vec<_>>())
                .ok()
        };
        for (text, expected) in [
            ("", &[][..]),
            ("---\n# c\n---\n", &[]),
            ("a: 1\n---\nb: 2\n", &["{a: Int(1)}", "{b: Int(2)}"]),
            ("---\n- 1\n...\n---\n---\n2\n", &["[Int(1)]", "Int(2)"]),
            ("a: &x 1\nb: *x\n---\nc: &x 2\nd: *x\n", &["{a: Int(1), b: Int(1)}", "{c: Int(2), d: Int(2)}"]),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text:?}");
        }
        assert_eq!(read("a: &x 1\n---\nb: *x\n"), None, "an anchor of another document");
    }

    #[test]
    fn nesting_is_bounded_in_whatever_way_it_is_written() {
        let flow = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let block = |depth: usize| format!("{}x", "- ".repeat(depth));
        let message = "lists and maps are nested deeper than 64 here";
        assert!(testing::read(Format::Yaml, &flow(64)).is_ok());
        assert!(testing::read(Format::Yaml, &block(64)).is_ok());
        assert_eq!(faults(&flow(65)), [format!("1:65 {message}")]);
        assert_eq!(faults(&block(65)), [format!("1:129 {message}")]);
        // Half of it in blocks, half of it in brackets.
        assert_eq!(faults(&format!("{}{}", "- ".repeat(40), flow(25))), [format!("1:105 {message}")]);
        // Half of it in an alias.
        let alias = |depth: usize| format!("- &a {}\n- {}*a{}\n", flow(32), "[".repeat(depth), "]".repeat(depth));
        assert!(testing::read(Format::Yaml, &alias(31)).is_ok());
        assert_eq!(faults(&alias(32)), [format!("2:35 {message}")]);
    }

    #[test]
    fn what_aliases_add_is_bounded() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..20 {
            let alias = format!("*a{}", at - 1);
            writeln!(laughs, "a{at}: &a{at} [{}]", [alias.as_str(); 10].join(", ")).unwrap();
        }
        assert_eq!(faults(&laughs), ["5:45 aliases add more than 100000 values to this file"]);
        let many = |count: usize| format!("- &a [x]\n{}", "- *a\n".repeat(count));
        assert!(testing::read(Format::Yaml, &many(50_000)).is_ok());
        assert_eq!(faults(&many(50_001)), ["50002:3 aliases add more than 100000 values to this file"]);
        // A file that is large without them is no fault.
        assert!(testing::read(Format::Yaml, &format!("&a [{}x]", "x, ".repeat(200_000))).is_ok());
    }

    #[test]
    fn control_characters_are_refused_as_go_yaml_refuses_them() {
        assert_eq!(faults("a: b\u{1}c\n"), ["1:5 the control character U+0001 may not stand in YAML"]);
        assert_eq!(faults("# \u{7f}\n"), ["1:3 the control character U+007F may not stand in YAML"]);
        assert_eq!(
            value("\"\u{85}\u{a0}\\u0001\""),
            "String(\"\u{85}\u{a0}\\u{1}\")".replace('\u{85}', "\\u{85}").replace('\u{a0}', "\\u{a0}")
        );
    }

    #[test]
    fn reading_goes_on_behind_what_is_refused() {
        assert_eq!(
            faults("a: !t 1\nb: .inf\nc: *x\nd: 1\nd: 2\ne: [1\n"),
            [
                "1:4 the tag `!t` means nothing here",
                "2:4 only finite numbers are allowed",
                "3:4 there is no anchor `&x` above",
                "5:1 the key `d` is given twice (4:1 first given here)",
                "6:4 this `[` is never closed",
            ]
        );
    }
}
