//! What a command has beside its arguments.
//!
//! In: what every command takes. Out: [`Shell`], which is handed down to whoever compiles. Always: a command that is run once and one that is
//! run again and again are the same code; what the latter needs to know is noted in passing. Not here: waiting, and what is done in between.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::args::Global;
use super::reads::Reads;

/// What a command has beside its arguments.
#[derive(Clone)]
pub struct Shell<'s> {
    /// What every command takes.
    pub global: &'s Global,
    /// A note of what is read.
    pub reads: Reads,
    /// Whether something is being written.
    pub writing: Writing,
}

impl<'s> Shell<'s> {
    /// That of a command which is run once.
    pub fn new(global: &'s Global) -> Self {
        Self { global, reads: Reads::default(), writing: Writing::default() }
    }

    /// Whether nothing comes after the command.
    pub fn ends_with_command(&self) -> bool {
        !self.reads.are_noted()
    }
}

/// What is held while files are written that belong together, and by whoever is about to end the process.
#[derive(Clone, Default)]
pub struct Writing(Arc<Mutex<()>>);

impl Writing {
    /// Waits until nobody else holds it, and holds it.
    pub fn hold(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
