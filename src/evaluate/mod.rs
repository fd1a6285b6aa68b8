//! A program to values: every layer of settings applied over the one beneath it.
//!
//! In: a resolved program, and the evaluator of expressions. Out: [`Evaluation`], the settings of every environment, task and
//! variant. Always: it succeeds; a value that does not fit its field was reported and is [`crate::value::Kind::Poison`] here; the
//! settings of a task that sets nothing of its own are its environment's, by the same pointers. Declarations in branches that are
//! not taken are looked at too. Not here: what is required of a finished value, and rules between settings (`settings` and
//! `check` have them).

mod body;
mod coerce;
mod elements;
mod examples;
mod habits;
mod mismatch;
mod reshape;
mod templates;
mod unknown;
mod values;

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use self::body::Layering;
use crate::expression::Evaluator;
use crate::expression::branching::forgetting;
use crate::resolve::expand::Declaration;
use crate::resolve::{Program, Task, TemplateId};
use crate::schema::language;
use crate::source::Span;
use crate::syntax::ast::StatementKind;
use crate::value::{Kind, Object, Value};

/// The settings of everything in a program; the numbers are the program's ids.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// The templates that have no parameters; the others are known only where they are used.
    pub templates: Vec<Option<Arc<Object>>>,
    /// The environments.
    pub environments: Vec<Layer>,
    /// The tasks, over their environments.
    pub tasks: Vec<TaskLayers>,
    /// The variants, over their tasks or variants.
    pub variants: Vec<Layer>,
    /// The templates that something refers to.
    pub used_templates: FxHashSet<TemplateId>,
    /// Whether any value was overruled whatever the build is given.
    pub overruled: bool,
}

/// Settings, and which of them a declaration gives values to by itself.
#[derive(Debug, Default)]
pub struct Layer {
    /// The settings, with those beneath.
    pub values: Arc<Object>,
    /// What the declaration sets, in order.
    pub own: Vec<Key>,
}

/// The settings of a task, and what its declaration and each override of it in place sets.
#[derive(Debug, Default)]
pub struct TaskLayers {
    /// The settings, with those beneath.
    pub values: Arc<Object>,
    /// What the declaration sets, in order.
    pub own: Vec<Key>,
    /// What each override in place sets.
    pub amendments: Vec<Vec<Key>>,
}

/// A key that a declaration gives a value to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub text: EcoString,
    /// Where it stands.
    pub span: Span,
}

/// The settings of an environment that its tasks do not take over.
const NOT_INHERITED: &[&str] = &["depends_on", "description"];

/// Applies every layer.
pub fn evaluate<'a>(program: &Program<'a>, evaluator: &mut Evaluator<'a, '_>) -> Evaluation {
    let mut layering = Layering::new(program, evaluator);
    layering.evaluate_templates();
    let environments = environments(&mut layering);
    let inherited: Vec<Arc<Object>> = environments.iter().map(|layer| inherited(&layer.values)).collect();
    let mut tasks: Vec<TaskLayers> = Vec::with_capacity(program.tasks.len());
    for task in &program.tasks {
        let mut layers = task_layers(&mut layering, task, &inherited[task.environment.0]);
        layers.values = bounded(&mut layering, layers.values, task.name.span);
        tasks.push(layers);
    }
    let mut variants: Vec<Layer> = Vec::new();
    for variant in &program.variants {
        let base = variant.base.map_or(&tasks[variant.task.0].values, |base| &variants[base.0].values);
        let body = &variant.declaration.body;
        let mut layer = layering.layer(body, Arc::clone(base), &language::OVERRIDE, &variant.scope);
        layer.values = bounded(&mut layering, layer.values, variant.name.span);
        variants.push(layer);
    }
    for declaration in &program.dormant {
        look(&mut layering, declaration);
    }
    let overruled = layering.overruled;
    let (templates, used_templates) = layering.finish();
    Evaluation { templates, environments, tasks, variants, used_templates, overruled }
}

fn environments(layering: &mut Layering<'_, '_, '_, '_>) -> Vec<Layer> {
    let program = layering.program;
    let mut layers: Vec<Layer> = program.environments.iter().map(|_| Layer::default()).collect();
    for id in &program.environment_order {
        let environment = &program.environments[id.0];
        let mut base = environment.base.map(|base| Arc::clone(&layers[base.0].values)).unwrap_or_default();
        if environment.base.is_none() && !environment.declaration.bases.is_empty() {
            // What it would have taken over was reported.
            Arc::make_mut(&mut base).poisoned = true;
        }
        let body = &environment.declaration.body;
        layers[id.0] = layering.layer(body, base, &language::ENVIRONMENT, &environment.scope);
    }
    layers
}

fn inherited(environment: &Object) -> Arc<Object> {
    Arc::new(environment.filtered(|name| !NOT_INHERITED.contains(&name)))
}

fn task_layers(layering: &mut Layering<'_, '_, '_, '_>, task: &Task<'_>, inherited: &Arc<Object>) -> TaskLayers {
    let body = &task.declaration.body;
    let Layer { mut values, own } = layering.layer(body, Arc::clone(inherited), &language::TASK, &task.scope);
    let mut amendments = Vec::with_capacity(task.amendments.len());
    for amendment in &task.amendments {
        // What is changed in place is overruled in this build only.
        layering.expressions.conditions += 1;
        let body = &amendment.declaration.body;
        let layer = layering.layer(body, values, &language::OVERRIDE, &amendment.scope);
        layering.expressions.conditions -= 1;
        values = layer.values;
        amendments.push(layer.own);
    }
    TaskLayers { values, own, amendments }
}

/// The settings of a task or variant; no settings where they are more than one may have, which is reported.
fn bounded(layering: &mut Layering<'_, '_, '_, '_>, settings: Arc<Object>, place: Span) -> Arc<Object> {
    let template = inline_template(&settings).map(|(_, fields)| fields);
    let counted =
        template.filter(|fields| !layering.counted.insert(Arc::as_ptr(fields))).map_or(0, |fields| fields.size());
    let expressions = &mut *layering.expressions;
    if expressions.budget.pod(settings.size(), counted, place, expressions.diagnostics) {
        return settings;
    }
    let mut nothing = Object::default();
    nothing.poisoned = true;
    Arc::new(nothing)
}

/// Looks at a declaration in a branch that is not taken, with nothing known but types.
fn look(layering: &mut Layering<'_, '_, '_, '_>, declaration: &Declaration<'_>) {
    let scope = &declaration.scope;
    forgetting(layering, |layering| match &declaration.statement.kind {
        StatementKind::Template(template) => layering.look_at_template(template, scope),
        StatementKind::Environment(environment) => {
            layering.apply(&environment.body, Arc::default(), &language::ENVIRONMENT, scope);
        }
        StatementKind::Task(task) => {
            layering.apply(&task.body, Arc::default(), &language::TASK, scope);
        }
        StatementKind::Override(over) => {
            layering.apply(&over.body, Arc::default(), &language::OVERRIDE, scope);
        }
        _ => {}
    });
}

/// The fields of an inline pod template, if the settings have one.
#[must_use]
pub fn inline_template(settings: &Object) -> Option<(&Value, &Arc<Object>)> {
    let value = settings.get("pod_template")?;
    if let Kind::Object(fields) = &value.kind { Some((value, fields)) } else { None }
}
