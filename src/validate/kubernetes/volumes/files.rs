//! Volumes of files from secrets and config maps.
//!
//! In: a source of a volume. Out: faults. Always: names of secrets and config maps, which the API server does not look at here, are
//! only warned about, since nothing of that name can exist. Source: `validateSecretVolumeSource`,
//! `validateConfigMapVolumeSource` and `validateKeyToPath` in validation.go. Not here: the same as parts of a projected volume.

use k8s_openapi::api::core::v1::{ConfigMapVolumeSource, KeyToPath, SecretVolumeSource};

use super::overlaps::Paths;
use crate::diagnostics::code::kubernetes as codes;
use crate::validate::fault::{Fault, Faults};
use crate::validate::kubernetes::formats::dns_subdomain;
use crate::validate::kubernetes::paths::{mode, of_file, required};
use crate::validate::literal;
use crate::validate::path::At;

/// Checks a volume of a secret.
pub fn secret(source: &SecretVolumeSource, at: &At<'_>, faults: &mut Faults) {
    let name = source.secret_name.as_deref().unwrap_or_default();
    required(name, "a `secret` volume", "secretName", at, faults);
    faults.extend(name_of(name, "secret", &at.field("secretName")));
    faults.extend(mode(source.default_mode, &at.field("defaultMode")));
    with_items(source.items.as_deref(), at, faults);
}

/// Checks a volume of a config map.
pub fn config_map(source: &ConfigMapVolumeSource, at: &At<'_>, faults: &mut Faults) {
    required(&source.name, "a `configMap` volume", "name", at, faults);
    faults.extend(name_of(&source.name, "config map", &at.field("name")));
    faults.extend(mode(source.default_mode, &at.field("defaultMode")));
    with_items(source.items.as_deref(), at, faults);
}

/// A warning where no object can have the name.
#[must_use]
pub fn name_of(name: &str, what: &str, at: &At<'_>) -> Option<Fault> {
    let wrong = dns_subdomain(name).filter(|_| !name.is_empty())?;
    let fault = Fault::found(codes::IMPOSSIBLE_NAME, at, format!("no {what} can have the name `{name}`"))
        .here(format!("this {wrong}"))
        .note("the pod would wait for it and never start");
    // What stands before a `/` is a namespace.
    let alone = name.rsplit('/').next().unwrap_or(name);
    let better = alone.to_lowercase().replace(['_', ' '], "-");
    Some(match dns_subdomain(&better) {
        None => {
            fault.help(format!("did you mean `{better}`?")).suggest(format!("write `{better}`"), literal::text(&better))
        }
        Some(_) => fault.help(format!("write the name that the {what} has on the cluster")),
    })
}

fn with_items(files: Option<&[KeyToPath]>, at: &At<'_>, faults: &mut Faults) {
    let files = files.unwrap_or_default();
    items(files, at, faults);
    if files.len() < 2 {
        return;
    }
    let list = at.field("items");
    let mut paths = Paths::default();
    for (index, file) in files.iter().enumerate() {
        let here = list.index(index);
        let path = here.field("path");
        faults.extend(paths.add(&file.path, &path));
    }
}

/// Checks the files that are made of keys.
pub fn items(files: &[KeyToPath], at: &At<'_>, faults: &mut Faults) {
    let list = at.field("items");
    for (index, file) in files.iter().enumerate() {
        let at = list.index(index);
        required(&file.key, "an element of `items`", "key", &at, faults);
        required(&file.path, "an element of `items`", "path", &at, faults);
        of_file(&file.path, &at.field("path"), faults);
        faults.extend(mode(file.mode, &at.field("mode")));
    }
}
