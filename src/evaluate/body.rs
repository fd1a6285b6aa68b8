//! One body over what it inherits.
//!
//! In: the statements of a body, the value beneath it, the object type that they are fields of, what names mean. Out: the value on
//! top. Always: `=` replaces, `+=` appends, a block merges, `null` takes away; each entry is typed by its field, and one that does
//! not fit is reported once and leaves poison; what is overruled is remembered. Recursion follows the nesting of the source, which
//! the parser bounds. Not here: elements of lists by their labels (`elements`), and values (`values`).

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::coerce::describe;
use super::templates::{Finished, Made};
use super::unknown::unknown_field;
use super::values::{element_of, fields_of};
use super::{Key, Layer};
use crate::diagnostics::{Diagnostic, code};
use crate::expression::Evaluator;
use crate::expression::branching::{Evaluates, Look};
use crate::expression::scope::Scope;
use crate::expression::walk::{Host, walk};
use crate::expression::weights;
use crate::modules::names::is_referable;
use crate::resolve::{Program, TemplateId};
use crate::schema::{self, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Body, Entry, Expression, Operation, Statement, StatementKind};
use crate::value::types;
use crate::value::{Kind, Object, Value};

/// Applies the bodies of one program over each other.
pub struct Layering<'p, 'a, 'e, 'c> {
    /// The program.
    pub program: &'p Program<'a>,
    /// What expressions are worth.
    pub expressions: &'e mut Evaluator<'a, 'c>,
    /// The templates without parameters that have been made.
    pub finished: FxHashMap<TemplateId, Finished>,
    /// The templates with parameters of which something was reported.
    pub faulty: FxHashSet<TemplateId>,
    /// What templates with parameters have made last.
    pub made: FxHashMap<TemplateId, Vec<Made>>,
    /// The types of parameters.
    pub types: FxHashMap<TemplateId, Arc<[types::Type]>>,
    /// The templates that something refers to.
    pub used_templates: FxHashSet<TemplateId>,
    /// Whether any value was overruled whatever the build is given.
    pub overruled: bool,
    /// Whether the body at work has been applied before to what it is applied to, by a base with other arguments.
    pub again: bool,
    /// The templates whose values have been counted, by their addresses: settings that are counted are kept.
    pub counted: FxHashSet<*const Object>,
    /// What the declaration sets that is being applied.
    own: Vec<Key>,
}

/// How large an object may be whose copies are not counted: as large as a task's settings are.
const COPIED_FREELY: usize = 32;

/// What an object's entries may be.
#[derive(Clone, Copy)]
pub enum Fields {
    /// The known fields of an object.
    Known(&'static schema::Object),
    /// Any name, each with a value of one type.
    Any(&'static Type),
}

impl<'p, 'a, 'e, 'c> Layering<'p, 'a, 'e, 'c> {
    /// For the declarations of a program.
    pub fn new(program: &'p Program<'a>, expressions: &'e mut Evaluator<'a, 'c>) -> Self {
        Self {
            program,
            expressions,
            finished: FxHashMap::default(),
            faulty: FxHashSet::default(),
            made: FxHashMap::default(),
            types: FxHashMap::default(),
            used_templates: FxHashSet::default(),
            overruled: false,
            again: false,
            counted: FxHashSet::default(),
            own: Vec::new(),
        }
    }

    /// The templates that are known by themselves, and those that something refers to.
    pub fn finish(mut self) -> (Vec<Option<Arc<Object>>>, FxHashSet<TemplateId>) {
        let ids = (0..self.program.templates.len()).map(TemplateId);
        let templates = ids.map(|id| self.finished.remove(&id).map(|finished| finished.fields)).collect();
        (templates, self.used_templates)
    }
}

impl<'a: 'c, 'c> Evaluates<'a, 'c> for Layering<'_, 'a, '_, 'c> {
    fn evaluator(&mut self) -> &mut Evaluator<'a, 'c> {
        self.expressions
    }
}

/// The entries of one body.
struct Entries<'l, 'p, 'a, 'e, 'c> {
    layering: &'l mut Layering<'p, 'a, 'e, 'c>,
    fields: Fields,
    /// Whether this is the body of a declaration.
    outermost: bool,
}

impl<'a: 'c, 'c> Evaluates<'a, 'c> for Entries<'_, '_, 'a, '_, 'c> {
    fn evaluator(&mut self) -> &mut Evaluator<'a, 'c> {
        self.layering.expressions
    }
}

impl<'a: 'c, 'c, 'h> Host<'a, 'c, 'h> for Entries<'_, '_, 'a, '_, 'c> {
    type Target = Object;
    const LOOK: Look = Look::Settings;

    fn wants(&self, body: &Body) -> bool {
        !self.outermost || sets(body)
    }

    fn statement(&mut self, statement: &'h Statement, body: Span, target: &mut Object, scope: &Scope) {
        match &statement.kind {
            StatementKind::Entry(entry) => {
                self.layering.entry(entry, body, target, self.fields, scope, self.outermost);
            }
            StatementKind::Skipped(_) => target.poisoned = true,
            _ => {}
        }
    }

    fn poison(&mut self, target: &mut Object) {
        target.poisoned = true;
    }
}

/// Whether a body sets anything. Recursion follows the nesting of the source.
fn sets(body: &Body) -> bool {
    body.statements.iter().any(|statement| match &statement.kind {
        StatementKind::If(branches) => branches.bodies().any(sets),
        StatementKind::For(each) => sets(&each.body),
        StatementKind::Entry(_) | StatementKind::Skipped(_) => true,
        _ => false,
    })
}

impl Layering<'_, '_, '_, '_> {
    /// The object `base` with the entries of a declaration's body on top, and what these set.
    pub fn layer(&mut self, body: &Body, base: Arc<Object>, object: &'static schema::Object, scope: &Scope) -> Layer {
        self.own.clear();
        let values = self.apply_fields(body, base, Fields::Known(object), scope, true);
        // What is kept of it has no room for more.
        Layer { values, own: self.own.drain(..).collect() }
    }

    /// The object `base` with the entries of `body` on top.
    pub fn apply(
        &mut self,
        body: &Body,
        base: Arc<Object>,
        object: &'static schema::Object,
        scope: &Scope,
    ) -> Arc<Object> {
        self.apply_fields(body, base, Fields::Known(object), scope, false)
    }

    /// The same, for whatever entries there may be.
    pub fn apply_fields(
        &mut self,
        body: &Body,
        mut base: Arc<Object>,
        fields: Fields,
        scope: &Scope,
        outermost: bool,
    ) -> Arc<Object> {
        if body.statements.is_empty() {
            return base;
        }
        // Only a value that something else shares is copied here, and what is copied counts.
        let copied = if Arc::get_mut(&mut base).is_none() { base.len() } else { 0 };
        let bytes = weights::OBJECT + copied * weights::COPY;
        if !self.expressions.keeps(bytes, body.span)
            || copied > COPIED_FREELY && !self.expressions.copies(copied, body.span)
        {
            Arc::make_mut(&mut base).poisoned = true;
            return base;
        }
        walk(&mut Entries { layering: self, fields, outermost }, body, Arc::make_mut(&mut base), scope);
        base
    }

    fn entry(
        &mut self,
        entry: &Entry,
        body: Span,
        target: &mut Object,
        fields: Fields,
        scope: &Scope,
        outermost: bool,
    ) {
        let place = entry.key.span;
        let counts = self.expressions.budget.is_counting();
        if counts && !self.expressions.spend(1, place) || !self.expressions.keeps(weights::ENTRY, place) {
            target.poisoned = true;
            return;
        }
        let Some(name) = self.expressions.name(&entry.key, scope) else {
            target.poisoned = true;
            return self.unnamed(entry, fields, scope);
        };
        if entry.operation == Operation::Missing {
            target.poisoned = true;
            return target.set(name, place, Value::poison(entry.span));
        }
        let ty = match fields {
            Fields::Any(ty) => ty,
            Fields::Known(object) => {
                if let Some(field) = object.field(&name) {
                    &field.ty
                } else {
                    target.poisoned = true;
                    let mut diagnostic =
                        unknown_field(object, &name, place, Some(entry), self.expressions.diagnostics.are_few());
                    // What was probably meant has a value that nobody knows.
                    let meant =
                        diagnostic.fixes.first().and_then(|fix| fix.edits.first()).map(|edit| edit.text.as_str());
                    if let Some(field) = meant.and_then(|meant| object.field(meant)) {
                        target.set(field.name.into(), place, Value::poison(entry.span));
                        diagnostic = self.renamed_block(diagnostic, entry, field.name, &field.ty);
                    }
                    return self.expressions.diagnostics.push(diagnostic);
                }
            }
        };
        let placed = Placed { entry, name: &name, ty, scope, body };
        let given = match (&entry.label, &entry.operation) {
            (_, Operation::Missing) => false,
            (Some(label), operation) => {
                self.element(&placed, label, operation, target);
                true
            }
            (None, Operation::Set(expression)) => self.set(&placed, expression, target),
            (None, Operation::Append(expression)) => {
                self.append(&placed, expression, target);
                true
            }
            (None, Operation::Merge(block)) => {
                self.merge(&placed, block, target);
                true
            }
        };
        if outermost && given && !self.expressions.forgetful {
            self.own.push(Key { text: name, span: place });
        }
    }

    /// What stands in an entry whose name is not known is still looked at, as far as its type is known.
    fn unnamed(&mut self, entry: &Entry, fields: Fields, scope: &Scope) {
        match (&entry.operation, fields) {
            (Operation::Set(expression) | Operation::Append(expression), Fields::Any(ty)) => {
                self.value(expression, ty, "a key with `${…}`", scope);
            }
            (Operation::Set(expression) | Operation::Append(expression), Fields::Known(_)) => {
                self.expressions.value(expression, scope);
            }
            (Operation::Merge(block), Fields::Any(ty)) if let Some(fields) = fields_of(ty) => {
                self.apply_fields(block, Arc::default(), fields, scope, false);
            }
            _ => {}
        }
    }

    // ------------------------------------------------------------------------------------------------------ =

    /// Sets a key, and tells whether it has a value then.
    fn set(&mut self, placed: &Placed<'_>, expression: &Expression, target: &mut Object) -> bool {
        let (name, key) = (placed.name, placed.entry.key.span);
        let earlier = target.entry(name).map(|entry| entry.key).filter(|key| placed.body.contains(*key));
        if let Some(earlier) = earlier.filter(|earlier| !self.again && !self.is_misspelt(name, *earlier)) {
            self.expressions.set_twice(name, key, earlier);
        }
        let value = self.value(expression, placed.ty, &self.called(placed), placed.scope);
        if value.kind == Kind::Null {
            if self.may_search(target.len(), key) {
                target.remove(name, key);
            } else {
                target.poisoned = true;
            }
            return false;
        }
        // What it overrules is kept.
        if target.entry(name).is_some() && !self.expressions.keeps(2 * weights::STEP, key) {
            target.poisoned = true;
            return false;
        }
        let conditional = self.expressions.conditions > 0;
        self.overruled |= target.overrule(name.clone(), key, value, conditional) && !conditional;
        true
    }

    /// Whether something may be taken out of the midst of so many, which costs time for each of those behind it.
    pub fn may_search(&mut self, among: usize, place: Span) -> bool {
        /// How many of them cost what one step does.
        const A_STEP: usize = 64;
        among < A_STEP || self.expressions.spend(among / A_STEP, place)
    }

    /// What messages call a key: one that is put together as it is written, so that rounds of a loop say the same.
    fn called(&self, placed: &Placed<'_>) -> EcoString {
        let key = &placed.entry.key;
        match key.parts {
            Some(_) => self.expressions.sources.text(key.span).trim_matches('"').into(),
            None => placed.name.clone(),
        }
    }

    /// Whether a key that stands for a name is another plain word: it was reported, and this name was offered.
    fn is_misspelt(&self, name: &EcoString, key: Span) -> bool {
        let written = self.expressions.sources.text(key);
        written != name.as_str() && is_referable(written)
    }

    // ----------------------------------------------------------------------------------------------------- +=

    fn append(&mut self, placed: &Placed<'_>, expression: &Expression, target: &mut Object) {
        let (name, key, ty) = (placed.name, placed.entry.key.span, placed.ty);
        if element_of(ty).is_none() {
            target.set(name.clone(), key, Value::poison(placed.entry.span));
            let message = format!("`+=` appends to a list, and `{name}` takes {}", describe(ty));
            let mut diagnostic = Diagnostic::new(code::NOT_A_LIST, expression.span, message);
            if fields_of(ty).is_some() {
                diagnostic = diagnostic.help(format!("merge with a block: `{name} {{ … }}`"));
                if matches!(expression.value, ast::Value::Object(_)) {
                    let operator = key.at_end().to(expression.span.at_start());
                    diagnostic = diagnostic.unsafe_fix("merge with a block", operator, " ");
                }
            } else if matches!(ty, Type::String) {
                diagnostic = diagnostic.help("a text is put together by what stands in it: `\"${…}-suffix\"`");
            }
            return self.expressions.diagnostics.push(diagnostic);
        }
        let added = self.value(expression, ty, name, placed.scope);
        let span = added.span;
        let value = match (target.take(name), added.kind) {
            // To append nothing changes nothing.
            (Some(base), Kind::Null) => base,
            (None, Kind::Null) => return,
            (Some(Value { kind: Kind::List(mut list), trail, .. }), Kind::List(more)) => {
                // A list that something else shares is copied.
                let copied = if Arc::get_mut(&mut list).is_none() { list.items().len() } else { 0 };
                let added = more.items().len() + copied;
                if !self.expressions.spend(added, key) || !self.expressions.keeps(added * weights::ELEMENT, key) {
                    return target.set(name.clone(), key, Value::poison(span));
                }
                Arc::make_mut(&mut list).extend(more.items().iter().cloned());
                Value { span, kind: Kind::List(list), trail }
            }
            (Some(Value { kind: Kind::Poison, .. }), _) => Value::poison(span),
            (_, kind) => Value { span, kind, trail: added.trail },
        };
        target.set(name.clone(), key, value);
    }

    // ------------------------------------------------------------------------------------------------- blocks

    fn merge(&mut self, placed: &Placed<'_>, block: &Body, target: &mut Object) {
        let (name, key, ty) = (placed.name, placed.entry.key.span, placed.ty);
        let inherited = target.take(name);
        let value = if let Some(fields) = fields_of(ty).filter(|_| !matches!(ty, Type::OneOrMany(_))) {
            self.merge_object(placed, block, inherited, fields)
        } else {
            let diagnostic = self.listed_block(not_mergeable(placed, block), placed.entry, block, ty);
            self.expressions.refuse(diagnostic, key)
        };
        target.set(name.clone(), key, value);
    }

    fn merge_object(&mut self, placed: &Placed<'_>, block: &Body, inherited: Option<Value>, fields: Fields) -> Value {
        let span = placed.entry.key.span;
        let trail = inherited.as_ref().and_then(|value| value.trail.clone());
        let base = match inherited {
            Some(Value { kind: Kind::Object(object), .. }) => object,
            Some(Value { kind: Kind::Poison, .. }) => {
                // What stands in the block is still looked at.
                self.apply_fields(block, Arc::default(), fields, placed.scope, false);
                return Value::poison(span);
            }
            // As in the SDK, an empty name is no name.
            Some(Value { kind: Kind::String(name), span: place, .. })
                if matches!(placed.ty, Type::PodTemplate) && !name.is_empty() =>
            {
                self.apply_fields(block, Arc::default(), fields, placed.scope, false);
                let diagnostic = into_named(span, &name, place);
                return self.expressions.refuse(diagnostic, span);
            }
            _ => Arc::default(),
        };
        let object = self.apply_fields(block, base, fields, placed.scope, false);
        Value { span, kind: Kind::Object(object), trail }
    }
}

/// An entry whose key is known, and where it stands.
pub struct Placed<'b> {
    /// The entry.
    pub entry: &'b Entry,
    /// What its key says.
    pub name: &'b EcoString,
    /// What its key takes.
    pub ty: &'static Type,
    /// What names mean there.
    pub scope: &'b Scope,
    /// The block that it stands in.
    pub body: Span,
}

fn into_named(key: Span, name: &str, place: Span) -> Diagnostic {
    let message = format!("a block cannot merge into the cluster's pod template `{name}`");
    Diagnostic::new(code::MERGE_INTO_NAMED, key, message)
        .label(place, "inherited from here")
        .note("only the cluster knows what that template holds, and Flyte's SDK takes a name or a template, not both")
        .help("set a template of this program with `pod_template = NAME`, or an object with `pod_template = { … }`")
}

fn not_mergeable(placed: &Placed<'_>, block: &Body) -> Diagnostic {
    let (name, key) = (placed.name, placed.entry.key.span);
    match placed.ty {
        Type::List { element, key: Some(label) } => {
            let message = format!("a block for an element of `{name}` needs the element's `{label}`");
            let example = if matches!(element, Type::Object(_)) { "{ … }" } else { "= …" };
            Diagnostic::new(code::NOT_MERGEABLE, key, message)
                .help(format!("write `{name} {} {example}`", label.to_uppercase()))
        }
        Type::List { .. } | Type::OneOrMany(_) => {
            let message = format!("`{name}` is a list, which a block cannot merge into");
            Diagnostic::new(code::NOT_MERGEABLE, key, message)
                .help(format!("set it with `{name} = [ … ]`, or append with `{name} += [ … ]`"))
        }
        _ => {
            let message = format!("`{name}` takes {}, not a block", describe(placed.ty));
            Diagnostic::new(code::WRONG_TYPE, block.span, message).help(format!("set it with `{name} = …`"))
        }
    }
}
