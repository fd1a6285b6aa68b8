//! One literal where a type is expected.
//!
//! In: an expression without parts of its own, and a type. Out: the value, or the diagnostic that says why not.
//! Always: a unit literal gets its meaning from the type; text that Kubernetes or Flyte will read is readable.
//! Not here: lists and objects, and references that mean something.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::value::{Kind, List, Object, Value};
use crate::diagnostics::{Code, Diagnostic, code};
use crate::schema::{Type, units};
use crate::source::Span;
use crate::syntax::ast::{self, Expression, Name};

/// A value, or why there is none. Diagnostics are large and rare, so they are boxed.
type Outcome = Result<Value, Box<Diagnostic>>;

/// The value of a literal where `ty` is expected; `what` is what messages call the place.
pub fn value(expression: &Expression, ty: &'static Type, what: &str) -> Outcome {
    let literal = Literal { expression, what };
    let kind = match (ty, &expression.value) {
        (Type::Bool | Type::Any, ast::Value::Bool(truth)) => Kind::Bool(*truth),
        (Type::Int { min, max }, ast::Value::Int(number)) => literal.int(*number, *min, *max)?,
        (Type::Float | Type::Any, ast::Value::Int(number)) => Kind::Int(*number),
        (Type::Float | Type::Any, ast::Value::Float(number)) => Kind::Float(*number),
        (Type::String | Type::IntOrString | Type::PodTemplate | Type::Any, ast::Value::String(text)) => {
            Kind::String(text.clone())
        }
        (Type::Keyword(words), ast::Value::String(text)) => literal.keyword(text, words)?,
        (Type::QuantityOrAuto, ast::Value::String(text)) if text == "auto" => Kind::String(text.clone()),
        (Type::Quantity | Type::QuantityOrAuto, ast::Value::String(text) | ast::Value::Unit(text)) => {
            literal.quantity(text)?
        }
        (Type::Cores, _) => literal.cores(ty)?,
        (Type::Duration, _) => literal.duration(ty)?,
        (Type::IntOrString, ast::Value::Int(number)) => literal.int(*number, i32::MIN.into(), i32::MAX.into())?,
        (Type::Time, ast::Value::String(text)) => literal.time(text)?,
        (Type::Range(element), ast::Value::Range(from, to)) => literal.range(from, to, element)?,
        (Type::Range(element), _) => return value(expression, element, what).map_err(|d| literal.or_range(d, ty)),
        (Type::Shorthand(object, field), _) => literal.shorthand(object, field, ty)?,
        (Type::OneOrMany(element), _) => {
            let only = value(expression, element, what)?;
            Kind::List(Arc::new(List::new(vec![only])))
        }
        (Type::OneOf(types), _) => return literal.one_of(types, ty),
        _ => return Err(literal.mismatch(ty)),
    };
    Ok(Value { span: expression.span, kind })
}

struct Literal<'a> {
    expression: &'a Expression,
    what: &'a str,
}

impl Literal<'_> {
    fn error(&self, code: Code, message: String) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(code, self.expression.span, message))
    }

    fn int(&self, number: i64, min: i64, max: i64) -> Result<Kind, Box<Diagnostic>> {
        if (min..=max).contains(&number) {
            return Ok(Kind::Int(number));
        }
        Err(self.error(code::OUT_OF_RANGE, format!("{} is a number from {min} to {max}", self.place())))
    }

    fn keyword(&self, text: &EcoString, words: &'static [&'static str]) -> Result<Kind, Box<Diagnostic>> {
        if words.contains(&text.as_str()) {
            return Ok(Kind::String(text.clone()));
        }
        let mut error = self.error(code::BAD_KEYWORD, format!("{} cannot be `{text}`", self.place()));
        error.notes.push(format!("it is one of {}", listed(words)));
        error.help.extend(crate::diagnostics::suggest::did_you_mean(text, words.iter().copied()));
        Err(error)
    }

    fn quantity(&self, text: &EcoString) -> Result<Kind, Box<Diagnostic>> {
        if units::quantity(text).is_some() {
            return Ok(Kind::String(text.clone()));
        }
        let mut error = self.error(code::BAD_QUANTITY, format!("`{text}` is no quantity"));
        error.notes.push(
            "Kubernetes reads a number and a unit: `m`, `k M G T P E` for powers of 1000, `Ki Mi Gi Ti Pi Ei` for powers of 1024"
                .into(),
        );
        if let Some(better) = better_quantity(text) {
            let quoted = matches!(self.expression.value, ast::Value::String(_));
            let replacement = if quoted { format!("\"{better}\"") } else { better.clone() };
            error = Box::new(error.help(format!("did you mean `{better}`?")).unsafe_fix(
                "correct the unit",
                self.expression.span,
                replacement,
            ));
        }
        Err(error)
    }

    fn cores(&self, ty: &'static Type) -> Result<Kind, Box<Diagnostic>> {
        let text = match &self.expression.value {
            ast::Value::Int(number) => eco_format!("{number}"),
            ast::Value::Float(number) => units::python_float(*number).into(),
            ast::Value::String(text) | ast::Value::Unit(text) => text.clone(),
            _ => return Err(self.mismatch(ty)),
        };
        self.quantity(&text)
    }

    fn duration(&self, ty: &'static Type) -> Result<Kind, Box<Diagnostic>> {
        const SECOND: i64 = 1_000_000;
        let microseconds = match &self.expression.value {
            ast::Value::Int(seconds) => seconds.checked_mul(SECOND),
            ast::Value::Unit(text) => units::duration(text),
            _ => return Err(self.mismatch(ty)),
        };
        microseconds.map(Kind::Duration).ok_or_else(|| {
            let mut error = self.error(code::BAD_DURATION, format!("{} is a duration, and this is none", self.place()));
            error.notes.push("a duration has the units `d h m s ms`, from large to small: `90s`, `1h30m`".into());
            error
        })
    }

    fn time(&self, text: &EcoString) -> Result<Kind, Box<Diagnostic>> {
        // k8s-openapi reads moments with the same parser, so what passes here can be lowered.
        if text.parse::<k8s_openapi::jiff::Timestamp>().is_ok() {
            return Ok(Kind::String(text.clone()));
        }
        let mut error = self.error(code::BAD_TIME, format!("{} is a moment, and this is none", self.place()));
        error.help.push("write it as RFC 3339 has it: `\"2024-01-02T03:04:05Z\"`".into());
        Err(error)
    }

    fn range(&self, from: &Expression, to: &Expression, element: &'static Type) -> Result<Kind, Box<Diagnostic>> {
        let end = |expression: &Expression| match expression.value {
            ast::Value::Missing => Ok(Value::poison(expression.span)),
            _ => value(expression, element, self.what),
        };
        let (from, to) = (end(from)?, end(to)?);
        if from.is_poison() || to.is_poison() {
            return Ok(Kind::Poison);
        }
        Ok(Kind::Range(Arc::new((from, to))))
    }

    /// A mismatch with the element of a range also says that a range can stand there.
    fn or_range(&self, error: Box<Diagnostic>, ty: &'static Type) -> Box<Diagnostic> {
        if error.code != code::WRONG_TYPE {
            return error;
        }
        let mut error = self.mismatch(ty);
        if let ast::Value::List(list) = &self.expression.value
            && let [_, _] = list.items.as_slice()
        {
            error.help.push("a pair is written as a range: `1..2`".into());
        }
        error
    }

    fn shorthand(
        &self,
        object: &'static crate::schema::Object,
        field: &'static str,
        ty: &'static Type,
    ) -> Result<Kind, Box<Diagnostic>> {
        let Some(known) = object.field(field) else { return Err(self.mismatch(ty)) };
        let only = value(self.expression, &known.ty, self.what).map_err(|error| {
            if error.code != code::WRONG_TYPE {
                return error;
            }
            // What helps with the field helps with its shorthand.
            let Diagnostic { help, fixes, .. } = *error;
            let mut whole = self.mismatch(ty);
            (whole.help, whole.fixes) = (help, fixes);
            whole
        })?;
        let mut fields = Object::default();
        fields.set(field.into(), self.expression.span, only);
        Ok(Kind::Object(Arc::new(fields)))
    }

    fn one_of(&self, types: &'static [Type], ty: &'static Type) -> Outcome {
        for alternative in types {
            match value(self.expression, alternative, self.what) {
                Err(error) if error.code == code::WRONG_TYPE => {}
                outcome => return outcome,
            }
        }
        Err(self.mismatch(ty))
    }

    /// What is said where the form of a value is not that of its type.
    fn mismatch(&self, ty: &'static Type) -> Box<Diagnostic> {
        let span = self.expression.span;
        let message = format!("{} takes {}, not {}", self.place(), describe(ty), form(&self.expression.value));
        let diagnostic = Diagnostic::new(code::WRONG_TYPE, span, message);
        Box::new(match (ty, &self.expression.value) {
            (Type::String | Type::Keyword(_), ast::Value::Unit(text)) => diagnostic
                .note("a unit is read only where an amount or a duration is expected")
                .help(format!("write `\"{text}\"`"))
                .safe_fix("quote it", span, format!("\"{text}\"")),
            (Type::String | Type::Quantity | Type::Keyword(_), ast::Value::Int(number)) => {
                quoted(diagnostic, span, &number.to_string(), matches!(ty, Type::Quantity))
            }
            (Type::String | Type::Quantity, ast::Value::Float(number)) => {
                quoted(diagnostic, span, &number.to_string(), matches!(ty, Type::Quantity))
            }
            (Type::String, ast::Value::Bool(truth)) => quoted(diagnostic, span, &truth.to_string(), false),
            (Type::Bool, ast::Value::String(text)) if text == "true" || text == "false" => {
                diagnostic.help("write it without quotes").safe_fix("remove the quotes", span, text.clone())
            }
            (Type::Int { .. } | Type::Float, ast::Value::String(text)) if text.parse::<i64>().is_ok() => {
                diagnostic.help("write it without quotes").safe_fix("remove the quotes", span, text.clone())
            }
            (Type::Range(Type::Quantity) | Type::QuantityOrAuto, ast::Value::Int(number)) => {
                diagnostic.note("a bare number would count bytes").help(format!("give it a unit, such as `{number}Mi`"))
            }
            (Type::List { element: Type::String, .. }, ast::Value::String(text)) => {
                let words: Vec<String> = text.split_whitespace().map(quote).collect();
                let list = format!("[{}]", words.join(", "));
                diagnostic.help(format!("write `{list}`")).unsafe_fix("make it a list", span, list)
            }
            (Type::Duration, ast::Value::String(text)) if units::duration(text).is_some() => {
                diagnostic.help("write it without quotes").safe_fix("remove the quotes", span, text.clone())
            }
            (_, ast::Value::Null) => diagnostic.help("to take an inherited value away, set the key itself to `null`"),
            _ => diagnostic,
        })
    }

    fn place(&self) -> String {
        placed(self.what)
    }
}

/// What messages call a place: a key stands between backquotes, a phrase has its own.
fn placed(what: &str) -> String {
    if what.contains('`') { what.to_owned() } else { format!("`{what}`") }
}

/// A text as a string literal.
fn quote(text: &str) -> String {
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

fn quoted(diagnostic: Diagnostic, span: Span, text: &str, quantity: bool) -> Diagnostic {
    let literal = format!("\"{text}\"");
    if quantity {
        return diagnostic
            .note("Flyte's SDK takes a quantity as text only, for a bare number may be meant in another unit")
            .help(format!("write `{literal}`, or give it a unit"))
            .unsafe_fix("quote it", span, literal);
    }
    diagnostic.help(format!("write `{literal}`")).safe_fix("quote it", span, literal)
}

/// What is said of a name that means nothing where it stands.
pub fn unknown_name(names: &[Name], expression: &Expression, ty: &'static Type, what: &str) -> Diagnostic {
    let text = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
    let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, expression.span, format!("`{text}` means nothing here"));
    let literal = match text.as_str() {
        "True" | "TRUE" | "yes" | "on" => Some("true"),
        "False" | "FALSE" | "no" | "off" => Some("false"),
        "None" | "nil" | "NULL" | "Null" => Some("null"),
        _ => None,
    };
    if let Some(literal) = literal.filter(|_| !takes_text(ty)) {
        return diagnostic.help(format!("did you mean `{literal}`?")).safe_fix(
            "correct the word",
            expression.span,
            literal,
        );
    }
    let diagnostic = diagnostic.note(format!("{} takes {}", placed(what), describe(ty)));
    if takes_text(ty) {
        let quoted = format!("\"{text}\"");
        return diagnostic.help("text stands between quotes").unsafe_fix("quote it", expression.span, quoted);
    }
    diagnostic
}

fn takes_text(ty: &Type) -> bool {
    match ty {
        Type::String | Type::Keyword(_) | Type::IntOrString | Type::Quantity | Type::QuantityOrAuto | Type::Any => true,
        Type::OneOf(types) => types.iter().any(takes_text),
        Type::OneOrMany(element) => takes_text(element),
        Type::Shorthand(object, field) => object.field(field).is_some_and(|field| takes_text(&field.ty)),
        _ => false,
    }
}

/// What a type takes, with an example where that helps.
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
fn form(value: &ast::Value) -> &'static str {
    match value {
        ast::Value::Null => "`null`",
        ast::Value::Bool(_) => "`true` or `false`",
        ast::Value::Int(_) => "a whole number",
        ast::Value::Float(_) => "a number with a fraction",
        ast::Value::Unit(_) => "a number with a unit",
        ast::Value::String(_) => "a string",
        ast::Value::List(_) => "a list",
        ast::Value::Object(_) => "an object",
        ast::Value::Reference(_) => "a name",
        ast::Value::Range(..) => "a range",
        ast::Value::Missing => "nothing",
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The quantity that was probably meant: `2GiB` for `2Gi`, `2gb` for `2G`, `512mb` for `512M`, `1K` for `1k`.
fn better_quantity(text: &str) -> Option<String> {
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.get(..text.len() - letters.len())?;
    let letters = letters.trim().to_ascii_lowercase();
    let unit = letters.strip_suffix('b').unwrap_or(&letters);
    let unit = match unit {
        "k" => "k",
        "m" => "M",
        "g" => "G",
        "t" => "T",
        "p" => "P",
        "ki" => "Ki",
        "mi" => "Mi",
        "gi" => "Gi",
        "ti" => "Ti",
        "pi" => "Pi",
        _ => return None,
    };
    let better = format!("{number}{unit}");
    (!number.is_empty() && units::quantity(&better).is_some()).then_some(better)
}
