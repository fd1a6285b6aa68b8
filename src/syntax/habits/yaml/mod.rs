//! Blocks, lists and texts that are laid out by indentation, as YAML has them, and whole documents of it.
//!
//! What belongs together is one fault: a block with all that is in it, and the blocks of YAML beside it.

mod convert;

use super::{Reader, leading_name, text_block};
use crate::diagnostics::{Diagnostic, code};

/// A line of YAML.
#[derive(Clone, Copy)]
struct Line<'t> {
    /// Where its text begins.
    start: usize,
    indent: usize,
    /// Without the white space around it.
    text: &'t str,
    /// With it.
    raw: &'t str,
}

/// What a key with nothing behind its `:` is followed by.
#[derive(Clone, Copy)]
enum Below {
    List,
    Text,
    Block,
}

/// Why nothing of YAML's layout is read.
const NOTE: &str = "the language looks like YAML, but indentation means nothing in it: blocks stand in braces and lists in brackets, and a \
                    key and its value are joined by `=`";

impl<'t> Reader<'t> {
    /// A line that begins like one of YAML, and what belongs to it.
    pub(super) fn yaml(&mut self) -> bool {
        if self.at < self.no_yaml_before || !looks_like_yaml(self.rest_of_line()) {
            return false;
        }
        let lines = self.region();
        let (Some(first), Some(last)) = (lines.first().copied(), lines.last().copied()) else { return false };
        let end = last.start + last.text.len();
        let item_below = |pair: &[Line<'_>]| matches!(pair, [above, below] if opens(above.text) && is_item(below.text));
        let deeper = lines.iter().any(|line| line.indent > first.indent);
        let nested = deeper || is_item(first.text) || lines.windows(2).any(item_below);
        if !nested && (self.depth > 0 || lines.len() == 1) {
            self.no_yaml_before = end;
            return false;
        }
        if self.depth == 0 && !self.before_line().ends_with('=') {
            self.document(first);
            self.blank(self.at..end);
        } else if is_item(first.text) {
            self.items(&lines, end);
        } else {
            self.block(&lines, end);
        }
        self.doubtful.push(self.span(self.at..end));
        self.line = last.start - last.indent;
        self.at = end;
        true
    }

    /// The lines from here on that are laid out like YAML.
    fn region(&self) -> Vec<Line<'t>> {
        let indent = self.indent();
        let mut lines: Vec<Line<'t>> = Vec::new();
        let mut text_below: Option<usize> = None;
        let mut at = self.line;
        for raw in self.slice(self.line..self.text.len()).split('\n') {
            let text = raw.trim();
            let space = raw.len() - raw.trim_start().len();
            let line = Line { start: at + space, indent: space, text, raw };
            at += raw.len() + 1;
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            text_below = text_below.filter(|above| space > *above);
            let belongs = match lines.last() {
                _ if space < indent => false,
                _ if space == indent => looks_like_yaml(text),
                last => last.is_some_and(|last| last.indent > indent || opens(last.text)),
            };
            if !belongs || text_below.is_none() && !balanced(text) {
                break;
            }
            if text_below.is_none() && begins_text(text) {
                text_below = Some(space);
            }
            lines.push(line);
        }
        lines
    }

    /// What stands before the line, without white space.
    fn before_line(&self) -> &'t str {
        self.slice(0..self.line).trim_end()
    }

    /// YAML in the place of declarations.
    fn document(&mut self, first: Line<'_>) {
        let name = leading_name(first.text);
        let length = name.len().max(1);
        let fault =
            self.fault(code::UNEXPECTED_TEXT, first.start..first.start + length, "this is YAML, and not a declaration");
        self.tell(
            fault
                .note(NOTE)
                .help("write `environment NAME { image = \"…\" }` with a `task NAME { … }` in it")
                .help("what a manifest says below `spec` stands in a template: `template NAME { pod_spec { … } }`"),
        );
    }

    /// Keys with blocks and lists below them.
    fn block(&mut self, lines: &[Line<'t>], end: usize) {
        let Some(first) = lines.first().copied() else { return };
        let Some(colon) = split_key(first.text).map(|(key, _)| first.start + key.len()) else { return };
        let fault = self.fault(code::COLON_FOR_EQUALS, colon..colon + 1, "`:` and indentation make no block");
        let fault = lines.windows(2).find_map(|pair| match pair {
            [above, below] if below.indent > above.indent || is_item(below.text) => {
                Some(taught(fault.clone(), *above, *below))
            }
            _ => None,
        });
        let Some(fault) = fault else { return };
        let margin = self.slice(first.start - first.indent..first.start);
        match convert::entries(lines, margin) {
            Some(better) => {
                let edits = vec![self.edit(self.at..end, better)];
                self.say(fault, "write it with `=`, braces and brackets", false, edits);
            }
            None => self.tell(fault),
        }
        self.blank(self.at..end);
        for line in lines.iter().filter(|line| line.indent == first.indent) {
            let Some((key, _)) = split_key(line.text) else { continue };
            // The byte behind the `:` is that of a value, a space or a line end, behind which the block has others.
            let value = line.start + key.len() + 1;
            if value < end {
                self.put(line.start..value + 1, &format!("{key}={}", super::UNKNOWN));
            }
        }
    }

    /// Elements of a list, each with a `-` before it.
    fn items(&mut self, lines: &[Line<'t>], end: usize) {
        let fault =
            self.fault(code::UNEXPECTED_TEXT, self.at..self.at + 1, "an element of a list has no `-` before it");
        let fault = fault.note(NOTE);
        let before = self.before_line();
        let in_list = before.ends_with(['[', ',']);
        let list = convert::list(lines, self.slice(self.line..self.at));
        let Some(list) = list.filter(|_| in_list || before.ends_with('=')) else {
            self.tell(fault.help(
                "write `key = [\"a\", \"b\"]`, or `containers main { image = \"…\" }` for an element that has a name",
            ));
            self.blank(self.at..end);
            return;
        };
        let (place, text) = if in_list {
            let inner = list.trim_start_matches('[').trim_end_matches(']');
            (self.at..end, inner.trim().to_owned())
        } else {
            (before.len()..end, format!(" {list}"))
        };
        let fault = fault.help("write the list in brackets, with commas between its elements");
        let edits = vec![self.edit(place.clone(), text)];
        self.say(fault, "write it in brackets", false, edits);
        self.unknown(place);
    }

    /// `|` or `>`, with the lines of a text below it.
    pub(super) fn yaml_text(&mut self) -> bool {
        let sign = self.near();
        if sign.len() > 2 || !sign.ends_with(['|', '>', '-', '+']) || !self.at_value() {
            return false;
        }
        let indent = self.indent();
        let first = (self.line_end() + 1).min(self.text.len());
        let below = self.slice(first..self.text.len()).split('\n');
        let deeper = |line: &&str| line.trim().is_empty() || line.len() - line.trim_start().len() > indent;
        let mut lines: Vec<&str> = below.take_while(deeper).collect();
        while lines.pop_if(|line| line.trim().is_empty()).is_some() {}
        if lines.is_empty() {
            return false;
        }
        let end = first + lines.iter().map(|line| line.len() + 1).sum::<usize>() - 1;
        let fault = self.fault(
            code::UNEXPECTED_TEXT,
            self.at..self.at + sign.len(),
            "no text over several lines begins with this sign",
        );
        let fault = fault.help(TEXT);
        match text_block(&lines) {
            Some(better) => {
                let edits = vec![self.edit(self.at..end, better)];
                self.say(fault, "write it between `\"\"\"`", sign == "|", edits);
            }
            None => self.tell(fault),
        }
        self.unknown(self.at..end);
        self.line = self.slice(0..end).rfind('\n').map_or(0, |at| at + 1);
        self.at = end;
        true
    }
}

/// How a text over several lines is written.
const TEXT: &str = "write `\"\"\"`, the lines of the text, and `\"\"\"` on a line of its own";

/// Says how the first key with something below it is written here.
fn taught(fault: Diagnostic, above: Line<'_>, below: Line<'_>) -> Diagnostic {
    let key = split_key(above.text.trim_start_matches("- ")).map_or("key", |(key, _)| key);
    let what = match below.text {
        _ if begins_text(above.text) => Below::Text,
        text if is_item(text) => Below::List,
        _ => Below::Block,
    };
    let mut fault = match what {
        Below::Text => fault.help(TEXT),
        Below::List if split_key(below.text.trim_start_matches("- ")).is_some() => fault
            .help(format!("write `{key} = [{{ … }}, {{ … }}]`; for elements that have a name, `{key} NAME {{ … }}`")),
        Below::List => fault.help(format!("write `{key} = [ … ]`, with commas between the elements")),
        Below::Block => fault.help(format!("write `{key} {{ … }}`, with what it holds between the braces")),
    };
    fault.message = match what {
        Below::Text => format!("the text of `{key}` is no YAML"),
        Below::List => format!("the list `{key}` stands in brackets"),
        Below::Block => format!("the block `{key}` stands in braces"),
    };
    fault.note(NOTE)
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

fn looks_like_yaml(text: &str) -> bool {
    is_item(text) || split_key(text).is_some_and(|(key, _)| leading_name(key).len() == key.len())
}

/// Whether what belongs to a line stands below it.
fn opens(text: &str) -> bool {
    is_item(text)
        || split_key(text).is_some_and(|(_, value)| value.is_empty() || value.starts_with(['#', '&', '|', '>']))
}

fn begins_text(text: &str) -> bool {
    let value = split_key(text).map_or(text.trim_start_matches("- "), |(_, value)| value);
    matches!(value, "|" | "|-" | "|+" | ">" | ">-" | ">+")
}

/// Whether a line closes what it opens.
fn balanced(text: &str) -> bool {
    let count = |sign: char| text.matches(sign).count();
    count('{') == count('}') && count('[') == count(']')
}

/// The key and the value of a line `key: value`.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let quoted = if text.starts_with(['"', '\'']) { leading_name(text).len() } else { 0 };
    let colon = quoted + text.get(quoted..)?.find(':')?;
    let (key, value) = (text.get(..colon)?, text.get(colon + 1..)?);
    let plain = quoted == key.len() || !key.contains(|c: char| c.is_whitespace() || "{[(\"'=,".contains(c));
    let ends = value.is_empty() || value.starts_with([' ', '\t']);
    let value = value.trim();
    let value = if value.starts_with('#') { "" } else { value };
    (plain && !key.is_empty() && ends).then_some((key, value))
}
