//! Feature gates: switches of a cluster, of which each version has its own defaults.
//!
//! In: a version, and what an administrator set. Out: [`Gates`]. Always: there are facts for each [`Gate`]; a gate has a constant
//! of its name. Not here: gates that guard nothing of a pod.

use super::{Version, table};

/// A feature gate of Kubernetes, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate(pub(super) usize);

/// What is known of a gate.
#[derive(Debug)]
pub struct Facts {
    /// As it is written.
    pub name: &'static str,
    /// The first version that has it.
    pub since: Version,
    /// The version from which on it is on by default.
    pub on_since: Option<Version>,
    /// The version from which on nobody can set it any more.
    pub locked_since: Option<Version>,
}

impl Gate {
    /// The gate of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        table::GATES.binary_search_by(|facts| facts.name.cmp(name)).ok().map(Self)
    }

    /// The names of all gates.
    pub fn names() -> impl Iterator<Item = &'static str> {
        table::GATES.iter().map(|facts| facts.name)
    }

    /// What is known of it.
    #[must_use]
    pub fn facts(self) -> &'static Facts {
        // A gate is a place in this very table: only the table and a search in it make one.
        &table::GATES[self.0]
    }

    /// Whether a version has it on where nobody set it.
    #[must_use]
    pub fn default_in(self, version: Version) -> bool {
        self.facts().on_since.is_some_and(|since| since <= version)
    }
}

/// Which gates are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gates {
    version: Version,
    /// By the gates' places in the table.
    on: [bool; table::GATES.len()],
}

/// Why a gate cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsettable {
    /// Its version does not have it yet.
    Absent {
        /// The first version that has it.
        since: Version,
    },
    /// Its version has locked it to its default.
    Locked {
        /// The default.
        on: bool,
        /// The version that locked it.
        since: Version,
    },
}

impl Gates {
    /// The defaults of a version.
    #[must_use]
    pub fn of(version: Version) -> Self {
        Self { version, on: std::array::from_fn(|at| Gate(at).default_in(version)) }
    }

    /// Whether a gate is on.
    #[must_use]
    pub fn is_on(&self, gate: Gate) -> bool {
        // As many as there are in the table, of which the gate is a place.
        self.on[gate.0]
    }

    /// Whether a gate is not as its version has it by default.
    #[must_use]
    pub fn is_set(&self, gate: Gate) -> bool {
        self.is_on(gate) != gate.default_in(self.version)
    }

    /// Turns a gate on or off.
    ///
    /// # Errors
    /// Where an API server of the version would not start with that.
    pub fn set(&mut self, gate: Gate, on: bool) -> Result<(), Unsettable> {
        let facts = gate.facts();
        if self.version < facts.since {
            return Err(Unsettable::Absent { since: facts.since });
        }
        let default = gate.default_in(self.version);
        match facts.locked_since.filter(|since| *since <= self.version) {
            Some(since) if on != default => Err(Unsettable::Locked { on: default, since }),
            _ => {
                self.on[gate.0] = on;
                Ok(())
            }
        }
    }
}
