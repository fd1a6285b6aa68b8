//! Builds that are killed, and builds at the same time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::PROGRAM;
use super::folder::Folder;

type Files = BTreeMap<String, Vec<u8>>;

/// A program of so many tasks: the even ones are in every program, with another image in each, and the odd ones have names of its own.
fn program(which: usize, tasks: usize) -> String {
    let mut text = format!("environment many-env {{\n  image = \"ghcr.io/acme/many:{which}\"\n");
    for n in 0..tasks {
        let name = if n % 2 == 0 { format!("task_{n}") } else { format!("task_{n}_of_{which}") };
        writeln!(text, "  task {name} {{ command = [\"run\", \"{n}\"] }}").expect("a string takes everything");
    }
    text + "}\n"
}

/// Programs `0.flyteenv`, `1.flyteenv` …, and what each of them builds.
fn programs(folder: &Folder, count: usize, tasks: usize) -> Vec<Files> {
    let built = (0..count).map(|which| {
        folder.write(&format!("{which}.flyteenv"), program(which, tasks));
        let alone = format!("alone-{which}");
        folder.run(&["build", "-q", "-o", &alone, &format!("{which}.flyteenv")]).expect(0).silent();
        folder.files(&alone)
    });
    built.collect()
}

fn start(folder: &Folder, which: usize) -> Child {
    folder.command(&["build", "-q", "-o", "pods", &format!("{which}.flyteenv")]).spawn().expect("the command runs")
}

/// What has the names of files of a build.
fn in_place(folder: &Folder) -> Files {
    folder.files("pods").into_iter().filter(|(name, _)| !name.contains('/')).collect()
}

/// Whether a build has begun to write.
fn is_writing(folder: &Folder) -> bool {
    let entries = fs::read_dir(folder.path("pods")).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with(".flytec-build-"))
}

/// Kills a build so long after it has begun to write, or after its start.
fn kill(mut build: Child, folder: &Folder, delay: Duration, writing: bool) {
    let start = Instant::now();
    while writing && !is_writing(folder) && start.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_micros(200));
    }
    sleep(delay);
    build.kill().expect("it is ours");
    build.wait().expect("it ends");
}

#[test]
fn a_build_that_is_killed_leaves_whole_files_and_the_next_one_mends_the_set() {
    const ROUNDS: u32 = 20;
    let folder = Folder::new();
    let sets = programs(&folder, 3, 240);
    let started = Instant::now();
    folder.run(&["build", "-q", "-o", "pods", "0.flyteenv"]).expect(0).silent();
    let whole = started.elapsed();
    let (mut mixed, mut left) = (0, 0);
    for round in 0..ROUNDS {
        // Two are killed one after the other, of other programs than the one that was built and the one that will be.
        for which in [1, 2] {
            let writing = round % 4 != 0;
            let most = if writing { Duration::from_millis(16) } else { whole };
            kill(start(&folder, which), &folder, most * round / ROUNDS, writing);
            let found = in_place(&folder);
            for (name, bytes) in &found {
                let known = sets.iter().any(|set| set.get(name) == Some(bytes));
                assert!(known, "`{name}` is a file of no build after {round} rounds");
            }
            mixed += usize::from(sets.iter().all(|set| *set != found));
        }
        left += usize::from(is_writing(&folder));
        let next = usize::try_from(round % 3).expect("it is small");
        folder.run(&["build", "-q", "-o", "pods", &format!("{next}.flyteenv")]).expect(0).silent();
        assert!(folder.files("pods") == sets[next], "the set is whole again after {round} rounds");
        folder.run(&["build", "-q", "-o", "pods", "0.flyteenv"]).expect(0).silent();
        assert!(folder.files("pods") == sets[0], "the set is another one after {round} rounds");
    }
    assert!(mixed + left > 0, "some builds were killed while they wrote: {mixed} sets were mixed, {left} folders left");
}

#[test]
fn files_of_others_are_kept_where_a_killed_build_would_have_written_them() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let before = folder.files("pods");
    let left = |bytes: &[u8]| serde_json::json!({ "file": "other.json", "sha256": flytec::digest::sha256(bytes) });
    let manifest = |pod| serde_json::json!({ "manifest_version": 1, "pods": [pod] }).to_string();
    folder.write("pods/.flytec-build-1/manifest.json", manifest(left(b"of the build")));
    folder.write("pods/other.json", "mine");
    folder.run(&["build"]).expect(0);
    assert_eq!(folder.read("pods/other.json"), "mine");
    assert!(!folder.path("pods/.flytec-build-1").exists(), "what was left is gone");
    folder.write("pods/.flytec-build-2/manifest.json", manifest(left(b"of the build")));
    folder.write("pods/other.json", "of the build");
    folder.run(&["build"]).expect(0);
    assert_eq!(folder.files("pods"), before);
}

#[test]
fn what_a_killed_build_left_does_not_lead_out_of_the_folder() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    folder.write("victim.json", "mine");
    let pod = serde_json::json!({ "file": "../victim.json", "sha256": flytec::digest::sha256(b"mine") });
    let manifest = serde_json::json!({ "manifest_version": 1, "pods": [pod] }).to_string();
    folder.write("pods/.flytec-build-1/manifest.json", manifest);
    folder.run(&["build"]).expect(0);
    assert_eq!(folder.read("victim.json"), "mine");
}

// -------------------------------------------------------------------------------------------------- at the same time

#[test]
fn builds_at_the_same_time_end_in_the_result_of_one() {
    for (builds, rounds) in [(2, 12), (4, 6)] {
        let folder = Folder::new();
        let sets = programs(&folder, builds, 60);
        for round in 0..rounds {
            let children: Vec<Child> = (0..builds).map(|which| start(&folder, which)).collect();
            for child in children {
                let output = child.wait_with_output().expect("it ends");
                let stderr = String::from_utf8_lossy(&output.stderr);
                assert_eq!(output.status.code(), Some(0), "{stderr}");
            }
            let found = folder.files("pods");
            assert!(sets.contains(&found), "{builds} builds have mixed their sets after {round} rounds");
            if round % 3 == 0 {
                fs::remove_dir_all(folder.path("pods")).expect("it is ours");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_build_and_a_check_wait_for_the_build_that_writes() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    folder.write("main.flyteenv", PROGRAM.replace("train:1", "train:2"));
    for (arguments, status) in [(&["build", "--check"][..], 1), (&["build"], 0)] {
        let before = folder.files("pods");
        let other = File::open(folder.path("pods")).expect("it is a folder");
        other.lock().expect("it can be locked");
        let mut child = folder.command(arguments).spawn().expect("the command runs");
        let mut line = String::new();
        let stderr = child.stderr.take().expect("it is piped");
        BufReader::new(stderr).read_line(&mut line).expect("it is text");
        assert_eq!(line, "waiting for another build of `pods`\n");
        sleep(Duration::from_millis(50));
        assert!(child.try_wait().expect("it is ours").is_none(), "{arguments:?} does not wait");
        assert_eq!(folder.files("pods"), before);
        drop(other);
        assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(status));
    }
    folder.run(&["build", "--check"]).expect(0).silent();
}

#[test]
fn checks_at_the_same_time_do_not_wait_for_each_other() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let other = File::open(folder.path("pods")).expect("it is a folder");
    other.lock_shared().expect("it can be locked");
    assert_eq!(folder.run(&["build", "--check"]).expect(0).silent().stderr, "");
}
