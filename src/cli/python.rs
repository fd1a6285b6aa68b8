//! `flytec build --emit python`: compile, and write one module of Python.
//!
//! In: the arguments of `flytec build`. Out: `flyte_environments.py` in the folder, or the module on standard output. Always: a file of that
//! name that the command has not written is left alone.

use std::fs;
use std::path::Path;

use similar::TextDiff;

use super::args::Build;
use super::files::Drafts;
use super::progress::Progress;
use super::replace::replace;
use super::shell::Shell;
use super::{Failure, Verdict, compiled_of, print, project, report, say, told};
use crate::diagnostics::Severity;
use crate::python::{HEADING, Module, module};

/// The module's file.
const FILE_NAME: &str = "flyte_environments.py";

/// Runs the command.
pub fn run(shell: &Shell<'_>, build: &Build) -> Result<Verdict, Failure> {
    let (global, folder) = (shell.global, folder(build)?);
    let opened = match project::open(&build.common, Drafts::new(), &shell.reads)? {
        Ok(opened) => opened,
        Err(refused) => return Ok(told(global, &refused)),
    };
    let levels = opened.levels(global, &build.common);
    let (mut compilation, _) = compiled_of(global, &build.common, opened, &Progress::begin(global))?;
    if compilation.has_errors() {
        return Ok(told(global, &compilation));
    }
    let Module { text, diagnostics } = module(&compilation);
    compilation.diagnostics.extend(levels.applied(diagnostics));
    report(global, &compilation.diagnostics, &compilation.sources);
    if compilation.diagnostics.iter().any(|one| one.severity == Severity::Error) {
        return Ok(Verdict::Bad);
    }
    if folder.as_os_str() == "-" {
        return print(text.as_bytes()).map(|()| Verdict::Good);
    }
    let path = folder.join(FILE_NAME);
    let old = generated(&path)?;
    if build.check {
        return compare(&path, &old.unwrap_or_default(), &text);
    }
    let changed = {
        let _writing = shell.writing.hold();
        fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
        replace(&path, text.as_bytes(), true)?
    };
    if global.tells_deeds() {
        say(&format!("`{}` {}\n", path.display(), if changed { "written" } else { "is up to date" }));
    }
    Ok(Verdict::Good)
}

/// The folder that is asked for; what is for pods alone is refused.
fn folder(build: &Build) -> Result<&Path, Failure> {
    if build.format.is_some() {
        return Err(Failure::new("`--emit python` writes Python; `--format` is for pods"));
    }
    if build.only.is_some() {
        return Err(Failure::new("`--emit python` writes one module of all environments; `--only` is for pods"));
    }
    let folder = build.out_dir.as_deref();
    let folder = folder.ok_or_else(|| Failure::new("`--emit python` needs `-o DIR`, the package that it writes to"))?;
    if build.check && folder.as_os_str() == "-" {
        return Err(Failure::new("`--check` compares with a folder; it cannot be used with `-o -`"));
    }
    Ok(folder)
}

/// What stands in the file, where there is one: a module that was written by this command.
fn generated(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read(path) {
        Ok(bytes) if bytes.starts_with(HEADING.as_bytes()) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Ok(_) => Err(Failure::new(format!(
            "`{}` was not written by `flytec build --emit python`, so it is left alone; choose another folder",
            path.display()
        ))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io("read", path, &error)),
    }
}

fn compare(path: &Path, old: &str, new: &str) -> Result<Verdict, Failure> {
    if old == new {
        return Ok(Verdict::Good);
    }
    let name = path.display().to_string();
    let diff = TextDiff::from_lines(old, new);
    print(diff.unified_diff().header(&name, &name).to_string().as_bytes())?;
    Ok(Verdict::Bad)
}
