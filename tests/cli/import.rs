//! `flytec import`.

use super::PROGRAM;
use super::folder::Folder;

const JOB: &str = "\
# Sums up the day.
apiVersion: batch/v1
kind: Job
metadata:
  name: daily-report
spec:
  backoffLimit: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: report
          image: ghcr.io/acme/report:2.0.1 # pinned
          args: [--daily, --out, /data]
          env:
            - {name: LOG_LEVEL, value: info}
          resources:
            requests: {cpu: 500m, memory: 1Gi}
            limits: {cpu: 2, memory: 1Gi}
          volumeMounts:
            - {name: data, mountPath: /data}
      volumes:
        - {name: data, emptyDir: {}}
";

const SOURCE: &str = r#"# Sums up the day.
environment daily-report {
  task report {
    image     = "ghcr.io/acme/report:2.0.1"  # pinned
    args      = ["--daily", "--out", "/data"]
    resources { cpu = 500m..2, memory = 1Gi..1Gi }
    env_vars  { LOG_LEVEL = "info" }
    pod_template {
      primary_container_name = "report"
      pod_spec {
        restartPolicy = "Never"
        containers report {
          volumeMounts "/data" { name = "data" }
        }
        volumes data { emptyDir {} }
      }
    }
  }
}
"#;

#[test]
fn a_job_becomes_a_task() {
    let folder = Folder::new();
    folder.write("job.yaml", JOB);
    let outcome = folder.run(&["import", "job.yaml"]).expect(0);
    assert_eq!(outcome.stdout, SOURCE);
    assert!(
        outcome.stderr.starts_with("warning[W0813]: `spec.backoffLimit` of the `Job` is left out\n"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("job.yaml:7:3"), "{}", outcome.stderr);
    folder.run(&["import", "job.yaml", "-o", "job.flyteenv"]).expect(0).silent();
    assert_eq!(folder.read("job.flyteenv"), SOURCE);
    folder.run(&["fmt", "--check"]).expect(0);
    folder.run(&["check"]).expect(0);
}

#[test]
fn what_was_built_is_imported_in_all_formats() {
    for format in ["json", "yaml", "proto"] {
        let folder = Folder::new();
        folder.write("a.flyteenv", PROGRAM);
        folder.run(&["build", "--task-version", "1", "--format", format]).expect(0);
        let ending = if format == "proto" { "pb" } else { format };
        let files = ["train-env.fit", "train-env.fit@large", "train-env.prepare"];
        let files = files.map(|name| format!("pods/{name}.{ending}"));
        let mut arguments = vec!["import", "-o", "b.flyteenv"];
        arguments.extend(files.iter().map(String::as_str));
        folder.run(&arguments).expect(0).silent();
        folder.run(&["build", "b.flyteenv", "-o", "again", "--format", format]).expect(0);
        for (old, new) in [("fit", "fit"), ("fit@large", "fit_large"), ("prepare", "prepare")] {
            assert_eq!(
                folder.bytes(&format!("pods/train-env.{old}.{ending}")),
                folder.bytes(&format!("again/train-env.{new}.{ending}")),
                "{format} {old}"
            );
        }
    }
}

#[test]
fn standard_input_is_imported() {
    let folder = Folder::new();
    let spec = "containers:\n- name: primary\n  image: a:1\n";
    let outcome = folder.run_with(&["import", "-"], spec.as_bytes(), &[]).expect(0);
    assert_eq!(
        outcome.stdout,
        "environment imported {\n  task primary {\n    image   = \"a:1\"\n    command = []\n  }\n}\n"
    );
}

#[test]
fn what_pods_share_is_one_template() {
    let folder = Folder::new();
    let pod = |name: &str, image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{team: ml}}}}\nspec:\n  nodeSelector: {{pool: spot}}\n  \
             hostname: {name}\n  containers: [{{name: primary, image: {image}}}]\n---\n"
        )
    };
    folder.write("pods.yaml", pod("a", "x:1") + &pod("b", "y:1"));
    let outcome = folder.run(&["import", "pods.yaml"]).expect(0).stdout;
    assert!(outcome.starts_with("template common {\n  labels { team = \"ml\" }\n  pod_spec {\n    nodeSelector { pool = \"spot\" }\n  }\n}\n"), "{outcome}");
    assert!(
        outcome.contains("template a-primary extends common {\n  pod_spec {\n    hostname = \"a\"\n  }\n}\n"),
        "{outcome}"
    );
    assert!(outcome.contains("    pod_template = b-primary\n"), "{outcome}");
}

#[test]
fn bad_input_is_told_with_its_place_and_leaves_nothing_behind() {
    let folder = Folder::new();
    for (text, message, place) in [
        ("kind: Service\nmetadata: {name: a}\n", "error[E0814]: a `Service` has no pod", "in.yaml:1:7"),
        ("a: [1\n", "error[E0807]: ", "in.yaml:1:4"),
        ("- 1\n", "error[E0814]: this document is no pod, and nothing that has one", "in.yaml:1:1"),
        ("", "error[E0814]: this file has no document", "in.yaml:1:1"),
        (
            "kind: Deployment\nspec: {replicas: 1}\n",
            "error[E0814]: this `Deployment` has no pod template",
            "in.yaml:2:7",
        ),
        ("containers: []\n", "error[E0814]: this pod has no container with a name", "in.yaml:1:1"),
        ("containers:\n- name: a\n  args: [80]\n", "error[E0302]: `args` takes a text", "in.yaml:3:10"),
    ] {
        folder.write("in.yaml", text);
        let outcome = folder.run(&["import", "in.yaml", "-o", "out.flyteenv"]).expect(2).silent();
        assert!(outcome.stderr.starts_with(message), "{text:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(place), "{text:?}: {}", outcome.stderr);
        assert!(!folder.path("out.flyteenv").exists(), "{text:?}");
    }
    folder.write("in.pb", "kind: Pod\n");
    let outcome = folder.run(&["import", "in.pb"]).expect(2).silent();
    assert!(outcome.stderr.starts_with("error: cannot read `in.pb`: it is no `K8sPod`: "), "{}", outcome.stderr);
}
