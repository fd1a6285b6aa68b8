//! The bound on nesting, held before anything recurses.
//!
//! In: a text. Out: the same text, or a copy of the same length in which the inside of every bracket beyond the bound is
//! blank. Always: brackets in the result are nested at most [`MAX_NESTING`] deep, so the stages that recurse over the tree
//! need no bound of their own, on any thread. Not here: whether brackets match.

use std::borrow::Cow;

use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Span};

/// How deep brackets may stand in each other. A pod spec needs about fifteen.
pub const MAX_NESTING: usize = 64;

/// `text` with whatever is nested too deep blanked out, and reported.
pub fn bounded<'t>(file: FileId, text: &'t str, diagnostics: &mut Diagnostics) -> Cow<'t, str> {
    let deep = too_deep(text.as_bytes());
    let Some((first, _)) = deep.first() else { return Cow::Borrowed(text) };
    diagnostics.push(
        Diagnostic::new(
            code::NESTING_TOO_DEEP,
            Span::new(file, *first..first + 1),
            format!("brackets are nested deeper than {MAX_NESTING} here"),
        )
        .note("no pod needs half of that; a bracket above was probably never closed"),
    );
    let mut blanked = text.as_bytes().to_vec();
    for (open, close) in deep {
        for byte in blanked.get_mut(open + 1..close).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    // Whole ranges between ASCII brackets were replaced by ASCII, so this is still UTF-8.
    Cow::Owned(String::from_utf8_lossy(&blanked).into_owned())
}

/// The brackets that open below the bound, with what closes them (or the end of the text).
fn too_deep(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth == MAX_NESTING + 1 {
                    found.push((at, bytes.len()));
                }
            }
            b'}' | b']' => {
                if depth == MAX_NESTING + 1
                    && let Some(last) = found.last_mut()
                {
                    last.1 = at;
                }
                depth = depth.saturating_sub(1);
            }
            b'#' => at = line_end(bytes, at),
            b'"' | b'\'' => at = string_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    found
}

/// The last byte of the line that `at` stands on.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

/// The last byte of the string that begins at `at`; as the grammar has it, a short one ends with its line at the latest.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let quote = rest.first().copied().unwrap_or_default();
    let long = rest.len() >= 3 && rest.iter().take(3).all(|byte| *byte == quote);
    let mut i = if long { 3 } else { 1 };
    while let Some(byte) = rest.get(i) {
        match byte {
            b'\\' if quote == b'"' && rest.get(i + 1) != Some(&b'\n') => i += 1,
            b'\n' if !long => return at + i,
            b'$' if quote == b'"' && !long => i += interpolation_length(rest.get(i..).unwrap_or_default()),
            byte if *byte == quote && !long => return at + i,
            byte if *byte == quote && rest.get(i..i + 3).is_some_and(|end| end.iter().all(|b| b == byte)) => {
                return at + i + 2;
            }
            _ => {}
        }
        i += 1;
    }
    bytes.len()
}

/// How many bytes of an interpolation follow its `$`; 0 where the grammar sees none. Strings in it do not end the string
/// around it.
fn interpolation_length(bytes: &[u8]) -> usize {
    if bytes.get(1) != Some(&b'{') {
        return 0;
    }
    let mut in_string = false;
    for (i, byte) in bytes.iter().enumerate().skip(2) {
        match byte {
            b'\n' => return 0,
            b'"' => in_string = !in_string,
            b'}' if !in_string => return i,
            _ => {}
        }
    }
    0
}
