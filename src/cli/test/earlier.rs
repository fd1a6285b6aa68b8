//! What came of tests in earlier rounds.
//!
//! In: a test. Out: what comes of it. Always: a test is run again only where something that it has read would be read otherwise now; what it gave
//! is told in a line then, and not in full again. A command that is run once keeps nothing. Not here: running tests.

use std::collections::BTreeMap;

use super::cases::Case;
use super::outcome::{self, Mode, Outcome};
use crate::cli::Failure;
use crate::cli::reads::Reads;
use crate::cli::shell::Shell;

/// What came of tests, by their names.
#[derive(Default)]
pub struct Earlier(BTreeMap<String, Kept>);

struct Kept {
    case: Case,
    reads: Reads,
    outcome: Option<Outcome>,
}

impl Earlier {
    /// What comes of a test; nothing where it has nothing to compare.
    pub fn outcome(&mut self, shell: &Shell<'_>, case: &Case, mode: Mode) -> Result<Option<Outcome>, Failure> {
        let kept = self.0.get(&case.name).filter(|kept| kept.case == *case && kept.reads.changes().is_empty());
        if let Some(kept) = kept {
            shell.reads.absorb(&kept.reads);
            return Ok(kept.outcome.clone());
        }
        let own = Shell { reads: shell.reads.apart(), ..shell.clone() };
        let outcome = outcome::of(&own, case, mode);
        // Where it could not run, it may when that changes.
        shell.reads.absorb(&own.reads);
        let outcome = outcome?;
        if own.reads.are_noted() {
            let shortened = outcome.as_ref().map(Outcome::shortened);
            self.0.insert(case.name.clone(), Kept { case: case.clone(), reads: own.reads, outcome: shortened });
        }
        Ok(outcome)
    }
}
