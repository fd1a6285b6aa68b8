//! The secrets of a task.
//!
//! In: `secrets`. Out: [`Secret`]s as they go onto the wire. Source: `flyte/_secret.py` and `get_security_context`.

use ecow::EcoString;

use super::text;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::SECRET_MOUNT;
use crate::source::FileId;
use crate::value::{Object, Value};

/// One secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its name in the store.
    pub key: EcoString,
    /// Its group in the store.
    pub group: Option<EcoString>,
    /// The environment variable that holds it; without one it is a file.
    pub env_var: Option<EcoString>,
}

/// The secrets of these settings.
pub fn read(settings: &Object, diagnostics: &mut Diagnostics) -> Option<Vec<Secret>> {
    let items = settings.get("secrets")?.as_list()?;
    let source = settings.entry("secrets")?.key.file;
    Some(items.iter().filter_map(|item| secret(item, source, diagnostics)).collect())
}

/// `source` is the file of the task.
fn secret(item: &Value, source: FileId, diagnostics: &mut Diagnostics) -> Option<Secret> {
    let fields = item.as_object()?;
    let Some(key) = fields.get("key") else {
        if !fields.poisoned {
            let message = "a secret needs its `key`, the name that it has in the store";
            let diagnostic = Diagnostic::new(code::MISSING_FIELD, item.span, message)
                .note("Flyte finds a secret by its key, and by its group where it is in one");
            diagnostics
                .push(diagnostic.help("write `key = \"…\"`; a secret with a key alone can be written as a text"));
        }
        return None;
    };
    if key.as_str().is_some_and(EcoString::is_empty) {
        let diagnostic = Diagnostic::new(code::BAD_SECRET, key.span, "the key of a secret cannot be empty")
            .note("Flyte finds a secret by its key");
        diagnostics.push(diagnostic.help("write the name that it has in the store, such as `\"slack-token\"`"));
        return None;
    }
    check_mount(fields, diagnostics);
    let group = text(fields, "group").cloned();
    let mounted = text(fields, "mount").is_some_and(|mount| !mount.is_empty());
    // As in the SDK, an empty name is no name, unless the secret is mounted.
    let written = fields.get("as_env_var").filter(|name| mounted || name.as_str().is_none_or(|name| !name.is_empty()));
    let env_var = match written.and_then(Value::as_str) {
        Some(name) => Some(name.clone()),
        // As in the SDK: a mounted secret is a file unless a variable is named.
        None if mounted => None,
        None => Some(default_variable(key.as_str()?, group.as_deref())),
    };
    if let Some(name) = env_var.as_deref().filter(|name| !is_variable(name)) {
        diagnostics.push(match written {
            Some(written) => bad_variable(name, written),
            None => bad_default(name, item, key, source),
        });
    }
    Some(Secret { key: key.as_str()?.clone(), group, env_var })
}

fn check_mount(fields: &Object, diagnostics: &mut Diagnostics) {
    let Some(value) = fields.get("mount") else { return };
    if let Some(path) = value.as_str()
        && !path.is_empty()
        && path != SECRET_MOUNT
    {
        let diagnostic =
            Diagnostic::new(code::BAD_SECRET, value.span, format!("a secret cannot be mounted at `{path}`"))
                .note(format!("Flyte mounts secrets at `{SECRET_MOUNT}` only, each as a file of its group and key"))
                .help(format!(
                    "write `mount = \"{SECRET_MOUNT}\"`, or leave `mount` out to have the secret in a variable"
                ))
                .unsafe_fix("use that path", value.span, format!("\"{SECRET_MOUNT}\""));
        diagnostics.push(diagnostic);
    }
}

/// `GROUP_KEY` or `KEY`, in upper case and with `_` for `-`.
fn default_variable(key: &str, group: Option<&str>) -> EcoString {
    let name = match group.filter(|group| !group.is_empty()) {
        Some(group) => format!("{group}_{key}"),
        None => key.to_owned(),
    };
    name.replace('-', "_").to_uppercase().into()
}

fn is_variable(name: &str) -> bool {
    let first = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    first && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

const VARIABLES: &str =
    "Flyte takes upper-case letters, digits and `_` for the variable of a secret, not beginning with a digit";

/// The name made of characters that can be in one, if that gives a name.
fn better_name(name: &str) -> Option<String> {
    let sign = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let better: String = name.to_ascii_uppercase().chars().map(sign).collect();
    is_variable(&better).then_some(better)
}

/// A variable that the author names.
fn bad_variable(name: &str, written: &Value) -> Diagnostic {
    let message = format!("`{name}` cannot be the environment variable of a secret");
    let diagnostic = Diagnostic::new(code::BAD_SECRET, written.span, message).note(VARIABLES);
    match better_name(name) {
        Some(better) => diagnostic.did_you_mean(name, &better, written.span, format!("\"{better}\"")),
        None => diagnostic.help("write a name such as `SLACK_TOKEN`"),
    }
}

/// A variable that is made of the secret's names.
fn bad_default(name: &str, item: &Value, key: &Value, source: FileId) -> Diagnostic {
    let message = format!("`{name}` cannot be the environment variable of a secret");
    let diagnostic = Diagnostic::new(code::BAD_SECRET, key.span, message)
        .here(format!("which would be in the variable `{name}`"))
        .note("without `as_env_var`, the variable is called like the secret's group and key, in upper case")
        .note(VARIABLES);
    let better = better_name(name).or_else(|| better_name(&format!("_{name}"))).unwrap_or_default();
    let set = format!("as_env_var = \"{better}\"");
    let diagnostic = diagnostic.help(format!("name the variable: `{set}`"));
    // In the source; a data file has another syntax.
    let plain = |text: &&EcoString| !text.contains(['"', '\\', '$']);
    let Some(written) = key.as_str().filter(plain).filter(|_| key.span.file == source && !better.is_empty()) else {
        return diagnostic;
    };
    if key.span == item.span {
        // A text alone is the key of a secret.
        let whole = format!("{{ key = \"{written}\", {set} }}");
        return diagnostic.unsafe_fix("name the variable", key.span, whole);
    }
    diagnostic.unsafe_fix("name the variable", key.span.at_end(), format!(", {set}"))
}
