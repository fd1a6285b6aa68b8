//! What is said of text behind a value that was complete.

use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::source::Span;

/// Text behind something that was complete. `before` is the value before it on its line, and `whole` the place of both.
pub fn belongs_to_nothing(text: &str, before: &str, whole: Span, span: Span) -> Diagnostic {
    let known = [looped, joined, chosen, number, called, adjacent, method, unquoted];
    let behind = Behind { text, value: before.trim(), touching: !before.ends_with([' ', '\t']), whole, span };
    known.iter().find_map(|known| known(&behind)).unwrap_or_else(|| behind.plain())
}

/// A value and what follows it.
struct Behind<'t> {
    text: &'t str,
    value: &'t str,
    /// Whether nothing stands between them.
    touching: bool,
    whole: Span,
    span: Span,
}

impl Behind<'_> {
    fn fault(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code::UNEXPECTED_TEXT, self.span, message)
    }

    fn plain(&self) -> Diagnostic {
        let diagnostic = self.fault("this does not belong to what stands before it");
        if self.text.starts_with("in ") {
            return diagnostic.help("`contains(LIST, VALUE)` says whether a list, a map or a text has something in it");
        }
        diagnostic.note("an entry ends at a newline or a comma").help("remove it, or begin a new line")
    }
}

/// A misspelt `for` in a list: `x fors x` before `in xs`.
fn looped(behind: &Behind<'_>) -> Option<Diagnostic> {
    let before = behind.value.rsplit_once(' ').filter(|_| behind.text.starts_with("in "))?.0.trim_end();
    let word = before.rsplit(' ').next()?;
    let end = behind.whole.start + u32::try_from(before.len()).unwrap_or(0);
    let place = Span { start: end - u32::try_from(word.len()).unwrap_or(0), end, ..behind.whole };
    let misspelt = word.len() < before.len() && word != "for" && closest(word, ["for"]).is_some();
    misspelt.then(|| {
        let message = format!("a loop in a list begins with `for`, and not with `{word}`");
        Diagnostic::new(code::UNEXPECTED_TEXT, place, message).help("write `[VALUE for NAME in LIST]`").unsafe_fix(
            "write `for`",
            place,
            "for",
        )
    })
}

/// Strings and names joined by `+`, and other arithmetic.
fn joined(behind: &Behind<'_>) -> Option<Diagnostic> {
    let sign = behind.text.chars().next().filter(|sign| "+-*/%".contains(*sign))?;
    let spaced = !behind.touching || behind.text.get(1..).is_some_and(|rest| rest.starts_with([' ', '"']));
    if !spaced {
        return None;
    }
    let diagnostic = behind.fault(format!("there is no arithmetic, so `{sign}` joins nothing"));
    let all = format!("{} {}", behind.value, behind.text);
    let Some(better) = (sign == '+').then(|| interpolated(&all)).flatten() else {
        return Some(diagnostic.help("write the result, or declare it with `param NAME: int`; `\"${registry}/train:${tag}\"` puts values into a text"));
    };
    let diagnostic = diagnostic.note("a text is put together by what stands in it");
    Some(diagnostic.help(format!("write `{better}`")).safe_fix(
        format!("write `{better}`"),
        behind.whole,
        better.clone(),
    ))
}

/// Strings and names joined by `+` as one string; at least one of them is a string.
fn interpolated(text: &str) -> Option<String> {
    let mut better = String::new();
    let mut strings = 0;
    for part in text.split(" + ").map(str::trim) {
        match part.strip_prefix('"').and_then(|part| part.strip_suffix('"')) {
            Some(inner) if !inner.contains('"') => {
                strings += 1;
                better.push_str(inner);
            }
            None if is_path(part) => better.extend(["${", part, "}"]),
            _ => return None,
        }
    }
    (strings > 0).then(|| format!("\"{better}\""))
}

/// `a ? b : c`.
fn chosen(behind: &Behind<'_>) -> Option<Diagnostic> {
    let rest = behind.text.strip_prefix('?')?;
    let diagnostic = behind.fault("`?` chooses nothing here").help("write `if CONDITION then VALUE else VALUE`");
    let Some((yes, no)) = rest.split_once(" : ") else { return Some(diagnostic) };
    let better = format!("if {} then {} else {}", behind.value, yes.trim(), no.trim());
    Some(diagnostic.unsafe_fix(format!("write `{better}`"), behind.whole, better))
}

/// What stands behind a number: its unit after a space, a percent sign, the rest of a date or a version.
fn number(behind: &Behind<'_>) -> Option<Diagnostic> {
    const UNITS: &[&str] = &["m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "s", "h", "ms"];
    let digits = behind.value.strip_prefix('-').unwrap_or(behind.value);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.contains([' ', '"']) {
        return None;
    }
    let word = behind.text.split([' ', '\t', '#']).next().unwrap_or_default();
    let at_value = |message: String| Diagnostic::new(code::UNEXPECTED_TEXT, behind.whole, message);
    if (UNITS.contains(&word) || own_unit(word) != word) && word.len() == behind.text.len() && !behind.touching {
        let better = format!("{}{}", behind.value, own_unit(word));
        let diagnostic = at_value(format!("no space stands between a number and its unit `{word}`"));
        return Some(diagnostic.help(format!("write `{better}`")).safe_fix(
            format!("write `{better}`"),
            behind.whole,
            better,
        ));
    }
    if word == "%" {
        return Some(
            at_value("there are no percentages here".to_owned())
                .help("write a part of a core as `100m` or `0.1`, and an amount of memory as `512Mi`"),
        );
    }
    if behind.text == "." {
        let better = digits.to_owned();
        return Some(
            at_value("a number has digits behind its point".to_owned())
                .help(format!("write `{better}` or `{better}.0`"))
                .unsafe_fix(format!("write `{better}`"), behind.whole, better),
        );
    }
    let end = range_end(behind.text, behind.touching);
    if let Some(end) = end {
        let better = format!("{}..{end}", behind.value);
        let diagnostic = at_value("a request and its limit are joined by `..`".to_owned());
        return Some(diagnostic.help(format!("write `{better}`")).unsafe_fix(
            format!("write `{better}`"),
            behind.whole,
            better,
        ));
    }
    if behind.touching && behind.text.starts_with(':') {
        return Some(
            at_value("a time is a number with a unit".to_owned())
                .help("write `1h30m`, `90s` or `250ms`; anything else with `:` stands between quotes"),
        );
    }
    (behind.touching && !word.is_empty() && word.len() == behind.text.len())
        .then(|| quoted(behind, "this is no number, and text stands between quotes"))
}

/// A unit as Kubernetes and Flyte write it.
fn own_unit(word: &str) -> &str {
    match word {
        "sec" | "second" | "seconds" => "s",
        "min" | "minute" | "minutes" => "m",
        "hour" | "hours" => "h",
        "KB" | "Kb" | "kB" => "k",
        "MB" | "Mb" => "M",
        "GB" | "Gb" => "G",
        "TB" | "Tb" => "T",
        "KiB" => "Ki",
        "MiB" => "Mi",
        "GiB" => "Gi",
        "TiB" => "Ti",
        "core" | "cores" | "GPU" | "GPUs" => "",
        own => own,
    }
}

/// The end of a range that is written with `-`, `to` or `–`.
fn range_end(text: &str, touching: bool) -> Option<&str> {
    let end = text.strip_prefix("to ").or_else(|| text.strip_prefix('-').filter(|_| touching))?.trim();
    let plain =
        end.starts_with(|c: char| c.is_ascii_digit()) && end.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    plain.then_some(end)
}

/// A space between a name and its arguments.
fn called(behind: &Behind<'_>) -> Option<Diagnostic> {
    let called = behind.text.starts_with('(') && is_path(behind.value) && !behind.touching;
    let gap = Span {
        start: behind.whole.start + u32::try_from(behind.value.len()).unwrap_or(0),
        end: behind.span.start,
        ..behind.span
    };
    called.then(|| {
        behind
            .fault("no space stands between what is called and its `(`")
            .help(format!("write `{}{}`", behind.value, behind.text))
            .unsafe_fix("remove the space", gap, "")
    })
}

/// Two strings beside each other.
fn adjacent(behind: &Behind<'_>) -> Option<Diagnostic> {
    let inner =
        |text: &str| text.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains('"')).map(str::to_owned);
    let better = format!("\"{}{}\"", inner(behind.value)?, inner(behind.text)?);
    let diagnostic = behind.fault("two strings beside each other are not joined").help(format!("write `{better}`"));
    Some(diagnostic.unsafe_fix("write one string", behind.whole, better))
}

/// `"…".format(…)`.
fn method(behind: &Behind<'_>) -> Option<Diagnostic> {
    let method = behind.text.starts_with('.') && behind.value.ends_with(['"', '\'']);
    method.then(|| {
        let diagnostic = behind.fault("a string has no methods");
        diagnostic
            .note("functions take a text as their argument: `lower(name)`, `join(names, \",\")`")
            .help("`\"… ${name} …\"` puts values into a string")
    })
}

/// Words, paths and names of images without quotes.
fn unquoted(behind: &Behind<'_>) -> Option<Diagnostic> {
    if behind.value.is_empty()
        || behind.value.contains(['"', '\'', '{', '}', '[', ']', '(', ')'])
        || behind.text.contains(['"', '\'', '{', '[', '(', '='])
    {
        return None;
    }
    if behind.text == "." {
        return Some(
            behind
                .fault("a name belongs behind this `.`")
                .help(format!("write `{}.NAME`, or remove the `.`", behind.value)),
        );
    }
    let words = behind.text.starts_with(|c: char| c.is_alphanumeric());
    let glued = behind.touching
        && behind.text.starts_with(['/', ':', '.', '-', '@', '*', '\\', '%', '~', '?', '&', '$', '!', '^']);
    (glued || words && !behind.touching).then(|| {
        let mut diagnostic = quoted(behind, "text stands between quotes");
        // A path or the name of an image is nothing else.
        let sure = glued && behind.text.contains(['/', ':']) && !behind.text.contains([' ', '#', ',']);
        if let Some(fix) = diagnostic.fixes.first_mut().filter(|_| sure) {
            fix.safe = true;
            "write it between quotes".clone_into(&mut fix.message);
        }
        diagnostic
    })
}

/// Says that a value with what follows it is a text, and quotes it.
fn quoted(behind: &Behind<'_>, message: &str) -> Diagnostic {
    let gap = if behind.touching { "" } else { " " };
    let text = behind.text.split(" #").next().unwrap_or_default().trim_end();
    let better = format!("\"{}{gap}{text}\"", behind.value);
    let length = u32::try_from(better.len()).unwrap_or(2).saturating_sub(2);
    let place = Span { end: behind.whole.start + length.max(1), ..behind.whole };
    let diagnostic = Diagnostic::new(code::UNEXPECTED_TEXT, place, message).help(format!("write `{better}`"));
    diagnostic.unsafe_fix("quote it", place, better)
}

fn is_path(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
