//! Pods to the rules of those who will run them.
//!
//! In: the workloads of a program, with the values that they were made of. Out: diagnostics. Always: a rule looks at the finished
//! pod, and what it finds is told at the place where the value was written; a template that many tasks share is looked at once, and
//! what a task fills in once for each task. What may follow from something reported before is not told. Not here: rules between
//! settings ([`crate::check`]), and any change of a pod.

pub mod fault;
mod flyte;
mod insert;
pub mod kubernetes;
mod literal;
pub mod locate;
pub mod path;
mod report;
pub mod standards;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::fault::Faults;
use self::kubernetes::Pod;
use self::kubernetes::features::Features;
use self::locate::{Origin, Settings};
use self::report::{Pods, Report};
use crate::check::pod_security::{Level, PodSecurity};
use crate::diagnostics::Diagnostics;
use crate::lower::{Template, Workload};
use crate::schema::kubernetes::versions;
use crate::source::{SourceMap, Span};
use crate::value::Object;

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
    let mut report = Report::new(diagnostics, sources);
    for (first, count) in sharing(subjects, target) {
        template_of(&subjects[first], count, target, &mut report);
    }
    for subject in subjects {
        filled_in(subject, target, &mut report);
    }
    for part in parts {
        let pod = pod(&part.template, target);
        let origin = Origin {
            settings: Settings::Template(part.fields),
            place: part.place,
            primary: part.template.primary_index,
        };
        let mut faults = Faults::new();
        kubernetes::pod(&pod, &mut faults);
        flyte::template(&part.template, &target.features, &mut faults);
        for fault in &faults {
            report.add(fault, &origin, false, None);
        }
    }
    report.finish(diagnostics);
}

/// The first subject of each template, in order, and how many share it. Environments may keep different levels.
fn sharing(subjects: &[Subject], target: &Target) -> Vec<(usize, usize)> {
    let mut places: FxHashMap<(*const Template, Level), usize> = FxHashMap::default();
    let mut sharing: Vec<(usize, usize)> = Vec::new();
    for (index, subject) in subjects.iter().enumerate() {
        let key = (Arc::as_ptr(&subject.workload.template), level(subject, target));
        let place = *places.entry(key).or_insert_with(|| {
            sharing.push((index, 0));
            sharing.len() - 1
        });
        if let Some((_, count)) = sharing.get_mut(place) {
            *count += 1;
        }
    }
    sharing
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
    standards::check(&pod, level(subject, target), &mut faults);
    flyte::template(&subject.workload.template, &target.features, &mut faults);
    add(&faults, subject, count, report);
}

/// What a task fills in.
fn filled_in(subject: &Subject, target: &Target, report: &mut Report<'_>) {
    let workload = &subject.workload;
    let mut faults = Faults::new();
    let pod = pod(&workload.template, target);
    kubernetes::task(&pod, &workload.primary, workload.template.primary_index, &mut faults);
    flyte::task(workload, &mut faults);
    add(&faults, subject, 1, report);
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
