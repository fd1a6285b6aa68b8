//! The tables of what each Kubernetes version has are what k8s-openapi and the data on feature gates say.
//!
//! In: the sources of k8s-openapi, which has a folder for each version, and `gates.json`. Out: an error where the committed
//! `src/schema/kubernetes/versions/table.rs` is not what would be generated today; with `UPDATE=1` in the environment, the file
//! itself. Always: no field is named here.
//!
//! The versions exclude each other as features of the crate, so that one build sees one of them. Its sources hold them all, are
//! on each machine that builds this project, and are laid out by a generator: reading them takes one ordinary run of a test,
//! where a build of each version would take five and a copy of what they gave. That they are read rightly is held by the newest
//! version, which has to be what the crate itself says in this build. That the data are right for 1.34 is held by
//! pods that its own API server has seen ([`dropped`]).
//!
//! When k8s-openapi moves: `UPDATE=1 cargo test --test kubernetes_schema --test kubernetes_versions`. For each gate that a new
//! text names, a test here asks for its stages in `gates.json`.

mod data;
mod dropped;
mod page;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::{env, fs};

use data::Data;
use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::schemars::SchemaGenerator;
use serde_json::Value;
use sources::{Definitions, Property};

/// The committed table.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema/kubernetes/versions/table.rs");

/// The page for users, and where in it the rows are.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/kubernetes.md");
const PAGE_START: &str = "<!-- guards -->\n";
const PAGE_END: &str = "<!-- end of guards -->\n";

#[test]
fn the_table_is_what_the_sources_say() {
    let generated = table::text(&sources::versions(), &Data::read());
    if env::var_os("UPDATE").is_some() {
        fs::write(TABLE, &generated).expect("the table can be written");
    }
    let committed = fs::read_to_string(TABLE).expect("the table can be read");
    let same = committed.lines().zip(generated.lines()).take_while(|(left, right)| left == right).count();
    assert!(committed == generated, "the table is out of date from line {} on; run with UPDATE=1", same + 1);
}

/// The newest version is the one that the project is built with, and its sources are read as the crate means them.
#[test]
fn sources_of_the_newest_version_are_read_as_the_crate_means_them() {
    let versions = sources::versions();
    let (_, newest) = versions.last_key_value().expect("the crate has versions");
    let mut generator = SchemaGenerator::default();
    generator.subschema_for::<PodSpec>();
    let mut expected = BTreeMap::new();
    for (name, schema) in generator.definitions() {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let fields: Vec<&str> = properties.keys().map(String::as_str).collect();
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            let required: Vec<&str> = required.filter_map(Value::as_str).collect();
            expected.insert(name.rsplit('.').next().unwrap_or_default(), (BTreeSet::from_iter(fields), required));
        }
    }
    let read = newest.iter().map(|(name, definition)| {
        let fields = definition.fields.keys().map(String::as_str).collect();
        (name.as_str(), (fields, definition.required.iter().map(String::as_str).collect()))
    });
    assert_eq!(read.collect::<BTreeMap<_, _>>(), expected);
}

/// The page for users has a row for each guard.
#[test]
fn the_page_lists_what_gates_guard() {
    let text = fs::read_to_string(PAGE).expect("the page can be read");
    let (before, rest) = text.split_once(PAGE_START).expect("the page has a place for the rows");
    let (_, after) = rest.split_once(PAGE_END).expect("the place ends");
    let (versions, data) = (sources::versions(), Data::read());
    let oldest = *versions.keys().next().expect("there are versions");
    let guards = data.guards(&data::mentions(versions.values()));
    let generated = format!("{before}{PAGE_START}{}{PAGE_END}{after}", page::rows(&guards, &data.gates(), oldest));
    if env::var_os("UPDATE").is_some() {
        fs::write(PAGE, &generated).expect("the page can be written");
        return;
    }
    assert!(text == generated, "docs/kubernetes.md does not list what gates guard; run with UPDATE=1");
}

/// A field whose type changes would need more than the versions that have it.
#[test]
fn no_field_changes_its_type() {
    let mut types: BTreeMap<(&str, &str), &Vec<String>> = BTreeMap::new();
    let versions = sources::versions();
    for definitions in versions.values() {
        for (object, field, property) in fields(definitions) {
            let schema = types.entry((object, field)).or_insert(&property.schema);
            assert_eq!(*schema, &property.schema, "{object}.{field}");
        }
    }
}

/// Of words, only texts tell: those that come later than their field have a guard, whose gate comes in the same version.
#[test]
fn words_that_come_with_a_version_have_a_gate_of_that_version() {
    let (versions, data) = (sources::versions(), Data::read());
    let guards = data.guards(&data::mentions(versions.values()));
    let gates = data.gates();
    for ((object, field, word), since) in new_words(&versions) {
        let guard =
            guards.iter().find(|guard| guard.object == object && guard.field == field && guard.only.contains(&word));
        let guard = guard.unwrap_or_else(|| panic!("`{word}` of {object}.{field} is not in every version"));
        assert_eq!(gates[&guard.gate][0].from, since, "`{word}` of {object}.{field}");
    }
}

/// What is written by hand is still needed.
#[test]
fn the_data_name_what_there_is() {
    let (versions, data) = (sources::versions(), Data::read());
    let told = data::mentions(versions.values());
    for mention in data.mentions() {
        assert!(told.contains(&mention), "no text says {mention:?}");
    }
    let all: BTreeSet<(&str, &str)> =
        versions.values().flat_map(fields).map(|(object, field, _)| (object, field)).collect();
    let gates = data.gates();
    for guard in data.guards(&told) {
        assert!(all.contains(&(guard.object.as_str(), guard.field.as_str())), "there is no {guard:?}");
        assert!(gates.contains_key(&guard.gate), "{guard:?}: gates.json has no stages of it");
    }
}

/// All fields of a version.
fn fields(definitions: &Definitions) -> impl Iterator<Item = (&str, &str, &Property)> {
    definitions.iter().flat_map(|(object, definition)| {
        definition.fields.iter().map(move |(field, property)| (object.as_str(), field.as_str(), property))
    })
}

/// The words that the first text of a field does not have, and the version whose text has them first.
fn new_words(versions: &BTreeMap<u8, Definitions>) -> BTreeMap<(String, String, String), u8> {
    let (mut seen, mut new) = (BTreeMap::new(), BTreeMap::new());
    for (version, definitions) in versions {
        for (object, field, property) in fields(definitions).filter(|(_, _, property)| property.is_text()) {
            let words = words(&property.text);
            let first: &mut BTreeSet<String> = seen.entry((object, field)).or_insert_with(|| words.clone());
            for word in words.difference(first) {
                new.entry((object.to_owned(), field.to_owned(), word.clone())).or_insert(*version);
            }
        }
    }
    new
}

/// The words that a text lists as values: capitals and quoted words of sentences that speak of what is allowed.
fn words(text: &str) -> BTreeSet<String> {
    const SIGNS: &[&str] =
        &["alid value", "alid operators", "ossible value", "llowed value", "upported value", "One of", "one of"];
    let sentences =
        text.split(". ").flat_map(str::lines).filter(|sentence| SIGNS.iter().any(|sign| sentence.contains(sign)));
    let words = sentences.flat_map(|sentence| sentence.split_whitespace().skip(1));
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    words
        .filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}
