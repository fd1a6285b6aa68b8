//! Values: literals, and what joins them.
//!
//! In: pest's pairs. Out: expressions of the tree. Recursion follows the nesting of brackets; chains of operators are folded without it.

use pest::iterators::Pair;

use super::Builder;
use crate::source::Span;
use crate::syntax::ast::{
    Access, Argument, Arguments, Call, Comment, Comments, Comparison, Comprehension, Expression, Group, IfExpression,
    Item, List, Logic, Name, Operator, Step, Value,
};
use crate::syntax::faults;
use crate::syntax::grammar::Rule;

impl Builder<'_, '_> {
    /// The value in `parts`; where there is none, that is at `at`.
    pub(super) fn value<'p>(&mut self, parts: impl IntoIterator<Item = Pair<'p, Rule>>, at: usize) -> Expression {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else { return missing(self.span(at..at)) };
        let first = self.operand(first);
        match parts.next() {
            None => first,
            Some(next) => self.continued(first, std::iter::once(next).chain(parts)),
        }
    }

    /// A value with what is joined to it: the rest of a chain of operators, and the other end of a range.
    fn continued<'p>(&mut self, first: Expression, parts: impl Iterator<Item = Pair<'p, Rule>>) -> Expression {
        let mut operands = vec![first];
        let mut operators: Vec<(Span, String)> = Vec::new();
        let mut end = None;
        for part in parts {
            match part.as_rule() {
                Rule::operator => {
                    let place = self.span(self.range(&part));
                    operators.push((place, self.operator(part.as_str(), place).to_owned()));
                }
                Rule::comment => self.loose_comment(&part),
                Rule::range_end | Rule::inner_range_end => end = Some(part),
                _ => operands.push(self.operand(part)),
            }
        }
        let value = self.chain(operands, &operators);
        match end {
            Some(end) => self.range_to(value, end),
            None => value,
        }
    }

    /// The operator that is meant.
    fn operator<'o>(&mut self, sign: &'o str, place: Span) -> &'o str {
        let own = match sign {
            "and" | "&" => "&&",
            "or" | "|" => "||",
            "===" => "==",
            "!==" | "<>" => "!=",
            "=>" => ">=",
            own => return own,
        };
        self.diagnostics.push(faults::foreign_operator(sign, own, place));
        own
    }

    fn range_to(&mut self, first: Expression, pair: Pair<'_, Rule>) -> Expression {
        let end = self.range(&pair).end;
        let last = self.value(pair.into_inner(), end);
        Expression { span: first.span.to(last.span), value: Value::Range(Box::new(first), Box::new(last)) }
    }

    // ---------------------------------------------------------------------------------------------- operators

    /// Comparisons bind before `&&`, and that before `||`.
    fn chain(&mut self, operands: Vec<Expression>, operators: &[(Span, String)]) -> Expression {
        let mut operands = operands.into_iter();
        let mut operators = operators.iter();
        let mut alternatives: Vec<Expression> = Vec::new();
        let mut conditions: Vec<Expression> = Vec::new();
        let mut current = operands.next();
        for operand in operands {
            let Some((place, sign)) = operators.next() else { break };
            let (Some(left), rest) = (current.take(), operand) else { break };
            current = if let Some(operator) = comparison(sign) {
                Some(self.compared(left, operator, *place, rest))
            } else {
                conditions.push(left);
                if sign == "||" {
                    alternatives.push(self.joined(Logic::And, std::mem::take(&mut conditions)));
                }
                Some(rest)
            };
        }
        conditions.extend(current);
        alternatives.push(self.joined(Logic::And, conditions));
        self.joined(Logic::Or, alternatives)
    }

    fn joined(&self, logic: Logic, mut operands: Vec<Expression>) -> Expression {
        let span = match operands.as_slice() {
            [_] | [] => return operands.pop().unwrap_or_else(|| missing(self.span(0..0))),
            [first, .., last] => first.span.to(last.span),
        };
        Expression { span, value: Value::Logic(logic, operands) }
    }

    fn compared(&mut self, left: Expression, operator: Operator, place: Span, right: Expression) -> Expression {
        if matches!(left.value, Value::Comparison(_)) {
            self.diagnostics.push(faults::chained_comparison(place));
            return Expression { span: left.span.to(right.span), value: Value::Missing };
        }
        let span = left.span.to(right.span);
        Expression { span, value: Value::Comparison(Box::new(Comparison { operator, place, left, right })) }
    }

    fn operand(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let range = self.range(&pair);
        let span = self.trimmed(range.clone());
        let value = match pair.as_rule() {
            Rule::string => self.string(&pair),
            Rule::number => self.number(pair.as_str(), span),
            Rule::list => self.list(pair),
            Rule::object => Value::Object(Box::new(self.body(pair, range.start))),
            Rule::reference => return self.reference(pair),
            Rule::group => self.group(pair),
            Rule::negation => self.negation(pair),
            Rule::if_expression => self.if_expression(pair),
            Rule::missing_value => {
                let place = self.before_space(range.start);
                let before = self.slice(0..place.start as usize);
                let sets =
                    before.ends_with(['=', ':']) && !["==", "!=", "<=", ">="].iter().any(|sign| before.ends_with(sign));
                self.diagnostics.push(faults::no_value(place, sets));
                Value::Missing
            }
            Rule::value_below => {
                let end = range.end;
                let value = self.value(pair.into_inner(), end);
                self.diagnostics.push(faults::value_below(value.span, self.before_space(range.start)));
                return value;
            }
            // What is wrong with it was said when the text was mended.
            Rule::unknown_value => Value::Missing,
            Rule::foreign_not => {
                let inner = self.value(pair.into_inner(), range.end);
                let word = self.span(range.start..range.start + "not".len());
                self.diagnostics.push(faults::python_not(self.slice(inner.span.range()), word, inner.span));
                Value::Not(Box::new(inner))
            }
            Rule::nested_if => {
                self.diagnostics.push(faults::nested_if(span));
                Value::Missing
            }
            _ => {
                let text = self.slice(span.range());
                let (before, start) = self.value_before(range.start);
                let fault = match pair.as_rule() {
                    Rule::skipped_item if text == ")" => faults::stray_paren(span),
                    // Without a comma it stands behind another element.
                    Rule::skipped_item if !before.trim().is_empty() => {
                        let whole = self.span(start..span.end as usize);
                        faults::belongs_to_nothing(text, before, whole, span)
                    }
                    _ => faults::bad_value(text, span),
                };
                self.diagnostics.push(fault);
                Value::Missing
            }
        };
        Expression { span, value }
    }

    fn negation(&mut self, pair: Pair<'_, Rule>) -> Value {
        let end = self.range(&pair).end;
        let twice = pair.as_str().bytes().take_while(|byte| matches!(byte, b'!' | b' ' | b'\t' | b'\r'));
        let even = twice.filter(|byte| *byte == b'!').count() % 2 == 0;
        let span = self.trimmed(self.range(&pair));
        let inner = self.value(pair.into_inner(), end);
        let once = Value::Not(Box::new(inner));
        if even { Value::Not(Box::new(Expression { span, value: once })) } else { once }
    }

    fn group(&mut self, pair: Pair<'_, Rule>) -> Value {
        let range = self.range(&pair);
        let (mut leading, mut trailing) = (Vec::new(), Vec::new());
        let mut value: Vec<Pair<'_, Rule>> = Vec::new();
        let mut tuple = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::comment if value.is_empty() => leading.push(self.comment_of(&part)),
                Rule::comment => trailing.push(self.comment_of(&part)),
                Rule::skipped_tuple => {
                    tuple = true;
                    let fault = faults::tuple(self.slice(range.clone()), self.span(range.clone()));
                    self.diagnostics.push(fault);
                }
                Rule::missing_paren if tuple => {}
                Rule::missing_paren => self.missing_paren(range.start, self.range(&part).start),
                _ => value.push(part),
            }
        }
        let group = Group { leading: leading.into(), value: self.value(value, range.end), trailing: trailing.into() };
        if tuple { Value::Missing } else { Value::Group(Box::new(group)) }
    }

    // ---------------------------------------------------------------------------------------------------- if

    fn if_expression(&mut self, pair: Pair<'_, Rule>) -> Value {
        let end = self.range(&pair).end;
        let mut branches: Vec<(Expression, Expression)> = Vec::new();
        let mut condition: Option<Expression> = None;
        let mut otherwise = None;
        for part in pair.into_inner() {
            let range = self.range(&part);
            match part.as_rule() {
                Rule::comment => self.loose_comment(&part),
                Rule::condition => condition = Some(self.value(part.into_inner(), range.end)),
                Rule::missing_then => {
                    let place = self.before_space(range.start);
                    // Where the condition is missing, that was said.
                    if condition.as_ref().is_none_or(|condition| condition.value != Value::Missing) {
                        let rest = self.slice(place.start as usize..end.max(self.line_end(range.start)));
                        let fault = faults::no_then(rest, place);
                        self.diagnostics.push(fault);
                    }
                    let nothing = missing(self.span(range.start..range.start));
                    branches.extend(condition.take().map(|condition| (condition, nothing)));
                }
                Rule::missing_else => {
                    let place = self.before_space(range.start);
                    // Where `then` is missing, that was said.
                    if branches.iter().all(|(_, value)| value.value != Value::Missing) {
                        self.diagnostics.push(faults::no_else(place));
                    }
                    otherwise = Some(missing(self.span(range.start..range.start)));
                }
                _ => {
                    let value = self.value(part.into_inner(), range.end);
                    match condition.take() {
                        Some(condition) => branches.push((condition, value)),
                        None => otherwise = Some(value),
                    }
                }
            }
        }
        let otherwise = otherwise.unwrap_or_else(|| missing(self.span(end..end)));
        Value::If(Box::new(IfExpression { branches, otherwise }))
    }

    // -------------------------------------------------------------------------------------------------- lists

    fn list(&mut self, pair: Pair<'_, Rule>) -> Value {
        let range = self.range(&pair);
        let mut reading = ListSoFar { items: Vec::new(), pending: Vec::new(), end: range.start + 1 };
        let mut comprehension = None;
        let mut parts = pair.into_inner().peekable();
        while let Some(part) = parts.next() {
            match part.as_rule() {
                Rule::comment => self.item_comment(&part, &mut reading),
                Rule::missing_bracket => {
                    let found = self.range(&part).start;
                    self.missing_close(range.start, range.start, found, ']');
                }
                Rule::extra_comma => self.extra_comma(part, &mut reading),
                Rule::comprehension => comprehension = self.comprehension(part, &mut reading).or(comprehension),
                _ => {
                    let start = self.range(&part).start;
                    // Text that is no element is told with what stands before it.
                    if part.as_rule() != Rule::skipped_item {
                        self.comma(reading.items.last(), reading.end, start);
                    }
                    let mut value = self.operand(part);
                    let mut rest = Vec::new();
                    while let Some(next) = parts.next_if(|next| continues(next, !rest.is_empty(), rest.last())) {
                        reading.end = self.range(&next).end;
                        rest.push(next);
                    }
                    reading.end = reading.end.max(value.span.end as usize);
                    if !rest.is_empty() {
                        value = self.continued(value, rest.into_iter());
                    }
                    reading.items.push(Item {
                        leading: std::mem::take(&mut reading.pending).into(),
                        value,
                        trailing: None,
                    });
                }
            }
        }
        if let (Some(comprehension), Some(item)) = (&comprehension, reading.items.first())
            && comprehension.head.is_whole()
        {
            let place = comprehension.head.span.to(item.value.span);
            self.diagnostics.push(faults::comprehension_among_others(place));
            return Value::Missing;
        }
        reading.items.shrink_to_fit();
        match comprehension {
            // Its element cannot be read without the names that it is made of.
            Some(comprehension) if !comprehension.head.is_whole() => Value::Missing,
            Some(mut comprehension) => {
                comprehension.trailing = reading.pending.into();
                Value::Comprehension(Box::new(comprehension))
            }
            None => Value::List(List { items: reading.items, trailing: reading.pending.into() }),
        }
    }

    fn comprehension(&mut self, pair: Pair<'_, Rule>, reading: &mut ListSoFar) -> Option<Comprehension> {
        let span = self.span(self.range(&pair));
        reading.end = span.end as usize;
        let element = reading.items.pop()?;
        if !reading.items.is_empty() {
            self.diagnostics.push(faults::comprehension_among_others(span));
            return None;
        }
        let mut head = None;
        let mut condition = None;
        for part in pair.into_inner() {
            let range = self.range(&part);
            match part.as_rule() {
                Rule::comment => reading.pending.push(self.comment_of(&part)),
                Rule::inner_condition => condition = Some(self.value(part.into_inner(), range.end)),
                _ => head = Some(self.loop_head(part)),
            }
        }
        Some(Comprehension { element, head: head?, condition, trailing: Comments::default() })
    }

    /// A comma with no element before it, and the comments behind it.
    fn extra_comma(&mut self, pair: Pair<'_, Rule>, reading: &mut ListSoFar) {
        let start = self.range(&pair).start;
        self.diagnostics.push(faults::extra_comma(self.span(start..start + 1)));
        for comment in pair.into_inner() {
            self.item_comment(&comment, reading);
        }
    }

    fn item_comment(&self, pair: &Pair<'_, Rule>, reading: &mut ListSoFar) {
        let comment = self.comment_of(pair);
        let alone = self.slice(reading.end..comment.span.start as usize).contains('\n');
        match reading.items.last_mut() {
            Some(last) if last.trailing.is_none() && reading.pending.is_empty() && !alone => {
                last.trailing = Some(comment);
            }
            _ => reading.pending.push(comment),
        }
    }

    /// The comment of a node, which begins after the first `#`.
    pub(super) fn comment_of(&self, pair: &Pair<'_, Rule>) -> Comment {
        let range = self.range(pair);
        let start = range.start.saturating_sub(1);
        let text = self.slice(start..range.end);
        Comment { doc: text.starts_with("##"), span: self.span(start..start + text.trim_end().len()) }
    }

    fn comma(&mut self, last: Option<&Item>, end: usize, start: usize) {
        let Some(last) = last else { return };
        if last.value.value == Value::Missing || self.slice(end..start).contains(',') {
            return;
        }
        self.diagnostics.push(faults::no_comma("elements", self.span(end..end)));
    }

    // --------------------------------------------------------------------------------------------- references

    fn reference(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let span = self.trimmed(self.range(&pair));
        let mut path: Vec<Name> = Vec::new();
        let mut base: Option<Expression> = None;
        let mut steps: Vec<Step> = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::bare_name => path.push(self.name(&part)),
                Rule::arguments => {
                    let arguments = self.arguments(part);
                    let span = path.first().map_or(arguments.span, |name| name.span.to(arguments.span));
                    let call = Call { path: std::mem::take(&mut path), arguments };
                    base = Some(Expression { span, value: Value::Call(Box::new(call)) });
                }
                Rule::field => steps.extend(part.into_inner().next().map(|name| Step::Field(self.name(&name)))),
                _ => steps.push(Step::Index(self.index(part))),
            }
        }
        let base = base.unwrap_or_else(|| named(path, span));
        if steps.is_empty() {
            return base;
        }
        Expression { span, value: Value::Access(Box::new(Access { base, steps })) }
    }

    fn index(&mut self, pair: Pair<'_, Rule>) -> Expression {
        let range = self.range(&pair);
        let mut value = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::missing_bracket => {
                    let found = self.range(&part).start;
                    self.missing_close(range.start, range.start, found, ']');
                }
                _ => value.push(part),
            }
        }
        self.value(value, range.end)
    }

    pub(super) fn arguments(&mut self, pair: Pair<'_, Rule>) -> Arguments {
        let range = self.range(&pair);
        let mut items: Vec<Argument> = Vec::new();
        let mut pending = Vec::new();
        let mut end = range.start + 1;
        for part in pair.into_inner() {
            let part_range = self.range(&part);
            match part.as_rule() {
                Rule::comment => {
                    let comment = self.comment_of(&part);
                    let alone = self.slice(end..part_range.start).contains('\n');
                    match items.last_mut() {
                        Some(last) if !alone && pending.is_empty() && last.trailing.is_none() => {
                            last.trailing = Some(comment);
                        }
                        _ => pending.push(comment),
                    }
                }
                Rule::argument => {
                    self.argument_comma(items.last_mut(), end, part_range.start);
                    let (name, value) = self.argument(part);
                    items.push(Argument { leading: std::mem::take(&mut pending).into(), name, value, trailing: None });
                    end = part_range.end;
                }
                Rule::skipped_argument => {
                    let fault = faults::belongs_to_nothing_in_parentheses(self.trimmed(part_range));
                    self.diagnostics.push(fault);
                }
                _ => {
                    self.missing_paren(range.start, part_range.start);
                    // What else would have been given is not known.
                    let value = missing(self.span(part_range));
                    let leading = std::mem::take(&mut pending).into();
                    items.push(Argument { leading, name: None, value, trailing: None });
                }
            }
        }
        Arguments { span: self.trimmed(range), items, trailing: pending.into() }
    }

    /// Says what is missing between two arguments, of which the first means nothing then.
    fn argument_comma(&mut self, last: Option<&mut Argument>, end: usize, start: usize) {
        let Some(last) = last.filter(|last| last.value.value != Value::Missing) else { return };
        if self.slice(end..start).contains(',') {
            return;
        }
        let place = self.span(end..end);
        let fault = match (&last.name, &last.value.value) {
            (None, Value::Reference(path)) if path.len() == 1 => faults::no_comma_or_equals(place),
            _ => faults::no_comma("arguments", place),
        };
        self.diagnostics.push(fault);
        last.value.value = Value::Missing;
    }

    fn argument(&mut self, pair: Pair<'_, Rule>) -> (Option<Name>, Expression) {
        let end = self.range(&pair).end;
        let mut name = None;
        let mut value = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::argument_name => {
                    name = part.into_inner().next().map(|part| self.name(&part));
                }
                Rule::colon_sign => {
                    let span = self.span(self.range(&part));
                    if let Some(name) = &name {
                        self.diagnostics.push(faults::colon(name, span));
                    }
                }
                _ => value.push(part),
            }
        }
        (name, self.value(value, end))
    }

    /// A comment in the middle of something that has no place for it.
    pub(super) fn loose_comment(&mut self, pair: &Pair<'_, Rule>) {
        // It is no doc comment there.
        let comment = Comment { doc: false, ..self.comment_of(pair) };
        self.loose.push(comment);
    }

    pub(super) fn missing_paren(&mut self, open: usize, found: usize) {
        let opening = self.span(open..open + 1);
        let place = self.before_space(found);
        self.diagnostics.push(faults::no_close(')', "this", opening, place));
    }
}

/// The elements of a list as far as they have been read.
struct ListSoFar {
    items: Vec<Item>,
    /// Comments that belong to what comes next.
    pending: Vec<Comment>,
    /// Where the last element ended.
    end: usize,
}

/// Whether a node goes on with the element before it: an operator, what follows one, or the other end of a range.
fn continues(next: &Pair<'_, Rule>, begun: bool, last: Option<&Pair<'_, Rule>>) -> bool {
    // Behind an operator a comment may stand.
    let after_operator = begun && last.is_some_and(|last| matches!(last.as_rule(), Rule::operator | Rule::comment));
    matches!(next.as_rule(), Rule::operator | Rule::inner_range_end) || after_operator
}

fn comparison(sign: &str) -> Option<Operator> {
    match sign {
        "==" => Some(Operator::Equal),
        "!=" => Some(Operator::Unequal),
        "<" => Some(Operator::Less),
        "<=" => Some(Operator::AtMost),
        ">" => Some(Operator::Greater),
        ">=" => Some(Operator::AtLeast),
        _ => None,
    }
}

/// A name or a word of the language; `span` is where the whole of it stands.
fn named(path: Vec<Name>, span: Span) -> Expression {
    let span = path.last().map_or(span, |last| Span { end: last.span.end, ..span });
    let word = if let [only] = path.as_slice() { only.text.as_str() } else { "" };
    let value = match word {
        "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::Reference(path),
    };
    Expression { span, value }
}

pub(super) fn missing(span: Span) -> Expression {
    Expression { span, value: Value::Missing }
}
