//! The resources of the whole pod.
//!
//! In: a pod. Out: faults.

use k8s_openapi::api::core::v1::Container;

use super::Pod;
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// Checks `resources` of the spec at `at`.
pub fn check(_pod: &Pod<'_>, _at: &At<'_>, _faults: &mut Faults) {}

/// Checks `resources` of the spec at `at`, where `container` stands in the place of the container `index`.
pub fn filled(_pod: &Pod<'_>, _container: &Container, _index: usize, _at: &At<'_>, _faults: &mut Faults) {}
