//! Amounts and durations as people write them elsewhere.
//!
//! In: a text that is no quantity, or no duration. Out: what was probably meant by it. Always: what comes out can be read. Not here: what
//! can be read (`schema::units`).

use super::units;

/// The quantities that were probably meant, the likeliest first: `2Gi` for `2GiB`, `512M` or `512Mi` for `512MB`, `1k` for `1K`, `2` for
/// `2 cores`.
#[must_use]
pub fn quantities(text: &str) -> Vec<String> {
    let text = text.trim();
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let Some(number) = text.strip_suffix(letters).map(str::trim).filter(|number| !number.is_empty()) else {
        return Vec::new();
    };
    let letters = letters.trim().to_ascii_lowercase();
    let bytes = letters.strip_suffix("ytes").or_else(|| letters.strip_suffix("yte")).unwrap_or(&letters);
    let in_bytes = bytes.ends_with('b');
    let unit = bytes.strip_suffix('b').unwrap_or(bytes);
    let units: &[&str] = match unit {
        "k" | "kilo" if in_bytes => &["k", "Ki"],
        "k" => &["k"],
        "m" | "mega" | "meg" if in_bytes => &["M", "Mi"],
        "m" | "mega" | "meg" => &["M"],
        "g" | "giga" | "gig" if in_bytes => &["G", "Gi"],
        "g" | "giga" | "gig" => &["G"],
        "t" | "tera" if in_bytes => &["T", "Ti"],
        "t" | "tera" => &["T"],
        "p" => &["P"],
        "ki" | "kibi" => &["Ki"],
        "mi" | "mebi" => &["Mi"],
        "gi" | "gibi" => &["Gi"],
        "ti" | "tebi" => &["Ti"],
        "pi" => &["Pi"],
        "millicores" | "millicpu" | "mcpu" => &["m"],
        "cpu" | "cpus" | "core" | "cores" | "vcpu" | "vcpus" | "c" => &[""],
        _ => &[],
    };
    let readable = |text: &String| units::quantity(text).is_some();
    units.iter().map(|unit| format!("{number}{unit}")).filter(readable).collect()
}

/// The range that was probably meant by a text: `1..2` for `1-2`.
#[must_use]
pub fn range(text: &str) -> Option<String> {
    let (from, to) = text.split_once("..").or_else(|| text.split_once('-')).or_else(|| text.split_once(':'))?;
    let (from, to) = (from.trim(), to.trim().trim_start_matches('.'));
    // In the source, an amount begins with a digit.
    let plain = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && units::quantity(text).is_some();
    (plain(from) && plain(to)).then(|| format!("{from}..{to}"))
}

/// The duration that was probably meant: `10m` for `10 minutes`, `1h30m` for `1hour 30min`, `7d` for `1week`.
#[must_use]
pub fn duration(text: &str) -> Option<String> {
    let mut rest = text.trim();
    let mut better = String::new();
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = rest.strip_suffix(unit)?;
        let unit = unit.trim_start();
        let tail = unit.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = unit.strip_suffix(tail)?.to_ascii_lowercase();
        better += &part(number, &letters)?;
        rest = tail.trim_start_matches([' ', ',']);
    }
    units::duration(&better).map(|_| better)
}

fn part(number: &str, unit: &str) -> Option<String> {
    let unit = match unit {
        "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => {
            let weeks: i64 = number.parse().ok()?;
            return Some(format!("{}d", weeks.checked_mul(7)?));
        }
        _ => return None,
    };
    Some(format!("{number}{unit}"))
}

/// The whole seconds of a duration, where a field counts them.
#[must_use]
pub fn seconds(text: &str) -> Option<i64> {
    const SECOND: i64 = 1_000_000;
    let microseconds = units::duration(text).or_else(|| units::duration(&duration(text)?))?;
    (microseconds % SECOND == 0).then_some(microseconds / SECOND)
}

#[cfg(test)]
mod tests {
    use super::{duration, quantities, range, seconds};

    #[test]
    fn amounts_of_other_tools_have_one_here() {
        for (text, expected) in [
            ("2GiB", "2Gi"),
            ("2Gb", "2G Gi"),
            ("512 MB", "512M 512Mi"),
            ("1K", "1k"),
            ("1 Gi", "1Gi"),
            ("0.5cpu", "0.5"),
            ("2 cores", "2"),
            ("100 megabytes", "100M 100Mi"),
            ("large", ""),
            ("Gi", ""),
        ] {
            let expected = expected.replace("2G Gi", "2G 2Gi");
            assert_eq!(quantities(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn durations_of_other_tools_have_one_here() {
        for (text, expected) in [
            ("10 minutes", Some("10m")),
            ("1hour 30min", Some("1h30m")),
            ("2weeks", Some("14d")),
            ("10sec", Some("10s")),
            ("300", None),
            ("soon", None),
            ("30m1h", None),
            ("é", None),
        ] {
            assert_eq!(duration(text).as_deref(), expected, "{text}");
        }
        assert_eq!(seconds("1h"), Some(3600));
        assert_eq!(seconds("500ms"), None);
    }

    #[test]
    fn ranges_in_a_text_are_ranges() {
        assert_eq!(range("1Gi..2Gi").as_deref(), Some("1Gi..2Gi"));
        assert_eq!(range("2-4").as_deref(), Some("2..4"));
        assert_eq!(range("a-b"), None);
    }
}
