//! Pods that there are already, as source text.
//!
//! In: documents of Kubernetes or of Flyte, as values with places. Out: the text of a program that builds their pods, in the one
//! style. Always: the program builds a pod for each pod that was found, in which stands what the document says; what cannot be
//! expressed is a warning, and what is no pod an error. Not here: files, and whether the pods keep the rules of Kubernetes, which
//! a build of the program tells.
//!
//! 1. `documents` finds the pods in documents of all kinds; `custom` those in kinds that Kubernetes does not have itself, `claims` makes
//!    volumes of claims, and `left_out` says what is not imported.
//! 2. `task` takes each pod apart: what a task brings, and the template around it. `values` writes values of known types.
//! 3. `share` finds what templates and tasks have in common, and puts together the declarations.
//! 4. `print` writes declarations as text.

mod claims;
mod comments;
mod custom;
mod documents;
mod left_out;
mod literal;
mod names;
mod nodes;
mod print;
mod share;
mod statement;
mod task;
mod values;

use self::comments::Comments;
use self::documents::{Found, Pod};
use self::left_out::Other;
use crate::data::Node;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::format::format;
use crate::source::{FileId, Source, SourceMap, Span};
use crate::syntax;

/// How many pods are imported at once: more than anybody looks after in one source, and no more than fit into any memory.
const MAX_PODS: usize = 20_000;

/// A file with documents.
#[derive(Debug)]
pub struct Input {
    /// Its text among the sources.
    pub file: FileId,
    /// What it is called without its ending, which names pods that have no name of their own.
    pub stem: Option<String>,
    /// Its documents.
    pub documents: Vec<Node>,
    /// Whether a `#` begins a comment in it.
    pub has_comments: bool,
}

/// The program that builds the pods of these files; it counts where nothing is reported as an error.
#[must_use]
pub fn import(inputs: &[Input], sources: &SourceMap, diagnostics: &mut Diagnostics) -> String {
    let found: Vec<Found<'_>> = inputs.iter().map(|input| documents::found(input, diagnostics)).collect();
    if let Some(fault) = too_many(inputs, &found) {
        diagnostics.push(fault);
        return String::new();
    }
    let (mut tasks, mut prefaces) = (Vec::new(), Vec::new());
    for (input, pods) in inputs.iter().zip(found_pods(found, diagnostics)) {
        let mut comments = Comments::default();
        if input.has_comments {
            comments = Comments::of(&sources.get(input.file).text, &input.documents);
        }
        prefaces.extend((!pods.is_empty()).then(|| comments.preface()));
        for pod in &pods {
            tasks.extend(task::task(pod, &mut comments, diagnostics));
        }
    }
    prefaces.retain(|preface| !preface.is_empty());
    prefaces.dedup();
    let declarations = share::declarations(tasks);
    styled(print::text(&prefaces, &declarations))
}

/// What is said of the file that makes them too many.
fn too_many(inputs: &[Input], found: &[Found<'_>]) -> Option<Diagnostic> {
    let mut count = 0;
    let (input, _) = inputs.iter().zip(found).find(|(_, file)| {
        count += file.pods.len();
        count > MAX_PODS
    })?;
    let message = format!("with this file there are more than {MAX_PODS} pods");
    Some(Diagnostic::new(code::BAD_DATA, Span::new(input.file, 0..0), message).help("import them in parts"))
}

/// The pods of each file. A document without one is a fault where there is none at all; of each file the first is told.
fn found_pods<'n>(found: Vec<Found<'n>>, diagnostics: &mut Diagnostics) -> Vec<Vec<Pod<'n>>> {
    let is_none = found.iter().all(|file| file.pods.is_empty());
    let mut all = Vec::new();
    for Found { pods, others } in found {
        if is_none {
            diagnostics.extend(others.into_iter().next().map(Other::refused));
        } else {
            diagnostics.extend(left_out::skipped(others));
        }
        all.push(pods);
    }
    all
}

/// The text in the one style, which aligns what is below each other.
fn styled(text: String) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add(Source::new(String::new(), text));
    let source = sources.get(file);
    let tree = syntax::parse(file, source, &mut Diagnostics::default());
    format(&tree, &source.text)
}
