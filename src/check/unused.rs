//! What is declared and never used.
//!
//! Only in files that were named to the command, and only where such a file declares tasks or overrides: what stands in any other
//! is for those that import it. Nothing is said where there are errors, for what an error hides may be the use.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Checked;
use crate::diagnostics::{Diagnostic, Diagnostics, code};
use crate::modules;
use crate::modules::names::{ConstantId, Declaration, Meaning};
use crate::resolve::TemplateId;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::ast::TypeTerm;
use crate::value::{Entry, Kind};

/// Warns of templates, constants, parameters and imports that nothing uses.
pub fn warn(checked: &Checked<'_>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    if diagnostics.has_errors() {
        return;
    }
    let files = files(checked);
    templates(checked, &files, sources, diagnostics);
    constants(checked, &files, diagnostics);
    imports(checked, &files, diagnostics);
    template_parameters(checked, diagnostics);
    amendments(checked, diagnostics);
}

/// The files whose declarations are for themselves.
pub(super) fn files(checked: &Checked<'_>) -> FxHashSet<FileId> {
    let program = checked.program;
    let tasks = program.tasks.iter().map(|task| task.declaration.span.file);
    let amendments = program.tasks.iter().flat_map(|task| &task.amendments).map(|over| over.declaration.span.file);
    let variants = program.variants.iter().map(|variant| variant.declaration.span.file);
    let own = tasks.chain(amendments).chain(variants);
    own.filter(|file| checked.modules.is_named(*file)).collect()
}

fn templates(checked: &Checked<'_>, files: &FxHashSet<FileId>, sources: &SourceMap, diagnostics: &mut Diagnostics) {
    let named = cluster_templates(checked);
    for (at, declared) in checked.program.templates.iter().enumerate() {
        let name = &declared.name;
        if checked.evaluation.used_templates.contains(&TemplateId(at)) || !files.contains(&name.span.file) {
            continue;
        }
        let message = format!("template `{}` is never used", name.text);
        let mut diagnostic = Diagnostic::new(code::UNUSED_TEMPLATE, name.span, message);
        if let Some(named) = named.get(name.text.as_str()) {
            // The mistake is the text.
            let message =
                format!("this names a pod template of the cluster, and not `template {}` of the file", name.text);
            diagnostic = Diagnostic::new(code::UNUSED_TEMPLATE, named.value.span, message)
                .label(name.span, "this is never used")
                .note("a template of the file is named without quotes");
            if name.span.file == named.value.span.file && stands_behind_its_key(named, sources) {
                diagnostic =
                    diagnostic.unsafe_fix("name the template of the file", named.value.span, name.text.as_str());
            }
        }
        diagnostics.push(diagnostic.help(format!("use it with `pod_template = {}`, or remove it", name.text)));
    }
}

/// Where templates of the cluster are named first.
fn cluster_templates<'a>(checked: &Checked<'a>) -> FxHashMap<&'a str, &'a Entry> {
    let mut places = FxHashMap::default();
    for subject in checked.subjects() {
        let Some(entry) = subject.values.entry("pod_template") else { continue };
        if let Kind::String(name) = &entry.value.kind {
            places.entry(name.as_str()).or_insert(entry);
        }
    }
    places
}

/// Whether a value is a text that stands behind its own key, and not behind the name of a constant.
fn stands_behind_its_key(entry: &Entry, sources: &SourceMap) -> bool {
    let (key, value) = (entry.key, entry.value.span);
    let between = Span { start: key.end, end: value.start, ..key };
    key.file == value.file && key.end <= value.start && sources.text(between).trim() == "="
}

fn constants(checked: &Checked<'_>, files: &FxHashSet<FileId>, diagnostics: &mut Diagnostics) {
    for (at, constant) in checked.names.constants.iter().enumerate() {
        let name = constant.name;
        if checked.used.constants.contains(&ConstantId(at)) || !files.contains(&name.span.file) {
            continue;
        }
        let diagnostic = match constant.declaration {
            // One that takes a single value only makes sure that no build is given another.
            Declaration::Param(param) if matches!(param.ty.alternatives.as_slice(), [TypeTerm::Literal(_)]) => continue,
            Declaration::Param(_) => {
                let message = format!("nothing reads parameter `{}`", name.text);
                Diagnostic::new(code::UNUSED_PARAMETER, name.span, message)
                    .note("whatever a build is given for it changes nothing")
                    .help("read it where it should count, or remove it")
            }
            Declaration::Let(_) => {
                let message = format!("nothing uses constant `{}`", name.text);
                Diagnostic::new(code::UNUSED_CONSTANT, name.span, message).help("remove it")
            }
        };
        diagnostics.push(diagnostic);
    }
}

fn imports(checked: &Checked<'_>, files: &FxHashSet<FileId>, diagnostics: &mut Diagnostics) {
    for module in checked.modules.iter().filter(|module| files.contains(&module.file)) {
        for import in modules::imports(&module.tree) {
            let place = import.alias.as_ref().map_or(import.path.span, |alias| alias.span);
            let declared = checked.names.of(module.file).find(|name| {
                matches!(checked.names.meaning(module.file, name), Some((Meaning::Import(Some(_)), span)) if span == place)
            });
            let Some(name) = declared else { continue };
            if !checked.used.imports.contains(&(module.file, name.into())) {
                let diagnostic =
                    Diagnostic::new(code::UNUSED_IMPORT, place, format!("nothing uses the import `{name}`"));
                diagnostics.push(diagnostic.help("remove it; importing a file builds nothing"));
            }
        }
    }
}

/// A parameter that its template never reads is one that callers set in vain.
fn template_parameters(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    for template in &checked.program.templates {
        if !checked.modules.is_named(template.name.span.file) {
            continue;
        }
        let parameters = template.declaration.parameters.iter().flat_map(|parameters| &parameters.items);
        for name in parameters.map(|item| &item.param.name) {
            if !checked.used.parameters.contains(&name.span) {
                let message = format!("template `{}` never reads its parameter `{}`", template.name.text, name.text);
                let diagnostic = Diagnostic::new(code::UNUSED_PARAMETER, name.span, message);
                let diagnostic = diagnostic.note("whatever it is given changes nothing");
                diagnostics.push(diagnostic.help("read it where it should count, or remove it"));
            }
        }
    }
}

/// An override in place of a task that is not built changes nothing.
fn amendments(checked: &Checked<'_>, diagnostics: &mut Diagnostics) {
    let program = checked.program;
    for (at, task) in program.tasks.iter().enumerate().filter(|(_, task)| !task.named) {
        let varied = program.variants.iter().any(|variant| variant.named && variant.task.0 == at);
        for amendment in task.amendments.iter().filter(|_| !varied) {
            let target = &amendment.declaration.target;
            let message = format!("this build does not make `{}`", program.qualified_name(crate::resolve::TaskId(at)));
            let diagnostic = Diagnostic::new(code::IDLE_OVERRIDE, target.span, message)
                .label(task.name.span, "it is declared in a file that is only imported")
                .note("importing a file builds nothing; only files that are named to the command are built");
            diagnostics.push(diagnostic.help("name that file to the command too"));
        }
    }
}
