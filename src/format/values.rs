//! Values over several lines.
//!
//! In: an expression that does not fit on its line, or was written on several. Out: lines. Recursion follows the nesting of the
//! source, which the parser bounds.

use super::Printer;
use super::inline::{logic, operator};
use super::statements::Place;
use crate::syntax::ast::{
    Argument, Arguments, Comment, Comprehension, Expression, Group, IfExpression, Item, List, Name, Step, Value,
};

/// Something between brackets, with its comments.
struct Element<'t> {
    leading: &'t [Comment],
    value: &'t Expression,
    name: Option<&'t Name>,
    trailing: Option<&'t Comment>,
}

impl Element<'_> {
    fn start(&self) -> u32 {
        self.name.map_or(self.value.span.start, |name| name.span.start)
    }
}

impl<'t> From<&'t Item> for Element<'t> {
    fn from(Item { leading, value, trailing }: &'t Item) -> Self {
        Self { leading, value, name: None, trailing: trailing.as_ref() }
    }
}

impl<'t> From<&'t Argument> for Element<'t> {
    fn from(Argument { leading, name, value, trailing }: &'t Argument) -> Self {
        Self { leading, value, name: name.as_ref(), trailing: trailing.as_ref() }
    }
}

impl Printer<'_> {
    /// A value, behind what is on the line.
    pub fn value(&mut self, expression: &Expression, depth: usize) {
        if let Some(text) = self.inline(expression).filter(|text| self.fits(text) || !can_break(expression)) {
            return self.push(&text);
        }
        match &expression.value {
            Value::List(list) => self.list(list, expression, depth),
            Value::Object(body) => self.body(body, depth, true),
            Value::Comprehension(comprehension) => self.comprehension(comprehension, expression, depth),
            Value::Call(call) => {
                let path = self.path(&call.path);
                self.push(&path);
                self.arguments(&call.arguments, depth);
            }
            Value::Access(access) => {
                self.value(&access.base, depth);
                for step in &access.steps {
                    self.step(step, depth);
                }
            }
            Value::If(branches) => self.choice(branches, depth),
            Value::Not(inner) => {
                self.push("!");
                self.value(inner, depth);
            }
            Value::Comparison(comparison) => {
                self.value(&comparison.left, depth);
                self.operator(operator(comparison.operator), &comparison.left, &comparison.right, depth);
            }
            Value::Logic(kind, operands) => self.logic(logic(*kind), operands, depth),
            Value::Group(group) => self.group(group, expression, depth),
            Value::Range(from, to) => {
                self.value(from, depth);
                self.push("..");
                self.value(to, depth);
            }
            _ => self.verbatim(expression, depth),
        }
    }

    fn step(&mut self, step: &Step, depth: usize) {
        match step {
            Step::Field(name) => {
                self.push(".");
                self.push(self.text(name.span));
            }
            Step::Index(index) => {
                self.push("[");
                self.value(index, depth);
                self.push("]");
            }
        }
    }

    fn list(&mut self, list: &List, whole: &Expression, depth: usize) {
        let elements: Vec<Element<'_>> = list.items.iter().map(Element::from).collect();
        self.between_brackets("[", &elements, &list.trailing, (whole.span.start, whole.span.end), "]", depth);
    }

    /// What a call is given.
    pub fn arguments(&mut self, arguments: &Arguments, depth: usize) {
        if let Some(text) = self.inline_arguments(arguments).filter(|text| self.fits(text)) {
            return self.push(&text);
        }
        let elements: Vec<Element<'_>> = arguments.items.iter().map(Element::from).collect();
        let ends = (arguments.span.start, arguments.span.end);
        self.between_brackets("(", &elements, &arguments.trailing, ends, ")", depth);
    }

    fn between_brackets(
        &mut self,
        open: &str,
        elements: &[Element<'_>],
        trailing: &[Comment],
        (start, end): (u32, u32),
        close: &str,
        depth: usize,
    ) {
        self.push(open);
        if self.stays_together(elements, trailing, start, end) {
            for (at, element) in elements.iter().enumerate() {
                self.push(if at == 0 { "" } else { ", " });
                self.element(element, depth);
            }
            return self.push(close);
        }
        self.broken(elements, trailing, (start, end), depth);
        self.open(depth);
        self.push(close);
    }

    /// Whether lines end only inside of elements, so that the brackets stay with the first and the last.
    fn stays_together(&self, elements: &[Element<'_>], trailing: &[Comment], start: u32, end: u32) -> bool {
        let commented = |element: &Element<'_>| !element.leading.is_empty() || element.trailing.is_some();
        if !trailing.is_empty() || elements.iter().any(commented) || !self.breaks(start, end) {
            return false;
        }
        let mut at = start;
        for element in elements {
            if self.breaks(at, element.start()) {
                return false;
            }
            at = element.value.span.end;
        }
        !self.breaks(at, end)
    }

    /// Elements on lines of their own, or with those that stood on one line with them.
    fn broken(&mut self, elements: &[Element<'_>], trailing: &[Comment], (start, end): (u32, u32), depth: usize) {
        let was_broken = self.breaks(start, end);
        let mut place = Place { end: start + 1, opened: true, fresh: true };
        for element in elements {
            let behind = was_broken && !place.fresh && !self.breaks(place.end, element.start());
            let text =
                self.inline_element(element).filter(|text| behind && element.leading.is_empty() && self.fits(text));
            let commented = self.lines.last().is_some_and(|line| line.comment.is_some());
            if let Some(text) = text.filter(|_| !commented) {
                self.push(" ");
                self.push(&text);
                self.align_at(None);
            } else {
                self.comments(element.leading, depth + 1, &mut place);
                self.open(depth + 1);
                let lines = self.lines.len();
                self.element(element, depth + 1);
                let column = element.name.map(|name| self.text(name.span).len() + 1);
                self.align_at(column.filter(|_| self.lines.len() == lines));
            }
            self.push(",");
            place.passed(element.value.span.end);
            if let Some(comment) = element.trailing {
                self.comment_behind(comment, depth + 1);
                place.passed(comment.span.end);
            }
        }
        self.comments(trailing, depth + 1, &mut place);
    }

    /// Says where in the line that begins which is aligned.
    fn align_at(&mut self, column: Option<usize>) {
        if let Some(line) = self.lines.last_mut() {
            line.column = column;
        }
    }

    fn inline_element(&self, element: &Element<'_>) -> Option<String> {
        let value = self.inline(element.value)?;
        Some(element.name.map_or_else(|| value.clone(), |name| format!("{} = {value}", self.text(name.span))))
    }

    fn element(&mut self, element: &Element<'_>, depth: usize) {
        if let Some(name) = element.name {
            self.push(self.text(name.span));
            self.push(" = ");
        }
        self.value(element.value, depth);
    }

    fn comprehension(&mut self, comprehension: &Comprehension, whole: &Expression, depth: usize) {
        let Comprehension { element, head, condition, trailing } = comprehension;
        let mut place = Place { end: whole.span.start + 1, opened: true, fresh: true };
        self.push("[");
        self.comments(&element.leading, depth + 1, &mut place);
        self.open(depth + 1);
        self.value(&element.value, depth + 1);
        place.passed(element.value.span.end);
        if let Some(comment) = &element.trailing {
            self.comment_behind(comment, depth + 1);
            place.passed(comment.span.end);
        }
        // The tree has all other comments behind the whole.
        let rest = self.keyword("for ", trailing, head.span.start, depth + 1, &mut place);
        self.head(head, depth + 1);
        place.passed(head.span.end);
        let rest = match condition {
            Some(condition) => {
                let rest = self.keyword("if ", rest, condition.span.start, depth + 1, &mut place);
                self.value(condition, depth + 1);
                place.passed(condition.span.end);
                rest
            }
            None => rest,
        };
        self.comments_behind(rest, depth + 1, &mut place);
        self.open(depth);
        self.push("]");
    }

    /// A word on a line of its own, with the comments before and behind it, up to what it belongs to; gives the comments after that.
    fn keyword<'c>(
        &mut self,
        word: &str,
        comments: &'c [Comment],
        end: u32,
        depth: usize,
        place: &mut Place,
    ) -> &'c [Comment] {
        let at = self.word_after(place.end);
        let before = |end: u32| comments.partition_point(|comment| comment.span.start < end);
        let (first, second) = (before(at), before(end));
        // Both are counts of the comments, the second not below the first.
        let (above, rest) = comments.split_at(first);
        let (behind, rest) = rest.split_at(second.saturating_sub(first));
        self.comments_behind(above, depth, place);
        self.open(depth);
        self.push(word);
        if !behind.is_empty() {
            place.passed(at);
            self.comments_behind(behind, depth + 1, place);
            self.open(depth + 1);
        }
        rest
    }

    /// Where the next word begins, past white space and comments.
    fn word_after(&self, offset: u32) -> u32 {
        let mut at = offset as usize;
        loop {
            let rest = self.source.get(at..).unwrap_or_default();
            at += rest.len() - rest.trim_start().len();
            match self.source.get(at..).filter(|rest| rest.starts_with('#')) {
                Some(comment) => at += comment.find('\n').unwrap_or(comment.len()),
                None => return u32::try_from(at).unwrap_or(u32::MAX),
            }
        }
    }

    /// Comments of which the first may stand behind the line.
    fn comments_behind(&mut self, comments: &[Comment], depth: usize, place: &mut Place) {
        let behind = |comment: &&Comment| !self.breaks(place.end, comment.span.start);
        match comments.split_first().filter(|(first, _)| behind(first)) {
            Some((first, rest)) => {
                self.comment_behind(first, depth);
                place.passed(first.span.end);
                self.comments(rest, depth, place);
            }
            None => self.comments(comments, depth, place),
        }
    }

    /// `if … then … else …`, a branch a line; its value goes to the next line where it was written so or does not fit.
    fn choice(&mut self, branches: &IfExpression, depth: usize) {
        for (condition, value) in &branches.branches {
            self.push("if ");
            self.value(condition, depth + 1);
            let fits = self.inline(value).is_none_or(|text| self.fits(&format!(" then {text}")));
            if fits && !self.breaks(condition.span.end, value.span.start) {
                self.push(" ");
            } else {
                self.open(depth + 1);
            }
            self.push("then ");
            self.value(value, depth + 1);
            self.open(depth + 1);
            self.push("else ");
        }
        self.value(&branches.otherwise, depth + 1);
    }

    fn logic(&mut self, sign: &str, operands: &[Expression], depth: usize) {
        let Some((first, others)) = operands.split_first() else { return };
        self.value(first, depth);
        let mut before = first;
        for operand in others {
            self.operator(sign, before, operand, depth);
            before = operand;
        }
    }

    /// An operator and what stands on its right, which goes to a new line where it was written so or does not fit.
    fn operator(&mut self, sign: &str, left: &Expression, right: &Expression, depth: usize) {
        let text = self.inline(right);
        let fits = text.is_none_or(|text| self.fits(&format!(" {sign} {text}")));
        self.push(" ");
        self.push(sign);
        if fits && !self.breaks(left.span.end, right.span.start) {
            self.push(" ");
            return self.value(right, depth);
        }
        self.open(depth + 1);
        self.value(right, depth + 1);
    }

    fn group(&mut self, group: &Group, whole: &Expression, depth: usize) {
        let mut place = Place { end: whole.span.start + 1, opened: true, fresh: true };
        let plain = group.leading.is_empty() && group.trailing.is_empty();
        let ends =
            !self.breaks(place.end, group.value.span.start) && !self.breaks(group.value.span.end, whole.span.end);
        self.push("(");
        if plain && ends {
            self.value(&group.value, depth);
            return self.push(")");
        }
        self.comments(&group.leading, depth + 1, &mut place);
        self.open(depth + 1);
        self.value(&group.value, depth + 1);
        place.passed(group.value.span.end);
        self.comments(&group.trailing, depth + 1, &mut place);
        self.open(depth);
        self.push(")");
    }

    /// A text over several lines: its lines keep what they say, and are set in as its closing quotes are.
    fn verbatim(&mut self, expression: &Expression, depth: usize) {
        let source = self.text(expression.span);
        let mut lines = source.split('\n').map(|line| line.trim_end_matches('\r'));
        let closing = source.rsplit('\n').next().unwrap_or_default();
        let old = closing.len() - closing.trim_start().len();
        let (old, quotes) = closing.split_at(old);
        let alone = self.lines.last().is_some_and(|line| line.text.is_empty());
        let margin = if alone { depth } else { depth + 1 };
        self.push(lines.next().unwrap_or_default().trim_end());
        let count = source.matches('\n').count();
        for line in lines.take(count.saturating_sub(1)) {
            let text = line.strip_prefix(old).unwrap_or_default();
            self.open(0);
            if let Some(last) = self.lines.last_mut() {
                last.verbatim = true;
            }
            if !text.is_empty() {
                self.push(&" ".repeat(margin * super::STEP));
                self.push(text);
            }
        }
        self.open(margin);
        self.push(quotes);
    }
}

/// Whether a value can be written on several lines.
fn can_break(expression: &Expression) -> bool {
    match &expression.value {
        Value::List(list) => !list.items.is_empty(),
        Value::Call(call) => !call.arguments.items.is_empty(),
        Value::Object(body) => !body.statements.is_empty(),
        Value::Comprehension(_) | Value::If(_) | Value::Logic(..) => true,
        Value::Group(group) => can_break(&group.value),
        Value::Not(inner) => can_break(inner),
        Value::Comparison(comparison) => can_break(&comparison.left) || can_break(&comparison.right),
        _ => false,
    }
}
