//! Hooks and stop signals of containers.
//!
//! In: a container. Out: faults. Source: `validateLifecycle` and `validateStopSignal` in validation.go, `dropContainerStopSignals`
//! in pkg/api/pod. Not here: what a hook does ([`handlers`]).

use k8s_openapi::api::core::v1::{Container, Lifecycle};

use super::words::one_of;
use super::{Pod, defaults, handlers};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// The signals of Windows: `supportedStopSignalsWindows`.
const WINDOWS_SIGNALS: &[&str] = &["SIGKILL", "SIGTERM"];
/// The signals of Linux but for the real-time ones: `supportedStopSignalsLinux`.
const LINUX_SIGNALS: &[&str] = &[
    "SIGABRT",
    "SIGALRM",
    "SIGBUS",
    "SIGCHLD",
    "SIGCLD",
    "SIGCONT",
    "SIGFPE",
    "SIGHUP",
    "SIGILL",
    "SIGINT",
    "SIGIO",
    "SIGIOT",
    "SIGKILL",
    "SIGPIPE",
    "SIGPOLL",
    "SIGPROF",
    "SIGPWR",
    "SIGQUIT",
    "SIGSEGV",
    "SIGSTKFLT",
    "SIGSTOP",
    "SIGSYS",
    "SIGTERM",
    "SIGTRAP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGUSR1",
    "SIGUSR2",
    "SIGVTALRM",
    "SIGWINCH",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGRTMIN",
    "SIGRTMAX",
];
/// How many signals are counted up from `SIGRTMIN`, and down from `SIGRTMAX`.
const REAL_TIME: [(&str, u8); 2] = [("SIGRTMIN+", 15), ("SIGRTMAX-", 14)];

/// The hooks of a container, where something is left of them once the API server has dropped what the cluster does not know.
#[must_use]
pub fn that_counts<'p>(pod: &Pod<'_>, container: &'p Container) -> Option<&'p Lifecycle> {
    let lifecycle = container.lifecycle.as_ref()?;
    let only_signal = lifecycle.stop_signal.is_some() && lifecycle.post_start.is_none() && lifecycle.pre_stop.is_none();
    (pod.features.container_stop_signals || !only_signal).then_some(lifecycle)
}

/// Checks those of the container at `at`.
pub fn check(pod: &Pod<'_>, container: &Container, at: &At<'_>, faults: &mut Faults) {
    let Some(lifecycle) = that_counts(pod, container) else { return };
    let at = at.field("lifecycle");
    for (field, hook) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        if let Some(hook) = hook {
            let grace = defaults::termination_grace_period(pod.spec);
            handlers::check(hook.into(), field, container, grace, &at.field(field), faults);
        }
    }
    if let Some(signal) = lifecycle.stop_signal.as_deref().filter(|_| pod.features.container_stop_signals) {
        stop_signal(pod, signal, &at.field("stopSignal"), faults);
    }
}

fn stop_signal(pod: &Pod<'_>, signal: &str, at: &At<'_>, faults: &mut Faults) {
    match pod.spec.os.as_ref().map(|os| os.name.as_str()) {
        None => {
            let message = "`stopSignal` needs a pod that says which system it is for";
            let fault = Fault::forbidden(code::STOP_SIGNAL_WITHOUT_OS, at, message)
                .note("Linux and Windows have different signals, and Kubernetes looks at them before it knows the node")
                .help("add `os { name = \"linux\" }` to the pod spec");
            let root = At::root();
            faults.push(fault.insert("say that the pod is for Linux", &root.field("spec"), "os { name = \"linux\" }"));
        }
        Some("windows") => faults.extend(one_of(code::UNKNOWN_WORD, signal, WINDOWS_SIGNALS, at)),
        Some("linux") if !is_real_time(signal) => {
            faults.extend(one_of(code::UNKNOWN_WORD, signal, LINUX_SIGNALS, at));
        }
        Some(_) => {}
    }
}

/// Whether it is one such as `SIGRTMIN+3`.
fn is_real_time(signal: &str) -> bool {
    REAL_TIME.iter().any(|(prefix, most)| {
        let number = signal.strip_prefix(prefix).filter(|number| !number.starts_with(['0', '+']));
        number.and_then(|number| number.parse::<u8>().ok()).is_some_and(|number| (1..=*most).contains(&number))
    })
}
