//! Which declaration a place lies in, and what a name at a place stands for.
//!
//! In: the trees of a program. Out: words for people: "task `fit`", "parameter `tag`". Always: the innermost declaration counts; what lies
//! in no source is named by its file. Not here: values.

use rustc_hash::FxHashMap;

use crate::expression::inputs::COMMAND_LINE;
use crate::modules::names::stem;
use crate::modules::{Module, Modules, imports};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::{Body, Expression, Name, Operation, Param, Statement, StatementKind, Value};
use crate::value;
use crate::value::trail::Event;

/// A name that a value went through, or the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// What it is.
    pub who: String,
    /// Where it is declared.
    pub place: Span,
    /// Whether the value took its place, so that it does not count.
    pub overruled: bool,
}

/// A declaration.
#[derive(Debug, Clone)]
struct Declared {
    /// The whole of it.
    span: Span,
    /// Where its name stands.
    name: Span,
    who: String,
    /// Of the variable of a loop, the name of what the loop goes over, where it has one.
    over: Option<Span>,
}

/// Names that mean something in a part of a file.
#[derive(Debug)]
struct Inner {
    span: Span,
    names: Vec<(String, Declared)>,
}

/// The declarations of a program.
#[derive(Debug)]
pub struct Layers<'p> {
    sources: &'p SourceMap,
    modules: &'p Modules,
    declared: Vec<Declared>,
    inner: Vec<Inner>,
    /// The parameters and constants at the top of each file.
    outer: FxHashMap<(FileId, String), Declared>,
    /// The file that a name stands for.
    imports: FxHashMap<(FileId, String), FileId>,
    /// The whole entry of each key and label.
    entries: FxHashMap<Span, Span>,
}

impl<'p> Layers<'p> {
    /// Those of these files.
    #[must_use]
    pub fn new(modules: &'p Modules, sources: &'p SourceMap) -> Self {
        let mut layers = Self {
            sources,
            modules,
            declared: Vec::new(),
            inner: Vec::new(),
            outer: FxHashMap::default(),
            imports: FxHashMap::default(),
            entries: FxHashMap::default(),
        };
        for module in modules.iter() {
            layers.module(module);
        }
        layers
    }

    /// The sources.
    #[must_use]
    pub fn sources(&self) -> &'p SourceMap {
        self.sources
    }

    /// What a place lies in.
    #[must_use]
    pub fn who(&self, place: Span) -> String {
        let source = self.sources.get(place.file);
        if self.modules.get(place.file).is_some() {
            let around = self.declared.iter().filter(|declared| declared.span.contains(place));
            let innermost = around.min_by_key(|declared| declared.span.range().len());
            return innermost.map_or_else(|| format!("`{}`", source.name), |declared| declared.who.clone());
        }
        if source.name == COMMAND_LINE {
            let line = self.line(place);
            return format!("`{}`", line.split_once('=').map_or(line, |(name, _)| name));
        }
        format!("`{}`", source.name)
    }

    /// The line that a place is on, without the space around it.
    #[must_use]
    pub fn line(&self, place: Span) -> &'p str {
        let text = &self.sources.get(place.file).text;
        let start = place.range().start.min(text.len());
        let from = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        text.get(from..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim()
    }

    /// The whole entry whose key stands at a place; of anything else, the place itself.
    #[must_use]
    pub fn entry(&self, key: Span) -> Span {
        self.entries.get(&key).copied().unwrap_or(key)
    }

    /// What stands at a place: the whole entry of a key, or else the line.
    #[must_use]
    pub fn text(&self, place: Span) -> &'p str {
        self.entries.get(&place).map_or_else(|| self.line(place), |entry| self.sources.text(*entry))
    }

    // ------------------------------------------------------------------------------------------------- names

    /// The names that a value went through to be set at `place`, and where it was written, where that is elsewhere.
    #[must_use]
    pub fn through(&self, place: Span, value: &value::Value) -> Vec<Via> {
        let mut through = Through { layers: self, list: Vec::new(), seen: vec![self.entry(place)] };
        through.value(value);
        through.list
    }

    /// What names stand for.
    #[must_use]
    pub fn names(&self, names: &[Span]) -> Vec<Via> {
        let mut through = Through { layers: self, list: Vec::new(), seen: Vec::new() };
        for name in names {
            through.name(self.meaning(*name));
        }
        through.list
    }

    /// Whether a place lies in a template.
    #[must_use]
    pub fn is_template(&self, place: Span) -> bool {
        self.who(place).starts_with("template ")
    }

    /// What the name at the beginning of a reference stands for; a call of a function is no name.
    fn meaning(&self, reference: Span) -> Option<Declared> {
        let text = self.sources.text(reference);
        let is_call = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').starts_with('(');
        if is_call && !text.starts_with('(') {
            return None;
        }
        let mut names = text.split('.').map(|part| part.split(['[', ' ', ')']).next().unwrap_or_default());
        let first = names.next().unwrap_or_default().trim_start_matches('(');
        let inner = self.inner.iter().filter(|inner| inner.span.contains(reference));
        let inner = inner.filter_map(|inner| {
            let (_, declared) = inner.names.iter().find(|(name, _)| name == first)?;
            Some((inner.span.range().len(), declared))
        });
        if let Some((_, declared)) = inner.min_by_key(|(length, _)| *length) {
            return Some(declared.clone());
        }
        let file = reference.file;
        let imported = || {
            let target = self.imports.get(&(file, first.to_owned()))?;
            self.outer.get(&(*target, names.next()?.to_owned()))
        };
        let outer = self.outer.get(&(file, first.to_owned())).or_else(imported);
        // What nothing else declares is the variable of a comprehension.
        outer.cloned().or_else(|| {
            let who = format!("loop variable `{first}`");
            Some(Declared { span: reference, name: reference, who, over: None })
        })
    }

    // ------------------------------------------------------------------------------------------ declarations

    fn module(&mut self, module: &Module) {
        for (import, target) in imports(&module.tree).zip(&module.imports) {
            let name = import.alias.as_ref().map_or_else(|| stem(&import.path.text), |alias| alias.text.as_str());
            if let Some(target) = target {
                self.imports.insert((module.file, name.to_owned()), *target);
            }
        }
        self.statements(&module.tree.statements);
    }

    /// Recursion follows the nesting of the source.
    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.statement(&statement.kind);
        }
    }

    fn statement(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Param(param) => self.outer("parameter", &param.name, param.span),
            StatementKind::Let(constant) => {
                self.outer("constant", &constant.name, constant.span);
                self.expression(&constant.value);
            }
            StatementKind::If(branches) => branches.bodies().for_each(|body| self.statements(&body.statements)),
            StatementKind::For(each) => {
                let over = &each.head.over;
                let over = matches!(over.value, Value::Reference(_) | Value::Access(_)).then_some(over.span);
                let name = |name: &Name| {
                    let (text, declared) = self.declared("loop variable", name, each.head.span);
                    (text, Declared { over, ..declared })
                };
                self.inner.push(Inner { span: each.body.span, names: each.head.names.iter().map(name).collect() });
                self.statements(&each.body.statements);
            }
            StatementKind::Template(template) => {
                let items = template.parameters.iter().flat_map(|parameters| &parameters.items);
                let name = |param: &Param| self.declared("parameter", &param.name, param.span);
                let names = items.map(|item| name(&item.param)).collect();
                self.inner.push(Inner { span: template.span, names });
                self.declare("template", &template.name, template.span, &template.body);
            }
            StatementKind::Environment(environment) => {
                self.declare("environment", &environment.name, environment.span, &environment.body);
            }
            StatementKind::Task(task) => self.declare("task", &task.name.task, task.span, &task.body),
            StatementKind::Override(over) => match &over.variant {
                Some(variant) => self.declare("override", variant, over.span, &over.body),
                None => self.declare("override of", &over.target.task, over.span, &over.body),
            },
            StatementKind::Entry(entry) => {
                let place = entry.label.as_ref().map_or(entry.key.span, |label| label.name.span);
                self.entries.insert(entry.key.span, entry.span);
                self.entries.insert(place, entry.span);
                match &entry.operation {
                    Operation::Set(value) | Operation::Append(value) => self.expression(value),
                    Operation::Merge(body) => self.statements(&body.statements),
                    Operation::Missing => {}
                }
            }
            StatementKind::Import(_) | StatementKind::Skipped(_) => {}
        }
    }

    /// The entries of the objects in an expression.
    fn expression(&mut self, expression: &Expression) {
        match &expression.value {
            Value::Object(body) => self.statements(&body.statements),
            Value::List(list) => list.items.iter().for_each(|item| self.expression(&item.value)),
            _ => {}
        }
    }

    fn declared(&self, what: &str, name: &Name, span: Span) -> (String, Declared) {
        let text = if name.text.is_empty() { self.sources.text(name.span).trim_matches('"') } else { &name.text };
        (text.to_owned(), Declared { span, name: name.span, who: format!("{what} `{text}`"), over: None })
    }

    fn declare(&mut self, what: &str, name: &Name, span: Span, body: &Body) {
        let (_, declared) = self.declared(what, name, span);
        self.declared.push(declared);
        self.statements(&body.statements);
    }

    fn outer(&mut self, what: &str, name: &Name, span: Span) {
        let (text, declared) = self.declared(what, name, span);
        self.declared.push(declared.clone());
        self.outer.insert((span.file, text), declared);
    }
}

/// The names that one value went through.
struct Through<'l, 'p> {
    layers: &'l Layers<'p>,
    list: Vec<Via>,
    /// What has been told, and needs no further word.
    seen: Vec<Span>,
}

impl Through<'_, '_> {
    /// Trails are bounded.
    fn value(&mut self, value: &value::Value) {
        let mut named = false;
        let mut lost = Vec::new();
        let mut parts = Vec::new();
        for step in value.history() {
            match &step.event {
                Event::Through { .. } => {
                    named = true;
                    self.name(self.layers.meaning(step.place));
                }
                Event::Part(part) => parts.push(part),
                Event::Replaced { value, .. } if named => lost.push((step.place, value)),
                Event::Replaced { .. } | Event::Removed { .. } => {}
            }
        }
        self.written(value.span, false);
        // The last part is the first step.
        for part in parts.into_iter().rev() {
            self.value(part);
        }
        for (place, value) in lost {
            self.written(if self.layers.is_source(place) { place } else { value.span }, true);
        }
    }

    fn name(&mut self, declared: Option<Declared>) {
        let Some(declared) = declared else { return };
        if !self.seen.contains(&declared.span) {
            self.list.push(Via { who: declared.who, place: declared.name, overruled: false });
            self.seen.push(declared.span);
            if let Some(over) = declared.over {
                self.name(self.layers.meaning(over));
            }
        }
    }

    /// Where a value was written, unless that can be seen at what has been told.
    fn written(&mut self, place: Span, overruled: bool) {
        if overruled || !self.seen.iter().any(|seen| seen.contains(place)) {
            self.list.push(Via { who: self.layers.who(place), place, overruled });
            self.seen.push(place);
        }
    }
}

impl Layers<'_> {
    fn is_source(&self, place: Span) -> bool {
        self.modules.get(place.file).is_some()
    }
}
