//! Heads of blocks as other languages have them: `while`, `unless`, `foreach`, a `:` and indentation.

use super::{Reader, in_name, leading_name};
use crate::diagnostics::code;
use crate::syntax::ast::DECLARATIONS;

impl Reader<'_> {
    /// A word that begins a block elsewhere, in the place of `if` or `for`; and a loop that goes over nothing.
    pub(super) fn other_head(&mut self) -> bool {
        let line = self.rest_of_line();
        let word = leading_name(line);
        let rest = line.get(word.len()..).unwrap_or_default();
        if !rest.starts_with(' ') || !line.ends_with('{') && !line.ends_with('}') {
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
                self.found.push(fault.help("write `if !CONDITION { … }`"));
                self.put(place.clone(), "if");
            }
            "while" | "until" | "loop" => {
                let fault = self.fault(code::MISPLACED, place.clone(), format!("no block begins with `{word}`"));
                self.found.push(
                    fault
                        .note("what a file declares is known before anything runs, so a loop goes over a list or a map")
                        .help("write `for NAME in LIST { … }`; `range(3)` is a list of three numbers"),
                );
                self.put(place.clone(), "if");
            }
            "for" if rest.ends_with(" in {") => {
                let brace = self.at + line.len() - 1;
                let fault = self.fault(code::MISSING_VALUE, brace..brace, "a list or a map belongs here");
                self.found.push(fault.help("write `for NAME in LIST { … }`, or `for KEY, VALUE in MAP { … }`"));
                self.unknown(brace - 1..brace);
                self.at = brace;
                return true;
            }
            _ => return false,
        }
        self.at = place.end;
        true
    }

    /// A head with a `:` at its end, and its block indented below it, as in Python and YAML.
    pub(super) fn indented(&mut self) -> bool {
        const OTHERS: &[&str] = &["if", "for", "else", "elif", "pod_spec", "containers"];
        let line = self.rest_of_line();
        let word = leading_name(line);
        let rest = line.get(word.len()..).unwrap_or_default();
        let head = (DECLARATIONS.contains(&word) && rest.len() > 1 || OTHERS.contains(&word)) && line.ends_with(':');
        // A key with a `:` right behind it is YAML.
        if !head || rest.len() == 1 && word != "else" || line.contains(['{', '}']) {
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
            self.found.push(fault);
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
