//! Where in a pod something is different.

use std::fmt;

/// One step down into a pod.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A field of an object.
    Field(String),
    /// A value of a map of any names.
    Key(String),
    /// An element of a list, by what tells it apart, and where it stands in the newer list that has it, from 0.
    Element(String, usize),
    /// An element of a list, from 0.
    Index(usize),
    /// The order of the elements of a list.
    Order,
}

/// The way to something in a pod: `podSpec.containers[primary].image`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The steps from the pod down.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// A field of what this leads to.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        self.and(Step::Field(name.to_owned()))
    }

    /// A value of the map that this leads to.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        self.and(Step::Key(name.to_owned()))
    }

    /// This and a step more.
    #[must_use]
    pub fn and(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

/// Whether a name can be taken for nothing else.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if at == 0 => write!(f, "{name}")?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Key(name) if is_plain(name) => write!(f, ".{name}")?,
                Step::Key(name) => write!(f, "[\"{}\"]", name.escape_debug())?,
                Step::Element(key, _) => write!(f, "[{key}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Order => write!(f, " (order)")?,
            }
        }
        Ok(())
    }
}
