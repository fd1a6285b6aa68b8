//! The tree out of what the grammar matched.
//!
//! In: pest's pairs. Out: [`ast::File`], and a diagnostic for every `missing_…`, `skipped_…` and `stray_…` node.
//! Always: recursion follows the nesting of brackets, which `brackets` has bounded. Not here: the grammar itself.

mod declarations;
mod numbers;
mod stretch;
mod values;
mod words;

use std::ops::Range;

use pest::iterators::{Pair, Pairs};

use super::ast::{self, Body, Comment, Entry, File, Label, Name, Operation, RESERVED, Statement, StatementKind, Value};
use super::faults;
use super::grammar::Rule;
use super::scan::{Token, scan};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

pub use self::stretch::{Built, Place, stretch};

/// The tree of a file, whose text is `text` without the habits of other languages; the grammar may have matched a mended copy of it.
/// With it come the text as it was written, the places where brackets are in doubt, and where brackets open that were reported.
pub fn file(
    file: FileId,
    (written, text): (&str, &str),
    pair: Option<Pair<'_, Rule>>,
    (doubtful, reported): (Vec<Span>, Vec<u32>),
    diagnostics: &mut Diagnostics,
) -> File {
    let mut builder =
        Builder { file, written, text, base: 0, diagnostics, unclosed: None, doubtful, reported, loose: Vec::new() };
    let mut block = Block::default();
    for pair in pair.into_iter().flat_map(Pair::into_inner) {
        if pair.as_rule() == Rule::stray_close {
            builder.stray_close(&pair, &mut block.statements);
            block.end = builder.range(&pair).end;
        } else {
            builder.statement(pair, &mut block);
        }
    }
    builder.report_unclosed();
    File { statements: block.statements, trailing: block.pending.into(), doubtful: builder.doubtful }
}

/// How far back from a brace too many the environment is looked for that it was meant to close.
const MOST_MOVED: usize = 100;

/// How many places one message about brackets that were never closed points at.
const MOST_UNCLOSED: usize = 4;

struct Builder<'t, 'd> {
    file: FileId,
    /// The text as it was written, in which all places are.
    written: &'t str,
    text: &'t str,
    /// Where the text begins that the pairs are counted from: the file, or what stands in an interpolation.
    base: usize,
    diagnostics: &'d mut Diagnostics,
    /// The innermost bracket that was still open at some place, with the outer ones that were open there too.
    unclosed: Option<(usize, Diagnostic)>,
    /// Where brackets are at fault.
    doubtful: Vec<Span>,
    /// Where brackets open of which was said before that they are never closed; they are few.
    reported: Vec<u32>,
    /// Comments in the middle of the statement that is being read: behind an operator, or before `else`.
    loose: Vec<Comment>,
}

/// What has been read of a file or block.
#[derive(Default)]
struct Block {
    statements: Vec<Statement>,
    /// Comments that belong to what comes next.
    pending: Vec<Comment>,
    /// Where the last statement ended.
    end: usize,
}

impl Builder<'_, '_> {
    // ------------------------------------------------------------------------------------------- statements

    fn statement(&mut self, pair: Pair<'_, Rule>, block: &mut Block) {
        let range = self.range(&pair);
        match pair.as_rule() {
            Rule::comment => return self.comment(&range, block),
            Rule::missing_close | Rule::EOI => return,
            _ => {}
        }
        let alone = block.statements.is_empty() || self.separated(block.end..range.start);
        let faulty =
            matches!(pair.as_rule(), Rule::skipped_statement | Rule::broken_entry) || !alone && has_no_value(&pair);
        let before = block.statements.last().map(|statement| &statement.kind);
        let python = if alone { None } else { self.python(&pair, before) };
        let lost = !alone && (faulty || python.is_some());
        if let (Some(StatementKind::Entry(entry)), true) = (before, python.is_some()) {
            self.doubtful.push(entry.span);
        }
        match python {
            Some(fault) => self.diagnostics.push(fault),
            None if !alone => self.not_separated(block.end, range.clone(), faulty),
            None => {}
        }
        if let Some(before) = block.statements.last_mut().filter(|_| lost) {
            doubt(before);
        }
        // Those that were read before belong to a statement around this one.
        let outer = std::mem::take(&mut self.loose);
        let kind = match pair.as_rule() {
            _ if lost => StatementKind::Skipped(self.span(range.clone())),
            Rule::skipped_statement => self.skipped_statement(&range),
            Rule::unknown_declaration | Rule::unknown_line => self.unknown_declaration(pair),
            Rule::of_the_file => self.of_the_file(pair),
            _ => self.statement_kind(pair),
        };
        // A bracket that was put in the place of a comma has made that a part of the statement.
        block.end = range.start + self.slice(range).trim_end().trim_end_matches(',').len();
        // The last of the comments above a statement are its docs, so these stand before them.
        let mut leading = std::mem::replace(&mut self.loose, outer);
        leading.append(&mut block.pending);
        block.statements.push(Statement { leading: leading.into(), kind, trailing: None });
    }

    fn statement_kind(&mut self, pair: Pair<'_, Rule>) -> StatementKind {
        match pair.as_rule() {
            Rule::entry | Rule::labelled_entry | Rule::broken_entry => {
                let entry = self.entry(pair);
                // What stands behind a word of the language was meant for something else.
                let bare = self.slice(entry.key.span.range()) == entry.key.text;
                if bare && RESERVED.contains(&entry.key.text.as_str()) {
                    return StatementKind::Skipped(entry.span);
                }
                StatementKind::Entry(entry)
            }
            Rule::import => StatementKind::Import(Box::new(self.import(pair))),
            Rule::param => StatementKind::Param(Box::new(self.param(pair, "param"))),
            Rule::let_constant => StatementKind::Let(Box::new(self.let_constant(pair))),
            Rule::file_for | Rule::environment_for | Rule::body_for => {
                let span = self.trimmed(self.range(&pair));
                self.for_statement(pair)
                    .map_or(StatementKind::Skipped(span), |found| StatementKind::For(Box::new(found)))
            }
            Rule::file_if | Rule::environment_if | Rule::body_if => {
                StatementKind::If(Box::new(self.if_statement(pair)))
            }
            Rule::template => StatementKind::Template(Box::new(self.template(pair))),
            Rule::environment => StatementKind::Environment(Box::new(self.environment(pair))),
            Rule::task => StatementKind::Task(Box::new(self.task(pair))),
            Rule::override_task => StatementKind::Override(Box::new(self.override_task(pair))),
            _ => StatementKind::Skipped(self.trimmed(self.range(&pair))),
        }
    }

    fn comment(&self, range: &Range<usize>, block: &mut Block) {
        // The rule begins after the first `#`.
        let range = range.start.saturating_sub(1)..range.end;
        let text = self.slice(range.clone());
        let range = range.start..range.start + text.trim_end().len();
        let comment = Comment { doc: text.starts_with("##"), span: self.span(range.clone()) };
        let same_line = !self.slice(block.end..range.start).contains('\n');
        match block.statements.last_mut() {
            Some(last) if same_line && block.pending.is_empty() && last.trailing.is_none() => {
                last.trailing = Some(comment);
            }
            _ => block.pending.push(comment),
        }
    }

    fn skipped_statement(&mut self, range: &Range<usize>) -> StatementKind {
        /// Longer numbers are no numbers with a comma in them.
        const LONGEST: usize = 64;
        let text = self.slice(range.clone()).trim_end();
        let span = self.span(range.start..range.start + text.len());
        let before = self.text.as_bytes().get(..range.start).unwrap_or_default();
        let near = before.iter().rev().take(LONGEST);
        let number = near.take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
        let before = self.slice(range.start - number..range.start);
        let digits = before
            .strip_suffix(',')
            .map(|before| before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len());
        let fault = match digits.filter(|digits| *digits > 0 && text.starts_with(|c: char| c.is_ascii_digit())) {
            Some(digits) => {
                let start = range.start - 1 - digits;
                let (whole, comma) = (start..range.start + text.len(), range.start - 1..range.start);
                let fault = faults::decimal_comma(self.span(whole.clone()), self.span(comma));
                self.doubtful.push(self.span(whole));
                fault
            }
            None => faults::no_statement(text, span),
        };
        self.diagnostics.push(fault);
        StatementKind::Skipped(span)
    }

    /// A declaration with a misspelt word; what stands in it cannot be told without knowing what it is.
    fn unknown_declaration(&mut self, pair: Pair<'_, Rule>) -> StatementKind {
        let span = self.trimmed(self.range(&pair));
        if let Some(word) = pair.into_inner().next() {
            let word = self.name(&word);
            self.diagnostics.push(faults::unknown_declaration(&word));
        }
        StatementKind::Skipped(span)
    }

    /// A declaration in a block that stands at the top level of a file alone.
    fn of_the_file(&mut self, pair: Pair<'_, Rule>) -> StatementKind {
        let span = self.trimmed(self.range(&pair));
        if let Some(declaration) = pair.into_inner().next() {
            let (what, length) = match declaration.as_rule() {
                Rule::param => ("a parameter", "param".len()),
                Rule::let_constant => ("a constant", "let".len()),
                _ => ("an import", "import".len()),
            };
            let word = self.span(span.start as usize..span.start as usize + length);
            self.diagnostics.push(faults::only_at_the_top(what, word));
        }
        StatementKind::Skipped(span)
    }

    fn separated(&self, between: Range<usize>) -> bool {
        self.slice(between).contains(['\n', ','])
    }

    /// Says what is missing between what ends at `end` and what stands behind it on its line.
    fn not_separated(&mut self, end: usize, range: Range<usize>, faulty: bool) {
        let length = self.slice(range.clone()).trim_end().len();
        let span = self.span(range.start..range.start + length);
        if self.diagnostics.last().and_then(Diagnostic::span).is_some_and(|last| last.start == span.start) {
            // What stands here was seen as the fault of what stands before it.
            return;
        }
        let fault = if faulty {
            let text = self.slice(range.clone()).trim_end();
            let (before, start) = self.value_before(range.start);
            let fault = faults::belongs_to_nothing(text, before, self.span(start..range.start + text.len()), span);
            // What seems wrong with the value is wrong with both together.
            self.doubtful.push(self.span(start..range.start));
            fault
        } else {
            faults::no_separator(span.at_start(), self.span(end..end))
        };
        self.diagnostics.push(fault);
    }

    /// What is said of Python's forms behind a value on its line.
    fn python(&self, pair: &Pair<'_, Rule>, last: Option<&StatementKind>) -> Option<Diagnostic> {
        let range = self.range(pair);
        let text = self.slice(range.clone());
        let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let place = self.span(range.start..range.start + word.len());
        match word {
            "extends" => Some(faults::late_extends(place)),
            "else" => Some(faults::reserved(&Name::new(word, place), &Operation::Missing)),
            "if" if !text.contains('{') => {
                let (before, start) = self.value_before(range.start);
                let text = text.split('\n').next().unwrap_or_default().trim_end();
                let whole = self.span(start..range.start + text.len());
                Some(faults::python_if(place, before, text, whole))
            }
            "for" if text.contains(" in ") && !text.contains('{') => {
                let StatementKind::Entry(entry) = last? else { return None };
                let text = text.split(['\n', '}']).next().unwrap_or_default().trim_end();
                let whole = entry.span.to(self.span(range.start..range.start + text.len()));
                Some(faults::loop_behind_entry(place, self.slice(entry.span.range()), text, whole))
            }
            _ => None,
        }
    }

    /// The value that stands before a place on its line, and where it begins; nothing where the line is so long that looking back for
    /// each fault of it would cost its square.
    fn value_before(&self, at: usize) -> (&str, usize) {
        /// In bytes.
        const FARTHEST: usize = 2_000;
        let first = at.saturating_sub(FARTHEST);
        let near = self.text.as_bytes().get(first..at).unwrap_or_default();
        let line = match near.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => first + end + 1,
            None if first > 0 => return ("", at),
            None => 0,
        };
        let text = self.slice(line..at);
        let mut begin = 0;
        scan(text, |token| match token {
            Token::Open { at, .. } => begin = at + 1,
            Token::Code { at, end } => {
                let code = text.get(at..end).unwrap_or_default();
                let quoted = code.starts_with(['"', '\'']);
                // `=`, `:` and `,` stand before a value.
                let compares = ["==", "!=", "<=", ">="].iter().any(|sign| code.contains(sign));
                if let Some(sign) = code.rfind(['=', ',']).filter(|_| !quoted && !compares) {
                    begin = at + sign + 1;
                } else if code.ends_with(':') && !quoted {
                    begin = end;
                }
            }
            Token::Close { .. } | Token::Line { .. } => {}
        });
        let value = text.get(begin..).unwrap_or_default();
        (value, line + begin + value.len() - value.trim_start().len())
    }

    /// Where the line of a place ends.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.slice(at..self.text.len());
        at + rest.find('\n').unwrap_or(rest.len())
    }

    /// A brace too many, or one too early: then what follows it belongs to the environment that it closed.
    fn stray_close(&mut self, pair: &Pair<'_, Rule>, statements: &mut Vec<Statement>) {
        let brace = self.span(self.range(pair));
        self.diagnostics.push(faults::stray_close(brace));
        let moved =
            statements.iter().rev().take(MOST_MOVED).take_while(|statement| belongs_to_environment(statement)).count();
        let Some(at) = statements.len().checked_sub(moved + 1) else { return };
        // One without a block was closed by no brace.
        let closed = |environment: &ast::Environment| self.slice(environment.body.span.range()).starts_with('{');
        match statements.get(at).map(|statement| &statement.kind) {
            Some(StatementKind::Environment(environment)) if closed(environment) => {}
            _ => return,
        }
        let mut moved = statements.split_off(at + 1);
        let Some(first) = moved.first_mut() else { return };
        if let Some(Statement { kind: StatementKind::Environment(environment), trailing, .. }) = statements.last_mut() {
            // What stood last in the block and behind it stands above these now.
            let mut leading = std::mem::take(&mut environment.body.trailing).into_vec();
            leading.extend(trailing.take());
            leading.extend(first.leading.iter().copied());
            first.leading = leading.into();
            environment.body.statements.extend(moved);
            environment.body.span = environment.body.span.to(brace);
            environment.span = environment.span.to(brace);
        }
    }

    // ------------------------------------------------------------------------------------------------ blocks

    /// A block or object; `owner` is where the thing begins that it belongs to.
    fn body(&mut self, pair: Pair<'_, Rule>, owner: usize) -> Body {
        let range = self.range(&pair);
        let mut block = Block { end: range.start + 1, ..Block::default() };
        for part in pair.into_inner() {
            if part.as_rule() == Rule::missing_close {
                self.missing_close(owner, range.start, self.range(&part).start, '}');
            } else {
                self.statement(part, &mut block);
            }
        }
        // Most blocks hold less than what a list makes room for.
        block.statements.shrink_to_fit();
        Body { span: self.trimmed(range), statements: block.statements, trailing: block.pending.into() }
    }

    fn entry(&mut self, pair: Pair<'_, Rule>) -> Entry {
        let span = self.trimmed(self.range(&pair));
        let rule = pair.as_rule();
        let labelled = rule == Rule::labelled_entry;
        let mut parts = pair.into_inner();
        let bare = parts.peek().is_some_and(|part| part.as_rule() == Rule::bare_name);
        let key = match parts.next() {
            Some(part) => self.name(&part),
            None => Name::new("", span.at_start()),
        };
        let reserved = bare && RESERVED.contains(&key.text.as_str());
        if reserved && rule != Rule::entry {
            self.diagnostics.push(faults::reserved(&key, &Operation::Missing));
            return Entry { span, key, label: None, operation: Operation::Missing };
        }
        let label = if labelled { parts.next().map(|part| Box::new(self.label(&part))) } else { None };
        let operation = self.operation(&key, label.as_deref(), parts);
        if reserved {
            self.diagnostics.push(faults::reserved(&key, &operation));
        }
        Entry { span, key, label, operation }
    }

    fn operation(&mut self, key: &Name, label: Option<&Label>, mut parts: Pairs<'_, Rule>) -> Operation {
        let Some(part) = parts.next() else { return Operation::Missing };
        match part.as_rule() {
            Rule::body => Operation::Merge(self.body(part, key.span.start as usize)),
            Rule::append_sign => Operation::Append(self.value(parts, self.range(&part).end)),
            Rule::colon_sign => {
                let span = self.span(self.range(&part));
                self.diagnostics.push(faults::colon(key, span));
                Operation::Set(self.value(parts, self.range(&part).end))
            }
            Rule::foreign_sign => {
                let span = self.span(self.range(&part));
                let value = self.value(parts, self.range(&part).end);
                if let Some(label) = label.filter(|_| matches!(part.as_str(), "==" | "===")) {
                    self.diagnostics.push(faults::no_equals_before_comparison(
                        key,
                        label,
                        self.slice(value.span.range()),
                    ));
                    return Operation::Missing;
                }
                let merged = part.as_str() == "+:" && matches!(value.value, Value::Object(_));
                self.diagnostics.push(faults::foreign_sign(key, part.as_str(), merged, span));
                match part.as_str().as_bytes() {
                    [b'+', ..] if merged => match value.value {
                        Value::Object(body) => Operation::Merge(*body),
                        _ => Operation::Missing,
                    },
                    [b'-', b'='] => Operation::Missing,
                    [b'+', ..] | [.., b'+'] => Operation::Append(value),
                    _ => Operation::Set(value),
                }
            }
            Rule::missing_operation => {
                self.missing_operation(key, label, &part);
                Operation::Missing
            }
            _ => Operation::Set(self.value(std::iter::once(part).chain(parts), key.span.end as usize)),
        }
    }

    fn missing_operation(&mut self, key: &Name, label: Option<&Label>, part: &Pair<'_, Rule>) {
        let range = self.range(part);
        let text = self.slice(range.clone());
        let junk = text.split('\n').next().unwrap_or_default().trim_end();
        let span = if junk.is_empty() { key.span } else { self.span(range.start..range.start + junk.len()) };
        let written = self.slice(key.span.range());
        let fault = faults::no_operation(key, written, label, text, span);
        self.diagnostics.push(fault);
    }

    // ------------------------------------------------------------------------------------------------ places

    fn missing_close(&mut self, owner: usize, open: usize, found: usize, close: char) {
        let opening = self.span(open..open + 1);
        self.doubtful.push(self.span(open..found));
        if self.reported.contains(&opening.start) {
            return;
        }
        let name = self.slice(owner..open).trim();
        let name = if name.is_empty() { "this".to_owned() } else { format!("`{name}`") };
        match &mut self.unclosed {
            Some((at, diagnostic)) if *at == found => {
                if diagnostic.labels.len() < MOST_UNCLOSED {
                    diagnostic.add_label(opening, "nor is this one closed");
                }
            }
            _ => {
                self.report_unclosed();
                let place = self.before_space(found);
                let diagnostic = faults::no_close(close, &name, opening, place);
                self.unclosed = Some((found, diagnostic));
            }
        }
    }

    fn report_unclosed(&mut self) {
        if let Some((_, diagnostic)) = self.unclosed.take() {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The place at which the text before `at` ends, white space left out.
    fn before_space(&self, at: usize) -> Span {
        let end = self.slice(0..at).trim_end_matches([' ', '\t', '\r', '\n']).len();
        self.span(end..end)
    }

    /// The span without white space at its end; what was taken out of the copy is none.
    fn trimmed(&self, range: Range<usize>) -> Span {
        let span = self.span(range);
        let length = self.written.get(span.range()).unwrap_or_default().trim_end().len();
        let start = span.start as usize;
        Span::new(self.file, start..start + length)
    }

    /// The bytes of the file that a node covers.
    fn range(&self, pair: &Pair<'_, Rule>) -> Range<usize> {
        let span = pair.as_span();
        self.base + span.start()..self.base + span.end()
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(self.clamped(range)).unwrap_or_default()
    }

    fn span(&self, range: Range<usize>) -> Span {
        let Range { start, end } = self.clamped(range);
        Span::new(self.file, self.before_character(start)..self.before_character(end))
    }

    /// The place, or the beginning of the character that it lies in: in the copy that the grammar matched, letters that no name has
    /// are others.
    fn before_character(&self, mut at: usize) -> usize {
        while !self.written.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// The part of a range that lies in the text: brackets that were missing may stand behind it.
    fn clamped(&self, range: Range<usize>) -> Range<usize> {
        range.start.min(self.text.len())..range.end.min(self.text.len())
    }
}

/// Whether an entry has a label and nothing else.
fn has_no_value(pair: &Pair<'_, Rule>) -> bool {
    pair.as_rule() == Rule::labelled_entry
        && pair.clone().into_inner().any(|part| part.as_rule() == Rule::missing_operation)
}

/// What a constant or parameter is worth is not known where text follows that does not belong to it.
fn doubt(statement: &mut Statement) {
    let value = match &mut statement.kind {
        StatementKind::Let(constant) => Some(&mut constant.value),
        StatementKind::Param(param) => param.default.as_mut(),
        _ => None,
    };
    if let Some(value) = value {
        value.value = Value::Missing;
    }
}

fn belongs_to_environment(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Task(task) => task.name.environment.is_none(),
        StatementKind::Override(over) => over.target.environment.is_none(),
        StatementKind::Entry(_) | StatementKind::Skipped(_) => true,
        _ => false,
    }
}
