//! Names of those who sign certificates, and of the bundles of certificates that can be trusted.
//!
//! In: a name. Out: faults. Source: `ValidateSignerName`, `ValidateClusterTrustBundleName` and `IsKubernetesSignerName` in
//! pkg/apis/core/validation/names.go; lifetimes in `validateProjectionSources`. Not here: whether the cluster has such a signer.

use crate::diagnostics::code::{self, kubernetes as codes};
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::kubernetes::formats::{SUBDOMAIN_LENGTH, dns_label, dns_subdomain};
use crate::validate::kubernetes::paths::required;
use crate::validate::path::At;

const FORM: &str =
    "a signer has a name such as `example.com/my-signer`: a domain of two parts at least, a `/`, and a name";

/// Checks the name of a signer; `owner`, which is at `at`, needs it.
pub fn signer_name(name: &str, owner: &str, at: &At<'_>, faults: &mut Faults) {
    /// A domain, a `/`, a namespace, a `.` and a name.
    const LONGEST: usize = SUBDOMAIN_LENGTH + 1 + 63 + 1 + SUBDOMAIN_LENGTH;
    required(name, owner, "signerName", at, faults);
    if name.is_empty() {
        return;
    }
    let at = at.field("signerName");
    let (domain, path) = match name.split_once('/') {
        Some((domain, path)) if !path.contains('/') => (domain, path),
        _ => {
            faults.push(bad(name, &at));
            return;
        }
    };
    let wrong_domain = !domain.contains('.') || domain.split('.').any(|part| dns_label(part).is_some());
    if wrong_domain || path.split('.').any(|part| dns_subdomain(part).is_some()) {
        faults.push(bad(name, &at));
    }
    if domain.len() > SUBDOMAIN_LENGTH || name.len() > LONGEST {
        let message = format!("the name of a signer has {} characters, more than can be", name.len());
        let note =
            format!("for Kubernetes a domain has at most {SUBDOMAIN_LENGTH} characters, and all of it {LONGEST}");
        let fault = Fault::refused(codes::BAD_SIGNER_NAME, Reason::TooLong, &at, message).note(note);
        faults.push(fault.help("write the name of a signer that the cluster has, which is shorter"));
    }
}

fn bad(name: &str, at: &At<'_>) -> Fault {
    let fault = Fault::invalid(codes::BAD_SIGNER_NAME, at, format!("`{name}` is no name of a signer")).note(FORM);
    if name.contains('/') {
        fault.help("write it as the signer is configured, such as `kubernetes.io/kube-apiserver-client-pod`")
    } else {
        fault.help(format!("put the domain of the signer in front: `example.com/{}`", name.to_lowercase()))
    }
}

/// The name of a bundle: a DNS subdomain, behind the name of its signer with `:` for `/` if it has one.
#[must_use]
pub fn bundle_name(name: &str, at: &At<'_>) -> Option<Fault> {
    let (signer, own) = name.rsplit_once(':').unwrap_or(("", name));
    let wrong_signer = name.contains(':') && (signer.is_empty() || signer.contains('/'));
    (wrong_signer || dns_subdomain(own).is_some()).then(|| {
        Fault::invalid(codes::BAD_TRUST_BUNDLE, at, format!("`{name}` is no name of a trust bundle"))
            .note(
                "Kubernetes takes lower-case letters, digits, `-` and `.`; the bundle of a signer has the signer \
                 in front, with `:` for its `/`",
            )
            .help(
                "write it as `kubectl get clustertrustbundles` shows it: `my-bundle`, or \
                 `example.com:my-signer:my-bundle`",
            )
    })
}

/// How long a certificate may live, in seconds.
#[must_use]
pub fn lifetime(seconds: i32, signer: &str, at: &At<'_>) -> Option<Fault> {
    const SHORTEST: i32 = 3600;
    let domain = signer.split('/').next().unwrap_or_default();
    let of_kubernetes = domain == "kubernetes.io" || domain.ends_with(".kubernetes.io");
    let longest = if of_kubernetes { 86_400 } else { 7_862_400 };
    (!(SHORTEST..=longest).contains(&seconds)).then(|| {
        let message =
            format!("a certificate of this signer lives for {SHORTEST} to {longest} seconds, not for {seconds}");
        let nearest = seconds.clamp(SHORTEST, longest);
        Fault::invalid(code::OUT_OF_RANGE, at, message)
            .note("Kubernetes lets signers of its own give a day at most, and all others 91 days")
            .help("write how long it may live, in seconds: a day has 86400")
            .suggest(format!("write {nearest}"), nearest.to_string())
    })
}
