//! What a container can be told about its own pod: fields, and amounts of resources.
//!
//! In: a reference to a field or an amount. Out: faults. Source: `validateObjectFieldSelector`,
//! `validateContainerResourceFieldSelector` and `validateContainerResourceDivisor` in validation.go, `ConvertDownwardAPIFieldLabel`
//! in pkg/apis/core/pods. Not here: which fields whoever asks may see, and whether the container that a reference names exists.

use k8s_openapi::api::core::v1::{ObjectFieldSelector, ResourceFieldSelector};

use super::words::{alternatives, meant, one_of};
use super::{defaults, formats};
use crate::diagnostics::code::{MISSING_FIELD, kubernetes as code};
use crate::diagnostics::suggest::same_letters;
use crate::schema::units;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// Fields that the API server has a name for, though not everyone may see them.
const KNOWN: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const AMOUNTS: &[&str] = &[
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
];
const HUGE_PAGES: &[&str] = &["limits.hugepages-", "requests.hugepages-"];

/// Checks a reference to a field of the pod at `at`; `allowed` are the fields that may be asked for here.
pub fn field(selector: &ObjectFieldSelector, allowed: &[&str], at: &At<'_>, faults: &mut Faults) {
    let (place, path) = (at.field("fieldPath"), selector.field_path.as_str());
    if path.is_empty() {
        faults.push(
            Fault::required(MISSING_FIELD, &place, "`fieldPath` cannot be empty")
                .note("Kubernetes tells a container one field in each variable")
                .help("name a field, such as `metadata.name`"),
        );
        return;
    }
    if let Some(version) = defaults::given(selector.api_version.as_deref()).filter(|version| *version != "v1") {
        let message = format!("pods have no version `{version}`");
        let fault = Fault::invalid(code::BAD_POD_FIELD, &at.field("apiVersion"), message)
            .field(place.path().to_string())
            .note("Kubernetes reads the path as one of this version of its API")
            .help("leave it out: there is only `v1`");
        faults.push(fault.replace("write `v1`", "\"v1\""));
        return;
    }
    faults.extend(match subscripted(path) {
        Some(("metadata.labels", key)) => bad_key(key, formats::qualified_name(key), at),
        Some(("metadata.annotations", key)) => bad_key(key, formats::qualified_name(&key.to_lowercase()), at),
        Some((field, _)) => {
            let message = format!("`{field}` has nothing that `['…']` could pick");
            let fault = Fault::invalid(code::BAD_POD_FIELD, &place, message);
            let fault = fault.note("for Kubernetes only `metadata.labels['…']` and `metadata.annotations['…']` do");
            Some(if allowed.contains(&field) {
                fault.did_you_mean(path, field, false)
            } else {
                fault.help("name a field alone, such as `metadata.name`")
            })
        }
        None if allowed.contains(&current(path)) => None,
        None => Some(unknown(path, allowed, &place)),
    });
}

/// `metadata.labels['key']` as `metadata.labels` and `key`: `SplitMaybeSubscriptedPath`.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    path.strip_suffix("']")?.split_once("['").filter(|(field, _)| !field.is_empty())
}

/// The name that a field has today: the API server still takes an old one of `spec.nodeName`.
fn current(path: &str) -> &str {
    if path == "spec.host" { "spec.nodeName" } else { path }
}

fn bad_key(key: &str, wrong: Option<String>, at: &At<'_>) -> Option<Fault> {
    let message = format!("`{}` cannot be the key of a label or annotation", key.escape_debug());
    let fault = Fault::invalid(code::BAD_POD_FIELD, &at.field("fieldPath"), message).field(at.path().to_string());
    wrong.map(|wrong| {
        let fault = fault.note(format!("this key {wrong}"));
        fault.help("write the key of one of the pod's own, such as `metadata.labels['team']`")
    })
}

fn unknown(path: &str, allowed: &[&str], at: &At<'_>) -> Fault {
    let message = format!("a container cannot be told `{path}` of its pod");
    let reason = if KNOWN.contains(&current(path)) { Reason::NotSupported } else { Reason::Invalid };
    let fault = Fault::refused(code::BAD_POD_FIELD, reason, at, message);
    if matches!(path, "metadata.labels" | "metadata.annotations") {
        return fault.note("Kubernetes tells one of them at a time").help(format!("name the one: `{path}['key']`"));
    }
    let of_part = || allowed.iter().find(|known| known.rsplit('.').next().is_some_and(|last| same_letters(last, path)));
    let near = || of_part().copied().or_else(|| meant(path, allowed)).map(str::to_owned);
    if let Some(near) = single(path).or_else(near) {
        return fault
            .note("Kubernetes tells a container a few fields, and single labels and annotations; it compares paths letter by letter")
            .did_you_mean(path, &near, true);
    }
    let known = formats::listed(allowed);
    let fault = fault.note(format!("Kubernetes tells {known}, and single labels and annotations"));
    fault.help("name one of them; what else there is, the program has to be given as a value")
}

/// A single label or annotation that is written in another way: `metadata.labels.team`, `metadata.labels["team"]`.
fn single(path: &str) -> Option<String> {
    let map = ["metadata.labels", "metadata.annotations"].into_iter().find(|map| path.starts_with(map))?;
    let key = path.strip_prefix(map)?.trim_matches(['.', '[', ']', '"', '\'']);
    formats::qualified_name(&key.to_lowercase()).is_none().then(|| format!("{map}['{key}']"))
}

/// Checks a reference to an amount of a container at `at`.
pub fn resource(selector: &ResourceFieldSelector, at: &At<'_>, faults: &mut Faults) {
    let (place, resource) = (at.field("resource"), selector.resource.as_str());
    if resource.is_empty() {
        faults.push(
            Fault::required(MISSING_FIELD, &place, "`resource` cannot be empty")
                .note("Kubernetes tells a container one amount in each variable")
                .help("name an amount, such as `limits.memory`"),
        );
    } else if !is_huge_pages(resource)
        && let Some(fault) = one_of(code::BAD_AMOUNT_NAME, resource, AMOUNTS, &place)
    {
        faults.push(match resource {
            "cpu" | "memory" | "ephemeral-storage" => Fault { help: Vec::new(), ..fault }
                .note("a request and a limit are two amounts, so it has to be said which one is meant")
                .help(format!(
                    "write `limits.{resource}` for what it may use, or `requests.{resource}` for what is kept free"
                ))
                .suggest(format!("write `limits.{resource}`"), literal::text(&format!("limits.{resource}"))),
            _ => fault.note("of huge pages it takes `limits.hugepages-2Mi` and the like"),
        });
    }
    divisor(selector, at, faults);
}

/// Checks the unit in which a reference to an amount of a container at `at` wants it.
pub fn divisor(selector: &ResourceFieldSelector, at: &At<'_>, faults: &mut Faults) {
    if let Some(divisor) = &selector.divisor {
        faults.extend(bad_divisor(&selector.resource, &divisor.0, &at.field("divisor")));
    }
}

fn is_huge_pages(resource: &str) -> bool {
    HUGE_PAGES.iter().any(|prefix| resource.starts_with(prefix))
}

fn bad_divisor(resource: &str, text: &str, at: &At<'_>) -> Option<Fault> {
    const OF_CORES: &[&str] = &["1", "1m"];
    const OF_BYTES: &[&str] = &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let cpu = matches!(resource, "limits.cpu" | "requests.cpu");
    if !cpu && !AMOUNTS.contains(&resource) && !is_huge_pages(resource) {
        return None;
    }
    let units = if cpu { OF_CORES } else { OF_BYTES };
    // None is as good as 1.
    if units::quantity(text)? == 0 || units::is_written_as(text, units) {
        return None;
    }
    let message = format!("`{resource}` cannot be told in units of `{text}`");
    let fault = Fault::invalid(code::BAD_DIVISOR, at, message);
    let fault =
        fault.note(format!("Kubernetes counts {} in {}", if cpu { "CPU" } else { "bytes" }, alternatives(units)));
    let same = text.parse::<u64>().ok().and_then(|bytes| match bytes {
        1_024 => Some("1Ki"),
        1_048_576 => Some("1Mi"),
        1_073_741_824 => Some("1Gi"),
        1_000 => Some("1k"),
        1_000_000 => Some("1M"),
        1_000_000_000 => Some("1G"),
        _ => None,
    });
    Some(match same.filter(|_| !cpu) {
        Some(same) => fault.did_you_mean(text, same, false),
        None => fault.help("leave it out for whole cores or bytes, and divide further in the program"),
    })
}

#[cfg(test)]
mod tests {
    use super::bad_divisor;
    use crate::validate::path::At;

    #[test]
    fn units_are_compared_in_their_shortest_form() {
        let right = |resource, text| bad_divisor(resource, text, &At::root()).is_none();
        for text in ["0", "1", "1m", "1000m", "0.001", "1.0"] {
            assert!(right("limits.cpu", text), "{text}");
        }
        for text in ["2", "1k", "1Ki", "1e-3", "1e0", "01"] {
            assert!(!right("limits.cpu", text), "{text}");
        }
        for text in ["1", "1Mi", "1024Ki", "1000k", "1000", "1Ei", "1E"] {
            assert!(right("requests.memory", text), "{text}");
        }
        for text in ["1024", "1m", "1000Ki", "1e3", "2Mi", "0.5Gi"] {
            assert!(!right("requests.memory", text), "{text}");
        }
        assert!(right("limits.gpu", "7"), "an unknown amount is wrong for itself");
    }
}
