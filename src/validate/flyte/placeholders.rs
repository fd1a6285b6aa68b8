//! Placeholders in texts: `{{.input}}` and its like.
//!
//! In: text. Out: the placeholders in it, and what each of them is to Flyte. Always: only what Flyte itself would replace, or what
//! cannot be meant for anyone else, is told from the text of other programs, many of which write `{{ … }}` too.
//! Source: `Render` in `flyteplugins/go/tasks/pluginmachinery/core/template/template.go`.

use crate::diagnostics::suggest::closest;

/// What Flyte replaces, in its usual spelling; it looks at neither case nor spaces.
pub const KNOWN: &[&str] = &[
    "input",
    "inputPrefix",
    "outputPrefix",
    "rawOutputDataPrefix",
    "perRetryUniqueKey",
    "taskTemplatePath",
    "prevCheckpointPrefix",
    "checkpointOutputPrefix",
    "namespace",
];

/// What other engines have words for too, so that without its dot it may be theirs.
const COMMON: &[&str] = &["input", "namespace"];

/// What the arguments of the SDK's own entrypoint hold and no pod spec has replaced, with the variable that says the same.
const NOT_IN_PODS: &[(&str, Option<&str>)] =
    &[("runName", Some("RUN_NAME")), ("actionName", Some("ACTION_NAME")), ("runStartTime", None)];

/// What is often taken for one of [`KNOWN`], with what is meant.
const MISTAKEN: &[(&str, &str)] = &[
    ("inputFile", "input"),
    ("inputs", "input"),
    ("inputsFile", "input"),
    ("inputDir", "inputPrefix"),
    ("output", "outputPrefix"),
    ("outputs", "outputPrefix"),
    ("outputDir", "outputPrefix"),
    ("rawOutputPrefix", "rawOutputDataPrefix"),
];

/// What a placeholder is to Flyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<'t> {
    /// Something that it replaces.
    Known,
    /// An input of the task, by its name.
    Input,
    /// Something for the SDK's own entrypoint, with the variable that says the same.
    NotInPods(Option<&'t str>),
    /// Almost something that it replaces.
    Almost(&'static str),
    /// A name in Flyte's way of writing that it does not know.
    Unknown,
}

/// One placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder<'t> {
    /// All of it, as it stands in the text.
    pub text: &'t str,
    /// What it is.
    pub meaning: Meaning<'t>,
}

/// The placeholders in a text that are Flyte's business.
pub fn placeholders(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while let Some(start) = rest.find("{{") {
            let from = rest.get(start..)?;
            let Some(length) = from.find("}}") else { break };
            let text = from.get(..length + 2)?;
            rest = from.get(length + 2..)?;
            if let Some(meaning) = from.get(2..length).and_then(meaning) {
                return Some(Placeholder { text, meaning });
            }
        }
        rest = "";
        None
    })
}

/// What stands between the braces to Flyte; nothing where it may be another program's.
fn meaning(inside: &str) -> Option<Meaning<'static>> {
    let inside = inside.trim();
    let Some(name) = inside.strip_prefix(['.', '$']) else {
        let known = known(inside)?;
        return (!COMMON.contains(&known)).then_some(Meaning::Almost(known));
    };
    if known(name).is_some() {
        return Some(Meaning::Known);
    }
    if let Some((group, input)) = name.split_once('.') {
        let is_input =
            group.eq_ignore_ascii_case("inputs") && !input.is_empty() && !input.contains(char::is_whitespace);
        return is_input.then_some(Meaning::Input);
    }
    if let Some((_, variable)) = NOT_IN_PODS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(Meaning::NotInPods(*variable));
    }
    // The names of templates in Go, which other programs take, mostly begin in upper case.
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let mistaken = MISTAKEN.iter().find(|(mistake, _)| mistake.eq_ignore_ascii_case(name)).map(|(_, meant)| *meant);
    let meant = mistaken.or_else(|| closest(name, KNOWN.iter().copied()));
    let is_name = || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    meant.map(Meaning::Almost).or_else(|| is_name().then_some(Meaning::Unknown))
}

/// What Flyte replaces under this name, in its usual spelling.
fn known(name: &str) -> Option<&'static str> {
    KNOWN.iter().copied().find(|known| known.eq_ignore_ascii_case(name))
}
