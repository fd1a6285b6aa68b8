//! Trees to a program: which declarations there are, and which of them a reference means.
//!
//! In: modules, and the evaluator for names and for `if` and `for` around declarations. Out: [`Program`]. Always: it succeeds; a
//! declaration whose name is missing or taken is left out of the tables after it was reported, so everything in them can be found
//! by its name. Ids are positions in the program's own lists, which only grow while it is made and never change after that:
//! indexing by one cannot fail. Not here: settings and their values.
//!
//! Words: a *template*, *environment* and *task* are declarations of the program; a *variant* is a task with the settings of
//! an `override … as …` on top; an *amendment* is an `override` without `as`, which changes the task itself; what is *dormant*
//! stands in a branch that is not taken.

pub mod expand;
mod extends;
mod names;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use self::expand::{Declaration, Found, expand};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::Evaluator;
use crate::expression::budget::MAX_PODS;
use crate::expression::references::not_passed_on;
use crate::expression::scope::Scope;
use crate::modules::Modules;
use crate::modules::names::Meaning;
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Name, StatementKind, TaskName};
pub use crate::value::EnvironmentId;

/// The number of a template in its [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TemplateId(pub usize);

/// The number of a task in its [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub usize);

/// The number of a variant in its [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariantId(pub usize);

/// Everything that is declared, in the order of files and places.
#[derive(Debug, Default)]
pub struct Program<'a> {
    /// The templates.
    pub templates: Vec<Template<'a>>,
    /// The environments.
    pub environments: Vec<Environment<'a>>,
    /// The tasks.
    pub tasks: Vec<Task<'a>>,
    /// The variants; one that overrides another comes after it.
    pub variants: Vec<Variant<'a>>,
    /// The templates, each after those that it extends.
    pub template_order: Vec<TemplateId>,
    /// The environments, each after the one that it extends.
    pub environment_order: Vec<EnvironmentId>,
    /// The declarations in branches that are not taken.
    pub dormant: Vec<Declaration<'a>>,
    template_names: FxHashMap<FileId, FxHashMap<EcoString, TemplateId>>,
    /// The environments of each file.
    environment_names: FxHashMap<FileId, FxHashMap<EcoString, EnvironmentId>>,
    /// The environments of all files that are named.
    shared_environments: FxHashMap<EcoString, EnvironmentId>,
    task_names: FxHashMap<EnvironmentId, FxHashMap<EcoString, TaskId>>,
    variant_names: FxHashMap<TaskId, FxHashMap<EcoString, VariantId>>,
    /// Whether it could not be told of some declarations whether they come to pass.
    doubtful: bool,
    /// What dormant templates and environments are called; `None` where that is not known.
    dormant_names: FxHashSet<(FileId, Kind, Option<EcoString>)>,
}

/// What a name in a branch that is not taken is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A template.
    Template,
    /// An environment.
    Environment,
}

/// A template.
#[derive(Debug)]
pub struct Template<'a> {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub declaration: &'a ast::Template,
    /// What names mean around it.
    pub scope: Scope,
    /// The templates that it extends, by the places of `declaration.bases`; `None` where that was reported.
    pub bases: Vec<Option<TemplateId>>,
}

/// An environment.
#[derive(Debug)]
pub struct Environment<'a> {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub declaration: &'a ast::Environment,
    /// What its doc comment says.
    pub docs: &'a [ast::Comment],
    /// What names mean around it.
    pub scope: Scope,
    /// The environment that it extends.
    pub base: Option<EnvironmentId>,
    /// Whether it stands in a file that was named to the command.
    pub named: bool,
}

/// A task.
#[derive(Debug)]
pub struct Task<'a> {
    /// Its name in its environment.
    pub name: Name,
    /// Its environment.
    pub environment: EnvironmentId,
    /// Where it is declared.
    pub declaration: &'a ast::Task,
    /// What its doc comment says.
    pub docs: &'a [ast::Comment],
    /// What names mean around it.
    pub scope: Scope,
    /// Whether it stands in a file that was named to the command, so that it is built.
    pub named: bool,
    /// The overrides without `as`, in order.
    pub amendments: Vec<Amendment<'a>>,
}

/// An override that changes a task in place.
#[derive(Debug)]
pub struct Amendment<'a> {
    /// Where it is declared.
    pub declaration: &'a ast::Override,
    /// What names mean around it.
    pub scope: Scope,
}

/// A variant of a task.
#[derive(Debug)]
pub struct Variant<'a> {
    /// Its name.
    pub name: Name,
    /// The task.
    pub task: TaskId,
    /// The variant that it overrides; without one, the task itself.
    pub base: Option<VariantId>,
    /// Where it is declared.
    pub declaration: &'a ast::Override,
    /// What names mean around it.
    pub scope: Scope,
    /// Whether it stands in a file that was named to the command, so that it is built.
    pub named: bool,
}

impl Program<'_> {
    /// The template of this name in a file.
    #[must_use]
    pub fn template(&self, file: FileId, name: &str) -> Option<TemplateId> {
        self.template_names.get(&file)?.get(name).copied()
    }

    /// The environment that a name means in a file: its own, or one of any file that was named.
    #[must_use]
    pub fn environment(&self, file: FileId, name: &str) -> Option<EnvironmentId> {
        let own = self.environment_names.get(&file).and_then(|names| names.get(name));
        own.or_else(|| self.shared_environments.get(name)).copied()
    }

    /// Whether a branch that is not taken may declare something of this name.
    #[must_use]
    pub fn is_dormant(&self, file: FileId, kind: Kind, name: &str) -> bool {
        self.dormant_names.contains(&(file, kind, Some(name.into())))
            || self.dormant_names.contains(&(file, kind, None))
    }

    /// The names of the templates of a file.
    pub fn template_names(&self, file: FileId) -> impl Iterator<Item = &str> {
        self.templates.iter().filter(move |t| t.name.span.file == file).map(|t| t.name.text.as_str())
    }

    /// The names of the environments that can be named in a file.
    pub fn environment_names(&self, file: FileId) -> impl Iterator<Item = &str> {
        let seen = move |environment: &&Environment<'_>| environment.named || environment.name.span.file == file;
        self.environments.iter().filter(seen).map(|environment| environment.name.text.as_str())
    }

    /// The name of a task with its environment's: `production-env.train`.
    #[must_use]
    pub fn qualified_name(&self, task: TaskId) -> String {
        let task = &self.tasks[task.0];
        format!("{}.{}", self.environments[task.environment.0].name.text, task.name.text)
    }
}

/// The program that these modules declare.
pub fn resolve<'a>(modules: &'a Modules, evaluator: &mut Evaluator<'a, '_>) -> Program<'a> {
    let mut resolver =
        Resolver { program: Program::default(), evaluator, modules, overrides: Vec::new(), inner: Vec::new() };
    let mut outer: Vec<Found<'a>> = Vec::new();
    for module in modules.iter() {
        let place = Span::new(module.file, 0..0);
        let found = expand(resolver.evaluator, &module.tree.statements, place, &Scope::of(module.file), true);
        resolver.declare_owners(&found.taken);
        resolver.program.doubtful |= found.doubtful;
        resolver.note_dormant(&found.dormant);
        outer.push(found);
    }
    for found in outer {
        resolver.declare_tasks(&found.taken);
        resolver.sleep(found.dormant);
    }
    resolver.resolve_overrides();
    resolver.report_shared_names();
    extends::resolve(&mut resolver.program, resolver.evaluator);
    resolver.program
}

struct Resolver<'a, 'e, 'c> {
    program: Program<'a>,
    evaluator: &'e mut Evaluator<'a, 'c>,
    modules: &'a Modules,
    /// The overrides, with the environment that they stand in.
    overrides: Vec<Pending<'a>>,
    /// For each environment, its tasks and overrides.
    inner: Vec<Vec<Declaration<'a>>>,
}

/// An override whose target has not been looked up.
struct Pending<'a> {
    environment: Option<EnvironmentId>,
    declaration: &'a ast::Override,
    scope: Scope,
    /// The task or variant that it overrides.
    target: EcoString,
    /// The variant of that which it overrides.
    of_variant: Option<EcoString>,
}

impl<'a> Resolver<'a, '_, '_> {
    /// A name with its text, where it is known.
    fn named(&mut self, name: &Name, scope: &Scope) -> Option<Name> {
        if name.is_missing() {
            return None;
        }
        if name.parts.is_none() {
            return Some(name.clone());
        }
        self.evaluator.name(name, scope).map(|text| Name::new(text, name.span))
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.evaluator.diagnostics.push(diagnostic);
    }

    // ------------------------------------------------------------------------------ templates and environments

    fn declare_owners(&mut self, declarations: &[Declaration<'a>]) {
        for Declaration { statement, scope } in declarations {
            match &statement.kind {
                StatementKind::Template(template) => self.declare_template(template, scope),
                StatementKind::Environment(environment) => {
                    self.declare_environment(environment, &statement.leading, scope);
                }
                _ => {}
            }
        }
    }

    fn declare_template(&mut self, declaration: &'a ast::Template, scope: &Scope) {
        let Some(name) = self.named(&declaration.name, scope) else { return };
        names::check_template(&name, self.evaluator.diagnostics);
        if let Some(first) = self.program.template(name.span.file, &name.text) {
            let first = self.program.templates[first.0].name.span;
            return self.duplicate("template", &name.text, name.span, first);
        }
        let id = TemplateId(self.program.templates.len());
        self.program.template_names.entry(name.span.file).or_default().insert(name.text.clone(), id);
        self.program.templates.push(Template { name, declaration, scope: scope.clone(), bases: Vec::new() });
    }

    fn declare_environment(&mut self, declaration: &'a ast::Environment, docs: &'a [ast::Comment], scope: &Scope) {
        let id = EnvironmentId(self.program.environments.len());
        let Some(name) = self.named(&declaration.name, scope) else { return };
        let (file, named) = (name.span.file, self.modules.is_named(name.span.file));
        names::check_environment(&name, declaration.name.parts.is_some(), self.evaluator.diagnostics);
        let own = self.program.environment_names.entry(file).or_default();
        let first = own.get(&name.text).or_else(|| named.then(|| self.program.shared_environments.get(&name.text))?);
        if let Some(first) = first {
            let first = self.program.environments[first.0].name.span;
            return self.duplicate("environment", &name.text, name.span, first);
        }
        own.insert(name.text.clone(), id);
        if named {
            self.program.shared_environments.insert(name.text.clone(), id);
        }
        let statements = &declaration.body.statements;
        let found = expand(self.evaluator, statements, declaration.body.span, scope, false);
        self.inner.push(found.taken);
        self.program.doubtful |= found.doubtful;
        self.program.dormant.extend(found.dormant);
        let scope = scope.clone();
        self.program.environments.push(Environment { name, declaration, docs, scope, base: None, named });
    }

    fn duplicate(&mut self, what: &str, name: &str, again: Span, first: Span) {
        let diagnostic =
            Diagnostic::new(code::DUPLICATE_DECLARATION, again, format!("{what} `{name}` is declared twice"));
        if again == first {
            let interpolated = self.evaluator.sources.text(again).contains("${");
            return self.report(if interpolated {
                diagnostic.note("two rounds of the loop around it give it the same name")
            } else {
                diagnostic
                    .note("every round of the loop around it declares it")
                    .help("make the name depend on the round: `\"…-${…}\"`")
            });
        }
        self.report(
            diagnostic
                .here("declared again here")
                .label(first, "first declared here")
                .help("give one of them another name"),
        );
    }

    /// Two environments of one name may stand in files that do not meet, but not both be built.
    fn report_shared_names(&mut self) {
        let built: FxHashSet<EnvironmentId> = self
            .program
            .tasks
            .iter()
            .filter(|task| task.named)
            .map(|task| task.environment)
            .chain(
                self.program
                    .variants
                    .iter()
                    .filter(|variant| variant.named)
                    .map(|variant| self.program.tasks[variant.task.0].environment),
            )
            .collect();
        let mut seen: FxHashMap<EcoString, Span> = FxHashMap::default();
        let mut twins = Vec::new();
        for (at, environment) in self.program.environments.iter().enumerate() {
            if !environment.named && !built.contains(&EnvironmentId(at)) {
                continue;
            }
            if let Some(first) = seen.insert(environment.name.text.clone(), environment.name.span) {
                twins.push((environment.name.text.clone(), environment.name.span, first));
            }
        }
        for (name, again, first) in twins {
            let message = format!("two environments are called `{name}`, and this build makes tasks of both");
            let diagnostic = Diagnostic::new(code::DUPLICATE_DECLARATION, again, message)
                .label(first, "the other one")
                .note("Flyte knows an environment by its name alone")
                .help("give one of them another name");
            self.report(diagnostic);
        }
    }

    // ------------------------------------------------------------------------------------------------- dormant

    /// What is declared in branches that are not taken can be named in them.
    fn note_dormant(&mut self, declarations: &[Declaration<'a>]) {
        for Declaration { statement, scope } in declarations {
            let (kind, name) = match &statement.kind {
                StatementKind::Template(template) => (Kind::Template, &template.name),
                StatementKind::Environment(environment) => (Kind::Environment, &environment.name),
                _ => continue,
            };
            let text = name.parts.is_none().then(|| name.text.clone());
            self.program.dormant_names.insert((scope.file, kind, text));
        }
    }

    /// Keeps what is dormant, with the tasks in dormant environments, to be looked at.
    fn sleep(&mut self, declarations: Vec<Declaration<'a>>) {
        for declaration in declarations {
            if let StatementKind::Environment(environment) = &declaration.statement.kind {
                let (statements, place) = (&environment.body.statements, environment.body.span);
                let before = std::mem::replace(&mut self.evaluator.forgetful, true);
                let found = expand(self.evaluator, statements, place, &declaration.scope, false);
                self.evaluator.forgetful = before;
                self.program.dormant.extend(found.dormant);
            }
            self.program.dormant.push(declaration);
        }
    }

    // ---------------------------------------------------------------------------------------------------- tasks

    fn declare_tasks(&mut self, declarations: &[Declaration<'a>]) {
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
    fn environment_of(&mut self, name: &TaskName, scope: &Scope) -> Option<EnvironmentId> {
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
        names::check_task(&name, self.evaluator.diagnostics);
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
    fn may_declare(&mut self, place: Span) -> bool {
        let count = self.program.tasks.len() + self.program.variants.len();
        if count == MAX_PODS {
            let message = format!("a build makes at most {MAX_PODS} tasks and variants");
            self.report(Diagnostic::new(code::TOO_MUCH, place, message).help("split it into several builds"));
        }
        count < MAX_PODS
    }

    // ------------------------------------------------------------------------------------------------ overrides

    fn note_override(&mut self, environment: Option<EnvironmentId>, declaration: &'a ast::Override, scope: &Scope) {
        let target = &declaration.target;
        let Some(name) = self.named(&target.task, scope) else { return };
        let of_variant = match &target.variant {
            Some(variant) => match self.named(variant, scope) {
                Some(variant) => Some(variant.text),
                None => return,
            },
            None => None,
        };
        let (target, scope) = (name.text, scope.clone());
        self.overrides.push(Pending { environment, declaration, scope, target, of_variant });
    }

    /// Declares every variant first and finds what each overrides after that, so that their order does not matter.
    ///
    /// A target is a task (`train`), a variant (`train@large`), or, where no task has the name, a variant by its name alone.
    fn resolve_overrides(&mut self) {
        let mut declared: Vec<Declared> = Vec::new();
        let mut waiting: FxHashMap<(EnvironmentId, EcoString), Vec<Pending<'a>>> = FxHashMap::default();
        for pending in std::mem::take(&mut self.overrides) {
            let Some(environment) = self.environment_of_override(&pending) else { continue };
            let task = self.program.task_names.get(&environment).and_then(|names| names.get(&pending.target)).copied();
            match task {
                Some(task) => {
                    let base = pending.of_variant.clone();
                    declared.extend(self.declare_override(task, base, None, &pending));
                }
                None => waiting.entry((environment, pending.target.clone())).or_default().push(pending),
            }
        }
        let mut at = 0;
        while let Some(id) = declared.get(at).map(|declared| declared.id) {
            at += 1;
            let Variant { name, task, .. } = &self.program.variants[id.0];
            let (name, task) = (name.clone(), *task);
            let key = (self.program.tasks[task.0].environment, name.text.clone());
            let Some(overrides) = waiting.remove(&key) else { continue };
            let twin = declared.iter().map(|other| other.id).find(|other| self.is_twin(*other, id));
            for pending in overrides {
                match twin {
                    Some(twin) => self.ambiguous(&pending, id, twin),
                    None => {
                        declared.extend(self.declare_override(
                            task,
                            Some(name.text.clone()),
                            Some(name.span),
                            &pending,
                        ));
                    }
                }
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "diagnostics are sorted before anyone sees them")]
        for ((environment, _), overrides) in waiting {
            for pending in overrides {
                self.unknown_task(environment, &pending);
            }
        }
        self.order_variants(&declared);
    }

    /// Whether two variants of different tasks have one name in one environment.
    fn is_twin(&self, one: VariantId, other: VariantId) -> bool {
        let (one, other) = (&self.program.variants[one.0], &self.program.variants[other.0]);
        let environment = |variant: &Variant<'_>| self.program.tasks[variant.task.0].environment;
        one.task != other.task && one.name.text == other.name.text && environment(one) == environment(other)
    }

    fn ambiguous(&mut self, pending: &Pending<'a>, one: VariantId, other: VariantId) {
        let (one, other) = (&self.program.variants[one.0], &self.program.variants[other.0]);
        let task = &self.program.tasks[one.task.0].name.text;
        let message = format!("`{}` is a variant of more than one task", pending.target);
        let diagnostic = Diagnostic::new(code::UNKNOWN_TASK, pending.declaration.target.span, message)
            .label(one.name.span, "this one")
            .label(other.name.span, "and this one")
            .help(format!("name the task too: `{task}@{}`", pending.target));
        self.report(diagnostic);
    }

    fn environment_of_override(&mut self, pending: &Pending<'a>) -> Option<EnvironmentId> {
        let target = &pending.declaration.target;
        if target.environment.is_some() {
            return self.environment_of(target, &pending.scope);
        }
        if pending.environment.is_none() {
            let name = &pending.target;
            let message = format!("override of `{name}` stands outside of any environment");
            let help = format!("write `override ENVIRONMENT.{name}`, or move it into its environment");
            self.report(Diagnostic::new(code::MISPLACED, target.span, message).help(help));
        }
        pending.environment
    }

    /// `base` is the variant that is overridden, and `place` is where that is declared, if it was named without its task.
    fn declare_override(
        &mut self,
        task: TaskId,
        base: Option<EcoString>,
        place: Option<Span>,
        pending: &Pending<'a>,
    ) -> Option<Declared> {
        let Some(variant) = &pending.declaration.variant else {
            self.amend(task, base.as_deref(), place, pending);
            return None;
        };
        let name = self.named(variant, &pending.scope)?;
        self.declare_variant(task, base, name, pending)
    }

    fn unknown_task(&mut self, environment: EnvironmentId, pending: &Pending<'a>) {
        if self.program.doubtful {
            return;
        }
        let owner = self.program.environments[environment.0].name.clone();
        let message = format!("environment `{}` has no task `{}`", owner.text, pending.target);
        let known = self.program.tasks.iter().filter(|task| task.environment == environment);
        let task_names = known.map(|task| task.name.text.as_str());
        let suggestion =
            if self.evaluator.diagnostics.are_few() { did_you_mean(&pending.target, task_names) } else { None };
        let span = pending.declaration.target.task.span;
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_TASK, span, message).label(owner.span, "declared here");
        let named = |declaration: &Declaration<'_>| match &declaration.statement.kind {
            StatementKind::Task(task) => task.name.task.text == pending.target,
            _ => false,
        };
        if self.program.dormant.iter().any(named) {
            diagnostic = diagnostic.note("one is declared under an `if` that does not hold in this build");
        }
        diagnostic.help.extend(suggestion);
        self.report(diagnostic);
    }

    fn amend(&mut self, task: TaskId, base: Option<&str>, place: Option<Span>, pending: &Pending<'a>) {
        if let Some(base) = base {
            let variant = self.program.variant_names.get(&task).and_then(|names| names.get(base));
            let place = place.or_else(|| variant.map(|id| self.program.variants[id.0].name.span));
            let message = "a variant is changed where it is declared";
            let help = "override the task itself, or declare a further variant with `as`";
            let mut diagnostic = Diagnostic::new(code::MISPLACED, pending.declaration.target.span, message).help(help);
            if let Some(place) = place.or_else(|| pending.declaration.target.variant.as_ref().map(|name| name.span)) {
                diagnostic = diagnostic.label(place, "a variant");
            }
            return self.report(diagnostic);
        }
        let (here, of) = (pending.declaration.span.file, self.program.tasks[task.0].name.span.file);
        if here != of && !self.modules.is_named(here) {
            // Importing a file changes nothing of others.
            return;
        }
        let amendment = Amendment { declaration: pending.declaration, scope: pending.scope.clone() };
        self.program.tasks[task.0].amendments.push(amendment);
    }

    fn declare_variant(
        &mut self,
        task: TaskId,
        base: Option<EcoString>,
        name: Name,
        pending: &Pending<'a>,
    ) -> Option<Declared> {
        names::check_variant(&name, self.evaluator.diagnostics);
        let first = self.program.variant_names.get(&task).and_then(|names| names.get(&name.text)).copied();
        if let Some(first) = first {
            let first = self.program.variants[first.0].name.span;
            let qualified = format!("{}@{}", self.program.qualified_name(task), name.text);
            self.duplicate("variant", &qualified, name.span, first);
            return None;
        }
        if !self.may_declare(name.span) {
            return None;
        }
        // The number is a placeholder until the variants are in order.
        let id = VariantId(self.program.variants.len());
        self.program.variant_names.entry(task).or_default().insert(name.text.clone(), id);
        let (declaration, scope) = (pending.declaration, pending.scope.clone());
        let named = self.modules.is_named(name.span.file);
        self.program.variants.push(Variant { name, task, base: None, declaration, scope, named });
        Some(Declared { id, base })
    }

    /// Puts every variant after the one that it overrides, and leaves out those that rest on nothing.
    fn order_variants(&mut self, declared: &[Declared]) {
        let mut above: FxHashMap<VariantId, Vec<VariantId>> = FxHashMap::default();
        let mut grounded: Vec<VariantId> = Vec::new();
        let mut broken: Vec<VariantId> = Vec::new();
        for Declared { id, base } in declared {
            let Some(base) = base else {
                grounded.push(*id);
                continue;
            };
            let task = self.program.variants[id.0].task;
            let found = self.program.variant_names.get(&task).and_then(|names| names.get(base)).copied();
            if let Some(base) = found {
                above.entry(base).or_default().push(*id);
            } else {
                self.unknown_variant(*id, base);
                broken.push(*id);
            }
        }
        let order = with_all_above(grounded, &above);
        let broken = with_all_above(broken, &above);
        self.report_ring(&order, &broken);
        self.renumber(&order, &above);
    }

    fn unknown_variant(&mut self, id: VariantId, base: &str) {
        /// How many names are compared at the most.
        const MOST: usize = 200;
        let variant = &self.program.variants[id.0];
        let (task, own) = (variant.task, &variant.name);
        let target = &variant.declaration.target;
        let place = target.variant.as_ref().map_or(target.task.span, |name| name.span);
        let others = self.program.variants.iter().filter(|other| other.task == task && other.name.text != own.text);
        let known = others.take(MOST).map(|other| other.name.text.as_str());
        let message = format!("task `{}` has no variant `{}`", self.program.qualified_name(task), base);
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_TASK, place, message);
        diagnostic.help.extend(did_you_mean(base, known));
        self.report(diagnostic);
    }

    /// What rests neither on a task nor on something unknown rests on itself.
    fn report_ring(&mut self, order: &[VariantId], broken: &[VariantId]) {
        /// How many places the message points at.
        const MOST_LABELS: usize = 8;
        let known: FxHashSet<VariantId> = order.iter().chain(broken).copied().collect();
        let ring = (0..self.program.variants.len()).map(VariantId).filter(|id| !known.contains(id));
        let mut spans = ring.map(|id| self.program.variants[id.0].declaration.target.span);
        let Some(first) = spans.next() else { return };
        let message = "this variant overrides itself, directly or through others";
        let mut diagnostic = Diagnostic::new(code::OVERRIDE_RING, first, message);
        for other in spans.take(MOST_LABELS) {
            diagnostic = diagnostic.label(other, "part of the ring, or built on it");
        }
        self.report(diagnostic);
    }

    /// Numbers the variants in this order.
    fn renumber(&mut self, order: &[VariantId], above: &FxHashMap<VariantId, Vec<VariantId>>) {
        let mut bases: FxHashMap<VariantId, VariantId> = FxHashMap::default();
        let mut old: Vec<Option<Variant<'a>>> =
            std::mem::take(&mut self.program.variants).into_iter().map(Some).collect();
        self.program.variant_names.clear();
        for id in order {
            let Some(mut variant) = old.get_mut(id.0).and_then(Option::take) else { continue };
            variant.base = bases.get(id).copied();
            let number = VariantId(self.program.variants.len());
            for variant in above.get(id).into_iter().flatten() {
                bases.insert(*variant, number);
            }
            self.program.variant_names.entry(variant.task).or_default().insert(variant.name.text.clone(), number);
            self.program.variants.push(variant);
        }
    }
}

/// These variants, and all that override them, each after its base.
fn with_all_above(mut variants: Vec<VariantId>, above: &FxHashMap<VariantId, Vec<VariantId>>) -> Vec<VariantId> {
    let mut at = 0;
    while let Some(variant) = variants.get(at) {
        variants.extend(above.get(variant).into_iter().flatten().copied().collect::<Vec<_>>());
        at += 1;
    }
    variants
}

/// A declared variant whose base has not been looked up.
struct Declared {
    id: VariantId,
    base: Option<EcoString>,
}

/// The environment that a name means, or a name behind that of an import.
///
/// # Errors
/// The diagnostic that says why there is none. There is none without an error where that was reported, or where it cannot be told.
pub fn environment_path(
    program: &Program<'_>,
    evaluator: &mut Evaluator<'_, '_>,
    path: &[Name],
    scope: &Scope,
) -> Result<Option<EnvironmentId>, Box<Diagnostic>> {
    let (file, name) = match path {
        [name] => (scope.file, name),
        [import, name] => match imported(evaluator, import, scope)? {
            Some(file) => (file, name),
            None => return Ok(None),
        },
        [import, name, ..] => return too_far(evaluator, import, name, scope).map(|()| None),
        [] => return Ok(None),
    };
    let found = match path.len() {
        1 => program.environment(file, &name.text),
        _ => program.environment_names.get(&file).and_then(|names| names.get(&name.text)).copied(),
    };
    let untold = evaluator.forgetful || program.doubtful;
    if found.is_some() || (untold && program.is_dormant(file, Kind::Environment, &name.text)) {
        return Ok(found);
    }
    if path.len() == 1 {
        no_import(evaluator, name, scope, "an environment")?;
    }
    let message = match path.len() {
        1 => format!("there is no environment `{}`", name.text),
        _ => format!("`{}` has no environment `{}`", evaluator.sources.get(file).name, name.text),
    };
    let mut diagnostic = Diagnostic::new(code::UNKNOWN_ENVIRONMENT, name.span, message);
    if program.template(file, &name.text).is_some() {
        let use_it = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        diagnostic.message = format!("`{}` is a template, not an environment", name.text);
        return Err(Box::new(diagnostic.help(format!("use a template with `pod_template = {use_it}`"))));
    }
    if program.is_dormant(file, Kind::Environment, &name.text) {
        diagnostic = diagnostic.note("it is declared only under an `if` that does not hold in this build");
    }
    if path.len() == 1 && matches!(evaluator.names.meaning(file, &name.text), Some((Meaning::Constant(_), _))) {
        let help = format!("for the environment that `{0}` names, write `\"${{{0}}}\"`", name.text);
        return Err(Box::new(diagnostic.help(help)));
    }
    if evaluator.diagnostics.are_few() {
        diagnostic.help.extend(did_you_mean(&name.text, program.environment_names(file)));
    }
    if path.len() == 1 && diagnostic.help.is_empty() {
        diagnostic.help.extend(elsewhere(program, evaluator, name, scope));
    }
    Err(Box::new(diagnostic))
}

/// The import through which an environment could be named.
fn elsewhere(program: &Program<'_>, evaluator: &Evaluator<'_, '_>, name: &Name, scope: &Scope) -> Option<String> {
    let names: Vec<&str> = evaluator.names.of(scope.file).collect();
    let has = |import: &&str| match evaluator.names.meaning(scope.file, import) {
        Some((Meaning::Import(Some(file)), _)) => {
            program.environment_names.get(&file).is_some_and(|names| names.contains_key(&name.text))
        }
        _ => false,
    };
    names.into_iter().find(has).map(|import| format!("write `{import}.{}`", name.text))
}

/// The names of something that is extended, with their texts; nothing where one was reported.
pub fn base_path(evaluator: &mut Evaluator<'_, '_>, path: &[Name], scope: &Scope) -> Option<Vec<Name>> {
    path.iter().map(|name| Some(Name::new(evaluator.name(name, scope)?, name.span))).collect()
}

/// The file that an import's name means; nothing where the import was reported.
///
/// # Errors
/// The diagnostic that says that the name is none of an import.
pub fn imported(
    evaluator: &mut Evaluator<'_, '_>,
    import: &Name,
    scope: &Scope,
) -> Result<Option<FileId>, Box<Diagnostic>> {
    match evaluator.names.meaning(scope.file, &import.text) {
        Some((Meaning::Import(target), _)) => {
            evaluator.used.imports.insert((scope.file, import.text.clone()));
            Ok(target)
        }
        other => {
            let message = match other {
                Some((Meaning::Template, _)) => format!("`{}` is a template, and no import", import.text),
                Some(_) => format!("`{}` is a constant or parameter, and no import", import.text),
                None => format!("nothing is imported as `{}`", import.text),
            };
            let mut diagnostic = Diagnostic::new(code::UNKNOWN_NAME, import.span, message);
            if other.is_some() {
                diagnostic = diagnostic.note("before a dot stands the import of another file here");
            }
            let imports = evaluator
                .names
                .of(scope.file)
                .filter(|name| matches!(evaluator.names.meaning(scope.file, name), Some((Meaning::Import(_), _))));
            let imports: Vec<&str> = imports.collect();
            diagnostic.help.extend(did_you_mean(&import.text, imports.iter().copied()));
            if other.is_none() && diagnostic.help.is_empty() {
                diagnostic = match imports.as_slice() {
                    [] => diagnostic.help(format!("import a file first: `import \"…\" as {}`", import.text)),
                    names => {
                        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                        diagnostic.note(format!("this file imports {}", names.join(", ")))
                    }
                };
            }
            Err(Box::new(diagnostic))
        }
    }
}

/// What is said of names that lead through an import to something that has no names of its own.
fn too_far(
    evaluator: &mut Evaluator<'_, '_>,
    import: &Name,
    name: &Name,
    scope: &Scope,
) -> Result<(), Box<Diagnostic>> {
    let Some(file) = imported(evaluator, import, scope)? else { return Ok(()) };
    let diagnostic = match evaluator.names.meaning(file, &name.text) {
        Some((Meaning::Import(_), place)) => not_passed_on(name, place),
        Some(_) => Diagnostic::new(code::UNKNOWN_NAME, name.span, format!("`{}` is no import", name.text)),
        None => evaluator.unknown_member(import, name, file),
    };
    Err(Box::new(diagnostic))
}

/// Refuses an import where something that stands in a file belongs.
fn no_import(
    evaluator: &mut Evaluator<'_, '_>,
    name: &Name,
    scope: &Scope,
    wanted: &str,
) -> Result<(), Box<Diagnostic>> {
    if !matches!(evaluator.names.meaning(scope.file, &name.text), Some((Meaning::Import(_), _))) {
        return Ok(());
    }
    evaluator.used.imports.insert((scope.file, name.text.clone()));
    let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, name.span, format!("`{}` is a file", name.text));
    Err(Box::new(diagnostic.help(format!("name {wanted} in it: `{}.NAME`", name.text))))
}

/// The template that a name means, or a name behind that of an import.
///
/// # Errors
/// The diagnostic that says why there is none. There is none without an error where that was reported, or where it cannot be told.
pub fn template_path(
    program: &Program<'_>,
    evaluator: &mut Evaluator<'_, '_>,
    path: &[Name],
    scope: &Scope,
) -> Result<Option<TemplateId>, Box<Diagnostic>> {
    let (file, name) = match path {
        [name] => (scope.file, name),
        [import, name] => match imported(evaluator, import, scope)? {
            Some(file) => (file, name),
            None => return Ok(None),
        },
        [import, name, ..] => return too_far(evaluator, import, name, scope).map(|()| None),
        [] => return Ok(None),
    };
    let found = program.template(file, &name.text);
    let untold = evaluator.forgetful || program.doubtful;
    if found.is_some() || (untold && program.is_dormant(file, Kind::Template, &name.text)) {
        return Ok(found);
    }
    if path.len() == 1 {
        no_import(evaluator, name, scope, "a template")?;
    }
    let message = match path.len() {
        1 if matches!(evaluator.names.meaning(file, &name.text), Some((Meaning::Constant(_), _))) => {
            format!("`{}` is a constant or parameter, and no template", name.text)
        }
        1 => format!("there is no template `{}`", name.text),
        _ => format!("`{}` has no template `{}`", evaluator.sources.get(file).name, name.text),
    };
    let mut diagnostic = Diagnostic::new(code::UNKNOWN_TEMPLATE, name.span, message);
    if program.environment_names.get(&file).is_some_and(|names| names.contains_key(&name.text)) {
        diagnostic.message = format!("`{}` is an environment, not a template", name.text);
        return Err(Box::new(diagnostic.note("templates extend templates, and environments extend environments")));
    }
    if program.is_dormant(file, Kind::Template, &name.text) {
        diagnostic = diagnostic.note("it is declared only under an `if` that does not hold in this build");
    }
    if evaluator.diagnostics.are_few() {
        diagnostic.help.extend(did_you_mean(&name.text, program.template_names(file)));
    }
    if path.len() == 1 && diagnostic.help.is_empty() {
        let names: Vec<&str> = evaluator.names.of(scope.file).collect();
        let has = |import: &&str| match evaluator.names.meaning(scope.file, import) {
            Some((Meaning::Import(Some(file)), _)) => program.template(file, &name.text).is_some(),
            _ => false,
        };
        diagnostic.help.extend(names.into_iter().find(has).map(|import| format!("write `{import}.{}`", name.text)));
    }
    Err(Box::new(diagnostic))
}
