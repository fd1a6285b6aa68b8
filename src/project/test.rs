//! The tests of a project's file: its tables `[[test]]`.
//!
//! In: the value of `test`. Out: [`Test`]s, in their order. Always: each has a name of its own that a folder can have, and paths. Not here: whether there are
//! such files, and running anything.

use super::Written;
use super::values::Reader;
use crate::data::{Key, Kind, Node};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Code, Diagnostic, code};
use crate::schema::kubernetes::versions::Version;
use crate::source::Span;

/// A test that gives parameters or expects an error.
#[derive(Debug, Clone)]
pub struct Test {
    /// What it is called, and its folder of snapshots.
    pub name: Written,
    /// The files and folders that are compiled together, by their paths from the root, in which they lie.
    pub paths: Vec<Written>,
    /// Files of parameters, by their paths from the root.
    pub params: Vec<Written>,
    /// The values of parameters, over those of files.
    pub set: Vec<(Key, Node)>,
    /// The version of Kubernetes, where it is not the project's.
    pub kubernetes_version: Option<Version>,
    /// The error that has to come.
    pub error: Option<Code>,
}

impl Reader<'_> {
    /// The tests, in their order.
    pub(super) fn tests(&mut self, node: &Node) -> Vec<Test> {
        let Kind::List(items) = &node.kind else {
            let fault = self.misfit("test", "a list of tables", node);
            self.faults.push(fault.help("write `[[test]]`, with two pairs of brackets: there may be several tests"));
            return Vec::new();
        };
        let mut tests: Vec<Test> = Vec::new();
        for item in items {
            let Some(test) = self.test(item) else { continue };
            if let Some(first) = tests.iter().find(|known| known.name.text.eq_ignore_ascii_case(&test.name.text)) {
                let message = format!("a test is called `{}` already", first.name.text);
                let fault = Diagnostic::new(code::BAD_SETTING, test.name.span, message);
                let fault = fault.label(first.name.span, "it is here");
                self.faults.push(fault.help("give it another name: each test has a folder of snapshots of its own"));
            }
            tests.push(test);
        }
        tests
    }

    fn test(&mut self, node: &Node) -> Option<Test> {
        let faults = self.faults.len();
        let (mut name, mut paths) = (None, None);
        let (mut params, mut set) = (Vec::new(), Vec::new());
        let (mut kubernetes_version, mut error) = (None, None);
        for (key, node) in self.entries("test", node) {
            match key.text.as_str() {
                "name" => name = self.name(node),
                "paths" => paths = Some(self.sources(node)),
                "params" => params = self.texts("params", node),
                "set" => set = self.entries("set", node).to_vec(),
                "kubernetes-version" => kubernetes_version = self.kubernetes_version(node),
                "error" => error = self.error(node),
                _ => self.unknown("test", key),
            }
        }
        if self.faults.len() > faults {
            return None;
        }
        match (name, paths) {
            (Some(name), Some(paths)) => Some(Test { name, paths, params, set, kubernetes_version, error }),
            (None, _) => self.without("name", "name = \"staging\"", node.span),
            (_, None) => self.without("paths", "paths = [\"envs/train.flyteenv\"]", node.span),
        }
    }

    fn without(&mut self, setting: &str, example: &str, place: Span) -> Option<Test> {
        let fault = Diagnostic::new(code::BAD_SETTING, place, format!("this test has no `{setting}`"));
        self.faults.push(fault.help(format!("every test has one, such as `{example}`")));
        None
    }

    /// A name that a folder can have everywhere.
    fn name(&mut self, node: &Node) -> Option<Written> {
        let name = self.text("name", node)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.text.chars().all(plain) && !name.text.starts_with(['.', '-']) {
            return Some(name);
        }
        let message = format!("`{}` is no name for a folder of snapshots", name.text.escape_debug());
        let fault = Diagnostic::new(code::BAD_SETTING, name.span, message);
        self.faults.push(
            fault.help("a name is made of letters, digits, `-`, `_` and `.`, and begins with a letter, a digit or `_`"),
        );
        None
    }

    fn sources(&mut self, node: &Node) -> Vec<Written> {
        if matches!(&node.kind, Kind::List(items) if items.is_empty()) {
            let fault = Diagnostic::new(code::BAD_SETTING, node.span, "`paths` names nothing that could be tested");
            self.faults.push(fault.help("name the files or folders that are compiled together"));
        }
        self.inner_paths(node)
    }

    fn kubernetes_version(&mut self, node: &Node) -> Option<Version> {
        let Written { text, span } = self.version("kubernetes-version", node)?;
        let version: Result<Version, _> = text.parse();
        let told = |fault| Diagnostic::new(code::BAD_SETTING, span, format!("`{text}` is not known: {fault}"));
        version.map_err(|fault| self.faults.push(told(fault))).ok()
    }

    fn error(&mut self, node: &Node) -> Option<Code> {
        let Written { text, span } = self.text("error", node)?;
        let known = code::ALL.iter().find(|code| code.id == text);
        if known.is_none() {
            let fault = Diagnostic::new(code::BAD_SETTING, span, format!("there is no error `{text}`"));
            self.faults.push(match closest(&text, code::ALL.iter().map(|code| code.id)) {
                Some(better) => fault.did_you_mean(&text, better, span, format!("\"{better}\"")),
                None => fault.help("`flytec explain` lists all codes"),
            });
        }
        known.copied()
    }
}
