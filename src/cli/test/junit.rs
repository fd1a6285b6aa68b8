//! What came of tests as the XML of `JUnit`.
//!
//! In: outcomes. Out: one document. Always: it is well-formed, whatever stands in sources. Not here: files.

use std::fmt::Write as _;

use super::outcome::{Outcome, State};

/// The document.
pub fn document(outcomes: &[Outcome]) -> String {
    let failures = outcomes.iter().filter(|outcome| outcome.state == State::Failed).count();
    let counts = format!("name=\"flytec\" tests=\"{}\" failures=\"{failures}\"", outcomes.len());
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    // Writing to a string cannot fail, here and below.
    let _ = write!(text, "<testsuites {counts}>\n  <testsuite {counts} errors=\"0\" skipped=\"0\">\n");
    for outcome in outcomes {
        case(outcome, &mut text);
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn case(outcome: &Outcome, text: &mut String) {
    let attributes = format!("classname=\"flytec\" name=\"{}\"", escaped(&outcome.name));
    let _ = if outcome.state == State::Failed {
        let (reason, details) = (escaped(&outcome.reason), escaped(&outcome.details));
        let failure = format!("<failure message=\"{reason}\">{details}</failure>");
        writeln!(text, "    <testcase {attributes}>\n      {failure}\n    </testcase>")
    } else {
        writeln!(text, "    <testcase {attributes}/>")
    };
}

/// A text as XML has it, between tags and between quotes. What XML 1.0 has no way to write is a sign for what is missing.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || ('\u{FFFE}'..='\u{FFFF}').contains(&c) => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}
