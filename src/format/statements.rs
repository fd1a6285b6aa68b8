//! Statements, a line or more each.

use super::Printer;
use crate::source::Span;
use crate::syntax::ast::{
    Base, Body, Comment, Entry, Environment, For, If, Import, Let, Loop, Operation, Override, Param, Parameters,
    Statement, StatementKind, Task, Template,
};

impl Printer<'_> {
    /// The statements of a file or block, with the comments behind the last of them; `opening` is the brace of the block.
    pub fn statements(&mut self, statements: &[Statement], trailing: &[Comment], depth: usize, opening: Option<Span>) {
        let mut place = Place { end: opening.map_or(0, |brace| brace.end), opened: opening.is_some(), fresh: true };
        let mut gap = false;
        for statement in statements {
            let first = self.lines.len();
            let fresh = place.fresh;
            let span = statement.kind.span();
            // The tree has comments in the middle of a statement before those above it.
            let (inside, above): (Vec<Comment>, Vec<Comment>) =
                statement.leading.iter().partition(|comment| comment.span.start >= span.start);
            for comment in &inside {
                self.comment_from_inside(comment, depth);
            }
            self.comments(&above, depth, &mut place);
            let apart = !place.fresh && self.has_blank_line(place.end, span.start);
            let own = self.lines.len();
            self.open(depth);
            self.kind(&statement.kind, depth);
            // What came out of the statement stays with it.
            self.gap_above(if above.is_empty() { first } else { own }, apart);
            place.passed(span.end);
            if let Some(comment) = &statement.trailing {
                self.comment_behind(comment, depth);
                place.passed(comment.span.end);
            }
            let spacious = is_declaration(&statement.kind) && self.lines.len() > own + 1;
            self.gap_above(first, !fresh && (spacious || gap));
            gap = spacious;
        }
        let first = self.lines.len();
        self.comments(trailing, depth, &mut place);
        self.gap_above(first, gap);
    }

    /// Comments on lines of their own; the first one may stand behind the brace of the block.
    pub fn comments(&mut self, comments: &[Comment], depth: usize, place: &mut Place) {
        for comment in comments {
            if place.opened && place.fresh && !self.breaks(place.end, comment.span.start) {
                self.comment_behind(comment, depth);
                place.opened = false;
                place.end = comment.span.end;
                continue;
            }
            let at = self.lines.len();
            let apart = !place.fresh && self.has_blank_line(place.end, comment.span.start);
            self.comment_line(comment, depth);
            self.gap_above(at, apart);
            place.passed(comment.span.end);
        }
    }

    /// A comment in the middle of a statement, on a line above it. It documents nothing, so it has one `#`.
    fn comment_from_inside(&mut self, comment: &Comment, depth: usize) {
        let words = self.comment(comment);
        self.open(depth);
        self.push("#");
        self.push(words.trim_start_matches('#'));
        self.lines.last_mut().into_iter().for_each(|line| line.aside = true);
    }

    fn gap_above(&mut self, line: usize, gap: bool) {
        if let Some(line) = self.lines.get_mut(line) {
            line.gap |= gap;
        }
    }

    fn kind(&mut self, kind: &StatementKind, depth: usize) {
        match kind {
            StatementKind::Import(import) => self.import(import),
            StatementKind::Param(param) => {
                self.push("param ");
                self.param(param, depth);
            }
            StatementKind::Let(constant) => self.constant(constant, depth),
            StatementKind::If(branches) => self.branches(branches, depth),
            StatementKind::For(each) => self.each(each, depth),
            StatementKind::Template(template) => self.template(template, depth),
            StatementKind::Environment(environment) => self.environment(environment, depth),
            StatementKind::Task(task) => self.task(task, depth),
            StatementKind::Override(over) => self.over(over, depth),
            StatementKind::Entry(entry) => self.entry(entry, depth),
            StatementKind::Skipped(span) => self.push(self.text(*span)),
        }
    }

    fn import(&mut self, import: &Import) {
        self.push("import ");
        self.push(self.text(import.path.span));
        if let Some(alias) = &import.alias {
            self.push(" as ");
            self.push(self.text(alias.span));
        }
    }

    fn param(&mut self, param: &Param, depth: usize) {
        self.push(self.text(param.name.span));
        self.push(": ");
        let ty = self.type_expression(&param.ty);
        self.push(&ty);
        if let Some(default) = &param.default {
            self.push(" = ");
            self.value(default, depth);
        }
    }

    fn constant(&mut self, constant: &Let, depth: usize) {
        self.push("let ");
        self.push(self.text(constant.name.span));
        self.push(" ");
        self.aligned(|this| {
            this.push("= ");
            this.value(&constant.value, depth);
        });
    }

    fn branches(&mut self, branches: &If, depth: usize) {
        for (at, (condition, body)) in branches.branches.iter().enumerate() {
            self.push(if at == 0 { "if " } else { " else if " });
            self.value(condition, depth);
            self.push(" ");
            self.body(body, depth, branches.otherwise.is_none() && branches.branches.len() == 1);
        }
        if let Some(body) = &branches.otherwise {
            self.push(" else ");
            self.body(body, depth, false);
        }
    }

    fn each(&mut self, each: &For, depth: usize) {
        self.push("for ");
        self.head(&each.head, depth);
        self.push(" ");
        self.body(&each.body, depth, true);
    }

    /// `name in list`.
    pub fn head(&mut self, head: &Loop, depth: usize) {
        let names: Vec<&str> = head.names.iter().map(|name| self.text(name.span)).collect();
        self.push(&names.join(", "));
        self.push(" in ");
        self.value(&head.over, depth);
    }

    fn template(&mut self, template: &Template, depth: usize) {
        self.push("template ");
        self.push(self.text(template.name.span));
        if let Some(parameters) = &template.parameters {
            self.parameters(parameters, depth);
        }
        self.bases(&template.bases, depth);
        self.push(" ");
        self.body(&template.body, depth, false);
    }

    fn environment(&mut self, environment: &Environment, depth: usize) {
        self.push("environment ");
        self.push(self.text(environment.name.span));
        self.bases(&environment.bases, depth);
        self.push(" ");
        self.body(&environment.body, depth, false);
    }

    fn parameters(&mut self, parameters: &Parameters, depth: usize) {
        let broken = self.breaks(parameters.span.start, parameters.span.end);
        if let Some(text) = self.inline_parameters(parameters).filter(|text| !broken && self.fits(text)) {
            return self.push(&text);
        }
        self.push("(");
        let mut place = Place { end: parameters.span.start + 1, opened: true, fresh: true };
        for parameter in &parameters.items {
            self.comments(&parameter.leading, depth + 1, &mut place);
            self.open(depth + 1);
            self.param(&parameter.param, depth + 1);
            self.push(",");
            place.passed(parameter.param.span.end);
            if let Some(comment) = &parameter.trailing {
                self.comment_behind(comment, depth + 1);
                place.passed(comment.span.end);
            }
        }
        self.comments(&parameters.trailing, depth + 1, &mut place);
        self.open(depth);
        self.push(")");
    }

    /// `extends a, b(x = 1)`, a base a line where they were written so or do not fit.
    fn bases(&mut self, bases: &[Base], depth: usize) {
        let Some((first, others)) = bases.split_first() else { return };
        let inline: Option<Vec<String>> = bases.iter().map(|base| self.inline_base(base)).collect();
        let text = inline.map(|bases| format!(" extends {}", bases.join(", ")));
        let breaks = |pair: &[Base]| matches!(pair, [a, b] if self.breaks(a.span.end, b.span.start));
        let broken = bases.windows(2).any(breaks);
        if let Some(text) = text.filter(|text| !broken && self.fits(text)) {
            return self.push(&text);
        }
        self.push(" extends ");
        self.base(first, depth);
        for base in others {
            self.push(",");
            self.open(depth + 1);
            self.base(base, depth + 1);
        }
    }

    fn base(&mut self, base: &Base, depth: usize) {
        let path = self.path(&base.path);
        self.push(&path);
        if let Some(arguments) = &base.arguments {
            self.arguments(arguments, depth);
        }
    }

    fn task(&mut self, task: &Task, depth: usize) {
        self.push("task ");
        self.push(self.text(task.name.span));
        self.push(" ");
        self.body(&task.body, depth, true);
    }

    fn over(&mut self, over: &Override, depth: usize) {
        self.push("override ");
        self.push(self.text(over.target.span));
        if let Some(variant) = &over.variant {
            self.push(" as ");
            self.push(self.text(variant.span));
        }
        self.push(" ");
        self.body(&over.body, depth, true);
    }

    fn entry(&mut self, entry: &Entry, depth: usize) {
        self.push(self.text(entry.key.span));
        if let Some(label) = &entry.label {
            self.push(" ");
            self.push(self.text(label.name.span));
        }
        self.push(" ");
        let write = |this: &mut Self| match &entry.operation {
            Operation::Set(value) => {
                this.push("= ");
                this.value(value, depth);
            }
            Operation::Append(value) => {
                this.push("+= ");
                this.value(value, depth);
            }
            Operation::Merge(body) => this.body(body, depth, true),
            Operation::Missing => {}
        };
        // Labels are of any length, and aligning behind them would tear lines apart.
        if entry.label.is_some() { write(self) } else { self.aligned(write) }
    }

    /// Writes what is aligned with the lines around it, unless it takes several lines.
    fn aligned(&mut self, write: impl FnOnce(&mut Self)) {
        let column = self.lines.last().map_or(0, |line| line.text.len());
        let before = self.lines.len();
        write(self);
        let after = self.lines.len();
        if let Some(line) = self.lines.last_mut().filter(|_| after == before) {
            line.column = Some(column);
        }
    }

    /// A block, on one line where it was written so, is allowed to, and fits.
    pub fn body(&mut self, body: &Body, depth: usize, inline: bool) {
        let empty = body.statements.is_empty() && body.trailing.is_empty();
        let text = self.inline_body(body).filter(|text| (inline || empty) && self.fits(text));
        if let Some(text) = text {
            return self.push(&text);
        }
        self.push("{");
        self.statements(
            &body.statements,
            &body.trailing,
            depth + 1,
            Some(Span { end: body.span.start + 1, ..body.span }),
        );
        self.open(depth);
        self.push("}");
    }
}

/// How far the source has been written.
pub struct Place {
    /// The offset behind what was written last.
    pub end: u32,
    /// Whether an opening bracket stands right before, which a comment may stand behind.
    pub opened: bool,
    /// Whether nothing of the block has been written yet.
    pub fresh: bool,
}

impl Place {
    /// Something was written that ends here.
    pub fn passed(&mut self, end: u32) {
        *self = Self { end, opened: false, fresh: false };
    }
}

fn is_declaration(kind: &StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::Template(_)
            | StatementKind::Environment(_)
            | StatementKind::Task(_)
            | StatementKind::Override(_)
    )
}
