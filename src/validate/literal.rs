//! Values as source text, for changes that are offered.
//!
//! In: names, texts and amounts. Out: how a source says them. Always: the language reads them back as they were. Not here: where
//! they are written.

/// A text as a string.
#[must_use]
pub fn text(text: &str) -> String {
    let mut literal = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => literal.extend(['\\', c]),
            c if c.is_control() => literal.extend(c.escape_unicode()),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// A name as a key: only some need quotes.
#[must_use]
pub fn key(name: &str) -> String {
    const RESERVED: &[&str] = &["true", "false", "null", "if", "then", "else", "for", "in"];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = begins && name.bytes().all(plain) && !RESERVED.contains(&name);
    if is_name { name.to_owned() } else { text(name) }
}

/// A quantity: a number with a unit where the language has the unit, else a string.
#[must_use]
pub fn quantity(amount: &str) -> String {
    let unit = amount.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = amount.strip_suffix(unit).unwrap_or_default();
    let plain = matches!(unit, "m" | "k" | "M" | "G" | "T" | "Ki" | "Mi" | "Gi" | "Ti");
    if plain && !number.is_empty() { amount.to_owned() } else { text(amount) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_mean_something_else_is_escaped() {
        assert_eq!(text("a\"b\\${c}\n"), r#""a\"b\\\${c}\u{a}""#);
        assert_eq!(key("nvidia.com/gpu"), "\"nvidia.com/gpu\"");
        assert_eq!([key("cpu"), key("in"), key("3d")], ["cpu", "\"in\"", "\"3d\""]);
        assert_eq!([quantity("500m"), quantity("1.5Gi"), quantity("2")], ["500m", "\"1.5Gi\"", "\"2\""]);
    }
}
