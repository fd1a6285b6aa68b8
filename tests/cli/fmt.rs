//! `flytec fmt`.

use super::PROGRAM;
use super::folder::Folder;

const UGLY: &str = "environment e {\n image=\"i\"\n   task t { command=[\"x\"] }\n}\n";
const NICE: &str = "environment e {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n";

#[test]
fn files_are_written_in_the_style() {
    let folder = Folder::new();
    folder.write("a.flyteenv", UGLY);
    folder.write("lib/b.flyteenv", UGLY.replace('\n', "\r\n"));
    folder.write("c.flyteenv", PROGRAM);
    let outcome = folder.run(&["fmt"]).expect(0).silent();
    assert_eq!(outcome.stderr, "3 files formatted\n");
    assert_eq!((folder.read("a.flyteenv").as_str(), folder.read("lib/b.flyteenv").as_str()), (NICE, NICE));
    assert_eq!(folder.run(&["fmt"]).expect(0).silent().stderr, "");
    assert_eq!(folder.run(&["fmt", "--check"]).expect(0).silent().stderr, "");
}

#[test]
fn what_would_change_is_listed_or_shown() {
    let folder = Folder::new();
    folder.write("a.flyteenv", UGLY);
    folder.write("b.flyteenv", NICE);
    let list = folder.run(&["fmt", "--check"]).expect(1);
    assert_eq!((list.stdout.as_str(), list.stderr.as_str()), ("a.flyteenv\n", ""));
    let diff = folder.run(&["fmt", "--diff", "a.flyteenv"]).expect(1);
    assert!(diff.stdout.starts_with("--- a.flyteenv\n+++ a.flyteenv\n@@ "), "{}", diff.stdout);
    assert!(
        diff.stdout.contains("\n- image=\"i\"\n") && diff.stdout.contains("\n+  image = \"i\"\n"),
        "{}",
        diff.stdout
    );
    assert_eq!(folder.run(&["fmt", "--diff", "b.flyteenv"]).expect(0).stdout, "");
    assert_eq!(folder.read("a.flyteenv"), UGLY);
}

#[test]
fn a_file_with_faults_of_its_text_is_left_alone() {
    let folder = Folder::new();
    folder.write("bad.flyteenv", "environment e {\n image=\"i\"\n");
    folder.write("good.flyteenv", UGLY);
    folder.write("types.flyteenv", UGLY.replace("\"i\"", "7"));
    let outcome = folder.run(&["fmt"]).expect(1).silent();
    assert!(
        outcome.stderr.starts_with("error[E0102]: ") && outcome.stderr.contains("bad.flyteenv"),
        "{}",
        outcome.stderr
    );
    assert_eq!(folder.read("bad.flyteenv"), "environment e {\n image=\"i\"\n");
    assert_eq!(folder.read("good.flyteenv"), NICE);
    // What values mean is no matter of style.
    assert_eq!(folder.read("types.flyteenv"), NICE.replace("\"i\"", "7"));
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let folder = Folder::new();
    let outcome = folder.run_with(&["fmt", "-"], UGLY.as_bytes(), &[]).expect(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (NICE, ""));
    let bad = folder.run_with(&["fmt", "-", "--stdin-filename", "x.flyteenv"], b"environment {", &[]).expect(1);
    assert!(bad.stdout.is_empty() && bad.stderr.contains("x.flyteenv:1:"), "{bad:?}");
    assert_eq!(folder.run_with(&["fmt", "--check", "-"], UGLY.as_bytes(), &[]).expect(1).stdout, "<stdin>\n");
}

#[test]
fn what_cannot_be_read_is_bad_usage() {
    let folder = Folder::new();
    assert!(folder.run(&["fmt"]).expect(2).silent().stderr.contains("no `.flyteenv` files"));
    assert!(folder.run(&["fmt", "absent.flyteenv"]).expect(2).silent().stderr.contains("absent.flyteenv"));
    folder.write("bytes.flyteenv", b"environment e \xFF {}");
    assert!(folder.run(&["fmt"]).expect(1).silent().stderr.contains("E0114"));
}
