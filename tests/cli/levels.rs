//! `-D`, `-W`, `-A` and `[lints]`: what becomes of warnings.

use super::PROGRAM;
use super::folder::{Folder, Outcome};

/// A constant and a template that nothing uses: `W0218` and `W0405`.
fn unused() -> Folder {
    Folder::with(&format!("let spare = 1\ntemplate unused {{}}\n{PROGRAM}"))
}

/// The severity and code of each message.
fn told(outcome: &Outcome) -> Vec<&str> {
    let told = outcome.stderr.lines().filter_map(|line| line.split(": ").nth(1));
    told.filter(|word| word.ends_with(']')).collect()
}

#[track_caller]
fn check(folder: &Folder, arguments: &[&str], expected: &[&str]) {
    let outcome = folder.run(&[&["--message-format", "short"], arguments].concat()).silent();
    assert_eq!(told(&outcome), expected, "{arguments:?}: {}", outcome.stderr);
    let errors = expected.iter().any(|told| told.starts_with("error"));
    assert_eq!(outcome.status, Some(i32::from(errors)), "{arguments:?}");
}

const BOTH: [&str; 2] = ["warning[W0218]", "warning[W0405]"];

#[test]
fn a_warning_is_denied_allowed_or_told() {
    let folder = unused();
    check(&folder, &["check"], &BOTH);
    check(&folder, &["check", "-D", "W0218"], &["error[W0218]", "warning[W0405]"]);
    check(&folder, &["check", "-A", "W0218"], &["warning[W0405]"]);
    check(&folder, &["check", "-W", "W0218"], &BOTH);
    check(&folder, &["check", "-D", "warnings"], &["error[W0218]", "error[W0405]"]);
    check(&folder, &["check", "-A", "warnings"], &[]);
    check(&folder, &["check", "--deny", "W0405", "--allow=W0218"], &["error[W0405]"]);
    check(&folder, &["check", "-DW0405,W0218"], &["error[W0218]", "error[W0405]"]);
    check(&folder, &["check", "-D", "W0219"], &BOTH);
}

#[test]
fn a_later_option_wins_on_whichever_side_of_the_command_it_stands() {
    let folder = unused();
    check(&folder, &["check", "-D", "W0218", "-A", "W0218"], &["warning[W0405]"]);
    check(&folder, &["check", "-A", "W0218", "-D", "W0218"], &["error[W0218]", "warning[W0405]"]);
    check(&folder, &["check", "-A", "W0218,W0405", "-W", "W0405", "-D", "W0218"], &["error[W0218]", "warning[W0405]"]);
    check(&folder, &["-A", "W0218", "check", "-D", "W0218"], &["error[W0218]", "warning[W0405]"]);
    check(&folder, &["-D", "W0218", "check", "-A", "W0218"], &["warning[W0405]"]);
    check(&folder, &["-D", "W0218", "-D", "W0405", "check"], &["error[W0218]", "error[W0405]"]);
}

#[test]
fn all_warnings_are_those_that_no_option_of_their_own_allows_or_denies() {
    let folder = unused();
    check(&folder, &["check", "-A", "W0218", "-D", "warnings"], &["error[W0405]"]);
    check(&folder, &["check", "-D", "warnings", "-A", "W0218"], &["error[W0405]"]);
    check(&folder, &["check", "-D", "warnings", "-W", "W0218"], &["warning[W0218]", "error[W0405]"]);
    check(&folder, &["check", "-D", "W0218", "-A", "warnings"], &["error[W0218]"]);
    check(&folder, &["check", "-D", "warnings", "-W", "warnings"], &BOTH);
}

#[test]
fn options_win_over_the_file() {
    let folder = unused();
    folder.write("flytec.toml", "[lints]\nwarnings = \"deny\"\nW0218 = \"allow\"\n");
    check(&folder, &["check"], &["error[W0405]"]);
    check(&folder, &["check", "-W", "W0218"], &["warning[W0218]", "error[W0405]"]);
    check(&folder, &["check", "-W", "warnings"], &["warning[W0405]"]);
    check(&folder, &["check", "-A", "W0405"], &[]);
    check(&folder, &["-W", "warnings", "check", "-D", "W0218"], &["error[W0218]", "warning[W0405]"]);
}

#[test]
fn a_build_with_a_denied_warning_writes_nothing() {
    let folder = unused();
    folder.run(&["build", "-D", "W0405"]).expect(1).silent();
    folder.run(&["build", "-o", "-", "-D", "warnings"]).expect(1).silent();
    assert_eq!(folder.names("."), ["main.flyteenv"]);
    folder.run(&["build", "-A", "W0405"]).expect(0).silent();
    folder.run(&["build", "--check", "-D", "W0405"]).expect(1).silent();
}

#[test]
fn a_denied_warning_hides_no_other() {
    // The pool is told before what is unused, which errors would keep from being told.
    let pool =
        "environment pool-env {\n  image = \"i\"\n  reusable { replicas = 0 }\n  task t { function = \"m:t\" }\n}\n";
    let folder = Folder::with(&format!("let spare = 1\n{PROGRAM}{pool}"));
    let all = |outcome: Outcome| outcome.stderr.replace("error[", "warning[");
    let denied = folder.run(&["check", "--message-format", "short", "-D", "warnings"]).expect(1);
    let warned = folder.run(&["check", "--message-format", "short"]).expect(0);
    assert!(told(&warned).len() > 1, "{}", warned.stderr);
    assert_eq!(all(denied), warned.stderr);
}

#[test]
fn every_output_agrees_that_it_is_an_error_and_says_why() {
    let folder = unused();
    let human = folder.run(&["check", "-D", "warnings", "-A", "W0405"]).expect(1).stderr;
    assert!(human.starts_with("error[W0218]: ") && human.ends_with("\n1 error\n"), "{human}");
    assert!(human.contains("note: `-D warnings` makes an error of this warning\n"), "{human}");
    let json = folder.run(&["check", "-D", "W0218", "-A", "W0405", "--message-format", "json"]).expect(1).stderr;
    assert!(json.contains("\"severity\":\"error\"") && json.contains("`-D W0218` makes an error"), "{json}");
}

#[test]
fn what_has_no_level_is_bad_usage_and_says_why() {
    let folder = unused();
    for (code, expected) in [
        ("E0301", "`E0301` is an error, and only warnings have a level"),
        ("w0218", "there is no warning `w0218`; did you mean `W0218`?"),
        ("warning", "did you mean `warnings`?"),
        ("everything", "such as `W0218`, or for `warnings`"),
        ("W0218,E0301", "`E0301` is an error"),
        ("", "there is no warning ``"),
    ] {
        for option in ["-D", "-W", "-A"] {
            let outcome = folder.run(&["check", option, code]).expect(2).silent();
            assert!(outcome.stderr.contains(expected), "{option} {code}: {}", outcome.stderr);
        }
    }
}

#[test]
fn what_the_source_allows_is_allowed_whatever_is_denied() {
    let program = PROGRAM.to_owned() + "\n# flytec: allow(W0218)\nlet spare = 1\nlet other = 2\n";
    let folder = Folder::with(&program);
    let outcome = folder.run(&["check", "-D", "warnings"]).expect(1).silent();
    assert!(outcome.stderr.contains("`other`") && !outcome.stderr.contains("`spare`"), "{}", outcome.stderr);
    folder.run(&["check", "-D", "W0218", "-A", "W2101"]).expect(1);
    // What is not told any more needs no allowance.
    let idle =
        Folder::with(&(PROGRAM.to_owned() + "\n# flytec: allow(W0218)\nlet zone = \"a\"\nlet used = \"${zone}\"\n"));
    let told = idle.run(&["check", "-A", "W0218"]).expect(0).silent().stderr;
    assert!(told.starts_with("warning[W2101]: there is no W0218 here to allow"), "{told}");
    folder.run(&["check", "-A", "warnings"]).expect(0).silent();
}
