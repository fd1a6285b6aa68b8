//! Volumes that are put together of several sources.
//!
//! In: a projected volume, and the pod. Out: faults. Always: a source that is dropped because a gate is off is not looked at.
//! Source: `validateProjectedVolumeSource` and `validateProjectionSources` in validation.go,
//! `warningsForOverlappingVirtualPaths` in pkg/api/pod/warnings.go. Not here: names of signers ([`super::signers`]).

use k8s_openapi::api::core::v1::{
    ClusterTrustBundleProjection, KeyToPath, PodCertificateProjection, ProjectedVolumeSource,
    ServiceAccountTokenProjection, VolumeProjection,
};
use rustc_hash::FxHashMap;

use super::files::{items, name_of};
use super::overlaps::Paths;
use super::{downward, signers};
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::paths::{known_as, mode, of_file, required};
use crate::validate::kubernetes::words::one_of;
use crate::validate::kubernetes::{Pod, selectors};
use crate::validate::path::{At, Path};

/// Checks a volume.
pub fn check(pod: &Pod<'_>, volume: &ProjectedVolumeSource, at: &At<'_>, faults: &mut Faults) {
    faults.extend(mode(volume.default_mode, &at.field("defaultMode")));
    let list = at.field("sources");
    let mut taken = Taken { volume: at, exact: FxHashMap::default(), paths: Paths::default() };
    for (index, source) in volume.sources.iter().flatten().enumerate() {
        let at = list.index(index);
        check_source(pod, source, &at, &mut taken, faults);
        faults.extend(several(pod, source, &at));
    }
}

/// The paths that sources have taken so far.
struct Taken<'p> {
    /// Where the volume is: what Kubernetes names as the place of a path that is taken.
    volume: &'p At<'p>,
    exact: FxHashMap<&'p str, Path>,
    paths: Paths<'p>,
}

impl<'p> Taken<'p> {
    /// Takes the path at `at`; no other source may have taken it.
    fn take(&mut self, path: &'p str, at: &At<'_>, faults: &mut Faults) {
        if let Some(first) = self.exact.get(path) {
            let message = format!("two sources make the file `{path}`");
            let mut fault = Fault::invalid(codes::FILE_TWICE, at, message).relation().echo(path.is_empty());
            fault.others.push((first.clone(), "the first of them".to_owned()));
            let fault = fault.here("the same path again").note(
                "all sources of a projected volume are in one folder, and Kubernetes does not choose between two \
                 files of one name",
            );
            let help = format!("give one of them another `path`, such as `other/{path}`");
            faults.push(fault.field(self.volume.path().to_string()).help(help));
            return;
        }
        self.exact.insert(path, at.path());
        faults.extend(self.paths.add(path, at));
    }
}

fn check_source<'p>(
    pod: &Pod<'_>,
    source: &'p VolumeProjection,
    at: &At<'_>,
    taken: &mut Taken<'p>,
    faults: &mut Faults,
) {
    if let Some(secret) = &source.secret {
        let at = at.field("secret");
        required(&secret.name, "a `secret`", "name", &at, faults);
        faults.extend(name_of(&secret.name, "secret", &at.field("name")));
        of_keys(secret.items.as_deref(), &at, taken, faults);
    }
    if let Some(config) = &source.config_map {
        let at = at.field("configMap");
        required(&config.name, "a `configMap`", "name", &at, faults);
        faults.extend(name_of(&config.name, "config map", &at.field("name")));
        of_keys(config.items.as_deref(), &at, taken, faults);
    }
    if let Some(source) = &source.downward_api {
        let at = at.field("downwardAPI");
        let list = at.field("items");
        for (index, file) in source.items.iter().flatten().enumerate() {
            let here = list.index(index);
            downward::file(pod, file, &here, &at, faults);
            if !file.path.is_empty() {
                taken.take(&file.path, &here.field("path"), faults);
            }
        }
    }
    if let Some(token) = &source.service_account_token {
        service_account_token(token, &at.field("serviceAccountToken"), taken, faults);
    }
    if let Some(bundle) = source.cluster_trust_bundle.as_ref().filter(|_| pod.features.cluster_trust_bundle_projection)
    {
        cluster_trust_bundle(bundle, &at.field("clusterTrustBundle"), taken, faults);
    }
    if let Some(certificate) = source.pod_certificate.as_ref().filter(|_| pod.features.pod_certificate_request) {
        pod_certificate(certificate, &at.field("podCertificate"), taken, faults);
    }
}

fn of_keys<'p>(files: Option<&'p [KeyToPath]>, at: &At<'_>, taken: &mut Taken<'p>, faults: &mut Faults) {
    let files = files.unwrap_or_default();
    items(files, at, faults);
    let list = at.field("items");
    for (index, file) in files.iter().enumerate().filter(|(_, file)| !file.path.is_empty()) {
        let here = list.index(index);
        taken.take(&file.path, &here.field("path"), faults);
    }
}

/// A source is of one kind; one of no kind is warned about.
fn several(pod: &Pod<'_>, source: &VolumeProjection, at: &At<'_>) -> Option<Fault> {
    let VolumeProjection {
        secret,
        config_map,
        downward_api,
        service_account_token,
        cluster_trust_bundle,
        pod_certificate,
    } = source;
    let all = [
        ("secret", secret.is_some(), true),
        ("configMap", config_map.is_some(), true),
        ("downwardAPI", downward_api.is_some(), true),
        ("serviceAccountToken", service_account_token.is_some(), true),
        ("clusterTrustBundle", cluster_trust_bundle.is_some(), pod.features.cluster_trust_bundle_projection),
        ("podCertificate", pod_certificate.is_some(), pod.features.pod_certificate_request),
    ];
    if all.iter().all(|(_, there, _)| !there) {
        let fault = Fault::found(codes::PROJECTION_OF_NOTHING, at, "a source that does not say what it is of");
        let fault = fault.note("Kubernetes takes it, and makes no file of it");
        return Some(fault.relation().help("name one: `secret`, `configMap`, `downwardAPI` or `serviceAccountToken`"));
    }
    let mut kept = all.iter().filter(|(_, there, known)| *there && *known);
    let ((first, ..), (second, ..)) = (kept.next()?, kept.next()?);
    let message = format!("one source is of two kinds, `{first}` and `{second}`");
    let fault =
        Fault::forbidden(codes::SEVERAL_VOLUME_SOURCES, &at.field(second), message).field(at.path().to_string());
    Some(
        fault
            .here("another kind")
            .other(&at.field(first), "the element is of this kind already")
            .note(
                "Kubernetes takes one kind for each element of `sources`; the volume shows all elements in one folder",
            )
            .help(format!(
                "make it an element of its own: `sources = [{{ {first} {{ … }} }}, {{ {second} {{ … }} }}]`"
            )),
    )
}

/// Checks a token. Kubernetes names a path of the volume as the place of its path, and does not ask whether it is taken.
fn service_account_token<'p>(
    source: &'p ServiceAccountTokenProjection,
    at: &At<'_>,
    taken: &mut Taken<'p>,
    faults: &mut Faults,
) {
    const SHORTEST: i64 = 600;
    const LONGEST: i64 = 1 << 32;
    if let Some(seconds) = source.expiration_seconds.filter(|seconds| !(SHORTEST..=LONGEST).contains(seconds)) {
        let message = if seconds < SHORTEST {
            format!("a token lives for 600 seconds at least, not for {seconds}")
        } else {
            format!("a token lives for {LONGEST} seconds at most, not for {seconds}")
        };
        let nearest = if seconds < SHORTEST { SHORTEST } else { LONGEST };
        let fault = Fault::invalid(code::OUT_OF_RANGE, &at.field("expirationSeconds"), message)
            .note("Kubernetes exchanges a token in time before it expires, for which it needs some minutes at least");
        faults.push(
            fault
                .help("write `expirationSeconds = 3600`, which is the default")
                .suggest(format!("write {nearest}"), nearest.to_string()),
        );
    }
    let before = faults.len();
    required(&source.path, "a `serviceAccountToken`", "path", at, faults);
    of_file(&source.path, &at.field("path"), faults);
    if faults.len() > before {
        known_as(faults, before, at, &taken.volume.path().to_string());
    }
    faults.extend(taken.paths.add(&source.path, &at.field("path")));
}

fn cluster_trust_bundle<'p>(
    bundle: &'p ClusterTrustBundleProjection,
    at: &At<'_>,
    taken: &mut Taken<'p>,
    faults: &mut Faults,
) {
    match (&bundle.name, &bundle.signer_name) {
        (Some(_), Some(_)) => {
            let message = "a trust bundle is found either by `name` or by `signerName`";
            let fault = Fault::invalid(codes::BAD_TRUST_BUNDLE, &at.field("signerName"), message).relation();
            let fault = fault.at_key().field(at.path().to_string()).other(&at.field("name"), "named here already");
            faults.push(
                fault
                    .note("a name means one bundle, a signer all bundles that it has signed")
                    .help("leave one of them out"),
            );
        }
        (Some(name), None) => {
            required(name, "a `clusterTrustBundle`", "name", at, faults);
            faults.extend(signers::bundle_name(name, &at.field("name")).map(|fault| fault.echo(name.is_empty())));
            if bundle.label_selector.is_some() {
                let message = "a trust bundle that is named cannot be selected by labels";
                let fault = Fault::invalid(codes::BAD_TRUST_BUNDLE, &at.field("labelSelector"), message);
                let fault = fault.relation().at_key().other(&at.field("name"), "this names the one bundle");
                faults.push(
                    fault
                        .note("labels choose among the bundles of a signer")
                        .help("leave `labelSelector` out, or write `signerName` in place of `name`"),
                );
            }
        }
        (None, Some(signer)) => {
            signers::signer_name(signer, "a `clusterTrustBundle`", at, faults);
            if let Some(selector) = &bundle.label_selector {
                selectors::check(selector, &at.field("labelSelector"), faults);
            }
        }
        (None, None) => {
            let message = "a `clusterTrustBundle` needs `name` or `signerName`";
            let fault = Fault::required(code::MISSING_FIELD, at, message);
            faults.push(
                fault
                    .note("a name means one bundle, a signer all bundles that it has signed")
                    .help("add `name = \"…\"`, or `signerName = \"example.com/my-signer\"`"),
            );
        }
    }
    required(&bundle.path, "a `clusterTrustBundle`", "path", at, faults);
    of_file(&bundle.path, &at.field("path"), faults);
    taken.take(&bundle.path, &at.field("path"), faults);
}

fn pod_certificate<'p>(
    certificate: &'p PodCertificateProjection,
    at: &At<'_>,
    taken: &mut Taken<'p>,
    faults: &mut Faults,
) {
    const KEYS: &[&str] = &["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
    signers::signer_name(&certificate.signer_name, "a `podCertificate`", at, faults);
    let key = certificate.key_type.as_str();
    faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, key, KEYS, &at.field("keyType")));
    if let Some(seconds) = certificate.max_expiration_seconds {
        faults.extend(signers::lifetime(seconds, &certificate.signer_name, &at.field("maxExpirationSeconds")));
    }
    let paths = [
        ("credentialBundlePath", &certificate.credential_bundle_path),
        ("keyPath", &certificate.key_path),
        ("certificateChainPath", &certificate.certificate_chain_path),
    ];
    let mut written = 0;
    for (field, path) in paths {
        let Some(path) = path.as_deref().filter(|path| !path.is_empty()) else { continue };
        written += 1;
        of_file(path, &at.field(field), faults);
        taken.take(path, &at.field(field), faults);
    }
    if written == 0 {
        let message =
            "a `podCertificate` needs a file: `credentialBundlePath`, or `keyPath` and `certificateChainPath`";
        let fault = Fault::required(code::MISSING_FIELD, at, message);
        faults.push(
            fault
                .note("Kubernetes writes the key and the certificates into files of the volume")
                .help("add `credentialBundlePath = \"credentials.pem\"`, which has them all"),
        );
    }
}
