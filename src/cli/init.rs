//! `flytec init`: a small project that builds.
//!
//! In: a folder. Out: the files of the project in it. Always: nothing that is there is changed, and where one of the files is there already, none
//! is written. Not here: what the files say, which `init/` has.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::{Global, Init};
use super::replace::replace;
use super::{Failure, Verdict, say};

/// The files, by their paths in the folder.
const FILES: &[(&str, &str)] = &[
    ("flytec.toml", include_str!("init/flytec.toml")),
    ("platform/base.flyteenv", include_str!("init/base.flyteenv")),
    ("envs/hello.flyteenv", include_str!("init/hello.flyteenv")),
    (".gitignore", include_str!("init/gitignore")),
];

/// Runs the command.
pub fn run(global: &Global, arguments: &Init) -> Result<Verdict, Failure> {
    let folder = arguments.folder.as_deref().unwrap_or(Path::new("."));
    // A repository may have its own already.
    let needed = |name: &str| name != ".gitignore" || !folder.join(name).exists();
    let files: Vec<(PathBuf, &str)> =
        FILES.iter().filter(|(name, _)| needed(name)).map(|(name, text)| (folder.join(name), *text)).collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| fs::symlink_metadata(path).is_ok()) {
        return Err(Failure::new(format!("`{}` is there already; nothing was written", path.display())));
    }
    for (path, text) in &files {
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| Failure::io("create folder", parent, &error))?;
        replace(path, text.as_bytes(), false)?;
    }
    if !global.quiet {
        let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
        say(&(names.join("\n") + "\n"));
        let enter = if folder == Path::new(".") { String::new() } else { format!("cd {} && ", folder.display()) };
        say(&format!("Now run `{enter}flytec build`\n"));
    }
    Ok(Verdict::Good)
}
