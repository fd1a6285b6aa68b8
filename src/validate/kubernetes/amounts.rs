//! Amounts of resources: the names that they have, and requests beside their limits.
//!
//! In: limits and requests of a container or of a whole pod. Out: faults. Always: amounts are compared as the API server compares
//! them, in thousandths and rounded up; a request that the server only copies from its limit is not looked at. Source:
//! `validateResourceRequirements` and what it calls in validation.go, pkg/apis/core/helper/helpers.go, `SetDefaults_ResourceList`
//! in defaults.go. Not here: what the containers of a pod come to together ([`super::pod_resources`]).

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::formats::qualified_name;
use super::unlikely;
use crate::diagnostics::code::kubernetes as codes;
use crate::diagnostics::suggest::closest;
use crate::schema::units;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::literal;
use crate::validate::path::At;

/// Amounts by the names of resources.
pub type Amounts = BTreeMap<String, Quantity>;

/// The key by which Flyte's SDK asks for accelerators. Flyte renames it in every container before Kubernetes sees the pod, and
/// gives it the limit that it needs.
///
/// Source: `AddFlyteCustomizationsToContainer` in Flyte's `flytek8s/container_helper.go`.
const FLYTE_ACCELERATOR: &str = "gpu";
const HUGE_PAGES: &str = "hugepages-";
const ONE: i128 = 1000;

/// Who asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A container.
    Container,
    /// All containers of a pod together.
    Pod,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Requirements<'p> {
    /// Who asks.
    pub of: Of,
    /// What can be used at most.
    pub limits: Option<&'p Amounts>,
    /// What is promised.
    pub requests: Option<&'p Amounts>,
    /// Whether what the server fills in asks for CPU or memory.
    pub fills_in: bool,
    /// Whether it is the overhead of a pod, whose amounts stand in no `limits`.
    pub is_overhead: bool,
}

/// An amount in thousandths, rounded away from zero as the API server does before it looks.
#[must_use]
pub fn thousandths(amount: &Quantity) -> i128 {
    rounded(billionths(amount))
}

/// An amount in billionths.
#[must_use]
pub fn billionths(amount: &Quantity) -> i128 {
    // The schema lets only quantities pass.
    units::quantity(&amount.0).unwrap_or_default()
}

/// Billionths in thousandths, rounded away from zero.
#[must_use]
pub fn rounded(billionths: i128) -> i128 {
    const MILLION: i128 = 1_000_000;
    let quotient = billionths / MILLION;
    if billionths % MILLION == 0 { quotient } else { quotient + billionths.signum() }
}

/// Whether a resource is memory in large pages.
#[must_use]
pub fn is_huge_pages(name: &str) -> bool {
    name.starts_with(HUGE_PAGES)
}

/// Whether a resource belongs to Kubernetes itself: `IsNativeResource`.
fn is_native(name: &str) -> bool {
    name != FLYTE_ACCELERATOR && (!name.contains('/') || name.contains("kubernetes.io/"))
}

/// Whether more can be promised than there is, so that a request may be less than its limit: `IsOvercommitAllowed`.
#[must_use]
pub fn may_overcommit(name: &str) -> bool {
    is_native(name) && !is_huge_pages(name)
}

/// Checks limits and requests; `at` is what holds both.
pub fn check(asked: &Requirements<'_>, at: &At<'_>, faults: &mut Faults) {
    let (limits_at, requests_at) = (at.field("limits"), at.field("requests"));
    for (name, amount) in asked.limits.into_iter().flatten() {
        let at = limits_at.key(name);
        let before = faults.len();
        check_name(asked.of, name, &at, faults);
        if asked.requests.is_some_and(|requests| requests.contains_key(name)) {
            faults.iter_mut().skip(before).for_each(|fault| fault.also(&requests_at.key(name)));
        }
        check_amount(name, amount, &at, faults);
    }
    for (name, amount) in asked.requests.into_iter().flatten() {
        let at = requests_at.key(name);
        let limit = asked.limits.and_then(|limits| limits.get(name));
        let before = faults.len();
        check_name(asked.of, name, &at, faults);
        for fault in faults.iter_mut().skip(before) {
            // The name of the limit is told.
            fault.echo = limit.is_some();
        }
        check_amount(name, amount, &at, faults);
        match limit {
            Some(limit) => check_beside(name, amount, limit, (&requests_at, &limits_at), faults),
            None => check_without_limit(name, amount, (&requests_at, &limits_at), faults),
        }
    }
    let alone = huge_pages_alone(asked, at);
    faults.extend(alone.map(|fault| fault.help("ask for `cpu` or `memory` too: `limits { memory = \"1Gi\" }`")));
}

/// Checks the overhead of a pod, which is like the limits of a container: `validateOverhead`. Flyte renames nothing in it.
pub fn overhead(overhead: &Amounts, at: &At<'_>, faults: &mut Faults) {
    for (name, amount) in overhead {
        let (before, name_at) = (faults.len(), at.key(name));
        if name == FLYTE_ACCELERATOR {
            let message = format!("the resource `{name}` does not exist");
            let fault = Fault::invalid(codes::BAD_RESOURCE_NAME, &name_at, message)
                .at_key()
                .note("`gpu` is a name of Flyte's, which it replaces in containers alone");
            faults.push(fault.did_you_mean(name, "nvidia.com/gpu", false));
        } else {
            check_name(Of::Container, name, &name_at, faults);
            check_amount(name, amount, &name_at, faults);
        }
        for fault in faults.iter_mut().skip(before) {
            fault.field = Some(format!("{}.limits[{name}]", at.path()));
        }
    }
    let asked =
        Requirements { of: Of::Container, limits: Some(overhead), requests: None, fills_in: false, is_overhead: true };
    faults.extend(huge_pages_alone(&asked, at).map(|fault| fault.help("give it `cpu` or `memory` too")));
}

// ------------------------------------------------------------------------------------------------------------- names

/// Checks the name of a resource: `validateContainerResourceName` and `validatePodResourceName`.
fn check_name(of: Of, name: &str, at: &At<'_>, faults: &mut Faults) {
    if matches!(name, "cpu" | "memory") {
        return;
    }
    let (wrong, reason) = match of {
        Of::Container => (wrong_for_container(name), Reason::Invalid),
        Of::Pod => match qualified_name(name).or_else(|| unknown(name)) {
            None if is_huge_pages(name) => (None, Reason::Invalid),
            None => (Some("can only be asked for by single containers".to_owned()), Reason::NotSupported),
            wrong => (wrong, Reason::Invalid),
        },
    };
    let Some(wrong) = wrong else {
        faults.extend(unlikely::name(name, at));
        return;
    };
    let fault = Fault::refused(codes::BAD_RESOURCE_NAME, reason, at, format!("the resource `{name}` {wrong}")).at_key();
    let fault = fault.note(match of {
        Of::Container => {
            "Kubernetes itself has `cpu`, `memory`, `ephemeral-storage` and `hugepages-SIZE`; device plugins name all others \
             `DOMAIN/NAME`"
        }
        Of::Pod => "a pod as a whole can ask for `cpu`, `memory` and `hugepages-SIZE`",
    });
    let whole_pod = |name: &&str| matches!(*name, "cpu" | "memory") || is_huge_pages(name);
    let similar = similar(name).filter(|similar| of == Of::Container || whole_pod(similar));
    faults.push(match similar {
        Some(similar) => fault.did_you_mean(name, similar, true),
        None if of == Of::Pod => fault.help("ask for it in the container that uses it"),
        None => fault.help("name it as the device plugin does, such as `\"nvidia.com/gpu\"`"),
    });
}

fn wrong_for_container(name: &str) -> Option<String> {
    if name == FLYTE_ACCELERATOR || name == "ephemeral-storage" {
        return None;
    }
    if let Some(wrong) = qualified_name(name) {
        return Some(wrong);
    }
    if !name.contains('/') {
        return (!is_huge_pages(name)).then(|| "does not exist".to_owned());
    }
    (!is_native(name) && !is_extended(name)).then(|| "is not a name that a device plugin can have".to_owned())
}

/// Whether a name is one that a device plugin can have: `IsExtendedResourceName`.
fn is_extended(name: &str) -> bool {
    const OF_QUOTAS: &str = "requests.";
    name == FLYTE_ACCELERATOR
        || (!is_native(name) && !name.starts_with(OF_QUOTAS) && qualified_name(&format!("{OF_QUOTAS}{name}")).is_none())
}

/// What is wrong with a name that nothing in Kubernetes has: `IsStandardResourceName`.
fn unknown(name: &str) -> Option<String> {
    const OTHERS: &[&str] = &[
        "storage",
        "ephemeral-storage",
        "pods",
        "services",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
        "requests.cpu",
        "requests.memory",
        "requests.storage",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
    ];
    let known = name.contains('/')
        || OTHERS.contains(&name)
        || is_huge_pages(name)
        || name.strip_prefix("requests.").is_some_and(is_huge_pages);
    (!known).then(|| "does not exist".to_owned())
}

/// The resource that was probably meant.
fn similar(name: &str) -> Option<&'static str> {
    const KNOWN: &[&str] = &[
        "cpu",
        "memory",
        "ephemeral-storage",
        "nvidia.com/gpu",
        "amd.com/gpu",
        "google.com/tpu",
        "aws.amazon.com/neuron",
    ];
    match name.to_ascii_lowercase().as_str() {
        "disk" | "storage" | "ephemeral" | "ephemeral_storage" => Some("ephemeral-storage"),
        "mem" | "ram" => Some("memory"),
        "cores" | "vcpu" | "vcpus" => Some("cpu"),
        "gpu" | "gpus" | "nvidia-gpu" | "nvidia_gpu" | "nvidia" => Some("nvidia.com/gpu"),
        "hugepages" | "huge-pages" => Some("hugepages-2Mi"),
        "tpu" => Some("google.com/tpu"),
        "neuron" => Some("aws.amazon.com/neuron"),
        _ => closest(name, KNOWN.iter().copied()),
    }
}

// ----------------------------------------------------------------------------------------------------------- amounts

/// Checks one amount by itself: `ValidateResourceQuantityValue`, `validateResourceQuantityHugePageValue`, and the warning of
/// pkg/api/pod/warnings.go about parts of bytes.
fn check_amount(name: &str, amount: &Quantity, at: &At<'_>, faults: &mut Faults) {
    let value = thousandths(amount);
    let text = amount.0.trim();
    if units::has_no_digit(text) {
        faults.push(no_digit(text, at));
    } else if value < 0 {
        faults.push(negative(name, text, at));
    } else if matches!(name, "memory" | "ephemeral-storage") {
        faults.extend(parts_of_bytes(name, text, value, at));
    }
    if value % ONE != 0 && is_extended(name) {
        let message = format!("`{name}` is counted, and `{text}` is no whole number");
        let whole = (value / ONE + value.signum().max(0)).max(1).to_string();
        let fault = Fault::invalid(codes::FRACTIONAL_COUNT, at, message)
            .note(
                "for Kubernetes only cores and bytes can be shared; of everything else, a container gets whole pieces",
            )
            .help("ask for a whole one, or for a slice that the cluster offers under a name of its own");
        faults.push(fault.suggest(format!("write `{whole}`"), literal::text(&whole)));
    }
    if is_huge_pages(name) {
        faults.extend(check_huge_pages(name, text, value, at));
    } else if value % ONE == 0 {
        faults.extend(unlikely::few_bytes(name, text, value / ONE, at));
        faults.extend(unlikely::many_cores(name, text, value / ONE, at));
    }
}

fn negative(name: &str, text: &str, at: &At<'_>) -> Fault {
    let fault = Fault::invalid(codes::NEGATIVE_AMOUNT, at, format!("`{name}` cannot be `{text}`: that is below zero"))
        .note("for Kubernetes an amount is 0 or more, and no number stands for an amount without a bound")
        .help("leave it out where there should be no bound");
    // One below nothing is how other tools say that there is no bound.
    match text.strip_prefix('-').filter(|amount| *amount != "1") {
        Some(amount) => fault.suggest(format!("write `{amount}`"), literal::text(amount)),
        None => fault,
    }
}

/// What is said of an amount such as `Gi`, which Kubernetes reads as zero.
#[must_use]
pub fn no_digit(text: &str, at: &At<'_>) -> Fault {
    Fault::found(codes::AMOUNT_WITHOUT_DIGIT, at, format!("`{text}` has no number in it, and counts as 0"))
        .note("Kubernetes reads a number and a unit, and takes 0 where there is no number")
        .help("write the number before the unit: `2Gi`")
}

/// Below so many thousandths nobody counts in bytes.
const SMALL: i128 = 1024 * ONE;

/// A warning where an amount of bytes is not whole.
#[must_use]
pub fn parts_of_bytes(name: &str, text: &str, thousandths: i128, at: &At<'_>) -> Option<Fault> {
    if thousandths % ONE == 0 {
        return None;
    }
    let message = format!("`{name}` is counted in bytes, and `{text}` is no whole number of them");
    let fault = Fault::found(codes::FRACTIONAL_BYTES, at, message);
    // `100m` is a tenth of a byte, and nobody wants that.
    let (better, why) = match text.strip_suffix('m') {
        Some(number) => {
            (format!("{number}Mi"), "the unit `m` means thousandths; megabytes are `M` and `Mi`".to_owned())
        }
        None if thousandths < SMALL && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => (
            format!("{text}Gi"),
            "without a unit it is bytes, of which Kubernetes makes whole ones; gigabytes are `G` and `Gi`".to_owned(),
        ),
        None => (whole_mebibytes(thousandths), "Kubernetes rounds it up to a whole byte, and warns".to_owned()),
    };
    let fault = fault.note(why).help(format!("did you mean `{better}`?"));
    Some(fault.suggest(format!("write `{better}`"), literal::text(&better)))
}

/// Thousandths of bytes as a whole number of mebibytes, or of bytes where they are few; rounded up.
fn whole_mebibytes(thousandths: i128) -> String {
    const MEBIBYTE: i128 = 1024 * 1024;
    let bytes = thousandths / ONE + 1;
    if bytes < MEBIBYTE { bytes.to_string() } else { format!("{}Mi", (bytes + MEBIBYTE - 1) / MEBIBYTE) }
}

/// Large pages come whole: `IsHugePageResourceValueDivisible`.
fn check_huge_pages(name: &str, text: &str, value: i128, at: &At<'_>) -> Option<Fault> {
    const BILLION: i128 = 1_000_000_000;
    let size = name.strip_prefix(HUGE_PAGES).unwrap_or_default();
    let page = units::quantity(size).filter(|page| *page > 0 && rounded(*page) % ONE == 0);
    let Some(page) = page else {
        let message = format!("`{name}` names no size of pages");
        let fault = Fault::invalid(codes::BAD_HUGE_PAGES, at, message).at_key();
        let fault = fault.note("for Kubernetes pages of each size are a resource of their own");
        return Some(fault.help("write the size of a page behind the `-`: `hugepages-2Mi`, `hugepages-1Gi`"));
    };
    let bytes = value / ONE + (value % ONE).signum();
    // The page is more than nothing, so rounded up it is 1 at least.
    let whole = bytes % ((page - 1) / BILLION + 1) == 0;
    (!whole).then(|| {
        let message = format!("`{text}` is no whole number of pages of {size}");
        Fault::invalid(codes::BAD_HUGE_PAGES, at, message)
            .note(format!("a node has memory of `{name}` in pages of {size}, and Kubernetes gives whole ones"))
            .help(format!("write a multiple of {size}"))
    })
}

// ------------------------------------------------------------------------------------------------ requests and limits

/// Checks a request beside its limit. Kubernetes names all requests as the place.
fn check_beside(
    name: &str,
    request: &Quantity,
    limit: &Quantity,
    (requests_at, limits_at): (&At<'_>, &At<'_>),
    faults: &mut Faults,
) {
    let (asked, most) = (thousandths(request), thousandths(limit));
    let (request, limit) = (&request.0, &limit.0);
    let fault = if !may_overcommit(name) && asked != most {
        let message = format!("{request} of `{name}` is requested, and the limit is {limit}");
        let note = "of what cannot be shared, Kubernetes wants the request to be the limit";
        let fault = Fault::invalid(codes::REQUEST_IS_NOT_LIMIT, &requests_at.key(name), message).note(note);
        fault
            .help("leave the request out: Kubernetes takes the limit for it")
            .suggest(format!("request as much as the limit: `{limit}`"), literal::quantity(limit))
    } else if asked > most {
        let message = format!("{request} of `{name}` is requested, more than its limit {limit}");
        Fault::invalid(codes::REQUEST_OVER_ITS_LIMIT, &requests_at.key(name), message)
            .note("Kubernetes keeps free what is requested, and lets nobody use more than the limit")
            .help("lower the request, or raise the limit")
            .suggest(format!("request no more than the limit: `{limit}`"), literal::quantity(limit))
    } else {
        return;
    };
    let fault = fault.relation().field(requests_at.path().to_string());
    // Of an amount below zero that is told.
    let fault = fault.echo(asked < 0 || most < 0);
    let fault = fault.here("the request").other(&limits_at.key(name), "the limit");
    let fault = unlikely::behind(fault, faults);
    faults.push(fault);
}

fn check_without_limit(
    name: &str,
    request: &Quantity,
    (requests_at, limits_at): (&At<'_>, &At<'_>),
    faults: &mut Faults,
) {
    // Flyte gives an accelerator its limit.
    if may_overcommit(name) || name == FLYTE_ACCELERATOR {
        return;
    }
    let message = format!("`{name}` is requested, and has no limit");
    let fault = Fault::required(codes::MISSING_LIMIT, &requests_at.key(name), message).at_key();
    let fault = fault.note("of what cannot be shared, Kubernetes wants a limit, and the request to be the same");
    let entry = format!("{} = {}", literal::key(name), literal::quantity(&request.0));
    let fault = fault.field(limits_at.path().to_string()).help(format!("write `limits {{ {entry} }}` beside it"));
    faults.push(fault.insert("set the limit to the same", limits_at, entry));
}

/// Large pages need a container that asks for CPU or memory as well.
fn huge_pages_alone(asked: &Requirements<'_>, at: &At<'_>) -> Option<Fault> {
    let names = || [asked.limits, asked.requests].into_iter().flatten().flat_map(BTreeMap::keys);
    let pages = names().find(|name| is_huge_pages(name))?;
    if asked.fills_in || names().any(|name| name == "cpu" || name == "memory") {
        return None;
    }
    let message = format!("`{pages}` is asked for without `cpu` or `memory`");
    let side = if asked.limits.is_some_and(|limits| limits.contains_key(pages)) { "limits" } else { "requests" };
    // An overhead is its own limits.
    let (side, field) = (at.field(side), at.path().to_string());
    let place = if asked.is_overhead { at.key(pages) } else { side.key(pages) };
    let fault = Fault::forbidden(codes::HUGE_PAGES_ALONE, &place, message).field(field);
    Some(
        fault
            .note("Kubernetes ranks containers by their CPU and memory, and could not rank one with large pages alone"),
    )
}
