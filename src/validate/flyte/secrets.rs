//! Secrets, and what is in their way.
//!
//! In: a workload. Out: faults. Source: `Inject` in `flyteplugins/go/tasks/pluginmachinery/secret/k8s_secrets.go` and
//! `embedded_secret_manager.go` beside it; `AppendEnvVars` in `utils.go` there: a secret's variable takes the place of a container's own.
//! Not here: whether a cluster has the secret.

use super::{Filled, each};
use crate::diagnostics::code::kubernetes::{SECRET_MOUNT_TAKEN, SECRET_VARIABLE};
use crate::flyte::SECRET_MOUNT;
use crate::settings::secrets::Secret;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// The variables by which programs find secrets, with what they say; whether they are for those that are files.
const FINDERS: &[(&str, &str, bool)] = &[
    ("FLYTE_SECRETS_DEFAULT_DIR", "the folder of the secrets", true),
    ("FLYTE_SECRETS_FILE_PREFIX", "what their files' names begin with", true),
    ("FLYTE_SECRETS_ENV_PREFIX", "what their variables' names begin with", false),
];

/// Checks all containers of a task with secrets.
pub fn check(filled: &Filled<'_>, faults: &mut Faults) {
    let Some(secrets) = filled.workload.settings.secrets.as_deref().filter(|secrets| !secrets.is_empty()) else {
        return;
    };
    let files = secrets.iter().any(|secret| secret.env_var.is_none());
    each(filled, |container, at| {
        let list = at.field("env");
        for (index, variable) in container.env.iter().flatten().enumerate() {
            taken(&variable.name, secrets, &list.index(index), faults);
        }
        let list = at.field("volumeMounts");
        for (index, mount) in container.volume_mounts.iter().flatten().enumerate() {
            if files && is_secrets(&mount.mount_path) {
                let at = list.index(index);
                faults.push(mounted(&mount.mount_path, secrets, &at.field("mountPath")));
            }
        }
    });
}

fn taken(name: &str, secrets: &[Secret], variable: &At<'_>, faults: &mut Faults) {
    let settings = At::settings();
    let list = settings.field("secrets");
    let fault = |message: String| {
        Fault::found(SECRET_VARIABLE, &variable.field("name"), message)
            .relation()
            .note("Flyte puts a task's secrets into every container of its pod, over variables of the same name")
    };
    if let Some(index) = secrets.iter().position(|secret| secret.env_var.as_deref() == Some(name)) {
        faults.push(
            fault(format!("the value of `{name}` is lost: a secret takes its place"))
                .other(&list.index(index), "this secret")
                .help("take another name here, or name the secret's variable with `as_env_var`"),
        );
    } else if let Some((_, says, _)) = FINDERS
        .iter()
        .find(|(finder, _, files)| *finder == name && secrets.iter().any(|secret| secret.env_var.is_none() == *files))
    {
        faults.push(
            fault(format!("the value of `{name}` is lost: it tells the task where its secrets are"))
                .here(format!("Flyte sets it to {says}"))
                .help("leave it out, or take another name"),
        );
    }
}

/// Whether a mount is where secrets are.
fn is_secrets(path: &str) -> bool {
    path.trim_end_matches('/') == SECRET_MOUNT
}

fn mounted(path: &str, secrets: &[Secret], at: &At<'_>) -> Fault {
    let settings = At::settings();
    let list = settings.field("secrets");
    let file = secrets.iter().position(|secret| secret.env_var.is_none()).unwrap_or_default();
    Fault::found(SECRET_MOUNT_TAKEN, at, format!("`{path}` is where Flyte mounts the secrets of the task"))
        .relation()
        .other(&list.index(file), "this secret is a file there")
        .note("Flyte mounts secrets into every container of a pod, and Kubernetes refuses two mounts at one path")
        .help("mount it elsewhere, such as at `/etc/certs`; what Flyte manages as a secret needs no mount")
}
