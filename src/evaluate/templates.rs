//! Templates: what they take, what they build on, and the fields that they make.
//!
//! In: templates of the program, and what they are given. Out: their fields. Always: a template that several bases bring is applied
//! once, where it comes first, so that bases may share a base; recursion goes down the bases, of which `resolve` bounds the chain.
//! A template with parameters is looked at once by itself, with nothing known of them but their types.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::body::Layering;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::annotation::{fitted, misfit};
use crate::expression::scope::Scope;
use crate::expression::written_at;
use crate::modules::names::unreferable;
use crate::resolve::{TemplateId, base_path};
use crate::schema::language;
use crate::source::Span;
use crate::syntax::ast::{self, Arguments, Param, Parameter, Parameters};
use crate::value::types::{Type, said};
use crate::value::{Kind, Object, Value};

/// A template and what it is given.
type Instance = (TemplateId, Vec<Value>);

/// The fields of a template without parameters, and the templates that it is made of.
#[derive(Debug, Clone, Default)]
pub struct Finished {
    /// The fields.
    pub fields: Arc<Object>,
    applied: Vec<Instance>,
}

/// What a template made, and what it was given.
#[derive(Debug)]
pub struct Made {
    given: Vec<Value>,
    fields: Arc<Object>,
}

/// A template that is being made.
#[derive(Default)]
struct Making {
    fields: Arc<Object>,
    /// What has been applied.
    applied: Vec<Instance>,
}

impl Layering<'_, '_, '_, '_> {
    /// Makes every template that has no parameters, and looks at the others.
    pub fn evaluate_templates(&mut self) {
        let program = self.program;
        for id in &program.template_order {
            let template = &program.templates[id.0];
            if has_parameters(template.declaration) {
                let before = self.expressions.diagnostics.errors();
                self.look_at_template(template.declaration, &template.scope);
                if self.expressions.diagnostics.errors() > before {
                    self.faulty.insert(*id);
                }
            } else {
                let mut making = Making::default();
                self.make(*id, &template.scope, &mut making);
                let finished = Finished { fields: making.fields, applied: making.applied };
                self.finished.insert(*id, finished);
            }
        }
    }

    /// A template by itself: what stands in it, and what it gives its bases, with parameters of which only the types are known.
    pub fn look_at_template(&mut self, template: &ast::Template, scope: &Scope) {
        let scope = self.unknown_parameters(template.parameters.as_ref(), scope);
        for base in &template.bases {
            let path = base_path(self.expressions, &base.path, &scope);
            if let Some(id) = path.and_then(|path| self.template_of(&path, &scope)) {
                self.bind(id, base.arguments.as_ref(), base.span, &scope);
            }
        }
        self.apply(&template.body, Arc::default(), &language::TEMPLATE, &scope);
    }

    /// The scope in a template of whose parameters only the types are known.
    fn unknown_parameters(&mut self, parameters: Option<&Parameters>, around: &Scope) -> Scope {
        let mut scope = around.inside();
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        let items = parameters.map_or(&[][..], |parameters| &parameters.items);
        for (at, Parameter { param, .. }) in items.iter().enumerate() {
            if let Some(diagnostic) = unreferable(&param.name, "a parameter") {
                self.expressions.diagnostics.push(diagnostic);
            }
            let ty = self.expressions.annotation(&param.ty, around);
            if let Some(default) = &param.default {
                let before = self.expressions.diagnostics.count();
                self.expressions.default(default, &ty, param.name.span, &scope);
                self.note_later(items.get(at + 1..).unwrap_or_default(), before);
            }
            if let Some(first) = seen.insert(&param.name.text, param.name.span).filter(|_| !param.name.is_missing()) {
                let message = format!("parameter `{}` is declared twice", param.name.text);
                let diagnostic = Diagnostic::new(code::DUPLICATE_DECLARATION, param.name.span, message);
                self.expressions.diagnostics.push(diagnostic.label(first, "first declared here"));
            }
            let unknown = Value::new(param.name.span, Kind::Unknown(Arc::new(ty.clone())));
            scope.add(param.name.text.clone(), unknown, Some((param.name.span, ty)));
        }
        scope
    }

    /// Says of names in a default that mean nothing there that they are those of parameters further on.
    fn note_later(&mut self, later: &[Parameter], before: usize) {
        let sources = &*self.expressions.sources;
        self.expressions.diagnostics.amend_after(before, |diagnostic| {
            let text = diagnostic.span().map(|span| sources.text(span));
            let mut others = later.iter().map(|item| &item.param.name);
            let named = others.find(|name| diagnostic.code == code::UNKNOWN_NAME && Some(&*name.text) == text);
            if let Some(name) = named {
                diagnostic.help.clear();
                diagnostic.fixes.clear();
                diagnostic.add_label(name.span, "declared after it");
                diagnostic.notes.push("a default sees the parameters before it".to_owned());
            }
        });
    }

    /// The fields of a template that is given these arguments; nothing where that was reported.
    pub fn instantiate(
        &mut self,
        id: TemplateId,
        arguments: Option<&Arguments>,
        place: Span,
        scope: &Scope,
    ) -> Option<Arc<Object>> {
        self.used_templates.insert(id);
        let (inner, given) = self.bind(id, arguments, place, scope)?;
        if let Some(finished) = self.finished.get(&id) {
            return Some(Arc::clone(&finished.fields));
        }
        // What is wrong with a template itself would be told again at each use.
        if self.expressions.forgetful || self.faulty.contains(&id) {
            return None;
        }
        if let Some(made) = self.made.get(&id).and_then(|made| made.iter().find(|made| same(&made.given, &given))) {
            return Some(Arc::clone(&made.fields));
        }
        self.expressions.budget.enter(place);
        let mut making = Making::default();
        self.make(id, &inner, &mut making);
        self.expressions.budget.leave();
        self.remember(id, given, &making.fields);
        Some(making.fields)
    }

    /// Keeps what a template made of some arguments, for the next that gives the same from the same places.
    fn remember(&mut self, id: TemplateId, given: Vec<Value>, fields: &Arc<Object>) {
        /// How many results of one template are kept.
        const MOST: usize = 4;
        let made = self.made.entry(id).or_default();
        if made.len() == MOST {
            made.remove(0);
        }
        made.push(Made { given, fields: Arc::clone(fields) });
    }

    /// Applies the bases of a template, and then the template itself.
    fn make(&mut self, id: TemplateId, scope: &Scope, making: &mut Making) {
        let program = self.program;
        let template = &program.templates[id.0];
        for (base, target) in template.declaration.bases.iter().zip(&template.bases) {
            let bound = target.and_then(|target| {
                self.used_templates.insert(target);
                let (inner, given) = self.bind(target, base.arguments.as_ref(), base.span, scope)?;
                Some((target, inner, given))
            });
            match bound.filter(|(target, ..)| !self.faulty.contains(target)) {
                Some((target, inner, given)) => self.make_base(target, given, &inner, making),
                None => Arc::make_mut(&mut making.fields).poisoned = true,
            }
        }
        let fields = std::mem::take(&mut making.fields);
        self.again = making.applied.iter().any(|(known, _)| *known == id);
        making.fields = self.apply(&template.declaration.body, fields, &language::TEMPLATE, scope);
        self.again = false;
    }

    fn make_base(&mut self, id: TemplateId, given: Vec<Value>, scope: &Scope, making: &mut Making) {
        let instance = (id, given);
        // It is compared with all that were applied, so that templates which multiply cost the square of their number.
        let work = 1 + making.applied.len() / 16;
        if !self.expressions.spend(work, scope_place(self, id)) || making.applied.contains(&instance) {
            return;
        }
        if making.applied.is_empty()
            && making.fields.is_empty()
            && let Some(finished) = self.finished.get(&id)
        {
            making.fields = Arc::clone(&finished.fields);
            making.applied.clone_from(&finished.applied);
            making.applied.push(instance);
            return;
        }
        self.make(id, scope, making);
        making.applied.push(instance);
    }

    // ---------------------------------------------------------------------------------------------- arguments

    /// The scope in a template that is given these arguments, and what it is given; nothing where that was reported.
    fn bind(
        &mut self,
        id: TemplateId,
        arguments: Option<&Arguments>,
        place: Span,
        scope: &Scope,
    ) -> Option<(Scope, Vec<Value>)> {
        let program = self.program;
        let template = &program.templates[id.0];
        let parameters = template.declaration.parameters.as_ref().map_or(&[][..], |parameters| &parameters.items);
        if parameters.is_empty() && arguments.is_none_or(|arguments| arguments.items.is_empty()) {
            return Some((template.scope.clone(), Vec::new()));
        }
        let params: Vec<&Param> = parameters.iter().map(|item| &item.param).collect();
        let types = self.types_of(id, &params, &template.scope);
        let mut given = self.arguments(id, &params, &types, arguments, scope);
        let mut inner = template.scope.inside();
        let mut values = Vec::with_capacity(params.len());
        let mut missing = Vec::new();
        let mut whole = !given.faulty;
        for (param, ty) in params.iter().zip(types.iter()) {
            let value = match (given.values.remove(param.name.text.as_str()), &param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.expressions.default(default, ty, param.name.span, &inner),
                // The second of two parameters of one name was reported.
                (None, None) if inner.binding(&param.name.text).is_some_and(|known| known.declared.is_some()) => {
                    whole = false;
                    Value::poison(place)
                }
                (None, None) => {
                    missing.push(*param);
                    Value::poison(place)
                }
            };
            values.push(value.clone());
            inner.add(param.name.text.clone(), value, Some((param.name.span, ty.clone())));
        }
        if !missing.is_empty() && !given.faulty {
            whole = false;
            let given = arguments.is_some_and(|arguments| !arguments.items.is_empty());
            let diagnostic = missing_arguments(&template.name, &missing, given, place);
            self.expressions.diagnostics.push(diagnostic);
        }
        whole.then_some((inner, values))
    }

    fn types_of(&mut self, id: TemplateId, params: &[&Param], scope: &Scope) -> Arc<[Type]> {
        if let Some(types) = self.types.get(&id) {
            return Arc::clone(types);
        }
        let types: Arc<[Type]> = params.iter().map(|param| self.expressions.annotation(&param.ty, scope)).collect();
        self.types.insert(id, Arc::clone(&types));
        types
    }

    fn arguments<'t>(
        &mut self,
        id: TemplateId,
        params: &[&'t Param],
        types: &[Type],
        arguments: Option<&Arguments>,
        scope: &Scope,
    ) -> Given<'t> {
        let mut given = Given { values: FxHashMap::default(), faulty: false };
        let arguments = arguments.map_or(&[][..], |arguments| &arguments.items);
        if arguments.iter().any(|argument| argument.value.value == ast::Value::Missing) {
            // Of arguments with a fault in their text, nobody knows which they are.
            given.faulty = true;
        } else if let Some(bare) = arguments.iter().find(|argument| argument.name.is_none()) {
            given.faulty = true;
            let diagnostic = unnamed(&self.program.templates[id.0].name, params, bare.value.span);
            self.expressions.diagnostics.push(diagnostic);
        }
        for argument in arguments {
            let ty = argument.name.as_ref().and_then(|name| {
                params.iter().zip(types).find(|(param, _)| param.name.text == name.text).map(|(_, ty)| ty)
            });
            let value = match ty.and_then(|ty| self.unquoted(&argument.value, ty, scope)) {
                Some(diagnostic) => self.expressions.refuse(diagnostic, argument.value.span),
                None => self.expressions.value(&argument.value, scope),
            };
            let Some(name) = &argument.name else { continue };
            let Some((param, ty)) = params.iter().zip(types).find(|(param, _)| param.name.text == name.text) else {
                given.faulty = true;
                // A parameter that was renamed is missed in the template already.
                if !self.expressions.is_undeclared(self.program.templates[id.0].name.span.file, &name.text) {
                    let diagnostic = self.unknown_argument(id, params, name);
                    self.expressions.diagnostics.push(diagnostic);
                }
                continue;
            };
            let value = self.fitted(&value, ty, argument.value.span, param);
            if given.values.insert(&param.name.text, value).is_some() {
                given.faulty = true;
                let message = format!("`{}` is given twice", name.text);
                let mut diagnostic = Diagnostic::new(code::BAD_CALL, name.span, message);
                let mut names = arguments.iter().filter_map(|argument| argument.name.as_ref());
                if let Some(first) = names.find(|first| first.text == name.text) {
                    diagnostic = diagnostic.label(first.span, "first given here");
                }
                diagnostic = diagnostic.help("leave one of the two out");
                self.expressions.diagnostics.push(diagnostic);
            }
        }
        given
    }

    /// What is said of a name that nothing declares, where a text is wanted that it could be without quotes.
    fn unquoted(&self, expression: &ast::Expression, ty: &Type, scope: &Scope) -> Option<Diagnostic> {
        let ast::Value::Reference(path) = &expression.value else { return None };
        let [name] = path.as_slice() else { return None };
        let declared = scope.binding(&name.text).is_some()
            || self.expressions.names.meaning(scope.file, &name.text).is_some()
            || self.expressions.suggestion(&name.text, scope).is_some();
        let words = ty.words().unwrap_or_default();
        if declared || !(words.contains(&name.text.as_str()) || *ty == Type::String) {
            return None;
        }
        let quoted = format!("\"{}\"", name.text);
        let diagnostic = self.expressions.unknown(path, expression.span, scope);
        let sure = diagnostic.fixes.is_empty();
        sure.then(|| Diagnostic { help: vec![format!("text stands between quotes: `{quoted}`")], ..diagnostic })
            .map(|diagnostic| diagnostic.unsafe_fix("quote it", expression.span, quoted))
    }

    fn fitted(&mut self, value: &Value, ty: &Type, place: Span, param: &Param) -> Value {
        if let Some(value) = fitted(value.clone(), ty) {
            return value;
        }
        let (part, wanted) = misfit(value, ty);
        let within = !std::ptr::eq(part, value) && place.contains(part.span);
        let (place, here) = if within { (part.span, " here") } else { (place, "") };
        let message = format!("`{}` takes {}{here}, not {}", param.name.text, wanted.described(), said(part));
        let mut diagnostic =
            Diagnostic::new(code::WRONG_TYPE, place, message).label(param.name.span, "the parameter is declared here");
        diagnostic = self.expressions.recast(diagnostic, part, &wanted, place);
        self.expressions.refuse(written_at(diagnostic, part, place), place)
    }

    fn unknown_argument(&self, id: TemplateId, params: &[&Param], name: &ast::Name) -> Diagnostic {
        let template = &self.program.templates[id.0].name;
        let message = format!("template `{}` has no parameter `{}`", template.text, name.text);
        let mut diagnostic =
            Diagnostic::new(code::BAD_CALL, name.span, message).label(template.span, "the template is declared here");
        let names: Vec<&str> = params.iter().map(|param| param.name.text.as_str()).collect();
        match closest(&name.text, names.iter().copied()) {
            Some(better) => diagnostic = diagnostic.did_you_mean(&name.text, better, name.span, better),
            None if names.is_empty() => diagnostic = diagnostic.note("it has none at all"),
            None => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                diagnostic = diagnostic.note(format!("it has {}", names.join(", ")));
            }
        }
        diagnostic
    }
}

/// The arguments that a template is given.
struct Given<'t> {
    values: FxHashMap<&'t str, Value>,
    /// Whether one of them was reported.
    faulty: bool,
}

fn has_parameters(template: &ast::Template) -> bool {
    template.parameters.as_ref().is_some_and(|parameters| !parameters.items.is_empty())
}

fn scope_place(layering: &Layering<'_, '_, '_, '_>, id: TemplateId) -> Span {
    layering.program.templates[id.0].name.span
}

/// Whether arguments are the same and were written at the same places.
fn same(known: &[Value], given: &[Value]) -> bool {
    known == given && known.iter().zip(given).all(|(known, given)| known.span == given.span)
}

fn missing_arguments(template: &ast::Name, missing: &[&Param], given: bool, place: Span) -> Diagnostic {
    /// How many parameters the message points at.
    const MOST_LABELS: usize = 4;
    let params = missing.iter().take(MOST_LABELS);
    let missing: Vec<&str> = missing.iter().map(|param| param.name.text.as_str()).collect();
    let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
    let arguments = missing.iter().map(|name| format!("{name} = …")).collect::<Vec<_>>().join(", ");
    let help = if given { format!("add `{arguments}`") } else { format!("write `{}({arguments})`", template.text) };
    let message = format!("template `{}` needs {names}", template.text);
    let diagnostic = Diagnostic::new(code::BAD_CALL, place, message).help(help);
    params.fold(diagnostic, |diagnostic, param| diagnostic.label(param.name.span, "it has no default"))
}

fn unnamed(template: &ast::Name, params: &[&Param], place: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code::BAD_CALL, place, "an argument of a template has a name")
        .note("a call that names what it gives means the same when the template gets another parameter");
    match params {
        [] => diagnostic.help("this template has no parameters: leave it out"),
        [only] => {
            let name = &only.name.text;
            diagnostic.help(format!("write `{name} = …`")).unsafe_fix("name it", place.at_start(), format!("{name} = "))
        }
        all => {
            let all: Vec<String> = all.iter().map(|param| format!("{} = …", param.name.text)).collect();
            diagnostic.help(format!("write `{}({})`", template.text, all.join(", ")))
        }
    }
}
