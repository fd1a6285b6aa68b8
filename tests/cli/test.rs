//! `flytec test`.

use super::folder::{Folder, Outcome};
use super::{BROKEN, PROGRAM};

/// Runs the tests of a folder, on a person's machine.
fn test(folder: &Folder, arguments: &[&str]) -> Outcome {
    let arguments: Vec<&str> = ["test"].iter().chain(arguments).copied().collect();
    folder.run_with(&arguments, b"", &[("CI", "")])
}

/// The same, in a pipeline.
fn test_in_pipeline(folder: &Folder, arguments: &[&str]) -> Outcome {
    let arguments: Vec<&str> = ["test"].iter().chain(arguments).copied().collect();
    folder.run_with(&arguments, b"", &[("CI", "true")])
}

/// A source whose snapshots have been written.
fn tested(program: &str) -> Folder {
    let folder = Folder::new();
    folder.write("envs/main.flyteenv", program);
    test(&folder, &[]).expect(0);
    folder
}

/// A program with a parameter that has no value.
const STAGED: &str = "param stage: \"dev\" | \"prod\"\nparam size: int = 1\n\nenvironment e {\n  image = \"i:1\"\n  task t {\n    command = [\"run\", stage]\n    resources { cpu = size }\n  }\n}\n";

#[test]
fn the_first_run_writes_snapshots_and_the_next_one_finds_them() {
    let folder = Folder::new();
    folder.write("envs/main.flyteenv", PROGRAM);
    folder.write("envs/shared.flyteenv", "template common { labels { team = \"a\" } }\n");
    let first = test(&folder, &[]).expect(0);
    assert_eq!(
        (first.stdout.as_str(), first.stderr.as_str()),
        ("new: envs/main.flyteenv: 3 pods\n0 passed, 1 new\n", "")
    );
    let files = ["train-env.fit.yaml", "train-env.fit@large.yaml", "train-env.prepare.yaml"];
    assert_eq!(folder.names("envs/snapshots"), files.map(|file| format!("main/{file}")));
    let pod = folder.read("envs/snapshots/main/train-env.fit.yaml");
    assert!(pod.starts_with("# train-env.fit, by flytec test\nmetadata: {}\npodSpec:\n"), "{pod}");
    assert!(pod.contains("- <version>\n"), "{pod}");
    assert_eq!(test(&folder, &[]).expect(0).stdout, "1 passed\n");
    assert_eq!(test(&folder, &["--quiet"]).expect(0).stdout, "");
    // What does not change a pod changes no snapshot.
    folder.write("envs/main.flyteenv", format!("# Another text.\n{PROGRAM}"));
    assert_eq!(test_in_pipeline(&folder, &["envs"]).expect(0).stdout, "1 passed\n");
}

#[test]
fn a_change_fails_with_its_place_until_it_is_taken_for_right() {
    let folder = tested(PROGRAM);
    let before = folder.files("envs/snapshots");
    folder.write("envs/main.flyteenv", PROGRAM.replace("64Gi", "32Gi").replace("task prepare", "task clean"));
    let expected = "failed: envs/main.flyteenv: it gives something else than its snapshots\n  train-env.fit@large\n    podSpec.containers[primary].resources.requests.memory  (envs/main.flyteenv:14:26)\n      - \"64Gi\"\n      + \"32Gi\"\n\n  renamed: train-env.prepare is train-env.clean now\n\n  1 pod changes, 1 pod is renamed, and 1 stays as it is\n\nwhere a change is meant: `flytec test --update`, and commit the snapshots\n0 passed, 1 failed\n";
    assert_eq!(test(&folder, &[]).expect(1).stdout, expected);
    assert_eq!(test_in_pipeline(&folder, &[]).expect(1).stdout, expected);
    assert_eq!(folder.files("envs/snapshots"), before);
    let updated = test(&folder, &["--update"]).expect(0).stdout;
    assert!(updated.starts_with("updated: envs/main.flyteenv\n") && updated.ends_with("0 passed, 1 updated\n"));
    let files = ["train-env.clean.yaml", "train-env.fit.yaml", "train-env.fit@large.yaml"];
    assert_eq!(folder.names("envs/snapshots/main"), files);
    assert_eq!(test(&folder, &[]).expect(0).stdout, "1 passed\n");
}

#[test]
fn every_change_of_a_snapshot_is_found() {
    let folder = tested(PROGRAM);
    let file = "envs/snapshots/main/train-env.fit.yaml";
    let right = folder.read(file);
    let changes = [
        ("train:1", "train:2"),
        ("metadata: {}", "metadata: {labels: {a: b}}"),
        ("cpu: \"1\"", "cpu: \"2\""),
        ("- fit\n", "- fit\n    - more\n"),
    ];
    for (from, to) in changes {
        assert!(right.contains(from), "{from}");
        folder.write(file, right.replace(from, to));
        test(&folder, &[]).expect(1);
    }
    // How it is written makes no difference.
    folder.write(file, right.replace("cpu: \"1\"", "cpu: '1' # one").replace('\n', "\r\n"));
    test(&folder, &[]).expect(0);
    test(&folder, &["--update"]).expect(0);
    assert_eq!(folder.read(file), right);
}

#[test]
fn a_snapshot_that_cannot_be_read_is_a_failure() {
    let folder = tested(PROGRAM);
    let file = "envs/snapshots/main/train-env.fit.yaml";
    let right = folder.read(file);
    folder.write(file, format!("<<<<<<< ours\n{right}=======\n"));
    let outcome = test(&folder, &[]).expect(1).stdout;
    assert!(outcome.contains("\n  the snapshot of train-env.fit is broken: "), "{outcome}");
    assert!(!outcome.contains("new: train-env.fit"), "{outcome}");
    folder.write(file, b"# train-env.fit, by flytec test\n\xFF\n");
    assert!(test(&folder, &[]).expect(1).stdout.contains("is broken"));
    test(&folder, &["--update"]).expect(0);
    assert_eq!(folder.read(file), right);
}

#[test]
fn what_is_told_is_compared_wherever_the_command_runs() {
    let warns = "param size: int = 1\nenvironment e {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n";
    let folder = Folder::new();
    folder.write("flytec.toml", "[params]\nzone = \"a\"\n");
    folder.write("envs/main.flyteenv", warns);
    let new = test(&folder, &[]).expect(0).stdout;
    assert!(new.starts_with("new: envs/main.flyteenv: 1 pod, 1 message\n"), "{new}");
    let told = folder.read("envs/snapshots/main/diagnostics.txt");
    // A value for all sources of the project is idle in some, and is not told.
    assert_eq!(told, "warning[W0219]: nothing reads parameter `size`\n  main.flyteenv: param size: int = 1\n");
    let mut below = folder.command(&["test"]);
    let output = below.current_dir(folder.path("envs")).env("CI", "1").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "1 passed\n");
    folder.write("envs/snapshots/main/diagnostics.txt", told.replace('\n', "\r\n"));
    test(&folder, &[]).expect(0);
    folder.write("envs/main.flyteenv", warns.replace("param size: int = 1\n", ""));
    let changed = test(&folder, &[]).expect(1).stdout;
    let gone =
        "\n  told no more: warning[W0219]: nothing reads parameter `size`\n    main.flyteenv: param size: int = 1\n";
    assert!(changed.contains(gone), "{changed}");
    test(&folder, &["--update"]).expect(0);
    assert_eq!(folder.names("envs/snapshots/main"), ["e.t.yaml"]);
    folder.write("envs/main.flyteenv", warns);
    let told = test(&folder, &[]).expect(1).stdout;
    let anew = "\n  told anew: warning[W0219]: nothing reads parameter `size`  (envs/main.flyteenv:1:7)\n    main.flyteenv: param size: int = 1\n";
    assert!(told.contains(anew), "{told}");
}

#[test]
fn what_is_told_does_not_change_by_itself() {
    let two = "param size: int = 1\nparam zone: int = 1\nenvironment e {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n";
    let folder = tested(two);
    let before = folder.read("envs/snapshots/main/diagnostics.txt");
    assert_eq!(before.matches("warning[").count(), 2, "{before}");
    // Not by what stands above, and not by the order of declarations.
    let moved = "# Both are for later.\n\nparam zone: int = 1\n";
    folder.write("envs/main.flyteenv", format!("{moved}{}", two.replace("param zone: int = 1\n", "")));
    assert_eq!(test_in_pipeline(&folder, &[]).expect(0).stdout, "1 passed\n");
}

#[test]
fn a_snapshot_of_what_is_told_is_short_whatever_the_line() {
    let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let long = format!("let unread = [{}]", numbers.join(", "));
    let folder = tested(&format!("{long}\n{PROGRAM}"));
    let told = folder.read("envs/snapshots/main/diagnostics.txt");
    assert!(told.lines().all(|line| line.chars().count() < 160) && told.contains('…'), "{told}");
    test(&folder, &[]).expect(0);
}

#[test]
fn a_program_that_is_refused_is_never_taken_for_right() {
    let folder = tested(PROGRAM);
    let before = folder.files("envs/snapshots");
    folder.write("envs/main.flyteenv", BROKEN);
    folder.write("envs/worse.flyteenv", "environment {");
    folder.write("envs/good.flyteenv", PROGRAM.replace("train-env", "good-env"));
    let outcome = test(&folder, &["--update"]).expect(1).stdout;
    assert!(outcome.contains("failed: envs/main.flyteenv: it is refused\n  error["), "{outcome}");
    let hint =
        "where a source needs parameters, or an error has to come: a table `[[test]]` in `flytec.toml` says so\n";
    assert!(outcome.ends_with(&format!("{hint}0 passed, 2 failed, 1 new\n")), "{outcome}");
    let after = folder.files("envs/snapshots");
    assert!(before.iter().all(|(name, bytes)| after.get(name) == Some(bytes)));
}

#[test]
fn a_pipeline_writes_nothing() {
    let folder = Folder::new();
    folder.write("envs/main.flyteenv", PROGRAM);
    let outcome = test_in_pipeline(&folder, &[]).expect(1).stdout;
    let expected = "failed: envs/main.flyteenv: it has no snapshots; run `flytec test envs/main.flyteenv`, and commit `envs/snapshots/main`\n0 passed, 1 failed\n";
    assert_eq!(outcome, expected);
    let refused = test_in_pipeline(&folder, &["--update"]).expect(2).silent();
    assert!(refused.stderr.contains("`CI` is set"), "{}", refused.stderr);
    assert_eq!(folder.names("."), ["envs/main.flyteenv"]);
    folder.run_with(&["test"], b"", &[("CI", "false")]).expect(0);
}

#[test]
fn snapshots_of_what_is_gone_are_told_and_deleted_by_an_update() {
    let folder = tested(PROGRAM);
    folder.write("envs/snapshots/main/notes.md", "Ours.");
    folder.write("envs/snapshots/main/ours.yaml", "a: b\n");
    folder.write("envs/other.flyteenv", PROGRAM.replace("train-env", "other-env"));
    folder.write("lib/snapshots/photos/a.yaml", "a: b\n");
    test(&folder, &[]).expect(0);
    std::fs::remove_file(folder.path("envs/main.flyteenv")).unwrap();
    let told = test_in_pipeline(&folder, &[]).expect(0).stdout;
    assert_eq!(
        told,
        "obsolete: envs/snapshots/main: no test makes these snapshots; `flytec test --update` deletes it\n1 passed, 1 obsolete\n"
    );
    test(&folder, &["--update"]).expect(0);
    let left = folder.names(".");
    // What no test has written stays.
    assert_eq!(left.iter().filter(|name| name.contains("/main/")).count(), 2, "{left:?}");
    assert!(left.contains(&"lib/snapshots/photos/a.yaml".to_owned()), "{left:?}");
    assert_eq!(test(&folder, &[]).expect(0).stdout, "1 passed\n");
    // A source that gives nothing any more has no snapshots either.
    folder.write("envs/other.flyteenv", "template common { labels { team = \"a\" } }\n");
    assert!(test(&folder, &[]).expect(1).stdout.contains("gone: other-env.fit\n"));
    test(&folder, &["--update"]).expect(0);
    assert!(!folder.path("envs/snapshots/other").exists());
}

#[test]
fn a_copy_of_a_snapshot_hides_nothing() {
    let folder = tested(PROGRAM);
    let (file, copy) = ("envs/snapshots/main/train-env.fit.yaml", "envs/snapshots/main/train-env.fit~old.yaml");
    folder.write(copy, folder.read(file));
    assert!(test(&folder, &[]).expect(1).stdout.contains("gone: train-env.fit~old.yaml"));
    test(&folder, &["--update"]).expect(0);
    assert!(!folder.path(copy).exists());
}

#[test]
fn tables_give_parameters_and_name_their_sources() {
    let folder = Folder::new();
    folder.write(
        "flytec.toml",
        "[[test]]\nname = \"dev\"\npaths = [\"envs/main.flyteenv\"]\nset = { stage = \"dev\" }\n\n[[test]]\nname = \"prod\"\npaths = [\"envs/main.flyteenv\"]\nparams = [\"prod.yaml\"]\nset = { size = 4 }\nkubernetes-version = \"1.34\"\n",
    );
    folder.write("prod.yaml", "stage: prod\nsize: 2\n");
    folder.write("envs/main.flyteenv", STAGED);
    folder.write("other.flyteenv", PROGRAM);
    let new = test(&folder, &[]).expect(0).stdout;
    assert_eq!(new, "new: other.flyteenv: 3 pods\nnew: dev: 1 pod\nnew: prod: 1 pod\n0 passed, 3 new\n");
    assert!(folder.read("snapshots/dev/e.t.yaml").contains("cpu: \"1\""));
    let prod = folder.read("snapshots/prod/e.t.yaml");
    assert!(prod.contains("cpu: \"4\"") && prod.contains("- prod\n"), "{prod}");
    assert_eq!(test(&folder, &[]).expect(0).stdout, "3 passed\n");
    assert_eq!(test(&folder, &["envs"]).expect(0).stdout, "2 passed\n");
    assert_eq!(test(&folder, &["other.flyteenv"]).expect(0).stdout, "1 passed\n");
    folder.write("prod.yaml", "stage: dev\n");
    let failed = test(&folder, &[]).expect(1).stdout;
    assert!(failed.contains("failed: prod: ") && failed.ends_with("2 passed, 1 failed\n"), "{failed}");
    // A value that nothing takes is no warning here.
    folder.write("flytec.toml", "[[test]]\nname = \"dev\"\npaths = [\"envs\"]\nset = { stage = \"dev\", zone = 1 }\n");
    let unknown = test(&folder, &["envs"]).expect(1).stdout;
    assert!(unknown.contains("no file declares a parameter `zone`"), "{unknown}");
}

#[test]
fn an_expected_error_has_to_come() {
    let folder = Folder::new();
    let settings = |error: &str| {
        format!(
            "[[test]]\nname = \"qa\"\npaths = [\"main.flyteenv\"]\nset = {{ stage = \"qa\" }}\nerror = \"{error}\"\n"
        )
    };
    folder.write("flytec.toml", settings("E0806"));
    folder.write("main.flyteenv", STAGED);
    assert_eq!(test(&folder, &[]).expect(0).stdout, "new: qa: 1 message\n0 passed, 1 new\n");
    assert!(folder.read("snapshots/qa/diagnostics.txt").contains("error[E0806]"));
    assert_eq!(test(&folder, &[]).expect(0).stdout, "1 passed\n");
    folder.write("flytec.toml", settings("E0301"));
    let other = test(&folder, &["--update"]).expect(1).stdout;
    assert!(other.contains("failed: qa: it is refused, but not with the error E0301\n  error[E0806]"), "{other}");
    folder.write("flytec.toml", settings("E0806"));
    folder.write("main.flyteenv", STAGED.replace("\"prod\"", "\"qa\""));
    let none = test(&folder, &["--update"]).expect(1).stdout;
    assert!(none.starts_with("failed: qa: it is not refused, and the error E0806 was to come\n"), "{none}");
    folder.write("main.flyteenv", STAGED.replace("\"prod\"", "\"live\""));
    assert!(test(&folder, &[]).expect(1).stdout.contains("told anew: error[E0806]"));
}

#[test]
fn faults_of_tables_are_told_at_their_places() {
    let folder = Folder::with(PROGRAM);
    let whole = |settings: &str| format!("[[test]]\nname = \"a\"\npaths = [\"main.flyteenv\"]\n{settings}");
    let cases = [
        (whole("pathes = []\n"), "E0810", "did you mean `paths`?"),
        (whole("error = \"E9301\"\n"), "E0811", "there is no error `E9301`"),
        (whole("kubernetes-version = 1.34\n"), "E0811", "`kubernetes-version` is a text"),
        (whole("kubernetes-version = \"9.9\"\n"), "E0811", "`9.9` is not known"),
        (whole("params = \"a.yaml\"\n"), "E0811", "write `[\"a.yaml\"]`"),
        (whole("set = 3\n"), "E0811", "`set` takes a table, not `3`"),
        (whole(&whole("")), "E0811", "a test is called `a` already"),
        ("[[test]]\nname = \"a/b\"\npaths = [\"a\"]\n".to_owned(), "E0811", "no name for a folder"),
        ("[[test]]\nname = \"a\"\n".to_owned(), "E0811", "this test has no `paths`"),
        ("[[test]]\npaths = [\"a\"]\n".to_owned(), "E0811", "this test has no `name`"),
        ("[[test]]\nname = \"a\"\npaths = []\n".to_owned(), "E0811", "names nothing that could be tested"),
        ("[[test]]\nname = \"a\"\npaths = [\"../b\"]\n".to_owned(), "E0802", "leads out of the project"),
        ("[test]\nname = \"a\"\n".to_owned(), "E0811", "with two pairs of brackets"),
        ("[[tests]]\nname = \"a\"\n".to_owned(), "E0810", "did you mean `test`?"),
    ];
    for (settings, code, said) in cases {
        folder.write("flytec.toml", &settings);
        let outcome = test(&folder, &[]).expect(1).silent();
        assert!(outcome.stderr.contains(&format!("error[{code}]")), "{settings}\n{}", outcome.stderr);
        assert!(outcome.stderr.contains(said), "{settings}\n{}", outcome.stderr);
        // It is told once.
        assert_eq!(outcome.stderr.matches("error[").count(), 1, "{settings}\n{}", outcome.stderr);
    }
    for path in ["paths = [\"none.flyteenv\"]", "paths = [\"main.flyteenv\"]\nparams = [\"none.yaml\"]"] {
        folder.write("flytec.toml", format!("[[test]]\nname = \"a\"\n{path}\n"));
        let outcome = test(&folder, &[]).expect(1).silent();
        assert!(outcome.stderr.contains("the project has no file or folder `none."), "{}", outcome.stderr);
        // Only tests need it.
        folder.run(&["check"]).expect(0);
    }
}

#[test]
fn two_tests_have_no_folder_in_common() {
    let folder = Folder::with(PROGRAM);
    folder.write("other.flyteenv", PROGRAM);
    folder.write("flytec.toml", "[[test]]\nname = \"main\"\npaths = [\"other.flyteenv\"]\n");
    let outcome = test(&folder, &[]).expect(2).silent();
    let expected =
        "error: the tests `main.flyteenv` and `main` have the same snapshots, `snapshots/main`; rename one of them\n";
    assert_eq!(outcome.stderr, expected);
}

#[test]
fn several_sources_are_tested_each_by_itself_and_once() {
    let folder = tested(PROGRAM);
    // As one program these would declare the same environment twice.
    folder.write("envs/more.flyteenv", PROGRAM.replace("64Gi", "32Gi"));
    assert_eq!(test(&folder, &[]).expect(0).stdout, "new: envs/more.flyteenv: 3 pods\n1 passed, 1 new\n");
    let twice = ["envs/main.flyteenv", "envs", "envs/../envs/more.flyteenv"];
    assert_eq!(test(&folder, &twice).expect(0).stdout, "2 passed\n");
    folder.write("envs/more.flyteenv", PROGRAM);
    let failed = test(&folder, &[]).expect(1).stdout;
    assert!(failed.starts_with("failed: envs/more.flyteenv: ") && failed.ends_with("1 passed, 1 failed\n"), "{failed}");
    assert_eq!(test(&folder, &["envs/main.flyteenv"]).expect(0).stdout, "1 passed\n");
}

#[test]
fn bad_usage_is_told() {
    let folder = Folder::new();
    assert!(test(&folder, &[]).expect(2).silent().stderr.contains("no `.flyteenv` files here"));
    assert!(test(&folder, &["-"]).expect(2).silent().stderr.contains("standard input has no snapshots"));
    assert!(test(&folder, &["none"]).expect(2).silent().stderr.contains("cannot read `none`"));
}

#[test]
fn junit_has_every_test_and_is_well_formed() {
    let folder = tested(PROGRAM);
    folder.write("envs/bad.flyteenv", "environment e {\n  imgae = 1 # <&>\"]]>\u{1}\n}\n");
    test(&folder, &["--junit", "out/junit.xml"]).expect(1);
    let xml = folder.read("out/junit.xml");
    assert!(xml.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"flytec\" tests=\"2\" failures=\"1\">\n"
    ));
    assert!(xml.contains("<testcase classname=\"flytec\" name=\"envs/main.flyteenv\"/>"), "{xml}");
    assert!(xml.contains("name=\"envs/bad.flyteenv\">\n      <failure message=\"it is refused\">error["), "{xml}");
    assert!(xml.contains("&lt;&amp;&gt;") && !xml.contains('\u{1}') && !xml.contains("]]>"), "{xml}");
    // Every tag that is opened is closed, in its order.
    let mut open = Vec::new();
    for tag in xml.split('<').skip(2).filter_map(|part| Some(part.split_once('>')?.0)) {
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{xml}"),
            None if tag.ends_with('/') => {}
            None => open.extend(tag.split_whitespace().next()),
        }
    }
    assert!(open.is_empty(), "{xml}");
}
