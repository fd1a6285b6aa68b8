//! Profiles of seccomp and `AppArmor`.
//!
//! In: a profile. Out: faults. Source: `validateSeccompProfileField` and `ValidateAppArmorProfileField` in validation.go. Not here:
//! the annotations that once said the same.

use k8s_openapi::api::core::v1::{AppArmorProfile, SeccompProfile};

use crate::diagnostics::code;
use crate::validate::fault::{Fault, Faults, Reason};
use crate::validate::kubernetes::formats;
use crate::validate::kubernetes::words::one_of;
use crate::validate::literal;
use crate::validate::path::At;

/// The types of both.
const TYPES: &[&str] = &["Localhost", "RuntimeDefault", "Unconfined"];
/// What a path has at most, in bytes.
const LONGEST_PATH: usize = 4095;

/// Checks the seccomp profile at `at`.
pub fn seccomp(profile: Option<&SeccompProfile>, at: &At<'_>, faults: &mut Faults) {
    let Some(profile) = profile else { return };
    kind("seccomp", &profile.type_, at, faults);
    let path = at.field("localhostProfile");
    match (profile.type_.as_str(), profile.localhost_profile.as_deref()) {
        ("Localhost", None) => faults.push(unnamed("seccomp", at)),
        ("Localhost", Some(file)) => {
            if let Some(wrong) = formats::descending_path(file) {
                let message = format!("the path `{file}` of a seccomp profile {wrong}");
                let note = "Kubernetes takes a path below the folder `seccomp` of the kubelet, without `..`";
                let fault = Fault::invalid(code::kubernetes::BAD_PROFILE_PATH, &path, message).note(note);
                faults.push(below_seccomp(file, fault));
            }
        }
        // Of a type that there is not, no more can be said.
        (other, Some(_)) => faults.push(idle(other, at).echo(!TYPES.contains(&other))),
        (_, None) => {}
    }
}

/// Says how the path of a seccomp profile is written. Who gives the whole path means what is behind the kubelet's folder.
fn below_seccomp(file: &str, fault: Fault) -> Fault {
    const FOLDER: &str = "/seccomp/";
    let behind = file.split_once(FOLDER).map(|(_, behind)| behind.trim_start_matches('/'));
    match behind.filter(|behind| !behind.is_empty() && formats::descending_path(behind).is_none()) {
        Some(behind) => fault
            .help(format!("write what is behind this folder: `{behind}`"))
            .suggest(format!("write `{behind}`"), literal::text(behind)),
        None => fault.help("put the file below this folder on the nodes, and write `profiles/audit.json`"),
    }
}

/// Checks the `AppArmor` profile at `at`.
pub fn app_armor(profile: Option<&AppArmorProfile>, at: &At<'_>, faults: &mut Faults) {
    let Some(profile) = profile else { return };
    kind("AppArmor", &profile.type_, at, faults);
    match (profile.type_.as_str(), profile.localhost_profile.as_deref()) {
        ("Localhost", None) => faults.push(unnamed("AppArmor", at)),
        ("Localhost", Some(name)) => loaded(name, at, faults),
        ("RuntimeDefault" | "Unconfined", Some(_)) => faults.push(idle(&profile.type_, at)),
        _ => {}
    }
}

fn kind(which: &str, kind: &str, at: &At<'_>, faults: &mut Faults) {
    let at = at.field("type");
    if kind.is_empty() {
        let message = format!("the {which} profile needs a `type`");
        let help = "write `type = \"RuntimeDefault\"` for the profile of the container runtime";
        let note = format!("Kubernetes knows {}", formats::listed(TYPES));
        faults.push(Fault::required(code::MISSING_FIELD, &at, message).note(note).help(help));
    } else {
        faults.extend(one_of(code::kubernetes::UNKNOWN_WORD, kind, TYPES, &at));
    }
}

fn unnamed(which: &str, at: &At<'_>) -> Fault {
    let place = at.field("localhostProfile");
    let message = format!("the {which} profile is one of the node, but nothing says which");
    let fault = Fault::required(code::kubernetes::UNNAMED_PROFILE, &place, message)
        .other(&at.field("type"), "`Localhost` takes a profile of the node")
        .note("Kubernetes keeps no profiles: the file or name is how the node finds the one that is meant")
        .suggest_at(
            "take the profile of the container runtime: `type = \"RuntimeDefault\"`",
            &at.field("type"),
            "\"RuntimeDefault\"",
        )
        .at_key();
    match which {
        "seccomp" => fault.help(
            "add `localhostProfile = \"…\"` with a path below the folder `seccomp` of the kubelet, or write `type = \
             \"RuntimeDefault\"`",
        ),
        _ => fault.help(
            "add `localhostProfile = \"…\"` with the name of a profile that is loaded on the node, or write `type = \
             \"RuntimeDefault\"`",
        ),
    }
}

fn idle(kind: &str, at: &At<'_>) -> Fault {
    let message = format!("a profile of the type `{kind}` has no `localhostProfile`");
    Fault::invalid(code::kubernetes::IDLE_PROFILE, &at.field("localhostProfile"), message)
        .relation()
        .at_key()
        .other(&at.field("type"), "the type is set here")
        .note("Kubernetes takes a profile of the node only with the type `Localhost`")
        .help("write `type = \"Localhost\"` to use this profile, or leave `localhostProfile` out")
        .remove("localhostProfile")
        .suggest_at("take the profile of the node: `type = \"Localhost\"`", &at.field("type"), "\"Localhost\"")
}

/// The name of a profile that is loaded on the node.
fn loaded(name: &str, at: &At<'_>, faults: &mut Faults) {
    let at = &at.field("localhostProfile");
    let trimmed = name.trim();
    if trimmed != name {
        let message = format!("the name `{name}` of an AppArmor profile has blanks around it");
        let fault = Fault::invalid(code::kubernetes::BAD_PROFILE_PATH, at, message).note(
            "Kubernetes compares the name with those of the profiles on the node letter by letter, and none \
             begins or ends so",
        );
        faults.push(match trimmed {
            "" => fault.help("give the name of a profile that is loaded on the node"),
            name if is_plain(name) => {
                fault.help("take the blanks away").replace("take the blanks away", literal::text(name))
            }
            _ => fault.help("take the blanks away"),
        });
    } else if name.is_empty() {
        let message = "the name of an AppArmor profile is empty";
        let help = "give the name of a profile that is loaded on the node";
        let fault = Fault::required(code::kubernetes::UNNAMED_PROFILE, at, message);
        faults.push(fault.note("the node looks for a profile of this name, and none has an empty one").help(help));
    }
    if name.len() > LONGEST_PATH {
        let message = format!("the name of an AppArmor profile has {} characters", name.len());
        let note = format!("Kubernetes allows {LONGEST_PATH}");
        let fault = Fault::refused(code::kubernetes::BAD_PROFILE_PATH, Reason::TooLong, at, message).note(note);
        faults.push(fault.help("give the name of a profile that is loaded on the node, and not the profile itself"));
    }
}

/// Whether a text stands between quotes as it is.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/'))
}
