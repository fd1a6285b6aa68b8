//! Values that volumes and mounts share: what has to be there, paths, modes of files; and places that Kubernetes names otherwise.
//!
//! In: a value, and its place. Out: faults. Source: `validateLocalDescendingPath`, `validatePathNoBacksteps`,
//! `ValidateLocalNonReservedPath` and the checks of file modes in validation.go. Not here: what is at a path.

use super::formats::{dns_label, dns_subdomain, has_parent_element};
use super::spec::{dns_name, dns_name_of};
use crate::diagnostics::code::{self, kubernetes as codes};
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// A text that has to be there; `owner` is what needs it, and `at` the place of the owner.
pub fn required(text: &str, owner: &str, field: &str, at: &At<'_>, faults: &mut Faults) {
    if text.is_empty() {
        faults.push(Fault::required(code::MISSING_FIELD, &at.field(field), format!("{owner} needs `{field}`")));
    }
}

/// A relative path as one from the root; what a shell would have to replace has none.
#[must_use]
pub fn absolute(path: &str) -> Option<String> {
    let rest = path.trim_start_matches("./");
    (!rest.starts_with(['~', '$', '.'])).then(|| format!("/{rest}"))
}

/// A name that has to be a DNS label; `what` is what has that name.
#[must_use]
pub fn label(name: &str, what: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = dns_label(name)?;
    dns_name_of(codes::NO_DNS_LABEL, Some(wrong), &format!("the name of {what}"), name, at)
}

/// A name that has to be a DNS subdomain; `what` is what has that name.
#[must_use]
pub fn subdomain(name: &str, what: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = dns_subdomain(name)?;
    dns_name(Some(wrong), &format!("the name of {what}"), name, at)
}

/// The mode of a file or of files.
#[must_use]
pub fn mode(mode: Option<i32>, at: &At<'_>) -> Option<Fault> {
    const ALL: i32 = 0o777;
    let mode = mode.filter(|mode| !(0..=ALL).contains(mode))?;
    let fault = Fault::invalid(codes::BAD_FILE_MODE, at, format!("a file cannot have the mode {mode}"))
        .note("Kubernetes takes a mode from 0 to 511, which is 0777 in octal");
    // Whoever writes 644 means it in octal.
    let octal = i32::from_str_radix(&mode.to_string(), 8).ok().filter(|octal| (0..=ALL).contains(octal));
    Some(match octal {
        Some(octal) => {
            fault.help(format!("0{mode} in octal is {octal}")).suggest(format!("write {octal}"), octal.to_string())
        }
        None => fault,
    })
}

/// A path that must not go up.
#[must_use]
pub fn without_parents(path: &str, at: &At<'_>) -> Option<Fault> {
    has_parent_element(path).then(|| {
        let message = format!("the path `{path}` goes up with `..`");
        Fault::invalid(codes::PATH_GOES_UP, at, message).help("write the path without `..`")
    })
}

/// A path below something.
pub fn below(path: &str, at: &At<'_>, faults: &mut Faults) {
    if path.starts_with('/') {
        let fault = Fault::invalid(codes::PATH_IS_ABSOLUTE, at, format!("the path `{path}` has to be relative"));
        let rest = path.trim_start_matches('/');
        faults.push(match rest {
            "" => fault,
            rest => fault.help(format!("write `{rest}`")).suggest("leave the `/` out", literal::text(rest)),
        });
    }
    faults.extend(without_parents(path, at));
}

/// The path of a file that Kubernetes makes below something.
pub fn of_file(path: &str, at: &At<'_>, faults: &mut Faults) {
    below(path, at, faults);
    // A path that only starts with it: Kubernetes keeps such names to itself.
    if path.starts_with("..") && !path.starts_with("../") {
        let fault = Fault::invalid(codes::PATH_GOES_UP, at, format!("the path `{path}` starts with `..`"));
        faults.push(fault.note("Kubernetes keeps such names for itself").echo(path == ".."));
    }
}

/// The faults after the first `before` are, to Kubernetes, below the place `to` instead of `from`.
pub fn known_as(faults: &mut Faults, before: usize, from: &At<'_>, to: &str) {
    if faults.len() == before {
        return;
    }
    let from = from.path().to_string();
    for fault in faults.iter_mut().skip(before).filter(|fault| fault.reason.is_some()) {
        let field = fault.kubernetes_field();
        if let Some(rest) = field.strip_prefix(&from) {
            fault.field = Some(format!("{to}{rest}"));
        }
    }
}
