//! Fields that take one word of a closed list.
//!
//! In: a word, and the words that the API server takes. Out: a fault where it is none of them. Always: words are compared as the
//! API server compares them, letter by letter. Not here: which words there are, which each rule says for itself, and what an
//! empty word stands for, which [`defaults`](super::defaults) says.

use super::formats::{listed, shown};
use crate::diagnostics::Code;
use crate::diagnostics::suggest::{closest, same_letters};
use crate::validate::fault::{Fault, Reason};
use crate::validate::literal;
use crate::validate::path::{At, Step};

/// How many words a list has that is always shown.
const SHORT: usize = 10;
/// The fewest letters that are the beginning of one word and of no other by intent.
const BEGINNING: usize = 3;

/// Words of other tools, and what they are in Kubernetes.
const FOREIGN: &[(&str, &str)] = &[
    ("http", "TCP"),
    ("https", "TCP"),
    ("http2", "TCP"),
    ("grpc", "TCP"),
    ("no", "Never"),
    ("missing", "IfNotPresent"),
    ("=", "Equal"),
    ("==", "Equal"),
    ("eq", "Equal"),
    ("in", "In"),
    ("not in", "NotIn"),
    // Comparisons.
    ("=", "In"),
    ("==", "In"),
    ("eq", "In"),
    ("equal", "In"),
    ("equals", "In"),
    ("is", "In"),
    ("!=", "NotIn"),
    ("<>", "NotIn"),
    ("ne", "NotIn"),
    ("notequal", "NotIn"),
    ("notequals", "NotIn"),
    ("present", "Exists"),
    ("has", "Exists"),
    ("*", "Exists"),
    ("!", "DoesNotExist"),
    ("notexists", "DoesNotExist"),
    ("notexist", "DoesNotExist"),
    ("absent", "DoesNotExist"),
    (">", "Gt"),
    ("greater", "Gt"),
    ("greaterthan", "Gt"),
    ("<", "Lt"),
    ("less", "Lt"),
    ("lessthan", "Lt"),
    // What is done with pods that fit nowhere.
    ("evict", "NoExecute"),
    ("hard", "DoNotSchedule"),
    ("required", "DoNotSchedule"),
    ("soft", "ScheduleAnyway"),
    ("preferred", "ScheduleAnyway"),
    // Volumes and mounts.
    ("rwo", "ReadWriteOnce"),
    ("rox", "ReadOnlyMany"),
    ("rwx", "ReadWriteMany"),
    ("rwop", "ReadWriteOncePod"),
    ("dir", "Directory"),
    ("folder", "Directory"),
    ("raw", "Block"),
    ("private", "None"),
    ("rprivate", "None"),
    ("slave", "HostToContainer"),
    ("rslave", "HostToContainer"),
    ("shared", "Bidirectional"),
    ("rshared", "Bidirectional"),
    // Systems and architectures of nodes.
    ("x86_64", "amd64"),
    ("x86-64", "amd64"),
    ("x64", "amd64"),
    ("intel", "amd64"),
    ("aarch64", "arm64"),
    ("armv8", "arm64"),
    ("graviton", "arm64"),
    ("ubuntu", "linux"),
    ("debian", "linux"),
    // Profiles.
    ("default", "RuntimeDefault"),
    ("docker/default", "RuntimeDefault"),
    ("none", "Unconfined"),
];

/// What is wrong with a word that has to be one of `words`.
#[must_use]
pub fn one_of(code: Code, value: &str, words: &[&str], at: &At<'_>) -> Option<Fault> {
    if words.contains(&value) {
        return None;
    }
    let fault = Fault::refused(code, Reason::NotSupported, at, message(value, at));
    let near = meant(value, words);
    // A long list is no help where one word was all but written.
    let fault = if near.is_some() && words.len() > SHORT {
        fault.note(format!("Kubernetes knows {} words here, and compares them letter by letter", words.len()))
    } else {
        let spelling = near.is_some_and(|word| same_letters(word, value));
        let rule = if spelling { ", in exactly this spelling" } else { "" };
        fault.note(format!("Kubernetes knows {}{rule}", listed(words)))
    };
    let Some(word) = near else {
        let example = words.first().map(|word| format!("write one of them, such as `{}`", literal::text(word)));
        return Some(example.into_iter().fold(fault, Fault::help));
    };
    let fault = fault.help(format!("did you mean `{word}`?"));
    let (change, text) = (format!("write `{word}`"), literal::text(word));
    // Where the letters are the same, nothing else can be meant.
    Some(if same_letters(word, value) { fault.replace(change, text) } else { fault.suggest(change, text) })
}

/// The word that was probably meant: one that is nearly the same, the only one that begins or ends so, or what another tool
/// calls so.
#[must_use]
pub fn meant<'w>(value: &str, words: &[&'w str]) -> Option<&'w str> {
    let lower = value.to_lowercase();
    let mut known = FOREIGN.iter().filter(|(foreign, _)| *foreign == lower || same_word(foreign, &lower));
    let foreign = known.find_map(|(_, own)| words.iter().copied().find(|word| word == own));
    let spelt = words.iter().copied().find(|word| same_letters(word, value) && !lower.is_empty());
    let begins = || only(words, |word| lower.len() >= BEGINNING && word.to_lowercase().starts_with(&lower));
    let ends = || only(words, |word| lower.len() >= BEGINNING && word.to_lowercase().ends_with(&lower));
    spelt.or(foreign).or_else(begins).or_else(ends).or_else(|| closest(value, words.iter().copied()))
}

/// Whether two words are the same but for signs between their letters; signs alone are no word.
fn same_word(a: &str, b: &str) -> bool {
    a.contains(char::is_alphabetic) && same_letters(a, b)
}

/// The one word of which something holds.
fn only<'w>(words: &[&'w str], holds: impl Fn(&str) -> bool) -> Option<&'w str> {
    let mut found = words.iter().copied().filter(|word| holds(word));
    found.next().filter(|_| found.next().is_none())
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
    use super::{meant, one_of};
    use crate::diagnostics::code;
    use crate::validate::fault::{Fault, Text};
    use crate::validate::path::At;

    const POLICIES: &[&str] = &["Always", "IfNotPresent", "Never"];

    fn fault(value: &str) -> Option<Fault> {
        let root = At::root();
        one_of(code::BAD_KEYWORD, value, POLICIES, &root.field("imagePullPolicy"))
    }

    #[test]
    fn a_word_of_the_list_is_right() {
        assert_eq!(fault("IfNotPresent"), None);
    }

    #[test]
    fn only_another_spelling_is_mended_unseen() {
        let of = |value| fault(value).and_then(|fault| fault.replacement).map(|with| (with.text, with.safe));
        let text = |text: &str| Text::Source(text.to_owned());
        assert_eq!(of("always"), Some((text("\"Always\""), true)));
        assert_eq!(of("if-not-present"), Some((text("\"IfNotPresent\""), true)));
        assert_eq!(of("IfNotPresnt"), Some((text("\"IfNotPresent\""), false)));
        assert_eq!(of("sometimes"), None);
    }

    #[test]
    fn a_part_of_a_word_and_words_of_other_tools_are_understood() {
        assert_eq!(meant("OnFail", &["Always", "OnFailure", "Never"]), Some("OnFailure"));
        assert_eq!(meant("limits.mem", &["limits.cpu", "limits.memory"]), Some("limits.memory"));
        assert_eq!(meant("HTTP", &["TCP", "UDP"]), Some("TCP"));
        assert_eq!(meant("HTTP", POLICIES), None);
        assert_eq!(meant("", POLICIES), None);
    }
}
