//! What a build is given: `--set NAME=VALUE`, `--params FILE`, and what its project says for all builds.
//!
//! In: where names and values stand in the sources. Out: the value of a parameter, of its type. Always: later ones win, and the
//! command line wins over files, and these over the project's values; a value that does not fit is reported where it stands. Not here: reading files.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Evaluator;
use super::annotation::{fitted, misfit};
use super::recast::near;
use crate::data::{self, Format, Key, Node};
use crate::diagnostics::suggest::{closest, did_you_mean};
use crate::diagnostics::{Diagnostic, code};
use crate::modules::names::Declaration;
use crate::schema::units;
use crate::source::{FileId, Span};
use crate::syntax::ast::Name;
use crate::value::trail::Step;
use crate::value::types::{Type, literal, said};
use crate::value::{Kind, List, Object, Value};

/// What the source is called that holds the arguments `--set`, each on a line of its own.
pub const COMMAND_LINE: &str = "command line";

/// What a build is given, in the order in which it was said.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The values that the project gives.
    pub defaults: Option<Defaults>,
    /// The files of parameters.
    pub files: Vec<(FileId, Format)>,
    /// The values that a test of the project gives: those of parameters that its program has.
    pub of_test: Vec<(Key, Node)>,
    /// The arguments `NAME=VALUE`: where each name and each value stands.
    pub arguments: Vec<(Span, Span)>,
}

/// The values that `flytec.toml` gives, over which all others win.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Where they stand.
    pub file: FileId,
    /// The name of each parameter, and its value.
    pub values: Vec<(Key, Node)>,
}

/// A value as it was given.
enum Form {
    /// In a file.
    Value(Value),
    /// In a test of the project, which is for one program.
    Test(Value),
    /// On the command line, where its type says how to read it.
    Text(Span),
}

/// The values that are given.
pub struct Given {
    values: FxHashMap<EcoString, (Span, Form)>,
    /// For each name the values that another one has taken the place of, from the first to the last.
    overruled: FxHashMap<EcoString, Vec<(Span, Form)>>,
    order: Vec<EcoString>,
    declared: FxHashSet<EcoString>,
    /// Whether a file could not be read, so that anything may have been given.
    unreadable: bool,
}

/// Reads what is given.
pub fn read(evaluator: &mut Evaluator<'_, '_>, inputs: &Inputs) -> Given {
    let mut given = Given {
        values: FxHashMap::default(),
        overruled: FxHashMap::default(),
        order: Vec::new(),
        declared: FxHashSet::default(),
        unreadable: false,
    };
    for (name, value) in inputs.defaults.iter().flat_map(|defaults| &defaults.values) {
        given.add(name.text.clone(), name.span, Form::Value(super::data::value(value)));
    }
    for (file, format) in &inputs.files {
        match data::read(*format, *file, &evaluator.sources.get(*file).text) {
            Ok(node) => given.add_all(evaluator, &super::data::value(&node)),
            Err(diagnostics) => {
                given.unreadable = true;
                evaluator.diagnostics.extend(diagnostics);
            }
        }
    }
    for (name, value) in &inputs.of_test {
        given.add(name.text.clone(), name.span, Form::Test(super::data::value(value)));
    }
    for (name, value) in &inputs.arguments {
        let text = evaluator.sources.text(*name).into();
        given.add(text, *name, Form::Text(*value));
    }
    given
}

impl Given {
    fn add_all(&mut self, evaluator: &mut Evaluator<'_, '_>, value: &Value) {
        match &value.kind {
            Kind::Object(object) => {
                for (name, entry) in object.iter() {
                    self.add(name.clone(), entry.key, Form::Value(entry.value.clone()));
                }
            }
            Kind::Null => {}
            _ => {
                self.unreadable = true;
                let message = "a file of parameters gives values by name";
                let diagnostic = Diagnostic::new(code::BAD_DATA, value.span.at_start(), message);
                evaluator.diagnostics.push(diagnostic.help("write an object: each parameter's name, and its value"));
            }
        }
    }

    fn add(&mut self, name: EcoString, place: Span, form: Form) {
        match self.values.insert(name.clone(), (place, form)) {
            None => self.order.push(name),
            Some(old) => self.overruled.entry(name).or_default().push(old),
        }
    }

    /// The value with those that it has taken the place of in its trail.
    fn over_others(&self, mut value: Value, name: &str, evaluator: &Evaluator<'_, '_>) -> Value {
        for (place, form) in self.overruled.get(name).into_iter().flatten() {
            let old = match form {
                Form::Value(old) | Form::Test(old) => old.clone(),
                Form::Text(span) => Value::new(*span, Kind::String(evaluator.sources.text(*span).into())),
            };
            let step = Step::replaced(*place, old, value.span, true);
            value.trail = Some(Step::after(step, value.trail.take()));
        }
        value
    }

    /// The value that is given for a parameter, if one is; poison where it is not of the type.
    pub(super) fn value(&mut self, evaluator: &mut Evaluator<'_, '_>, name: &Name, ty: &Type) -> Option<Value> {
        self.declared.insert(name.text.clone());
        let (_, form) = self.values.get(&name.text)?;
        let value = match form {
            Form::Value(value) | Form::Test(value) => {
                from_data(value.clone(), ty).ok_or_else(|| bad_in_file(evaluator, name, value, ty))
            }
            Form::Text(span) => from_text(evaluator, *span, ty).ok_or_else(|| {
                if let Some(value) = json(evaluator, *span).filter(|value| value.depth() > 0) {
                    return bad_in_file(evaluator, name, &value, ty);
                }
                let text = evaluator.sources.text(*span);
                let fault = bad(name, &format!(", not `{text}`"), *span, ty, Some(text));
                match ty {
                    Type::List(_) | Type::Map(_) | Type::Object => {
                        fault.note("lists and maps are given as JSON: `'[\"a\", \"b\"]'`, `'{\"a\": 1}'`")
                    }
                    _ => fault,
                }
            }),
        };
        let value = value.unwrap_or_else(|fault| {
            let span = fault.span().unwrap_or(name.span);
            evaluator.refuse(fault, span)
        });
        Some(self.over_others(value, &name.text, evaluator))
    }
}

/// What is said of a value in a file; where only a part of it is wrong, that part is shown.
fn bad_in_file(evaluator: &Evaluator<'_, '_>, name: &Name, value: &Value, ty: &Type) -> Diagnostic {
    let (part, wanted) = misfit(value, ty);
    let here = if std::ptr::eq(part, value) { ", " } else { " here, " };
    let text = part.as_str().map(EcoString::as_str);
    let fault = |found: &str| bad(name, &format!("{here}not {found}"), part.span, &wanted, text);
    match part.kind {
        Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) => {
            let written = evaluator.sources.text(part.span);
            let fault = fault(&format!("`{written}`"));
            if wanted.may(&|ty| *ty == Type::String) { fault.help(format!("write `\"{written}\"`")) } else { fault }
        }
        Kind::Null => fault("`null`").help("a parameter that may be `null` says so in its type: `… | null`"),
        _ => fault(&said(part)),
    }
}

fn bad(name: &Name, found: &str, place: Span, ty: &Type, text: Option<&str>) -> Diagnostic {
    let message = format!("parameter `{}` takes {}{found}", name.text, ty.described());
    let mut diagnostic =
        Diagnostic::new(code::BAD_PARAMETER, place, message).label(name.span, "the parameter is declared here");
    if let (Some(words), Some(text)) = (ty.words(), text) {
        diagnostic.help.extend(near(text, &words).map(|better| format!("did you mean `{better}`?")));
    }
    diagnostic
}

/// A value of a data file as one of a type: what has a unit is text there.
///
/// Recursion follows the nesting of the value, which is bounded.
fn from_data(value: Value, ty: &Type) -> Option<Value> {
    match (ty, &value.kind) {
        (Type::Duration, Kind::String(text)) => {
            units::duration(text)?;
            let kind = Kind::Unit(text.clone());
            Some(Value { kind, ..value })
        }
        (Type::List(element), Kind::List(list)) => {
            let items: Option<Vec<Value>> = list.items().iter().map(|item| from_data(item.clone(), element)).collect();
            Some(Value { kind: Kind::List(Arc::new(List::new(items?))), ..value })
        }
        (Type::Map(element), Kind::Object(object)) => {
            let mut typed = Object::default();
            for (name, entry) in object.iter() {
                typed.set(name.clone(), entry.key, from_data(entry.value.clone(), element)?);
            }
            Some(Value { kind: Kind::Object(Arc::new(typed)), ..value })
        }
        (Type::Union(types), _) => {
            fitted(value.clone(), ty).or_else(|| types.iter().find_map(|ty| from_data(value.clone(), ty)))
        }
        _ => fitted(value, ty),
    }
}

/// An argument of the command line as a value of a type.
fn from_text(evaluator: &Evaluator<'_, '_>, span: Span, ty: &Type) -> Option<Value> {
    let text = evaluator.sources.text(span);
    let kind = match ty {
        Type::Any => return Some(json(evaluator, span).unwrap_or_else(|| Value::new(span, Kind::String(text.into())))),
        Type::String => Kind::String(text.into()),
        Type::Null => (text == "null").then_some(Kind::Null)?,
        Type::Bool => Kind::Bool(text.parse().ok()?),
        Type::Int => Kind::Int(text.parse().ok()?),
        Type::Float => Kind::Float(text.parse().ok().filter(|number: &f64| number.is_finite())?),
        Type::Quantity | Type::Duration | Type::Unit => return fitted(Value::new(span, number(text, ty)?), ty),
        Type::Literal(only) => {
            let same = only.as_str().map_or_else(|| literal(only) == text, |word| word == text);
            same.then(|| only.kind.clone())?
        }
        Type::List(_) | Type::Map(_) | Type::Object => {
            return json(evaluator, span).and_then(|value| from_data(value, ty));
        }
        Type::Union(types) => {
            // A string takes any text, so it comes last.
            let (strings, others): (Vec<&Type>, Vec<&Type>) = types.iter().partition(|ty| **ty == Type::String);
            return others.into_iter().chain(strings).find_map(|ty| from_text(evaluator, span, ty));
        }
    };
    Some(Value::new(span, kind))
}

fn number(text: &str, ty: &Type) -> Option<Kind> {
    if let Ok(number) = text.parse() {
        return Some(Kind::Int(number));
    }
    let readable = match ty {
        Type::Duration => units::duration(text).is_some(),
        _ => units::quantity(text).is_some(),
    };
    readable.then(|| Kind::Unit(text.into()))
}

/// An argument as JSON, with places in the argument.
fn json(evaluator: &Evaluator<'_, '_>, span: Span) -> Option<Value> {
    let source = &evaluator.sources.get(span.file).text;
    let padded = " ".repeat(span.start as usize) + source.get(span.range())?;
    data::read(Format::Json, span.file, &padded).ok().map(|node| super::data::value(&node))
}

/// Reports values for parameters that no file declares, and tells which parameters they may have been meant for; none where that
/// cannot be told, because a file could not be read.
pub fn report_unknown(evaluator: &mut Evaluator<'_, '_>, given: &Given) -> Option<FxHashSet<EcoString>> {
    /// How many are told of; each costs a comparison with every parameter.
    const MOST: usize = 500;
    let params =
        evaluator.names.constants.iter().filter(|constant| matches!(constant.declaration, Declaration::Param(_)));
    let known: Vec<&str> = params.map(|constant| constant.name.text.as_str()).collect();
    let mut unknown = Vec::new();
    let mut meant = FxHashSet::default();
    // Those that are made of themselves are declared all the same.
    let all: FxHashSet<&str> = known.iter().copied().collect();
    let declared = |name: &EcoString| given.declared.contains(name) || all.contains(name.as_str());
    for name in given.order.iter().filter(|name| !declared(name)).take(MOST) {
        let Some((place, form)) = given.values.get(name) else { continue };
        meant.extend(closest(name, known.iter().copied()).map(EcoString::from));
        let constant = evaluator.names.constants.iter().find(|constant| constant.name.text == *name);
        unknown.push(match constant {
            Some(constant) => not_a_parameter(name, *place, constant.name.span),
            None => no_such_parameter(name, *place, form, &known),
        });
    }
    evaluator.diagnostics.extend(unknown);
    (!given.unreadable).then_some(meant)
}

fn not_a_parameter(name: &str, place: Span, constant: Span) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_PARAMETER, place, format!("no file declares a parameter `{name}`"))
        .label(constant, "this is a constant")
        .help(format!("declare it with `param`, so that a build can be given another value: `param {name}: … = …`"))
}

fn no_such_parameter(name: &str, place: Span, form: &Form, known: &[&str]) -> Diagnostic {
    let message = format!("no file declares a parameter `{name}`");
    if let Some(better) = did_you_mean(name, known.iter().copied()) {
        return Diagnostic::new(code::UNKNOWN_PARAMETER, place, message).help(better);
    }
    let mut names: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    names.sort();
    names.dedup();
    let names = match names.as_slice() {
        [] => "these files declare none".to_owned(),
        names => format!("the parameters are {}", names.join(", ")),
    };
    match form {
        Form::Text(_) | Form::Test(_) => Diagnostic::new(code::UNKNOWN_PARAMETER, place, message).note(names),
        // A file for a whole project serves a part of it too.
        Form::Value(_) if name == "true" || name == "false" => Diagnostic::new(code::IDLE_VALUE, place, message)
            .note("YAML reads `y`, `yes`, `on`, `n`, `no` and `off` as `true` and `false`")
            .help("put the name between quotes"),
        Form::Value(_) => Diagnostic::new(code::IDLE_VALUE, place, message).note(names),
    }
}
