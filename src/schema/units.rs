//! Numbers with units: Kubernetes quantities and durations.
//!
//! In: text. Out: what it means, or nothing. Always: no rounding that changes an order. Not here: spans and messages.

/// A Kubernetes quantity in billionths, rounded up; `None` where Kubernetes could not read the text.
///
/// Source: `ParseQuantity` in k8s.io/apimachinery/pkg/api/resource/quantity.go: a signed decimal number, then a binary suffix
/// (`Ki` to `Ei`), a decimal one (`n` to `E`) or a decimal exponent; blanks around it do not count. What is larger than 128
/// bits can hold counts as the largest.
#[must_use]
pub fn quantity(text: &str) -> Option<i128> {
    let Number { negative, whole, fraction, suffix } = Number::of(text.trim())?;
    let scale = scale(suffix)?;
    let billionths = if whole.is_empty() && fraction.is_empty() {
        reads_without_digits(scale).then_some(0)?
    } else {
        billionths(whole, fraction, scale)
    };
    Some(if negative { -billionths } else { billionths })
}

/// Whether a quantity has no digit at all, such as `+` or `Gi`, which Kubernetes reads as zero.
#[must_use]
pub fn has_no_digit(text: &str) -> bool {
    Number::of(text.trim()).is_some_and(|number| number.whole.is_empty() && number.fraction.is_empty())
}

/// Whether Kubernetes writes a quantity as one of these words when it writes it again: `1000m` as `1`, `1024Ki` as `1Mi`.
///
/// Source: `String` and `CanonicalizeBytes` in quantity.go, and the texts that `ParseQuantity` keeps as they are.
#[must_use]
pub fn is_written_as(text: &str, words: &[&str]) -> bool {
    let text = text.trim();
    if words.contains(&text) {
        return true;
    }
    let (Some(value), Some(number)) = (quantity(text), Number::of(text)) else { return false };
    let Some(scale) = scale(number.suffix) else { return false };
    // What is kept as it is was none of the words.
    if number.is_kept(scale) {
        return false;
    }
    let alike = |word: &&&str| match scale {
        Scale::Binary(_) => **word == "1" || word.ends_with('i'),
        Scale::Decimal(_) if number.suffix.starts_with(['e', 'E']) && number.suffix != "E" => **word == "1",
        Scale::Decimal(_) => !word.ends_with('i'),
    };
    words.iter().filter(alike).any(|word| quantity(word) == Some(value))
}

/// The parts of a quantity's text.
#[derive(Debug, Clone, Copy)]
struct Number<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
    suffix: &'t str,
}

impl<'t> Number<'t> {
    fn of(text: &'t str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let suffix = unsigned.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let digits = unsigned.strip_suffix(suffix).unwrap_or_default();
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        (!fraction.contains('.')).then_some(Self { negative, whole, fraction, suffix })
    }

    /// Whether `ParseQuantity` keeps the text, because it looks as if it were written in the shortest way.
    fn is_kept(&self, scale: Scale) -> bool {
        let whole = self.whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        match scale {
            // Only whole numbers, and those that are no multiple of 8.
            Scale::Binary(_) => self.fraction.is_empty() && whole.parse::<i64>().is_ok_and(|number| number & 7 != 0),
            Scale::Decimal(exponent) => {
                let places = i32::try_from(self.fraction.len()).unwrap_or(i32::MAX);
                let scale = exponent.saturating_sub(places);
                let padded = format!("{whole}{}", self.fraction).ends_with("000");
                scale >= -9 && scale % 3 == 0 && !padded && !whole.starts_with('0')
            }
        }
    }
}

/// What a suffix multiplies by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// A power of 10.
    Decimal(i32),
    /// A power of 1024.
    Binary(u32),
}

fn scale(suffix: &str) -> Option<Scale> {
    Some(match suffix {
        "n" => Scale::Decimal(-9),
        "u" => Scale::Decimal(-6),
        "m" => Scale::Decimal(-3),
        "" => Scale::Decimal(0),
        "k" => Scale::Decimal(3),
        "M" => Scale::Decimal(6),
        "G" => Scale::Decimal(9),
        "T" => Scale::Decimal(12),
        "P" => Scale::Decimal(15),
        "E" => Scale::Decimal(18),
        "Ki" => Scale::Binary(1),
        "Mi" => Scale::Binary(2),
        "Gi" => Scale::Binary(3),
        "Ti" => Scale::Binary(4),
        "Pi" => Scale::Binary(5),
        "Ei" => Scale::Binary(6),
        _ => {
            let digits = suffix.strip_prefix(['e', 'E'])?;
            let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            let readable = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
            // Go keeps 32 bits of the exponent; what is beyond them counts as no quantity.
            return if readable { digits.parse().ok().map(Scale::Decimal) } else { None };
        }
    })
}

/// Whether a quantity without a digit is zero: the way for short numbers takes it, the one for long numbers does not.
fn reads_without_digits(scale: Scale) -> bool {
    match scale {
        Scale::Decimal(exponent) => exponent >= -9,
        Scale::Binary(power) => power <= 4,
    }
}

const BILLION: i128 = 1_000_000_000;
/// What counts as the largest: a whole number, as everything so large is.
const LARGEST: i128 = i128::MAX / BILLION * BILLION;

/// Billionths of `whole.fraction` times the scale, rounded up and saturating.
fn billionths(whole: &str, fraction: &str, scale: Scale) -> i128 {
    /// The largest that a quantity with a binary suffix can be: it is cut to 64 bits.
    const LARGEST_BINARY: i128 = 0x7fff_ffff_ffff_ffff * BILLION;
    match scale {
        Scale::Decimal(exponent) => moved(whole, fraction, exponent, BILLION).min(LARGEST),
        Scale::Binary(power) => moved(whole, fraction, 0, 1024_i128.pow(power) * BILLION).min(LARGEST_BINARY),
    }
}

/// `unit` times the number that the digits are when the point is moved by `places`, rounded up and saturating. The unit is
/// at most 1024^6 billions, so nothing but the part before the point can be too large.
fn moved(whole: &str, fraction: &str, places: i32, unit: i128) -> i128 {
    /// More digits than 128 bits can hold, on either side of the point.
    const MANY: i64 = 60;
    let whole = whole.trim_start_matches('0');
    let significant = if whole.is_empty() { fraction.trim_start_matches('0') } else { fraction };
    if whole.is_empty() && significant.is_empty() {
        return 0;
    }
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX / 4);
    // Of the digits from the first one that is not 0, those before the point.
    let point = length(whole) - (length(fraction) - length(significant)) + i64::from(places);
    if point > MANY {
        return i128::MAX;
    }
    if point < -MANY {
        return 1;
    }
    let digits = || whole.bytes().chain(significant.bytes()).map(|byte| i128::from(byte - b'0'));
    let before = usize::try_from(point).unwrap_or_default();
    let zeros = usize::try_from(-point).unwrap_or_default();
    let integer = digits()
        .chain(std::iter::repeat(0))
        .take(before)
        .fold(0_i128, |sum, digit| sum.saturating_mul(10).saturating_add(digit));
    // From the last digit to the first: a fraction of a fraction, each rounded up, is the whole of it rounded up.
    let after = (whole.len() + significant.len()).saturating_sub(before);
    let part = digits()
        .rev()
        .take(after)
        .chain(std::iter::repeat_n(0, zeros))
        .fold(0_i128, |sum, digit| round_up(digit * unit + sum, 10));
    integer.saturating_mul(unit).saturating_add(part)
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
    use super::{duration, is_written_as, python_float, quantity};

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
            (" 1 ", one),
            ("+", 0),
            (".", 0),
            ("-", 0),
            ("Gi", 0),
            ("-1500m", -one - one / 2),
            ("1.0000000000000000000000000000000000000000000", one),
            ("0.00000000000000000000000000000000000000000001", 1),
            ("0.00000000000000000000000000000000000000001e41", one),
            ("1.123456789012345678901Ki", 1_150_419_751_949),
            ("9Ei", 0x7fff_ffff_ffff_ffff * one),
            ("1e99", super::LARGEST),
        ] {
            assert_eq!(quantity(text), Some(expected), "{text}");
        }
        for text in ["", "1GiB", "abc", "1 Gi", "1..2", "1K", "1mi", "1e", "1Gi2", "1e99999999999", "Ei", " ", "1. 2"] {
            assert_eq!(quantity(text), None, "{text}");
        }
    }

    #[test]
    fn quantities_are_written_again_as_kubernetes_writes_them() {
        let units = ["1m", "1", "1k", "1M", "1Ki", "1Mi"];
        for text in ["1", "1000m", "1024Ki", "1000", "1.0", "1.000k", "0.001", "1000e-3", " 1Mi "] {
            assert!(is_written_as(text, &units), "{text}");
        }
        for text in ["1e3", "1024", "0.5Gi", "+1", "01", "2", "1e0", "1000M", "1024Mi", "x"] {
            assert!(!is_written_as(text, &units), "{text}");
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
