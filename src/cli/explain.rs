//! `flytec explain`: what a diagnostic means.

use super::args::Explain;
use super::{Failure, Verdict, print};
use crate::diagnostics::suggest::closest;
use crate::diagnostics::{Code, code};

/// Prints the page of a code, or all codes.
pub fn run(explain: &Explain) -> Result<Verdict, Failure> {
    let text = match &explain.code {
        Some(id) => named(id)?.explanation(),
        None => list(),
    };
    print(text.as_bytes()).map(|()| Verdict::Good)
}

fn named(id: &str) -> Result<Code, Failure> {
    let same = |code: &&Code| code.id.eq_ignore_ascii_case(id);
    code::ALL.iter().find(same).copied().ok_or_else(|| {
        let better = closest(id, code::ALL.iter().map(|code| code.id));
        let help = better.map_or_else(String::new, |better| format!("; did you mean `{better}`?"));
        Failure::new(format!("there is no diagnostic `{id}`{help}\n`flytec explain` lists all of them"))
    })
}

/// All codes by their families, a line each.
fn list() -> String {
    let mut text = String::new();
    for (family, about) in code::FAMILIES {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.extend([gap, family, " ", about, "\n"]);
        text.extend(code::of_family(family).iter().map(|code| format!("  {}  {}\n", code.id, code.title)));
    }
    text
}
