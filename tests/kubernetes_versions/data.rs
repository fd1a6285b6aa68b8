//! What k8s-openapi does not say of feature gates: `gates.json`, which says where it is from.
//!
//! In: the file, and the texts of fields. Out: the stages of each gate, and what each gate guards. Always: each gate that a text
//! names is one of the file, and guards the field unless the file says otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::{fs, iter};

use serde_json::Value;

use super::sources::Definitions;

/// The file.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kubernetes_versions/gates.json");

/// What the file says.
pub struct Data(Value);

/// A stage of a gate.
pub struct Stage {
    /// The number behind `1.` of its first version.
    pub from: u8,
    /// Whether the gate is on in it by default.
    pub default: bool,
    /// Whether it can be set.
    pub locked: bool,
}

/// A row of the file or one that a text stands for: `gate` guards `field` of `object`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guard {
    /// The definition.
    pub object: String,
    /// The field.
    pub field: String,
    /// The list of the pod spec in which it holds.
    pub list: Option<String>,
    /// The words, if it guards only these.
    pub only: Vec<String>,
    /// The words that it does not guard.
    pub all_but: Vec<String>,
    /// The gate.
    pub gate: String,
    /// What happens while the gate is off.
    pub effect: String,
}

/// A field, and a gate that its text names.
pub type Mention = (String, String, String);

impl Data {
    pub fn read() -> Self {
        let text = fs::read_to_string(FILE).expect("the data can be read");
        Self(serde_json::from_str(&text).expect("the data are JSON"))
    }

    /// The stages of each gate, the first one first.
    pub fn gates(&self) -> BTreeMap<String, Vec<Stage>> {
        let gates = self.0["gates"].as_object().expect("there are gates");
        let stages = |stages: &Value| stages.as_array().expect("a gate has stages").iter().map(stage).collect();
        gates.iter().map(|(name, value)| (name.clone(), stages(value))).collect()
    }

    /// The guards of the file and those that texts tell of.
    pub fn guards(&self, mentions: &BTreeSet<Mention>) -> BTreeSet<Guard> {
        let written: BTreeSet<Guard> = self.rows("guards").iter().map(guard).collect();
        let known = written.iter().map(|guard| (guard.object.clone(), guard.field.clone(), guard.gate.clone()));
        let known: BTreeSet<Mention> = known.chain(self.rows("mentions").iter().map(mention)).collect();
        let told = mentions.difference(&known).map(told);
        let told: Vec<Guard> = told.collect();
        written.into_iter().chain(told).collect()
    }

    /// The texts that are said to name a gate without need of it.
    pub fn mentions(&self) -> BTreeSet<Mention> {
        self.rows("mentions").iter().map(mention).collect()
    }

    fn rows(&self, name: &str) -> &[Value] {
        self.0[name].as_array().expect("there are rows")
    }
}

/// Whether a gate is on for good in all versions from this one on: what it guards is as if it had none.
pub fn is_settled(stages: &[Stage], oldest: u8) -> bool {
    stages.iter().any(|stage| stage.locked && stage.default && stage.from <= oldest)
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_else(|| panic!("{row} has no {name}")).to_owned()
}

fn texts(row: &Value, name: &str) -> Vec<String> {
    row[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn stage(row: &Value) -> Stage {
    let from = text(row, "from");
    let minor = from.strip_prefix("1.").and_then(|minor| minor.parse().ok()).expect("a stage begins in a version");
    let default = row["default"].as_bool().expect("a stage has a default");
    Stage { from: minor, default, locked: row["locked"] == true }
}

fn guard(row: &Value) -> Guard {
    Guard {
        object: text(row, "object"),
        field: text(row, "field"),
        list: row["list"].as_str().map(str::to_owned),
        only: texts(row, "only"),
        all_but: texts(row, "all_but"),
        gate: text(row, "gate"),
        effect: text(row, "effect"),
    }
}

fn mention(row: &Value) -> Mention {
    (text(row, "object"), text(row, "field"), text(row, "gate"))
}

/// The guard that a text tells of: an API server drops what needs a gate that is off. Claims are made later, by others.
fn told((object, field, gate): &Mention) -> Guard {
    let effect = if object == "PersistentVolumeClaimSpec" { "kept_from_claim" } else { "dropped" };
    Guard {
        object: object.clone(),
        field: field.clone(),
        list: None,
        only: Vec::new(),
        all_but: Vec::new(),
        gate: gate.clone(),
        effect: effect.to_owned(),
    }
}

// Texts.

/// The gates that the texts of all versions name.
pub fn mentions<'d>(versions: impl Iterator<Item = &'d Definitions>) -> BTreeSet<Mention> {
    let fields = versions.flatten().flat_map(|(object, definition)| iter::repeat(object).zip(&definition.fields));
    let mentions = fields.flat_map(|(object, (field, property))| {
        gates_in(&property.text).into_iter().map(|gate| (object.clone(), field.clone(), gate))
    });
    mentions.collect()
}

/// The words beside `feature gate`: `the X feature gate`, `feature gate X`, `X featuregate`, `the X feature.`
fn gates_in(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut gates = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| word.starts_with("feature")) {
        gates.extend(at.checked_sub(1).map(|at| words[at]));
        // No sentence ends between a gate and the word for it.
        let name = words[at + 1..].iter().find(|word| !["gate", "flag", "gates"].contains(word));
        gates.extend(name.filter(|_| !word.ends_with('.')));
    }
    let names = gates.into_iter().map(|gate| gate.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    names.filter(|name| is_gate(name)).map(str::to_owned).collect()
}

/// Whether a word is written as gates are: several words in one, each with a capital.
fn is_gate(word: &str) -> bool {
    let capitals = word.chars().filter(char::is_ascii_uppercase).count();
    word.starts_with(|c: char| c.is_ascii_uppercase()) && capitals > 1 && word.chars().any(|c| c.is_ascii_lowercase())
}
