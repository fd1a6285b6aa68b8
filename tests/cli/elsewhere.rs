//! A build is the same from whatever folder the command runs in.

use std::collections::BTreeMap;

use super::folder::Folder;

/// Two sources whose order by their ways from `a` is another than by their ways from the root.
fn project() -> Folder {
    let folder = Folder::new();
    let source = |name: &str| {
        format!(
            "import \"../lib/image.flyteenv\" as lib\n\n# Of {name}.\nenvironment {name} {{\n  image = lib.image\n  task t {{ command = [\"x\"] }}\n  task f {{ function = \"m:f\" }}\n}}\n"
        )
    };
    folder.write("a/two.flyteenv", source("two"));
    folder.write("b/deep/one.flyteenv", source("one").replace("../lib", "../../lib"));
    folder.write("lib/image.flyteenv", "let image = \"i:1\"\n");
    folder
}

/// Ways to the same two folders of sources: where the command runs, and the paths that it is given.
fn ways(folder: &Folder, away: &Folder) -> Vec<(std::path::PathBuf, Vec<String>)> {
    let whole = |path: &str| folder.path(path).to_string_lossy().into_owned();
    let texts = |paths: &[&str]| paths.iter().map(ToString::to_string).collect();
    vec![
        (folder.path("."), texts(&["a", "b"])),
        (folder.path("."), texts(&["b/deep/one.flyteenv", "./a/../a"])),
        (folder.path("a"), texts(&[".", "../b"])),
        (folder.path("b/deep"), texts(&["one.flyteenv", "../../a"])),
        (folder.path("lib"), vec![whole("a"), whole("b")]),
        (away.path("."), vec![whole("a"), whole("b")]),
    ]
}

/// The files that a build writes and what it prints, from each of the folders.
fn outputs(folder: &Folder, options: &[&str]) -> Vec<(BTreeMap<String, Vec<u8>>, String)> {
    let away = Folder::new();
    let built = ways(folder, &away).into_iter().enumerate().map(|(at, (here, paths))| {
        let out = format!("out{at}");
        let target = away.path(&out).to_string_lossy().into_owned();
        let folder_or_stream = if options.contains(&"-") { &[][..] } else { &["-o", &target][..] };
        let mut arguments: Vec<&str> = std::iter::once("build").chain(paths.iter().map(String::as_str)).collect();
        arguments.extend(options.iter().chain(folder_or_stream));
        let output = folder.command(&arguments).current_dir(&here).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}: {}", here.display(), String::from_utf8_lossy(&output.stderr));
        let files = if options.contains(&"-") { BTreeMap::new() } else { away.files(&out) };
        (files, String::from_utf8(output.stdout).unwrap())
    });
    built.collect()
}

#[track_caller]
fn hold(folder: &Folder) {
    let kinds: &[&[&str]] = &[
        &[],
        &["--format", "yaml"],
        &["--format", "proto"],
        &["--emit", "k8s"],
        &["--emit", "python"],
        &["-o", "-"],
        &["-o", "-", "--emit", "k8s"],
        &["-o", "-", "--emit", "python"],
    ];
    for options in kinds {
        let outputs = outputs(folder, options);
        let first = outputs.first().unwrap();
        assert!(!first.0.is_empty() || !first.1.is_empty(), "{options:?}");
        for (at, other) in outputs.iter().enumerate() {
            assert!(other == first, "{options:?} from the folder {at}:\n{other:?}\n{first:?}");
        }
    }
}

/// What the manifest calls the sources.
fn titles(folder: &Folder, arguments: &[&str], below: &str) -> Vec<String> {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["-o", "out"]).collect();
    let output = folder.command(&arguments).current_dir(folder.path(below)).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let manifest = std::fs::read_to_string(folder.path(below).join("out/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let mut titles: Vec<String> = manifest["pods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pod| pod["source"]["file"].as_str().unwrap().to_owned())
        .collect();
    titles.dedup();
    titles
}

#[test]
fn a_project_with_a_root_is_the_same_from_everywhere() {
    let folder = project();
    folder.write("flytec.toml", "");
    hold(&folder);
    assert_eq!(titles(&folder, &["build", "a", "b"], "."), ["b/deep/one.flyteenv", "a/two.flyteenv"]);
    assert_eq!(titles(&folder, &["build", "two.flyteenv"], "a"), ["a/two.flyteenv"]);
}

#[test]
fn sources_without_a_root_are_the_same_from_everywhere() {
    let folder = project();
    // Without a root, a file that lies outside of the current folder brings nothing in from its neighbours.
    folder.write("a/two.flyteenv", "environment two {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n");
    folder.write("b/deep/one.flyteenv", "environment one {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n");
    hold(&folder);
    assert_eq!(titles(&folder, &["build", "a", "b"], "."), ["b/deep/one.flyteenv", "a/two.flyteenv"]);
    assert_eq!(titles(&folder, &["build", "b"], "."), ["one.flyteenv"]);
}

#[test]
fn messages_are_relative_to_the_current_folder() {
    let folder = project();
    folder.write("flytec.toml", "");
    folder.write("a/two.flyteenv", "let x = y\n");
    let output = folder.command(&["check", "../a"]).current_dir(folder.path("lib")).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("../a/two.flyteenv:1:9"), "{told}");
}

#[test]
fn standard_input_is_a_file_of_the_current_folder() {
    let folder = project();
    folder.write("flytec.toml", "");
    let source = b"environment e {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n";
    folder.run_with(&["build", "-", "--stdin-filename", "a/new.flyteenv", "-o", "out"], source, &[]).expect(0);
    assert!(String::from_utf8(folder.files("out")["manifest.json"].clone()).unwrap().contains("\"a/new.flyteenv\""));
}
