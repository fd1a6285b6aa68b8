//! The text of a project's file to settings.
//!
//! In: a text. Out: [`Project`], or its faults. Always: a fault is one message, at the key where there is no such setting and at
//! the value where the setting does not take it. Not here: the syntax of TOML (`data`), and what a single value may be (`values`).

use super::values::{Reader, listed};
use super::{Build, Emit, Kubernetes, Project, TABLES, Written};
use crate::check::pod_security::{self, PodSecurity};
use crate::data::{self, Format, Key, Kind, Node};
use crate::diagnostics::levels::{self, Levels, Target};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::emit;
use crate::expression::inputs::Defaults;
use crate::source::{FileId, Span};

const EMIT: &[(&str, Emit)] =
    &[("pod", Emit::Pods(emit::Kind::Pod)), ("k8s", Emit::Pods(emit::Kind::K8s)), ("python", Emit::Python)];

const FORMAT: &[(&str, emit::Format)] =
    &[("json", emit::Format::Json), ("yaml", emit::Format::Yaml), ("proto", emit::Format::Proto)];

const POD_SECURITY: &[(&str, pod_security::Level)] = &[
    ("privileged", pod_security::Level::Privileged),
    ("baseline", pod_security::Level::Baseline),
    ("restricted", pod_security::Level::Restricted),
];

/// Reads the text.
pub fn project(file: FileId, text: &str) -> Result<Project, Vec<Diagnostic>> {
    let node = data::read(Format::Toml, file, text).map_err(|faults| of_yaml(faults, text))?;
    let mut reader = Reader::new(text);
    let project = reader.project(file, &node);
    if reader.faults.is_empty() {
        return Ok(project);
    }
    reader.faults.sort_by_key(Diagnostic::span);
    Err(reader.faults)
}

/// The faults of a text; where the whole is written as YAML, the first stands for all.
fn of_yaml(mut faults: Vec<Diagnostic>, text: &str) -> Vec<Diagnostic> {
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#')).map(str::trim_end);
    let opens_map = lines.clone().find(|line| !line.is_empty()).is_some_and(|line| line.ends_with(':'));
    let has_table = lines.any(|line| line.starts_with('['));
    if opens_map && !has_table {
        faults.truncate(1);
        for first in &mut faults {
            first.message = "this is YAML, and `flytec.toml` is TOML".into();
            first.notes.clear();
            first.help =
                vec!["write a table as `[build]`, and below it its settings, such as `paths = [\"jobs\"]`".into()];
            first.fixes.clear();
        }
    }
    faults
}

impl Reader<'_> {
    fn project(&mut self, file: FileId, node: &Node) -> Project {
        let mut project = Project { params: Some(Defaults { file, values: Vec::new() }), ..Project::default() };
        for (key, node) in self.entries("flytec.toml", node) {
            let name = key.text.as_str();
            match name {
                "build" => project.build = self.build(node),
                "params" => project.params = Some(Defaults { file, values: self.entries(name, node).to_vec() }),
                "kubernetes" => project.kubernetes = self.kubernetes(node),
                "pod-security" => project.pod_security = self.pod_security(node),
                "cluster" => project.cluster = self.cluster(node),
                "lints" => project.levels = self.lints(node),
                "test" => project.tests = self.tests(node),
                _ => self.unknown_table(key, node),
            }
        }
        project
    }

    fn build(&mut self, node: &Node) -> Build {
        let mut build = Build::default();
        let mut format = node.span;
        for (key, node) in self.entries("build", node) {
            let name = key.text.as_str();
            match name {
                "paths" => build.paths = self.paths(node),
                "out-dir" => build.out_dir = self.folder(node),
                "emit" => build.emit = self.word(name, node, EMIT),
                "format" => {
                    build.format = self.word(name, node, FORMAT);
                    format = node.span;
                }
                "task-version" => build.task_version = self.text(name, node),
                "code-bundle" => build.code_bundle = self.text(name, node),
                "code-dest" => build.code_dest = self.text(name, node),
                _ => self.unknown("build", key),
            }
        }
        match (build.emit, build.format) {
            (Some(Emit::Pods(emit::Kind::K8s)), Some(emit::Format::Proto)) => self.faults.push(no_proto(format)),
            (Some(Emit::Python), Some(_)) => self.faults.push(no_format(format)),
            _ => {}
        }
        build
    }

    fn kubernetes(&mut self, node: &Node) -> Kubernetes {
        let mut kubernetes = Kubernetes::default();
        for (key, node) in self.entries("kubernetes", node) {
            match key.text.as_str() {
                "version" => kubernetes.version = self.version("version", node),
                "feature-gates" => kubernetes.feature_gates = self.gates(node),
                _ => self.unknown("kubernetes", key),
            }
        }
        kubernetes
    }

    fn gates(&mut self, node: &Node) -> Vec<(Key, bool)> {
        let mut gates = Vec::new();
        for (key, node) in self.entries("feature-gates", node) {
            gates.extend(self.truth(&key.text, node).map(|on| (key.clone(), on)));
        }
        gates
    }

    fn pod_security(&mut self, node: &Node) -> PodSecurity {
        let mut pod_security = PodSecurity::default();
        for (key, node) in self.entries("pod-security", node) {
            match key.text.as_str() {
                "level" => pod_security.level = self.word("level", node, POD_SECURITY).unwrap_or_default(),
                "environments" => {
                    for (key, node) in self.entries("environments", node) {
                        let level = self.word(&key.text, node, POD_SECURITY).unwrap_or_default();
                        pod_security.environments.insert(key.text.clone(), (key.span, level));
                    }
                }
                _ => self.unknown("pod-security", key),
            }
        }
        pod_security
    }

    fn cluster(&mut self, node: &Node) -> Option<Written> {
        let mut file = None;
        for (key, node) in self.entries("cluster", node) {
            match key.text.as_str() {
                "file" => file = self.text("file", node),
                _ => self.unknown("cluster", key),
            }
        }
        file
    }

    fn lints(&mut self, node: &Node) -> Levels {
        let mut set = Vec::new();
        for (key, node) in self.entries("lints", node) {
            match Target::named(&key.text) {
                Ok(target) => {
                    let by = format!("`{} = {}` in `flytec.toml`", key.text, self.written(node));
                    set.extend(self.word_or(&key.text, node, levels::WORDS, LEVELS).map(|level| (target, level, by)));
                }
                Err(refusal) => {
                    let mut diagnostic = Diagnostic::new(code::UNKNOWN_SETTING, key.span, refusal.message);
                    diagnostic.notes.extend(refusal.note);
                    let all = ["all", "default"].contains(&key.text.as_str()).then_some("warnings");
                    self.faults.push(match refusal.better.or(all) {
                        Some(better) => diagnostic.did_you_mean(&key.text, better, key.span, better),
                        None => diagnostic,
                    });
                }
            }
        }
        // The entries of a table have no order, so what is said of one warning counts more than what is said of all.
        set.sort_by_key(|(target, ..)| *target != Target::Warnings);
        let mut lints = Levels::default();
        for (target, level, by) in set {
            lints.set(target, level, by);
        }
        lints
    }

    /// The entries of a table.
    pub(super) fn entries<'n>(&mut self, name: &str, node: &'n Node) -> &'n [(Key, Node)] {
        if let Kind::Map(entries) = &node.kind {
            return entries;
        }
        self.faults.push(self.misfit(name, "a table", node));
        &[]
    }

    fn unknown_table(&mut self, key: &Key, node: &Node) {
        let tables = || TABLES.iter().map(|(name, _)| *name);
        let is_table = matches!(node.kind, Kind::Map(_));
        let message = if is_table {
            format!("`flytec.toml` has no table `{}`", header(&key.text))
        } else {
            format!("`flytec.toml` has no setting `{}` outside of its tables", key.text)
        };
        let diagnostic = Diagnostic::new(code::UNKNOWN_SETTING, key.span, message);
        let home = table_of(&key.text).filter(|_| !is_table);
        self.faults.push(match (closest(&key.text, tables()), home) {
            (_, Some(table)) => in_table(diagnostic, table),
            (Some(better), _) => renamed(diagnostic, key, better),
            _ => {
                let tables: Vec<String> = tables().map(|name| format!("`{}`", header(name))).collect();
                diagnostic.note(format!("the tables are {}", tables.join(", ")))
            }
        });
    }

    pub(super) fn unknown(&mut self, table: &str, key: &Key) {
        let settings = TABLES.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, settings)| settings);
        let message = format!("`{}` has no setting `{}`", header(table), key.text);
        let diagnostic = Diagnostic::new(code::UNKNOWN_SETTING, key.span, message);
        self.faults.push(match (closest(&key.text, settings.iter().copied()), table_of(&key.text)) {
            (Some(better), _) => renamed(diagnostic, key, better),
            (_, Some(other)) => in_table(diagnostic, other),
            _ => {
                let has = if settings.len() == 1 { "its only setting is" } else { "its settings are" };
                diagnostic.note(format!("{has} {}", listed(settings.iter().copied())))
            }
        });
    }
}

/// How a table begins; of tests there may be several.
fn header(table: &str) -> String {
    if table == "test" { "[[test]]".to_owned() } else { format!("[{table}]") }
}

/// The table that has a setting of this name.
fn table_of(setting: &str) -> Option<&'static str> {
    TABLES.iter().find(|(_, settings)| settings.contains(&setting)).map(|(table, _)| *table)
}

fn in_table(diagnostic: Diagnostic, table: &str) -> Diagnostic {
    diagnostic.help(format!("it belongs in `{}`: move the line below that header", header(table)))
}

fn renamed(diagnostic: Diagnostic, key: &Key, better: &str) -> Diagnostic {
    diagnostic.did_you_mean(&key.text, better, key.span, better)
}

/// Words of other tools for the levels of warnings.
const LEVELS: &[(&str, &str)] = &[
    ("error", "deny"),
    ("denied", "deny"),
    ("forbid", "deny"),
    ("warning", "warn"),
    ("off", "allow"),
    ("ignore", "allow"),
    ("none", "allow"),
];

fn no_format(span: Span) -> Diagnostic {
    Diagnostic::new(code::BAD_SETTING, span, "a module of Python has no format")
        .note("`emit = \"python\"` writes no pods")
        .help("take `format` away, or say with `emit` which pods are written")
}

fn no_proto(span: Span) -> Diagnostic {
    Diagnostic::new(code::BAD_SETTING, span, "a Kubernetes pod is written as JSON or YAML, not as wire bytes")
        .note("`emit = \"k8s\"` is for `kubectl`, which reads no others")
        .help("write `\"json\"` or `\"yaml\"`, or take `emit` away for the pods of Flyte")
        .unsafe_fix("write `yaml`", span, "\"yaml\"")
}
