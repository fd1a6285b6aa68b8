//! `--watch`, with a process that waits and files that change under it; and what a terminal shows of long work.

use std::fs;
use std::io::{BufRead as _, BufReader, pipe};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::folder::Folder;
use super::{BROKEN, PROGRAM};

/// How long anything may take on a slow machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// How long a round is left alone: a change in the middle of one and one that is waited for come to the same, and by then it is waited for.
const REST: Duration = Duration::from_millis(150);

/// A command that watches; it is ended when this goes.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    /// Runs the command in a folder, on a person's machine, with both streams in one.
    fn of(folder: &Folder, arguments: &[&str]) -> Self {
        Self::of_command(&mut folder.command(arguments))
    }

    fn of_command(command: &mut Command) -> Self {
        let (reader, writer) = pipe().expect("there are pipes");
        command.env("CI", "").stdin(Stdio::null());
        command.stdout(writer.try_clone().expect("it can be had twice")).stderr(writer);
        let child = command.spawn().expect("the command runs");
        // The command keeps the other ends of the pipe, which is closed by the process alone.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(reader).lines() {
                let _ = sender.send(line.expect("the streams are UTF-8"));
            }
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(DEADLINE).expect("the command writes something")
    }

    /// What is written up to the end of the next round, in lines.
    #[track_caller]
    fn round(&self) -> String {
        let mut text = String::new();
        loop {
            let line = self.line();
            text.push_str(&line);
            text.push('\n');
            if line.contains("; watching ") {
                thread::sleep(REST);
                return text;
            }
        }
    }

    /// The JSON behind the next round.
    #[track_caller]
    fn json_round(&self) -> Value {
        loop {
            let value: Value = serde_json::from_str(&self.line()).expect("every line is JSON");
            if value.get("round").is_some() {
                thread::sleep(REST);
                return value;
            }
        }
    }

    /// Interrupts the command, as a person does, and tells its exit status.
    fn interrupt(mut self) -> Option<i32> {
        signal(&self.child, "-INT");
        self.child.wait().expect("it ends").code()
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.expect("there is such a command").success());
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts a file in its place as a whole, as many editors do: nobody sees half of it, so that it is one change.
fn replace(folder: &Folder, name: &str, content: &str) {
    folder.write(".swap", content);
    fs::rename(folder.path(".swap"), folder.path(name)).expect("it can be renamed");
}

const GOOD: &str = "environment e {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n";

#[test]
fn every_change_is_a_round_until_the_command_is_interrupted() {
    let folder = Folder::with(GOOD);
    let watch = Watch::of(&folder, &["check", "--watch"]);
    assert_eq!(watch.round(), "done; watching 1 file\n");
    folder.write("main.flyteenv", BROKEN);
    let told = watch.round();
    let alone = folder.run(&["check"]).expect(1).stderr;
    assert_eq!(told, format!("changed: main.flyteenv\n{alone}failed; watching 1 file\n"));
    folder.write("main.flyteenv", GOOD);
    assert_eq!(watch.round(), "changed: main.flyteenv\ndone; watching 1 file\n");
    assert_eq!(watch.interrupt(), Some(130));
}

#[test]
fn what_is_read_the_same_is_no_change() {
    let folder = Folder::with(GOOD);
    folder.write("notes.txt", "nothing that is read");
    let watch = Watch::of(&folder, &["check", "--watch", "--message-format", "json"]);
    assert_eq!(watch.json_round(), serde_json::json!({ "round": 1, "status": 0, "changed": [] }));
    // The same content, in the same file and in another one; and a file that nobody reads.
    folder.write("main.flyteenv", GOOD);
    replace(&folder, "main.flyteenv", GOOD);
    folder.write("notes.txt", "nothing that is read now either");
    fs::create_dir(folder.path("empty")).expect("folders can be made");
    replace(&folder, "empty/new.flyteenv", BROKEN);
    assert_eq!(watch.json_round(), serde_json::json!({ "round": 2, "status": 1, "changed": ["empty/new.flyteenv"] }));
}

#[test]
fn files_may_be_written_in_any_way() {
    let folder = Folder::new();
    folder.write("envs/main.flyteenv", GOOD);
    let watch = Watch::of(&folder, &["check", "envs", "--watch"]);
    assert_eq!(watch.round(), "done; watching 1 file\n");
    // In place of another one.
    replace(&folder, "envs/main.flyteenv", BROKEN);
    assert!(watch.round().ends_with("1 error\nfailed; watching 1 file\n"));
    // That one is followed as the first was.
    folder.write("envs/main.flyteenv", GOOD);
    assert!(watch.round().ends_with("done; watching 1 file\n"));
    // Deleted, and made again, before or after somebody looks.
    fs::remove_file(folder.path("envs/main.flyteenv")).expect("it can be deleted");
    folder.write("envs/main.flyteenv", BROKEN);
    assert!(watch.round().ends_with("1 error\nfailed; watching 1 file\n"));
    // With the folder that it is in.
    fs::rename(folder.path("envs"), folder.path("away")).expect("it can be renamed");
    let told = watch.round();
    assert!(told.contains("cannot read `envs`") && told.ends_with("could not run; watching for files\n"), "{told}");
    // A new one in its place, which is followed as the first was.
    folder.write("new/main.flyteenv", GOOD);
    fs::rename(folder.path("new"), folder.path("envs")).expect("it can be renamed");
    assert!(watch.round().ends_with("done; watching 1 file\n"));
    folder.write("envs/main.flyteenv", BROKEN);
    assert!(watch.round().ends_with("1 error\nfailed; watching 1 file\n"));
}

/// A project whose program reads a file of each kind.
fn project() -> Folder {
    let folder = Folder::new();
    folder.write("flytec.toml", "[build]\npaths = [\"envs\"]\n[cluster]\nfile = \"cluster.yaml\"\n");
    folder.write("cluster.yaml", "flyte:\n  namespace: train\n");
    folder.write("params.json", "{\"size\": 1}\n");
    folder.write("shared/base.flyteenv", "let image = \"i\"\n");
    folder.write("shared/words.yaml", "[a]\n");
    folder.write("envs/main.flyteenv", "import \"../shared/base.flyteenv\" as base\nparam size: int\nenvironment e {\n  image = base.image\n  task t {\n    command = yaml(\"../shared/words.yaml\")\n    resources { cpu = size }\n  }\n}\n");
    folder
}

#[test]
fn whatever_the_program_has_read_is_watched() {
    let folder = project();
    let arguments = ["build", "--params", "params.json", "--watch", "--message-format", "json"];
    let watch = Watch::of(&folder, &arguments);
    assert_eq!(watch.json_round()["status"], 0);
    let mut rounds = 1;
    let mut next = |name: &str, status: u64| {
        rounds += 1;
        let expected = serde_json::json!({ "round": rounds, "status": status, "changed": [name] });
        assert_eq!(watch.json_round(), expected);
    };
    folder.write("shared/base.flyteenv", "let image = \"j\"\n");
    next("shared/base.flyteenv", 0);
    folder.write("shared/words.yaml", "[b]\n");
    next("shared/words.yaml", 0);
    folder.write("params.json", "{\"size\": 2}\n");
    next("params.json", 0);
    folder.write("cluster.yaml", "flyte:\n  nmespace: train\n");
    next("cluster.yaml", 1);
    folder.write("cluster.yaml", "flyte:\n  namespace: train\n");
    next("cluster.yaml", 0);
    let pod = folder.read("pods/e.t.json");
    for part in ["\"j\"", "\"b\"", "\"2\""] {
        assert!(pod.contains(part), "{part} in {pod}");
    }
    // A file of the project that cannot be understood, and one that sets something else.
    folder.write("flytec.toml", "[build]\npaths = 1\n");
    next("flytec.toml", 1);
    folder.write("flytec.toml", "[build]\npaths = [\"envs\"]\n");
    next("flytec.toml", 0);
    // A file that is not there is waited for.
    fs::remove_file(folder.path("shared/words.yaml")).expect("it can be deleted");
    next("shared/words.yaml", 1);
    replace(&folder, "shared/words.yaml", "[c]\n");
    next("shared/words.yaml", 0);
    replace(&folder, "envs/other.flyteenv", "environment f { image = \"i\"\n  task u { command = [\"x\"] } }\n");
    next("envs/other.flyteenv", 0);
    assert_eq!(folder.names("pods"), ["e.t.json", "f.u.json", "manifest.json"]);
}

#[test]
fn what_a_build_writes_is_no_change_and_faults_leave_it_as_it_is() {
    let folder = Folder::with(PROGRAM);
    let watch = Watch::of(&folder, &["build", "-o", "pods", "--watch"]);
    assert_eq!(watch.round(), "3 pods in `pods`, 3 written\ndone; watching 1 file\n");
    let before = folder.files("pods");
    folder.write("main.flyteenv", BROKEN);
    assert!(watch.round().ends_with("1 error\nfailed; watching 1 file\n"));
    assert_eq!(folder.files("pods"), before);
    folder.write("main.flyteenv", PROGRAM.replace("64Gi", "32Gi"));
    let told = watch.round();
    let written = told.strip_prefix("changed: main.flyteenv\n3 pods in `pods`, ").expect("it is one round");
    assert!(written.ends_with(" written\ndone; watching 1 file\n"), "{told}");
    folder.write("main.flyteenv", GOOD);
    assert!(watch.round().starts_with("changed: main.flyteenv\n1 pod in `pods`, 1 written\n"));
    assert_eq!(watch.interrupt(), Some(130));
    assert_eq!(folder.names("pods"), ["e.t.json", "manifest.json"]);
}

#[test]
fn a_module_for_python_is_kept_up_to_date() {
    let folder = Folder::with(GOOD);
    let watch = Watch::of(&folder, &["build", "--emit", "python", "-o", "app", "--watch"]);
    assert!(watch.round().contains("`app/flyte_environments.py` written\n"));
    folder.write("main.flyteenv", GOOD.replace("\"i\"", "\"j\""));
    assert!(watch.round().contains("`app/flyte_environments.py` written\n"));
    assert!(folder.read("app/flyte_environments.py").contains("\"j\""));
}

#[test]
fn only_tests_that_read_what_has_changed_are_run_again() {
    let folder = Folder::new();
    folder.write("a.flyteenv", GOOD);
    folder.write("b.flyteenv", GOOD);
    folder.run_with(&["test"], b"", &[("CI", "")]).expect(0);
    let watch = Watch::of(&folder, &["test", "--watch"]);
    assert_eq!(watch.round(), "2 passed\ndone; watching 4 files\n");
    folder.write("a.flyteenv", GOOD.replace("\"x\"", "\"y\""));
    let told = watch.round();
    assert!(told.contains("failed: a.flyteenv: ") && told.contains("      + \"y\"\n"), "{told}");
    // What was told in full is told in a line, for it has not been run.
    folder.write("b.flyteenv", GOOD.replace("\"x\"", "\"z\""));
    let told = watch.round();
    assert!(told.starts_with("changed: b.flyteenv\nfailed: a.flyteenv: "), "{told}");
    assert!(told.contains("      + \"z\"\n") && !told.contains("\"y\""), "{told}");
    assert!(told.ends_with("0 passed, 2 failed\nfailed; watching 4 files\n"), "{told}");
    // Snapshots are read as well.
    folder.run_with(&["test", "--update"], b"", &[("CI", "")]).expect(0);
    loop {
        let told = watch.round();
        if told.ends_with("2 passed\ndone; watching 4 files\n") {
            break;
        }
    }
}

#[test]
fn tests_of_the_project_are_watched_by_their_own_files() {
    let folder = Folder::new();
    let tables = ["dev", "prod"]
        .map(|name| format!("[[test]]\nname = \"{name}\"\npaths = [\"main.flyteenv\"]\nparams = [\"{name}.json\"]\n"));
    folder.write("flytec.toml", tables.concat());
    folder.write("main.flyteenv", format!("param word: string\n{}", GOOD.replace("\"x\"", "word")));
    folder.write("dev.json", "{\"word\": \"a\"}");
    folder.write("prod.json", "{\"word\": \"b\"}");
    folder.run_with(&["test"], b"", &[("CI", "")]).expect(0);
    let watch = Watch::of(&folder, &["test", "--watch"]);
    assert_eq!(watch.round(), "2 passed\ndone; watching 6 files\n");
    folder.write("dev.json", "{\"word\": \"c\"}");
    let told = watch.round();
    assert!(told.contains("failed: dev: ") && told.contains("      + \"c\"\n"), "{told}");
    // The file of the project is read by every test.
    folder.write("flytec.toml", format!("{}set = {{ word = \"d\" }}\n", tables.concat()));
    let told = watch.round();
    assert!(told.starts_with("changed: flytec.toml\n"), "{told}");
    assert!(told.contains("      + \"c\"\n") && told.contains("      + \"d\"\n"), "{told}");
    // One that is not there any more is told of no more.
    folder.write("flytec.toml", &tables[1]);
    assert!(watch.round().contains("1 passed, 1 obsolete\n"));
}

#[test]
fn a_command_in_a_folder_of_its_project_watches_the_rest_of_it() {
    let folder = Folder::new();
    folder.write("flytec.toml", "");
    folder.write("shared/base.flyteenv", "let image = \"i\"\n");
    folder.write(
        "team/main.flyteenv",
        format!("import \"../shared/base.flyteenv\" as base\n{}", GOOD.replace("\"i\"", "base.image")),
    );
    let watch = Watch::of_command(folder.command(&["check", "--watch"]).current_dir(folder.path("team")));
    assert_eq!(watch.round(), "done; watching 3 files\n");
    folder.write("shared/base.flyteenv", "let image = 1\n");
    let told = watch.round();
    assert!(told.starts_with("changed: ../shared/base.flyteenv\nerror["), "{told}");
    fs::rename(folder.path("shared"), folder.path("away")).expect("it can be renamed");
    assert!(watch.round().ends_with("failed; watching 2 files\n"));
    folder.write("away/base.flyteenv", "let image = \"i\"\n");
    fs::rename(folder.path("away"), folder.path("shared")).expect("it can be renamed");
    assert!(watch.round().ends_with("done; watching 3 files\n"));
    replace(&folder, "team/flytec.toml", "");
    let told = watch.round();
    assert!(told.starts_with("changed: flytec.toml\nerror[E0802]"), "{told}");
}

#[test]
fn a_test_that_is_watched_writes_no_snapshot() {
    let folder = Folder::with(GOOD);
    let watch = Watch::of(&folder, &["test", "--watch"]);
    let hint = "what is new gets its snapshots by `flytec test` without `--watch`";
    let new = format!("new: main.flyteenv: 1 pod\n{hint}\n0 passed, 1 new\ndone; watching 1 file\n");
    assert_eq!(watch.round(), new);
    folder.write("main.flyteenv", GOOD.replace("\"x\"", "\"y\""));
    assert_eq!(watch.round(), format!("changed: main.flyteenv\n{new}"));
    assert_eq!(folder.names("."), ["main.flyteenv"]);
}

#[test]
fn a_round_that_cannot_run_is_told_and_waited_for() {
    let folder = Folder::with(GOOD);
    let watch = Watch::of(&folder, &["check", "--watch"]);
    watch.round();
    fs::remove_file(folder.path("main.flyteenv")).expect("it can be deleted");
    let expected = "changed: main.flyteenv\nerror: no `.flyteenv` files here; name a file or a folder\ncould not run; watching for files\n";
    assert_eq!(watch.round(), expected);
    fs::create_dir(folder.path("sub")).expect("folders can be made");
    replace(&folder, "sub/main.flyteenv", GOOD);
    assert_eq!(watch.round(), "changed: sub/main.flyteenv\ndone; watching 1 file\n");
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let folder = Folder::with(GOOD);
    folder.write("flytec.toml", "");
    let refused: [(&[&str], &str); 8] = [
        (&["check", "-", "--watch"], "error: `--watch` waits for files to change; standard input is read once\n"),
        (&["build", "-", "--watch"], "error: `--watch` waits for files to change; standard input is read once\n"),
        (&["check", "absent", "--watch"], "error: cannot read `absent`"),
        (&["build", "-o", "-", "--watch"], "error: `--watch` keeps a folder up to date"),
        (&["check", "--watch", "--message-format", "sarif"], "error: `--message-format sarif` is one document"),
        (&["build", "--check", "--watch"], "error: the argument '--check' cannot be used with '--watch'"),
        (&["check", "--fix", "--watch"], "error: the argument '--fix' cannot be used with '--watch'"),
        (&["test", "--update", "--watch"], "error: the argument '--update' cannot be used with '--watch'"),
    ];
    for (arguments, message) in refused {
        let told = folder.run(arguments).expect(2).silent().stderr;
        assert!(told.starts_with(message), "{arguments:?}: {told}");
    }
    assert_eq!(folder.names("."), ["flytec.toml", "main.flyteenv"]);
}

#[test]
fn quiet_rounds_tell_what_is_wrong_alone() {
    let folder = Folder::with(GOOD);
    let watch = Watch::of(&folder, &["build", "--watch", "--quiet"]);
    // The first build says when the second may begin.
    let end = Instant::now() + DEADLINE;
    while !folder.path("pods/manifest.json").exists() {
        assert!(Instant::now() < end, "nothing is built");
        thread::sleep(Duration::from_millis(20));
    }
    folder.write("main.flyteenv", BROKEN);
    assert!(watch.line().starts_with("error[E0301]: "));
}

// ---------------------------------------------------------------------------------------------------------- terminal

/// Runs the command on a terminal with work that takes as long as `work` does: a file of parameters is a pipe, which is read until then. What the
/// terminal shows is given to it line by line, as far as lines are drawn over.
#[cfg(target_os = "linux")]
fn on_a_terminal(variables: &[(&str, &str)], quiet: bool, work: impl FnOnce(&mut dyn FnMut() -> String)) -> String {
    use std::io::{Read as _, Write as _};

    let folder = Folder::with(BROKEN);
    let made = Command::new("mkfifo").arg(folder.path("params.json")).status();
    assert!(made.expect("there is such a command").success());
    let quiet = if quiet { "--quiet" } else { "" };
    let command = format!("{} {quiet} check --color never --params params.json", env!("CARGO_BIN_EXE_flytec"));
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(folder.path(""));
    script.env_remove("CI").env("TERM", "xterm").env("LC_ALL", "C.UTF-8").envs(variables.iter().copied());
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("util-linux is there");
    let mut screen = child.stdout.take().expect("it is piped");
    let mut shown = Vec::new();
    let mut next = || {
        let mut bytes = [0; 4096];
        let count = screen.read(&mut bytes).expect("it can be read");
        shown.extend_from_slice(&bytes[..count]);
        String::from_utf8_lossy(&shown).into_owned()
    };
    work(&mut next);
    let mut params = fs::OpenOptions::new().write(true).open(folder.path("params.json")).expect("it is read");
    params.write_all(b"{}").expect("it is read");
    drop(params);
    let mut rest = Vec::new();
    screen.read_to_end(&mut rest).expect("it can be read");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    shown.extend(rest);
    String::from_utf8(shown).expect("it is UTF-8")
}

#[cfg(target_os = "linux")]
#[test]
fn long_work_is_shown_on_a_terminal_and_gone_before_anything_is_told() {
    let shown = on_a_terminal(&[], false, |next| while !next().contains("reading 1 of 1 file (") {});
    let (progress, told) = shown.split_once("error[E0301]").expect("it is told");
    assert!(progress.starts_with("\rreading 1 of 1 file ("), "{shown:?}");
    assert!(progress.ends_with("\r\u{1b}[K"), "{shown:?}");
    assert!(!told.contains('\u{1b}') && told.ends_with("1 error\r\n"), "{shown:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_shown_of_long_work_where_nobody_wants_it() {
    let long = |_: &mut dyn FnMut() -> String| thread::sleep(Duration::from_secs(1));
    for (variables, quiet) in [(&[("TERM", "dumb")][..], false), (&[("CI", "true")], false), (&[], true)] {
        let shown = on_a_terminal(variables, quiet, long);
        assert!(shown.starts_with("error[E0301]: "), "{shown:?}");
        assert!(!shown.contains("reading") && !shown.contains('\u{1b}'), "{shown:?}");
    }
}
