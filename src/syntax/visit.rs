//! Every name that an expression refers to.
//!
//! In: an expression. Out: the paths of its references and calls, but for those whose first name a loop in it stands for.
//! Recursion follows the nesting of the source, which the parser bounds. Not here: what the names mean.

use super::ast::{
    Arguments, Body, Entry, Expression, Loop, Name, Operation, Part, Statement, StatementKind, Step, Value,
};

/// Gives every path that an expression refers to to `each`.
pub fn references<'t>(expression: &'t Expression, each: &mut dyn FnMut(&'t [Name])) {
    Visitor { each, hidden: Vec::new() }.expression(expression);
}

/// Gives what a value is made of to `each`, if it is made of values alone: no list, object, loop, call or text.
pub(super) fn operands<'t>(value: &'t Value, each: &mut dyn FnMut(&'t Expression)) {
    match value {
        Value::Access(access) => {
            each(&access.base);
            for step in &access.steps {
                if let Step::Index(index) = step {
                    each(index);
                }
            }
        }
        Value::If(branches) => {
            for (condition, value) in &branches.branches {
                each(condition);
                each(value);
            }
            each(&branches.otherwise);
        }
        Value::Not(inner) => each(inner),
        Value::Comparison(comparison) => {
            each(&comparison.left);
            each(&comparison.right);
        }
        Value::Logic(_, operands) => operands.iter().for_each(each),
        Value::Range(from, to) => {
            each(from);
            each(to);
        }
        _ => {}
    }
}

struct Visitor<'t, 'f> {
    each: &'f mut dyn FnMut(&'t [Name]),
    /// The names that loops stand for.
    hidden: Vec<&'t str>,
}

impl<'t> Visitor<'t, '_> {
    fn path(&mut self, path: &'t [Name]) {
        let hidden = path.first().is_none_or(|first| self.hidden.contains(&first.text.as_str()));
        if !hidden {
            (self.each)(path);
        }
    }

    fn expression(&mut self, expression: &'t Expression) {
        match &expression.value {
            Value::Text(parts) => self.parts(parts),
            Value::List(list) => list.items.iter().for_each(|item| self.expression(&item.value)),
            Value::Comprehension(comprehension) => self.each_round(&comprehension.head, |this| {
                this.expression(&comprehension.element.value);
                comprehension.condition.iter().for_each(|condition| this.expression(condition));
            }),
            Value::Object(body) => self.body(body),
            Value::Reference(path) => self.path(path),
            Value::Call(call) => {
                self.path(&call.path);
                self.arguments(&call.arguments);
            }
            Value::Group(group) => self.expression(&group.value),
            value => operands(value, &mut |operand| self.expression(operand)),
        }
    }

    fn arguments(&mut self, arguments: &'t Arguments) {
        arguments.items.iter().for_each(|argument| self.expression(&argument.value));
    }

    fn parts(&mut self, parts: &'t [Part]) {
        for part in parts {
            if let Part::Expression(expression) = part {
                self.expression(expression);
            }
        }
    }

    fn name(&mut self, name: &'t Name) {
        if let Some(parts) = &name.parts {
            self.parts(parts);
        }
    }

    fn each_round(&mut self, head: &'t Loop, inside: impl FnOnce(&mut Self)) {
        self.expression(&head.over);
        let outer = self.hidden.len();
        self.hidden.extend(head.names.iter().map(|name| name.text.as_str()));
        inside(self);
        self.hidden.truncate(outer);
    }

    fn body(&mut self, body: &'t Body) {
        body.statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &'t Statement) {
        match &statement.kind {
            StatementKind::Entry(entry) => self.entry(entry),
            StatementKind::If(branches) => {
                for (condition, body) in &branches.branches {
                    self.expression(condition);
                    self.body(body);
                }
                branches.otherwise.iter().for_each(|body| self.body(body));
            }
            StatementKind::For(each) => self.each_round(&each.head, |this| this.body(&each.body)),
            _ => {}
        }
    }

    fn entry(&mut self, entry: &'t Entry) {
        self.name(&entry.key);
        entry.label.iter().for_each(|label| self.name(&label.name));
        match &entry.operation {
            Operation::Set(value) | Operation::Append(value) => self.expression(value),
            Operation::Merge(body) => self.body(body),
            Operation::Missing => {}
        }
    }
}
