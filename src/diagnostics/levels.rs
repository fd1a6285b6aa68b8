//! What becomes of warnings: each is told, hidden or made an error.
//!
//! In: settings, in the order in which they were said, and diagnostics. Out: the diagnostics as they are to be told. Always:
//! errors stay errors, and whoever asks early whether something is [refused](Levels::refuse) is told what comes of it in the end.
//! Not here: where settings come from; the command line and `flytec.toml` have them.

use super::suggest::closest;
use super::{Code, Diagnostic, Diagnostics, Severity, code};

/// What becomes of a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It is not told.
    Allow,
    /// It is told.
    Warn,
    /// It is an error.
    Deny,
}

/// The words for levels, as files have them.
pub const WORDS: &[(&str, Level)] = &[("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny)];

/// The word for all warnings.
const WARNINGS: &str = "warnings";

/// What a level is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// All warnings that no setting of their own allows or denies.
    Warnings,
    /// The warning of one code.
    Code(Code),
}

/// Why a name is none that a level can be set for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// Why it is so.
    pub note: Option<String>,
    /// What may have been meant.
    pub better: Option<&'static str>,
}

impl Target {
    /// The target of this name: a code, or `warnings`.
    ///
    /// # Errors
    /// Where there is no such code, or it is that of an error.
    pub fn named(name: &str) -> Result<Self, Refusal> {
        if name == WARNINGS {
            return Ok(Self::Warnings);
        }
        match code::ALL.iter().find(|code| code.id == name) {
            Some(code) if code.severity() == Severity::Warning => Ok(Self::Code(*code)),
            Some(_) => Err(Refusal {
                message: format!("`{name}` is an error, and only warnings have a level"),
                note: Some("what has an error cannot be built, whatever is said of the error".to_owned()),
                better: None,
            }),
            None => {
                let better = closest(name, names());
                let note = format!("a level is set for the code of a warning, such as `W0218`, or for `{WARNINGS}`");
                let note = better.is_none().then_some(note);
                Err(Refusal { message: format!("there is no warning `{name}`"), note, better })
            }
        }
    }
}

/// The names that levels can be set for.
fn names() -> impl Iterator<Item = &'static str> {
    let warnings = code::ALL.iter().filter(|code| code.severity() == Severity::Warning);
    warnings.map(|code| code.id).chain([WARNINGS])
}

/// A level that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    target: Target,
    level: Level,
    /// What set it, for people.
    by: String,
}

/// The levels of all warnings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    settings: Vec<Setting>,
}

impl Levels {
    /// Sets a level; `by` says what does, in words that go before "makes an error of this warning".
    pub fn set(&mut self, target: Target, level: Level, by: impl Into<String>) {
        self.settings.push(Setting { target, level, by: by.into() });
    }

    /// Whether the program is refused: it has an error, or a warning that is made one.
    #[must_use]
    pub fn refuse(&self, diagnostics: &Diagnostics) -> bool {
        diagnostics.has_errors() || diagnostics.list.iter().any(|diagnostic| self.denial(diagnostic).is_some())
    }

    /// The diagnostics without those that are allowed, with those that are denied made errors.
    #[must_use]
    pub fn applied(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics.into_iter().filter_map(|diagnostic| self.apply(diagnostic)).collect()
    }

    fn apply(&self, diagnostic: Diagnostic) -> Option<Diagnostic> {
        if let Some(by) = self.denial(&diagnostic) {
            let note = format!("{by} makes an error of this warning");
            return Some(Diagnostic { severity: Severity::Error, ..diagnostic }.note(note));
        }
        let allowed = diagnostic.severity == Severity::Warning
            && self.of(diagnostic.code).is_some_and(|setting| setting.level == Level::Allow);
        (!allowed).then_some(diagnostic)
    }

    /// What denies a warning, if something does.
    fn denial(&self, diagnostic: &Diagnostic) -> Option<&str> {
        if diagnostic.severity != Severity::Warning {
            return None;
        }
        self.of(diagnostic.code).filter(|setting| setting.level == Level::Deny).map(|setting| setting.by.as_str())
    }

    /// The setting that counts for a code: its own last one, but where that only warns, a later one of all warnings.
    ///
    /// So a warning that a project allows stays allowed where a pipeline denies all of them, as rustc has it.
    fn of(&self, code: Code) -> Option<&Setting> {
        let last = |target| self.settings.iter().enumerate().rfind(|(_, setting)| setting.target == target);
        let (own, all) = (last(Target::Code(code)), last(Target::Warnings));
        let counts = match (own, all) {
            (Some((own, Setting { level: Level::Warn, .. })), Some((at, _))) if own < at => all,
            _ => own.or(all),
        };
        counts.map(|(_, setting)| setting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    fn warning(code: Code) -> Diagnostic {
        let sources = SourceMap::new(vec![("a".to_owned(), String::new())]);
        Diagnostic::new(code, Span::new(sources.ids().next().unwrap(), 0..0), "something")
    }

    fn levels(settings: &[(&str, Level)]) -> Levels {
        let mut levels = Levels::default();
        for (name, level) in settings {
            levels.set(Target::named(name).unwrap(), *level, format!("`{name}`"));
        }
        levels
    }

    /// What becomes of `W0218`: its severity, or nothing.
    fn outcome(settings: &[(&str, Level)]) -> Option<Severity> {
        let told = levels(settings).applied(vec![warning(code::UNUSED_CONSTANT)]);
        told.first().map(|diagnostic| diagnostic.severity)
    }

    #[test]
    fn a_later_level_of_a_code_wins() {
        use Level::{Allow, Deny, Warn};
        assert_eq!(outcome(&[]), Some(Severity::Warning));
        assert_eq!(outcome(&[("W0218", Deny)]), Some(Severity::Error));
        assert_eq!(outcome(&[("W0218", Allow)]), None);
        assert_eq!(outcome(&[("W0219", Deny)]), Some(Severity::Warning));
        assert_eq!(outcome(&[("W0218", Deny), ("W0218", Allow)]), None);
        assert_eq!(outcome(&[("W0218", Allow), ("W0218", Warn)]), Some(Severity::Warning));
    }

    #[test]
    fn all_warnings_are_those_that_are_neither_allowed_nor_denied() {
        use Level::{Allow, Deny, Warn};
        assert_eq!(outcome(&[("warnings", Deny)]), Some(Severity::Error));
        assert_eq!(outcome(&[("warnings", Allow)]), None);
        assert_eq!(outcome(&[("warnings", Deny), ("warnings", Warn)]), Some(Severity::Warning));
        assert_eq!(outcome(&[("warnings", Deny), ("W0218", Allow)]), None);
        assert_eq!(outcome(&[("W0218", Allow), ("warnings", Deny)]), None);
        assert_eq!(outcome(&[("W0218", Deny), ("warnings", Allow)]), Some(Severity::Error));
        assert_eq!(outcome(&[("warnings", Deny), ("W0218", Warn)]), Some(Severity::Warning));
        assert_eq!(outcome(&[("W0218", Warn), ("warnings", Deny)]), Some(Severity::Error));
    }

    #[test]
    fn errors_have_no_level() {
        let error = warning(code::UNKNOWN_FIELD);
        let all = levels(&[("warnings", Level::Allow)]);
        assert_eq!(all.applied(vec![error.clone()]), [error]);
    }

    #[test]
    fn what_is_denied_says_by_what_and_only_once() {
        let levels = levels(&[("warnings", Level::Deny)]);
        let once = levels.applied(vec![warning(code::UNUSED_CONSTANT)]);
        assert_eq!(once[0].notes, ["`warnings` makes an error of this warning"]);
        assert_eq!(levels.applied(once.clone()), once);
    }

    #[test]
    fn a_denied_warning_refuses_as_an_error_does() {
        let mut diagnostics = Diagnostics::default();
        let deny = levels(&[("W0218", Level::Deny)]);
        assert!(!deny.refuse(&diagnostics));
        diagnostics.push(warning(code::UNUSED_CONSTANT));
        assert!(deny.refuse(&diagnostics) && !Levels::default().refuse(&diagnostics));
        diagnostics.push(warning(code::UNKNOWN_FIELD));
        assert!(Levels::default().refuse(&diagnostics));
    }

    #[test]
    fn names_that_have_no_level_are_refused_with_a_reason() {
        let refused = |name: &str| Target::named(name).unwrap_err();
        assert_eq!(refused("E0301").message, "`E0301` is an error, and only warnings have a level");
        assert_eq!(refused("W0281").message, "there is no warning `W0281`");
        assert_eq!(refused("w0218").better, Some("W0218"));
        assert_eq!(refused("warning").better, Some("warnings"));
    }
}
