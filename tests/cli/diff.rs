//! `flytec diff`.

use std::process::Command;

use super::PROGRAM;
use super::folder::Folder;

fn git(folder: &Folder, arguments: &[&str]) {
    let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.dev"];
    let status = Command::new("git").args(identity).args(arguments).current_dir(folder.path(".")).status();
    assert!(status.unwrap().success(), "{arguments:?}");
}

/// Makes a repository of a folder, or a commit more.
fn commit(folder: &Folder) {
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "--allow-empty", "-m", "State"]);
}

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
    let expected = "train-env.fit@large\n  podSpec.containers[primary].resources.requests.memory  (new.flyteenv:14:26)\n    - \"64Gi\"\n    + \"32Gi\"\n\nrenamed: train-env.prepare is train-env.clean now\n\n1 pod changes, 1 pod is renamed, and 1 stays as it is\n";
    assert_eq!(outcome.stdout, expected);
    let json = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "json"]).expect(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changed"][0]["changes"][0]["source"], "new.flyteenv:14:26");
    folder.write("new.flyteenv", PROGRAM.replace("task prepare", "task clean").replace("fit", "refit"));
    let json = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "json"]).expect(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["added"][0], &json["removed"][0]), (&"train-env.refit".into(), &"train-env.fit".into()));
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
    commit(&folder);
    folder.write("envs/main.flyteenv", PROGRAM.replace("64Gi", "32Gi"));
    folder.write("envs/broken.flyteenv", "environment {");
    let index = folder.bytes(".git/index");
    let outcome = folder.run(&["diff", "HEAD", "envs/main.flyteenv"]).expect(1);
    assert!(outcome.stdout.contains("+ \"32Gi\"") && outcome.stderr.is_empty(), "{outcome:?}");
    // What has errors is told, and not compared.
    let broken = folder.run(&["diff", "HEAD", "envs"]).expect(1).silent();
    assert!(broken.stderr.ends_with("`envs` has errors, so that its pods cannot be compared\n"), "{}", broken.stderr);
    assert!(broken.stderr.contains("broken.flyteenv"), "{}", broken.stderr);
    let unknown = folder.run(&["diff", "no-such-branch", "envs"]).expect(2).silent();
    assert!(unknown.stderr.contains("neither a file, nor a folder, nor a revision"), "{}", unknown.stderr);
    assert_eq!(folder.bytes(".git/index"), index);
}

/// Three environments of many tasks with one template.
fn many(level: &str) -> String {
    let mut program = format!(
        "template common {{\n  pod_spec {{ containers primary {{ env LEVEL {{ value = \"{level}\" }} }} }}\n}}\n"
    );
    for environment in ["eu", "us", "asia"] {
        program.extend([format!("environment {environment} {{\n  image = \"i:1\"\n  pod_template = common\n")]);
        program.extend((0..100).map(|task| format!("  task t{task} {{ function = \"m:t{task}\" }}\n")));
        program += "}\n";
    }
    program
}

#[test]
fn one_change_of_hundreds_of_pods_reads_as_one() {
    let folder = Folder::with(&many("info"));
    folder.write("new.flyteenv", many("debug"));
    let human = folder.run(&["diff", "main.flyteenv", "new.flyteenv"]).expect(1).stdout;
    let expected = "300 pods: asia (100), eu (100), us (100)\n  podSpec.containers[primary].env[LEVEL].value  (new.flyteenv:2:55)\n    - \"info\"\n    + \"debug\"\n\n300 pods change\n";
    assert_eq!(human, expected);
    let markdown = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "markdown"]).expect(1).stdout;
    assert!(markdown.contains("<details><summary>300 pods</summary>"), "{markdown}");
    assert_eq!(markdown.matches("`us.t99`").count(), 1);
    let json = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "json"]).expect(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changed"].as_array().unwrap().len(), 1);
    assert_eq!(json["changed"][0]["pods"].as_array().unwrap().len(), 300);
}

#[test]
fn a_pod_under_another_name_is_renamed() {
    let program = |name: &str| {
        format!(
            "template a {{ labels {{ x = \"y\" }} }}\nenvironment {name} {{\n  image = \"i:1\"\n  pod_template = a\n  task t {{ command = [\"x\"] }}\n  task u {{ command = [\"y\"] }}\n  task v {{ command = [\"y\"] }}\n}}\n"
        )
    };
    let folder = Folder::with(&program("old"));
    // How templates are called makes no difference.
    folder.write("new.flyteenv", program("new").replace("template a", "template b").replace("= a\n", "= b\n"));
    let human = folder.run(&["diff", "main.flyteenv", "new.flyteenv"]).expect(1).stdout;
    // Of two that are the same nobody knows which one is which.
    let expected = "renamed: old.t is new.t now\nnew: new.u\nnew: new.v\ngone: old.u\ngone: old.v\n\n1 pod is renamed, 2 pods are new, 2 pods are gone\n";
    assert_eq!(human, expected);
    let json = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "json"]).expect(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["renamed"], serde_json::json!([{ "old": "old.t", "new": "new.t" }]));
    let markdown = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "markdown"]).expect(1).stdout;
    assert!(markdown.contains("\nRenamed:\n\n- `old.t` is `new.t` now\n"), "{markdown}");
}

#[test]
fn only_the_lines_of_a_text_that_change_are_shown() {
    let script = |line: &str, end: &str| {
        let lines: Vec<String> = (1..=9).map(|number| format!("      echo {number}")).collect();
        let text = lines.join("\n").replace("echo 5", line);
        format!(
            "environment e {{\n  image = \"i:1\"\n  task t {{\n    command = [\"sh\", \"-c\", \"\"\"\n{text}\n      \"\"\"{end}]\n  }}\n}}\n"
        )
    };
    let folder = Folder::with(&script("echo 5", ""));
    folder.write("new.flyteenv", script("cat ```", ""));
    let human = folder.run(&["diff", "main.flyteenv", "new.flyteenv"]).expect(1).stdout;
    let lines = "      echo 3\n      echo 4\n    - echo 5\n    + cat ```\n      echo 6\n      echo 7\n\n";
    assert!(human.contains(lines), "{human}");
    let markdown = folder.run(&["diff", "main.flyteenv", "new.flyteenv", "--format", "markdown"]).expect(1).stdout;
    assert!(markdown.contains("\n````diff\n  echo 3\n") && !markdown.contains("| field |"), "{markdown}");
    // What differs in nothing that can be seen is written with its escapes.
    folder.write("a.flyteenv", "environment e {\n  image = \"i:1\"\n  task t { command = [\"a\\nb\"] }\n}\n");
    folder.write("b.flyteenv", "environment e {\n  image = \"i:1\"\n  task t { command = [\"a\\nb\\n\"] }\n}\n");
    let ends = folder.run(&["diff", "a.flyteenv", "b.flyteenv"]).expect(1).stdout;
    assert!(ends.contains("    - \"a\\nb\"\n    + \"a\\nb\\n\"\n"), "{ends}");
}

#[test]
fn what_a_revision_does_not_have_is_new() {
    let folder = Folder::new();
    commit(&folder);
    // A first source, in a folder that the revision does not have.
    folder.write("größe 1/envs/main.flyteenv", PROGRAM);
    for arguments in [&["diff", "HEAD", "."][..], &["diff", "HEAD", "größe 1"], &["diff", "HEAD", ".", "größe 1/envs"]]
    {
        let outcome = folder.run(arguments).expect(1);
        assert!(outcome.stdout.ends_with("3 pods are new\n") && outcome.stderr.is_empty(), "{outcome:?}");
    }
    let below = folder.command(&["diff", "HEAD", "."]).current_dir(folder.path("größe 1")).output().unwrap();
    assert!(String::from_utf8(below.stdout).unwrap().ends_with("3 pods are new\n"));
    commit(&folder);
    folder.run(&["diff", "HEAD", "größe 1"]).expect(0).silent();
    assert!(folder.run(&["diff", "HEAD", "HEAD~1"]).expect(1).stdout.ends_with("3 pods are gone\n"));
    // A path that nobody has is a mistake.
    let nowhere = folder.run(&["diff", "HEAD", "HEAD~1", "gröse"]).expect(2).silent();
    assert_eq!(nowhere.stderr, "error: neither of the two has `gröse`\n");
}

#[test]
fn a_revision_that_is_missing_is_told_with_the_reason() {
    let folder = Folder::with(PROGRAM);
    let command = |folder: &Folder| {
        // The folder may lie in a repository of somebody else.
        let above = folder.path(".").parent().map(std::path::Path::to_owned).unwrap_or_default();
        let above = above.parent().map(std::path::Path::to_owned).unwrap_or_default();
        let output = folder.command(&["diff", "HEAD~1", "."]).env("GIT_CEILING_DIRECTORIES", above).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = command(&folder);
    assert!(told.contains("; this folder is in no git repository"), "{told}");
    commit(&folder);
    let told = command(&folder);
    assert!(told.ends_with("nor a revision of a repository here\n"), "{told}");
    commit(&folder);
    let shallow = Folder::new();
    let address = format!("file://{}", folder.path(".").display());
    git(&shallow, &["clone", "--quiet", "--depth", "1", &address, "."]);
    let told = command(&shallow);
    assert!(told.contains("`git fetch --unshallow`"), "{told}");
}

#[test]
fn errors_of_a_revision_are_told_as_its() {
    let folder = Folder::with("environment {");
    commit(&folder);
    folder.write("main.flyteenv", PROGRAM);
    let told = folder.run(&["diff", "HEAD", "."]).expect(1).silent();
    assert!(told.stderr.ends_with("`HEAD` has errors, so that its pods cannot be compared\n"), "{}", told.stderr);
    // Programs read nothing but messages.
    let json = folder.run(&["diff", "HEAD", ".", "--message-format", "json"]).expect(1).silent();
    assert!(json.stderr.lines().all(|line| line.starts_with('{')), "{}", json.stderr);
}

#[test]
fn containers_come_and_go_and_elements_change_their_order() {
    let program = |containers: &str, tolerations: &str| {
        format!(
            "template a {{\n  annotations {{ primary_container_name = \"primary\" }}\n  pod_spec {{\n    tolerations = [{tolerations}]\n    containers primary {{}}\n{containers}  }}\n}}\nenvironment e {{\n  image = \"i:1\"\n  pod_template = a\n  task t {{ function = \"m:t\" }}\n}}\n"
        )
    };
    let one = |key: &str| format!("{{ key = \"{key}\", operator = \"Exists\" }}");
    let container = |name: &str| format!("    containers {name} {{ image = \"{name}:1\" }}\n");
    let old = program(&(container("log") + &container("proxy")), &format!("{}, {}", one("a"), one("b")));
    let new = program(&(container("proxy") + &container("fresh")), &format!("{}, {}", one("b"), one("a")));
    let folder = Folder::with(&old);
    folder.write("new.flyteenv", &new);
    let human = folder.run(&["diff", "main.flyteenv", "new.flyteenv"]).expect(1).stdout;
    let paths: Vec<&str> = human.lines().filter_map(|line| line.strip_prefix("  podSpec.")).collect();
    let paths: Vec<&str> = paths.iter().map(|line| line.split("  (").next().unwrap_or_default()).collect();
    assert_eq!(paths, ["containers[fresh]", "containers[log]", "tolerations[0]", "tolerations[1]"], "{human}");
}
