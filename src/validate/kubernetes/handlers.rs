//! What probes and hooks do: run a command, ask over the network, or sleep.
//!
//! In: a handler of a probe or hook. Out: faults. Source: `validateHandler` in validation.go, which looks into the first handler
//! only. Not here: when it is done ([`probes`](super::probes), [`lifecycle`](super::lifecycle)).

use k8s_openapi::api::core::v1::{
    Container, ExecAction, GRPCAction, HTTPGetAction, LifecycleHandler, Probe, SleepAction, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::words::{alternatives, one_of};
use super::{defaults, formats, ports};
use crate::diagnostics::code::{MISSING_FIELD, NEGATIVE, kubernetes as code};
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults, MOST_COMPARED};
use crate::validate::path::At;

const SCHEMES: &[&str] = &["HTTP", "HTTPS"];

/// A handler of a probe or hook; one of its parts should be there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Handler<'p> {
    exec: Option<&'p ExecAction>,
    http_get: Option<&'p HTTPGetAction>,
    tcp_socket: Option<&'p TCPSocketAction>,
    grpc: Option<&'p GRPCAction>,
    sleep: Option<&'p SleepAction>,
    /// What it can be.
    kinds: &'static [&'static str],
}

impl<'p> From<&'p Probe> for Handler<'p> {
    fn from(probe: &'p Probe) -> Self {
        Self {
            exec: probe.exec.as_ref(),
            http_get: probe.http_get.as_ref(),
            tcp_socket: probe.tcp_socket.as_ref(),
            grpc: probe.grpc.as_ref(),
            sleep: None,
            kinds: &["exec", "httpGet", "tcpSocket", "grpc"],
        }
    }
}

impl<'p> From<&'p LifecycleHandler> for Handler<'p> {
    fn from(handler: &'p LifecycleHandler) -> Self {
        Self {
            exec: handler.exec.as_ref(),
            http_get: handler.http_get.as_ref(),
            tcp_socket: handler.tcp_socket.as_ref(),
            grpc: None,
            sleep: handler.sleep.as_ref(),
            kinds: &["exec", "httpGet", "tcpSocket", "sleep"],
        }
    }
}

/// Checks the handler of `field` at `at`; `grace` is how long the pod is given to end.
pub fn check(handler: Handler<'_>, field: &str, container: &Container, grace: i64, at: &At<'_>, faults: &mut Faults) {
    // In the order in which Kubernetes takes the first.
    let set = [
        ("exec", handler.exec.is_some()),
        ("httpGet", handler.http_get.is_some()),
        ("tcpSocket", handler.tcp_socket.is_some()),
        ("grpc", handler.grpc.is_some()),
        ("sleep", handler.sleep.is_some()),
    ];
    let mut set = set.into_iter().filter(|(_, set)| *set).map(|(name, _)| name);
    let Some(first) = set.next() else {
        let example = if handler.kinds.contains(&"sleep") {
            "exec { command = [\"…\"] }"
        } else {
            "httpGet { path = \"/\", port = 8080 }"
        };
        let fault = Fault::required(code::NO_HANDLER, at, format!("`{field}` does not say what to do"))
            .at_key()
            .note(format!("Kubernetes wants one of {} in it", alternatives(handler.kinds)))
            .help(format!("add what it does, such as `{example}`"));
        faults.push(fault);
        return;
    };
    for other in set {
        let message = format!("`{field}` can do only one thing, and has `{first}` and `{other}`");
        let fault = Fault::forbidden(code::SEVERAL_HANDLERS, &at.field(other), message)
            .here("the other")
            .other(&at.field(first), "the one");
        let fault = fault.note("Kubernetes wants exactly one in it, for it does not say which of two would count");
        faults.push(
            fault
                .help(format!("take one of them away; `{first} = null` takes back what a layer beneath has set"))
                .remove(other),
        );
    }
    let at = at.field(first);
    match first {
        "exec" => exec(handler.exec, &at, faults),
        "httpGet" => http_get(handler.http_get, container, &at, faults),
        "tcpSocket" => {
            if let Some(socket) = handler.tcp_socket {
                port(&socket.port, container, &at.field("port"), faults);
            }
        }
        "grpc" => {
            if let Some(grpc) = handler.grpc {
                faults.extend(ports::number(grpc.port, &at.field("port")));
            }
        }
        _ => sleep(handler.sleep, grace, &at, faults),
    }
}

/// `validateExecAction`.
fn exec(action: Option<&ExecAction>, at: &At<'_>, faults: &mut Faults) {
    if action.is_some_and(|action| action.command.as_ref().is_none_or(Vec::is_empty)) {
        let fault = Fault::required(MISSING_FIELD, &at.field("command"), "`exec` needs a `command` to run");
        let fault = fault.note("Kubernetes runs it in the container, without a shell around it");
        faults.push(fault.help("write it as a list: `command = [\"cat\", \"/tmp/healthy\"]`"));
    }
}

/// `validateHTTPGetAction`.
fn http_get(action: Option<&HTTPGetAction>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let Some(action) = action else { return };
    port(&action.port, container, &at.field("port"), faults);
    if let Some(scheme) = defaults::given(action.scheme.as_deref()) {
        faults.extend(one_of(code::UNKNOWN_WORD, scheme, SCHEMES, &at.field("scheme")));
    }
    let list = at.field("httpHeaders");
    for (index, header) in action.http_headers.iter().flatten().enumerate() {
        let Some(wrong) = formats::header_name(&header.name) else { continue };
        let message = format!("{} cannot be the name of an HTTP header", formats::shown(&header.name));
        let element = list.index(index);
        let fault = Fault::invalid(code::BAD_HEADER, &element.field("name"), message)
            .field(list.path().to_string())
            .here(format!("this {wrong}"))
            .note("Kubernetes is as strict here as many servers, which drop headers of other names");
        faults.push(match formats::nearest(&header.name, formats::header_name) {
            Some(better) => fault.did_you_mean(&header.name, &better, true),
            None => fault.help("write the header's name alone, such as `X-Probe`"),
        });
    }
}

/// `ValidatePortNumOrName`, and whether the container has a port of that name.
fn port(port: &IntOrString, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let name = match port {
        IntOrString::Int(number) => {
            faults.extend(ports::number(*number, at));
            return;
        }
        IntOrString::String(name) => name,
    };
    let names = || container.ports.iter().flatten().filter_map(|port| port.name.as_deref());
    if let Some(fault) = ports::name(name, at) {
        let fault = number_in_quotes(name, at).unwrap_or(fault);
        // Where the port itself is called so, that is told.
        faults.push(fault.echo(names().any(|known| known == name)));
        return;
    }
    if names().any(|known| known == name) {
        return;
    }
    let message = format!("container `{}` has no port that is called `{name}`", container.name);
    let fault = Fault::found(code::NO_SUCH_PORT, at, message)
        .relation()
        .note("Kubernetes takes any name, but where the container has no such port nothing ever answers");
    faults.push(match closest(name, names().take(MOST_COMPARED)) {
        Some(known) => fault.did_you_mean(name, known, true),
        None => fault.help(format!("give the number of the port, or name it: `ports 8080 {{ name = \"{name}\" }}`")),
    });
}

/// Calls `with` with each place at which a probe or hook of the container at `at` asks a port by this name.
pub fn each_port(container: &Container, name: &str, at: &At<'_>, mut with: impl FnMut(&At<'_>)) {
    let probes = [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ];
    for (field, probe) in probes {
        if let Some(probe) = probe {
            asked(probe.into(), name, &at.field(field), &mut with);
        }
    }
    let Some(hooks) = &container.lifecycle else { return };
    let lifecycle = at.field("lifecycle");
    for (field, hook) in [("postStart", &hooks.post_start), ("preStop", &hooks.pre_stop)] {
        if let Some(hook) = hook {
            asked(hook.into(), name, &lifecycle.field(field), &mut with);
        }
    }
}

fn asked(handler: Handler<'_>, name: &str, at: &At<'_>, with: &mut impl FnMut(&At<'_>)) {
    let ports = [
        ("httpGet", handler.http_get.map(|action| &action.port)),
        ("tcpSocket", handler.tcp_socket.map(|action| &action.port)),
    ];
    for (field, port) in ports {
        if matches!(port, Some(IntOrString::String(port)) if port == name) {
            with(&at.field(field).field("port"));
        }
    }
}

/// A number in quotes is a name, and no port can have it.
fn number_in_quotes(name: &str, at: &At<'_>) -> Option<Fault> {
    let number = name.parse::<u16>().ok().filter(|number| *number > 0 && number.to_string() == name)?;
    let fault = Fault::invalid(code::BAD_PORT_NAME, at, format!("`\"{name}\"` is the name of a port, not its number"))
        .note("what stands in quotes is a name, and Kubernetes allows no name without a letter")
        .help(format!("write `{number}` without quotes"));
    Some(fault.replace(format!("write `{number}`"), number.to_string()))
}

/// `validateSleepAction`.
fn sleep(action: Option<&SleepAction>, grace: i64, at: &At<'_>, faults: &mut Faults) {
    let Some(seconds) = action.map(|action| action.seconds) else { return };
    let (place, field) = (at.field("seconds"), at.path().to_string());
    if seconds < 0 {
        let fault = Fault::invalid(NEGATIVE, &place, "`seconds` cannot be negative").field(field);
        faults.push(fault.note("Kubernetes counts them from 0").help("write how long the hook sleeps, such as `5`"));
    } else if seconds > grace {
        let message = format!("this hook sleeps for {seconds} s, and the pod is given {grace} s to end");
        let fault = Fault::invalid(code::BAD_SLEEP, &place, message)
            .field(field)
            .relation()
            .note("Kubernetes ends the container when `terminationGracePeriodSeconds` of the pod have passed, which are 30 where nothing is said")
            .other(&At::root().field("spec").field("terminationGracePeriodSeconds"), "the time that the pod is given")
            .help("sleep for less, or set `terminationGracePeriodSeconds` of the pod to more");
        faults.push(if grace > 0 { fault.suggest(format!("sleep for {grace} s"), grace.to_string()) } else { fault });
    }
}
