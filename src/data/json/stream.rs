//! Where the values of a text with several are.
//!
//! In: a text of JSON values one after the other. Out: the range of each. Always: the ranges stand in the order of the text, with
//! nothing but white space between them; of a text that is no JSON they are as good a guess as any, for each is read strictly
//! afterwards. Linear in the length of the text. Not here: what the values are.

use std::ops::Range;

/// The ranges of the values.
pub fn values(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        if trimmed.is_empty() {
            return ranges;
        }
        let start = at + rest.len() - trimmed.len();
        at = start + length(trimmed);
        ranges.push(start..at);
    }
}

/// How long the first value is, which the text begins with; never nothing.
fn length(text: &str) -> usize {
    let mut depth = 0_usize;
    let (mut is_string, mut is_escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        if is_string {
            (is_string, is_escaped) = (is_escaped || byte != b'"', !is_escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => is_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}
