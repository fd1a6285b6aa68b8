//! The settings of the kernel that a pod asks for.
//!
//! In: a pod's security context. Out: faults, and warnings where the node will refuse. Source: `validateSysctls` in validation.go,
//! `GetNamespace` in k8s.io/component-helpers/node/util/sysctl/namespace.go, `SafeSysctlAllowlist` in
//! the kubelet (pkg/kubelet/sysctl).

use std::borrow::Cow;

use k8s_openapi::api::core::v1::PodSecurityContext;
use rustc_hash::FxHashMap;

use crate::diagnostics::code;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::kubernetes::{Pod, defaults, os};
use crate::validate::literal;
use crate::validate::path::At;

/// What a name has at most, in bytes.
const LONGEST_NAME: usize = 253;

/// What every node lets pods set, each with the minor version that it came with.
const SAFE: &[(&str, u8)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.tcp_wmem", 32),
];

/// The settings of interprocess communication that are no prefix.
const OF_IPC: &[&str] = &[
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
    "kernel.shm",
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.msg",
];

/// What a setting belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Namespace {
    Network,
    Ipc,
    /// The whole node.
    Node,
}

/// Whether every node of Kubernetes 1.`minor` lets a pod set this.
#[must_use]
pub fn is_safe(name: &str, minor: u8) -> bool {
    SAFE.iter().any(|(safe, since)| *safe == name && minor >= *since)
}

/// What every node of Kubernetes 1.`minor` lets a pod set.
pub fn safe(minor: u8) -> impl Iterator<Item = &'static str> {
    SAFE.iter().filter(move |(_, since)| minor >= *since).map(|(name, _)| *name)
}

/// Checks the list at `at`.
pub fn check(pod: &Pod<'_>, context: &PodSecurityContext, at: &At<'_>, faults: &mut Faults) {
    let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
    for (index, sysctl) in context.sysctls.iter().flatten().enumerate() {
        let name = sysctl.name.as_str();
        let element = at.index(index);
        let place = element.field("name");
        let first = *seen.entry(name).or_insert(index);
        let wrong = if name.is_empty() {
            let message = "a setting of the kernel needs a name";
            let fault = Fault::required(code::MISSING_FIELD, &place, message);
            let fault = fault.note("Kubernetes sets one value for each name");
            Some(fault.help("write it as `sysctl -a` lists it, such as `net.core.somaxconn`"))
        } else if !is_name(name) {
            Some(bad_name(name, &place))
        } else if first != index {
            let first = at.index(first);
            Some(
                Fault::refused(code::kubernetes::DUPLICATE_SYSCTL, Reason::Duplicate, &place, twice(name))
                    .here("and here again")
                    .other(&first.field("name"), "it is set here first")
                    .note("a setting has one value, and Kubernetes does not choose between two")
                    .help("take one of them out"),
            )
        } else {
            None
        };
        let of_node = of_node(pod, name, &place).map(|fault| fault.echo(wrong.is_some()));
        if wrong.is_none() && of_node.is_none() && !os::is_windows(pod.spec) {
            faults.extend(unsafe_setting(name, pod.features.minor, &place));
        }
        faults.extend(wrong.into_iter().chain(of_node));
    }
}

/// Source: `IsValidSysctlName`.
fn is_name(name: &str) -> bool {
    let outer = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(|byte| outer(*byte))
            && bytes.last().is_some_and(|byte| outer(*byte))
            && bytes.iter().all(|byte| outer(*byte) || matches!(byte, b'-' | b'_'))
    };
    name.len() <= LONGEST_NAME && name.split(['.', '/']).all(is_part)
}

fn bad_name(name: &str, at: &At<'_>) -> Fault {
    let fault = |message: String| Fault::invalid(code::kubernetes::BAD_SYSCTL_NAME, at, message);
    if name.len() > LONGEST_NAME {
        let message = format!("the name of a setting of the kernel has {} characters", name.len());
        let fault = fault(message).note(format!("Kubernetes allows {LONGEST_NAME}"));
        return fault.help("write it as `sysctl -a` lists it, such as `net.core.somaxconn`");
    }
    let fault = fault(format!("`{name}` is no name of a setting of the kernel")).note(
        "Kubernetes allows parts with `.` or `/` between them, of lower-case letters, digits, `-` and `_`, with a letter or \
         digit at both ends",
    );
    let better = better_name(name);
    if is_name(&better) {
        fault.help(format!("write `{better}`")).suggest(format!("write `{better}`"), literal::text(&better))
    } else {
        fault.help("write it as `sysctl -a` lists it, such as `net.core.somaxconn`")
    }
}

/// A name that was written as a path of `/proc/sys`, as a line of `sysctl.conf` or in capitals, as it is meant.
fn better_name(name: &str) -> String {
    let name = name.split('=').next().unwrap_or_default().trim();
    let name = name.strip_prefix("/proc/sys/").map_or(Cow::Borrowed(name), normal);
    name.to_ascii_lowercase().replace(' ', ".")
}

fn twice(name: &str) -> String {
    format!("the setting `{name}` of the kernel is given twice")
}

/// With `/` between its parts a name is the same. Source: `NormalizeName`.
fn normal(name: &str) -> Cow<'_, str> {
    if name.chars().find(|c| matches!(c, '.' | '/')) != Some('/') {
        return Cow::Borrowed(name);
    }
    let swapped = name.chars().map(|c| match c {
        '.' => '/',
        '/' => '.',
        c => c,
    });
    Cow::Owned(swapped.collect())
}

fn namespace(name: &str) -> Namespace {
    let name = normal(name);
    if name.starts_with("net.") {
        Namespace::Network
    } else if OF_IPC.contains(&name.as_ref()) || name.starts_with("fs.mqueue.") {
        Namespace::Ipc
    } else {
        Namespace::Node
    }
}

/// What belongs to a namespace that the pod shares with its node is the node's. Source: `ValidateHostSysctl`.
fn of_node(pod: &Pod<'_>, name: &str, at: &At<'_>) -> Option<Fault> {
    let (field, what) = match namespace(name) {
        Namespace::Network if defaults::host_network(pod.spec) => ("hostNetwork", "the network"),
        Namespace::Ipc if pod.spec.host_ipc == Some(true) => ("hostIPC", "the interprocess communication"),
        _ => return None,
    };
    let root = At::root();
    let spec = root.field("spec");
    let message = format!("a pod in {what} of its node cannot set `{name}`");
    Some(
        Fault::invalid(code::kubernetes::SYSCTL_OF_NODE, at, message)
            .relation()
            .other(&spec.field(field), "it shares this with the node")
            .note("what the pod shares with its node it would set for all that runs there, so Kubernetes refuses it")
            .help(format!("leave out the setting or `{field}`")),
    )
}

/// What nodes refuse unless they were told to allow it.
fn unsafe_setting(name: &str, minor: u8, at: &At<'_>) -> Option<Fault> {
    let normal = normal(name);
    if is_safe(&normal, minor) {
        return None;
    }
    let found = |message: String| Fault::found(code::kubernetes::UNSAFE_SYSCTL, at, message);
    Some(if namespace(name) == Namespace::Node {
        found(format!("no pod can set `{name}`, which belongs to the whole node"))
            .note("Kubernetes accepts the pod; the node then refuses it with `SysctlForbidden`")
            .help("set it on the nodes, and choose them with `nodeSelector`")
    } else {
        found(format!("nodes refuse to set `{name}` unless they were told to allow it"))
            .note("Kubernetes accepts the pod; a node without `--allowed-unsafe-sysctls` for it refuses it with `SysctlForbidden`")
            .help("choose nodes that allow it with `nodeSelector`, or leave it out")
    })
}

#[cfg(test)]
mod tests {
    use super::better_name;

    #[test]
    fn a_name_is_known_as_other_tools_write_it() {
        assert_eq!(better_name("/proc/sys/net/ipv4/tcp_syncookies"), "net.ipv4.tcp_syncookies");
        assert_eq!(better_name("net.core.somaxconn = 1024"), "net.core.somaxconn");
        assert_eq!(better_name("Net.Core.SomaxConn"), "net.core.somaxconn");
        assert_eq!(better_name("kernel shmmax"), "kernel.shmmax");
    }
}
