//! What holds for every text, however hostile: nothing panics, nothing recurses without bound, every place is a place in the
//! text, and the same input gives the same output.
//!
//! In: texts made of the language's tokens, and the project's own programs, mutilated. Out: an error that shows the text.
//! Always: the same texts in every run but for those that proptest makes; all of it on threads with [`STACK`] bytes of
//! stack, and where one overflows, the name of the thread tells which text did it. `THOROUGH=1` in the environment takes
//! every step where a run for every day takes some. Not here: how long anything takes (`benches` has that).

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use flytec::diagnostics::render::{Format, Screen, render};
use flytec::diagnostics::{Diagnostic, Diagnostics, code};
use flytec::emit::{self, Emitter};
use flytec::source::{SourceMap, Span};
use flytec::syntax::ast::{
    self, Base, Body, Comment, Entry, Expression, File, Item, Loop, Operation, Param, Parameters, Part, Statement,
    StatementKind, Step, TaskName, TypeExpression, TypeTerm, Value,
};
use flytec::syntax::{self, MAX_NESTING};
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

fn ensure(holds: bool, fault: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault.into()) }
}

fn check_program(program: &Program) -> Result<(), String> {
    let compilation = &program.compilation;
    if compilation.has_errors() {
        ensure(compilation.workloads.is_empty(), "there are pods beside errors")?;
    } else {
        let mut faults = Diagnostics::default();
        let declared: Option<usize> =
            program.sources().iter().map(|(id, source)| pods(&syntax::parse(id, source, &mut faults).statements)).sum();
        ensure(!faults.has_errors(), "what the parser refuses is accepted")?;
        let counted = declared.is_none_or(|declared| compilation.workloads.len() == declared);
        ensure(counted, "a task is lost, and nothing is said about it")?;
    }
    for diagnostic in &compilation.diagnostics {
        let message = &diagnostic.message;
        ensure(diagnostic.code != code::INTERNAL, message)?;
        ensure(!message.is_empty() && !message.contains(char::is_control), format!("no line of text: {message:?}"))?;
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in diagnostic.labels.iter().map(|label| label.span).chain(edits) {
            let text = &program.sources().get(span.file).text;
            ensure(text.get(span.range()).is_some(), format!("{message}: {span:?} is no place in the text"))?;
        }
    }
    let narrow = Screen { colour: true, width: Some(40), ascii: true };
    let human =
        [Screen::default(), Screen { colour: true, ..Screen::default() }, narrow].map(|screen| (Format::Human, screen));
    let others = [Format::Short, Format::Json, Format::Sarif, Format::Github].map(|format| (format, Screen::default()));
    for (format, screen) in human.into_iter().chain(others) {
        let text = render(&compilation.diagnostics, program.sources(), format, screen);
        let document = format == Format::Sarif;
        ensure(
            document || text.is_empty() == compilation.diagnostics.is_empty(),
            "there are no words for a diagnostic",
        )?;
        let lines = !matches!(format, Format::Human | Format::Sarif);
        let one_line_each = !lines || text.lines().count() == compilation.diagnostics.len();
        ensure(one_line_each, "a diagnostic is not one line")?;
    }
    Ok(())
}

/// How many pods statements declare: one for each task and each variant. An `if` or `for` leaves that open.
fn pods(statements: &[Statement]) -> Option<usize> {
    let pods = statements.iter().map(|statement| match &statement.kind {
        StatementKind::Task(_) => Some(1),
        StatementKind::Override(over) => Some(usize::from(over.variant.is_some())),
        StatementKind::Environment(environment) => pods(&environment.body.statements),
        StatementKind::If(_) | StatementKind::For(_) => None,
        _ => Some(0),
    });
    pods.sum()
}

/// The bytes of every pod in every format.
fn written(program: &Program) -> Vec<u8> {
    let mut bytes = Vec::new();
    for kind in [emit::Kind::Pod, emit::Kind::K8s] {
        for format in [emit::Format::Json, emit::Format::Yaml, emit::Format::Proto] {
            let mut emitter = Emitter::for_files(kind, format);
            program.compilation.workloads.iter().for_each(|workload| emitter.write(workload, &mut bytes));
        }
    }
    bytes
}

fn order_does_not_matter(files: Vec<(String, String)>) -> Result<(), String> {
    let outcome = |files: Vec<(String, String)>| {
        let program = Program::compile(files, &[]);
        check_program(&program).map(|()| (program.messages(), written(&program)))
    };
    let expected = outcome(files.clone())?;
    let mut rotated = files.clone();
    rotated.rotate_left(files.len() / 2);
    for other in [rotated, files.into_iter().rev().collect()] {
        ensure(outcome(other)? == expected, format!("the order of files shows:\n{}", expected.0))?;
    }
    Ok(())
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}

// ------------------------------------------------------------------------------------------------------ the tree

/// Holds the tree of a text to this: every node is a place in the text, children stand inside their parents and after their
/// elder siblings. White space at the end of a node does not count: where something is missing, it may stand before or behind.
fn check_tree(text: &str) -> Result<(), String> {
    let sources = SourceMap::new(vec![("a.flyteenv".to_owned(), text.to_owned())]);
    for (id, source) in sources.iter() {
        let mut diagnostics = Diagnostics::default();
        let file = syntax::parse(id, source, &mut diagnostics);
        let mended = [code::NESTING_TOO_DEEP, code::STRAY_CLOSE].iter().any(|code| diagnostics.contains(*code, id));
        let mut tree = Tree { text, mended, faults: String::new() };
        tree.file(&file);
        ensure(tree.faults.is_empty(), format!("{:.400}", tree.faults))?;
        let unread =
            diagnostics.finish(&sources).iter().any(|diagnostic| diagnostic.message == "this file cannot be read");
        ensure(!unread, "the grammar does not match every text")?;
    }
    Ok(())
}

struct Tree<'t> {
    text: &'t str,
    /// Whether the tree is that of another text: one with blanks for what is nested too deep, or without a brace that closes
    /// an environment too early. Then only places are checked.
    mended: bool,
    faults: String,
}

impl Tree<'_> {
    fn file(&mut self, file: &File) {
        self.statements(&file.statements, &file.trailing, 0..self.text.len());
    }

    /// One node, which must stand in `around`. Gives its own range.
    fn node(&mut self, what: &str, span: Span, around: &Range<usize>) -> Range<usize> {
        let range = span.range();
        let Some(own) = self.text.get(range.clone()) else {
            let _ = writeln!(self.faults, "{what} at {range:?} is no place in the text");
            return range;
        };
        let behind = self.text.get(around.end..).unwrap_or_default();
        let end = around.end + behind.len() - behind.trim_start().len();
        if !self.mended && (range.start < around.start || range.end > end) {
            let _ = writeln!(self.faults, "{what} at {range:?} stands outside of {around:?}: {own:.80?}");
        }
        range
    }

    fn statements(&mut self, statements: &[Statement], trailing: &[Comment], around: Range<usize>) {
        let mut rest = around.clone();
        for statement in statements {
            // Those in the middle of a statement stand before those above it.
            let start = statement.kind.span().start;
            let (inside, above): (Vec<&Comment>, Vec<&Comment>) =
                statement.leading.iter().partition(|comment| comment.span.start >= start);
            for comment in above {
                rest.start = self.node("a comment", comment.span, &rest).end;
            }
            let range = self.statement(&statement.kind, &rest);
            for comment in inside {
                self.node("a comment in a statement", comment.span, &range);
            }
            rest.start = range.end;
            if let Some(comment) = &statement.trailing {
                rest.start = self.node("a trailing comment", comment.span, &rest).end;
            }
        }
        for comment in trailing {
            rest.start = self.node("a last comment", comment.span, &rest).end;
        }
    }

    fn statement(&mut self, statement: &StatementKind, around: &Range<usize>) -> Range<usize> {
        match statement {
            StatementKind::Template(template) => {
                let range = self.node("a template", template.span, around);
                if let Some(parameters) = &template.parameters {
                    self.parameters(parameters, &range);
                }
                self.bases(&template.bases, &range);
                self.named(&template.name, &template.body, range)
            }
            StatementKind::Environment(environment) => {
                let range = self.node("an environment", environment.span, around);
                self.bases(&environment.bases, &range);
                self.named(&environment.name, &environment.body, range)
            }
            StatementKind::Task(task) => {
                let range = self.node("a task", task.span, around);
                self.task_name(&task.name, &range);
                self.body(&task.body, &range);
                range
            }
            StatementKind::Override(over) => {
                let range = self.node("an override", over.span, around);
                self.task_name(&over.target, &range);
                if let Some(name) = &over.variant {
                    self.name("a variant", name, &range);
                }
                self.body(&over.body, &range);
                range
            }
            StatementKind::Entry(entry) => self.entry(entry, around),
            StatementKind::Import(import) => {
                let range = self.node("an import", import.span, around);
                let mut rest = range.clone();
                rest.start = self.name("a path", &import.path, &rest).end;
                if let Some(alias) = &import.alias {
                    self.name("the name of an import", alias, &rest);
                }
                range
            }
            StatementKind::Param(param) => self.param(param, around),
            StatementKind::Let(constant) => {
                let range = self.node("a constant", constant.span, around);
                let mut rest = range.clone();
                rest.start = self.name("a constant's name", &constant.name, &rest).end;
                self.expression(&constant.value, &rest);
                range
            }
            StatementKind::If(branches) => {
                let range = self.node("an if", branches.span, around);
                let mut rest = range.clone();
                for (condition, body) in &branches.branches {
                    self.expression(condition, &rest);
                    rest.start = condition.span.range().end;
                    self.body(body, &rest);
                    rest.start = body.span.range().end;
                }
                if let Some(body) = &branches.otherwise {
                    self.body(body, &rest);
                }
                range
            }
            StatementKind::For(each) => {
                let range = self.node("a loop", each.span, around);
                let mut rest = range.clone();
                rest.start = self.loop_head(&each.head, &rest).end;
                self.body(&each.body, &rest);
                range
            }
            StatementKind::Skipped(span) => self.node("skipped text", *span, around),
        }
    }

    fn param(&mut self, param: &Param, around: &Range<usize>) -> Range<usize> {
        let range = self.node("a parameter", param.span, around);
        let mut rest = range.clone();
        rest.start = self.name("a parameter's name", &param.name, &rest).end;
        rest.start = self.type_expression(&param.ty, &rest).end;
        if let Some(default) = &param.default {
            self.expression(default, &rest);
        }
        range
    }

    fn type_expression(&mut self, ty: &TypeExpression, around: &Range<usize>) -> Range<usize> {
        let range = self.node("a type", ty.span, around);
        for term in &ty.alternatives {
            match term {
                TypeTerm::Named(name, of) => {
                    self.name("the name of a type", name, &range);
                    if let Some(of) = of {
                        self.type_expression(of, &range);
                    }
                }
                TypeTerm::Literal(literal) => self.expression(literal, &range),
            }
        }
        range
    }

    fn loop_head(&mut self, head: &Loop, around: &Range<usize>) -> Range<usize> {
        let range = self.node("the head of a loop", head.span, around);
        let mut rest = range.clone();
        for name in &head.names {
            rest.start = self.name("the name of a loop", name, &rest).end;
        }
        self.expression(&head.over, &rest);
        range
    }

    fn name(&mut self, what: &str, name: &ast::Name, around: &Range<usize>) -> Range<usize> {
        let range = self.node(what, name.span, around);
        if let Some(parts) = &name.parts {
            self.parts(parts, &range);
        }
        range
    }

    fn parts(&mut self, parts: &[Part], around: &Range<usize>) {
        let mut rest = around.clone();
        for part in parts {
            if let Part::Expression(expression) = part {
                self.expression(expression, &rest);
                rest.start = expression.span.range().end;
            }
        }
    }

    fn bases(&mut self, bases: &[Base], around: &Range<usize>) {
        for base in bases {
            let range = self.node("a base", base.span, around);
            base.path.iter().for_each(|name| _ = self.name("a base's name", name, &range));
            if let Some(arguments) = &base.arguments {
                self.arguments(arguments, &range);
            }
        }
    }

    fn arguments(&mut self, arguments: &ast::Arguments, around: &Range<usize>) {
        let range = self.node("arguments", arguments.span, around);
        let mut rest = range.clone();
        for argument in &arguments.items {
            for comment in &argument.leading {
                rest.start = self.node("a comment", comment.span, &rest).end;
            }
            if let Some(name) = &argument.name {
                rest.start = self.name("an argument's name", name, &rest).end;
            }
            self.expression(&argument.value, &rest);
            rest.start = argument.value.span.range().end;
            if let Some(comment) = &argument.trailing {
                rest.start = self.node("a trailing comment", comment.span, &rest).end;
            }
        }
        for comment in &arguments.trailing {
            rest.start = self.node("a last comment", comment.span, &rest).end;
        }
    }

    fn parameters(&mut self, parameters: &Parameters, around: &Range<usize>) {
        let range = self.node("parameters", parameters.span, around);
        let mut rest = range.clone();
        for item in &parameters.items {
            for comment in &item.leading {
                rest.start = self.node("a comment", comment.span, &rest).end;
            }
            rest.start = self.param(&item.param, &rest).end;
            if let Some(comment) = &item.trailing {
                rest.start = self.node("a trailing comment", comment.span, &rest).end;
            }
        }
        for comment in &parameters.trailing {
            rest.start = self.node("a last comment", comment.span, &rest).end;
        }
    }

    fn named(&mut self, name: &ast::Name, body: &Body, range: Range<usize>) -> Range<usize> {
        self.name("a name", name, &range);
        self.body(body, &range);
        range
    }

    fn task_name(&mut self, name: &TaskName, around: &Range<usize>) {
        let range = self.node("a task's name", name.span, around);
        for part in name.import.iter().chain(&name.environment).chain([&name.task]).chain(&name.variant) {
            self.name("a part of a task's name", part, &range);
        }
    }

    fn body(&mut self, body: &Body, around: &Range<usize>) {
        let range = self.node("a body", body.span, around);
        self.statements(&body.statements, &body.trailing, range);
    }

    fn entry(&mut self, entry: &Entry, around: &Range<usize>) -> Range<usize> {
        let range = self.node("an entry", entry.span, around);
        let mut rest = range.clone();
        rest.start = self.name("a key", &entry.key, &rest).end;
        if let Some(label) = &entry.label {
            rest.start = self.name("a label", &label.name, &rest).end;
        }
        match &entry.operation {
            Operation::Set(value) | Operation::Append(value) => self.expression(value, &rest),
            Operation::Merge(body) => self.body(body, &rest),
            Operation::Missing => {}
        }
        range
    }

    fn expression(&mut self, expression: &Expression, around: &Range<usize>) {
        let range = self.node("a value", expression.span, around);
        match &expression.value {
            Value::Object(body) => self.body(body, &range),
            Value::Reference(names) => {
                for name in names {
                    self.name("a name", name, &range);
                }
            }
            Value::Range(first, last) => {
                self.expression(first, &range);
                self.expression(last, &range);
            }
            Value::List(list) => {
                let mut rest = range;
                for item in &list.items {
                    rest.start = self.item(item, &rest).end;
                }
                for comment in &list.trailing {
                    rest.start = self.node("a last comment in a list", comment.span, &rest).end;
                }
            }
            Value::Comprehension(comprehension) => {
                let mut rest = range;
                rest.start = self.item(&comprehension.element, &rest).end;
                rest.start = self.loop_head(&comprehension.head, &rest).end;
                if let Some(condition) = &comprehension.condition {
                    self.expression(condition, &rest);
                }
            }
            Value::Text(parts) => self.parts(parts, &range),
            Value::Access(access) => {
                self.expression(&access.base, &range);
                for step in &access.steps {
                    match step {
                        Step::Field(name) => _ = self.name("a field", name, &range),
                        Step::Index(index) => self.expression(index, &range),
                    }
                }
            }
            Value::Call(call) => {
                call.path.iter().for_each(|name| _ = self.name("the name of a function", name, &range));
                self.arguments(&call.arguments, &range);
            }
            Value::If(branches) => {
                let mut rest = range;
                for (condition, value) in &branches.branches {
                    self.expression(condition, &rest);
                    rest.start = condition.span.range().end;
                    self.expression(value, &rest);
                    rest.start = value.span.range().end;
                }
                self.expression(&branches.otherwise, &rest);
            }
            Value::Not(inner) => self.expression(inner, &range),
            Value::Comparison(comparison) => {
                self.expression(&comparison.left, &range);
                self.node("an operator", comparison.place, &range);
                self.expression(&comparison.right, &range);
            }
            Value::Logic(_, operands) => operands.iter().for_each(|operand| self.expression(operand, &range)),
            Value::Group(group) => {
                let mut rest = range;
                for comment in &group.leading {
                    rest.start = self.node("a comment", comment.span, &rest).end;
                }
                self.expression(&group.value, &rest);
                rest.start = group.value.span.range().end;
                for comment in &group.trailing {
                    rest.start = self.node("a last comment", comment.span, &rest).end;
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Unit(_)
            | Value::String(_)
            | Value::Missing => {}
        }
    }

    fn item(&mut self, item: &Item, around: &Range<usize>) -> Range<usize> {
        let mut rest = around.clone();
        for comment in &item.leading {
            rest.start = self.node("a comment in a list", comment.span, &rest).end;
        }
        self.expression(&item.value, &rest);
        rest.start = item.value.span.range().end;
        if let Some(comment) = &item.trailing {
            rest.start = self.node("a trailing comment in a list", comment.span, &rest).end;
        }
        rest.start..rest.start
    }
}
