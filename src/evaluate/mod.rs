//! A program to values: every layer of settings applied over the one beneath it.
//!
//! In: a resolved program. Out: [`Evaluation`], the settings of every template, environment, task and variant.
//! Always: it succeeds; a value that does not fit its field was reported where it stands and is [`value::Kind::Poison`] here;
//! the settings of a task that sets nothing of its own are its environment's, by the same pointers.
//! Not here: what is required of a finished value, and rules between settings (`settings` and `check` have them).

mod body;
mod literal;
pub mod value;

use std::sync::Arc;

use self::body::Evaluator;
use self::value::{Kind, Object, Value};
use crate::diagnostics::Diagnostics;
use crate::resolve::{Program, Task};
use crate::schema::language;

/// The settings of everything in a program; the numbers are the program's ids.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// The templates.
    pub templates: Vec<Arc<Object>>,
    /// The environments.
    pub environments: Vec<Arc<Object>>,
    /// The tasks, over their environments.
    pub tasks: Vec<Arc<Object>>,
    /// The variants, over their tasks or variants.
    pub variants: Vec<Arc<Object>>,
}

/// The settings of an environment that its tasks do not take over.
const NOT_INHERITED: &[&str] = &["depends_on", "description"];

/// Applies every layer.
pub fn evaluate(program: &Program<'_>, diagnostics: &mut Diagnostics) -> Evaluation {
    let mut evaluator = Evaluator { program, templates: Vec::new(), diagnostics };
    for template in &program.templates {
        let fields = evaluator.apply(&template.declaration.body, Arc::default(), &language::TEMPLATE);
        evaluator.templates.push(fields);
    }
    let mut environments = Vec::new();
    for environment in &program.environments {
        environments.push(evaluator.apply(&environment.declaration.body, Arc::default(), &language::ENVIRONMENT));
    }
    let inherited: Vec<Arc<Object>> = environments.iter().map(|settings| inherited(settings)).collect();
    let mut tasks = Vec::new();
    for task in &program.tasks {
        tasks.push(task_settings(&mut evaluator, task, &inherited[task.environment.0]));
    }
    let mut variants: Vec<Arc<Object>> = Vec::new();
    for variant in &program.variants {
        let base = variant.base.map_or(&tasks[variant.task.0], |base| &variants[base.0]);
        let settings = evaluator.apply(&variant.declaration.body, Arc::clone(base), &language::OVERRIDE);
        variants.push(settings);
    }
    Evaluation { templates: evaluator.templates, environments, tasks, variants }
}

fn inherited(environment: &Object) -> Arc<Object> {
    Arc::new(environment.filtered(|name| !NOT_INHERITED.contains(&name)))
}

fn task_settings(evaluator: &mut Evaluator<'_, '_>, task: &Task<'_>, inherited: &Arc<Object>) -> Arc<Object> {
    let mut settings = evaluator.apply(&task.declaration.body, Arc::clone(inherited), &language::TASK);
    for amendment in &task.amendments {
        settings = evaluator.apply(&amendment.body, settings, &language::OVERRIDE);
    }
    settings
}

/// The fields of an inline pod template, if the settings have one.
#[must_use]
pub fn inline_template(settings: &Object) -> Option<(&Value, &Arc<Object>)> {
    let value = settings.get("pod_template")?;
    if let Kind::Object(fields) = &value.kind { Some((value, fields)) } else { None }
}
