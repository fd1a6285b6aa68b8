//! Values as other languages write them: `f"…"`, `<<EOF`, `{{ … }}`, `${…}`, `$NAME`, `~`.

use super::{Reader, in_name, leading_name, text_block};
use crate::diagnostics::code;

/// How far down the end of a text is looked for, in lines.
const MOST_LINES: usize = 500;

/// The letters that strings of Python have before them.
const PREFIXES: &[&str] = &["f", "r", "b", "u", "fr", "rf", "br", "rb"];

impl Reader<'_> {
    /// A letter before the string that ends at `end`.
    pub(super) fn prefix(&mut self, end: usize) -> bool {
        let before = self.before();
        let prefix = before.get(before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len()..).unwrap_or_default();
        let front = before.strip_suffix(prefix).unwrap_or_default();
        let lower = prefix.to_ascii_lowercase();
        if !PREFIXES.contains(&lower.as_str()) || front.is_empty() || front.ends_with(|c| in_name(c) || c == '.') {
            return false;
        }
        let place = self.at - prefix.len()..self.at;
        let string = self.slice(self.at..end);
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), format!("no `{prefix}` stands before a string"));
        let (help, better) = match lower.as_str() {
            "b" | "u" => ("write the string alone", Some(string.to_owned())),
            "r" | "br" | "rb" => ("between single quotes nothing is special: `'\\d+'`", raw(string)),
            _ => ("`\"… ${name} …\"` puts values into a string", interpolated(string)),
        };
        let fault = fault.help(help);
        match better {
            Some(better) => {
                let message = format!("write `{better}`");
                let edits = vec![self.edit(place.start..end, better)];
                self.say(fault, &message, true, edits);
            }
            None => self.tell(fault),
        }
        self.unknown(place.start..end);
        self.at = end;
        true
    }

    /// `<<EOF` and the lines up to `EOF`.
    pub(super) fn heredoc(&mut self) -> bool {
        let Some(head) = self.near().strip_prefix("<<") else { return false };
        let word = head.trim_start_matches(['-', '~', '"', '\'']);
        let word = word.get(..word.find(|c| !in_name(c)).unwrap_or(word.len())).unwrap_or_default();
        if word.is_empty() || !self.at_value() {
            return false;
        }
        let first = self.line_end() + 1;
        let mut lines = Vec::new();
        let mut at = first;
        for line in self.slice(first.min(self.text.len())..self.text.len()).split('\n').take(MOST_LINES) {
            if line.trim() == word {
                let end = at + line.trim_end().len();
                let behind =
                    self.slice(self.at + 2..first).trim_start_matches(|c| in_name(c) || "~\"'".contains(c)).trim();
                return self.told_heredoc(end, behind.is_empty().then_some(lines));
            }
            lines.push(line);
            at += line.len() + 1;
        }
        false
    }

    fn told_heredoc(&mut self, end: usize, lines: Option<Vec<&str>>) -> bool {
        let fault = self.fault(code::UNEXPECTED_TEXT, self.at..self.at + 2, "no text begins with `<<`");
        let fault = fault
            .note("a text over several lines stands between `\"\"\"`, and what `\"\"\"` at its end is indented by is no part of it")
            .help("write `\"\"\"`, the lines of the text, and `\"\"\"` on a line of its own");
        match lines.and_then(|lines| text_block(&lines)) {
            Some(better) => {
                let edits = vec![self.edit(self.at..end, better)];
                self.say(fault, "write it between `\"\"\"`", false, edits);
            }
            None => self.tell(fault),
        }
        self.unknown(self.at..end);
        self.line = self.slice(0..end).rfind('\n').map_or(0, |at| at + 1);
        self.at = end;
        true
    }

    /// `{{ … }}` of Helm and Jinja, outside of strings.
    pub(super) fn other_template(&mut self) -> bool {
        let (open, close) = match self.rest().as_bytes() {
            [b'{', b'{', ..] => ("{{", "}}"),
            [b'{', b'%', ..] => ("{%", "%}"),
            _ => return false,
        };
        let Some(length) = self.near().find(close) else { return false };
        let end = self.at + length + close.len();
        self.told_template(end, open, close);
        if self.before().trim().is_empty() {
            self.blank(self.at..end);
        } else {
            self.unknown(self.at..end);
        }
        self.at = end;
        true
    }

    /// Says it once for a file, with the first few places.
    fn told_template(&mut self, end: usize, open: &str, close: &str) {
        const MOST_LABELS: usize = 3;
        let span = self.span(self.at..end);
        if let Some(first) = self.templates.and_then(|at| self.found.get_mut(at)) {
            if first.labels.len() <= MOST_LABELS {
                first.add_label(span, "nor here");
            }
            return;
        }
        self.templates = Some(self.found.len());
        let fault =
            self.fault(code::UNEXPECTED_TEXT, self.at..end, format!("no template fills in `{open} … {close}` here"));
        let fault = fault
            .note("Helm and Jinja make a text of a text; a file of this language is compiled as it stands")
            .help("for a value write `param NAME: TYPE` at the top and `NAME` here; `if` and `for` are words of the language");
        self.tell(fault);
    }

    /// `${…}`, `$(…)` and `$NAME` outside of strings.
    pub(super) fn shell(&mut self) -> bool {
        if !self.at_value() {
            return false;
        }
        let rest = self.near();
        let close = match rest.as_bytes() {
            [b'$', b'{', ..] => rest.find('}').map(|at| at + 1),
            [b'$', b'(', ..] => rest.find(')').map(|at| at + 1),
            _ => rest.get(1..).and_then(|name| name.find(|c| !in_name(c)).or(Some(name.len()))).map(|at| at + 1),
        };
        let Some(text) = close.filter(|length| *length > 1).and_then(|length| rest.get(..length)) else { return false };
        let end = self.at + text.len();
        let inner = text.trim_start_matches(['$', '{', '(']).trim_end_matches(['}', ')']).trim();
        let fault = self.fault(code::UNEXPECTED_TEXT, self.at..end, "a name stands without `$`");
        let named = !inner.is_empty() && inner.chars().all(|c| in_name(c) || c == '.');
        if text.starts_with("$(") || !named {
            let fault = self.fault(code::UNEXPECTED_TEXT, self.at..end, "nothing of a shell is read here");
            self.tell(fault.help("declare `param NAME: string`, write `NAME` here, and give it with `--set NAME=…`"));
        } else if text.starts_with("${") {
            let fault = fault.note("`${…}` stands in strings alone: `\"train:${tag}\"`");
            let fault = fault.help(format!("write `{inner}`"));
            let edits = vec![self.edit(self.at..end, inner)];
            self.say(fault, &format!("write `{inner}`"), !inner.contains('.'), edits);
        } else {
            let help =
                format!("declare `param {inner}: string`, write `{inner}` here, and give it with `--set {inner}=…`");
            self.tell(fault.note("the environment of the shell is not read").help(help));
        }
        self.unknown(self.at..end);
        self.at = end;
        true
    }

    /// A space between a number and its unit: `500 Gi`.
    pub(super) fn spaced_unit(&mut self) -> bool {
        const UNITS: &[&str] = &["Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "m", "k", "M", "G", "T", "s", "h", "d", "ms"];
        let before = self.before();
        let Some(number) = before.ends_with(|c: char| c.is_ascii_digit()).then(|| last_number(before)) else {
            return false;
        };
        let rest = self.near();
        let word = leading_name(rest.trim_start_matches(' '));
        let gap = rest.len() - rest.trim_start_matches(' ').len();
        let behind = rest.get(gap + word.len()..).unwrap_or_default().trim_start();
        let ends = behind.is_empty() || behind.starts_with([',', ')', ']', '}', '#']) || behind.starts_with("..");
        let in_front = before.strip_suffix(number).unwrap_or_default().trim_end();
        let value = in_front.ends_with(['=', '[', '(', ',', '<', '>']) || in_front.ends_with("..");
        if !UNITS.contains(&word) || !ends || !value || number.is_empty() {
            return false;
        }
        let place = self.at - number.len()..self.at + gap + word.len();
        let better = format!("{number}{word}");
        let message = format!("no space stands between a number and its unit `{word}`");
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), message).help(format!("write `{better}`"));
        let edits = vec![self.edit(place.clone(), better.clone())];
        self.say(fault, &format!("write `{better}`"), true, edits);
        self.unknown(place.clone());
        self.at = place.end;
        true
    }

    /// `~`, which YAML has for nothing.
    pub(super) fn tilde(&mut self) -> bool {
        let alone = !self.slice(self.at + 1..self.text.len()).starts_with(|c| in_name(c) || c == '/');
        if !alone || !self.at_value() {
            return false;
        }
        let place = self.at..self.at + 1;
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), "`~` is written `null`");
        let edits = vec![self.edit(place.clone(), "null")];
        self.say(fault.help("write `null`"), "write `null`", true, edits);
        self.unknown(place.clone());
        self.at = place.end;
        true
    }
}

/// The number that a text ends with.
fn last_number(text: &str) -> &str {
    text.get(text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len()..)
        .map(|number| number.trim_start_matches('.'))
        .unwrap_or_default()
}

/// A string in which nothing is special, if its text allows it.
fn raw(string: &str) -> Option<String> {
    let inner = string.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('\'')).then(|| format!("'{inner}'"))
}

/// `{name}` of an f-string as `${name}`, if all that stands between braces are names.
fn interpolated(string: &str) -> Option<String> {
    let mut better = String::new();
    let inner = string.get(1..string.len().checked_sub(1)?)?;
    for (at, part) in inner.split('{').enumerate() {
        if at > 0 {
            let (name, _) = part.split_once('}')?;
            if name.is_empty() || !name.chars().all(|c| in_name(c) || c == '.') {
                return None;
            }
            better.push_str("${");
        }
        better.push_str(part);
    }
    (!inner.contains('"')).then(|| format!("\"{better}\""))
}
