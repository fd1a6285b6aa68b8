//! Pods to the rules of those who will run them.
//!
//! In: the workloads of a program, with the values that they were made of. Out: diagnostics. Always: a rule looks at the finished
//! pod, and what it finds is told at the place where the value was written; what many tasks share is looked at once: a template,
//! and what they take over from their environment. What may follow from something reported before is not told. Not here: rules between
//! settings ([`crate::check`]), and any change of a pod.

mod change;
pub mod fault;
mod flyte;
mod insert;
pub mod kubernetes;
mod literal;
pub mod locate;
pub mod path;
mod report;
pub mod standards;

use std::hash::Hash;
use std::sync::Arc;

use ecow::EcoString;
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use self::fault::Faults;
use self::flyte::Filled;
use self::kubernetes::Pod;
use self::kubernetes::features::Features;
use self::locate::{Origin, Settings};
use self::report::{Pods, Report};
use crate::check::pod_security::{Level, PodSecurity};
use crate::diagnostics::Diagnostics;
use crate::lower::{Launch, Shared, Template, Workload};
use crate::parallel;
use crate::schema::kubernetes::versions;
use crate::settings::run::Run;
use crate::source::{SourceMap, Span};
use crate::value::{Object, Value};

/// What pods are held to.
#[derive(Debug, Clone)]
pub struct Target {
    /// What the cluster's Kubernetes can do.
    pub features: Features,
    /// The levels of the Pod Security Standards that they keep.
    pub pod_security: PodSecurity,
}

impl Target {
    /// Pods for this cluster.
    #[must_use]
    pub fn new(kubernetes: &versions::Target) -> Self {
        Self { features: Features::new(kubernetes), pod_security: PodSecurity::default() }
    }

    /// The same, for pods that keep these levels.
    #[must_use]
    pub fn with_pod_security(self, pod_security: PodSecurity) -> Self {
        Self { pod_security, ..self }
    }
}

/// A workload to be looked at.
pub struct Subject {
    /// The workload.
    pub workload: Workload,
    /// Whether nothing in its values was reported.
    pub whole: bool,
}

/// A template that no pod is made of as it stands.
pub struct Part<'a> {
    /// The template.
    pub template: Template,
    /// Its fields.
    pub fields: &'a Object,
    /// Where it is declared.
    pub place: Span,
}

/// Holds all pods to all rules.
pub fn validate(
    subjects: &[Subject],
    parts: &[Part<'_>],
    target: &Target,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) {
    let mut report = Report::new(diagnostics, sources, subjects.len());
    let shared = |subject: &Subject| (Arc::as_ptr(&subject.workload.template), level(subject, target));
    for (subject, count) in groups(subjects, shared) {
        template_of(subject, count, target, &mut report);
    }
    for members in members(subjects, Filling::of) {
        fillings(&members, target, &mut report);
    }
    for (subject, faults) in commands(subjects) {
        add(&faults, subject, 1, &mut report);
    }
    for part in parts {
        let pod = pod(&part.template, target);
        let origin = Origin {
            settings: Settings::Template(part.fields),
            place: part.place,
            primary: part.template.primary_index,
            variables: 0,
        };
        let mut faults = Faults::new();
        kubernetes::pod(&pod, &mut faults);
        // What a pod would only do wrong is not told of what is none.
        for fault in faults.iter().filter(|fault| fault.reason.is_some()) {
            report.add(fault, &origin, false, None);
        }
    }
    report.finish(diagnostics);
}

/// The first of the subjects that have the same key, and how many have it, in order.
fn groups<'s, K: Eq + Hash>(
    subjects: impl IntoIterator<Item = &'s Subject>,
    key: impl Fn(&Subject) -> K,
) -> Vec<(&'s Subject, usize)> {
    let mut places: FxHashMap<K, usize> = FxHashMap::default();
    let mut groups: Vec<(&Subject, usize)> = Vec::new();
    for subject in subjects {
        let place = *places.entry(key(subject)).or_insert_with(|| {
            groups.push((subject, 0));
            groups.len() - 1
        });
        if let Some((_, count)) = groups.get_mut(place) {
            *count += 1;
        }
    }
    groups
}

/// The subjects that have the same key, in order.
fn members<K: Eq + Hash>(subjects: &[Subject], key: impl Fn(&Subject) -> K) -> Vec<Vec<&Subject>> {
    let mut members: IndexMap<K, Vec<&Subject>, FxBuildHasher> = IndexMap::default();
    for subject in subjects {
        members.entry(key(subject)).or_default().push(subject);
    }
    members.into_values().collect()
}

/// What a task fills into its pod but for its command and its variables. Tasks that take it over from their environment have the
/// same, by the same pointers: the values that these point to live as long as the workloads.
#[derive(PartialEq, Eq, Hash)]
struct Filling {
    primary: Shared,
    pooled: bool,
    account: Option<EcoString>,
    secrets: Option<*const Value>,
}

impl Filling {
    fn of(subject: &Subject) -> Self {
        let workload = &subject.workload;
        Self {
            primary: Shared::of(workload),
            pooled: workload.pool.is_some(),
            account: workload.settings.service_account.clone(),
            secrets: workload.values.get("secrets").and_then(Value::as_list).map(<[Value]>::as_ptr),
        }
    }
}

/// The variables of a task, told apart by their address.
fn variables(subject: &Subject) -> Option<*const Object> {
    subject.workload.values.get("env_vars").and_then(Value::as_object).map(Arc::as_ptr)
}

/// The level that a pod keeps.
fn level(subject: &Subject, target: &Target) -> Level {
    target.pod_security.level(&subject.workload.name.environment)
}

fn pod<'p>(template: &'p Template, target: &'p Target) -> Pod<'p> {
    Pod {
        labels: &template.labels,
        annotations: &template.annotations,
        spec: &template.spec,
        features: &target.features,
        filled: Some(template.primary_index),
    }
}

/// What all tasks of a template share.
fn template_of(subject: &Subject, count: usize, target: &Target, report: &mut Report<'_>) {
    let mut faults = Faults::new();
    let pod = pod(&subject.workload.template, target);
    kubernetes::pod(&pod, &mut faults);
    let (level, before) = (level(subject, target), faults.len());
    standards::check(&pod, level, &mut faults);
    standards::fold(&pod, level, before, &mut faults);
    let bare = subject.workload.values.get("pod_template").is_none();
    // One task alone can be given a template, unless it runs in a pool, whose tasks take none.
    if bare && (count > 1 || subject.workload.pool.is_some()) {
        faults.iter_mut().skip(before).for_each(|fault| fault.insertion = None);
    }
    flyte::template(&subject.workload.template, &target.features, &mut faults);
    add(&faults, subject, count, report);
}

/// What tasks fill in that are alike but for their variables and commands.
fn fillings(members: &[&Subject], target: &Target, report: &mut Report<'_>) {
    let Some(first) = members.first() else { return };
    let mut filled = Filled { workload: &first.workload, primary: first.workload.primary() };
    filled_in(&filled, first, members.len(), target, report);
    for (subject, count) in groups(members.iter().copied(), variables) {
        filled.workload = &subject.workload;
        filled.primary.env = Some(subject.workload.variables());
        variables_of(&filled, subject, count, target, report);
    }
}

/// What tasks fill in but for their variables and commands.
fn filled_in(filled: &Filled<'_>, subject: &Subject, count: usize, target: &Target, report: &mut Report<'_>) {
    let Filled { workload, primary } = filled;
    let mut faults = Faults::new();
    let pod = pod(&workload.template, target);
    kubernetes::task(&pod, primary, workload.template.primary_index, &mut faults);
    flyte::task(filled, &mut faults);
    add(&faults, subject, count, report);
}

/// The variables that tasks fill in.
fn variables_of(filled: &Filled<'_>, subject: &Subject, count: usize, target: &Target, report: &mut Report<'_>) {
    let Filled { workload, primary } = filled;
    let mut faults = Faults::new();
    let pod = pod(&workload.template, target);
    kubernetes::variables(&pod, primary, workload.template.primary_index, &mut faults);
    flyte::variables(filled, &mut faults);
    add(&faults, subject, count, report);
}

/// What is wrong with the commands of tasks.
fn commands(subjects: &[Subject]) -> Vec<(&Subject, Faults)> {
    let faults = parallel::slices(subjects.len() >= parallel::MANY, subjects, |subjects| {
        let faults = subjects.iter().map(|subject| (subject, command_of(&subject.workload)));
        faults.filter(|(_, faults)| !faults.is_empty()).collect::<Vec<_>>()
    });
    faults.into_iter().flatten().collect()
}

/// What is wrong with the command of a task.
fn command_of(workload: &Workload) -> Faults {
    let mut faults = Faults::new();
    if refers(workload) {
        kubernetes::command(&workload.primary(), workload.template.primary_index, &mut faults);
    }
    flyte::command(workload, &mut faults);
    faults
}

/// Whether the command of a task may refer to variables.
fn refers(workload: &Workload) -> bool {
    // A single character is found faster than two.
    let refers = |text: &str| text.split('$').skip(1).any(|rest| rest.starts_with('('));
    match &workload.settings.run {
        Some(Run::Command { command, args }) => command.iter().chain(args).any(|text| refers(text)),
        // What a build says of itself is in the command of every function.
        Some(Run::Function { .. }) => {
            let Launch { version, context } = &*workload.launch;
            let places = context.code_bundle.iter().chain(&context.code_destination);
            refers(version) || places.into_iter().any(|text| refers(text))
        }
        None => false,
    }
}

fn add(faults: &Faults, subject: &Subject, count: usize, report: &mut Report<'_>) {
    if faults.is_empty() {
        return;
    }
    let name = subject.workload.name.to_string();
    let origin = Origin::of(&subject.workload);
    for fault in faults {
        report.add(fault, &origin, subject.whole, Some(Pods { first: &name, count }));
    }
}
