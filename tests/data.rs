//! Large data files, made to be hostile.
//!
//! In: texts that repeat something up to a megabyte. Out: an error that shows the beginning of the text.
//! Always: the same texts in every run, each on a thread with little stack; where one overflows, the name of the test tells
//! the format. Not here: what data files mean, and small texts; the tests beside the code have those.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

use std::time::{Duration, Instant};

use flytec::data::{self, Format};
use flytec::source::SourceMap;

const MEGABYTE: usize = 1_000_000;

/// A megabyte of the same.
fn repeat(part: &str) -> String {
    part.repeat(MEGABYTE / part.len())
}

/// About a megabyte of parts that differ.
fn numbered(part: fn(usize) -> String) -> String {
    (0..MEGABYTE / 10).map(part).collect()
}

/// Keys, each indented by one more than the one before it.
fn steps(count: usize) -> String {
    (0..count).map(|at| " ".repeat(at) + "a:\n").collect()
}

/// Reads texts on a stack that recursion without a bound would overflow, and in a time that anything quadratic would
/// exceed by hours; this leaves room for a busy machine and for code that is not optimised.
fn survives(format: Format, texts: Vec<String>) {
    let run = move || {
        let file = SourceMap::new(vec![(String::new(), String::new())]).ids().next().expect("it has one file");
        for text in texts {
            let start = Instant::now();
            drop(data::read(format, file, &text));
            let head: String = text.chars().take(40).collect();
            assert!(start.elapsed() < Duration::from_secs(60), "{head:?}: {:?}", start.elapsed());
        }
    };
    std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(run)
        .expect("a thread starts")
        .join()
        .expect("nothing panics");
}

#[test]
fn hostile_yaml_is_read_in_linear_time_on_a_small_stack() {
    let doubling = |text: String, at: usize| format!("{text}a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1);
    survives(
        Format::Yaml,
        vec![
            repeat("["),
            repeat("{"),
            repeat("- "),
            repeat("? "),
            steps(1400),
            repeat("a "),
            format!("{}: x", repeat("a")),
            format!("[{}1]", repeat("1,")),
            format!("{{{}}}", numbered(|at| format!("k{at}: 1,"))),
            format!("\"{}", repeat("a ")),
            format!("|\n{}", repeat("  x\n\n")),
            repeat("- |\n  x\n"),
            format!("a:{}", repeat(" # c\n")),
            numbered(|at| format!("k{at}:\n")),
            repeat("a: 1\n"),
            format!("- &a [x]\n{}", repeat("- *a\n")),
            format!("- &a {{x: 1}}\n- {{{}}}", repeat("<<: *a, ")),
            (1..60).fold("a0: &a0 [x, x]\n".to_owned(), doubling),
            repeat("é: é\n"),
            repeat("---\n"),
        ],
    );
}

#[test]
fn hostile_json_is_read_in_linear_time_on_a_small_stack() {
    survives(
        Format::Json,
        vec![
            repeat("["),
            repeat("{\"a\":"),
            format!("[{}1]", repeat("1,")),
            format!("{{{}\"z\":1}}", numbered(|at| format!("\"{at}\":1,"))),
            format!("{{{}\"z\":1}}", repeat("\"a\":1,")),
            format!("\"{}", repeat("\\n")),
            format!("[{}]", repeat("1")),
        ],
    );
}

#[test]
fn hostile_toml_is_read_in_linear_time_on_a_small_stack() {
    survives(
        Format::Toml,
        vec![
            format!("a = {}", repeat("[")),
            format!("a = {}", repeat("{a=")),
            format!("{}a = 1", repeat("a.")),
            format!("[{}a]", repeat("a.")),
            format!("a = [{}1]", repeat("1,")),
            numbered(|at| format!("[k{at}]\n")),
            repeat("[a]\n"),
            repeat("[[a]]\n"),
            repeat("a = 1\n"),
            repeat("="),
            repeat("\r"),
            format!("a = \"{}\"", repeat("\\q")),
        ],
    );
}
