//! Trees to a program: which declarations there are, and which of them a reference means.
//!
//! In: the trees of all files. Out: [`Program`]. Always: it succeeds; a declaration whose name is missing or taken is left
//! out of the tables after it was reported, so everything in them can be found by its name. Ids are positions in the
//! program's own lists, which only grow while it is made and never change after that: indexing by one cannot fail.
//! Not here: settings and their values.
//!
//! Words: a *template*, *environment* and *task* are declarations of the program; a *variant* is a task with the settings of
//! an `override … as …` on top; an *amendment* is an `override` without `as`, which changes the task itself.

mod names;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Name, Statement, StatementKind, TaskName};

/// The number of a template in its [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TemplateId(pub usize);

/// The number of an environment in its [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvironmentId(pub usize);

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
    template_names: FxHashMap<(FileId, &'a str), TemplateId>,
    environment_names: FxHashMap<&'a str, EnvironmentId>,
    task_names: FxHashMap<(EnvironmentId, &'a str), TaskId>,
    variant_names: FxHashMap<(TaskId, &'a str), VariantId>,
}

/// A template.
#[derive(Debug)]
pub struct Template<'a> {
    /// Its name.
    pub name: &'a Name,
    /// Where it is declared.
    pub declaration: &'a ast::Template,
}

/// An environment.
#[derive(Debug)]
pub struct Environment<'a> {
    /// Its name.
    pub name: &'a Name,
    /// Where it is declared.
    pub declaration: &'a ast::Environment,
    /// What its doc comment says.
    pub docs: &'a [ast::Comment],
}

/// A task.
#[derive(Debug)]
pub struct Task<'a> {
    /// Its name in its environment.
    pub name: &'a Name,
    /// Its environment.
    pub environment: EnvironmentId,
    /// Where it is declared.
    pub declaration: &'a ast::Task,
    /// What its doc comment says.
    pub docs: &'a [ast::Comment],
    /// The overrides without `as`, in order.
    pub amendments: Vec<&'a ast::Override>,
}

/// A variant of a task.
#[derive(Debug)]
pub struct Variant<'a> {
    /// Its name.
    pub name: &'a Name,
    /// The task.
    pub task: TaskId,
    /// The variant that it overrides; without one, the task itself.
    pub base: Option<VariantId>,
    /// Where it is declared.
    pub declaration: &'a ast::Override,
}

impl<'a> Program<'a> {
    /// The template that a name means in a file.
    #[must_use]
    pub fn template(&self, file: FileId, name: &str) -> Option<TemplateId> {
        self.template_names.get(&(file, name)).copied()
    }

    /// The environment of this name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<EnvironmentId> {
        self.environment_names.get(name).copied()
    }

    /// The names of the templates of a file.
    pub fn template_names(&self, file: FileId) -> impl Iterator<Item = &'a str> {
        self.templates.iter().filter(move |t| t.name.span.file == file).map(|t| t.name.text.as_str())
    }

    /// The names of the environments.
    pub fn environment_names(&self) -> impl Iterator<Item = &'a str> {
        self.environments.iter().map(|environment| environment.name.text.as_str())
    }

    /// The name of a task with its environment's: `production-env.train`.
    #[must_use]
    pub fn qualified_name(&self, task: TaskId) -> String {
        let task = &self.tasks[task.0];
        format!("{}.{}", self.environments[task.environment.0].name.text, task.name.text)
    }
}

/// The program that these files declare.
pub fn resolve<'a>(files: &'a [ast::File], diagnostics: &mut Diagnostics) -> Program<'a> {
    let mut resolver = Resolver { program: Program::default(), diagnostics, overrides: Vec::new() };
    for file in files {
        resolver.declare_owners(&file.statements);
    }
    for file in files {
        resolver.declare_tasks(&file.statements);
    }
    resolver.resolve_overrides();
    resolver.program
}

struct Resolver<'a, 'd> {
    program: Program<'a>,
    diagnostics: &'d mut Diagnostics,
    /// The overrides, with the environment that they stand in.
    overrides: Vec<(Option<EnvironmentId>, &'a ast::Override)>,
}

impl<'a> Resolver<'a, '_> {
    // ------------------------------------------------------------------------------ templates and environments

    fn declare_owners(&mut self, statements: &'a [Statement]) {
        for statement in statements {
            match &statement.kind {
                StatementKind::Template(template) => self.declare_template(template),
                StatementKind::Environment(environment) => self.declare_environment(environment, &statement.leading),
                StatementKind::Entry(entry) if entry.operation != ast::Operation::Missing => {
                    let message = format!("`{}` stands outside of any declaration", entry.key.text);
                    let mut diagnostic = Diagnostic::new(code::MISPLACED, entry.key.span, message);
                    let words = ["template", "environment", "task", "override"];
                    diagnostic.help.extend(did_you_mean(&entry.key.text, words));
                    self.diagnostics.push(diagnostic.help("a file holds templates, environments, tasks and overrides"));
                }
                _ => {}
            }
        }
    }

    fn declare_template(&mut self, declaration: &'a ast::Template) {
        let name = &declaration.name;
        if is_missing(name) {
            return;
        }
        names::check_template(name, self.diagnostics);
        let key = (name.span.file, name.text.as_str());
        if let Some(first) = self.program.template_names.get(&key) {
            let first = self.program.templates[first.0].name.span;
            return self.duplicate("template", &name.text, name.span, first);
        }
        self.program.template_names.insert(key, TemplateId(self.program.templates.len()));
        self.program.templates.push(Template { name, declaration });
    }

    fn declare_environment(&mut self, declaration: &'a ast::Environment, docs: &'a [ast::Comment]) {
        let name = &declaration.name;
        if is_missing(name) {
            return;
        }
        names::check_environment(name, self.diagnostics);
        if let Some(first) = self.program.environment_names.get(name.text.as_str()) {
            let first = self.program.environments[first.0].name.span;
            return self.duplicate("environment", &name.text, name.span, first);
        }
        let id = EnvironmentId(self.program.environments.len());
        self.program.environment_names.insert(&name.text, id);
        self.program.environments.push(Environment { name, declaration, docs });
    }

    fn duplicate(&mut self, what: &str, name: &str, again: Span, first: Span) {
        self.diagnostics.push(
            Diagnostic::new(code::DUPLICATE_DECLARATION, again, format!("{what} `{name}` is declared twice"))
                .here("declared again here")
                .label(first, "first declared here")
                .help("give one of them another name"),
        );
    }

    // ---------------------------------------------------------------------------------------------------- tasks

    fn declare_tasks(&mut self, statements: &'a [Statement]) {
        for statement in statements {
            match &statement.kind {
                StatementKind::Environment(environment) => self.declare_tasks_of(environment),
                StatementKind::Task(task) => self.declare_outside(task, &statement.leading),
                StatementKind::Override(over) => self.overrides.push((None, over)),
                _ => {}
            }
        }
    }

    fn declare_tasks_of(&mut self, environment: &'a ast::Environment) {
        // A duplicate environment was reported; its tasks would only repeat that.
        let id = self.program.environment(&environment.name.text);
        let Some(id) = id.filter(|id| std::ptr::eq(self.program.environments[id.0].declaration, environment)) else {
            return;
        };
        for statement in &environment.body.statements {
            match &statement.kind {
                StatementKind::Task(task) => self.declare_inside(id, task, &statement.leading),
                StatementKind::Override(over) => self.overrides.push((Some(id), over)),
                StatementKind::Template(inner) => self.misplaced("template", inner.name.span),
                StatementKind::Environment(inner) => self.misplaced("environment", inner.name.span),
                StatementKind::Entry(_) | StatementKind::Skipped(_) => {}
            }
        }
    }

    fn misplaced(&mut self, what: &str, span: Span) {
        let message = format!(
            "a declaration of {} {what} cannot stand in an environment",
            if what == "template" { "a" } else { "an" }
        );
        self.diagnostics
            .push(Diagnostic::new(code::MISPLACED, span, message).help("move it out, to the top level of the file"));
    }

    fn declare_inside(&mut self, environment: EnvironmentId, task: &'a ast::Task, docs: &'a [ast::Comment]) {
        if let Some(other) = &task.name.environment
            && other.text != self.program.environments[environment.0].name.text
        {
            let own = self.program.environments[environment.0].name;
            self.diagnostics.push(
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
        self.declare_task(environment, task, docs);
    }

    fn declare_outside(&mut self, task: &'a ast::Task, docs: &'a [ast::Comment]) {
        let Some(environment) = &task.name.environment else {
            if !is_missing(&task.name.task) {
                let message = format!("task `{}` stands outside of any environment", task.name.task.text);
                let help = format!("write `task ENVIRONMENT.{}`, or move it into its environment", task.name.task.text);
                self.diagnostics.push(Diagnostic::new(code::MISPLACED, task.name.span, message).help(help));
            }
            return;
        };
        if let Some(id) = self.environment_of(environment) {
            self.declare_task(id, task, docs);
        }
    }

    fn environment_of(&mut self, name: &Name) -> Option<EnvironmentId> {
        let found = self.program.environment(&name.text);
        if found.is_none() && !is_missing(name) {
            let unknown = unknown_environment(&self.program, name);
            self.diagnostics.push(unknown);
        }
        found
    }

    fn declare_task(&mut self, environment: EnvironmentId, declaration: &'a ast::Task, docs: &'a [ast::Comment]) {
        let name = &declaration.name.task;
        if is_missing(name) {
            return;
        }
        if let Some(variant) = &declaration.name.variant {
            let message = "a task's declaration names no variant";
            let diagnostic = Diagnostic::new(code::MISPLACED, variant.span, message);
            self.diagnostics
                .push(diagnostic.help(format!("write `override {} as {} {{ … }}`", name.text, variant.text)));
            return;
        }
        names::check_task(name, self.diagnostics);
        let key = (environment, name.text.as_str());
        if let Some(first) = self.program.task_names.get(&key) {
            let first = *first;
            let (span, name) = (self.program.tasks[first.0].name.span, self.program.qualified_name(first));
            return self.duplicate("task", &name, declaration.name.task.span, span);
        }
        self.program.task_names.insert(key, TaskId(self.program.tasks.len()));
        self.program.tasks.push(Task { name, environment, declaration, docs, amendments: Vec::new() });
    }

    // ------------------------------------------------------------------------------------------------ overrides

    /// Declares every variant first and finds what each overrides after that, so that their order does not matter.
    ///
    /// A target is a task (`train`), a variant (`train@large`), or, where no task has the name, a variant by its name alone.
    fn resolve_overrides(&mut self) {
        let mut pending = Vec::new();
        let mut waiting: FxHashMap<(EnvironmentId, &'a str), Vec<&'a ast::Override>> = FxHashMap::default();
        for (environment, declaration) in std::mem::take(&mut self.overrides) {
            let target = &declaration.target;
            let Some(environment) = self.environment_of_override(environment, target) else { continue };
            let key = (environment, target.task.text.as_str());
            match self.program.task_names.get(&key) {
                Some(task) => pending.extend(self.declare_override(*task, target.variant.as_ref(), declaration)),
                None => waiting.entry(key).or_default().push(declaration),
            }
        }
        let mut at = 0;
        while let Some(id) = pending.get(at).map(|pending: &Pending<'_>| pending.id) {
            at += 1;
            let Variant { name, task, .. } = self.program.variants[id.0];
            let key = (self.program.tasks[task.0].environment, name.text.as_str());
            let Some(declarations) = waiting.remove(&key) else { continue };
            let twin = pending.iter().map(|other| other.id).find(|other| self.is_twin(*other, id));
            for declaration in declarations {
                match twin {
                    Some(twin) => self.ambiguous(declaration, id, twin),
                    None => pending.extend(self.declare_override(task, Some(name), declaration)),
                }
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "diagnostics are sorted before anyone sees them")]
        for ((environment, _), declarations) in waiting {
            for declaration in declarations.into_iter().filter(|declaration| !is_missing(&declaration.target.task)) {
                self.unknown_task(environment, &declaration.target.task);
            }
        }
        self.order_variants(&pending);
    }

    /// Whether two variants of different tasks have one name in one environment.
    fn is_twin(&self, one: VariantId, other: VariantId) -> bool {
        let (one, other) = (&self.program.variants[one.0], &self.program.variants[other.0]);
        let environment = |variant: &Variant<'_>| self.program.tasks[variant.task.0].environment;
        one.task != other.task && one.name.text == other.name.text && environment(one) == environment(other)
    }

    fn ambiguous(&mut self, declaration: &ast::Override, one: VariantId, other: VariantId) {
        let (one, other) = (&self.program.variants[one.0], &self.program.variants[other.0]);
        let target = &declaration.target;
        let task = &self.program.tasks[one.task.0].name.text;
        let message = format!("`{}` is a variant of more than one task", target.task.text);
        let diagnostic = Diagnostic::new(code::UNKNOWN_TASK, target.span, message)
            .label(one.name.span, "this one")
            .label(other.name.span, "and this one")
            .help(format!("name the task too: `{task}@{}`", target.task.text));
        self.diagnostics.push(diagnostic);
    }

    fn environment_of_override(&mut self, around: Option<EnvironmentId>, target: &TaskName) -> Option<EnvironmentId> {
        match (&target.environment, around) {
            (Some(name), _) => self.environment_of(name),
            (None, Some(environment)) => Some(environment),
            (None, None) => {
                if !is_missing(&target.task) {
                    let name = &target.task.text;
                    let message = format!("override of `{name}` stands outside of any environment");
                    let help = format!("write `override ENVIRONMENT.{name}`, or move it into its environment");
                    self.diagnostics.push(Diagnostic::new(code::MISPLACED, target.span, message).help(help));
                }
                None
            }
        }
    }

    fn declare_override(
        &mut self,
        task: TaskId,
        base: Option<&'a Name>,
        declaration: &'a ast::Override,
    ) -> Option<Pending<'a>> {
        match &declaration.variant {
            None => {
                self.amend(task, base, declaration);
                None
            }
            Some(name) if is_missing(name) => None,
            Some(name) => self.declare_variant(task, base, name, declaration),
        }
    }

    fn unknown_task(&mut self, environment: EnvironmentId, name: &Name) {
        let owner = self.program.environments[environment.0].name;
        let message = format!("environment `{}` has no task `{}`", owner.text, name.text);
        let known = self.program.tasks.iter().filter(|task| task.environment == environment);
        let suggestion = did_you_mean(&name.text, known.map(|task| task.name.text.as_str()));
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_TASK, name.span, message).label(owner.span, "declared here");
        diagnostic.help.extend(suggestion);
        self.diagnostics.push(diagnostic);
    }

    fn amend(&mut self, task: TaskId, base: Option<&Name>, declaration: &'a ast::Override) {
        if let Some(variant) = base {
            let message = "a variant is changed where it is declared";
            let help = "override the task itself, or declare a further variant with `as`";
            self.diagnostics.push(
                Diagnostic::new(code::MISPLACED, declaration.target.span, message)
                    .label(variant.span, "a variant")
                    .help(help),
            );
            return;
        }
        self.program.tasks[task.0].amendments.push(declaration);
    }

    fn declare_variant(
        &mut self,
        task: TaskId,
        base: Option<&'a Name>,
        name: &'a Name,
        declaration: &'a ast::Override,
    ) -> Option<Pending<'a>> {
        names::check_variant(name, self.diagnostics);
        let key = (task, name.text.as_str());
        if let Some(first) = self.program.variant_names.get(&key) {
            let first = self.program.variants[first.0].name.span;
            let qualified = format!("{}@{}", self.program.qualified_name(task), name.text);
            self.duplicate("variant", &qualified, name.span, first);
            return None;
        }
        // The number is a placeholder until the variants are in order.
        let id = VariantId(self.program.variants.len());
        self.program.variant_names.insert(key, id);
        self.program.variants.push(Variant { name, task, base: None, declaration });
        Some(Pending { id, base })
    }

    /// Puts every variant after the one that it overrides, and leaves out those that rest on nothing.
    fn order_variants(&mut self, pending: &[Pending<'a>]) {
        let mut above: FxHashMap<VariantId, Vec<VariantId>> = FxHashMap::default();
        let mut grounded: Vec<VariantId> = Vec::new();
        let mut broken: Vec<VariantId> = Vec::new();
        for Pending { id, base } in pending {
            let Some(base) = base else {
                grounded.push(*id);
                continue;
            };
            let key = (self.program.variants[id.0].task, base.text.as_str());
            if let Some(base) = self.program.variant_names.get(&key) {
                above.entry(*base).or_default().push(*id);
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

    fn unknown_variant(&mut self, id: VariantId, base: &Name) {
        /// How many names are compared at the most.
        const MOST: usize = 200;
        let variant = &self.program.variants[id.0];
        let (task, own) = (variant.task, variant.name);
        let others = self.program.variants.iter().filter(|other| other.task == task && other.name != own);
        let known = others.take(MOST).map(|other| other.name.text.as_str());
        let message = format!("task `{}` has no variant `{}`", self.program.qualified_name(task), base.text);
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_TASK, base.span, message);
        diagnostic.help.extend(did_you_mean(&base.text, known));
        self.diagnostics.push(diagnostic);
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
        self.diagnostics.push(diagnostic);
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
            self.program.variant_names.insert((variant.task, variant.name.text.as_str()), number);
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

/// Whether a name is not there at all, which was reported; an empty string is a name of the wrong form.
fn is_missing(name: &Name) -> bool {
    name.span.start == name.span.end
}

/// A declared variant whose base has not been looked up.
struct Pending<'a> {
    id: VariantId,
    base: Option<&'a Name>,
}

/// What is said of a name that no environment has.
#[must_use]
pub fn unknown_environment(program: &Program<'_>, name: &Name) -> Diagnostic {
    let message = format!("there is no environment `{}`", name.text);
    let mut diagnostic = Diagnostic::new(code::UNKNOWN_ENVIRONMENT, name.span, message);
    diagnostic.help.extend(did_you_mean(&name.text, program.environment_names()));
    diagnostic
}
