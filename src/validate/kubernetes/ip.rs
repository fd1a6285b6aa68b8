//! IP addresses as Kubernetes reads them.
//!
//! In: text. Out: the address, and whether the text is its usual form. Source: `ParseIPSloppy` in k8s.io/utils/net, and
//! `GetWarningsForIP` in k8s.io/apimachinery/pkg/util/validation/ip.go. Always: nothing is connected to. Not here: networks.

use std::net::IpAddr;

use super::formats::shown;
use crate::diagnostics::code::kubernetes as code;
use crate::validate::fault::{Fault, Faults};
use crate::validate::literal;
use crate::validate::path::At;

/// Checks an address of a field that takes unusual forms too: `IsValidIPForLegacyField`.
pub fn check(text: &str, at: &At<'_>, faults: &mut Faults) {
    // The usual form, which needs no memory.
    if let Ok(IpAddr::V4(_)) = text.parse() {
        return;
    }
    match read(text) {
        None => {
            let fault = Fault::invalid(code::NO_IP, at, format!("{} is not an IP address", shown(text)))
                .note("Kubernetes takes addresses such as `10.9.8.7` and `2001:db8::ffff` here, and looks no names up");
            faults.push(explained(text, fault));
        }
        Some(address) => faults.extend(unusual(text, address, at)),
    }
}

/// What is more than an address, or nearly one.
fn explained(text: &str, fault: Fault) -> Fault {
    if let Some(address) = alone(text) {
        return fault.here("this is more than an address").did_you_mean(text, address, false);
    }
    if text.split_once('/').is_some_and(|(address, _)| address.parse::<IpAddr>().is_ok()) {
        return fault.here("this is a network").help("write the address of one host in it");
    }
    match too_large(text) {
        Some(number) => fault
            .here(format!("{number} is more than 255, which a part can be at most"))
            .help("write four numbers from 0 to 255, with dots between them"),
        None if text.contains([',', ' ']) => fault.help("write one address; each has an entry of its own"),
        None => fault.help("write the address that the name stands for"),
    }
}

/// The address in a text that has a port behind it, a scheme before it, or brackets and blanks around it.
fn alone(text: &str) -> Option<&str> {
    let text = text.rsplit("://").next().unwrap_or(text).trim().trim_end_matches('/');
    let host = text.strip_suffix("/32").or_else(|| text.strip_suffix("/128"));
    let without_port = text.rsplit_once(':').map(|(address, _)| address);
    let parts = [Some(text), host, without_port].into_iter().flatten();
    parts.map(|part| part.trim_matches(['[', ']'])).find(|part| part.parse::<IpAddr>().is_ok())
}

/// The number in an address of four that no byte can be.
fn too_large(text: &str) -> Option<&str> {
    let parts: Vec<&str> = text.split('.').collect();
    let numbers =
        parts.len() == 4 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    parts.into_iter().find(|part| numbers && part.parse::<u8>().is_err())
}

/// An address in which numbers may begin with zeros.
fn read(text: &str) -> Option<IpAddr> {
    let mut plain = String::with_capacity(text.len());
    for part in text.split_inclusive(['.', ':']) {
        let digits = part.trim_end_matches(['.', ':']);
        let rest = digits.trim_start_matches('0');
        // One of the zeros stays where there is nothing else.
        let kept = if rest.is_empty() { digits.len().min(1) } else { rest.len() };
        plain.push_str(part.get(digits.len() - kept..).unwrap_or(part));
    }
    plain.parse().ok()
}

/// What is said of a form that is not the usual one.
fn unusual(text: &str, address: IpAddr, at: &At<'_>) -> Option<Fault> {
    let usual = address.to_canonical().to_string();
    let strict: Option<IpAddr> = text.parse().ok();
    let mapped = address.to_canonical() != address;
    let fault = Fault::found(code::ODD_IP, at, format!("`{text}` is not the usual form of `{usual}`"));
    let fault = if strict.is_none() {
        fault.note(
            "some programs read a number with leading zeros as octal; later versions of Kubernetes will refuse it",
        )
    } else if mapped {
        fault.note("an IPv4 address inside an IPv6 one; later versions of Kubernetes will refuse it")
    } else if usual != text {
        fault.note("Kubernetes warns of IPv6 addresses that are not in the form of RFC 5952")
    } else {
        return None;
    };
    Some(fault.replace(format!("write `{usual}`"), literal::text(&usual)))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn numbers_may_begin_with_zeros() {
        for (text, expected) in [
            ("10.0.0.1", Some("10.0.0.1")),
            ("010.000.0000.001", Some("10.0.0.1")),
            ("::1", Some("::1")),
            ("00001::", Some("1::")),
            ("::ffff:010.0.0.1", Some("::ffff:10.0.0.1")),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("1.2.3.256", None),
            ("1.2.3.4.", None),
            ("1..2.3", None),
            ("1:2:3:4:5:6:7::8", None),
            ("fe80::1%eth0", None),
            ("localhost", None),
            (" 1.2.3.4", None),
            ("٣.1.1.1", None),
        ] {
            let expected = expected.map(|text| text.parse().expect("an address"));
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
