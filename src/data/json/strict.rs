//! What JSON refuses that its parser lets through.
//!
//! In: a text. Out: the first fault of its characters or its nesting. Always: before that fault, brackets stand in each other at
//! most [`MAX_NESTING`] deep; strings are told apart as the parser does, and where it certainly stops, so does this.
//! Linear in the length of the text. Not here: everything else that can be wrong.

use super::{Place, words};
use crate::data::MAX_NESTING;
use crate::data::faults::too_deep;
use crate::diagnostics::Diagnostic;

/// The first fault, and where it is.
pub fn first_fault(text: &str, place: &Place) -> Option<(usize, Diagnostic)> {
    let mut string = None;
    let mut escaped = false;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        let here = place.span(at..at + c.len_utf8());
        if let Some(start) = string {
            match c {
                '\n' | '\r' => return Some((at, words::line_break_in_string(place.span(start..at)))),
                '\0'..='\x1F' => return Some((at, words::control_character(here, c))),
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => string = None,
                _ => {}
            }
            continue;
        }
        match c {
            '"' => string = Some(at),
            '[' | '{' if depth == MAX_NESTING => return Some((at, too_deep(here))),
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            // A comment or a text in single quotes, which the parser refuses; what is in it is not to be read as JSON.
            '/' | '\'' => return None,
            ' ' | '\t' | '\n' | '\r' => {}
            c if c.is_whitespace() => return Some((at, words::foreign_blank(here, c))),
            _ => {}
        }
    }
    None
}
