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

/// Runs the command.
pub fn run(global: &Global, check: &Check) -> Result<Verdict, Failure> {
    if check.watch {
        return watch(global, &check.common.paths, &mut |shell| once(shell, check));
    }
    once(&Shell::new(global), check)
}

fn once(shell: &Shell<'_>, check: &Check) -> Result<Verdict, Failure> {
    let progress = Progress::begin(shell.global);
    let compile = |drafts: &Drafts| Ok(compiled(shell, &check.common, drafts.clone(), &progress)?.0);
    if !check.fix {
        let compilation = compile(&Drafts::new())?;
        drop(progress);
        return Ok(told(shell.global, &compilation));
    }
    let reads_stdin = check.common.paths.iter().any(|path| path.as_os_str() == "-");
    let stdin = reads_stdin.then_some(check.common.stdin_filename.as_str());
    let mended = mend(&compile, stdin)?;
    drop(progress);
    write(shell.global, stdin, &mended)?;
    Ok(told(shell.global, &mended.compilation))
}

/// Writes the texts with the safe changes.
fn write(global: &Global, stdin: Option<&str>, mended: &Mended) -> Result<(), Failure> {
    let Mended { compilation, drafts, changes } = mended;
    if let Some(name) = stdin {
        let source = compilation.sources.iter().find(|(_, source)| source.identity == name);
        print(source.map_or(&[][..], |(_, source)| source.text.as_bytes()))?;
    }
    let files: Vec<_> = drafts.iter().filter(|(path, _)| stdin != Some(path.as_str())).collect();
    for (path, text) in &files {
        replace(Path::new(path), text.as_bytes(), true)?;
    }
    if *changes > 0 && global.tells_summary() {
        let files = files.len() + usize::from(stdin.is_some());
        say(&format!("{} in {}\n", plural(*changes, "change"), plural(files, "file")));
    }
    Ok(())
}
