//! The level of Kubernetes' Pod Security Standards that a program is held to.
//!
//! In: a level, and those of single environments. Out: the level of each environment; a warning where one is set for an
//! environment that there is not. Not here: what a level asks of a pod, and where levels are set.

use std::collections::BTreeMap;

use ecow::EcoString;

use super::Checked;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::resolve::Kind;
use crate::source::Span;

/// A level of the Pod Security Standards; a higher one asks for more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing is asked.
    #[default]
    Privileged,
    /// What is known to raise privileges is refused.
    Baseline,
    /// Pods are hardened.
    Restricted,
}

/// The levels of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PodSecurity {
    /// The level of all environments that have none of their own.
    pub level: Level,
    /// The levels of environments by their names, and where the names stand.
    pub environments: BTreeMap<EcoString, (Span, Level)>,
}

impl PodSecurity {
    /// The same level for everything.
    #[must_use]
    pub fn of(level: Level) -> Self {
        Self { level, environments: BTreeMap::new() }
    }

    /// The level of an environment.
    #[must_use]
    pub fn level(&self, environment: &str) -> Level {
        self.environments.get(environment).map_or(self.level, |(_, level)| *level)
    }
}

/// Warns of levels for environments that the program does not have.
///
/// Nothing is said where there are errors: what a file at fault declares is not known.
pub fn environments(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    if diagnostics.has_errors() {
        return;
    }
    let known = || checked.program.environments.iter().map(|environment| environment.name.text.as_str());
    // Another build may take the branch that declares it.
    let dormant = |name: &str| {
        let files = checked.modules.iter().map(|module| module.file);
        files.into_iter().any(|file| checked.program.is_dormant(file, Kind::Environment, name))
    };
    for (name, (span, _)) in &checked.pod_security.environments {
        if known().any(|known| known == name) || dormant(name) {
            continue;
        }
        let message = format!("this build has no environment `{name}`");
        let mut diagnostic = Diagnostic::new(code::IDLE_SETTING, *span, message);
        if let Some(better) = closest(name, known()) {
            diagnostic = diagnostic.did_you_mean(name, better, *span, better);
        } else {
            diagnostic =
                diagnostic.note("the level changes nothing here; a file for a whole project may serve other builds");
        }
        diagnostics.push(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn an_environment_has_its_own_level_or_that_of_all() {
        let sources = SourceMap::new(vec![("a".to_owned(), String::new())]);
        let span = Span::new(sources.ids().next().unwrap(), 0..0);
        let environments = BTreeMap::from([("etl-env".into(), (span, Level::Privileged))]);
        let levels = PodSecurity { level: Level::Restricted, environments };
        assert_eq!(levels.level("etl-env"), Level::Privileged);
        assert_eq!(levels.level("train-env"), Level::Restricted);
        assert_eq!(PodSecurity::of(Level::Baseline).level("etl-env"), Level::Baseline);
        assert_eq!(PodSecurity::default().level("etl-env"), Level::Privileged);
    }
}
