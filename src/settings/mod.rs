//! Values to settings: what a task is, in types of its own.
//!
//! In: the evaluated values of a task. Out: [`TaskSettings`]. Always: what Flyte's SDK would refuse of a single setting was
//! reported where it was set; a setting that was reported, here or before, is left out or empty, and nothing is lowered then.
//! Not here: rules between settings (`check`), and pods (`lower`).

pub mod accelerator;
mod accelerator_words;
pub mod cache;
pub mod resources;
pub mod retries;
pub mod reuse;
pub mod run;
pub mod secrets;
pub mod template;
pub mod timeout;

use std::marker::PhantomData;
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use self::cache::Cache;
use self::resources::Resources;
use self::retries::Retries;
use self::reuse::ReusePolicy;
use self::run::Run;
use self::secrets::Secret;
use self::timeout::Timeout;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::Span;
use crate::value::{Kind, Object, Value};

/// The settings of one task or variant.
#[derive(Debug, Clone, Default)]
pub struct TaskSettings {
    /// What it runs; absent where that was reported.
    pub run: Option<Run>,
    /// The image of the primary container, where the template gives none.
    pub image: Option<EcoString>,
    /// The resources of the primary container.
    pub resources: Resources,
    /// The environment variables of the primary container, in order.
    pub env_vars: Variables,
    /// The secrets; `None` where none are set, which the wire tells apart from an empty list.
    pub secrets: Option<Vec<Secret>>,
    /// The Kubernetes service account that Flyte runs the task as.
    pub service_account: Option<EcoString>,
    /// Whether the task may run on machines that can be taken away.
    pub interruptible: bool,
    /// The queue, which the SDK uses when it enqueues the task.
    pub queue: Option<EcoString>,
    /// How results are cached.
    pub cache: Option<Cache>,
    /// How often and how fast a failed task is tried again.
    pub retries: Retries,
    /// The time that a task is given.
    pub timeout: Timeout,
    /// Whether the task writes a report.
    pub report: bool,
    /// Whether the task is an entrypoint, a hint for Flyte's pages.
    pub entrypoint: bool,
    /// A name for Flyte's pages.
    pub short_name: Option<EcoString>,
    /// What the task does, in words.
    pub description: Option<EcoString>,
    /// The pool of containers that runs it.
    pub reuse: Option<ReusePolicy>,
    /// The pod template.
    pub pod_template: PodTemplate,
}

/// Environment variables, in order.
pub type Variables = Arc<[(EcoString, EcoString)]>;

/// The pod template of a task.
#[derive(Debug, Clone, Default)]
pub enum PodTemplate {
    /// None: as an empty template.
    #[default]
    None,
    /// One that is registered on the cluster under this name.
    Named(EcoString),
    /// One of the program; the fields of [`crate::schema::language::TEMPLATE`].
    Inline(Arc<Object>),
}

/// Reads the settings of tasks. What many of them take over from their environment is read once.
#[derive(Default)]
pub struct Reader<'v> {
    /// By the addresses of the values that they are made of, which outlive this.
    resources: FxHashMap<*const Object, Resources>,
    variables: FxHashMap<*const Object, Variables>,
    values: PhantomData<&'v Object>,
}

impl<'v> Reader<'v> {
    /// The settings that these values make, with what is wrong with them.
    ///
    /// `place` is the name of the task, for what is missing.
    pub fn task(&mut self, object: &'v Object, place: Span, diagnostics: &mut Diagnostics) -> TaskSettings {
        let run = run::read(object, place, diagnostics);
        let resources = self.resources(object, diagnostics);
        let variables = self.variables(object, diagnostics);
        TaskSettings { run, ..with_shared(object, resources, variables, diagnostics) }
    }

    fn variables(&mut self, settings: &'v Object, diagnostics: &mut Diagnostics) -> Variables {
        let Some(values) = object(settings, "env_vars") else { return Variables::default() };
        Arc::clone(self.variables.entry(Arc::as_ptr(values)).or_insert_with(|| env_vars(settings, diagnostics)))
    }

    fn resources(&mut self, settings: &'v Object, diagnostics: &mut Diagnostics) -> Resources {
        let Some(values) = object(settings, "resources") else { return Resources::default() };
        self.resources.entry(Arc::as_ptr(values)).or_insert_with(|| resources::read(settings, diagnostics)).clone()
    }
}

/// The settings that these values make, for an environment, which runs nothing by itself.
pub fn environment(object: &Object, diagnostics: &mut Diagnostics) -> TaskSettings {
    let resources = resources::read(object, diagnostics);
    let variables = env_vars(object, diagnostics);
    with_shared(object, resources, variables, diagnostics)
}

fn with_shared(
    object: &Object,
    resources: Resources,
    variables: Variables,
    diagnostics: &mut Diagnostics,
) -> TaskSettings {
    TaskSettings {
        run: None,
        image: text(object, "image").cloned(),
        resources,
        env_vars: variables,
        secrets: secrets::read(object, diagnostics),
        service_account: text(object, "service_account").cloned(),
        interruptible: truth(object, "interruptible"),
        queue: text(object, "queue").cloned(),
        cache: cache::read(object, diagnostics),
        retries: retries::read(object, diagnostics),
        timeout: timeout::read(object, diagnostics),
        report: truth(object, "report"),
        entrypoint: truth(object, "entrypoint"),
        short_name: text(object, "short_name").filter(|name| !name.is_empty()).cloned(),
        description: text(object, "description").cloned(),
        reuse: reuse::read(object, diagnostics),
        pod_template: pod_template(object),
    }
}

/// Names are what Kubernetes takes since 1.34: printable ASCII characters but `=`.
fn env_vars(object: &Object, diagnostics: &mut Diagnostics) -> Variables {
    let entries = object.get("env_vars").and_then(Value::as_object);
    let mut variables = Vec::new();
    for (name, entry) in entries.into_iter().flat_map(|entries| entries.iter()) {
        if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'=') {
            diagnostics.push(bad_variable(name, entry.key));
        }
        variables.extend(entry.value.as_str().map(|value| (name.clone(), value.clone())));
    }
    variables.into()
}

fn bad_variable(name: &str, place: Span) -> Diagnostic {
    let message = format!("`{}` cannot be the name of an environment variable", name.escape_debug());
    let diagnostic = Diagnostic::new(code::BAD_VARIABLE, place, message)
        .note("Kubernetes takes printable ASCII characters other than `=`, at least one");
    match name.split_once('=') {
        Some((name, value)) if !name.is_empty() => {
            diagnostic.help(format!("set the value behind the name: `{name} = \"{}\"`", value.escape_debug()))
        }
        _ => diagnostic.help("write letters, digits and `_`, such as `LOG_LEVEL`"),
    }
}

fn pod_template(object: &Object) -> PodTemplate {
    match object.get("pod_template").map(|value| &value.kind) {
        // As in the SDK, an empty name is no name.
        Some(Kind::String(name)) if !name.is_empty() => PodTemplate::Named(name.clone()),
        Some(Kind::Object(fields)) => PodTemplate::Inline(Arc::clone(fields)),
        _ => PodTemplate::None,
    }
}

/// The text of a field.
fn text<'a>(object: &'a Object, field: &str) -> Option<&'a EcoString> {
    object.get(field).and_then(Value::as_str)
}

/// The truth of a field; one that is not set is false.
fn truth(object: &Object, field: &str) -> bool {
    object.get(field).and_then(Value::as_bool).unwrap_or_default()
}

/// The object of a field.
fn object<'a>(object: &'a Object, field: &str) -> Option<&'a Arc<Object>> {
    object.get(field).and_then(Value::as_object)
}
