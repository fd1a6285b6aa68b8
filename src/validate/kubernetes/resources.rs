//! The resources of a container.
//!
//! In: a container. Out: faults.

use k8s_openapi::api::core::v1::Container;

use super::Pod;
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// Checks `resources` of the container at `at`.
pub fn check(_pod: &Pod<'_>, _container: &Container, _at: &At<'_>, _faults: &mut Faults) {}

/// Checks `resizePolicy` of the container at `at`.
pub fn resize_policy(_pod: &Pod<'_>, _container: &Container, _at: &At<'_>, _faults: &mut Faults) {}
