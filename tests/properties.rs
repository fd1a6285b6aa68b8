//! What holds for every text, however hostile: nothing panics, nothing recurses without bound, every place is a place in the
//! text, and the same input gives the same output.
//!
//! In: texts made of the language's tokens, and the project's own programs, mutilated. Out: an error that shows the text.
//! Always: the same texts in every run but for those that proptest makes; all of it on threads with [`STACK`] bytes of
//! stack, and where one overflows, the name of the thread tells which text did it. `THOROUGH=1` in the environment takes
//! every step where a run for every day takes some. Not here: how long anything takes (`benches` has that).

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod laws;
mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use flytec::diagnostics::{Diagnostic, MOST_ERRORS, code};
use flytec::syntax::MAX_NESTING;
use laws::{check_program, check_tree, ensure, order_does_not_matter, written};
use proptest::prelude::*;
use proptest::sample::select;
use support::{Program, files_below, root};

/// The stack that is enough for any text without optimisation; the main thread of a process has sixteen times as much.
const STACK: usize = 1024 * 1024;

/// How long the texts are that repeat one thing.
const HOSTILE_BYTES: usize = 2_000;

/// A program in which most of the language is valid, up to the place where a text is put in.
const HEAD: &str = "template base {\n  pod_spec { containers primary {} }\n}\n\
environment e {\n  image = \"i\"\n  task t { command = [\"x\"] }\n  task f { function = \"a:b\" }\n";

// ------------------------------------------------------------------------------------------------------ any text

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn any_text_is_parsed(characters in prop::collection::vec(any::<char>(), 0..200)) {
        examine(&characters.into_iter().collect::<String>()).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_sequence_of_tokens_is_parsed(text in token_soup(60)) {
        examine(&text).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_sequence_of_tokens_stands_in_a_program(text in token_soup(60), closed in any::<bool>()) {
        examine(&format!("{HEAD}{text}{}", if closed { "\n}\n" } else { "" })).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn nesting_is_bounded_whatever_stands_between(part in token_soup(12), times in 70..200_usize) {
        examine(&format!("x = {}", part.repeat(times))).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn declarations_may_build_on_each_other_in_any_way(
        bases in prop::collection::vec(prop::collection::vec(0..TANGLED, 0..4), TANGLED),
    ) {
        examine(&tangle(&bases)).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn the_order_of_broken_files_does_not_matter(texts in prop::collection::vec(token_soup(60), 3)) {
        let head = |at: usize| HEAD.replace("environment e", &format!("environment e{at}"));
        let file = |(at, text)| (format!("{at}.flyteenv"), format!("{}{text}\n}}\n", head(at)));
        order_does_not_matter(texts.iter().enumerate().map(file).collect()).map_err(TestCaseError::fail)?;
    }
}

/// How many texts proptest makes for each property.
fn cases() -> u32 {
    if thorough() { 20_000 } else { 256 }
}

/// Fewer than `most` tokens, with and without white space between them.
fn token_soup(most: usize) -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => select(BRACKETS.to_vec()),
        2 => select(QUOTES.to_vec()),
        4 => select(SIGNS.to_vec()),
        3 => select(WORDS.to_vec()),
        2 => select(VALUES.to_vec()),
        1 => select(ODDITIES.to_vec()),
    ];
    prop::collection::vec((token, select(vec!["", " ", "\n"])), 0..most)
        .prop_map(|tokens| tokens.into_iter().flat_map(|(token, space)| [token, space]).collect())
}

const BRACKETS: &[&str] = &["{", "}", "[", "]", "{}", "[]", "{]", "[}", "a {", "a = [", "a b {"];
const QUOTES: &[&str] =
    &["\"", "'", "\"\"\"", "'''", "\"${", "\"${}\"", "\"${x}", "\"a\"", "'it'", "\"\\", "\\\"", "\"\"\"\n", "'''\n"];
const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">", "&&", "||", "!", "!!", "|", "(((", ")))", "=", "+=", ":", ":=", ",", "#", "##", "$", "${",
    "\\", ".", "..", "@", "-", "//", "/*", "- ", "(", ")",
];
const WORDS: &[&str] = &[
    "template",
    "environment",
    "task",
    "override",
    "as",
    "null",
    "true",
    "false",
    "import",
    "import \"b\" as b",
    "param p: string",
    "let l = ",
    "if",
    "then",
    "else",
    "if true {",
    "else if false {",
    "for x in [1] {",
    "for k, v in { a = 1 } {",
    "in",
    "extends",
    "template u(a: int, b: list(string) = []) extends base {",
    "u(a = 1)",
    "length(",
    "x",
    "e",
    "e.t",
    "t",
    "f",
    "f@v",
    "v",
    "base",
    "pod_template",
    "pod_spec",
    "containers",
    "primary",
    "image",
    "resources",
    "cpu",
    "gpu",
    "env_vars",
    "secrets",
    "function",
    "command",
    "args",
    "reusable",
    "replicas",
    "timeout",
    "retries",
    "cache",
    "labels",
    "depends_on",
    "volumes",
    "ports",
    "emptyDir",
    "tolerations",
    "securityContext",
    "task t {",
    "override f as v {",
    "environment e {",
    "pod_template { pod_spec {",
];
const VALUES: &[&str] = &[
    "0",
    "-1",
    "-0",
    "1..2",
    "\"a\"..",
    "..3",
    "500m",
    "2Gi",
    "1h30m",
    "1_000",
    "0x1F",
    "1e3",
    "1e999",
    "-1e-999",
    "9223372036854775808",
    "0.5.5",
    "8080",
    "\"A100:2\"",
    "\"1.5Gi\"",
    "\"key\"",
    "a.b.c",
    "a[0]",
    "a(b)",
    "(1)",
    "[x for x in [1] if true]",
    "if a then b else c",
    "\"${x}\"",
    "\"${join([\"a\"], \",\")}\"",
    "[1, \"a\", {}]",
    "{ a = 1 }",
    "\"\\u{1F600}\"",
    "\"\\u{110000}\"",
    "\"\\u{\"",
    "\"\\q\"",
];
const ODDITIES: &[&str] = &[
    "\0",
    "\u{FEFF}",
    "\r",
    "\r\n",
    "\t",
    "\u{2028}",
    "é",
    "日本",
    "👩‍🚀",
    "e\u{301}",
    "\u{202E}",
    "\u{7f}",
    "\u{10FFFF}",
];

// ------------------------------------------------------------------------------------------------ hostile texts

#[test]
fn nesting_beyond_the_bound_is_one_error() {
    for opening in ["{", "a {\n", "a = [", "[", "a {\nb = [{\n", "x = { y = [ "] {
        let text = opening.repeat(MAX_NESTING + 10);
        let found = codes(&hold(&text));
        assert_eq!(found.iter().filter(|id| **id == code::NESTING_TOO_DEEP.id).count(), 1, "{opening:?}: {found:?}");
    }
}

#[test]
fn nesting_up_to_the_bound_is_none() {
    let text = format!("x = {}{}", "[".repeat(MAX_NESTING), "]".repeat(MAX_NESTING));
    assert!(!codes(&hold(&text)).contains(&code::NESTING_TOO_DEEP.id));
    let brackets_in_text =
        format!("x = '{0}' # {0}\ny = \"${{ \"{0}\" }}\"\nz = \"\"\"\n{0}\n\"\"\"\n", "{[".repeat(MAX_NESTING));
    assert!(!codes(&hold(&brackets_in_text)).contains(&code::NESTING_TOO_DEEP.id));
}

/// The guard of nesting reads the text by itself, so it must agree with the grammar on where strings and comments end: here
/// each repetition opens one bracket more than it closes, behind something that one of the two could misread.
#[test]
fn no_text_hides_its_brackets_from_the_guard() {
    const DISGUISES: &[&str] = &[
        "{]",
        "{],",
        "a {\n]\n",
        "a = [{]",
        "a = [{],",
        "a {\nb = [\n} {",
        "[}{",
        "a = [ { ] ",
        "x {\n] ] ]\n",
        "{[}{",
        "{[]]",
        "a { '\n",
        "a { \"\n",
        "a { \"\\\n",
        "a { 'b\\' \n",
        "a { \"b\\\\\" ",
        "a { \"\\\"\" ",
        "{ \"${\n",
        "{ \"${ \" \n",
        "{ \"${ \"}\" \n",
        "{ \"${ '}' }\" ",
        "{ \"$\" ",
        "{ \"$${\"}\"}\" ",
        "{ \"\" ",
        "{ '' ",
        "{ '''{''' ",
        "{ \"\"\"\\\"\"\"\"\"\" ",
        "{ \"\"\"\\\\\"\"\" ",
        "{ \"\"\"${\"}\"\"\" ",
        "{ '''\\''' ",
        "{ \"\\'\" ",
        "# }\n{",
        "## ' \n{",
        "#\"\n{",
        "'#' {",
        "\"#\" {",
        "a { # '\n",
        "$'}' {",
        "$ \"}\" {",
        "a = $'}' {",
        "a = [$'}' {",
        "a = [$ '}' { ",
        "task '}' {\n",
        "task x '}' {\n",
        "override '}' as '}' {\n",
        "a '}' {\n",
        "\"}\" '}' {\n",
        "a = 1..'}' {\n",
        "a = [1..'}' {\n",
        "a: '}' {\n",
        "a += '}' {\n",
        "é'}'{",
        "\u{FEFF}{",
        "\0{",
        "{\r",
        "{\r\n",
        "a {\r\n]\r\n",
        "-'}'{",
        "1'}'{",
        "a.'}'{",
        "environment e { task t {",
        "task t { task t { ",
        "a {\ntask x.y {\n",
        "{\ntemplate t {\n",
        "[\ntemplate t [\n",
        "a { b c { d = { e = [ { ",
        "a = (",
        "a = f(",
        "a = f(b = ",
        "a = [(]",
        "a = ([)",
        "a = f([)",
        "a = x[",
        "a = x[(",
        "a = !(",
        "a = if (",
        "a = if x then (",
        "a = \"${(",
        "a = \"${\"(\"",
        "a = ('(' ",
        "a = (# (\n",
        "if x {\n",
        "if (x {\n",
        "} else if x {\n if x {\n",
        "for x in [ {\n",
        "for x in y {\n",
        "template t(a: list(",
        "template t(a: int = (",
        "template t extends b(c = (",
        "param p: list(list(",
        "let l = [(",
    ];
    for disguise in DISGUISES {
        hold(&disguise.repeat(HOSTILE_BYTES / disguise.len()));
        hold(&format!("{HEAD}{}", disguise.repeat(HOSTILE_BYTES / disguise.len())));
        hold(&format!("x = [{}", disguise.repeat(HOSTILE_BYTES / disguise.len())));
    }
}

#[test]
fn long_texts_of_one_kind_are_survived() {
    for part in [
        "\"", "'", "\"\"\"", "'''", "#", "\\", "$", ",", "}", "]", "=", "@", "a", "9", "x = ", "x = \n", "}\n",
        "task a\n", "\"${", "x = \"${", "\"\\", "a ", "a.", "-", "\0", "é", "\r", "\"}\\", "\"]\\", "'}", "a = (, ",
        "a = [(, ", "${\"}\"}",
    ] {
        hold(&part.repeat(HOSTILE_BYTES / part.len()));
    }
}

#[test]
fn ten_thousand_errors_are_told_and_that_there_are_more() {
    let told = |count: usize| {
        let mut text = String::new();
        // Writing to a string cannot fail.
        (0..count).for_each(|n| _ = writeln!(text, "let a{n} = \"\\q\""));
        let program = Program::compile(vec![("a.flyteenv".to_owned(), text)], &[]);
        let found = codes(&program.compilation.diagnostics).into_iter().filter(|id| id.starts_with('E'));
        found.collect::<Vec<_>>()
    };
    let (all, more) = (told(MOST_ERRORS), told(2 * MOST_ERRORS));
    assert_eq!((all.len(), all.contains(&code::TOO_MANY_ERRORS.id)), (MOST_ERRORS, false));
    let last = more.iter().filter(|id| **id == code::TOO_MANY_ERRORS.id).count();
    assert_eq!((more.len(), last), (MOST_ERRORS + 1, 1));
}

#[test]
fn a_hundred_faults_of_a_line_are_told() {
    let found = hold(&format!("let x = [{}]\n", "\"\\q\", ".repeat(300)));
    let escapes = found.iter().filter(|diagnostic| diagnostic.code == code::BAD_ESCAPE);
    let notes = escapes.clone().flat_map(|diagnostic| &diagnostic.notes).filter(|note| note.contains("more faults"));
    assert_eq!((escapes.count(), notes.count()), (100, 1));
}

#[test]
fn a_line_with_many_strings_that_do_not_end_is_read_up_to_them() {
    let found = hold(&"\"}\\".repeat(1_000));
    assert!(codes(&found).contains(&code::LINE_TOO_BROKEN.id), "{:?}", codes(&found));
}

#[test]
fn long_programs_of_one_kind_are_survived() {
    let lines = |line: &dyn Fn(usize) -> String| (0..300).map(line).collect::<String>();
    let inside = |line: &dyn Fn(usize) -> String| format!("{HEAD}{}}}\n", lines(line));
    let containers = |line: &dyn Fn(usize) -> String| inside_pod(&lines(line));
    let texts = [
        containers(&|n| format!("containers c{n} {{ image = \"i\" }}\n")),
        containers(&|_| "containers c { image = \"i\" }\n".to_owned()),
        containers(&|n| format!("containers c{n} {{ image = \"i\" }}\ncontainers c{} = null\n", n / 2)),
        containers(&|n| format!("containers += [{{ name = \"a{n}\" }}]\ncontainers b{n} {{ image = \"i\" }}\n")),
        inside(&|_| "image = \"i\"\n".to_owned()),
        inside(&|_| "task t { command = [\"x\"] }\n".to_owned()),
        inside(&|_| "override f as v { retries = 1 }\n".to_owned()),
        inside(&|n| format!("override f@v{n} as v{} {{ env_vars {{ A{n} = \"x\" }} }}\n", n + 1))
            + "override e.f as v0 {}\n",
        inside(&|n| format!("override v{} as v{n} {{ retries = 1 }}\n", n + 1)),
        inside(&|n| format!("override f@v{n} as v{} {{ retries = 1 }}\n", (n + 1) % 300)),
        inside(&|n| format!("override f@missing{n} as v{n} {{ retries = 1 }}\n")),
        lines(&|n| format!("environment e{n} {{ depends_on = [e{}] }}\n", (n + 1) % 300)),
        lines(&|n| format!("environment e{n} {{ depends_on = [e{}] }}\n", n + 1)),
        lines(&|n| format!("environment e{n} {{ depends_on = [misspelt{n}], pod_template = misspelt{n} }}\n")),
        lines(&|_| "environment e { image = \"i\" }\n".to_owned()),
        lines(&|n| format!("environment e{n} {{\n")),
    ];
    for text in &texts {
        hold(text);
    }
}

fn inside_pod(lines: &str) -> String {
    format!("{HEAD}pod_template {{ pod_spec {{\ncontainers primary {{}}\n{lines}}} }}\n}}\n")
}

/// Texts that once crashed the compiler or kept it busy without end.
#[test]
fn former_crashes_stay_mended() {
    for path in files_below(&root().join("tests/crashes"), "flyteenv") {
        hold(&fs::read_to_string(&path).expect("a former crash is a text"));
    }
}

/// How many templates, environments and constants a tangle has of each.
const TANGLED: usize = 6;

/// Templates, environments and constants, each of which builds on those that stand in its place in `bases`.
fn tangle(bases: &[Vec<usize>]) -> String {
    let names = |prefix: &str, bases: &[usize]| {
        bases.iter().map(|base| format!("{prefix}{base}")).collect::<Vec<_>>().join(", ")
    };
    let mut text = String::new();
    for (at, bases) in bases.iter().enumerate() {
        let extends = if bases.is_empty() { String::new() } else { format!(" extends {}", names("t", bases)) };
        let extended = bases.first().map_or_else(String::new, |base| format!(" extends e{base}"));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "template t{at}{extends} {{\n  labels {{ l{at} = \"x\" }}\n}}\nlet c{at} = [{}]\n\
             environment e{at}{extended} {{\n  image = \"i\"\n  pod_template = t{at}\n  depends_on = [{}]\n  \
             task k {{ command = [\"x\"] }}\n}}\n",
            names("c", bases),
            names("e", bases),
        );
    }
    text
}

// ------------------------------------------------------------------------------------------- mutilated programs

#[test]
fn programs_may_end_anywhere() {
    for (_, text) in corpus() {
        for at in (0..text.len()).step_by(stride(19)).filter(|at| text.is_char_boundary(*at)) {
            hold(&text[..at]);
        }
    }
}

#[test]
fn any_byte_of_a_program_may_be_another() {
    const HOSTILE: &[u8] = b"{}[]\"'#\n,=$\\.-@ 9a\0";
    for (_, text) in corpus() {
        for at in
            (0..text.len()).step_by(stride(29)).filter(|at| text.is_char_boundary(*at) && text.is_char_boundary(at + 1))
        {
            // Every byte is tried somewhere in each program.
            let byte = HOSTILE[at % HOSTILE.len()];
            hold(&format!("{}{}{}", &text[..at], char::from(byte), &text[at + 1..]));
        }
    }
}

#[test]
fn any_line_of_a_program_may_be_dropped_doubled_or_moved() {
    for (_, text) in corpus() {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for at in (0..lines.len()).step_by(stride(5)) {
            let (before, line, after) = (lines[..at].concat(), lines[at], lines[at + 1..].concat());
            hold(&format!("{before}{after}"));
            hold(&format!("{before}{line}{line}{after}"));
            let mut swapped = lines.clone();
            swapped.swap(at, (at * 7 + 3) % lines.len());
            hold(&swapped.concat());
        }
    }
}

#[test]
fn the_order_in_which_programs_are_named_does_not_matter() {
    order_does_not_matter(corpus()).unwrap_or_else(|fault| panic!("{fault}"));
    let broken = corpus().into_iter().map(|(name, text)| (name, text.replacen('{', "", 1)));
    order_does_not_matter(broken.collect()).unwrap_or_else(|fault| panic!("{fault}"));
}

/// The programs that are mutilated: all examples, and some of the other tests' programs.
fn corpus() -> Vec<(String, String)> {
    let mut paths = files_below(&root().join("examples/guide"), "flyteenv");
    for (folder, every) in [("tests/sdk/fixtures", 41), ("tests/cases", 17)] {
        let folder = root().join(folder);
        if folder.exists() {
            paths.extend(files_below(&folder, "flyteenv").into_iter().step_by(stride(every)));
        }
    }
    // One of the cases is about bytes that are no text.
    let text = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).expect("it can be read")).into_owned();
    let read = |path: &PathBuf| (path.display().to_string(), text(path));
    paths.iter().map(read).collect()
}

fn stride(everyday: usize) -> usize {
    if thorough() { 1 } else { everyday }
}

fn thorough() -> bool {
    std::env::var_os("THOROUGH").is_some()
}

// --------------------------------------------------------------------------------------------- what always holds

/// Fails where a text is not held to what always holds; gives what was reported.
fn hold(text: &str) -> Vec<Diagnostic> {
    examine(text).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Parses, compiles, emits and reports a text on a small stack, and tells what does not hold.
fn examine(text: &str) -> Result<Vec<Diagnostic>, String> {
    let owned = text.to_owned();
    let outcome = on_small_stack(text, move || {
        check_tree(&owned)?;
        let compile = || Program::compile(vec![("a.flyteenv".to_owned(), owned.clone())], &[]);
        let (first, second) = (compile(), compile());
        check_program(&first)?;
        ensure(first.messages() == second.messages(), "compiling twice gives other messages")?;
        ensure(written(&first) == written(&second), "compiling twice gives other bytes")?;
        Ok(first.compilation.diagnostics)
    });
    outcome.map_err(|fault| format!("{fault}\nin: {text:.1000?}"))
}

/// Runs on a thread whose name shows the text: it is all that is printed when its stack overflows.
fn on_small_stack<T: Send + 'static>(
    text: &str,
    run: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let name: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    let thread = std::thread::Builder::new().name(name).stack_size(STACK).spawn(run);
    thread.expect("there are threads").join().unwrap_or_else(|_| Err("the compiler panicked".to_owned()))
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}
