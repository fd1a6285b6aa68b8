//! The cache policy of a task.
//!
//! In: `cache`. Out: [`Cache`]. Source: `flyte/_cache/cache.py`. Not here: cache versions that are made of Python source.

use ecow::EcoString;

use super::{object, text, truth};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::value::{Object, Value};

/// How results are cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The canonical behaviour.
    pub behavior: Behavior,
    /// The version that the author gives.
    pub version: Option<EcoString>,
    /// Whether equal tasks wait for each other.
    pub serialize: bool,
    /// The inputs that do not count.
    pub ignored_inputs: Vec<EcoString>,
    /// What sets this cache apart from others.
    pub salt: EcoString,
    /// How old a result may be, in microseconds.
    pub max_age: Option<i64>,
}

/// Whether and by which version results are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behavior {
    /// Flyte makes the version.
    Auto,
    /// The author gives it.
    Override,
    /// Nothing is cached.
    Disable,
}

impl Behavior {
    /// Reads one of the SDK's three words, or one of its aliases of `auto` and `disable` in any case.
    fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => return Some(Self::Auto),
            "override" => return Some(Self::Override),
            "disable" => return Some(Self::Disable),
            _ => {}
        }
        match text.to_ascii_lowercase().as_str() {
            "enable" | "enabled" | "on" | "true" | "yes" => Some(Self::Auto),
            "off" | "false" | "no" | "none" => Some(Self::Disable),
            _ => None,
        }
    }
    /// As the SDK spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Override => "override",
            Self::Disable => "disable",
        }
    }
}

/// The cache policy of these settings.
pub fn read(settings: &Object, diagnostics: &mut Diagnostics) -> Option<Cache> {
    let fields = object(settings, "cache")?;
    let Some(behavior) = fields.get("behavior") else {
        if !fields.poisoned {
            let place = settings.entry("cache")?.key;
            let diagnostic = Diagnostic::new(code::MISSING_FIELD, place, "`cache` as a block needs its `behavior`");
            diagnostics.push(diagnostic.help("write `behavior = \"auto\"`"));
        }
        return None;
    };
    let Some(behavior) = Behavior::parse(behavior.as_str()?) else {
        diagnostics.push(unknown_behavior(behavior));
        return None;
    };
    let ignored = fields.get("ignored_inputs").and_then(Value::as_list).unwrap_or_default();
    Some(Cache {
        behavior,
        version: text(fields, "version_override").cloned(),
        serialize: truth(fields, "serialize"),
        ignored_inputs: ignored.iter().filter_map(Value::as_str).cloned().collect(),
        salt: text(fields, "salt").cloned().unwrap_or_default(),
        max_age: max_age(fields, diagnostics),
    })
}

fn unknown_behavior(value: &Value) -> Diagnostic {
    let text = value.as_str().map(EcoString::as_str).unwrap_or_default();
    let message = format!("a cache cannot behave as `{text}`");
    let mut diagnostic = Diagnostic::new(code::BAD_CACHE, value.span, message)
        .note("Flyte knows `auto`, `override` and `disable`, and `on` and `off` for the first and the last");
    diagnostic.help.extend(did_you_mean(text, ["auto", "override", "disable"]));
    diagnostic
}

fn max_age(fields: &Object, diagnostics: &mut Diagnostics) -> Option<i64> {
    let value = fields.get("max_age")?;
    let age = value.as_duration()?;
    if age < 0 {
        diagnostics.push(Diagnostic::new(code::NEGATIVE, value.span, "`max_age` must not be negative"));
    }
    Some(age)
}
