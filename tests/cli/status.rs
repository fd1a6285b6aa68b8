//! Exit statuses: 0 done, 1 the program has errors or a check found differences, 2 the command could not run.

use std::fs;
use std::process::Stdio;

use super::folder::Folder;
use super::{BROKEN, PROGRAM};

#[test]
fn a_program_without_errors_is_0() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["check"]).expect(0).silent();
    folder.run(&["build"]).expect(0).silent();
    folder.run(&["build", "--check"]).expect(0).silent();
}

#[test]
fn a_program_with_warnings_is_0() {
    let folder = Folder::with(&format!("template unused {{}}\n{PROGRAM}"));
    let outcome = folder.run(&["check"]).expect(0).silent();
    assert!(outcome.stderr.starts_with("warning["), "{}", outcome.stderr);
}

#[test]
fn a_program_with_errors_is_1() {
    let folder = Folder::with(BROKEN);
    for arguments in [&["check"][..], &["build"], &["build", "-o", "-"], &["build", "--check"]] {
        let outcome = folder.run(arguments).expect(1).silent();
        assert!(outcome.stderr.contains("error[E0301]"), "{arguments:?}: {}", outcome.stderr);
    }
}

#[test]
fn no_text_is_accepted_because_it_is_broken_everywhere() {
    for text in ["\"", "'", "\"\"\"", "'''", "}", "{", "[", "]", "x", "=", "@", "\0", "\"${"] {
        Folder::with(text).run(&["check"]).expect(1).silent();
    }
}

#[test]
fn the_help_of_a_command_begins_with_what_the_list_of_commands_says() {
    let folder = Folder::with(PROGRAM);
    let list = folder.run(&["help"]).expect(0).stdout;
    let (_, rest) = list.split_once("Commands:\n").expect("there are commands");
    let lines = rest.lines().take_while(|line| !line.is_empty());
    // What is too long for one line goes on farther to the right.
    let commands = lines.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let commands: Vec<(&str, &str)> = commands.filter_map(|line| line.split_once(' ')).collect();
    assert!(commands.len() > 10, "{list}");
    for (command, what) in commands.into_iter().filter(|(command, _)| *command != "help") {
        for arguments in [&[command, "--help"][..], &["help", command]] {
            let help = folder.run(arguments).expect(0).stdout;
            assert!(help.starts_with(what.trim()), "{arguments:?}: {help}");
        }
    }
}

#[test]
fn bad_usage_is_2() {
    let folder = Folder::with(PROGRAM);
    let usages: &[&[&str]] = &[
        &[],
        &["frobnicate"],
        &["build", "--frobnicate"],
        &["build", "--format", "xml"],
        &["build", "--emit", "job"],
        &["build", "--message-format", "xml"],
        &["build", "--color", "sometimes"],
        &["build", "-q", "-v"],
        &["build", "--code-dest", "."],
        &["build", "--emit", "k8s", "--format", "proto"],
        &["build", "-o", "-", "--format", "proto"],
        &["build", "-o", "-", "--check"],
        &["build", "-o", ""],
        &["build", "--only", "["],
        &["build", "--only", "no-such-env.*"],
        &["check", ""],
        &["check", "--check"],
    ];
    for usage in usages {
        let outcome = folder.run(usage).expect(2).silent();
        assert!(!outcome.stderr.is_empty(), "{usage:?} is refused without a word");
    }
    assert_eq!(folder.names("."), ["main.flyteenv"]);
}

#[test]
fn help_and_version_are_what_was_asked_for() {
    let folder = Folder::new();
    for arguments in [&["--help"][..], &["help"], &["help", "build"], &["build", "--help"], &["check", "-h"]] {
        let outcome = folder.run(arguments).expect(0);
        assert!(outcome.stdout.contains("Usage: flytec") && outcome.stderr.is_empty(), "{arguments:?}: {outcome:?}");
    }
    let version = folder.run(&["--version"]).expect(0);
    assert_eq!(version.stdout, concat!("flytec ", env!("CARGO_PKG_VERSION"), "\n"));
}

// ---------------------------------------------------------------------------------------------------- what is read

#[test]
fn what_cannot_be_read_is_2() {
    let folder = Folder::with(PROGRAM);
    fs::create_dir(folder.path("empty")).expect("folders can be made");
    for path in ["missing", "missing.flyteenv", "main.flyteenv/x", "empty"] {
        let outcome = folder.run(&["check", "main.flyteenv", path]);
        // A folder without sources is only at fault where there are no others.
        let outcome = if path == "empty" { folder.run(&["check", path]) } else { outcome };
        assert!(outcome.clone().expect(2).silent().stderr.starts_with("error: "), "{outcome:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_2() {
    let folder = Folder::new();
    let _listener = std::os::unix::net::UnixListener::bind(folder.path("socket")).expect("sockets can be made");
    for path in ["/dev/null", "/dev/zero", "socket"] {
        let outcome = folder.run(&["check", path]).expect(2).silent();
        assert!(outcome.stderr.contains("neither a file nor a folder"), "{}", outcome.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_must_not_be_read_is_2() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with(PROGRAM);
    fs::set_permissions(folder.path("main.flyteenv"), fs::Permissions::from_mode(0o000)).expect("it is ours");
    if fs::read(folder.path("main.flyteenv")).is_ok() {
        return; // The administrator may read everything.
    }
    let outcome = folder.run(&["check"]).expect(2).silent();
    assert!(outcome.stderr.starts_with("error: cannot read `main.flyteenv`"), "{}", outcome.stderr);
}

#[test]
fn what_is_not_utf8_is_1_and_points_at_the_byte() {
    let folder = Folder::new();
    folder.write("main.flyteenv", b"environment e {\n  image = \"\xC3\xA9\xFF\"\n  task t { command = [\"x\"] }\n}\n");
    let outcome = folder.run(&["check", "--message-format", "short"]).expect(1).silent();
    assert_eq!(outcome.stderr, "main.flyteenv:2:13: error[E0114]: this is not UTF-8\n");
}

#[test]
fn what_is_utf16_is_read_as_such_and_told_once() {
    let folder = Folder::new();
    let units = "environment e {\n  image = \"x:1\"\n  task t { command = [\"x\"] }\n}\n".encode_utf16();
    let bytes: Vec<u8> = std::iter::once(0xFEFF).chain(units).flat_map(u16::to_le_bytes).collect();
    folder.write("main.flyteenv", bytes);
    let outcome = folder.run(&["check", "--message-format", "short"]).expect(1).silent();
    assert_eq!(outcome.stderr, "main.flyteenv:1:1: error[E0114]: this file is UTF-16, not UTF-8\n");
}

#[test]
fn standard_input_is_a_source() {
    let folder = Folder::new();
    folder.run_with(&["check", "-"], PROGRAM.as_bytes(), &[]).expect(0).silent();
    folder.run_with(&["check", "-"], b"", &[]).expect(0).silent();
    let arguments = ["check", "-", "--message-format", "short"];
    let outcome = folder.run_with(&arguments, BROKEN.as_bytes(), &[]).expect(1).silent();
    assert!(outcome.stderr.starts_with("<stdin>:3:3: error[E0301]"), "{}", outcome.stderr);
    let named = [&arguments[..], &["--stdin-filename", "envs/new.flyteenv"]].concat();
    let outcome = folder.run_with(&named, BROKEN.as_bytes(), &[]).expect(1).silent();
    assert!(outcome.stderr.starts_with("envs/new.flyteenv:3:3: error[E0301]"), "{}", outcome.stderr);
}

#[test]
fn standard_input_stands_beside_files() {
    let folder = Folder::with(PROGRAM);
    let more = b"task train-env.more { command = [\"more\"] }\n";
    let outcome = folder.run_with(&["build", "-", ".", "-o", "-"], more, &[]).expect(0);
    assert_eq!(outcome.stdout.lines().count(), 4, "{}", outcome.stdout);
}

// -------------------------------------------------------------------------------------------------- what is written

#[test]
fn what_cannot_be_written_is_2() {
    let folder = Folder::with(PROGRAM);
    fs::create_dir_all(folder.path("blocked/train-env.fit.json")).expect("folders can be made");
    for target in ["main.flyteenv", "main.flyteenv/pods", "blocked"] {
        let outcome = folder.run(&["build", "-o", target]).expect(2).silent();
        assert!(outcome.stderr.starts_with("error: cannot "), "{}", outcome.stderr);
    }
    assert_eq!(folder.read("main.flyteenv"), PROGRAM);
}

#[cfg(unix)]
#[test]
fn a_folder_that_must_not_be_written_is_2() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with(PROGRAM);
    fs::create_dir(folder.path("pods")).expect("folders can be made");
    fs::set_permissions(folder.path("pods"), fs::Permissions::from_mode(0o555)).expect("it is ours");
    if fs::write(folder.path("pods/probe"), "").is_ok() {
        return; // The administrator may write everywhere.
    }
    folder.run(&["build"]).expect(2).silent();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_2() {
    let folder = Folder::with(PROGRAM);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has one");
    let mut child = folder.command(&["build", "-o", "-"]).stdout(full).spawn().expect("the command runs");
    assert_eq!(child.wait().expect("it ends").code(), Some(2));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let tasks: Vec<String> = (0..3000).map(|n| format!("task train-env.t{n} {{ command = [\"x\"] }}\n")).collect();
    let tasks = tasks.concat();
    let folder = Folder::with(&format!("{PROGRAM}{tasks}"));
    let mut child = folder.command(&["build", "-o", "-"]).stderr(Stdio::piped()).spawn().expect("the command runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
