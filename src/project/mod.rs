//! What a project says for all its builds: the text of `flytec.toml` to settings.
//!
//! In: a text. Out: [`Project`], or what is wrong with the text. Always: every table, key and value is one that there is, and
//! what others still have to read (paths, versions, names) keeps its place, so that they can point at it. Not here: the file, and
//! what settings and arguments come to together; the command has both.

mod paths;
mod read;
mod test;
mod values;

use ecow::EcoString;

pub use self::test::Test;
use crate::check::pod_security::PodSecurity;
use crate::data::Key;
use crate::diagnostics::levels::Levels;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::emit;
use crate::expression::inputs::Defaults;
use crate::schema::kubernetes::versions::Gate;
use crate::source::{FileId, Span};

/// The tables of the file, and what each has settings for; none where that can have any name.
pub const TABLES: &[(&str, &[&str])] = &[
    ("build", &["paths", "out-dir", "emit", "format", "task-version", "code-bundle", "code-dest"]),
    ("params", &[]),
    ("kubernetes", &["version", "feature-gates"]),
    ("pod-security", &["level", "environments"]),
    ("cluster", &["file"]),
    ("lints", &[]),
    ("test", &["name", "paths", "params", "set", "kubernetes-version", "error"]),
];

/// What a project says.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// What is built, and how.
    pub build: Build,
    /// The values of parameters; `None` where there is no file.
    pub params: Option<Defaults>,
    /// The Kubernetes that is built for.
    pub kubernetes: Kubernetes,
    /// The level of the Pod Security Standards.
    pub pod_security: PodSecurity,
    /// The file that says what a cluster has, by its path from the root.
    pub cluster: Option<Written>,
    /// What becomes of warnings.
    pub levels: Levels,
    /// The tests that the project has beside those of each source.
    pub tests: Vec<Test>,
}

/// A text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: EcoString,
    /// Its place, with its quotes.
    pub span: Span,
}

/// What is built, and how.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// The files and folders that are built where none are named, by their paths from the root, in which they lie.
    pub paths: Vec<Written>,
    /// The folder that is written to, by its path from the root.
    pub out_dir: Option<Written>,
    /// What is written.
    pub emit: Option<Emit>,
    /// How it is written.
    pub format: Option<emit::Format>,
    /// The version of the tasks.
    pub task_version: Option<Written>,
    /// Where the code bundle is.
    pub code_bundle: Option<Written>,
    /// Where it is unpacked.
    pub code_dest: Option<Written>,
}

/// What a build writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emit {
    /// A pod for each task.
    Pods(emit::Kind),
    /// A module of Python with the environments.
    Python,
}

/// The Kubernetes that is built for, as it is written.
#[derive(Debug, Clone, Default)]
pub struct Kubernetes {
    /// Its version.
    pub version: Option<Written>,
    /// The feature gates that are on or off.
    pub feature_gates: Vec<(Key, bool)>,
}

/// Reads the text of a project's file.
///
/// # Errors
///
/// All that is wrong with it, in the order of places.
pub fn read(file: FileId, text: &str) -> Result<Project, Vec<Diagnostic>> {
    read::project(file, text)
}

impl Kubernetes {
    /// The version as `parse` reads it, if one is set; what that says against the text is a fault at its place.
    pub fn version<V>(&self, parse: impl FnOnce(&str) -> Result<V, String>, faults: &mut Vec<Diagnostic>) -> Option<V> {
        let Written { text, span } = self.version.as_ref()?;
        let refused = |fault| faults.push(Diagnostic::new(code::BAD_SETTING, *span, fault));
        parse(text).map_err(refused).ok()
    }

    /// Hands every gate to `set`; what that says against one is a fault at its place.
    pub fn set_gates(&self, mut set: impl FnMut(&str, bool) -> Result<(), String>, faults: &mut Vec<Diagnostic>) {
        for (name, on) in &self.feature_gates {
            if let Err(fault) = set(&name.text, *on) {
                let diagnostic = Diagnostic::new(code::UNKNOWN_SETTING, name.span, fault);
                // The fault of a gate that there is, is not its name.
                let misspelt = Gate::named(&name.text).is_none();
                faults.push(match closest(&name.text, Gate::names()).filter(|_| misspelt) {
                    Some(better) => diagnostic.did_you_mean(&name.text, better, name.span, better),
                    None => diagnostic,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn project(text: &str) -> Project {
        let sources = SourceMap::new(vec![("flytec.toml".to_owned(), text.to_owned())]);
        read(sources.ids().next().unwrap(), text).unwrap()
    }

    #[test]
    fn what_others_read_is_told_at_its_place() {
        let text = "[kubernetes]\nversion = \"1.34\"\nfeature-gates = { A = true, B = false }\n";
        let kubernetes = project(text).kubernetes;
        let mut faults = Vec::new();
        assert_eq!(kubernetes.version(|text| Ok(text.len()), &mut faults), Some(4));
        assert!(faults.is_empty());
        assert_eq!(kubernetes.version(|_| Err::<(), _>("no such version".to_owned()), &mut faults), None);
        let mut set = Vec::new();
        kubernetes.set_gates(
            |name, on| {
                set.push((name.to_owned(), on));
                if name == "B" { Err("no such gate".to_owned()) } else { Ok(()) }
            },
            &mut faults,
        );
        assert_eq!(set, [("A".to_owned(), true), ("B".to_owned(), false)]);
        let told = faults.iter().map(|fault| (&text[fault.span().unwrap().range()], fault.message.as_str()));
        assert_eq!(told.collect::<Vec<_>>(), [("\"1.34\"", "no such version"), ("B", "no such gate")]);
    }

    #[test]
    fn a_file_without_settings_sets_nothing() {
        let empty = project("# This file marks the root.\n[build]\n");
        assert!(empty.build.paths.is_empty() && empty.build.out_dir.is_none() && empty.cluster.is_none());
        assert_eq!(empty.pod_security, PodSecurity::default());
        assert_eq!(empty.levels, Levels::default());
        assert!(empty.params.unwrap().values.is_empty());
    }

    #[test]
    fn paths_and_names_keep_their_places() {
        let text = "[cluster]\nfile = \"cluster.yaml\"\n[pod-security]\nenvironments = { etl-env = \"baseline\" }\n";
        let project = project(text);
        let cluster = project.cluster.unwrap();
        assert_eq!((cluster.text.as_str(), &text[cluster.span.range()]), ("cluster.yaml", "\"cluster.yaml\""));
        let (span, level) = project.pod_security.environments["etl-env"];
        assert_eq!((&text[span.range()], level), ("etl-env", crate::check::pod_security::Level::Baseline));
    }
}
