//! Fixes mend: with all changes that are offered for a program of `tests/cases/flyte`, none of what they were offered for is left.
//!
//! Where the changes go is tested beside their code, in `src/validate/insert.rs`.

#![allow(clippy::disallowed_methods, reason = "a test reads files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use flytec::diagnostics::Edit;
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
    let known = ["W1803", "W1804", "W1805", "W1807", "W1808"];
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
    let left: Vec<&str> = again.compilation.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect();
    assert!(!again.compilation.has_errors(), "{path}\n{after}\n{}", again.messages());
    assert!(codes.iter().all(|code| !left.contains(code)), "{path}\n{after}\n{}", again.messages());
    codes
}

fn compiled(text: &str) -> Program {
    Program::compile(vec![("main.flyteenv".to_owned(), text.to_owned())], &[])
}
