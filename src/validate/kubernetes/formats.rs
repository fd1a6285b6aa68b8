//! The forms of names that many fields share.
//!
//! In: text. Out: whether it has the form, or what is wrong with it in words that end a sentence: "`X` …". Source:
//! k8s.io/apimachinery/pkg/util/validation/validation.go. Not here: what a name refers to.

/// What a DNS label has at most, in bytes.
pub const LABEL_LENGTH: usize = 63;
/// What a DNS subdomain has at most, in bytes.
pub const SUBDOMAIN_LENGTH: usize = 253;

fn lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Whether the text is made of `inner` bytes between two `outer` ones.
fn is_framed(text: &str, outer: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    outer(*first) && outer(*last) && bytes.iter().all(|byte| inner(*byte))
}

/// What is wrong with a text that is made of `inner` bytes between two `outer` ones; `alphabet` names the former.
fn wrong_frame(
    text: &str,
    (outer, inner): (impl Fn(u8) -> bool, impl Fn(u8) -> bool),
    alphabet: &str,
) -> Option<String> {
    let allowed = |c: char| u8::try_from(c).is_ok_and(|byte| byte.is_ascii() && inner(byte));
    let framing = |c: char| u8::try_from(c).is_ok_and(|byte| byte.is_ascii() && outer(byte));
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return Some("is empty".to_owned());
    };
    if let Some(stranger) = text.chars().find(|c| !allowed(*c)) {
        return Some(format!("has {} in it, and only {alphabet} are allowed", character(stranger)));
    }
    if !framing(first) {
        return Some(format!("begins with {}, and has to begin with a letter or digit", character(first)));
    }
    (!framing(last)).then(|| format!("ends with {}, and has to end with a letter or digit", character(last)))
}

/// A character as messages name it.
fn character(c: char) -> String {
    match c {
        ' ' => "a blank".to_owned(),
        '\t' => "a tab".to_owned(),
        '\n' | '\r' => "a line break".to_owned(),
        c if c.is_ascii_uppercase() => format!("the capital letter `{c}`"),
        c if c.is_control() => format!("`{}`", c.escape_debug()),
        c => format!("`{c}`"),
    }
}

fn label_byte(byte: u8) -> bool {
    lower_alphanumeric(byte) || byte == b'-'
}

fn is_label_of_any_length(text: &str) -> bool {
    is_framed(text, lower_alphanumeric, label_byte)
}

/// What is wrong with a DNS label: `IsDNS1123Label`.
#[must_use]
pub fn dns_label(text: &str) -> Option<String> {
    if text.len() > LABEL_LENGTH {
        return Some(format!("has {} characters, and {LABEL_LENGTH} are allowed", text.len()));
    }
    wrong_frame(text, (lower_alphanumeric, label_byte), "lower-case letters, digits and `-`")
}

/// What is wrong with a DNS subdomain: `IsDNS1123Subdomain`.
#[must_use]
pub fn dns_subdomain(text: &str) -> Option<String> {
    if text.len() > SUBDOMAIN_LENGTH {
        return Some(format!("has {} characters, and {SUBDOMAIN_LENGTH} are allowed", text.len()));
    }
    if text.split('.').all(is_label_of_any_length) {
        return None;
    }
    let parts = |byte| label_byte(byte) || byte == b'.';
    wrong_frame(text, (lower_alphanumeric, parts), "lower-case letters, digits, `-` and `.`")
        .or_else(|| Some("has a part between its dots that does not begin and end with a letter or digit".to_owned()))
}

fn name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// What is wrong with the name part of a qualified name.
fn wrong_name_part(text: &str) -> Option<String> {
    wrong_frame(text, (|byte: u8| byte.is_ascii_alphanumeric(), name_byte), "letters, digits, `-`, `_` and `.`")
}

/// What is wrong with a qualified name, such as the key of a label: `IsQualifiedName`.
#[must_use]
pub fn qualified_name(text: &str) -> Option<String> {
    let mut parts = text.split('/');
    let (first, second, third) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let name = match (second, third) {
        (_, Some(_)) => return Some("has more than one `/`".to_owned()),
        (None, _) => first,
        (Some(_), None) if first.is_empty() => return Some("has nothing before its `/`".to_owned()),
        (Some(name), None) => match dns_subdomain(first) {
            Some(wrong) => return Some(format!("has a prefix that {wrong}")),
            None => name,
        },
    };
    if name.is_empty() {
        return Some(if second.is_some() { "has nothing after its `/`" } else { "is empty" }.to_owned());
    }
    if name.len() > LABEL_LENGTH {
        return Some(format!("has a name of {} characters, and {LABEL_LENGTH} are allowed", name.len()));
    }
    wrong_name_part(name)
}

/// What is wrong with the value of a label: `IsValidLabelValue`.
#[must_use]
pub fn label_value(text: &str) -> Option<String> {
    if text.len() > LABEL_LENGTH {
        return Some(format!("has {} characters, and {LABEL_LENGTH} are allowed", text.len()));
    }
    if text.is_empty() { None } else { wrong_name_part(text) }
}

/// What is wrong with a path below something: `validateLocalDescendingPath`.
#[must_use]
pub fn descending_path(path: &str) -> Option<&'static str> {
    if path.starts_with('/') {
        return Some("is not relative");
    }
    has_parent_element(path).then_some("goes up with `..`")
}

/// Whether an element of a path is `..`.
#[must_use]
pub fn has_parent_element(path: &str) -> bool {
    path.split('/').any(|element| element == "..")
}

// ---------------------------------------------------------------------------------------------- names of pods and nodes

/// What is wrong with a DNS subdomain that may have underscores: `IsDNS1123SubdomainWithUnderscore`.
#[must_use]
pub fn dns_subdomain_with_underscores(text: &str) -> Option<String> {
    if text.len() > SUBDOMAIN_LENGTH {
        return Some(format!("has {} characters, and {SUBDOMAIN_LENGTH} are allowed", text.len()));
    }
    let inner = |byte| label_byte(byte) || byte == b'_';
    let is_part = |part: &str| is_framed(part.strip_prefix('_').unwrap_or(part), lower_alphanumeric, inner);
    if text.split('.').all(is_part) {
        return None;
    }
    let (outer, inner) = (|byte| lower_alphanumeric(byte) || byte == b'_', |byte| inner(byte) || byte == b'.');
    wrong_frame(text, (outer, inner), "lower-case letters, digits, `-`, `_` and `.`")
        .or_else(|| Some("has a part between its dots that does not begin and end with a letter or digit".to_owned()))
}

/// A text as messages show it.
#[must_use]
pub fn shown(text: &str) -> String {
    /// More of a text would hide what is said of it.
    const LONGEST: usize = 60;
    if text.is_empty() {
        return "an empty string".to_owned();
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or(text)),
        None => format!("`{text}`"),
    }
}

/// Words as messages list them.
#[must_use]
pub fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => format!("`{word}`"),
        [words @ .., last] => {
            format!("{} and `{last}`", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
        }
    }
}

// ------------------------------------------------------------------------------------------------------- containers

/// What the name of a port has at most, in bytes.
pub const PORT_NAME_LENGTH: usize = 15;

/// What is wrong with the name of a port: `IsValidPortName`.
#[must_use]
pub fn port_name(text: &str) -> Option<String> {
    if text.len() > PORT_NAME_LENGTH {
        return Some(format!("has {} characters, and {PORT_NAME_LENGTH} are allowed", text.len()));
    }
    let wrong = wrong_frame(text, (label_byte, label_byte), "lower-case letters, digits and `-`");
    if wrong.is_some() {
        return wrong;
    }
    let wrong = if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        "has no letter"
    } else if text.contains("--") {
        "has two `-` in a row"
    } else if text.starts_with('-') || text.ends_with('-') {
        "has a `-` at one end"
    } else {
        return None;
    };
    Some(wrong.to_owned())
}

/// Whether a text can be the name of an environment variable: `IsRelaxedEnvVarName`.
#[must_use]
pub fn is_variable_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'=')
}

/// Whether a text could be the name of an environment variable before Kubernetes 1.32: `IsEnvVarName`.
#[must_use]
pub fn is_plain_variable_name(text: &str) -> bool {
    is_key(text) && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether a text can be a key of a config map or secret, but for its length.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(name_byte) && text != "." && !text.starts_with("..")
}

/// What is wrong with a key of a config map or secret: `IsConfigMapKey`.
#[must_use]
pub fn config_key(text: &str) -> Option<String> {
    if text.len() > SUBDOMAIN_LENGTH {
        return Some(format!("has {} characters, and {SUBDOMAIN_LENGTH} are allowed", text.len()));
    }
    if is_key(text) {
        return None;
    }
    wrong_frame(text, (name_byte, name_byte), "letters, digits, `-`, `_` and `.`")
        .or_else(|| Some("is no name of a file: it is `.` or begins with `..`".to_owned()))
}

/// What is wrong with the name of an HTTP header: `IsHTTPHeaderName`.
#[must_use]
pub fn header_name(text: &str) -> Option<String> {
    let byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    wrong_frame(text, (byte, byte), "letters, digits and `-`")
}

// ------------------------------------------------------------------------------------------- names that may be meant

/// The name nearest to a text that has the form for which `wrong` finds nothing: in lower case, with `-` in the place of what does
/// not belong.
#[must_use]
pub fn nearest(text: &str, wrong: impl Fn(&str) -> Option<String>) -> Option<String> {
    // Without a letter it is another word.
    if text.chars().any(|c| !c.is_ascii() && c.is_alphanumeric()) {
        return None;
    }
    [text.to_owned(), text.to_lowercase()].iter().find_map(|text| {
        let plain = text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' });
        let kept = text.chars().map(|c| if name_byte(u8::try_from(c).unwrap_or(b' ')) { c } else { '-' });
        let no_dots = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        [kept.collect(), plain.collect(), no_dots.collect::<String>()]
            .iter()
            .map(|name| joined(name))
            .find(|name| !name.is_empty() && wrong(name).is_none())
    })
}

/// The same with one `-` or `.` for several, and nothing but letters and digits at both ends.
fn joined(name: &str) -> String {
    let without_gaps = |name: &str, between: char| {
        let parts: Vec<&str> = name.split(between).filter(|part| !part.is_empty()).collect();
        parts.join(between.encode_utf8(&mut [0; 4]))
    };
    without_gaps(&without_gaps(name, '-'), '.').trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{config_key, dns_label, dns_subdomain, label_value, nearest, port_name, qualified_name};

    #[test]
    fn the_name_that_is_meant_keeps_all_letters() {
        let is = |text: &str, wrong: fn(&str) -> Option<String>, name: Option<&str>| {
            assert_eq!(nearest(text, wrong).as_deref(), name, "{text}");
        };
        is("Log_Shipper", dns_label, Some("log-shipper"));
        is("a..b", dns_subdomain, Some("a.b"));
        is("data science ", label_value, Some("data-science"));
        is("Team A", label_value, Some("Team-A"));
        is("HTTP", port_name, Some("http"));
        is("prometheus-metrics", port_name, None);
        is("équipe", label_value, None);
        is("//", dns_label, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let is = |wrong: Option<String>, begins: &str| {
            assert!(wrong.as_ref().is_some_and(|wrong| wrong.starts_with(begins)), "{wrong:?}");
        };
        is(dns_label("log_shipper"), "has `_` in it");
        is(dns_label("Log"), "has the capital letter `L` in it");
        is(dns_label("-a"), "begins with `-`");
        is(label_value("ml-"), "ends with `-`");
        is(label_value("a b"), "has a blank in it");
        is(qualified_name("a/b/c"), "has more than one `/`");
        is(dns_subdomain("a.-b"), "has a part between its dots");
        is(config_key("..a"), "is no name of a file");
        is(port_name("8080"), "has no letter");
    }
}
