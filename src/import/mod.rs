//! Pods that there are already, as source text.
//!
//! In: documents of Kubernetes or of Flyte, as values with places. Out: the text of a program that builds their pods, in the one
//! style. Always: the program builds a pod for each pod that was found, in which stands what the document says; what cannot be
//! expressed is a warning, and what is no pod an error. Not here: files, and whether the pods keep the rules of Kubernetes, which
//! a build of the program tells.
//!
//! 1. `documents` finds the pods in documents of all kinds.
//! 2. `task` takes each pod apart: what a task brings, and the template around it. `values` writes values of known types.
//! 3. `share` finds what templates and tasks have in common, and puts together the declarations.
//! 4. `print` writes declarations as text.

mod comments;
mod documents;
mod literal;
mod names;
mod print;
mod share;
mod statement;
mod task;
mod values;

use self::comments::Comments;
use crate::data::Node;
use crate::diagnostics::Diagnostics;
use crate::format::format;
use crate::source::{FileId, Source, SourceMap};
use crate::syntax;

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
    let mut tasks = Vec::new();
    for input in inputs {
        let mut comments = Comments::default();
        if input.has_comments {
            comments = Comments::of(&sources.get(input.file).text, &input.documents);
        }
        for pod in documents::pods(input, diagnostics) {
            tasks.extend(task::task(&pod, &mut comments, diagnostics));
        }
    }
    let declarations = share::declarations(tasks);
    styled(print::text(&declarations))
}

/// The text in the one style, which aligns what is below each other.
fn styled(text: String) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add(Source::new(String::new(), text));
    let source = sources.get(file);
    let tree = syntax::parse(file, source, &mut Diagnostics::default());
    format(&tree, &source.text)
}
