//! Tasks as declarations.
//!
//! In: tasks, each with the whole of its template. Out: the declarations of a source. Always: what is shared is the same, but for
//! comments; of a list whose elements have labels only a beginning that all have is shared, so that the order of no list changes.
//!
//! - What the templates of all tasks have in common is the template `common`.
//! - What is left of several templates, and is the same, is one template; what is left of one stands in its task, and its environment
//!   has `common`.
//! - Tasks of one environment that all have the same image, variables or template have them from it.
//!
//! Not here: what is a part of a template.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::literal;
use super::names::Taken;
use super::print::essence;
use super::statement::{Body, Statement, Value};
use super::task::Task;

const COMMON: &str = "common";
/// The fields of a template of which parts can be shared.
const DIVISIBLE: &[&str] = &["labels", "annotations", "pod_spec"];
/// The settings that an environment can have for its tasks.
const SHARED: &[&str] = &["image", "resources", "env_vars", TEMPLATE];
/// The setting that holds a template.
const TEMPLATE: &str = "pod_template";

/// The declarations that make these tasks.
pub fn declarations(mut tasks: Vec<Task>) -> Vec<Statement> {
    let mut taken = name_all(&mut tasks);
    let (base, mut declarations) = templates(&mut tasks, &mut taken);
    let mut environments: IndexMap<String, Vec<Task>> = IndexMap::new();
    for task in tasks {
        environments.entry(task.environment.clone()).or_default().push(task);
    }
    declarations.extend(environments.into_iter().map(|(name, tasks)| environment(&name, tasks, base.as_deref())));
    declarations
}

/// Gives each environment and each task in it a name of its own, and tells the names of the environments.
fn name_all(tasks: &mut [Task]) -> Taken {
    let joined = tasks.iter().filter(|task| task.joins).map(|task| super::names::environment(&task.environment));
    let mut taken = Taken::of(joined);
    let mut names: BTreeMap<String, Taken> = BTreeMap::new();
    for task in tasks {
        task.environment = super::names::environment(&task.environment);
        if !task.joins {
            task.environment = taken.unique(&task.environment, '-');
        }
        task.name = names.entry(task.environment.clone()).or_default().unique(&task.name, '_');
    }
    taken
}

// -------------------------------------------------------------------------------------------------------- templates

/// Takes out of tasks what their templates share, and gives each the setting of its template; tells what is common to all, and the
/// templates.
fn templates(tasks: &mut [Task], taken: &mut Taken) -> (Option<String>, Vec<Statement>) {
    let common = common(tasks);
    let base = (!common.is_empty()).then(|| taken.unique(COMMON, '-'));
    let mut declarations = Vec::new();
    if let Some(base) = &base {
        declarations.push(Statement::new("template", base, Body::Block(common)));
    }
    let essences: Vec<String> = tasks.iter().map(|task| essence(&task.template)).collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for own in &essences {
        *uses.entry(own).or_default() += 1;
    }
    let mut named: BTreeMap<&str, String> = BTreeMap::new();
    for (task, own) in tasks.iter_mut().zip(&essences) {
        let template = std::mem::take(&mut task.template);
        if template.is_empty() {
            task.settings.extend(base.as_deref().map(reference));
            continue;
        }
        if uses.get(own.as_str()) == Some(&1) || base.is_none() && is_slight(&template) {
            task.settings.push(Statement::block(TEMPLATE, template));
            continue;
        }
        let name = named.entry(own).or_insert_with(|| {
            let name = taken.unique(&name_of(&task.environment, &task.name), '-');
            let extends = base.as_ref().map_or_else(String::new, |base| format!(" extends {base}"));
            declarations.push(Statement::new("template", format!("{name}{extends}"), Body::Block(template)));
            name
        });
        task.settings.push(reference(name));
    }
    (base, declarations)
}

/// What a template is called after the first task that has it. A name begins with a letter.
fn name_of(environment: &str, task: &str) -> String {
    let mark = if environment.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
    format!("{mark}{environment}-{}", task.trim_matches('_'))
}

fn reference(name: &str) -> Statement {
    Statement::set(TEMPLATE, Value::Literal(name.to_owned()))
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
                let blocks: Option<Vec<&[Statement]>> = fields.iter().map(|field| inside(field)).collect();
                let shared = blocks.map(|blocks| shared(own, &blocks)).unwrap_or_default();
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
    if is_slight(&common) {
        return Vec::new();
    }
    for task in tasks {
        task.template = task.template.drain(..).filter_map(|statement| without(statement, &common)).collect();
    }
    common
}

/// Whether this is not worth a template: a name by itself.
fn is_slight(template: &[Statement]) -> bool {
    template.iter().all(|statement| !DIVISIBLE.contains(&statement.key.as_str()))
}

fn find<'s>(statements: &'s [Statement], key: &str) -> Option<&'s Statement> {
    statements.iter().find(|statement| statement.key == key)
}

/// The statements by their keys: a list whose elements have labels is one for each.
fn by_key(statements: &[Statement]) -> IndexMap<&str, Vec<&Statement>> {
    let mut fields: IndexMap<&str, Vec<&Statement>> = IndexMap::new();
    for statement in statements {
        fields.entry(&statement.key).or_default().push(statement);
    }
    fields
}

/// What statements say, without their comments.
fn said(statements: &[&Statement]) -> String {
    statements.iter().map(|statement| essence(std::slice::from_ref(*statement)) + "\n").collect()
}

/// The statements in a block; nothing of what is no block.
fn inside(statement: &Statement) -> Option<&[Statement]> {
    match &statement.body {
        Body::Block(statements) => Some(statements),
        Body::Set(_) => None,
    }
}

/// What all these blocks, of which the first is `own`, have: whole fields, and the elements at the beginning of lists with labels. Recursion
/// follows the nesting of labels, which the schema bounds.
fn shared(own: &[Statement], blocks: &[&[Statement]]) -> Vec<Statement> {
    let mut shared = Vec::new();
    let blocks: Vec<IndexMap<&str, Vec<&Statement>>> = blocks.iter().map(|block| by_key(block)).collect();
    for (key, mine) in by_key(own) {
        let lists: Option<Vec<&[&Statement]>> = blocks.iter().map(|block| block.get(key).map(Vec::as_slice)).collect();
        let Some(lists) = lists else { continue };
        let wanted = said(&mine);
        if lists.iter().all(|list| said(list) == wanted) {
            shared.extend(mine.into_iter().cloned());
        } else {
            shared.extend(beginning(&mine, &lists));
        }
    }
    shared
}

/// The elements with labels that all these lists begin with, as far as they are the same.
fn beginning(mine: &[&Statement], lists: &[&[&Statement]]) -> Vec<Statement> {
    let mut shared_elements = Vec::new();
    for (at, own) in mine.iter().enumerate().filter(|(_, own)| !own.rest.is_empty()) {
        let elements: Vec<&Statement> = lists.iter().filter_map(|list| list.get(at).copied()).collect();
        if elements.len() < lists.len() || elements.iter().any(|element| element.rest != own.rest) {
            break;
        }
        let wanted = said(&[own]);
        if elements.iter().all(|element| said(&[element]) == wanted) {
            shared_elements.push((*own).clone());
            continue;
        }
        let blocks: Option<Vec<&[Statement]>> = elements.iter().map(|element| inside(element)).collect();
        let parts = inside(own).zip(blocks).map(|(own, blocks)| shared(own, &blocks)).unwrap_or_default();
        if parts.is_empty() {
            break;
        }
        shared_elements.push(Statement::new(&own.key, &own.rest, Body::Block(parts)));
    }
    shared_elements
}

/// What is left of a statement where this is common.
fn without(mut statement: Statement, common: &[Statement]) -> Option<Statement> {
    let Some(taken) = find(common, &statement.key) else { return Some(statement) };
    let (Body::Block(own), Body::Block(taken)) = (&mut statement.body, &taken.body) else { return None };
    if !DIVISIBLE.contains(&statement.key.as_str()) {
        return None;
    }
    *own = rest(std::mem::take(own), taken);
    (!own.is_empty()).then_some(statement)
}

/// What is left of statements where these, which are in all of them, are taken away.
fn rest(own: Vec<Statement>, taken: &[Statement]) -> Vec<Statement> {
    let taken: BTreeMap<String, &Statement> = taken.iter().map(|statement| (statement.head(), statement)).collect();
    let left = own.into_iter().filter_map(|mut statement| {
        let Some(same) = taken.get(&statement.head()) else { return Some(statement) };
        if said(&[same]) == said(&[&statement]) || statement.rest.is_empty() {
            return None;
        }
        let (Body::Block(own), Body::Block(taken)) = (&mut statement.body, &same.body) else { return None };
        *own = rest(std::mem::take(own), taken);
        (!own.is_empty()).then_some(statement)
    });
    left.collect()
}

// ----------------------------------------------------------------------------------------------------- environments

/// An environment with its tasks; it has the template that is common to all where one of them has it or says something over it.
fn environment(name: &str, mut tasks: Vec<Task>, base: Option<&str>) -> Statement {
    let mut statements = Vec::new();
    if tasks.len() > 1 {
        for key in SHARED {
            statements.extend(taken_from_all(&mut tasks, key));
        }
    }
    statements.extend(base.and_then(|base| taken_from_some(&mut tasks, reference(base))));
    let header = tasks.first_mut().map(|task| std::mem::take(&mut task.header)).unwrap_or_default();
    statements.extend(tasks.into_iter().map(|mut task| {
        task.header.append(&mut task.above);
        Statement::new("task", literal::key(&task.name), Body::Block(task.settings)).below(task.header)
    }));
    Statement::new("environment", literal::key(name), Body::Block(statements)).below(header)
}

/// The setting of this template, taken out of the tasks that have it, if one has or has a block, which is merged over it.
fn taken_from_some(tasks: &mut [Task], setting: Statement) -> Option<Statement> {
    let templates = tasks.iter().filter_map(|task| find(&task.settings, TEMPLATE));
    if !templates.into_iter().any(|own| *own == setting || inside(own).is_some()) {
        return None;
    }
    for task in tasks {
        task.settings.retain(|own| *own != setting);
    }
    Some(setting)
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
