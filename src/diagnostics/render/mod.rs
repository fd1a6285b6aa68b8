//! Diagnostics as text.
//!
//! In: finished diagnostics and their sources. Out: text for people or programs. Always: every format carries the same facts.
//! Not here: where the text goes, and whether it may have colours.

mod changes;
mod github;
mod human;
mod json;
mod sarif;
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
    /// One document of SARIF 2.1.0, also where there is nothing to tell.
    Sarif,
    /// One workflow command of GitHub Actions a line.
    Github,
}

/// What people read messages on. The other formats are the same everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Screen {
    /// Whether it has colours.
    pub colour: bool,
    /// How many columns it has, where that is known; else nothing is broken over lines.
    pub width: Option<usize>,
    /// Whether it only has the letters of ASCII.
    pub ascii: bool,
}

/// The diagnostics in a format.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, format: Format, screen: Screen) -> String {
    match format {
        Format::Human => human::render(diagnostics, sources, screen),
        Format::Short => short::render(diagnostics, sources),
        Format::Json => json::render(diagnostics, sources),
        Format::Sarif => sarif::render(diagnostics, sources),
        Format::Github => github::render(diagnostics, sources),
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
