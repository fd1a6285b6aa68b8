//! `flytec diff`.

use std::process::Command;

use super::PROGRAM;
use super::folder::Folder;

#[test]
fn the_same_pods_have_no_difference() {
    let folder = Folder::with(PROGRAM);
    folder.write("again/main.flyteenv", format!("# Another text.\n{PROGRAM}"));
    let outcome = folder.run(&["diff", "main.flyteenv", "again"]).expect(0).silent();
    assert_eq!(outcome.stderr, "");
    let markdown = folder.run(&["diff", "main.flyteenv", "again", "--format", "markdown"]).expect(0);
    assert_eq!(markdown.stdout, "No pod changes.\n");
}

#[test]
fn changes_are_shown_with_their_places() {
    let folder = Folder::with(PROGRAM);
    folder.write("new.flyteenv", PROGRAM.replace("64Gi", "32Gi").replace("task prepare", "task clean"));
    let outcome = folder.run(&["diff", "main.flyteenv", "new.flyteenv"]).expect(1);
    let expected = "train-env.fit@large\n  podSpec.containers[primary].resources.requests.memory  (new.flyteenv:14:26)\n    - \"64Gi\"\n    + \"32Gi\"\n\nnew: train-env.clean\ngone: train-env.prepare\n\n1 pod changes, 1 pod is new, 1 pod is gone, and 1 stays as it is\n";
    assert_eq!(outcome.stdout, expected);
    let json = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "json"]).expect(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changed"][0]["changes"][0]["source"], "new.flyteenv:14:26");
    assert_eq!((&json["added"][0], &json["removed"][0]), (&"train-env.clean".into(), &"train-env.prepare".into()));
}

#[test]
fn built_folders_of_every_format_are_compared() {
    let folder = Folder::with(PROGRAM);
    for format in ["json", "yaml", "proto"] {
        folder.run(&["build", "main.flyteenv", "-o", format, "--format", format]).expect(0);
        folder.run(&["diff", format, "main.flyteenv"]).expect(0).silent();
        folder.run(&["diff", "json", format]).expect(0).silent();
    }
    folder.run(&["build", "main.flyteenv", "-o", "k8s", "--emit", "k8s"]).expect(0);
    folder.run(&["diff", "k8s", "main.flyteenv"]).expect(0).silent();
    let mixed = folder.run(&["diff", "k8s", "json"]).expect(2).silent();
    assert!(mixed.stderr.contains("one of the folders has `K8sPod`s"), "{}", mixed.stderr);
}

#[test]
fn revisions_are_compared_and_nothing_is_touched() {
    let folder = Folder::new();
    folder.write("envs/main.flyteenv", PROGRAM);
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.dev"];
        let status = Command::new("git").args(identity).args(arguments).current_dir(folder.path(".")).status();
        assert!(status.unwrap().success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "first"]);
    folder.write("envs/main.flyteenv", PROGRAM.replace("64Gi", "32Gi"));
    folder.write("envs/broken.flyteenv", "environment {");
    let index = folder.bytes(".git/index");
    let outcome = folder.run(&["diff", "HEAD", "envs/main.flyteenv"]).expect(1);
    assert!(outcome.stdout.contains("+ \"32Gi\"") && outcome.stderr.is_empty(), "{outcome:?}");
    // What has errors is told, and not compared.
    let broken = folder.run(&["diff", "HEAD", "envs"]).expect(1).silent();
    assert!(broken.stderr.contains("broken.flyteenv"), "{}", broken.stderr);
    let unknown = folder.run(&["diff", "no-such-branch", "envs"]).expect(2).silent();
    assert!(unknown.stderr.contains("neither a file, nor a folder, nor a revision"), "{}", unknown.stderr);
    assert_eq!(folder.bytes(".git/index"), index);
}
