//! One scalar where the type of a field is expected.
//!
//! In: a value and a type of the schema. Out: what the value means there, or the diagnostic that says why it means nothing.
//! Always: a number with a unit gets its meaning from the type; text that Kubernetes or Flyte will read is readable; what is wrong
//! with the form of a value is told where it is used, what is wrong with its text is told where that was written.
//! Not here: lists, objects and ranges, which have parts (`values`).

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Code, Diagnostic, Edit, Fix, code};
use crate::expression::passed_on;
use crate::schema::{Type, spelling, units};
use crate::source::Span;
use crate::value::{Kind, List, Object, Value, types};

/// What a value means, or why it means nothing. Diagnostics are large and rare, so they are boxed.
type Outcome = Result<Kind, Box<Diagnostic>>;

/// A scalar, and where it is used.
#[derive(Clone, Copy)]
pub struct Scalar<'a> {
    /// The value.
    pub value: &'a Value,
    /// What messages call the place.
    pub what: &'a str,
    /// Where it is used.
    pub at: Span,
    /// Whether it stands there as a literal, so that an edit of it changes nothing else.
    pub literal: bool,
    /// Whether it comes from a YAML or JSON file, where a quantity may be a plain number.
    pub data: bool,
    /// Whether it comes from a YAML file, of which `kubectl` makes JSON: there `1.0` is written as `1`.
    pub yaml: bool,
}

impl Scalar<'_> {
    /// What it means where `ty` is expected.
    ///
    /// # Errors
    /// The diagnostic that says why it means nothing there.
    pub fn coerced(&self, ty: &'static Type) -> Outcome {
        let kind = match (ty, &self.value.kind) {
            (Type::Bool | Type::Any, Kind::Bool(truth)) => Kind::Bool(*truth),
            (Type::Int { min, max }, Kind::Int(number)) => self.int(*number, *min, *max)?,
            // An API server that is sent `1.0` in JSON refuses it where Kubernetes has a whole number.
            (Type::Int { min, max }, Kind::Float(number)) if self.yaml && number.fract() == 0.0 => {
                self.int(whole(*number), *min, *max)?
            }
            (Type::Float | Type::Any, Kind::Int(number)) => Kind::Int(*number),
            (Type::Float | Type::Any, Kind::Float(number)) => Kind::Float(*number),
            (Type::String | Type::IntOrString | Type::PodTemplate | Type::Any, Kind::String(text)) => {
                Kind::String(text.clone())
            }
            (Type::Keyword(words), Kind::String(text)) => self.keyword(text, words)?,
            (Type::QuantityOrAuto, Kind::String(text)) if text == "auto" => Kind::String(text.clone()),
            (Type::QuantityOrAuto, Kind::String(text) | Kind::Unit(text)) => self.quantity_or_auto(text)?,
            (Type::Quantity, Kind::String(text) | Kind::Unit(text)) => self.quantity(text)?,
            (Type::Quantity | Type::QuantityOrAuto, Kind::Int(number)) if self.data => {
                self.quantity(&eco_format!("{number}"))?
            }
            (Type::Quantity | Type::QuantityOrAuto, Kind::Float(number)) if self.data => {
                self.quantity(&eco_format!("{number}"))?
            }
            (Type::Cores, _) => self.cores(ty)?,
            (Type::Duration, _) => self.duration(ty)?,
            (Type::IntOrString, Kind::Int(number)) => self.int(*number, i32::MIN.into(), i32::MAX.into())?,
            (Type::Time, Kind::String(text)) => self.time(text)?,
            (Type::Range(element), _) => return self.coerced(element).map_err(|error| self.or_range(error, ty)),
            (Type::Shorthand(object, field), _) => self.shorthand(object, field, ty)?,
            (Type::OneOrMany(element), _) => {
                let only = Value { kind: self.coerced(element)?, ..self.value.clone() };
                Kind::List(Arc::new(List::new(vec![only])))
            }
            (Type::OneOf(types), _) => return self.one_of(types, ty),
            _ => return Err(self.mismatch(ty)),
        };
        Ok(kind)
    }

    /// Something wrong with the text of the value, where it was written.
    fn error(&self, code: Code, message: String) -> Box<Diagnostic> {
        let diagnostic = Diagnostic::new(code, self.value.span, message);
        if self.at == self.value.span {
            return Box::new(diagnostic);
        }
        Box::new(passed_on(diagnostic, self.value, self.at).label(self.at, "used here"))
    }

    fn int(&self, number: i64, min: i64, max: i64) -> Outcome {
        if (min..=max).contains(&number) {
            return Ok(Kind::Int(number));
        }
        let mut error = self.error(code::OUT_OF_RANGE, format!("{} is a number from {min} to {max}", self.place()));
        error.notes.push("Kubernetes and Flyte hold it in so many bits, and refuse what does not fit".into());
        Err(error)
    }

    fn keyword(&self, text: &EcoString, words: &'static [&'static str]) -> Outcome {
        if words.contains(&text.as_str()) {
            return Ok(Kind::String(text.clone()));
        }
        let mut error = self.error(code::BAD_KEYWORD, format!("{} cannot be `{text}`", self.place()));
        error.notes.push(format!("it is one of {}", listed(words)));
        if let Some(better) = closest(text, words.iter().copied()) {
            return Err(if self.literal {
                Box::new(error.did_you_mean(text, better, self.at, format!("\"{better}\"")))
            } else {
                Box::new(error.help(format!("did you mean `{better}`?")))
            });
        }
        Err(error)
    }

    fn quantity(&self, text: &EcoString) -> Outcome {
        if units::quantity(text).is_some() {
            return Ok(Kind::String(text.clone()));
        }
        let mut error = self.error(code::BAD_QUANTITY, format!("`{text}` is no quantity"));
        error.notes.push(
            "Kubernetes reads a number and a unit: `m`, `k M G T P E` for powers of 1000, `Ki Mi Gi Ti Pi Ei` for powers of 1024"
                .into(),
        );
        self.offer(&mut error, "correct the unit", spelling::quantities(text));
        Err(error)
    }

    /// An amount, or the word `auto`.
    fn quantity_or_auto(&self, text: &EcoString) -> Outcome {
        let Some(auto) = closest(text, ["auto"]) else { return self.quantity(text) };
        let mut error = self.error(code::BAD_QUANTITY, format!("{} cannot be `{text}`", self.place()));
        error.notes.push("it takes an amount such as `2Gi`, or `auto`".into());
        self.offer(&mut error, "write `auto`", vec![auto.to_owned()]);
        Err(error)
    }

    /// Asks whether one of these was meant in place of the text, and offers to write it.
    fn offer(&self, error: &mut Diagnostic, title: &str, better: Vec<String>) {
        if better.is_empty() {
            if error.code == code::BAD_QUANTITY {
                error.help.push("an amount is written like `500m`, `2` or `2Gi`".into());
            }
            return;
        }
        let quoted = matches!(self.value.kind, Kind::String(_));
        let named: Vec<String> = better.iter().map(|better| format!("`{better}`")).collect();
        error.help.push(format!("did you mean {}?", named.join(" or ")));
        for better in better.into_iter().filter(|_| self.literal) {
            let text = if quoted { format!("\"{better}\"") } else { better.clone() };
            let message = if named.len() == 1 { title.to_owned() } else { format!("write `{better}`") };
            error.fixes.push(Fix { message, safe: false, edits: vec![Edit { span: self.at, text }] });
        }
    }

    fn cores(&self, ty: &'static Type) -> Outcome {
        let text = match &self.value.kind {
            Kind::Int(number) => eco_format!("{number}"),
            Kind::Float(number) => units::python_float(*number).into(),
            Kind::String(text) | Kind::Unit(text) => text.clone(),
            _ => return Err(self.mismatch(ty)),
        };
        self.quantity(&text)
    }

    fn duration(&self, ty: &'static Type) -> Outcome {
        const SECOND: i64 = 1_000_000;
        let microseconds = match &self.value.kind {
            Kind::Int(seconds) => seconds.checked_mul(SECOND),
            Kind::Unit(text) => units::duration(text),
            Kind::String(text) if self.data => units::duration(text),
            Kind::Duration(microseconds) => Some(*microseconds),
            _ => return Err(self.mismatch(ty)),
        };
        microseconds.map(Kind::Duration).ok_or_else(|| {
            let mut error = self.error(code::BAD_DURATION, format!("{} is a duration, and this is none", self.place()));
            error.notes.push("a duration has the units `d h m s ms`, from large to small: `90s`, `1h30m`".into());
            if let Some(better) = types::text(self.value).and_then(|text| spelling::duration(&text)) {
                self.offer(&mut error, "correct the unit", vec![better]);
            }
            error
        })
    }

    fn time(&self, text: &EcoString) -> Outcome {
        // k8s-openapi reads moments with the same parser, so what passes here can be lowered.
        if text.parse::<k8s_openapi::jiff::Timestamp>().is_ok() {
            return Ok(Kind::String(text.clone()));
        }
        let mut error = self.error(code::BAD_TIME, format!("{} is a moment, and this is none", self.place()));
        error.help.push("write it as RFC 3339 has it: `\"2024-01-02T03:04:05Z\"`".into());
        Err(error)
    }

    /// A mismatch with the element of a range also says that a range can stand there.
    fn or_range(&self, error: Box<Diagnostic>, ty: &'static Type) -> Box<Diagnostic> {
        let range = types::text(self.value).and_then(|text| spelling::range(&text));
        match (error.code, range) {
            (code::WRONG_TYPE, _) => self.mismatch(ty),
            (code::BAD_QUANTITY, Some(range)) => {
                let mut error = error;
                error.help.clear();
                let error = error.help(format!("a range stands without quotes: `{range}`"));
                Box::new(if self.literal { error.unsafe_fix("write a range", self.at, range) } else { error })
            }
            _ => error,
        }
    }

    fn shorthand(&self, object: &'static crate::schema::Object, field: &'static str, ty: &'static Type) -> Outcome {
        let Some(known) = object.field(field) else { return Err(self.mismatch(ty)) };
        let only = self
            .coerced(&known.ty)
            .map_err(|error| if error.code == code::WRONG_TYPE { self.mismatch(ty) } else { error })?;
        let mut fields = Object::default();
        fields.set(field.into(), self.at, Value { kind: only, ..self.value.clone() });
        Ok(Kind::Object(Arc::new(fields)))
    }

    fn one_of(&self, types: &'static [Type], ty: &'static Type) -> Outcome {
        for alternative in types {
            match self.coerced(alternative) {
                Err(error) if error.code == code::WRONG_TYPE => {}
                outcome => return outcome,
            }
        }
        Err(self.mismatch(ty))
    }

    /// What messages call the place.
    pub fn place(&self) -> String {
        placed(self.what)
    }
}

/// A number without a fraction as a whole one; what is beyond 64 bits is cut to what they hold, and is out of any bounds.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// What messages call a place: a key stands between backquotes, a phrase has its own.
#[must_use]
pub fn placed(what: &str) -> String {
    if what.contains('`') { what.to_owned() } else { format!("`{what}`") }
}

/// Whether a text may stand where a type is expected.
#[must_use]
pub fn takes_text(ty: &Type) -> bool {
    match ty {
        Type::String | Type::Keyword(_) | Type::IntOrString | Type::Quantity | Type::QuantityOrAuto | Type::Any => true,
        Type::OneOf(types) => types.iter().any(takes_text),
        Type::OneOrMany(element) => takes_text(element),
        Type::Shorthand(object, field) => object.field(field).is_some_and(|field| takes_text(&field.ty)),
        _ => false,
    }
}

/// Whether a value of which only the type is known may stand where a type is expected.
#[must_use]
pub fn may_take(ty: &'static Type, of: &types::Type) -> bool {
    use types::Type as Known;
    let takes = |of: &Known| match of {
        // What is `null` takes a setting away.
        Known::Any | Known::Null => true,
        Known::Bool => matches!(ty, Type::Any | Type::Bool),
        Known::Int => {
            matches!(ty, Type::Any | Type::Int { .. } | Type::IntOrString | Type::Float | Type::Cores | Type::Duration)
        }
        Known::Float => matches!(ty, Type::Any | Type::Float | Type::Cores),
        Known::String => {
            takes_text(ty) || matches!(ty, Type::Cores | Type::PodTemplate | Type::Time | Type::Environment)
        }
        Known::Quantity => matches!(ty, Type::Quantity | Type::QuantityOrAuto | Type::Cores),
        Known::Duration => matches!(ty, Type::Duration),
        Known::Unit => matches!(ty, Type::Quantity | Type::QuantityOrAuto | Type::Cores | Type::Duration),
        Known::List(of) => match ty {
            Type::List { element, .. } => may_take(element, of),
            _ => matches!(ty, Type::Any),
        },
        Known::Map(of) if let Type::Map(value) = ty => may_take(value, of),
        Known::Map(_) | Known::Object => {
            matches!(ty, Type::Any | Type::Map(_) | Type::Object(_) | Type::PodTemplate)
        }
        Known::Literal(_) | Known::Union(_) => false,
    };
    match ty {
        Type::Range(element) => may_take(element, of),
        Type::OneOrMany(element) => {
            may_take(element, of) || { of.may(&|of| matches!(of, Known::List(of) if may_take(element, of))) }
        }
        Type::OneOf(types) => types.iter().any(|ty| may_take(ty, of)),
        Type::Shorthand(object, field) => {
            of.may(&|of| matches!(of, Known::Map(_) | Known::Object))
                || object.field(field).is_some_and(|field| may_take(&field.ty, of))
        }
        _ => match of {
            // Where it is not `null`, it has to be something that fits.
            Known::Union(types) if types.iter().any(|of| *of != Known::Null) => {
                types.iter().any(|of| *of != Known::Null && of.may(&takes))
            }
            _ => of.may(&takes),
        },
    }
}

/// What a type takes, with an example where that helps.
#[must_use]
pub fn describe(ty: &'static Type) -> String {
    match ty {
        Type::Bool => "`true` or `false`".into(),
        Type::Int { .. } => "a whole number".into(),
        Type::Float => "a number".into(),
        Type::String => "a string".into(),
        Type::Keyword(words) => format!("one of {}", listed(words)),
        Type::Quantity => "a quantity such as `500m` or `2Gi`".into(),
        Type::QuantityOrAuto => "a quantity such as `2Gi`, or `\"auto\"`".into(),
        Type::Cores => "a number of cores such as `2`, `0.5` or `500m`".into(),
        Type::Duration => "a duration such as `90s` or `1h30m`".into(),
        Type::IntOrString => "a whole number or a string".into(),
        Type::Time => "a moment such as `\"2024-01-02T03:04:05Z\"`".into(),
        Type::Any => "a value".into(),
        Type::Range(Type::Quantity) => "a quantity such as `512Mi` or `2Gi`, or a range `a..b` of them".into(),
        Type::Range(element) => format!("{}, or a range `a..b` of them", describe(element)),
        Type::List { element: Type::String, .. } => "a list of strings".into(),
        Type::List { element: Type::Object(_), .. } => "a list of objects".into(),
        Type::List { element, .. } => format!("a list, each element {}", describe(element)),
        Type::Map(value) => format!("a block of names, each set to {}", describe(value)),
        Type::Object(_) => "a block".into(),
        Type::Shorthand(object, field) => match object.field(field) {
            Some(field) => format!("{}, or a block", describe(&field.ty)),
            None => "a block".into(),
        },
        Type::OneOrMany(element) => format!("{}, or a list of them", describe(element)),
        Type::OneOf(types) => types.iter().map(describe).collect::<Vec<_>>().join(" or "),
        Type::PodTemplate => "the name of a template, a string that names one on the cluster, or a block".into(),
        Type::Environment => "the name of an environment".into(),
    }
}

/// What a value looks like, for messages.
#[must_use]
pub fn form(kind: &Kind) -> String {
    match kind {
        Kind::Null => "`null`".into(),
        Kind::Bool(_) => "`true` or `false`".into(),
        Kind::Int(_) => "a whole number".into(),
        Kind::Float(_) => "a number with a fraction".into(),
        Kind::Unit(_) => "a number with a unit".into(),
        Kind::String(_) => "a string".into(),
        Kind::List(_) => "a list".into(),
        Kind::Object(_) => "an object".into(),
        Kind::Range(_) => "a range".into(),
        Kind::Duration(_) => "a duration".into(),
        Kind::Unknown(ty) => ty.described(),
        Kind::Poison | Kind::Environment(_) => "nothing".into(),
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
