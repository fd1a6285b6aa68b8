//! Who may import whom.
//!
//! In: the text of `src/**/*.rs`. Out: an error that names the file and the edge where one is not in the tables below.
//! Always: data flows down the list of steps in `src/lib.rs` and never up; what touches the outside world, and each large
//! dependency, is named by few. One crate has no walls between its folders, so this test is the wall.
//! Not here: visibility within a folder. The sources have no raw strings, and [`code`] knows none.

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use support::{files_below, root};

/// A folder or file of `src`, and what it may name of the others: a whole folder, or one module of it.
///
/// Each row may only name rows above it, and names nothing that it does not need.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("digest", &[]),
    ("graph", &[]),
    ("parallel", &[]),
    ("flyte", &[]),
    ("schema", &["flyte::accelerators"]),
    ("compare", &["schema"]),
    ("diagnostics", &["source"]),
    ("data", &["source", "diagnostics"]),
    ("cluster", &["source", "diagnostics", "schema", "data"]),
    ("syntax", &["parallel", "source", "diagnostics"]),
    ("format", &["source", "syntax::ast", "syntax::comments"]),
    ("import", &["source", "diagnostics", "data", "flyte", "schema", "syntax", "format"]),
    ("value", &["source"]),
    ("modules", &["parallel", "source", "graph", "diagnostics", "syntax"]),
    (
        "expression",
        &[
            "source",
            "graph",
            "diagnostics",
            "schema::spelling",
            "schema::units",
            "data",
            "syntax::ast",
            "syntax::visit",
            "value",
            "modules",
        ],
    ),
    (
        "resolve",
        &["source", "graph", "diagnostics", "flyte::entrypoint", "syntax::ast", "value", "modules", "expression"],
    ),
    (
        "evaluate",
        &["source", "diagnostics", "schema", "syntax::ast", "value", "modules::names", "expression", "resolve"],
    ),
    ("settings", &["source", "diagnostics", "flyte", "schema", "value"]),
    (
        "check",
        &[
            "source",
            "graph",
            "diagnostics",
            "flyte",
            "schema",
            "data",
            "cluster",
            "syntax::ast",
            "syntax::comments",
            "value",
            "modules",
            "expression",
            "resolve",
            "evaluate",
            "settings",
        ],
    ),
    ("lower", &["source", "digest", "flyte", "schema", "value", "settings"]),
    (
        "validate",
        &["parallel", "source", "check::pod_security", "diagnostics", "flyte", "schema", "value", "settings", "lower"],
    ),
    ("emit", &["source", "digest", "flyte", "settings", "lower"]),
    ("preview", &["source", "diagnostics", "flyte", "schema", "data", "cluster", "settings", "lower", "validate"]),
    (
        "project",
        &[
            "source",
            "diagnostics",
            "data",
            "schema::kubernetes::versions",
            "expression::inputs",
            "check::pod_security",
            "emit",
        ],
    ),
    (
        "compile",
        &[
            "parallel",
            "source",
            "digest",
            "diagnostics",
            "cluster",
            "flyte::entrypoint",
            "schema::kubernetes::versions",
            "syntax::ast",
            "value",
            "modules",
            "expression",
            "resolve",
            "evaluate",
            "settings",
            "check",
            "lower",
            "validate",
        ],
    ),
    ("python", &["diagnostics", "flyte", "schema", "value", "settings", "lower", "compile"]),
    (
        "trace",
        &[
            "source",
            "diagnostics::suggest",
            "schema",
            "syntax::ast",
            "value",
            "modules",
            "expression::inputs",
            "lower",
            "validate",
            "emit",
            "preview",
            "compare",
        ],
    ),
    (
        "cli",
        &[
            "parallel",
            "source",
            "digest",
            "flyte::entrypoint",
            "schema::kubernetes::versions",
            "diagnostics",
            "data",
            "cluster",
            "syntax",
            "modules::EXTENSION",
            "expression::inputs",
            "check::allowances",
            "check::case",
            "check::pod_security",
            "lower",
            "validate",
            "emit",
            "preview",
            "project",
            "compare",
            "compile",
            "python",
            "format",
            "trace",
            "import",
        ],
    ),
];

/// What only some files may name: a crate or a path of the standard library, and the beginnings of the files' paths.
const RESERVED: &[(&str, &[&str])] = &[
    ("base64", &["src/data/yaml/scalar.rs"]),
    ("clap", &["src/cli/"]),
    ("codespan_reporting", &["src/diagnostics/render/human/"]),
    ("ctrlc", &["src/cli/watch/"]),
    ("globset", &["src/cli/"]),
    ("granit_parser", &["src/data/yaml/"]),
    ("jsonc_parser", &["src/data/json/"]),
    (
        "k8s_openapi",
        &[
            "src/cluster/read.rs",
            "src/emit/",
            "src/evaluate/coerce.rs",
            "src/lower/",
            "src/preview/mod.rs",
            "src/validate/",
        ],
    ),
    ("memchr", &["src/source/mod.rs", "src/syntax/scan.rs"]),
    ("mimalloc", &["src/main.rs"]),
    ("notify", &["src/cli/watch/events.rs"]),
    ("pest", &["src/syntax/"]),
    ("pest_derive", &["src/syntax/grammar.rs"]),
    ("prost", &["src/emit/wire.rs", "src/flyte/idl.rs", "src/lower/pool.rs"]),
    ("prost_types", &["src/emit/wire.rs", "src/flyte/idl.rs"]),
    ("serde_saphyr", &["src/emit/mod.rs"]),
    ("sha2", &["src/digest.rs"]),
    (
        "similar",
        &["src/cli/", "src/compare/lists.rs", "src/compare/report/texts.rs", "src/diagnostics/render/changes.rs"],
    ),
    ("std::env", &["src/cli/"]),
    ("std::fs", &["src/cli/"]),
    ("std::io::stderr", &["src/cli/"]),
    ("std::io::stdin", &["src/cli/"]),
    ("std::io::stdout", &["src/cli/"]),
    ("std::net", &["src/validate/kubernetes/ip.rs"]),
    ("std::path", &["src/cli/"]),
    ("std::process", &["src/cli/", "src/main.rs"]),
    ("std::thread", &["src/cli/progress.rs", "src/cli/watch/events.rs", "src/parallel.rs"]),
    ("std::time", &["src/cli/progress.rs", "src/cli/watch/"]),
    ("strsim", &["src/diagnostics/suggest.rs"]),
    ("tempfile", &["src/cli/"]),
    ("terminal_size", &["src/cli/args.rs"]),
    ("textwrap", &["src/diagnostics/render/human/"]),
    ("toml", &["src/data/"]),
    ("toml_parser", &["src/data/toml/keys.rs"]),
    ("walkdir", &["src/cli/sources.rs"]),
];

/// What no file may hold: what walks past the tables, and what writes past [`RESERVED`].
const FORBIDDEN: &[&str] =
    &["super::super", "super::{super", "unsafe", "print!", "println!", "eprint!", "eprintln!", "dbg!"];

/// What only `src/cli` may call, however it is imported.
const STREAMS: &[&str] = &["stdin()", "stdout()", "stderr()"];

#[test]
fn every_file_keeps_to_the_tables() {
    let faults: Vec<String> = sources().iter().flat_map(|(path, text)| faults(path, text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_program_names_the_command_alone() {
    let main = fs::read_to_string(root().join("src/main.rs")).expect("it is a source");
    assert_eq!(paths(&code(&main), "flytec"), ["cli::run"]);
}

#[test]
fn data_flows_down_the_table() {
    for (at, (layer, allowed)) in LAYERS.iter().enumerate() {
        let above: Vec<&str> = LAYERS.iter().take(at).map(|(name, _)| *name).collect();
        for target in *allowed {
            assert!(above.contains(&first(target)), "`{layer}` stands above `{target}`, which it may name");
        }
    }
}

#[test]
fn the_tables_allow_nothing_that_is_not_needed() {
    let sources = sources();
    let imports: BTreeSet<(String, String)> = sources
        .iter()
        .flat_map(|(path, text)| paths(&code(text), "crate").into_iter().map(|target| (layer_of(path), target)))
        .collect();
    for (layer, allowed) in LAYERS {
        for target in *allowed {
            let used = imports.iter().any(|(from, to)| from == layer && begins(to, target));
            assert!(used, "`{layer}` may name `{target}`, and does not");
        }
    }
    for (reserved, places) in RESERVED {
        for place in *places {
            let used = sources.iter().any(|(path, text)| path.starts_with(place) && names(&code(text), reserved));
            assert!(used, "`{place}` may name `{reserved}`, and does not");
        }
    }
}

/// The test can fail: each of these is refused, and for the right reason.
#[test]
fn what_breaks_the_tables_is_named() {
    let refused = |path: &str, text: &str, expected: &[&str]| assert_eq!(faults(path, text), expected, "{text}");
    refused(
        "src/emit/bad.rs",
        "use crate::resolve::Program;",
        &["src/emit/bad.rs: `emit` may not name `resolve::Program`"],
    );
    refused(
        "src/lower/bad.rs",
        "use crate::{\n    settings::{self, run::Run}, // fine\n    emit,\n};",
        &["src/lower/bad.rs: `lower` may not name `emit`"],
    );
    refused(
        "src/resolve/bad.rs",
        "fn f() { crate::syntax::parse() }",
        &["src/resolve/bad.rs: `resolve` may not name `syntax::parse`"],
    );
    refused("src/new/bad.rs", "use crate::source::Span;", &["src/new/bad.rs: `new` has no row in the table of layers"]);
    refused("src/check/bad.rs", "use pest::Parser;", &["src/check/bad.rs: `pest` is reserved for src/syntax/"]);
    refused(
        "src/emit/bad.rs",
        "use std::{fmt, fs::{self, File}};",
        &["src/emit/bad.rs: `std::fs` is reserved for src/cli/"],
    );
    refused(
        "src/emit/bad.rs",
        "use std::io;\nfn f() { io::stdout(); }",
        &["src/emit/bad.rs: `stdout()` is for src/cli alone"],
    );
    refused("src/emit/bad.rs", "use super::super::lower;", &["src/emit/bad.rs: `super::super` stands nowhere in src"]);
    refused("src/emit/bad.rs", "fn f() { unsafe { } }", &["src/emit/bad.rs: `unsafe` stands nowhere in src"]);
}

/// Comments, strings and longer names are no imports.
#[test]
fn what_only_looks_like_an_import_is_none() {
    let fine = |text: &str| assert_eq!(faults("src/source/mod.rs", text), Vec::<String>::new(), "{text}");
    fine("//! See [`crate::syntax::parse`], `std::fs` and unsafe things.");
    fine("/* use crate::syntax; */ const A: &str = \"crate::syntax \\\" std::fs // unsafe\";");
    fine("fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' } // use crate::cli;");
    fine("use my_crate::syntax; use fastest::pests; fn unsafe_fix() {}");
}

// --------------------------------------------------------------------------------------------------------- faults

fn sources() -> Vec<(String, String)> {
    let files = files_below(&root().join("src"), "rs");
    let name = |path: &std::path::Path| {
        path.strip_prefix(root()).expect("it is below the root").to_string_lossy().replace('\\', "/")
    };
    files.iter().map(|path| (name(path), fs::read_to_string(path).expect("sources are UTF-8"))).collect()
}

/// What a file names against the tables.
fn faults(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let mut faults = Vec::new();
    let layer = layer_of(path);
    if !["lib", "main"].contains(&layer.as_str()) {
        faults.extend(layer_faults(&layer, &code));
    }
    for (reserved, places) in RESERVED {
        if names(&code, reserved) && !places.iter().any(|place| path.starts_with(place)) {
            faults.push(format!("`{reserved}` is reserved for {}", places.join(", ")));
        }
    }
    for stream in STREAMS {
        if code.contains(stream) && !path.starts_with("src/cli/") {
            faults.push(format!("`{stream}` is for src/cli alone"));
        }
    }
    let dense: String = code.split_whitespace().collect();
    for forbidden in FORBIDDEN {
        let found = if forbidden.contains(':') { dense.contains(forbidden) } else { has_word(&code, forbidden) };
        if found {
            faults.push(format!("`{forbidden}` stands nowhere in src"));
        }
    }
    faults.into_iter().map(|fault| format!("{path}: {fault}")).collect()
}

fn layer_faults(layer: &str, code: &str) -> Vec<String> {
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("`{layer}` has no row in the table of layers")];
    };
    let foreign = paths(code, "crate").into_iter().filter(|target| first(target) != layer);
    let broken = foreign.filter(|target| !allowed.iter().any(|allowed| begins(target, allowed)));
    broken.map(|target| format!("`{layer}` may not name `{target}`")).collect()
}

/// The folder below `src` that a file is in, or the name of a file that is in none.
fn layer_of(path: &str) -> String {
    let below = path.strip_prefix("src/").unwrap_or(path);
    first(&below.replace('/', "::")).trim_end_matches(".rs").to_owned()
}

fn first(path: &str) -> &str {
    path.split("::").next().unwrap_or_default()
}

/// Whether a path is `prefix` or something in it.
fn begins(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Whether code names a crate, or a path of one.
fn names(code: &str, reserved: &str) -> bool {
    match reserved.split_once("::") {
        None => !paths(code, reserved).is_empty(),
        Some((root, path)) => paths(code, root).iter().any(|found| begins(found, path)),
    }
}

// ----------------------------------------------------------------------------------------------------------- code

/// The text without comments and without what stands in strings and character literals.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if next == '"' {
            string_length(rest)
        } else if let Some(length) = character_length(rest) {
            length
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[length..];
    }
    code
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// The length of a character literal; a lifetime is none.
fn character_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return inner.get(2..)?.find('\'').map(|end| end + 4);
    }
    let c = inner.chars().next()?;
    inner[c.len_utf8()..].starts_with('\'').then_some(c.len_utf8() + 2)
}

/// Every path below `root::` that code names, groups taken apart: `crate::{a::{b, C}, d}` is `a::b`, `a::C` and `d`.
fn paths(code: &str, root: &str) -> Vec<String> {
    let start = format!("{root}::");
    let alone = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    let found = code.match_indices(&start).filter(|(at, _)| alone(*at));
    found.flat_map(|(at, _)| branches(&code[at + start.len()..])).collect()
}

/// The paths of a use tree at the beginning of `text`.
fn branches(text: &str) -> Vec<String> {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        return group_members(group).into_iter().flat_map(branches).collect();
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || name == "self" {
        return vec![String::new()];
    }
    let below = rest.trim_start().strip_prefix("::").map_or_else(|| vec![String::new()], branches);
    let join = |below: String| if below.is_empty() { name.to_owned() } else { format!("{name}::{below}") };
    below.into_iter().map(join).collect()
}

/// What stands between the commas of a group whose brace has been read.
fn group_members(group: &str) -> Vec<&str> {
    let (mut depth, mut start) = (0_usize, 0);
    let mut members = Vec::new();
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                members.push(&group[start..at]);
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    members.retain(|member| !member.trim().is_empty());
    members
}

fn has_word(code: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let alone = |at: usize| !code[..at].ends_with(part_of_name) && !code[at + word.len()..].starts_with(part_of_name);
    code.match_indices(word).any(|(at, _)| alone(at))
}
