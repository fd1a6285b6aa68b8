//! The page of a code, `docs/diagnostics/CODE.md`: its heading is what the registry says, and it shows the fault and how it is mended.

use flytec::diagnostics::{Code, code};

use crate::page::Page;

/// The folder of these pages.
pub const FOLDER: &str = "docs/diagnostics/";

/// The codes that no text on a page can raise.
const WITHOUT_EXAMPLE: &[(&str, &str)] = &[
    ("E0114", "a page is UTF-8"),
    ("E0115", "needs a source of 64 MiB"),
    ("E0122", "comes behind strings that are told as E0106"),
    ("E0903", "needs ten thousand errors"),
    ("W2201", "comes with `--emit python` alone"),
    ("E2202", "comes with `--emit python` alone"),
    ("W0813", "comes of documents that are imported"),
    ("E0814", "comes of documents that are imported"),
    ("E9901", "is a fault of the compiler itself"),
];

/// What is wrong with the pages of codes.
pub fn faults(pages: &[Page]) -> Vec<String> {
    let explanations =
        pages.iter().filter_map(|page| Some((page, page.name.strip_prefix(FOLDER)?.strip_suffix(".md")?)));
    explanations.flat_map(|(page, id)| faults_of(page, code::ALL.iter().find(|code| code.id == id))).collect()
}

fn faults_of(page: &Page, code: Option<&Code>) -> Vec<String> {
    let Some(code) = code else { return vec![format!("{}: there is no such code", page.name)] };
    let mut faults = Vec::new();
    let heading = format!("# {}: {}", code.id, code.title);
    if page.text.lines().next() != Some(&heading) {
        faults.push(format!("{}: its first line has to be `{heading}`", page.name));
    }
    let fails = page.programs.iter().position(|program| program.codes() == [code.id]);
    let mended = page.programs.iter().rposition(|program| program.codes().is_empty());
    let excused = WITHOUT_EXAMPLE.iter().any(|(id, _)| *id == code.id);
    match (fails, mended) {
        (Some(fails), Some(mended)) if fails < mended => {}
        _ if excused => {}
        (None, _) => faults.push(format!("{}: no program raises {} and nothing else", page.name, code.id)),
        _ => faults.push(format!("{}: no program behind the one that fails is right", page.name)),
    }
    if page.programs.iter().flat_map(crate::example::Program::codes).any(|raised| raised != code.id) {
        faults.push(format!("{}: a program raises another code", page.name));
    }
    faults
}
