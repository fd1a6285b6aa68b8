//! Security contexts of pods and containers.
//!
//! In: a pod. Out: faults.

use k8s_openapi::api::core::v1::Container;

use super::Pod;
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// Checks that of the pod; `at` is its spec.
pub fn pod(_pod: &Pod<'_>, _at: &At<'_>, _faults: &mut Faults) {}

/// Checks that of a container at `at`.
pub fn container(_pod: &Pod<'_>, _container: &Container, _at: &At<'_>, _faults: &mut Faults) {}
