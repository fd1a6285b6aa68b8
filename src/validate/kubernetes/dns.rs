//! How a pod resolves names.
//!
//! In: a pod. Out: faults. Source: `validateDNSPolicy` and `validatePodDNSConfig` in validation.go. Not here: what a pod itself is
//! called ([`super::hosts`]).

use k8s_openapi::api::core::v1::PodDNSConfig;

use super::defaults::host_network;
use super::formats::{dns_subdomain, dns_subdomain_with_underscores};
use super::spec::dns_name;
use super::words::one_of;
use super::{Pod, ip};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::path::At;

/// Source: `validateDNSPolicy`.
const POLICIES: &[&str] = &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
/// Source: `MaxDNSNameservers` in validation.go.
const MOST_NAMESERVERS: usize = 3;
/// Source: `MaxDNSSearchPaths`.
const MOST_SEARCHES: usize = 32;
/// With a space between every two. Source: `MaxDNSSearchListChars`.
const LONGEST_SEARCHES: usize = 2048;
/// The first version that takes `_`, and `.` alone, among the domains to search.
const RELAXED_SEARCHES: u8 = 33;

/// Checks it; `at` is the spec.
pub fn check(pod: &Pod<'_>, at: &At<'_>, faults: &mut Faults) {
    let policy = pod.spec.dns_policy.as_deref().unwrap_or_default();
    let policy_at = at.field("dnsPolicy");
    if !policy.is_empty() {
        faults.extend(one_of(code::UNKNOWN_WORD, policy, POLICIES, &policy_at));
    }
    faults.extend(in_the_network_of_the_node(pod, policy, at));
    let config_at = at.field("dnsConfig");
    let config = pod.spec.dns_config.as_ref();
    if policy == "None" && config.and_then(|config| config.nameservers.as_ref()).is_none_or(Vec::is_empty) {
        // Kubernetes looks no further.
        faults.push(without_server(config.is_some(), &policy_at, &config_at));
        return;
    }
    if let Some(config) = config {
        servers(config, &config_at.field("nameservers"), faults);
        searches(config, pod.features.minor >= RELAXED_SEARCHES, &config_at.field("searches"), faults);
        options(config, &config_at.field("options"), faults);
    }
}

fn without_server(configured: bool, policy: &At<'_>, config: &At<'_>) -> Fault {
    let missing = if configured { config.field("nameservers") } else { *config };
    let fault = Fault::required(code::NO_NAMESERVER, policy, "this pod has no server to ask for names")
        .field(missing.path().to_string())
        .here("takes every server away")
        .note("Kubernetes then uses nothing but `dnsConfig`, which has to name a server")
        .suggest("ask the servers of the cluster: `\"ClusterFirst\"`", "\"ClusterFirst\"");
    if configured {
        fault.help("add `nameservers = [\"…\"]` with an address to `dnsConfig`, or leave `dnsPolicy` out")
    } else {
        fault.help("add `dnsConfig { nameservers = [\"…\"] }` with an address, or leave `dnsPolicy` out")
    }
}

/// In the network of its node a pod asks the servers of the node, unless it is told otherwise.
///
/// Source: `getPodDNSType` in pkg/kubelet/network/dns/dns.go.
fn in_the_network_of_the_node(pod: &Pod<'_>, policy: &str, at: &At<'_>) -> Option<Fault> {
    if !host_network(pod.spec) || !matches!(policy, "" | "ClusterFirst") {
        return None;
    }
    let message = "this pod cannot resolve the names of the cluster's services";
    let fault = if policy.is_empty() {
        Fault::found(code::NODE_DNS, &at.field("hostNetwork"), message).at_key().insert(
            "ask the cluster first, in the node's network too",
            at,
            "dnsPolicy = \"ClusterFirstWithHostNet\"",
        )
    } else {
        Fault::found(code::NODE_DNS, &at.field("dnsPolicy"), message)
            .other(&at.field("hostNetwork"), "the pod is in the network of its node")
            .suggest("ask the cluster first, in the node's network too", "\"ClusterFirstWithHostNet\"")
    };
    Some(
        fault
            .relation()
            .note("in the network of its node `ClusterFirst`, which is also the default, means `Default`: the servers of the node are asked")
            .help("set `dnsPolicy = \"ClusterFirstWithHostNet\"`, or `\"Default\"` if the node's servers are meant"),
    )
}

fn servers(config: &PodDNSConfig, at: &At<'_>, faults: &mut Faults) {
    let servers = config.nameservers.as_deref().unwrap_or_default();
    if servers.len() > MOST_NAMESERVERS {
        let message = format!("{} nameservers are more than a resolver asks", servers.len());
        let fault = Fault::invalid(code::TOO_MANY_DNS_ENTRIES, &at.index(MOST_NAMESERVERS), message)
            .field(at.path().to_string())
            .here("this one is never asked")
            .note(format!("Kubernetes takes at most {MOST_NAMESERVERS}, since resolvers pass over all others"));
        faults.push(fault.help("keep the three that matter"));
    }
    for (index, server) in servers.iter().enumerate() {
        ip::check(server, &at.index(index), faults);
    }
}

fn searches(config: &PodDNSConfig, relaxed: bool, at: &At<'_>, faults: &mut Faults) {
    let searches = config.searches.as_deref().unwrap_or_default();
    let many = searches.len() > MOST_SEARCHES;
    if many {
        let message = format!("{} domains are too many to search", searches.len());
        let fault = Fault::invalid(code::TOO_MANY_DNS_ENTRIES, at, message)
            .note(format!("Kubernetes takes at most {MOST_SEARCHES}, since a lookup goes through all of them"));
        faults.push(fault.help("keep those in which the program looks for short names"));
    }
    let length = searches.iter().map(String::len).sum::<usize>() + searches.len().saturating_sub(1);
    if length > LONGEST_SEARCHES {
        let message = format!("the domains to search have {length} characters together");
        let fault = Fault::invalid(code::TOO_MANY_DNS_ENTRIES, at, message)
            .echo(many)
            .note(format!("Kubernetes takes at most {LONGEST_SEARCHES}, with a space between every two domains"))
            .help("keep those in which the program looks for short names");
        faults.push(fault);
    }
    for (index, search) in searches.iter().enumerate() {
        if relaxed && search == "." {
            continue;
        }
        let domain = search.strip_suffix('.').unwrap_or(search);
        let wrong = if relaxed { dns_subdomain_with_underscores(domain) } else { dns_subdomain(domain) };
        faults.extend(dns_name(wrong, "a domain to search", search, &at.index(index)));
    }
}

fn options(config: &PodDNSConfig, at: &At<'_>, faults: &mut Faults) {
    for (index, option) in config.options.iter().flatten().enumerate() {
        if option.name.as_deref().unwrap_or_default().is_empty() {
            let fault = Fault::required(code::NAMELESS_DNS_OPTION, &at.index(index), "this DNS option has no name")
                .note("Kubernetes writes options by their names, such as `ndots`")
                .help("add its name, such as `{ name = \"ndots\", value = \"2\" }`");
            faults.push(fault);
        }
    }
}
