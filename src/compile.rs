//! The whole compiler: sources to workloads.
//!
//! In: [`SourceMap`] and [`Context`]. Out: [`Compilation`]. Always: it succeeds, and the same input gives the same output;
//! there are workloads only where there are no errors. Not here: files, and the bytes of the output.

use std::sync::Arc;

use crate::check::{self, Checked};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, code, echoes};
use crate::evaluate::{self, Evaluation};
use crate::flyte::entrypoint::Context;
use crate::lower::{EnvironmentFacts, Lowering, Workload, WorkloadName};
use crate::resolve::{self, Program, TaskId};
use crate::settings::{self, TaskSettings};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::{self, Comment};
use crate::{evaluate::value::Kind, syntax};

/// What came of a program.
#[derive(Debug)]
pub struct Compilation {
    /// What is to be said, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    /// The tasks and variants in the order of their names; empty where there are errors.
    pub workloads: Vec<Workload>,
}

impl Compilation {
    /// Whether the program was refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Compiles the sources.
#[must_use]
pub fn compile(sources: &SourceMap, context: &Context) -> Compilation {
    let mut diagnostics = Diagnostics::default();
    // 1. Text to trees.
    let files = parse(sources, &mut diagnostics);
    // 2. to 5. Trees to settings that keep every rule.
    let analysis = analyse(&files, &mut diagnostics);
    // 6. Settings to pods, if there is nothing to refuse.
    let workloads =
        if diagnostics.has_errors() { Vec::new() } else { lower(sources, analysis, context, &mut diagnostics) };
    let doubtful: Vec<Span> = files.iter().flat_map(|file| &file.doubtful).copied().collect();
    let diagnostics = echoes::left_out(diagnostics.finish(), &doubtful, sources);
    Compilation { diagnostics, workloads }
}

/// The trees of all sources, in their order.
pub fn parse(sources: &SourceMap, diagnostics: &mut Diagnostics) -> Vec<ast::File> {
    sources.iter().map(|(id, source)| syntax::parse(id, source, diagnostics)).collect()
}

/// What is known of a program once its rules have been checked.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// What is declared.
    pub program: Program<'a>,
    /// The values of every declaration.
    pub evaluation: Evaluation,
    /// The settings of every task, by its id.
    pub tasks: Vec<TaskSettings>,
    /// The settings of every variant, by its id.
    pub variants: Vec<TaskSettings>,
}

/// Finds out what the trees mean, and everything that is wrong with it.
pub fn analyse<'a>(files: &'a [ast::File], diagnostics: &mut Diagnostics) -> Analysis<'a> {
    // 2. Trees to a program: names and references.
    let program = resolve::resolve(files, diagnostics);
    // 3. The program to values, layer over layer.
    let evaluation = evaluate::evaluate(&program, diagnostics);
    // 4. Values to settings.
    let tasks = program.tasks.iter().zip(&evaluation.tasks);
    let tasks: Vec<_> = tasks.map(|(task, values)| settings::task(values, task.name.span, diagnostics)).collect();
    let variants = program.variants.iter().zip(&evaluation.variants);
    let variants: Vec<_> = variants
        // What is missing is missing from the task.
        .map(|(variant, values)| settings::task(values, program.tasks[variant.task.0].name.span, diagnostics))
        .collect();
    // 5. Rules between settings.
    let checked = Checked { program: &program, evaluation: &evaluation, tasks: &tasks, variants: &variants };
    check::check(&checked, diagnostics);
    Analysis { program, evaluation, tasks, variants }
}

/// The workloads of a program without errors, in the order of their names.
pub fn lower(
    sources: &SourceMap,
    analysis: Analysis<'_>,
    context: &Context,
    diagnostics: &mut Diagnostics,
) -> Vec<Workload> {
    let Analysis { program, evaluation, tasks, variants } = analysis;
    let (program, evaluation) = (&program, &evaluation);
    let environments: Vec<Arc<EnvironmentFacts>> = environment_facts(sources, program, evaluation);
    let mut lowering = Lowering::new(context);
    let mut workloads = Vec::with_capacity(tasks.len() + variants.len());
    let mut add = |id: TaskId, variant: Option<&ast::Name>, place: Span, mut settings: TaskSettings| {
        let task = &program.tasks[id.0];
        settings.description = settings.description.or_else(|| docs(sources, task.docs).map(Into::into));
        let name = WorkloadName {
            environment: program.environments[task.environment.0].name.text.to_string(),
            task: task.name.text.to_string(),
            variant: variant.map(|name| name.text.to_string()),
        };
        match lowering.workload(name, place, settings, Arc::clone(&environments[task.environment.0])) {
            Ok(workload) => workloads.push(workload),
            Err(fault) => diagnostics.push(internal(place, &fault.to_string())),
        }
    };
    for (at, settings) in tasks.into_iter().enumerate() {
        add(TaskId(at), None, program.tasks[at].name.span, settings);
    }
    for (variant, settings) in program.variants.iter().zip(variants) {
        add(variant.task, Some(variant.name), variant.name.span, settings);
    }
    workloads.sort_by(|a, b| a.name.cmp(&b.name));
    workloads
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
    let facts = program.environments.iter().zip(&evaluation.environments).map(|(environment, values)| {
        let text = values.get("description").and_then(|value| value.as_str()).map(ToString::to_string);
        let depends_on = values.get("depends_on").and_then(|value| value.as_list()).unwrap_or_default();
        let name = |kind: &Kind| match kind {
            Kind::Environment(id) => Some(program.environments[id.0].name.text.to_string()),
            _ => None,
        };
        Arc::new(EnvironmentFacts {
            description: text.or_else(|| docs(sources, environment.docs)),
            depends_on: depends_on.iter().filter_map(|value| name(&value.kind)).collect(),
        })
    });
    facts.collect()
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
