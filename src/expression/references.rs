//! What a name, or names joined by dots, stand for.

use std::sync::Arc;

use ecow::EcoString;

use super::Evaluator;
use super::scope::Scope;
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::modules::names::Meaning;
use crate::source::{FileId, Span};
use crate::syntax::ast::Name;
use crate::value::types::Type;
use crate::value::{Kind, Value};

/// What is said of a name that nothing declares.
pub const MEANS_NOTHING: &str = "means nothing here";

impl Evaluator<'_, '_> {
    /// The value that names stand for; one that means nothing is reported.
    pub(super) fn named(&mut self, path: &[Name], span: Span, scope: &Scope) -> Value {
        if let Some(value) = self.lookup(path, span, scope) {
            value
        } else {
            let unknown = self.unknown(path, span, scope);
            self.refuse(unknown, span)
        }
    }

    /// The value that names stand for; `None` where the first of them means nothing here.
    pub fn lookup(&mut self, path: &[Name], span: Span, scope: &Scope) -> Option<Value> {
        let (first, rest) = path.split_first()?;
        if let Some(value) = self.bound(&first.text, scope) {
            let value = self.fields(value, rest, span);
            return Some(self.passed(value, span));
        }
        match self.names.meaning(scope.file, &first.text)?.0 {
            Meaning::Constant(id) => {
                let value = self.constant(id);
                let value = self.fields(value, rest, span);
                Some(self.passed(value, span))
            }
            Meaning::Import(target) => Some(self.member(first, target, rest, span, scope)),
            Meaning::Template => Some(self.template_as_value(first, span)),
        }
    }

    /// What an inner name stands for.
    fn bound(&mut self, name: &str, scope: &Scope) -> Option<Value> {
        let binding = scope.binding(name)?;
        if let Some((place, _)) = &binding.declared {
            self.used.parameters.insert(*place);
        }
        if let (true, Some((_, ty))) = (self.forgetful, &binding.declared)
            && !binding.value.is_poison()
        {
            return Some(Value::new(binding.value.span, Kind::Unknown(Arc::new(ty.clone()))));
        }
        Some(self.remembered(binding.value.clone()))
    }

    fn fields(&mut self, value: Value, names: &[Name], span: Span) -> Value {
        names.iter().fold(value, |value, name| self.field(&value, name, span))
    }

    /// A name of an imported file.
    fn member(&mut self, import: &Name, target: Option<FileId>, rest: &[Name], span: Span, scope: &Scope) -> Value {
        self.used.imports.insert((scope.file, import.text.clone()));
        let Some((name, rest)) = rest.split_first() else {
            let message = format!("`{}` is a file", import.text);
            let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, span, message)
                .help(format!("name something in it: `{}.NAME`", import.text));
            return self.refuse(diagnostic, span);
        };
        let Some(target) = target else { return Value::poison(span) };
        match self.names.meaning(target, &name.text) {
            Some((Meaning::Constant(id), _)) => {
                let value = self.constant(id);
                let value = self.fields(value, rest, span);
                self.passed(value, span)
            }
            Some((Meaning::Template, _)) => self.template_as_value(name, span),
            Some((Meaning::Import(_), place)) => {
                let diagnostic = not_passed_on(name, place);
                self.refuse(diagnostic, span)
            }
            None => {
                let diagnostic = self.unknown_member(import, name, target);
                self.refuse(diagnostic, span)
            }
        }
    }

    /// What is said of a name that an imported file does not have.
    #[must_use]
    pub fn unknown_member(&self, import: &Name, name: &Name, target: FileId) -> Diagnostic {
        let file = &self.sources.get(target).name;
        let message = format!("`{file}` has no `{}`", name.text);
        let mut diagnostic = Diagnostic::new(code::UNKNOWN_MEMBER, name.span, message);
        let is_import = |name: &str| matches!(self.names.meaning(target, name), Some((Meaning::Import(_), _)));
        let known: Vec<&str> = self.names.of(target).filter(|name| !is_import(name)).collect();
        let better = if self.diagnostics.are_few() { closest(&name.text, known.iter().copied()) } else { None };
        if let Some(better) = better {
            return diagnostic.did_you_mean(&name.text, better, name.span, better);
        }
        if !known.is_empty() && known.len() <= 12 {
            let names: Vec<String> = known.iter().map(|known| format!("`{}.{known}`", import.text)).collect();
            diagnostic = diagnostic.note(format!("it has {}", names.join(", ")));
        }
        diagnostic
    }

    fn template_as_value(&mut self, name: &Name, span: Span) -> Value {
        let message = format!("`{}` is a template, which is no value", name.text);
        let diagnostic = Diagnostic::new(code::WRONG_TYPE, span, message)
            .note("a template is named behind `extends` and in `pod_template`");
        self.refuse(diagnostic, span)
    }

    /// What is said of a name that means nothing here.
    #[must_use]
    pub fn unknown(&self, path: &[Name], span: Span, scope: &Scope) -> Diagnostic {
        let Some(first) = path.first() else {
            return Diagnostic::new(code::UNKNOWN_NAME, span, format!("this {MEANS_NOTHING}"));
        };
        let text = first.text.as_str();
        let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, first.span, format!("`{text}` {MEANS_NOTHING}"));
        if let Some(usage) = super::functions::usage_of(text).filter(|_| path.len() == 1) {
            return diagnostic.help(format!("it is a function: `{usage}`"));
        }
        if let Some(literal) = near_word(text).filter(|_| path.len() == 1) {
            return diagnostic.did_you_mean(text, literal, span, literal);
        }
        if let Some(diagnostic) = self.prefixed(&diagnostic, path, span, scope) {
            return diagnostic;
        }
        if let Some(import) = path.get(1).and_then(|member| self.import_with(&member.text, scope)) {
            return diagnostic.did_you_mean(text, import, first.span, import);
        }
        let diagnostic = match self.known_here(scope) {
            Some(note) if self.suggestion(text, scope).is_none() => diagnostic.note(note),
            _ => diagnostic,
        };
        match self.suggestion(text, scope) {
            Some(better) => diagnostic.did_you_mean(&first.text, &better, first.span, better.as_str()),
            None => match word(text) {
                Some(literal) => {
                    diagnostic.help(format!("did you mean `{literal}`?")).safe_fix("correct the word", span, literal)
                }
                None => diagnostic
                    .help("text stands between quotes; a constant is declared with `let`, a parameter with `param`"),
            },
        }
    }

    /// What is said of a name behind the word by which other languages lead to parameters and constants.
    #[must_use]
    pub fn prefixed(&self, diagnostic: &Diagnostic, path: &[Name], span: Span, scope: &Scope) -> Option<Diagnostic> {
        const WORDS: &[&str] =
            &["var", "vars", "local", "locals", "param", "params", "let", "const", "self", "this", "values", "Values"];
        let [first, second, ..] = path else { return None };
        if first.text == "env" || first.text == "ENV" {
            let name = &second.text;
            return Some(
                diagnostic
                    .clone()
                    .note("a build reads no environment variables, so that it means the same on every machine")
                    .help(format!("declare `param {name}: string`, and give it with `--set {name}=…`")),
            );
        }
        WORDS.contains(&first.text.as_str()).then_some(())?;
        let help = format!("a parameter or constant is named by itself: `{}`", second.text);
        let diagnostic = diagnostic.clone().help(help);
        let known = scope.binding(&second.text).is_some()
            || matches!(self.names.meaning(scope.file, &second.text), Some((Meaning::Constant(_), _)));
        if !known {
            return Some(diagnostic);
        }
        let rest = path.iter().skip(1).map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        Some(diagnostic.unsafe_fix(format!("write `{rest}`"), span, rest))
    }

    /// The import whose file declares a name, if only one does.
    #[must_use]
    pub fn import_with(&self, member: &str, scope: &Scope) -> Option<&str> {
        let has = |import: &&str| match self.names.meaning(scope.file, import) {
            Some((Meaning::Import(Some(target)), _)) => self.names.meaning(target, member).is_some(),
            _ => false,
        };
        let mut imports = self.names.of(scope.file).filter(has);
        imports.next().filter(|_| imports.next().is_none())
    }

    /// What a note says of the names that mean something at a place, where they are few.
    #[must_use]
    pub fn known_here(&self, scope: &Scope) -> Option<String> {
        /// More of them would have to be searched.
        const MOST: usize = 8;
        if !self.diagnostics.are_few() {
            return None;
        }
        let constant = |name: &&str| matches!(self.names.meaning(scope.file, name), Some((Meaning::Constant(_), _)));
        let outer = self.names.of(scope.file).filter(constant);
        let all = scope.bindings().map(|binding| binding.name.as_str()).chain(outer).take(MOST + 1);
        let names: Vec<String> = all.map(|name| format!("`{name}`")).collect();
        match names.len() {
            0 => None,
            1..=MOST => Some(format!("the names that mean something here are {}", names.join(", "))),
            _ => None,
        }
    }

    /// The name that could be meant by one that means nothing: the same in an imported file, or nearly the same here.
    #[must_use]
    pub fn suggestion(&self, name: &str, scope: &Scope) -> Option<EcoString> {
        if !self.diagnostics.are_few() {
            return None;
        }
        let behind = |import: &str| match self.names.meaning(scope.file, import)?.0 {
            Meaning::Import(target) => {
                let meaning = self.names.meaning(target?, name)?.0;
                matches!(meaning, Meaning::Constant(_)).then(|| ecow::eco_format!("{import}.{name}"))
            }
            _ => None,
        };
        if let Some(member) = self.names.of(scope.file).find_map(behind) {
            return Some(member);
        }
        let inner = scope.bindings().map(|binding| binding.name.as_str());
        let outer = self
            .names
            .of(scope.file)
            .filter(|known| !matches!(self.names.meaning(scope.file, known), Some((Meaning::Template, _))));
        if let Some(near) = closest(name, inner.chain(outer)) {
            return Some(near.into());
        }
        let near = |import: &str| match self.names.meaning(scope.file, import)?.0 {
            Meaning::Import(target) => {
                let target = target?;
                let constant =
                    |known: &&str| matches!(self.names.meaning(target, known), Some((Meaning::Constant(_), _)));
                closest(name, self.names.of(target).filter(constant)).map(|near| ecow::eco_format!("{import}.{near}"))
            }
            _ => None,
        };
        self.names.of(scope.file).find_map(near)
    }

    /// Reports something; what it was said of is poison.
    pub fn refuse(&mut self, diagnostic: Diagnostic, span: Span) -> Value {
        self.tell(diagnostic);
        Value::poison(span)
    }

    /// Reports something that depends on values; where only types are known, it is nothing.
    pub(super) fn refuse_value(&mut self, diagnostic: Diagnostic, span: Span) -> Value {
        if self.forgetful {
            return Value::new(span, Kind::Unknown(Arc::new(Type::Any)));
        }
        self.refuse(diagnostic, span)
    }
}

/// What is said of an import that is named through another.
#[must_use]
pub fn not_passed_on(name: &Name, place: Span) -> Diagnostic {
    let message = format!("`{}` is an import of that file, which it does not pass on", name.text);
    Diagnostic::new(code::UNKNOWN_MEMBER, name.span, message)
        .label(place, "imported here")
        .help("import the file here too")
}

/// The word of the language that another has a slip in.
#[must_use]
pub fn near_word(text: &str) -> Option<&'static str> {
    /// Of fewer letters, too many names are near.
    const FEWEST: usize = 4;
    closest(text, ["true", "false", "null"]).filter(|_| text.len() >= FEWEST && word(text).is_none())
}

/// The word of the language that is meant by one of Python or YAML.
#[must_use]
pub fn word(text: &str) -> Option<&'static str> {
    match text {
        "True" | "TRUE" | "yes" | "on" => Some("true"),
        "False" | "FALSE" | "no" | "off" => Some("false"),
        "None" | "nil" | "NULL" | "Null" => Some("null"),
        _ => None,
    }
}
