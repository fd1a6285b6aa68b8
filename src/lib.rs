//! flytec
extern crate alloc;
pub mod check;
pub mod cli;
pub mod compile;
pub mod diagnostics;
pub mod digest;
pub mod emit;
pub mod evaluate;
pub mod flyte;
pub mod lower;
pub mod resolve;
pub mod schema;
pub mod settings;
pub mod source;
pub mod syntax;
