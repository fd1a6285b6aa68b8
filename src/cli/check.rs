//! `flytec check`: all of `build` but the writing.

use std::path::Path;

use super::args::{Check, Global};
use super::files::Drafts;
use super::fix::{Mended, mend};
use super::progress::Progress;
use super::replace::replace;
use super::shell::Shell;
use super::watch::watch;
use super::{Failure, Verdict, compiled, plural, print, say, told};
use crate::compile::Compilation;

/// Runs the command.
pub fn run(global: &Global, check: &Check) -> Result<Verdict, Failure> {
    if check.watch {
        return watch(global, &check.common.paths, &mut |shell| once(shell, check));
    }
    once(&Shell::new(global), check)
}

fn once(shell: &Shell<'_>, check: &Check) -> Result<Verdict, Failure> {
    let compile = |drafts: &Drafts| {
        let progress = Progress::begin(shell.global);
        Ok(compiled(shell, &check.common, drafts.clone(), &progress)?.0)
    };
    let compilation = if check.fix { fixed(shell.global, check, &compile)? } else { compile(&Drafts::new())? };
    Ok(told(shell.global, &compilation))
}

/// Makes the safe changes, and gives what is left.
fn fixed(
    global: &Global,
    check: &Check,
    compile: &dyn Fn(&Drafts) -> Result<Compilation, Failure>,
) -> Result<Compilation, Failure> {
    let reads_stdin = check.common.paths.iter().any(|path| path.as_os_str() == "-");
    let stdin = reads_stdin.then_some(check.common.stdin_filename.as_str());
    let Mended { compilation, mut drafts, changes } = mend(compile, stdin)?;
    if let Some(name) = stdin {
        let source = compilation.sources.iter().find(|(_, source)| source.identity == name);
        print(source.map_or(&[][..], |(_, source)| source.text.as_bytes()))?;
        drafts.remove(name);
    }
    for (path, text) in &drafts {
        replace(Path::new(path), text.as_bytes(), true)?;
    }
    if changes > 0 && global.tells_summary() {
        let files = drafts.len() + usize::from(stdin.is_some());
        say(&format!("{} in {}\n", plural(changes, "change"), plural(files, "file")));
    }
    Ok(compilation)
}
