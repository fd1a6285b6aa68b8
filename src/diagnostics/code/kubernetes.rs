//! The codes of what is checked on finished pods: families 10 to 17 are the rules of Kubernetes' API server.
//!
//! In: nothing. Out: a [`Code`] for every rule. Always: as in the [registry](super).

use super::Code;

super::codes! {
    // 10: the pod and its metadata
    BAD_LABEL_KEY = "E1001", "a key that no label can have";

    // 11: containers

    // 12: resources

    // 13: volumes

    // 14: mounts and devices

    // 15: security

    // 16: scheduling

    // 17: out of date, or of no effect

    // 18: what a Flyte cluster does with it
    WAITS_FOR_ALL = "W1803", "a task that waits for all containers of its pod";
    PRIMARY_ANNOTATION = "W1804", "an annotation that names another container as the primary one";
    STARTED_AGAIN = "W1805", "a task that Kubernetes starts again";
    DEFAULT_CONTAINER = "W1806", "a default container that there is not";
    LIMIT_BECOMES_ZERO = "W1807", "a request without a limit beside the primary container";
    REQUEST_BECOMES_ZERO = "W1808", "a limit without a request beside the primary container";
    ACCELERATORS_TWICE = "W1809", "accelerators of a task and a limit that is not theirs";
    RESERVED_VARIABLE = "W1810", "an environment variable that Flyte sets";
    REPLACED_PROBE = "W1811", "a probe that Flyte replaces";
    RESERVED_LABEL = "W1812", "a label that Flyte sets";
    IGNORED_FIELD = "W1813", "a field that Flyte sets";
    IGNORED_SERVICE_ACCOUNT = "W1814", "a service account that the pod spec's wins over";
    SECRET_VARIABLE = "W1815", "an environment variable that a secret takes";
    SECRET_MOUNT_TAKEN = "W1816", "a mount where secrets are";
    SHARED_MEMORY_TAKEN = "W1817", "a volume or mount in the way of shared memory";
    UNKNOWN_PLACEHOLDER = "W1818", "a placeholder that Flyte does not know";
    PLACEHOLDER_OUT_OF_PLACE = "W1819", "a placeholder where nothing is replaced";
    INEXACT_NUMBER = "W1820", "a number that the wire cannot hold";

    // 20: the Pod Security Standards
}

/// Every code of this list.
pub const CODES: &[Code] = LIST;
