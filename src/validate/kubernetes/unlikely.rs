//! Amounts that Kubernetes takes, and hardly anybody means.
//!
//! In: a resource and its amount. Out: faults. Always: a name that a device plugin is known to offer is right, and so is every name
//! that is not nearly one. Not here: what the API server refuses or warns of ([`super::amounts`]).

use crate::diagnostics::code::kubernetes as code;
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// What well-known device plugins offer.
const KNOWN: &[&str] = &[
    "nvidia.com/gpu",
    "nvidia.com/gpu.shared",
    "amd.com/gpu",
    "google.com/tpu",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neuroncore",
    "aws.amazon.com/neurondevice",
    "vpc.amazonaws.com/efa",
    "habana.ai/gaudi",
    "gpu.intel.com/i915",
    "gpu.intel.com/xe",
];
/// By how many characters two parts of a name may differ in length.
const NEAR: usize = 2;
/// Below so many bytes no program can be started.
const FEWEST_BYTES: i128 = 1024 * 1024;
/// From here on a number of cores is more than nearly all nodes have.
const MOST_CORES: i128 = 200;
/// From here on a number without a unit is more likely one of mebibytes than of gibibytes.
const MANY: i128 = 64;

/// A name that is nearly one that a device plugin offers. No node has such a resource, so the pod waits for ever.
#[must_use]
pub fn name(name: &str, at: &At<'_>) -> Option<Fault> {
    if !name.contains('/') || KNOWN.contains(&name) {
        return None;
    }
    let meant = closest(name, KNOWN.iter().copied().filter(|known| is_near(name, known)))?;
    let fault = Fault::found(code::NEARLY_A_RESOURCE, at, format!("no device plugin is known that offers `{name}`"))
        .at_key()
        .note("Kubernetes takes any name with a domain, and the pod waits for a node that has such a resource");
    Some(fault.did_you_mean(name, meant, true))
}

/// Whether a name may be a slip of the pen: the domain or what is behind it is the same, and the rest nearly is.
fn is_near(name: &str, known: &str) -> bool {
    let (Some((domain, rest)), Some((known_domain, known_rest))) = (name.split_once('/'), known.split_once('/')) else {
        return false;
    };
    let alike = |left: &str, right: &str| left.len().abs_diff(right.len()) <= NEAR && closest(left, [right]).is_some();
    (domain == known_domain && alike(rest, known_rest)) || (rest == known_rest && alike(domain, known_domain))
}

/// An amount without a unit that is too small to be one of bytes.
#[must_use]
pub fn few_bytes(name: &str, text: &str, bytes: i128, at: &At<'_>) -> Option<Fault> {
    let counted = matches!(name, "memory" | "ephemeral-storage");
    let bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !counted || !bare || !(1..FEWEST_BYTES).contains(&bytes) {
        return None;
    }
    let better = format!("{bytes}{}", if bytes < MANY { "Gi" } else { "Mi" });
    let fault = Fault::found(code::FEW_BYTES, at, format!("`{name}` of `{text}` is {bytes} bytes"))
        .note("Kubernetes takes a number without a unit for bytes, and no program can be started in so few")
        .help(format!("did you mean `{better}`?"));
    Some(fault.suggest(format!("write `{better}`"), literal::quantity(&better)))
}

/// A number of cores without a unit that is more likely one of thousandths.
#[must_use]
pub fn many_cores(name: &str, text: &str, cores: i128, at: &At<'_>) -> Option<Fault> {
    let bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if name != "cpu" || !bare || cores < MOST_CORES {
        return None;
    }
    let better = format!("{cores}m");
    let fault = Fault::found(code::MANY_CORES, at, format!("`cpu` of `{text}` is {cores} whole cores"))
        .note("Kubernetes takes a number without a unit for cores, and the pod waits for a node that has so many")
        .help(format!("did you mean `{better}`? A thousandth of a core has the unit `m`"));
    Some(fault.suggest(format!("write `{better}`"), literal::quantity(&better)))
}

/// What may be behind a request over its limit: an amount in a unit that nobody means. Then that is told with it, and not once more.
#[must_use]
pub fn behind(mut conflict: Fault, faults: &mut Faults) -> Fault {
    let is_odd = |fault: &Fault| [code::FEW_BYTES, code::MANY_CORES, code::FRACTIONAL_BYTES].contains(&fault.code);
    for odd in faults.iter_mut().filter(|fault| is_odd(fault)) {
        if odd.at == conflict.at {
            conflict.here.clone_from(&odd.message);
            conflict.replacement.clone_from(&odd.replacement);
        } else if let Some((at, label)) = conflict.others.iter_mut().find(|(at, _)| *at == odd.at) {
            // The odd one is what has to be mended, wherever Kubernetes sees the conflict.
            conflict.field = conflict.field.or_else(|| Some(conflict.at.to_string()));
            std::mem::swap(at, &mut conflict.at);
            *label = std::mem::replace(&mut conflict.here, odd.message.clone());
            conflict.replacement.clone_from(&odd.replacement);
        } else {
            continue;
        }
        odd.echo = true;
        conflict.notes.append(&mut odd.notes);
        conflict.help.clone_from(&odd.help);
    }
    conflict
}

#[cfg(test)]
mod tests {
    use super::{few_bytes, many_cores, name};
    use crate::validate::path::At;

    #[test]
    fn names_that_are_nearly_known_are_found() {
        let meant = |written| name(written, &At::root()).map(|fault| fault.help);
        let help = |name: &str| Some(vec![format!("did you mean `{name}`?")]);
        assert_eq!(meant("nvida.com/gpu"), help("nvidia.com/gpu"));
        assert_eq!(meant("nvidia.com/gpus"), help("nvidia.com/gpu"));
        for right in ["nvidia.com/gpu", "nvidia.com/mig-1g.5gb", "intel.com/gpu", "acme.io/fpga", "cpu"] {
            assert_eq!(meant(right), None, "{right}");
        }
    }

    #[test]
    fn a_few_bytes_are_found_where_no_unit_is() {
        let is_odd = |name, text: &str, bytes| few_bytes(name, text, bytes, &At::root()).is_some();
        assert!(is_odd("memory", "2", 2) && is_odd("ephemeral-storage", "512", 512));
        assert!(!is_odd("memory", "0", 0) && !is_odd("memory", "1Ki", 1024) && !is_odd("cpu", "2", 2));
        assert!(!is_odd("memory", "1073741824", 1_073_741_824));
    }

    #[test]
    fn many_cores_are_found_where_no_unit_is() {
        let is_odd = |text: &str, cores| many_cores("cpu", text, cores, &At::root()).is_some();
        assert!(is_odd("500", 500));
        assert!(!is_odd("96", 96) && !is_odd("500000m", 500));
    }
}
