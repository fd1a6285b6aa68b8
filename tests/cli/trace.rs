//! `flytec trace`: who set a field, who lost, and what a value went through.

use serde_json::Value;

use super::BROKEN;
use super::folder::Folder;

const TRACED: &str = r#"param tag: string = "1.4.0"
param names: list(string) = ["x", "y"]
let registry = "ghcr.io/acme"
let shared = { REGION = "eu", MODE = "fast" }

template common {
  labels { team = "ranking", "acme.dev/tier" = "batch" }
  pod_spec {
    priorityClassName  = "batch"
    enableServiceLinks = true
    containers primary {
      env DEBUG { value = "1" }
      env LOG_LEVEL { value = "info" }
    }
  }
}

template with_caches(size: string) extends common {
  termination_grace_period = 2m
  pod_spec {
    for name in ["weights", "data"] {
      volumes "cache-${name}" { emptyDir { sizeLimit = size } }
      containers primary { volumeMounts "/cache/${name}" { name = "cache-${name}" } }
    }
  }
}

environment train-env {
  image        = "${registry}/train:${tag}"
  pod_template = common
  env_vars     { MODE = "slow", HOME = "/root" }
  resources    { cpu = 1, memory = 4Gi..8Gi }

  task fit {
    function     = "train:fit"
    pod_template = with_caches(size = "20Gi")
    resources    { cpu = 4 }
  }

  override fit as large {
    resources { cpu = 16 }
    pod_template {
      pod_spec {
        priorityClassName = null
        containers primary {
          env DEBUG = null
          env LOG_LEVEL { value = "debug" }
        }
      }
    }
  }

  task report {
    command  = ["report", "--all"]
    args     = ["--for=${name}" for name in names]
    env_vars = shared
    env_vars { MODE = "mine" }
  }

  override report { args = ["none"] }
}
"#;

const CLUSTER: &str = "kind: PodTemplate
metadata: {name: base, namespace: flyte}
template:
  spec:
    nodeSelector: {pool: batch}
    containers:
    - name: default
      image: noop
---
plugins:
  k8s:
    default-pod-template-name: base
    default-memory: 2Gi
";

fn folder() -> Folder {
    let folder = Folder::with(TRACED);
    folder.write("cluster.yaml", CLUSTER);
    folder
}

/// What is said of a field, without the space that aligns it.
#[track_caller]
fn traced(arguments: &[&str]) -> Vec<String> {
    let outcome = folder().run(&[&["trace"], arguments].concat()).expect(0);
    outcome.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The same as JSON.
#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let outcome = folder().run(&[&["trace"], arguments, &["--format", "json"]].concat()).expect(0);
    serde_json::from_str(&outcome.stdout).unwrap()
}

#[track_caller]
fn refused(arguments: &[&str]) -> String {
    folder().run(&[&["trace"], arguments].concat()).expect(2).silent().stderr
}

/// The column of layers, and where each stands.
fn layers(field: &Value) -> Vec<String> {
    let layer = |layer: &Value| format!("{}:{}", layer["by"].as_str().unwrap(), layer["place"]["line"]);
    field["layers"].as_array().unwrap().iter().map(layer).collect()
}

#[test]
fn every_layer_is_told_from_the_last_to_the_first() {
    let lines = traced(&["train-env.fit@large", "spec.containers[primary].resources.requests.cpu"]);
    assert_eq!(
        lines,
        [
            "spec.containers[primary].resources.requests.cpu = \"16\"",
            "override `large` main.flyteenv:41:17 cpu = 16",
            "× task `fit` main.flyteenv:37:20 cpu = 4 (overruled by override `large`)",
            "× environment `train-env` main.flyteenv:32:18 cpu = 1 (overruled by task `fit`)",
        ]
    );
}

#[test]
fn columns_are_aligned() {
    let outcome = folder().run(&["trace", "train-env.fit@large", "resources.requests.cpu"]).expect(0);
    let columns: Vec<usize> = outcome
        .stdout
        .lines()
        .skip(1)
        .map(|line| line.chars().collect::<Vec<_>>().windows(4).position(|w| w == ['m', 'a', 'i', 'n']).unwrap())
        .collect();
    assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{}", outcome.stdout);
}

#[test]
fn an_element_is_traced_through_templates_and_overrides() {
    let lines = traced(&["train-env.fit@large", "spec.containers[primary].env[LOG_LEVEL].value"]);
    assert_eq!(lines[1], "override `large` main.flyteenv:47:27 value = \"debug\"");
    assert_eq!(lines[2], "× template `common` main.flyteenv:13:23 value = \"info\" (overruled by override `large`)");
}

/// The environment's template lost to that of the task, which extends it: the same value is told once.
#[test]
fn what_comes_again_unchanged_is_told_once() {
    let lines = traced(&["train-env.fit", "labels.team"]);
    assert_eq!(
        lines,
        [
            "metadata.labels.team = \"ranking\"",
            "template `common` main.flyteenv:7:12 team = \"ranking\"",
            "← task `fit` main.flyteenv:36:20 pod_template = with_caches(size = \"20Gi\")",
        ]
    );
}

#[test]
fn a_template_tells_who_named_it() {
    let lines = traced(&["train-env.report", "labels.team"]);
    assert_eq!(lines[2], "← environment `train-env` main.flyteenv:30:18 pod_template = common");
}

#[test]
fn an_element_that_was_taken_away_can_be_asked_for() {
    let lines = traced(&["train-env.fit@large", "env[DEBUG]"]);
    assert_eq!(lines[0], "spec.containers[primary].env[DEBUG] is not set");
    assert_eq!(lines[1], "override `large` main.flyteenv:46:11 env DEBUG = null (takes it away)");
    assert!(lines[2].starts_with("× template `common` main.flyteenv:12:11 env DEBUG"), "{}", lines[2]);
    assert!(lines[2].ends_with("(taken away by override `large`)"), "{}", lines[2]);
}

#[test]
fn a_field_that_was_taken_away_can_be_asked_for() {
    let field = &json(&["train-env.fit@large", "priorityClassName"])["fields"][0];
    assert_eq!(layers(field), ["override large:44", "template common:9"]);
    assert_eq!((&field["value"], &field["layers"][0]["does"]), (&Value::Null, &"take away".into()));
    // The task itself still has it.
    assert_eq!(traced(&["train-env.fit", "priorityClassName"])[0], "spec.priorityClassName = \"batch\"");
}

#[test]
fn constants_and_parameters_in_a_text_are_followed() {
    let lines = traced(&["train-env.fit", "image"]);
    assert_eq!(
        lines[1..],
        [
            "environment `train-env` main.flyteenv:29:3 image = \"${registry}/train:${tag}\"",
            "← constant `registry` main.flyteenv:3:5 let registry = \"ghcr.io/acme\"",
            "← parameter `tag` main.flyteenv:1:7 param tag: string = \"1.4.0\"",
        ]
    );
}

#[test]
fn a_value_of_the_command_line_is_found_there() {
    let lines = traced(&["train-env.fit", "image", "--set", "tag=1.5.0"]);
    assert_eq!(lines[0], "spec.containers[primary].image = \"ghcr.io/acme/train:1.5.0\"");
    assert_eq!(lines.last().unwrap(), "← `--set tag` command line:1:11 --set tag=1.5.0");
}

#[test]
fn a_value_of_a_file_of_parameters_is_found_there() {
    let folder = folder();
    folder.write("params.yaml", "names: [q]\ntag: '2.0'\n");
    let outcome = folder.run(&["trace", "train-env.fit", "image", "--params", "params.yaml"]).expect(0);
    let last = outcome.stdout.lines().last().unwrap();
    assert!(last.contains("← `params.yaml`") && last.contains("params.yaml:2:6"), "{}", outcome.stdout);
}

#[test]
fn a_value_of_the_project_is_found_there() {
    let folder = folder();
    folder.write("flytec.toml", "[params]\ntag = \"3.0\"\n");
    let outcome = folder.run(&["trace", "train-env.fit", "image"]).expect(0);
    assert!(outcome.stdout.lines().last().unwrap().contains("flytec.toml:2:7"), "{}", outcome.stdout);
}

#[test]
fn an_argument_of_a_template_is_found_where_it_is_given() {
    let lines = traced(&["train-env.fit", "volumes[cache-data].emptyDir.sizeLimit"]);
    assert_eq!(
        lines[1..],
        [
            "template `with_caches` main.flyteenv:22:44 sizeLimit = size",
            "← parameter `size` main.flyteenv:18:22 template with_caches(size: string) extends common {",
            "← task `fit` main.flyteenv:36:39 pod_template = with_caches(size = \"20Gi\")",
        ]
    );
}

#[test]
fn the_variable_of_a_loop_is_followed() {
    let lines = traced(&["train-env.fit", "containers[primary].volumeMounts[/cache/data].name"]);
    assert_eq!(lines[2], "← loop variable `name` main.flyteenv:21:9 for name in [\"weights\", \"data\"] {");
}

#[test]
fn a_comprehension_is_followed_to_its_list() {
    let program = TRACED.replace("  override report { args = [\"none\"] }\n", "");
    let outcome = Folder::with(&program).run(&["trace", "train-env.report", "args[1]"]).expect(0);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "spec.containers[primary].args[1] = \"--for=y\"");
    assert!(lines[2].contains("← loop variable `name`"), "{}", outcome.stdout);
    assert!(lines[3].contains("← parameter `names`") && lines[3].contains("2:35"), "{}", outcome.stdout);
}

/// Elements of lists without keys are not compared by their number: the whole list was lost.
#[test]
fn a_list_that_was_replaced_is_lost_as_a_whole() {
    let lines = traced(&["train-env.report", "args"]);
    assert_eq!(lines[0], "spec.containers[primary].args[0] = \"none\"");
    assert!(lines[1].starts_with("override of `report` main.flyteenv:60:29 "), "{}", lines[1]);
    assert!(lines[2].starts_with("× task `report` main.flyteenv:55:5 args = ["), "{}", lines[2]);
    assert!(lines[2].ends_with("(overruled by override of `report`)"), "{}", lines[2]);
}

#[test]
fn an_entry_of_a_constant_was_set_by_who_names_the_constant() {
    let lines = traced(&["train-env.report", "env[REGION]"]);
    assert_eq!(lines[1], "task `report` main.flyteenv:56:16 env_vars = shared");
    assert!(lines[2].starts_with("← constant `shared` main.flyteenv:4:5 "), "{}", lines[2]);
}

/// The task's own block, the constant beneath it, and the map of the environment that the constant took the place of.
#[test]
fn entries_of_a_merged_map_have_their_own_layers() {
    let fields = json(&["train-env.report", "env[MODE]"]);
    assert_eq!(layers(&fields["fields"][0]), ["task report:57", "task report:56", "environment train-env:31"]);
    let gone = refused(&["train-env.report", "env[NOWHERE]"]);
    assert!(gone.contains("has no `NOWHERE`"), "{gone}");
    assert_eq!(traced(&["train-env.fit", "env[HOME]"])[0], "spec.containers[primary].env[HOME].value = \"/root\"");
}

#[test]
fn both_sides_of_a_range_are_at_its_place() {
    let fields = json(&["train-env.fit", "resources"]);
    let memory = |side: &str| {
        let path = format!("spec.containers[primary].resources.{side}.memory");
        let field = fields["fields"].as_array().unwrap().iter().find(|field| field["path"] == path.as_str()).unwrap();
        (field["value"].clone(), layers(field))
    };
    assert_eq!(memory("requests"), ("4Gi".into(), vec!["environment train-env:32".to_owned()]));
    assert_eq!(memory("limits"), ("8Gi".into(), vec!["environment train-env:32".to_owned()]));
}

#[test]
fn a_helper_of_a_template_is_who_set_what_it_makes() {
    let lines = traced(&["train-env.fit", "terminationGracePeriodSeconds"]);
    assert_eq!(lines[0], "spec.terminationGracePeriodSeconds = 120");
    assert_eq!(lines[1], "template `with_caches` main.flyteenv:19:3 termination_grace_period = 2m");
}

#[test]
fn the_image_of_a_template_wins_over_that_of_the_task() {
    let program = TRACED.replace(
        "containers primary {\n      env DEBUG",
        "containers primary {\n      image = \"own:1\"\n      env DEBUG",
    );
    let outcome = Folder::with(&program).run(&["trace", "train-env.fit", "image"]).expect(0);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0], "spec.containers[primary].image = \"own:1\"");
    assert!(lines[1].contains("template `common`"), "{}", outcome.stdout);
    let lost = lines.iter().find(|line| line.contains("× environment `train-env`")).unwrap();
    assert!(lost.ends_with("(overruled by template `common`)"), "{}", outcome.stdout);
}

#[test]
fn what_flyte_overrules_is_told_as_lost_to_flyte() {
    let lines = traced(&["train-env.fit", "enableServiceLinks"]);
    assert_eq!(lines[1], "Flyte turns it off");
    assert_eq!(lines[2], "× template `common` main.flyteenv:10:5 enableServiceLinks = true (overruled by Flyte)");
}

#[test]
fn what_the_cluster_adds_has_its_place_in_the_cluster_file() {
    let lines = traced(&["train-env.fit", "nodeSelector.pool", "--cluster", "cluster.yaml"]);
    assert_eq!(lines[1], "cluster template flyte/base cluster.yaml:5:26 nodeSelector: {pool: batch}");
    let without = refused(&["train-env.fit", "nodeSelector.pool"]);
    assert!(without.contains("has no `nodeSelector`"), "{without}");
}

#[test]
fn defaults_of_kubernetes_are_told() {
    assert_eq!(traced(&["train-env.fit", "dnsPolicy"])[1], "Kubernetes default");
}

#[test]
fn elements_are_found_by_their_number_and_fields_by_short_names() {
    let whole = traced(&["train-env.fit", "spec.containers[primary].image"]);
    for field in ["spec.containers[0].image", "podSpec.containers[primary].image", "containers[0].image", "image"] {
        assert_eq!(traced(&["train-env.fit", field]), whole, "{field}");
    }
}

#[test]
fn names_with_other_signs_stand_in_quotes() {
    for field in ["metadata.labels[\"acme.dev/tier\"]", "labels['acme.dev/tier']", "labels[acme.dev/tier]"] {
        let lines = traced(&["train-env.fit", field]);
        assert_eq!(lines[0], "metadata.labels[\"acme.dev/tier\"] = \"batch\"", "{field}");
    }
}

#[test]
fn a_prefix_has_all_fields_below_it() {
    let fields = json(&["train-env.fit", "volumes"]);
    let paths: Vec<&str> =
        fields["fields"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect();
    assert_eq!(
        paths,
        ["spec.volumes[cache-weights].emptyDir.sizeLimit", "spec.volumes[cache-data].emptyDir.sizeLimit"]
    );
}

#[test]
fn a_whole_pod_is_a_line_for_each_field() {
    let lines = traced(&["train-env.fit@large"]);
    assert_eq!(lines[0], "train-env.fit@large");
    let expected =
        "spec.containers[primary].resources.requests.cpu = \"16\" override `large` main.flyteenv:41:17 (over 2 more)";
    assert!(lines.iter().any(|line| line == expected), "{lines:#?}");
    let added = lines.iter().position(|line| line == "added when it runs").unwrap();
    let is_added = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap() > added;
    assert!(is_added("spec.restartPolicy") && !is_added("metadata.labels.team"), "{lines:#?}");
    // What a function is called with is one line.
    assert_eq!(lines.iter().filter(|line| line.contains(".args")).count(), 1, "{lines:#?}");
}

#[test]
fn json_is_of_one_shape() {
    let trace = json(&["train-env.fit@large", "resources.requests.cpu"]);
    assert_eq!(trace["name"], "train-env.fit@large");
    let task = &trace["fields"][0]["layers"][1];
    assert_eq!((&task["by"], &task["source"], &task["does"]), (&"task fit".into(), &"cpu = 4".into(), &"set".into()));
    assert_eq!((&task["place"]["file"], &task["place"]["column"]), (&"main.flyteenv".into(), &20.into()));
    assert_eq!((&task["overruled"]["by"], &task["overruled"]["place"]["line"]), (&"override large".into(), &41.into()));
    let tag = &json(&["train-env.fit", "image"])["fields"][0]["layers"][0]["through"][1];
    assert_eq!((&tag["what"], &tag["place"]["line"]), (&"parameter tag".into(), &1.into()));
}

#[test]
fn a_name_of_another_file_is_followed_into_it() {
    let folder = Folder::new();
    folder.write("base.flyteenv", "let registry = \"ghcr.io/acme\"\n");
    folder.write(
        "main.flyteenv",
        "import \"base.flyteenv\" as platform\nenvironment e {\n  image = platform.registry\n  task t { command = [\"x\"] }\n}\n",
    );
    let outcome = folder.run(&["trace", "e.t", "image", "main.flyteenv"]).expect(0);
    let last = outcome.stdout.lines().last().unwrap();
    assert!(last.contains("← constant `registry`") && last.contains("base.flyteenv:1:5"), "{}", outcome.stdout);
}

#[test]
fn a_path_may_stand_in_the_place_of_a_field() {
    let folder = folder();
    folder.write("other.flyteenv", "environment {");
    let whole = folder.run(&["trace", "train-env.fit", "main.flyteenv"]).expect(0);
    assert!(whole.stdout.starts_with("train-env.fit\n"), "{}", whole.stdout);
    folder.run(&["trace", "train-env.fit", "image", "main.flyteenv"]).expect(0);
}

#[test]
fn unknown_names_are_one_message_with_what_may_be_meant() {
    let task = refused(&["train-env.fitt"]);
    assert_eq!(task, "error: no task or variant is called `train-env.fitt`; did you mean `train-env.fit`?\n");
    let field = refused(&["train-env.fit", "spec.contaners"]);
    assert_eq!(
        field,
        "error: there is no field `spec.contaners`: `spec` has no `contaners`; did you mean `containers`?\n"
    );
    let short = refused(&["train-env.fit", "imagee"]);
    assert!(short.ends_with("did you mean `image`?\n"), "{short}");
}

#[test]
fn what_is_no_field_is_refused() {
    for field in ["spec..image", "spec.containers[", "", "[", "spec[\"a]", "spec.]x["] {
        let message = refused(&["train-env.fit", field]);
        assert_eq!(message.lines().count(), 1, "{field}: {message}");
    }
    let deeper = refused(&["train-env.fit", "image.name"]);
    assert!(deeper.contains("`spec.containers[primary].image` has no `name`"), "{deeper}");
}

#[test]
fn errors_of_the_program_are_told_and_nothing_is_traced() {
    let outcome = Folder::with(BROKEN).run(&["trace", "e.t", "image"]).expect(1).silent();
    assert!(outcome.stderr.contains("main.flyteenv:3:3"), "{}", outcome.stderr);
}

/// A program in which much is lost on the way.
const LOST: &str = r#"param size: string = "1Gi"

template inner(limit: string) {
  pod_spec {
    volumes cache { emptyDir { sizeLimit = limit } }
    containers primary { volumeMounts "/cache" { name = "cache" } }
  }
}

template outer(cap: string) extends inner(limit = cap) {
  pod_spec {
    nodeSelector { pool = "cpu", zone = "a" }
    containers sidecar { image = "side:1" }
  }
}

template plain {
  labels { team = "core" }
}

environment e {
  image        = "i:1"
  pod_template = outer(cap = size)
  env_vars     { A = "1", B = "2" }
  resources    { cpu = 1, memory = 1Gi }

  task t {
    function  = "m:f"
    env_vars  { A = null }
    resources = { cpu = 3 }
    pod_template {
      pod_spec {
        nodeSelector = { pool = "gpu" }
        volumes cache { emptyDir = null, hostPath { path = "/c" } }
        containers sidecar = null
      }
    }
  }

  override t as v {
    pod_template = plain
  }
}
"#;

#[test]
fn what_was_taken_away_is_told_without_being_asked_by_name() {
    let folder = Folder::with(LOST);
    let whole = folder.run(&["trace", "e.t"]).expect(0).stdout;
    let section = whole.split("\n\n").find(|section| section.starts_with("taken away\n")).unwrap();
    let told: Vec<Vec<&str>> = section.lines().skip(1).map(|line| line.split_whitespace().take(4).collect()).collect();
    let expected = [
        ["spec.containers[primary].env[A]", "task", "`t`", "main.flyteenv:29:17"],
        ["spec.containers[sidecar]", "task", "`t`", "main.flyteenv:35:9"],
        ["spec.nodeSelector.zone", "task", "`t`", "main.flyteenv:33:9"],
        ["spec.volumes[cache].emptyDir", "task", "`t`", "main.flyteenv:34:25"],
    ];
    assert_eq!(told, expected, "{whole}");
    let part = folder.run(&["trace", "e.t", "nodeSelector"]).expect(0).stdout;
    let lost = "\n\nspec.nodeSelector.zone is not set\n    task `t`             main.flyteenv:33:9   nodeSelector = { pool = \"gpu\" }  (replaces the whole)\n  × template `outer`     main.flyteenv:12:34  zone = \"a\"  (overruled by task `t`)\n";
    assert!(part.contains(lost) && !part.contains("emptyDir"), "{part}");
    let json = folder.run(&["trace", "e.t", "nodeSelector", "--format", "json"]).expect(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let fields = json["fields"].as_array().unwrap();
    let zone = fields.iter().find(|field| field["path"] == "spec.nodeSelector.zone").unwrap();
    assert!(zone.get("value").is_none() && zone["layers"][0]["overruled"]["by"] == "task t", "{zone}");
}

#[test]
fn what_is_lost_as_a_whole_is_told_once() {
    let folder = Folder::with(LOST);
    let whole = folder.run(&["trace", "e.t@v"]).expect(0).stdout;
    let section = whole.split("\n\n").find(|section| section.starts_with("taken away\n")).unwrap();
    let paths: Vec<&str> = section.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    let expected = [
        "spec.containers[primary].env[A]",
        "spec.containers[primary].volumeMounts",
        "spec.containers[sidecar]",
        "spec.nodeSelector",
        "spec.volumes",
    ];
    assert_eq!(paths, expected, "{whole}");
}

#[test]
fn what_another_layer_took_away_is_not_lost_to_flyte() {
    let folder = Folder::with(LOST);
    let memory = folder.run(&["trace", "e.t", "resources.requests.memory"]).expect(0).stdout;
    let lost = "  × environment `e`  main.flyteenv:25:27  memory = 1Gi  (overruled by task `t`)\n";
    assert!(memory.contains("\n    Flyte ") && memory.ends_with(lost), "{memory}");
}

#[test]
fn every_value_that_a_parameter_was_given_is_told() {
    let folder = Folder::with(LOST);
    folder.write("flytec.toml", "[params]\nsize = \"2Gi\"\n");
    folder.write("p.yaml", "size: 3Gi\n");
    folder.write("main.flyteenv", LOST.replace("emptyDir = null, hostPath { path = \"/c\" }", ""));
    let asked = ["trace", "e.t", "volumes[cache].emptyDir.sizeLimit", "--params", "p.yaml", "--set", "size=4Gi"];
    let told = folder.run(&asked).expect(0).stdout;
    let through: Vec<&str> =
        told.lines().skip(2).filter_map(|line| line.trim().split_once("  ")).map(|(who, _)| who).collect();
    let expected = [
        "← parameter `limit`",
        "← parameter `cap`",
        "← parameter `size`",
        "← `--set size`",
        "× `p.yaml`",
        "× `flytec.toml`",
        "← environment `e`",
    ];
    assert_eq!(through, expected, "{told}");
}

#[test]
fn what_a_template_of_the_cluster_lost_is_told() {
    let folder = Folder::with(LOST);
    folder.write("c.yaml", "kind: PodTemplate\nmetadata: {name: base, namespace: flyte}\ntemplate:\n  metadata: {labels: {team: cluster}}\n  spec:\n    nodeSelector: {pool: any}\n    containers:\n    - name: default\n      image: none:1\n      env: [{name: B, value: cluster}]\n    - {name: lost, image: none:1}\n---\nplugins: {k8s: {default-pod-template-name: base}}\n");
    let trace = |name: &str, field: &str| folder.run(&["trace", name, field, "--cluster", "c.yaml"]).expect(0).stdout;
    let lost = |told: &str, by: &str| {
        let line = told.lines().find(|line| line.contains("cluster template flyte/base")).unwrap_or_default();
        assert!(line.starts_with("  × ") && line.ends_with(&format!("(overruled by {by})")), "{told}");
    };
    lost(&trace("e.t", "nodeSelector.pool"), "task `t`");
    lost(&trace("e.t@v", "labels.team"), "template `plain`");
    lost(&trace("e.t", "image"), "environment `e`");
    let dropped = "spec.containers[lost] is not set\n    Flyte                                      no container of the task is called so  (takes it away)\n  × cluster template flyte/base  c.yaml:";
    let asked = trace("e.t", "containers[lost]");
    assert!(asked.starts_with(dropped) && asked.ends_with("(taken away by Flyte)\n"), "{asked}");
    assert!(trace("e.t", "containers").contains("\nspec.containers[lost] is not set\n"));
    // Of two variables of one name the last one counts.
    let variable = trace("e.t", "env[B]");
    assert!(variable.contains(".value = \"2\"\n    environment `e`"), "{variable}");
}

#[test]
fn a_list_that_comes_again_is_told_once() {
    let program = "template base(flag: string) {\n  pod_spec { containers log { image = \"l:1\", command = [\"sh\", flag] } }\n}\ntemplate more(flag: string) extends base(flag = flag) {\n  annotations { primary_container_name = \"primary\" }\n  pod_spec { containers primary {} }\n}\nenvironment e {\n  image        = \"i:1\"\n  pod_template = base(flag = \"-a\")\n  task t {\n    function     = \"m:t\"\n    pod_template = more(flag = \"-b\")\n  }\n}\n";
    let folder = Folder::with(program);
    let told = folder.run(&["trace", "e.t", "containers[log].command"]).expect(0).stdout;
    let (shell, flag) = told.split_once("\n\n").unwrap();
    assert!(shell.contains("command[0] = \"sh\"") && !shell.contains('×'), "{shell}");
    // With another value it is another one.
    assert!(flag.contains("command[1] = \"-b\"") && flag.contains("(overruled by task `t`)"), "{flag}");
}

#[test]
fn what_is_read_of_a_file_was_set_where_it_is_read() {
    let program = "environment e {\n  image = \"i:1\"\n  task t {\n    command      = [\"sh\", \"-c\", file(\"run.sh\")]\n    pod_template { pod_spec = yaml(\"pod.yaml\").spec }\n  }\n}\n";
    let folder = Folder::with(program);
    folder.write("run.sh", "echo done\n");
    folder.write("pod.yaml", "spec:\n  nodeSelector:\n    pool: x\n");
    let script = folder.run(&["trace", "e.t", "command[2]"]).expect(0).stdout;
    let lines: Vec<&str> = script.lines().skip(1).map(|line| line.trim().split("  ").next().unwrap()).collect();
    assert_eq!(lines, ["task `t`", "← `run.sh`"], "{script}");
    let pool = folder.run(&["trace", "e.t", "nodeSelector.pool"]).expect(0).stdout;
    let lines: Vec<&str> = pool.lines().skip(1).map(|line| line.trim().split("  ").next().unwrap()).collect();
    assert_eq!(lines, ["task `t`", "← `pod.yaml`"], "{pool}");
}

#[test]
fn a_list_with_one_history_is_told_once() {
    let folder = Folder::with(TRACED);
    let args = folder.run(&["trace", "train-env.fit", "args"]).expect(0).stdout;
    assert!(args.starts_with("spec.containers[primary].args = [\"a0\", ") && args.lines().count() == 2, "{args}");
}
