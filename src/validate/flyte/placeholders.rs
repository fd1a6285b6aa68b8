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
    /// Almost an input of the task, by its name.
    AlmostInput(&'t str),
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
        // A single character is found faster than two, and most texts have none.
        while let Some(start) = rest.find('{') {
            let from = rest.get(start..)?;
            if !from.starts_with("{{") {
                rest = from.get(1..)?;
                continue;
            }
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

/// Whether a text has a placeholder that Flyte replaces where it replaces any, and that was meant for it.
///
/// Other engines, which write names in Go's way, begin them in upper case.
#[must_use]
pub fn is_replaced(text: &str) -> bool {
    placeholders(text).any(|placeholder| placeholder.is_of_flyte())
}

impl Placeholder<'_> {
    /// Whether it was meant for Flyte, which replaces it where it replaces any.
    #[must_use]
    pub fn is_of_flyte(&self) -> bool {
        matches!(self.meaning, Meaning::Input | Meaning::Known)
            && self.text.trim_start_matches(['{', ' ', '.', '$']).starts_with(char::is_lowercase)
    }
}

/// What stands between the braces to Flyte; nothing where it may be another program's.
fn meaning(inside: &str) -> Option<Meaning<'_>> {
    let inside = inside.trim();
    let Some(name) = inside.strip_prefix(['.', '$']) else {
        // Argo writes `inputs.parameters.NAME`.
        if let Some(input) = inside.strip_prefix("inputs.") {
            return Some(almost_input(input.rsplit('.').next().unwrap_or(input)));
        }
        let known = known(inside)?;
        return (!COMMON.contains(&known)).then_some(Meaning::Almost(known));
    };
    if known(name).is_some() {
        return Some(Meaning::Known);
    }
    if let Some((group, input)) = name.split_once('.') {
        let is_input =
            group.eq_ignore_ascii_case("inputs") && !input.is_empty() && !input.contains(char::is_whitespace);
        return match group {
            _ if is_input => Some(Meaning::Input),
            "input" | "inputs" => Some(almost_input(input)),
            "output" | "outputs" => Some(Meaning::Unknown),
            _ => None,
        };
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

fn almost_input(name: &str) -> Meaning<'_> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { Meaning::AlmostInput(name) } else { Meaning::Unknown }
}

/// What Flyte replaces under this name, in its usual spelling.
fn known(name: &str) -> Option<&'static str> {
    KNOWN.iter().copied().find(|known| known.eq_ignore_ascii_case(name))
}
