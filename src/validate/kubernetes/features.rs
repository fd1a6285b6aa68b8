//! What a cluster's Kubernetes can do, as far as rules differ by it.
//!
//! In: the cluster's version and gates. Out: [`Features`], one truth for each gate that a rule asks for. Always:
//! a gate that is off makes the API server drop what it guards before any rule looks at it. Not here: which gate is on when.

use crate::schema::kubernetes::versions::{Gate, Target};

/// Which feature gates are on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "gates are independent switches")]
pub struct Features {
    /// The minor version: 34 for Kubernetes 1.34.
    pub minor: u8,
    /// `restartPolicy` of single containers, and `restartPolicyRules`.
    pub container_restart_rules: bool,
    /// The action `RestartAllContainers` of `restartPolicyRules`.
    pub restart_all_containers: bool,
    /// `lifecycle.stopSignal`.
    pub container_stop_signals: bool,
    /// `valueFrom.fileKeyRef`.
    pub env_files: bool,
    /// Volumes of the source `image`.
    pub image_volume: bool,
    /// `hostnameOverride`.
    pub hostname_override: bool,
    /// Projected `clusterTrustBundle`.
    pub cluster_trust_bundle_projection: bool,
    /// Projected `podCertificate`.
    pub pod_certificate_request: bool,
    /// `resources` of the whole pod.
    pub pod_level_resources: bool,
    /// `resourceClaims`, and `claims` of containers.
    pub dynamic_resource_allocation: bool,
    /// `resizePolicy`.
    pub in_place_pod_vertical_scaling: bool,
    /// The word `MountOption` of `seLinuxChangePolicy`.
    pub selinux_mount: bool,
    /// `hostNetwork` together with `hostUsers: false`.
    pub user_namespaces_host_network: bool,
    /// The operators `Lt` and `Gt` of tolerations.
    pub toleration_comparison: bool,
}

impl Features {
    /// What this cluster can do.
    #[must_use]
    pub fn new(target: &Target) -> Self {
        let on = |gate| target.gates.is_on(gate);
        Self {
            minor: target.version.minor(),
            container_restart_rules: on(Gate::CONTAINER_RESTART_RULES),
            restart_all_containers: on(Gate::RESTART_ALL_CONTAINERS_ON_CONTAINER_EXITS),
            container_stop_signals: on(Gate::CONTAINER_STOP_SIGNALS),
            env_files: on(Gate::ENV_FILES),
            image_volume: on(Gate::IMAGE_VOLUME),
            hostname_override: on(Gate::HOSTNAME_OVERRIDE),
            cluster_trust_bundle_projection: on(Gate::CLUSTER_TRUST_BUNDLE_PROJECTION),
            pod_certificate_request: on(Gate::POD_CERTIFICATE_REQUEST),
            pod_level_resources: on(Gate::POD_LEVEL_RESOURCES),
            dynamic_resource_allocation: on(Gate::DYNAMIC_RESOURCE_ALLOCATION),
            in_place_pod_vertical_scaling: on(Gate::IN_PLACE_POD_VERTICAL_SCALING),
            selinux_mount: on(Gate::SE_LINUX_MOUNT),
            user_namespaces_host_network: on(Gate::USER_NAMESPACES_HOST_NETWORK_SUPPORT),
            toleration_comparison: on(Gate::TAINT_TOLERATION_COMPARISON_OPERATORS),
        }
    }
}
