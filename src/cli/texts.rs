//! Bytes to text.
//!
//! In: what a file holds. Out: its text, and what is said where it is no UTF-8. Always: what Windows writes as "Unicode" is read as
//! what it is, so that nothing more is found wrong with it. Not here: which files are read.

use std::ops::Range;

use crate::diagnostics::{Diagnostic, code};
use crate::source::{FileId, Span};

/// What is wrong with the bytes of a file.
pub struct Bad {
    /// Where in the text.
    place: Range<usize>,
    message: &'static str,
}

/// The text of these bytes; where they are no UTF-8, the first place at which that shows, and the rest read as well as can be.
pub fn text(bytes: Vec<u8>) -> (String, Option<Bad>) {
    if let Some(text) = utf16(&bytes) {
        let first = text.chars().next().map_or(0, char::len_utf8);
        return (text, Some(Bad { place: 0..first, message: "this file is UTF-16, not UTF-8" }));
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let at = error.utf8_error().valid_up_to();
            (text, Some(Bad { place: at..at + '\u{FFFD}'.len_utf8(), message: "this is not UTF-8" }))
        }
    }
}

/// The text of bytes that begin with the mark of UTF-16, without it.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (units, _) = bytes.get(2..)?.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|pair| unit(*pair)).collect();
    Some(String::from_utf16_lossy(&units))
}

/// Whether bytes begin with the mark of UTF-16.
pub fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..])
}

/// What is said of it.
pub fn not_utf8(file: FileId, bad: Bad) -> Diagnostic {
    Diagnostic::new(code::NOT_UTF8, Span::new(file, bad.place), bad.message).help("save the file as UTF-8")
}
