//! All containers of a pod, as the standard sees them: it does not tell their kinds apart.
//!
//! In: a pod spec. Out: [`Container`], and its place.

use k8s_openapi::api::core::v1::{ContainerPort, Lifecycle, PodSpec, Probe, SecurityContext};

use crate::validate::path::At;

/// What the standard looks at in a container.
#[derive(Debug, Clone, Copy)]
pub struct Container<'p> {
    /// Its name.
    pub name: &'p str,
    /// Its security context.
    pub context: Option<&'p SecurityContext>,
    /// Its ports.
    pub ports: &'p [ContainerPort],
    /// Its probes, by the name of the field.
    pub probes: [(&'static str, Option<&'p Probe>); 3],
    /// What it does when it starts and stops.
    pub lifecycle: Option<&'p Lifecycle>,
}

/// The view of a container of any kind; the kinds are types of their own with the same fields.
macro_rules! view {
    ($container:expr) => {
        Container {
            name: &$container.name,
            context: $container.security_context.as_ref(),
            ports: $container.ports.as_deref().unwrap_or_default(),
            probes: [
                ("livenessProbe", $container.liveness_probe.as_ref()),
                ("readinessProbe", $container.readiness_probe.as_ref()),
                ("startupProbe", $container.startup_probe.as_ref()),
            ],
            lifecycle: $container.lifecycle.as_ref(),
        }
    };
}

/// All of them, in the order in which Kubernetes goes through them.
pub fn all(spec: &PodSpec) -> impl Iterator<Item = (&'static str, usize, Container<'_>)> {
    let init = spec.init_containers.iter().flatten().enumerate();
    let init = init.map(|(index, container)| ("initContainers", index, view!(container)));
    let regular = spec.containers.iter().enumerate().map(|(index, container)| ("containers", index, view!(container)));
    let ephemeral = spec.ephemeral_containers.iter().flatten().enumerate();
    let ephemeral = ephemeral.map(|(index, container)| ("ephemeralContainers", index, view!(container)));
    init.chain(regular).chain(ephemeral)
}

/// Looks at each of them; `at` is the spec.
pub fn each(spec: &PodSpec, at: &At<'_>, mut look: impl FnMut(&Container<'_>, &At<'_>)) {
    for (list, index, container) in all(spec) {
        look(&container, &at.field(list).index(index));
    }
}
