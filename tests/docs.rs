//! What the documentation shows is so: `README.md` and `docs/*.md`.
//!
//! A block fenced as `flyteenv` is a program of its own, and compiles without errors and warnings.
//!
//! - A line `# file: NAME` in it begins a file of that name, which need not be a source. The first file is the one that is built.
//! - Behind `flyteenv` stand arguments of the command: `--set NAME=VALUE`, `--params FILE`, `--cluster FILE`,
//!   `--kubernetes-version VERSION`, `--feature-gates NAME=BOOL,…`, and files to build in place of the first.
//! - It is as `flytec fmt` writes it, unless its text has faults; `unformatted` behind it says that it shows another style on purpose.
//! - `error=CODE` and `warning=CODE` behind it say that exactly these diagnostics come, in this order.
//!
//! What the next blocks show, up to the next program of the page, comes of that program:
//!
//! - `yaml` is the pod that its first line names, `# environment.task`. Fields may be left out, but a map of any names is whole,
//!   and so is a list, in which an element `…` stands for any number of elements.
//! - `yaml preview` is what `flytec preview` writes of the task that its first line names; a line `# …` stands for any lines.
//! - `text` with a message, and `json` with a diagnostic, is what the command says.
//!
//! - `console` is a session in a folder with the files of that program: commands behind `$`, and what they write to both streams; a line
//!   `…` stands for any lines. The next block goes on in the same folder.
//!
//! A program with a file `flytec.toml` is a project, which the command checks; then only files that are named behind `flyteenv` are
//! given to it. A block `toml` is a project's file, in which nothing is wrong.
//!
//! In a table headed `written` and `is`, the expressions of the first column are equal to those of the second, or fail with the
//! code there. Links lead to pages and headings that there are; every function, warning and setting is described.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

#[path = "docs/example.rs"]
mod example;
#[path = "docs/explanation.rs"]
mod explanation;
#[path = "docs/page.rs"]
mod page;
#[path = "docs/session.rs"]
mod session;

use std::path::PathBuf;

use flytec::diagnostics::code;
use flytec::expression::functions;
use flytec::project;
use flytec::source::SourceMap;
use libtest_mimic::{Arguments, Failed, Trial};
use support::{files_below, root};

use self::page::Page;

type Check = fn(&[Page]) -> Result<(), String>;

/// What holds for all pages together.
const CHECKS: &[(&str, Check)] = &[
    ("every_link_leads_somewhere", links),
    ("everything_shown_comes_of_a_program", shown),
    ("every_program_is_in_the_style", style),
    ("every_function_and_warning_is_described", described),
    ("every_setting_of_a_project_is_described", settings),
    ("every_file_of_a_project_is_right", projects),
    ("every_code_is_explained", explained),
];

fn main() {
    let pages: Vec<Page> = paths().iter().map(|path| Page::read(path)).collect();
    let mut trials = Vec::new();
    for page in &pages {
        trials
            .extend(page.programs.iter().cloned().map(|program| Trial::test(program.name(), move || program.check())));
        let sessions = page.sessions.iter().filter(|session| !session.is_empty()).cloned();
        trials.extend(sessions.map(|session| Trial::test(session.name(), move || session.check())));
        trials.extend(page.rows.iter().cloned().map(|row| Trial::test(row.name(), move || row.check())));
    }
    assert!(!trials.is_empty(), "the documentation shows no program");
    for (name, check) in CHECKS {
        let pages = pages.clone();
        trials.push(Trial::test(*name, move || check(&pages).map_err(Failed::from)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn paths() -> Vec<PathBuf> {
    let mut paths = files_below(&root().join("docs"), "md");
    paths.push(root().join("README.md"));
    paths.push(root().join("examples/README.md"));
    paths
}

fn links(pages: &[Page]) -> Result<(), String> {
    none(pages.iter().flat_map(|page| page.dead_links(pages)))
}

fn shown(pages: &[Page]) -> Result<(), String> {
    none(pages.iter().flat_map(|page| page.stray.iter().cloned()))
}

fn style(pages: &[Page]) -> Result<(), String> {
    none(pages.iter().flat_map(|page| &page.programs).flat_map(example::Program::out_of_style))
}

/// What a reference lists by itself is no description.
fn described(pages: &[Page]) -> Result<(), String> {
    let text: String = pages.iter().filter(|page| page.name != "docs/diagnostics.md").map(|page| &*page.text).collect();
    let functions = functions::names().map(|name| format!("`{name}("));
    let warnings = code::ALL.iter().filter(|code| code.id.starts_with('W')).map(|code| format!("`{}`", code.id));
    none(functions.chain(warnings).filter(|name| !text.contains(name)))
}

/// Of a table whose settings have any names, the table is.
fn settings(pages: &[Page]) -> Result<(), String> {
    let text: String = pages.iter().map(|page| &*page.text).collect();
    let rows = project::TABLES.iter().flat_map(|(table, settings)| {
        let any = settings.is_empty().then(|| format!("| `[{table}]` | "));
        settings.iter().map(move |setting| format!("| `[{table}]` | `{setting}` |")).chain(any)
    });
    none(rows.filter(|row| !text.contains(row)))
}

fn projects(pages: &[Page]) -> Result<(), String> {
    let files = pages.iter().flat_map(|page| &page.projects);
    assert!(files.clone().next().is_some(), "the documentation shows no project");
    none(files.filter_map(|(place, text)| {
        let file = SourceMap::new(vec![(place.clone(), text.clone())]).ids().next()?;
        project::read(file, text).err().map(|faults| format!("{place}: {faults:?}"))
    }))
}

fn explained(pages: &[Page]) -> Result<(), String> {
    none(explanation::faults(pages).into_iter())
}

fn none(faults: impl Iterator<Item = String>) -> Result<(), String> {
    let faults: Vec<String> = faults.collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}
