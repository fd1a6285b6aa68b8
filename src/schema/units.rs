//! Numbers with units: Kubernetes quantities and durations.
//!
//! In: text. Out: what it means, or nothing. Always: no rounding that changes an order. Not here: spans and messages.

/// A Kubernetes quantity in billionths, rounded up; `None` where Kubernetes could not read the text.
///
/// Source: `ParseQuantity` in k8s.io/apimachinery/pkg/api/resource: a signed decimal number, then a binary suffix (`Ki` to
/// `Ei`), a decimal one (`n` to `E`) or a decimal exponent. What is larger than 128 bits can hold counts as the largest.
#[must_use]
pub fn quantity(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = unsigned.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let (digits, suffix) = unsigned.split_at(unsigned.len() - number.len());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let (base, exponent) = scale(suffix)?;
    let billionths = scaled(whole, fraction, base, exponent);
    Some(if negative { -billionths } else { billionths })
}

/// What a suffix multiplies by, as a base and an exponent.
fn scale(suffix: &str) -> Option<(i128, i32)> {
    let exponent = |base: i128, exponent: i32| Some((base, exponent));
    match suffix {
        "n" => exponent(10, -9),
        "u" => exponent(10, -6),
        "m" => exponent(10, -3),
        "" => exponent(10, 0),
        "k" => exponent(10, 3),
        "M" => exponent(10, 6),
        "G" => exponent(10, 9),
        "T" => exponent(10, 12),
        "P" => exponent(10, 15),
        "E" => exponent(10, 18),
        "Ki" => exponent(1024, 1),
        "Mi" => exponent(1024, 2),
        "Gi" => exponent(1024, 3),
        "Ti" => exponent(1024, 4),
        "Pi" => exponent(1024, 5),
        "Ei" => exponent(1024, 6),
        _ => {
            let digits = suffix.strip_prefix(['e', 'E'])?;
            let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            let readable = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
            // Go reads the exponent into 32 bits; beyond that the text is no quantity.
            if readable { exponent(10, digits.parse().ok()?) } else { None }
        }
    }
}

/// Billionths of `whole.fraction` times the scale, rounded up and saturating.
fn scaled(whole: &str, fraction: &str, base: i128, exponent: i32) -> i128 {
    let mut mantissa = 0_i128;
    for digit in whole.bytes().chain(fraction.bytes()) {
        mantissa = mantissa.saturating_mul(10).saturating_add(i128::from(digit - b'0'));
    }
    let places = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
    let (tens, binary) = if base == 10 { (exponent, 0) } else { (0, exponent) };
    let shift = tens.saturating_add(9).saturating_sub(places);
    let binary = 1024_i128.saturating_pow(binary.unsigned_abs());
    let value = mantissa.saturating_mul(binary);
    let power = 10_i128.saturating_pow(shift.unsigned_abs());
    if shift >= 0 { value.saturating_mul(power) } else { round_up(value, power) }
}

fn round_up(value: i128, divisor: i128) -> i128 {
    let quotient = value / divisor;
    if value % divisor == 0 { quotient } else { quotient.saturating_add(1) }
}

/// A duration such as `90s`, `1h30m` or `1.5h` in microseconds; units are `ms s m h d`, from large to small, each once.
#[must_use]
pub fn duration(text: &str) -> Option<i64> {
    const UNITS: &[(&str, i64)] =
        &[("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000)];
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut total = 0_i64;
    let mut smallest = 0;
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let (number, tail) = rest.split_at(rest.len() - unit.len());
        let letters = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let (unit, tail) = tail.split_at(letters);
        let at = UNITS.iter().position(|(name, _)| *name == unit)?;
        if at < smallest {
            return None;
        }
        smallest = at + 1;
        let (_, size) = UNITS.get(at)?;
        total = total.checked_add(part(number, *size)?)?;
        rest = tail;
    }
    Some(if negative { -total } else { total })
}

fn part(number: &str, size: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut total = whole.parse::<i64>().ok()?.checked_mul(size)?;
    let mut place = size;
    for digit in fraction.chars() {
        place /= 10;
        total = total.checked_add(i64::from(digit.to_digit(10)?).checked_mul(place)?)?;
    }
    Some(total)
}

/// A floating-point number as Python's `str` writes it, which is what the SDK puts into a CPU request.
#[must_use]
pub fn python_float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = number.to_string();
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::{duration, python_float, quantity};

    #[test]
    fn quantities_are_read_as_kubernetes_reads_them() {
        let one = 1_000_000_000_i128;
        for (text, expected) in [
            ("1", one),
            ("500m", one / 2),
            ("0.5", one / 2),
            (".5", one / 2),
            ("1.", one),
            ("+2", 2 * one),
            ("-1", -one),
            ("1Ki", 1024 * one),
            ("1e3", 1000 * one),
            ("1E", 1_000_000_000_000_000_000 * one),
            ("1E3", 1000 * one),
            ("1e-07", 100),
            ("1n", 1),
            ("0.1n", 1),
        ] {
            assert_eq!(quantity(text), Some(expected), "{text}");
        }
        for text in ["", "1GiB", "abc", "1 Gi", "1..2", "1K", "1mi", "e3", "1e", "-", "1Gi2", "1e99999999999"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_in_microseconds() {
        let second = 1_000_000_i64;
        for (text, expected) in [
            ("90s", 90 * second),
            ("1h30m", 5400 * second),
            ("30.5s", 30 * second + second / 2),
            ("5m", 300 * second),
            ("250ms", second / 4),
            ("1d", 86_400 * second),
            ("-5s", -5 * second),
        ] {
            assert_eq!(duration(text), Some(expected), "{text}");
        }
        for text in ["1Gi", "30m1h", "1s1s", "1", "1.2.3s", "99999999999999d"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn floats_read_as_python_writes_them() {
        for (number, expected) in [
            (0.5, "0.5"),
            (1.0, "1.0"),
            (1e-7, "1e-07"),
            (1e16, "1e+16"),
            (123_456_789.123, "123456789.123"),
            (1e-4, "0.0001"),
        ] {
            assert_eq!(python_float(number), expected);
        }
    }
}
