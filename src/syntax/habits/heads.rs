//! Heads of blocks as other languages have them: `while`, `unless`, `foreach`, a `:` and indentation.

use super::{Reader, in_name, leading_name};
use crate::diagnostics::code;

impl Reader<'_> {
    /// A word that begins a block elsewhere, in the place of `if` or `for`; and a loop that goes over nothing.
    pub(super) fn other_head(&mut self) -> bool {
        let line = self.rest_of_line();
        let word = leading_name(line);
        let rest = line.get(word.len()..).unwrap_or_default();
        if !rest.starts_with(' ') || !line.ends_with(['{', '}', '(']) {
            return false;
        }
        // As a key it is an ordinary name.
        if rest.trim_start().starts_with(['=', '+', ':', '{']) {
            return false;
        }
        let place = self.at..self.at + word.len();
        match word {
            "foreach" => {
                let fault = self.fault(code::MISPLACED, place.clone(), "a loop begins with `for`");
                let edits = vec![self.edit(place.clone(), "for")];
                self.say(fault.help("write `for NAME in LIST { … }`"), "write `for`", true, edits);
                self.put(place.clone(), "for");
            }
            "unless" => {
                let fault = self.fault(code::MISPLACED, place.clone(), "no block begins with `unless`");
                let fault = fault.help("write `if !CONDITION { … }`");
                match rest.find(" {").filter(|_| rest.matches('{').count() == 1) {
                    Some(brace) => {
                        let end = place.end + brace;
                        let edits = vec![self.edit(place.start..place.end + 1, "if !("), self.edit(end..end, ")")];
                        self.say(fault, "write `if !( … )`", false, edits);
                    }
                    None => self.tell(fault),
                }
                self.put(place.clone(), "if");
            }
            "while" | "until" | "loop" => {
                let fault = self.fault(code::MISPLACED, place.clone(), format!("no block begins with `{word}`"));
                self.tell(
                    fault
                        .note("what a file declares is known before anything runs, so a loop goes over a list or a map")
                        .help("write `for NAME in LIST { … }`; `range(3)` is a list of three numbers"),
                );
                self.put(place.clone(), "if");
            }
            "for" if rest.ends_with(" in {") && !self.goes_over_block() => {
                let brace = self.at + line.len() - 1;
                let fault = self.fault(code::MISSING_VALUE, brace..brace, "a list or a map belongs here");
                self.tell(fault.help("write `for NAME in LIST { … }`, or `for KEY, VALUE in MAP { … }`"));
                self.unknown(brace - 1..brace);
                self.at = brace;
                return true;
            }
            "switch" | "match" | "case" | "when" => return self.switch(word),
            _ if line.ends_with('(') => return self.round_block(word),
            _ => return false,
        }
        self.at = place.end;
        true
    }

    /// Whether the first block behind here is followed by another: then it is the map that a loop goes over.
    fn goes_over_block(&self) -> bool {
        let rest = self.rest();
        let behind = block_length(rest).and_then(|length| rest.get(length..)).unwrap_or_default();
        behind.trim_start_matches([' ', '\t']).starts_with('{')
    }

    /// A block that chooses between cases.
    fn switch(&mut self, word: &str) -> bool {
        let Some(length) = block_length(self.rest()) else { return false };
        let fault =
            self.fault(code::MISPLACED, self.at..self.at + word.len(), format!("no block begins with `{word}`"));
        self.tell(fault.help("write `if x == \"a\" { … } else if x == \"b\" { … } else { … }`"));
        self.blank(self.at..self.at + length);
        self.at += length;
        self.line = self.slice(0..self.at).rfind('\n').map_or(0, |at| at + 1);
        true
    }

    /// A declaration with its block between parentheses.
    fn round_block(&mut self, word: &str) -> bool {
        let line = self.rest_of_line();
        let name = line.get(word.len()..).unwrap_or_default().trim_end_matches('(').trim();
        if !["environment", "task"].contains(&word) || name.is_empty() || leading_name(name) != name {
            return false;
        }
        let open = self.at + line.len() - 1;
        let close = format!("\n{})", self.slice(self.line..self.at));
        let Some(length) = self.slice(open..self.text.len()).find(&close) else { return false };
        let end = open + length + close.len();
        let fault =
            self.fault(code::MISSING_BODY, open..open + 1, format!("the block of `{word} {name}` stands in braces"));
        let edits = vec![self.edit(open..open + 1, "{"), self.edit(end - 1..end, "}")];
        self.say(fault.help(format!("write `{word} {name} {{ … }}`")), "write braces", true, edits);
        self.put(open..open + 1, "{");
        self.put(end - 1..end, "}");
        self.at = open + 1;
        self.depth += 1;
        true
    }

    /// A head with a `:` at its end, and its block indented below it, as in Python and YAML.
    pub(super) fn indented(&mut self) -> bool {
        const HEADS: &[&str] = &["environment", "task", "override", "template", "if", "for", "else", "elif"];
        let line = self.rest_of_line();
        let word = leading_name(line);
        let rest = line.get(word.len()..).unwrap_or_default();
        let head = HEADS.contains(&word) && line.ends_with(':');
        // A key with a `:` right behind it is YAML.
        if !head
            || rest.len() == 1 && word != "else"
            || line.contains(['{', '}'])
            || line.matches('(').count() != line.matches(')').count()
        {
            return false;
        }
        let indent = self.indent();
        let colon = self.at + line.len() - 1;
        let first = (self.line_end() + 1).min(self.text.len());
        let mut stop = None;
        let mut at = first;
        for line in self.slice(first..self.text.len()).split('\n') {
            let space = line.len() - line.trim_start().len();
            if !line.trim().is_empty() {
                if space <= indent {
                    break;
                }
                stop = Some(at + line.trim_end().len());
            }
            at += line.len() + 1;
        }
        let Some(stop) = stop.filter(|stop| self.is_whole(first..*stop)) else { return false };
        let fault = self.fault(code::MISSING_BODY, colon..colon + 1, "a block stands in braces");
        let fault = fault
            .note("indentation means nothing in this language: a block begins with `{` and ends with `}`")
            .help(format!("write `{} {{`, and `}}` on a line of its own behind the block", self.slice(self.at..colon)));
        let margin = self.slice(self.line..self.at);
        let nested = self.slice(first..stop).lines().any(|line| line.trim_end().ends_with(':'));
        if nested {
            self.tell(fault);
        } else {
            let edits = vec![self.edit(colon..colon + 1, " {"), self.edit(stop..stop, format!("\n{margin}}}"))];
            self.say(fault, "write braces", false, edits);
        }
        self.blank(first..stop);
        // The byte behind the `:` is a line end, and the block below it has others.
        self.put(colon..colon + 2, "{}");
        self.doubtful.push(self.span(self.at..stop));
        self.line = self.slice(0..stop).rfind('\n').map_or(0, |at| at + 1);
        self.at = stop;
        true
    }

    /// Whether a part of the text closes all brackets that it opens.
    fn is_whole(&self, range: std::ops::Range<usize>) -> bool {
        let text = self.slice(range);
        let count = |sign: char| text.matches(sign).count();
        count('{') == count('}') && count('[') == count(']') && text.chars().any(in_name)
    }
}

/// How long the first block of a text is, with all before it.
fn block_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}
