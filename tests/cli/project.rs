//! `flytec.toml`: what it says holds for all builds of a project, and arguments win over it.

use super::folder::{Folder, Outcome};
use super::{BROKEN, PODS, PROGRAM};

/// A project with the program in `envs`.
fn project(settings: &str) -> Folder {
    let folder = Folder::new();
    folder.write("flytec.toml", settings);
    folder.write("envs/main.flyteenv", PROGRAM);
    folder
}

/// Runs the command in a folder of the project.
fn run_in(folder: &Folder, below: &str, arguments: &[&str]) -> Outcome {
    let output = folder.command(arguments).current_dir(folder.path(below)).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the streams are UTF-8");
    Outcome { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The names of the pods in a stream of lines.
fn names(stream: &str) -> Vec<&str> {
    stream.lines().filter_map(|line| line.split('"').nth(3)).collect()
}

fn files(extension: &str) -> Vec<String> {
    let pods = PODS.map(|name| format!("{name}.{extension}"));
    std::iter::once("manifest.json".to_owned()).chain(pods).collect()
}

// ----------------------------------------------------------------------------------------------------------- builds

#[test]
fn settings_stand_for_arguments() {
    let folder = project(
        "[build]\npaths = [\"envs\"]\nout-dir = \"built/pods\"\nemit = \"k8s\"\nformat = \"yaml\"\n\
        task-version = \"7\"\ncode-bundle = \"s3://bundles/b.tgz\"\ncode-dest = \"/code\"\n",
    );
    folder.write("other.flyteenv", BROKEN);
    folder.run(&["build"]).expect(0).silent();
    assert_eq!(folder.names("built/pods"), files("yaml"));
    let manifest = folder.read("built/pods/manifest.json");
    assert!(manifest.contains("\"emit\": \"k8s\"") && manifest.contains("\"task_version\": \"7\""), "{manifest}");
    let fit = folder.read("built/pods/train-env.fit.yaml");
    for expected in ["kind: Pod", "s3://bundles/b.tgz", "/code"] {
        assert!(fit.contains(expected), "{fit}");
    }
}

#[test]
fn arguments_win_over_settings() {
    let folder = project(
        "[build]\npaths = [\"nowhere\"]\nout-dir = \"built\"\nemit = \"k8s\"\nformat = \"yaml\"\n\
        task-version = \"7\"\ncode-bundle = \"s3://bundles/b.tgz\"\ncode-dest = \"/code\"\n",
    );
    let arguments =
        ["build", "envs", "-o", "here", "--emit", "pod", "--format", "json", "--task-version", "8", "--code-bundle"];
    let more = ["s3://bundles/c.tgz", "--code-dest", "/src"];
    folder.run(&[&arguments[..], &more].concat()).expect(0).silent();
    assert_eq!(folder.names("here"), files("json"));
    let manifest = folder.read("here/manifest.json");
    assert!(manifest.contains("\"emit\": \"pod\"") && manifest.contains("\"task_version\": \"8\""), "{manifest}");
    let fit = folder.read("here/train-env.fit.json");
    for (expected, other) in [("s3://bundles/c.tgz", "s3://bundles/b.tgz"), ("/src", "/code"), ("podSpec", "kind")] {
        assert!(fit.contains(expected) && !fit.contains(other), "{fit}");
    }
}

#[test]
fn paths_begin_in_the_root_wherever_the_command_runs() {
    let folder = project("[build]\npaths = [\"envs/\", \"./more.flyteenv\"]\nout-dir = \"built\"\n");
    folder.write("more.flyteenv", BROKEN.replace("  imgae = \"i\"\n", ""));
    folder.write("deep/er/empty", "");
    run_in(&folder, "deep/er", &["build"]).expect(0).silent();
    assert!(folder.names("built").contains(&"e.t.json".to_owned()), "{:?}", folder.names("built"));
    assert!(folder.names("deep").len() == 1, "{:?}", folder.names("deep"));
    let manifest = folder.read("built/manifest.json");
    assert!(manifest.contains("\"envs/main.flyteenv\"") && manifest.contains("\"more.flyteenv\""));
    run_in(&folder, "deep/er", &["build", "--check"]).expect(0).silent();
}

#[test]
fn without_paths_the_current_folder_is_built() {
    let folder = project("[build]\nformat = \"yaml\"\n");
    folder.write("broken/main.flyteenv", BROKEN);
    assert_eq!(names(&run_in(&folder, "envs", &["build", "-o", "-", "--format", "json"]).expect(0).stdout), PODS);
}

#[test]
fn what_the_file_and_an_argument_cannot_both_be_is_bad_usage() {
    let folder = project("[build]\nformat = \"proto\"\n");
    folder.run(&["build"]).expect(0).silent();
    for arguments in [&["build", "--emit", "k8s"][..], &["build", "-o", "-"]] {
        let outcome = folder.run(arguments).expect(2).silent();
        assert!(outcome.stderr.contains("--format proto"), "{}", outcome.stderr);
    }
}

#[test]
fn where_a_bundle_is_unpacked_needs_a_bundle_from_anywhere() {
    let folder = project("[build]\ncode-bundle = \"s3://bundles/b.tgz\"\n");
    folder.run(&["check", "--code-dest", "/src"]).expect(0).silent();
    folder.write("flytec.toml", "[build]\ncode-dest = \"/src\"\n");
    folder.run(&["check"]).expect(0).silent();
    folder.write("flytec.toml", "");
    let outcome = folder.run(&["check", "--code-dest", "/src"]).expect(2).silent();
    assert!(outcome.stderr.contains("--code-bundle"), "{}", outcome.stderr);
}

// ------------------------------------------------------------------------------------------------------- parameters

const STAGED: &str =
    "param stage: string\nenvironment e {\n  image = \"i:${stage}\"\n  task t { command = [\"x\"] }\n}\n";

#[test]
fn parameters_of_the_project_give_way_to_files_and_these_to_arguments() {
    let folder = Folder::with(STAGED);
    folder.write("flytec.toml", "[params]\nstage = \"project\"\n");
    folder.write("params.yaml", "stage: file\n");
    let image = |arguments: &[&str]| {
        let outcome = folder.run(&[&["build", "-o", "-"], arguments].concat()).expect(0);
        outcome.stdout.split("\"image\":\"i:").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    assert_eq!(image(&[]).as_deref(), Some("project"));
    assert_eq!(image(&["--params", "params.yaml"]).as_deref(), Some("file"));
    assert_eq!(image(&["--params", "params.yaml", "--set", "stage=argument"]).as_deref(), Some("argument"));
    assert_eq!(image(&["--set", "stage=argument"]).as_deref(), Some("argument"));
}

#[test]
fn the_version_is_made_of_the_parameters_and_of_nothing_else_in_the_file() {
    let folder = Folder::with(STAGED);
    let version = |settings: &str, arguments: &[&str]| {
        folder.write("flytec.toml", settings);
        folder.run(&[&["build", "-q"], arguments].concat()).expect(0);
        let manifest = folder.read("pods/manifest.json");
        manifest.split("\"task_version\": ").nth(1).expect("it has a version").to_owned()
    };
    let dev = version("[params]\nstage = \"dev\"\n", &[]);
    assert_eq!(dev, version("# A remark.\n[lints]\nW0218 = \"deny\"\n[params]\n\"stage\" = 'dev'\n", &[]));
    assert_ne!(dev, version("[params]\nstage = \"prod\"\n", &[]));
    assert_eq!(version("", &["--set", "stage=x"]), version("[params]\nstage = \"dev\"\n", &["--set", "stage=x"]));
    let nested = |team: &str| version(&format!("[params]\nstage = \"dev\"\n[params.labels]\nteam = {team}\n"), &[]);
    assert_ne!(nested("\"a\""), nested("\"b\""));
}

#[test]
fn a_program_that_reads_the_file_has_another_version_where_it_changes() {
    let folder = Folder::with("environment e {\n  image = \"i\"\n  task t { command = [file(\"flytec.toml\")] }\n}\n");
    let version = |settings: &str| {
        folder.write("flytec.toml", settings);
        folder.run(&["build", "-q"]).expect(0);
        folder.read("pods/manifest.json")
    };
    assert_ne!(version("# a\n"), version("# b\n"));
}

// ----------------------------------------------------------------------------------------------------------- faults

#[test]
fn a_fault_in_the_file_is_1_and_nothing_else_is_told_or_written() {
    let folder = project("[build]\noutdir = \"built\"\n");
    folder.write("broken.flyteenv", BROKEN);
    for arguments in [&["build"][..], &["check"], &["build", "envs", "-o", "here"], &["build", "-o", "-"]] {
        let arguments = [arguments, &["--message-format", "short"]].concat();
        let outcome = folder.run(&arguments).expect(1).silent();
        assert_eq!(outcome.stderr, "flytec.toml:2:1: error[E0810]: `[build]` has no setting `outdir`\n");
    }
    assert_eq!(folder.names("."), ["broken.flyteenv", "envs/main.flyteenv", "flytec.toml"]);
}

#[test]
fn faults_are_told_as_all_others_are() {
    let folder = project("[build]\nformat = \"xml\"\n");
    let outcome = run_in(&folder, "envs", &["check"]).expect(1).silent();
    assert!(outcome.stderr.starts_with("error[E0811]: ") && outcome.stderr.ends_with("\n1 error\n"));
    assert!(outcome.stderr.contains("../flytec.toml:2:10\n"), "{}", outcome.stderr);
    let json = run_in(&folder, "envs", &["check", "--message-format", "json"]).expect(1).silent();
    assert!(json.stderr.contains("\"file\":\"../flytec.toml\""), "{}", json.stderr);
    folder.write("flytec.toml", "\"\\u001b[31m\" = 1\n\"a\\nb\" = 2\n");
    let outcome = folder.run(&["check", "--message-format", "short"]).expect(1).silent();
    assert!(outcome.stderr.lines().count() == 2 && !outcome.stderr.contains('\u{1b}'), "{:?}", outcome.stderr);
}

#[test]
fn bytes_that_are_no_text_are_told_at_their_place() {
    let folder = project("");
    folder.write("flytec.toml", b"# \xC3\xA9\xFF\n");
    let outcome = folder.run(&["check", "--message-format", "short"]).expect(1).silent();
    assert_eq!(outcome.stderr, "flytec.toml:1:4: error[E0114]: this is not UTF-8\n");
}

#[test]
fn only_the_project_of_the_current_folder_counts() {
    let folder = project("[build]\nformat = \"yaml\"\n");
    folder.write("other/flytec.toml", "[nonsense]\n");
    folder.write("other/main.flyteenv", PROGRAM.replace("train-env", "other-env"));
    folder.run(&["check", "other"]).expect(0).silent();
    run_in(&folder, "other", &["check"]).expect(1).silent();
}

// ----------------------------------------------------------------------------------------------------- pod security

#[test]
fn a_level_of_pod_security_is_one_of_three() {
    let folder = project("[pod-security]\nlevel = \"baseline\"\n");
    for (level, status) in [("privileged", 0), ("baseline", 0), ("restricted", 1)] {
        folder.run(&["check", "--pod-security", level]).expect(status).silent();
    }
    let outcome = folder.run(&["check", "--pod-security", "strict"]).expect(2).silent();
    assert!(outcome.stderr.contains("restricted"), "{}", outcome.stderr);
}
