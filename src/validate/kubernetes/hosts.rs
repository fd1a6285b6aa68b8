//! What a pod is called, and which names of hosts it knows.
//!
//! In: a pod. Out: faults. Source: `validatePodHostName`, `ValidateHostAliases` and the end of `ValidatePodSpec` in validation.go.
//! Not here: servers that are asked for names ([`super::dns`]).

use rustc_hash::FxHashMap;

use super::defaults::host_network;
use super::formats::{dns_label, dns_subdomain};
use super::spec::{dns_name, dns_name_of};
use super::{Pod, ip};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::path::At;

/// What Linux takes as the name of a host.
const LONGEST_HOSTNAME: usize = 64;

/// Checks it; `at` is the spec.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let spec = pod.spec;
    for (name, field, what) in [
        (&spec.hostname, "hostname", "the hostname of a pod"),
        (&spec.subdomain, "subdomain", "the subdomain of a pod"),
    ] {
        if let Some(name) = name.as_deref().filter(|name| !name.is_empty()) {
            let fault = dns_name_of(code::NO_DNS_LABEL, dns_label(name), what, name, &at.field(field));
            faults.extend(fault.map(|fault| fault.surely(name)));
        }
    }
    if let Some(name) = spec.hostname_override.as_deref().filter(|_| pod.features.hostname_override) {
        hostname_override(pod, name, at, faults);
    }
    aliases(pod, &at.field("hostAliases"), faults);
}

/// Source: `validatePodHostName`.
fn hostname_override(pod: &Pod<'_>, name: &str, at: &At<'_>, faults: &mut Faults) {
    let here = at.field("hostnameOverride");
    for (set, field, why) in [
        (
            pod.spec.set_hostname_as_fqdn == Some(true),
            "setHostnameAsFQDN",
            "this takes the full name of the pod in its cluster",
        ),
        (host_network(pod.spec), "hostNetwork", "in the network of its node a pod is called as the node is"),
    ] {
        if set {
            let message = format!("`hostnameOverride` does not go with `{field} = true`");
            let fault = Fault::forbidden(code::HOSTNAME_OVERRIDE_CONFLICT, &here, message)
                .other(&at.field(field), why)
                .note("Kubernetes takes one of the two only, since both say what the pod is called")
                .help("take one of them out");
            faults.push(fault);
        }
    }
    let long = name.len() > LONGEST_HOSTNAME;
    if long {
        let message = format!("a hostname of {} characters is too long", name.len());
        let fault = Fault::refused(code::HOSTNAME_TOO_LONG, Reason::TooLong, &here, message)
            .note(format!("Kubernetes takes at most {LONGEST_HOSTNAME} here, as Linux does"))
            .help("shorten it");
        faults.push(fault);
    }
    let fault = dns_name(dns_subdomain(name), "a hostname", name, &here);
    faults.extend(fault.map(|fault| fault.echo(long && name.len() > super::formats::SUBDOMAIN_LENGTH)));
}

fn aliases(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let aliases = pod.spec.host_aliases.as_deref().unwrap_or_default();
    let mut seen = FxHashMap::default();
    for (index, alias) in aliases.iter().enumerate() {
        let here = at.index(index);
        ip::check(&alias.ip, &here.field("ip"), faults);
        let names = here.field("hostnames");
        for (index, name) in alias.hostnames.iter().flatten().enumerate() {
            faults.extend(dns_name(dns_subdomain(name), "the name of a host", name, &names.index(index)));
        }
        // One address, as most pods have, is not looked up.
        let first = if aliases.len() == 1 { index } else { *seen.entry(alias.ip.as_str()).or_insert(index) };
        if first != index {
            let message = format!("`{}` has two entries", alias.ip);
            let fault = Fault::found(code::DUPLICATE_HOST_ALIAS, &here.field("ip"), message)
                .relation()
                .other(&at.index(first).field("ip"), "first here")
                .note("Kubernetes warns of it: tools that merge pods keep one of them")
                .help("put all names into one entry");
            faults.push(fault);
        }
    }
}
