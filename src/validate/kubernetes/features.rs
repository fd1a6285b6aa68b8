//! What a cluster's Kubernetes can do, as far as rules differ by it.
//!
//! In: the minor version, and which feature gates are on. Out: [`Features`], one truth for each gate that a rule asks for. Always:
//! a gate that is off makes the API server drop what it guards before any rule looks at it. Not here: which gate is on when.

/// Which feature gates are on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "gates are independent switches")]
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
    /// The features of Kubernetes 1.`minor` where `on` tells which gates are on.
    #[must_use]
    pub fn new(minor: u8, on: impl Fn(&str) -> bool) -> Self {
        Self {
            minor,
            container_restart_rules: on("ContainerRestartRules"),
            restart_all_containers: on("RestartAllContainersOnContainerExits"),
            container_stop_signals: on("ContainerStopSignals"),
            env_files: on("EnvFiles"),
            image_volume: on("ImageVolume"),
            hostname_override: on("HostnameOverride"),
            cluster_trust_bundle_projection: on("ClusterTrustBundleProjection"),
            pod_certificate_request: on("PodCertificateRequest"),
            pod_level_resources: on("PodLevelResources"),
            dynamic_resource_allocation: on("DynamicResourceAllocation"),
            in_place_pod_vertical_scaling: on("InPlacePodVerticalScaling"),
            selinux_mount: on("SELinuxMount"),
            user_namespaces_host_network: on("UserNamespacesHostNetworkSupport"),
            toleration_comparison: on("TaintTolerationComparisonOperators"),
        }
    }
}
