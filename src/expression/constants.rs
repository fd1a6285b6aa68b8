//! The values of parameters and constants.
//!
//! In: their declarations, and what the build is given. Out: a value for each, in the evaluator. Always: each is evaluated once,
//! after those that it is made of; one that is made of itself was reported and is poison. Not here: parameters of templates.

use std::collections::BTreeSet;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::annotation::{fitted, misfit};
use super::inputs::Given;
use super::scope::Scope;
use super::{Evaluator, inputs, written_at};
use crate::diagnostics::{Diagnostic, code};
use crate::graph::{self, Order};
use crate::modules::names::{ConstantId, Declaration, Meaning, Names};
use crate::source::{FileId, Span};
use crate::syntax::ast::Expression;
use crate::syntax::visit;
use crate::value::types::{Type, said};
use crate::value::{Kind, Value};

/// Evaluates all parameters and constants.
pub fn evaluate(evaluator: &mut Evaluator<'_, '_>, inputs: &inputs::Inputs) {
    let names = evaluator.names;
    let mut given = inputs::read(evaluator, inputs);
    for (at, constant) in names.constants.iter().enumerate() {
        if let Declaration::Param(param) = constant.declaration {
            let ty = evaluator.annotation(&param.ty, &Scope::of(constant.name.span.file));
            evaluator.types.insert(ConstantId(at), ty);
        }
    }
    for id in order(evaluator, names) {
        let value = evaluator.evaluate_constant(id, &mut given);
        evaluator.values.insert(id, value);
    }
    if let Some(meant) = inputs::report_unknown(evaluator, &given) {
        report_missing(evaluator, &meant);
    }
}

impl Evaluator<'_, '_> {
    /// The value of a parameter or constant.
    pub(super) fn constant(&mut self, id: ConstantId) -> Value {
        self.used.constants.insert(id);
        // An id is a place in this very list. One without a value is made of itself.
        let place = self.names.constants[id.0].name.span;
        let value = self.values.get(&id).cloned().unwrap_or_else(|| Value::poison(place));
        if let (true, Some(ty)) = (self.forgetful, self.types.get(&id))
            && !value.is_poison()
        {
            return Value::new(value.span, Kind::Unknown(std::sync::Arc::new(ty.clone())));
        }
        self.remembered(value)
    }

    fn evaluate_constant(&mut self, id: ConstantId, given: &mut Given) -> Value {
        // An id is a place in this very list.
        let constant = &self.names.constants[id.0];
        let scope = Scope::of(constant.name.span.file);
        match constant.declaration {
            Declaration::Let(constant) => self.value(&constant.value, &scope),
            Declaration::Param(param) => {
                let ty = self.types.get(&id).cloned().unwrap_or(Type::Any);
                let default = param.default.as_ref().map(|default| self.default(default, &ty, param.name.span, &scope));
                let given = given.value(self, &param.name, &ty);
                given.or(default).unwrap_or_else(|| Value::poison(param.name.span))
            }
        }
    }

    /// The default of a parameter, which is of its type.
    pub fn default(&mut self, default: &Expression, ty: &Type, name: Span, scope: &Scope) -> Value {
        let value = self.value(default, scope);
        if let Some(value) = fitted(value.clone(), ty) {
            value
        } else {
            let (part, wanted) = misfit(&value, ty);
            let place = if part.span == value.span { default.span } else { part.span };
            let message = if std::ptr::eq(part, &raw const value) {
                format!("this default is {}, and the parameter takes {}", said(part), wanted.described())
            } else {
                format!("the parameter takes {} here, and its default has {}", wanted.described(), said(part))
            };
            let diagnostic = Diagnostic::new(code::WRONG_TYPE, place, message).label(name, "the parameter");
            let diagnostic = self.recast(diagnostic, part, &wanted, place);
            let mut diagnostic = written_at(diagnostic, part, place);
            if part.kind == Kind::Null {
                diagnostic = diagnostic.help("where it may be `null`, its type says so: `… | null`");
            }
            self.refuse(diagnostic, default.span)
        }
    }
}

/// Parameters that have neither a value nor a default; those of one name are one message.
///
/// Left out are those that a misspelt name was meant for, and those with a fault in their declaration.
fn report_missing(evaluator: &mut Evaluator<'_, '_>, meant: &FxHashSet<EcoString>) {
    let names = evaluator.names;
    let faults: BTreeSet<(FileId, u32)> = evaluator.diagnostics.places().map(|span| (span.file, span.start)).collect();
    let at_fault = |span: Span| faults.range((span.file, span.start)..=(span.file, span.end)).next().is_some();
    let mut missing: FxHashMap<&str, Vec<Span>> = FxHashMap::default();
    let mut order: Vec<&str> = Vec::new();
    for (at, constant) in names.constants.iter().enumerate() {
        let Declaration::Param(param) = constant.declaration else { continue };
        let reported = evaluator.values.get(&ConstantId(at)).is_none_or(|value| value.span != param.name.span);
        if param.default.is_some() || reported || param.name.is_missing() || meant.contains(&param.name.text) {
            continue;
        }
        if at_fault(param.span) {
            continue;
        }
        let places = missing.entry(&param.name.text).or_default();
        if places.is_empty() {
            order.push(&param.name.text);
        }
        places.push(param.name.span);
    }
    for name in order {
        let places = missing.remove(name).unwrap_or_default();
        let Some((first, others)) = places.split_first() else { continue };
        let mut diagnostic =
            Diagnostic::new(code::MISSING_PARAMETER, *first, format!("parameter `{name}` is given no value"));
        for other in others {
            diagnostic = diagnostic.label(*other, "needed here too");
        }
        let diagnostic = diagnostic
            .help(format!("give it with `--set {name}=…`, or in a file with `--params FILE`"))
            .help(format!("or give it a default: `param {name}: … = …`"));
        evaluator.diagnostics.push(diagnostic);
    }
}

// ---------------------------------------------------------------------------------------------------------- order

/// The constants, each after those that it is made of; those that are made of themselves are reported and left out.
fn order(evaluator: &mut Evaluator<'_, '_>, names: &Names<'_>) -> Vec<ConstantId> {
    let needs: Vec<Vec<(ConstantId, Span)>> =
        names.constants.iter().map(|constant| needs(constant.declaration, names)).collect();
    let numbers: Vec<Vec<usize>> = needs.iter().map(|needs| needs.iter().map(|(id, _)| id.0).collect()).collect();
    let Order { order, rings, .. } = graph::order(&numbers);
    let mut broken: FxHashSet<usize> = FxHashSet::default();
    for ring in rings {
        broken.extend(ring.iter().map(|(at, _)| *at));
        report_ring(evaluator, names, &ring, &needs);
    }
    order.into_iter().filter(|at| !broken.contains(at)).map(ConstantId).collect()
}

/// What a constant is made of, with the places.
fn needs(declaration: Declaration<'_>, names: &Names<'_>) -> Vec<(ConstantId, Span)> {
    let expression = match declaration {
        Declaration::Let(constant) => Some(&constant.value),
        Declaration::Param(param) => param.default.as_ref(),
    };
    let mut needs = Vec::new();
    if let Some(expression) = expression {
        visit::references(expression, &mut |path| {
            let meaning = |file: FileId, name: &str| names.meaning(file, name).map(|(meaning, _)| meaning);
            let Some(first) = path.first() else { return };
            let found = match meaning(first.span.file, &first.text) {
                Some(Meaning::Import(Some(target))) => path.get(1).and_then(|second| meaning(target, &second.text)),
                found => found,
            };
            if let Some(Meaning::Constant(id)) = found {
                needs.push((id, first.span));
            }
        });
    }
    needs
}

fn report_ring(
    evaluator: &mut Evaluator<'_, '_>,
    names: &Names<'_>,
    ring: &[(usize, usize)],
    needs: &[Vec<(ConstantId, Span)>],
) {
    /// How many places the message points at.
    const MOST_LABELS: usize = 8;
    let name = |at: usize| names.constants.get(at).map_or("", |constant| constant.name.text.as_str());
    let place = |(at, need): &(usize, usize)| Some(needs.get(*at)?.get(*need)?.1);
    let places: Vec<Span> = ring.iter().filter_map(place).collect();
    let (Some((first, _)), Some((closing, others))) = (ring.first(), places.split_last()) else { return };
    let message = format!("`{}` is made of itself", name(*first));
    let mut diagnostic = Diagnostic::new(code::CONSTANT_RING, *closing, message);
    if !others.is_empty() {
        let mut path: Vec<&str> = ring.iter().map(|(at, _)| name(*at)).collect();
        path.push(name(*first));
        diagnostic = diagnostic.note(format!("the ring is {}", path.join(" → ")));
    }
    for other in others.iter().take(MOST_LABELS) {
        diagnostic = diagnostic.label(*other, "part of the ring");
    }
    evaluator.diagnostics.push(diagnostic);
}
