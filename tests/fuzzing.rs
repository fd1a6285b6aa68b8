//! The laws of the fuzzer's targets, where there is no fuzzer: over texts of the tests, changed by chance.
//!
//! In: the texts that the fuzzer begins with too, and the words of the grammar. Out: an error that shows the text. Always: each target of
//! `tests/fuzz` has its law here; texts that once broke one stay mended (`tests/crashes`). `THOROUGH=1` makes many more texts.
//! `UPDATE=1` writes the fuzzer's dictionary. Not here: the laws (`tests/laws`).

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod laws;
mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use laws::{LAWS, Law};
use proptest::prelude::*;
use proptest::sample::Index;
use support::{files_below, root};

/// The stack that is enough for any text without optimisation.
const STACK: usize = 1024 * 1024;

/// How long a text is that the laws are asked about, in bytes.
const LONGEST: usize = 4_000;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn changed_texts_keep_the_law_of_parse(text in changed("parse")) { hold("parse", &text)?; }

    #[test]
    fn changed_texts_keep_the_law_of_format(text in changed("format")) { hold("format", &text)?; }

    #[test]
    fn changed_texts_keep_the_law_of_compile(text in changed("compile")) { hold("compile", &text)?; }

    #[test]
    fn changed_texts_keep_the_law_of_import(text in changed("import")) { hold("import", &text)?; }

    #[test]
    fn changed_texts_keep_the_law_of_params(text in changed("params")) { hold("params", &text)?; }
}

/// How many texts are made for each law.
fn cases() -> u32 {
    if std::env::var_os("THOROUGH").is_some() { 20_000 } else { 200 }
}

/// The texts that broke a law of the fuzzer once. (Those that are sources by their ending, `tests/properties.rs` holds too.)
#[test]
fn former_crashes_keep_their_laws() {
    for (name, law) in LAWS {
        let folder = root().join("tests/crashes").join(name);
        for path in files(&folder) {
            let text = fs::read_to_string(&path).expect("a former crash is a text");
            on_small_stack(*law, &text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        }
    }
}

#[test]
fn every_target_has_a_law() {
    let targets = files_below(&root().join("tests/fuzz/fuzz_targets"), "rs");
    let targets: BTreeSet<String> =
        targets.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    assert_eq!(targets, LAWS.iter().map(|(name, _)| (*name).to_owned()).collect());
}

/// The dictionary holds what stands between quotes in the grammar: a fuzzer would guess words for ages.
#[test]
fn the_dictionary_is_made_of_the_grammar() {
    let path = root().join("tests/fuzz/flyteenv.dict");
    let mut dictionary =
        "# The words of grammar/flyteenv.pest; UPDATE=1 cargo test --test fuzzing writes it.\n".to_owned();
    for word in words() {
        let bytes = word.bytes().map(|byte| match byte {
            b'"' | b'\\' => format!("\\{}", char::from(byte)),
            b' '..=b'~' => char::from(byte).to_string(),
            _ => format!("\\x{byte:02X}"),
        });
        // Writing to a string cannot fail.
        let _ = writeln!(dictionary, "\"{}\"", bytes.collect::<String>());
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &dictionary).expect("it can be written");
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), dictionary, "UPDATE=1 cargo test --test fuzzing");
}

// ---------------------------------------------------------------------------------------------------- the laws

/// Holds a text to the law of a target.
fn hold(target: &str, text: &str) -> Result<(), TestCaseError> {
    let (_, law) = LAWS.iter().find(|(name, _)| *name == target).expect("the target has a law");
    on_small_stack(*law, text).map_err(|fault| TestCaseError::fail(format!("{fault}\nin:\n{text}")))
}

/// Runs on a thread whose name shows the text: it is all that is printed when its stack overflows.
fn on_small_stack(law: Law, text: &str) -> Result<(), String> {
    let (name, text) = (text.chars().take(80).flat_map(char::escape_debug).collect(), text.to_owned());
    let thread = std::thread::Builder::new().name(name).stack_size(STACK).spawn(move || law(&text));
    thread.expect("there are threads").join().unwrap_or_else(|_| Err("the compiler panicked".to_owned()))
}

// --------------------------------------------------------------------------------------------------- the texts

/// One change of a text; places are fractions of it.
#[derive(Debug, Clone)]
enum Change {
    /// A word of the grammar is put in.
    Word(Index, Index),
    /// What is between two places is taken out.
    Cut(Index, Index),
    /// What is between two places is put in at a third.
    Copy(Index, Index, Index),
    /// What is between two places comes many times.
    Repeat(Index, Index, usize),
    /// A part of another text is put in.
    Splice(Index, Index, Index, Index),
    /// A character is another.
    Character(Index, char),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        4 => (place(), place()).prop_map(|(at, word)| Change::Word(at, word)),
        3 => (place(), place()).prop_map(|(from, to)| Change::Cut(from, to)),
        2 => (place(), place(), place()).prop_map(|(from, to, at)| Change::Copy(from, to, at)),
        1 => (place(), place(), 2..40_usize).prop_map(|(from, to, times)| Change::Repeat(from, to, times)),
        2 => (place(), place(), place(), place()).prop_map(|(at, other, from, to)| Change::Splice(at, other, from, to)),
        2 => (place(), any::<char>()).prop_map(|(at, c)| Change::Character(at, c)),
    ]
}

/// A text of a target, changed some times.
fn changed(target: &'static str) -> impl Strategy<Value = String> {
    (any::<Index>(), prop::collection::vec(change(), 1..6)).prop_map(move |(pick, changes)| {
        let texts = seeds(target);
        let text = texts[pick.index(texts.len())].clone();
        changes.iter().fold(text, |text, change| apply(change, text, texts))
    })
}

fn apply(change: &Change, mut text: String, others: &[String]) -> String {
    match change {
        Change::Word(at, word) => {
            let words = words();
            text.insert_str(boundary(&text, *at), &words[word.index(words.len())]);
        }
        Change::Cut(from, to) => drop(text.drain(near(&text, *from, *to))),
        Change::Copy(from, to, at) => {
            let part = text[near(&text, *from, *to)].to_owned();
            text.insert_str(boundary(&text, *at), &part);
        }
        Change::Repeat(from, to, times) => {
            let range = near(&text, *from, *to);
            let part = text[range.clone()].repeat(*times);
            text.insert_str(range.end, &part);
        }
        Change::Splice(at, other, from, to) => {
            let other = &others[other.index(others.len())];
            text.insert_str(boundary(&text, *at), &other[near(other, *from, *to)]);
        }
        Change::Character(at, c) => {
            let at = boundary(&text, *at);
            let length = text[at..].chars().next().map_or(0, char::len_utf8);
            text.replace_range(at..at + length, c.encode_utf8(&mut [0; 4]));
        }
    }
    let end = (0..=text.len().min(LONGEST)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    text.truncate(end);
    text
}

/// A place between two characters.
fn boundary(text: &str, at: Index) -> usize {
    let at = at.index(text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// What lies between two places that are not far from each other.
fn near(text: &str, from: Index, to: Index) -> std::ops::Range<usize> {
    const FAR: usize = 200;
    let start = boundary(text, from);
    let end = (start + to.index(FAR)).min(text.len());
    start..(start..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start)
}

/// The texts that a target begins with; each is read once.
fn seeds(target: &str) -> &'static [String] {
    static SOURCES: OnceLock<Vec<String>> = OnceLock::new();
    static DOCUMENTS: OnceLock<Vec<String>> = OnceLock::new();
    static VALUES: OnceLock<Vec<String>> = OnceLock::new();
    match target {
        "import" => DOCUMENTS.get_or_init(|| texts(&["tests/import", "tests/cases", "examples"], &["yaml", "json"])),
        "params" => VALUES.get_or_init(|| {
            let given =
                "flag: no\ncount: 3\nmemory: 2Gi\nstage: prod\nwords: [a, b]\nlabels: {a: b}\ndeep: {a: [1Gi]}\n";
            let mut texts = texts(&["tests/cases/parameters", "tests/cases/data"], &["yaml", "json", "toml"]);
            texts.push(given.to_owned());
            texts.push("nested=[[1], [2, 3]]\n".to_owned());
            texts
        }),
        _ => {
            SOURCES.get_or_init(|| texts(&["tests/cases", "tests/gallery", "tests/format", "examples"], &["flyteenv"]))
        }
    }
}

/// The texts below these folders with these endings, those that are short.
fn texts(folders: &[&str], endings: &[&str]) -> Vec<String> {
    let folders = folders.iter().map(|folder| root().join(folder));
    let paths = folders.flat_map(|folder| endings.iter().flat_map(move |ending| files_below(&folder, ending)));
    let texts = paths.filter_map(|path| fs::read_to_string(path).ok()).filter(|text| text.len() < LONGEST);
    let texts: Vec<String> = texts.collect();
    assert!(texts.len() > 10, "there are only {} texts", texts.len());
    texts
}

/// All files below a folder, which may not be there.
fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

/// What stands between quotes in the grammar, and is no comment of it.
fn words() -> &'static [String] {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let grammar = fs::read_to_string(root().join("grammar/flyteenv.pest")).expect("it is part of the project");
        let rules = grammar.lines().filter(|line| !line.trim_start().starts_with("//"));
        let words: BTreeSet<String> = rules.flat_map(quoted).filter(|word| !word.is_empty()).collect();
        words.into_iter().collect()
    })
}

/// The quoted words of a line of the grammar, without their escapes.
fn quoted(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut characters = line.chars();
    while characters.by_ref().any(|c| c == '"') {
        let mut word = String::new();
        while let Some(c) = characters.next().filter(|c| *c != '"') {
            match (c, if c == '\\' { characters.next() } else { None }) {
                (_, Some('n')) => word.push('\n'),
                (_, Some('t')) => word.push('\t'),
                (_, Some('r')) => word.push('\r'),
                (_, Some('u')) => {
                    let digits: String = characters.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    let code = u32::from_str_radix(&digits, 16).expect("an escape has digits");
                    word.push(char::from_u32(code).expect("an escape is a character"));
                }
                (_, Some(escaped)) => word.push(escaped),
                (c, None) => word.push(c),
            }
        }
        found.push(word);
    }
    found
}
