//! `flytec preview`: what it writes where, and how it ends.

use super::PROGRAM;
use super::folder::Folder;

const CLUSTER: &str = "kind: PodTemplate
metadata: {name: gpu, namespace: flyte}
template:
  spec:
    hostNetwork: true
    containers:
    - name: primary
      image: noop
      tty: true
---
plugins:
  k8s:
    default-memory: 2Gi
    default-pod-template-name: gpu
";

fn folder() -> Folder {
    let folder = Folder::with(PROGRAM);
    folder.write("cluster.yaml", CLUSTER);
    folder
}

/// The lines, without the space that aligns comments.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn each_line_says_where_its_value_comes_from() {
    let outcome = folder().run(&["preview", "train-env.prepare", "--cluster", "cluster.yaml"]).expect(0);
    let lines = lines(&outcome.stdout);
    for line in [
        "# train-env.prepare",
        "image: ghcr.io/acme/train:1 # task (main.flyteenv:2)",
        "- prepare # task (main.flyteenv:5)",
        "cpu: 1000m # platform: default-cpus",
        "memory: 2Gi # platform: default-memory (cluster.yaml:13)",
        "memory: 2Gi # platform: the request, since no limit was set (cluster.yaml:13)",
        "hostNetwork: true # cluster template flyte/gpu (cluster.yaml:5)",
        "tty: true # cluster template flyte/gpu, container primary (cluster.yaml:9)",
        "enableServiceLinks: false # platform: Flyte turns it off",
        "restartPolicy: Never # platform: Flyte restarts no containers",
        "dnsPolicy: ClusterFirst # API default",
    ] {
        assert!(lines.iter().any(|found| found == line), "{line}\n{}", outcome.stdout);
    }
}

#[test]
fn what_is_not_shown_is_said_once_and_not_to_the_quiet() {
    let folder = folder();
    let outcome = folder.run(&["preview", "train-env.fit@large"]).expect(0);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert!(outcome.stderr.starts_with("note: not shown is "), "{}", outcome.stderr);
    let quiet = folder.run(&["preview", "train-env.fit@large", "-q"]).expect(0);
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout, outcome.stdout);
}

#[test]
fn json_has_the_pod_and_the_origin_of_every_value() {
    let arguments = ["preview", "train-env.fit", "--format", "json", "--cluster", "cluster.yaml"];
    let outcome = folder().run(&arguments).expect(0);
    let value: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("it is JSON");
    assert_eq!(value["name"], "train-env.fit");
    assert_eq!(value["pod"]["kind"], "Pod");
    let limits = &value["pod"]["spec"]["containers"][0]["resources"]["limits"];
    assert_eq!(limits, &serde_json::json!({"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "2"}));
    let origin = |path: &str| value["origins"][path].clone();
    assert_eq!(origin("spec.containers[0].image"), serde_json::json!({"kind": "task", "place": "main.flyteenv:2"}));
    assert_eq!(
        origin("spec.containers[0].tty"),
        serde_json::json!({
            "kind": "cluster template", "template": "flyte/gpu", "container": "primary", "place": "cluster.yaml:9"
        })
    );
    assert_eq!(
        origin("metadata.labels[\"flyte.org/managed\"]"),
        serde_json::json!({"kind": "platform", "what": "what the run is"})
    );
    assert_eq!(origin("spec.securityContext"), serde_json::json!({"kind": "API default"}));
}

#[test]
fn a_name_that_nothing_has_is_2() {
    let outcome = folder().run(&["preview", "train-env.fitt"]).expect(2).silent();
    let expected = "error: no task or variant is called `train-env.fitt`; did you mean `train-env.fit`?\n";
    assert_eq!(outcome.stderr, expected);
}

#[test]
fn a_template_of_a_cluster_that_is_not_known_is_said() {
    let folder =
        Folder::with("environment e {\n  image = \"i:1\"\n  task t { command = [\"x\"], pod_template = \"gpu\" }\n}\n");
    let outcome = folder.run(&["preview", "e.t"]).expect(0);
    assert!(outcome.stderr.contains("nor is the pod template `gpu` of the cluster"), "{}", outcome.stderr);
    folder.write("cluster.yaml", CLUSTER);
    folder.run(&["preview", "e.t", "--cluster", "cluster.yaml"]).expect(0);
}

#[test]
fn a_cluster_file_with_errors_is_1_and_one_that_cannot_be_read_is_2() {
    let folder = folder();
    folder.write("broken.yaml", "kind: Podtemplate\n");
    for command in [&["preview", "train-env.fit"][..], &["check"], &["build"]] {
        let run = |file: &str| folder.run(&[command, &["--cluster", file]].concat());
        let broken = run("broken.yaml").expect(1).silent();
        assert!(broken.stderr.contains("broken.yaml:1:7"), "{}", broken.stderr);
        run("none.yaml").expect(2).silent();
        run(".").expect(2).silent();
    }
}

/// The version of tasks is a digest of their sources, not of where they run.
#[test]
fn a_cluster_changes_nothing_of_what_is_built() {
    let folder = folder();
    folder.run(&["build", "-q"]).expect(0);
    folder.run(&["build", "--check", "--cluster", "cluster.yaml"]).expect(0).silent();
}

#[test]
fn a_pod_that_flyte_does_not_start_is_1() {
    let folder = Folder::with(
        "template shared {
  pod_spec {
    volumes mine { emptyDir {} }
    containers primary { volumeMounts \"/dev/shm\" { name = \"mine\" } }
  }
}
environment e {
  image        = \"i:1\"
  pod_template = shared
  task t {
    command   = [\"x\"]
    resources { shm = 1Gi }
  }
}
",
    );
    let outcome = folder.run(&["preview", "e.t", "-q"]).expect(1);
    assert!(outcome.stderr.starts_with("warning[W1817]"), "{}", outcome.stderr);
    let error =
        "\nerror: Flyte does not start this pod: something is already mounted at `/dev/shm`, where shared memory is\n";
    assert!(outcome.stderr.ends_with(error), "{}", outcome.stderr);
    assert!(!outcome.stdout.is_empty());
}
