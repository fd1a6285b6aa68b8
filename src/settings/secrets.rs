//! The secrets of a task.
//!
//! In: `secrets`. Out: [`Secret`]s as they go onto the wire. Source: `flyte/_secret.py` and `get_security_context`.

use ecow::EcoString;

use super::text;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::SECRET_MOUNT;
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
    Some(items.iter().filter_map(|item| secret(item, diagnostics)).collect())
}

fn secret(item: &Value, diagnostics: &mut Diagnostics) -> Option<Secret> {
    let fields = item.as_object()?;
    let Some(key) = fields.get("key") else {
        if !fields.poisoned {
            let message = "a secret needs its `key`, the name that it has in the store";
            diagnostics.push(Diagnostic::new(code::MISSING_FIELD, item.span, message));
        }
        return None;
    };
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
        diagnostics.push(bad_variable(name, written.unwrap_or(key), written.is_none()));
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
                .note(format!("Flyte mounts secrets at `{SECRET_MOUNT}` only"))
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

fn bad_variable(name: &str, place: &Value, derived: bool) -> Diagnostic {
    let message = format!("`{name}` cannot be the environment variable of a secret");
    let diagnostic = Diagnostic::new(code::BAD_SECRET, place.span, message)
        .note("Flyte takes upper-case letters, digits and `_`, not beginning with a digit");
    if derived {
        return diagnostic
            .help("name the variable with `as_env_var = \"…\"`; by default it is made from the secret's name");
    }
    let better: String =
        name.to_ascii_uppercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if is_variable(&better) {
        return diagnostic.help(format!("write `{better}`")).unsafe_fix(
            "rename it",
            place.span,
            format!("\"{better}\""),
        );
    }
    diagnostic
}
