//! What stands in the way of a build: disks, permissions, folders, links, and names.
//!
//! Some of it takes a file system of its own, which a namespace of the kernel gives without rights. Where it does not, the test says so on
//! standard error, and is skipped.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output};

use super::PROGRAM;
use super::folder::Folder;

/// Text that makes each pod of a program larger than a page.
fn larger(program: &str) -> String {
    let values: String = (0..400).fold(String::new(), |mut text, n| {
        write!(text, "VARIABLE_{n} = \"a value of some length\", ").expect("a string takes everything");
        text
    });
    program.replacen("{\n", &format!("{{\n  env_vars {{ {values} }}\n"), 1)
}

/// Runs a script in the folder, in which it may mount what it likes; the command is `$FLYTEC`.
fn in_namespace(folder: &Folder, script: &str) -> Option<Output> {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-ec"]).current_dir(folder.path("."));
    command.env("FLYTEC", env!("CARGO_BIN_EXE_flytec")).env_remove("NO_COLOR");
    let mounted = "mkdir -p pods && mount -t tmpfs -o size=64k tmpfs pods || exit 77\n";
    let output = command.arg(format!("{mounted}{script}")).output();
    match output {
        Ok(output) if output.status.code() != Some(77) && output.status.success() => Some(output),
        Ok(output) if output.status.code() == Some(77) || !can_unshare() => {
            skipped(&format!("no file system can be mounted: {}", String::from_utf8_lossy(&output.stderr)));
            None
        }
        Ok(output) => panic!("the script fails: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => {
            skipped(&format!("`unshare` cannot be run: {error}"));
            None
        }
    }
}

/// Says that a test is skipped, also where what passing tests say is not shown.
fn skipped(why: &str) {
    let line = format!("SKIPPED here, {}: {why}\n", std::thread::current().name().unwrap_or_default());
    let _ = std::io::stderr().write_all(line.as_bytes());
}

fn can_unshare() -> bool {
    Command::new("unshare").args(["--map-root-user", "--mount", "true"]).status().is_ok_and(|status| status.success())
}

#[test]
fn a_full_disk_leaves_the_set_as_it_was() {
    let folder = Folder::with(PROGRAM);
    folder.write("larger.flyteenv", larger(PROGRAM));
    let script = r"
$FLYTEC build main.flyteenv
cp -a pods before
status=0; $FLYTEC build -q larger.flyteenv 2> message || status=$?
cp -a pods after
echo $status
";
    let Some(output) = in_namespace(&folder, script) else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n");
    let message = folder.read("message");
    assert!(message.starts_with("error: cannot write `pods/train-env."), "{message}");
    assert!(message.contains("No space left on device") && message.lines().count() == 1, "{message}");
    assert_eq!(folder.names("before").len(), 4);
    assert_eq!(folder.files("after"), folder.files("before"), "nothing is lost, and nothing is left");
}

#[test]
fn a_disk_that_cannot_be_written_is_an_error_only_where_something_is_to_be_written() {
    let folder = Folder::with(PROGRAM);
    folder.write("larger.flyteenv", larger(PROGRAM));
    let script = r"
$FLYTEC build main.flyteenv
mount -o remount,bind,ro pods
$FLYTEC build main.flyteenv 2> nothing
$FLYTEC build --check main.flyteenv
status=0; $FLYTEC build -q larger.flyteenv 2> message || status=$?
cp -a pods after
echo $status
";
    let Some(output) = in_namespace(&folder, script) else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n");
    assert_eq!(folder.read("nothing"), "3 pods in `pods`, 0 written\n");
    let message = folder.read("message");
    assert!(message.starts_with("error: cannot write to folder `pods`: "), "{message}");
    assert!(message.contains("Read-only file system") && message.lines().count() == 1, "{message}");
    assert_eq!(folder.names("after").len(), 4);
}

#[test]
fn a_folder_without_the_right_to_write_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let before = folder.files("pods");
    folder.write("main.flyteenv", PROGRAM.replace("train:1", "train:2"));
    let set = |mode| fs::set_permissions(folder.path("pods"), fs::Permissions::from_mode(mode)).expect("it is ours");
    set(0o555);
    if fs::write(folder.path("pods/probe"), "").is_ok() {
        fs::remove_file(folder.path("pods/probe")).expect("it is ours");
        skipped("permissions do not bind whoever runs the tests");
        return;
    }
    let outcome = folder.run(&["build"]).expect(2).silent();
    set(0o755);
    assert!(outcome.stderr.starts_with("error: cannot write to folder `pods`: "), "{}", outcome.stderr);
    assert_eq!(folder.files("pods"), before);
}

// ------------------------------------------------------------------------------------------------------- in the way

#[test]
fn a_folder_in_the_way_of_a_file_is_an_error_before_anything_is_written() {
    for name in ["train-env.fit@large.json", "train-env.prepare.json", "manifest.json"] {
        let folder = Folder::with(PROGRAM);
        folder.write(&format!("pods/{name}/mine.txt"), "mine");
        let outcome = folder.run(&["build"]).expect(2).silent();
        assert_eq!(outcome.stderr, format!("error: cannot write `pods/{name}`: a folder has this name\n"));
        assert_eq!(folder.names("pods"), [format!("{name}/mine.txt")]);
    }
}

#[test]
fn a_folder_with_the_name_of_a_pod_that_goes_is_kept() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    fs::remove_file(folder.path("pods/train-env.prepare.json")).expect("it is there");
    folder.write("pods/train-env.prepare.json/mine.txt", "mine");
    folder.write("main.flyteenv", PROGRAM.replace("prepare {", "clean {"));
    folder.run(&["build"]).expect(0);
    assert!(folder.path("pods/train-env.prepare.json/mine.txt").is_file());
}

#[test]
fn a_file_in_the_way_of_the_folder_is_an_error() {
    for (name, output) in [("pods", "pods"), ("build", "build/pods")] {
        let folder = Folder::with(PROGRAM);
        folder.write(name, "mine");
        for arguments in [&["build", "-o", output][..], &["build", "-o", output, "--check"]] {
            let outcome = folder.run(arguments).expect(2).silent();
            assert!(outcome.stderr.starts_with("error: cannot "), "{}", outcome.stderr);
            assert!(outcome.stderr.contains(&format!("`{output}`")), "{}", outcome.stderr);
        }
        assert_eq!(folder.read(name), "mine");
    }
}

#[test]
fn a_build_does_not_write_through_links() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let before = folder.files("pods");
    for (name, content) in [("train-env.fit.json", "mine"), ("manifest.json", "mine")] {
        folder.write("outside.json", content);
        let link = folder.path(&format!("pods/{name}"));
        fs::remove_file(&link).expect("it is there");
        symlink("../outside.json", &link).expect("links can be made");
        folder.run(&["build"]).expect(0);
        assert_eq!(folder.read("outside.json"), content);
        assert!(fs::symlink_metadata(&link).expect("it is there").is_file(), "{name}");
        assert_eq!(folder.files("pods"), before);
    }
    // The same bytes somewhere else are not in the folder either.
    let link = folder.path("pods/train-env.fit.json");
    fs::rename(&link, folder.path("outside.json")).expect("it is there");
    symlink("../outside.json", &link).expect("links can be made");
    folder.run(&["build", "--check"]).expect(1);
    folder.run(&["build"]).expect(0);
    assert_eq!(folder.files("pods"), before);
}

#[test]
fn what_is_no_file_is_neither_read_nor_kept() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let before = folder.files("pods");
    let pipe = folder.path("pods/train-env.fit.json");
    fs::remove_file(&pipe).expect("it is there");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("there is mkfifo");
    assert!(made.success());
    folder.run(&["build", "--check"]).expect(1);
    folder.run(&["build"]).expect(0);
    assert_eq!(folder.files("pods"), before);
}

#[test]
fn a_build_that_changes_nothing_does_not_touch_the_folder() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let touched = || fs::metadata(folder.path("pods")).and_then(|data| data.modified()).expect("it is there");
    let before = touched();
    folder.run(&["build"]).expect(0);
    assert_eq!(touched(), before);
}

// ------------------------------------------------------------------------------------------------------------- case

/// Two tasks whose names differ in case.
const TWINS: &str =
    "environment e {\n  image = \"i\"\n  task fit { command = [\"a\"] }\n  task Fit { command = [\"b\"] }\n}\n";

/// A library that makes upper and lower case the same in the paths of a program that it is loaded into.
fn folding(folder: &Folder) -> Option<PathBuf> {
    let library = folder.path("folding.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/folding.c");
    let mut compiler = Command::new("cc");
    let made = compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).args([source, "-ldl"]).output();
    match made {
        Ok(output) if output.status.success() && cfg!(all(target_os = "linux", target_env = "gnu")) => Some(library),
        other => {
            skipped(&format!("no file system without case can be made up: {other:?}"));
            None
        }
    }
}

#[test]
fn names_that_differ_in_case_are_two_files_where_case_counts() {
    let folder = Folder::with(TWINS);
    folder.write("probe", "");
    if folder.path("PROBE").exists() {
        skipped("case does not count");
        return;
    }
    folder.run(&["build"]).expect(0);
    assert_eq!(folder.names("pods"), ["e.Fit.json", "e.fit.json", "manifest.json"]);
}

#[test]
fn names_that_differ_in_case_are_an_error_where_case_does_not_count() {
    let folder = Folder::with(TWINS);
    let Some(library) = folding(&folder) else { return };
    let library = library.to_string_lossy();
    let outcome = folder.run_with(&["build", "-A", "W0223"], b"", &[("LD_PRELOAD", &library)]).expect(2).silent();
    let expected = "error: `e.Fit.json` and `e.fit.json` are one file in `pods`, where upper and lower case are the same; \
                    rename one of the tasks\n";
    assert_eq!(outcome.stderr, expected);
    assert_eq!(folder.names("pods"), Vec::<String>::new());
}

#[test]
fn a_name_that_changes_in_case_alone_keeps_its_pod() {
    let folder = Folder::new();
    let Some(library) = folding(&folder) else { return };
    let library = library.to_string_lossy();
    for name in ["fit", "Fit", "fIt", "fit"] {
        let text = format!("environment e {{\n  image = \"i\"\n  task {name} {{ command = [\"a\"] }}\n}}\n");
        folder.write("main.flyteenv", text);
        folder.run_with(&["build"], b"", &[("LD_PRELOAD", &library)]).expect(0);
        assert_eq!(folder.names("pods"), [format!("e.{name}.json"), "manifest.json".to_owned()]);
        folder.run_with(&["build", "--check"], b"", &[("LD_PRELOAD", &library)]).expect(0).silent();
    }
}

// ------------------------------------------------------------------------------------------------- what is no folder

#[test]
fn a_pipe_is_written_to_and_not_replaced() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let import = |output: &str| folder.run(&["import", "pods/train-env.fit.json", "-o", output]).expect(0).stdout;
    assert_eq!(import("/dev/stdout"), folder.run(&["import", "pods/train-env.fit.json"]).expect(0).stdout);
}
