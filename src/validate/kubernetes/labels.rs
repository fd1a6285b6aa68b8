//! Keys and values of labels, wherever they stand.
//!
//! In: a key or a value, and where it stands. Out: faults. Source: `ValidateLabelName` and `ValidateLabels` in
//! k8s.io/apimachinery/pkg/apis/meta/v1/validation, `GetNodeLabelDeprecatedMessage` in pkg/api/node/util.go. Not here: keys of
//! annotations ([`super::metadata`]), and selectors ([`super::selectors`]).

use std::collections::BTreeMap;

use super::formats::{dns_subdomain, label_value, nearest, qualified_name, shown};
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// What a key or a value belongs to, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A label of a pod or of anything else.
    Label,
    /// A taint of a node.
    Taint,
}

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::Label => "a label",
            Self::Taint => "a taint",
        }
    }
}

/// What is wrong with a key.
#[must_use]
pub fn key(of: Of, key: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = qualified_name(key)?;
    let fault = Fault::invalid(code::BAD_LABEL_KEY, at, format!("{} cannot be the key of {}", shown(key), of.name()))
        .here(format!("this {wrong}"))
        .note(format!(
            "for Kubernetes the key of {} has at most 63 characters, after a DNS name and `/` where it has a prefix",
            of.name()
        ));
    Some(better_key(fault, key))
}

/// The same with a key that has the right form: of several `/` the first ends the prefix, which is in lower case.
#[must_use]
pub fn better_key(fault: Fault, key: &str) -> Fault {
    let better = match key.split_once('/') {
        None => nearest(key, qualified_name),
        Some((prefix, name)) => {
            let prefix = nearest(prefix, dns_subdomain);
            let name = nearest(name, qualified_name);
            prefix.zip(name).map(|(prefix, name)| format!("{prefix}/{name}"))
        }
    };
    match better.filter(|better| qualified_name(better).is_none()) {
        Some(better) => fault.did_you_mean(key, &better, false),
        None => fault.help("write it as `NAME` or `DOMAIN/NAME`, such as `acme.io/team`"),
    }
}

/// What is wrong with a value.
#[must_use]
pub fn value(of: Of, value: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = label_value(value)?;
    let fault =
        Fault::invalid(code::BAD_LABEL_VALUE, at, format!("{} cannot be the value of {}", shown(value), of.name()))
            .here(format!("this {wrong}"))
            .note(format!(
                "for Kubernetes the value of {} is empty or made of at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
                of.name()
            ));
    // Of an address of a person or of a page, half would be left.
    let is_address = value.contains('@') || value.contains("://");
    Some(match nearest(value, label_value).filter(|_| !is_address) {
        Some(better) => fault.did_you_mean(value, &better, false),
        None => fault,
    })
}

/// Checks the keys and values of a map of labels at `at`.
pub fn map(labels: &BTreeMap<String, String>, at: &At<'_>, faults: &mut Faults) {
    for (name, text) in labels {
        let here = at.key(name);
        // Kubernetes names the map alone.
        faults.extend(key(Of::Label, name, &here).map(|fault| fault.at_key().field(at.path().to_string())));
        faults.extend(value(Of::Label, text, &here).map(|fault| fault.field(at.path().to_string())));
    }
}

// -------------------------------------------------------------------------------------------------- labels of nodes

/// A label of nodes that is not to be used any more: its key, what took its place, and since when.
struct Old {
    key: &'static str,
    new: Option<&'static str>,
    since: Option<&'static str>,
}

const fn old(key: &'static str, new: Option<&'static str>, since: Option<&'static str>) -> Old {
    Old { key, new, since }
}

/// Source: `deprecatedNodeLabels` in pkg/api/node/util.go.
const OLD: &[Old] = &[
    old("beta.kubernetes.io/arch", Some("kubernetes.io/arch"), Some("1.14")),
    old("beta.kubernetes.io/os", Some("kubernetes.io/os"), Some("1.14")),
    old("failure-domain.beta.kubernetes.io/region", Some("topology.kubernetes.io/region"), Some("1.17")),
    old("failure-domain.beta.kubernetes.io/zone", Some("topology.kubernetes.io/zone"), Some("1.17")),
    old("beta.kubernetes.io/instance-type", Some("node.kubernetes.io/instance-type"), Some("1.17")),
    old("app.kubernetes.io/created-by", None, Some("1.9")),
    old("scheduler.alpha.kubernetes.io/preferAvoidPods", None, Some("1.22")),
    old("node-role.kubernetes.io/master", Some("node-role.kubernetes.io/control-plane"), None),
];

/// Whether a node label is out of date.
#[must_use]
pub fn is_old(key: &str) -> bool {
    OLD.iter().any(|old| old.key == key)
}

/// What is said of a node label that is out of date. The key stands at `at`: as the key of an entry of
/// this map, or as a value.
#[must_use]
pub fn old_node_label(key: &str, of: Option<&BTreeMap<String, String>>, at: &At<'_>) -> Option<Fault> {
    let old = OLD.iter().find(|old| old.key == key)?;
    let fault = Fault::found(code::OLD_NODE_LABEL, at, format!("the node label `{key}` is out of date"));
    let fault = match old.since {
        Some(since) => fault.note(format!("Kubernetes warns of it; it is deprecated since Kubernetes {since}")),
        None => fault.note("Kubernetes warns of it; nodes of current clusters do not have it"),
    };
    let fault = if of.is_none() { fault } else { fault.at_key() };
    Some(match old.new {
        Some(new) => {
            let fault = fault.help(format!("use `{new}`"));
            match of {
                None => fault.replace(format!("write `{new}`"), literal::text(new)),
                Some(map) if map.contains_key(new) => fault.remove(key),
                Some(_) => fault.rename(new, true),
            }
        }
        None => fault.help("leave it out; taints and tolerations keep pods off nodes"),
    })
}
