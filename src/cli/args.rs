//! The arguments, as `clap` reads them.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use terminal_size::{Width, terminal_size_of};

use super::levels::Lints;
use crate::check::pod_security;
use crate::diagnostics::render;
use crate::diagnostics::suggest::did_you_mean;
use crate::emit;
use crate::project;
use crate::schema::kubernetes::versions::{Gate, Version};

/// Compiles .flyteenv files: Flyte 2 task environments in, one validated `K8sPod` for every task out.
#[derive(Debug, Parser)]
#[command(name = "flytec", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// Whether messages have colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    pub color: Colour,
    /// Say less: no summary, no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// How diagnostics are written to standard error
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    pub message_format: MessageFormat,
    /// What becomes of warnings.
    #[command(flatten)]
    pub lints: Lints,
}

impl Global {
    /// What messages are read on here.
    pub fn screen(&self) -> render::Screen {
        let terminal = std::io::stderr().is_terminal();
        let width = || terminal_size_of(std::io::stderr()).map(|(Width(columns), _)| usize::from(columns));
        render::Screen {
            colour: self.colour(),
            width: terminal.then(width).flatten(),
            ascii: terminal && !has_unicode(|name| std::env::var(name).ok()),
        }
    }

    /// Whether people are told how much there is, in the end.
    pub fn tells_summary(&self) -> bool {
        !self.quiet && matches!(self.message_format, MessageFormat::Human)
    }

    /// Whether people are told what was done; what programs read has nothing but diagnostics.
    pub fn tells_deeds(&self) -> bool {
        !self.quiet && !matches!(self.message_format, MessageFormat::Json | MessageFormat::Sarif)
    }

    fn colour(&self) -> bool {
        match self.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                let asked = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
                asked && std::env::var_os("TERM").is_none_or(|term| term != "dumb") && std::io::stderr().is_terminal()
            }
        }
    }
}

/// Whether a terminal has more letters than those of ASCII: where the locale does not say, it has, unless it is a plain one.
///
/// POSIX: the first of the three variables that is set and not empty counts.
fn has_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    if variable("TERM").is_some_and(|term| term == "dumb") {
        return false;
    }
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| variable(name)).find(|value| !value.is_empty());
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// The commands.
// The arguments of a command are made once it was asked for. They come after what is said of it here, so the types of the
// arguments have no documentation: clap would say that instead.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Compile, and write one file for every task and variant
    Build(Build),
    /// Compile, and say what is wrong
    Check(Check),
    /// Show what changes in the pods between two states of sources, built folders or revisions
    Diff(Diff),
    /// Write sources in the one style
    Fmt(Fmt),
    /// Write pods that there are already, of Kubernetes or of Flyte, as a source
    Import(Import),
    /// Show the pod that will really run, and where each of its values comes from
    Preview(Preview),
    /// Compare what each source gives with its snapshots
    Test(Test),
    /// Say what the code of a message means, with an example that fails and one that passes
    Explain(Explain),
    /// Begin a project: a few files that build
    Init(Init),
    /// Show where the values of a pod come from, through every layer that set them
    Trace(Trace),
    /// Write a script that completes the command line in a shell
    Completions(Completions),
}

// What every command that compiles takes.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// Files, or folders searched for `*.flyteenv`; `-` reads standard input [default: those of `flytec.toml`, or the
    /// current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What standard input is called in messages
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub stdin_filename: String,
    /// The value of a parameter; wins over those of `--params`
    #[arg(long = "set", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// A JSON, YAML or TOML file with values of parameters; a later one wins
    #[arg(long = "params", value_name = "FILE")]
    pub params: Vec<PathBuf>,
    /// The version of the cluster's Kubernetes, such as 1.34 [default: the newest that flytec knows]
    #[arg(long, value_name = "VERSION")]
    pub kubernetes_version: Option<Version>,
    /// Feature gates of the cluster that are not as its version has them by default
    #[arg(long, value_name = "NAME=BOOL,…", value_delimiter = ',', value_parser = gate)]
    pub feature_gates: Vec<(Gate, bool)>,
    /// The version of the tasks, for Flyte's entrypoint [default: a digest of the sources]
    #[arg(long, value_name = "VERSION")]
    pub task_version: Option<String>,
    /// Where the code bundle of Python tasks is
    #[arg(long, value_name = "URI")]
    pub code_bundle: Option<String>,
    /// Where the code bundle is unpacked [default: `.`]
    #[arg(long, value_name = "DIR")]
    pub code_dest: Option<String>,
    /// A YAML file of what a cluster has: its pod templates, and how Flyte is configured there
    #[arg(long, value_name = "FILE")]
    pub cluster: Option<PathBuf>,
    /// The level of the Pod Security Standards that every pod is held to
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub pod_security: Option<PodSecurity>,
    /// What becomes of warnings.
    #[command(flatten)]
    pub lints: Lints,
}

/// Reads `NAME=true` or `NAME=false`.
fn gate(text: &str) -> Result<(Gate, bool), String> {
    let (name, value) = text.split_once('=').ok_or("a gate is set by `NAME=true` or `NAME=false`")?;
    let on = value.parse().map_err(|_| format!("`{name}` is set to `true` or `false`, not to `{value}`"))?;
    let gate = Gate::named(name).ok_or_else(|| {
        let help = did_you_mean(name, Gate::names())
            .unwrap_or_else(|| "it is none of those that guard a part of a pod".to_owned());
        format!("`{name}` is no feature gate that flytec knows; {help}")
    })?;
    Ok((gate, on))
}

// `flytec build`.
#[derive(Debug, Args)]
pub struct Build {
    /// What is compiled.
    #[command(flatten)]
    pub common: Common,
    /// The folder that the pods are written to; `-` streams them to standard output [default: `pods`]
    #[arg(short, long, value_name = "DIR")]
    pub out_dir: Option<PathBuf>,
    /// What is written for each task [default: pod]
    #[arg(long, value_enum, value_name = "KIND")]
    pub emit: Option<Emit>,
    /// How it is written [default: json]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Only the pods whose names match, such as `production-env.*`
    #[arg(long, value_name = "GLOB")]
    pub only: Option<String>,
    /// Write nothing; exit 1, with a diff, where the folder is not what the sources give
    #[arg(long)]
    pub check: bool,
    /// Build again whenever a file changes that the program reads
    #[arg(long, conflicts_with = "check")]
    pub watch: bool,
}

// `flytec check`.
#[derive(Debug, Args)]
pub struct Check {
    /// What is compiled.
    #[command(flatten)]
    pub common: Common,
    /// Make the safe changes that messages offer, and say what is left
    #[arg(long)]
    pub fix: bool,
    /// Check again whenever a file changes that the program reads
    #[arg(long, conflicts_with = "fix")]
    pub watch: bool,
}

// `flytec diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// What was: a source, a folder of sources, a folder that a build has written, or a git revision
    #[arg(value_name = "OLD")]
    pub old: String,
    /// What is: the same
    #[arg(value_name = "NEW")]
    pub new: String,
    /// What is compiled; PATHs are looked for in folders and revisions.
    #[command(flatten)]
    pub common: Common,
    /// How changes are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: DiffFormat,
}

/// How changes are written.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum DiffFormat {
    /// For people.
    #[default]
    Human,
    /// For a pull request.
    Markdown,
    /// One JSON document.
    Json,
}

// `flytec import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Files of Pods, of Deployments, Jobs, custom resources and their like, of pod specs or of `K8sPod`s: YAML, JSON or Protobuf; `-`
    /// reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The file that the source is written to [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What standard input is called in messages
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub stdin_filename: String,
}

// `flytec init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder [default: the current folder]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

// `flytec completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

// `flytec fmt`.
#[derive(Debug, Args)]
pub struct Fmt {
    /// Files, or folders searched for `*.flyteenv`; `-` reads standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What standard input is called in messages
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub stdin_filename: String,
    /// Write nothing; list the files that are not in the style, and exit 1 where there are any
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change, and exit 1 where something would
    #[arg(long)]
    pub diff: bool,
}

// `flytec explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code, such as `E0301` [default: list all codes]
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

// `flytec preview`.
#[derive(Debug, Args)]
pub struct Preview {
    /// The task or variant: `environment.task` or `environment.task@variant`
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What is compiled.
    #[command(flatten)]
    pub common: Common,
    /// How the pod is written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: PreviewFormat,
}

/// How a previewed pod is written.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum PreviewFormat {
    /// YAML, with the origin of each value beside it.
    #[default]
    Yaml,
    /// JSON, with the origins by the paths of the values.
    Json,
}

// `flytec test`.
#[derive(Debug, Args)]
pub struct Test {
    /// Files, or folders searched for `*.flyteenv` [default: those of `flytec.toml`, or the current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Take what comes now for right: write the snapshots, and delete those that nothing makes any more
    #[arg(long)]
    pub update: bool,
    /// Write what came of the tests to a file too, as the XML of `JUnit`
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Run tests again whenever a file changes that they read; no snapshot is written
    #[arg(long, conflicts_with = "update")]
    pub watch: bool,
}

// `flytec trace`.
#[derive(Debug, Args)]
pub struct Trace {
    /// The task or variant: `environment.task` or `environment.task@variant`
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A field of its pod, such as `spec.containers[primary].image` [default: all of it]
    #[arg(value_name = "FIELD")]
    pub field: Option<String>,
    /// What is compiled.
    #[command(flatten)]
    pub common: Common,
    /// How the trace is written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: TraceFormat,
}

/// How a trace is written.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum TraceFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON document.
    Json,
}

/// When messages have colours.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum MessageFormat {
    /// With the source and what is to be said about it.
    #[default]
    Human,
    /// One line each.
    Short,
    /// One JSON object a line.
    Json,
    /// One SARIF 2.1.0 document.
    Sarif,
    /// Workflow commands of GitHub Actions, a line each.
    Github,
}

impl From<MessageFormat> for render::Format {
    fn from(format: MessageFormat) -> Self {
        match format {
            MessageFormat::Human => Self::Human,
            MessageFormat::Short => Self::Short,
            MessageFormat::Json => Self::Json,
            MessageFormat::Sarif => Self::Sarif,
            MessageFormat::Github => Self::Github,
        }
    }
}

/// A level of the Pod Security Standards.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PodSecurity {
    /// Nothing is asked.
    Privileged,
    /// What is known to raise privileges is refused.
    Baseline,
    /// Pods are hardened.
    Restricted,
}

impl From<PodSecurity> for pod_security::Level {
    fn from(level: PodSecurity) -> Self {
        match level {
            PodSecurity::Privileged => Self::Privileged,
            PodSecurity::Baseline => Self::Baseline,
            PodSecurity::Restricted => Self::Restricted,
        }
    }
}

/// What is written for each task.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Emit {
    /// `flyteidl2.core.K8sPod`.
    Pod,
    /// A Kubernetes `v1` `Pod`.
    K8s,
    /// One Python module with the environments of all tasks.
    Python,
}

impl From<Emit> for project::Emit {
    fn from(emit: Emit) -> Self {
        match emit {
            Emit::Pod => Self::Pods(emit::Kind::Pod),
            Emit::K8s => Self::Pods(emit::Kind::K8s),
            Emit::Python => Self::Python,
        }
    }
}

/// How it is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// Protobuf.
    Proto,
}

impl From<Format> for emit::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Yaml => Self::Yaml,
            Format::Proto => Self::Proto,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_says_which_letters_a_terminal_has() {
        let has = |set: &[(&str, &str)]| {
            has_unicode(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(has(&[]));
        assert!(has(&[("LANG", "de_DE.UTF-8"), ("TERM", "xterm")]));
        assert!(has(&[("LANG", "C.utf8")]));
        assert!(has(&[("LC_ALL", ""), ("LANG", "en_GB.UTF-8")]));
        assert!(!has(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(!has(&[("LANG", "en_US.ISO-8859-1")]));
        assert!(!has(&[("LANG", "en_GB.UTF-8"), ("TERM", "dumb")]));
    }
}
