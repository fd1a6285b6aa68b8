//! Affinity to nodes and to other pods.
//!
//! In: a pod. Out: faults. Source: `validateAffinity` and what it calls in validation.go. Not here: label selectors
//! ([`super::selectors`]).

use super::Pod;
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// Checks the affinity at `at`.
pub fn check(_pod: &Pod<'_>, _at: &At<'_>, _faults: &mut Faults) {}
