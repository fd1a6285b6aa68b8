//! The built-in functions, all of them pure but for the files beside the source that three of them read.
//!
//! Source of what they do: the design of the language; `docs/expressions.md` has them as users read of them.

mod collections;
mod texts;

use std::sync::Arc;

use ecow::EcoString;

use self::collections::{contains, keys, length, merge, range, values};
use self::texts::{file, join, replace, split};
use super::scope::Scope;
use super::{Evaluator, budget, weights, written_at};
use crate::data::Format;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::modules;
use crate::modules::names::Meaning;
use crate::source::Span;
use crate::syntax::ast::{self, Argument, Call};
use crate::value::types::{Type, called};
use crate::value::{Kind, Value};

/// A built-in function.
struct Function {
    name: &'static str,
    /// What its parameters are called, for messages.
    parameters: &'static [&'static str],
    /// How many of them have to be given; any number may be given where the last one ends in `…`.
    required: usize,
    /// What it gives, where its arguments are not known.
    result: fn() -> Type,
    /// What each parameter may be.
    takes: fn(usize, &Type) -> bool,
    /// What messages say that a parameter takes.
    wanted: fn(usize) -> &'static str,
    apply: fn(&mut Evaluator<'_, '_>, &[Value], &Given<'_>) -> Value,
}

/// Where a call and its arguments stand.
struct Given<'s> {
    span: Span,
    places: Vec<Span>,
    scope: &'s Scope,
}

impl Given<'_> {
    fn place(&self, at: usize) -> Span {
        self.places.get(at).copied().unwrap_or(self.span)
    }
}

const FUNCTIONS: &[Function] = &[
    Function {
        name: "contains",
        parameters: &["in", "what"],
        required: 2,
        result: || Type::Bool,
        takes: |at, ty| at == 1 || is_string(ty) || is_list(ty) || is_object(ty),
        wanted: |_| "a string, a list or a map",
        apply: contains,
    },
    Function {
        name: "file",
        parameters: &["path"],
        required: 1,
        result: || Type::String,
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: file,
    },
    Function {
        name: "join",
        parameters: &["list", "separator"],
        required: 2,
        result: || Type::String,
        takes: |at, ty| if at == 0 { is_list(ty) } else { is_string(ty) },
        wanted: |at| if at == 0 { "a list of strings" } else { "a string" },
        apply: join,
    },
    Function {
        name: "json",
        parameters: &["path"],
        required: 1,
        result: || Type::Any,
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: |this, values, given| this.data(values, given, Format::Json),
    },
    Function {
        name: "keys",
        parameters: &["map"],
        required: 1,
        result: || Type::List(Arc::new(Type::String)),
        takes: |_, ty| is_object(ty),
        wanted: |_| "a map",
        apply: keys,
    },
    Function {
        name: "length",
        parameters: &["of"],
        required: 1,
        result: || Type::Int,
        takes: |_, ty| is_string(ty) || is_list(ty) || is_object(ty),
        wanted: |_| "a string, a list or a map",
        apply: length,
    },
    Function {
        name: "lower",
        parameters: &["text"],
        required: 1,
        result: || Type::String,
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: |this, values, given| this.texted(first(values).to_lowercase(), given),
    },
    Function {
        name: "merge",
        parameters: &["map", "more…"],
        required: 1,
        result: || Type::Object,
        takes: |_, ty| is_object(ty),
        wanted: |_| "a map",
        apply: merge,
    },
    Function {
        name: "range",
        parameters: &["from", "to"],
        required: 1,
        result: || Type::List(Arc::new(Type::Int)),
        takes: |_, ty| *ty == Type::Int,
        wanted: |_| "a whole number",
        apply: range,
    },
    Function {
        name: "replace",
        parameters: &["text", "what", "by"],
        required: 3,
        result: || Type::String,
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: replace,
    },
    Function {
        name: "split",
        parameters: &["text", "separator"],
        required: 2,
        result: || Type::List(Arc::new(Type::String)),
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: split,
    },
    Function {
        name: "trim",
        parameters: &["text"],
        required: 1,
        result: || Type::String,
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: |this, values, given| this.texted(first(values).trim(), given),
    },
    Function {
        name: "upper",
        parameters: &["text"],
        required: 1,
        result: || Type::String,
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: |this, values, given| this.texted(first(values).to_uppercase(), given),
    },
    Function {
        name: "values",
        parameters: &["map"],
        required: 1,
        result: || Type::List(Arc::new(Type::Any)),
        takes: |_, ty| is_object(ty),
        wanted: |_| "a map",
        apply: values,
    },
    Function {
        name: "yaml",
        parameters: &["path"],
        required: 1,
        result: || Type::Any,
        takes: |_, ty| is_string(ty),
        wanted: |_| "a string",
        apply: |this, values, given| this.data(values, given, Format::Yaml),
    },
];

fn is_string(ty: &Type) -> bool {
    *ty == Type::String
}

fn is_list(ty: &Type) -> bool {
    matches!(ty, Type::List(_))
}

fn is_object(ty: &Type) -> bool {
    matches!(ty, Type::Map(_) | Type::Object)
}

/// The names of the built-in functions, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

impl Evaluator<'_, '_> {
    pub(super) fn call(&mut self, call: &Call, span: Span, scope: &Scope) -> Value {
        let function = match call.path.as_slice() {
            [name] => FUNCTIONS.iter().find(|function| function.name == name.text),
            _ => None,
        };
        let arguments: Vec<Value> =
            call.arguments.items.iter().map(|argument| self.value(&argument.value, scope)).collect();
        let Some(function) = function else {
            let diagnostic = self.unknown_function(call, span, scope);
            return self.refuse(diagnostic, span);
        };
        if call.arguments.items.iter().any(|argument| argument.value.value == ast::Value::Missing) {
            return Value::poison(span);
        }
        if let Err(diagnostic) = check_count(function, call) {
            return self.refuse(*diagnostic, span);
        }
        let places = call.arguments.items.iter().map(|argument| argument.value.span).collect();
        let given = Given { span, places, scope };
        self.apply(function, &arguments, &given)
    }

    fn apply(&mut self, function: &Function, arguments: &[Value], given: &Given<'_>) -> Value {
        let (mut poison, mut unknown) = (false, false);
        for (at, argument) in arguments.iter().enumerate() {
            let ty = Type::of(argument);
            poison |= argument.is_poison();
            unknown |= matches!(argument.kind, Kind::Unknown(_));
            if !argument.is_poison() && !ty.may(&|ty| (function.takes)(at, ty)) {
                let turned = fits_turned(function, arguments);
                // Arguments the wrong way round are one fault.
                if !(turned && poison) {
                    let diagnostic = wrong_argument(function, at, argument, turned, given);
                    self.diagnostics.push(diagnostic);
                }
                poison = true;
            }
        }
        // What is gone through counts as well as what is made.
        let work = arguments.iter().map(|argument| match &argument.kind {
            Kind::String(text) => text.len() / 64,
            Kind::List(list) => list.items().len(),
            _ => 0,
        });
        let work = work.sum();
        if work > 0 && !self.spend(work, given.span) {
            return Value::poison(given.span);
        }
        match (poison, unknown) {
            (true, _) => Value::poison(given.span),
            (_, true) => Value::new(given.span, Kind::Unknown(Arc::new((function.result)()))),
            _ => (function.apply)(self, arguments, given),
        }
    }

    fn unknown_function(&self, call: &Call, span: Span, scope: &Scope) -> Diagnostic {
        let name = call.path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        let place = call.path.first().map_or(span, |name| name.span);
        if self.is_template(call, scope) {
            return Diagnostic::new(code::WRONG_TYPE, place, format!("`{name}` is a template, which is no value"))
                .note("a template is named behind `extends` and in `pod_template`");
        }
        let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, place, format!("there is no function `{name}`"));
        if let [.., before, last] = call.path.as_slice()
            && let Some(usage) = usage_of(&last.text)
        {
            let help = format!("a function stands before what it takes, `{}` too: `{usage}`", before.text);
            return diagnostic.help(help);
        }
        if let Some(help) = otherwise(&name) {
            return diagnostic.help(help);
        }
        match habit(&name).or_else(|| closest(&name, names())) {
            Some(better) => diagnostic.did_you_mean(&name, better, place, better),
            None => diagnostic.note(format!(
                "the functions are {}",
                names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            )),
        }
    }

    fn is_template(&self, call: &Call, scope: &Scope) -> bool {
        let meaning = |file, name: &str| self.names.meaning(file, name).map(|(meaning, _)| meaning);
        match call.path.as_slice() {
            [name] => matches!(meaning(scope.file, &name.text), Some(Meaning::Template)),
            [import, name] => match meaning(scope.file, &import.text) {
                Some(Meaning::Import(Some(file))) => matches!(meaning(file, &name.text), Some(Meaning::Template)),
                _ => false,
            },
            _ => false,
        }
    }

    /// A text that was put together.
    fn texted(&mut self, text: impl Into<EcoString>, given: &Given<'_>) -> Value {
        let text = text.into();
        if !self.budget.text(text.len(), given.span, self.diagnostics) {
            return Value::poison(given.span);
        }
        Value::new(given.span, Kind::String(text))
    }

    /// A list that was put together.
    fn listed(&mut self, items: Vec<Value>, given: &Given<'_>) -> Value {
        let texts: usize = items.iter().filter_map(Value::as_str).map(|text| weights::text(text.len())).sum();
        let bytes = items.len() * weights::ELEMENT + texts;
        if !self.spend(items.len(), given.span) || !self.keeps(bytes, given.span) {
            return Value::poison(given.span);
        }
        let kind = self.list(items, given.span);
        Value::new(given.span, kind)
    }

    /// What is said of `yaml(file("pod.yaml"))`, where the text of a file stands for its path.
    fn read_already(&self, given: &Given<'_>, format: Format) -> Option<Diagnostic> {
        let name = if format == Format::Json { "json" } else { "yaml" };
        let place = given.place(0);
        let path = self.sources.text(place).strip_prefix("file(")?.strip_suffix(')')?;
        let message = format!("`{name}` takes the path of a file, not its text");
        let diagnostic = Diagnostic::new(code::UNREADABLE_FILE, place, message);
        Some(diagnostic.help(format!("write `{name}({path})`, which reads the file itself")).unsafe_fix(
            "give it the path",
            place,
            path,
        ))
    }

    /// The value in a data file, read once.
    fn data(&mut self, values: &[Value], given: &Given<'_>, format: Format) -> Value {
        let path = first(values);
        if let Some(diagnostic) = self.read_already(given, format) {
            return self.refuse_value(diagnostic, given.span);
        }
        let file = match modules::open(&path, given.place(0), given.scope.file, self.sources, self.files) {
            Ok(file) => file,
            Err(diagnostic) => return self.refuse_value(*diagnostic, given.span),
        };
        if let Some(value) = self.data.get(&file) {
            return value.clone();
        }
        if self.sources.get(file).text.len() > budget::MAX_DATA {
            let message = format!("this file is larger than {} MiB", budget::MAX_DATA / 1024 / 1024);
            let diagnostic = Diagnostic::new(code::TOO_MUCH, given.place(0), message);
            return self.refuse(diagnostic.note("no pod that the API server takes could hold it"), given.span);
        }
        let value = match crate::data::read(format, file, &self.sources.get(file).text) {
            Ok(node) => super::data::value(&node),
            Err(diagnostics) => {
                let other = Format::of_path(&path).filter(|other| *other != format && *other != Format::Toml);
                for diagnostic in diagnostics {
                    let mut diagnostic = diagnostic.label(given.place(0), "read here");
                    if other.is_some() {
                        let name = if format == Format::Json { "yaml" } else { "json" };
                        diagnostic.help = vec![format!("read it with `{name}(…)`, as its name says")];
                    }
                    self.diagnostics.push(diagnostic);
                }
                Value::poison(given.span)
            }
        };
        self.data.insert(file, value.clone());
        value
    }
}

fn check_count(function: &Function, call: &Call) -> Result<(), Box<Diagnostic>> {
    let items = &call.arguments.items;
    let usage = usage(function);
    if let Some(name) = items.iter().find_map(|argument: &Argument| argument.name.as_ref()) {
        let message = format!("`{}` takes its arguments by their order, without names", function.name);
        return Err(Box::new(Diagnostic::new(code::BAD_CALL, name.span, message).help(format!("write `{usage}`"))));
    }
    let any = function.parameters.last().is_some_and(|last| last.ends_with('…'));
    if items.len() < function.required {
        let missing = function.parameters.get(items.len()).copied().unwrap_or_default();
        let message = format!("`{}` needs its argument `{missing}`", function.name);
        let place = call.arguments.span;
        return Err(Box::new(Diagnostic::new(code::BAD_CALL, place, message).help(format!("write `{usage}`"))));
    }
    if let Some(extra) = items.get(function.parameters.len()).filter(|_| !any) {
        let most = match function.parameters.len() {
            1 => "one argument".to_owned(),
            most => format!("no more than {most} arguments"),
        };
        let message = format!("`{}` takes {most}", function.name);
        return Err(Box::new(
            Diagnostic::new(code::BAD_CALL, extra.value.span, message).help(format!("write `{usage}`")),
        ));
    }
    Ok(())
}

fn usage(function: &Function) -> String {
    if function.name == "range" {
        return "range(count)` or `range(from, to)".to_owned();
    }
    format!("{}({})", function.name, function.parameters.join(", "))
}

/// How the function of a name is called, if there is one.
pub fn usage_of(name: &str) -> Option<String> {
    FUNCTIONS.iter().find(|function| function.name == name).map(usage)
}

/// What stands here for a function that other languages have, where that is no function.
fn otherwise(name: &str) -> Option<&'static str> {
    Some(match name {
        "str" | "string" | "concat" | "format" | "printf" | "toString" | "tostring" => {
            "a text is put together by what stands in it: `\"${registry}/train:${tag}\"`"
        }
        "map" | "filter" | "each" => "a list is made by a loop in it: `[lower(x) for x in xs if x != \"a\"]`",
        "int" | "float" | "bool" | "number" | "tonumber" | "tobool" => {
            "a value is never turned into one of another kind: write it as what it is to be"
        }
        "list" | "tuple" | "set" => "a list stands in brackets: `[1, 2]`",
        "dict" => "an object stands in braces: `{ name = \"a\" }`",
        "Resources" | "Secret" | "PodTemplate" | "ReusePolicy" | "Cache" => {
            "what is a class in Flyte's SDK is a block here: `resources { cpu = 2, memory = 4Gi }`"
        }
        "items" | "entries" => "`for key, value in map` goes over both",
        "timedelta" | "duration" | "seconds" | "minutes" | "hours" | "days" | "parse_duration" => {
            "a duration is written as it is, without a function: `90s`, `1h30m`, `2d`"
        }
        "env" | "getenv" => "a build is given values by `param` alone, so that it means the same on every machine",
        _ => return None,
    })
}

fn wrong_argument(function: &Function, at: usize, argument: &Value, turned: bool, given: &Given<'_>) -> Diagnostic {
    let place = given.place(at);
    let found = called(argument);
    let message = format!("`{}` takes {} here, not {found}", function.name, (function.wanted)(at));
    let diagnostic = Diagnostic::new(code::WRONG_TYPE, place, message);
    let diagnostic = if turned {
        diagnostic.help(format!("the arguments are the other way round: `{}`", usage(function)))
    } else {
        diagnostic
    };
    written_at(diagnostic, argument, place)
}

/// Whether two arguments would fit the other way round.
fn fits_turned(function: &Function, arguments: &[Value]) -> bool {
    let mut turned = arguments.iter().rev().enumerate();
    arguments.len() == 2 && turned.all(|(at, value)| Type::of(value).may(&|ty| (function.takes)(at, ty)))
}

/// The function of this language that has another name elsewhere, or what stands for it.
fn habit(name: &str) -> Option<&'static str> {
    Some(match name {
        "len" | "size" | "count" | "strlen" => "length",
        "toLower" | "lowercase" | "downcase" | "tolower" => "lower",
        "toUpper" | "uppercase" | "upcase" | "toupper" => "upper",
        "strip" | "trimspace" | "trimSpace" => "trim",
        "has" | "includes" | "in" | "hasKey" => "contains",
        "sub" | "substitute" => "replace",
        "load_yaml" | "fromYaml" | "yamldecode" | "readYaml" => "yaml",
        "load_json" | "fromJson" | "jsondecode" | "readJson" => "json",
        "read" | "readFile" | "open" | "include" => "file",
        "union" | "mergeOverwrite" | "update" => "merge",
        _ => return None,
    })
}

/// The text of the first argument, whose type has been checked.
fn first(values: &[Value]) -> EcoString {
    text(values, 0)
}

fn text(values: &[Value], at: usize) -> EcoString {
    values.get(at).and_then(Value::as_str).cloned().unwrap_or_default()
}

fn items(values: &[Value]) -> &[Value] {
    values.first().and_then(Value::as_list).unwrap_or_default()
}
