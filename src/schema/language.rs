//! The fields of the declarations of `.flyteenv`, each spelled as the Flyte SDK spells it.
//!
//! In: nothing. Out: one [`Object`] for each declaration and for each setting that has fields of its own. Source: the Flyte 2
//! SDK's `PodTemplate`, `TaskEnvironment`, `@env.task`, `task.override`, `Resources`, `Secret`, `Cache`, `RetryStrategy`,
//! `Timeout` and `ReusePolicy`. Not here: bounds that only the SDK's own checks know; `settings` holds them.

use super::kubernetes::POD_SPEC;
use super::{Field, Object, Type};

const TEXTS: Type = Type::Map(&Type::String);
const STRINGS: Type = Type::List { element: &Type::String, key: None };
/// What a protobuf `int32` holds.
const INT32: Type = Type::Int { min: i32::MIN as i64, max: i32::MAX as i64 };
/// What a protobuf `uint32` holds, and what is wrong beyond that.
const INT64: Type = Type::Int { min: i64::MIN, max: i64::MAX };

const fn optional(name: &'static str, ty: Type) -> Field {
    Field { name, ty, required: false }
}

const fn required(name: &'static str, ty: Type) -> Field {
    Field { name, ty, required: true }
}

/// `template name { … }`: the SDK's `PodTemplate` and its helpers.
pub static TEMPLATE: Object = Object {
    name: "template",
    fields: &[
        optional("allow_fuse", Type::OneOf(&[Type::Bool, Type::Object(&ALLOW_FUSE)])),
        optional("allow_nested_sandboxing", Type::Bool),
        optional("annotations", TEXTS),
        optional("labels", TEXTS),
        optional("pod_spec", Type::Object(&POD_SPEC)),
        optional("primary_container_name", Type::String),
        optional("termination_grace_period", Type::Duration),
    ],
};

static ALLOW_FUSE: Object = Object { name: "allow_fuse", fields: &[optional("privileged", Type::Bool)] };

/// `environment name { … }`: the SDK's `TaskEnvironment`.
pub static ENVIRONMENT: Object = Object {
    name: "environment",
    fields: &[
        optional("cache", CACHE_SETTING),
        optional("depends_on", Type::List { element: &Type::Environment, key: None }),
        optional("description", Type::String),
        optional("env_vars", TEXTS),
        optional("image", Type::String),
        optional("interruptible", Type::Bool),
        optional("pod_template", Type::PodTemplate),
        optional("queue", Type::String),
        optional("resources", Type::Object(&RESOURCES)),
        optional("reusable", REUSABLE_SETTING),
        optional("secrets", SECRETS_SETTING),
        optional("service_account", Type::String),
    ],
};

/// `task name { … }`: the settings of its environment, and its own.
pub static TASK: Object = Object {
    name: "task",
    fields: &[
        optional("args", STRINGS),
        optional("async", Type::Bool),
        optional("cache", CACHE_SETTING),
        optional("command", STRINGS),
        optional("description", Type::String),
        optional("entrypoint", Type::Bool),
        optional("env_vars", TEXTS),
        optional("function", Type::String),
        optional("image", Type::String),
        optional("interruptible", Type::Bool),
        optional("pod_template", Type::PodTemplate),
        optional("queue", Type::String),
        optional("report", Type::Bool),
        optional("resources", Type::Object(&RESOURCES)),
        optional("retries", RETRIES_SETTING),
        optional("secrets", SECRETS_SETTING),
        optional("service_account", Type::String),
        optional("short_name", Type::String),
        optional("timeout", TIMEOUT_SETTING),
    ],
};

/// `override task { … }`: the settings of the task, and whether it is reusable.
pub static OVERRIDE: Object = Object {
    name: "override",
    fields: &[
        optional("args", STRINGS),
        optional("async", Type::Bool),
        optional("cache", CACHE_SETTING),
        optional("command", STRINGS),
        optional("description", Type::String),
        optional("entrypoint", Type::Bool),
        optional("env_vars", TEXTS),
        optional("function", Type::String),
        optional("image", Type::String),
        optional("interruptible", Type::Bool),
        optional("pod_template", Type::PodTemplate),
        optional("queue", Type::String),
        optional("report", Type::Bool),
        optional("resources", Type::Object(&RESOURCES)),
        optional("retries", RETRIES_SETTING),
        optional("reusable", REUSABLE_SETTING),
        optional("secrets", SECRETS_SETTING),
        optional("service_account", Type::String),
        optional("short_name", Type::String),
        optional("timeout", TIMEOUT_SETTING),
    ],
};

/// The SDK's `Resources`.
pub static RESOURCES: Object = Object {
    name: "resources",
    fields: &[
        optional("cpu", Type::Range(&Type::Cores)),
        optional("disk", Type::Quantity),
        optional("gpu", Type::OneOf(&[INT64, Type::String, Type::Object(&DEVICE)])),
        optional("memory", Type::Range(&Type::Quantity)),
        optional("shm", Type::QuantityOrAuto),
    ],
};

/// The SDK's `Device`, with the class that its constructors `GPU`, `TPU`, `Neuron` … give it.
pub static DEVICE: Object = Object {
    name: "gpu",
    fields: &[
        required("device", Type::String),
        optional("device_class", Type::Keyword(crate::flyte::accelerators::DEVICE_CLASSES)),
        optional("partition", Type::String),
        optional("quantity", INT64),
    ],
};

const SECRETS_SETTING: Type = Type::OneOrMany(&Type::Shorthand(&SECRET, "key"));

/// The SDK's `Secret`.
pub static SECRET: Object = Object {
    name: "secret",
    fields: &[
        optional("as_env_var", Type::String),
        optional("group", Type::String),
        required("key", Type::String),
        optional("mount", Type::String),
    ],
};

const CACHE_SETTING: Type = Type::Shorthand(&CACHE, "behavior");

/// The SDK's `Cache`, without the policies that are Python code.
pub static CACHE: Object = Object {
    name: "cache",
    fields: &[
        required("behavior", Type::String),
        optional("ignored_inputs", Type::OneOrMany(&Type::String)),
        optional("max_age", Type::Duration),
        optional("salt", Type::String),
        optional("serialize", Type::Bool),
        optional("version_override", Type::String),
    ],
};

const RETRIES_SETTING: Type = Type::Shorthand(&RETRIES, "count");

/// The SDK's `RetryStrategy`.
pub static RETRIES: Object =
    Object { name: "retries", fields: &[optional("backoff", Type::Object(&BACKOFF)), required("count", INT64)] };

/// The SDK's `Backoff`.
pub static BACKOFF: Object = Object {
    name: "backoff",
    fields: &[required("base", Type::Duration), optional("cap", Type::Duration), optional("factor", Type::Float)],
};

const TIMEOUT_SETTING: Type = Type::Shorthand(&TIMEOUT, "max_runtime");

/// The SDK's `Timeout`.
pub static TIMEOUT: Object = Object {
    name: "timeout",
    fields: &[
        optional("deadline", Type::Duration),
        optional("max_queued_time", Type::Duration),
        optional("max_runtime", Type::Duration),
    ],
};

const REUSABLE_SETTING: Type = Type::OneOf(&[Type::Bool, Type::Object(&REUSABLE)]);

/// The SDK's `ReusePolicy`.
pub static REUSABLE: Object = Object {
    name: "reusable",
    fields: &[
        optional("concurrency", INT32),
        optional("idle_ttl", Type::Duration),
        optional("replicas", Type::Range(&INT32)),
        optional("scaledown_ttl", Type::Duration),
        optional("scope", Type::Keyword(&["global", "run"])),
    ],
};
