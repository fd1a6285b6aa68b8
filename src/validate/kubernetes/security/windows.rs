//! What security contexts say for Windows.
//!
//! In: the options of a context, and the pod for what containers have in common. Out: faults. Source:
//! `validateWindowsSecurityContextOptions` and `validateWindowsHostProcessPod` in validation.go.

use k8s_openapi::api::core::v1::{PodSpec, SecurityContext, WindowsSecurityContextOptions};

use crate::diagnostics::code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::{defaults, formats, spec};
use crate::validate::literal;
use crate::validate::path::At;

/// What a GMSA credential spec has at most, in bytes.
const LARGEST_SPEC: usize = 64 * 1024;
/// From here on a domain is too long, in bytes.
const DOMAIN_LENGTH: usize = 256;
/// What a user's name has at most, in bytes.
const USER_LENGTH: usize = 104;

/// Checks the options at `at`.
pub fn options(options: Option<&WindowsSecurityContextOptions>, at: &At<'_>, faults: &mut Faults) {
    let Some(options) = options else { return };
    if let Some(name) = &options.gmsa_credential_spec_name {
        let (what, place) = ("the name of a GMSA credential spec", at.field("gmsaCredentialSpecName"));
        let wrong = formats::dns_subdomain(name);
        faults.extend(spec::dns_name_of(code::kubernetes::BAD_CREDENTIAL_SPEC, wrong, what, name, &place));
    }
    if let Some(spec) = &options.gmsa_credential_spec
        && (spec.is_empty() || spec.len() > LARGEST_SPEC)
    {
        let message = match spec.len() {
            0 => "the GMSA credential spec is empty".to_owned(),
            length => format!("the GMSA credential spec has {length} bytes"),
        };
        let place = at.field("gmsaCredentialSpec");
        let note = format!("Kubernetes allows 1 to {LARGEST_SPEC} bytes");
        let fault = Fault::invalid(code::kubernetes::BAD_CREDENTIAL_SPEC, &place, message).note(note);
        faults.push(
            fault.help(
                "leave it out and name the spec with `gmsaCredentialSpecName`: the cluster fills in its contents",
            ),
        );
    }
    if let Some(name) = &options.run_as_user_name
        && let Some(wrong) = wrong_user(name)
    {
        let message =
            if name.is_empty() { "the user has no name".to_owned() } else { format!("the user `{name}` {wrong}") };
        let place = at.field("runAsUserName");
        let fault = Fault::invalid(code::kubernetes::BAD_WINDOWS_USER, &place, message).note(
            "Kubernetes takes `USER` or `DOMAIN\\USER`, as Windows does: a user has at most 104 characters, and none of \
             `\"/\\:;|=,+*?<>@[]`",
        );
        faults.push(with_user(fault, name));
    }
}

/// Says how a user is named. Other systems put a `/` behind the domain.
fn with_user(fault: Fault, name: &str) -> Fault {
    let meant = name.replacen('/', "\\", 1);
    if meant != name && wrong_user(&meant).is_none() {
        let text = literal::text(&meant);
        return fault.help(format!("write `{text}`")).suggest("write the domain before a `\\`", text);
    }
    fault.help(r#"write `"ContainerUser"`, or `"DOMAIN\\USER"`: in a string `\\` is one `\`"#)
}

/// What is wrong with the name of a user.
fn wrong_user(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("has no name");
    }
    if name.bytes().any(|byte| byte.is_ascii_control()) {
        return Some("has a control character in it");
    }
    let (domain, user) = match name.split_once('\\') {
        None => (None, name),
        Some((_, user)) if user.contains('\\') => return Some("has more than one `\\`"),
        Some((domain, user)) => (Some(domain), user),
    };
    if let Some(domain) = domain {
        if domain.len() >= DOMAIN_LENGTH {
            return Some("has a domain that is too long");
        }
        if !is_netbios(domain) && !is_dns(domain) {
            return Some("has a domain that is neither a NetBIOS nor a DNS name");
        }
    }
    if user.is_empty() {
        return Some("has nothing after its domain");
    }
    if user.len() > USER_LENGTH {
        return Some("is too long");
    }
    if user.chars().all(|c| matches!(c, '.' | ' ')) {
        return Some("is made of dots and blanks alone");
    }
    user.contains(['"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']'])
        .then_some("has a character that no user has")
}

fn is_netbios(domain: &str) -> bool {
    let length = domain.chars().count();
    (1..=15).contains(&length)
        && !domain.starts_with('.')
        && !domain.contains(['\\', '/', ':', '*', '?', '"', '<', '>', '|'])
}

fn is_dns(domain: &str) -> bool {
    domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

/// Either all containers are processes of the host or none is; `at` is the spec.
pub fn host_process(spec: &PodSpec, at: &At<'_>, faults: &mut Faults) {
    let of_pod = spec.security_context.as_ref().and_then(|context| context.windows_options.as_ref()?.host_process);
    let own = |context: Option<&SecurityContext>| context?.windows_options.as_ref()?.host_process;
    let (mut with, mut without) = (None, None);
    for (list, index, context) in contexts(spec) {
        let own = own(context);
        let list = at.field(list);
        let container = list.index(index);
        let context = container.field("securityContext");
        let options = context.field("windowsOptions");
        let place = options.field("hostProcess");
        if let (Some(of_pod), Some(own)) = (of_pod, own)
            && of_pod != own
        {
            faults.push(differs(own, of_pod, &place, at));
        }
        if own.or(of_pod) == Some(true) {
            with.get_or_insert_with(|| if own.is_some() { place.path() } else { pod_place(at) });
        } else {
            without.get_or_insert_with(|| container.path());
        }
    }
    let Some(with) = with else { return };
    if let Some(without) = without {
        let message = "either all containers of a pod are processes of the host, or none is";
        let mut fault = Fault::invalid(code::kubernetes::HOST_PROCESS_IN_PART, at, message)
            .field(at.path().to_string())
            .relation()
            .at_key()
            .here("this one is none")
            .note("Windows runs such a pod in the system of the node as a whole, so Kubernetes takes no mixture")
            .help("write `hostProcess = true` once, in `windowsOptions` of the pod's `securityContext`");
        fault.others.push((with.clone(), "this makes a process of the host".to_owned()));
        fault.at = without;
        faults.push(fault);
    }
    if !defaults::host_network(spec) {
        let place = at.field("hostNetwork");
        let message = "processes of the host need the network of the host";
        let mut fault = Fault::invalid(code::kubernetes::HOST_PROCESS_WITHOUT_NETWORK, &place, message)
            .field(place.path().to_string())
            .relation()
            .note("a process of the host has no network of its own on Windows, and Kubernetes wants the pod to say so")
            .help("add `hostNetwork = true` to the pod spec");
        let change = "share the network of the host: `hostNetwork = true`";
        if spec.host_network.is_none() {
            // In the network of the node, names of the cluster are only found if the pod asks for it.
            let dns = if spec.dns_policy.is_none() { ", dnsPolicy = \"ClusterFirstWithHostNet\"" } else { "" };
            fault = fault.insert(change, at, format!("hostNetwork = true{dns}"));
            fault.at = with;
        } else {
            fault = fault.suggest(change, "true");
            fault.others.push((with, "this makes a process of the host".to_owned()));
        }
        faults.push(fault);
    }
}

fn differs(own: bool, of_pod: bool, place: &At<'_>, spec: &At<'_>) -> Fault {
    let message = format!("the container says `hostProcess = {own}`, and the pod says `{of_pod}`");
    let fault = Fault::invalid(code::kubernetes::HOST_PROCESS_DIFFERS, place, message).relation();
    let context = spec.field("securityContext");
    let options = context.field("windowsOptions");
    fault
        .here("the container")
        .other(&options.field("hostProcess"), "the pod")
        .note("all containers of a pod are processes of the host or none is, so Kubernetes wants the two to agree")
        .remove("hostProcess")
        .help("say it once, in `windowsOptions` of the pod's `securityContext`")
}

fn pod_place(spec: &At<'_>) -> crate::validate::path::Path {
    let context = spec.field("securityContext");
    let options = context.field("windowsOptions");
    options.field("hostProcess").path()
}

/// The contexts of all containers, with where they are.
fn contexts(spec: &PodSpec) -> impl Iterator<Item = (&'static str, usize, Option<&SecurityContext>)> {
    let init = spec.init_containers.iter().flatten().enumerate();
    let init = init.map(|(index, container)| ("initContainers", index, container.security_context.as_ref()));
    let regular = spec.containers.iter().enumerate();
    let regular = regular.map(|(index, container)| ("containers", index, container.security_context.as_ref()));
    let ephemeral = spec.ephemeral_containers.iter().flatten().enumerate();
    let ephemeral =
        ephemeral.map(|(index, container)| ("ephemeralContainers", index, container.security_context.as_ref()));
    init.chain(regular).chain(ephemeral)
}
