//! The namespaces of the node, and of users.
//!
//! In: a pod. Out: faults.

use super::Pod;
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// Checks it at `at`.
pub fn check(_pod: &Pod<'_>, _at: &At<'_>, _faults: &mut Faults) {}
