//! Lines in which no habit can be: what most lines are.
//!
//! In: a line, from its beginning. Out: whether it is passed over. Always: going through it step by step would find nothing (a test holds both
//! against each other). Where that is not certain at a look, a line is no ordinary one. Linear in its length. Not here: habits.

use super::{Reader, in_name};
use crate::syntax::scan::{Length, line_end, string_length};

/// The words that another module looks behind where a line begins with them.
const LOOKED_AT: &[&str] =
    &["foreach", "unless", "while", "until", "loop", "for", "switch", "match", "case", "when", "def", "async", "class"];

impl Reader<'_> {
    /// Passes over the line that begins here, if it is an ordinary one.
    pub(super) fn ordinary(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(self.at..).unwrap_or_default();
        let start = self.at + rest.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(rest.len());
        if !self.begins_ordinarily(start) {
            return false;
        }
        let (mut at, mut depth, mut last) = (start, self.depth, b'\n');
        while let Some(byte) = bytes.get(at).copied() {
            let next = bytes.get(at + 1).copied().unwrap_or(b'\n');
            match byte {
                b'\n' => break,
                b' ' if last.is_ascii_digit() && (next == b' ' || next.is_ascii_alphabetic()) => return false,
                b'#' => {
                    at = line_end(bytes, at);
                    break;
                }
                b'"' | b'\'' => match closed_string(bytes, at) {
                    Some(end) if !in_name(char::from(last)) => {
                        (at, last) = (end, byte);
                        continue;
                    }
                    _ => return false,
                },
                b'{' if matches!(next, b'{' | b'%') => return false,
                b'{' | b'[' | b'(' => depth += 1,
                b'}' | b']' | b')' => depth = depth.saturating_sub(1),
                _ if !is_plain(byte) => return false,
                _ => {}
            }
            (at, last) = (at + 1, byte);
        }
        // What ends so may be the head of a block.
        let line = bytes.get(start..at).unwrap_or_default().trim_ascii_end();
        if line.ends_with(b"(") || line.ends_with(b":") {
            return false;
        }
        (self.at, self.depth) = (at, depth);
        true
    }

    /// Whether nothing is looked for where a line begins as this one does.
    fn begins_ordinarily(&self, start: usize) -> bool {
        let rest = self.text.get(start..).unwrap_or_default();
        match rest.as_bytes().first() {
            Some(b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                let word = rest.split(|c| !in_name(c)).next().unwrap_or_default();
                !LOOKED_AT.contains(&word)
            }
            Some(b'-' | b'.' | b'[' | b'@') => false,
            _ => true,
        }
    }
}

/// Where the string ends that begins at `at`, if it is one on one line with something in it, and nothing is glued to it.
fn closed_string(bytes: &[u8], at: usize) -> Option<usize> {
    let Length::Ended(length) = string_length(bytes, at) else { return None };
    let text = bytes.get(at..at + length)?;
    let long = text.starts_with(b"\"\"\"") || text.starts_with(b"'''");
    let glued = bytes.get(at + length).is_some_and(|byte| !byte.is_ascii() || in_name(char::from(*byte)));
    (length > 2 && !long && !glued).then_some(at + length)
}

/// Whether nothing is looked for at this character, wherever it stands outside of strings.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b' ' | b'\t'
                | b'\r'
                | b'_'
                | b'-'
                | b'.'
                | b','
                | b'='
                | b'+'
                | b'!'
                | b'&'
                | b'%'
                | b'*'
                | b'?'
                | b'@'
                | b'^'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use crate::source::SourceMap;
    use crate::syntax::habits::{Mended, mended_by};

    /// What lines are made of, so that most of them have some habit or nearly one.
    const PIECES: &[&str] = &[
        "task",
        "environment",
        "for",
        "in",
        "if",
        "else",
        "unless",
        "switch",
        "while",
        "match",
        "def",
        "class",
        "loop",
        " x",
        "a.b",
        "image",
        "500",
        "Gi",
        "m",
        " ",
        " ",
        "  ",
        " = ",
        "=",
        ": ",
        ":",
        " += ",
        ", ",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        " {",
        " }",
        "\"a\"",
        "\"a = b\"",
        "\"{{.input}}\"",
        "\"${x}\"",
        "\"",
        "\"\"",
        "\"\"\"",
        "'b'",
        "'",
        "\"x\\\"y\"",
        "f",
        "# c",
        "# c:",
        "//",
        "/*",
        "*/",
        ";",
        "~",
        "$A",
        "${B}",
        "$(c)",
        "<<",
        "<<EOF",
        "|",
        ">",
        "\\",
        "`",
        "\u{201c}",
        "\u{a0}",
        "\u{1}",
        "é",
        "\t",
        "\r",
        "---",
        "- ",
        "-",
        "...",
        "{%",
        "{{",
        "}}",
        "@",
        "\n",
        "\n",
        "\n",
        "\n  ",
        "\n    ",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

        #[test]
        fn ordinary_lines_have_no_habits(pieces in prop::collection::vec(select(PIECES), 0..24)) {
            let text: String = pieces.concat();
            let sources = SourceMap::new(vec![("a.flyteenv".to_owned(), text.clone())]);
            let Some(file) = sources.ids().next() else { return Ok(()) };
            let told = |mended: &Mended<'_>| (mended.text.to_string(), mended.found.clone(), mended.doubtful.clone());
            prop_assert_eq!(told(&mended_by(file, &text, true)), told(&mended_by(file, &text, false)));
        }
    }
}
