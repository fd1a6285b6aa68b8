//! Whole lines of other languages: functions of Python, tables of TOML, marks of YAML.

use super::{Reader, in_name, leading_name};
use crate::diagnostics::code;

impl Reader<'_> {
    /// `---` or `...` on a line of its own.
    pub(super) fn document_mark(&mut self, mark: &str) -> bool {
        if self.rest_of_line() != mark {
            return false;
        }
        let place = self.at..self.at + mark.len();
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), format!("`{mark}` separates nothing here"));
        let fault =
            fault.note("YAML has several documents in a file; here a file is one program").help("remove the line");
        let edits = vec![self.edit(place.clone(), "")];
        self.say(fault, "remove the line", true, edits);
        self.blank(place.clone());
        self.at = place.end;
        true
    }

    /// `<<: *defaults`.
    pub(super) fn merge_key(&mut self) -> bool {
        let line = self.rest_of_line();
        if !line.starts_with("<<:") && !line.starts_with("<< :") {
            return false;
        }
        let place = self.at..self.at + line.len();
        let fault = self.fault(code::UNEXPECTED_TEXT, self.at..self.at + 2, "`<<` merges nothing here");
        self.tell(
            fault
                .note("what several blocks share is a template, which others extend, or a constant")
                .help("write `template gpu extends common { … }`, or `let common = { … }` and `env_vars = common`"),
        );
        self.blank(place.clone());
        self.at = place.end;
        true
    }

    /// `[section]` at the top of a file, and the settings below it.
    pub(super) fn toml(&mut self) -> bool {
        let line = self.rest_of_line();
        let name = line.trim_start_matches('[').trim_end_matches(']');
        let section = line.ends_with(']') && name.chars().all(|c| in_name(c) || ".\"' ".contains(c));
        if self.depth > 0 || !section || name.is_empty() {
            return false;
        }
        let place = self.at..self.at + line.len();
        let fault = self.fault(code::UNEXPECTED_TEXT, place.clone(), "no table begins with a name in brackets here");
        self.tell(
            fault
                .note("TOML has tables up to the next name in brackets; here a declaration has a block in braces")
                .help("write `environment NAME { … }`, with its settings in the block"),
        );
        self.skip_lines(place.end, |line| {
            let name = leading_name(line);
            let value = line.get(name.len()..).unwrap_or_default().trim_start();
            line.is_empty() || line.starts_with('#') || !name.is_empty() && value.starts_with('=')
        })
    }

    /// `@decorator`, `def …:` and `class …:`, with the lines that are indented further.
    pub(super) fn python(&mut self) -> bool {
        let line = self.rest_of_line();
        let begins = ["def ", "async def ", "class "].iter().any(|word| line.starts_with(word));
        let named = line.trim_start_matches("async ").split_once(' ').map(|(_, rest)| rest).unwrap_or_default();
        let behind = named.get(leading_name(named).len()..).unwrap_or_default();
        let function = begins && behind.len() < named.len() && behind.starts_with(['(', ':']);
        let decorator = line.starts_with('@') && !leading_name(line.get(1..).unwrap_or_default()).is_empty();
        if !function && !decorator {
            return false;
        }
        let word = if decorator { line.len() } else { line.find(' ').unwrap_or(line.len()) };
        let fault =
            self.fault(code::UNEXPECTED_TEXT, self.at..self.at + word, "a function of Python is not written here");
        self.tell(
            fault
                .note("this file says how tasks run; what they do stays in the Python module")
                .help("write `task NAME { function = \"MODULE:NAME\" }`"),
        );
        let indent = self.indent();
        let head = self.line_end();
        self.skip_block(head, indent)
    }

    /// Takes out what begins here, and the lines below `end` that are indented further, or go on with a function.
    fn skip_block(&mut self, end: usize, indent: usize) -> bool {
        self.skip_lines(end, |line| {
            let space = line.len() - line.trim_start().len();
            let text = line.trim_start();
            text.is_empty()
                || space > indent
                || space == indent && ["def ", "async def ", "@", ")"].iter().any(|word| text.starts_with(word))
        })
    }

    /// Takes out what begins here up to `end`, and the lines behind it as long as they belong to it.
    fn skip_lines(&mut self, end: usize, belongs: impl Fn(&str) -> bool) -> bool {
        let mut stop = end;
        let mut at = end + 1;
        for line in self.slice((end + 1).min(self.text.len())..self.text.len()).split('\n') {
            if !belongs(line) || line.trim_start().starts_with('}') {
                break;
            }
            if !line.trim().is_empty() {
                stop = at + line.trim_end().len();
            }
            at += line.len() + 1;
        }
        self.blank(self.at..stop);
        self.line = self.slice(0..stop).rfind('\n').map_or(0, |at| at + 1);
        self.at = stop;
        true
    }
}
