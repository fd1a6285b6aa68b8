//! Bytes to text.
//!
//! In: what a file holds. Out: its text, and what is said where it is none. Not here: which files are read.

use crate::diagnostics::{Diagnostic, code};
use crate::source::{FileId, Span};

/// The text of these bytes; where they are no UTF-8, the place of the first bad one, and the rest read as well as can be.
pub fn text(bytes: Vec<u8>) -> (String, Option<usize>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, Some(error.utf8_error().valid_up_to()))
        }
    }
}

/// What is said of a bad byte.
pub fn not_utf8(file: FileId, at: usize) -> Diagnostic {
    let span = Span::new(file, at..at + '\u{FFFD}'.len_utf8());
    Diagnostic::new(code::NOT_UTF8, span, "this is not UTF-8").help("save the file as UTF-8")
}
