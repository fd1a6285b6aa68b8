//! The cluster: `--kubernetes-version` and `--feature-gates`.

use super::folder::Folder;

/// A pod with a field that came with 1.34, behind a gate that is on since 1.35.
const PROGRAM: &str = r#"environment train-env {
  image = "ghcr.io/acme/train:1"
  pod_template { pod_spec { hostnameOverride = "train.example.com" } }

  task fit { command = ["fit"] }
}
"#;

#[test]
fn versions_are_read_as_clusters_call_them() {
    let folder = Folder::with(PROGRAM);
    for version in ["1.35", "v1.35", "1.35.1", "v1.36.0-eks-1234", "v1.37.2+k3s1"] {
        let outcome = folder.run(&["check", "--kubernetes-version", version]).expect(0).silent();
        assert!(outcome.stderr.is_empty(), "{version}: {}", outcome.stderr);
    }
    let outcome = folder.run(&["check", "--kubernetes-version", "v1.34.2"]).expect(0).silent();
    assert!(outcome.stderr.starts_with("warning[W1902]"), "{}", outcome.stderr);
    let outcome = folder.run(&["check", "--kubernetes-version", "1.33"]).expect(1).silent();
    assert!(outcome.stderr.starts_with("error[E1901]"), "{}", outcome.stderr);
}

#[test]
fn versions_that_are_none_are_refused() {
    let folder = Folder::with(PROGRAM);
    for version in ["1.32", "1.38", "2.34", "1", "1.", "1.+34", "1.34.", "1.34.x", "1.34.1.2", "1.290", "", "newest"] {
        let outcome = folder.run(&["check", "--kubernetes-version", version]).expect(2).silent();
        assert!(outcome.stderr.contains("1.33, 1.34, 1.35, 1.36, 1.37"), "{version}: {}", outcome.stderr);
    }
}

#[test]
fn the_last_setting_of_a_gate_counts() {
    let folder = Folder::with(PROGRAM);
    let gates = |settings: &[&str]| {
        let mut arguments = vec!["check", "--kubernetes-version", "1.34"];
        arguments.extend(settings.iter().flat_map(|setting| ["--feature-gates", setting]));
        folder.run(&arguments).expect(0).silent().stderr
    };
    assert_eq!(gates(&["EnvFiles=false,HostnameOverride=true"]), "");
    assert_eq!(gates(&["HostnameOverride=false", "HostnameOverride=true"]), "");
    assert!(gates(&["HostnameOverride=true", "HostnameOverride=false"]).starts_with("warning[W1902]"));
}

#[test]
fn gates_that_cannot_be_set_are_refused() {
    let folder = Folder::with(PROGRAM);
    let faults = [
        ("1.34", "HostNameOverride=true", "did you mean `HostnameOverride`?"),
        ("1.34", "Frobnication=true", "no feature gate that flytec knows"),
        ("1.34", "EnvFiles", "`NAME=true` or `NAME=false`"),
        ("1.34", "EnvFiles=yes", "`true` or `false`, not to `yes`"),
        ("1.33", "EnvFiles=true", "came with 1.34"),
        ("1.36", "UserNamespacesSupport=false", "locked since 1.36"),
    ];
    for (version, gate, message) in faults {
        let arguments = ["check", "--kubernetes-version", version, "--feature-gates", gate];
        let outcome = folder.run(&arguments).expect(2).silent();
        assert!(outcome.stderr.contains(message), "{gate}: {}", outcome.stderr);
    }
    // What is locked can be said.
    let said = ["check", "--kubernetes-version", "1.36", "--feature-gates", "UserNamespacesSupport=true"];
    folder.run(&said).expect(0).silent();
}

#[test]
fn the_project_tells_the_version_and_arguments_win() {
    let folder = Folder::with(PROGRAM);
    folder.write("flytec.toml", "[kubernetes]\nversion = \"1.34\"\n");
    let outcome = folder.run(&["check"]).expect(0).silent();
    assert!(outcome.stderr.starts_with("warning[W1902]"), "{}", outcome.stderr);
    let outcome = folder.run(&["check", "--kubernetes-version", "1.35"]).expect(0).silent();
    assert!(outcome.stderr.is_empty(), "{}", outcome.stderr);
    folder.write("flytec.toml", "[kubernetes]\nversion = \"1.34\"\nfeature-gates = { HostnameOverride = true }\n");
    let outcome = folder.run(&["check"]).expect(0).silent();
    assert!(outcome.stderr.is_empty(), "{}", outcome.stderr);
}

#[test]
fn what_the_project_says_of_the_cluster_is_told_at_its_place() {
    let folder = Folder::with(PROGRAM);
    folder.write("flytec.toml", "[kubernetes]\nversion = \"1.12\"\nfeature-gates = { HostnameOveride = true }\n");
    let outcome = folder.run(&["check", "--message-format", "short"]).expect(1).silent();
    assert!(outcome.stderr.contains("flytec.toml:2:11"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("1.33, 1.34, 1.35, 1.36, 1.37"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("flytec.toml:3:19"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("`HostnameOveride`"), "{}", outcome.stderr);
    let outcome = folder.run(&["check", "--message-format", "human"]).expect(1);
    assert!(outcome.stderr.contains("did you mean `HostnameOverride`?"), "{}", outcome.stderr);
}
