//! Step 8: what Flyte's webhook does for secrets.
//!
//! In: the pod and the task's secrets. Out: environment variables ahead of all others, and volumes, in every container, init
//! containers too. Always: secrets are names, never values. Source: `K8sSecretInjector` in Flyte's `secret/k8s_secrets.go`, and
//! `AppendEnvVars` and `AppendVolume` in its `secret/utils.go`.
//!
//! Which secret manager a cluster has, its webhook is configured for. This is the one that reads Kubernetes' secrets. Another one
//! may put the value itself into the variable, or copy it in an init container; the variables that the task asks for are the same.

use ecow::{EcoString, eco_format};

use super::task::Pod;
use super::tree::{Origin, Tree};
use crate::flyte::SECRET_MOUNT;
use crate::flyte::platform::SECRET_PREFIX;
use crate::settings::secrets::Secret;

/// Why all of this is there.
fn origin() -> Origin {
    Origin::platform("Flyte's webhook for secrets")
}

/// The annotations that name the secrets.
pub fn annotations(secrets: &[Secret]) -> Vec<Tree> {
    secrets.iter().map(|secret| Tree::symbol(&origin(), eco_format!("secret-{}", secret.key))).collect()
}

/// Puts the secrets into the pod.
pub fn inject(pod: &mut Pod, secrets: &[Secret]) {
    for secret in secrets {
        if let Some(name) = &secret.env_var {
            variables(pod, secret, name);
        } else {
            let group = group(secret).kind;
            let number = secrets.iter().position(|other| self::group(other).kind == group);
            file(pod, secret, number.unwrap_or_default());
        }
    }
}

/// The Kubernetes secret; without a group, Flyte makes its name of the key.
fn group(secret: &Secret) -> Tree {
    match &secret.group {
        Some(group) => Tree::text(&origin(), group.clone()),
        None => Tree::symbol(&origin(), eco_format!("md5-of-{}", secret.key)),
    }
}

fn group_text(secret: &Secret) -> EcoString {
    secret.group.clone().unwrap_or_else(|| eco_format!("<md5-of-{}>", secret.key))
}

// ------------------------------------------------------------------------------------------------------ variables

fn variables(pod: &mut Pod, secret: &Secret, name: &str) {
    let origin = origin();
    let key = Tree::text(&origin, secret.key.clone());
    let reference =
        Tree::map(&origin, [("name", group(secret)), ("key", key), ("optional", Tree::bool(&origin, true))]);
    let value = Tree::map(&origin, [("secretKeyRef", reference)]);
    let own = format!("{SECRET_PREFIX}{}_{}", group_text(secret), secret.key).to_uppercase();
    for name in [own.as_str(), name] {
        let name = Tree::text(&origin, name);
        put_first(pod, &Tree::map(&origin, [("name", name), ("valueFrom", value.clone())]));
    }
    put_first(pod, &plain("FLYTE_SECRETS_ENV_PREFIX", SECRET_PREFIX));
}

fn plain(name: &str, value: &str) -> Tree {
    Tree::texts(&origin(), [("name", name), ("value", value)])
}

/// A variable of the same name is taken away, and the new one is the first of all.
fn put_first(pod: &mut Pod, variable: &Tree) {
    let name = variable.str_of("name").to_owned();
    for container in pod.containers_mut() {
        let variables = container.list_at("env", &origin());
        let mut first = true;
        variables.retain(|other| other.str_of("name") != name || !std::mem::take(&mut first));
        variables.prepend([variable.clone()]);
    }
}

// ---------------------------------------------------------------------------------------------------------- files

fn file(pod: &mut Pod, secret: &Secret, number: usize) {
    let origin = origin();
    // Flyte makes the name of the group, so that secrets of one group have the same.
    let name = Tree::symbol(&origin, eco_format!("secret-volume-{number}"));
    volume(pod, secret, &name);
    let mount_path = format!("{SECRET_MOUNT}/{}", group_text(secret).to_lowercase());
    for container in pod.containers_mut() {
        let mounts = container.list_at("volumeMounts", &origin);
        if !mounts.items().iter().any(|mount| mount.get("name").map(|name| &name.kind) == Some(&name.kind)) {
            let path = Tree::text(&origin, mount_path.as_str());
            let read_only = Tree::bool(&origin, true);
            mounts.extend([Tree::map(&origin, [("name", name.clone()), ("mountPath", path), ("readOnly", read_only)])]);
        }
    }
    put_first(pod, &plain("FLYTE_SECRETS_DEFAULT_DIR", SECRET_MOUNT));
    put_first(pod, &plain("FLYTE_SECRETS_FILE_PREFIX", ""));
}

/// Adds the volume, or the key to a volume of the same Kubernetes secret, which keeps its own name.
fn volume(pod: &mut Pod, secret: &Secret, name: &Tree) {
    let origin = origin();
    let path = secret.key.to_lowercase();
    let item = Tree::texts(&origin, [("key", secret.key.as_str()), ("path", path.as_str())]);
    let group = group(secret);
    let of_group = |volume: &Tree| {
        volume.get("secret").and_then(|source| source.get("secretName")).map(|name| &name.kind) == Some(&group.kind)
    };
    let present = pod.spec.items_of_mut("volumes").find(|volume| of_group(volume));
    if let Some(source) = present.and_then(|volume| volume.get_mut("secret")) {
        source.list_at("items", &origin).extend([item]);
        return;
    }
    let items = Tree::list(&origin, [item]);
    let source = [("secretName", group.clone()), ("items", items), ("optional", Tree::bool(&origin, true))];
    let volume = Tree::map(&origin, [("name", name.clone()), ("secret", Tree::map(&origin, source))]);
    pod.spec.list_at("volumes", &origin).extend([volume]);
}
