//! Fixes mend, and `flytec check --fix` leaves no program worse than it was.
//!
//! Fixes mend: with all changes that are offered for a program of `tests/cases/flyte`, none of what they were offered for is left;
//! and each that is offered for one of `tests/cases/kubernetes` takes what it was offered for away, and leaves a program.
//!
//! Where the changes go is tested beside their code, in `src/validate/insert.rs`.

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytec::diagnostics::Edit;
use serde_json::Value;
use support::{Program, files_below, root};

#[test]
fn what_flyte_does_is_mended() {
    let mut mended = BTreeSet::new();
    for path in files_below(&root().join("tests/cases/flyte"), "flyteenv") {
        let text = fs::read_to_string(&path).expect("it is a source");
        if path.parent().is_none_or(|folder| folder.ends_with("flyte")) {
            mended.extend(mend(&path.display().to_string(), text));
        }
    }
    let known = ["W1803", "W1804", "W1805", "W1806", "W1807", "W1808", "W1809", "W1813", "W1818", "W1820"];
    assert!(known.iter().all(|code| mended.contains(code)), "only these have fixes: {mended:?}");
}

/// The codes of what was mended.
fn mend(path: &str, text: String) -> Vec<&'static str> {
    let program = compiled(&text);
    let offered = || program.compilation.diagnostics.iter().filter(|diagnostic| !diagnostic.fixes.is_empty());
    let mut edits: Vec<&Edit> =
        offered().filter_map(|diagnostic| diagnostic.fixes.first()).flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    let after = edits.iter().rev().fold(text, |mut text, edit| {
        text.replace_range(edit.span.range(), &edit.text);
        text
    });
    let codes: Vec<&str> = offered().map(|diagnostic| diagnostic.code.id).collect();
    let again = compiled(&after);
    assert!(!again.compilation.has_errors(), "{path}\n{after}\n{}", again.messages());
    for code in &codes {
        // What nothing is offered for stays.
        let without = count(&program, code) - codes.iter().filter(|other| *other == code).count();
        assert_eq!(count(&again, code), without, "{path}: {code}\n{after}\n{}", again.messages());
    }
    codes
}

fn count(program: &Program, code: &str) -> usize {
    program.compilation.diagnostics.iter().filter(|diagnostic| diagnostic.code.id == code).count()
}

fn compiled(text: &str) -> Program {
    compiled_with(text, &[])
}

fn compiled_with(text: &str, arguments: &[String]) -> Program {
    Program::compile(vec![("main.flyteenv".to_owned(), text.to_owned())], arguments)
}

#[test]
fn what_kubernetes_refuses_is_mended_one_by_one() {
    let mut fixes = 0;
    for path in files_below(&root().join("tests/cases/kubernetes"), "flyteenv") {
        let text = fs::read_to_string(&path).expect("it is a source");
        // What reads other files is not edited by itself.
        if ["import", "yaml(", "json("].iter().any(|word| text.contains(word)) {
            continue;
        }
        let arguments = fs::read_to_string(path.with_file_name("arguments")).unwrap_or_default();
        let arguments: Vec<String> = arguments.split_whitespace().map(ToOwned::to_owned).collect();
        fixes += each_mends(&path.display().to_string(), &text, &arguments);
    }
    assert!(fixes > 30, "only {fixes} fixes are offered");
}

/// Applies each fix by itself, and tells how many there are.
fn each_mends(path: &str, text: &str, arguments: &[String]) -> usize {
    let program = compiled_with(text, arguments);
    let before = told(&program);
    let mut fixes = 0;
    for diagnostic in &program.compilation.diagnostics {
        for fix in &diagnostic.fixes {
            let mut edits: Vec<&Edit> = fix.edits.iter().collect();
            edits.sort_by_key(|edit| edit.span);
            let after = edits.iter().rev().fold(text.to_owned(), |mut text, edit| {
                text.replace_range(edit.span.range(), &edit.text);
                text
            });
            let again = compiled_with(&after, arguments);
            let left = told(&again);
            let what = (diagnostic.code.id, diagnostic.message.clone());
            let count = |told: &[(&str, String)]| told.iter().filter(|one| **one == what).count();
            // What is right by itself may lead on to the next question, but not to what is no program.
            let new =
                left.iter().find(|(code, _)| code.starts_with("E0") && !before.iter().any(|(old, _)| old == code));
            assert!(count(&left) < count(&before), "{path}: `{}` does not mend `{}`\n{after}", fix.message, what.1);
            assert!(new.is_none(), "{path}: `{}` brings {new:?}\n{after}", fix.message);
            fixes += 1;
        }
    }
    fixes
}

fn told(program: &Program) -> Vec<(&'static str, String)> {
    let told = program.compilation.diagnostics.iter();
    told.map(|diagnostic| (diagnostic.code.id, diagnostic.message.clone())).collect()
}

#[test]
fn fixing_leaves_no_program_worse() {
    let root = root();
    let cases = files_below(&root.join("tests/cases"), "flyteenv").into_iter();
    let mistakes = files_below(&root.join("tests/gallery"), "flyteenv").into_iter();
    let alone = |path: &PathBuf| !path.ancestors().any(|path| path.extension().is_some_and(|ending| ending == "d"));
    let mut changed = 0;
    for path in cases.chain(mistakes).filter(alone) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let program = Program::compile(vec![("main.flyteenv".to_owned(), text.clone())], &[]);
        let fixes = program.compilation.diagnostics.iter().flat_map(|diagnostic| &diagnostic.fixes);
        if fixes.filter(|fix| fix.safe).count() == 0 {
            continue;
        }
        let folder = tempfile::tempdir().expect("there is a place for temporary folders");
        let source = folder.path().join("main.flyteenv");
        fs::write(&source, &text).expect("files can be written");
        let before = check(folder.path(), &["check"]);
        let after = check(folder.path(), &["check", "--fix"]);
        let mended = fs::read_to_string(&source).expect("it is a text");
        let shown = path.display();
        assert!(score(&after) <= score(&before), "{shown}\n{mended}\nbefore: {before:#?}\nafter: {after:#?}");
        assert_eq!(check(folder.path(), &["check"]), after, "{shown}: what is told is not what is left\n{mended}");
        check(folder.path(), &["check", "--fix"]);
        assert_eq!(fs::read_to_string(&source).expect("it is a text"), mended, "{shown}: it changes again");
        changed += usize::from(mended != text);
    }
    assert!(changed > 50, "only {changed} programs are changed");
}

/// What the command says in a folder.
fn check(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flytec"));
    command.args(arguments).args(["main.flyteenv", "--message-format", "json"]).current_dir(folder);
    let output = command.output().expect("the command runs");
    assert!(output.status.code().is_some_and(|status| status < 2), "{output:?}");
    let text = String::from_utf8(output.stderr).expect("messages are UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
}

/// Faults of the text, then errors, then warnings: fewer are better.
fn score(told: &[Value]) -> (usize, usize, usize) {
    let errors = || told.iter().filter(|one| one["severity"] == "error");
    let syntax = errors().filter(|one| one["code"].as_str().is_some_and(|code| code.starts_with("E01"))).count();
    (syntax, errors().count(), told.len() - errors().count())
}
