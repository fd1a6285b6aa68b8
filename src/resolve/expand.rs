//! The declarations that come to pass: `if` and `for` around them taken away.
//!
//! In: statements. Out: [`Found`]: the declarations, each with what names mean around it, and those in branches that are not
//! taken. Not here: what the declarations are called.

use crate::diagnostics::suggest::did_you_mean;
use crate::diagnostics::{Diagnostic, code};
use crate::expression::Evaluator;
use crate::expression::branching::{Evaluates, Look};
use crate::expression::scope::Scope;
use crate::expression::walk::{Host, statements};
use crate::expression::weights;
use crate::source::Span;
use crate::syntax::ast::{Body, DECLARATION_WORDS, DECLARATIONS, Name, Operation, RESERVED, Statement, StatementKind};

/// A declaration, and what names mean around it.
#[derive(Debug, Clone)]
pub struct Declaration<'a> {
    /// The declaration.
    pub statement: &'a Statement,
    /// What names mean around it.
    pub scope: Scope,
}

/// What was found among some statements.
#[derive(Debug, Default)]
pub struct Found<'a> {
    /// The declarations that come to pass, in order.
    pub taken: Vec<Declaration<'a>>,
    /// Those that would in another build.
    pub dormant: Vec<Declaration<'a>>,
    /// Whether it could not be told of some which of the two they are.
    pub doubtful: bool,
    /// Whether a block could not be read.
    pub unread: bool,
}

/// The declarations among the statements of a file or environment.
pub fn expand<'a: 'c, 'c>(
    evaluator: &mut Evaluator<'a, 'c>,
    list: &'a [Statement],
    place: Span,
    scope: &Scope,
    at_top: bool,
) -> Found<'a> {
    let mut finder = Finder { evaluator, found: Found::default(), at_top };
    statements(&mut finder, list, place, &mut (), scope);
    finder.found
}

struct Finder<'e, 'a, 'c> {
    evaluator: &'e mut Evaluator<'a, 'c>,
    found: Found<'a>,
    /// Whether these are the statements of a file.
    at_top: bool,
}

impl<'a: 'c, 'c> Evaluates<'a, 'c> for Finder<'_, 'a, 'c> {
    fn evaluator(&mut self) -> &mut Evaluator<'a, 'c> {
        self.evaluator
    }
}

impl<'a: 'c, 'c> Host<'a, 'c, 'a> for Finder<'_, 'a, 'c> {
    type Target = ();
    const LOOK: Look = Look::Declarations;

    fn wants(&self, body: &Body) -> bool {
        self.at_top || declares(body)
    }

    fn statement(&mut self, statement: &'a Statement, body: Span, (): &mut (), scope: &Scope) {
        match &statement.kind {
            StatementKind::Template(_)
            | StatementKind::Environment(_)
            | StatementKind::Task(_)
            | StatementKind::Override(_) => {
                if !self.evaluator.keeps(weights::DECLARATION, body) {
                    self.found.doubtful = true;
                    return;
                }
                let declaration = Declaration { statement, scope: scope.clone() };
                if self.evaluator.forgetful {
                    self.found.dormant.push(declaration);
                } else {
                    self.found.taken.push(declaration);
                }
            }
            StatementKind::Entry(entry) if self.at_top => {
                self.entry(&entry.key, entry.operation == Operation::Missing);
            }
            // A block that could not be read may have declared anything.
            StatementKind::Skipped(span) if self.evaluator.sources.text(*span).contains('{') => {
                self.found.doubtful = true;
                self.found.unread = true;
            }
            _ => {}
        }
    }

    fn poison(&mut self, (): &mut ()) {
        self.found.doubtful = true;
    }
}

impl Finder<'_, '_, '_> {
    fn entry(&mut self, key: &Name, reported: bool) {
        if reported || RESERVED.contains(&key.text.as_str()) {
            return;
        }
        if DECLARATIONS.contains(&key.text.as_str()) {
            let message = format!("a name belongs behind `{}`", key.text);
            return self.evaluator.diagnostics.push(Diagnostic::new(code::MISSING_NAME, key.span.at_end(), message));
        }
        let message = format!("`{}` stands outside of any declaration", key.text);
        let mut diagnostic = Diagnostic::new(code::MISPLACED, key.span, message);
        diagnostic.help.extend(did_you_mean(&key.text, DECLARATIONS.iter().copied()));
        let help = format!("a declaration begins with {DECLARATION_WORDS}");
        self.evaluator.diagnostics.push(diagnostic.help(help));
    }
}

/// Whether a body of an environment declares anything. Recursion follows the nesting of the source.
fn declares(body: &Body) -> bool {
    body.statements.iter().any(|statement| match &statement.kind {
        StatementKind::If(branches) => branches.bodies().any(declares),
        StatementKind::For(each) => declares(&each.body),
        StatementKind::Entry(_) => false,
        // What could not be read may declare something.
        _ => true,
    })
}
