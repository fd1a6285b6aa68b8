//! Paths to the fields of a pod.
//!
//! In: keys and indexes. Out: [`Path`], written as Kubernetes writes one: `spec.containers[0].image`. Always: a key that could be
//! taken for something else stands in quotes: `metadata.labels["flyte.org/managed"]`.

use std::fmt::{Display, Formatter, Result};

use ecow::EcoString;

/// The way from the pod to one of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

/// One step of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To the entry of a map, or the field of an object.
    Key(EcoString),
    /// To the item of a list.
    Index(usize),
}

impl Path {
    /// The steps, from the pod on.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The path to an entry of what this leads to.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.and(Step::Key(key.into()))
    }

    /// The path to an item of what this leads to.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.and(Step::Index(index))
    }

    fn and(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if !is_plain(key) => write!(f, "[\"{}\"]", key.escape_debug())?,
                Step::Key(key) if at == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
