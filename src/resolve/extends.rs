//! What templates and environments extend.
//!
//! In: a program whose declarations are known. Out: the bases of each, and an order in which they can be evaluated. Always: none
//! extends itself, and nothing is more than [`MAX_CHAIN`] extensions away from its furthest base: what would was reported and
//! extends nothing.

use super::{EnvironmentId, Program, TemplateId, base_path, environment_path, template_path};
use crate::diagnostics::{Diagnostic, code};
use crate::expression::Evaluator;
use crate::graph::{self, Order};
use crate::source::Span;

/// How many templates, or environments, may build on each other in a row. `evaluate` recurses over templates, and an environment
/// copies what it takes over.
pub const MAX_CHAIN: usize = 32;

/// Finds what everything extends.
pub fn resolve(program: &mut Program<'_>, evaluator: &mut Evaluator<'_, '_>) {
    templates(program, evaluator);
    environments(program, evaluator);
}

fn templates(program: &mut Program<'_>, evaluator: &mut Evaluator<'_, '_>) {
    for at in 0..program.templates.len() {
        let template = &program.templates[at];
        let (declaration, scope) = (template.declaration, template.scope.clone());
        let mut bases = Vec::with_capacity(declaration.bases.len());
        for base in &declaration.bases {
            let path = base_path(evaluator, &base.path, &scope);
            let found = path.map_or(Ok(None), |path| template_path(program, evaluator, &path, &scope));
            bases.push(found.unwrap_or_else(|diagnostic| {
                evaluator.tell(*diagnostic);
                None
            }));
        }
        program.templates[at].bases = bases;
    }
    // A base that is not known is none of the templates.
    let nowhere = program.templates.len();
    let number = |base: &Option<TemplateId>| base.map_or(nowhere, |base| base.0);
    let needs: Vec<Vec<usize>> =
        program.templates.iter().map(|template| template.bases.iter().map(number).collect()).collect();
    let Order { order, rings, closing } = graph::order(&needs);
    for ring in &rings {
        let place = |(at, base): &(usize, usize)| Some(program.templates.get(*at)?.declaration.bases.get(*base)?.span);
        let name = |(at, _): &(usize, usize)| program.templates[*at].name.text.as_str();
        report(
            evaluator,
            "template",
            &ring.iter().map(name).collect::<Vec<_>>(),
            &ring.iter().filter_map(place).collect::<Vec<_>>(),
        );
    }
    // Rings that share a template with one that is told are not told themselves, but cut like it.
    for (at, base) in rings.iter().flatten().chain(&closing) {
        if let Some(base) = program.templates[*at].bases.get_mut(*base) {
            *base = None;
        }
    }
    bound(program, evaluator, &order);
    program.template_order = order.into_iter().map(TemplateId).collect();
}

/// Cuts chains that are too long.
fn bound(program: &mut Program<'_>, evaluator: &mut Evaluator<'_, '_>, order: &[usize]) {
    let mut lengths = vec![0_usize; program.templates.len()];
    for at in order {
        let template = &program.templates[*at];
        let length = template.bases.iter().flatten().map(|base| lengths[base.0] + 1).max().unwrap_or_default();
        if length > MAX_CHAIN {
            let place = template.declaration.bases.first().map_or(template.name.span, |base| base.span);
            evaluator.diagnostics.push(too_many("templates", place));
            program.templates[*at].bases.fill(None);
        } else {
            lengths[*at] = length;
        }
    }
}

fn environments(program: &mut Program<'_>, evaluator: &mut Evaluator<'_, '_>) {
    for at in 0..program.environments.len() {
        let environment = &program.environments[at];
        let (declaration, scope) = (environment.declaration, environment.scope.clone());
        let Some(base) = declaration.bases.first() else { continue };
        let Some(path) = base_path(evaluator, &base.path, &scope) else { continue };
        match environment_path(program, evaluator, &path, &scope) {
            Ok(base) => program.environments[at].base = base,
            Err(diagnostic) => evaluator.tell(*diagnostic),
        }
    }
    let needs: Vec<Vec<usize>> =
        program.environments.iter().map(|environment| environment.base.iter().map(|base| base.0).collect()).collect();
    // Each extends one at the most, so rings share nothing.
    let Order { order, rings, .. } = graph::order(&needs);
    for ring in &rings {
        let place = |(at, _): &(usize, usize)| Some(program.environments.get(*at)?.declaration.bases.first()?.span);
        let name = |(at, _): &(usize, usize)| program.environments[*at].name.text.as_str();
        report(
            evaluator,
            "environment",
            &ring.iter().map(name).collect::<Vec<_>>(),
            &ring.iter().filter_map(place).collect::<Vec<_>>(),
        );
        for (at, _) in ring {
            program.environments[*at].base = None;
        }
    }
    let mut lengths = vec![0_usize; program.environments.len()];
    for at in &order {
        let Some(base) = program.environments[*at].base else { continue };
        lengths[*at] = lengths[base.0] + 1;
        if lengths[*at] > MAX_CHAIN {
            lengths[*at] = 0;
            let environment = &mut program.environments[*at];
            environment.base = None;
            let place = environment.declaration.bases.first().map_or(environment.name.span, |base| base.span);
            evaluator.diagnostics.push(too_many("environments", place));
        }
    }
    program.environment_order = order.into_iter().map(EnvironmentId).collect();
}

fn too_many(what: &str, place: Span) -> Diagnostic {
    let message = format!("more than {MAX_CHAIN} {what} build on each other here");
    Diagnostic::new(code::TOO_MANY_BASES, place, message).help("write some of them as one")
}

fn report(evaluator: &mut Evaluator<'_, '_>, what: &str, names: &[&str], places: &[Span]) {
    /// How many places the message points at.
    const MOST_LABELS: usize = 8;
    let (Some(first), Some((closing, others))) = (names.first(), places.split_last()) else { return };
    let mut diagnostic = Diagnostic::new(code::EXTENDS_RING, *closing, format!("{what} `{first}` extends itself"));
    if !others.is_empty() {
        diagnostic = diagnostic.note(format!("the ring is {} → {first}", names.join(" → ")));
    }
    for other in others.iter().take(MOST_LABELS) {
        diagnostic = diagnostic.label(*other, "part of the ring");
    }
    evaluator.diagnostics.push(diagnostic);
}
