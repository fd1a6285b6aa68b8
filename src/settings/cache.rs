//! The cache policy of a task.
//!
//! In: `cache`. Out: [`Cache`]. Source: `flyte/_cache/cache.py`. Not here: cache versions that are made of Python source.

use ecow::EcoString;

use super::{object, text, truth};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::Span;
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
            diagnostics.push(without_behavior(diagnostic, place, fields));
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

/// Who gives a version means it to count.
fn without_behavior(diagnostic: Diagnostic, place: Span, fields: &Object) -> Diagnostic {
    let diagnostic = diagnostic.note("the behavior says who makes the version of what is cached: Flyte, or you");
    let Some(version) = fields.entry("version_override") else {
        return diagnostic.help("write `behavior = \"auto\"` to let Flyte make the version");
    };
    let diagnostic = diagnostic.help("write `behavior = \"override\"` beside the version");
    // A block of the source; a data file has another syntax.
    if version.key.file != place.file {
        return diagnostic;
    }
    diagnostic.unsafe_fix("add the behavior", version.key.at_start(), "behavior = \"override\", ")
}

fn unknown_behavior(value: &Value) -> Diagnostic {
    const KNOWN: &[&str] = &["auto", "override", "disable", "enable", "enabled", "on", "off"];
    let text = value.as_str().map(EcoString::as_str).unwrap_or_default();
    let message = format!("a cache cannot behave as `{text}`");
    let diagnostic = Diagnostic::new(code::BAD_CACHE, value.span, message)
        .note("Flyte knows `auto` (Flyte makes the version), `override` (you give it), and `disable`");
    match closest(text, KNOWN.iter().copied()) {
        Some(better) => diagnostic.did_you_mean(text, better, value.span, format!("\"{better}\"")),
        None => diagnostic.help("write `\"auto\"` to have results cached"),
    }
}

fn max_age(fields: &Object, diagnostics: &mut Diagnostics) -> Option<i64> {
    let value = fields.get("max_age")?;
    let age = value.as_duration()?;
    if age < 0 {
        let message = "`max_age` must not be negative";
        let diagnostic = Diagnostic::new(code::NEGATIVE, value.span, message)
            .note("a result may be used again until it is as old as this; no result is younger than nothing");
        diagnostics
            .push(diagnostic.help("write a duration such as `1d`, or leave `max_age` out for results of any age"));
    }
    Some(age)
}
