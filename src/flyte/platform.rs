//! What Flyte's backend does with pods where nobody has configured it otherwise.
//!
//! In: nothing. Out: constants and tables. Source: `defaultK8sConfig` in `flytek8s/config/config.go` of Flyte 2. Not here: the
//! steps themselves (`preview`).

/// The CPU request of a primary container without one.
pub const DEFAULT_CPUS: &str = "1000m";

/// The memory request of a primary container without one.
pub const DEFAULT_MEMORY: &str = "1024Mi";

/// The annotations of every pod.
pub const DEFAULT_ANNOTATIONS: &[(&str, &str)] = &[("cluster-autoscaler.kubernetes.io/safe-to-evict", "false")];

/// The resource of accelerators of which the class is not said.
pub const GPU_RESOURCE: &str = "nvidia.com/gpu";

/// The label of nodes that says which accelerator they have.
pub const DEVICE_LABEL: &str = "k8s.amazonaws.com/accelerator";

/// The label of nodes that says how their accelerator is partitioned.
pub const PARTITION_LABEL: &str = "k8s.amazonaws.com/gpu-partition-size";

/// The organization that the open-source backend gives to every pod.
pub const ORGANIZATION: &str = "flyte";

/// The organization as the environment of every container has it.
pub const ORGANIZATION_IN_ENVIRONMENT: &str = "local";

/// The prefix of environment variables that hold secrets. Source: `DefaultSecretEnvVarPrefix`.
pub const SECRET_PREFIX: &str = "_UNION_";

/// A class of accelerators.
#[derive(Debug, Clone, Copy)]
pub struct DeviceClass {
    /// Its name in `GPUAccelerator.DeviceClass`, and in the configuration.
    pub name: &'static str,
    /// The resource that a container asks for.
    pub resource: &'static str,
    /// The label of nodes, where it is not [`DEVICE_LABEL`].
    pub device_label: Option<&'static str>,
    /// The label of nodes, where it is not [`PARTITION_LABEL`].
    pub partition_label: Option<&'static str>,
}

const fn class(name: &'static str, resource: &'static str) -> DeviceClass {
    DeviceClass { name, resource, device_label: None, partition_label: None }
}

/// The classes, in the order of their numbers on the wire.
pub const DEVICE_CLASSES: &[DeviceClass] = &[
    class("NVIDIA_GPU", GPU_RESOURCE),
    DeviceClass {
        name: "GOOGLE_TPU",
        resource: "google.com/tpu",
        device_label: Some("cloud.google.com/gke-tpu-accelerator"),
        partition_label: Some("cloud.google.com/gke-tpu-topology"),
    },
    class("AMAZON_NEURON", "aws.amazon.com/neuron"),
    class("AMD_GPU", "amd.com/gpu"),
    class("HABANA_GAUDI", "habana.ai/gaudi"),
];

/// What nodes call a device; names are looked up in upper case. A name in lower case is never found, as in Flyte.
pub const DEVICES: &[(&str, &str)] = &[
    ("A10", "nvidia-a10"),
    ("A10G", "nvidia-a10g"),
    ("A100", "nvidia-tesla-a100"),
    ("A100 80G", "nvidia-a100-80gb"),
    ("A100G", "nvidia-a100g"),
    ("B200", "nvidia-b200"),
    ("GB200", "nvidia-gb200"),
    ("H100", "nvidia-h100"),
    ("H100 80G", "nvidia-h100-80gb"),
    ("H100 MEGA 80G", "nvidia-h100-mega-80gb"),
    ("H200", "nvidia-h200"),
    ("K80", "nvidia-tesla-k80"),
    ("L4", "nvidia-l4"),
    ("L40s", "nvidia-l40s"),
    ("L4_VWS", "nvidia-l4-vws"),
    ("M60", "nvidia-tesla-m60"),
    ("P4", "nvidia-tesla-p4"),
    ("P100", "nvidia-tesla-p100"),
    ("RTX PRO 6000", "nvidia-rtx-pro-6000"),
    ("T4", "nvidia-tesla-t4"),
    ("V100", "nvidia-tesla-v100"),
    ("V5E", "tpu-v5-lite-podslice"),
    ("V5P", "tpu-v5p-slice"),
    ("V6E", "tpu-v6e-slice"),
    ("INF1", "aws-neuron-inf1"),
    ("INF2", "aws-neuron-inf2"),
    ("TRN1", "aws-neuron-trn1"),
    ("TRN1N", "aws-neuron-trn1n"),
    ("TRN2", "aws-neuron-trn2"),
    ("TRN2U", "aws-neuron-trn2u"),
    ("MI100", "amd-mi100"),
    ("MI210", "amd-mi210"),
    ("MI250", "amd-mi250"),
    ("MI250X", "amd-mi250x"),
    ("MI300A", "amd-mi300a"),
    ("MI300X", "amd-mi300x"),
    ("MI325X", "amd-mi325x"),
    ("MI350X", "amd-mi350x"),
    ("MI355X", "amd-mi355x"),
    ("GAUDI1", "habana-gaudi-dl1"),
];
