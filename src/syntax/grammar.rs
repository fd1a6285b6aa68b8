//! The parser that pest makes of `grammar/flyteenv.pest`.
//!
//! In: the grammar. Out: [`Grammar`] and its [`Rule`]s, for this folder alone. Not here: the tree.

/// The parser of the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/flyteenv.pest"]
pub(super) struct Grammar;
