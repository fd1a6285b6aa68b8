//! Every comment of a source, with the thing that it stands above.
//!
//! In: a tree. Out: its comments, each with the span of the statement, element, argument or parameter that follows it. Recursion
//! follows the nesting of the source, which the parser bounds. Not here: what comments say.

use super::ast::{
    Arguments, Body, Comment, Entry, Expression, File, If, Item, List, Loop, Name, Operation, Param, Parameter, Part,
    Statement, StatementKind, TypeExpression, TypeTerm, Value,
};
use super::visit::operands;
use crate::source::Span;

/// Gives every comment to `each`, with the span of what it stands above; those behind something, or at the end of a block, stand above nothing.
pub fn comments(file: &File, each: &mut dyn FnMut(&Comment, Option<Span>)) {
    let mut visitor = Visitor { each };
    visitor.statements(&file.statements);
    visitor.alone(&file.trailing);
}

struct Visitor<'f> {
    each: &'f mut dyn FnMut(&Comment, Option<Span>),
}

impl Visitor<'_> {
    fn above(&mut self, comments: &[Comment], item: Span) {
        for comment in comments {
            (self.each)(comment, Some(item));
        }
    }

    fn alone<'c>(&mut self, comments: impl IntoIterator<Item = &'c Comment>) {
        for comment in comments {
            (self.each)(comment, None);
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.above(&statement.leading, statement.kind.span());
            self.kind(&statement.kind);
            self.alone(&statement.trailing);
        }
    }

    fn kind(&mut self, kind: &StatementKind) {
        match kind {
            StatementKind::Import(_) | StatementKind::Skipped(_) => {}
            StatementKind::Param(param) => self.param(param),
            StatementKind::Let(constant) => self.expression(&constant.value),
            StatementKind::If(branches) => self.branches(branches),
            StatementKind::For(each) => {
                self.head(&each.head);
                self.body(&each.body);
            }
            StatementKind::Template(template) => {
                if let Some(parameters) = &template.parameters {
                    parameters.items.iter().for_each(|parameter| self.parameter(parameter));
                    self.alone(&parameters.trailing);
                }
                template.bases.iter().flat_map(|base| &base.arguments).for_each(|given| self.arguments(given));
                self.body(&template.body);
            }
            StatementKind::Environment(environment) => self.body(&environment.body),
            StatementKind::Task(task) => self.body(&task.body),
            StatementKind::Override(over) => self.body(&over.body),
            StatementKind::Entry(entry) => self.entry(entry),
        }
    }

    fn branches(&mut self, branches: &If) {
        for (condition, body) in &branches.branches {
            self.expression(condition);
            self.body(body);
        }
        branches.otherwise.iter().for_each(|body| self.body(body));
    }

    fn body(&mut self, body: &Body) {
        self.statements(&body.statements);
        self.alone(&body.trailing);
    }

    fn parameter(&mut self, parameter: &Parameter) {
        self.above(&parameter.leading, parameter.param.span);
        self.param(&parameter.param);
        self.alone(&parameter.trailing);
    }

    fn param(&mut self, param: &Param) {
        self.type_expression(&param.ty);
        param.default.iter().for_each(|default| self.expression(default));
    }

    fn type_expression(&mut self, ty: &TypeExpression) {
        for term in &ty.alternatives {
            match term {
                TypeTerm::Named(_, inner) => inner.iter().for_each(|inner| self.type_expression(inner)),
                TypeTerm::Literal(value) => self.expression(value),
            }
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.name(&entry.key);
        entry.label.iter().for_each(|label| self.name(&label.name));
        match &entry.operation {
            Operation::Set(value) | Operation::Append(value) => self.expression(value),
            Operation::Merge(body) => self.body(body),
            Operation::Missing => {}
        }
    }

    fn name(&mut self, name: &Name) {
        name.parts.iter().for_each(|parts| self.parts(parts));
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            if let Part::Expression(expression) = part {
                self.expression(expression);
            }
        }
    }

    fn head(&mut self, head: &Loop) {
        self.expression(&head.over);
    }

    fn item(&mut self, item: &Item) {
        self.above(&item.leading, item.value.span);
        self.expression(&item.value);
        self.alone(&item.trailing);
    }

    fn list(&mut self, list: &List) {
        list.items.iter().for_each(|item| self.item(item));
        self.alone(&list.trailing);
    }

    fn arguments(&mut self, arguments: &Arguments) {
        for argument in &arguments.items {
            let name = argument.name.as_ref().map_or(argument.value.span, |name| name.span);
            self.above(&argument.leading, name.to(argument.value.span));
            self.expression(&argument.value);
            self.alone(&argument.trailing);
        }
        self.alone(&arguments.trailing);
    }

    fn expression(&mut self, expression: &Expression) {
        match &expression.value {
            Value::Text(parts) => self.parts(parts),
            Value::List(list) => self.list(list),
            Value::Comprehension(comprehension) => {
                self.item(&comprehension.element);
                self.head(&comprehension.head);
                comprehension.condition.iter().for_each(|condition| self.expression(condition));
                self.alone(&comprehension.trailing);
            }
            Value::Object(body) => self.body(body),
            Value::Call(call) => self.arguments(&call.arguments),
            Value::Group(group) => {
                self.above(&group.leading, group.value.span);
                self.expression(&group.value);
                self.alone(&group.trailing);
            }
            value => operands(value, &mut |operand| self.expression(operand)),
        }
    }
}
