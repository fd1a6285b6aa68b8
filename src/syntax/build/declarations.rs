//! Declarations, and `if` and `for`.

use std::ops::Range;

use pest::iterators::Pair;

use super::Builder;
use super::values::missing;
use crate::source::Span;
use crate::syntax::ast::{
    Base, Body, Comments, Environment, Expression, For, If, Import, Let, Loop, Name, Override, Param, Parameter,
    Parameters, Statement, StatementKind, Task, TaskName, Template, TypeExpression, TypeTerm, Value,
};
use crate::syntax::faults;
use crate::syntax::grammar::Rule;

/// The parts that declarations have.
struct Declaration {
    name: TaskName,
    variant: Option<Name>,
    parameters: Option<Parameters>,
    bases: Vec<Base>,
    body: Body,
}

impl Builder<'_, '_> {
    pub(super) fn import(&mut self, pair: Pair<'_, Rule>) -> Import {
        let span = self.trimmed(self.range(&pair));
        let mut path = Name::new("", span.at_start());
        let mut alias = None;
        for part in pair.into_inner() {
            let range = self.range(&part);
            match part.as_rule() {
                Rule::string => path = self.name(&part),
                Rule::import_alias => alias = Some(self.named_after(part, "import")),
                Rule::name_without_as => {
                    let name = Name::new(part.as_str(), self.span(range));
                    self.diagnostics.push(faults::no_as(&name));
                    alias = Some(name);
                }
                _ => alias = self.missing_path(range),
            }
        }
        Import { span, path, alias }
    }

    /// What stands where the path of an import should be; where a name can be made out in it, that is declared all the same.
    fn missing_path(&mut self, range: Range<usize>) -> Option<Name> {
        let text = self.slice(range.clone()).trim_end();
        let span = if text.is_empty() { self.before_space(range.start) } else { self.trimmed(range) };
        let (fault, name) = faults::no_path(text, span);
        let name = name.map(|name| Name::new(name, span));
        self.diagnostics.push(fault);
        name
    }

    pub(super) fn param(&mut self, pair: Pair<'_, Rule>, word: &str) -> Param {
        let range = self.range(&pair);
        let span = self.trimmed(range.clone());
        let mut name = Name::new("", span.at_start());
        let mut ty = None;
        let mut default = Vec::new();
        let (mut optional, mut sign) = (None, None);
        for part in pair.into_inner() {
            let place = self.range(&part);
            match part.as_rule() {
                Rule::bare_name | Rule::string if name.is_missing() => name = self.name(&part),
                Rule::missing_name => name = self.missing_name(place, word).task,
                Rule::type_expression => ty = Some(self.type_expression(part)),
                Rule::missing_type => ty = Some(self.missing_type(place)),
                Rule::type_without_colon => {
                    let written = part.as_str().trim_end();
                    if let Some(fault) = faults::type_before_name(&name, written, self.trimmed(place.clone())) {
                        self.diagnostics.push(fault);
                        ty = Some(TypeExpression { span: name.span, alternatives: Vec::new() });
                        name = Name::new(written, self.trimmed(place));
                        continue;
                    }
                    let fault = faults::no_colon(&name, written);
                    self.diagnostics.push(fault);
                    ty = part.into_inner().next().map(|part| self.type_expression(part));
                }
                Rule::optional_sign => optional = Some(self.span(place)),
                Rule::default_sign => sign = Some(self.span(place)),
                _ => default.push(part),
            }
        }
        let default = (!default.is_empty()).then(|| self.value(default, range.end));
        if let Some(sign) = sign
            && let Some(fault) = faults::default_without_equals(&name, ty.is_some(), self.slice(sign.range()), sign)
        {
            self.diagnostics.push(fault);
        }
        if let Some(sign) = optional {
            let written = ty.as_ref().map(|ty| (ty.span, self.slice(ty.span.range())));
            self.diagnostics.push(faults::optional_parameter(&name, written, sign));
            ty = ty.or(Some(TypeExpression { span: sign, alternatives: Vec::new() }));
        }
        let ty = ty.unwrap_or_else(|| self.untyped(&name, default.as_ref(), sign));
        Param { span, name, ty, default }
    }

    /// A parameter without a type, perhaps with `sign` before its default.
    fn untyped(&mut self, name: &Name, default: Option<&Expression>, sign: Option<Span>) -> TypeExpression {
        if !name.is_missing() {
            self.diagnostics.push(faults::no_type(name, default, sign));
        }
        TypeExpression { span: name.span.at_end(), alternatives: Vec::new() }
    }

    fn missing_type(&mut self, range: Range<usize>) -> TypeExpression {
        let span = self.before_space(range.start);
        self.diagnostics.push(faults::empty_type(span));
        TypeExpression { span, alternatives: Vec::new() }
    }

    /// Recursion follows the nesting of parentheses.
    fn type_expression(&mut self, pair: Pair<'_, Rule>) -> TypeExpression {
        let span = self.trimmed(self.range(&pair));
        let mut alternatives = Vec::new();
        let mut foreign = false;
        for part in pair.into_inner() {
            let range = self.range(&part);
            match part.as_rule() {
                Rule::foreign_type => {
                    foreign = true;
                    self.diagnostics.push(faults::foreign_type(part.as_str(), self.span(range)));
                }
                Rule::foreign_or => {
                    let fault = faults::foreign_operator(part.as_str(), "|", self.span(range));
                    self.diagnostics.push(fault);
                }
                Rule::type_name => alternatives.push(self.type_name(part)),
                Rule::missing_type => _ = self.missing_type(range),
                _ => alternatives.push(TypeTerm::Literal(self.value([part], range.end))),
            }
        }
        if foreign {
            alternatives.clear();
        }
        TypeExpression { span, alternatives }
    }

    fn type_name(&mut self, pair: Pair<'_, Rule>) -> TypeTerm {
        let range = self.range(&pair);
        let mut name = Name::new("", self.span(range.start..range.start));
        let mut of = None;
        for part in pair.into_inner() {
            let place = self.range(&part);
            match part.as_rule() {
                Rule::bare_name => name = self.name(&part),
                Rule::type_expression => of = Some(self.type_expression(part)),
                Rule::missing_type => of = Some(self.missing_type(place)),
                _ => self.missing_paren(range.start + name.text.len(), place.start),
            }
        }
        TypeTerm::Named(name, of)
    }

    pub(super) fn let_constant(&mut self, pair: Pair<'_, Rule>) -> Let {
        let range = self.range(&pair);
        let span = self.trimmed(range.clone());
        let mut name = Name::new("", span.at_start());
        let mut value = Vec::new();
        let mut broken = false;
        for part in pair.into_inner() {
            let place = self.range(&part);
            match part.as_rule() {
                Rule::bare_name | Rule::string if name.is_missing() => name = self.name(&part),
                Rule::other_word => {
                    let fault = faults::word_before_name(part.as_str(), self.span(place));
                    self.diagnostics.push(fault);
                }
                Rule::missing_name => name = self.missing_name(place, "constant").task,
                Rule::missing_set => {
                    broken = true;
                    let junk = self.trimmed(place);
                    if !name.is_missing() {
                        self.diagnostics.push(faults::no_constant(&name, junk));
                    }
                }
                Rule::colon_sign => {
                    let sign = self.span(place);
                    self.diagnostics.push(faults::colon(&name, sign));
                }
                Rule::type_of_constant => {
                    let fault = faults::typed_constant(&name, self.trimmed(place));
                    self.diagnostics.push(fault);
                }
                _ => value.push(part),
            }
        }
        let value = if broken { missing(self.span(range.end..range.end)) } else { self.value(value, range.end) };
        Let { span, name, value }
    }

    pub(super) fn template(&mut self, pair: Pair<'_, Rule>) -> Template {
        let span = self.span(self.range(&pair));
        let Declaration { name, parameters, bases, body, .. } = self.declaration(pair, "template");
        Template { span, name: name.task, parameters, bases, body }
    }

    pub(super) fn environment(&mut self, pair: Pair<'_, Rule>) -> Environment {
        let span = self.span(self.range(&pair));
        let Declaration { name, bases, body, .. } = self.declaration(pair, "environment");
        if let [_, second, ..] = bases.as_slice() {
            self.diagnostics.push(faults::several_bases(second.span));
        }
        if let Some(arguments) = bases.first().and_then(|base| base.arguments.as_ref()) {
            self.diagnostics.push(faults::environment_with_arguments(arguments.span));
        }
        Environment { span, name: name.task, bases, body }
    }

    fn parameters(&mut self, pair: Pair<'_, Rule>) -> Parameters {
        let range = self.range(&pair);
        let mut items: Vec<Parameter> = Vec::new();
        let mut pending = Vec::new();
        let mut end = range.start + 1;
        for part in pair.into_inner() {
            let place = self.range(&part);
            match part.as_rule() {
                Rule::comment => {
                    let comment = self.comment_of(&part);
                    let alone = self.slice(end..place.start).contains('\n');
                    match items.last_mut() {
                        Some(last) if !alone && pending.is_empty() && last.trailing.is_none() => {
                            last.trailing = Some(comment);
                        }
                        _ => pending.push(comment),
                    }
                }
                Rule::parameter => {
                    if !items.is_empty() && !self.slice(end..place.start).contains(',') {
                        self.diagnostics.push(faults::no_comma("parameters", self.span(end..end)));
                    }
                    let param = self.param(part, "parameter");
                    items.push(Parameter { leading: std::mem::take(&mut pending).into(), param, trailing: None });
                    end = place.end;
                }
                Rule::skipped_argument => {
                    let fault = faults::belongs_to_nothing_in_parentheses(self.trimmed(place));
                    self.diagnostics.push(fault);
                }
                _ => self.missing_paren(range.start, place.start),
            }
        }
        Parameters { span: self.trimmed(range), items, trailing: pending.into() }
    }

    fn bases(&mut self, pair: Pair<'_, Rule>) -> Vec<Base> {
        let mut bases = Vec::new();
        for part in pair.into_inner() {
            let span = self.trimmed(self.range(&part));
            if part.as_rule() != Rule::base {
                self.diagnostics.push(faults::no_base(self.before_space(span.end as usize)));
                continue;
            }
            let mut base = Base { span, path: Vec::new(), arguments: None };
            for part in part.into_inner() {
                match part.as_rule() {
                    Rule::arguments => base.arguments = Some(self.arguments(part)),
                    _ => base.path.push(self.name(&part)),
                }
            }
            bases.push(base);
        }
        bases
    }

    pub(super) fn task(&mut self, pair: Pair<'_, Rule>) -> Task {
        let span = self.span(self.range(&pair));
        let parts = self.declaration(pair, "task");
        Task { span, name: parts.name, body: parts.body }
    }

    pub(super) fn override_task(&mut self, pair: Pair<'_, Rule>) -> Override {
        let span = self.span(self.range(&pair));
        let parts = self.declaration(pair, "override");
        Override { span, target: parts.name, variant: parts.variant, body: parts.body }
    }

    fn declaration(&mut self, pair: Pair<'_, Rule>, word: &str) -> Declaration {
        let start = self.range(&pair).start;
        let mut name: Option<TaskName> = None;
        let mut variant = None;
        let mut parameters = None;
        let mut bases = Vec::new();
        let mut body = None;
        for part in pair.into_inner() {
            let range = self.range(&part);
            match part.as_rule() {
                Rule::bare_name | Rule::string => name = Some(self.task_name(&part)),
                Rule::member => name = name.map(|name| self.member(name, part)),
                Rule::variant => name = name.map(|name| self.variant(name, part)),
                Rule::as_variant => variant = Some(self.named_after(part, "variant")),
                Rule::parameters => parameters = Some(self.parameters(part)),
                Rule::bases => bases = self.bases(part),
                Rule::missing_name => name = Some(self.missing_name(range, word)),
                Rule::stray_head | Rule::stray_sign => self.stray_sign(&part),
                Rule::missing_body => {
                    let missing = name.as_ref().is_some_and(|name| name.task.is_missing());
                    body = Some(self.missing_body(range, word, missing));
                }
                _ => body = Some(self.body(part, start)),
            }
        }
        let end = self.span(start..start + word.len()).at_end();
        Declaration {
            name: name.unwrap_or_else(|| plain(Name::new("", end))),
            variant,
            parameters,
            bases,
            body: body.unwrap_or_else(|| Body { span: end, statements: Vec::new(), trailing: Comments::default() }),
        }
    }

    /// A sign before a name or a brace that stands for nothing.
    fn stray_sign(&mut self, pair: &Pair<'_, Rule>) {
        let fault = faults::stray_sign(pair.as_str(), self.span(self.range(pair)));
        self.diagnostics.push(fault);
    }

    fn task_name(&mut self, pair: &Pair<'_, Rule>) -> TaskName {
        plain(self.name(pair))
    }

    /// A further name behind a dot: what was the task so far is its environment, and that was its import.
    fn member(&mut self, name: TaskName, pair: Pair<'_, Rule>) -> TaskName {
        let span = name.span.to(self.span(self.range(&pair)));
        let Some(part) = pair.into_inner().next() else { return name };
        let task = self.name(&part);
        let import = match name.import {
            Some(first) => {
                if !first.is_missing() {
                    self.diagnostics.push(faults::too_many_names(first.span));
                }
                Some(Name::new("", first.span))
            }
            None => name.environment,
        };
        TaskName { span, import, environment: Some(name.task), task, variant: None }
    }

    fn variant(&mut self, name: TaskName, pair: Pair<'_, Rule>) -> TaskName {
        let span = name.span.to(self.span(self.range(&pair)));
        let variant = pair.into_inner().next().map(|part| self.name(&part));
        TaskName { span, variant, ..name }
    }

    /// The name behind `as`.
    fn named_after(&mut self, pair: Pair<'_, Rule>, what: &str) -> Name {
        let range = self.range(&pair);
        match pair.into_inner().next() {
            Some(part) if part.as_rule() != Rule::missing_name => self.name(&part),
            _ => self.missing_name(range.end..range.end, what).task,
        }
    }

    fn missing_name(&mut self, range: Range<usize>, word: &str) -> TaskName {
        let span = self.span(range);
        self.diagnostics.push(faults::no_name(word, span));
        plain(Name::new("", span))
    }

    /// The block of a declaration that has none; a statement in it stands for what is missing.
    fn missing_body(&mut self, range: Range<usize>, word: &str, reported: bool) -> Body {
        let text = self.slice(range.clone());
        // The block itself is not at fault.
        let length = text.split(['\n', '{']).next().unwrap_or_default().trim_end().len();
        let span = self.span(range.start..range.start + length);
        if !reported {
            let fault = faults::no_body(word, text, span);
            self.diagnostics.push(fault);
        }
        let missing = Statement { leading: Comments::default(), kind: StatementKind::Skipped(span), trailing: None };
        Body { span, statements: vec![missing], trailing: Comments::default() }
    }

    // -------------------------------------------------------------------------------------------- if and for

    pub(super) fn if_statement(&mut self, pair: Pair<'_, Rule>) -> If {
        let range = self.range(&pair);
        let mut branches = Vec::new();
        let mut otherwise = None;
        let mut condition: Option<Expression> = None;
        for part in pair.into_inner() {
            let place = self.range(&part);
            match part.as_rule() {
                Rule::head_condition => {
                    condition = Some(self.value(part.into_inner(), place.end));
                    continue;
                }
                Rule::comment => {
                    self.loose_comment(&part);
                    continue;
                }
                Rule::foreign_else_if => {
                    let fault = faults::python_else_if(part.as_str(), self.span(place));
                    self.diagnostics.push(fault);
                    continue;
                }
                Rule::stray_sign => {
                    self.stray_sign(&part);
                    continue;
                }
                _ => {}
            }
            let reported = condition.as_ref().is_some_and(|c| c.value == Value::Missing);
            let body = match part.as_rule() {
                Rule::missing_body if condition.is_none() && self.slice(place.clone()).starts_with("if") => {
                    let fault = faults::no_condition(self.span(place.start + 2..place.start + 2));
                    self.diagnostics.push(fault);
                    self.missing_body(place, "else", true)
                }
                Rule::missing_body => {
                    self.missing_body(place, if condition.is_some() { "if" } else { "else" }, reported)
                }
                _ => self.body(part, range.start),
            };
            match condition.take() {
                Some(condition) => branches.push((condition, body)),
                None => otherwise = Some(body),
            }
        }
        If { span: self.trimmed(range), branches, otherwise }
    }

    /// Nothing where a part of its head is missing, without which its block means nothing.
    pub(super) fn for_statement(&mut self, pair: Pair<'_, Rule>) -> Option<For> {
        let range = self.range(&pair);
        let end = self.span(range.end..range.end);
        let mut head = Loop { span: end, names: Vec::new(), over: missing(end) };
        let mut body = Body { span: end, statements: Vec::new(), trailing: Comments::default() };
        for part in pair.into_inner() {
            let place = self.range(&part);
            match part.as_rule() {
                Rule::loop_head => head = self.loop_head(part),
                Rule::paren_head => {
                    let fault = faults::parentheses_of_loop(self.span(place));
                    self.diagnostics.push(fault);
                    head = part.into_inner().next().map_or(head, |part| self.loop_head(part));
                }
                Rule::stray_sign => self.stray_sign(&part),
                Rule::missing_body if matches!(head.over.value, Value::Object(_)) => {
                    self.diagnostics.push(faults::no_list(head.over.span.at_start()));
                    return None;
                }
                Rule::missing_body => {
                    let reported = head.over.value == Value::Missing;
                    body = self.missing_body(place, "for", reported);
                }
                _ => body = self.body(part, range.start),
            }
        }
        head.is_whole().then(|| For { span: self.trimmed(range), head, body })
    }

    /// `name in list`.
    pub(super) fn loop_head(&mut self, pair: Pair<'_, Rule>) -> Loop {
        let range = self.range(&pair);
        let mut names = Vec::new();
        let mut over = Vec::new();
        let mut missing_in = false;
        for part in pair.into_inner() {
            let place = self.range(&part);
            match part.as_rule() {
                Rule::bare_name if over.is_empty() => names.push(self.name(&part)),
                Rule::missing_name => names.push(self.missing_name(place, "variable").task),
                Rule::comment => self.loose_comment(&part),
                Rule::foreign_in => self.diagnostics.push(faults::foreign_in(part.as_str(), self.span(place))),
                Rule::stray_word => {
                    let fault = faults::word_before_name(part.as_str(), self.span(place));
                    self.diagnostics.push(fault);
                }
                Rule::missing_in => {
                    missing_in = true;
                    let place = self.before_space(place.start);
                    if names.iter().all(|name| !name.is_missing()) {
                        self.diagnostics.push(faults::no_in(place));
                    }
                }
                _ => over.push(part),
            }
        }
        if let Some(third) = names.get(2) {
            self.diagnostics.push(faults::too_many_loop_names(third.span));
        }
        let over = if missing_in { missing(self.span(range.end..range.end)) } else { self.value(over, range.end) };
        Loop { span: self.trimmed(range), names, over }
    }
}

/// The name of something that stands alone.
fn plain(name: Name) -> TaskName {
    TaskName { span: name.span, import: None, environment: None, task: name, variant: None }
}
