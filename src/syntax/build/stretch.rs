//! The tree of a part of a text.
//!
//! In: pest's pairs of a part that was cut between declarations. Out: its statements, or nothing where something is wrong with it: then the whole
//! text is read. Always: places are those in the whole text. Not here: where a text is cut.

use pest::iterators::Pairs;

use super::{Block, Builder};
use crate::diagnostics::Diagnostics;
use crate::source::FileId;
use crate::syntax::ast::{Comment, Comments, Statement};
use crate::syntax::grammar::Rule;

/// What a stretch is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Whole statements of the file.
    File,
    /// The same, and then an environment as far as it is in the stretch; where its brace opens.
    Opening(usize),
    /// Statements of that environment.
    Inside,
    /// The last of them; where its brace closes.
    Closing(usize),
}

/// What stands in a part of a text that was cut.
pub struct Built {
    /// The statements; where an environment begins that goes on behind the part, it is the last.
    pub statements: Vec<Statement>,
    /// The comments after the last statement.
    pub trailing: Comments,
    /// The comment behind the end of an environment that was cut.
    pub behind: Option<Comment>,
}

/// What the grammar matched of the part of a text that begins at `base`, if nothing is wrong with it.
pub fn stretch(file: FileId, text: &str, base: usize, place: Place, mut pairs: Pairs<'_, Rule>) -> Option<Built> {
    let mut diagnostics = Diagnostics::default();
    // Of an environment that goes on, it is known that it is not closed here.
    let (open, close) = match place {
        Place::Opening(open) => (Some(open), text.len()),
        Place::Closing(close) => (None, close),
        Place::File | Place::Inside => (None, text.len()),
    };
    let reported: Vec<u32> = open.and_then(|open| u32::try_from(open).ok()).into_iter().collect();
    let mut builder = Builder {
        file,
        written: text,
        text,
        base,
        diagnostics: &mut diagnostics,
        unclosed: None,
        doubtful: Vec::new(),
        reported,
        loose: Vec::new(),
    };
    let mut block = Block { end: base, ..Block::default() };
    let mut behind = None;
    for pair in pairs.next()?.into_inner() {
        match pair.as_rule() {
            Rule::stray_close => return None,
            Rule::comment if builder.range(&pair).start > close => behind = Some(builder.comment_of(&pair)),
            _ => builder.statement(pair, &mut block),
        }
    }
    let whole = builder.unclosed.is_none() && builder.doubtful.len() == usize::from(open.is_some());
    let built = Built { statements: block.statements, trailing: block.pending.into(), behind };
    (whole && diagnostics.count() == 0).then_some(built)
}
