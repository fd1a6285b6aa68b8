//! One body over what it inherits.
//!
//! In: the statements of a body, the value beneath it, the object type that they are fields of. Out: the value on top.
//! Always: `=` replaces, `+=` appends, a block merges, `null` takes away; each entry is typed by its field, and one that does
//! not fit is reported once and leaves poison. Recursion follows the nesting of the source, which the parser bounds.

use std::sync::Arc;

use ecow::EcoString;

use super::literal;
use super::value::{Kind, List, Object, Value};
use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::resolve::Program;
use crate::schema::{self, Type, language};
use crate::source::Span;
use crate::syntax::ast::{self, Body, Entry, Expression, Label, Operation, StatementKind};

/// Evaluates the bodies of one program.
pub struct Evaluator<'p, 'd> {
    /// The program.
    pub program: &'p Program<'p>,
    /// The templates that have been evaluated, by their ids.
    pub templates: Vec<Arc<Object>>,
    /// What was found wrong.
    pub diagnostics: &'d mut Diagnostics,
}

/// What an object's entries may be.
#[derive(Clone, Copy)]
enum Fields {
    /// The known fields of an object.
    Known(&'static schema::Object),
    /// Any name, each with a value of one type.
    Any(&'static Type),
}

impl Evaluator<'_, '_> {
    /// The object `base` with the entries of `body` on top.
    pub fn apply(&mut self, body: &Body, base: Arc<Object>, object: &'static schema::Object) -> Arc<Object> {
        self.apply_fields(body, base, Fields::Known(object))
    }

    fn apply_fields(&mut self, body: &Body, mut base: Arc<Object>, fields: Fields) -> Arc<Object> {
        if body.statements.is_empty() {
            return base;
        }
        // Only a value that something else shares is copied here.
        let target = Arc::make_mut(&mut base);
        for statement in &body.statements {
            match &statement.kind {
                StatementKind::Entry(entry) => self.entry(entry, body, target, fields),
                StatementKind::Skipped(_) => target.poisoned = true,
                _ => {}
            }
        }
        base
    }

    fn entry(&mut self, entry: &Entry, body: &Body, target: &mut Object, fields: Fields) {
        if entry.operation == Operation::Missing {
            target.poisoned = true;
            return target.set(entry.key.text.clone(), entry.key.span, Value::poison(entry.span));
        }
        let ty = match fields {
            Fields::Any(ty) => ty,
            Fields::Known(object) => match object.field(&entry.key.text) {
                Some(field) => &field.ty,
                None => return self.unknown_field(entry, object, target),
            },
        };
        match (&entry.label, &entry.operation) {
            (_, Operation::Missing) => {}
            (Some(label), operation) => self.element(entry, label, operation, target, ty),
            (None, Operation::Set(expression)) => self.set(entry, expression, body, target, ty),
            (None, Operation::Append(expression)) => self.append(entry, expression, target, ty),
            (None, Operation::Merge(block)) => self.merge(entry, block, target, ty),
        }
    }

    fn unknown_field(&mut self, entry: &Entry, object: &'static schema::Object, target: &mut Object) {
        target.poisoned = true;
        let key = &entry.key;
        let message = format!("{} has no field `{}`", described(object), key.text);
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_FIELD, key.span, message);
        // What has a label may have been meant to be a declaration.
        let declarations: &[&str] =
            if object.name == "environment" && entry.label.is_some() { &["task", "override"] } else { &[] };
        let names = || object.fields.iter().map(|field| field.name).chain(declarations.iter().copied());
        if let Some(closest) = crate::diagnostics::suggest::closest(&key.text, names()) {
            diagnostic =
                diagnostic.help(format!("did you mean `{closest}`?")).unsafe_fix("rename it", key.span, closest);
        } else if let Some(owner) = other_owner(&key.text, object) {
            diagnostic = diagnostic.help(format!("`{}` is a field of {owner}", key.text));
        } else if object.fields.len() <= 12 {
            let names: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            diagnostic = diagnostic.note(format!("its fields are {}", names.join(", ")));
        }
        self.diagnostics.push(diagnostic);
    }

    // ------------------------------------------------------------------------------------------------------ =

    fn set(&mut self, entry: &Entry, expression: &Expression, body: &Body, target: &mut Object, ty: &'static Type) {
        let key = &entry.key;
        if let Some(earlier) = target.entry(&key.text)
            && within(earlier.key, body.span)
        {
            let message = format!("`{}` is set twice in this block", key.text);
            let diagnostic = Diagnostic::new(code::SET_TWICE, key.span, message);
            self.diagnostics
                .push(diagnostic.here("this replaces what was set before").label(earlier.key, "already set here"));
        }
        if expression.value == ast::Value::Null {
            return target.remove(&key.text);
        }
        let value = self.value(expression, ty, &key.text);
        target.set(key.text.clone(), key.span, value);
    }

    /// The value of an expression where `ty` is expected; `what` is what messages call the place.
    fn value(&mut self, expression: &Expression, ty: &'static Type, what: &str) -> Value {
        let span = expression.span;
        match (&expression.value, ty) {
            (ast::Value::Missing, _) => Value::poison(span),
            (ast::Value::List(list), _) if element_of(ty).is_some() => self.list(list, ty, span, what),
            (ast::Value::Object(body), _) if let Some(fields) = fields_of(ty) => {
                let object = self.apply_fields(body, Arc::default(), fields);
                wrapped(Value { span, kind: Kind::Object(object) }, ty)
            }
            (ast::Value::Object(body), Type::Any) => self.any_object(body, span),
            (ast::Value::List(list), Type::Any) => {
                let items = list.items.iter().map(|item| self.value(&item.value, ty, what)).collect();
                Value { span, kind: Kind::List(Arc::new(List::new(items))) }
            }
            (ast::Value::Reference(names), _) => self.reference(names, expression, ty, what),
            (ast::Value::String(text), Type::Environment) => {
                self.environment(&ast::Name { text: text.clone(), span }, span)
            }
            _ => match literal::value(expression, ty, what) {
                Ok(value) => value,
                Err(diagnostic) => self.refuse(*diagnostic, span),
            },
        }
    }

    fn any_object(&mut self, body: &Body, span: Span) -> Value {
        let object = self.apply_fields(body, Arc::default(), Fields::Any(&Type::Any));
        Value { span, kind: Kind::Object(object) }
    }

    fn list(&mut self, list: &ast::List, ty: &'static Type, span: Span, what: &str) -> Value {
        let Some(element) = element_of(ty) else { return Value::poison(span) };
        let what = if what.contains('`') { what.to_owned() } else { format!("an element of `{what}`") };
        let items = list.items.iter().map(|item| self.value(&item.value, element, &what)).collect();
        Value { span, kind: Kind::List(Arc::new(List::new(items))) }
    }

    fn refuse(&mut self, diagnostic: Diagnostic, span: Span) -> Value {
        self.diagnostics.push(diagnostic);
        Value::poison(span)
    }

    // ------------------------------------------------------------------------------------------- references

    fn reference(&mut self, names: &[ast::Name], expression: &Expression, ty: &'static Type, what: &str) -> Value {
        let span = expression.span;
        match (names, ty) {
            ([name], Type::PodTemplate) => self.template(name, span),
            ([name], Type::Environment) => {
                if let Some(id) = self.program.environment(&name.text) {
                    Value { span, kind: Kind::Environment(id) }
                } else {
                    let unknown = crate::resolve::unknown_environment(self.program, name);
                    self.refuse(unknown, span)
                }
            }
            _ => {
                let unknown = literal::unknown_name(names, expression, ty, what);
                self.refuse(unknown, span)
            }
        }
    }

    fn environment(&mut self, name: &ast::Name, span: Span) -> Value {
        if let Some(id) = self.program.environment(&name.text) {
            return Value { span, kind: Kind::Environment(id) };
        }
        let unknown = crate::resolve::unknown_environment(self.program, name);
        self.refuse(unknown, span)
    }

    fn template(&mut self, name: &ast::Name, span: Span) -> Value {
        let found = self.program.template(name.span.file, &name.text);
        if let Some(fields) = found.and_then(|id| self.templates.get(id.0)) {
            return Value { span, kind: Kind::Object(Arc::clone(fields)) };
        }
        let message = format!("there is no template `{}`", name.text);
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_TEMPLATE, span, message);
        diagnostic.help.extend(did_you_mean(&name.text, self.program.template_names(name.span.file)));
        if diagnostic.help.is_empty() {
            let text = &name.text;
            diagnostic =
                diagnostic.help(format!("a template that is registered on the cluster is a string: `\"{text}\"`"));
        }
        self.refuse(diagnostic, span)
    }

    // ----------------------------------------------------------------------------------------------------- +=

    fn append(&mut self, entry: &Entry, expression: &Expression, target: &mut Object, ty: &'static Type) {
        let key = &entry.key;
        if element_of(ty).is_none() {
            target.set(key.text.clone(), key.span, Value::poison(entry.span));
            let message = format!("`+=` appends to a list, and `{}` takes {}", key.text, literal::describe(ty));
            let mut diagnostic = Diagnostic::new(code::NOT_A_LIST, expression.span, message);
            if fields_of(ty).is_some() {
                diagnostic = diagnostic.help(format!("merge with a block: `{} {{ … }}`", key.text));
            }
            return self.diagnostics.push(diagnostic);
        }
        let added = self.value(expression, ty, &key.text);
        let value = match (target.take(&key.text), added.kind) {
            (Some(Value { kind: Kind::List(mut list), .. }), Kind::List(more)) => {
                Arc::make_mut(&mut list).extend(more.items().iter().cloned());
                Value { span: added.span, kind: Kind::List(list) }
            }
            (Some(Value { kind: Kind::Poison, .. }), _) => Value::poison(added.span),
            (_, kind) => Value { span: added.span, kind },
        };
        target.set(key.text.clone(), key.span, value);
    }

    // ------------------------------------------------------------------------------------------------- blocks

    fn merge(&mut self, entry: &Entry, block: &Body, target: &mut Object, ty: &'static Type) {
        let key = &entry.key;
        let inherited = target.take(&key.text);
        let value = if let Some(fields) = fields_of(ty).filter(|_| !matches!(ty, Type::OneOrMany(_))) {
            self.merge_object(entry, block, inherited, fields, ty)
        } else {
            self.not_mergeable(entry, block, ty)
        };
        target.set(key.text.clone(), key.span, value);
    }

    fn merge_object(
        &mut self,
        entry: &Entry,
        block: &Body,
        inherited: Option<Value>,
        fields: Fields,
        ty: &Type,
    ) -> Value {
        let span = entry.key.span;
        let base = match inherited {
            Some(Value { kind: Kind::Object(object), .. }) => object,
            Some(Value { kind: Kind::Poison, .. }) => {
                // What stands in the block is still looked at.
                self.apply_fields(block, Arc::default(), fields);
                return Value::poison(span);
            }
            // As in the SDK, an empty name is no name.
            Some(Value { kind: Kind::String(name), span: place })
                if matches!(ty, Type::PodTemplate) && !name.is_empty() =>
            {
                self.apply_fields(block, Arc::default(), fields);
                return self.merge_into_named(entry, &name, place);
            }
            _ => Arc::default(),
        };
        let object = self.apply_fields(block, base, fields);
        Value { span, kind: Kind::Object(object) }
    }

    fn merge_into_named(&mut self, entry: &Entry, name: &str, place: Span) -> Value {
        let message = format!("a block cannot merge into the cluster's pod template `{name}`");
        let diagnostic = Diagnostic::new(code::MERGE_INTO_NAMED, entry.key.span, message)
            .label(place, "inherited from here")
            .note(
                "only the cluster knows what that template holds, and Flyte's SDK takes a name or a template, not both",
            )
            .help(
                "set a template of this program with `pod_template = NAME`, or an object with `pod_template = { … }`",
            );
        self.refuse(diagnostic, entry.key.span)
    }

    fn not_mergeable(&mut self, entry: &Entry, block: &Body, ty: &'static Type) -> Value {
        let key = &entry.key;
        let diagnostic = match ty {
            Type::List { element, key: Some(label) } => {
                let message = format!("a block for an element of `{}` needs the element's `{label}`", key.text);
                let example = if matches!(element, Type::Object(_)) { "{ … }" } else { "= …" };
                Diagnostic::new(code::NOT_MERGEABLE, key.span, message).help(format!(
                    "write `{} {} {example}`",
                    key.text,
                    label.to_uppercase()
                ))
            }
            Type::List { .. } | Type::OneOrMany(_) => {
                let message = format!("`{}` is a list, which a block cannot merge into", key.text);
                Diagnostic::new(code::NOT_MERGEABLE, key.span, message)
                    .help(format!("set it with `{0} = [ … ]`, or append with `{0} += [ … ]`", key.text))
            }
            _ => {
                let message = format!("`{}` takes {}, not a block", key.text, literal::describe(ty));
                Diagnostic::new(code::WRONG_TYPE, block.span, message).help(format!("set it with `{} = …`", key.text))
            }
        };
        self.refuse(diagnostic, entry.key.span)
    }

    // ------------------------------------------------------------------------------------------ list elements

    fn element(&mut self, entry: &Entry, label: &Label, operation: &Operation, target: &mut Object, ty: &'static Type) {
        let key = &entry.key;
        let keyed = match ty {
            Type::List { element, key: Some(by) } => fields_of(element).map(|fields| (fields, *by)),
            _ => None,
        };
        let Some((fields, by)) = keyed else {
            target.poisoned = true;
            return self.no_such_label(entry, label, ty);
        };
        let Some(label_value) = self.label_value(label, fields, by, &key.text) else {
            target.poisoned = true;
            return;
        };
        let takes_away = matches!(operation, Operation::Set(Expression { value: ast::Value::Null, .. }));
        if takes_away && target.get(&key.text).is_none() {
            return;
        }
        let mut list = match target.take(&key.text).map(|value| value.kind) {
            Some(Kind::List(list)) => list,
            Some(Kind::Poison) => return target.set(key.text.clone(), key.span, Value::poison(key.span)),
            _ => Arc::default(),
        };
        let items = Arc::make_mut(&mut list);
        match operation {
            Operation::Set(Expression { value: ast::Value::Null, .. }) => items.remove_keyed(by, &label.text),
            Operation::Set(Expression { value: ast::Value::Object(body), .. }) => {
                let object = self.new_element(body, fields, by, &label_value);
                items.put_keyed(by, &label.text, object);
            }
            Operation::Merge(body) => self.merge_element(items, body, fields, by, &label_value, &label.text),
            Operation::Set(expression) | Operation::Append(expression) => {
                self.bad_element(entry, label, expression);
                target.poisoned = true;
            }
            Operation::Missing => target.poisoned = true,
        }
        target.set(key.text.clone(), key.span, Value { span: key.span, kind: Kind::List(list) });
    }

    /// The value that the label gives to the field that it is the label of.
    fn label_value(&mut self, label: &Label, fields: Fields, by: &str, what: &str) -> Option<Value> {
        let Fields::Known(object) = fields else { return None };
        let ty = &object.field(by)?.ty;
        // A string stands wherever a name does, so it may also stand for a number.
        let number = label.number || (matches!(ty, Type::Int { .. }) && label.text.parse::<i64>().is_ok());
        let value = if number { number_label(label) } else { ast::Value::String(label.text.clone()) };
        let expression = Expression { span: label.span, value };
        match literal::value(&expression, ty, &format!("the label of `{what}`")) {
            Ok(value) => Some(value),
            Err(diagnostic) => {
                let help = format!("elements of `{what}` are told apart by their `{by}`, which the label gives");
                self.diagnostics.push(diagnostic.help(help));
                None
            }
        }
    }

    fn merge_element(
        &mut self,
        items: &mut List,
        body: &Body,
        fields: Fields,
        by: &'static str,
        label: &Value,
        text: &EcoString,
    ) {
        let Some(place) = items.keyed(by, text) else {
            let object = self.new_element(body, fields, by, label);
            return items.push_keyed(text.clone(), object);
        };
        let span = label.span;
        let Kind::Object(base) = std::mem::replace(&mut place.kind, Kind::Poison) else { return };
        let object = self.apply_fields(body, base, fields);
        let object = self.check_label(object, by, label);
        *place = Value { span, kind: Kind::Object(object) };
    }

    fn new_element(&mut self, body: &Body, fields: Fields, by: &'static str, label: &Value) -> Value {
        let span = label.span;
        let mut object = Object::default();
        object.set(by.into(), span, label.clone());
        let object = self.apply_fields(body, Arc::new(object), fields);
        let object = self.check_label(object, by, label);
        Value { span, kind: Kind::Object(object) }
    }

    /// Holds the key of an element to its label; the label is what counts after that.
    fn check_label(&mut self, mut object: Arc<Object>, by: &'static str, label: &Value) -> Arc<Object> {
        let Some(written) = object.get(by).filter(|written| written.kind != label.kind) else { return object };
        if !written.is_poison() {
            let message = format!("this `{by}` contradicts the element's label");
            let diagnostic = Diagnostic::new(code::LABEL_CONFLICT, written.span, message)
                .label(label.span, format!("the label is the element's `{by}`"))
                .help(format!("the label is the element's `{by}`; leave one of the two out, or make them the same"));
            self.diagnostics.push(diagnostic);
        }
        Arc::make_mut(&mut object).set(by.into(), label.span, label.clone());
        object
    }

    fn no_such_label(&mut self, entry: &Entry, label: &Label, ty: &'static Type) {
        let key = &entry.key;
        let message = format!("`{}` has no elements with labels", key.text);
        let mut diagnostic = Diagnostic::new(code::NO_SUCH_LABEL, label.span, message);
        diagnostic = match ty {
            Type::List { .. } | Type::OneOrMany(_) => diagnostic
                .note("Kubernetes merges this list as a whole")
                .help(format!("set it with `{0} = [ … ]`, or append with `{0} += [ … ]`", key.text)),
            Type::Map(_) => diagnostic.help(format!("write `{} {{ {} = … }}`", key.text, label.text)),
            _ => diagnostic.help(format!("write `{} {{ … }}`", key.text)),
        };
        self.diagnostics.push(diagnostic);
    }

    fn bad_element(&mut self, entry: &Entry, label: &Label, expression: &Expression) {
        if expression.value == ast::Value::Missing {
            return;
        }
        let name = format!("{} {}", entry.key.text, label.text);
        let message = format!("an element of `{}` is a block, an object or `null`", entry.key.text);
        let diagnostic = Diagnostic::new(code::WRONG_TYPE, expression.span, message);
        self.diagnostics.push(diagnostic.help(format!("write `{name} {{ … }}`, or `{name} = null` to take it away")));
    }
}

/// A label of digits as the value that it gives; anything else that begins with a digit has a unit.
fn number_label(label: &Label) -> ast::Value {
    label.text.parse().map_or_else(|_| ast::Value::Unit(label.text.clone()), ast::Value::Int)
}

/// The type of the elements where a list may stand.
fn element_of(ty: &'static Type) -> Option<&'static Type> {
    match ty {
        Type::List { element, .. } | Type::OneOrMany(element) => Some(element),
        Type::OneOf(types) => types.iter().find_map(element_of),
        _ => None,
    }
}

/// The fields of the object where one may stand.
fn fields_of(ty: &'static Type) -> Option<Fields> {
    match ty {
        Type::Object(object) | Type::Shorthand(object, _) => Some(Fields::Known(object)),
        Type::PodTemplate => Some(Fields::Known(&language::TEMPLATE)),
        Type::Map(value) => Some(Fields::Any(value)),
        Type::OneOf(types) => types.iter().find_map(fields_of),
        Type::OneOrMany(element) => fields_of(element),
        _ => None,
    }
}

/// A value where one or many may stand, as the list of it.
fn wrapped(value: Value, ty: &Type) -> Value {
    if matches!(ty, Type::OneOrMany(_)) {
        return Value { span: value.span, kind: Kind::List(Arc::new(List::new(vec![value]))) };
    }
    value
}

fn within(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}

/// What messages call an object: the language's own by what they are, Kubernetes' by their type.
fn described(object: &schema::Object) -> String {
    if object.name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return format!("Kubernetes' {}", object.name);
    }
    let article = if object.name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    match object.name {
        "environment" | "task" | "template" | "override" | "secret" => format!("{article} {}", object.name),
        name => format!("`{name}`"),
    }
}

/// Where else a field of this name would be right: one level up or down in a pod, or another declaration.
fn other_owner(name: &str, object: &schema::Object) -> Option<&'static str> {
    let owners: &[(&schema::Object, &str)] = &[
        (&language::TEMPLATE, "a template"),
        (&language::ENVIRONMENT, "an environment"),
        (&language::TASK, "a task"),
        (&schema::kubernetes::POD_SPEC, "the pod spec"),
        (&schema::kubernetes::CONTAINER, "a container"),
    ];
    let other =
        |(owner, _): &&(&schema::Object, &'static str)| owner.name != object.name && owner.field(name).is_some();
    owners.iter().find(other).map(|(_, described)| *described)
}
