//! Characters that look like others, or like nothing: curly quotes, no-break spaces, zero-width characters, full-width signs.

use super::{Reader, in_name};
use crate::diagnostics::{Diagnostic, code};
use crate::syntax::ast::DECLARATIONS;

/// What a character was meant to be.
enum Meant {
    /// A space.
    Space,
    /// Nothing that can be seen.
    Nothing,
    /// Another sign, and whether that is certain.
    Sign(&'static str, bool),
    /// A letter or digit, which this language takes in strings alone.
    Letter,
    /// What it says.
    Itself,
}

/// Signs that look like others, with those.
const SIGNS: &[(char, &str, bool)] = &[
    ('、', ",", true),
    ('。', ".", true),
    ('‘', "'", false),
    ('’', "'", false),
    ('–', "-", false),
    ('—', "-", false),
    ('−', "-", false),
    ('‐', "-", false),
    ('‑', "-", false),
    ('…', "..", false),
    ('≠', "!=", true),
    ('≤', "<=", true),
    ('≥', ">=", true),
    ('＝', "=", true),
    ('：', ":", true),
    ('，', ",", true),
    ('；', ";", true),
    ('｛', "{", true),
    ('｝', "}", true),
    ('［', "[", true),
    ('］', "]", true),
    ('（', "(", true),
    ('）', ")", true),
    ('＃', "#", true),
    ('＋', "+", true),
    ('＜', "<", true),
    ('＞', ">", true),
    ('！', "!", true),
    ('＆', "&", true),
    ('｜', "|", true),
];

const DOUBLE: [char; 7] = ['“', '”', '„', '‟', '«', '»', '＂'];
const SINGLE: [char; 4] = ['‘', '’', '‚', '‛'];

fn meant(c: char) -> Meant {
    if let Some((_, sign, sure)) = SIGNS.iter().find(|(known, ..)| *known == c) {
        return Meant::Sign(sign, *sure);
    }
    match c {
        '\u{A0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200A}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202F}'
        | '\u{205F}'
        | '\u{3000}' => Meant::Space,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => {
            Meant::Nothing
        }
        c if c.is_control() => Meant::Nothing,
        c if c.is_alphanumeric() => Meant::Letter,
        _ => Meant::Itself,
    }
}

impl Reader<'_> {
    /// A character that is no printable ASCII.
    pub(super) fn character(&mut self) {
        let Some(c) = self.rest().chars().next() else { return };
        if DOUBLE.contains(&c) || SINGLE.contains(&c) {
            return self.quote(c);
        }
        let quoted = |c: char| DOUBLE.contains(&c) || SINGLE.contains(&c);
        let word = self.rest().find(|c: char| {
            quoted(c) || c.is_ascii() && !c.is_control() && !in_name(c) || c == '\n' || c == '\t' || c == '\r'
        });
        let end = self.at + word.unwrap_or(self.rest().len());
        let mut new = String::new();
        let mut lettered = false;
        for (at, c) in self.slice(self.at..end).char_indices() {
            let place = self.at + at..self.at + at + c.len_utf8();
            match if c.is_ascii() && !c.is_control() { Meant::Itself } else { meant(c) } {
                Meant::Space => {
                    new.push(' ');
                    let fault = self
                        .odd(place.clone(), &format!("{} is no space here", named(c)))
                        .help("write an ordinary space");
                    let edits = vec![self.edit(place, " ")];
                    self.say(fault, "write an ordinary space", true, edits);
                }
                Meant::Nothing => {
                    let fault = self
                        .odd(place.clone(), &format!("{} stands here, which cannot be seen", named(c)))
                        .help("remove it");
                    let edits = vec![self.edit(place, "")];
                    self.say(fault, "remove what cannot be seen", true, edits);
                }
                Meant::Sign(sign, sure) => {
                    new.push_str(sign);
                    let fault = self
                        .odd(place.clone(), &format!("`{c}` is another character than `{sign}`"))
                        .help(format!("write `{sign}`"));
                    let edits = vec![self.edit(place, sign)];
                    self.say(fault, "write the sign of the keyboard", sure, edits);
                }
                Meant::Letter => {
                    lettered = true;
                    new.extend(std::iter::repeat_n('_', c.len_utf8()));
                }
                Meant::Itself => new.push(c),
            }
        }
        if lettered {
            self.letters(end);
        }
        if new.is_ascii() {
            self.put(self.at..end, &new);
        } else {
            self.put_apart(self.at..end);
        }
        // A bracket of another width opens and closes as well.
        let count = |signs: [char; 3]| new.matches(signs).count();
        self.depth = (self.depth + count(['{', '[', '('])).saturating_sub(count(['}', ']', ')']));
        self.at = end;
    }

    /// Puts each character's meaning in its own place, where others stand between that stay as they are.
    fn put_apart(&mut self, range: std::ops::Range<usize>) {
        for (at, c) in self.slice(range.clone()).char_indices() {
            let place = range.start + at..range.start + at + c.len_utf8();
            match meant(c) {
                _ if c.is_ascii() && !c.is_control() => {}
                Meant::Space | Meant::Nothing => self.blank(place),
                Meant::Sign(sign, _) => self.put(place, sign),
                Meant::Letter => self.put(place, "____"),
                Meant::Itself => {}
            }
        }
    }

    fn odd(&self, place: std::ops::Range<usize>, message: &str) -> Diagnostic {
        self.fault(code::UNEXPECTED_TEXT, place, message)
    }

    /// A word with letters that no bare name has, up to `end`.
    fn letters(&mut self, end: usize) {
        let before = self.before();
        let begun = before.len() - before.trim_end_matches(in_name).len();
        let start = self.at - begun;
        let word = self.slice(start..end);
        let front = self.slice(self.line..start).trim();
        let span = self.span(start..end);
        let name = DECLARATIONS.contains(&front) || front.ends_with(" as");
        let fault =
            self.fault(code::UNEXPECTED_TEXT, start..end, format!("`{word}` has letters that a name cannot have"));
        let fault = fault.note(
            "a name has the letters `a` to `z` and `A` to `Z`, digits, `_` and `-`; others stand in strings alone",
        );
        if name {
            self.tell(fault.help("give it another name; a comment above it or its `description` may say more"));
        } else {
            let key =
                self.slice(end..self.text.len()).trim_start_matches([' ', '\t']).starts_with(['=', '{', '+', ':']);
            let edits = vec![self.edit(start..end, format!("\"{word}\""))];
            self.say(fault.help(format!("write `\"{word}\"`")), "quote it", key, edits);
        }
        self.doubtful.push(span);
    }

    /// A quote that is none of this language: `“…”`, `‘…’`, or between backticks.
    pub(super) fn quote(&mut self, c: char) {
        let open = self.at..self.at + c.len_utf8();
        let line = self.near().get(c.len_utf8()..).unwrap_or_default();
        let ends = |end: char| match c {
            '`' => end == '`',
            _ if SINGLE.contains(&c) => SINGLE.contains(&end) || end == '\'',
            _ => DOUBLE.contains(&end) || end == '"',
        };
        let fault = self.fault(code::UNEXPECTED_TEXT, open.clone(), "a string stands between straight quotes");
        let fault = fault.here(format!("`{c}` is another character than `\"`"));
        let Some((length, end)) = line.char_indices().find(|(_, end)| ends(*end)) else {
            let stop = line.find([']', '}', ',']).unwrap_or(line.len());
            self.tell(fault.help("write `\"` before and behind it"));
            self.unknown(open.start..open.end + stop);
            self.at = open.end + stop;
            return;
        };
        let close = open.end + length..open.end + length + end.len_utf8();
        let special = line.get(..length).unwrap_or_default().contains(['"', '\\']);
        let quote = if special { "'" } else { "\"" };
        let edits = vec![self.edit(open.clone(), quote), self.edit(close.clone(), quote)];
        self.say(fault, "write straight quotes", true, edits);
        self.blank(open.clone());
        self.put(open.end - 1..open.end, quote);
        self.put(close.clone(), quote);
        self.at = close.end;
    }

    /// Whether the string that seems to end at `end` ends with a curly quote before that.
    pub(super) fn curly_end(&mut self, end: usize) -> bool {
        let text = self.slice(self.at..end);
        let curly = text.char_indices().find(|(_, c)| DOUBLE.contains(c));
        let Some((at, c)) = curly.filter(|_| text.starts_with('"') && self.odd_quotes()) else {
            return false;
        };
        let place = self.at + at..self.at + at + c.len_utf8();
        let fault =
            self.fault(code::UNEXPECTED_TEXT, place.clone(), "this string ends with another quote than it begins with");
        let fault = fault.here(format!("`{c}` is another character than `\"`"));
        let edits = vec![self.edit(place.clone(), "\"")];
        self.say(fault, "write straight quotes", true, edits);
        self.put(place.clone(), "\"");
        self.at = place.end;
        true
    }
}

/// What people call a character that they cannot see.
fn named(c: char) -> String {
    let name = match c {
        '\u{A0}' | '\u{202F}' => "a no-break space",
        '\u{FEFF}' => "a byte order mark",
        '\u{200B}' => "a zero-width space",
        '\u{AD}' => "a soft hyphen",
        '\u{3000}' => "a full-width space",
        c if c.is_control() => "a control character",
        _ => "a character",
    };
    format!("{name} (U+{:04X})", u32::from(c))
}
