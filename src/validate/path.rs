//! Paths into a pod.
//!
//! In: nothing. Out: [`At`], which rules build as they go down, and [`Path`], which a fault keeps. Always: going down allocates
//! nothing; a path is written as Kubernetes writes it, `spec.containers[0].ports[1].name`; a name that could be taken for something
//! else stands in quotes: `metadata.labels["flyte.org/managed"]`; what stands beside the pod is below [`SETTINGS`]. Not here: the places in sources that
//! paths lead to ([`super::locate`]).

use std::fmt;

/// The field of the root below which the settings of a task stand; no pod has it.
pub const SETTINGS: &str = "settings";

/// One step down into a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment<'p> {
    Root,
    Field(&'p str),
    Index(usize),
    Key(&'p str),
}

/// A place in a pod, while a rule looks at it.
#[derive(Debug, Clone, Copy)]
pub struct At<'p> {
    parent: Option<&'p At<'p>>,
    segment: Segment<'p>,
}

impl<'p> At<'p> {
    /// The pod itself.
    #[must_use]
    pub fn root() -> At<'static> {
        At { parent: None, segment: Segment::Root }
    }

    /// The settings of the pod's task.
    #[must_use]
    pub fn settings() -> At<'static> {
        At { parent: None, segment: Segment::Field(SETTINGS) }
    }

    /// A field of the object here.
    #[must_use]
    pub fn field(&'p self, name: &'p str) -> Self {
        Self { parent: Some(self), segment: Segment::Field(name) }
    }

    /// An element of the list here.
    #[must_use]
    pub fn index(&'p self, index: usize) -> Self {
        Self { parent: Some(self), segment: Segment::Index(index) }
    }

    /// A value of the map here.
    #[must_use]
    pub fn key(&'p self, key: &'p str) -> Self {
        Self { parent: Some(self), segment: Segment::Key(key) }
    }

    /// The same, to be kept.
    #[must_use]
    pub fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut at = Some(self);
        while let Some(here) = at {
            match here.segment {
                Segment::Root => {}
                Segment::Field(name) => steps.push(Step::Field(name.to_owned())),
                Segment::Index(index) => steps.push(Step::Index(index)),
                Segment::Key(key) => steps.push(Step::Key(key.to_owned())),
            }
            at = here.parent;
        }
        steps.reverse();
        Path(steps)
    }
}

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A field of an object.
    Field(String),
    /// An element of a list, from 0.
    Index(usize),
    /// A value of a map.
    Key(String),
}

impl Step {
    /// The name of a field or of a key; elements have none.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Field(name) | Self::Key(name) => name,
            Self::Index(_) => "",
        }
    }
}

/// A place in a pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The places that this one lies in, from the nearest out.
    pub fn around(&self) -> impl Iterator<Item = Path> {
        (1..self.0.len()).rev().map(|length| Path(self.0.iter().take(length).cloned().collect()))
    }

    /// Another value of the map that this one is a value of.
    #[must_use]
    pub fn beside(&self, key: &str) -> Option<Self> {
        let (last, around) = self.0.split_last()?;
        matches!(last, Step::Key(_)).then(|| Self(around.iter().cloned().chain([Step::Key(key.to_owned())]).collect()))
    }

    /// The same field of the other elements of its list, as far as they could be `most`.
    pub fn in_others(&self, most: usize) -> impl Iterator<Item = Self> {
        let parts = match self.0.as_slice() {
            [list @ .., Step::Index(own), field @ Step::Field(_)] => Some((list.to_vec(), *own, field.clone())),
            _ => None,
        };
        let others = move |(list, own, field): (Vec<Step>, usize, Step)| {
            let others = (0..most).filter(move |index| *index != own);
            others.map(move |index| Self(list.iter().cloned().chain([Step::Index(index), field.clone()]).collect()))
        };
        parts.into_iter().flat_map(others)
    }

    /// The steps from the pod down.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The path to a field of what this leads to.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        self.and(Step::Field(name.to_owned()))
    }

    /// The path to an element of what this leads to.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.and(Step::Index(index))
    }

    fn and(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if !is_plain(name) => write!(f, "[\"{}\"]", name.escape_debug())?,
                Step::Field(name) if at == 0 => write!(f, "{name}")?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a name can be taken for nothing else. Every field of Kubernetes is so.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
