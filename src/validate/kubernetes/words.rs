//! Fields that take one word of a closed list.
//!
//! In: a word, and the words that the API server takes. Out: a fault where it is none of them. Always: words are compared as the
//! API server compares them, letter by letter. Not here: which words there are, which each rule says for itself, and what an
//! empty word stands for, which [`defaults`](super::defaults) says.

use super::formats::{listed, shown};
use crate::diagnostics::Code;
use crate::diagnostics::suggest::closest;
use crate::validate::fault::{Fault, Reason};
use crate::validate::literal;
use crate::validate::path::{At, Step};

/// How many words a list has that is always shown.
const SHORT: usize = 10;

/// What is wrong with a word that has to be one of `words`.
#[must_use]
pub fn one_of(code: Code, value: &str, words: &[&str], at: &At<'_>) -> Option<Fault> {
    if words.contains(&value) {
        return None;
    }
    let fault = Fault::refused(code, Reason::NotSupported, at, message(value, at));
    let near = closest(value, words.iter().copied());
    // A long list is no help where one word was all but written.
    let fault = if near.is_some() && words.len() > SHORT {
        fault
    } else {
        fault.note(format!("Kubernetes knows {}", listed(words)))
    };
    let Some(word) = near else { return Some(fault) };
    let fault = fault.help(format!("did you mean `{word}`?"));
    let (change, text) = (format!("write `{word}`"), literal::text(word));
    // Where only the case is wrong, nothing else can be meant.
    Some(if word.eq_ignore_ascii_case(value) { fault.replace(change, text) } else { fault.suggest(change, text) })
}

/// "`imagePullPolicy` cannot be `x`", or of an element of a list "`x` cannot stand in `accessModes`".
fn message(value: &str, at: &At<'_>) -> String {
    let path = at.path();
    match path.steps() {
        [.., Step::Field(list), Step::Index(_)] => format!("{} cannot stand in `{list}`", shown(value)),
        [.., Step::Field(name) | Step::Key(name)] => format!("`{name}` cannot be {}", shown(value)),
        _ => format!("{} cannot stand here", shown(value)),
    }
}

/// "`a`, `b` or `c`".
#[must_use]
pub fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", others.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::one_of;
    use crate::diagnostics::code;
    use crate::validate::fault::Fault;
    use crate::validate::path::At;

    fn fault(value: &str) -> Option<Fault> {
        let root = At::root();
        one_of(code::BAD_KEYWORD, value, &["Always", "IfNotPresent", "Never"], &root.field("imagePullPolicy"))
    }

    #[test]
    fn a_word_of_the_list_is_right() {
        assert_eq!(fault("IfNotPresent"), None);
    }

    #[test]
    fn only_another_case_is_mended_unseen() {
        let of = |value| fault(value).and_then(|fault| fault.replacement).map(|with| (with.text, with.safe));
        assert_eq!(of("always"), Some(("\"Always\"".to_owned(), true)));
        assert_eq!(of("if-not-present"), Some(("\"IfNotPresent\"".to_owned(), false)));
        assert_eq!(of("sometimes"), None);
    }
}
