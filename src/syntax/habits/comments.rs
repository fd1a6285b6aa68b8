//! Comments of other languages, and signs at the end of a line: `;` and `\`.

use super::Reader;
use crate::diagnostics::{Edit, code};

impl Reader<'_> {
    /// `// …` or `/* … */`, where something begins.
    pub(super) fn comment(&mut self) -> bool {
        if self.block_comment("/*", "*/") {
            return true;
        }
        let begins = self.rest().starts_with("//")
            && self.before().chars().next_back().is_none_or(|c| " \t,\"'{}[]();".contains(c));
        begins && self.line_comment("//")
    }

    /// A comment up to the end of its line that begins with `sign`.
    pub(super) fn line_comment(&mut self, sign: &str) -> bool {
        let Some(text) = self.rest_of_line().strip_prefix(sign) else { return false };
        // `--flag` and `---` are something else.
        if sign == "--" && !text.starts_with(' ') {
            return false;
        }
        let doc = sign == "//" && text.starts_with('/');
        let (length, hash) = if doc { (3, "##") } else { (sign.len(), "#") };
        let place = self.at..self.at + length;
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), "a comment begins with `#`");
        let edits = vec![self.edit(place.clone(), hash)];
        self.say(fault.help("write `#`"), "write `#`", true, edits);
        self.put(place, hash);
        self.at = self.line_end();
        true
    }

    /// A comment between two signs, perhaps over several lines.
    pub(super) fn block_comment(&mut self, open: &str, close: &str) -> bool {
        let Some(text) = self.rest().strip_prefix(open) else { return false };
        let inner = text.find(close);
        let end = inner.map_or(self.text.len(), |length| self.at + open.len() + length + close.len());
        let fault = self.fault(code::UNEXPECTED_TEXT, self.at..self.at + open.len(), "a comment begins with `#`");
        let fault = fault.help("write `#` before each of its lines; it ends with the line");
        let behind = self.slice(end..self.text.len()).split('\n').next().unwrap_or_default();
        match inner.filter(|_| behind.trim().is_empty()) {
            Some(inner) => {
                let edits = self.hashes(open, inner, close);
                self.say(fault, "write `#`", true, edits);
            }
            None => self.tell(fault),
        }
        self.blank(self.at..end);
        let text = self.slice(self.at..end);
        if let Some(last) = text.rfind('\n') {
            self.line = self.at + last + 1;
        }
        self.at = end;
        true
    }

    /// The changes that put a `#` before each line of a comment, in which `length` bytes stand between its signs.
    fn hashes(&self, open: &str, length: usize, close: &str) -> Vec<Edit> {
        let start = self.at + open.len();
        let doc = self.slice(start..start + length).starts_with('*');
        let mut edits = vec![self.edit(self.at..start + usize::from(doc), if doc { "##" } else { "#" })];
        let hash = if doc { "##" } else { "#" };
        let text = self.slice(start..start + length);
        let mut at = start + text.find('\n').map_or(text.len(), |line| line + 1);
        for line in text.split('\n').skip(1) {
            let space = line.len() - line.trim_start().len();
            let star = line.trim_start().starts_with('*');
            let from = at + space;
            if !line.trim().is_empty() {
                edits.push(
                    self.edit(from..from + usize::from(star), if star { hash.to_owned() } else { format!("{hash} ") }),
                );
            }
            at += line.len() + 1;
        }
        let end = start + length;
        let space = text.len() - text.trim_end_matches([' ', '\t']).len();
        edits.push(self.edit(end - space..end + close.len(), ""));
        edits
    }

    /// A backslash at the end of a line.
    pub(super) fn carried_on(&mut self) -> bool {
        let place = self.at..self.at + 1;
        if !self.slice(place.end..self.text.len()).trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
            return false;
        }
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), "no `\\` carries a line on");
        let edits = vec![self.edit(place.clone(), "")];
        let fault =
            fault.note("what stands in brackets goes on over lines by itself, and so does a value behind an operator");
        self.say(fault.help("remove it"), "remove `\\`", true, edits);
        self.blank(place.clone());
        self.at = place.end;
        true
    }

    pub(super) fn semicolon(&mut self) {
        let place = self.at..self.at + 1;
        let rest = self.slice(place.end..self.text.len()).trim_start_matches([' ', '\t', '\r']);
        let last = rest.is_empty() || rest.starts_with(['\n', '#', '}', ']', ')', ',', ';']) || rest.starts_with("//");
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), "no `;` ends a setting or declaration");
        let (sign, message) = if last { ("", "remove `;`") } else { (",", "write `,`") };
        let fault = fault.note("each ends at the end of its line, or at a comma").help(message);
        let edits = vec![self.edit(place.clone(), sign)];
        self.say(fault, message, true, edits);
        self.put(place.clone(), sign);
        self.at = place.end;
    }
}
