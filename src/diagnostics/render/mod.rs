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

/// The diagnostics in a format; `colour` only matters to people.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, format: Format, colour: bool) -> String {
    match format {
        Format::Human => human::render(diagnostics, sources, colour),
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
