//! A program as a module of Python: its environments for `@environment.task`.
//!
//! In: a [`Compilation`] without errors. Out: the module's source, and what Flyte's SDK cannot be told. Always: the SDK makes of the
//! module what `flytec build` makes of the program; a task of which it would make something else is left out, and that is
//! reported; the same program gives the same source. Not here: functions, which are written by hand, and files.

mod names;
mod settings;
mod templates;
mod tree;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::names::Names;
use self::settings::changes;
use self::tree::Expression;
use self::write::{Declaration, Source, Step};
use crate::compile::{Compilation, Declared};
use crate::diagnostics::{Diagnostic, code};
use crate::flyte::entrypoint::Function;
use crate::lower::{Template, Workload};
use crate::settings::run::Run;
use crate::settings::template::lacks_primary;
use crate::settings::{PodTemplate, TaskSettings};
use crate::value::Object;

/// How a module begins that was written by this command.
pub use self::write::HEADING;

/// A module.
#[derive(Debug)]
pub struct Module {
    /// Its source.
    pub text: String,
    /// What could not be written into it.
    pub diagnostics: Vec<Diagnostic>,
}

/// The module of a program.
#[must_use]
pub fn module(compilation: &Compilation) -> Module {
    let mut writer = Writer { compilation, names: Names::default(), known: BTreeMap::new(), out: Output::default() };
    // Names are given before anything is written, so that those of environments stay when a template comes.
    let environments = used(compilation);
    let given: Vec<String> = environments.iter().map(|environment| writer.names.give(&environment.name)).collect();
    let pairs = environments.iter().zip(&given);
    let known: BTreeMap<&str, &str> =
        pairs.map(|(environment, name)| (environment.name.as_str(), name.as_str())).collect();
    for environment in &environments {
        writer.environment(environment, &known);
    }
    let Output { source, diagnostics } = writer.out;
    Module { text: source.text(), diagnostics }
}

/// The environments that are built, and those that they depend on, each behind what it depends on.
fn used(compilation: &Compilation) -> Vec<&Declared> {
    let declared = &compilation.environments;
    let mut found: Vec<&Declared> = Vec::new();
    let built = |environment: &&Declared| {
        environment.named || compilation.workloads.iter().any(|workload| workload.name.environment == environment.name)
    };
    // Environments that depend on each other form no ring, and whoever waits on the stack is waited for by nobody above.
    let mut waiting: Vec<(&Declared, bool)> = declared.iter().filter(built).rev().map(|one| (one, false)).collect();
    while let Some((environment, ready)) = waiting.pop() {
        if found.iter().any(|other| std::ptr::eq(*other, environment)) {
            continue;
        }
        if ready {
            found.push(environment);
            continue;
        }
        waiting.push((environment, true));
        let needed = environment.facts.depends_on.iter().rev();
        waiting.extend(needed.filter_map(|name| declared.iter().find(|one| one.name == *name)).map(|one| (one, false)));
    }
    found
}

/// What is written so far.
#[derive(Default)]
struct Output {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

/// What `@environment.task` does not take.
const ASSIGNED: &[&str] = &["resources", "env_vars", "secrets", "reusable"];

struct Writer<'c> {
    compilation: &'c Compilation,
    names: Names,
    /// The names of the templates that are written; the compilation keeps the templates, so their addresses are their own.
    known: BTreeMap<*const Object, String>,
    out: Output,
}

impl Writer<'_> {
    /// An environment, and behind it its tasks and variants.
    fn environment(&mut self, environment: &Declared, known: &BTreeMap<&str, &str>) {
        let Some(name) = known.get(environment.name.as_str()) else { return };
        if !environment.faults.is_empty() {
            self.out.diagnostics.extend(environment.faults.iter().cloned());
            return;
        }
        let settings = &environment.settings;
        if let Err(reason) = self.template(&settings.pod_template, name) {
            self.out.diagnostics.push(bad_environment(environment, &reason));
            return;
        }
        let value = self.environment_value(environment, known);
        self.out.source.assign(name, value);
        let of_it = |workload: &&Workload| workload.name.environment == environment.name;
        let compilation = self.compilation;
        for workload in compilation.workloads.iter().filter(of_it) {
            let written = match &workload.name.variant {
                None => self.task(environment, name, workload),
                Some(_) => self.variant(environment, name, workload),
            };
            if let Err(reason) = written {
                self.out.diagnostics.push(left_out(workload, &reason));
            }
        }
    }

    fn environment_value(&self, environment: &Declared, known: &BTreeMap<&str, &str>) -> Expression {
        let settings = &environment.settings;
        let mut arguments = vec![("name", Expression::text(&environment.name))];
        if let Some(description) = &environment.facts.description {
            arguments.push(("description", Expression::text(description)));
        }
        arguments
            .push(("image", settings.image.as_ref().map_or_else(Expression::none, |image| Expression::text(image))));
        let changes = changes(&TaskSettings::default(), settings, "", |template| self.template_name(template));
        arguments.extend(changes.into_iter().map(|change| (change.keyword, change.value)));
        let needed = environment.facts.depends_on.iter().filter_map(|name| known.get(name.as_str()));
        let needed: Vec<Expression> = needed.map(|name| Expression::Plain((*name).to_owned())).collect();
        if !needed.is_empty() {
            arguments.push(("depends_on", Expression::List(needed)));
        }
        Expression::Call("flyte.TaskEnvironment", arguments)
    }

    /// A task with settings of its own is a function that declares it.
    fn task(&mut self, environment: &Declared, name: &str, workload: &Workload) -> Result<(), String> {
        let (settings, function) = (&workload.settings, function_of(workload)?);
        same_image(&environment.settings, workload, "its environment")?;
        let own = format!("{name}_{}", workload.name.task);
        self.template(&settings.pod_template, &own)?;
        let changes = changes(&environment.settings, settings, function, |one| self.template_name(one));
        if changes.is_empty() {
            return Ok(());
        }
        let assigned = |change: &settings::Change| ASSIGNED.contains(&change.keyword) || is_reset(change);
        let (assigned, arguments) = changes.into_iter().partition(assigned);
        let declaration = Declaration {
            name: self.names.give(&own),
            step: Step::Task { environment: name.to_owned() },
            documentation: format!("Make `{}` the task `{}`.", module_and_name(settings), workload.name),
            arguments: keywords(arguments),
            assigned: keywords(assigned),
        };
        self.out.source.declare(declaration);
        Ok(())
    }

    /// A variant is a function that overrides a task.
    fn variant(&mut self, environment: &Declared, name: &str, workload: &Workload) -> Result<(), String> {
        let (settings, function) = (&workload.settings, function_of(workload)?);
        same_image(&environment.settings, workload, "its environment")?;
        let task = self.compilation.workloads.iter().find(|task| {
            let (task, variant) = (&task.name, &workload.name);
            task.variant.is_none() && task.environment == variant.environment && task.task == variant.task
        });
        let task = task.ok_or("its task is not built here")?;
        let variant = workload.name.variant.as_deref().unwrap_or_default();
        let own = format!("{name}_{variant}");
        self.template(&settings.pod_template, &own)?;
        let changes = changes(&task.settings, settings, function, |one| self.template_name(one));
        let (assigned, arguments) = changes.into_iter().partition(|change| change.empty);
        let declaration = Declaration {
            name: self.names.give(&own),
            step: Step::Variant,
            documentation: format!("Make the variant `{}` of its task.", workload.name),
            arguments: keywords(arguments),
            assigned: keywords(assigned),
        };
        self.out.source.declare(declaration);
        Ok(())
    }

    /// Sees that a template is written; `user` is the name of who uses it, for one that has no name.
    fn template(&mut self, template: &PodTemplate, user: &str) -> Result<(), String> {
        let PodTemplate::Inline(fields) = template else { return Ok(()) };
        let key = Arc::as_ptr(fields);
        if self.known.contains_key(&key) {
            return Ok(());
        }
        if lacks_primary(fields) {
            return Err("its pod template has no primary container".to_owned());
        }
        let lowered = Template::new(fields).map_err(|fault| fault.to_string())?;
        if let Some((field, _)) = lowered.retired.iter().next() {
            return Err(format!("the Kubernetes client of Python has no `{field}`, which is of an older version"));
        }
        let named = self.compilation.templates.iter().find(|(_, other)| Arc::ptr_eq(other, fields));
        let name = match named {
            Some((name, _)) => self.names.give(name),
            None => self.names.give(&format!("{user}_pod_template")),
        };
        self.out.source.assign(&name, templates::template(&lowered));
        self.known.insert(key, name);
        Ok(())
    }

    fn template_name(&self, template: &PodTemplate) -> Option<Expression> {
        match template {
            PodTemplate::None => None,
            PodTemplate::Named(name) => Some(Expression::text(name)),
            PodTemplate::Inline(fields) => self.known.get(&Arc::as_ptr(fields)).cloned().map(Expression::Plain),
        }
    }
}

/// Whether the SDK would take the environment's value instead.
fn is_reset(change: &settings::Change) -> bool {
    change.empty && ["pod_template", "queue", "service_account"].contains(&change.keyword)
}

fn keywords(changes: Vec<settings::Change>) -> Vec<(&'static str, Expression)> {
    changes.into_iter().map(|change| (change.keyword, change.value)).collect()
}

/// The name of a task's function, where the SDK would call the task so.
fn function_of(workload: &Workload) -> Result<&str, String> {
    let Some(Run::Function { function, .. }) = &workload.settings.run else {
        return Err("it runs a command, of which the SDK puts the words into a container's `args`".to_owned());
    };
    let name = Function::parse(function).map(|function| function.name).unwrap_or_default();
    if name != workload.name.task {
        return Err(format!("the SDK calls a task as its function is called, `{name}`"));
    }
    Ok(name)
}

/// A template's image wins over any other, so that it does not matter then.
fn same_image(settings: &TaskSettings, workload: &Workload, whose: &str) -> Result<(), String> {
    let image = &workload.settings.image;
    if settings.image == *image || workload.template.primary().image.is_some() {
        return Ok(());
    }
    Err(format!("the SDK gives a task the image of {whose}, and no other"))
}

fn module_and_name(settings: &TaskSettings) -> &str {
    match &settings.run {
        Some(Run::Function { function, .. }) => function,
        _ => "",
    }
}

fn left_out(workload: &Workload, reason: &str) -> Diagnostic {
    let message = format!("`{}` is left out of the Python module", workload.name);
    Diagnostic::new(code::PYTHON_LEAVES_OUT, workload.place, message)
        .note(reason)
        .help("take its pod from `flytec build`, or allow this with `-A W2201`")
}

fn bad_environment(environment: &Declared, reason: &str) -> Diagnostic {
    let message = format!("`{}` cannot be an environment of Flyte's SDK", environment.name);
    Diagnostic::new(code::PYTHON_CANNOT, environment.place, message)
        .note(reason)
        .help("build its pods without `--emit python`")
}
