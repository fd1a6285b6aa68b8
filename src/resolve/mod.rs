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
mod lookup;
mod names;
mod overrides;
mod tasks;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use self::expand::{Declaration, Found, expand};
pub use self::lookup::{base_path, environment_path, template_path};
use self::overrides::Pending;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::expression::Evaluator;
use crate::expression::scope::Scope;
use crate::expression::weights;
use crate::modules::Modules;
use crate::source::{FileId, Span};
use crate::syntax::ast::{self, Name, StatementKind};
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

    /// The environment of this name that a file itself declares.
    fn own_environment(&self, file: FileId, name: &str) -> Option<EnvironmentId> {
        self.environment_names.get(&file)?.get(name).copied()
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
    let mut resolver = Resolver {
        program: Program::default(),
        evaluator,
        modules,
        overrides: Vec::new(),
        inner: Vec::new(),
        misnamed: FxHashSet::default(),
        undeclared: FxHashSet::default(),
    };
    let mut outer: Vec<Found<'a>> = Vec::new();
    for module in modules.iter() {
        let place = Span::new(module.file, 0..0);
        let found = expand(resolver.evaluator, &module.tree.statements, place, &Scope::of(module.file), true);
        resolver.declare_owners(&found.taken);
        resolver.program.doubtful |= found.doubtful;
        resolver.note_dormant(&found.dormant);
        if found.unread {
            let kinds = [Kind::Template, Kind::Environment];
            resolver.program.dormant_names.extend(kinds.map(|kind| (module.file, kind, None)));
        }
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
    /// Where names stand that were reported for their form.
    misnamed: FxHashSet<Span>,
    /// The names of variants whose task is not known.
    undeclared: FxHashSet<EcoString>,
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
        self.evaluator.tell(diagnostic);
    }

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

    /// Holds a name to its form. One that is put together in a loop is told once.
    fn check_form(&mut self, name: &Name, interpolated: bool, check: fn(&Name, bool, &mut Diagnostics)) {
        if interpolated && self.misnamed.contains(&name.span) {
            return;
        }
        let before = self.evaluator.diagnostics.count();
        check(name, interpolated, self.evaluator.diagnostics);
        if self.evaluator.diagnostics.count() > before {
            self.misnamed.insert(name.span);
        }
    }

    /// Of a declaration whose name was reported nobody knows what it declares.
    fn nameless(&mut self, name: &Name, kind: Kind) {
        if name.parts.is_some() {
            self.program.doubtful = true;
            self.program.dormant_names.insert((name.span.file, kind, None));
        }
    }

    fn declare_template(&mut self, declaration: &'a ast::Template, scope: &Scope) {
        let Some(name) = self.named(&declaration.name, scope) else {
            return self.nameless(&declaration.name, Kind::Template);
        };
        self.check_form(&name, declaration.name.parts.is_some(), names::check_template);
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
        let Some(name) = self.named(&declaration.name, scope) else {
            return self.nameless(&declaration.name, Kind::Environment);
        };
        let (file, named) = (name.span.file, self.modules.is_named(name.span.file));
        self.check_form(&name, declaration.name.parts.is_some(), names::check_environment);
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
        // Where there is no room for it, that was reported.
        _ = self.evaluator.keeps(weights::ENVIRONMENT, name.span);
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
                diagnostic.note("every round of the loop around it declares it").help(format!(
                    "make the name depend on the round: `\"…{}${{…}}\"`",
                    if what == "task" { "_" } else { "-" }
                ))
            });
        }
        let diagnostic = diagnostic.here("declared again here").label(first, "first declared here");
        self.report(match what {
            "task" => diagnostic
                .note("a task's name is its own within its environment")
                .help("give one of them another name; the same task with other settings is a variant: `override … as NAME { … }`"),
            "environment" => diagnostic
                .note("environments that are built together each have a name of their own, also over several files")
                .help("give one of them another name, or let the two files be built apart"),
            _ => diagnostic.help("give one of them another name"),
        });
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
}
