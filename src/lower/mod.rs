//! Settings to pods: what Flyte's SDK makes of each task.
//!
//! In: the settings of a program without errors. Out: a [`Workload`] for every task and variant. Always: a pod holds what its
//! author wrote and what the SDK adds, nothing else; what tasks share is lowered once and shared.
//! Source: `_get_k8s_pod` in the SDK's `task_serde.py`, `reuse.py` and `_pod.py`. Not here: diagnostics, and bytes.

mod container;
mod deserialize;
mod pool;
mod template;

use std::sync::Arc;

use ecow::EcoString;
use k8s_openapi::api::core::v1::{Container, EnvVar};
use rustc_hash::FxHashMap;
use serde::de::Error as _;

pub use container::{env_vars, limits, requests};
pub use pool::Pool;
pub use template::{FUSE_RESOURCE, Template};

use crate::flyte::entrypoint::Context;
use crate::settings::template::lacks_primary;
use crate::settings::{PodTemplate, TaskSettings};
use crate::source::Span;
use crate::value::{Object, Value};

/// One task or variant, ready to be written.
#[derive(Debug, Clone)]
pub struct Workload {
    /// What it is called.
    pub name: WorkloadName,
    /// Where it is declared.
    pub place: Span,
    /// The pod around the primary container; tasks with the same template share it.
    pub template: Arc<Template>,
    /// What its command is made with.
    pub launch: Arc<Launch>,
    /// The pool of containers that runs it, if it is reusable.
    pub pool: Option<Pool>,
    /// The settings that Flyte keeps beside the pod.
    pub settings: Box<TaskSettings>,
    /// What is said of its environment.
    pub environment: Arc<EnvironmentFacts>,
    /// The values that all of this was made of, with their places.
    pub values: Values,
}

/// The values that a workload was made of.
pub type Values = Arc<Object>;

/// What a primary container is made of but for its command and variables: those who have the same have the same rest. It tells
/// values apart by their addresses, so it holds as long as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shared {
    template: *const Template,
    image: Option<EcoString>,
    resources: Option<*const Object>,
}

impl Shared {
    /// What is shared of this one.
    #[must_use]
    pub fn of(workload: &Workload) -> Self {
        Self {
            template: Arc::as_ptr(&workload.template),
            image: workload.settings.image.clone(),
            resources: workload.values.get("resources").and_then(Value::as_object).map(Arc::as_ptr),
        }
    }
}

/// What all tasks of a build are launched with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Launch {
    /// The version of the tasks.
    pub version: String,
    /// What Flyte's entrypoint is given.
    pub context: Context,
}

impl Workload {
    /// The primary container: the template's, with the task in it.
    ///
    /// It is made whenever it is asked for: ten thousand that are kept take more memory than all the rest of a build, and more time
    /// than to make each of them again.
    #[must_use]
    pub fn primary(&self) -> Container {
        container::primary(self.template.primary(), &self.settings, &self.launch)
    }

    /// The command and the arguments of the primary container.
    #[must_use]
    pub fn command(&self) -> (Vec<String>, Vec<String>) {
        container::command(&self.settings, &self.launch)
    }

    /// The environment variables of the primary container: those that the task brings, then the template's.
    #[must_use]
    pub fn variables(&self) -> Vec<EnvVar> {
        container::variables(self.template.primary(), &self.settings)
    }

    /// The image of the primary container, if there is one: the template's, or else the task's.
    #[must_use]
    pub fn image(&self) -> Option<&str> {
        self.template.primary().image.as_deref().or(self.settings.image.as_deref())
    }
}

/// The parts of a workload's name; together `environment.task@variant`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkloadName {
    /// The environment.
    pub environment: String,
    /// The task.
    pub task: String,
    /// The variant.
    pub variant: Option<String>,
}

impl std::fmt::Display for WorkloadName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.environment, self.task)?;
        if let Some(variant) = &self.variant {
            write!(f, "@{variant}")?;
        }
        Ok(())
    }
}

/// What is said of an environment as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentFacts {
    /// What it is for.
    pub description: Option<String>,
    /// The environments that it depends on.
    pub depends_on: Vec<String>,
}

/// Lowers the tasks of one program.
pub struct Lowering {
    launch: Arc<Launch>,
    templates: FxHashMap<*const Object, Arc<Template>>,
    empty: Arc<Template>,
    /// What the templates weigh together, in bytes.
    pub weight: usize,
}

/// Why there is no pod: something that was reported, or a fault of the compiler.
pub type Fault = serde::de::value::Error;

impl Lowering {
    /// For a build of this version, in this context.
    #[must_use]
    pub fn new(version: &str, context: &Context) -> Self {
        let launch = Arc::new(Launch { version: version.to_owned(), context: context.clone() });
        Self { launch, templates: FxHashMap::default(), empty: Arc::new(Template::empty()), weight: 0 }
    }

    /// The workload of one task or variant.
    ///
    /// # Errors
    /// Where the pod spec lists containers and not the primary one, which was reported: there is no pod then, and what would follow
    /// from its lack is not told. Or where a value that fits the schema does not fit Kubernetes' types, which only a fault in the
    /// schema's table can do.
    pub fn workload(
        &mut self,
        name: WorkloadName,
        place: Span,
        settings: Box<TaskSettings>,
        environment: Arc<EnvironmentFacts>,
        values: Arc<Object>,
    ) -> Result<Workload, Fault> {
        let template = self.template(&settings.pod_template)?;
        let launch = Arc::clone(&self.launch);
        let pool = pool::pool(&name.environment, &settings, &launch);
        Ok(Workload { name, place, template, launch, pool, settings, environment, values })
    }

    /// The template, lowered once for each value: the settings keep the value alive, so its address is its own.
    fn template(&mut self, template: &PodTemplate) -> Result<Arc<Template>, Fault> {
        let PodTemplate::Inline(fields) = template else { return Ok(Arc::clone(&self.empty)) };
        let key = Arc::as_ptr(fields);
        if let Some(lowered) = self.templates.get(&key) {
            return Ok(Arc::clone(lowered));
        }
        if lacks_primary(fields) {
            return Err(Fault::custom("no container is the primary one"));
        }
        let lowered = Arc::new(Template::new(fields)?);
        self.weight = self.weight.saturating_add(lowered.weight(fields));
        self.templates.insert(key, Arc::clone(&lowered));
        Ok(lowered)
    }
}
