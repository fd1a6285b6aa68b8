//! The bounds of what one build may make, so that every build ends soon.
//!
//! In: what is about to be made. Out: whether it still may be. Always: what is over the bound is reported once, at the loop or
//! template that was at work, and after that nothing more is made. Steps are counted in loops and templates, for what a program says
//! without them is bounded by its length; memory is counted everywhere. Not here: the nesting of values (`value::MAX_DEPTH`) and of text (`syntax`).

use super::weights;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::Span;

/// How many rounds, elements and settings loops and templates may make: a bound of time.
pub const MAX_STEPS: usize = 4_000_000;

/// How much memory values and declarations may take, in bytes, besides what the length of the sources allows for. With a megabyte of text,
/// and with the pods that are written, a build stays below half a gigabyte.
///
/// A hundred thousand tasks that a loop makes over a template of twenty settings stay below it.
pub const MAX_MEMORY: usize = 320 * MEBIBYTE;

/// How much more each byte of a source may take, in bytes: what is written out one by one is bounded by its length.
pub const MEMORY_OF_BYTE: usize = 32;

const MEBIBYTE: usize = 1024 * 1024;

/// How long a text may become that is put together, in bytes. The API server takes no object beyond 1.5 MiB.
pub const MAX_TEXT: usize = 1024 * 1024;

/// How large a file of YAML or JSON may be, in bytes.
pub const MAX_DATA: usize = 4 * 1024 * 1024;

/// How much text may be put together in a whole build, in bytes.
pub const MAX_TEXTS: usize = 128 * 1024 * 1024;

/// How many settings of layers may be copied where another layer changes them.
pub const MAX_COPIES: usize = 2_000_000;

/// How many values the settings of one task may hold, with its template. No pod that the API server takes has as many.
pub const MAX_POD: usize = 100_000;

/// How many values the settings of all tasks and variants may hold together, and one more for each byte of the sources. What they share
/// counts for each, but for templates, which count once.
pub const MAX_SETTINGS: usize = 5_000_000;

/// How many tasks and variants a build may make.
pub const MAX_PODS: usize = 100_000;

/// What is left of the bounds.
#[derive(Debug)]
pub struct Budget {
    steps: usize,
    /// How much memory there was at the beginning.
    most: usize,
    memory: usize,
    texts: usize,
    copies: usize,
    settings: usize,
    /// The loops and templates that are at work, the outermost first.
    at_work: Vec<Span>,
    exhausted: bool,
}

impl Budget {
    /// That of a build whose sources have so many bytes.
    #[must_use]
    pub fn of(bytes: usize) -> Self {
        let most = MAX_MEMORY.saturating_add(bytes.saturating_mul(MEMORY_OF_BYTE));
        Self {
            steps: MAX_STEPS,
            most,
            memory: most,
            texts: MAX_TEXTS,
            copies: MAX_COPIES,
            settings: MAX_SETTINGS.saturating_add(bytes),
            at_work: Vec::new(),
            exhausted: false,
        }
    }

    /// A loop or template begins its work.
    pub fn enter(&mut self, place: Span) {
        self.at_work.push(place);
    }

    /// The last loop or template that began has ended.
    pub fn leave(&mut self) {
        self.at_work.pop();
    }

    /// Whether a loop or template is at work.
    #[must_use]
    pub fn is_counting(&self) -> bool {
        !self.at_work.is_empty()
    }

    /// Whether nothing more may be made.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Counts what is made, and tells whether it may be.
    pub fn spend(&mut self, steps: usize, place: Span, diagnostics: &mut Diagnostics) -> bool {
        if self.exhausted {
            return false;
        }
        if let Some(left) = self.steps.checked_sub(steps) {
            self.steps = left;
            return true;
        }
        let message = format!("this makes more than the {MAX_STEPS} things that one build may make");
        self.exhaust(place, message, diagnostics);
        false
    }

    /// Counts the memory of what is made, in bytes, and tells whether it may be.
    pub fn keep(&mut self, bytes: usize, place: Span, diagnostics: &mut Diagnostics) -> bool {
        if self.exhausted {
            return false;
        }
        if let Some(left) = self.memory.checked_sub(bytes) {
            self.memory = left;
            return true;
        }
        let message =
            format!("this makes more than the {} MiB of values that this build may hold", self.most / MEBIBYTE);
        self.exhaust(place, message, diagnostics);
        false
    }

    /// How much memory may still be taken, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// What is left for the pods.
    #[must_use]
    pub fn room(&self) -> Room {
        Room { most: self.most, left: self.memory, is_full: self.exhausted }
    }

    /// Counts what is copied, and tells whether it may be.
    pub fn copy(&mut self, count: usize, place: Span, diagnostics: &mut Diagnostics) -> bool {
        if self.exhausted {
            return false;
        }
        if let Some(left) = self.copies.checked_sub(count) {
            self.copies = left;
            return true;
        }
        let message = format!("layers over each other copy more than {MAX_COPIES} settings");
        self.exhaust(place, message, diagnostics);
        false
    }

    /// Counts the values of a task's settings, of which so many are in a template that was counted before, and tells whether they are
    /// as few as they have to be.
    pub fn pod(&mut self, values: usize, counted: usize, place: Span, diagnostics: &mut Diagnostics) -> bool {
        if self.exhausted {
            return false;
        }
        if values > MAX_POD {
            diagnostics.push(too_large(values, place));
            return false;
        }
        if let Some(left) = self.settings.checked_sub(values.saturating_sub(counted)) {
            self.settings = left;
            return true;
        }
        self.exhausted = true;
        let message = "the settings of all tasks hold too many values together";
        let diagnostic = Diagnostic::new(code::TOO_MUCH, place, message)
            .note(format!("{MAX_SETTINGS} are allowed, and one more for each byte of the sources"))
            .note("what tasks take over from their environment counts for each of them, and a template that they share counts once");
        diagnostics
            .push(diagnostic.help("split the program into builds of their own, or put what is shared into a template"));
        false
    }

    /// Gives back what was counted since there was room for so much: it is not kept.
    pub fn give_back(&mut self, memory: usize) {
        self.memory = self.memory.max(memory);
    }

    /// Counts a text of so many bytes, and tells whether it may be made.
    pub fn text(&mut self, bytes: usize, place: Span, diagnostics: &mut Diagnostics) -> bool {
        if self.exhausted {
            return false;
        }
        if bytes > MAX_TEXT {
            let message = format!("this text becomes longer than {} KiB", MAX_TEXT / 1024);
            let diagnostic = Diagnostic::new(code::TOO_MUCH, place, message);
            diagnostics.push(self.with_work(diagnostic).note("no pod that the API server takes could hold it"));
            return false;
        }
        if let Some(left) = self.texts.checked_sub(bytes) {
            self.texts = left;
            return self.keep(weights::text(bytes), place, diagnostics);
        }
        let message = format!("this makes more than the {} MiB of text that one build may make", MAX_TEXTS / MEBIBYTE);
        self.exhaust(place, message, diagnostics);
        false
    }

    fn exhaust(&mut self, place: Span, message: String, diagnostics: &mut Diagnostics) {
        self.exhausted = true;
        let place = self.at_work.last().copied().unwrap_or(place);
        let diagnostic = self.with_work(Diagnostic::new(code::TOO_MUCH, place, message));
        diagnostics.push(diagnostic.help("split the program into builds of their own, or make less"));
    }

    /// The diagnostic, with the loops and templates around its place.
    fn with_work(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        /// How many places are shown.
        const MOST: usize = 3;
        let own = diagnostic.span();
        let around = self.at_work.iter().rev().filter(|place| Some(**place) != own);
        for place in around.take(MOST) {
            diagnostic = diagnostic.label(*place, "in the course of this");
        }
        diagnostic
    }
}

/// What is said of settings that are more than a pod can have.
#[must_use]
pub fn too_large(values: usize, place: Span) -> Diagnostic {
    let message = format!("the settings here hold {values} values, and those of a task at most {MAX_POD}");
    Diagnostic::new(code::TOO_MUCH, place, message)
        .note("no pod that the API server takes could hold them")
        .help("make fewer, or put them into a file that the task reads when it runs")
}

/// The memory that is left for pods, in bytes.
#[derive(Debug)]
pub struct Room {
    most: usize,
    left: usize,
    /// Whether something found no place any more, which was reported.
    is_full: bool,
}

impl Room {
    /// Takes so much for a pod that is made at a place, and tells whether it was there.
    pub fn takes(&mut self, bytes: usize, place: Span, diagnostics: &mut Diagnostics) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) if !self.is_full => {
                self.left = left;
                true
            }
            _ => {
                if !self.is_full {
                    diagnostics.push(no_room(self.most, place));
                }
                self.is_full = true;
                false
            }
        }
    }

    /// How much is left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }

    /// Whether nothing more is made.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.is_full
    }
}

/// What is said of a pod whose template has no room beside the values of the build, which may take so many bytes.
fn no_room(most: usize, place: Span) -> Diagnostic {
    let message = format!("with this pod, the build takes more than the {} MiB that it may hold", most / MEBIBYTE);
    Diagnostic::new(code::TOO_MUCH, place, message)
        .note("tasks with the same template share one pod; each that changes its template makes another")
        .help("split the program into builds of their own, or put what differs into `env_vars`")
}
