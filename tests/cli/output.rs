//! What a build writes, into a folder or to standard output.

use std::fs;
use std::time::{Duration, SystemTime};

use flytec::digest::sha256;
use serde_json::Value;

use super::folder::Folder;
use super::{BROKEN, PODS, PROGRAM};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// The names of the files of [`PROGRAM`], the manifest first.
fn files(extension: &str) -> Vec<String> {
    let pods = PODS.iter().map(|name| format!("{name}.{extension}"));
    std::iter::once("manifest.json".to_owned()).chain(pods).collect()
}

// --------------------------------------------------------------------------------------------------------- a folder

#[test]
fn a_build_writes_a_file_for_each_pod_and_the_manifest() {
    let folder = Folder::with(PROGRAM);
    let outcome = folder.run(&["build"]).expect(0).silent();
    assert_eq!(outcome.stderr, "3 pods in `pods`, 3 written\n");
    assert_eq!(folder.names("pods"), files("json"));
    assert_eq!(folder.run(&["build"]).expect(0).stderr, "3 pods in `pods`, 0 written\n");
    assert_eq!(folder.names("."), [&["main.flyteenv".to_owned()][..], &files("json").map_all("pods/")].concat());
}

trait MapAll {
    fn map_all(&self, prefix: &str) -> Vec<String>;
}

impl MapAll for Vec<String> {
    fn map_all(&self, prefix: &str) -> Vec<String> {
        self.iter().map(|name| format!("{prefix}{name}")).collect()
    }
}

#[test]
fn json_has_sorted_keys_and_ends_with_a_newline() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    for name in files("json") {
        let text = folder.read(&format!("pods/{name}"));
        // Objects of serde_json are sorted.
        let again = serde_json::to_string_pretty(&json(&text)).expect("it is JSON");
        assert_eq!(text, format!("{again}\n"), "{name}");
    }
}

#[test]
fn the_manifest_tells_of_each_pod() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build", "--task-version", "v7"]).expect(0);
    let manifest = json(&folder.read("pods/manifest.json"));
    assert_eq!(
        (&manifest["emit"], &manifest["format"], &manifest["task_version"]),
        (&"pod".into(), &"json".into(), &"v7".into())
    );
    let pods = manifest["pods"].as_array().expect("there are pods");
    let names: Vec<&str> = pods.iter().filter_map(|pod| pod["name"].as_str()).collect();
    assert_eq!(names, PODS, "in the order of their names");
    for pod in pods {
        let file = pod["file"].as_str().expect("a pod has a file");
        assert_eq!(pod["sha256"], sha256(&folder.bytes(&format!("pods/{file}"))), "{file}");
        assert_eq!(pod["environment"], "train-env");
        assert_eq!(pod["primary_container_name"], "primary");
    }
    assert_eq!((&pods[1]["task"], &pods[1]["variant"]), (&"fit".into(), &"large".into()));
    assert_eq!(pods[1]["source"], json(r#"{"file": "main.flyteenv", "line": 13, "column": 19}"#));
    assert_eq!(pods[2].get("variant"), None, "what is not set is absent");
}

#[test]
fn the_manifest_names_a_template_of_the_cluster() {
    let folder = Folder::with(&PROGRAM.replacen("{\n", "{\n  pod_template = \"gpu-nodes\"\n", 1));
    folder.run(&["build"]).expect(0);
    let manifest = json(&folder.read("pods/manifest.json"));
    assert_eq!(manifest["pods"][0]["pod_template_name"], "gpu-nodes");
}

#[test]
fn the_version_is_a_digest_of_the_sources_unless_it_is_given() {
    let version = |program: &str, arguments: &[&str]| {
        let folder = Folder::with(program);
        folder.run(&[&["build"], arguments].concat()).expect(0);
        json(&folder.read("pods/manifest.json"))["task_version"].clone()
    };
    assert_eq!(version(PROGRAM, &[]), version(PROGRAM, &[]));
    assert_ne!(version(PROGRAM, &[]), version(&PROGRAM.replace("64Gi", "65Gi"), &[]));
    assert_eq!(version(PROGRAM, &["--task-version", "v7"]), "v7");
}

#[test]
fn the_code_bundle_reaches_the_entrypoint() {
    let folder = Folder::with(PROGRAM);
    folder
        .run(&["build", "--code-bundle", "s3://b/code.tgz", "--code-dest", "/code", "--task-version", "v7"])
        .expect(0);
    let pod = json(&folder.read("pods/train-env.fit.json"));
    let arguments = pod["podSpec"]["containers"][0]["args"].to_string();
    for part in [r#""--version","v7""#, r#""--tgz","s3://b/code.tgz""#, r#""--dest","/code""#] {
        assert!(arguments.contains(part), "{part} is missing in {arguments}");
    }
}

#[test]
fn files_that_are_no_longer_made_are_deleted_and_nothing_else() {
    let folder = Folder::with(PROGRAM);
    let build = || folder.run(&["build", "--task-version", "v"]).expect(0).stderr;
    build();
    folder.write("pods/notes.txt", "mine");
    folder.write("pods/other.task.json", "mine");
    folder.write("main.flyteenv", PROGRAM.replace("prepare {", "clean {"));
    assert_eq!(build(), "3 pods in `pods`, 1 written\n");
    let expected = [
        "manifest.json",
        "notes.txt",
        "other.task.json",
        "train-env.clean.json",
        "train-env.fit.json",
        "train-env.fit@large.json",
    ];
    assert_eq!(folder.names("pods"), expected);
}

#[test]
fn files_of_another_format_are_deleted() {
    let folder = Folder::with(PROGRAM);
    for (format, extension) in [("json", "json"), ("yaml", "yaml"), ("proto", "pb"), ("json", "json")] {
        folder.run(&["build", "--format", format]).expect(0).silent();
        assert_eq!(folder.names("pods"), files(extension));
    }
}

#[test]
fn a_manifest_cannot_name_files_outside_of_its_folder() {
    let folder = Folder::with(PROGRAM);
    folder.write("victim.json", "mine");
    folder.write("pods/sub/victim.json", "mine");
    let victim = folder.path("victim.json").display().to_string();
    let files: Vec<Value> = ["../victim.json", "sub/victim.json", "..", ".", "", &victim]
        .map(|file| serde_json::json!({ "file": file }))
        .into();
    folder.write("pods/manifest.json", serde_json::json!({ "manifest_version": 1, "pods": files }).to_string());
    folder.run(&["build"]).expect(0);
    assert_eq!((folder.read("victim.json"), folder.read("pods/sub/victim.json")), ("mine".into(), "mine".into()));
}

#[test]
fn a_manifest_that_cannot_be_read_is_replaced() {
    for garbage in ["", "{", "[]", "null", "{\"pods\": 3}", "{\"pods\": [3, {\"file\": 4}]}"] {
        let folder = Folder::with(PROGRAM);
        folder.write("pods/manifest.json", garbage);
        folder.run(&["build"]).expect(0);
        assert_eq!(folder.names("pods"), files("json"), "{garbage}");
    }
}

#[test]
fn names_that_are_too_long_for_files_are_cut_and_stay_apart() {
    let environment = "e".repeat(300);
    let tasks = ["a", "b"].map(|name| format!("  task {name} {{ command = [\"x\"] }}\n")).concat();
    let folder = Folder::with(&format!("environment {environment} {{\n  image = \"i\"\n{tasks}}}\n"));
    folder.run(&["build"]).expect(0).silent();
    let names = folder.names("pods");
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|name| name.len() <= 255), "{names:?}");
    let manifest = json(&folder.read("pods/manifest.json"));
    for (pod, task) in manifest["pods"].as_array().expect("there are pods").iter().zip(["a", "b"]) {
        assert_eq!(pod["name"], format!("{environment}.{task}"), "the manifest has the whole name");
        assert!(names.iter().any(|name| pod["file"] == name.as_str()), "{pod}");
    }
    folder.run(&["build", "--check"]).expect(0).silent();
}

#[test]
fn files_that_stay_the_same_are_not_touched() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for name in files("json") {
        let file = fs::File::options().append(true).open(folder.path(&format!("pods/{name}"))).expect("it is there");
        file.set_modified(long_ago).expect("it is ours");
    }
    let touched = || {
        let is_new = |name: &String| {
            fs::metadata(folder.path(&format!("pods/{name}"))).and_then(|data| data.modified()).expect("it is there")
                != long_ago
        };
        files("json").into_iter().filter(is_new).collect::<Vec<_>>()
    };
    folder.run(&["build"]).expect(0);
    assert_eq!(touched(), Vec::<String>::new());
    // A version that is given leaves the arguments of other tasks alone.
    folder.run(&["build", "--task-version", "v7"]).expect(0);
    assert_eq!(touched(), ["manifest.json", "train-env.fit.json", "train-env.fit@large.json"]);
}

#[test]
fn nothing_is_written_where_there_are_errors() {
    let folder = Folder::with(BROKEN);
    folder.run(&["build"]).expect(1).silent();
    assert_eq!(folder.names("."), ["main.flyteenv"]);
    assert!(!folder.path("pods").exists());
    folder.write("main.flyteenv", PROGRAM);
    folder.run(&["build"]).expect(0);
    let before = folder.files("pods");
    for broken in [BROKEN, "\"", "}", "environment e {"] {
        folder.write("main.flyteenv", broken);
        folder.run(&["build"]).expect(1).silent();
        assert_eq!(folder.files("pods"), before, "{broken:?}");
    }
}

#[test]
fn a_program_without_tasks_builds_a_folder_without_pods() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    folder.write("main.flyteenv", "");
    assert_eq!(folder.run(&["build"]).expect(0).silent().stderr, "0 pods in `pods`, 0 written\n");
    assert_eq!(folder.names("pods"), ["manifest.json"]);
}

// ---------------------------------------------------------------------------------------------------------- --check

#[test]
fn a_check_says_nothing_where_nothing_differs() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let outcome = folder.run(&["build", "--check"]).expect(0).silent();
    assert_eq!(outcome.stderr, "");
    folder.run(&["build", "--check", "--only", "train-env.fit*"]).expect(0).silent();
}

#[test]
fn a_check_shows_what_differs_and_writes_nothing() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    folder.write("main.flyteenv", PROGRAM.replace("train:1", "train:2").replace("prepare {", "clean {"));
    let before = folder.files("pods");
    let diff = folder.run(&["build", "--check", "--task-version", "v"]).expect(1).stdout;
    assert!(diff.contains("--- pods/train-env.fit.json\n+++ pods/train-env.fit.json\n@@ "), "{diff}");
    assert!(
        diff.contains("-        \"image\": \"ghcr.io/acme/train:1\"")
            && diff.contains("+        \"image\": \"ghcr.io/acme/train:2\""),
        "{diff}"
    );
    assert!(diff.contains("--- /dev/null\n+++ pods/train-env.clean.json\n"), "{diff}");
    assert!(diff.contains("--- pods/train-env.prepare.json\n+++ /dev/null\n"), "{diff}");
    assert!(diff.contains("--- pods/manifest.json\n+++ pods/manifest.json\n"), "{diff}");
    assert_eq!(folder.files("pods"), before);
}

#[test]
fn a_check_of_a_folder_that_is_not_there_does_not_make_it() {
    let folder = Folder::with(PROGRAM);
    let diff = folder.run(&["build", "--check"]).expect(1).stdout;
    assert_eq!(diff.matches("--- /dev/null\n").count(), 4, "{diff}");
    assert!(!folder.path("pods").exists());
}

#[test]
fn a_check_of_wire_bytes_tells_which_file_differs() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build", "--format", "proto"]).expect(0);
    folder.run(&["build", "--format", "proto", "--check"]).expect(0).silent();
    folder.write("pods/train-env.fit.pb", b"\xFF\xFE");
    let diff = folder.run(&["build", "--format", "proto", "--check"]).expect(1).stdout;
    assert_eq!(diff, "Binary files pods/train-env.fit.pb and pods/train-env.fit.pb differ\n");
}

// ----------------------------------------------------------------------------------------------------------- --only

#[test]
fn only_writes_what_matches_and_leaves_the_rest() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build", "--only", "*.fit*"]).expect(0).silent();
    assert_eq!(folder.names("pods"), ["train-env.fit.json", "train-env.fit@large.json"]);
    folder.run(&["build"]).expect(0);
    let before = folder.files("pods");
    folder.write("main.flyteenv", PROGRAM.replace("[\"prepare\"]", "[\"prepare\", \"all\"]"));
    folder.run(&["build", "--only", "train-env.prepare"]).expect(0);
    let after = folder.files("pods");
    let changed: Vec<&String> = before.keys().filter(|name| before.get(*name) != after.get(*name)).collect();
    assert_eq!((changed, before.len()), (vec![&"train-env.prepare.json".to_owned()], after.len()));
}

#[test]
fn only_streams_what_matches() {
    let folder = Folder::with(PROGRAM);
    let outcome = folder.run(&["build", "-o", "-", "--only", "train-env.{fit@large,prepare}"]).expect(0);
    assert_eq!(streamed_names(&outcome.stdout), ["train-env.fit@large", "train-env.prepare"]);
}

// ------------------------------------------------------------------------------------------------------ the stream

fn streamed_names(lines: &str) -> Vec<String> {
    lines.lines().map(|line| json(line)["name"].as_str().expect("a line has a name").to_owned()).collect()
}

#[test]
fn a_stream_is_json_lines_of_the_same_pods() {
    let folder = Folder::with(PROGRAM);
    let outcome = folder.run(&["build", "-o", "-"]).expect(0);
    assert_eq!(outcome.stderr, "");
    assert_eq!(folder.names("."), ["main.flyteenv"], "a stream writes no files");
    assert_eq!(streamed_names(&outcome.stdout), PODS);
    folder.run(&["build"]).expect(0);
    for line in outcome.stdout.lines() {
        let line = json(line);
        let name = line["name"].as_str().expect("a line has a name");
        assert_eq!(line["pod"], json(&folder.read(&format!("pods/{name}.json"))));
        assert_eq!(line.as_object().map(serde_json::Map::len), Some(2));
    }
}

#[test]
fn a_stream_of_yaml_is_documents_of_the_same_pods() {
    let folder = Folder::with(PROGRAM);
    let stream = folder.run(&["build", "-o", "-", "--format", "yaml"]).expect(0).stdout;
    folder.run(&["build", "--format", "yaml"]).expect(0);
    let document = |name: &&str| format!("---\n# {name}\n{}", folder.read(&format!("pods/{name}.yaml")));
    assert_eq!(stream, PODS.iter().map(document).collect::<String>());
}

// -------------------------------------------------------------------------------------------------- --emit, --format

#[test]
fn a_pod_for_kubernetes_has_the_names_that_the_cluster_knows() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build", "--emit", "k8s"]).expect(0);
    let pod = json(&folder.read("pods/train-env.fit@large.json"));
    assert_eq!((&pod["apiVersion"], &pod["kind"]), (&"v1".into(), &"Pod".into()));
    assert_eq!(pod["metadata"]["name"], "train-env.fit.large");
    let resources = &pod["spec"]["containers"][0]["resources"];
    let of = |side: &str, name: &str| resources[side][name].as_str().map(str::to_owned);
    assert_eq!(
        (of("requests", "nvidia.com/gpu"), of("limits", "nvidia.com/gpu")),
        (Some("2".into()), Some("2".into()))
    );
    assert_eq!((of("requests", "gpu"), of("limits", "gpu")), (None, None));
    assert_eq!(json(&folder.read("pods/manifest.json"))["emit"], "k8s");
}

#[test]
fn a_pod_for_flyte_keeps_the_name_that_flyte_renames() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build"]).expect(0);
    let pod = json(&folder.read("pods/train-env.fit.json"));
    assert_eq!(pod["podSpec"]["containers"][0]["resources"]["requests"]["gpu"], "2");
    assert_eq!(pod["primaryContainerName"], "primary");
}

#[test]
fn yaml_is_lines_of_keys_and_values() {
    let folder = Folder::with(PROGRAM);
    folder.run(&["build", "--format", "yaml", "--emit", "k8s"]).expect(0);
    let text = folder.read("pods/train-env.prepare.yaml");
    assert!(text.starts_with("apiVersion: v1\nkind: Pod\nmetadata:\n  name: train-env.prepare\nspec:\n"), "{text}");
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text:?}");
}

// ------------------------------------------------------------------------------------------------------- same bytes

#[test]
fn the_same_sources_give_the_same_bytes_wherever_they_lie() {
    for arguments in [&[][..], &["--format", "yaml"], &["--format", "proto"], &["--emit", "k8s"]] {
        let build = |folder: &Folder| {
            folder.run(&[&["build", "envs"], arguments].concat()).expect(0);
            folder.files("pods")
        };
        let (here, there) = (Folder::new(), Folder::new());
        for folder in [&here, &there] {
            folder.write("envs/b.flyteenv", "task train-env.b { command = [\"b\"] }\n");
            folder.write("envs/a.flyteenv", PROGRAM);
        }
        assert_eq!(build(&here), build(&there), "{arguments:?}");
    }
}

#[test]
fn pods_that_are_too_much_together_are_not_written() {
    let text = format!("let x = \"{}\"\nlet y = \"{}\"\n", "x".repeat(10_000), "${x}".repeat(100));
    let tasks = "for t in range(140) { task \"t${t}\" { command = [\"x\", y] } }";
    let folder = Folder::with(&format!("{text}environment e {{\n  image = \"i\"\n  {tasks}\n}}\n"));
    let told = folder.run(&["build", "main.flyteenv"]).expect(2).silent().stderr;
    let expected = "error: the pods of this build have together more than 128 MiB; build them in parts with `--only`, or split the sources into builds of their own\n";
    assert_eq!(told, expected);
    assert!(!folder.path("pods").exists(), "nothing is left");
    folder.run(&["build", "main.flyteenv", "--only", "e.t1*"]).expect(0);
}

#[test]
fn a_manifest_that_is_too_large_is_not_written() {
    let text = format!("let x = \"{}\"\nlet y = \"{}\"\n", "x".repeat(10_000), "${x}".repeat(40));
    let tasks = "for t in range(600) { task \"t${t}\" { command = [\"x\"], description = y } }";
    let folder = Folder::with(&format!("{text}environment e {{\n  image = \"i\"\n  {tasks}\n}}\n"));
    let told = folder.run(&["build", "main.flyteenv"]).expect(2).silent().stderr;
    assert!(told.starts_with("error: beside its pods, the manifest of this build has more than 224 MiB; "), "{told}");
    assert!(!folder.path("pods").exists(), "nothing is left");
}

#[test]
fn settings_that_no_pod_could_hold_are_told_of() {
    let task = "task t {\n    command = [\"x\"]\n    env_vars { for i in range(100001) { \"K${i}\" = \"v\" } }\n  }";
    let folder = Folder::with(&format!("environment e {{\n  image = \"i\"\n  {task}\n}}\n"));
    let told = folder.run(&["check", "main.flyteenv"]).expect(1).stderr;
    assert!(told.contains("error[E0901]: the settings here hold"), "{told}");
    assert!(told.contains("those of a task at most 100000"), "{told}");
    assert_eq!(told.matches("error[").count(), 1, "{told}");
}
