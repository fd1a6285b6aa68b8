//! Strings whose quotes do not match: the quote that is missing is looked for where it was forgotten.

use super::{Reader, in_name, leading_name, text_block};
use crate::diagnostics::code;
use crate::syntax::scan;

/// How far down the end of a string over several lines is looked for, in lines.
const MOST_LINES: usize = 60;

/// What declarations with a name begin with.
const DECLARED: &[&str] = &["environment", "task", "template", "override"];

impl Reader<'_> {
    pub(super) fn string(&mut self) {
        let end = scan::string_end(self.text.as_bytes(), self.at);
        if self.is_plain(end) {
            self.at = end;
            return;
        }
        if self.prefix(end) || self.curly_end(end) || self.endless_text(end) || self.unmatched(end) {
            return;
        }
        self.pass_string(end);
    }

    /// Whether the string that ends at `end` is one in which no habit can be: what most strings are.
    fn is_plain(&self, end: usize) -> bool {
        let bytes = self.text.as_bytes();
        let inside = match bytes.get(self.at..end) {
            Some([b'"', inside @ .., b'"']) if !inside.is_empty() => inside,
            _ => return false,
        };
        let apart = |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii() && !in_name(char::from(*byte)));
        let before = self.at.checked_sub(1).and_then(|at| bytes.get(at));
        apart(before)
            && apart(bytes.get(end))
            && inside.iter().all(|byte| byte.is_ascii() && !matches!(byte, b'=' | b'|' | b'{' | b'"' | b'\n'))
            && !self.before().contains('|')
    }

    /// Goes on behind a string, which ends at `end`.
    pub(super) fn pass_string(&mut self, end: usize) {
        // A text over several lines ends on another line than it begins on.
        if let Some(last) = self.slice(self.at..end).rfind('\n') {
            self.line = self.at + last + 1;
        }
        self.at = end;
    }

    /// What is wrong with the quotes of the string that seems to end at `end`.
    fn unmatched(&mut self, end: usize) -> bool {
        let text = self.slice(self.at..end);
        if text.starts_with("\"\"\"") || text.starts_with("'''") {
            return false;
        }
        let closed = text.len() > 1 && text.ends_with(['"', '\'']);
        let next = self.slice(end..self.text.len()).chars().next();
        let glued = closed && next.is_some_and(in_name);
        if !closed {
            return self.odd_quotes() && self.unopened(end)
                || self.several_lines()
                || self.odd_quotes() && self.unclosed(end);
        }
        if text == "\"\"" && next.is_none_or(|next| matches!(next, '\n' | '\r')) {
            return self.two_quotes();
        }
        // A string that seems to end where another begins, or begins where another was to end.
        if text.contains(['=', '|', '{']) || self.before().contains('|') {
            let odd = self.odd_quotes();
            if odd && (self.unopened_key() || self.begun_behind_bar() || self.closed_before_entry(end)) {
                return true;
            }
            if odd && self.ended_before_bar(end) {
                return true;
            }
        }
        if !glued {
            return false;
        }
        if self.odd_quotes() && text.starts_with('"') { self.closed_too_late(end) } else { self.quotes_inside(end) }
    }

    /// Whether a string of the line does not end.
    pub(super) fn odd_quotes(&self) -> bool {
        let end = self.line_end();
        let mut at = self.line;
        while let Some(quote) = self.slice(at..end).find(['"', '\'', '#']) {
            let start = at + quote;
            let stop = scan::string_end(self.text.as_bytes(), start).min(end);
            let string = self.slice(start..stop);
            if string.starts_with('#') || string.starts_with("\"\"\"") || string.starts_with("'''") {
                return false;
            }
            if string.len() < 2 || !string.ends_with(['"', '\'']) {
                return true;
            }
            at = stop;
        }
        false
    }

    /// `load.py"`: the quote that ends a string, without one before it.
    fn unopened(&mut self, end: usize) -> bool {
        let before = self.before();
        let word = last_word(before);
        let behind = self.slice(self.at + 1..end).trim();
        let head = before.strip_suffix(word).unwrap_or_default().trim();
        let names = DECLARED.iter().any(|word| head == *word || head.starts_with(word) && head.ends_with(" as"));
        let ends = behind.is_empty() || behind.starts_with(',') || names && behind.starts_with(['{', '.']);
        if word.is_empty() || word.contains(['"', '\'']) || !ends {
            return false;
        }
        if names {
            return self.unopened_name(word.len());
        }
        let start = self.at - word.len();
        let fault = self.fault(code::UNTERMINATED_STRING, start..self.at + 1, "this string has no quote before it");
        let quote = self.slice(self.at..self.at + 1);
        let edits = vec![self.edit(start..start, quote)];
        let fault = fault.help(format!("write `{quote}{word}{quote}`"));
        self.say(fault, &format!("write `{quote}` before it"), true, edits);
        self.unknown(start..self.at + 1);
        self.at += 1;
        true
    }

    /// `task check_${table}" {` and `gke-gcsfuse/cpu-limit" = "4"`: a name or a key without the quote before it. In the copy, the
    /// quote takes the place of its first character.
    fn unopened_name(&mut self, length: usize) -> bool {
        let start = self.at - length;
        let name = self.slice(start..self.at);
        let fault = self.fault(code::UNTERMINATED_STRING, start..self.at + 1, "this string has no quote before it");
        let fault = fault.help(format!("write `\"{name}\"`"));
        let edits = vec![self.edit(start..start, "\"")];
        self.say(fault, "write `\"` before it", true, edits);
        self.put(start..start + 1, "\"");
        self.doubtful.push(self.span(start..self.at));
        self.at += 1;
        true
    }

    /// The quote behind a key that has none before it: what seems to be a string begins with the sign of the entry.
    fn unopened_key(&mut self) -> bool {
        let before = self.before();
        let word = last_word(before);
        let behind = self.slice(self.at + 1..self.line_end()).trim_start();
        let signed = behind.starts_with("= ") || behind.starts_with("+= ") || behind.starts_with('{');
        let first = before.strip_suffix(word).unwrap_or_default().trim_end();
        let begins = first.is_empty() || first.ends_with(['{', ',']);
        let plain = word.starts_with(|c: char| c.is_ascii_alphanumeric()) && !word.contains(['"', '\'']);
        signed && begins && plain && self.unopened_name(word.len())
    }

    /// `"${workers}, ZONES = join(zones, ",")`: the end of a string is missing before the next entry.
    fn closed_before_entry(&mut self, end: usize) -> bool {
        let text = self.slice(self.at..end);
        let is_entry = |(comma, _): &(usize, &str)| {
            let behind = text.get(comma + 2..).unwrap_or_default();
            let name = leading_name(behind);
            let sign = behind.get(name.len()..).unwrap_or_default();
            !name.is_empty() && sign.trim_start().starts_with("= ")
        };
        let Some((comma, _)) = text.match_indices(", ").find(is_entry).filter(|_| text.starts_with('"')) else {
            return false;
        };
        self.ended_at(self.at + comma)
    }

    /// Says that the string that begins here was to end before a comma.
    fn ended_at(&mut self, stop: usize) -> bool {
        let inner = self.slice(self.at + 1..stop);
        let fault = self.fault(code::UNTERMINATED_STRING, self.at..self.at + 1, "this string does not end");
        let fault = fault.here("its end is missing before the comma").help(format!("write `\"{inner}\"`"));
        let edits = vec![self.edit(stop..stop, "\"")];
        self.say(fault, "write `\"` behind it", true, edits);
        self.put(stop..stop + 2, "\",");
        self.at = stop + 2;
        true
    }

    /// `"dev | "prod"`: the end of a word of a type is missing before the next.
    fn ended_before_bar(&mut self, end: usize) -> bool {
        let inner = self.slice(self.at..end).strip_suffix(" | \"").unwrap_or_default();
        if inner.len() < 2 || !inner.starts_with('"') || self.depth > 0 && !self.before().contains(": ") {
            return false;
        }
        let stop = self.at + inner.len();
        let fault = self.fault(code::UNTERMINATED_STRING, self.at..self.at + 1, "this string does not end");
        let fault = fault.here("its end is missing before the `|`").help(format!("write `{inner}\"`"));
        let edits = vec![self.edit(stop..stop, "\"")];
        self.say(fault, "write `\"` behind it", true, edits);
        self.put(stop..stop + 1, "\"");
        self.at = stop + 1;
        true
    }

    /// `"dev" | prod" = "dev"`: the beginning of a word of a type is missing.
    fn begun_behind_bar(&mut self) -> bool {
        let before = self.before();
        let word = last_word(before);
        let bar = before.strip_suffix(word).unwrap_or_default().trim_end().ends_with('|');
        bar && !word.is_empty() && word.chars().all(in_name) && self.unopened_name(word.len())
    }

    /// A string up to the end of its line, or to a bracket around it.
    fn unclosed(&mut self, end: usize) -> bool {
        let text = self.slice(self.at..end);
        let text = text.split(" #").next().unwrap_or_default().trim_end();
        let plain =
            text.get(1..).is_some_and(|inner| !inner.is_empty() && !inner.contains(['"', '\'', ',', '{', '\\']));
        if !text.starts_with('"') || !plain {
            return false;
        }
        let stop = self.at + text.len();
        let fault = self.fault(code::UNTERMINATED_STRING, self.at..self.at + 1, "this string does not end");
        let fault = fault.here("no `\"` follows on this line").help(format!("write `{text}\"`"));
        let edits = vec![self.edit(stop..stop, "\"")];
        self.say(fault, "write `\"` behind it", false, edits);
        self.unknown(self.at..stop);
        self.at = stop;
        true
    }

    /// `["python, "load.py"]`: the first string seems to end where the second begins.
    fn closed_too_late(&mut self, end: usize) -> bool {
        let text = self.slice(self.at..end);
        let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(before_next) else {
            return false;
        };
        self.ended_at(self.at + 1 + inner.len())
    }

    /// `"echo "hello""`: quotes in a string.
    fn quotes_inside(&mut self, end: usize) -> bool {
        let line = self.slice(self.at..self.line_end());
        let rest = line.get(end - self.at..).unwrap_or_default();
        let quote = line.chars().next().unwrap_or('"');
        let Some(last) = rest.rfind(quote).map(|at| end + at + 1) else { return false };
        // What stands behind another comma is another string.
        let whole = self.slice(self.at..last);
        if rest.get(..last - end).is_some_and(|rest| rest.contains([',', '=', '[', '{'])) {
            return false;
        }
        let fault = self.fault(code::UNEXPECTED_TEXT, end - 1..end, "this quote ends the string in its middle");
        let inner = whole.get(1..whole.len() - 1).unwrap_or_default();
        let fault = fault
            .note("a quote in a string has a backslash before it; between single quotes it stands for itself")
            .help("write `\\\"` for each quote in it");
        let better = if quote == '\'' || inner.contains('\'') {
            format!("\"{}\"", inner.replace('"', "\\\""))
        } else {
            format!("'{inner}'")
        };
        let edits = vec![self.edit(self.at..last, better)];
        self.say(fault, "write it with quotes in it", false, edits);
        self.unknown(self.at..last);
        self.at = last;
        true
    }

    /// A string that goes on below its line: what begins with a quote at the end of a line, or has a backslash there.
    fn several_lines(&mut self) -> bool {
        let line = self.near();
        let quote = line.chars().next().unwrap_or('"');
        if line.len() > 1 && !line.ends_with('\\') {
            return false;
        }
        let first = (self.line_end() + 1).min(self.text.len());
        let below = self.slice(first..self.text.len());
        let Some(length) = below
            .find(quote)
            .filter(|length| below.get(..*length).is_some_and(|text| text.lines().count() < MOST_LINES))
        else {
            return false;
        };
        let text = below.get(..length).unwrap_or_default();
        let end = first + length + 1;
        let (lines, last) = text.rsplit_once('\n').unwrap_or(("", text));
        let alone = line.len() == 1 && last.trim().is_empty();
        let better = if alone { text_block(&lines.split('\n').collect::<Vec<_>>()) } else { None };
        self.told_lines(end, better)
    }

    /// `""` at the end of a line, and again on a line of its own below.
    fn two_quotes(&mut self) -> bool {
        let first = (self.line_end() + 1).min(self.text.len());
        let mut at = first;
        let mut lines = Vec::new();
        for line in self.slice(first..self.text.len()).split('\n').take(MOST_LINES) {
            if ["\"\"", "\"\"\""].contains(&line.trim()) && !lines.is_empty() {
                let better = text_block(&lines);
                return self.told_lines(at + line.trim_end().len(), better);
            }
            let space = line.len() - line.trim_start().len();
            if line.contains('"') || !line.trim().is_empty() && space <= self.indent() {
                break;
            }
            lines.push(line);
            at += line.len() + 1;
        }
        false
    }

    fn told_lines(&mut self, end: usize, better: Option<String>) -> bool {
        let quotes = self.rest_of_line().chars().take_while(|c| matches!(c, '"' | '\'')).count();
        let fault = self.fault(
            code::UNTERMINATED_STRING,
            self.at..self.at + quotes,
            "a string ends on the line that it begins on",
        );
        let fault = fault.help("write `\"\"\"`, the lines of the text, and `\"\"\"` on a line of its own");
        match better {
            Some(better) => {
                let edits = vec![self.edit(self.at..end, better)];
                self.say(fault, "write three quotes", false, edits);
            }
            None => self.tell(fault),
        }
        self.unknown(self.at..end);
        self.line = self.slice(0..end).rfind('\n').map_or(0, |at| at + 1);
        self.at = end;
        true
    }

    /// A text over several lines that goes on to the end of the file: it was to end before the next line that is indented no
    /// further than its own and looks like an entry or the end of a block.
    fn endless_text(&mut self, end: usize) -> bool {
        let text = self.slice(self.at..end);
        let quotes = text.get(..3).filter(|quotes| ["\"\"\"", "'''"].contains(quotes));
        let Some(quotes) =
            quotes.filter(|quotes| end == self.text.len() && (text.len() < 6 || !text.ends_with(quotes)))
        else {
            return false;
        };
        let indent = self.indent();
        let mut at = self.line_end() + 1;
        for line in self.slice(at.min(end)..end).split('\n') {
            let space = line.len() - line.trim_start().len();
            if !line.trim().is_empty() && space <= indent {
                break;
            }
            at += line.len() + 1;
        }
        let stop = at.saturating_sub(1).clamp(self.at + 3, end);
        let fault = self.fault(code::UNTERMINATED_STRING, self.at..self.at + 3, "this text does not end");
        let fault = fault
            .here(format!("no `{quotes}` follows"))
            .help(format!("write `{quotes}` on a line of its own below it"));
        self.tell(fault);
        self.unknown(self.at..stop);
        self.line = self.slice(0..stop).rfind('\n').map_or(0, |at| at + 1);
        self.at = stop;
        true
    }
}

/// The last word of a text, with the names that it interpolates.
fn last_word(text: &str) -> &str {
    let ends = |(at, c): &(usize, char)| {
        let interpolates = *c == '{' && text.get(..*at).is_some_and(|before| before.ends_with('$'));
        " \t,[({=".contains(*c) && !interpolates
    };
    let start = text.char_indices().rev().find(ends).map_or(0, |(at, c)| at + c.len_utf8());
    text.get(start..).unwrap_or_default()
}

/// What stands before the last comma of a text, if behind that only the beginning of another element or entry stands.
fn before_next(text: &str) -> Option<&str> {
    let (before, behind) = text.rsplit_once(", ")?;
    let name = behind.trim_end().strip_suffix('=').map_or(behind, str::trim_end);
    (behind.is_empty() || name.len() < behind.len() && !name.is_empty() && name.chars().all(in_name)).then_some(before)
}
