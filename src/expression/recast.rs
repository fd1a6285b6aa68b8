//! A literal that is of another type than a parameter: the same as one of its type.
//!
//! In: a value, the type that is wanted, and where the value stands. Out: the diagnostic with what to write. Always: only a literal is
//! changed. Not here: the types of fields, which `evaluate` knows.

use super::Evaluator;
use super::references::word;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::suggest::closest;
use crate::schema::{spelling, units};
use crate::source::Span;
use crate::value::types::{self, Type};
use crate::value::{Kind, Value};

impl Evaluator<'_, '_> {
    /// Offers to write a value as one of the type that is wanted.
    #[must_use]
    pub fn recast(&self, diagnostic: Diagnostic, part: &Value, wanted: &Type, place: Span) -> Diagnostic {
        let literal = part.span == place && self.sources.text(place) == types::literal(part);
        if let (Some(words), Some(text)) = (wanted.words(), part.as_str()) {
            return match near(text, &words) {
                Some(better) if literal => diagnostic.did_you_mean(text, better, place, format!("\"{better}\"")),
                Some(better) => diagnostic.help(format!("did you mean `{better}`?")),
                None => diagnostic,
            };
        }
        match written(part, wanted).filter(|_| literal) {
            Some((sure, text)) => {
                let diagnostic = diagnostic.help(format!("write `{text}`"));
                if sure {
                    diagnostic.safe_fix(format!("write `{text}`"), place, text)
                } else {
                    diagnostic.unsafe_fix(format!("write `{text}`"), place, text)
                }
            }
            None => diagnostic,
        }
    }
}

/// The word that another was probably meant to be: one that is nearly the same, or the only one that begins so, as `prod` for
/// `production`.
pub fn near<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    /// So many letters say enough.
    const FEWEST: usize = 3;
    if let Some(word) = closest(text, words.iter().copied()) {
        return Some(word);
    }
    let text = text.to_ascii_lowercase();
    let begins = |word: &&&str| {
        let word = word.to_ascii_lowercase();
        word.len().min(text.len()) >= FEWEST && (word.starts_with(&text) || text.starts_with(&word))
    };
    let mut similar = words.iter().filter(begins);
    match (similar.next(), similar.next()) {
        (Some(word), None) => Some(word),
        _ => None,
    }
}

/// How a value is written where this type is wanted, and whether that is certain.
fn written(part: &Value, wanted: &Type) -> Option<(bool, String)> {
    match (wanted, &part.kind) {
        (Type::Int, Kind::String(text)) => text.parse::<i64>().ok().map(|number| (true, number.to_string())),
        (Type::Float, Kind::String(text)) => text.parse::<f64>().is_ok().then(|| (true, text.to_string())),
        (Type::Int, Kind::Float(number)) if number.fract() == 0.0 => Some((true, format!("{number}"))),
        (Type::Bool, Kind::String(text)) if text == "true" || text == "false" => Some((true, text.to_string())),
        (Type::Bool, Kind::String(text)) => {
            word(text).filter(|word| *word != "null").map(|word| (true, word.to_owned()))
        }
        (Type::Bool, Kind::Int(number @ (0 | 1))) => Some((false, (*number == 1).to_string())),
        (Type::String, Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) | Kind::Unit(_)) => {
            types::text(part).map(|text| (true, format!("\"{text}\"")))
        }
        (Type::Duration, Kind::String(text)) if units::duration(text).is_some() => Some((true, text.to_string())),
        (Type::Duration, Kind::String(text) | Kind::Unit(text)) => spelling::duration(text).map(|text| (false, text)),
        (Type::Quantity, Kind::String(text) | Kind::Unit(text)) => {
            spelling::quantities(text).into_iter().next().map(|text| (false, text))
        }
        (Type::List(_), Kind::String(_)) => Some((false, format!("[{}]", types::literal(part)))),
        (Type::Union(types), _) => {
            let types = types.iter().filter(|ty| **ty != Type::String);
            types.into_iter().find_map(|ty| written(part, ty))
        }
        _ => None,
    }
}
