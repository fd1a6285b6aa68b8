//! The volumes of a pod.
//!
//! In: a pod. Out: faults, and [`Volumes`], which mounts refer to.

use std::marker::PhantomData;

use super::Pod;
use crate::validate::fault::Faults;
use crate::validate::path::At;

/// The volumes of a pod by name.
#[derive(Debug, Default)]
pub struct Volumes<'p> {
    by_name: PhantomData<&'p ()>,
}

/// Checks the volumes at `at`.
pub fn check<'p>(_pod: &Pod<'p>, _at: &At<'_>, _faults: &mut Faults) -> Volumes<'p> {
    Volumes::default()
}
