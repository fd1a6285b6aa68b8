//! The whole compiler: sources to workloads.
//!
//! In: [`SourceMap`] and [`Context`]. Out: [`Compilation`]. Always: it succeeds, and the same input gives the same output;
//! there are workloads only where there are no errors. Not here: files, and the bytes of the output.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::check::pod_security::PodSecurity;
use crate::check::{self, Checked};
use crate::cluster::Cluster;
use crate::diagnostics::levels::Levels;
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, code, echoes};
use crate::digest::sha256;
use crate::evaluate::{self, Evaluation, Layer};
use crate::expression::budget::{MAX_POD, Room, too_large};
use crate::expression::inputs::Inputs;
use crate::expression::{Evaluator, constants};
use crate::flyte::entrypoint::Context;
use crate::lower::{EnvironmentFacts, Lowering, Template, Workload, WorkloadName};
use crate::modules::{self, Modules};
use crate::parallel;
use crate::resolve::{self, Environment, Program, TaskId};
use crate::schema::kubernetes::versions;
use crate::settings::{self, TaskSettings};
use crate::source::files::Files;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::{self, Comment};
use crate::validate::{self, Part, Subject, Target};
use crate::value::{Kind, Object};

/// What a program is compiled with, beside its sources.
pub struct Build<'b> {
    /// The way to files that sources name.
    pub files: &'b dyn Files,
    /// The values of parameters.
    pub inputs: &'b Inputs,
    /// What the entrypoint of Python functions is given.
    pub context: &'b Context,
    /// The cluster that the pods are made for.
    pub kubernetes: &'b versions::Target,
    /// What becomes of warnings.
    pub levels: &'b Levels,
    /// The level of the Pod Security Standards.
    pub pod_security: &'b PodSecurity,
    /// The cluster that tasks will run on, if one is known.
    pub cluster: Option<&'b Cluster>,
}

/// What came of a program.
#[derive(Debug, Default)]
pub struct Compilation {
    /// All texts that were read.
    pub sources: SourceMap,
    /// The trees of those that are sources.
    pub modules: Modules,
    /// What is to be said, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    /// The tasks and variants in the order of their names; empty where there are errors.
    pub workloads: Vec<Workload>,
    /// The version that the tasks were given.
    pub version: String,
    /// The environments, for those who want them without their tasks; empty where there are errors.
    pub environments: Vec<Declared>,
    /// The templates of the program that have no parameters, by their names; empty where there are errors.
    pub templates: Vec<(String, Arc<Object>)>,
    /// How much memory is left of what the build may take, in bytes.
    pub room: usize,
}

/// An environment by itself.
#[derive(Debug)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub place: Span,
    /// Whether it stands in a file that was named.
    pub named: bool,
    /// What is said of it.
    pub facts: Arc<EnvironmentFacts>,
    /// Its settings.
    pub settings: TaskSettings,
    /// What is wrong with them that no task has shown.
    pub faults: Vec<Diagnostic>,
}

impl Compilation {
    /// Nothing but what is to be said.
    #[must_use]
    pub fn refused(sources: SourceMap, diagnostics: Vec<Diagnostic>) -> Self {
        Self { sources, diagnostics, ..Self::default() }
    }

    /// Whether the program was refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Compiles the sources `named`, which are in the map, and whatever they import.
#[must_use]
pub fn compile(mut sources: SourceMap, named: &[FileId], build: &Build<'_>) -> Compilation {
    let mut diagnostics = Diagnostics::default();
    // 1. and 2. Texts to trees, and those to modules.
    let modules = modules::load(named, &mut sources, build.files, &mut diagnostics);
    // 3. to 6. Modules to settings that keep every rule.
    let (analysis, settings) = analyse(&modules, &mut sources, build, &mut diagnostics);
    // 7. Settings to pods.
    let version = build.context.version.clone().unwrap_or_else(|| version(&sources, build));
    let Lowered { subjects, parts, room } =
        lower(&sources, &analysis, settings, &version, build.context, &mut diagnostics);
    // 8. Pods to the rules of those who run them.
    let target = Target::new(build.kubernetes).with_pod_security(build.pod_security.clone());
    validate::validate(&subjects, &parts, &target, &sources, &mut diagnostics);
    check::uses::label(&analysis.evaluation, &sources, analysis.said, &mut diagnostics);
    check::allowances::read(&modules, &sources).apply(&mut diagnostics);
    let workloads = subjects.into_iter().map(|subject| subject.workload);
    let refused = build.levels.refuse(&diagnostics);
    let workloads = if refused { Vec::new() } else { workloads.collect() };
    let environments = if refused { Vec::new() } else { declared(&sources, &analysis) };
    let templates = if refused { Vec::new() } else { named_templates(&analysis) };
    let doubtful: Vec<Span> = modules.iter().flat_map(|module| &module.tree.doubtful).copied().collect();
    let diagnostics = echoes::left_out(diagnostics.finish(&sources), &doubtful, &sources);
    let diagnostics = build.levels.applied(diagnostics);
    Compilation { sources, modules, diagnostics, workloads, version, environments, templates, room }
}

/// A digest of the texts, which stands for a version: the same texts and parameters give the same one, wherever they lie and on
/// whatever cluster.
fn version(sources: &SourceMap, build: &Build<'_>) -> String {
    /// Enough to tell versions apart; the wire has room for 63 characters.
    const DIGITS: usize = 32;
    let inputs = build.inputs;
    // Of the command line and of `flytec.toml`, which say other things too, the values count; of the cluster, nothing.
    let apart = [
        inputs.arguments.first().map(|(name, _)| name.file),
        inputs.defaults.as_ref().map(|defaults| defaults.file),
        build.cluster.map(|cluster| cluster.file),
    ];
    let texts = sources.iter().filter(|(id, _)| !apart.contains(&Some(*id)));
    let mut digests: Vec<String> = texts.map(|(_, source)| sha256(source.text.as_bytes())).collect();
    // Of several values of one name the last one counts, and of several files that give one too.
    let written = |span: Span| sources.text(span);
    let of_test = inputs.of_test.iter().map(|(name, value)| (name.text.as_str(), written(value.span)));
    let arguments = inputs.arguments.iter().map(|(name, value)| (written(*name), written(*value)));
    let last: BTreeMap<&str, &str> = of_test.chain(arguments).collect();
    let defaults = inputs.defaults.iter().flat_map(|defaults| &defaults.values);
    let defaults = defaults.filter(|(name, _)| !last.contains_key(name.text.as_str()));
    digests.extend(defaults.map(|(name, value)| sha256(format!("default {}={}", name.text, value.json()).as_bytes())));
    digests.extend(last.into_iter().map(|(name, value)| sha256(format!("{name}={value}").as_bytes())));
    for (at, (file, _)) in inputs.files.iter().enumerate().skip(1) {
        digests.push(sha256(format!("{at}:{}", sources.get(*file).text).as_bytes()));
    }
    digests.sort();
    let mut digest = sha256(digests.concat().as_bytes());
    digest.truncate(DIGITS);
    digest
}

/// What is known of a program once its rules have been checked.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// What is declared.
    pub program: Program<'a>,
    /// The values of every declaration.
    pub evaluation: Evaluation,
    /// How many diagnostics there were before anything was said of settings.
    pub said: usize,
}

/// The settings of everything that runs.
#[derive(Debug)]
pub struct Settings {
    /// Those of every task, by its id.
    pub tasks: Vec<Box<TaskSettings>>,
    /// Those of every variant, by its id.
    pub variants: Vec<Box<TaskSettings>>,
    /// How much memory their templates may take.
    pub room: Room,
}

/// Finds out what the modules mean, and everything that is wrong with it.
pub fn analyse<'a>(
    modules: &'a Modules,
    sources: &mut SourceMap,
    build: &Build<'_>,
    diagnostics: &mut Diagnostics,
) -> (Analysis<'a>, Settings) {
    let names = modules::names::names(modules, diagnostics);
    let mut evaluator = Evaluator::new(&names, sources, build.files, diagnostics);
    constants::evaluate(&mut evaluator, build.inputs);
    // 3. Modules to a program: declarations and what they refer to.
    let program = resolve::resolve(modules, &mut evaluator);
    // 4. The program to values, layer over layer.
    let evaluation = evaluate::evaluate(&program, &mut evaluator);
    let (used, room) = (evaluator.used, evaluator.budget.room());
    // 5. Values to settings.
    let said = diagnostics.count();
    let tasks = program.tasks.iter().zip(&evaluation.tasks);
    let tasks: Vec<(Span, &Object)> = tasks.map(|(task, layers)| (task.name.span, &*layers.values)).collect();
    let tasks = settings(&tasks, diagnostics);
    // What is missing is missing from the task.
    let variants = program.variants.iter().map(|variant| program.tasks[variant.task.0].name.span);
    let variants: Vec<(Span, &Object)> =
        variants.zip(&evaluation.variants).map(|(place, layer)| (place, &*layer.values)).collect();
    let variants = settings(&variants, diagnostics);
    // 6. Rules between settings.
    let checked = Checked {
        modules,
        names: &names,
        used: &used,
        program: &program,
        evaluation: &evaluation,
        tasks: &tasks,
        variants: &variants,
        pod_security: build.pod_security,
        kubernetes: build.kubernetes,
        cluster: build.cluster,
    };
    check::check(&checked, sources, diagnostics);
    (Analysis { program, evaluation, said }, Settings { tasks, variants, room })
}

/// The settings of tasks, each with the place of its name.
#[expect(clippy::vec_box, reason = "workloads keep the boxes, so that no settings are there twice")]
fn settings(tasks: &[(Span, &Object)], diagnostics: &mut Diagnostics) -> Vec<Box<TaskSettings>> {
    let read = parallel::slices(tasks.len() >= parallel::MANY, tasks, |tasks| {
        let mut found = Diagnostics::default();
        let mut reader = settings::Reader::default();
        let read = tasks.iter().map(|(place, values)| Box::new(reader.task(values, *place, &mut found)));
        (read.collect::<Vec<_>>(), found.found())
    });
    let mut all = Vec::with_capacity(tasks.len());
    for (settings, found) in read {
        all.extend(settings);
        diagnostics.extend(found);
    }
    all
}

/// What a program comes to: the pods of its tasks, and the templates that stand by themselves.
pub struct Lowered<'a> {
    /// The tasks and variants in the order of their names.
    pub subjects: Vec<Subject>,
    /// The templates that no pod is made of as they stand.
    pub parts: Vec<Part<'a>>,
    /// How much memory is left of what the build may take, in bytes.
    pub room: usize,
}

/// The workloads of a program, in the order of their names; what was reported is left out of them.
pub fn lower<'a>(
    sources: &SourceMap,
    analysis: &'a Analysis<'_>,
    settings: Settings,
    version: &str,
    context: &Context,
    diagnostics: &mut Diagnostics,
) -> Lowered<'a> {
    let Analysis { program, evaluation, .. } = analysis;
    let Settings { tasks, variants, mut room } = settings;
    let environments: Vec<Arc<EnvironmentFacts>> = environment_facts(sources, program, evaluation);
    let mut lowering = Lowering::new(version, context);
    let mut subjects = Vec::with_capacity(tasks.len() + variants.len());
    let sound = !diagnostics.has_errors();
    let mut add = |id: TaskId,
                   variant: Option<&ast::Name>,
                   place: Span,
                   values: &Arc<Object>,
                   mut settings: Box<TaskSettings>| {
        let task = &program.tasks[id.0];
        settings.description = settings.description.or_else(|| docs(sources, task.docs).map(Into::into));
        let name = WorkloadName {
            environment: program.environments[task.environment.0].name.text.to_string(),
            task: task.name.text.to_string(),
            variant: variant.map(|name| name.text.to_string()),
        };
        let environment = Arc::clone(&environments[task.environment.0]);
        if room.is_full() {
            return;
        }
        let before = lowering.weight;
        match lowering.workload(name, place, settings, environment, Arc::clone(values)) {
            Ok(_) if !room.takes(lowering.weight - before, place, diagnostics) => {}
            Ok(workload) => {
                subjects.push(Subject { workload, whole: sound || values.is_whole() });
            }
            // Where something was reported, its remains need not make a pod.
            Err(fault) if sound => diagnostics.push(internal(place, &fault.to_string())),
            Err(_) => {}
        }
    };
    // What is imported is built where it is named.
    for (at, settings) in tasks.into_iter().enumerate().filter(|(at, _)| program.tasks[*at].named) {
        add(TaskId(at), None, program.tasks[at].name.span, &evaluation.tasks[at].values, settings);
    }
    let layers = program.variants.iter().zip(&evaluation.variants).zip(variants);
    for ((variant, layer), settings) in layers.filter(|((variant, _), _)| variant.named) {
        add(variant.task, Some(&variant.name), variant.name.span, &layer.values, settings);
    }
    subjects.sort_by(|a, b| a.workload.name.cmp(&b.workload.name));
    let parts = parts(&subjects, program, evaluation, &mut room, diagnostics);
    Lowered { subjects, parts, room: room.left() }
}

/// The environments by themselves.
fn declared(sources: &SourceMap, Analysis { program, evaluation, .. }: &Analysis<'_>) -> Vec<Declared> {
    let facts = environment_facts(sources, program, evaluation);
    let environments = program.environments.iter().zip(&evaluation.environments).zip(facts);
    let declared = environments.map(|((environment, layer), facts)| {
        let mut faults = Diagnostics::default();
        let settings = settings::environment(&layer.values, &mut faults);
        Declared {
            name: environment.name.text.to_string(),
            place: environment.name.span,
            named: environment.named,
            facts,
            settings,
            faults: faults.finish(sources).into_iter().filter(|one| one.severity == Severity::Error).collect(),
        }
    });
    declared.collect()
}

fn named_templates(Analysis { program, evaluation, .. }: &Analysis<'_>) -> Vec<(String, Arc<Object>)> {
    let templates = program.templates.iter().zip(&evaluation.templates);
    templates.filter_map(|(template, fields)| Some((template.name.text.to_string(), fields.clone()?))).collect()
}

/// The templates, and those of environments, that no task uses as they stand.
fn parts<'a>(
    subjects: &[Subject],
    program: &Program<'_>,
    evaluation: &'a Evaluation,
    room: &mut Room,
    diagnostics: &mut Diagnostics,
) -> Vec<Part<'a>> {
    let used: FxHashSet<*const Object> = subjects
        .iter()
        .filter_map(|subject| evaluate::inline_template(&subject.workload.values))
        .map(|(_, fields)| Arc::as_ptr(fields))
        .collect();
    let declared = program.templates.iter().zip(&evaluation.templates);
    let declared = declared.filter_map(|(template, fields)| Some((template.name.span, fields.as_ref()?)));
    let environments = program.environments.iter().zip(&evaluation.environments);
    let inline = environments.filter_map(|(environment, layer)| {
        evaluate::inline_template(&layer.values).map(|(_, fields)| (environment.name.span, fields))
    });
    let mut seen = used;
    let mut parts = Vec::new();
    for (place, fields) in declared.chain(inline).filter(|(_, fields)| seen.insert(Arc::as_ptr(fields))) {
        if fields.size() > MAX_POD {
            diagnostics.push(too_large(fields.size(), place));
            continue;
        }
        // What no task uses may be unfinished, and then makes no pod.
        let Ok(template) = Template::new(fields) else { continue };
        if !room.takes(template.weight(fields), place, diagnostics) {
            break;
        }
        parts.push(Part { template, fields, place });
    }
    parts
}

fn internal(place: Span, fault: &str) -> Diagnostic {
    Diagnostic::new(
        code::INTERNAL,
        place,
        format!("the compiler's table of Kubernetes disagrees with Kubernetes: {fault}"),
    )
    .note("this is a fault of flytec; please report it")
}

fn environment_facts(
    sources: &SourceMap,
    program: &Program<'_>,
    evaluation: &Evaluation,
) -> Vec<Arc<EnvironmentFacts>> {
    let facts = program.environments.iter().zip(&evaluation.environments).map(|(environment, layer)| {
        let depends_on = layer.values.get("depends_on").and_then(|value| value.as_list()).unwrap_or_default();
        let name = |kind: &Kind| match kind {
            Kind::Environment(id) => Some(program.environments[id.0].name.text.to_string()),
            _ => None,
        };
        Arc::new(EnvironmentFacts {
            description: description(sources, program, environment, layer),
            depends_on: depends_on.iter().filter_map(|value| name(&value.kind)).collect(),
        })
    });
    facts.collect()
}

/// What an environment is for: its own description, its doc comment, or those of the environment that it extends.
fn description(
    sources: &SourceMap,
    program: &Program<'_>,
    environment: &Environment<'_>,
    layer: &Layer,
) -> Option<String> {
    let set = || layer.values.get("description").and_then(|value| value.as_str()).map(ToString::to_string);
    if layer.own.iter().any(|key| key.text == "description") {
        return set();
    }
    let mut at = Some(environment);
    // Environments that extend each other form no ring.
    while let Some(environment) = at {
        if let Some(docs) = docs(sources, environment.docs) {
            return Some(docs);
        }
        at = environment.base.map(|base| &program.environments[base.0]);
    }
    set()
}

/// What the doc comment right above a declaration says: the last lines of doc comments with nothing between them.
fn docs(sources: &SourceMap, comments: &[Comment]) -> Option<String> {
    let line = |comment: &Comment| sources.get(comment.span.file).line(comment.span.start as usize);
    let mut block: Vec<&Comment> = Vec::new();
    for comment in comments.iter().rev().take_while(|comment| comment.doc) {
        if block.last().is_some_and(|below| line(below) != line(comment) + 1) {
            break;
        }
        block.push(comment);
    }
    let text = |comment: &&Comment| {
        let text = sources.text(comment.span).trim_start_matches('#');
        text.strip_prefix(' ').unwrap_or(text).to_owned()
    };
    let lines: Vec<String> = block.iter().rev().map(text).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
