//! The reuse policy of an environment.
//!
//! In: `reusable`. Out: [`ReusePolicy`] within its bounds. Source: `flyte/_reusable_environment.py`, and the bounds of
//! `flyteidl2.core.ReusePolicy`. Not here: what a reusable environment cannot have (`check::reuse`).

use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::MIN_TTL;
use crate::source::Span;
use crate::value::{Kind, Object, Value};

/// How a pool of reusable containers is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReusePolicy {
    /// The fewest replicas.
    pub min_replicas: i32,
    /// The most replicas.
    pub max_replicas: i32,
    /// How many tasks one replica runs at once.
    pub concurrency: i32,
    /// After how long without work the pool is given up, in microseconds.
    pub idle_ttl: i64,
    /// After how long without work a replica is given up, in microseconds.
    pub scaledown_ttl: i64,
    /// How widely the pool is shared.
    pub scope: Scope,
}

/// How widely a pool is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// By all runs.
    Global,
    /// By one run.
    Run,
}

const DEFAULT: ReusePolicy = ReusePolicy {
    min_replicas: 2,
    max_replicas: 2,
    concurrency: 1,
    idle_ttl: MIN_TTL,
    scaledown_ttl: MIN_TTL,
    scope: Scope::Global,
};

/// The reuse policy of these settings, if they are reusable.
pub fn read(settings: &Object, diagnostics: &mut Diagnostics) -> Option<ReusePolicy> {
    let value = settings.get("reusable")?;
    let fields = match &value.kind {
        Kind::Bool(true) => return Some(DEFAULT),
        Kind::Object(fields) => fields,
        _ => return None,
    };
    let (min_replicas, max_replicas) = replicas(fields, diagnostics);
    let policy = ReusePolicy {
        min_replicas,
        max_replicas,
        concurrency: concurrency(fields, diagnostics),
        idle_ttl: ttl(fields, "idle_ttl", diagnostics),
        scaledown_ttl: ttl(fields, "scaledown_ttl", diagnostics),
        scope: if fields.get("scope").and_then(Value::as_str).is_some_and(|s| s == "run") {
            Scope::Run
        } else {
            Scope::Global
        },
    };
    let single = policy.min_replicas <= 1 && policy.max_replicas == 1 && policy.concurrency == 1;
    // What was reported may have been a second replica.
    if single && !diagnostics.has_errors() {
        let place = fields.get("replicas").map_or(value.span, |replicas| replicas.span);
        diagnostics.push(starvation(place, policy.min_replicas));
    }
    Some(policy)
}

fn starvation(place: Span, fewest: i32) -> Diagnostic {
    Diagnostic::new(code::REUSE_STARVATION, place, "a pool of one replica that runs one task at a time")
        .note("a task that starts another task of this environment and waits for it, waits forever: its pool is busy with itself")
        .help("allow a second replica or a higher `concurrency`, or with `-A W0505` say that no task here starts another")
        .unsafe_fix("allow a second replica", place, format!("{fewest}..2"))
}

/// Whether an environment with these settings is reusable.
#[must_use]
pub fn is_reusable(settings: &Object) -> bool {
    matches!(settings.get("reusable").map(|value| &value.kind), Some(Kind::Bool(true) | Kind::Object(_)))
}

fn replicas(fields: &Object, diagnostics: &mut Diagnostics) -> (i32, i32) {
    let Some(value) = fields.get("replicas") else { return (DEFAULT.min_replicas, DEFAULT.max_replicas) };
    let ends = match &value.kind {
        Kind::Range(range) => [&range.0, &range.1],
        _ => [value, value],
    };
    let (Some(from), Some(to)) = (ends[0].as_int(), ends[1].as_int()) else {
        return (DEFAULT.min_replicas, DEFAULT.max_replicas);
    };
    if from < 0 || to < 0 {
        let place = if from < 0 { ends[0].span } else { ends[1].span };
        diagnostics.push(negative_replicas(place, value.span));
    } else if from > to {
        diagnostics.push(backwards(value.span, ends, format!("{to}..{from}")));
    } else if to == 0 {
        // The SDK lets it pass, so it is no error here.
        let message = "a pool of at most 0 replicas never runs anything";
        let diagnostic = Diagnostic::new(code::REUSE_OF_NOTHING, value.span, message)
            .note("no container is ever started for its tasks; Flyte's protocol asks for one at least");
        diagnostics.push(diagnostic.help("write `1` or more; `0..4` is a pool that shrinks to nothing between tasks"));
    }
    let number = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
    (number(from), number(to))
}

fn negative_replicas(place: Span, range: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::REUSE_POLICY, place, "a pool cannot have fewer than 0 replicas")
        .note("replicas are the containers that Flyte keeps running for the tasks of the environment")
        .help("write how many there are, `2`, or the fewest and the most, `1..4`");
    // An end that has a name was written elsewhere.
    if range.contains(place) { diagnostic } else { diagnostic.label(range, "used here") }
}

fn backwards(range: Span, ends: [&Value; 2], turned: String) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::REUSE_POLICY, range, "the fewest replicas are more than the most").note(
        "a range is fewest..most: Flyte starts replicas up to the most while there is work, and keeps the fewest",
    );
    let [fewest, most] = ends.map(|end| (!range.contains(end.span)).then_some(end.span));
    if fewest.is_none() && most.is_none() {
        return diagnostic.help(format!("write `{turned}`")).unsafe_fix("turn the range round", range, turned);
    }
    let named = [(fewest, "these are the fewest"), (most, "these are the most")];
    named.into_iter().fold(diagnostic, |diagnostic, (place, what)| match place {
        Some(place) => diagnostic.label(place, what),
        None => diagnostic,
    })
}

fn concurrency(fields: &Object, diagnostics: &mut Diagnostics) -> i32 {
    let Some(value) = fields.get("concurrency") else { return DEFAULT.concurrency };
    let number = value.as_int().and_then(|number| i32::try_from(number).ok()).unwrap_or(DEFAULT.concurrency);
    if number < 1 {
        let message = "a replica runs at least one task at a time";
        let diagnostic = Diagnostic::new(code::REUSE_POLICY, value.span, message)
            .note("`concurrency` is how many tasks one replica runs at once");
        let diagnostic = diagnostic.help("write `1`, or leave it out: that is its default");
        diagnostics.push(diagnostic.unsafe_fix("run one task at a time", value.span, "1"));
    }
    number
}

fn ttl(fields: &Object, name: &str, diagnostics: &mut Diagnostics) -> i64 {
    let Some(value) = fields.get(name) else { return MIN_TTL };
    let time = value.as_duration().unwrap_or(MIN_TTL);
    if time < MIN_TTL {
        let waits = if name == "idle_ttl" { "the pool" } else { "a replica" };
        let diagnostic = Diagnostic::new(code::REUSE_POLICY, value.span, format!("`{name}` is at least 30 seconds"))
            .note(format!("it is how long {waits} is kept without work, and Flyte refuses less"))
            .help("write `30s` or more");
        diagnostics.push(diagnostic.unsafe_fix("use the least", value.span, "30s"));
    }
    time
}
