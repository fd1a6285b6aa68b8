//! A pod as a task and its template.
//!
//! In: a [`Pod`]. Out: a [`Task`]. Always: Flyte puts the two together to the same pod again: image, command and arguments of the
//! primary container are the task's; the variables at the beginning of its list that are plain texts too; its resources where the
//! settings of a task say just the same. Not here: what tasks have in common.

use std::collections::BTreeSet;

use super::comments::Comments;
use super::documents::Pod;
use super::literal;
use super::nodes::{entries, entry, items, text, value};
use super::statement::{Body, Item, Statement, Value};
use super::values::{Writer, amount};
use crate::data::{Key, Kind, Node};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::flyte::PRIMARY_CONTAINER;
use crate::schema::kubernetes::POD_SPEC;
use crate::schema::{Type, units};

/// A task, and the template that it has.
#[derive(Debug)]
pub struct Task {
    /// What its environment is called.
    pub environment: String,
    /// What it is called itself.
    pub name: String,
    /// Whether other tasks may stand in the same environment.
    pub joins: bool,
    /// The comments at the top of the document.
    pub header: Vec<String>,
    /// The comments on the way from there to the pod.
    pub above: Vec<String>,
    /// Its settings, without the template.
    pub settings: Vec<Statement>,
    /// The fields of its template.
    pub template: Vec<Statement>,
}

/// What `kubectl` takes for the container that is meant.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

static TEXTS: Type = Type::Map(&Type::String);
static STRINGS: Type = Type::List { element: &Type::String, key: None };

/// The task of a pod; nothing where it has none, which is reported.
pub fn task(pod: &Pod<'_>, comments: &mut Comments, diagnostics: &mut Diagnostics) -> Option<Task> {
    let header = comments.above(pod.top);
    let above = pod.way.iter().flat_map(|place| comments.above(*place)).collect();
    let primary = primary(pod, diagnostics)?;
    let name = value(primary, "name").and_then(text).unwrap_or_default();
    let mut writer = Writer { comments, diagnostics };
    let parts = Parts::of(primary, pod.exact);
    let settings = parts.settings(&mut writer);
    let mut template = Vec::new();
    for (key, node) in [pod.labels, pod.annotations].into_iter().flatten() {
        template.extend(writer.entry(key, node, &TEXTS));
    }
    if name != PRIMARY_CONTAINER {
        template.push(Statement::set("primary_container_name", Value::Text(name.to_owned())));
    }
    let mut spec = spec(&pod.spec, primary, &parts);
    if !pod.exact {
        spec.iter_mut().for_each(without_empty_resources);
    }
    let mut spec = writer.fields(&spec, &POD_SPEC);
    if is_bare(&spec) {
        spec.retain(|statement| statement.key != "containers");
    }
    if !spec.is_empty() {
        let above = writer.comments.above(pod.place);
        template.push(Statement::block("pod_spec", spec).below(above));
    }
    let task = pod.task.clone().unwrap_or_else(|| name.to_owned());
    let (environment, joins) = (pod.environment.clone(), pod.joins);
    Some(Task { environment, name: super::names::task(&task), joins, header, above, settings, template })
}

/// Whether the primary container is the only one and nothing is left to say of it: Flyte makes it by itself then.
fn is_bare(spec: &[Statement]) -> bool {
    let mut containers = spec.iter().filter(|statement| statement.key == "containers");
    let empty = |statement: &Statement| statement.body == Body::Block(Vec::new()) && statement.above.is_empty();
    containers.next().is_some_and(empty) && containers.next().is_none()
}

/// The primary container: the one that the document names, that `kubectl` would take, that has the name that Flyte gives it, or
/// the first.
fn primary<'p>(pod: &'p Pod<'_>, diagnostics: &mut Diagnostics) -> Option<&'p Node> {
    let containers = value(&pod.spec, "containers").map(items).unwrap_or_default();
    let named = |name: &str| containers.iter().find(|container| value(container, "name").and_then(text) == Some(name));
    if let Some((name, place)) = pod.primary {
        let found = named(name);
        if found.is_none() {
            let message = format!("no container of this pod is called `{name}`");
            let diagnostic = Diagnostic::new(code::NO_POD, place, message);
            diagnostics.push(diagnostic.note("the primary container is the one that the task runs in"));
        }
        return found;
    }
    let annotated = pod.annotations.and_then(|(_, node)| value(node, DEFAULT_CONTAINER)).and_then(text);
    let first = || containers.iter().find(|container| value(container, "name").and_then(text).is_some());
    let found = annotated.and_then(named).or_else(|| named(PRIMARY_CONTAINER)).or_else(first);
    if found.is_none() {
        let message = "this pod has no container with a name";
        diagnostics.push(Diagnostic::new(code::NO_POD, pod.spec.span, message).note("a task runs in a container"));
    }
    found
}

/// The spec without what the task brings to the primary container.
fn spec(spec: &Node, primary: &Node, parts: &Parts<'_>) -> Vec<(Key, Node)> {
    let rest = parts.rest();
    let mut fields = entries(spec).to_vec();
    let at = value(spec, "containers").and_then(|list| items(list).iter().position(|one| std::ptr::eq(one, primary)));
    for (_, node) in fields.iter_mut().filter(|(key, _)| key.text == "containers") {
        let Kind::List(containers) = &mut node.kind else { continue };
        if let Some(container) = at.and_then(|at| containers.get_mut(at)) {
            *container = rest.clone();
        }
    }
    fields
}

/// Takes resources that say nothing away, which Kubernetes' own tools write into every container.
fn without_empty_resources((key, node): &mut (Key, Node)) {
    let Kind::List(containers) = &mut node.kind else { return };
    if !matches!(key.text.as_str(), "containers" | "initContainers") {
        return;
    }
    for container in containers {
        if let Kind::Map(fields) = &mut container.kind {
            fields.retain(|(key, node)| key.text != "resources" || node.kind != Kind::Map(Vec::new()));
        }
    }
}

/// What of the primary container the task brings.
struct Parts<'n> {
    container: &'n Node,
    image: Option<(&'n Key, &'n Node)>,
    /// How many of the variables.
    variables: usize,
    resources: Option<Vec<Statement>>,
}

impl<'n> Parts<'n> {
    fn of(container: &'n Node, exact: bool) -> Self {
        // The language takes no `auto`, and no empty image.
        let is_image = |node: &Node| text(node).is_some_and(|image| !image.is_empty() && image != "auto");
        Self {
            container,
            image: entry(container, "image").filter(|(_, node)| is_image(node)),
            variables: variables(value(container, "env").map(items).unwrap_or_default()),
            resources: value(container, "resources").and_then(|node| resources(node, exact)),
        }
    }

    /// The settings of the task.
    fn settings(&self, writer: &mut Writer<'_>) -> Vec<Statement> {
        let mut settings = Vec::new();
        if let Some((key, node)) = self.image {
            settings.extend(writer.entry(key, node, &Type::String));
        }
        for name in ["command", "args"] {
            let given = entry(self.container, name)
                .filter(|(_, node)| !matches!(&node.kind, Kind::List(list) if list.is_empty()));
            if let Some((key, node)) = given {
                settings.extend(writer.entry(key, node, &STRINGS));
            }
        }
        if !settings.iter().any(|setting| setting.key == "command" || setting.key == "args") {
            // What the image runs by itself.
            settings.push(Statement::set("command", Value::List(Vec::<Item>::new())));
        }
        if let Some((key, node)) = entry(self.container, "resources").filter(|_| self.resources.is_some()) {
            let above = writer.comments.within(key, node);
            let block = Statement::block("resources", self.resources.clone().unwrap_or_default());
            settings.push(block.below(above));
        }
        settings.extend(self.env_vars(writer));
        settings
    }

    fn env_vars(&self, writer: &mut Writer<'_>) -> Option<Statement> {
        let (key, node) = entry(self.container, "env").filter(|_| self.variables > 0)?;
        let above = writer.comments.above(key.span);
        let mut statements = Vec::new();
        for variable in items(node).iter().take(self.variables) {
            let mut above = writer.comments.above(variable.span);
            let (Some((name, _)), Some((key, _))) = (entry(variable, "name"), entry(variable, "value")) else {
                continue;
            };
            let own = [name, key].map(|key| {
                let mut own = writer.comments.above(key.span);
                own.extend(writer.comments.behind(key.span));
                own
            });
            above.extend(own.into_iter().flatten());
            let pair = value(variable, "name").and_then(text).zip(value(variable, "value").and_then(text));
            let statement =
                pair.map(|(name, value)| Statement::set(&literal::key(name), Value::Text(value.to_owned())));
            statements.extend(statement.map(|statement| statement.below(above)));
        }
        Some(Statement::block("env_vars", statements).below(above))
    }

    /// The container without what the task brings.
    fn rest(&self) -> Node {
        let brought = |name: &str| match name {
            "image" => self.image.is_some(),
            "command" | "args" => true,
            "resources" => self.resources.is_some(),
            _ => false,
        };
        let mut fields = entries(self.container).to_vec();
        fields.retain(|(key, _)| !brought(&key.text));
        for (_, node) in fields.iter_mut().filter(|(key, _)| key.text == "env") {
            if let Kind::List(variables) = &mut node.kind {
                variables.drain(..self.variables.min(variables.len()));
            }
        }
        fields.retain(|(key, node)| key.text != "env" || !matches!(&node.kind, Kind::List(list) if list.is_empty()));
        Node { span: self.container.span, kind: Kind::Map(fields) }
    }
}

/// How many variables at the beginning are plain texts, each with a name of its own.
fn variables(all: &[Node]) -> usize {
    let mut seen = BTreeSet::new();
    let mut plain = |variable: &Node| {
        let set = entries(variable).iter().filter(|(_, node)| node.kind != Kind::Null).count();
        let name = value(variable, "name").and_then(text).filter(|name| !name.is_empty() && !name.contains('='));
        let is_text = value(variable, "value").and_then(text).is_some();
        set == 2 && is_text && name.is_some_and(|name| seen.insert(name.to_owned()))
    };
    all.iter().take_while(|variable| plain(variable)).count()
}

// -------------------------------------------------------------------------------------------------------- resources

/// The resources of a container as a task says them; nothing where it cannot say the same. What Flyte makes of a task has limits,
/// be it none, so of a pod that has to stay as it is they have to be there.
fn resources(node: &Node, exact: bool) -> Option<Vec<Statement>> {
    let known = |node: &Node, names: &[&str]| {
        entries(node).iter().all(|(key, value)| names.contains(&key.text.as_str()) && value.kind != Kind::Null)
    };
    let (requests, limits) = (value(node, "requests")?, value(node, "limits"));
    let limited = limits.map(entries).unwrap_or_default();
    let fits = known(node, &["requests", "limits"])
        && known(requests, &["cpu", "memory", "ephemeral-storage"])
        && limits.is_none_or(|limits| matches!(limits.kind, Kind::Map(_)) && known(limits, &["cpu", "memory"]))
        && limited.iter().all(|(key, _)| value(requests, &key.text).is_some())
        && (limits.is_some() || !exact);
    if !fits || entries(requests).is_empty() {
        return None;
    }
    let mut statements = Vec::new();
    for (setting, name) in [("cpu", "cpu"), ("memory", "memory"), ("disk", "ephemeral-storage")] {
        let Some(request) = value(requests, name) else { continue };
        let limit = limits.and_then(|limits| value(limits, name));
        statements.push(Statement::set(setting, Value::Literal(range(request, limit, setting == "cpu")?)));
    }
    Some(statements)
}

/// An amount, or a request and its limit.
fn range(request: &Node, limit: Option<&Node>, counts: bool) -> Option<String> {
    let request = amount(request)?;
    let bare = |amount: &str| literal::has_unit(amount) || counts && literal::is_number(amount);
    let written = if bare(&request) { request.clone() } else { literal::text(&request) };
    let least = units::quantity(&request).filter(|amount| *amount >= 0)?;
    let Some(limit) = limit else { return Some(written) };
    let limit = amount(limit)?;
    let most = units::quantity(&limit)?;
    (least <= most && bare(&request) && bare(&limit)).then(|| format!("{request}..{limit}"))
}
