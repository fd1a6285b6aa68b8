//! The tree out of what the grammar matched.
//!
//! In: pest's pairs. Out: [`ast::File`], and a diagnostic for every `missing_…`, `skipped_…` and `stray_…` node.
//! Always: recursion follows the nesting of brackets, which `brackets` has bounded. Not here: the grammar itself.

use std::ops::Range;

use ecow::EcoString;
use pest::iterators::{Pair, Pairs};

use super::ast::{
    Body, Comment, Entry, Environment, Expression, File, Item, Label, List, Name, Operation, Override, Statement,
    StatementKind, Task, TaskName, Template, Value,
};
use super::grammar::Rule;
use super::{faults, string};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// The tree of a file, whose text is `text`; the grammar may have matched a mended copy of it.
pub fn file(
    file: FileId,
    text: &str,
    pair: Option<Pair<'_, Rule>>,
    doubtful: Vec<Span>,
    diagnostics: &mut Diagnostics,
) -> File {
    let mut builder = Builder { file, text, diagnostics, unclosed: None, doubtful };
    let mut block = Block::default();
    for pair in pair.into_iter().flat_map(Pair::into_inner) {
        if pair.as_rule() == Rule::stray_close {
            builder.stray_close(&pair, &mut block.statements);
            block.end = pair.as_span().end();
        } else {
            builder.statement(pair, &mut block);
        }
    }
    builder.report_unclosed();
    File { statements: block.statements, trailing: block.pending, doubtful: builder.doubtful }
}

/// How far back from a brace too many the environment is looked for that it was meant to close.
const MOST_MOVED: usize = 100;

/// How many places one message about brackets that were never closed points at.
const MOST_UNCLOSED: usize = 4;

struct Builder<'t, 'd> {
    file: FileId,
    text: &'t str,
    diagnostics: &'d mut Diagnostics,
    /// The innermost bracket that was still open at some place, with the outer ones that were open there too.
    unclosed: Option<(usize, Diagnostic)>,
    /// Where brackets are at fault.
    doubtful: Vec<Span>,
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
        let range = range_of(&pair);
        match pair.as_rule() {
            Rule::comment => return self.comment(&range, block),
            Rule::missing_close | Rule::EOI => return,
            _ => {}
        }
        let alone = block.statements.is_empty() || self.separated(block.end..range.start);
        let faulty = matches!(pair.as_rule(), Rule::skipped_statement | Rule::broken_entry);
        if !alone {
            self.not_separated(range.clone(), faulty);
        }
        let kind = match pair.as_rule() {
            Rule::skipped_statement if alone => self.skipped_statement(&range),
            Rule::skipped_statement => StatementKind::Skipped(self.span(range.clone())),
            Rule::broken_entry if !alone => StatementKind::Skipped(self.span(range.clone())),
            Rule::unknown_declaration => self.unknown_declaration(pair),
            _ => self.statement_kind(pair),
        };
        block.end = range.start + self.slice(range).trim_end().len();
        block.statements.push(Statement { leading: std::mem::take(&mut block.pending), kind, trailing: None });
    }

    fn statement_kind(&mut self, pair: Pair<'_, Rule>) -> StatementKind {
        match pair.as_rule() {
            Rule::template => StatementKind::Template(self.template(pair)),
            Rule::environment => StatementKind::Environment(self.environment(pair)),
            Rule::task => StatementKind::Task(self.task(pair)),
            Rule::override_task => StatementKind::Override(self.override_task(pair)),
            _ => StatementKind::Entry(self.entry(pair)),
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
        let text = self.slice(range.clone()).trim_end();
        let span = self.span(range.start..range.start + text.len());
        let fault = faults::no_statement(text, span);
        self.diagnostics.push(fault);
        StatementKind::Skipped(span)
    }

    /// A declaration with a misspelt word; what stands in it cannot be told without knowing what it is.
    fn unknown_declaration(&mut self, pair: Pair<'_, Rule>) -> StatementKind {
        let span = self.trimmed(range_of(&pair));
        if let Some(word) = pair.into_inner().next() {
            let word = self.name(&word);
            let fault = faults::not_yet(&word).unwrap_or_else(|| faults::unknown_declaration(&word));
            self.diagnostics.push(fault);
        }
        StatementKind::Skipped(span)
    }

    fn separated(&self, between: Range<usize>) -> bool {
        self.slice(between).contains(['\n', ','])
    }

    fn not_separated(&mut self, range: Range<usize>, faulty: bool) {
        let length = self.slice(range.clone()).trim_end().len();
        let span = self.span(range.start..range.start + length);
        let fault = if faulty { faults::belongs_to_nothing(span) } else { faults::no_separator(span.at_start()) };
        self.diagnostics.push(fault);
    }

    /// A brace too many, or one too early: then what follows it belongs to the environment that it closed.
    fn stray_close(&mut self, pair: &Pair<'_, Rule>, statements: &mut Vec<Statement>) {
        self.diagnostics.push(faults::stray_close(self.span(range_of(pair))));
        let moved =
            statements.iter().rev().take(MOST_MOVED).take_while(|statement| belongs_to_environment(statement)).count();
        let Some(at) = statements.len().checked_sub(moved + 1) else { return };
        if !matches!(statements.get(at), Some(Statement { kind: StatementKind::Environment(_), .. })) {
            return;
        }
        let moved = statements.split_off(at + 1);
        if let Some(Statement { kind: StatementKind::Environment(environment), .. }) = statements.last_mut() {
            environment.body.statements.extend(moved);
        }
    }

    // ------------------------------------------------------------------------------------------ declarations

    fn template(&mut self, pair: Pair<'_, Rule>) -> Template {
        let span = self.span(range_of(&pair));
        let parts = self.declaration(pair, "template");
        Template { span, name: parts.name.task, body: parts.body }
    }

    fn environment(&mut self, pair: Pair<'_, Rule>) -> Environment {
        let span = self.span(range_of(&pair));
        let parts = self.declaration(pair, "environment");
        Environment { span, name: parts.name.task, body: parts.body }
    }

    fn task(&mut self, pair: Pair<'_, Rule>) -> Task {
        let span = self.span(range_of(&pair));
        let parts = self.declaration(pair, "task");
        Task { span, name: parts.name, body: parts.body }
    }

    fn override_task(&mut self, pair: Pair<'_, Rule>) -> Override {
        let span = self.span(range_of(&pair));
        let parts = self.declaration(pair, "override");
        Override { span, target: parts.name, variant: parts.variant, body: parts.body }
    }

    fn declaration(&mut self, pair: Pair<'_, Rule>, word: &str) -> Declaration {
        let start = pair.as_span().start();
        let mut name: Option<TaskName> = None;
        let mut variant = None;
        let mut body = None;
        for part in pair.into_inner() {
            let range = range_of(&part);
            match part.as_rule() {
                Rule::bare_name | Rule::string => name = Some(self.task_name(&part)),
                Rule::member => name = name.map(|name| self.member(name, part)),
                Rule::variant => name = name.map(|name| self.variant(name, part)),
                Rule::as_variant => variant = Some(self.as_variant(part)),
                Rule::missing_name => name = Some(self.missing_name(range, word)),
                Rule::missing_body => {
                    let missing = name.as_ref().is_some_and(|name| name.task.text.is_empty());
                    body = Some(self.missing_body(range, word, missing));
                }
                _ => body = Some(self.body(part, start)),
            }
        }
        let end = self.span(start..start + word.len()).at_end();
        let empty = || Name { text: EcoString::new(), span: end };
        Declaration {
            name: name.unwrap_or_else(|| TaskName { span: end, environment: None, task: empty(), variant: None }),
            variant,
            body: body.unwrap_or_else(|| Body { span: end, statements: Vec::new(), trailing: Vec::new() }),
        }
    }

    fn task_name(&mut self, pair: &Pair<'_, Rule>) -> TaskName {
        let task = self.name(pair);
        TaskName { span: task.span, environment: None, task, variant: None }
    }

    fn member(&mut self, name: TaskName, pair: Pair<'_, Rule>) -> TaskName {
        let span = name.span.to(self.span(range_of(&pair)));
        let Some(part) = pair.into_inner().next() else { return name };
        TaskName { span, environment: Some(name.task), task: self.name(&part), variant: None }
    }

    fn variant(&mut self, name: TaskName, pair: Pair<'_, Rule>) -> TaskName {
        let span = name.span.to(self.span(range_of(&pair)));
        let variant = pair.into_inner().next().map(|part| self.name(&part));
        TaskName { span, variant, ..name }
    }

    fn as_variant(&mut self, pair: Pair<'_, Rule>) -> Name {
        let range = range_of(&pair);
        match pair.into_inner().next() {
            Some(part) if part.as_rule() != Rule::missing_name => self.name(&part),
            _ => self.missing_name(range.end..range.end, "variant").task,
        }
    }

    fn missing_name(&mut self, range: Range<usize>, word: &str) -> TaskName {
        let span = self.span(range);
        self.diagnostics.push(faults::no_name(word, span));
        TaskName { span, environment: None, task: Name { text: EcoString::new(), span }, variant: None }
    }

    /// The block of a declaration that has none; a statement in it stands for what is missing.
    fn missing_body(&mut self, range: Range<usize>, word: &str, reported: bool) -> Body {
        let text = self.slice(range.clone());
        let length = text.split('\n').next().unwrap_or_default().trim_end().len();
        let span = self.span(range.start..range.start + length);
        if !reported {
            let fault = faults::no_body(word, text, span);
            self.diagnostics.push(fault);
        }
        let missing = Statement { leading: Vec::new(), kind: StatementKind::Skipped(span), trailing: None };
        Body { span, statements: vec![missing], trailing: Vec::new() }
    }

    // ------------------------------------------------------------------------------------------------ blocks

    /// A block or object; `owner` is where the thing begins that it belongs to.
    fn body(&mut self, pair: Pair<'_, Rule>, owner: usize) -> Body {
        let range = range_of(&pair);
        let mut block = Block { end: range.start + 1, ..Block::default() };
        for part in pair.into_inner() {
            if part.as_rule() == Rule::missing_close {
                self.missing_close(owner, range.start, part.as_span().start(), '}');
            } else {
                self.statement(part, &mut block);
            }
        }
        Body { span: self.trimmed(range), statements: block.statements, trailing: block.pending }
    }

    fn entry(&mut self, pair: Pair<'_, Rule>) -> Entry {
        let span = self.trimmed(range_of(&pair));
        let pair_rule = pair.as_rule();
        let labelled = pair_rule == Rule::labelled_entry;
        let mut parts = pair.into_inner();
        let key = match parts.next() {
            Some(part) => self.name(&part),
            None => Name { text: EcoString::new(), span: span.at_start() },
        };
        let label = if labelled { parts.next().map(|part| self.label(&part)) } else { None };
        if let Some(fault) = faults::not_yet(&key).filter(|_| pair_rule != Rule::entry) {
            self.diagnostics.push(fault);
            return Entry { span, key, label, operation: Operation::Missing };
        }
        let operation = self.operation(&key, label.as_ref(), parts);
        Entry { span, key, label, operation }
    }

    fn operation(&mut self, key: &Name, label: Option<&Label>, mut parts: Pairs<'_, Rule>) -> Operation {
        let Some(part) = parts.next() else { return Operation::Missing };
        match part.as_rule() {
            Rule::body => Operation::Merge(self.body(part, key.span.start as usize)),
            Rule::append_sign => Operation::Append(self.value(parts, range_of(&part).end)),
            Rule::colon_sign => {
                let span = self.span(range_of(&part));
                self.diagnostics.push(faults::colon(key, span));
                Operation::Set(self.value(parts, range_of(&part).end))
            }
            Rule::missing_operation => {
                self.missing_operation(key, label, &part);
                Operation::Missing
            }
            _ => Operation::Set(self.value(std::iter::once(part).chain(parts), key.span.end as usize)),
        }
    }

    fn missing_operation(&mut self, key: &Name, label: Option<&Label>, part: &Pair<'_, Rule>) {
        let range = range_of(part);
        let text = self.slice(range.clone());
        let junk = text.split('\n').next().unwrap_or_default().trim_end();
        let start = if junk.is_empty() { label.map_or(key.span, |label| label.span).end as usize } else { range.start };
        let span = self.span(start..start + junk.len());
        let fault = faults::no_operation(key, label, text, span);
        self.diagnostics.push(fault);
    }

    // ------------------------------------------------------------------------------------------------ values

    /// The value in `parts`, with the other end of a range where one follows.
    fn value<'p>(&mut self, parts: impl IntoIterator<Item = Pair<'p, Rule>>, at: usize) -> Expression {
        let mut value: Option<Expression> = None;
        for part in parts {
            value = Some(match (value, part.as_rule()) {
                (Some(first), Rule::range_end) => self.range(first, part),
                (_, _) => self.primary(part),
            });
        }
        value.unwrap_or_else(|| Expression { span: self.span(at..at), value: Value::Missing })
    }

    fn range(&mut self, first: Expression, pair: Pair<'_, Rule>) -> Expression {
        let end = pair.as_span().end();
        let last = self.value(pair.into_inner(), end);
        Expression { span: first.span.to(last.span), value: Value::Range(Box::new(first), Box::new(last)) }
    }

    fn primary(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let range = range_of(&pair);
        let span = self.trimmed(range.clone());
        let value = match pair.as_rule() {
            Rule::string => Value::String(string::text(pair.as_str(), span, self.diagnostics)),
            Rule::number => self.number(pair.as_str(), span),
            Rule::list => Value::List(self.list(pair)),
            Rule::object => Value::Object(self.body(pair, range.start)),
            Rule::reference => self.reference(pair),
            Rule::missing_value => {
                self.diagnostics.push(faults::no_value(self.before_space(range.start)));
                Value::Missing
            }
            _ => {
                let fault = faults::bad_value(self.slice(span.range()), span);
                self.diagnostics.push(fault);
                Value::Missing
            }
        };
        Expression { span, value }
    }

    fn number(&mut self, text: &str, span: Span) -> Value {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.starts_with('0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
            self.diagnostics.push(faults::leading_zero(digits, span));
            return Value::Missing;
        }
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.whole_number(text, span);
        }
        if is_float(digits) {
            return match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Float(number),
                _ => self.bad_number(span, "this number is too large"),
            };
        }
        if is_unit(digits) {
            return Value::Unit(text.into());
        }
        self.bad_number(span, "this is no number, with or without a unit")
    }

    fn whole_number(&mut self, text: &str, span: Span) -> Value {
        match text.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => self.bad_number(span, "this number does not fit into 64 bits"),
        }
    }

    fn bad_number(&mut self, span: Span, message: &str) -> Value {
        self.diagnostics.push(faults::bad_number(span, message));
        Value::Missing
    }

    fn list(&mut self, pair: Pair<'_, Rule>) -> List {
        let range = range_of(&pair);
        let mut items: Vec<Item> = Vec::new();
        let mut pending = Vec::new();
        let mut end = range.start + 1;
        for part in pair.into_inner() {
            let part_range = range_of(&part);
            match part.as_rule() {
                Rule::comment => self.item_comment(&part_range, end, &mut items, &mut pending),
                Rule::missing_bracket => {
                    self.missing_close(range.start, range.start, part_range.start, ']');
                }
                Rule::range_end => {
                    if let Some(item) = items.last_mut() {
                        let span = item.value.span;
                        let first = std::mem::replace(&mut item.value, missing(span));
                        item.value = self.range(first, part);
                    }
                    end = part_range.end;
                }
                _ => {
                    self.comma(items.last(), end, part_range.start);
                    let value = self.primary(part);
                    items.push(Item { leading: std::mem::take(&mut pending), value, trailing: None });
                    end = part_range.end;
                }
            }
        }
        List { items, trailing: pending }
    }

    fn item_comment(&self, range: &Range<usize>, end: usize, items: &mut [Item], pending: &mut Vec<Comment>) {
        let start = range.start.saturating_sub(1);
        let text = self.slice(start..range.end);
        let comment = Comment { doc: text.starts_with("##"), span: self.span(start..start + text.trim_end().len()) };
        match items.last_mut() {
            Some(last) if last.trailing.is_none() && pending.is_empty() && !self.slice(end..start).contains('\n') => {
                last.trailing = Some(comment);
            }
            _ => pending.push(comment),
        }
    }

    fn comma(&mut self, last: Option<&Item>, end: usize, start: usize) {
        let Some(last) = last else { return };
        if last.value.value == Value::Missing || self.slice(end..start).contains(',') {
            return;
        }
        self.diagnostics.push(faults::no_comma(self.span(end..end)));
    }

    fn reference(&mut self, pair: Pair<'_, Rule>) -> Value {
        let names: Vec<Name> = pair.into_inner().map(|part| self.name(&part)).collect();
        match names.as_slice() {
            [name] => match name.text.as_str() {
                "null" => Value::Null,
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::Reference(names),
            },
            _ => Value::Reference(names),
        }
    }

    // ------------------------------------------------------------------------------------------------- words

    fn name(&mut self, pair: &Pair<'_, Rule>) -> Name {
        let span = self.span(range_of(pair));
        let text = match pair.as_rule() {
            Rule::string => string::text(pair.as_str(), span, self.diagnostics),
            _ => pair.as_str().into(),
        };
        Name { text, span }
    }

    fn label(&mut self, pair: &Pair<'_, Rule>) -> Label {
        let name = self.name(pair);
        let number = pair.as_rule() == Rule::number;
        if number && name.text.len() > 1 && name.text.starts_with('0') {
            self.diagnostics.push(faults::leading_zero(&name.text, name.span));
        }
        Label { text: name.text, number, span: name.span }
    }

    // ------------------------------------------------------------------------------------------------ places

    fn missing_close(&mut self, owner: usize, open: usize, found: usize, close: char) {
        let opening = self.span(open..open + 1);
        self.doubtful.push(self.span(open..found));
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

    /// The span without white space at its end.
    fn trimmed(&self, range: Range<usize>) -> Span {
        let length = self.slice(range.clone()).trim_end().len();
        self.span(range.start..range.start + length)
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(self.clamped(range)).unwrap_or_default()
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.clamped(range))
    }

    /// The part of a range that lies in the text: brackets that were missing may stand behind it.
    fn clamped(&self, range: Range<usize>) -> Range<usize> {
        range.start.min(self.text.len())..range.end.min(self.text.len())
    }
}

struct Declaration {
    name: TaskName,
    variant: Option<Name>,
    body: Body,
}

fn range_of(pair: &Pair<'_, Rule>) -> Range<usize> {
    let span = pair.as_span();
    span.start()..span.end()
}

fn missing(span: Span) -> Expression {
    Expression { span, value: Value::Missing }
}

fn belongs_to_environment(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Task(task) => task.name.environment.is_none(),
        StatementKind::Override(over) => over.target.environment.is_none(),
        StatementKind::Entry(_) | StatementKind::Skipped(_) => true,
        StatementKind::Template(_) | StatementKind::Environment(_) => false,
    }
}

/// Digits with a fraction, an exponent or both.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    [whole, fraction, exponent].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Numbers, each followed by letters: `500m`, `1.5Gi`, `1h30m`.
fn is_unit(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let (digits, tail) = rest.split_at(number);
        let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        if !is_float(digits) || letters == 0 {
            return false;
        }
        rest = tail.get(letters..).unwrap_or_default();
    }
    true
}
