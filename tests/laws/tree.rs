//! What holds for the tree of every text.
//!
//! In: a text. Out: what does not hold. Always: every node is a place in the text, children stand inside their parents and after
//! their elder siblings. White space at the end of a node does not count: where something is missing, it may stand before or
//! behind. Not here: what the tree means.

use std::fmt::Write as _;
use std::ops::Range;

use flytec::diagnostics::{Diagnostics, code};
use flytec::source::{SourceMap, Span};
use flytec::syntax;
use flytec::syntax::ast::{
    self, Base, Body, Comment, Entry, Expression, File, Item, Loop, Operation, Param, Parameters, Part, Statement,
    StatementKind, Step, TaskName, TypeExpression, TypeTerm, Value,
};

use super::ensure;

/// Fails where a node of the tree of a text stands in a wrong place.
pub fn check_tree(text: &str) -> Result<(), String> {
    let sources = SourceMap::new(vec![("a.flyteenv".to_owned(), text.to_owned())]);
    for (id, source) in sources.iter() {
        let mut diagnostics = Diagnostics::default();
        let file = syntax::parse(id, source, &mut diagnostics);
        for least in [None, Some(1), Some(40)] {
            let mut others = Diagnostics::default();
            let other = syntax::parse_by(id, source, least, &mut others);
            let same = other == file && format!("{others:?}") == format!("{diagnostics:?}");
            ensure(same, format!("the tree depends on the stretches that it is made of: {least:?}"))?;
        }
        let mended = [code::NESTING_TOO_DEEP, code::STRAY_CLOSE].iter().any(|code| diagnostics.contains(*code, id));
        let mut tree = Tree { text, mended, faults: String::new() };
        tree.file(&file);
        ensure(tree.faults.is_empty(), format!("{:.400}", tree.faults))?;
        let unread =
            diagnostics.finish(&sources).iter().any(|diagnostic| diagnostic.message == "this file cannot be read");
        ensure(!unread, "the grammar does not match every text")?;
    }
    Ok(())
}

struct Tree<'t> {
    text: &'t str,
    /// Whether the tree is that of another text: one with blanks for what is nested too deep, or without a brace that closes
    /// an environment too early. Then only places are checked.
    mended: bool,
    faults: String,
}

impl Tree<'_> {
    fn file(&mut self, file: &File) {
        self.statements(&file.statements, &file.trailing, 0..self.text.len());
    }

    /// One node, which must stand in `around`. Gives its own range.
    fn node(&mut self, what: &str, span: Span, around: &Range<usize>) -> Range<usize> {
        let range = span.range();
        let Some(own) = self.text.get(range.clone()) else {
            let _ = writeln!(self.faults, "{what} at {range:?} is no place in the text");
            return range;
        };
        let behind = self.text.get(around.end..).unwrap_or_default();
        let end = around.end + behind.len() - behind.trim_start().len();
        if !self.mended && (range.start < around.start || range.end > end) {
            let _ = writeln!(self.faults, "{what} at {range:?} stands outside of {around:?}: {own:.80?}");
        }
        range
    }

    fn statements(&mut self, statements: &[Statement], trailing: &[Comment], around: Range<usize>) {
        let mut rest = around.clone();
        for statement in statements {
            // Those in the middle of a statement stand before those above it.
            let start = statement.kind.span().start;
            let (inside, above): (Vec<&Comment>, Vec<&Comment>) =
                statement.leading.iter().partition(|comment| comment.span.start >= start);
            for comment in above {
                rest.start = self.node("a comment", comment.span, &rest).end;
            }
            let range = self.statement(&statement.kind, &rest);
            for comment in inside {
                self.node("a comment in a statement", comment.span, &range);
            }
            rest.start = range.end;
            if let Some(comment) = &statement.trailing {
                rest.start = self.node("a trailing comment", comment.span, &rest).end;
            }
        }
        for comment in trailing {
            rest.start = self.node("a last comment", comment.span, &rest).end;
        }
    }

    fn statement(&mut self, statement: &StatementKind, around: &Range<usize>) -> Range<usize> {
        match statement {
            StatementKind::Template(template) => {
                let range = self.node("a template", template.span, around);
                if let Some(parameters) = &template.parameters {
                    self.parameters(parameters, &range);
                }
                self.bases(&template.bases, &range);
                self.named(&template.name, &template.body, range)
            }
            StatementKind::Environment(environment) => {
                let range = self.node("an environment", environment.span, around);
                self.bases(&environment.bases, &range);
                self.named(&environment.name, &environment.body, range)
            }
            StatementKind::Task(task) => {
                let range = self.node("a task", task.span, around);
                self.task_name(&task.name, &range);
                self.body(&task.body, &range);
                range
            }
            StatementKind::Override(over) => {
                let range = self.node("an override", over.span, around);
                self.task_name(&over.target, &range);
                if let Some(name) = &over.variant {
                    self.name("a variant", name, &range);
                }
                self.body(&over.body, &range);
                range
            }
            StatementKind::Entry(entry) => self.entry(entry, around),
            StatementKind::Import(import) => {
                let range = self.node("an import", import.span, around);
                let mut rest = range.clone();
                rest.start = self.name("a path", &import.path, &rest).end;
                if let Some(alias) = &import.alias {
                    self.name("the name of an import", alias, &rest);
                }
                range
            }
            StatementKind::Param(param) => self.param(param, around),
            StatementKind::Let(constant) => {
                let range = self.node("a constant", constant.span, around);
                let mut rest = range.clone();
                rest.start = self.name("a constant's name", &constant.name, &rest).end;
                self.expression(&constant.value, &rest);
                range
            }
            StatementKind::If(branches) => {
                let range = self.node("an if", branches.span, around);
                let mut rest = range.clone();
                for (condition, body) in &branches.branches {
                    self.expression(condition, &rest);
                    rest.start = condition.span.range().end;
                    self.body(body, &rest);
                    rest.start = body.span.range().end;
                }
                if let Some(body) = &branches.otherwise {
                    self.body(body, &rest);
                }
                range
            }
            StatementKind::For(each) => {
                let range = self.node("a loop", each.span, around);
                let mut rest = range.clone();
                rest.start = self.loop_head(&each.head, &rest).end;
                self.body(&each.body, &rest);
                range
            }
            StatementKind::Skipped(span) => self.node("skipped text", *span, around),
        }
    }

    fn param(&mut self, param: &Param, around: &Range<usize>) -> Range<usize> {
        let range = self.node("a parameter", param.span, around);
        let mut rest = range.clone();
        // Other languages write the type first, which is told and understood.
        let name = self.name("a parameter's name", &param.name, &rest).end;
        rest.start = self.type_expression(&param.ty, &rest).end.max(name);
        if let Some(default) = &param.default {
            self.expression(default, &rest);
        }
        range
    }

    fn type_expression(&mut self, ty: &TypeExpression, around: &Range<usize>) -> Range<usize> {
        let range = self.node("a type", ty.span, around);
        for term in &ty.alternatives {
            match term {
                TypeTerm::Named(name, of) => {
                    self.name("the name of a type", name, &range);
                    if let Some(of) = of {
                        self.type_expression(of, &range);
                    }
                }
                TypeTerm::Literal(literal) => self.expression(literal, &range),
            }
        }
        range
    }

    fn loop_head(&mut self, head: &Loop, around: &Range<usize>) -> Range<usize> {
        let range = self.node("the head of a loop", head.span, around);
        let mut rest = range.clone();
        for name in &head.names {
            rest.start = self.name("the name of a loop", name, &rest).end;
        }
        self.expression(&head.over, &rest);
        range
    }

    fn name(&mut self, what: &str, name: &ast::Name, around: &Range<usize>) -> Range<usize> {
        let range = self.node(what, name.span, around);
        if let Some(parts) = &name.parts {
            self.parts(parts, &range);
        }
        range
    }

    fn parts(&mut self, parts: &[Part], around: &Range<usize>) {
        let mut rest = around.clone();
        for part in parts {
            if let Part::Expression(expression) = part {
                self.expression(expression, &rest);
                rest.start = expression.span.range().end;
            }
        }
    }

    fn bases(&mut self, bases: &[Base], around: &Range<usize>) {
        for base in bases {
            let range = self.node("a base", base.span, around);
            base.path.iter().for_each(|name| _ = self.name("a base's name", name, &range));
            if let Some(arguments) = &base.arguments {
                self.arguments(arguments, &range);
            }
        }
    }

    fn arguments(&mut self, arguments: &ast::Arguments, around: &Range<usize>) {
        let range = self.node("arguments", arguments.span, around);
        let mut rest = range.clone();
        for argument in &arguments.items {
            for comment in &argument.leading {
                rest.start = self.node("a comment", comment.span, &rest).end;
            }
            if let Some(name) = &argument.name {
                rest.start = self.name("an argument's name", name, &rest).end;
            }
            self.expression(&argument.value, &rest);
            rest.start = argument.value.span.range().end;
            if let Some(comment) = &argument.trailing {
                rest.start = self.node("a trailing comment", comment.span, &rest).end;
            }
        }
        for comment in &arguments.trailing {
            rest.start = self.node("a last comment", comment.span, &rest).end;
        }
    }

    fn parameters(&mut self, parameters: &Parameters, around: &Range<usize>) {
        let range = self.node("parameters", parameters.span, around);
        let mut rest = range.clone();
        for item in &parameters.items {
            for comment in &item.leading {
                rest.start = self.node("a comment", comment.span, &rest).end;
            }
            rest.start = self.param(&item.param, &rest).end;
            if let Some(comment) = &item.trailing {
                rest.start = self.node("a trailing comment", comment.span, &rest).end;
            }
        }
        for comment in &parameters.trailing {
            rest.start = self.node("a last comment", comment.span, &rest).end;
        }
    }

    fn named(&mut self, name: &ast::Name, body: &Body, range: Range<usize>) -> Range<usize> {
        self.name("a name", name, &range);
        self.body(body, &range);
        range
    }

    fn task_name(&mut self, name: &TaskName, around: &Range<usize>) {
        let range = self.node("a task's name", name.span, around);
        for part in name.import.iter().chain(&name.environment).chain([&name.task]).chain(&name.variant) {
            self.name("a part of a task's name", part, &range);
        }
    }

    fn body(&mut self, body: &Body, around: &Range<usize>) {
        let range = self.node("a body", body.span, around);
        self.statements(&body.statements, &body.trailing, range);
    }

    fn entry(&mut self, entry: &Entry, around: &Range<usize>) -> Range<usize> {
        let range = self.node("an entry", entry.span, around);
        let mut rest = range.clone();
        rest.start = self.name("a key", &entry.key, &rest).end;
        if let Some(label) = &entry.label {
            rest.start = self.name("a label", &label.name, &rest).end;
        }
        match &entry.operation {
            Operation::Set(value) | Operation::Append(value) => self.expression(value, &rest),
            Operation::Merge(body) => self.body(body, &rest),
            Operation::Missing => {}
        }
        range
    }

    fn expression(&mut self, expression: &Expression, around: &Range<usize>) {
        let range = self.node("a value", expression.span, around);
        match &expression.value {
            Value::Object(body) => self.body(body, &range),
            Value::Reference(names) => {
                for name in names {
                    self.name("a name", name, &range);
                }
            }
            Value::Range(first, last) => {
                self.expression(first, &range);
                self.expression(last, &range);
            }
            Value::List(list) => {
                let mut rest = range;
                for item in &list.items {
                    rest.start = self.item(item, &rest).end;
                }
                for comment in &list.trailing {
                    rest.start = self.node("a last comment in a list", comment.span, &rest).end;
                }
            }
            Value::Comprehension(comprehension) => {
                let mut rest = range;
                rest.start = self.item(&comprehension.element, &rest).end;
                rest.start = self.loop_head(&comprehension.head, &rest).end;
                if let Some(condition) = &comprehension.condition {
                    self.expression(condition, &rest);
                }
            }
            Value::Text(parts) => self.parts(parts, &range),
            Value::Access(access) => {
                self.expression(&access.base, &range);
                for step in &access.steps {
                    match step {
                        Step::Field(name) => _ = self.name("a field", name, &range),
                        Step::Index(index) => self.expression(index, &range),
                    }
                }
            }
            Value::Call(call) => {
                call.path.iter().for_each(|name| _ = self.name("the name of a function", name, &range));
                self.arguments(&call.arguments, &range);
            }
            Value::If(branches) => {
                let mut rest = range;
                for (condition, value) in &branches.branches {
                    self.expression(condition, &rest);
                    rest.start = condition.span.range().end;
                    self.expression(value, &rest);
                    rest.start = value.span.range().end;
                }
                self.expression(&branches.otherwise, &rest);
            }
            Value::Not(inner) => self.expression(inner, &range),
            Value::Comparison(comparison) => {
                self.expression(&comparison.left, &range);
                self.node("an operator", comparison.place, &range);
                self.expression(&comparison.right, &range);
            }
            Value::Logic(_, operands) => operands.iter().for_each(|operand| self.expression(operand, &range)),
            Value::Group(group) => {
                let mut rest = range;
                for comment in &group.leading {
                    rest.start = self.node("a comment", comment.span, &rest).end;
                }
                self.expression(&group.value, &rest);
                rest.start = group.value.span.range().end;
                for comment in &group.trailing {
                    rest.start = self.node("a last comment", comment.span, &rest).end;
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Unit(_)
            | Value::String(_)
            | Value::Missing => {}
        }
    }

    fn item(&mut self, item: &Item, around: &Range<usize>) -> Range<usize> {
        let mut rest = around.clone();
        for comment in &item.leading {
            rest.start = self.node("a comment in a list", comment.span, &rest).end;
        }
        self.expression(&item.value, &rest);
        rest.start = item.value.span.range().end;
        if let Some(comment) = &item.trailing {
            rest.start = self.node("a trailing comment in a list", comment.span, &rest).end;
        }
        rest.start..rest.start
    }
}
