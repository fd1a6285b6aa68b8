//! A session on a page: commands, and what they write, in a folder with the files that the page shows.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Failed;

/// The commands of a page that follow each other in one folder.
#[derive(Clone, Default)]
pub struct Session {
    page: String,
    line: usize,
    files: Vec<(String, String)>,
    steps: Vec<Step>,
}

/// A command, and what it writes to both streams.
#[derive(Clone)]
struct Step {
    line: usize,
    command: String,
    written: Vec<String>,
}

impl Session {
    /// A folder with these files, in which nothing has happened.
    pub fn new(page: &str, line: usize, files: &[(String, String)]) -> Self {
        Self { page: page.to_owned(), line, files: files.to_vec(), steps: Vec::new() }
    }

    /// Adds a block: commands begin with `$`, and what they write follows them.
    pub fn add(&mut self, line: usize, body: &[&str]) {
        for (at, text) in body.iter().enumerate() {
            match (text.strip_prefix("$ "), self.steps.last_mut()) {
                (Some(command), _) => {
                    self.steps.push(Step { line: line + at + 1, command: command.to_owned(), written: Vec::new() });
                }
                (None, Some(step)) => step.written.push((*text).to_owned()),
                (None, None) => {}
            }
        }
    }

    pub fn name(&self) -> String {
        format!("{}:{} session", self.page, self.line)
    }

    /// Whether anything happens in it.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub fn check(&self) -> Result<(), Failed> {
        let folder = tempfile::tempdir()?;
        for (name, text) in &self.files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, text)?;
        }
        let tool = Path::new(env!("CARGO_BIN_EXE_flytec"));
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let folders = tool.parent().map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&folders));
        let path = std::env::join_paths(folders)?;
        for Step { line, command, written } in &self.steps {
            let mut shell = Command::new("bash");
            shell.args(["-c", &format!("{{ {command}\n}} 2>&1")]).current_dir(folder.path());
            // As on a machine of a person, whatever this one is.
            shell.env("PATH", &path).env("NO_COLOR", "1").env_remove("CI");
            shell
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_AUTHOR_NAME", "Ada")
                .env("GIT_AUTHOR_EMAIL", "ada@acme.dev");
            shell.env("GIT_COMMITTER_NAME", "Ada").env("GIT_COMMITTER_EMAIL", "ada@acme.dev");
            let output = String::from_utf8(shell.output()?.stdout)?;
            let actual: Vec<&str> = output.lines().collect();
            if !matches(written, &actual) {
                let place = format!("{}:{line}", self.page);
                return Err(format!("{place}: `{command}` writes\n{output}\nand not\n{}", written.join("\n")).into());
            }
        }
        Ok(())
    }
}

/// Whether these are the lines that are shown, of which `…` stands for any, and blank ones at the end do not count.
fn matches(shown: &[String], actual: &[&str]) -> bool {
    match (shown.split_first(), actual.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "…" => (0..=actual.len()).any(|at| matches(rest, &actual[at..])),
        (Some((first, rest)), Some((line, others))) => first.trim_end() == line.trim_end() && matches(rest, others),
        (Some((first, rest)), None) => first.trim().is_empty() && matches(rest, actual),
        (None, Some((line, others))) => line.trim().is_empty() && matches(shown, others),
    }
}
