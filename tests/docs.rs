//! What the documentation shows is so: every block of code in the language compiles without errors.
//!
//! Blocks are fenced with three backticks and `flyteenv`, in `README.md` and `docs/*.md`. Each is a program of its own.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};
use support::{Program, files_below, root};

/// A block of code.
struct Block {
    /// Its file and line: `docs/language.md:12`.
    name: String,
    code: String,
}

fn main() {
    let blocks: Vec<Block> = pages().iter().flat_map(|page| blocks(page)).collect();
    assert!(!blocks.is_empty(), "the documentation shows no program");
    let trials = blocks.into_iter().map(|Block { name, code }| {
        Trial::test(name.clone(), move || Ok(Program::compile(vec![(name, code)], &[]).expect_success()?))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn pages() -> Vec<PathBuf> {
    let mut pages = files_below(&root().join("docs"), "md");
    pages.push(root().join("README.md"));
    pages
}

/// The blocks of a page, each with as many empty lines in front as make its lines those of the page.
fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let shown = page.strip_prefix(root()).unwrap_or(page).display();
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(indent) = line.strip_suffix("```flyteenv") else { continue };
        let body = lines.by_ref().map(|(_, line)| line.strip_prefix(indent).unwrap_or(line));
        let body: Vec<&str> = body.take_while(|line| *line != "```").collect();
        blocks.push(Block { name: format!("{shown}:{}", at + 1), code: "\n".repeat(at + 1) + &body.join("\n") + "\n" });
    }
    blocks
}
