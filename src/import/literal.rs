//! Values as text of the language.
//!
//! In: names, texts and amounts. Out: how a source says them. Always: the language reads them back as they were. Not here: where
//! they stand.

use crate::syntax::ast::RESERVED;

/// A text on one line: in single quotes where that spares escapes.
pub fn text(text: &str) -> String {
    let special = text.contains(['"', '\\']) || text.contains("${");
    if special && !text.contains('\'') && !text.contains(char::is_control) {
        return format!("'{text}'");
    }
    escaped(text)
}

/// A text in double quotes.
fn escaped(text: &str) -> String {
    let mut literal = String::from('"');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '$' if rest.peek() == Some(&'{') => literal.push_str("\\$"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control() => literal.extend(c.escape_unicode()),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// The lines of a text that can stand over several lines as it is, and whether its end is cut off afterwards.
pub fn lines(text: &str) -> Option<(Vec<&str>, bool)> {
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    let blank = |line: &str| !line.is_empty() && line.trim().is_empty();
    if text.trim().is_empty() || !text.contains('\n') || text.contains("'''") || text.contains(odd) {
        return None;
    }
    if text.split('\n').any(blank) {
        return None;
    }
    match text.strip_suffix('\n') {
        Some(body) => Some((body.split('\n').collect(), false)),
        None if text.trim() == text => Some((text.split('\n').collect(), true)),
        None => None,
    }
}

/// A name as a key: only some need quotes.
pub fn key(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = begins && name.bytes().all(plain) && !RESERVED.contains(&name);
    if is_name { name.to_owned() } else { escaped(name) }
}

/// A quantity: a number with a unit where the language has the unit, else a text.
pub fn quantity(amount: &str) -> String {
    if has_unit(amount) { amount.to_owned() } else { text(amount) }
}

/// Whether the language writes this amount as a number with a unit.
pub fn has_unit(amount: &str) -> bool {
    let unit = amount.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = amount.strip_suffix(unit).unwrap_or_default();
    matches!(unit, "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei")
        && is_number(number)
}

/// Whether this is a whole number, or one with a fraction, as it is mostly written.
pub fn is_number(number: &str) -> bool {
    let is_fraction = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match number.split_once('.') {
        Some((whole, fraction)) => is_whole(whole) && is_fraction(fraction),
        None => is_whole(number),
    }
}

/// Whether these are the digits of a whole number as it is mostly written.
pub fn is_whole(number: &str) -> bool {
    /// So many digits surely fit into 64 bits.
    const DIGITS: usize = 18;
    let digits = !number.is_empty() && number.len() <= DIGITS && number.bytes().all(|byte| byte.is_ascii_digit());
    digits && (number == "0" || !number.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_take_the_quotes_that_spare_escapes() {
        assert_eq!(text("$(A) {{.input}}"), r#""$(A) {{.input}}""#);
        assert_eq!(text(r#"say "${x}" \d"#), r#"'say "${x}" \d'"#);
        assert_eq!(text("it's ${x}\n"), r#""it's \${x}\n""#);
        assert_eq!([key("cpu"), key("in"), key("3d"), key("a${b}")], ["cpu", "\"in\"", "\"3d\"", "\"a\\${b}\""]);
    }

    #[test]
    fn amounts_have_units_where_the_language_has_them() {
        assert_eq!(
            ["500m", "1.5Gi", "007m", "1.Gi", "2", "1e3"].map(quantity),
            ["500m", "1.5Gi", "\"007m\"", "\"1.Gi\"", "\"2\"", "\"1e3\""]
        );
    }

    #[test]
    fn scripts_stand_over_several_lines() {
        assert_eq!(lines("a\n\nb\n"), Some((vec!["a", "", "b"], false)));
        assert_eq!(lines("a\nb"), Some((vec!["a", "b"], true)));
        assert_eq!([lines("a"), lines(" a\nb"), lines("a\n  \nb\n"), lines("\n")], [const { None }; 4]);
    }
}
