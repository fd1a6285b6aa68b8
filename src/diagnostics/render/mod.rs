//! Diagnostics as text.
//!
//! In: finished diagnostics and their sources. Out: text for people or programs. Always: every format carries the same facts.
//! Not here: where the text goes, and whether it may have colours.

mod human;
mod json;
mod short;

use super::{Diagnostic, Severity};
use crate::source::SourceMap;

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// With the source and what is to be said about it.
    #[default]
    Human,
    /// One line each: `file:line:column: severity[code]: message`.
    Short,
    /// One JSON object a line.
    Json,
}

/// What people read messages on. The other formats are the same everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Screen {
    /// Whether it has colours.
    pub colour: bool,
}

/// The diagnostics in a format.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, format: Format, screen: Screen) -> String {
    match format {
        Format::Human => human::render(diagnostics, sources, screen),
        Format::Short => short::render(diagnostics, sources),
        Format::Json => json::render(diagnostics, sources),
    }
}

impl Severity {
    /// As every format spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}
