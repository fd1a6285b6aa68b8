//! The brackets that are open at a place of a text, as the grammar has it.
//!
//! In: brackets, in their order. Out: how many are open. Always: a `}` also ends every list in its block, a `]` every parenthesis in its list,
//! and a `]` in a block closes nothing; closing costs no more than opening did. Not here: which of them are at fault.

use super::brackets::partner;

/// The brackets that are open.
#[derive(Default)]
pub struct Opened {
    bytes: Vec<u8>,
    /// Where those of them stand that are no parentheses.
    others: Vec<usize>,
}

impl Opened {
    /// How many are open.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Opens one.
    pub fn push(&mut self, byte: u8) {
        if byte != b'(' {
            self.others.push(self.bytes.len());
        }
        self.bytes.push(byte);
    }

    /// Whether all that is open are parentheses.
    pub fn has_only_parentheses(&self) -> bool {
        self.others.is_empty()
    }

    /// Takes away what a bracket closes, and tells whether that is its partner alone.
    pub fn close(&mut self, byte: u8) -> bool {
        if self.bytes.last() == Some(&partner(byte)) {
            self.leave(self.bytes.len().saturating_sub(1));
            return true;
        }
        match byte {
            b')' => return true,
            b']' => {
                let inner = self.others.last().copied();
                if let Some(list) = inner.filter(|at| self.bytes.get(*at) == Some(&b'[')) {
                    self.leave(list);
                    return true;
                }
            }
            _ => {
                let block = self.bytes.iter().rposition(|byte| *byte == b'{').unwrap_or_default();
                let mended = self.others.last().is_none_or(|last| *last <= block);
                let found = self.bytes.get(block) == Some(&b'{');
                // Nothing is gone through twice: it is taken away.
                self.leave(block);
                return found && mended;
            }
        }
        false
    }

    fn leave(&mut self, length: usize) {
        self.bytes.truncate(length);
        while self.others.pop_if(|at| *at >= length).is_some() {}
    }
}
