//! `flytec` compiles `.flyteenv` files: Flyte 2 task environments in, one `flyteidl2.core.K8sPod` for every task out.
//!
//! # Steps
//!
//! [`compile::compile`] is the whole compiler on one screen. Each step is a folder that exports one function of its own name;
//! data flows down this list and never up, and only the last step touches files:
//!
//! 1. [`syntax`] makes a tree of each source, whatever its text ([`syntax::ast`]).
//! 2. [`resolve`] finds what the trees declare and what names refer to ([`resolve::Program`]).
//! 3. [`evaluate`] applies every layer of settings over the one beneath it ([`evaluate::value::Value`]).
//! 4. [`settings`] reads values into types of their own ([`settings::TaskSettings`]).
//! 5. [`check`] holds settings to the rules between them.
//! 6. [`lower`] makes of each task the pod that Flyte's SDK would make ([`lower::Workload`]).
//! 7. [`emit`] writes workloads as JSON, YAML or wire bytes, and the manifest.
//! 8. [`cli`] is the command.
//!
//! Beside them stand what every step may use: [`source`] (texts and places), [`diagnostics`] (what people are told),
//! [`data`] (YAML, JSON and TOML files to values with places), [`schema`] (which fields there are, and units), [`flyte`] (facts
//! about Flyte) and [`digest`].
//! `tests/layering.rs` holds who may import whom.

// pest's derive names `alloc` when it is built without `std`, which leaves out a guard on every step of the parser: nesting
// is bounded before it starts.
extern crate alloc;

pub mod check;
pub mod cli;
pub mod compile;
pub mod data;
pub mod diagnostics;
pub mod digest;
pub mod emit;
pub mod evaluate;
pub mod expression;
pub mod flyte;
pub mod graph;
pub mod lower;
pub mod modules;
pub mod resolve;
pub mod schema;
pub mod settings;
pub mod source;
pub mod syntax;
pub mod value;
