//! What expressions are worth.
//!
//! In: expressions of the tree, and a [`Scope`] that says what names mean. Out: values. Always: it ends, within the [`budget`]; what
//! cannot be is reported once and is [`Kind::Poison`]; a branch that is not taken is looked at once as well, with nothing known
//! but types, so that its mistakes come out too. Recursion follows the nesting of the source, which the parser bounds.
//! Not here: the types of fields. A number with a unit stays [`Kind::Unit`] until `evaluate` meets a field that takes it.

mod access;
pub mod annotation;
pub mod branching;
pub mod budget;
mod compare;
pub mod constants;
pub mod data;
pub mod functions;
pub mod inputs;
pub mod object;
mod recast;
pub mod references;
mod rounds;
pub mod scope;
mod told;
pub mod walk;
pub mod weights;

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use self::branching::{Chosen, choose, comprehend, look};
use self::budget::Budget;
use self::scope::Scope;
use crate::data::Format;
use crate::diagnostics::{Diagnostic, Diagnostics, WRITTEN, code};
use crate::modules::names::{ConstantId, Names};
use crate::schema::units;
use crate::source::files::Files;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::{self, Comprehension, Expression, IfExpression, Logic, Name, Part};
use crate::value::trail::Step;
use crate::value::types::{self, Type, called, forgotten};
use crate::value::{Kind, List, MAX_DEPTH, MAX_SIZE, Value};

/// Evaluates the expressions of one program.
pub struct Evaluator<'a, 'c> {
    /// What the names at the top of the files mean.
    pub names: &'c Names<'a>,
    /// The texts; data files come in while values ask for them.
    pub sources: &'c mut SourceMap,
    /// The way to further files.
    pub files: &'c dyn Files,
    /// What was found wrong.
    pub diagnostics: &'c mut Diagnostics,
    /// What may still be made.
    pub budget: Budget,
    /// What has been used.
    pub used: Used,
    /// How many `if`s around the present place were decided by this build's values alone.
    pub conditions: usize,
    /// Whether only types are known, as in a branch that is not taken.
    pub forgetful: bool,
    /// The values of parameters and constants, as far as they are known.
    values: FxHashMap<ConstantId, Value>,
    /// The types of parameters.
    types: FxHashMap<ConstantId, Type>,
    /// The data files that have been read.
    data: FxHashMap<FileId, Value>,
    /// The branches that have been looked at although they are not taken.
    looked_at: FxHashSet<(branching::Look, Span)>,
    /// What has been said of names.
    told: told::Told,
    /// The comparisons that have been reported.
    incomparable: FxHashSet<Span>,
}

/// What has been used of what is declared.
#[derive(Debug, Default)]
pub struct Used {
    /// The parameters and constants.
    pub constants: FxHashSet<ConstantId>,
    /// The parameters of templates, by the places of their names.
    pub parameters: FxHashSet<Span>,
    /// The imports, by their files and names.
    pub imports: FxHashSet<(FileId, EcoString)>,
}

/// What a value says in a text.
enum PartText {
    /// This.
    Text(EcoString),
    /// Only its type is known.
    Unknown,
    /// It was reported.
    Poison,
}

/// What a condition says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Only its type is known.
    Unknown,
    /// It was reported.
    Poison,
}

impl<'a: 'c, 'c> Evaluator<'a, 'c> {
    /// Nothing is known of constants yet; [`constants::evaluate`] finds them out.
    #[must_use]
    pub fn new(
        names: &'c Names<'a>,
        sources: &'c mut SourceMap,
        files: &'c dyn Files,
        diagnostics: &'c mut Diagnostics,
    ) -> Self {
        let bytes = sources.iter().map(|(_, source)| source.text.len()).sum();
        Self {
            names,
            sources,
            files,
            diagnostics,
            budget: Budget::of(bytes),
            used: Used::default(),
            conditions: 0,
            forgetful: false,
            values: FxHashMap::default(),
            types: FxHashMap::default(),
            data: FxHashMap::default(),
            looked_at: FxHashSet::default(),
            told: told::Told::default(),
            incomparable: FxHashSet::default(),
        }
    }

    /// The value of an expression of which no type is expected.
    pub fn value(&mut self, expression: &Expression, scope: &Scope) -> Value {
        let span = expression.span;
        let kind = match &expression.value {
            ast::Value::Missing => Kind::Poison,
            ast::Value::Null => Kind::Null,
            ast::Value::Bool(truth) => Kind::Bool(*truth),
            ast::Value::Int(number) => Kind::Int(*number),
            ast::Value::Float(number) => Kind::Float(*number),
            ast::Value::Unit(text) => Kind::Unit(text.clone()),
            ast::Value::String(text) => Kind::String(text.clone()),
            ast::Value::Text(parts) => {
                let (kind, trail) = self.text(parts, span, scope);
                return Value { span, kind, trail };
            }
            ast::Value::List(list) => {
                if !self.keeps(weights::ELEMENT * list.items.len(), span) {
                    return Value::poison(span);
                }
                let items = list.items.iter().map(|item| self.value(&item.value, scope)).collect();
                self.list(items, span)
            }
            ast::Value::Comprehension(comprehension) => self.comprehension(comprehension, span, scope),
            ast::Value::Object(body) => return object::evaluate(self, body, scope),
            ast::Value::Reference(path) => return self.named(path, span, scope),
            ast::Value::Access(access) => return self.access(access, span, scope),
            ast::Value::Call(call) => return self.call(call, span, scope),
            ast::Value::If(branches) => return self.branches(branches, scope),
            ast::Value::Not(inner) => match self.condition(inner, scope) {
                Truth::True => Kind::Bool(false),
                Truth::False => Kind::Bool(true),
                Truth::Unknown => Kind::Unknown(Arc::new(Type::Bool)),
                Truth::Poison => Kind::Poison,
            },
            ast::Value::Comparison(comparison) => self.compare(comparison, scope),
            ast::Value::Logic(logic, operands) => self.logic(*logic, operands, scope),
            ast::Value::Group(group) => return self.value(&group.value, scope),
            ast::Value::Range(from, to) => {
                let ends = (self.value(from, scope), self.value(to, scope));
                if ends.0.is_poison() || ends.1.is_poison() || !self.keeps(weights::RANGE, span) {
                    Kind::Poison
                } else {
                    Kind::Range(Arc::new(ends))
                }
            }
        };
        Value::new(span, kind)
    }

    /// A list of these elements, unless it is nested too deep.
    pub fn list(&mut self, items: Vec<Value>, span: Span) -> Kind {
        if !self.keeps(weights::LIST, span) {
            return Kind::Poison;
        }
        self.bounded(Value::new(span, Kind::List(Arc::new(List::new(items))))).kind
    }

    /// The value, unless it is nested too deep or holds too much.
    fn bounded(&mut self, value: Value) -> Value {
        let span = value.span;
        if value.depth() > MAX_DEPTH {
            self.too_deep(span);
            return Value::poison(span);
        }
        if value.size() > MAX_SIZE {
            let message = format!("this holds more than {MAX_SIZE} values");
            return self.refuse(Diagnostic::new(code::TOO_MUCH, span, message), span);
        }
        value
    }

    fn too_deep(&mut self, span: Span) {
        let message = format!("lists and objects are nested deeper than {MAX_DEPTH} here");
        self.diagnostics.push(Diagnostic::new(code::TOO_DEEP, span, message).note("no pod needs half of that"));
    }

    /// Whether a file is one of YAML or JSON that a value asked for.
    #[must_use]
    pub fn is_data(&self, file: FileId) -> bool {
        self.data.contains_key(&file)
    }

    /// Whether a file is one of YAML that a value asked for.
    #[must_use]
    pub fn is_yaml(&self, file: FileId) -> bool {
        self.is_data(file) && Format::of_path(&self.sources.get(file).name) == Some(Format::Yaml)
    }

    /// Counts what is made, and tells whether it may be.
    pub fn spend(&mut self, steps: usize, place: Span) -> bool {
        self.budget.spend(steps, place, self.diagnostics)
    }

    /// Counts the memory of what is made, in bytes, and tells whether it may be.
    pub fn keeps(&mut self, bytes: usize, place: Span) -> bool {
        self.budget.keep(bytes, place, self.diagnostics)
    }

    /// The value as a name gives it at `place`.
    fn passed(&mut self, value: Value, place: Span) -> Value {
        if self.keeps(weights::STEP, place) { value.through(place) } else { value }
    }

    /// Counts what is copied, and tells whether it may be.
    pub fn copies(&mut self, count: usize, place: Span) -> bool {
        self.budget.copy(count, place, self.diagnostics)
    }

    /// Reports something, unless nothing but types is known: then what is wrong may be right in another build.
    fn report_value(&mut self, diagnostic: Diagnostic) {
        if !self.forgetful {
            self.diagnostics.push(diagnostic);
        }
    }

    // ------------------------------------------------------------------------------------------------- text

    /// The text of these parts, and where those have been that names stood for.
    fn text(&mut self, parts: &[Part], span: Span, scope: &Scope) -> (Kind, Option<Arc<Step>>) {
        let mut text = EcoString::new();
        let mut trail = None;
        let (mut poison, mut unknown) = (false, false);
        for part in parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Expression(expression) => {
                    let value = self.part(expression, scope);
                    match self.part_text(&value, expression.span) {
                        PartText::Text(part) => {
                            text.push_str(&part);
                            if value.trail.is_some() && self.keeps(2 * weights::STEP, span) {
                                trail = Some(Step::after(Step::part(expression.span, value), trail));
                            }
                        }
                        PartText::Unknown => unknown = true,
                        PartText::Poison => poison = true,
                    }
                }
            }
            if text.len() > budget::MAX_TEXT {
                break;
            }
        }
        if poison || !self.budget.text(text.len(), span, self.diagnostics) {
            return (Kind::Poison, None);
        }
        if unknown { (Kind::Unknown(Arc::new(Type::String)), None) } else { (Kind::String(text), trail) }
    }

    /// The value of a part of a text. What means nothing there may have been meant for a shell.
    fn part(&mut self, expression: &Expression, scope: &Scope) -> Value {
        let ast::Value::Reference(path) = &expression.value else { return self.value(expression, scope) };
        let span = expression.span;
        self.lookup(path, span, scope).unwrap_or_else(|| {
            let unknown = self.unknown(path, span, scope);
            let text = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
            let is_plain = unknown.fixes.is_empty() && functions::usage_of(&text).is_none();
            let diagnostic = if is_plain && self.prefixed(&unknown, path, span, scope).is_none() {
                let help = format!("for the text itself write `\\${{{text}}}`, or put all of it between single quotes");
                let diagnostic = Diagnostic { help: Vec::new(), ..unknown }
                    .help("a constant is declared with `let`, a parameter with `param`")
                    .help(help);
                self.for_the_shell(diagnostic, &text, span)
            } else {
                unknown
            };
            self.refuse(diagnostic, span)
        })
    }

    /// Offers to leave a name in a text to the shell, where it is written as shells write theirs.
    fn for_the_shell(&self, diagnostic: Diagnostic, text: &str, span: Span) -> Diagnostic {
        let dollar = span.start.checked_sub(2).map(|start| Span { start, end: span.start, ..span });
        let opened = dollar.filter(|dollar| self.sources.text(*dollar) == "${");
        let shouted = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        match opened.filter(|_| shouted) {
            Some(opened) => diagnostic.unsafe_fix("leave it to the shell", opened.at_start(), "\\"),
            None => diagnostic,
        }
    }

    /// What a value says in a text.
    fn part_text(&mut self, value: &Value, place: Span) -> PartText {
        match &value.kind {
            Kind::Poison => PartText::Poison,
            Kind::Unit(text) if units::quantity(text).is_none() && units::duration(text).is_none() => {
                let message = format!("`{text}` is neither an amount nor a duration");
                let diagnostic = Diagnostic::new(code::BAD_QUANTITY, place, message);
                self.diagnostics.push(written_at(diagnostic, value, place));
                PartText::Poison
            }
            Kind::Unknown(ty)
                if ty.may(&|ty| !matches!(ty, Type::Null | Type::List(_) | Type::Map(_) | Type::Object)) =>
            {
                PartText::Unknown
            }
            _ => types::text(value).map_or_else(
                || {
                    let diagnostic = no_text(value, place, self.sources.text(place));
                    self.tell(diagnostic);
                    PartText::Poison
                },
                PartText::Text,
            ),
        }
    }

    /// The text of a name, which may have interpolation; `None` where it is not known or was reported.
    pub fn name(&mut self, name: &Name, scope: &Scope) -> Option<EcoString> {
        let Some(parts) = &name.parts else { return Some(name.text.clone()) };
        let room = self.budget.memory();
        let text = self.text(parts, name.span, scope).0;
        // Where it comes from is not kept.
        self.budget.give_back(room);
        match text {
            Kind::String(text) if self.keeps(weights::text(text.len()), name.span) => Some(text),
            _ => None,
        }
    }

    // ------------------------------------------------------------------------------------------- conditions

    /// What a condition says.
    pub fn condition(&mut self, expression: &Expression, scope: &Scope) -> Truth {
        let room = self.budget.memory();
        let value = self.value(expression, scope);
        // Nothing of it is kept but its truth.
        self.budget.give_back(room);
        match &value.kind {
            Kind::Bool(true) => Truth::True,
            Kind::Bool(false) => Truth::False,
            Kind::Poison => Truth::Poison,
            Kind::Unknown(ty) if ty.may(&|ty| *ty == Type::Bool) => Truth::Unknown,
            _ => {
                let message = format!("a condition is `true` or `false`, not {}", called(&value));
                let mut diagnostic = Diagnostic::new(code::WRONG_TYPE, expression.span, message);
                if let Kind::String(text) = &value.kind
                    && ["true", "false"].contains(&text.as_str())
                {
                    diagnostic = diagnostic.help(format!("write it without quotes: `{text}`"));
                } else if matches!(value.kind, Kind::String(_) | Kind::List(_) | Kind::Null | Kind::Int(_)) {
                    diagnostic =
                        diagnostic.help("compare it with something: `… == \"prod\"`, `length(…) > 0`, `… != null`");
                }
                self.diagnostics.push(written_at(diagnostic, &value, expression.span));
                Truth::Poison
            }
        }
    }

    fn logic(&mut self, logic: Logic, operands: &[Expression], scope: &Scope) -> Kind {
        let decisive = if logic == Logic::And { Truth::False } else { Truth::True };
        let (mut unknown, mut poison) = (false, false);
        let mut decided = false;
        for operand in operands {
            if decided {
                look(self, branching::Look::Expression, operand.span, |this| _ = this.condition(operand, scope));
                continue;
            }
            match self.condition(operand, scope) {
                Truth::Unknown => unknown = true,
                Truth::Poison => poison = true,
                // What may have decided before is not known, so this decides only where nothing was unknown.
                truth => decided = truth == decisive,
            }
        }
        match (poison, decided, unknown) {
            (true, ..) => Kind::Poison,
            (_, true, _) => Kind::Bool(decisive == Truth::True),
            (_, _, true) => Kind::Unknown(Arc::new(Type::Bool)),
            _ => Kind::Bool(decisive == Truth::False),
        }
    }

    fn branches(&mut self, branches: &IfExpression, scope: &Scope) -> Value {
        let place = branches.otherwise.span;
        match choose(self, branches, scope, &mut |this, expression| this.value(expression, scope)) {
            Chosen::One(value) => value,
            Chosen::Any(values) => {
                Value::new(place, Kind::Unknown(Arc::new(Type::common(values.iter().map(Type::of)))))
            }
            Chosen::Poison => Value::poison(place),
        }
    }

    /// The value, or what is known of it in a branch that is not taken.
    fn remembered(&mut self, value: Value) -> Value {
        if !self.forgetful {
            return value;
        }
        if !self.spend(value.size(), value.span) {
            return Value::poison(value.span);
        }
        forgotten(&value)
    }

    fn comprehension(&mut self, comprehension: &Comprehension, span: Span, scope: &Scope) -> Kind {
        let (known, items) =
            comprehend(self, comprehension, scope, &mut |this, element, scope| this.value(element, scope));
        match known {
            Truth::Poison => Kind::Poison,
            Truth::Unknown => Kind::Unknown(Arc::new(Type::List(Arc::new(Type::common(items.iter().map(Type::of)))))),
            _ => self.list(items, span),
        }
    }
}

/// The diagnostic, with the place where the value was written, if that is another.
#[must_use]
pub fn written_at(diagnostic: Diagnostic, value: &Value, place: Span) -> Diagnostic {
    if value.span == place || matches!(value.kind, Kind::Unknown(_)) {
        return diagnostic;
    }
    passed_on(diagnostic, value, place).label(value.span, WRITTEN)
}

/// The diagnostic, with the places where names handed a value on between where it was written and `place`.
#[must_use]
pub fn passed_on(diagnostic: Diagnostic, value: &Value, place: Span) -> Diagnostic {
    /// How many of them are pointed at.
    const MOST_STEPS: usize = 3;
    // A name right before the place is a part of the same expression.
    let beside = |step: &Span| step.file == place.file && step.end <= place.start && step.end + 1 >= place.start;
    let between = value.passed().filter(|step| *step != place && *step != value.span && !beside(step)).take(MOST_STEPS);
    between.fold(diagnostic, |diagnostic, step| diagnostic.label(step, "passed on here"))
}

fn no_text(value: &Value, place: Span, written: &str) -> Diagnostic {
    let message = format!("{} has no text", called(value));
    let diagnostic = Diagnostic::new(code::NO_TEXT, place, message)
        .note("a text takes strings, numbers, amounts, `true` and `false`");
    let diagnostic = match value.kind {
        Kind::List(_) => {
            let joined = format!("join({written}, \",\")");
            diagnostic.help(format!("join its elements: `${{{joined}}}`")).unsafe_fix(
                "join its elements",
                place,
                joined,
            )
        }
        Kind::Object(_) => diagnostic.help(format!("name the part that is meant: `${{{written}.NAME}}`")),
        Kind::Null => diagnostic
            .help(format!("say what stands there instead: `${{if {written} == null then \"\" else {written}}}`")),
        _ => diagnostic,
    };
    written_at(diagnostic, value, place)
}
