//! The ports of containers.
//!
//! In: a container, or a pod where ports of several containers meet. Out: faults. Source: `validateContainerPorts`,
//! `checkHostPortConflicts` and `validateHostNetwork` in validation.go, `warningsForPodSpecAndMeta` in pkg/api/pod. Always: in
//! the node's network, a port of a container is one of the node's.

use core::net::IpAddr;

use k8s_openapi::api::core::v1::{Container, ContainerPort};
use rustc_hash::FxHashMap;

use super::words::one_of;
use super::{Pod, defaults, formats, handlers, restarts};
use crate::diagnostics::code::{MISSING_FIELD, kubernetes as code};
use crate::validate::fault::{Fault, Faults, Reason, Text};
use crate::validate::path::At;

const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];
const NUMBERS: &str = "TCP and UDP have ports from 1 to 65535, and Kubernetes takes no other number";

/// Checks those of the container at `at`, each for itself.
pub fn check(pod: &Pod<'_>, container: &Container, container_at: &At<'_>, faults: &mut Faults) {
    let Some(ports) = container.ports.as_deref() else { return };
    let at = container_at.field("ports");
    let mut names: FxHashMap<&str, usize> = FxHashMap::default();
    for (index, port) in ports.iter().enumerate() {
        let place = at.index(index);
        if let Some(name) = defaults::given(port.name.as_deref()) {
            match self::name(name, &place.field("name")) {
                Some(fault) => {
                    let mut fault = unless_taken(fault, ports);
                    handlers::each_port(container, name, container_at, |at| fault.also(at));
                    faults.push(fault);
                }
                None => faults.extend(name_again(name, index, &mut names, &at)),
            }
        }
        numbers(pod, port, &place, faults);
        faults.extend(one_of(code::UNKNOWN_WORD, defaults::protocol(port), PROTOCOLS, &place.field("protocol")));
        host_ip(pod, port, &place, faults);
    }
}

/// The same without a name for a port that another port of the container has.
fn unless_taken(mut fault: Fault, ports: &[ContainerPort]) -> Fault {
    let taken = |text: &Text| match text {
        Text::Name(name) => ports.iter().any(|port| port.name.as_ref() == Some(name)),
        Text::Source(_) => false,
    };
    if fault.replacement.as_ref().is_some_and(|with| taken(&with.text)) {
        fault.replacement = None;
        fault.help = vec!["choose a name that no other port of this container has".to_owned()];
    }
    fault
}

/// What is wrong with the name of a port: `IsValidPortName`.
pub fn name(name: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = formats::port_name(name)?;
    let message = format!("`{}` cannot be the name of a port", name.escape_debug());
    let fault = Fault::invalid(code::BAD_PORT_NAME, at, message).here(format!("this {wrong}")).note(format!(
        "Kubernetes allows at most {} lower-case letters, digits and single `-` between them, with one letter at least",
        formats::PORT_NAME_LENGTH
    ));
    // Whatever refers to the port is told as well, for nothing can have such a name.
    Some(match formats::nearest(name, formats::port_name) {
        Some(better) => fault.did_you_mean(name, &better, true),
        None => fault.help("choose a short name, such as `http` or `metrics`"),
    })
}

fn name_again<'p>(name: &'p str, index: usize, names: &mut FxHashMap<&'p str, usize>, at: &At<'_>) -> Option<Fault> {
    let Some(first) = names.get(name) else {
        names.insert(name, index);
        return None;
    };
    let (first, place) = (at.index(*first), at.index(index));
    let message = format!("two ports of this container are called `{name}`");
    let fault = Fault::refused(code::PORT_NAME_TWICE, Reason::Duplicate, &place.field("name"), message);
    let fault = fault.here("this one").other(&first.field("name"), "and this one");
    let fault = fault
        .note("probes and services look for a port by its name, so Kubernetes takes each name once in a container");
    Some(fault.help("give one of them another name, or none"))
}

/// What is wrong with the number of a port: `IsValidPortNum`.
pub fn number(number: i32, at: &At<'_>) -> Option<Fault> {
    if (1..=65535).contains(&number) {
        return None;
    }
    let fault = Fault::invalid(code::BAD_PORT, at, format!("there is no port {number}"));
    Some(fault.note(NUMBERS).help("write the port at which the program listens, such as `8080`"))
}

fn numbers(pod: &Pod<'_>, port: &ContainerPort, at: &At<'_>, faults: &mut Faults) {
    let place = at.field("containerPort");
    if port.container_port == 0 {
        let fault = Fault::required(MISSING_FIELD, &place, "a port needs a `containerPort`");
        faults.push(fault.note(NUMBERS).help("write the port at which the program listens, such as `8080`"));
    } else {
        faults.extend(number(port.container_port, &place));
    }
    let node = defaults::host_port(pod.spec, port);
    if node != 0 {
        // In the node's network the number may have been filled in.
        let copied = port.host_port.unwrap_or_default() == 0;
        faults.extend(number(node, &at.field("hostPort")).map(|fault| fault.echo(copied)));
    }
}

/// An address of the node is of use only together with a port of the node.
fn host_ip(pod: &Pod<'_>, port: &ContainerPort, at: &At<'_>, faults: &mut Faults) {
    let Some(address) = defaults::given(port.host_ip.as_deref()) else { return };
    let place = at.field("hostIP");
    if defaults::host_port(pod.spec, port) == 0 {
        let fault = Fault::found(code::HOST_IP_ALONE, &place, "`hostIP` has no effect without `hostPort`")
            .relation()
            .at_key()
            .note("it is the address of the node at which the node's port is open, and this port has none there");
        faults.push(fault.help("take it away, or add `hostPort`").remove("hostIP"));
    } else if address.parse::<IpAddr>().is_err() {
        let fault = Fault::found(code::BAD_HOST_IP, &place, format!("`{address}` is no IP address"))
            .note("Kubernetes takes any text, but no node can listen there");
        faults.push(if address == "localhost" {
            fault.help("write `127.0.0.1` for programs on the node alone").suggest("write `127.0.0.1`", "\"127.0.0.1\"")
        } else {
            fault.help("write an address of the node, or leave `hostIP` out: then the port is open at all of them")
        });
    }
}

// ----------------------------------------------------------------------------------------------- between containers

/// One port, with the place where it stands.
#[derive(Clone, Copy)]
struct Listed<'p> {
    port: &'p ContainerPort,
    list: &'static str,
    container: usize,
    index: usize,
}

impl Listed<'_> {
    /// Calls `with` with the place; `spec` is the spec.
    fn at<T>(&self, spec: &At<'_>, with: impl FnOnce(&At<'_>) -> T) -> T {
        let list = spec.field(self.list);
        let container = list.index(self.container);
        let ports = container.field("ports");
        with(&ports.index(self.index))
    }
}

fn listed<'p>(list: &'static str, containers: &'p [Container]) -> impl Iterator<Item = Listed<'p>> {
    containers.iter().enumerate().flat_map(move |(container, one)| {
        let ports = one.ports.iter().flatten().enumerate();
        ports.map(move |(index, port)| Listed { port, list, container, index })
    })
}

/// Checks ports against each other; `at` is the spec.
pub fn between(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let regular = &pod.spec.containers;
    let init = pod.spec.init_containers.as_deref().unwrap_or_default();
    let mut taken = FxHashMap::default();
    for listed in listed("containers", regular) {
        faults.extend(node_port(pod, listed, &mut taken, at));
        faults.extend(differs(pod, listed, at));
    }
    for container in 0..init.len() {
        // Init containers run one after the other.
        let mut taken = FxHashMap::default();
        for listed in listed("initContainers", init).filter(|listed| listed.container == container) {
            faults.extend(node_port(pod, listed, &mut taken, at));
        }
    }
    let sidecars = listed("initContainers", init);
    let sidecars = sidecars.filter(|listed| init.get(listed.container).is_some_and(restarts::is_sidecar));
    let together: Vec<Listed<'_>> = sidecars.chain(listed("containers", regular)).collect();
    same(pod, &together, at, faults);
    same_names(&together, at, faults);
}

/// A port of a node: its protocol, address and number.
type NodePort<'p> = (&'p str, &'p str, i32);

fn of_node<'p>(pod: &Pod<'_>, port: &'p ContainerPort) -> NodePort<'p> {
    (defaults::protocol(port), port.host_ip.as_deref().unwrap_or_default(), defaults::host_port(pod.spec, port))
}

fn node_port<'p>(
    pod: &Pod<'_>,
    listed: Listed<'p>,
    taken: &mut FxHashMap<NodePort<'p>, Listed<'p>>,
    spec: &At<'_>,
) -> Option<Fault> {
    let key = of_node(pod, listed.port);
    let (protocol, _, number) = key;
    if number == 0 {
        return None;
    }
    let Some(first) = taken.get(&key) else {
        taken.insert(key, listed);
        return None;
    };
    let message = format!("port {number}/{protocol} of the node is taken twice");
    let written = written_as(listed.port);
    let fault = listed.at(spec, |at| {
        let field = match listed.list {
            // As Kubernetes has it, whichever init container it is.
            "initContainers" => format!("spec.initContainers[0].ports[{}].hostPort", listed.index),
            _ => at.field("hostPort").path().to_string(),
        };
        Fault::refused(code::NODE_PORT_TWICE, Reason::Duplicate, &at.field(written), message).field(field)
    });
    let fault =
        first.at(spec, |at| fault.here("taken again here").other(&at.field(written_as(first.port)), "taken here"));
    Some(if written == "hostPort" {
        fault
            .note("on a node only one program can listen at a port, so Kubernetes refuses a pod that takes it twice")
            .help("take one `hostPort` away: the containers of a pod reach each other at `localhost` without it")
    } else {
        fault
            .note("with `hostNetwork` each port of a container is one of the node's, and only one could listen there")
            .help("let one of the programs listen at another port")
    })
}

/// The field in which a port of the node was written: in the node's network that may be the container's.
fn written_as(port: &ContainerPort) -> &'static str {
    if port.host_port.unwrap_or_default() == 0 { "containerPort" } else { "hostPort" }
}

/// In the node's network, a container's port and the node's are the same.
fn differs(pod: &Pod<'_>, listed: Listed<'_>, spec: &At<'_>) -> Option<Fault> {
    let (own, node) = (listed.port.container_port, defaults::host_port(pod.spec, listed.port));
    if !defaults::host_network(pod.spec) || own == node {
        return None;
    }
    let message =
        format!("`hostPort` {node} differs from `containerPort` {own}, though the pod has the node's network");
    let fault = listed.at(spec, |at| {
        Fault::invalid(code::NODE_PORT_DIFFERS, &at.field("hostPort"), message)
            .other(&at.field("containerPort"), "the port of the container")
    });
    let fault = fault.relation().other(&spec.field("hostNetwork"), "asked for here");
    let fault = fault.note(
        "in the network of the node the program listens at its own port, and Kubernetes leads nothing from another to it",
    );
    Some(
        fault
            .help(format!("leave out `hostPort`, or write `{own}`"))
            .suggest(format!("write `{own}`"), own.to_string()),
    )
}

/// Containers that run together have one network.
fn same(pod: &Pod<'_>, together: &[Listed<'_>], spec: &At<'_>, faults: &mut Faults) {
    let mut seen: FxHashMap<(i32, &str), Vec<Listed<'_>>> = FxHashMap::default();
    for listed in together {
        let key = (listed.port.container_port, defaults::protocol(listed.port));
        let others = seen.entry(key).or_default();
        if key.0 != 0
            && let Some(first) = others.iter().find(|other| collide(pod, other.port, listed.port))
        {
            faults.push(twice(pod, first, listed, spec));
        }
        others.push(*listed);
    }
}

/// Whether two entries for one port of a container say the same or leave open which of them counts; where both take the same port
/// of the node, Kubernetes refuses them.
fn collide(pod: &Pod<'_>, one: &ContainerPort, other: &ContainerPort) -> bool {
    let ((_, address, port), (_, other_address, other_port)) = (of_node(pod, one), of_node(pod, other));
    if port == 0 || other_port == 0 {
        return true;
    }
    port == other_port && address.is_empty() != other_address.is_empty()
}

fn twice(pod: &Pod<'_>, first: &Listed<'_>, listed: &Listed<'_>, spec: &At<'_>) -> Fault {
    let (number, protocol) = (listed.port.container_port, defaults::protocol(listed.port));
    let same_container = first.list == listed.list && first.container == listed.container;
    let (message, note) = if same_container {
        (format!("port {number}/{protocol} is listed twice"), "one entry for each port of a container is enough")
    } else {
        let message = format!("two containers list port {number}/{protocol}");
        (message, "the containers of a pod have one network, so only one of them can listen there")
    };
    let of_node = |port| defaults::host_port(pod.spec, port) != 0;
    let note = if of_node(listed.port) && of_node(first.port) {
        "both take one port of the node, the one at a single address and the other at all of them"
    } else {
        note
    };
    let fault = listed.at(spec, |at| {
        Fault::found(code::SAME_PORT, &at.field("containerPort"), message).relation().here("here").note(note)
    });
    let help = if same_container { "take one of them out" } else { "give one of the two programs another port" };
    first.at(spec, |at| fault.help(help).other(&at.field("containerPort"), "and here"))
}

/// Whoever looks for a port by its name finds one.
fn same_names(together: &[Listed<'_>], spec: &At<'_>, faults: &mut Faults) {
    let mut seen: FxHashMap<&str, Listed<'_>> = FxHashMap::default();
    for listed in together {
        let Some(name) = defaults::given(listed.port.name.as_deref()) else { continue };
        let first = *seen.entry(name).or_insert(*listed);
        // Within one container Kubernetes refuses it.
        if first.list == listed.list && first.container == listed.container {
            continue;
        }
        let message = format!("two containers have a port that is called `{name}`");
        let fault = listed.at(spec, |at| {
            Fault::found(code::PORT_NAME_IN_TWO_CONTAINERS, &at.field("name"), message)
                .relation()
                .here("this one is not found by its name")
                .note("services that look for a port by its name take the first")
                .help("give one of the two another name")
        });
        faults.push(first.at(spec, |at| fault.other(&at.field("name"), "this one is")));
    }
}
