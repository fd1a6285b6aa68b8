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
        outcome.contains(
            "environment a {\n  pod_template = common\n\n  task primary {\n    image   = \"x:1\"\n    command = []\n    \
             pod_template {\n      pod_spec {\n        hostname = \"a\"\n      }\n    }\n  }\n}\n"
        ),
        "{outcome}"
    );
}

#[test]
fn the_same_container_of_several_pods_is_shared_but_for_what_differs() {
    let folder = Folder::new();
    let pod = |name: &str, more: &str| {
        format!(
            "kind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n  - name: primary\n    image: x:1\n    imagePullPolicy: Always\n    \
             {more}\n  - {{name: side, image: y:1}}\n---\n"
        )
    };
    folder.write("pods.yaml", pod("a", "tty: true") + &pod("b", "stdin: true") + &pod("c", "tty: true"));
    let source = folder.run(&["import", "pods.yaml"]).expect(0).stdout;
    let common = "template common {\n  pod_spec {\n    containers primary {\n      imagePullPolicy = \"Always\"\n    }\n    \
                  containers side {\n      image = \"y:1\"\n    }\n  }\n}\n";
    assert!(source.starts_with(common), "{source}");
    assert!(source.contains("template a-primary extends common {"), "{source}");
    assert_eq!(source.matches("pod_template = a-primary\n").count(), 2, "{source}");
    assert_eq!(source.matches("stdin = true").count(), 1, "{source}");
}

#[test]
fn a_stateful_set_has_its_claims_as_volumes_that_go_with_the_pod() {
    let folder = Folder::new();
    folder.write(
        "db.yaml",
        "kind: StatefulSet\nmetadata: {name: db}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: db, image: d:1, \
         volumeMounts: [{name: data, mountPath: /data}]}\n  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {accessModes: \
         [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
    );
    let outcome = folder.run(&["import", "db.yaml", "-o", "db.flyteenv"]).expect(0).silent();
    let message = "warning[W0813]: the volumes of `volumeClaimTemplates` become `ephemeral` ones\n";
    assert!(outcome.stderr.starts_with(message), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("db.yaml:8:3"), "{}", outcome.stderr);
    assert!(
        folder.read("db.flyteenv").contains("volumes data {\n          ephemeral {"),
        "{}",
        folder.read("db.flyteenv")
    );
    folder.run(&["check"]).expect(0);
}

#[test]
fn the_pods_in_a_custom_resource_are_found_wherever_they_are() {
    let folder = Folder::new();
    let replica = "{template: {metadata: {labels: {a: b}}, spec: {containers: [{name: pytorch, image: t:1}]}}}";
    folder.write(
        "job.yaml",
        format!("kind: PyTorchJob\nmetadata: {{name: sft}}\nspec:\n  replicas:\n    Master: {replica}\n    Worker: {replica}\nstatus: {{of: {replica}}}\n"),
    );
    let outcome = folder.run(&["import", "job.yaml"]).expect(0);
    let paths = "`spec.replicas.Master.template.spec`, `spec.replicas.Worker.template.spec`";
    let message = format!("warning[W0813]: of this `PyTorchJob` only the pods at {paths} are imported\n");
    assert!(outcome.stderr.starts_with(&message), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("environment sft {"), "{}", outcome.stdout);
    assert!(
        outcome.stdout.contains("  task master {") && outcome.stdout.contains("  task worker {"),
        "{}",
        outcome.stdout
    );
    assert_eq!(outcome.stdout.matches("task ").count(), 2, "{}", outcome.stdout);
}

#[test]
fn values_of_json_stand_one_after_the_other() {
    let folder = Folder::new();
    let pod = |image: &str| {
        format!("{{\"kind\": \"Pod\", \"spec\": {{\"containers\": [{{\"name\": \"a\", \"image\": \"{image}\"}}]}}}}")
    };
    let expected = |text: &str| folder.run_with(&["import", "-"], text.as_bytes(), &[]).expect(0).stdout;
    let lines = expected(&format!("{}\n{}\n", pod("x"), pod("y")));
    assert!(lines.contains("image   = \"x\"") && lines.contains("image   = \"y\""), "{lines}");
    assert_eq!(expected(&format!("[{}, {}]", pod("x"), pod("y"))), lines);
    assert_eq!(expected(&format!("{{\"kind\": \"List\", \"items\": [{}, {}]}}", pod("x"), pod("y"))), lines);
    // What begins like JSON may be YAML all the same.
    expected("{\"kind\": Pod, spec: {containers: [{name: a, image: x}]}}");
    folder.write("pods.jsonl", format!("{}\n{{\"a\": }}\n", pod("x")));
    let outcome = folder.run(&["import", "pods.jsonl"]).expect(2).silent();
    assert!(outcome.stderr.starts_with("error[E0807]: a value belongs here"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("pods.jsonl:2:7"), "{}", outcome.stderr);
}

#[test]
fn what_a_build_prints_is_imported() {
    let folder = Folder::new();
    folder.write("a.flyteenv", PROGRAM);
    let arguments = ["build", "--task-version", "1", "-o", "-"];
    let built = folder.run(&arguments).expect(0).stdout;
    let source = folder.run_with(&["import", "-"], built.as_bytes(), &[]).expect(0).stdout;
    folder.write("a.flyteenv", source);
    assert_eq!(folder.run(&arguments).expect(0).stdout, built.replace("fit@large", "fit_large"));
}

#[test]
fn what_an_environment_shares_stands_over_what_all_share() {
    let folder = Folder::new();
    let task = |name: &str| format!("task {name} {{ args = [\"{name}\"] }}");
    let template = |container: &str| {
        format!("image = \"i\"\npod_template {{ labels {{ a = \"b\" }}\nprimary_container_name = \"{container}\" }}")
    };
    let source = format!(
        "environment e {{\n{}\n{}\n{}\n}}\nenvironment f {{\n{}\n{}\n}}\n",
        template("x"),
        task("s"),
        task("t"),
        template("y"),
        task("u")
    );
    folder.write("a.flyteenv", source);
    let built = folder.run(&["build", "-o", "-"]).expect(0).stdout;
    let source = folder.run_with(&["import", "-"], built.as_bytes(), &[]).expect(0).stdout;
    assert!(source.contains("template common {"), "{source}");
    folder.write("a.flyteenv", &source);
    assert_eq!(folder.run(&["build", "-o", "-"]).expect(0).stdout, built, "{source}");
}

#[test]
fn files_without_pods_are_left_out_beside_files_with_some() {
    let folder = Folder::new();
    folder.write("a.flyteenv", PROGRAM);
    folder.run(&["build", "--task-version", "1"]).expect(0);
    // The manifest is in the folder of the pods.
    let all = ["manifest.json", "train-env.fit.json", "train-env.prepare.json"].map(|name| format!("pods/{name}"));
    folder.run(&["import", &all[0], &all[1], &all[2]]).expect(0);
    let alone = folder.run(&["import", &all[0]]).expect(2).silent();
    assert!(alone.stderr.starts_with("error[E0814]: this is the manifest of a build"), "{}", alone.stderr);
    folder.write("services.yaml", "kind: Service\n---\nkind: Ingress\n---\nkind: Service\n");
    let outcome = folder.run(&["import", "services.yaml", &all[1]]).expect(0);
    let message = "warning[W0813]: documents without a pod are left out: 2 of kind `Service`, an `Ingress`\n";
    assert!(outcome.stderr.starts_with(message), "{}", outcome.stderr);
}

#[test]
fn comments_stay_with_what_they_are_about() {
    let folder = Folder::new();
    folder.write(
        "in.yaml",
        "# About the file.\n\n---\n# About the job.\nkind: Job\nmetadata: {name: j}\nspec:\n  # About the template.\n  template:\n    spec:\n      \
         containers:\n      # About the container.\n\n      - name: primary\n        image: x  # about the image\n        tty: true\n        \
         resources:\n          requests:\n            # About the CPU.\n            cpu: 1\n            memory: 1Gi  # about the memory\n",
    );
    let source = folder.run(&["import", "in.yaml"]).expect(0).stdout;
    assert_eq!(
        source,
        "# About the file.\n\n# About the job.\nenvironment j {\n  # About the template.\n  task primary {\n    image     = \"x\"  # about the \
         image\n    command   = []\n    # About the CPU.\n    # about the memory\n    resources { cpu = 1, memory = 1Gi }\n    pod_template {\n      pod_spec {\n        # About the container.\n        containers primary {\n          tty \
         = true\n        }\n      }\n    }\n  }\n}\n"
    );
}

#[test]
fn no_input_takes_more_than_it_may() {
    let folder = Folder::new();
    folder.write("large.yaml", "a: b\n".repeat(14 << 20));
    folder.write("aliases.yaml", format!("a: &a '{}'\nb:\n{}", "x".repeat(1000), "- *a\n".repeat(90_000)));
    folder.write("many.jsonl", "{\"containers\": [{\"name\": \"a\", \"image\": \"b\"}]}\n".repeat(20_001));
    folder.write("folder/pod.yaml", "");
    for (name, message) in [
        ("large.yaml", "error: cannot read `large.yaml`: it has more than 64 MiB\n"),
        ("aliases.yaml", "error: cannot read `aliases.yaml`: its aliases make more of it than 64 MiB\n"),
        ("many.jsonl", "error[E0807]: with this file there are more than 20000 pods\n"),
        ("folder", "error: cannot read `folder`: it is a folder; name the files in it\n"),
    ] {
        let outcome = folder.run(&["import", name, "-o", "out.flyteenv"]).expect(2).silent();
        assert!(outcome.stderr.starts_with(message), "{name}: {}", outcome.stderr);
        assert!(!folder.path("out.flyteenv").exists(), "{name}");
    }
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
        (
            "containers:\n- name: a\n  ports: [{containerPort: '80'}]\n",
            "error[E0302]: `containerPort` takes a whole number",
            "in.yaml:3:27",
        ),
        (
            "kind: Workflow\nspec: {templates: [{container: {image: a}}]}\n",
            "error[E0814]: a `Workflow` has no pod",
            "in.yaml:1:7",
        ),
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
