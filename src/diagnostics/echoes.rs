//! Silence after the first cause: what only echoes a fault of the text is left out.
//!
//! In: finished diagnostics, the places where brackets are in doubt, and the sources. Out: the diagnostics that stand for
//! themselves, and of a habit the first, with all the places that it is mended at. Always: the first fault of each line that is
//! at fault is left, so a program that was refused stays refused. Not here: finding faults.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Code, Diagnostic, Severity, WRITTEN, code};
use crate::source::{FileId, SourceMap, Span};

/// The faults that leave nothing on their line to be trusted.
const RUINOUS: &[Code] = &[code::UNTERMINATED_STRING, code::STRAY_CLOSE];

/// The faults beside which only the first on a line is told, and what is certain.
const LOST: &[Code] = &[code::UNEXPECTED_TEXT, code::MISSING_OPERATION];

/// The faults of a text that ends too early.
const ABSENT: &[Code] = &[code::MISSING_VALUE, code::MISSING_NAME, code::MISSING_BODY];

/// What is said of a name that nothing declares.
const UNKNOWN: &[Code] =
    &[code::UNKNOWN_NAME, code::UNKNOWN_MEMBER, code::UNKNOWN_TEMPLATE, code::UNKNOWN_ENVIRONMENT, code::UNKNOWN_TASK];

/// The faults that people make out of habit, and so again and again.
const HABITUAL: &[Code] =
    &[code::UNEXPECTED_TEXT, code::COLON_FOR_EQUALS, code::MISSING_OPERATION, code::MISSING_SEPARATOR];

/// What is said of a value that is of another kind than all that it is used for.
const OF_KINDS: &[Code] = &[code::NO_SUCH_PART, code::NOT_A_LOOP, code::NO_TEXT, code::WRONG_TYPE];

type Line = (FileId, usize);

/// How far a line is looked along, in bytes: each of ten thousand faults on it is looked at.
const FAR: usize = 2_000;

/// How many further places a message points at.
const MOST_LABELS: usize = 3;

/// The diagnostics without their echoes.
///
/// Where brackets are in doubt, what seems wrong with settings may be right in another block. On a line with a quote too many
/// or too few, nothing means what it seems to; and behind text that belongs to nothing, the rest of the line is as lost.
#[must_use]
pub fn left_out(diagnostics: Vec<Diagnostic>, doubtful: &[Span], sources: &SourceMap) -> Vec<Diagnostic> {
    let mut faults = Faults {
        doubtful: merged(doubtful),
        sources,
        ruined: FxHashMap::default(),
        lost: FxHashMap::default(),
        undeclared: FxHashSet::default(),
        unclosed: FxHashSet::default(),
        any_name: false,
        colons: FxHashSet::default(),
    };
    for diagnostic in &diagnostics {
        faults.note(diagnostic);
    }
    let first = diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error).cloned();
    let mut left: Vec<Diagnostic> =
        diagnostics.into_iter().filter(|diagnostic| !faults.echoed_by(diagnostic)).collect();
    // Two faults may each look like the echo of the other. What was refused stays refused.
    if !left.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        left.splice(0..0, first);
    }
    of_one_value(folded(left.into_iter()), sources)
}

/// The places in their order, those that touch as one.
fn merged(places: &[Span]) -> Vec<Span> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(sorted.len());
    for place in sorted {
        match merged.last_mut().filter(|last| last.file == place.file && place.start <= last.end) {
            Some(last) => last.end = last.end.max(place.end),
            None => merged.push(place),
        }
    }
    merged
}

/// One diagnostic for all uses of a scalar that is of the wrong kind for them: what is to be changed is most likely the value. A list
/// or an object can be used wrongly in several ways, and so can a parameter, whose type is declared.
fn of_one_value(list: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    const HELP: &str = "write the value as what it is used for, or change each use";
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut values: FxHashMap<Span, usize> = FxHashMap::default();
    for diagnostic in list {
        let scalar = |value: &Span| {
            let source = sources.get(value.file);
            let starts = source.line_starts();
            let start = starts.get(source.line(value.start as usize).saturating_sub(1)).copied().unwrap_or_default();
            let line = source.text.get(start..value.start as usize).unwrap_or_default();
            !sources.text(*value).starts_with(['[', '{']) && !line.trim_start().starts_with("param ")
        };
        let Some(value) = written(&diagnostic).filter(scalar) else {
            kept.push(diagnostic);
            continue;
        };
        let Some(first) = values.get(&value).and_then(|at| kept.get_mut(*at)) else {
            values.insert(value, kept.len());
            kept.push(diagnostic);
            continue;
        };
        for label in diagnostic.labels.iter().filter(|label| label.primary).take(MOST_LABELS) {
            first.add_label(label.span, "and here");
        }
        if !first.help.iter().any(|help| help == HELP) {
            first.help.push(HELP.to_owned());
        }
    }
    kept
}

/// Where the value was written that is of the wrong kind.
fn written(diagnostic: &Diagnostic) -> Option<Span> {
    let lacks_a_part = diagnostic.code == code::NO_SUCH_PART && !diagnostic.message.contains("has no parts");
    let value = diagnostic.labels.iter().find(|label| label.message == WRITTEN)?.span;
    (OF_KINDS.contains(&diagnostic.code) && !lacks_a_part).then_some(value)
}

/// One diagnostic for all of a file that have the same code and the same safe change: who has a habit has it everywhere.
fn folded(list: impl Iterator<Item = Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    // Where those are kept that may come again; they are few, since each has a change of its own.
    let mut habits: Vec<usize> = Vec::new();
    for diagnostic in list {
        let same = |at: &&usize| kept.get(**at).is_some_and(|first| same_habit(first, &diagnostic));
        let Some(first) = habits.iter().find(same).and_then(|at| kept.get_mut(*at)) else {
            if habit(&diagnostic).is_some() {
                habits.push(kept.len());
            }
            kept.push(diagnostic);
            continue;
        };
        if let Some(span) = diagnostic.span().filter(|_| first.labels.len() <= MOST_LABELS) {
            first.add_label(span, "here too");
        }
        let edits = diagnostic.fixes.into_iter().flat_map(|fix| fix.edits);
        if let Some(fix) = first.fixes.first_mut() {
            fix.edits.extend(edits);
        }
    }
    kept
}

fn same_habit(a: &Diagnostic, b: &Diagnostic) -> bool {
    habit(a).is_some_and(|first| habit(b) == Some(first))
}

/// What makes a diagnostic the same as another: its file, its code and the safe change that it offers.
fn habit(diagnostic: &Diagnostic) -> Option<(FileId, Code, &str)> {
    let [fix] = diagnostic.fixes.as_slice() else { return None };
    let habitual = HABITUAL.contains(&diagnostic.code) && fix.safe;
    diagnostic.span().filter(|_| habitual).map(|span| (span.file, diagnostic.code, fix.message.as_str()))
}

/// Whether the rest of its line cannot be trusted. What can be mended unseen is as good as mended.
fn loses_its_line(diagnostic: &Diagnostic) -> bool {
    LOST.contains(&diagnostic.code) && !diagnostic.fixes.iter().any(|fix| fix.safe)
}

/// Where the text is at fault.
struct Faults<'a> {
    /// In the order of their places, none within or right behind another.
    doubtful: Vec<Span>,
    sources: &'a SourceMap,
    /// The first ruinous fault of a line.
    ruined: FxHashMap<Line, u32>,
    /// The first text on a line that belongs to nothing.
    lost: FxHashMap<Line, u32>,
    /// The names of declarations that begin with no known word.
    undeclared: FxHashSet<&'a str>,
    /// Where a closing bracket is missing.
    unclosed: FxHashSet<(FileId, u32)>,
    /// Whether a declaration is at fault whose name is put together, so that any name may be the one it was to declare.
    any_name: bool,
    /// Where a `:` ends that stands for `=`.
    colons: FxHashSet<(FileId, u32)>,
}

impl<'a> Faults<'a> {
    /// Notes a fault; they come in the order of their places.
    fn note(&mut self, diagnostic: &Diagnostic) {
        let Some(span) = diagnostic.span() else { return };
        let line = self.line(span);
        if diagnostic.code == code::MISSING_CLOSE {
            let places = diagnostic.labels.iter().filter(|label| !label.primary).map(|label| label.span);
            self.unclosed.extend(places.map(|span| (span.file, span.start)));
        }
        if [code::MISPLACED, code::UNKNOWN_FIELD].contains(&diagnostic.code) {
            self.undeclared.extend(self.misplaced_names(span));
            self.any_name |= self.behind(span).starts_with(" \"") && self.behind(span).contains("${");
        }
        if diagnostic.code == code::UNKNOWN_NAME {
            let text = self.sources.text(self.line_before(span));
            self.any_name |= text.trim_start().starts_with("task \"") && text.ends_with("${");
        }
        if diagnostic.code == code::COLON_FOR_EQUALS {
            self.colons.insert((span.file, span.end));
        }
        if diagnostic.code == code::MISSING_BODY {
            self.undeclared.extend(self.loop_names(span));
        }
        let mut ruinous = RUINOUS.contains(&diagnostic.code);
        if loses_its_line(diagnostic) && !self.lost.contains_key(&line) && !self.is_behind_colon(diagnostic, span) {
            self.lost.insert(line, span.start);
            ruinous |= self.odd_quotes(line);
        }
        if ruinous {
            self.ruined.entry(line).or_insert(span.start);
        }
    }

    fn echoed_by(&self, diagnostic: &Diagnostic) -> bool {
        let Some(span) = diagnostic.span().filter(|_| !diagnostic.code.is_bound()) else { return false };
        let line = self.line(span);
        let is_fault = RUINOUS.contains(&diagnostic.code) || loses_its_line(diagnostic);
        let ruined = self.ruined.get(&line).is_some_and(|first| !(is_fault && *first == span.start));
        let certain = diagnostic.code.is_precise() || RUINOUS.contains(&diagnostic.code);
        let lost = self.lost.get(&line).is_some_and(|first| {
            let itself = is_fault && *first == span.start;
            !itself && !certain && self.touches(span, *first)
        });
        // `var.image` of another language names what `variable "image"` was to declare.
        let mut names = self.path_at(span).split('.').take(2);
        let unknown = UNKNOWN.contains(&diagnostic.code);
        let undeclared = unknown && names.any(|name| self.undeclared.contains(name))
            || self.any_name && diagnostic.code == code::UNKNOWN_TASK;
        let plain = self.is_behind_colon(diagnostic, span);
        // Who stops in the middle of something has closed nothing either.
        let broken_off = ABSENT.contains(&diagnostic.code) && self.unclosed.contains(&(span.file, span.start));
        ruined || lost || undeclared || plain || broken_off || (!diagnostic.code.is_syntax() && self.in_doubt(span))
    }

    /// The text behind a place on its line, as far as it counts.
    fn behind(&self, place: Span) -> &'a str {
        let rest = self.sources.get(place.file).text.get(place.end as usize..).unwrap_or_default();
        let near = (0..=rest.len().min(FAR)).rev().find_map(|end| rest.get(..end)).unwrap_or_default();
        near.split('\n').next().unwrap_or_default()
    }

    /// The part of a line before a place, as far as it counts.
    fn line_before(&self, place: Span) -> Span {
        let text = &self.sources.get(place.file).text;
        let end = place.start as usize;
        let first = (end.saturating_sub(FAR)..=end).find(|at| text.is_char_boundary(*at)).unwrap_or(end);
        let near = text.get(first..end).unwrap_or_default();
        Span::new(place.file, near.rfind('\n').map_or(first, |at| first + at + 1)..end)
    }

    /// Whether it is about text without quotes behind a `:` that stands for `=`, which is the same habit.
    fn is_behind_colon(&self, diagnostic: &Diagnostic, span: Span) -> bool {
        let text = UNKNOWN.contains(&diagnostic.code) || diagnostic.code == code::UNEXPECTED_TEXT;
        text && self.colons.contains(&(span.file, self.before_space(span)))
    }

    /// The names that something misplaced would have declared: the name at fault, the one behind the word, and that behind `as`.
    fn misplaced_names(&self, place: Span) -> impl Iterator<Item = &'a str> + use<'a> {
        let line = self.behind(place);
        let behind = line.starts_with(' ').then_some(line);
        let alias = line.split_once(" as ").map(|(_, name)| name);
        let names = [Some(self.sources.text(place)), behind, alias];
        let names = names.into_iter().flatten().map(|text| text.trim_start_matches([' ', '"']));
        let word = |text: &'a str| text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).next();
        names.filter_map(word).filter(|name| !name.is_empty())
    }

    /// The name that begins at a place, with what is joined to it by dots.
    fn path_at(&self, place: Span) -> &'a str {
        let text = self.sources.get(place.file).text.get(place.start as usize..).unwrap_or_default();
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        text.find(|c| !part(c)).and_then(|end| text.get(..end)).unwrap_or(text)
    }

    /// The names of a loop whose block is missing at a place.
    fn loop_names(&self, place: Span) -> impl Iterator<Item = &'a str> + use<'a> {
        let line = self.sources.text(self.line_before(place)).trim_start();
        let names = line.strip_prefix("for ").and_then(|line| line.split_once(" in ")).map(|(names, _)| names);
        names.into_iter().flat_map(|names| names.split(',').map(str::trim))
    }

    /// Where the text before a place ends, without white space.
    fn before_space(&self, place: Span) -> u32 {
        let text = self.sources.get(place.file).text.get(..place.start as usize).unwrap_or_default();
        let space = text.bytes().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        place.start - u32::try_from(space).unwrap_or(place.start)
    }

    /// Whether a place lies behind another on its line, or right before it.
    fn touches(&self, span: Span, first: u32) -> bool {
        let between = self.sources.get(span.file).text.get(span.end as usize..first as usize);
        between.is_none_or(|between| between.trim().is_empty())
    }

    fn in_doubt(&self, span: Span) -> bool {
        let behind = self.doubtful.partition_point(|doubt| (doubt.file, doubt.start) <= (span.file, span.start));
        let last = behind.checked_sub(1).and_then(|at| self.doubtful.get(at));
        last.is_some_and(|doubt| doubt.file == span.file && span.start <= doubt.end)
    }

    fn line(&self, span: Span) -> Line {
        (span.file, self.sources.get(span.file).line(span.start as usize))
    }

    /// Whether a quote of the line has no partner.
    fn odd_quotes(&self, (file, line): Line) -> bool {
        let source = self.sources.get(file);
        let starts = source.line_starts();
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let end = starts.get(line).copied().unwrap_or(source.text.len());
        let text = source.text.get(start..end).unwrap_or_default();
        text.replace("\\\"", "").bytes().filter(|byte| *byte == b'"').count() % 2 == 1
    }
}
