//! What is said of YAML that cannot be understood.
//!
//! In: what is at fault and its place. Out: diagnostics.
//! Always: each fault of the parser is told in the words of the text, by what can be done about it; the place is the first
//! character that is wrong. Not here: finding the faults.

use granit_parser::{ErrorKind, ScanError};

use super::build::MAX_COPIES;
use super::places::Places;
use super::scalar::NoBinary;
use crate::data::faults::{bad, too_deep};
use crate::diagnostics::{Diagnostic, Edit, Fix};
use crate::source::Span;

/// What the parser refuses. `open` is the innermost bracket that is open.
pub fn unreadable(places: &Places, error: &ScanError, open: Option<usize>) -> Diagnostic {
    let at = places.offset(*error.marker());
    let here = sign(places, at);
    let fault = match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(here),
        ErrorKind::UnclosedFlowCollection { open } => {
            unclosed(here, *open).help(format!("write `{}` behind its last element", closing(*open)))
        }
        kind => between_brackets(places, at, open, kind)
            .or_else(|| of_layout(places, at, kind))
            .or_else(|| of_text(places, at, kind))
            .unwrap_or_else(|| directive(here, places.rest(at))),
    };
    let line = places.rest(at - places.line_before(at).len());
    templated(fault, line.split('\n').next().unwrap_or_default())
}

/// What else the parser refuses, which is about directives.
fn directive(here: Span, rest: &str) -> Diagnostic {
    if rest.starts_with('%') {
        return bad(here, "this directive cannot be read")
            .note("a line before `---` that begins with `%` is a directive");
    }
    bad(here, "this is no YAML")
}

/// The character at an offset; empty at the end of a line.
fn sign(places: &Places, at: usize) -> Span {
    let next = places.rest(at).chars().next().filter(|c| !matches!(c, '\r' | '\n'));
    places.span(at..at + next.map_or(0, char::len_utf8))
}

// ------------------------------------------------------------------------------------------------------- brackets

fn closing(bracket: char) -> char {
    if bracket == '[' { ']' } else { '}' }
}

fn unclosed(bracket: Span, open: char) -> Diagnostic {
    bad(bracket, format!("this `{open}` is never closed"))
}

/// Something between brackets that does not belong there. Where it begins a line like those of a block, it is the bracket
/// that is wrong.
fn between_brackets(places: &Places, at: usize, open: Option<usize>, kind: &ErrorKind) -> Option<Diagnostic> {
    let list = match kind {
        ErrorKind::BlockEntryInFlowCollection => true,
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidColonPlacement => false,
        _ => return None,
    };
    let before = places.line_before(at).trim_start();
    let line = at - before.len();
    let key = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '"' | '\'' | ' ');
    if let Some(open) = open.filter(|open| *open < line && before.chars().all(key)) {
        let bracket = places.rest(open).chars().next()?;
        let missing = format!("`{}` is missing here at the latest", closing(bracket));
        return Some(unclosed(sign(places, open), bracket).label(sign(places, line), missing));
    }
    let here = sign(places, at);
    Some(if list {
        bad(here, "no list of this kind can stand between brackets").help("write it as `[a, b]`")
    } else {
        bad(here, "a comma or a closing bracket is missing here")
    })
}

/// Says more where a line looks like one of a template that is still to be filled in.
fn templated(fault: Diagnostic, line: &str) -> Diagnostic {
    if !line.contains("{{") {
        return fault;
    }
    fault
        .note("`{{ … }}` looks like a template, which is YAML only once it is filled in")
        .help("read the file that the template makes, or write the value in quotes")
}

// --------------------------------------------------------------------------------------------------------- layout

/// What is said of texts that are laid out wrongly.
fn of_layout(places: &Places, at: usize, kind: &ErrorKind) -> Option<Diagnostic> {
    let here = sign(places, at);
    Some(match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidMappingValueWhitespace => second_colon(places, at),
        ErrorKind::ExpectedBlockMappingKey => match line_sign(places, at) {
            Some(line) => bad(line, "a key belongs here").note("the keys of a map are indented alike"),
            None => bad(here, "this does not belong to the value before it"),
        },
        ErrorKind::ExpectedBlockSequenceEntry => {
            bad(line_sign(places, at).unwrap_or(here), "an element of the list belongs here")
                .note("the elements of a list begin with `- ` and are indented alike")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            bad(here, "this is neither a key with a value nor part of the value before it")
                .help("write `key: value`, or indent it like the text that it goes on with")
        }
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::InvalidBlockEntryWhitespace => {
            bad(here, "no list can begin here")
                .help("write the elements on lines of their own, or the list as `[a, b]`")
        }
        ErrorKind::MappingKeyNotAllowed => bad(here, "no key can begin here"),
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => tab(places, at),
        ErrorKind::InvalidIndentation | ErrorKind::InvalidFlowScalarIndent | ErrorKind::InvalidQuotedScalarIndent => {
            bad(here, "this line is not indented enough").help("indent it deeper than the key that it belongs to")
        }
        ErrorKind::InvalidBlockScalarIndent => bad(here, "this line is indented less than the first line of its text")
            .help("indent all lines of a text alike, or say by how much: `|2`"),
        _ => return None,
    })
}

/// A colon where no value can begin: the second one of its line, or one whose key goes on with a text that stands above it.
fn second_colon(places: &Places, at: usize) -> Diagnostic {
    let before = places.line_before(at).trim_start_matches([' ', '-']);
    if before.contains(": ") {
        let diagnostic = bad(sign(places, at), "no value can begin with this `:`")
            .note("`: ` stands between a key and its value, once on a line")
            .help("write a text that holds `: ` in quotes");
        let start = at - before.len() + before.find(": ").unwrap_or_default() + 2;
        return quoted(diagnostic, places, start);
    }
    if let Some(diagnostic) = line_above(places, at - places.line_before(at).len()) {
        return diagnostic;
    }
    if let Some(colon) = colon_without_space(places, at - places.line_before(at).len()) {
        return bad(sign(places, colon), "a space is missing behind this `:`")
            .note("without one, YAML reads a text that holds a `:`, and the next line cannot go on with it")
            .safe_fix("add the space", places.span(colon + 1..colon + 1), " ");
    }
    bad(sign(places, at - before.len()), "no key can begin here").note(
        "the line before this is a text that goes on with this line: one of them is indented wrongly or lacks its `:`",
    )
}

/// With the offer to put what stands from `start` to the end of its line between quotes, where that is one plain text.
fn quoted(diagnostic: Diagnostic, places: &Places, start: usize) -> Diagnostic {
    let rest = places.rest(start).lines().next().unwrap_or_default();
    let text = rest.trim();
    if text.is_empty() || text.contains(['"', '\\', '#', '[', ']', '{', '}']) {
        return diagnostic;
    }
    let start = start + rest.len() - rest.trim_start().len();
    let span = places.span(start..start + text.len());
    diagnostic.unsafe_fix("quote the text", span, format!("\"{text}\""))
}

/// What is wrong with the line before the one that begins at `line`, where a key cannot follow it.
fn line_above(places: &Places, line: usize) -> Option<Diagnostic> {
    let end = places.text(0..line).trim_end().len();
    let text = places.line_before(end).trim_start_matches([' ', '-']);
    let start = end - text.len();
    if text.starts_with("//") {
        let here = places.span(start..start + 2);
        return Some(bad(here, "a comment begins with `#`").note("this is a rule of YAML").safe_fix(
            "write `#`",
            here,
            "#",
        ));
    }
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if text.is_empty() || !text.chars().all(plain) {
        return None;
    }
    let here = places.span(start..end);
    Some(
        bad(here, format!("a `:` is missing behind `{text}`"))
            .note("a key ends with `:`; without one this is a text, and the next line cannot go on with it")
            .unsafe_fix("write `:`", here.at_end(), ":"),
    )
}

/// The colon that was meant to end a key, on the last line before the one that begins at `line`.
fn colon_without_space(places: &Places, line: usize) -> Option<usize> {
    let end = places.text(0..line).trim_end().len();
    let text = places.line_before(end);
    let key = text.trim_start_matches([' ', '-']);
    let length = key.find(':')?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let behind = key.get(length + 1..)?.chars().next()?;
    let is_key = length > 0 && key.get(..length)?.chars().all(plain);
    // `http://…` is a text.
    (is_key && !key.contains(": ") && behind != '/').then(|| end - key.len() + length)
}

/// The first sign of the line of an offset; `None` if more than list signs stands before the offset.
fn line_sign(places: &Places, at: usize) -> Option<Span> {
    let before = places.line_before(at).trim_start_matches([' ', '\t']);
    let signs = before.chars().all(|c| matches!(c, '-' | ' ' | '\t'));
    signs.then(|| sign(places, at - before.len()))
}

/// A tab that indents: the first one of its line, or of the next line if the parser has marked the text before it.
fn tab(places: &Places, at: usize) -> Diagnostic {
    let before = places.line_before(at);
    let line = at - before.len();
    let tab = before.find('\t').map(|tab| line + tab).or_else(|| places.rest(at).find('\t').map(|tab| at + tab));
    let tab = tab.unwrap_or(at);
    let mut diagnostic = bad(sign(places, tab), "a tab may not indent a line")
        .note("YAML indents with spaces only, because a tab has no width of its own")
        .help("write spaces, as many as the lines beside it have");
    let message = "write two spaces for each tab that indents".to_owned();
    diagnostic.fixes.push(Fix { message, safe: false, edits: indenting_tabs(places, tab) });
    diagnostic
}

/// The tabs that indent lines, from the first of them at `tab` on, as spaces.
fn indenting_tabs(places: &Places, tab: usize) -> Vec<Edit> {
    /// As many lines as people look through.
    const MOST: usize = 200;
    let mut edits = Vec::new();
    let mut at = tab;
    for line in places.rest(tab).split_inclusive('\n').take(MOST) {
        let blank = line.trim_start_matches([' ', '\t']);
        let indentation = line.strip_suffix(blank).unwrap_or_default();
        if indentation.contains('\t') {
            let span = places.span(at..at + indentation.len());
            edits.push(Edit { span, text: indentation.replace('\t', "  ") });
        }
        at += line.len();
    }
    edits
}

// ----------------------------------------------------------------------------------------------------------- texts

/// What is said of texts, tags and anchors that are written wrongly.
fn of_text(places: &Places, at: usize, kind: &ErrorKind) -> Option<Diagnostic> {
    let (here, rest) = (sign(places, at), places.rest(at));
    Some(match kind {
        ErrorKind::UnexpectedCharacter { character } => {
            let what = if *character == '`' { "a backtick".to_owned() } else { format!("`{character}`") };
            let diagnostic = bad(here, format!("no value can begin with {what}"));
            let diagnostic = diagnostic.note("YAML keeps the sign for itself").help("write the text in quotes");
            quoted(diagnostic, places, at)
        }
        ErrorKind::PlainScalarStartsWithDashFlowIndicator | ErrorKind::UnexpectedEndOfPlainScalar => {
            bad(here, "no value can begin here").help("write the text in quotes")
        }
        ErrorKind::ExpectedNodeContent
        | ErrorKind::UnexpectedEof
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEofBlockMapping => bad(here, "a value belongs here"),
        ErrorKind::MisplacedFlowCollectionEnd => bad(here, "this bracket closes nothing"),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            bad(here, format!("this `{open}` is closed by a `{close}`"))
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            bad(here, "the quote that ends this text is missing")
                .help("write the quote behind its last character; one in the text is written twice, or with a `\\` between double quotes")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            bad(here, "the text before this has ended with its quote").help("write a `'` in a text as `''`")
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            bad(here, "the text before this has ended with its quote").help("write a `\"` in a text as `\\\"`")
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => bad(here, "this text holds an escape that YAML does not know")
            .help("write `\\\\` for a backslash, or the text in single quotes"),
        ErrorKind::FlowMappingValueAdjacentCollection => bad(here, "a space is missing behind this `:`"),
        ErrorKind::CommentNotSeparated => bad(here, "a space is missing before this comment"),
        ErrorKind::CommentInterceptedScalar => {
            bad(here, "a comment ends the text before it, but the next line goes on with it")
                .help("indent the next line like a key, or put the comment elsewhere")
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
            let sign = rest.chars().next().unwrap_or('|');
            bad(here, format!("the text behind this `{sign}` begins on the next line"))
                .help(format!("write a text that begins with `{sign}` in quotes"))
        }
        ErrorKind::MissingAnchorOrAliasName => {
            bad(here, "a name is missing here").help("write a text that begins with `&` or `*` in quotes")
        }
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape
        | ErrorKind::InvalidTagUtf8LeadingByte
        | ErrorKind::InvalidTagUtf8TrailingByte
        | ErrorKind::InvalidTagUtf8 => bad(here, "this is no tag").help("write a text that begins with `!` in quotes"),
        ErrorKind::ExpectedDocumentStart | ErrorKind::InvalidDocumentEnd => {
            bad(here, "this does not belong to the value before it")
                .note("a file holds one value: one map, one list or one text")
        }
        ErrorKind::BomInsideDocument => bad(here, "a byte order mark may only stand at the beginning of a file"),
        _ => return None,
    })
}

// ------------------------------------------------------------------------------------------------ what YAML allows

/// A second document.
pub fn second_document(span: Span) -> Diagnostic {
    bad(span, "a second document begins here").note("a file is read as one value; `---` begins another one")
}

/// A text that is not what its tag says.
pub fn tag_does_not_fit(span: Span, text: &str, own: &str) -> Diagnostic {
    let what = match own {
        "int" => "whole number",
        "float" => "number",
        "bool" => "`true` or `false`",
        _ => "`null`",
    };
    let text: String = text.chars().take(30).collect();
    let article = if what.starts_with('`') { "" } else { "a " };
    bad(span, format!("`!!{own}` needs {article}{what}, and `{text}` is none"))
}

/// Bytes that are none, or no text.
pub fn bad_binary(span: Span, why: NoBinary) -> Diagnostic {
    match why {
        NoBinary::NoBase64 => bad(span, "this is no base64").note("the tag `!!binary` says that it is"),
        NoBinary::NoText => bad(span, "the bytes that this is base64 of are no text")
            .note("values are sent to Kubernetes as JSON, which holds text only")
            .help("leave `!!binary` out where Kubernetes takes base64 itself"),
    }
}

/// A tag that means nothing here, or not here.
pub fn unknown_tag(span: Span, tag: &str) -> Diagnostic {
    let tag: String = tag.chars().take(60).collect();
    let fault = bad(span, format!("the tag `{tag}` means nothing here"));
    match tag.as_str() {
        "!!seq" | "!!map" | "!!str" | "!!int" | "!!float" | "!!bool" | "!!null" | "!!binary" => {
            fault.note("it belongs to a value of another kind")
        }
        _ => fault.note(
            "values have the tags `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!binary`, `!!seq` and `!!map`",
        ),
    }
}

/// An alias without an anchor.
pub fn unknown_anchor(span: Span, name: &str) -> Diagnostic {
    bad(span, format!("there is no anchor `&{name}` above"))
        .help("write a text that begins with `*` in quotes, or the anchor before its first use")
}

/// An alias inside what it stands for; `text` is the alias.
pub fn alias_in_itself(span: Span, text: &str) -> Diagnostic {
    bad(span, format!("`{text}` stands inside the value that it stands for"))
}

/// A list or a map as a key; `rest` is the text from there on.
pub fn key_is_no_text(span: Span, rest: &str) -> Diagnostic {
    let fault = bad(span, "a list or a map cannot be a key")
        .note("values are sent to Kubernetes as JSON, where keys are texts");
    // Of `{{ x }}` it is the inner bracket that begins the key.
    templated(fault, if rest.starts_with('{') { "{{" } else { "" })
}

/// Nothing as a key.
pub fn key_is_null(span: Span) -> Diagnostic {
    bad(span, "a key cannot be null").help("write a key that is to be a text in quotes")
}

/// More copies than there may be.
pub fn too_many_copies(span: Span) -> Diagnostic {
    bad(span, format!("aliases add more than {MAX_COPIES} values to this file"))
        .note("a small file whose aliases stand in each other could fill any memory")
}

/// A merge key with a value that cannot be merged.
pub fn merge_of_no_map(span: Span) -> Diagnostic {
    bad(span, "`<<` merges a map or a list of maps, and this is none")
}

#[cfg(test)]
mod tests {
    use crate::data::{Format, testing};

    #[test]
    fn what_the_parser_refuses_is_told_in_words_at_its_first_wrong_character() {
        for (text, expected) in [
            ("a:\n\tb: 1\n", "2:1 a tab may not indent a line"),
            ("a:\n  - x\n\t- y\n", "3:1 a tab may not indent a line"),
            ("a: b: c\n", "1:5 no value can begin with this `:`"),
            ("a:\n  b: 1\n c: 2\n", "3:2 a key belongs here"),
            ("a: 1\n- b\n", "2:1 a key belongs here"),
            ("a:\n  b: 1\n   c: 2\n", "3:4 no key can begin here"),
            ("a:\n  b\n  c: 1\n", "2:3 a `:` is missing behind `b`"),
            ("a:\n  b:1\n  c: 1\n", "2:4 a space is missing behind this `:`"),
            ("// b\na: 1\n", "1:1 a comment begins with `#`"),
            ("a:\n  b: 1\n  c\nd: 2\n", "3:3 this is neither a key with a value nor part of the value before it"),
            ("- a\nb: c\n", "2:1 an element of the list belongs here"),
            ("- a\n - b\nc: d\n", "3:1 an element of the list belongs here"),
            ("a: - b\n", "1:4 no list can begin here"),
            ("a: ? b\n", "1:4 no key can begin here"),
            ("a: \"b\" c\n", "1:8 the text before this has ended with its quote"),
            ("a: 'it's'\n", "1:8 the text before this has ended with its quote"),
            ("a: \"b\nc: d\n", "1:4 the quote that ends this text is missing"),
            ("a: \"\\d\"\n", "1:4 this text holds an escape that YAML does not know"),
            ("a: \"\\ud800\"\n", "1:4 this text holds an escape that YAML does not know"),
            ("a: @b\n", "1:4 no value can begin with `@`"),
            ("a: `b`\n", "1:4 no value can begin with a backtick"),
            ("a: [1, 2\n", "1:4 this `[` is never closed"),
            ("a: [1, 2\nb: c\n", "1:4 this `[` is never closed (2:1 `]` is missing here at the latest)"),
            ("a: {b: c\nd: e\n", "1:4 this `{` is never closed (2:1 `}` is missing here at the latest)"),
            ("a: [\"b\"\nc: [d]\n", "1:4 this `[` is never closed (2:1 `]` is missing here at the latest)"),
            ("a: [\"b\"\n- c\n", "1:4 this `[` is never closed (2:1 `]` is missing here at the latest)"),
            ("a: [b}\n", "1:4 this `[` is closed by a `}`"),
            ("a: b]\nc: ]\n", "2:4 this bracket closes nothing"),
            ("a: [- b]\n", "1:5 no list of this kind can stand between brackets"),
            ("a: {b: 1,, c: 2}\n", "1:10 a value belongs here"),
            ("a: [b]c\n", "1:7 this does not belong to the value before it"),
            ("a: [b]#c\n", "1:7 a space is missing before this comment"),
            ("a: b # c\n  d\n", "1:6 a comment ends the text before it, but the next line goes on with it"),
            ("a: |b\n  c\n", "1:4 the text behind this `|` begins on the next line"),
            ("a: &\n", "1:4 a name is missing here"),
            ("a: !b!c d\n", "1:4 this is no tag"),
            ("%YAML x\n---\n", "1:1 this directive cannot be read"),
        ] {
            assert_eq!(testing::faults(Format::Yaml, text), [expected], "{text:?}");
        }
    }

    #[test]
    fn a_template_that_is_not_filled_in_is_told_to_be_one() {
        for text in ["a: {{ .x }}\n", "a: {{ .x }}-b\n", "{{- if .x }}\na: b\n", "{{ x\n"] {
            let faults = testing::read(Format::Yaml, text).unwrap_err();
            assert_eq!(faults.len(), 1, "{text}");
            let notes = &faults[0].notes;
            assert!(notes.iter().any(|note| note.contains("looks like a template")), "{text}: {notes:?}");
        }
    }
}
