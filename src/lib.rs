//! `flytec` compiles `.flyteenv` files: Flyte 2 task environments in, one `flyteidl2.core.K8sPod` for every task out.
//!
//! # Steps
//!
//! [`compile::compile`] is the whole compiler on one screen. Each step is a folder that exports one function of its own name;
//! data flows down this list and never up, and only the last step touches files:
//!
//! 1. [`syntax`] makes a tree of each source, whatever its text ([`syntax::ast`]).
//! 2. [`modules`] reads what sources import, and finds what the names at the top of each file mean ([`modules::Modules`]).
//! 3. [`resolve`] finds what is declared and what names refer to ([`resolve::Program`]).
//! 4. [`evaluate`] applies every layer of settings over the one beneath it ([`evaluate::Evaluation`]).
//! 5. [`settings`] reads values into types of their own ([`settings::TaskSettings`]).
//! 6. [`check`] holds settings to the rules between them.
//! 7. [`lower`] makes of each task the pod that Flyte's SDK would make ([`lower::Workload`]).
//! 8. [`validate`] holds pods to the rules of Kubernetes and Flyte.
//! 9. [`emit`] writes workloads as JSON, YAML or wire bytes, and the manifest; [`preview`] makes of one the pod that will run, and
//!    [`trace`] tells where its values come from; [`python`] writes them as a module of Python.
//! 10. [`cli`] is the command.
//!
//! [`import`] goes the other way: pods that there are already become sources.
//!
//! [`project`] reads what a project says for all its builds. [`mod@format`] writes a tree in the one style, and [`compare`] says what is
//! different between pods.
//! [`expression`] tells steps 3 and 4 what expressions are worth, as a [`value`]. Beside all of them stands what every step may
//! use: [`source`] (texts, places, and how further files come in), [`diagnostics`] (what people are told), [`data`] (YAML, JSON
//! and TOML files to values with places), [`schema`] (which fields there are, and units), [`flyte`] (facts about Flyte),
//! [`cluster`] (what a file says of a cluster),
//! [`graph`], [`digest`] and [`parallel`].
//! `tests/layering.rs` holds who may import whom.

// pest's derive names `alloc` when it is built without `std`, which leaves out a guard on every step of the parser: nesting
// is bounded before it starts.
extern crate alloc;

pub mod check;
pub mod cli;
pub mod cluster;
pub mod compare;
pub mod compile;
pub mod data;
pub mod diagnostics;
pub mod digest;
pub mod emit;
pub mod evaluate;
pub mod expression;
pub mod flyte;
pub mod format;
pub mod graph;
pub mod import;
pub mod lower;
pub mod modules;
pub mod parallel;
pub mod preview;
pub mod project;
pub mod python;
pub mod resolve;
pub mod schema;
pub mod settings;
pub mod source;
pub mod syntax;
pub mod trace;
pub mod validate;
pub mod value;
