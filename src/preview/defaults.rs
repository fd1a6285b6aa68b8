//! Step 9: what the API server fills in.
//!
//! In: the pod as Flyte sends it. Out: the pod as it is stored. Source: Kubernetes' `pkg/apis/core/v1/defaults.go`, by the names
//! of its functions. Not here: what is filled in for a pod that sets resources of its own (`defaultPodRequests`), fields of
//! volumes of storage systems that have defaults in generated code, and everything that admission adds.

use super::task::Pod;
use super::tree::{Origin, Tree};

/// Fills in the defaults.
pub fn fill(pod: &mut Pod) {
    let host_network = pod.spec.get("hostNetwork").is_some_and(|tree| !tree.is_zero());
    for one in pod.containers_mut() {
        container(one, host_network);
    }
    let spec = &mut pod.spec;
    for volume in spec.items_of_mut("volumes") {
        self::volume(volume);
    }
    // `SetDefaults_PodSpec` and `SetDefaults_Pod`.
    text(spec, "dnsPolicy", "ClusterFirst");
    text(spec, "restartPolicy", "Always");
    text(spec, "schedulerName", "default-scheduler");
    absent(spec, "securityContext", || map([]));
    absent(spec, "terminationGracePeriodSeconds", || int(30));
    absent(spec, "enableServiceLinks", || bool(true));
}

/// `SetDefaults_Container`, and the parts of `SetDefaults_Pod` that are about one.
fn container(container: &mut Tree, host_network: bool) {
    text(container, "imagePullPolicy", pull_policy(container.str_of("image")));
    text(container, "terminationMessagePath", "/dev/termination-log");
    text(container, "terminationMessagePolicy", "File");
    for port in container.items_of_mut("ports") {
        text(port, "protocol", "TCP");
        if host_network && let Some(own) = port.get("containerPort").map(|own| own.kind.clone()) {
            port.set_missing("hostPort", || Tree::new(Origin::api_default(), own));
        }
    }
    requests(container);
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(name) {
            self::probe(probe);
        }
    }
    for hook in ["postStart", "preStop"] {
        if let Some(hook) = container.get_mut("lifecycle").and_then(|lifecycle| lifecycle.get_mut(hook)) {
            http_get(hook);
        }
    }
    for variable in container.items_of_mut("env") {
        if let Some(from) = variable.get_mut("valueFrom") {
            field_reference(from);
        }
    }
}

/// `latest` is pulled always. Source: `ParseImageName`, which reads an image without tag and digest as `latest`.
fn pull_policy(image: &str) -> &'static str {
    let (name, digest) = image.split_once('@').map_or((image, false), |(name, _)| (name, true));
    let last = name.rsplit('/').next().unwrap_or_default();
    match last.split_once(':') {
        Some((_, "latest")) => "Always",
        None if !digest => "Always",
        _ => "IfNotPresent",
    }
}

/// A limit without a request is its request.
fn requests(container: &mut Tree) {
    let Some(resources) = container.get_mut("resources") else { return };
    let limits: Vec<_> = resources.get("limits").into_iter().flat_map(Tree::entries).collect();
    let limits: Vec<_> = limits.into_iter().map(|(name, limit)| (name.clone(), limit.kind.clone())).collect();
    for (name, kind) in limits {
        let requests = resources.map_at("requests", &Origin::api_default());
        if requests.get(&name).is_none() {
            requests.set(&name, Tree::new(Origin::api_default(), kind));
        }
    }
}

/// `SetDefaults_Probe`.
fn probe(probe: &mut Tree) {
    for (name, default) in
        [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
    {
        probe.set_missing(name, || int(default));
    }
    http_get(probe);
}

/// `SetDefaults_HTTPGetAction`.
fn http_get(handler: &mut Tree) {
    if let Some(get) = handler.get_mut("httpGet") {
        text(get, "path", "/");
        text(get, "scheme", "HTTP");
    }
}

/// `SetDefaults_ObjectFieldSelector`.
fn field_reference(holder: &mut Tree) {
    if let Some(reference) = holder.get_mut("fieldRef") {
        text(reference, "apiVersion", "v1");
    }
}

// -------------------------------------------------------------------------------------------------------- volumes

/// `SetDefaults_Volume` and those of its sources.
fn volume(volume: &mut Tree) {
    if !volume.entries().any(|(name, _)| name != "name") {
        volume.set("emptyDir", map([]));
    }
    for name in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = volume.get_mut(name) {
            absent(source, "defaultMode", || int(0o644));
        }
    }
    if let Some(source) = volume.get_mut("downwardAPI") {
        source.items_of_mut("items").for_each(field_reference);
    }
    if let Some(source) = volume.get_mut("projected") {
        source.items_of_mut("sources").for_each(projection);
    }
    if let Some(source) = volume.get_mut("hostPath") {
        absent(source, "type", || Tree::text(&Origin::api_default(), ""));
    }
    if let Some(source) = volume.get_mut("image") {
        text(source, "pullPolicy", pull_policy(source.str_of("reference")));
    }
    let claim = volume.get_mut("ephemeral").and_then(|source| source.get_mut("volumeClaimTemplate"));
    if let Some(spec) = claim.and_then(|claim| claim.get_mut("spec")) {
        text(spec, "volumeMode", "Filesystem");
    }
}

/// `SetDefaults_ServiceAccountTokenProjection`, and fields of projected pods.
fn projection(source: &mut Tree) {
    if let Some(token) = source.get_mut("serviceAccountToken") {
        absent(token, "expirationSeconds", || int(3600));
    }
    if let Some(pod) = source.get_mut("downwardAPI") {
        pod.items_of_mut("items").for_each(field_reference);
    }
}

// ------------------------------------------------------------------------------------------------------------- values

fn int(number: i64) -> Tree {
    Tree::int(&Origin::api_default(), number)
}

fn bool(truth: bool) -> Tree {
    Tree::bool(&Origin::api_default(), truth)
}

fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Tree)>) -> Tree {
    Tree::map(&Origin::api_default(), entries)
}

/// A text where there is none, or an empty one.
fn text(tree: &mut Tree, name: &str, default: &str) {
    tree.set_missing(name, || Tree::text(&Origin::api_default(), default));
}

/// A value where Go has a nil pointer.
fn absent(tree: &mut Tree, name: &str, default: impl FnOnce() -> Tree) {
    if tree.get(name).is_none() {
        tree.set(name, default());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_image_is_pulled_always_where_its_tag_is_latest_or_absent() {
        for (image, expected) in [
            ("a", "Always"),
            ("a:latest", "Always"),
            ("registry:5000/a", "Always"),
            ("registry:5000/a:1", "IfNotPresent"),
            ("a:1", "IfNotPresent"),
            ("a@sha256:00", "IfNotPresent"),
            ("a:latest@sha256:00", "Always"),
        ] {
            assert_eq!(super::pull_policy(image), expected, "{image}");
        }
    }
}
