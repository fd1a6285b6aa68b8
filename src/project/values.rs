//! The values of a project's file.
//!
//! In: values with places. Out: texts, words and paths, or nothing where a value is not what its setting takes, which is a fault
//! at the value. Always: a fault is one message. Not here: which settings there are (`read`).

use super::Written;
use super::paths::leads_out;
use crate::data::{Kind, Node};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// Reads values, and collects what is wrong with them.
pub struct Reader<'t> {
    text: &'t str,
    /// What is wrong.
    pub faults: Vec<Diagnostic>,
}

impl<'t> Reader<'t> {
    /// For the file of this text.
    pub fn new(text: &'t str) -> Self {
        Self { text, faults: Vec::new() }
    }

    /// A text that says something.
    pub fn text(&mut self, setting: &str, node: &Node) -> Option<Written> {
        match &node.kind {
            Kind::String(text) if text.is_empty() => {
                let message = format!("`{setting}` is set to an empty text");
                let diagnostic = Diagnostic::new(code::BAD_SETTING, node.span, message);
                self.faults.push(diagnostic.help("leave it out, if nothing is to be set"));
                None
            }
            Kind::String(text) => Some(Written { text: text.clone(), span: node.span }),
            _ => {
                self.faults.push(self.misfit(setting, "a text", node));
                None
            }
        }
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, setting: &str, node: &Node, words: &[(&str, T)]) -> Option<T> {
        self.word_or(setting, node, words, &[])
    }

    /// One of a few words, for which people may write others out of habit.
    pub fn word_or<T: Copy>(
        &mut self,
        setting: &str,
        node: &Node,
        words: &[(&str, T)],
        habits: &[(&str, &str)],
    ) -> Option<T> {
        let names = || words.iter().map(|(word, _)| *word);
        let Kind::String(text) = &node.kind else {
            let fault = self.misfit(setting, &format!("one of {}", listed(names())), node);
            let example = names().next().unwrap_or_default();
            self.faults.push(fault.help(format!("write one of them as a text, such as `\"{example}\"`")));
            return None;
        };
        let found = words.iter().find(|(word, _)| word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let message = format!("`{setting}` is one of {}, not `{text}`", listed(names()));
            let diagnostic = Diagnostic::new(code::BAD_SETTING, node.span, message);
            let habit = habits.iter().find(|(word, _)| word == text).map(|(_, meant)| *meant);
            self.faults.push(match habit.or_else(|| closest(text, names())) {
                Some(better) => diagnostic.did_you_mean(text, better, node.span, format!("\"{better}\"")),
                None => {
                    diagnostic.help(format!("write one of them, such as `\"{}\"`", names().next().unwrap_or_default()))
                }
            });
        }
        found
    }

    /// Yes or no.
    pub fn truth(&mut self, setting: &str, node: &Node) -> Option<bool> {
        let fault = self.misfit(setting, "`true` or `false`", node);
        self.faults.push(match &node.kind {
            Kind::Bool(truth) => return Some(*truth),
            Kind::String(text) if text == "true" || text == "false" => {
                fault.help(format!("write `{text}`")).safe_fix("take the quotes away", node.span, text.as_str())
            }
            Kind::String(text) if text == "on" || text == "yes" => fault.did_you_mean(text, "true", node.span, "true"),
            Kind::String(text) if text == "off" || text == "no" => {
                fault.did_you_mean(text, "false", node.span, "false")
            }
            _ => fault,
        });
        None
    }

    /// A version, of which a number would lose the last zeros.
    pub fn version(&mut self, setting: &str, node: &Node) -> Option<Written> {
        if !matches!(node.kind, Kind::Int(_) | Kind::Float(_)) {
            return self.text(setting, node);
        }
        let written = self.written(node);
        let diagnostic =
            Diagnostic::new(code::BAD_SETTING, node.span, format!("`{setting}` is a text, not `{written}`"));
        self.faults.push(quoted(diagnostic, written, node.span).note("as numbers, 1.3 and 1.30 are the same"));
        None
    }

    /// A folder of the disk.
    pub fn folder(&mut self, node: &Node) -> Option<Written> {
        let folder = self.text("out-dir", node)?;
        if folder.text != "-" {
            return Some(folder);
        }
        let diagnostic = Diagnostic::new(code::BAD_SETTING, node.span, "`out-dir` is a folder");
        self.faults.push(diagnostic.help("to see the pods of one build on standard output, run `flytec build -o -`"));
        None
    }

    /// Files and folders of the project.
    pub fn paths(&mut self, node: &Node) -> Vec<Written> {
        if matches!(&node.kind, Kind::List(items) if items.is_empty()) {
            let diagnostic = Diagnostic::new(code::BAD_SETTING, node.span, "`paths` names nothing that could be built");
            self.faults.push(diagnostic.help("leave it out, to build what is in the current folder"));
        }
        self.inner_paths(node)
    }

    /// Files and folders of the project, or none.
    pub fn inner_paths(&mut self, node: &Node) -> Vec<Written> {
        let paths = self.texts("paths", node);
        for path in &paths {
            if path.text == "-" {
                let diagnostic = Diagnostic::new(code::BAD_SETTING, path.span, "`-` is no file of the project");
                self.faults.push(diagnostic.help("to build what stands on standard input, run `flytec build -`"));
            } else if leads_out(&path.text) {
                let diagnostic = Diagnostic::new(code::OUTSIDE_ROOT, path.span, "this path leads out of the project");
                let diagnostic = diagnostic
                    .note("paths here begin in the folder of `flytec.toml`, the project's root")
                    .help("move `flytec.toml` up to a folder that has both in it");
                self.faults.push(diagnostic);
            }
        }
        paths
    }

    /// A list of paths.
    pub fn texts(&mut self, setting: &str, node: &Node) -> Vec<Written> {
        let Kind::List(items) = &node.kind else {
            let fault = self.misfit(setting, "a list of paths", node);
            let list = format!("[{}]", self.written(node));
            self.faults.push(match node.kind {
                Kind::String(_) => fault.help(format!("write `{list}`")).safe_fix("make it a list", node.span, list),
                _ => fault,
            });
            return Vec::new();
        };
        items.iter().filter_map(|item| self.text(setting, item)).collect()
    }

    /// What is said of a value of the wrong kind.
    pub fn misfit(&self, setting: &str, wanted: &str, node: &Node) -> Diagnostic {
        let written = self.written(node);
        let fault = |found: &str| {
            Diagnostic::new(code::BAD_SETTING, node.span, format!("`{setting}` takes {wanted}, not {found}"))
        };
        match node.kind {
            Kind::List(_) if wanted == "a table" && written.starts_with("[[") => {
                fault("a list").help(format!("write `[{setting}]`, with one pair of brackets"))
            }
            Kind::List(_) if wanted == "a table" => fault("a list").help(as_table(setting)),
            _ if wanted == "a table" => fault(&format!("`{written}`")).help(as_table(setting)),
            Kind::List(_) => fault("a list"),
            Kind::Map(_) => fault("a table"),
            Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) if wanted == "a text" => {
                quoted(fault(&format!("`{written}`")), written, node.span)
            }
            _ => fault(&format!("`{written}`")),
        }
    }

    /// A value as it is written.
    pub fn written(&self, node: &Node) -> &'t str {
        self.text.get(node.span.range()).unwrap_or_default()
    }
}

/// How a table is written.
fn as_table(setting: &str) -> String {
    match setting {
        "feature-gates" => "write `feature-gates = { ImageVolume = true }`".to_owned(),
        "environments" => "write `environments = { etl-env = \"baseline\" }`".to_owned(),
        _ => format!("write `[{setting}]` on a line of its own, and its settings below it, as `key = value`"),
    }
}

/// Tells to put what is written between quotes.
fn quoted(diagnostic: Diagnostic, written: &str, span: Span) -> Diagnostic {
    let text = format!("\"{written}\"");
    diagnostic.help(format!("write `{text}`")).safe_fix("put it between quotes", span, text)
}

/// The words of a list, for people.
pub fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
