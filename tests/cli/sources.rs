//! Which files are sources.

use std::fs;

use super::PROGRAM;
use super::folder::Folder;

/// A program of one task, `NAME-env.t`.
fn program(name: &str) -> String {
    format!("environment {name}-env {{\n  image = \"i\"\n  task t {{ command = [\"x\"] }}\n}}\n")
}

/// The environments whose tasks are built from these paths.
fn found(folder: &Folder, paths: &[&str]) -> Vec<String> {
    let outcome = folder.run(&[&["build", "-o", "-"], paths].concat()).expect(0);
    let name =
        |line: &str| line.split('"').nth(3).and_then(|name| name.strip_suffix("-env.t")).unwrap_or(line).to_owned();
    outcome.stdout.lines().map(name).collect()
}

#[test]
fn folders_are_searched_for_sources() {
    let folder = Folder::new();
    folder.write("a.flyteenv", program("a"));
    folder.write("sub/deeper/b.flyteenv", program("b"));
    folder.write("sub/c.flyteenv.bak", program("c"));
    folder.write("sub/d.yaml", "not: ours");
    fs::create_dir(folder.path("folder.flyteenv")).expect("folders can be made");
    assert_eq!(found(&folder, &[]), ["a", "b"]);
    assert_eq!(found(&folder, &["."]), ["a", "b"]);
    assert_eq!(found(&folder, &["sub"]), ["b"]);
    assert_eq!(found(&folder, &["sub/c.flyteenv.bak"]), ["c"], "what is named is read, whatever its ending");
}

#[test]
fn hidden_folders_and_files_are_left_out_unless_they_are_named() {
    let folder = Folder::new();
    folder.write("a.flyteenv", program("a"));
    folder.write(".git/b.flyteenv", program("b"));
    folder.write("sub/.c.flyteenv", program("c"));
    assert_eq!(found(&folder, &[]), ["a"]);
    assert_eq!(found(&folder, &[".git"]), ["b"]);
    assert_eq!(found(&folder, &["sub/.c.flyteenv"]), ["c"]);
}

#[test]
fn what_a_build_wrote_is_not_searched() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build", "-o", "build/pods"]).expect(0);
    folder.write("build/pods/broken.flyteenv", "}");
    folder.write("build/pods/deeper/broken.flyteenv", "}");
    folder.run(&["check"]).expect(0).silent();
    folder.run(&["check", "build"]).expect(2).silent();
}

#[test]
fn a_build_may_write_beside_its_sources() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build", "-o", "."]).expect(0);
    folder.run(&["build", "-o", ".", "--check"]).expect(0).silent();
}

#[test]
fn a_source_that_is_named_twice_is_read_once() {
    let folder = Folder::with(&program("a"));
    let here = folder.path("").canonicalize().expect("it is there").join("main.flyteenv");
    let here = here.display().to_string();
    for paths in [
        ["main.flyteenv", "main.flyteenv"],
        ["main.flyteenv", "./main.flyteenv"],
        [".", "main.flyteenv"],
        ["main.flyteenv", &here],
    ] {
        assert_eq!(found(&folder, &paths), ["a"], "{paths:?}");
    }
}

#[test]
fn the_order_of_paths_does_not_matter() {
    let folder = Folder::new();
    for name in ["a", "b", "c"] {
        folder.write(&format!("{name}.flyteenv"), program(name));
    }
    let build = |paths: &[&str]| folder.run(&[&["build", "-o", "-"], paths].concat()).expect(0);
    let expected = build(&["a.flyteenv", "b.flyteenv", "c.flyteenv"]);
    assert_eq!(build(&["c.flyteenv", "a.flyteenv", "b.flyteenv"]), expected);
    assert_eq!(build(&["."]), expected);
}

#[cfg(unix)]
#[test]
fn links_to_files_are_read_and_links_to_folders_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    folder.write("shared/base.txt", program("a"));
    symlink("shared/base.txt", folder.path("a.flyteenv")).expect("links can be made");
    symlink(".", folder.path("loop")).expect("links can be made");
    symlink("itself", folder.path("itself")).expect("links can be made");
    symlink("nowhere", folder.path("broken.flyteenv")).expect("links can be made");
    assert_eq!(found(&folder, &[]), ["a"]);
    folder.run(&["check", "broken.flyteenv"]).expect(2).silent();
    folder.run(&["check", "itself"]).expect(2).silent();
}
