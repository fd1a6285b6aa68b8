//! Where the brackets of a text are, without parsing it.
//!
//! In: a text. Out: its [`Token`]s, in order. Always: strings and comments are told apart exactly as the grammar does, so what
//! is no token here opens or closes nothing there. Linear in the length of the text. Not here: which bracket belongs to which.

use memchr::memchr;

/// Something that the nesting of a text depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// The first character of a line, if it is neither a comment nor inside a string.
    Line {
        /// Where it stands.
        at: usize,
        /// How far it is indented, in bytes.
        indent: usize,
    },
    /// `{`, `[` or `(`.
    Open {
        /// Where it stands.
        at: usize,
        /// Which.
        byte: u8,
    },
    /// `}`, `]` or `)`.
    Close {
        /// Where it stands.
        at: usize,
        /// Which.
        byte: u8,
    },
    /// The first character of anything else, once for each run of it.
    Code {
        /// Where it begins.
        at: usize,
        /// Where it ends.
        end: usize,
    },
}

/// Gives every token to `each`.
pub fn scan(text: &str, mut each: impl FnMut(Token)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut line_start = 0;
    let mut fresh = true;
    while let Some(byte) = bytes.get(at) {
        if fresh && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'#') {
            each(Token::Line { at, indent: at - line_start });
            fresh = false;
        }
        match byte {
            b'\n' => {
                line_start = at + 1;
                fresh = true;
                at += 1;
            }
            b' ' | b'\t' | b'\r' => at += 1,
            b'#' => at = line_end(bytes, at),
            b'{' | b'[' | b'(' => {
                each(Token::Open { at, byte: *byte });
                at += 1;
            }
            b'}' | b']' | b')' => {
                each(Token::Close { at, byte: *byte });
                at += 1;
            }
            b'"' | b'\'' => {
                let end = string_end(bytes, at);
                each(Token::Code { at, end });
                at = end;
            }
            _ => {
                let end = run_end(bytes, at);
                each(Token::Code { at, end });
                at = end;
            }
        }
    }
}

/// Which bytes end a run of ordinary characters: one look for each tells.
const ENDS_RUN: [bool; 256] = {
    let mut table = [false; 256];
    let special = b" \t\r\n#{}[]()\"'";
    let mut at = 0;
    while at < special.len() {
        // A byte is a place in the table.
        table[special[at] as usize] = true;
        at += 1;
    }
    table
};

/// Where a run of ordinary characters ends.
fn run_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    // A byte is a place in the table.
    at + rest.iter().position(|byte| ENDS_RUN[usize::from(*byte)]).unwrap_or(rest.len())
}

/// Where the line ends on which `at` stands.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Where the string ends that begins at `at`.
pub(super) fn string_end(bytes: &[u8], at: usize) -> usize {
    match string_length(bytes, at) {
        Length::Ended(length) | Length::Unended(length) => at + length,
    }
}

/// How long a string is, in bytes.
pub(super) enum Length {
    /// It has its end, or is one over several lines.
    Ended(usize),
    /// It is not ended on its line.
    Unended(usize),
}

/// The length of the string that begins at `at`.
pub(super) fn string_length(bytes: &[u8], at: usize) -> Length {
    let rest = bytes.get(at..).unwrap_or_default();
    let quote = rest.first().copied().unwrap_or_default();
    if rest.len() >= 3 && rest.iter().take(3).all(|byte| *byte == quote) {
        return Length::Ended(long_length(rest, quote));
    }
    short_length(rest, quote).map_or_else(|| Length::Unended(unclosed_length(rest)), Length::Ended)
}

/// The length of a string over several lines; one that never ends goes on to the end of the text.
fn long_length(rest: &[u8], quote: u8) -> usize {
    let mut i = 3;
    while let Some(byte) = rest.get(i) {
        if *byte == b'\\' && quote == b'"' {
            i += 2;
        } else if *byte == quote && rest.get(i..i + 3).is_some_and(|end| end.iter().all(|byte| *byte == quote)) {
            return i + 3;
        } else {
            i += 1;
        }
    }
    rest.len()
}

/// The length of a string on one line, if it is closed there.
fn short_length(rest: &[u8], quote: u8) -> Option<usize> {
    let mut i = 1;
    loop {
        match rest.get(i)? {
            b'\n' => return None,
            b'\\' if quote == b'"' => {
                if rest.get(i + 1)? == &b'\n' {
                    return None;
                }
                i += 2;
            }
            b'$' if quote == b'"' => i += 1 + interpolation_length(rest.get(i..).unwrap_or_default()),
            byte if *byte == quote => return Some(i + 1),
            _ => i += 1,
        }
    }
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
            // The next one begins; so a line of many is read once, not once for each.
            b'$' if !in_string && bytes.get(i + 1) == Some(&b'{') => return 0,
            _ => {}
        }
    }
    0
}

/// The length of a string that is not closed on its line: up to a bracket that it does not open itself, so that a forgotten
/// quote does not take the end of its surroundings with it. `{{.input}}` is part of the text.
fn unclosed_length(rest: &[u8]) -> usize {
    let mut i = 1;
    while let Some(byte) = rest.get(i) {
        i = match byte {
            b'\n' | b'}' | b']' => return i,
            b'{' => group_end(rest, i, true).unwrap_or(i + 1),
            _ => i + 1,
        };
    }
    rest.len()
}

/// Where a group in braces ends, on the same line and with at most one more level in it.
fn group_end(rest: &[u8], at: usize, outer: bool) -> Option<usize> {
    let mut i = at + 1;
    loop {
        i = match rest.get(i)? {
            b'}' => return Some(i + 1),
            b'{' if outer => group_end(rest, i, false)?,
            b'{' | b'\n' => return None,
            _ => i + 1,
        };
    }
}
