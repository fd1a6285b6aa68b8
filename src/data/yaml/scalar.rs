//! What a scalar of YAML means.
//!
//! In: the text of a scalar, without its quotes, and perhaps its tag. Out: a [`Scalar`].
//! Always: the meaning is that of `resolve.go` of go.yaml.in/yaml/v2 (2.4), which is what sigs.k8s.io/yaml, and so `kubectl`,
//! reads with; that is mostly YAML 1.1, where `yes` is true and `0644` is octal. What Go's `strconv` does there is said again
//! here where Rust's parsers differ from it.
//! Not here: timestamps. That package hands them out as text to whoever asks for any value, and no timestamp is a number.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

/// What a scalar means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that 64 bits do not hold.
    Large,
    /// Any other number, perhaps not finite.
    Float(f64),
    /// Its text.
    Text,
}

/// What a plain scalar without a tag means.
pub fn plain(text: &str) -> Scalar {
    // The first character decides whether it can be anything but text: `resolveTable`.
    match text.bytes().next() {
        None => Scalar::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => {
            word(text).unwrap_or(Scalar::Text)
        }
        Some(b'.') => word(text).or_else(|| pointed(text)).unwrap_or(Scalar::Text),
        Some(b'0'..=b'9' | b'+' | b'-') => word(text).or_else(|| number(text)).unwrap_or(Scalar::Text),
        Some(_) => Scalar::Text,
    }
}

/// What a scalar means that has one of YAML's own tags, written without its `!!`; `None` if the text does not fit the tag.
pub fn tagged(tag: &str, text: &str) -> Option<Scalar> {
    let meaning = plain(text);
    match (tag, meaning) {
        ("str", _) => Some(Scalar::Text),
        ("null", Scalar::Null)
        | ("bool", Scalar::Bool(_))
        | ("int", Scalar::Int(_) | Scalar::Large)
        | ("float", Scalar::Float(_) | Scalar::Large) => Some(meaning),
        // Whole numbers that a float does not hold exactly are rounded, there as here.
        #[expect(clippy::cast_precision_loss, reason = "rounding is the meaning")]
        ("float", Scalar::Int(number)) => Some(Scalar::Float(number as f64)),
        _ => None,
    }
}

/// Why a scalar with the tag `!!binary` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBinary {
    /// It is no base64.
    NoBase64,
    /// The bytes are no text, and values that go into JSON are text.
    NoText,
}

/// The text whose bytes a scalar with the tag `!!binary` holds in base64.
pub fn binary(text: &str) -> Result<String, NoBinary> {
    // As in Go, line breaks may stand anywhere, and bits that are left over mean nothing.
    let digits: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let bytes = GeneralPurpose::new(&STANDARD, config).decode(digits).map_err(|_| NoBinary::NoBase64)?;
    String::from_utf8(bytes).map_err(|_| NoBinary::NoText)
}

/// What the words mean that are no text: `resolveMap`.
fn word(text: &str) -> Option<Scalar> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// A number that begins with its point, read by `strconv.ParseFloat` as it stands: an underscore may stand between digits.
fn pointed(text: &str) -> Option<Scalar> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let between_digits = |at: usize| digit(at.checked_sub(1)) && digit(Some(at + 1));
    if !text.match_indices('_').all(|(at, _)| between_digits(at)) {
        return None;
    }
    float(&without_underscores(text))
}

/// A number that begins with a digit or a sign; underscores mean nothing, wherever they stand.
fn number(text: &str) -> Option<Scalar> {
    let plain = without_underscores(text);
    let whole = integer(&plain);
    // A whole number that `strconv` finds out of range is read as a float there, and sent on rounded. No one means that.
    if whole == Some(Scalar::Large) {
        return whole;
    }
    // `strconv` knows binary digits by now, so all that is left for the branch of `0b` there is a sign behind it.
    let signed = || plain.strip_prefix("0b").and_then(|digits| i64::from_str_radix(digits, 2).ok()).map(Scalar::Int);
    whole.or_else(|| float(&plain)).or_else(signed)
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

/// A whole number as `strconv.ParseInt` reads it when it is to find out the base.
fn integer(text: &str) -> Option<Scalar> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, radix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (unsigned.get(2..)?, 16),
        [b'0', b'o' | b'O', ..] => (unsigned.get(2..)?, 8),
        [b'0', b'b' | b'B', ..] => (unsigned.get(2..)?, 2),
        [b'0', _, ..] => (unsigned.get(1..)?, 8),
        _ => (unsigned, 10),
    };
    // Rust would take a sign here, Go does not.
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    // What 128 bits do not hold, 64 do not hold either.
    let number = i128::from_str_radix(digits, radix).unwrap_or(i128::MAX);
    let number = if negative { -number } else { number };
    Some(i64::try_from(number).map_or(Scalar::Large, Scalar::Int))
}

/// A float of the form that `yamlStyleFloat` asks for; one that is out of range is text.
fn float(text: &str) -> Option<Scalar> {
    // Of what Rust reads as a float, only words have other letters than the `e` of an exponent.
    let letters = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let number: f64 = if letters { text.parse().ok()? } else { return None };
    number.is_finite().then_some(Scalar::Float(number))
}

/// A float as the key of a map: Go's `FormatFloat` with format `g` and 32 bits, which sigs.k8s.io/yaml takes for keys.
pub fn float_key(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "that is the meaning")]
    let number = number as f32;
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `decode_test.go` of go.yaml.in/yaml/v2, the cases that are read into an `interface{}`.
    #[test]
    fn scalars_mean_what_the_tests_of_go_yaml_say() {
        for (text, expected) in [
            ("hi", Scalar::Text),
            ("true", Scalar::Bool(true)),
            ("10", Scalar::Int(10)),
            ("0b10", Scalar::Int(2)),
            ("0xA", Scalar::Int(10)),
            ("4294967296", Scalar::Int(4_294_967_296)),
            ("0.1", Scalar::Float(0.1)),
            (".1", Scalar::Float(0.1)),
            (".Inf", Scalar::Float(f64::INFINITY)),
            ("-.Inf", Scalar::Float(f64::NEG_INFINITY)),
            ("-10", Scalar::Int(-10)),
            ("-.1", Scalar::Float(-0.1)),
            ("6.8523e+5", Scalar::Float(6.8523e+5)),
            ("685.230_15e+03", Scalar::Float(685.230_15e+03)),
            ("685_230.15", Scalar::Float(685_230.15)),
            ("190:20:30.15", Scalar::Text),
            ("y", Scalar::Bool(true)),
            ("NO", Scalar::Bool(false)),
            ("True", Scalar::Bool(true)),
            ("on", Scalar::Bool(true)),
            ("685230", Scalar::Int(685_230)),
            ("+685_230", Scalar::Int(685_230)),
            ("02472256", Scalar::Int(685_230)),
            ("0x_0A_74_AE", Scalar::Int(685_230)),
            ("0b1010_0111_0100_1010_1110", Scalar::Int(685_230)),
            ("-0b101010", Scalar::Int(-42)),
            ("-0b1000000000000000000000000000000000000000000000000000000000000000", Scalar::Int(i64::MIN)),
            ("190:20:30", Scalar::Text),
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("null", Scalar::Null),
            ("9223372036854775807", Scalar::Int(i64::MAX)),
            ("0b111111111111111111111111111111111111111111111111111111111111111", Scalar::Int(i64::MAX)),
            ("-9223372036854775808", Scalar::Int(i64::MIN)),
            ("1.797693134862315708145274237317043567981e+308", Scalar::Float(f64::MAX)),
            ("4.940656458412465441765687928682213723651e-324", Scalar::Float(5e-324)),
            ("-b_c", Scalar::Text),
            ("+b_c", Scalar::Text),
            ("50cent_of_dollar", Scalar::Text),
            ("1:1", Scalar::Text),
            ("2015-01-01", Scalar::Text),
            ("2015-02-24T18:19:39Z", Scalar::Text),
            ("123456e1", Scalar::Float(1_234_560.0)),
            ("123456E1", Scalar::Float(1_234_560.0)),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
        assert!(matches!(plain(".NaN"), Scalar::Float(number) if number.is_nan()));
    }

    #[test]
    fn the_words_are_those_of_the_table_and_no_others() {
        for text in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
            assert_eq!(plain(text), Scalar::Bool(true), "{text}");
        }
        for text in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
            assert_eq!(plain(text), Scalar::Bool(false), "{text}");
        }
        for text in ["~", "null", "Null", "NULL"] {
            assert_eq!(plain(text), Scalar::Null, "{text}");
        }
        for text in ["yEs", "tRUE", "oN", "nULL", "None", "inf", "nan", "Infinity", "<<", "=", "t", "f"] {
            assert_eq!(plain(text), Scalar::Text, "{text}");
        }
    }

    /// What follows from `strconv.ParseInt` with base 0, which go-yaml calls after it has taken the underscores out.
    #[test]
    fn whole_numbers_are_those_of_strconv() {
        for (text, expected) in [
            ("0", Scalar::Int(0)),
            ("-0", Scalar::Int(0)),
            ("0644", Scalar::Int(0o644)),
            ("0o644", Scalar::Int(0o644)),
            ("0O644", Scalar::Int(0o644)),
            ("-0644", Scalar::Int(-0o644)),
            ("0X1f", Scalar::Int(0x1f)),
            ("-0x1F", Scalar::Int(-0x1f)),
            ("+0b11", Scalar::Int(3)),
            ("0B11", Scalar::Int(3)),
            ("1__2_", Scalar::Int(12)),
            ("+_1", Scalar::Int(1)),
            // Of no use as octal, so it is read as a float.
            ("08", Scalar::Float(8.0)),
            ("0899", Scalar::Float(899.0)),
            ("0o8", Scalar::Text),
            ("0x", Scalar::Text),
            ("0xg", Scalar::Text),
            ("0x-1", Scalar::Text),
            ("0b", Scalar::Text),
            ("0b12", Scalar::Text),
            // Only binary digits may have a sign behind their prefix: that branch of go-yaml is its own.
            ("0b-11", Scalar::Int(-3)),
            ("+-1", Scalar::Text),
            ("--1", Scalar::Text),
            ("_1", Scalar::Text),
            ("1 000", Scalar::Text),
            ("1,000", Scalar::Text),
            ("１", Scalar::Text),
            ("9223372036854775808", Scalar::Large),
            ("18446744073709551616", Scalar::Large),
            ("-9223372036854775809", Scalar::Large),
            ("0xffffffffffffffff", Scalar::Large),
            ("99999999999999999999999999999999999999999999", Scalar::Large),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    /// What follows from `yamlStyleFloat` and `strconv.ParseFloat`.
    #[test]
    fn floats_are_those_of_the_expression_and_of_strconv() {
        for (text, expected) in [
            ("1.", Scalar::Float(1.0)),
            ("1.e3", Scalar::Float(1000.0)),
            ("+.5", Scalar::Float(0.5)),
            ("1e3", Scalar::Float(1000.0)),
            ("1E-3", Scalar::Float(0.001)),
            ("1_0.5_0", Scalar::Float(10.5)),
            (".5_0", Scalar::Float(0.5)),
            (".5__0", Scalar::Text),
            ("._5", Scalar::Text),
            (".5_", Scalar::Text),
            (".5_e1", Scalar::Text),
            (".", Scalar::Text),
            ("..", Scalar::Text),
            (".e1", Scalar::Text),
            ("1e", Scalar::Text),
            ("1e400", Scalar::Text),
            (".1e400", Scalar::Text),
            ("1e-400", Scalar::Float(0.0)),
            ("1.2.3", Scalar::Text),
            ("0x1p4", Scalar::Text),
            ("+", Scalar::Text),
            ("-", Scalar::Text),
            ("+.inf", Scalar::Float(f64::INFINITY)),
            ("-.INF", Scalar::Float(f64::NEG_INFINITY)),
            ("+.nan", Scalar::Text),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn a_tag_says_what_a_scalar_means_if_it_fits() {
        for (tag, text, expected) in [
            ("str", "1", Some(Scalar::Text)),
            ("str", "", Some(Scalar::Text)),
            ("str", "~", Some(Scalar::Text)),
            ("int", "1", Some(Scalar::Int(1))),
            ("int", "0x10", Some(Scalar::Int(16))),
            ("int", "1.0", None),
            ("int", "one", None),
            ("int", "", None),
            ("float", "1.1", Some(Scalar::Float(1.1))),
            ("float", "0", Some(Scalar::Float(0.0))),
            ("float", "-1", Some(Scalar::Float(-1.0))),
            ("float", "error", None),
            ("bool", "yes", Some(Scalar::Bool(true))),
            ("bool", "1", None),
            ("null", "", Some(Scalar::Null)),
            ("null", "~", Some(Scalar::Null)),
            ("null", "x", None),
        ] {
            assert_eq!(tagged(tag, text), expected, "{tag} {text}");
        }
    }

    #[test]
    fn binary_is_what_go_decodes() {
        for (text, expected) in [
            ("", Ok("")),
            ("aGk=", Ok("hi")),
            ("aA==", Ok("h")),
            ("aGkh", Ok("hi!")),
            ("aG\nkh\n", Ok("hi!")),
            ("aGl=", Ok("hi")),
            ("gIGC", Err(NoBinary::NoText)),
            ("==", Err(NoBinary::NoBase64)),
            ("aGk", Err(NoBinary::NoBase64)),
            ("aG kh", Err(NoBinary::NoBase64)),
        ] {
            assert_eq!(binary(text).as_deref(), expected.as_deref(), "{text}");
        }
    }

    #[test]
    fn keys_of_floats_are_written_as_go_writes_them() {
        for (number, expected) in [
            (1.5, "1.5"),
            (1.0, "1"),
            (-0.1, "-0.1"),
            (123_456.0, "123456"),
            (1_234_567.0, "1.234567e+06"),
            (1e6, "1e+06"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (1e21, "1e+21"),
            (0.123_456_789, "0.12345679"),
            (1e300, ".inf"),
            (-1e300, "-.inf"),
        ] {
            assert_eq!(float_key(number), expected);
        }
    }
}
