//! Layers over layers: merging is associative and idempotent, and merges pod specs as Kubernetes does.
//!
//! In: random bodies of a pod spec, made by the table of Kubernetes' types, so that every keyed list has its turn. Out: an error that
//! shows the program. Always: layers are compared as the typed pod specs that they become. Not here: what each operator does by
//! itself (`cases/layers`), and which lists are keyed (`kubernetes_schema`).

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use std::fmt::Write as _;

use flytec::check::pod_security::PodSecurity;
use flytec::compile::{Build, analyse};
use flytec::diagnostics::Diagnostics;
use flytec::diagnostics::levels::Levels;
use flytec::expression::inputs::Inputs;
use flytec::flyte::entrypoint::Context;
use flytec::lower::Template;
use flytec::modules::load;
use flytec::schema::kubernetes::POD_SPEC;
use flytec::schema::kubernetes::versions::Target;
use flytec::schema::{Object, Type};
use flytec::source::SourceMap;
use flytec::source::files::Memory;
use k8s_openapi::DeepMerge as _;
use k8s_openapi::api::core::v1::PodSpec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn a_block_over_a_pod_spec_merges_as_kubernetes_does(first in any::<u64>(), second in any::<u64>()) {
        let (a, b) = (body(first, Operators::Merging), body(second, Operators::Merging));
        let specs = pod_specs(&format!("{}{}{}", template("a", "", &a), template("b", "", &b), template("ab", "a", &b)));
        let mut merged = specs[0].clone();
        merged.merge_from(specs[1].clone());
        prop_assert_eq!(&specs[2], &merged, "{}\nover\n{}", b, a);
    }

    #[test]
    fn merging_the_same_again_changes_nothing(seed in any::<u64>(), base in any::<u64>()) {
        let (a, b) = (body(base, Operators::All), body(seed, Operators::Repeatable));
        let text = format!("{}{}{}", template("a", "", &a), template("ab", "a", &b), template("abb", "ab", &b));
        let specs = pod_specs(&text);
        prop_assert_eq!(&specs[1], &specs[2], "{}\ntwice over\n{}", b, a);
    }

    #[test]
    fn a_base_that_comes_twice_counts_once(seed in any::<u64>(), base in any::<u64>(), other in any::<u64>()) {
        let [base, a, b] = [base, seed, other].map(|seed| body(seed, Operators::All));
        let text = format!(
            "{}{}{}{}{}{}",
            template("base", "", &base),
            template("a", "base", &a),
            template("b", "base", &b),
            template("alone", "", &b),
            template("both", "a, b", ""),
            template("once", "a, alone", ""),
        );
        let specs = pod_specs(&text);
        prop_assert_eq!(&specs[4], &specs[5], "{}", text);
        let twice = pod_specs(&format!("{}{}", template("a", "", &a), template("aa", "a, a, a", "")));
        prop_assert_eq!(&twice[0], &twice[1], "{}", a);
    }

    #[test]
    fn it_does_not_matter_which_layers_are_put_together_first(seeds in any::<[u64; 3]>()) {
        let [a, b, c] = seeds.map(|seed| body(seed, Operators::All));
        let text = format!(
            "{}{}{}{}{}{}{}{}",
            template("a", "", &a),
            template("b", "", &b),
            template("c", "", &c),
            template("ab", "a, b", ""),
            template("bc", "b, c", ""),
            template("left", "ab, c", ""),
            template("right", "a, bc", ""),
            template("all", "a, b, c", ""),
        );
        let specs = pod_specs(&text);
        prop_assert_eq!(&specs[5], &specs[6], "{}", text);
        prop_assert_eq!(&specs[5], &specs[7], "{}", text);
    }
}

/// How many programs are made for each property.
fn cases() -> u32 {
    if std::env::var_os("THOROUGH").is_some() { 20_000 } else { 200 }
}

/// The pod specs of a program's templates, in order.
fn pod_specs(text: &str) -> Vec<PodSpec> {
    let mut sources = SourceMap::new(vec![("a.flyteenv".to_owned(), text.to_owned())]);
    let mut diagnostics = Diagnostics::default();
    let (disk, inputs, context) = (Memory::default(), Inputs::default(), Context::default());
    let (levels, pod_security) = (Levels::default(), PodSecurity::default());
    let kubernetes = Target::default();
    let build = Build {
        files: &disk,
        inputs: &inputs,
        context: &context,
        levels: &levels,
        pod_security: &pod_security,
        kubernetes: &kubernetes,
        cluster: None,
    };
    let named: Vec<_> = sources.ids().collect();
    let modules = load(&named, &mut sources, &disk, &mut diagnostics);
    let (analysis, _) = analyse(&modules, &mut sources, &build, &mut diagnostics);
    let types = ["E03", "E01", "E02"];
    for diagnostic in diagnostics.finish(&sources) {
        // What is required of a pod has nothing to do with how it is merged.
        let layered =
            types.iter().any(|family| diagnostic.code.id.starts_with(family)) && diagnostic.code.id != "E0303";
        assert!(!layered, "{}\n{text}", diagnostic.message);
    }
    let templates = analysis.evaluation.templates.iter().map(|fields| {
        let fields = fields.as_ref().expect("no template has parameters");
        let mut spec = Template::new(fields).expect("what fits the table fits Kubernetes").spec;
        // It is made where it is missing, and no body makes it.
        spec.containers.retain(|container| container.name != "primary");
        spec
    });
    templates.collect()
}

fn template(name: &str, bases: &str, body: &str) -> String {
    let extends = if bases.is_empty() { String::new() } else { format!(" extends {bases}") };
    format!("template {name}{extends} {{\n  pod_spec {{\n{body}  }}\n}}\n")
}

// ---------------------------------------------------------------------------------------------------- random bodies

/// The maps that k8s-openapi merges as a whole, as server-side apply does; a strategic merge patch, and so this language, merges
/// them name by name.
const ATOMIC: &[&str] = &["nodeSelector"];

/// Which operators a body may have.
#[derive(Clone, Copy, PartialEq)]
enum Operators {
    /// Those that Kubernetes' merge has as well.
    Merging,
    /// Those that change nothing when they come again.
    Repeatable,
    /// All of them.
    All,
}

/// A random body of a pod spec.
fn body(seed: u64, operators: Operators) -> String {
    let mut dice = Dice { state: seed | 1, operators };
    let mut text = String::new();
    dice.entries(&POD_SPEC, None, 4, &mut text);
    text
}

/// Where random decisions come from: xorshift, so that a seed tells a whole body.
struct Dice {
    state: u64,
    operators: Operators,
}

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % bound as u64).expect("it is below a `usize`")
    }

    /// Some entries of an object, other than its key: what is required, for in a typed pod spec it cannot be absent and so
    /// would be merged as if it were empty, and a few others.
    fn entries(&mut self, object: &'static Object, key: Option<&str>, depth: usize, text: &mut String) {
        let mut used: Vec<usize> = Vec::new();
        let whole = self.operators == Operators::Merging;
        for (at, field) in object.fields.iter().enumerate().filter(|(_, field)| whole && field.required) {
            // The key is the label. The pod spec's containers may be absent.
            if Some(field.name) != key && object.name != "PodSpec" {
                used.push(at);
                self.entry(field.name, &field.ty, depth.max(1), text);
            }
        }
        for _ in 0..=self.below(3) {
            let at = self.below(object.fields.len());
            let field = &object.fields[at];
            if Some(field.name) == key || used.contains(&at) {
                continue;
            }
            used.push(at);
            self.entry(field.name, &field.ty, depth, text);
        }
    }

    fn entry(&mut self, name: &str, ty: &'static Type, depth: usize, text: &mut String) {
        if self.operators != Operators::Merging && self.below(8) == 0 {
            let _ = writeln!(text, "{name} = null");
            return;
        }
        match ty {
            Type::Object(object) if depth > 0 => {
                let _ = writeln!(text, "{name} {{");
                self.entries(object, None, depth - 1, text);
                text.push_str("}\n");
            }
            Type::Map(value) => {
                let (key, value) = (self.below(3), self.scalar(value));
                let sign = if self.operators == Operators::Merging && ATOMIC.contains(&name) { "= " } else { "" };
                let _ = writeln!(text, "{name} {sign}{{ \"k{key}\" = {value} }}");
            }
            Type::List { element: Type::Object(object), key: Some(key) } if depth > 0 => {
                self.elements(name, object, key, depth, text);
            }
            Type::List { element, key: None } if depth > 0 => {
                let append = self.operators == Operators::All && self.below(2) == 0;
                let items: Vec<String> = (0..self.below(3)).map(|_| self.item(element, depth)).collect();
                let _ = writeln!(text, "{name} {} [{}]", if append { "+=" } else { "=" }, items.join(", "));
            }
            Type::Object(_) | Type::List { .. } => {}
            scalar => {
                let _ = writeln!(text, "{name} = {}", self.scalar(scalar));
            }
        }
    }

    fn elements(&mut self, name: &str, object: &'static Object, key: &str, depth: usize, text: &mut String) {
        let number = object.field(key).is_some_and(|field| matches!(field.ty, Type::Int { .. }));
        let mut labels: Vec<usize> = (0..=self.below(2)).map(|_| 1 + self.below(3)).collect();
        labels.dedup();
        for label in labels {
            let label = if number { format!("{label}") } else { format!("\"l{label}\"") };
            match self.below(6) {
                0 if self.operators != Operators::Merging => _ = writeln!(text, "{name} {label} = null"),
                1 if self.operators != Operators::Merging => {
                    let _ = writeln!(text, "{name} {label} = {{");
                    self.entries(object, Some(key), depth - 1, text);
                    text.push_str("}\n");
                }
                _ => {
                    let _ = writeln!(text, "{name} {label} {{");
                    self.entries(object, Some(key), depth - 1, text);
                    text.push_str("}\n");
                }
            }
        }
    }

    /// An element of a list that has no keys; its own blocks only set.
    fn item(&mut self, ty: &'static Type, depth: usize) -> String {
        let Type::Object(object) = ty else { return self.scalar(ty) };
        let operators = std::mem::replace(&mut self.operators, Operators::Merging);
        let mut text = String::from("{\n");
        self.entries(object, None, depth.saturating_sub(2), &mut text);
        self.operators = operators;
        text + "}"
    }

    fn scalar(&mut self, ty: &'static Type) -> String {
        let n = self.below(4);
        match ty {
            Type::Bool => n.is_multiple_of(2).to_string(),
            Type::Int { .. } | Type::Float | Type::IntOrString => n.to_string(),
            Type::Quantity => format!("{}Mi", n + 1),
            Type::Time => format!("\"2024-01-0{}T00:00:00Z\"", n + 1),
            Type::Any => "{}".to_owned(),
            _ => format!("\"v{n}\""),
        }
    }
}
