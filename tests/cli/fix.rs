//! `flytec check --fix`.

use super::PROGRAM;
use super::folder::Folder;

/// Two faults with safe changes, and one without.
const FAULTY: &str = "environment jobs-env {\n  image = \"alpine:3.20\"\n\n  pod_template {\n    pod_spec {\n      image_pull_secrets acme {}\n    }\n  }\n\n  # The name of the queue.\n  task hello {\n    command = [\"echo\", \"hello\"]\n    queue = 7\n    imgae = \"i\"\n  }\n}\n";

fn mended() -> String {
    FAULTY.replace("image_pull_secrets", "imagePullSecrets").replace("= 7", "= \"7\"")
}

#[test]
fn safe_changes_are_made_and_the_rest_is_told() {
    let folder = Folder::with(FAULTY);
    let outcome = folder.run(&["check", "--fix"]).expect(1).silent();
    assert_eq!(folder.read("main.flyteenv"), mended());
    assert!(outcome.stderr.starts_with("2 changes in 1 file\nerror[E0301]: "), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("`imgae`") && outcome.stderr.ends_with("\n1 error\n"), "{}", outcome.stderr);
    let again = folder.run(&["check", "--fix"]).expect(1).silent();
    assert_eq!(folder.read("main.flyteenv"), mended());
    assert!(again.stderr.starts_with("error[E0301]: "), "{}", again.stderr);
}

#[test]
fn what_is_right_is_left_alone() {
    let folder = Folder::with(PROGRAM);
    let before = std::fs::metadata(folder.path("main.flyteenv")).unwrap().modified().unwrap();
    assert_eq!(folder.run(&["check", "--fix"]).expect(0).silent().stderr, "");
    assert_eq!(std::fs::metadata(folder.path("main.flyteenv")).unwrap().modified().unwrap(), before);
    assert_eq!(folder.names("."), ["main.flyteenv"]);
}

#[test]
fn imported_files_are_mended_too_and_data_is_not() {
    let folder = Folder::new();
    folder.write("lib/base.flyteenv", "template base {\n  pod_spec {\n    image_pull_secrets acme {}\n  }\n}\n");
    folder.write("pod.yaml", "priority_class_name: low\n");
    folder.write(
        "main.flyteenv",
        "import \"lib/base.flyteenv\" as lib\n\nenvironment jobs-env {\n  image = \"alpine:3.20\"\n  pod_template = lib.base\n  task hello {\n    command = [\"echo\"]\n  }\n  task other {\n    pod_template { pod_spec = yaml(\"pod.yaml\") }\n    command = [\"echo\"]\n  }\n}\n",
    );
    let outcome = folder.run(&["check", "--fix", "main.flyteenv"]).expect(1).silent();
    assert!(folder.read("lib/base.flyteenv").contains("imagePullSecrets"), "{}", outcome.stderr);
    assert_eq!(folder.read("pod.yaml"), "priority_class_name: low\n");
}

#[test]
fn standard_input_comes_back_mended() {
    let folder = Folder::new();
    let outcome = folder.run_with(&["check", "--fix", "-"], FAULTY.as_bytes(), &[]).expect(1);
    assert_eq!(outcome.stdout, mended());
    assert!(outcome.stderr.contains("`imgae`"), "{}", outcome.stderr);
    let right = folder.run_with(&["check", "--fix", "-"], PROGRAM.as_bytes(), &[]).expect(0);
    assert_eq!((right.stdout.as_str(), right.stderr.as_str()), (PROGRAM, ""));
    assert!(folder.names(".").is_empty());
}

#[test]
fn the_file_of_the_project_is_mended_first() {
    let folder = Folder::with(FAULTY);
    folder.write("flytec.toml", "[pod_security]\nlevel = \"baseline\"\n");
    let told = folder.run(&["check", "--message-format", "json"]).expect(1).stderr;
    let safe = told.contains("\"safe\":true");
    folder.run(&["check", "--fix"]).expect(1);
    assert_eq!(folder.read("flytec.toml").contains("[pod-security]"), safe, "{told}");
    assert_eq!(folder.read("main.flyteenv") == mended(), safe);
}

#[test]
fn a_file_keeps_what_it_is() {
    let folder = Folder::new();
    folder.write("real/main.flyteenv", FAULTY.replace('\n', "\r\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let real = folder.path("real/main.flyteenv");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, folder.path("link.flyteenv")).unwrap();
        folder.run(&["check", "--fix", "link.flyteenv"]).expect(1);
        assert!(std::fs::symlink_metadata(folder.path("link.flyteenv")).unwrap().is_symlink());
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
    assert_eq!(folder.read("real/main.flyteenv"), mended().replace('\n', "\r\n"));
}

#[test]
fn every_format_tells_what_is_left() {
    for format in ["json", "short", "github", "sarif"] {
        let folder = Folder::with(FAULTY);
        let outcome = folder.run(&["check", "--fix", "--message-format", format]).expect(1).silent();
        assert!(outcome.stderr.contains("`imgae`") && !outcome.stderr.contains("changes"), "{}", outcome.stderr);
        assert_eq!(folder.read("main.flyteenv"), mended());
    }
}
