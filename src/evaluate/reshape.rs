//! The same in another shape: a map where a list of elements is wanted, a list where a map is, one where several are.
//!
//! In: an expression as it is written, and the type that is expected. Out: the text that says the same in the shape of its type. Always:
//! the text is made of what is written, so names and interpolations stay what they are; what cannot be said so is not guessed. Not here:
//! scalars in another form (`mismatch`).

use super::body::Layering;
use super::coerce::Scalar;
use super::mismatch::quote;
use super::unknown::label_text;
use crate::diagnostics::{Diagnostic, Edit, Fix};
use crate::modules::names::is_referable;
use crate::schema::{Object, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Body, Entry, Expression, Operation, StatementKind};
use crate::value::{self, Kind};

/// The elements of a list that are objects.
#[derive(Clone, Copy)]
struct Elements {
    object: &'static Object,
    key: Option<&'static str>,
}

impl Elements {
    fn of(ty: &'static Type) -> Option<Self> {
        match ty {
            Type::List { element: Type::Object(object), key } => Some(Self { object, key: *key }),
            _ => None,
        }
    }

    /// The field that a bare value beside the key of an element gives.
    fn main(self) -> Option<&'static str> {
        let key = self.key?;
        let has = |name: &str| name != key && self.object.field(name).is_some();
        if has("value") {
            return Some("value");
        }
        let mut required = self.object.fields.iter().filter(|field| field.required && field.name != key);
        match (required.next(), required.next()) {
            (Some(field), None) => Some(field.name),
            (None, _) if has("name") => Some("name"),
            _ => None,
        }
    }

    /// Whether the key of an element is a number.
    fn is_numbered(self) -> bool {
        let key = self.key.and_then(|key| self.object.field(key));
        key.is_some_and(|key| matches!(key.ty, Type::Int { .. }))
    }
}

impl Layering<'_, '_, '_, '_> {
    /// What is said of an expression that has the wrong shape but says all that is needed; nothing where it has the right one, or
    /// says something else.
    pub fn misshapen(&self, expression: &Expression, ty: &'static Type, what: &str) -> Option<Diagnostic> {
        let text = self.reshaped(expression, ty)?;
        Some(said(expression, ty, what, text))
    }

    /// The same for an element of a list.
    pub fn misshapen_element(&self, expression: &Expression, list: &'static Type, what: &str) -> Option<Diagnostic> {
        let Type::List { element, .. } = list else { return None };
        let text = element_of_text(Elements::of(list)?, expression, self.text(expression.span))?;
        Some(said(expression, element, what, text))
    }

    fn text(&self, span: Span) -> &str {
        self.expressions.sources.text(span)
    }

    fn reshaped(&self, expression: &Expression, ty: &'static Type) -> Option<String> {
        match (&expression.value, ty) {
            (ast::Value::Object(body), Type::List { .. }) => self.list_of(body, expression.span, Elements::of(ty)?),
            (ast::Value::String(_) | ast::Value::Int(_), Type::List { .. })
                if let Some(elements) = Elements::of(ty) =>
            {
                let element = element_of_text(elements, expression, self.text(expression.span))?;
                Some(format!("[{element}]"))
            }
            (ast::Value::String(_), Type::List { element: Type::Environment, .. }) => {
                Some(format!("[{}]", self.text(expression.span)))
            }
            (ast::Value::List(list), Type::Map(_)) => {
                let entries: Option<Vec<String>> = list.items.iter().map(|item| self.pair(&item.value)).collect();
                let entries = entries.filter(|entries| !entries.is_empty())?;
                Some(format!("{{ {} }}", entries.join(", ")))
            }
            (ast::Value::String(_), Type::Map(Type::String)) => Some(format!("{{ {} }}", self.pair(expression)?)),
            (ast::Value::List(list), Type::String) => match list.items.as_slice() {
                [only] if matches!(only.value.value, ast::Value::String(_) | ast::Value::Text(_)) => {
                    Some(self.text(only.value.span).to_owned())
                }
                _ => None,
            },
            (ast::Value::String(_), Type::Object(object)) => {
                Some(format!("{{ {} = {} }}", only_text(object)?, self.text(expression.span)))
            }
            (ast::Value::Object(body), Type::Range(_)) => self.range_of(body),
            (ast::Value::List(list), Type::Range(_)) => match list.items.as_slice() {
                [from, to] => Some(format!("{}..{}", self.text(from.value.span), self.text(to.value.span))),
                _ => None,
            },
            (_, Type::OneOf(types)) if matches!(expression.value, ast::Value::List(_)) => {
                types.iter().find_map(|ty| self.reshaped(expression, ty))
            }
            _ => None,
        }
    }

    /// A block as a list: of the one element that it is, or of an element for each of its names.
    fn list_of(&self, body: &Body, span: Span, elements: Elements) -> Option<String> {
        let entries = plain(body)?;
        if entries.iter().all(|entry| elements.object.field(&entry.key.text).is_some()) {
            return Some(format!("[{}]", self.text(span)));
        }
        let items: Option<Vec<String>> = entries.iter().map(|entry| self.element_of_entry(entry, elements)).collect();
        let items = items?;
        if items.len() == 1 {
            Some(format!("[{}]", items.concat()))
        } else {
            Some(format!("[\n{}\n]", items.join(",\n")))
        }
    }

    /// `A = "1"` as `{ name = "A", value = "1" }`.
    fn element_of_entry(&self, entry: &Entry, elements: Elements) -> Option<String> {
        let key = elements.key?;
        if let Some(body) = block_of(entry) {
            let inner = self.inner(body);
            let end = if inner.is_empty() { String::new() } else { format!(", {inner}") };
            return Some(format!("{{ {key} = {}{end} }}", self.key_literal(entry, elements)?));
        }
        match &entry.operation {
            Operation::Set(value) if elements.is_numbered() && entry.key.text.parse::<i64>().is_err() => {
                matches!(value.value, ast::Value::Int(_)).then_some(())?;
                let name = quote(&entry.key.text);
                Some(format!("{{ {key} = {}, name = {name} }}", self.text(value.span)))
            }
            Operation::Set(value) => {
                let (main, text) = (elements.main()?, self.as_text(value)?);
                Some(format!("{{ {key} = {}, {main} = {text} }}", self.key_literal(entry, elements)?))
            }
            _ => None,
        }
    }

    fn key_literal(&self, entry: &Entry, elements: Elements) -> Option<String> {
        if elements.is_numbered() {
            return entry.key.text.parse::<i64>().ok().map(|number| number.to_string());
        }
        let written = self.text(entry.key.span);
        Some(if written.starts_with('"') { written.to_owned() } else { quote(&entry.key.text) })
    }

    /// What stands between the braces.
    fn inner(&self, body: &Body) -> &str {
        let text = self.text(body.span);
        text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or_default().trim()
    }

    /// A value as it is written where a text is wanted: scalars that are none get quotes.
    fn as_text(&self, value: &Expression) -> Option<String> {
        let written = self.text(value.span);
        match value.value {
            ast::Value::Int(_) | ast::Value::Float(_) | ast::Value::Bool(_) | ast::Value::Unit(_) => {
                Some(format!("\"{written}\""))
            }
            ast::Value::List(_) | ast::Value::Object(_) | ast::Value::Null | ast::Value::Missing => None,
            _ => Some(written.to_owned()),
        }
    }

    /// `{ name = "A", value = "1" }`, or `"A=1"`, as `A = "1"`.
    fn pair(&self, item: &Expression) -> Option<String> {
        match &item.value {
            ast::Value::String(text) => {
                let (name, value) = text.split_once('=').or_else(|| text.split_once(": "))?;
                let (name, value) = (name.trim(), value.trim());
                (!name.is_empty()).then(|| format!("{} = {}", key_text(name), quote(value)))
            }
            ast::Value::Object(body) => match plain(body)?.as_slice() {
                [name, value] if ["name", "key"].contains(&name.key.text.as_str()) && value.key.text == "value" => {
                    let (Operation::Set(name), Operation::Set(value)) = (&name.operation, &value.operation) else {
                        return None;
                    };
                    let ast::Value::String(name) = &name.value else { return None };
                    Some(format!("{} = {}", key_text(name), self.as_text(value)?))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `{ request = a, limit = b }` as `a..b`.
    fn range_of(&self, body: &Body) -> Option<String> {
        let entries = plain(body)?;
        let end = |names: &[&str]| {
            let entry = entries.iter().find(|entry| names.contains(&entry.key.text.as_str()))?;
            if let Operation::Set(value) = &entry.operation { Some(self.text(value.span)) } else { None }
        };
        let (from, to) = (end(&["request", "requests", "min", "from"])?, end(&["limit", "limits", "max", "to"])?);
        (entries.len() == 2).then(|| format!("{from}..{to}"))
    }

    /// What helps where a block stands behind a list: its elements by their labels, or a list with the block in it.
    pub fn listed_block(&self, diagnostic: Diagnostic, entry: &Entry, block: &Body, ty: &'static Type) -> Diagnostic {
        let name = self.text(entry.key.span);
        if let (Type::Range(_), Some(range)) = (ty, self.range_of(block)) {
            let mut diagnostic = diagnostic;
            diagnostic.help = vec![format!("write `{name} = {range}`")];
            let span = entry.key.span.at_end().to(block.span);
            return with_fix(diagnostic, "write a range".into(), vec![Edit { span, text: format!(" = {range}") }]);
        }
        let is_element =
            super::values::element_of(ty).and_then(super::values::fields_of).is_some_and(|fields| match fields {
                super::body::Fields::Known(object) => {
                    entries(block).all(|entry| object.field(&entry.key.text).is_some())
                }
                super::body::Fields::Any(_) => false,
            });
        if is_element && matches!(ty, Type::OneOrMany(_) | Type::List { key: None, .. }) {
            let edits = vec![
                Edit { span: block.span.at_start(), text: "= [".into() },
                Edit { span: block.span.at_end(), text: "]".into() },
            ];
            return with_fix(diagnostic, "make it a list".into(), edits);
        }
        let elements = Elements::of(ty);
        let Some((elements, entries)) = elements.zip(plain(block)) else { return diagnostic };
        let known = |entry: &&&Entry| elements.object.field(&entry.key.text).is_some();
        if entries.is_empty() {
            return diagnostic;
        }
        if entries.iter().filter(known).count() == entries.len() {
            return self.labelled_by_its_key(diagnostic, entry, &entries, elements);
        }
        match self.labelled_lines(name, entry, &entries, elements) {
            Some((first, text)) => {
                let diagnostic = Diagnostic { help: vec![shown_entry(&first)], ..diagnostic };
                with_fix(diagnostic, "give each element its label".into(), vec![Edit { span: entry.span, text }])
            }
            None => diagnostic,
        }
    }

    /// The entries of a block as elements with labels: the first of them, and all.
    fn labelled_lines(
        &self,
        name: &str,
        entry: &Entry,
        entries: &[&Entry],
        elements: Elements,
    ) -> Option<(String, String)> {
        let lines: Option<Vec<String>> = entries.iter().map(|entry| self.labelled(name, entry, elements)).collect();
        let lines = lines?;
        let text = lines.join(&format!("\n{}", self.indentation(entry.key.span)));
        Some((lines.first()?.clone(), text))
    }

    /// A block under another name than that of the list which was meant: its entries as elements of the list, if they can be.
    pub fn renamed_block(&self, diagnostic: Diagnostic, entry: &Entry, name: &str, ty: &'static Type) -> Diagnostic {
        let block = block_of(entry).and_then(plain).filter(|entries| entry.label.is_none() && !entries.is_empty());
        let Some((elements, entries)) = Elements::of(ty).filter(|elements| elements.key.is_some()).zip(block) else {
            return diagnostic;
        };
        if entries.iter().any(|entry| elements.object.field(&entry.key.text).is_some()) {
            return diagnostic;
        }
        let Some((first, text)) = self.labelled_lines(name, entry, &entries, elements) else { return diagnostic };
        let mut diagnostic = diagnostic;
        diagnostic.help.push(shown_entry(&first));
        diagnostic.fixes.clear();
        with_fix(
            diagnostic,
            format!("write `{name}`, each element with its label"),
            vec![Edit { span: entry.span, text }],
        )
    }

    /// A block for one element, which says its key inside: that becomes its label.
    fn labelled_by_its_key(
        &self,
        mut diagnostic: Diagnostic,
        entry: &Entry,
        entries: &[&Entry],
        elements: Elements,
    ) -> Diagnostic {
        let by = entries.iter().find(|entry| Some(entry.key.text.as_str()) == elements.key);
        let Some(Operation::Set(value)) = by.map(|entry| &entry.operation) else { return diagnostic };
        let label = match &value.value {
            ast::Value::String(text) => key_text(text),
            ast::Value::Int(number) => number.to_string(),
            _ => return diagnostic,
        };
        diagnostic.help = vec![format!("write `{} {label} {{ … }}`", self.text(entry.key.span))];
        let edits = vec![Edit { span: entry.key.span.at_end(), text: format!(" {label}") }];
        with_fix(diagnostic, "make its key the label".into(), edits)
    }

    /// The blanks before a key that begins its line.
    fn indentation(&self, key: Span) -> &str {
        let before = self.expressions.sources.get(key.file).text.get(..key.range().start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        if line.trim().is_empty() { line } else { "" }
    }

    /// `A = "1"` as `env A { value = "1" }`.
    fn labelled(&self, name: &str, entry: &Entry, elements: Elements) -> Option<String> {
        let key = self.text(entry.key.span);
        if let Some(body) = block_of(entry) {
            return Some(format!("{name} {key} {}", self.text(body.span)));
        }
        match &entry.operation {
            Operation::Set(value) if !elements.is_numbered() => {
                Some(format!("{name} {key} {{ {} = {} }}", elements.main()?, self.as_text(value)?))
            }
            Operation::Set(value) if matches!(value.value, ast::Value::Int(_)) => {
                let label = quote(&entry.key.text);
                Some(format!("{name} {} {{ name = {label} }}", self.text(value.span)))
            }
            _ => None,
        }
    }

    /// An element whose label is in the way of the field `by`, which it is the value of: the two change places where the label was meant
    /// as the element's name, else the label becomes what the field says.
    pub fn relabelled(&self, mut diagnostic: Diagnostic, entry: &Entry, by: &str, ty: &'static Type) -> Diagnostic {
        let parts = entry.label.as_deref().zip(block_of(entry)).zip(Elements::of(ty));
        let Some(((label, body), elements)) = parts.filter(|((label, _), _)| label.name.parts.is_none()) else {
            return diagnostic;
        };
        let named = |name: &str| entries(body).find(|entry| entry.key.text == name);
        let Some(field) = named(by) else { return diagnostic };
        let Operation::Set(value) = &field.operation else { return diagnostic };
        if !matches!(value.value, ast::Value::String(_) | ast::Value::Int(_)) {
            return diagnostic;
        }
        let written = self.text(value.span).to_owned();
        let mut edits = vec![Edit { span: label.name.span, text: written.clone() }];
        let name = self.text(entry.key.span);
        let main = elements.main().filter(|main| !label.number && *main == "name" && named(main).is_none());
        if let Some(main) = main {
            let text = format!("{main} = {}", quote(&label.name.text));
            diagnostic.help = vec![format!("the label is the element's `{by}`: write `{name} {written} {{ {text} }}`")];
            edits.push(Edit { span: field.span, text });
        }
        with_fix(diagnostic, format!("make {written} the label").replace('"', "`"), edits)
    }

    /// An entry of a map that is written as if it were an element with a label.
    pub fn unlabelled_map(&self, mut diagnostic: Diagnostic, entry: &Entry, ty: &'static Type) -> Diagnostic {
        let Some(label) = entry.label.as_deref().filter(|_| matches!(ty, Type::Map(Type::String))) else {
            return diagnostic;
        };
        let value = match (&entry.operation, block_of(entry)) {
            (_, Some(body)) => match plain(body).as_deref() {
                Some([Entry { key, operation: Operation::Set(value), .. }]) if key.text == "value" => Some(value),
                _ => None,
            },
            (Operation::Set(value), None) => Some(value),
            _ => None,
        };
        let Some(text) = value.and_then(|value| self.as_text(value)) else { return diagnostic };
        let block = format!("{{ {} = {text} }}", self.text(label.name.span));
        diagnostic.help = vec![format!("write `{} {block}`", self.text(entry.key.span))];
        let span = label.name.span.to(entry.span.at_end());
        with_fix(diagnostic, "write it so".into(), vec![Edit { span, text: block }])
    }

    /// A value that an element is set to, as the block that it was meant to be.
    pub fn bare_element(
        &self,
        diagnostic: Diagnostic,
        entry: &Entry,
        value: &Expression,
        ty: &'static Type,
    ) -> Diagnostic {
        let Some(elements) = Elements::of(ty) else { return diagnostic };
        let Some((main, text)) = elements.main().zip(self.as_text(value)) else { return diagnostic };
        let Some(label) = entry.label.as_deref() else { return diagnostic };
        let block = format!("{{ {main} = {text} }}");
        let mut diagnostic = diagnostic;
        let name = self.text(entry.key.span);
        diagnostic.help = vec![format!("write `{name} {} {block}`", label_text(label))];
        // From behind the label to the end of the value.
        let span = label.name.span.at_end().to(value.span);
        with_fix(diagnostic, "write it so".into(), vec![Edit { span, text: format!(" {block}") }])
    }
}

/// What is said of an expression for which this text was meant.
fn said(expression: &Expression, ty: &'static Type, what: &str, text: String) -> Diagnostic {
    let kind = match &expression.value {
        ast::Value::Object(_) => Kind::Object(std::sync::Arc::default()),
        ast::Value::List(_) => Kind::List(std::sync::Arc::default()),
        ast::Value::Int(number) => Kind::Int(*number),
        _ => Kind::String(ecow::EcoString::new()),
    };
    let value = value::Value::new(expression.span, kind);
    let scalar = Scalar { value: &value, what, at: value.span, literal: false, data: false, yaml: false };
    let mut diagnostic = *scalar.mismatch(ty);
    if let Some(key) = Elements::of(ty).and_then(|elements| elements.key).filter(|_| !what.contains('`')) {
        let label = key.to_uppercase();
        let rule = format!(
            "Kubernetes has a list here, whose elements are told apart by their `{key}`: `{what} {label} {{ … }}` is one"
        );
        diagnostic.notes = vec![rule];
    }
    diagnostic.help = vec![shown(&text)];
    diagnostic.unsafe_fix("write it so", expression.span, text)
}

fn with_fix(mut diagnostic: Diagnostic, message: String, edits: Vec<Edit>) -> Diagnostic {
    diagnostic.fixes.push(Fix { message, safe: false, edits });
    diagnostic
}

/// The field that a text alone gives an object: the only one that it needs, or its name.
fn only_text(object: &'static Object) -> Option<&'static str> {
    let mut required = object.fields.iter().filter(|field| field.required);
    match (required.next(), required.next()) {
        (Some(field), None) if matches!(field.ty, Type::String) => Some(field.name),
        (None, _) => ["name", "secretName"].into_iter().find(|name| object.field(name).is_some()),
        _ => None,
    }
}

/// The block that an entry has, behind `=` or without.
fn block_of(entry: &Entry) -> Option<&Body> {
    match &entry.operation {
        Operation::Merge(body) => Some(body),
        Operation::Set(value) => {
            if let ast::Value::Object(body) = &value.value {
                Some(body)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The entries of a body that is nothing but entries without labels.
fn plain(body: &Body) -> Option<Vec<&Entry>> {
    let entry = |statement: &'_ ast::Statement| match &statement.kind {
        StatementKind::Entry(entry) if entry.label.is_none() && entry.key.parts.is_none() => Some(()),
        _ => None,
    };
    body.statements.iter().try_for_each(entry)?;
    Some(entries(body).collect())
}

/// The entries that stand right in a body.
fn entries(body: &Body) -> impl Iterator<Item = &Entry> {
    body.statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Entry(entry) => Some(entry),
        _ => None,
    })
}

/// A scalar as the element that it was meant to be: `"regcred"` as `{ name = "regcred" }`, `"A=1"` as `{ name = "A", value = "1" }`.
fn element_of_text(elements: Elements, expression: &Expression, written: &str) -> Option<String> {
    let key = elements.key?;
    let others = || elements.object.fields.iter().filter(|field| field.required && field.name != key);
    match &expression.value {
        ast::Value::Int(_) if elements.is_numbered() => {
            others().next().is_none().then(|| format!("{{ {key} = {written} }}"))
        }
        ast::Value::String(text) if elements.is_numbered() => {
            text.parse::<i64>().is_ok().then(|| format!("{{ {key} = {text} }}"))
        }
        ast::Value::String(text) if let Some(main) = elements.main().filter(|_| text.contains(['=', ':'])) => {
            let (first, second) = text.split_once('=').or_else(|| text.split_once(':'))?;
            // Docker writes the volume before the path.
            let (first, second) = if key == "mountPath" { (second, first) } else { (first, second) };
            Some(format!("{{ {key} = {}, {main} = {} }}", quote(first), quote(second)))
        }
        ast::Value::String(_) => others().next().is_none().then(|| format!("{{ {key} = {written} }}")),
        _ => None,
    }
}

/// A key as it is written.
fn key_text(name: &str) -> String {
    if is_referable(name) { name.to_owned() } else { quote(name) }
}

/// What to write, where that is short.
fn shown(text: &str) -> String {
    if text.contains('\n') { "write an element for each name".to_owned() } else { format!("write `{text}`") }
}

fn shown_entry(text: &str) -> String {
    match text.split_once('\n') {
        Some((first, _)) => format!("each element has its label: `{first} … }}`"),
        None => format!("each element has its label: write `{text}`"),
    }
}
