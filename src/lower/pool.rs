//! The pool of reusable containers that runs a task.
//!
//! In: the settings of a reusable task. Out: [`Pool`], with the name and version by which the cluster tells pools apart.
//! Source: `extract_unique_id_and_image` in the SDK's `reuse.py`. The version hashes text that Python makes of the message's
//! bytes; it is made the same way here, so that a pool is the same whichever of the two declares it.

use std::fmt::Write as _;

use prost::Message as _;

use super::Launch;
use super::container::{env_vars, limits, requests};
use crate::digest::sha256;
use crate::flyte::idl;
use crate::schema::units::python_float;
use crate::settings::TaskSettings;
use crate::settings::reuse::ReusePolicy;
use crate::settings::run::Run;
use crate::settings::secrets::Secret;

const SECOND: i64 = 1_000_000;
/// How many hexadecimal digits of the hash make the version.
const VERSION_DIGITS: usize = 15;

/// A pool of reusable containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The environment's name.
    pub name: String,
    /// What tells it from pools with other containers.
    pub version: String,
    /// How it is kept.
    pub policy: ReusePolicy,
}

/// The pool of a task; a task that runs a command has none, for Flyte gives it a pod of its own.
pub fn pool(environment: &str, settings: &TaskSettings, launch: &Launch) -> Option<Pool> {
    let policy = settings.reuse?;
    if !matches!(settings.run, Some(Run::Function { .. })) {
        return None;
    }
    let mut version = sha256(identity(environment, settings, &policy, launch).as_bytes());
    version.truncate(VERSION_DIGITS);
    Some(Pool { name: environment.to_owned(), version, policy })
}

fn identity(environment: &str, settings: &TaskSettings, policy: &ReusePolicy, launch: &Launch) -> String {
    let container = python_bytes(&container(settings).encode_to_vec());
    let security = python_bytes(&security_context(settings).encode_to_vec());
    let (min, max) = (policy.min_replicas, policy.max_replicas);
    let idle = python_seconds(policy.idle_ttl);
    let scaledown = python_timedelta(policy.scaledown_ttl);
    // The SDK adds the version of the code bundle, which is the version that it gives the tasks.
    let bundle = launch.context.code_bundle.as_ref().map(|_| format!(":{}", launch.version)).unwrap_or_default();
    let interruptible = if settings.interruptible { "True" } else { "False" };
    // Last comes the name of the cluster's pod template, which a reusable task never has.
    format!("{environment}:{container}:{min}:{max}:{idle}:{scaledown}{bundle}:{security}:{interruptible}:")
}

fn container(settings: &TaskSettings) -> idl::Container {
    let entries = |amounts: Vec<(&str, String)>| amounts.into_iter().map(|(name, value)| entry(name, value)).collect();
    let (requests, limits) = (requests(&settings.resources), limits(&settings.resources));
    let none = requests.is_empty() && limits.is_empty();
    idl::Container {
        image: settings.image.as_ref().map(ToString::to_string).unwrap_or_default(),
        resources: (!none).then(|| idl::Resources { requests: entries(requests), limits: entries(limits) }),
        env: env_vars(settings)
            .map(|(key, value)| idl::KeyValuePair { key: key.into(), value: value.into() })
            .collect(),
    }
}

fn entry(name: &str, value: String) -> idl::ResourceEntry {
    let name = match name {
        "cpu" => idl::ResourceName::Cpu,
        "memory" => idl::ResourceName::Memory,
        "gpu" => idl::ResourceName::Gpu,
        "ephemeral-storage" => idl::ResourceName::EphemeralStorage,
        _ => idl::ResourceName::Unknown,
    };
    idl::ResourceEntry { name: name.into(), value }
}

fn security_context(settings: &TaskSettings) -> idl::SecurityContext {
    let account = settings.service_account.as_ref().filter(|account| !account.is_empty());
    idl::SecurityContext {
        run_as: account.map(|account| idl::Identity { k8s_service_account: account.to_string() }),
        secrets: settings.secrets.iter().flatten().map(secret).collect(),
    }
}

fn secret(secret: &Secret) -> idl::Secret {
    let text = |text: &Option<ecow::EcoString>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    idl::Secret {
        group: text(&secret.group),
        key: secret.key.to_string(),
        mount_requirement: if secret.env_var.is_some() { 1 } else { 2 },
        env_var: text(&secret.env_var),
    }
}

/// The bytes as Python's `repr` writes them.
fn python_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut text = format!("b{}", char::from(quote));
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            byte if *byte == quote => {
                text.push('\\');
                text.push(char::from(*byte));
            }
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing to a string cannot fail.
            byte => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    text.push(char::from(quote));
    text
}

/// `timedelta.total_seconds()` as Python writes it.
fn python_seconds(microseconds: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "Python makes a double of it too")]
    python_float(microseconds as f64 / SECOND as f64)
}

/// `str(timedelta)`: `0:00:30`, `1 day, 0:01:30`, `0:00:30.500000`.
fn python_timedelta(microseconds: i64) -> String {
    let (seconds, rest) = (microseconds / SECOND, microseconds % SECOND);
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let plural = if days == 1 { "" } else { "s" };
    let days = if days == 0 { String::new() } else { format!("{days} day{plural}, ") };
    let rest = if rest == 0 { String::new() } else { format!(".{rest:06}") };
    format!("{days}{}:{:02}:{:02}{rest}", seconds / 3600, seconds % 3600 / 60, seconds % 60)
}
