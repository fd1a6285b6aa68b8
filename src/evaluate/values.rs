//! Values where the type of a field is expected.
//!
//! In: an expression or a value, and a type of the schema. Out: what it means there; `null` stays [`Kind::Null`], which only the key
//! of an entry can take. Always: what has parts is gone through part by part, so that each fault is told at its own place; a value
//! of which only the type is known is held to it and is poison after that. Recursion follows the nesting of the source, or of the
//! value, both of which are bounded. Not here: scalars (`coerce`), and blocks (`body`).

use std::sync::Arc;

use super::body::{Fields, Layering};
use super::coerce::{Scalar, describe, may_take, placed, takes_text};
use super::unknown::unknown_field;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::Truth;
use crate::expression::branching::{Chosen, choose, comprehend};
use crate::expression::references::{MEANS_NOTHING, near_word, word};
use crate::expression::scope::Scope;
use crate::expression::weights;
use crate::modules::names::Meaning;
use crate::resolve::{TemplateId, environment_path, template_path};
use crate::schema::{Type, language};
use crate::source::Span;
use crate::syntax::ast::{self, Expression, Name};
use crate::value::{Kind, List, Object, Value};

/// Where a value is used.
#[derive(Clone, Copy)]
pub struct Use<'w> {
    /// What messages call the place.
    pub what: &'w str,
    /// The expression that gives the value.
    pub at: Span,
    /// Whether the value stands there as a literal.
    pub literal: bool,
    /// Where the whole is used that this is a part of.
    pub whole: Option<Span>,
}

impl Use<'_> {
    /// The diagnostic, with the place where the whole is used.
    fn within_whole(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.whole {
            Some(whole) if !whole.contains(diagnostic.span().unwrap_or(whole)) => {
                diagnostic.label(whole, "it comes in here")
            }
            _ => diagnostic,
        }
    }
}

/// What a copy of a value weighs, without what is in its elements and entries.
fn weight(value: &Value) -> usize {
    match &value.kind {
        Kind::List(list) => weights::LIST + list.items().len() * weights::ELEMENT,
        Kind::Object(object) => weights::OBJECT + object.len() * weights::ENTRY,
        _ => weights::RANGE,
    }
}

impl Layering<'_, '_, '_, '_> {
    /// The value of an expression where `ty` is expected; `what` is what messages call the place.
    pub fn value(&mut self, expression: &Expression, ty: &'static Type, what: &str, scope: &Scope) -> Value {
        let span = expression.span;
        match (&expression.value, ty) {
            (ast::Value::Missing, _) => Value::poison(span),
            (ast::Value::Null, _) => Value::new(span, Kind::Null),
            (ast::Value::Group(group), _) => self.value(&group.value, ty, what, scope),
            (ast::Value::If(branches), _) => {
                let chosen =
                    choose(self, branches, scope, &mut |this, expression| this.value(expression, ty, what, scope));
                match chosen {
                    Chosen::One(value) => value,
                    Chosen::Any(_) | Chosen::Poison => Value::poison(span),
                }
            }
            (ast::Value::List(list), _) if element_of(ty).is_some() => self.list(list, ty, span, what, scope),
            (ast::Value::Comprehension(comprehension), _) if element_of(ty).is_some() => {
                self.comprehension(comprehension, ty, span, what, scope)
            }
            (ast::Value::Object(body), _) if let Some(fields) = fields_of(ty) => {
                let object = self.apply_fields(body, Arc::default(), fields, scope, false);
                wrapped(Value::new(span, Kind::Object(object)), ty)
            }
            (ast::Value::Range(from, to), _) if let Some(element) = range_of(ty) => {
                self.range(from, to, element, span, what, scope)
            }
            (ast::Value::List(_) | ast::Value::Object(_) | ast::Value::String(_) | ast::Value::Int(_), _)
                if let Some(diagnostic) = self.misshapen(expression, ty, what) =>
            {
                self.expressions.refuse(diagnostic, span)
            }
            (ast::Value::Reference(path), Type::PodTemplate) => self.pod_template(path, None, span, scope),
            (ast::Value::Call(call), Type::PodTemplate) if !self.is_function(call, scope) => {
                self.pod_template(&call.path, Some(&call.arguments), span, scope)
            }
            (ast::Value::Reference(path), Type::Environment) => self.environment(path, span, scope),
            (ast::Value::Reference(path), _) if takes_text(ty) && self.is_template(path, scope) => {
                let text = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
                let message = format!("`{text}` is a template, which is no value");
                let quoted = format!("\"{text}\"");
                let diagnostic = Diagnostic::new(code::WRONG_TYPE, span, message)
                    .note("a template is named behind `extends` and in `pod_template`")
                    .help(format!("for the text write `{quoted}`"))
                    .unsafe_fix("quote it", span, quoted);
                self.expressions.refuse(diagnostic, span)
            }
            (ast::Value::Reference(path), _) => {
                if let Some(value) = self.expressions.lookup(path, span, scope) {
                    self.coerce(value, ty, Use { what, at: span, literal: false, whole: None }, scope)
                } else {
                    let unknown = self.unknown_name(path, expression, ty, what, scope);
                    self.expressions.refuse(unknown, span)
                }
            }
            (simple, _) => {
                let literal = matches!(
                    simple,
                    ast::Value::Bool(_)
                        | ast::Value::Int(_)
                        | ast::Value::Float(_)
                        | ast::Value::Unit(_)
                        | ast::Value::String(_)
                );
                let value = self.expressions.value(expression, scope);
                self.coerce(value, ty, Use { what, at: span, literal, whole: None }, scope)
            }
        }
    }

    fn list(&mut self, list: &ast::List, ty: &'static Type, span: Span, what: &str, scope: &Scope) -> Value {
        let Some(element) = element_of(ty) else { return Value::poison(span) };
        let what = element_what(what);
        if !self.expressions.keeps(weights::LIST + list.items.len() * weights::ELEMENT, span) {
            return Value::poison(span);
        }
        let mut items = Vec::with_capacity(list.items.len());
        for item in &list.items {
            if let Some(diagnostic) = self.misshapen_element(&item.value, ty, &what) {
                items.push(self.expressions.refuse(diagnostic, item.value.span));
                continue;
            }
            let value = self.value(&item.value, element, &what, scope);
            items.push(self.no_null(value, element, &what, item.value.span));
        }
        Value::new(span, Kind::List(Arc::new(List::new(items))))
    }

    fn comprehension(
        &mut self,
        comprehension: &ast::Comprehension,
        ty: &'static Type,
        span: Span,
        what: &str,
        scope: &Scope,
    ) -> Value {
        let Some(element) = element_of(ty) else { return Value::poison(span) };
        let what = element_what(what);
        let (known, items) = comprehend(self, comprehension, scope, &mut |this, expression, scope| {
            let value = this.value(expression, element, &what, scope);
            this.no_null(value, element, &what, expression.span)
        });
        match known {
            Truth::Poison | Truth::Unknown => Value::poison(span),
            _ if !self.expressions.keeps(weights::LIST, span) => Value::poison(span),
            _ => Value::new(span, Kind::List(Arc::new(List::new(items)))),
        }
    }

    /// A part of a list or range, which is never `null`.
    fn no_null(&mut self, value: Value, ty: &'static Type, what: &str, at: Span) -> Value {
        if value.kind != Kind::Null {
            return value;
        }
        let scalar = Scalar { value: &value, what, at, literal: at == value.span, data: false, yaml: false };
        let mismatch = *scalar.mismatch(ty);
        self.expressions.refuse(mismatch, at)
    }

    fn range(
        &mut self,
        from: &Expression,
        to: &Expression,
        element: &'static Type,
        span: Span,
        what: &str,
        scope: &Scope,
    ) -> Value {
        let (from_place, to_place) = (from.span, to.span);
        let from = self.value(from, element, what, scope);
        let to = self.value(to, element, what, scope);
        let (from, to) = (self.no_null(from, element, what, from_place), self.no_null(to, element, what, to_place));
        if from.is_poison() || to.is_poison() || !self.expressions.keeps(weights::RANGE, span) {
            return Value::poison(span);
        }
        Value::new(span, Kind::Range(Arc::new((from, to))))
    }

    // ------------------------------------------------------------------------------------------------- values

    /// What a value that came from somewhere means where `ty` is expected.
    pub fn coerce(&mut self, value: Value, ty: &'static Type, used: Use<'_>, scope: &Scope) -> Value {
        match &value.kind {
            Kind::Poison | Kind::Null => value,
            Kind::Unknown(of) => {
                if !may_take(ty, of) {
                    let mismatch = used.within_whole(*self.scalar(&value, used).mismatch(ty));
                    self.expressions.diagnostics.push(mismatch);
                }
                Value::poison(value.span)
            }
            Kind::Object(_) | Kind::List(_) | Kind::Range(_)
                if !self.expressions.spend(value.size(), used.at)
                    || !self.expressions.keeps(weight(&value), used.at) =>
            {
                Value::poison(value.span)
            }
            Kind::Object(object) if let Some(fields) = fields_of(ty) => {
                let object = self.coerce_object(&Arc::clone(object), fields, used, scope);
                wrapped(Value { kind: Kind::Object(Arc::new(object)), ..value }, ty)
            }
            Kind::List(list) if let Some(element) = element_of(ty) => {
                let list = Arc::clone(list);
                let what = element_what(used.what);
                let mut items = Vec::with_capacity(list.items().len());
                for item in list.items() {
                    // A file of data is what is wrong, and not where it comes in.
                    let in_data = self.expressions.is_data(item.span.file);
                    let whole = if in_data { Some(used.whole.unwrap_or(used.at)) } else { used.whole };
                    let place = if in_data { item.span } else { used.at };
                    let part = Use { what: &what, at: place, literal: false, whole };
                    let item = self.coerce(item.clone(), element, part, scope);
                    items.push(self.no_null(item, element, &what, place));
                }
                Value { kind: Kind::List(Arc::new(List::new(items))), ..value }
            }
            Kind::Range(ends) if let Some(element) = range_of(ty) => {
                let ends = Arc::clone(ends);
                let from = self.coerce(ends.0.clone(), element, Use { literal: false, ..used }, scope);
                let to = self.coerce(ends.1.clone(), element, Use { literal: false, ..used }, scope);
                if from.is_poison() || to.is_poison() {
                    return Value::poison(value.span);
                }
                Value { kind: Kind::Range(Arc::new((from, to))), ..value }
            }
            Kind::String(text) if matches!(ty, Type::Environment) => {
                let name = Name::new(text.clone(), value.span);
                self.environment(&[name], value.span, scope)
            }
            _ => match self.scalar(&value, used).coerced(ty) {
                Ok(kind) => Value { kind, ..value },
                Err(diagnostic) => self.expressions.refuse(used.within_whole(*diagnostic), used.at),
            },
        }
    }

    fn scalar<'v>(&self, value: &'v Value, used: Use<'v>) -> Scalar<'v> {
        let Use { what, at, literal, .. } = used;
        let file = value.span.file;
        let (data, yaml) = (self.expressions.is_data(file), self.expressions.is_yaml(file));
        Scalar { value, what, at, literal, data, yaml }
    }

    /// The fields of an object that came from somewhere.
    fn coerce_object(&mut self, object: &Object, fields: Fields, used: Use<'_>, scope: &Scope) -> Object {
        let mut typed = Object::default();
        typed.poisoned = object.poisoned;
        if let Some(diagnostic) = whole_manifest(object, fields, used) {
            self.expressions.diagnostics.push(diagnostic);
            typed.poisoned = true;
            return typed;
        }
        for (name, entry) in object.iter() {
            // What is used is the whole; its parts are wrong where they were written.
            let whole = Some(used.whole.unwrap_or(used.at));
            let part = Use { what: name, at: entry.value.span, literal: false, whole };
            let ty = match fields {
                Fields::Any(ty) => ty,
                Fields::Known(known) => {
                    if let Some(field) = known.field(name) {
                        &field.ty
                    } else {
                        typed.poisoned = true;
                        let mut diagnostic =
                            unknown_field(known, name, entry.key, None, self.expressions.diagnostics.are_few());
                        self.keep_quotes(&mut diagnostic, entry.key);
                        self.expressions.diagnostics.push(part.within_whole(diagnostic));
                        continue;
                    }
                }
            };
            let value = self.coerce(entry.value.clone(), ty, part, scope);
            // As Kubernetes has it, a field that is `null` is not there.
            if value.kind != Kind::Null {
                typed.set(name.clone(), entry.key, value);
            }
        }
        typed
    }

    /// Puts quotes around what is offered in place of a key that has them: a key of JSON cannot do without.
    fn keep_quotes(&self, diagnostic: &mut Diagnostic, key: Span) {
        let quote = self.expressions.sources.text(key).chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some(quote) = quote else { return };
        let edits = diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits);
        for edit in edits.filter(|edit| edit.span == key) {
            edit.text = format!("{quote}{}{quote}", edit.text);
        }
    }

    // ---------------------------------------------------------------------------------------------- references

    /// Whether a call is one of a built-in function; a template of the same name comes first.
    fn is_function(&self, call: &ast::Call, scope: &Scope) -> bool {
        let [name] = call.path.as_slice() else { return false };
        let function = crate::expression::functions::names().any(|known| known == name.text);
        function && self.program.template(scope.file, &name.text).is_none()
    }

    /// The template that names mean where a pod template is expected, or the string that they stand for.
    fn pod_template(&mut self, path: &[Name], arguments: Option<&ast::Arguments>, span: Span, scope: &Scope) -> Value {
        if arguments.is_none() && self.is_constant(path, scope) {
            let Some(value) = self.expressions.lookup(path, span, scope) else { return Value::poison(span) };
            return self.coerce(
                value,
                &Type::PodTemplate,
                Use { what: "pod_template", at: span, literal: false, whole: None },
                scope,
            );
        }
        if let ([name], None) = (path, arguments)
            && self.program.template(scope.file, &name.text).is_none()
            && let Some(null) = word(&name.text).or_else(|| near_word(&name.text)).filter(|word| *word == "null")
        {
            let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, span, format!("`{}` {MEANS_NOTHING}", name.text));
            return self.expressions.refuse(diagnostic.did_you_mean(&name.text, null, span, null), span);
        }
        match template_path(self.program, self.expressions, path, scope) {
            Ok(Some(id)) => match self.instantiate(id, arguments, span, scope) {
                Some(fields) => Value::new(span, Kind::Object(fields)).through(span),
                None => Value::poison(span),
            },
            Ok(None) => Value::poison(span),
            Err(diagnostic) => {
                let mut diagnostic = *diagnostic;
                let bare = diagnostic.help.is_empty() && diagnostic.notes.is_empty();
                if diagnostic.code == code::UNKNOWN_TEMPLATE && bare && path.len() == 1 {
                    let text = path.first().map_or("", |name| name.text.as_str());
                    diagnostic = diagnostic
                        .help(format!("a template that is registered on the cluster is a string: `\"{text}\"`"));
                }
                // What is reported is the name; what is given to it is still looked at.
                for argument in arguments.iter().flat_map(|arguments| &arguments.items) {
                    self.expressions.value(&argument.value, scope);
                }
                self.expressions.refuse(diagnostic, span)
            }
        }
    }

    /// Whether a name alone stands for a template of the file.
    fn is_template(&self, path: &[Name], scope: &Scope) -> bool {
        let [name] = path else { return false };
        let meaning = self.expressions.names.meaning(scope.file, &name.text);
        scope.binding(&name.text).is_none() && matches!(meaning, Some((Meaning::Template, _)))
    }

    /// Whether names stand for a value rather than for a template.
    fn is_constant(&self, path: &[Name], scope: &Scope) -> bool {
        let Some((first, rest)) = path.split_first() else { return false };
        if scope.binding(&first.text).is_some() {
            return true;
        }
        let meaning = |file, name: &str| self.expressions.names.meaning(file, name).map(|(meaning, _)| meaning);
        match (meaning(scope.file, &first.text), rest) {
            (Some(Meaning::Constant(_)), _) => true,
            (Some(Meaning::Import(Some(file))), [name, ..]) => {
                matches!(meaning(file, &name.text), Some(Meaning::Constant(_)))
            }
            _ => false,
        }
    }

    /// The template that a base means, if it is known.
    pub fn template_of(&mut self, path: &[Name], scope: &Scope) -> Option<TemplateId> {
        match template_path(self.program, self.expressions, path, scope) {
            Ok(found) => {
                self.used_templates.extend(found);
                found
            }
            Err(diagnostic) => {
                self.expressions.tell(*diagnostic);
                None
            }
        }
    }

    fn environment(&mut self, path: &[Name], span: Span, scope: &Scope) -> Value {
        match environment_path(self.program, self.expressions, path, scope) {
            Ok(Some(id)) => Value::new(span, Kind::Environment(id)),
            Ok(None) => Value::poison(span),
            Err(diagnostic) => self.expressions.refuse(*diagnostic, span),
        }
    }

    /// What is said of a name that means nothing where it stands.
    fn unknown_name(
        &self,
        path: &[Name],
        expression: &Expression,
        ty: &'static Type,
        what: &str,
        scope: &Scope,
    ) -> Diagnostic {
        let whole = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        let span = expression.span;
        let Some(first) = path.first() else {
            return Diagnostic::new(code::UNKNOWN_NAME, span, format!("this {MEANS_NOTHING}"));
        };
        let (text, near) = (first.text.as_str(), near_word(&first.text).filter(|_| path.len() == 1));
        let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, first.span, format!("`{text}` {MEANS_NOTHING}"));
        if let Some(literal) = near.filter(|literal| !takes_text(ty) || *literal == "null") {
            return diagnostic.did_you_mean(text, literal, span, literal);
        }
        if let Some(usage) = crate::expression::functions::usage_of(&whole) {
            return diagnostic.help(format!("it is a function: `{usage}`"));
        }
        if let Some(literal) = word(&whole) {
            // Where a text may stand, the word itself could be meant.
            let diagnostic = diagnostic.help(format!("did you mean `{literal}`?"));
            return if takes_text(ty) {
                diagnostic.help(format!("for the text write `\"{text}\"`")).unsafe_fix(
                    "correct the word",
                    span,
                    literal,
                )
            } else {
                diagnostic.safe_fix("correct the word", span, literal)
            };
        }
        let diagnostic = diagnostic.note(format!("{} takes {}", placed(what), describe(ty)));
        if matches!(ty, Type::List { element: Type::Environment, .. })
            && self.program.environment(scope.file, &first.text).is_some()
        {
            let list = format!("[{whole}]");
            return diagnostic.help(format!("write `{list}`")).safe_fix("make it a list", span, list);
        }
        if let Some(diagnostic) = self.expressions.prefixed(&diagnostic, path, span, scope) {
            return diagnostic;
        }
        if let Some(better) = self.expressions.suggestion(&first.text, scope) {
            return diagnostic.did_you_mean(&first.text, &better, first.span, better.as_str());
        }
        if let Some(import) = path.get(1).and_then(|member| self.expressions.import_with(&member.text, scope)) {
            return diagnostic.did_you_mean(text, import, first.span, import);
        }
        if takes_text(ty) {
            // In a template or a loop, one of its own names may be meant.
            let inner = scope.bindings().next().and_then(|_| self.expressions.known_here(scope));
            let diagnostic = inner.into_iter().fold(diagnostic, Diagnostic::note);
            let quoted = format!("\"{whole}\"");
            let diagnostic = diagnostic.help(format!("text stands between quotes: `{quoted}`"));
            return diagnostic.unsafe_fix("quote it", span, quoted);
        }
        let mut diagnostic = diagnostic;
        diagnostic.help.extend(super::examples::shown(what, ty));
        diagnostic
    }
}

/// What is said where a pod spec is expected and a whole object of Kubernetes is given.
fn whole_manifest(object: &Object, fields: Fields, used: Use<'_>) -> Option<Diagnostic> {
    let Fields::Known(known) = fields else { return None };
    let (version, kind) = (object.entry("apiVersion")?, object.get("kind")?.as_str()?);
    if known.name != "PodSpec" {
        return None;
    }
    let path = match kind.as_str() {
        "Pod" => ".spec",
        "PodTemplate" => ".template.spec",
        _ => ".spec.template.spec",
    };
    let message = format!("this is a whole `{kind}`, and a pod spec is a part of it");
    let diagnostic = Diagnostic::new(code::WRONG_TYPE, used.at, message)
        .label(version.key, "the object begins here")
        .help(format!("write `{path}` behind it: `yaml(…){path}`"));
    Some(diagnostic.unsafe_fix("take the part", used.at.at_end(), path))
}

/// What messages call the elements of a list.
fn element_what(what: &str) -> String {
    if what.contains('`') { what.to_owned() } else { format!("an element of `{what}`") }
}

/// The type of the elements where a list may stand.
pub fn element_of(ty: &'static Type) -> Option<&'static Type> {
    match ty {
        Type::List { element, .. } | Type::OneOrMany(element) => Some(element),
        Type::Any => Some(ty),
        Type::OneOf(types) => types.iter().find_map(element_of),
        _ => None,
    }
}

/// The fields of the object where one may stand.
pub fn fields_of(ty: &'static Type) -> Option<Fields> {
    match ty {
        Type::Object(object) | Type::Shorthand(object, _) => Some(Fields::Known(object)),
        Type::PodTemplate => Some(Fields::Known(&language::TEMPLATE)),
        Type::Map(value) => Some(Fields::Any(value)),
        Type::Any => Some(Fields::Any(&Type::Any)),
        Type::OneOf(types) => types.iter().find_map(fields_of),
        Type::OneOrMany(element) => fields_of(element),
        _ => None,
    }
}

/// The type of the ends where a range may stand.
fn range_of(ty: &'static Type) -> Option<&'static Type> {
    if let Type::Range(element) = ty { Some(element) } else { None }
}

/// A value where one or many may stand, as the list of it.
fn wrapped(value: Value, ty: &Type) -> Value {
    if matches!(ty, Type::OneOrMany(_)) {
        return Value::new(value.span, Kind::List(Arc::new(List::new(vec![value]))));
    }
    value
}
