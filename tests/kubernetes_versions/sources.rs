//! What k8s-openapi's sources say of each version's pod spec.
//!
//! In: the folder of the crate, in which each version has a folder of its own. Out: for each version every definition that
//! `PodSpec` reaches, with its fields and their texts. Always: what is not laid out as that crate's generator lays it out fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The path of the definition that everything is reached from.
const ROOT: &str = "api::core::v1::PodSpec";

/// The definitions of one version, by short name, such as `Container`.
pub type Definitions = BTreeMap<String, Definition>;

/// A type with known fields.
#[derive(Default)]
pub struct Definition {
    /// By name.
    pub fields: BTreeMap<String, Property>,
    /// The names of the fields that it must have.
    pub required: Vec<String>,
}

/// A field.
#[derive(Default)]
pub struct Property {
    /// What it is said to be for.
    pub text: String,
    /// The paths of the types that it is made of.
    pub types: Vec<String>,
    /// The lines of its schema that say its type, without its text.
    pub schema: Vec<String>,
}

/// The versions that the crate has, the oldest first, by the numbers behind `1.`.
pub fn versions() -> BTreeMap<u8, Definitions> {
    let folder = crate_folder().join("src");
    let entries = fs::read_dir(&folder).expect("the crate's sources are here");
    let names = entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    let numbers = names.filter_map(|name| name.strip_prefix("v1_")?.parse().ok());
    numbers.map(|number: u8| (number, definitions(&folder.join(format!("v1_{number}"))))).collect()
}

/// The platform that the compiler runs on.
fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().expect("rustc can be run");
    let text = String::from_utf8(output.stdout).expect("rustc writes text");
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its platform").to_owned()
}

/// Where cargo has put the crate that this project is built with.
fn crate_folder() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // Crates for other platforms need not be here.
    command
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let found = packages.iter().find(|package| package["name"] == "k8s-openapi").expect("k8s-openapi is one of them");
    let manifest = Path::new(found["manifest_path"].as_str().expect("a package has a manifest"));
    manifest.parent().expect("a manifest stands in a folder").to_owned()
}

/// Everything that `PodSpec` reaches.
fn definitions(folder: &Path) -> Definitions {
    let mut definitions = Definitions::new();
    let mut paths = vec![ROOT.to_owned()];
    while let Some(path) = paths.pop() {
        let name = path.rsplit("::").next().unwrap_or_default().to_owned();
        if definitions.contains_key(&name) {
            continue;
        }
        // Quantities, moments and the like have no fields.
        if let Some(definition) = definition(&file_text(folder, &path)) {
            paths.extend(definition.fields.values().flat_map(|field| field.types.iter().cloned()));
            definitions.insert(name, definition);
        }
    }
    definitions
}

/// The file that a type is in: the module above it says which.
fn file_text(folder: &Path, path: &str) -> String {
    let (module, name) = path.rsplit_once("::").expect("a type is in a module");
    let module = folder.join(module.replace("::", "/"));
    let index = fs::read_to_string(module.join("mod.rs")).expect("a module has an index");
    let export =
        |line: &str| line.strip_prefix("pub use self::")?.strip_suffix(&format!("::{name};")).map(str::to_owned);
    let file = index.lines().find_map(export).unwrap_or_else(|| panic!("nothing exports {path}"));
    fs::read_to_string(module.join(format!("{file}.rs"))).expect("what is exported is there")
}

// The layout of the schema in such a file, by its indentation.

/// Before the parts of the schema.
const PART: &str = "            ";
/// Before each field, and each name of a list.
const ENTRY: &str = "                ";

/// The definition of a file, if it has fields.
fn definition(text: &str) -> Option<Definition> {
    let mut lines = text.lines().skip_while(|line| *line != format!("{PART}\"properties\": {{"));
    lines.next()?;
    let mut definition = Definition::default();
    let mut field: Option<String> = None;
    for line in lines.by_ref().take_while(|line| *line != format!("{PART}}},")) {
        let opened = line.strip_prefix(ENTRY).and_then(|line| line.strip_prefix('"'));
        let opened = opened.and_then(|line| line.strip_suffix("\": {").or_else(|| line.strip_suffix("\": ({")));
        if let Some(name) = opened {
            field = Some(name.to_owned());
            definition.fields.insert(name.to_owned(), Property::default());
        } else if let Some(property) = field.as_ref().and_then(|name| definition.fields.get_mut(name)) {
            property.read(line);
        }
    }
    let required = lines.skip_while(|line| *line != format!("{PART}\"required\": [")).skip(1);
    let names = required.take_while(|line| *line != format!("{PART}],"));
    definition.required = names.map(|line| line.trim().trim_matches(|c| c == '"' || c == ',').to_owned()).collect();
    assert!(!definition.fields.is_empty(), "there are fields, but none could be read");
    Some(definition)
}

impl Property {
    /// Whether it is a string.
    pub fn is_text(&self) -> bool {
        self.schema.first().is_some_and(|line| line == "\"type\": \"string\",")
    }

    /// Takes what one line of its schema says.
    fn read(&mut self, line: &str) {
        let line = line.trim();
        let told = line
            .strip_prefix("\"description\": \"")
            .or_else(|| line.split_once("\"description\".into(), \"").map(|(_, text)| text));
        if let Some(text) = told {
            let end = text.rfind('"').expect("a text ends");
            text[..end].replace("\\n", "\n").replace("\\\"", "\"").clone_into(&mut self.text);
            return;
        }
        let types = line.split("subschema_for::<crate::").skip(1);
        self.types.extend(types.filter_map(|rest| rest.split_once(">(")).map(|(path, _)| path.to_owned()));
        self.schema.push(line.to_owned());
    }
}
