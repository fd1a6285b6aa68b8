//! Rules between settings.
//!
//! In: a program, its values and its settings. Out: diagnostics. Always: each rule stands alone and looks at values that were
//! not reported; one that needs something broken stays silent. Not here: rules of a single setting (`settings`), and those of
//! the finished pod.

pub mod allowances;
pub mod case;
mod cluster;
mod containers;
mod dropped;
mod environments;
mod images;
mod insert;
mod overrides;
mod overruled;
pub mod pod_security;
mod primary;
mod reuse;
mod templates;
mod unused;
pub mod uses;
mod versions;

use self::pod_security::PodSecurity;
use crate::cluster::Cluster;
use crate::diagnostics::Diagnostics;
use crate::evaluate::Evaluation;
use crate::expression::Used;
use crate::modules::Modules;
use crate::modules::names::Names;
use crate::resolve::{EnvironmentId, Program, TaskId};
use crate::schema::kubernetes::versions::Target;
use crate::settings::TaskSettings;
use crate::source::SourceMap;
use crate::syntax::ast::Name;
use crate::value::Object;

/// Everything that a rule may look at.
pub struct Checked<'a> {
    /// The files.
    pub modules: &'a Modules,
    /// What the names at the top of the files mean.
    pub names: &'a Names<'a>,
    /// What has been used of that.
    pub used: &'a Used,
    /// What is declared.
    pub program: &'a Program<'a>,
    /// The values.
    pub evaluation: &'a Evaluation,
    /// The settings of every task.
    pub tasks: &'a [Box<TaskSettings>],
    /// The settings of every variant.
    pub variants: &'a [Box<TaskSettings>],
    /// The level of the Pod Security Standards.
    pub pod_security: &'a PodSecurity,
    /// The cluster that the pods are made for.
    pub kubernetes: &'a Target,
    /// The cluster that the program is for, if one is known.
    pub cluster: Option<&'a Cluster>,
}

/// Holds a program to every rule.
pub fn check(checked: &Checked<'_>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    environments::names(checked, diagnostics);
    case::warn(checked, diagnostics);
    environments::dependencies(checked, diagnostics);
    environments::settings(checked, diagnostics);
    templates::effective(checked, sources, diagnostics);
    versions::effective(checked, sources, diagnostics);
    reuse::environments(checked, diagnostics);
    reuse::tasks(checked, sources, diagnostics);
    reuse::variants(checked, sources, diagnostics);
    overrides::clashes(checked, diagnostics);
    overrides::variants(checked, diagnostics);
    images::missing(checked, diagnostics);
    cluster::templates(checked, sources, diagnostics);
    unused::warn(checked, sources, diagnostics);
    overruled::warn(checked, diagnostics);
    containers::warn(checked, diagnostics);
    pod_security::environments(checked, diagnostics);
    dropped::warn(checked, diagnostics);
}

/// A task or variant with its values and settings, for rules that hold for both.
struct Subject<'a> {
    name: &'a Name,
    task: TaskId,
    environment: EnvironmentId,
    values: &'a Object,
    settings: &'a TaskSettings,
}

impl<'a> Checked<'a> {
    fn environment_values(&self, id: EnvironmentId) -> &'a Object {
        // There are values for every id of the program.
        &self.evaluation.environments[id.0].values
    }

    /// All tasks and variants.
    fn subjects(&self) -> impl Iterator<Item = Subject<'a>> {
        let program = self.program;
        let tasks = program.tasks.iter().zip(&self.evaluation.tasks).zip(self.tasks).enumerate();
        let tasks = tasks.map(|(at, ((task, layers), settings))| Subject {
            name: &task.name,
            task: TaskId(at),
            environment: task.environment,
            values: &layers.values,
            settings,
        });
        let variants = program.variants.iter().zip(&self.evaluation.variants).zip(self.variants);
        let variants = variants.map(|((variant, layer), settings)| Subject {
            name: &variant.name,
            task: variant.task,
            environment: program.tasks[variant.task.0].environment,
            values: &layer.values,
            settings,
        });
        tasks.chain(variants)
    }
}
