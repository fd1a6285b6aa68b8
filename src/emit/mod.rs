//! Workloads to bytes.
//!
//! In: [`Workload`]s. Out: the bytes of one pod, or of the manifest. Always: keys are sorted, so that the same workload gives
//! the same bytes everywhere; emission cannot fail on a lowered workload. Not here: files and streams.

mod json;
mod kubernetes;
pub mod manifest;
mod pod;
mod wire;

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::json::{Layout, Shell};
use crate::lower::{Shared, Template, Values, Workload};

/// What is written of each workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// `flyteidl2.core.K8sPod`.
    #[default]
    Pod,
    /// A Kubernetes `v1` `Pod`.
    K8s,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// JSON; a `K8sPod` as proto3 has it.
    #[default]
    Json,
    /// YAML of the same content.
    Yaml,
    /// The wire bytes of the message.
    Proto,
}

impl Format {
    /// The ending of a file of this format.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Proto => "pb",
        }
    }
}

/// Writes the workloads of one build.
///
/// What tasks share is written once: the shell of each template is kept, into which a primary container goes, and that of each
/// primary container that several tasks have but for what they run.
pub struct Emitter {
    kind: Kind,
    format: Format,
    layout: Layout,
    shells: FxHashMap<*const Template, (Arc<Template>, Shell)>,
    // With the values that keep the addresses, and the shell, which is made for the second task.
    primaries: FxHashMap<Shared, (Values, Option<Shell>)>,
}

impl Emitter {
    /// For files: one document each, laid out for people.
    #[must_use]
    pub fn for_files(kind: Kind, format: Format) -> Self {
        Self { kind, format, layout: Layout::Indented, ..Self::for_lines(kind) }
    }

    /// For a stream of lines: JSON without white space.
    #[must_use]
    pub fn for_lines(kind: Kind) -> Self {
        let (shells, primaries) = (FxHashMap::default(), FxHashMap::default());
        Self { kind, format: Format::Json, layout: Layout::Compact, shells, primaries }
    }

    /// Writes one workload at the end of `out`; text ends with a newline where it is laid out for people.
    pub fn write(&mut self, workload: &Workload, out: &mut Vec<u8>) {
        match (self.kind, self.format) {
            (Kind::Pod, Format::Json) => self.write_pod_json(workload, out),
            (Kind::K8s, Format::Json) => {
                json::write(&kubernetes::pod(workload), self.layout, json::Numbers::Exact, out);
            }
            (Kind::Pod, Format::Yaml) => {
                out.extend_from_slice(yaml(&wire::as_doubles(pod::message(workload))).as_bytes());
            }
            (Kind::K8s, Format::Yaml) => out.extend_from_slice(yaml(&kubernetes::pod(workload)).as_bytes()),
            (_, Format::Proto) => wire::write(workload, out),
        }
        if self.format == Format::Json && self.layout == Layout::Indented {
            out.push(b'\n');
        }
    }

    fn write_pod_json(&mut self, workload: &Workload, out: &mut Vec<u8>) {
        let layout = self.layout;
        // The template is kept with its shell, so its address stays its own.
        let (_, shell) = self.shells.entry(Arc::as_ptr(&workload.template)).or_insert_with(|| {
            (Arc::clone(&workload.template), Shell::new(&pod::shell(&workload.template), layout, 0))
        });
        let primary = shared_primary(&mut self.primaries, workload, layout);
        shell.write(out, |_, hole| match primary {
            Some(shell) => write_primary(shell, workload, hole.out),
            None => hole.write(&workload.primary()),
        });
    }
}

/// The shell of a primary container, from the second task on that has it.
fn shared_primary<'p>(
    primaries: &'p mut FxHashMap<Shared, (Values, Option<Shell>)>,
    workload: &Workload,
    layout: Layout,
) -> Option<&'p Shell> {
    match primaries.entry(Shared::of(workload)) {
        Entry::Vacant(place) => {
            place.insert((Arc::clone(&workload.values), None));
            None
        }
        Entry::Occupied(place) => {
            let shell = || Shell::new(&pod::primary(workload), layout, pod::CONTAINER_DEPTH);
            Some(place.into_mut().1.get_or_insert_with(shell))
        }
    }
}

/// Writes a primary container with what the task runs in it.
fn write_primary(shell: &Shell, workload: &Workload, out: &mut Vec<u8>) {
    let (command, args) = workload.command();
    shell.write(out, |number, hole| match number {
        0 => hole.write(&args),
        1 => hole.write(&command),
        _ => hole.write(&workload.variables()),
    });
}

/// What is written of a workload, as JSON.
#[must_use]
pub fn value(workload: &Workload, kind: Kind) -> serde_json::Value {
    match kind {
        Kind::Pod => wire::as_doubles(pod::message(workload)),
        Kind::K8s => kubernetes::pod(workload),
    }
}

/// The JSON of the `K8sPod` that these wire bytes hold.
///
/// # Errors
/// Where they are no such message.
pub fn decoded(bytes: &[u8]) -> Result<serde_json::Value, String> {
    wire::read(bytes).map_err(|error| error.to_string())
}

/// The value as YAML that readers of YAML 1.1 and 1.2 understand alike.
fn yaml(value: &serde_json::Value) -> String {
    let mut options = serde_saphyr::SerializerOptions::default();
    // A folded text is hard to compare, and some readers fold it back differently.
    options.min_fold_chars = usize::MAX;
    options.folded_wrap_chars = usize::MAX;
    let mut text = String::new();
    // Writing a JSON value into a string cannot fail.
    let _ = serde_saphyr::to_fmt_writer_with_options(&mut text, value, options);
    text
}
