//! Values and blocks on one line.
//!
//! In: a part of the tree. Out: its text on one line, or nothing where it was written on several or has comments in it.

use super::Printer;
use crate::syntax::ast::{
    Argument, Arguments, Base, Body, Entry, Expression, List, Logic, Name, Operation, Operator, Parameters,
    StatementKind, Step, TypeExpression, TypeTerm, Value,
};

impl Printer<'_> {
    /// A value on one line.
    pub fn inline(&self, expression: &Expression) -> Option<String> {
        if self.text(expression.span).contains('\n') {
            return None;
        }
        Some(match &expression.value {
            Value::List(list) => self.inline_list(list)?,
            Value::Object(body) => self.inline_body(body)?,
            Value::Comprehension(comprehension) => {
                let element = self.inline(&comprehension.element.value)?;
                let names: Vec<&str> = comprehension.head.names.iter().map(|name| self.text(name.span)).collect();
                let over = self.inline(&comprehension.head.over)?;
                let condition = match &comprehension.condition {
                    Some(condition) => format!(" if {}", self.inline(condition)?),
                    None => String::new(),
                };
                format!("[{element} for {} in {over}{condition}]", names.join(", "))
            }
            Value::Reference(path) => self.path(path),
            Value::Access(access) => self.inline(&access.base)? + &self.steps(&access.steps)?,
            Value::Call(call) => self.path(&call.path) + &self.inline_arguments(&call.arguments)?,
            Value::If(branches) => {
                let branch = |(condition, value): &(Expression, Expression)| {
                    Some(format!("if {} then {} else ", self.inline(condition)?, self.inline(value)?))
                };
                branches.branches.iter().map(branch).collect::<Option<String>>()? + &self.inline(&branches.otherwise)?
            }
            Value::Not(inner) => format!("!{}", self.inline(inner)?),
            Value::Comparison(comparison) => {
                let (left, right) = (self.inline(&comparison.left)?, self.inline(&comparison.right)?);
                format!("{left} {} {right}", operator(comparison.operator))
            }
            Value::Logic(logic, operands) => {
                let operands: Vec<String> =
                    operands.iter().map(|operand| self.inline(operand)).collect::<Option<_>>()?;
                operands.join(&format!(" {} ", self::logic(*logic)))
            }
            Value::Group(group) => format!("({})", self.inline(&group.value)?),
            Value::Range(from, to) => format!("{}..{}", self.inline(from)?, self.inline(to)?),
            _ => self.text(expression.span).to_owned(),
        })
    }

    fn inline_list(&self, list: &List) -> Option<String> {
        let items: Vec<String> = list.items.iter().map(|item| self.inline(&item.value)).collect::<Option<_>>()?;
        Some(format!("[{}]", items.join(", ")))
    }

    /// Arguments on one line.
    pub fn inline_arguments(&self, arguments: &Arguments) -> Option<String> {
        if self.text(arguments.span).contains('\n') {
            return None;
        }
        let items: Vec<String> =
            arguments.items.iter().map(|argument| self.inline_argument(argument)).collect::<Option<_>>()?;
        Some(format!("({})", items.join(", ")))
    }

    /// What something builds on, on one line.
    pub fn inline_base(&self, base: &Base) -> Option<String> {
        let arguments = base.arguments.as_ref().map_or(Some(String::new()), |given| self.inline_arguments(given));
        Some(self.path(&base.path) + &arguments?)
    }

    fn inline_argument(&self, argument: &Argument) -> Option<String> {
        let value = self.inline(&argument.value)?;
        Some(argument.name.as_ref().map_or_else(|| value.clone(), |name| format!("{} = {value}", self.text(name.span))))
    }

    /// Parameters on one line.
    pub fn inline_parameters(&self, parameters: &Parameters) -> Option<String> {
        let mut items = Vec::new();
        for parameter in &parameters.items {
            let ty = self.type_expression(&parameter.param.ty);
            let default = match &parameter.param.default {
                Some(default) => format!(" = {}", self.inline(default)?),
                None => String::new(),
            };
            items.push(format!("{}: {ty}{default}", self.text(parameter.param.name.span)));
        }
        Some(format!("({})", items.join(", ")))
    }

    /// A block on one line.
    pub fn inline_body(&self, body: &Body) -> Option<String> {
        if body.statements.is_empty() && body.trailing.is_empty() {
            return Some("{}".to_owned());
        }
        if self.text(body.span).contains('\n') {
            return None;
        }
        let mut entries = Vec::new();
        for statement in &body.statements {
            let commented = !statement.leading.is_empty() || statement.trailing.is_some();
            let StatementKind::Entry(entry) = &statement.kind else { return None };
            if commented {
                return None;
            }
            entries.push(self.inline_entry(entry)?);
        }
        Some(format!("{{ {} }}", entries.join(", ")))
    }

    fn inline_entry(&self, entry: &Entry) -> Option<String> {
        let label = entry.label.as_ref().map_or_else(String::new, |label| format!(" {}", self.text(label.name.span)));
        let operation = match &entry.operation {
            Operation::Set(value) => format!("= {}", self.inline(value)?),
            Operation::Append(value) => format!("+= {}", self.inline(value)?),
            Operation::Merge(body) => self.inline_body(body)?,
            Operation::Missing => String::new(),
        };
        Some(format!("{}{label} {operation}", self.text(entry.key.span)))
    }

    /// Names joined by dots.
    pub fn path(&self, path: &[Name]) -> String {
        let names: Vec<&str> = path.iter().map(|name| self.text(name.span)).collect();
        names.join(".")
    }

    /// The way to a part of a value.
    pub fn steps(&self, steps: &[Step]) -> Option<String> {
        let step = |step: &Step| match step {
            Step::Field(name) => Some(format!(".{}", self.text(name.span))),
            Step::Index(index) => Some(format!("[{}]", self.inline(index)?)),
        };
        steps.iter().map(step).collect()
    }

    /// A type; it is always written on one line.
    pub fn type_expression(&self, ty: &TypeExpression) -> String {
        let term = |term: &TypeTerm| match term {
            TypeTerm::Named(name, Some(inner)) => {
                format!("{}({})", self.text(name.span), self.type_expression(inner))
            }
            TypeTerm::Named(name, None) => self.text(name.span).to_owned(),
            TypeTerm::Literal(value) => self.text(value.span).to_owned(),
        };
        let terms: Vec<String> = ty.alternatives.iter().map(term).collect();
        terms.join(" | ")
    }
}

/// How an operator is written.
pub fn operator(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::Unequal => "!=",
        Operator::Less => "<",
        Operator::AtMost => "<=",
        Operator::Greater => ">",
        Operator::AtLeast => ">=",
    }
}

/// How an operator that joins conditions is written.
pub fn logic(logic: Logic) -> &'static str {
    match logic {
        Logic::And => "&&",
        Logic::Or => "||",
    }
}
