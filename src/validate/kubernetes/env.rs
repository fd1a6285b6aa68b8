//! The environment variables of a container.
//!
//! In: a container. Out: faults.

use k8s_openapi::api::core::v1::Container;

use super::Pod;
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// Checks `env` of the container at `at`.
pub fn variables(_pod: &Pod<'_>, _container: &Container, _at: &At<'_>, _faults: &mut Faults) {}

/// Checks `envFrom` of the container at `at`.
pub fn sources(_pod: &Pod<'_>, _container: &Container, _at: &At<'_>, _faults: &mut Faults) {}
