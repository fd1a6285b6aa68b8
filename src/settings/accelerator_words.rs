//! What is said of accelerators that Flyte does not know.
//!
//! In: what was written, and its place. Out: a diagnostic with the accelerator that was probably meant: by another spelling, by
//! the name of its maker, or with the count elsewhere. Not here: whether it is known (`accelerator`).

use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Diagnostic, code};
use crate::flyte::accelerators::{ACCELERATORS, DEVICES, class_of, wire_name};
use crate::source::Span;

const CLOSED: &str = "Flyte has a list of accelerators, as it chooses nodes by them";

/// A device in a spelling that the SDK has replaced; `current` is the whole text as it should be.
pub fn old_spelling(written: &str, device: &str, span: Span, current: &str) -> Diagnostic {
    let message = format!("`{written}` is an old spelling of `{device}`");
    Diagnostic::new(code::DEPRECATED_ACCELERATOR, span, message)
        .note("Flyte's SDK takes it with a warning, and sends the new spelling")
        .help(format!("write `{current}`"))
        .safe_fix(format!("write `{current}`"), span, format!("\"{current}\""))
}

/// A text that is no accelerator with its count.
pub fn unknown(text: &str, span: Span) -> Diagnostic {
    let Some((device, count)) = reading(text) else {
        if let Some(count) = count_alone(text) {
            return not_known(text, span)
                .note("a text names a device; GPUs of any kind are a number alone")
                .help(format!("write `gpu = {count}`"))
                .unsafe_fix("write the number", span, count);
        }
        let better = similar(text, ACCELERATORS.iter().copied());
        let better = better.or_else(|| similar(text, DEVICES.iter().map(|(name, _)| *name)));
        return not_in_the_list(text, better, span);
    };
    if class_of(device) == Some("TPU") {
        return not_known(text, span)
            .note("a TPU is asked for by its topology, not by a count")
            .help(format!("write it as a block: `gpu {{ device = \"{device}\", partition = \"…\" }}`"));
    }
    let counts = counts_of(device);
    let better = if count.is_empty() { device.to_owned() } else { format!("{device}:{count}") };
    if ACCELERATORS.contains(&better.as_str()) {
        return not_known(text, span).note(CLOSED).did_you_mean(text, &better, span, format!("\"{better}\""));
    }
    if count.is_empty() {
        let one = format!("{device}:{}", counts.first().unwrap_or(&"1"));
        return Diagnostic::new(code::BAD_ACCELERATOR, span, format!("`{text}` is an accelerator without its count"))
            .note(format!("a device is written with how many of it: {}", described(&counts)))
            .help(format!("write `\"{one}\"`"))
            .unsafe_fix("add the count", span, format!("\"{one}\""));
    }
    if count.bytes().all(|digit| digit == b'0') {
        return not_known(text, span).note(CLOSED).help("leave `gpu` out where none is needed");
    }
    let most = format!("{device}:{}", counts.last().unwrap_or(&"1"));
    Diagnostic::new(code::BAD_ACCELERATOR, span, format!("{count} is no count of `{device}` that Flyte knows"))
        .note(format!("a task runs on one node, and Flyte's list has these counts: {}", described(&counts)))
        .help(format!("write `\"{most}\"` for the most of them"))
        .unsafe_fix(format!("write `{most}`"), span, format!("\"{most}\""))
}

/// A text that is no device, in a block that has its own field for the count.
pub fn unknown_device(text: &str, span: Span) -> Diagnostic {
    match reading(text) {
        Some((device, "")) => {
            not_known(text, span).note(CLOSED).did_you_mean(text, device, span, format!("\"{device}\""))
        }
        Some((device, count)) => not_known(text, span)
            .note("in a block, the count of the devices is `quantity`")
            .help(format!("write `device = \"{device}\", quantity = {count}`")),
        None => not_in_the_list(text, similar(text, DEVICES.iter().map(|(name, _)| *name)), span),
    }
}

fn not_known(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(code::BAD_ACCELERATOR, span, format!("Flyte knows no accelerator `{text}`"))
}

fn not_in_the_list(text: &str, better: Option<&str>, span: Span) -> Diagnostic {
    let diagnostic = not_known(text, span);
    if let Some(better) = better {
        return diagnostic.note(CLOSED).did_you_mean(text, better, span, format!("\"{better}\""));
    }
    let nvidia = DEVICES.iter().filter(|(name, class)| *class == "GPU" && !name.contains(' '));
    let nvidia: Vec<&str> = nvidia.map(|(name, _)| *name).collect();
    diagnostic
        .note(format!("{CLOSED}: of NVIDIA's {}; of others' those that the documentation lists", nvidia.join(", ")))
        .help("write a device and a count, `gpu = \"A100:1\"`, or a count alone for any GPU, `gpu = 1`")
}

/// The counts of a device, in the order of the list.
fn counts_of(device: &str) -> Vec<&'static str> {
    let count = |known: &'static str| known.strip_prefix(device)?.strip_prefix(':');
    ACCELERATORS.iter().filter_map(|known| count(known)).collect()
}

fn described(counts: &[&str]) -> String {
    let numbers: Vec<i64> = counts.iter().filter_map(|count| count.parse().ok()).collect();
    match (numbers.first(), numbers.last()) {
        // They ascend.
        (Some(first), Some(last)) if numbers.len() > 2 && numbers.iter().copied().eq(*first..=*last) => {
            format!("{first} to {last}")
        }
        _ => counts.join(", "),
    }
}

/// The nearest name; of those that begin alike, if there is one.
fn similar(text: &str, names: impl Iterator<Item = &'static str> + Clone) -> Option<&'static str> {
    let device = text.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let begins = |name: &str, with: &str| !with.is_empty() && name.to_ascii_lowercase().starts_with(with);
    let first = device.chars().next().map(String::from).unwrap_or_default();
    closest(text, names.clone().filter(|name| begins(name, &device)))
        .or_else(|| closest(text, names.clone().filter(|name| begins(name, &first))))
        .or_else(|| closest(text, names))
}

/// The device that a text names in another spelling, and the count that stands before or behind it; empty where none does.
fn reading(text: &str) -> Option<(&'static str, &str)> {
    let spelt = |name: &str| folded(name);
    let written = folded(text);
    let devices = DEVICES.iter().map(|(name, _)| *name);
    let names = devices.flat_map(|device| [(device, spelt(device)), (device, spelt(wire_name(device)))]);
    let found = names.filter(|(_, name)| written.contains(name.as_str())).max_by_key(|(_, name)| name.len());
    let (device, name) = found?;
    let rest = written.replacen(&name, ":", 1);
    let (before, behind) = rest.split_once(':')?;
    let before = BRANDS.iter().fold(before.to_owned(), |before, brand| before.replace(brand, ""));
    let count = match (before.trim_end_matches('x'), behind.trim_start_matches('x')) {
        ("", count) | (count, "") => count.to_owned(),
        _ => return None,
    };
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // The same digits in the text itself.
    let at = if behind.is_empty() { text.find(&count)? } else { text.rfind(&count)? };
    Some((device, text.get(at..at + count.len())?))
}

/// The count of a text that names no device, such as `2` and `nvidia.com/gpu: 1`.
fn count_alone(text: &str) -> Option<&str> {
    let count = text.trim().trim_start_matches("nvidia.com/").trim_start_matches("gpu");
    let count = count.trim_start_matches([':', '=', ' ', '"']);
    (!count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit())).then_some(count)
}

/// What people write before a device.
const BRANDS: &[&str] = &["nvidia", "tesla", "geforce", "google", "cloud", "aws", "amd", "instinct", "habana", "tpu"];

/// The letters and digits in lower case, with one spelling for gigabytes.
fn folded(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    letters.to_ascii_lowercase().replace("gb", "g")
}

#[cfg(test)]
mod tests {
    use super::{described, reading};

    #[test]
    fn a_device_is_known_in_other_spellings() {
        for (text, device, count) in [
            ("a100:4", "A100", "4"),
            ("A100: 4", "A100", "4"),
            ("8xA100", "A100", "8"),
            ("A100x8", "A100", "8"),
            ("nvidia-tesla-a100:1", "A100", "1"),
            ("NVIDIA H100", "H100", ""),
            ("nvidia-a100-80gb:2", "A100_80G", "2"),
            ("A100-80GB:2", "A100_80G", "2"),
            ("tpu-v5p-slice", "V5P", ""),
            ("l40S:1", "L40s", "1"),
            ("A100:16", "A100", "16"),
        ] {
            assert_eq!(reading(text), Some((device, count)), "{text}");
        }
        for text in ["", "gpu", "nvidia.com/gpu", "H10:8", "P100:1:2x", "8", "ä"] {
            assert_eq!(reading(text), None, "{text}");
        }
    }

    #[test]
    fn counts_in_a_row_are_said_by_their_ends() {
        assert_eq!(described(&["1", "2", "3"]), "1 to 3");
        assert_eq!(described(&["1", "2"]), "1, 2");
        assert_eq!(described(&["1", "4", "8"]), "1, 4, 8");
    }
}
