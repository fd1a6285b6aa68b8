//! A pod that nobody has hardened, to one fault.
//!
//! In: a pod, and what `restricted` misses in it. Out: one fault in place of those, where neither the pod nor a container says anything of
//! its security: then nothing was forgotten, but nothing was begun. Always: it has all that Kubernetes would say of each check. Not here:
//! a pod that lacks a part, of which each check speaks for itself.

use k8s_openapi::api::core::v1::PodSpec;

use super::{REFUSAL, containers, shown};
use crate::diagnostics::Code;
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults, Scope};
use crate::validate::kubernetes::Pod;
use crate::validate::literal;
use crate::validate::path::At;

/// What a pod misses, and what would be written for it: in the pod's context, or in that of each container.
const MISSES: &[(Code, bool, &str)] = &[
    (code::STANDARD_NON_ROOT, true, "runAsNonRoot = true"),
    (code::STANDARD_NO_SECCOMP, true, "seccompProfile { type = \"RuntimeDefault\" }"),
    (code::STANDARD_ESCALATION, false, "allowPrivilegeEscalation = false"),
    (code::STANDARD_KEPT_CAPABILITIES, false, "capabilities { drop = [\"ALL\"] }"),
];

/// Puts one fault in the place of those from `before` on that say what the pod misses, if nothing in it says anything of its security.
pub fn folded(pod: &Pod<'_>, spec: &At<'_>, before: usize, faults: &mut Faults) {
    let mut names = containers::all(pod.spec).map(|(_, _, container)| container.name);
    let says_nothing = pod.spec.security_context.is_none()
        && containers::all(pod.spec).all(|(_, _, container)| container.context.is_none());
    let is_missed = |fault: &Fault| MISSES.iter().any(|(code, ..)| *code == fault.code);
    let missed: Vec<Fault> = faults.iter().skip(before).filter(|fault| is_missed(fault)).cloned().collect();
    if !says_nothing || missed.len() < 2 {
        return;
    }
    let mut at = 0;
    faults.retain(|fault| {
        at += 1;
        at <= before || !is_missed(fault)
    });
    let listed: Vec<&str> = names.by_ref().collect();
    faults.push(fault(pod.spec, &listed, &missed, spec));
}

fn fault(pod: &PodSpec, names: &[&str], missed: &[Fault], spec: &At<'_>) -> Fault {
    let written = |of_pod: bool| {
        let asked =
            MISSES.iter().filter(|(code, of, _)| *of == of_pod && missed.iter().any(|fault| fault.code == *code));
        asked.map(|(_, _, entry)| *entry).collect::<Vec<_>>().join(", ")
    };
    let (of_pod, of_container) = (written(true), written(false));
    let context = |entries: &str| format!("securityContext {{ {entries} }}");
    let message = format!("nothing hardens {}, as `restricted` asks", shown(names));
    let fault = Fault { scope: Scope::Relation, ..Fault::found(code::STANDARD_NOT_HARDENED, spec, message).at_key() }
        .note("`restricted` wants each container to run as another user than root, under seccomp, without capabilities and without a way to gain any");
    // What each check would say is the last of its notes.
    let said = missed.iter().filter_map(|missed| missed.notes.last()?.strip_prefix(REFUSAL));
    let fault = fault.note(format!("{REFUSAL}{}", said.collect::<Vec<_>>().join(", ")));
    let fault = [("the pod spec", &of_pod), ("each container", &of_container)]
        .into_iter()
        .filter(|(_, entries)| !entries.is_empty())
        .fold(fault, |fault, (what, entries)| fault.help(format!("write `{}` into {what}", context(entries))));
    let [only] = names else { return fault };
    if pod.init_containers.iter().flatten().next().is_some() || of_container.is_empty() || of_pod.is_empty() {
        return fault;
    }
    let entry = format!("{}, containers {} {{ {} }}", context(&of_pod), literal::key(only), context(&of_container));
    fault.insert("harden the pod, if its image has another user", spec, entry)
}
