//! Words that people bring along: from other tools, from older releases of Flyte, from Kubernetes one level further down.
//!
//! In: the object that a field was written in, and the name of the field. Out: what is meant by it here. Always: no word of the
//! table is a field of an object that it is listed for. Not here: spellings of fields that there are, and fields that stand in
//! another block, which `unknown` finds in the schema by itself.

use crate::diagnostics::suggest::same_letters;

/// What a word means here.
#[derive(Debug, Clone, Copy)]
pub enum Meant {
    /// This, at the same place: a field, or the beginning of an entry.
    Field(&'static str),
    /// This field, inside of these blocks.
    Inside(&'static [&'static str], &'static str),
    /// Nothing that has a field of its own; this is how it is done.
    Otherwise(&'static str),
}

use Meant::{Field, Inside, Otherwise};

/// Words that mean the same in the same objects.
struct Habit {
    objects: &'static [&'static str],
    words: &'static [&'static str],
    meant: Meant,
}

const fn habit(objects: &'static [&'static str], words: &'static [&'static str], meant: Meant) -> Habit {
    Habit { objects, words, meant }
}

const SETTINGS: &[&str] = &["environment", "task", "override"];
const TASKS: &[&str] = &["task", "override"];
const CONTAINERS: &[&str] = &["Container", "EphemeralContainer"];
const RESOURCES: &[&str] = &["resources"];
const IN_POD: &[&str] = &["pod_template", "pod_spec"];
const IN_PRIMARY: &[&str] = &["pod_template", "pod_spec", "containers primary"];

/// All of them; the first that fits counts.
const HABITS: &[Habit] = &[
    habit(SETTINGS, &["env", "environment", "environment_variables", "envs", "variables", "vars"], Field("env_vars")),
    habit(
        SETTINGS,
        &["base_image", "docker_image", "container_image", "img", "image_name", "image_uri", "image_spec"],
        Field("image"),
    ),
    habit(SETTINGS, &["template", "pod"], Field("pod_template")),
    habit(SETTINGS, &["spot", "preemptible"], Field("interruptible")),
    habit(SETTINGS, &["resource_requests", "resource"], Field("resources")),
    habit(SETTINGS, &["secret_requests", "secret_request"], Field("secrets")),
    habit(SETTINGS, &["doc", "docs", "docstring", "about"], Field("description")),
    habit(&["environment", "override"], &["reuse", "reuse_policy", "pool"], Field("reusable")),
    habit(&["environment"], &["needs", "requires", "dependencies"], Field("depends_on")),
    habit(TASKS, &["cmd", "container_command", "script", "run", "shell", "exec"], Field("command")),
    habit(TASKS, &["arguments", "arg", "argv", "parameters"], Field("args")),
    habit(TASKS, &["func", "fn", "handler", "module", "python", "callable", "main"], Field("function")),
    habit(TASKS, &["retry", "max_retries", "num_retries", "backoff_limit", "attempts"], Field("retries")),
    habit(TASKS, &["timeout_seconds", "time_limit", "max_runtime", "execution_timeout"], Field("timeout")),
    habit(TASKS, &["deck", "decks", "enable_deck"], Field("report")),
    habit(TASKS, &["cached", "cacheable"], Field("cache")),
    habit(
        SETTINGS,
        &["cache_version"],
        Otherwise("a version of one's own is `cache { behavior = \"override\", version_override = \"1.0\" }`"),
    ),
    habit(
        SETTINGS,
        &["cache_serialize", "cache_serializable"],
        Otherwise("it is a part of the cache's policy: `cache { behavior = \"auto\", serialize = true }`"),
    ),
    habit(SETTINGS, &["mem", "ram", "memory_limit", "memory_request"], Inside(RESOURCES, "memory")),
    habit(SETTINGS, &["cpus", "cores", "vcpu", "vcpus", "cpu_limit", "cpu_request"], Inside(RESOURCES, "cpu")),
    habit(SETTINGS, &["gpus", "accelerator", "accelerators", "num_gpus"], Inside(RESOURCES, "gpu")),
    habit(SETTINGS, &["storage", "ephemeral_storage", "disk_size"], Inside(RESOURCES, "disk")),
    habit(SETTINGS, &["shared_memory", "shm_size"], Inside(RESOURCES, "shm")),
    habit(&["environment", "override"], &["ttl"], Inside(&["reusable"], "idle_ttl")),
    habit(
        SETTINGS,
        &["limits", "requests"],
        Otherwise("a range has both, request and limit: `resources { cpu = 500m..2, memory = 1Gi..2Gi }`"),
    ),
    habit(
        RESOURCES,
        &["limits", "requests", "limit", "request"],
        Otherwise("a range has both, request and limit: `cpu = 500m..2`, `memory = 1Gi..2Gi`"),
    ),
    habit(RESOURCES, &["mem", "ram"], Field("memory")),
    habit(RESOURCES, &["cpus", "cores", "vcpu", "vcpus"], Field("cpu")),
    habit(RESOURCES, &["gpus", "accelerator", "nvidia.com/gpu"], Field("gpu")),
    habit(RESOURCES, &["storage", "ephemeral_storage"], Field("disk")),
    habit(RESOURCES, &["shared_memory", "shm_size"], Field("shm")),
    habit(
        &["reusable"],
        &["min_replicas", "max_replicas", "min", "max"],
        Otherwise("the least and the most of pods are a range: `replicas = 1..3`"),
    ),
    habit(&["reusable"], &["workers", "size", "instances"], Field("replicas")),
    habit(&["reusable"], &["ttl", "idle_timeout"], Field("idle_ttl")),
    habit(&["secret"], &["name", "secret"], Field("key")),
    habit(&["secret"], &["env", "env_var", "env_name"], Field("as_env_var")),
    habit(&["secret"], &["mount_path", "file", "path"], Field("mount")),
    habit(&["cache"], &["version", "cache_version"], Field("version_override")),
    habit(&["cache"], &["policy", "mode"], Field("behavior")),
    habit(&["cache"], &["ttl"], Field("max_age")),
    habit(&["retries"], &["attempts", "limit", "max", "max_retries"], Field("count")),
    habit(&["backoff"], &["initial", "delay", "min"], Field("base")),
    habit(&["backoff"], &["max", "max_delay"], Field("cap")),
    habit(&["backoff"], &["multiplier", "exponent"], Field("factor")),
    habit(&["gpu"], &["type", "name", "model"], Field("device")),
    habit(&["gpu"], &["count", "number", "amount"], Field("quantity")),
    habit(
        &["environment", "task", "template", "override"],
        &["name"],
        Otherwise("the name of a declaration stands behind its word, as in `task train { … }`"),
    ),
    habit(
        SETTINGS,
        &["schedule", "cron", "trigger", "triggers"],
        Otherwise(
            "when a task runs is no part of its pod: a schedule is given to Flyte by itself, with a trigger of its SDK",
        ),
    ),
    habit(
        SETTINGS,
        &["pip_packages", "packages", "requirements", "python_version", "dockerfile", "apt_packages"],
        Otherwise("flytec builds no images: build one that has it, and name that one in `image`"),
    ),
    habit(
        &["task"],
        &["replicas", "concurrency", "idle_ttl", "scaledown_ttl", "reusable"],
        Otherwise("a pool of pods belongs to the environment: `reusable { … }` stands there, beside its tasks"),
    ),
    habit(
        TASKS,
        &["depends_on"],
        Otherwise("environments depend on each other, tasks do not: `depends_on` stands in the environment"),
    ),
    habit(
        &["environment"],
        &["command", "cmd", "args", "function", "entrypoint"],
        Otherwise("what is run is said by each task of the environment: `task NAME { command = [ … ] }`"),
    ),
    habit(
        &["environment"],
        &["retries", "max_retries", "retry", "timeout", "timeout_seconds", "report", "short_name"],
        Otherwise("each task of the environment has its own: set it in the `task NAME { … }`"),
    ),
    habit(
        &["environment", "template"],
        &["extends", "inherits", "base", "parent"],
        Otherwise("what is extended stands behind the name, as in `environment train-env extends base-env { … }`"),
    ),
    habit(&["environment"], &["tasks"], Otherwise("each task is a declaration of its own: `task NAME { … }`")),
    habit(SETTINGS, &["user", "run_as_user"], Inside(&["pod_template", "pod_spec", "securityContext"], "runAsUser")),
    habit(SETTINGS, &["node_selectors"], Inside(IN_POD, "nodeSelector")),
    habit(SETTINGS, &["working_dir", "workdir", "cwd"], Inside(IN_PRIMARY, "workingDir")),
    habit(SETTINGS, &["mounts", "volume_mount"], Inside(IN_PRIMARY, "volumeMounts")),
    habit(SETTINGS, &["pull_policy"], Inside(IN_PRIMARY, "imagePullPolicy")),
    habit(SETTINGS, &["container", "primary_container", "main_container"], Inside(IN_POD, "containers primary")),
    habit(&["template"], &["container"], Inside(&["pod_spec"], "containers primary")),
    habit(&["template"], &["spec", "pod", "template"], Field("pod_spec")),
    habit(&["PodSpec"], &["cmd"], Inside(&["containers primary"], "command")),
    habit(
        &["PodSpec"],
        &["spec", "template"],
        Otherwise("what stands in the `spec` of a pod of Kubernetes stands right in `pod_spec`"),
    ),
    habit(
        &["template", "PodSpec"],
        &["metadata"],
        Otherwise("`labels { … }` and `annotations { … }` stand in the template itself, beside `pod_spec`"),
    ),
    habit(
        &["template", "PodSpec"],
        &["apiVersion", "kind"],
        Otherwise("a template has no head: begin with `pod_spec { … }`"),
    ),
    habit(&["PodSpec"], &["primary_container", "primary", "main_container", "main"], Field("containers primary")),
    habit(&["PodSpec"], &["sidecar", "sidecars"], Field("containers")),
    habit(&["PodSpec"], &["init", "init_container"], Field("initContainers")),
    habit(&["PodSpec"], &["restart"], Field("restartPolicy")),
    habit(&["PodSpec"], &["node"], Field("nodeName")),
    habit(&["PodSpec"], &["pull_secrets"], Field("imagePullSecrets")),
    habit(CONTAINERS, &["env_vars", "environment", "environment_variables", "envs"], Field("env")),
    habit(CONTAINERS, &["cmd", "entrypoint"], Field("command")),
    habit(CONTAINERS, &["arguments"], Field("args")),
    habit(CONTAINERS, &["mounts", "mount"], Field("volumeMounts")),
    habit(CONTAINERS, &["pull_policy"], Field("imagePullPolicy")),
    habit(CONTAINERS, &["workdir", "cwd"], Field("workingDir")),
    habit(CONTAINERS, &["liveness"], Field("livenessProbe")),
    habit(CONTAINERS, &["readiness"], Field("readinessProbe")),
    habit(CONTAINERS, &["startup"], Field("startupProbe")),
    habit(CONTAINERS, &["user"], Inside(&["securityContext"], "runAsUser")),
    habit(&["ContainerPort"], &["port", "target_port"], Field("containerPort")),
    habit(&["VolumeMount"], &["path", "mount", "target"], Field("mountPath")),
    habit(&["VolumeMount"], &["volume", "source"], Field("name")),
    habit(&["VolumeMount"], &["ro"], Field("readOnly")),
    habit(&["Volume"], &["pvc", "claim"], Field("persistentVolumeClaim")),
    habit(&["Volume"], &["config_map_ref"], Field("configMap")),
    habit(
        &["Volume"],
        &["mountPath", "mount", "readOnly", "subPath"],
        Otherwise(
            "a volume is mounted by a container: `volumeMounts \"/data\" { name = \"…\" }` in the block of the container",
        ),
    ),
    habit(&["SecretVolumeSource"], &["name"], Field("secretName")),
    habit(&["ConfigMapVolumeSource"], &["config_map_name"], Field("name")),
    habit(&["PersistentVolumeClaimVolumeSource"], &["name"], Field("claimName")),
];

/// What a word means in an object of this name.
pub fn meant(object: &str, written: &str) -> Option<Meant> {
    let fits =
        |habit: &&Habit| habit.objects.contains(&object) && habit.words.iter().any(|word| same_letters(word, written));
    HABITS.iter().find(fits).map(|habit| habit.meant)
}

#[cfg(test)]
mod tests {
    use super::{HABITS, Meant};
    use crate::evaluate::unknown::objects;

    #[test]
    fn habits_are_no_fields_and_mean_fields() {
        let objects = objects();
        for habit in HABITS {
            for name in habit.objects {
                let object = objects.iter().find(|object| object.name == *name);
                let object = object.unwrap_or_else(|| panic!("no object is called {name}"));
                for word in habit.words {
                    assert!(object.field(word).is_none(), "{name} has a field {word}");
                }
                if let Meant::Field(field) = habit.meant {
                    let field = field.split(' ').next().unwrap_or(field);
                    assert!(object.field(field).is_some(), "{name} has no field {field}");
                }
            }
        }
    }
}
