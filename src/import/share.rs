//! Tasks as declarations.
//!
//! In: tasks, each with the whole of its template. Out: the declarations of a source. Always: what is shared is the same, but for
//! comments; a template holds whole fields of its heirs and whole lists, so that the order of no list changes.
//!
//! - What the templates of all tasks have in common is the template `common`.
//! - What is left of several templates, and is the same, is one template; what is left of one, where `common` is taken from it, too.
//! - Tasks of one environment that all have the same image, variables or template have them from it.
//!
//! Not here: what is a part of a template.

use std::collections::{BTreeMap, BTreeSet};

use super::literal;
use super::names::unique;
use super::print::essence;
use super::statement::{Body, Statement, Value};
use super::task::Task;

const COMMON: &str = "common";
/// The fields of a template of which parts can be shared.
const DIVISIBLE: &[&str] = &["labels", "annotations", "pod_spec"];
/// The settings that an environment can have for its tasks.
const SHARED: &[&str] = &["image", "resources", "env_vars", "pod_template"];

/// The declarations that make these tasks.
pub fn declarations(mut tasks: Vec<Task>) -> Vec<Statement> {
    let mut taken = name_all(&mut tasks);
    let mut declarations = templates(&mut tasks, &mut taken);
    let mut environments: Vec<(String, Vec<Task>)> = Vec::new();
    for task in tasks {
        match environments.iter_mut().find(|(name, _)| *name == task.environment) {
            Some((_, tasks)) => tasks.push(task),
            None => environments.push((task.environment.clone(), vec![task])),
        }
    }
    declarations.extend(environments.into_iter().map(|(name, tasks)| environment(&name, tasks)));
    declarations
}

/// Gives each environment and each task in it a name of its own, and tells the names of the environments.
fn name_all(tasks: &mut [Task]) -> BTreeSet<String> {
    let mut taken: BTreeSet<String> =
        tasks.iter().filter(|task| task.joins).map(|task| super::names::environment(&task.environment)).collect();
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for task in tasks {
        task.environment = super::names::environment(&task.environment);
        if !task.joins {
            task.environment = unique(&task.environment, '-', &mut taken);
        }
        let names = names.entry(task.environment.clone()).or_default();
        task.name = unique(&task.name, '_', names);
    }
    taken
}

// -------------------------------------------------------------------------------------------------------- templates

/// Takes out of tasks what their templates share, and gives each the setting of its template.
fn templates(tasks: &mut [Task], taken: &mut BTreeSet<String>) -> Vec<Statement> {
    let common = common(tasks);
    let base = (!common.is_empty()).then(|| unique(COMMON, '-', taken));
    let mut declarations = Vec::new();
    if let Some(base) = &base {
        declarations.push(Statement::new("template", base, Body::Block(common)));
    }
    let essences: Vec<String> = tasks.iter().map(|task| essence(&task.template)).collect();
    let mut named: BTreeMap<&str, String> = BTreeMap::new();
    for (task, own) in tasks.iter_mut().zip(&essences) {
        let template = std::mem::take(&mut task.template);
        let uses = essences.iter().filter(|other| *other == own).count();
        let setting = match (&base, template.is_empty()) {
            (None, true) => continue,
            (Some(base), true) => reference(base),
            (None, false) if uses == 1 => Statement::block("pod_template", template),
            (base, false) => {
                let name = named.entry(own).or_insert_with(|| {
                    let name = unique(&name_of(&task.environment, &task.name), '-', taken);
                    let extends = base.as_ref().map_or_else(String::new, |base| format!(" extends {base}"));
                    declarations.push(Statement::new("template", format!("{name}{extends}"), Body::Block(template)));
                    name
                });
                reference(name)
            }
        };
        task.settings.push(setting);
    }
    declarations
}

/// What a template is called after the first task that has it. A name begins with a letter.
fn name_of(environment: &str, task: &str) -> String {
    let mark = if environment.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    format!("{mark}{environment}-{}", task.trim_matches('_'))
}

fn reference(name: &str) -> Statement {
    Statement::set("pod_template", Value::Literal(name.to_owned()))
}

/// Takes what all templates have in common out of them. Of one template alone nothing is common.
fn common(tasks: &mut [Task]) -> Vec<Statement> {
    let [first, others @ ..] = &*tasks else { return Vec::new() };
    if others.is_empty() {
        return Vec::new();
    }
    let mut common = Vec::new();
    for statement in &first.template {
        let fields: Vec<&Statement> = tasks.iter().filter_map(|task| find(&task.template, &statement.key)).collect();
        if fields.len() < tasks.len() {
            continue;
        }
        let shared = match &statement.body {
            Body::Block(own) if DIVISIBLE.contains(&statement.key.as_str()) => {
                let shared = shared(own, &fields);
                (!shared.is_empty()).then_some(Body::Block(shared))
            }
            body => {
                let same = |other: &&Statement| {
                    essence(std::slice::from_ref(*other)) == essence(std::slice::from_ref(statement))
                };
                fields.iter().all(same).then(|| body.clone())
            }
        };
        common.extend(shared.map(|body| Statement { body, ..statement.clone() }));
    }
    for task in tasks {
        task.template = task.template.drain(..).filter_map(|statement| without(statement, &common)).collect();
    }
    common
}

fn find<'s>(statements: &'s [Statement], key: &str) -> Option<&'s Statement> {
    statements.iter().find(|statement| statement.key == key)
}

/// The statements of a key: a list whose elements have labels is one for each.
fn of_key(statements: &[Statement], key: &str) -> Vec<Statement> {
    statements.iter().filter(|statement| statement.key == key).cloned().collect()
}

/// The statements that all these blocks have.
fn shared(own: &[Statement], blocks: &[&Statement]) -> Vec<Statement> {
    let in_all = |key: &str| {
        let wanted = essence(&of_key(own, key));
        blocks.iter().all(|block| match &block.body {
            Body::Block(statements) => essence(&of_key(statements, key)) == wanted,
            Body::Set(_) => false,
        })
    };
    own.iter().filter(|statement| in_all(&statement.key)).cloned().collect()
}

/// What is left of a statement where this is common.
fn without(mut statement: Statement, common: &[Statement]) -> Option<Statement> {
    let Some(taken) = find(common, &statement.key) else { return Some(statement) };
    let (Body::Block(own), Body::Block(taken)) = (&mut statement.body, &taken.body) else { return None };
    if !DIVISIBLE.contains(&statement.key.as_str()) {
        return None;
    }
    own.retain(|inner| find(taken, &inner.key).is_none());
    (!own.is_empty()).then_some(statement)
}

// ----------------------------------------------------------------------------------------------------- environments

fn environment(name: &str, mut tasks: Vec<Task>) -> Statement {
    let mut statements = Vec::new();
    if tasks.len() > 1 {
        for key in SHARED {
            statements.extend(taken_from_all(&mut tasks, key));
        }
    }
    let header = tasks.first_mut().map(|task| std::mem::take(&mut task.above)).unwrap_or_default();
    statements.extend(
        tasks
            .into_iter()
            .map(|task| Statement::new("task", literal::key(&task.name), Body::Block(task.settings)).below(task.above)),
    );
    Statement::new("environment", literal::key(name), Body::Block(statements)).below(header)
}

/// A setting that all tasks have, taken out of them.
fn taken_from_all(tasks: &mut [Task], key: &str) -> Option<Statement> {
    let setting = tasks.first().and_then(|task| find(&task.settings, key))?.clone();
    let wanted = essence(std::slice::from_ref(&setting));
    let same = |task: &Task| find(&task.settings, key).is_some_and(|own| essence(std::slice::from_ref(own)) == wanted);
    if !tasks.iter().all(same) {
        return None;
    }
    for task in tasks {
        task.settings.retain(|own| own.key != key);
    }
    Some(setting)
}
