//! Where a value has been: the places that it passed through, and what it overruled.
//!
//! In: nothing. Out: [`Step`], a chain from the last thing that happened to a value back to the first. Always: what was
//! overruled is kept with a chain of its own, so that nothing of a setting's history is lost. Not here: which declaration a place
//! belongs to; its span tells.

use std::sync::Arc;

use super::Value;
use crate::source::Span;

/// One thing that happened to a value.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where it happened.
    pub place: Span,
    /// What happened.
    pub event: Event,
    /// What had happened before.
    pub earlier: Option<Arc<Step>>,
    /// How many steps there are from here on, those of overruled values too.
    length: usize,
}

/// What can happen to a value.
#[derive(Debug, Clone)]
pub enum Event {
    /// A name stood for it at this place: a parameter, a constant, the variable of a loop or a template.
    Through {
        /// Where what the name stands for was written; the place itself, where it was made there.
        written: Span,
    },
    /// It took the place of this value, which had been set at this place.
    Replaced {
        /// The value that was overruled.
        value: Value,
        /// Where it was overruled; what took its place may have been merged into since.
        by: Span,
        /// Whether that was so only in this build: under an `if`, or by an override that changes a task in place.
        conditional: bool,
    },
    /// At this place, what had been set before was taken away: the key at `key`, and its value.
    Removed {
        /// The key that had been set.
        key: Span,
        /// The value that was taken away.
        value: Value,
    },
    /// It is a text, of which this value is a part.
    Part(Value),
}

/// How many steps are kept. A longer history helps nobody, and freeing it would need a stack of its length.
const MOST_STEPS: usize = 256;

impl Step {
    fn new(place: Span, event: Event) -> Arc<Self> {
        let inner = match &event {
            Event::Through { .. } => 0,
            Event::Replaced { value, .. } | Event::Removed { value, .. } | Event::Part(value) => {
                length(value.trail.as_ref())
            }
        };
        Arc::new(Self { place, event, earlier: None, length: inner + 1 })
    }

    /// `value`, set at `place`, was overruled at `by`.
    #[must_use]
    pub fn replaced(place: Span, value: Value, by: Span, conditional: bool) -> Arc<Self> {
        Self::new(place, Event::Replaced { value: shortened(value), by, conditional })
    }

    /// `value`, set at `key`, was taken away at `place`.
    #[must_use]
    pub fn removed(place: Span, key: Span, value: Value) -> Arc<Self> {
        Self::new(place, Event::Removed { key, value: shortened(value) })
    }

    /// `value` became a part of a text at `place`.
    #[must_use]
    pub fn part(place: Span, value: Value) -> Arc<Self> {
        Self::new(place, Event::Part(shortened(value)))
    }

    /// This step, after what had happened before.
    #[must_use]
    pub fn after(step: Arc<Self>, earlier: Option<Arc<Self>>) -> Arc<Self> {
        match earlier {
            Some(earlier) if step.length + earlier.length <= 2 * MOST_STEPS => {
                let length = step.length + earlier.length;
                Arc::new(Self { earlier: Some(earlier), length, ..Arc::unwrap_or_clone(step) })
            }
            _ => step,
        }
    }
}

fn length(trail: Option<&Arc<Step>>) -> usize {
    trail.map_or(0, |step| step.length)
}

/// The value without a history that is too long.
fn shortened(mut value: Value) -> Value {
    if length(value.trail.as_ref()) >= MOST_STEPS {
        value.trail = None;
    }
    value
}

impl Value {
    /// The value as a name gives it at `place`.
    #[must_use]
    pub fn through(mut self, place: Span) -> Self {
        if length(self.trail.as_ref()) < MOST_STEPS {
            let step = Step::new(place, Event::Through { written: self.span });
            self.trail = Some(Step::after(step, self.trail.take()));
        }
        self
    }

    /// The places at which names stood for it, from the last to the first.
    pub fn passed(&self) -> impl Iterator<Item = Span> {
        self.history().filter(|step| matches!(step.event, Event::Through { .. })).map(|step| step.place)
    }

    /// Everything that happened to it, from the last to the first.
    pub fn history(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.trail.as_deref(), |step| step.earlier.as_deref())
    }
}
