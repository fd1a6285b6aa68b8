//! Which tasks there are, and in which environment each is.
//!
//! In: the declarations that come to pass, once all environments are known. Out: the tasks of the program; overrides are put aside for
//! [`super::overrides`].

use super::expand::Declaration;
use super::{EnvironmentId, Resolver, Task, TaskId, environment_path, names};
use crate::diagnostics::{Diagnostic, code};
use crate::expression::budget::MAX_PODS;
use crate::expression::scope::Scope;
use crate::expression::weights;
use crate::source::Span;
use crate::syntax::ast::{self, StatementKind, TaskName};

impl<'a> Resolver<'a, '_, '_> {
    pub(super) fn declare_tasks(&mut self, declarations: &[Declaration<'a>]) {
        for Declaration { statement, scope } in declarations {
            match &statement.kind {
                StatementKind::Environment(environment) => self.declare_tasks_of(environment, scope),
                StatementKind::Task(task) => self.declare_outside(task, &statement.leading, scope),
                StatementKind::Override(over) => self.note_override(None, over, scope),
                _ => {}
            }
        }
    }

    fn declare_tasks_of(&mut self, environment: &'a ast::Environment, scope: &Scope) {
        // A duplicate environment was reported; its tasks would only repeat that.
        let Some(name) = self.named(&environment.name, scope) else { return };
        let id = self.program.environment_names.get(&name.span.file).and_then(|names| names.get(&name.text)).copied();
        let own = |id: &EnvironmentId| std::ptr::eq(self.program.environments[id.0].declaration, environment);
        let Some(id) = id.filter(own) else { return };
        let inner = self.inner.get_mut(id.0).map(std::mem::take).unwrap_or_default();
        for Declaration { statement, scope } in inner {
            match &statement.kind {
                StatementKind::Task(task) => self.declare_inside(id, task, &statement.leading, &scope),
                StatementKind::Override(over) => self.note_override(Some(id), over, &scope),
                StatementKind::Template(inner) => self.misplaced("template", inner.name.span),
                StatementKind::Environment(inner) => self.misplaced("environment", inner.name.span),
                _ => {}
            }
        }
    }

    fn misplaced(&mut self, what: &str, span: Span) {
        let message = format!(
            "a declaration of {} {what} cannot stand in an environment",
            if what == "template" { "a" } else { "an" }
        );
        self.report(Diagnostic::new(code::MISPLACED, span, message).help("move it out, to the top level of the file"));
    }

    fn declare_inside(
        &mut self,
        environment: EnvironmentId,
        task: &'a ast::Task,
        docs: &'a [ast::Comment],
        scope: &Scope,
    ) {
        if let Some(other) = &task.name.environment {
            let other = self.named(other, scope);
            let own = self.program.environments[environment.0].name.clone();
            if let Some(other) = other.filter(|other| other.text != own.text || task.name.import.is_some()) {
                self.report(
                    Diagnostic::new(
                        code::MISPLACED,
                        task.name.span,
                        format!("this task of `{}` stands in another environment", other.text),
                    )
                    .label(own.span, format!("this is environment `{}`", own.text))
                    .help("in an environment, a task has its name alone"),
                );
                return;
            }
        }
        self.declare_task(environment, task, docs, scope);
    }

    fn declare_outside(&mut self, task: &'a ast::Task, docs: &'a [ast::Comment], scope: &Scope) {
        if task.name.environment.is_none() {
            if !task.name.task.is_missing() {
                let message = format!("task `{}` stands outside of any environment", task.name.task.text);
                let help = format!("write `task ENVIRONMENT.{}`, or move it into its environment", task.name.task.text);
                self.report(Diagnostic::new(code::MISPLACED, task.name.span, message).help(help));
            }
            return;
        }
        if let Some(id) = self.environment_of(&task.name, scope) {
            self.declare_task(id, task, docs, scope);
        }
    }

    /// The environment that the name of a task names.
    pub(super) fn environment_of(&mut self, name: &TaskName, scope: &Scope) -> Option<EnvironmentId> {
        let environment = name.environment.as_ref().and_then(|environment| self.named(environment, scope))?;
        let path = match &name.import {
            Some(import) => vec![self.named(import, scope)?, environment],
            None => vec![environment],
        };
        match environment_path(&self.program, self.evaluator, &path, scope) {
            Ok(found) => found,
            Err(diagnostic) => {
                self.report(*diagnostic);
                None
            }
        }
    }

    fn declare_task(
        &mut self,
        environment: EnvironmentId,
        declaration: &'a ast::Task,
        docs: &'a [ast::Comment],
        scope: &Scope,
    ) {
        let Some(name) = self.named(&declaration.name.task, scope) else { return };
        if let Some(variant) = &declaration.name.variant {
            let message = "a task's declaration names no variant";
            let diagnostic = Diagnostic::new(code::MISPLACED, variant.span, message);
            return self.report(diagnostic.help(format!("write `override {} as {} {{ … }}`", name.text, variant.text)));
        }
        self.check_form(&name, declaration.name.task.parts.is_some(), names::check_task);
        let first = self.program.task_names.get(&environment).and_then(|names| names.get(&name.text)).copied();
        if let Some(first) = first {
            let (span, qualified) = (self.program.tasks[first.0].name.span, self.program.qualified_name(first));
            // What is imported was there before.
            let imported = !self.modules.is_named(name.span.file) && self.modules.is_named(span.file);
            let (again, first) = if imported { (span, name.span) } else { (name.span, span) };
            return self.duplicate("task", &qualified, again, first);
        }
        if !self.may_declare(name.span) {
            return;
        }
        let id = TaskId(self.program.tasks.len());
        self.program.task_names.entry(environment).or_default().insert(name.text.clone(), id);
        let (scope, named) = (scope.clone(), self.modules.is_named(name.span.file));
        self.program.tasks.push(Task { name, environment, declaration, docs, scope, named, amendments: Vec::new() });
    }

    /// Whether there may be one more task or variant.
    pub(super) fn may_declare(&mut self, place: Span) -> bool {
        let count = self.program.tasks.len() + self.program.variants.len();
        if count == MAX_PODS {
            let message = format!("a build makes at most {MAX_PODS} tasks and variants");
            self.report(Diagnostic::new(code::TOO_MUCH, place, message).help("split it into several builds"));
        }
        count < MAX_PODS && self.evaluator.keeps(weights::TASK, place)
    }
}
