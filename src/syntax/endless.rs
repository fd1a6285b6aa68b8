//! Lines with very many strings that never end.
//!
//! In: a text. Out: the same text, or a copy of the same length without the rest of such lines. Always: on no line more than
//! [`MOST_UNENDED`] strings are looked for in vain, each of which is looked for to the end of the line, so that reading a line stays
//! linear in its length; each such line is one diagnostic. Not here: a string that somebody forgot to end.

use std::borrow::Cow;

use super::scan::{self, Length};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Span};

/// How many strings of one line may have no end.
const MOST_UNENDED: usize = 16;

/// Lines of this length, in bytes, are read in no time whatever stands in them.
const SHORT: usize = 500;

/// The text without what nobody could have meant.
pub fn bounded<'t>(file: FileId, text: &'t str, diagnostics: &mut Diagnostics) -> Cow<'t, str> {
    if text.split('\n').all(|line| line.len() <= SHORT) {
        return Cow::Borrowed(text);
    }
    let found = found(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for (start, end) in found {
        diagnostics.push(told(Span::new(file, start..start + 1)));
        if let Some(rest) = bytes.get_mut(start..end) {
            rest.fill(b' ');
        }
    }
    // From a quote to the end of its line, whole characters were replaced by ASCII, so this is still UTF-8.
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// From which quote to which line end a text says nothing.
fn found(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut found, mut at, mut unended) = (Vec::new(), 0, 0);
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'\n' => {
                unended = 0;
                at + 1
            }
            b'#' => scan::line_end(bytes, at),
            b'"' | b'\'' => match scan::string_length(bytes, at) {
                Length::Ended(length) => at + length,
                Length::Unended(_) if unended == MOST_UNENDED => {
                    let end = scan::line_end(bytes, at);
                    found.push((at, end));
                    end
                }
                Length::Unended(length) => {
                    unended += 1;
                    at + length
                }
            },
            _ => at + 1,
        };
    }
    found
}

fn told(place: Span) -> Diagnostic {
    let message = format!("more than {MOST_UNENDED} strings of this line do not end");
    Diagnostic::new(code::LINE_TOO_BROKEN, place, message)
        .note("the rest of the line is not read")
        .help("write each string on a line of its own, and end it there")
}
