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

    // 20: the Pod Security Standards
}

/// Every code of this list.
pub const CODES: &[Code] = LIST;
