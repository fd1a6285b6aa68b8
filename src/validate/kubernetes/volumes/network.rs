//! Volumes over a network: NFS, iSCSI, Fibre Channel, and drivers that are programs on the node.
//!
//! In: a source of a volume. Out: faults. Source: the function of validation.go that each function names. Not here: whether
//! anything answers there.

use k8s_openapi::api::core::v1::{FCVolumeSource, FlexVolumeSource, ISCSIVolumeSource, NFSVolumeSource};

use super::disks::byte;
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::paths::required;
use crate::validate::literal;
use crate::validate::path::At;

/// Checks a folder of an NFS server: `validateNFSVolumeSource`.
pub fn nfs(share: &NFSVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&share.server, "an `nfs` volume", "server", at, faults);
    required(&share.path, "an `nfs` volume", "path", at, faults);
    if !share.path.starts_with('/') {
        let message = format!("the path `{}` on the server has to be absolute", share.path);
        let fault = Fault::invalid(codes::PATH_IS_RELATIVE, &at.field("path"), message)
            .echo(share.path.is_empty())
            .note("a server of NFS knows what it exports by paths from its own `/`");
        let path = format!("/{}", share.path.trim_start_matches("./"));
        faults.push(fault.help(format!("write `{path}`")).replace("begin at the server's `/`", literal::text(&path)));
    }
}

/// Checks a disk of iSCSI: `validateISCSIVolumeSource`.
pub fn iscsi(disk: &ISCSIVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&disk.target_portal, "an `iscsi` volume", "targetPortal", at, faults);
    required(&disk.iqn, "an `iscsi` volume", "iqn", at, faults);
    if !disk.iqn.is_empty() {
        faults.extend(iscsi_name(&disk.iqn, &at.field("iqn")));
    }
    faults.extend(byte(disk.lun, "`lun`", &at.field("lun")));
    let login = [(disk.chap_auth_discovery, "chapAuthDiscovery"), (disk.chap_auth_session, "chapAuthSession")];
    let login = login.into_iter().find(|(on, _)| *on == Some(true));
    if let Some((_, by)) = login.filter(|_| disk.secret_ref.is_none()) {
        let message = format!("`{by}` needs `secretRef`, which has the name and password");
        let fault = Fault::required(code::MISSING_FIELD, &at.field("secretRef"), message);
        faults.push(
            fault
                .other(&at.field(by), "asks for it")
                .note(
                    "with CHAP the node logs in to the target, by a name and password that Kubernetes reads from \
                     a secret",
                )
                .help("add `secretRef { name = \"…\" }` with a secret of the type `kubernetes.io/iscsi-chap`"),
        );
    }
    if let Some(name) = &disk.initiator_name {
        let field = at.field("initiatorname").path().to_string();
        faults.extend(iscsi_name(name, &at.field("initiatorName")).map(|fault| fault.field(field)));
    }
}

/// The name of the volume and the portal together have to be short where the initiator has a name: part of
/// `validateVolumeSource`. The message of Kubernetes says "under 64", and 64 is allowed.
#[must_use]
pub fn iscsi_with_name(disk: &ISCSIVolumeSource, name: &str, volume: &At<'_>) -> Option<Fault> {
    const MOST: usize = 64;
    disk.initiator_name.as_ref()?;
    let length = name.len() + 1 + disk.target_portal.len();
    (length > MOST).then(|| {
        let message = format!("`{name}:{}` has {length} characters, and {MOST} are allowed", disk.target_portal);
        Fault::invalid(codes::BAD_ISCSI_NAME, &volume.field("name"), message)
            .relation()
            .note("with `initiatorName`, the node names its interface after the volume and the portal")
            .help("give the volume a shorter name")
    })
}

/// The name of a target or of an initiator.
fn iscsi_name(name: &str, at: &At<'_>) -> Option<Fault> {
    let right = match name.get(..3) {
        Some("iqn") => is_qualified(name),
        // The server's pattern takes any character for the point.
        Some("eui") => is_number(name, 16),
        Some("naa") => is_number(name, 32),
        _ => false,
    };
    (!right).then(|| {
        Fault::invalid(codes::BAD_ISCSI_NAME, at, format!("`{name}` is no name of iSCSI"))
            .note(
                "Kubernetes takes what the standard of iSCSI has: `iqn.YEAR-MONTH.DOMAIN:NAME`, `eui.` and 16 or \
                 `naa.` and 32 letters and digits",
            )
            .help("write it as the target shows it, such as `iqn.2001-04.com.example:disk`")
    })
}

/// Whether a name is a prefix of three letters, one character, and so many letters and digits.
fn is_number(name: &str, digits: usize) -> bool {
    let mut rest = name.chars().skip(3);
    rest.next().is_some_and(|point| point != '\n')
        && rest.clone().count() == digits
        && rest.all(|c| c.is_ascii_alphanumeric())
}

/// Whether a text ends with `iqn.YYYY-MM.DOMAIN:NAME`; the server looks nowhere but at the end.
fn is_qualified(name: &str) -> bool {
    name.match_indices("iqn.").any(|(at, _)| name.get(at..).is_some_and(is_qualified_from))
}

fn is_qualified_from(name: &str) -> bool {
    let mut rest = name.bytes().skip("iqn.".len());
    let date = |bytes: &mut dyn Iterator<Item = u8>| {
        "dddd-dd.".bytes().all(|form| {
            bytes.next().is_some_and(|byte| if form == b'd' { byte.is_ascii_digit() } else { byte == form })
        })
    };
    if !date(&mut rest) {
        return false;
    }
    let rest = name.get("iqn.dddd-dd.".len()..).unwrap_or_default();
    let Some((domain, name)) = rest.split_once(':') else { return false };
    let in_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let in_name = |c: char| !matches!(c, ',' | ';' | '*' | '&' | '$' | '|' | ' ' | '\t' | '\n' | '\r' | '\u{c}');
    !domain.is_empty() && domain.chars().all(in_domain) && !name.is_empty() && name.chars().all(in_name)
}

/// Checks a disk of Fibre Channel: `validateFCVolumeSource`.
pub fn fibre_channel(disk: &FCVolumeSource, at: &At<'_>, faults: &mut Faults) {
    let has = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let place = at.field("targetWWNs");
    match (has(&disk.target_wwns), has(&disk.wwids)) {
        (false, false) => {
            let message = "an `fc` volume needs `targetWWNs` and `lun`, or `wwids`";
            let fault = Fault::required(code::MISSING_FIELD, &place, message);
            faults.push(
                fault
                    .note("by one of them the node finds the disk")
                    .help("write `wwids = [\"…\"]`, or `targetWWNs = [\"…\"], lun = 0`"),
            );
        }
        (true, true) => {
            let message = "an `fc` volume has either `targetWWNs` or `wwids`";
            let fault = Fault::invalid(codes::TWO_WAYS_TO_A_DISK, &place, message).relation().at_key();
            faults.push(
                fault
                    .here("found by the ports of its target")
                    .other(&at.field("wwids"), "and by its own number")
                    .note("the two could name different disks, and Kubernetes does not choose")
                    .help("leave one of them out"),
            );
        }
        _ => {}
    }
    if has(&disk.target_wwns) {
        let lun = at.field("lun");
        let missing = || without_lun(&lun, &place, at);
        faults.extend(disk.lun.map_or_else(|| Some(missing()), |number| byte(number, "`lun`", &lun)));
    }
}

fn without_lun(lun: &At<'_>, targets: &At<'_>, disk: &At<'_>) -> Fault {
    Fault::required(code::MISSING_FIELD, lun, "`targetWWNs` needs a `lun`")
        .other(targets, "needs it")
        .note("a target has several disks, and Kubernetes does not guess which")
        .help("add `lun = 0` for the first")
        .insert("take the first disk: `lun = 0`", disk, "lun = 0")
}

/// Checks a volume of a program on the node: `validateFlexVolumeSource`.
pub fn flex(volume: &FlexVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&volume.driver, "a `flexVolume`", "driver", at, faults);
    let options = at.field("options");
    for key in volume.options.iter().flat_map(|options| options.keys()) {
        let domain = key.split_once('/').map_or(key.as_str(), |(domain, _)| domain).to_ascii_lowercase();
        let reserved = ["kubernetes.io", "k8s.io"]
            .into_iter()
            .any(|of| domain.strip_suffix(of).is_some_and(|before| before.is_empty() || before.ends_with('.')));
        if reserved {
            let message = format!("the option `{key}` is in a domain that Kubernetes keeps for itself");
            let fault = Fault::invalid(codes::RESERVED_OPTION, &options.key(key), message).at_key();
            faults.push(
                fault
                    .note(
                        "the kubelet itself passes options of these domains to the driver: the name of the pod, \
                         its secrets",
                    )
                    .help(
                        "use the name that the driver documents for it, which is in a domain of the driver's or \
                         in none",
                    ),
            );
        }
    }
}
