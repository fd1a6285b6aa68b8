//! Settings as the SDK's values.
//!
//! In: the settings of an environment, a task or a variant, and of what it is declared on. Out: what differs, as keywords. Always:
//! what the SDK would take for "not given" is marked, since it has to be assigned.

use ecow::EcoString;

use super::tree::Expression;
use crate::flyte::accelerators::ACCELERATORS;
use crate::flyte::{MIN_TTL, SECRET_MOUNT};
use crate::settings::cache::Cache;
use crate::settings::resources::{Amount, Device, Resources};
use crate::settings::retries::Retries;
use crate::settings::reuse::{ReusePolicy, Scope};
use crate::settings::secrets::Secret;
use crate::settings::timeout::Timeout;
use crate::settings::{PodTemplate, TaskSettings};

/// One setting that differs.
pub struct Change {
    /// Its keyword, which is the name of the attribute too.
    pub keyword: &'static str,
    /// Its value.
    pub value: Expression,
    /// Whether the SDK takes it for a value that is not given.
    pub empty: bool,
}

impl Change {
    fn new(keyword: &'static str, value: Expression) -> Self {
        Self { keyword, value, empty: false }
    }

    fn or_none(keyword: &'static str, value: Option<Expression>) -> Self {
        Self { keyword, empty: value.is_none(), value: value.unwrap_or_else(Expression::none) }
    }
}

/// What differs, but for images. `function` is the name that a task has without a short one, and `template` gives templates their
/// names.
pub fn changes(
    from: &TaskSettings,
    to: &TaskSettings,
    function: &str,
    template: impl Fn(&PodTemplate) -> Option<Expression>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |differs: bool, change: Change| changes.extend(differs.then_some(change));
    let short_name = to.short_name.as_deref().unwrap_or(function);
    add(from.short_name != to.short_name, Change::new("short_name", Expression::text(short_name)));
    add(from.resources != to.resources, Change::new("resources", resources(&to.resources)));
    add(
        from.env_vars != to.env_vars,
        Change { empty: to.env_vars.is_empty(), ..Change::new("env_vars", env_vars(&to.env_vars)) },
    );
    let secrets = to.secrets.as_ref().map(|secrets| Expression::List(secrets.iter().map(secret).collect()));
    let no_secrets = to.secrets.as_ref().is_none_or(Vec::is_empty);
    add(from.secrets != to.secrets, Change { empty: no_secrets, ..Change::or_none("secrets", secrets) });
    add(from.service_account != to.service_account, word("service_account", to.service_account.as_ref()));
    add(from.cache != to.cache, Change::new("cache", cache(to.cache.as_ref())));
    add(
        from.retries != to.retries,
        Change { empty: to.retries == Retries::default(), ..Change::new("retries", retries(&to.retries)) },
    );
    add(
        from.timeout != to.timeout,
        Change { empty: to.timeout == Timeout::default(), ..Change::new("timeout", timeout(&to.timeout)) },
    );
    add(from.reuse != to.reuse, Change::new("reusable", reusable(to.reuse)));
    let same = same_template(&from.pod_template, &to.pod_template);
    add(!same, Change::or_none("pod_template", template(&to.pod_template)));
    add(from.queue != to.queue, word("queue", to.queue.as_ref()));
    add(from.interruptible != to.interruptible, Change::new("interruptible", Expression::truth(to.interruptible)));
    add(from.report != to.report, Change::new("report", Expression::truth(to.report)));
    add(from.entrypoint != to.entrypoint, Change::new("entrypoint", Expression::truth(to.entrypoint)));
    changes
}

/// An empty text is none for the SDK.
fn word(keyword: &'static str, text: Option<&EcoString>) -> Change {
    let empty = text.is_none_or(EcoString::is_empty);
    Change { empty, ..Change::or_none(keyword, text.map(|text| Expression::text(text))) }
}

fn same_template(one: &PodTemplate, other: &PodTemplate) -> bool {
    match (one, other) {
        (PodTemplate::None, PodTemplate::None) => true,
        (PodTemplate::Named(one), PodTemplate::Named(other)) => one == other,
        (PodTemplate::Inline(one), PodTemplate::Inline(other)) => one == other,
        _ => false,
    }
}

fn env_vars(variables: &[(EcoString, EcoString)]) -> Expression {
    Expression::Dict(variables.iter().map(|(name, value)| (name.to_string(), Expression::text(value))).collect())
}

fn resources(resources: &Resources) -> Expression {
    let amount = |amount: &Amount| match &amount.limit {
        Some(limit) => Expression::Tuple(vec![Expression::text(&amount.request), Expression::text(limit)]),
        None => Expression::text(&amount.request),
    };
    // As much as the node has is an empty text on the wire, and a word for people.
    let shared = |size: &EcoString| Expression::text(if size.is_empty() { "auto" } else { size });
    call(
        "flyte.Resources",
        [
            ("cpu", resources.cpu.as_ref().map(amount)),
            ("memory", resources.memory.as_ref().map(amount)),
            ("gpu", resources.device.as_ref().map(device)),
            ("disk", resources.disk.as_ref().map(|size| Expression::text(size))),
            ("shm", resources.shared_memory.as_ref().map(shared)),
        ],
    )
}

fn device(device: &Device) -> Expression {
    let Some(name) = &device.device else { return Expression::number(device.quantity) };
    let listed = [format!("{name}:{}", device.quantity), name.to_string()];
    let listed = listed.iter().find(|text| ACCELERATORS.contains(&text.as_str()));
    if let (Some(text), None) = (listed.filter(|text| device.quantity == 1 || text.contains(':')), &device.partition) {
        return Expression::text(text);
    }
    call(
        "flyte.Device",
        [
            ("quantity", Some(Expression::number(device.quantity))),
            ("device_class", Some(Expression::text(&device.class))),
            ("device", Some(Expression::text(name))),
            ("partition", device.partition.as_ref().map(|partition| Expression::text(partition))),
        ],
    )
}

fn secret(secret: &Secret) -> Expression {
    let file = secret.env_var.is_none();
    let mount = file.then(|| Expression::Call("Path", vec![("", Expression::text(SECRET_MOUNT))]));
    call(
        "flyte.Secret",
        [
            ("key", Some(Expression::text(&secret.key))),
            ("group", secret.group.as_ref().map(|group| Expression::text(group))),
            ("mount", mount),
            ("as_env_var", secret.env_var.as_ref().map(|name| Expression::text(name))),
        ],
    )
}

fn cache(cache: Option<&Cache>) -> Expression {
    let Some(cache) = cache else { return Expression::text("disable") };
    let ignored: Vec<Expression> = cache.ignored_inputs.iter().map(|name| Expression::text(name)).collect();
    let ignored = match ignored.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(Expression::Tuple(ignored)),
    };
    call(
        "flyte.Cache",
        [
            ("behavior", Some(Expression::text(cache.behavior.name()))),
            ("version_override", cache.version.as_ref().map(|version| Expression::text(version))),
            ("serialize", cache.serialize.then(|| Expression::truth(true))),
            ("ignored_inputs", ignored),
            ("salt", (!cache.salt.is_empty()).then(|| Expression::text(&cache.salt))),
            ("max_age", cache.max_age.map(duration)),
        ],
    )
}

fn retries(retries: &Retries) -> Expression {
    let Some(backoff) = &retries.backoff else { return Expression::number(retries.count) };
    let strategy = call(
        "flyte.Backoff",
        [
            ("base", Some(duration(backoff.base))),
            ("factor", Some(Expression::Plain(format!("{:?}", backoff.factor)))),
            ("cap", backoff.cap.map(duration)),
        ],
    );
    call("flyte.RetryStrategy", [("count", Some(Expression::number(retries.count))), ("backoff", Some(strategy))])
}

fn timeout(timeout: &Timeout) -> Expression {
    if *timeout == Timeout::default() {
        return Expression::number(0);
    }
    let bounds = [
        ("max_runtime", timeout.max_runtime),
        ("max_queued_time", timeout.max_queued_time),
        ("deadline", timeout.deadline),
    ];
    call("flyte.Timeout", bounds.map(|(name, bound)| (name, bound.map(duration))))
}

fn reusable(policy: Option<ReusePolicy>) -> Expression {
    let Some(policy) = policy else { return Expression::text("off") };
    let replicas = [policy.min_replicas, policy.max_replicas].map(Expression::number);
    let ttl = |ttl: i64| (ttl != MIN_TTL).then(|| duration(ttl));
    call(
        "flyte.ReusePolicy",
        [
            ("replicas", Some(Expression::Tuple(replicas.to_vec()))),
            ("concurrency", (policy.concurrency != 1).then(|| Expression::number(policy.concurrency))),
            ("idle_ttl", ttl(policy.idle_ttl)),
            ("scaledown_ttl", ttl(policy.scaledown_ttl)),
            ("scope", (policy.scope == Scope::Run).then(|| Expression::text("run"))),
        ],
    )
}

/// A span of time in its largest unit that has no fraction.
fn duration(microseconds: i64) -> Expression {
    const UNITS: &[(&str, i64)] = &[
        ("days", 86_400_000_000),
        ("hours", 3_600_000_000),
        ("minutes", 60_000_000),
        ("seconds", 1_000_000),
        ("milliseconds", 1_000),
    ];
    let whole = UNITS.iter().find(|(_, length)| microseconds != 0 && microseconds % length == 0);
    let (unit, length) = whole.copied().unwrap_or(if microseconds == 0 { ("seconds", 1) } else { ("microseconds", 1) });
    Expression::Call("timedelta", vec![(unit, Expression::number(microseconds / length))])
}

/// A call with what is given of its arguments.
fn call<const N: usize>(callee: &'static str, arguments: [(&'static str, Option<Expression>); N]) -> Expression {
    let given = arguments.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Expression::Call(callee, given.collect())
}
