//! What each override overrides, and in which order variants rest on each other.
//!
//! In: the overrides, once all tasks are known. Out: the amendments of tasks, and the variants, each after the one that it rests on.
//! Always: an override that has no target, or rests on itself, was reported and left out.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::expand::Declaration;
use super::{Amendment, EnvironmentId, Resolver, TaskId, Variant, VariantId, names};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::scope::Scope;
use crate::source::Span;
use crate::syntax::ast::{self, Name, StatementKind};

/// An override whose target has not been looked up.
pub(super) struct Pending<'a> {
    environment: Option<EnvironmentId>,
    declaration: &'a ast::Override,
    scope: Scope,
    /// The task or variant that it overrides.
    target: EcoString,
    /// The variant of that which it overrides.
    of_variant: Option<EcoString>,
}

/// A declared variant whose base has not been looked up.
struct Declared {
    id: VariantId,
    base: Option<EcoString>,
}

impl<'a> Resolver<'a, '_, '_> {
    pub(super) fn note_override(
        &mut self,
        environment: Option<EnvironmentId>,
        declaration: &'a ast::Override,
        scope: &Scope,
    ) {
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
    pub(super) fn resolve_overrides(&mut self) {
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
        self.undeclared.extend(pending.declaration.variant.as_ref().map(|variant| variant.text.clone()));
        let owner = self.program.environments[environment.0].name.clone();
        let message = format!("environment `{}` has no task `{}`", owner.text, pending.target);
        let known = self.program.tasks.iter().filter(|task| task.environment == environment);
        let task_names: Vec<&str> = known.map(|task| task.name.text.as_str()).collect();
        let few = self.evaluator.diagnostics.are_few();
        let span = pending.declaration.target.task.span;
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_TASK, span, message).label(owner.span, "declared here");
        let named = |declaration: &Declaration<'_>| match &declaration.statement.kind {
            StatementKind::Task(task) => task.name.task.text == pending.target,
            _ => false,
        };
        if self.program.dormant.iter().any(named) {
            diagnostic = diagnostic.note("one is declared under an `if` that does not hold in this build");
        }
        if few {
            diagnostic = self.with_task(diagnostic, pending, &task_names);
        }
        self.evaluator.tell(diagnostic);
    }

    /// Offers a task of the environment that is nearly called so, or the task of this name in another.
    fn with_task(&self, diagnostic: Diagnostic, pending: &Pending<'a>, known: &[&str]) -> Diagnostic {
        /// How many names are listed at the most.
        const MOST: usize = 12;
        let target = &pending.declaration.target;
        if let Some(better) = closest(&pending.target, known.iter().copied()) {
            return diagnostic.did_you_mean(&pending.target, better, target.task.span, better);
        }
        if let Some(other) = self.program.tasks.iter().find(|task| task.name.text == pending.target) {
            let owner = &self.program.environments[other.environment.0].name.text;
            return diagnostic
                .label(other.name.span, format!("the task of `{owner}`"))
                .note("an environment that extends another takes over its settings, and no tasks")
                .help(format!(
                    "override it where it is, or at the top of the file as `override {owner}.{} …`",
                    pending.target
                ));
        }
        let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        match names.len() {
            0 => diagnostic.note("it has no tasks at all"),
            1..=MOST => diagnostic.note(format!("its tasks are {}", names.join(", "))),
            _ => diagnostic,
        }
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
        let interpolated = pending.declaration.variant.as_ref().is_some_and(|variant| variant.parts.is_some());
        self.check_form(&name, interpolated, names::check_variant);
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
        // It is one of a task that was reported.
        if self.undeclared.contains(base) {
            return;
        }
        let variant = &self.program.variants[id.0];
        let (task, own) = (variant.task, &variant.name);
        let target = &variant.declaration.target;
        let place = target.variant.as_ref().map_or(target.task.span, |name| name.span);
        let others = self.program.variants.iter().filter(|other| other.task == task && other.name.text != own.text);
        let known = others.take(MOST).map(|other| other.name.text.as_str());
        let message = format!("task `{}` has no variant `{}`", self.program.qualified_name(task), base);
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_TASK, place, message);
        if let Some(better) = closest(base, known) {
            diagnostic = diagnostic.did_you_mean(base, better, place, better);
        }
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
