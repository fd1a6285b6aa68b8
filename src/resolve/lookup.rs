//! What a name means: an environment or a template, of this file or of one that it imports.
//!
//! In: a path of names as it was written, and the scope in which it stands. Out: what it means, or the diagnostic that says why
//! it means nothing. Not here: constants and parameters, which [`crate::expression::references`] finds.

use super::{EnvironmentId, Kind, Program, TemplateId, names};
use crate::diagnostics::suggest::{closest, same_letters};
use crate::diagnostics::{Diagnostic, code};
use crate::expression::Evaluator;
use crate::expression::references::{MEANS_NOTHING, not_passed_on};
use crate::expression::scope::Scope;
use crate::modules::names::Meaning;
use crate::source::{FileId, Span};
use crate::syntax::ast::Name;

/// The environment that a name means, or a name behind that of an import.
///
/// # Errors
/// The diagnostic that says why there is none. There is none without an error where that was reported, or where it cannot be told.
pub fn environment_path(
    program: &Program<'_>,
    evaluator: &mut Evaluator<'_, '_>,
    path: &[Name],
    scope: &Scope,
) -> Result<Option<EnvironmentId>, Box<Diagnostic>> {
    let Some((file, name)) = file_of(evaluator, path, scope)? else { return Ok(None) };
    let found = match path.len() {
        1 => program.environment(file, &name.text),
        _ => program.own_environment(file, &name.text),
    };
    if found.is_some() || may_exist(program, evaluator, (file, Kind::Environment), name) {
        return Ok(found);
    }
    // What is declared under a name that was reported is referred to by the right one.
    let misnamed = |known: &&str| same_letters(known, &name.text) && !names::is_environment(known);
    if program.environment_names(file).any(|known| misnamed(&known)) {
        return Ok(None);
    }
    if path.len() == 1 {
        no_import(evaluator, name, scope, "an environment")?;
    }
    let message = match path.len() {
        1 => format!("there is no environment `{}`", name.text),
        _ => format!("`{}` has no environment `{}`", evaluator.sources.get(file).name, name.text),
    };
    let mut diagnostic = Diagnostic::new(code::UNKNOWN_ENVIRONMENT, name.span, message);
    if program.template(file, &name.text).is_some() {
        let use_it = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        diagnostic.message = format!("`{}` is a template, not an environment", name.text);
        return Err(Box::new(diagnostic.help(format!("use a template with `pod_template = {use_it}`"))));
    }
    // A declaration is not what it extends itself.
    let other = |declaration: Span| !declaration.contains(name.span);
    let others = program.environments.iter().filter(|it| it.named || it.name.span.file == file);
    let others = others.filter(|it| path.len() > 1 || other(it.declaration.span));
    let known: Vec<&str> = others.map(|it| it.name.text.as_str()).collect();
    let diagnostic = with_dormant(program, (file, Kind::Environment), name, diagnostic);
    if path.len() == 1 && matches!(evaluator.names.meaning(file, &name.text), Some((Meaning::Constant(_), _))) {
        let help = format!("for the environment that `{0}` names, write `\"${{{0}}}\"`", name.text);
        return Err(Box::new(diagnostic.help(help)));
    }
    let own = |file| program.environments.iter().map(|it| &it.name).filter(move |name| name.span.file == file);
    let imported: Vec<(FileId, &str)> =
        candidates(evaluator, path, |file| own(file).map(|name| name.text.as_str()).collect());
    Err(Box::new(with_help(evaluator, name, &known, &imported, diagnostic)))
}

/// The template that a name means, or a name behind that of an import.
///
/// # Errors
/// The diagnostic that says why there is none. There is none without an error where that was reported, or where it cannot be told.
pub fn template_path(
    program: &Program<'_>,
    evaluator: &mut Evaluator<'_, '_>,
    path: &[Name],
    scope: &Scope,
) -> Result<Option<TemplateId>, Box<Diagnostic>> {
    let Some((file, name)) = file_of(evaluator, path, scope)? else { return Ok(None) };
    let found = program.template(file, &name.text);
    if found.is_some() || may_exist(program, evaluator, (file, Kind::Template), name) {
        return Ok(found);
    }
    if path.len() == 1 {
        no_import(evaluator, name, scope, "a template")?;
    }
    let message = match path.len() {
        1 if matches!(evaluator.names.meaning(file, &name.text), Some((Meaning::Constant(_), _))) => {
            format!("`{}` is a constant or parameter, and no template", name.text)
        }
        1 => format!("there is no template `{}`", name.text),
        _ => format!("`{}` has no template `{}`", evaluator.sources.get(file).name, name.text),
    };
    let mut diagnostic = Diagnostic::new(code::UNKNOWN_TEMPLATE, name.span, message);
    if program.own_environment(file, &name.text).is_some() {
        diagnostic.message = format!("`{}` is an environment, not a template", name.text);
        return Err(Box::new(diagnostic.note("templates extend templates, and environments extend environments")));
    }
    let others = program.templates.iter().filter(|it| it.name.span.file == file);
    let others = others.filter(|it| !it.declaration.span.contains(name.span));
    let known: Vec<&str> = others.map(|it| it.name.text.as_str()).collect();
    let diagnostic = with_dormant(program, (file, Kind::Template), name, diagnostic);
    let imported = candidates(evaluator, path, |file| program.template_names(file).collect());
    Err(Box::new(with_help(evaluator, name, &known, &imported, diagnostic)))
}

/// The file in which a path ends, and the name that is looked for there; nothing where an import was reported.
fn file_of<'n>(
    evaluator: &mut Evaluator<'_, '_>,
    path: &'n [Name],
    scope: &Scope,
) -> Result<Option<(FileId, &'n Name)>, Box<Diagnostic>> {
    match path {
        [name] => Ok(Some((scope.file, name))),
        [import, name] => Ok(imported(evaluator, import, Some(name), scope)?.map(|file| (file, name))),
        [import, name, ..] => too_far(evaluator, import, name, scope).map(|()| None),
        [] => Ok(None),
    }
}

/// Whether it cannot be told that there is none.
fn may_exist(program: &Program<'_>, evaluator: &Evaluator<'_, '_>, of: (FileId, Kind), name: &Name) -> bool {
    (evaluator.forgetful || program.doubtful) && program.is_dormant(of.0, of.1, &name.text)
}

/// Says of something that this build does not make that it is declared after all.
fn with_dormant(program: &Program<'_>, of: (FileId, Kind), name: &Name, diagnostic: Diagnostic) -> Diagnostic {
    if program.is_dormant(of.0, of.1, &name.text) {
        return diagnostic.note("it is declared only under an `if` that does not hold in this build");
    }
    diagnostic
}

/// The names behind the imports of the file in which a name alone stands.
fn candidates<'p>(
    evaluator: &Evaluator<'_, '_>,
    path: &[Name],
    names: impl Fn(FileId) -> Vec<&'p str>,
) -> Vec<(FileId, &'p str)> {
    let [name] = path else { return Vec::new() };
    let here = name.span.file;
    let mut candidates = Vec::new();
    for import in evaluator.names.of(here) {
        if let Some((Meaning::Import(Some(file)), _)) = evaluator.names.meaning(here, import) {
            candidates.extend(names(file).into_iter().map(|name| (file, name)));
        }
    }
    candidates
}

/// Offers a name that is close, or one behind the name of an import; where there is neither, says which names there are.
fn with_help(
    evaluator: &Evaluator<'_, '_>,
    name: &Name,
    known: &[&str],
    imported: &[(FileId, &str)],
    diagnostic: Diagnostic,
) -> Diagnostic {
    if !evaluator.diagnostics.are_few() {
        return diagnostic;
    }
    let here = name.span.file;
    let behind = |wanted: &str| {
        let (file, name) = imported.iter().find(|(_, name)| *name == wanted)?;
        let import = evaluator.names.of(here).find(|import| {
            matches!(evaluator.names.meaning(here, import), Some((Meaning::Import(Some(target)), _)) if target == *file)
        })?;
        Some(format!("{import}.{name}"))
    };
    if let Some(better) = behind(&name.text) {
        return diagnostic.help(format!("write `{better}`")).unsafe_fix("name the import", name.span, better);
    }
    if let Some(better) = closest(&name.text, known.iter().copied()) {
        return diagnostic.did_you_mean(&name.text, better, name.span, better);
    }
    if let Some(better) = closest(&name.text, imported.iter().map(|(_, name)| *name)).and_then(behind) {
        return diagnostic.did_you_mean(&name.text, &better, name.span, better.as_str());
    }
    diagnostic
}

/// The names of something that is extended, with their texts; nothing where one was reported.
pub fn base_path(evaluator: &mut Evaluator<'_, '_>, path: &[Name], scope: &Scope) -> Option<Vec<Name>> {
    path.iter().map(|name| Some(Name::new(evaluator.name(name, scope)?, name.span))).collect()
}

/// The file that an import's name means; nothing where the import was reported.
///
/// # Errors
/// The diagnostic that says that the name is none of an import.
fn imported(
    evaluator: &mut Evaluator<'_, '_>,
    import: &Name,
    member: Option<&Name>,
    scope: &Scope,
) -> Result<Option<FileId>, Box<Diagnostic>> {
    match evaluator.names.meaning(scope.file, &import.text) {
        Some((Meaning::Import(target), _)) => {
            evaluator.used.imports.insert((scope.file, import.text.clone()));
            Ok(target)
        }
        other => {
            let message = match other {
                Some((Meaning::Template, _)) => format!("`{}` is a template, and no import", import.text),
                Some(_) => format!("`{}` is a constant or parameter, and no import", import.text),
                None => format!("`{}` {MEANS_NOTHING}", import.text),
            };
            let mut diagnostic = Diagnostic::new(code::UNKNOWN_NAME, import.span, message);
            diagnostic = diagnostic.note("before a dot stands the import of another file here");
            let imports = evaluator
                .names
                .of(scope.file)
                .filter(|name| matches!(evaluator.names.meaning(scope.file, name), Some((Meaning::Import(_), _))));
            let imports: Vec<&str> = imports.collect();
            let by_member = member.and_then(|member| evaluator.import_with(&member.text, scope));
            if let Some(better) = closest(&import.text, imports.iter().copied()).or(by_member) {
                return Err(Box::new(diagnostic.did_you_mean(&import.text, better, import.span, better)));
            }
            if other.is_none() {
                diagnostic = match imports.as_slice() {
                    [] => diagnostic.help(format!("import a file first: `import \"…\" as {}`", import.text)),
                    names => {
                        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                        diagnostic.note(format!("this file imports {}", names.join(", ")))
                    }
                };
            }
            Err(Box::new(diagnostic))
        }
    }
}

/// What is said of names that lead through an import to something that has no names of its own.
fn too_far(
    evaluator: &mut Evaluator<'_, '_>,
    import: &Name,
    name: &Name,
    scope: &Scope,
) -> Result<(), Box<Diagnostic>> {
    let Some(file) = imported(evaluator, import, Some(name), scope)? else { return Ok(()) };
    let diagnostic = match evaluator.names.meaning(file, &name.text) {
        Some((Meaning::Import(_), place)) => not_passed_on(name, place),
        Some(_) => Diagnostic::new(code::UNKNOWN_NAME, name.span, format!("`{}` is no import", name.text)),
        None => evaluator.unknown_member(import, name, file),
    };
    Err(Box::new(diagnostic))
}

/// Refuses an import where something that stands in a file belongs.
fn no_import(
    evaluator: &mut Evaluator<'_, '_>,
    name: &Name,
    scope: &Scope,
    wanted: &str,
) -> Result<(), Box<Diagnostic>> {
    if !matches!(evaluator.names.meaning(scope.file, &name.text), Some((Meaning::Import(_), _))) {
        return Ok(());
    }
    evaluator.used.imports.insert((scope.file, name.text.clone()));
    let diagnostic = Diagnostic::new(code::UNKNOWN_NAME, name.span, format!("`{}` is a file", name.text));
    Err(Box::new(diagnostic.help(format!("name {wanted} in it: `{}.NAME`", name.text))))
}
