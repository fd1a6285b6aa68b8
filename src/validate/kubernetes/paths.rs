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
        let fault = Fault::required(code::MISSING_FIELD, &at.field(field), format!("{owner} needs `{field}`"));
        let fault = fault.note("Kubernetes has no value of its own for it");
        faults.push(fault.help(format!("add `{field} = \"…\"`")));
    }
}

/// A relative path as one from the root; what a shell would have to replace has none.
#[must_use]
pub fn from_root(path: &str) -> Option<String> {
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

/// What a mode has at most: all rights for all.
const ALL_RIGHTS: i32 = 0o777;

/// The mode of a file or of files.
#[must_use]
pub fn mode(mode: Option<i32>, at: &At<'_>) -> Option<Fault> {
    let mode = mode?;
    if (0..=ALL_RIGHTS).contains(&mode) {
        return octal_digits(mode, at);
    }
    let fault = Fault::invalid(codes::BAD_FILE_MODE, at, format!("a file cannot have the mode {mode}")).note(
        "Kubernetes takes a mode from 0 to 511, which is 0777 in octal; without a zero in front, a number is decimal",
    );
    // Whoever writes 644 means it in octal: no file could have it otherwise.
    Some(match read_as_octal(mode) {
        Some(octal) => {
            let (change, text) = (format!("write {octal}"), octal.to_string());
            fault.help(format!("for the mode 0{mode} write {octal}, the same in decimal")).replace(change, text)
        }
        None => fault.help("usual modes are 420 (0644), 384 (0600), 256 (0400) and 493 (0755)"),
    })
}

/// The mode that the digits of a number are in octal, if they are one.
fn read_as_octal(mode: i32) -> Option<i32> {
    i32::from_str_radix(&mode.to_string(), 8).ok().filter(|octal| (0..=ALL_RIGHTS).contains(octal))
}

/// A warning where a mode makes sense only if its digits are octal: 400 is 0620, which nobody wants.
fn octal_digits(mode: i32, at: &At<'_>) -> Option<Fault> {
    let octal = read_as_octal(mode).filter(|octal| makes_sense(*octal) && !makes_sense(mode))?;
    let message = format!("the mode {mode} is 0{mode:o} in octal, and not 0{mode}");
    let fault = Fault::found(codes::OCTAL_DIGITS, at, message).note(
        "Kubernetes takes it as it is: a decimal number, by which a group may write what it cannot read, or \
         more than the owner",
    );
    let fault = fault.help(format!("for the mode 0{mode} write {octal}, the same in decimal"));
    Some(fault.suggest(format!("write {octal}"), octal.to_string()))
}

/// Whether the group may do no more than the owner, and all others no more than the group, and whoever may do anything may read.
fn makes_sense(mode: i32) -> bool {
    const READ: i32 = 0o4;
    let (owner, group, others) = (mode >> 6 & 0o7, mode >> 3 & 0o7, mode & 0o7);
    let reads = |rights: i32| rights == 0 || rights & READ != 0;
    group & !owner == 0 && others & !group == 0 && [owner, group, others].into_iter().all(reads)
}

/// A path that must not go up.
#[must_use]
pub fn without_parents(path: &str, at: &At<'_>) -> Option<Fault> {
    has_parent_element(path).then(|| {
        let message = format!("the path `{path}` goes up with `..`");
        let fault = Fault::invalid(codes::PATH_GOES_UP, at, message);
        let fault = fault.note(
            "Kubernetes refuses the part `..` anywhere in it, for such a path could lead out of where it belongs",
        );
        match resolved(path) {
            Some(same) => fault
                .help(format!("write `{same}`, which is the same path"))
                .suggest(format!("write `{same}`"), literal::text(&same)),
            None => fault.help("write the path without `..`"),
        }
    })
}

/// The path without its `..`, where these only take back what stands before them.
fn resolved(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            ("..", None | Some(&"")) => return None,
            ("..", Some(_)) => {
                parts.pop();
            }
            (part, _) => parts.push(part),
        }
    }
    Some(parts.join("/")).filter(|path| !path.is_empty())
}

/// A path below something.
pub fn below(path: &str, at: &At<'_>, faults: &mut Faults) {
    relative(path, path.trim_start_matches('/'), at, faults);
}

/// A path that has to be relative, and that would be right as `rest` if it begins at the root.
fn relative(path: &str, rest: &str, at: &At<'_>, faults: &mut Faults) {
    if path.starts_with('/') {
        faults.push(is_absolute(path, rest, at));
    }
    faults.extend(without_parents(path, at).map(|fault| fault.echo(path.starts_with('/'))));
}

fn is_absolute(path: &str, rest: &str, at: &At<'_>) -> Fault {
    let fault = Fault::invalid(codes::PATH_IS_ABSOLUTE, at, format!("the path `{path}` has to be relative")).note(
        "to Kubernetes it is a path inside of the volume, wherever the volume is mounted; only `mountPath` \
         begins at `/`",
    );
    match rest {
        "" => fault.help("leave it out to have the whole volume"),
        // With a `..` in it, the rest would be refused as well.
        rest if has_parent_element(rest) => fault.help("write it without the `/` in front, and without `..`"),
        rest => fault.help(format!("write `{rest}`")).suggest(format!("write `{rest}`"), literal::text(rest)),
    }
}

/// The path of a file that Kubernetes makes below something.
pub fn of_file(path: &str, at: &At<'_>, faults: &mut Faults) {
    // Who writes where the file is to be in the container has its folder in `mountPath`.
    let name = path.rsplit('/').next().unwrap_or_default();
    relative(path, name, at, faults);
    // A path that only starts with it: Kubernetes keeps such names to itself.
    if path.starts_with("..") && !path.starts_with("../") {
        let fault = Fault::invalid(codes::PATH_GOES_UP, at, format!("the path `{path}` starts with `..`"));
        let fault = fault.note("Kubernetes keeps such names for itself, to exchange all files of a volume at once");
        faults.push(fault.help("give it a name that does not begin with two dots").echo(path == ".."));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_goes_up_from_somewhere_is_resolved() {
        let is = |path: &str, same: Option<&str>| assert_eq!(resolved(path).as_deref(), same, "{path}");
        is("a/../b", Some("b"));
        is("/mnt/x/../../etc", Some("/etc"));
        is("a/b/../c/../d", Some("a/d"));
        is("../b", None);
        is("a/../../b", None);
        is("/../etc", None);
        is("a/..", None);
    }

    #[test]
    fn only_modes_that_make_no_sense_are_read_as_octal() {
        let root = At::root();
        let code_of = |number| mode(Some(number), &root.field("mode")).map(|fault| fault.code);
        for right in [0, 0o400, 0o440, 0o444, 0o500, 0o600, 0o640, 0o644, 0o700, 0o750, 0o755, 0o777, 500] {
            assert_eq!(code_of(right), None, "{right}");
        }
        for digits in [400, 440, 444] {
            assert_eq!(code_of(digits), Some(codes::OCTAL_DIGITS), "{digits}");
        }
        for none in [-1, 512, 600, 644, 755, 777, 888, 1777] {
            assert_eq!(code_of(none), Some(codes::BAD_FILE_MODE), "{none}");
        }
    }
}
