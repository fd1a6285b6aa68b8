//! What a pod has of its node: namespaces, files, ports, and addresses that the node asks.
//!
//! In: a pod. Out: faults. Source: the checks `hostNamespaces`, `hostPathVolumes`, `restrictedVolumes`, `hostPorts`,
//! `hostProbesAndHostLifecycle` and `windowsHostProcess` of kubernetes/pod-security-admission.

use k8s_openapi::api::core::v1::{
    HTTPGetAction, LifecycleHandler, PodSpec, TCPSocketAction, Volume, WindowsSecurityContextOptions,
};

use super::{Check, Container, Level, Whose, containers};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::Faults;
use crate::validate::kubernetes::{Pod, defaults};
use crate::validate::path::At;

const NAMESPACES: Check = Check {
    code: code::STANDARD_HOST_NAMESPACES,
    name: "baseline: host namespaces",
    why: "a pod in a namespace of its node sees what belongs to others there, so `baseline` keeps each pod in its own",
};
const HOST_PATH: Check = Check {
    code: code::STANDARD_HOST_PATH,
    name: "baseline: hostPath volumes",
    why: "who writes to the files of a node changes what it runs, and who reads them reads what belongs to others",
};
const VOLUMES: Check = Check {
    code: code::STANDARD_VOLUME_TYPE,
    name: "restricted: restricted volume types",
    why: "`restricted` allows only volumes that do not reach into the node or to an address that the pod chooses",
};
const PORT: Check = Check {
    code: code::STANDARD_HOST_PORT,
    name: "baseline: hostPort",
    why: "a port of the node is reached past the rules for the traffic between pods",
};
const PROBE: Check = Check {
    code: code::STANDARD_PROBE_HOST,
    name: "baseline: probe or lifecycle host",
    why: "the node asks for the pod, and may reach what the pod may not",
};
const PROCESS: Check = Check {
    code: code::STANDARD_HOST_PROCESS,
    name: "baseline: hostProcess",
    why: "such a process has the files, the network and the rights of its node",
};

const INSTEAD_OF_HOST_PATH: &str =
    "take `emptyDir` for files of the pod alone, or `persistentVolumeClaim` for those that stay";

/// Checks the pod; `at` is its spec.
pub fn pod(pod: &Pod<'_>, level: Level, at: &At<'_>, faults: &mut Faults) {
    namespaces(pod, at, faults);
    let volumes = at.field("volumes");
    for (index, volume) in pod.spec.volumes.iter().flatten().enumerate() {
        let at = volumes.index(index);
        match level {
            Level::Restricted => restricted_volume(volume, &at, faults),
            _ => host_path(volume, &at, faults),
        }
    }
    let options = pod.spec.security_context.as_ref().and_then(|context| context.windows_options.as_ref());
    host_process(pod, options, Whose::Pod, &at.field("securityContext"), faults);
}

/// Checks a container at `at`.
pub fn container(pod: &Pod<'_>, container: &Container<'_>, at: &At<'_>, faults: &mut Faults) {
    ports(pod, container, at, faults);
    if pod.features.minor >= 34 {
        probes(container, at, faults);
    }
    let options = container.context.and_then(|context| context.windows_options.as_ref());
    host_process(pod, options, Whose::Container(container.name), &at.field("securityContext"), faults);
}

fn namespaces(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let namespaces = [
        ("hostNetwork", pod.spec.host_network, "the network"),
        ("hostPID", pod.spec.host_pid, "the processes"),
        ("hostIPC", pod.spec.host_ipc, "the interprocess communication"),
    ];
    for (field, _, what) in namespaces.iter().filter(|(_, value, _)| *value == Some(true)) {
        let message = format!("the pod shares {what} of its node");
        let fault = NAMESPACES.finds(&at.field(field), message, &format!("{field}=true"));
        // A process of the host has to have the network of the host, and is told.
        let needed = *field == "hostNetwork" && is_host_process(pod.spec);
        let help = format!("leave `{field}` out, or write `false`");
        faults.push(fault.help(help).suggest("write `false`", "false").echo(needed));
    }
}

fn host_path(volume: &Volume, at: &At<'_>, faults: &mut Faults) {
    if volume.host_path.is_some() {
        let name = &volume.name;
        let message = format!("the volume `{name}` is a path of the node");
        let fault = HOST_PATH.finds(&at.field("hostPath"), message, &format!("volume \"{name}\""));
        faults.push(fault.at_key().help(INSTEAD_OF_HOST_PATH));
    }
}

fn restricted_volume(volume: &Volume, at: &At<'_>, faults: &mut Faults) {
    let Some(kind) = restricted_kind(volume) else { return };
    let name = &volume.name;
    let message = format!("the volume `{name}` is of the kind `{kind}`");
    let detail = format!("volume \"{name}\" uses restricted volume type \"{kind}\"");
    let help = match kind {
        "hostPath" => INSTEAD_OF_HOST_PATH,
        _ => "have a persistent volume made of it, and name its claim: `persistentVolumeClaim { claimName = \"…\" }`",
    };
    let fault = VOLUMES.finds(&at.field(kind), message, &detail).at_key();
    faults.push(
        fault
            .note(
                "allowed are `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`, `persistentVolumeClaim`, \
                 `projected` and `secret`",
            )
            .help(help),
    );
}

/// The source of a volume that has none of the allowed ones; without any it is an `emptyDir`.
fn restricted_kind(volume: &Volume) -> Option<&'static str> {
    let allowed = volume.config_map.is_some()
        || volume.csi.is_some()
        || volume.downward_api.is_some()
        || volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.image.is_some()
        || volume.persistent_volume_claim.is_some()
        || volume.projected.is_some()
        || volume.secret.is_some();
    if allowed {
        return None;
    }
    let others = [
        ("hostPath", volume.host_path.is_some()),
        ("awsElasticBlockStore", volume.aws_elastic_block_store.is_some()),
        ("azureDisk", volume.azure_disk.is_some()),
        ("azureFile", volume.azure_file.is_some()),
        ("cephfs", volume.cephfs.is_some()),
        ("cinder", volume.cinder.is_some()),
        ("fc", volume.fc.is_some()),
        ("flexVolume", volume.flex_volume.is_some()),
        ("flocker", volume.flocker.is_some()),
        ("gcePersistentDisk", volume.gce_persistent_disk.is_some()),
        ("gitRepo", volume.git_repo.is_some()),
        ("glusterfs", volume.glusterfs.is_some()),
        ("iscsi", volume.iscsi.is_some()),
        ("nfs", volume.nfs.is_some()),
        ("photonPersistentDisk", volume.photon_persistent_disk.is_some()),
        ("portworxVolume", volume.portworx_volume.is_some()),
        ("quobyte", volume.quobyte.is_some()),
        ("rbd", volume.rbd.is_some()),
        ("scaleIO", volume.scale_io.is_some()),
        ("storageos", volume.storageos.is_some()),
        ("vsphereVolume", volume.vsphere_volume.is_some()),
    ];
    others.iter().find(|(_, given)| *given).map(|(kind, _)| *kind)
}

fn ports(pod: &Pod<'_>, container: &Container<'_>, at: &At<'_>, faults: &mut Faults) {
    let ports = at.field("ports");
    for (index, port) in container.ports.iter().enumerate() {
        let number = defaults::host_port(pod.spec, port);
        if number == 0 {
            continue;
        }
        let name = container.name;
        let message = format!("the container `{name}` takes the port {number} of its node");
        let detail = format!("container \"{name}\" uses hostPort {number}");
        let element = ports.index(index);
        let fault = PORT.finds(&element.field("hostPort"), message, &detail);
        // What the network of the node makes of a port is told of the network.
        let written = port.host_port.is_some_and(|port| port != 0);
        let fault = fault.help("leave `hostPort` out; other pods reach the port without it");
        faults.push(fault.remove("hostPort").echo(!written));
    }
}

fn probes(container: &Container<'_>, at: &At<'_>, faults: &mut Faults) {
    for (field, probe) in container.probes {
        if let Some(probe) = probe {
            asks(container.name, probe.http_get.as_ref(), probe.tcp_socket.as_ref(), &at.field(field), faults);
        }
    }
    let Some(lifecycle) = container.lifecycle else { return };
    let at = at.field("lifecycle");
    let hooks: [(&str, &Option<LifecycleHandler>); 2] =
        [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)];
    for (field, hook) in hooks {
        if let Some(hook) = hook {
            asks(container.name, hook.http_get.as_ref(), hook.tcp_socket.as_ref(), &at.field(field), faults);
        }
    }
}

fn asks(
    container: &str,
    http: Option<&HTTPGetAction>,
    tcp: Option<&TCPSocketAction>,
    at: &At<'_>,
    faults: &mut Faults,
) {
    let hosts = [
        ("httpGet", http.and_then(|http| http.host.as_deref())),
        ("tcpSocket", tcp.and_then(|tcp| tcp.host.as_deref())),
    ];
    for (field, host) in hosts {
        let Some(host) = host.filter(|host| !host.is_empty()) else { continue };
        let handler = at.field(field);
        let message = format!("the node is to ask `{host}`, and not the container `{container}`");
        let detail = format!("container \"{container}\" uses probe or lifecycle host \"{host}\"");
        let fault = PROBE.finds(&handler.field("host"), message, &detail);
        faults.push(
            fault
                .help("leave `host` out, so that the node asks the pod itself; not even `127.0.0.1` is allowed")
                .remove("host"),
        );
    }
}

/// Whether the pod or one of its containers is a process of the host.
fn is_host_process(spec: &PodSpec) -> bool {
    let of_pod = spec.security_context.as_ref().and_then(|context| context.windows_options.as_ref());
    let of_containers =
        containers::all(spec).filter_map(|(_, _, container)| container.context?.windows_options.as_ref());
    of_containers.chain(of_pod).any(|options| options.host_process == Some(true))
}

fn host_process(
    pod: &Pod<'_>,
    options: Option<&WindowsSecurityContextOptions>,
    whose: Whose<'_>,
    context: &At<'_>,
    faults: &mut Faults,
) {
    if options.and_then(|options| options.host_process) != Some(true) {
        return;
    }
    let options = context.field("windowsOptions");
    let detail = format!("{whose} must not set securityContext.windowsOptions.hostProcess=true");
    let fault = PROCESS.finds(&options.field("hostProcess"), "the containers are processes of the host", &detail);
    let fault = fault.suggest("write `false`", "false");
    faults.push(if pod.spec.host_network == Some(true) {
        let root = At::root();
        let network = root.field("spec");
        fault
            .other(&network.field("hostNetwork"), "it needs this, which the level does not allow either")
            .help("leave out `hostProcess`, and `hostNetwork` with it")
    } else {
        fault.help("leave `hostProcess` out, or write `false`")
    });
}
