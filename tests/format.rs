//! The style: `flytec fmt` over every source of the tests and examples, and over random programs.
//!
//! What is formatted once stays as it is; it says the same and compiles to the same pods; every comment is still there, above or behind the same
//! thing. `tests/format` has sources as people write them, and `NAME.expected` beside each is how they are written in the style;
//! `UPDATE=1 cargo test --test format` writes it.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::fs;
use std::path::PathBuf;

use flytec::format::{format, is_faithful};
use flytec::syntax::comments::comments;
use proptest::prelude::*;
use proptest::sample::Index;
use support::{Program, files_below, root, tree};

fn formatted(text: &str, name: &str) -> Option<String> {
    let before = tree(text)?;
    let formatted = format(&before, text);
    let after = tree(&formatted).unwrap_or_else(|| panic!("{name}: it has faults when formatted:\n{formatted}"));
    let faithful = is_faithful((&before, text), (&after, &formatted));
    assert!(faithful, "{name}: formatting changes more than white space:\n{text}\n{formatted}");
    Some(formatted)
}

/// What each comment stands above, by the first words of it without comments, and the comments behind something.
fn attached(text: &str) -> Vec<(String, Option<String>)> {
    let tree = tree(text).expect("it has no fault");
    let mut found = Vec::new();
    comments(&tree, &mut |comment, item| found.push((comment.span.range(), item.map(flytec::source::Span::range))));
    let words = |text: &str| text.split([' ', '\n', '\t', '\r', ',']).collect::<String>();
    let places: Vec<_> = found.iter().map(|(comment, _)| comment.clone()).collect();
    let code = |range: std::ops::Range<usize>| {
        let inside = |at: &usize| places.iter().any(|place| place.contains(at));
        let characters = text[range.clone()].char_indices().filter(|(at, _)| !inside(&(range.start + at)));
        characters.map(|(_, c)| c).collect::<String>()
    };
    let named = |(comment, item): (std::ops::Range<usize>, Option<std::ops::Range<usize>>)| {
        let item = item.map(|item| words(&code(item)).chars().take(12).collect());
        (words(&text[comment]).trim_start_matches('#').to_owned(), item)
    };
    found.into_iter().map(named).collect()
}

/// All sources of the project that have no fault of their text.
fn sources() -> Vec<(String, String)> {
    let paths = ["tests", "examples", "src"].iter().flat_map(|folder| files_below(&root().join(folder), "flyteenv"));
    let read = |path: PathBuf| Some((path.display().to_string(), fs::read_to_string(&path).ok()?));
    let sources: Vec<_> = paths.filter_map(read).filter(|(_, text)| tree(text).is_some()).collect();
    assert!(sources.len() > 1_000, "there are only {} sources", sources.len());
    sources
}

/// What comes of a program: what is told, and its pods.
fn compiled(text: &str) -> (Vec<(&'static str, String, usize)>, impl PartialEq + std::fmt::Debug) {
    let program = Program::compile(vec![("main.flyteenv".to_owned(), text.to_owned())], &[]);
    let told = program.compilation.diagnostics.iter();
    let told = told.map(|told| (told.code.id, told.message.clone(), told.labels.len())).collect();
    (told, program.pods())
}

#[test]
fn what_was_formatted_stays_as_it_is() {
    for (name, text) in sources() {
        let once = formatted(&text, &name).expect("it has no fault");
        let twice = formatted(&once, &name).unwrap_or_else(|| panic!("{name}: it has faults when formatted:\n{once}"));
        assert_eq!(once, twice, "{name}");
        assert!(
            once.lines().all(|line| line.trim_end() == line || once.contains("\"\"\"") || once.contains("'''")),
            "{name}"
        );
    }
}

#[test]
fn comments_stay_with_what_they_belong_to() {
    for (name, text) in sources() {
        let once = formatted(&text, &name).expect("it has no fault");
        assert_eq!(attached(&text), attached(&once), "{name}\n{once}");
    }
}

#[test]
fn formatted_programs_compile_alike() {
    for (name, text) in sources() {
        let once = formatted(&text, &name).expect("it has no fault");
        assert_eq!(compiled(&text), compiled(&once), "{name}\n{once}");
    }
}

#[test]
fn the_style_is_as_it_is_shown() {
    let updating = std::env::var_os("UPDATE").is_some();
    let sources = files_below(&root().join("tests/format"), "flyteenv");
    assert!(!sources.is_empty(), "nothing is shown");
    for path in sources {
        let text = fs::read_to_string(&path).expect("it is a text");
        let actual = formatted(&text, &path.display().to_string()).expect("it has no fault");
        let expectation = path.with_extension("expected");
        if updating {
            fs::write(expectation, actual).expect("it can be written");
            continue;
        }
        let expected = fs::read_to_string(&expectation).unwrap_or_default();
        let diff = similar::TextDiff::from_lines(&expected, &actual).unified_diff().to_string();
        assert_eq!(expected, actual, "{}\n{diff}", path.display());
    }
}

/// `tests/docs.rs` holds it of the programs in the documentation.
#[test]
fn programs_that_people_learn_from_are_in_the_style() {
    let paths = ["examples", "src"].iter().flat_map(|folder| files_below(&root().join(folder), "flyteenv"));
    let mut seen = 0;
    for path in paths {
        let text = fs::read_to_string(&path).expect("it is a text");
        // Some examples show faults of the text.
        if let Some(formatted) = formatted(&text, &path.display().to_string()) {
            let diff = similar::TextDiff::from_lines(&text, &formatted).unified_diff().to_string();
            assert!(text == formatted, "{} is not as `flytec fmt` writes it:\n{diff}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 50, "there are only {seen} programs");
}

#[test]
fn a_source_with_faults_is_not_formatted() {
    assert_eq!(formatted("environment e {\n  image = \"x\"\n", "unclosed"), None);
}

/// What may be put in place of white space: more of it, line ends, comments.
const LAYOUTS: [&str; 8] =
    ["", "   ", "\n", "\n\n\n", " # a note\n", "\n# a note\n", "\n## a doc\n# a note\n\n", ",\n"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(layouts()) })]

    /// Sources laid out anew, by chance: those that have no fault then are formatted as all others.
    #[test]
    fn any_layout_is_formatted(
        pick in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), 0..LAYOUTS.len()), 1..12),
    ) {
        let sources = corpus();
        let (name, text) = &sources[pick.index(sources.len())];
        let mut text = text.clone();
        for (place, layout) in changes {
            let blanks: Vec<usize> = text.match_indices([' ', '\n']).map(|(at, _)| at).collect();
            if blanks.is_empty() {
                continue;
            }
            let at = blanks[place.index(blanks.len())];
            let mut changed = text.clone();
            changed.replace_range(at..=at, LAYOUTS[layout]);
            if tree(&changed).is_some() {
                text = changed;
            }
        }
        let once = formatted(&text, name).expect("it has no fault");
        let twice = formatted(&once, name);
        prop_assert_eq!(Some(&once), twice.as_ref(), "{}\n{}", name, text);
        prop_assert_eq!(attached(&text), attached(&once), "{}\n{}", name, text);
        prop_assert_eq!(compiled(&text), compiled(&once), "{}\n{}", name, text);
    }
}

/// How many layouts are tried; `THOROUGH=1` tries many.
fn layouts() -> u32 {
    if std::env::var_os("THOROUGH").is_some() { 20_000 } else { 500 }
}

/// The sources, read once.
fn corpus() -> &'static [(String, String)] {
    static CORPUS: std::sync::OnceLock<Vec<(String, String)>> = std::sync::OnceLock::new();
    CORPUS.get_or_init(sources)
}
