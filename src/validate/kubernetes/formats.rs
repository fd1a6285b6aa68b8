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

fn is_label_of_any_length(text: &str) -> bool {
    is_framed(text, lower_alphanumeric, |byte| lower_alphanumeric(byte) || byte == b'-')
}

/// What is wrong with a DNS label: `IsDNS1123Label`.
#[must_use]
pub fn dns_label(text: &str) -> Option<String> {
    if text.len() > LABEL_LENGTH {
        return Some(format!("has {} characters, and {LABEL_LENGTH} are allowed", text.len()));
    }
    (!is_label_of_any_length(text))
        .then(|| "is not made of lower-case letters, digits and `-` with a letter or digit at both ends".to_owned())
}

/// What is wrong with a DNS subdomain: `IsDNS1123Subdomain`.
#[must_use]
pub fn dns_subdomain(text: &str) -> Option<String> {
    if text.len() > SUBDOMAIN_LENGTH {
        return Some(format!("has {} characters, and {SUBDOMAIN_LENGTH} are allowed", text.len()));
    }
    (!text.split('.').all(is_label_of_any_length)).then(|| {
        "is not made of lower-case letters, digits, `-` and `.` with a letter or digit at both ends of each part"
            .to_owned()
    })
}

/// Whether a text is the name part of a qualified name.
fn is_name_part(text: &str) -> bool {
    is_framed(
        text,
        |byte| byte.is_ascii_alphanumeric(),
        |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
    )
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
    (!is_name_part(name))
        .then(|| "is not made of letters, digits, `-`, `_` and `.` with a letter or digit at both ends".to_owned())
}

/// What is wrong with the value of a label: `IsValidLabelValue`.
#[must_use]
pub fn label_value(text: &str) -> Option<String> {
    if text.len() > LABEL_LENGTH {
        return Some(format!("has {} characters, and {LABEL_LENGTH} are allowed", text.len()));
    }
    (!text.is_empty() && !is_name_part(text))
        .then(|| "is not made of letters, digits, `-`, `_` and `.` with a letter or digit at both ends".to_owned())
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
    let inner = |byte| lower_alphanumeric(byte) || matches!(byte, b'-' | b'_');
    let is_part = |part: &str| is_framed(part.strip_prefix('_').unwrap_or(part), lower_alphanumeric, inner);
    (!text.split('.').all(is_part)).then(|| {
        "is not made of lower-case letters, digits, `-`, `_` and `.` with a letter or digit at both ends of each part"
            .to_owned()
    })
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
    let wrong = if !text.bytes().all(|byte| lower_alphanumeric(byte) || byte == b'-') {
        "is not made of lower-case letters, digits and `-`"
    } else if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
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
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.bytes().all(known) && text != "." && !text.starts_with("..")
}

/// What is wrong with a key of a config map or secret: `IsConfigMapKey`.
#[must_use]
pub fn config_key(text: &str) -> Option<String> {
    if text.len() > SUBDOMAIN_LENGTH {
        return Some(format!("has {} characters, and {SUBDOMAIN_LENGTH} are allowed", text.len()));
    }
    (!is_key(text))
        .then(|| "is not made of letters, digits, `-`, `_` and `.`, or is `.` or begins with `..`".to_owned())
}

/// Whether a text can be the name of an HTTP header: `IsHTTPHeaderName`.
#[must_use]
pub fn is_header_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
