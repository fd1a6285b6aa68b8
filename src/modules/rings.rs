//! Imports form no ring.

use super::{Modules, imports};
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::graph::order;
use crate::source::{FileId, SourceMap, Span};

/// Reports every ring of imports once, as a whole, and takes out the import that closes it.
pub fn cut(modules: &mut Modules, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    loop {
        // An import that leads nowhere keeps its place, so that a need is found by its number: it needs what comes last.
        let nowhere = modules.list.len();
        let place =
            |target: &Option<FileId>| target.and_then(|file| modules.places.get(&file)).copied().unwrap_or(nowhere);
        let needs: Vec<Vec<usize>> =
            modules.list.iter().map(|module| module.imports.iter().map(place).collect()).collect();
        let rings = order(&needs).rings;
        if rings.is_empty() {
            return;
        }
        for ring in rings {
            report(modules, &ring, sources, diagnostics);
            let (Some((first, _)), Some((last, _))) = (ring.first(), ring.last()) else { continue };
            let file = modules.list.get(*first).map(|module| module.file);
            // However often the last imports the first, it is one ring.
            let imports = modules.list.get_mut(*last).into_iter().flat_map(|module| &mut module.imports);
            imports.filter(|target| **target == file).for_each(|target| *target = None);
        }
    }
}

/// The ring as its modules, each with the number of the import that leads on.
fn report(modules: &Modules, ring: &[(usize, usize)], sources: &SourceMap, diagnostics: &mut Diagnostics) {
    /// How many places the message points at.
    const MOST_LABELS: usize = 8;
    let place = |(at, import): &(usize, usize)| -> Option<(FileId, Span)> {
        let module = modules.list.get(*at)?;
        Some((module.file, imports(&module.tree).nth(*import)?.path.span))
    };
    let places: Vec<(FileId, Span)> = ring.iter().filter_map(place).collect();
    let Some(((last, closing), others)) = places.split_last() else { return };
    let name = |file: FileId| sources.get(file).name.as_str();
    if others.is_empty() {
        let diagnostic = Diagnostic::new(code::IMPORT_RING, *closing, "this file imports itself");
        return diagnostics.push(diagnostic.help("remove the import; what a file declares is known everywhere in it"));
    }
    let first = others.first().map_or(*last, |(file, _)| *file);
    let mut names: Vec<&str> = places.iter().map(|(file, _)| name(*file)).collect();
    names.push(name(first));
    let message = format!("these files import each other in a ring: {}", names.join(" → "));
    let mut diagnostic =
        Diagnostic::new(code::IMPORT_RING, *closing, message).here(format!("imports `{}`", name(first)));
    for ((_, span), next) in others.iter().zip(places.iter().skip(1)).take(MOST_LABELS) {
        diagnostic = diagnostic.label(*span, format!("imports `{}`", name(next.0)));
    }
    diagnostics.push(diagnostic.help("move what both need into a file of its own, and import that from both"));
}
