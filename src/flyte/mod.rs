//! Facts about Flyte: what its SDK knows and what its entrypoint is given.
//!
//! In: nothing. Out: tables and pure functions. Always: each says which part of the SDK it is taken from.
//! Not here: spans, diagnostics, values.

pub mod accelerators;
pub mod entrypoint;
pub mod idl;
pub mod platform;

/// The longest environment name and short name on the wire, in characters; the SDK cuts what is longer.
///
/// Source: `_MAX_ENV_NAME_LENGTH` and `_MAX_TASK_SHORT_NAME_LENGTH` in `flyte/_internal/runtime/task_serde.py`.
pub const MAX_NAME: usize = 63;

/// The longest description of an environment, in characters; the SDK cuts what is longer.
pub const MAX_DESCRIPTION: usize = 255;

/// The only path at which a secret can be mounted. Source: `flyte/_secret.py`.
pub const SECRET_MOUNT: &str = "/etc/flyte/secrets";

/// The name of the primary container where a template gives none. Source: `flyte/_pod.py`.
pub const PRIMARY_CONTAINER: &str = "primary";

/// The shortest time after which a pool or replica of reusable containers may be given up, in microseconds.
/// Source: `flyte/_reusable_environment.py`.
pub const MIN_TTL: i64 = 30_000_000;
