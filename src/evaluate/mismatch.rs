//! A value whose form is not that of its field: what is said, and what to write.
//!
//! In: a value, where it is used, and the type that is expected. Out: the diagnostic, with what the field takes, an example of it, and
//! where the same can be written in its form, that as a change. Always: only a literal is changed, for anything else an edit would
//! change what others use. Not here: whether a value fits (`coerce`), and values that are made of parts (`reshape`).

use super::coerce::{Scalar, describe, form};
use super::examples;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::references::word;
use crate::schema::{Type, spelling, units};
use crate::value::{Kind, types};

/// Why an amount has a unit.
const BYTES: &str = "a bare number would count bytes";

/// What helps with a mismatch.
#[derive(Default)]
struct Aid {
    note: Option<&'static str>,
    help: Option<String>,
    /// What the change is called, whether it is certain, and the new text.
    fix: Option<(&'static str, bool, String)>,
}

impl Aid {
    fn help(help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..Self::default() }
    }

    fn note(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    /// Another way to write the same.
    fn write(title: &'static str, safe: bool, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { note: None, help: Some(format!("write `{text}`")), fix: Some((title, safe, text)) }
    }

    fn unquote(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { help: Some(format!("write `{text}` without quotes")), ..Self::write("remove the quotes", true, text) }
    }
}

impl Scalar<'_> {
    /// What is said where the form of a value is not that of its type.
    pub fn mismatch(&self, ty: &'static Type) -> Box<Diagnostic> {
        let message = format!("{} takes {}, not {}", self.place(), describe(ty), form(&self.value.kind));
        let diagnostic = Diagnostic::new(code::WRONG_TYPE, self.at, message);
        let mut diagnostic = crate::expression::written_at(diagnostic, self.value, self.at);
        let aid = self.aid(ty).unwrap_or_default();
        if aid.help.is_none() {
            diagnostic.help.extend(examples::shown(self.what, ty));
        }
        diagnostic.notes.extend(aid.note.or_else(|| self.rule(ty)).map(str::to_owned));
        diagnostic.help.extend(aid.help);
        Box::new(match aid.fix.filter(|_| self.literal) {
            Some((title, true, text)) => diagnostic.safe_fix(title, self.at, text),
            Some((title, false, text)) => diagnostic.unsafe_fix(title, self.at, text),
            None => diagnostic,
        })
    }

    /// Why a value of this form is not taken for one of the type.
    fn rule(&self, ty: &Type) -> Option<&'static str> {
        let scalar = matches!(self.value.kind, Kind::Int(_) | Kind::Float(_) | Kind::Bool(_));
        let text = matches!(self.value.kind, Kind::String(_));
        Some(match ty {
            Type::String | Type::Keyword(_) if scalar => {
                "nothing but text is text here: Kubernetes and Flyte refuse a number or truth value in its place"
            }
            Type::Bool if text || scalar => "nothing else is turned into `true` or `false`",
            Type::Int { .. } | Type::Float if text => "a text is not turned into a number",
            Type::Duration if text => "a duration is a number with a unit, and no text",
            Type::List { element: Type::String, .. } if text && ["command", "args"].contains(&self.what) => {
                "each word is an element of its own, since no shell takes the text apart"
            }
            Type::List { .. } => "a list is written in brackets, also where it has one element",
            Type::Map(_) | Type::Object(_) => "a block sets names to values",
            Type::OneOf(types) => types.iter().find_map(|ty| self.rule(ty))?,
            Type::Shorthand(object, field) => self.rule(&object.field(field)?.ty)?,
            Type::Range(element) | Type::OneOrMany(element) => self.rule(element)?,
            _ => return None,
        })
    }

    /// What helps; of a type that is one of several, what helps with the first of them that has something.
    fn aid(&self, ty: &'static Type) -> Option<Aid> {
        if self.value.kind == Kind::Null {
            return Some(Aid::help(if self.literal && self.what.starts_with("an element") {
                "leave it out"
            } else if self.literal {
                "to take an inherited value away, set the key itself to `null`"
            } else {
                "leave out what is `null`: `[x for x in … if x != null]`"
            }));
        }
        match ty {
            // A number that none of them takes is no text.
            Type::OneOf(types) => types.iter().filter(|ty| !matches!(ty, Type::String)).find_map(|ty| self.aid(ty)),
            Type::Shorthand(object, field) => object.field(field).and_then(|field| self.aid(&field.ty)),
            Type::OneOrMany(element) => self.aid(element),
            Type::Range(element) => self.range_aid(element),
            Type::Bool => self.truth_aid(),
            Type::Int { .. } | Type::Float | Type::IntOrString => self.number_aid(ty),
            Type::Duration => self.duration_aid(),
            Type::String | Type::Keyword(_) => self.text_aid(),
            Type::Quantity | Type::QuantityOrAuto => self.quantity_aid(ty),
            Type::List { element: Type::String, .. } => self.words_aid(),
            _ => None,
        }
    }

    fn range_aid(&self, element: &'static Type) -> Option<Aid> {
        match &self.value.kind {
            Kind::List(list) if list.items().len() == 2 => Some(Aid::help("a pair is written as a range: `1..2`")),
            Kind::Int(number) if matches!(element, Type::Quantity) => Some(with_unit(*number)),
            Kind::String(text) if spelling::range(text).is_some() => {
                Some(Aid::write("write a range", false, spelling::range(text)?))
            }
            _ => self.aid(element),
        }
    }

    fn truth_aid(&self) -> Option<Aid> {
        match &self.value.kind {
            Kind::String(text) if text == "true" || text == "false" => Some(Aid::unquote(text.as_str())),
            Kind::String(text) => {
                Some(Aid::write("correct the word", true, word(text).filter(|word| *word != "null")?))
            }
            Kind::Int(number @ (0 | 1)) => {
                Some(Aid::write("correct the word", false, if *number == 1 { "true" } else { "false" }))
            }
            _ => None,
        }
    }

    fn number_aid(&self, ty: &Type) -> Option<Aid> {
        let counts_seconds = self.what.ends_with("Seconds");
        match &self.value.kind {
            Kind::String(text) if octal(text).is_some() && self.what.to_ascii_lowercase().ends_with("mode") => {
                let aid = Aid::write("write it in decimal", false, octal(text)?.to_string());
                Some(aid.note("in a text, the mode of a file is octal; here it is a decimal number"))
            }
            Kind::String(text) if text.starts_with('0') && text.len() > 1 => None,
            Kind::String(text) if text.parse::<i64>().is_ok() => Some(Aid::unquote(text.as_str())),
            Kind::String(text) if matches!(ty, Type::Float) && text.parse::<f64>().is_ok() => {
                Some(Aid::unquote(text.as_str()))
            }
            Kind::String(text) | Kind::Unit(text) if counts_seconds => {
                let number = spelling::seconds(text)?.to_string();
                Some(Aid::write("write the seconds", false, number).note("Kubernetes counts whole seconds here"))
            }
            Kind::Float(number) if number.fract() == 0.0 => {
                Some(Aid::write("write a whole number", true, format!("{number}")))
            }
            Kind::Unknown(of) if of.may(&|of| *of == types::Type::Duration) && counts_seconds => {
                Some(Aid::help("Kubernetes counts whole seconds here, so declare the parameter as `int`"))
            }
            _ => None,
        }
    }

    fn duration_aid(&self) -> Option<Aid> {
        match &self.value.kind {
            Kind::String(text) if units::duration(text).is_some() => Some(Aid::unquote(text.as_str())),
            Kind::String(text) if text.parse::<u32>().is_ok() => {
                Some(Aid::write("write seconds", false, format!("{text}s")).note("a plain whole number counts seconds"))
            }
            Kind::String(text) => Some(Aid::write("write a duration", false, spelling::duration(text)?)),
            Kind::Float(number) => {
                let aid = Aid::write("write seconds", false, format!("{number}s"));
                Some(aid.note("only a whole number of seconds can do without its unit"))
            }
            _ => None,
        }
    }

    fn text_aid(&self) -> Option<Aid> {
        let literal = match &self.value.kind {
            Kind::Unit(text) => {
                let aid = Aid::write("quote it", true, format!("\"{text}\""));
                return Some(aid.note("a unit is read only where an amount or a duration is expected"));
            }
            Kind::Unknown(ty) => return of_scalars(ty),
            Kind::Bool(on) if self.what == "cache" => {
                let aid = Aid::write("write the word", false, if *on { "\"auto\"" } else { "\"disable\"" });
                return Some(aid.note("a cache is `auto`, `disable`, or a block"));
            }
            // A text would not be one of its words.
            Kind::Bool(_) if TAKES_WORDS.iter().any(|end| self.what.ends_with(end)) => {
                return Some(Aid::help("write one of its words, between quotes"));
            }
            _ => types::text(self.value).map(|text| format!("\"{text}\""))?,
        };
        Some(self.quoted(literal))
    }

    fn quantity_aid(&self, ty: &Type) -> Option<Aid> {
        match &self.value.kind {
            Kind::Int(number) if matches!(ty, Type::QuantityOrAuto) => Some(with_unit(*number)),
            Kind::Int(_) | Kind::Float(_) if matches!(ty, Type::Quantity) => {
                let literal = format!("\"{}\"", types::text(self.value)?);
                let quoted = self.quoted(literal.clone());
                if !self.literal {
                    return Some(quoted);
                }
                Some(Aid {
                    note: Some(
                        "Flyte's SDK takes a quantity as text only, for a bare number may be meant in another unit",
                    ),
                    help: Some(format!("write `{literal}`, or give it a unit")),
                    fix: Some(("quote it", false, literal)),
                })
            }
            Kind::Unknown(ty) => of_scalars(ty),
            _ => None,
        }
    }

    /// What helps where a list of words is wanted.
    fn words_aid(&self) -> Option<Aid> {
        let Kind::String(text) = &self.value.kind else { return None };
        let words: Vec<String> = text.split_whitespace().map(quote).collect();
        Some(Aid::write("make it a list", false, format!("[{}]", words.join(", "))))
    }

    fn quoted(&self, literal: String) -> Aid {
        if self.data && self.at == self.value.span {
            return Aid { help: Some("put it between quotes".into()), ..Aid::default() };
        }
        if self.literal {
            return Aid::write("quote it", true, literal);
        }
        Aid { help: Some(format!("put it into a string: `{literal}`, or `\"${{…}}\"`")), ..Aid::default() }
    }
}

/// What helps with an amount of bytes without a unit: a few are meant as gigabytes, many as megabytes.
fn with_unit(number: i64) -> Aid {
    /// From here on, they are more likely megabytes.
    const MANY: i64 = 64;
    let better = format!("{number}{}", if number < MANY { "Gi" } else { "Mi" });
    let help = Some(format!("give it a unit, such as `{better}`"));
    Aid { help, ..Aid::write("give it a unit", false, better) }.note(BYTES)
}

/// How the names of fields end that take one of a few words.
const TAKES_WORDS: &[&str] = &["Policy", "effect", "operator", "protocol", "medium", "scope", "mountPropagation"];

/// The mode of a file as text has it: octal digits behind a zero.
fn octal(text: &str) -> Option<i64> {
    let digits = text.strip_prefix("0o").or_else(|| text.strip_prefix('0'))?;
    (digits.len() == 3).then(|| i64::from_str_radix(digits, 8).ok())?
}

/// What helps where a text is wanted and only the type is known.
fn of_scalars(ty: &types::Type) -> Option<Aid> {
    let scalar = |ty: &types::Type| matches!(ty, types::Type::Int | types::Type::Float | types::Type::Bool);
    ty.may(&scalar).then(|| Aid::help("put it into a string: `\"${…}\"`"))
}

/// A text as a string literal.
pub fn quote(text: &str) -> String {
    let mut literal = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}
