//! `flytec build`: compile, and write a file for every task and variant.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use globset::{GlobBuilder, GlobMatcher};

use super::args::{Build, Global};
use super::files::Drafts;
use super::progress::Progress;
use super::project::Opened;
use super::shell::Shell;
use super::watch::watch;
use super::{Failure, Verdict, compiled_of, output, print, project, python, say, told};
use crate::compile::Compilation;
use crate::digest::sha256;
use crate::emit::manifest::{self, Written};
use crate::emit::{Emitter, Format, Kind};
use crate::lower::Workload;
use crate::parallel;
use crate::project::Emit;

/// Runs the command.
pub fn run(global: &Global, build: &Build) -> Result<Verdict, Failure> {
    if !build.watch {
        return once(&Shell::new(global), build);
    }
    if build.out_dir.as_deref().is_some_and(is_stream) {
        let message = "`--watch` keeps a folder up to date; nothing would tell where a build ends on `-o -`";
        return Err(Failure::new(message));
    }
    watch(global, &build.common.paths, &mut |shell| once(shell, build))
}

fn is_stream(folder: &Path) -> bool {
    folder.as_os_str() == "-"
}

fn once(shell: &Shell<'_>, build: &Build) -> Result<Verdict, Failure> {
    let opened = match project::open(&build.common, Drafts::new(), &shell.reads)? {
        Ok(opened) => opened,
        Err(refused) => return Ok(told(shell.global, &refused)),
    };
    match build.emit.map(Emit::from).or(opened.project.build.emit) {
        Some(Emit::Python) => python::run(shell, build, opened),
        Some(Emit::Pods(kind)) => pods(shell, build, kind, opened),
        None => pods(shell, build, Kind::default(), opened),
    }
}

/// Builds pods.
fn pods(shell: &Shell<'_>, build: &Build, kind: Kind, opened: Opened) -> Result<Verdict, Failure> {
    let global = shell.global;
    let only = build.only.as_deref().map(glob).transpose()?;
    let target = Target::of(build, kind, &opened);
    check_usage(build, &target)?;
    let (compilation, _) = compiled_of(global, &build.common, opened, &Progress::begin(global))?;
    let verdict = finish(shell, build, only.as_ref(), &target, &compilation);
    if shell.ends_with_command() {
        // What a compilation is made of would be given back piece by piece, for nothing.
        std::mem::forget(compilation);
    }
    verdict
}

/// Tells what is to be told of a program, and writes its pods.
fn finish(
    shell: &Shell<'_>,
    build: &Build,
    only: Option<&GlobMatcher>,
    target: &Target,
    compilation: &Compilation,
) -> Result<Verdict, Failure> {
    let global = shell.global;
    if told(global, compilation) == Verdict::Bad {
        return Ok(Verdict::Bad);
    }
    let matches = |workload: &&Workload| only.is_none_or(|glob| glob.is_match(workload.name.to_string()));
    let workloads: Vec<&Workload> = compilation.workloads.iter().filter(matches).collect();
    if let Some(pattern) = build.only.as_deref().filter(|_| workloads.is_empty()) {
        return Err(Failure::new(format!("no task or variant is called `{pattern}`")));
    }
    if is_stream(&target.folder) {
        return write_stream(&workloads, target, compilation).map(|()| Verdict::Good);
    }
    let progress = Progress::begin(global);
    progress.stage("making", workloads.len(), "pod");
    let files = files(&workloads, target.kind, target.format, compilation)?;
    if build.check {
        drop(progress);
        return check_folder(build, &target.folder, &files);
    }
    drop(progress);
    let changed = write(shell, &target.folder, &files, build.only.is_some())?;
    if global.tells_deeds() {
        let (count, plural) = (workloads.len(), if workloads.len() == 1 { "" } else { "s" });
        say(&format!("{count} pod{plural} in `{}`, {changed} written\n", target.folder.display()));
    }
    Ok(Verdict::Good)
}

/// How pods are written, and where.
struct Target {
    folder: PathBuf,
    kind: Kind,
    format: Format,
}

impl Target {
    /// The arguments win over the project.
    fn of(build: &Build, kind: Kind, opened: &Opened) -> Self {
        let project = &opened.project.build;
        let folder = || project.out_dir.as_ref().map(|folder| opened.disk.below_root(&folder.text));
        Self {
            folder: build.out_dir.clone().or_else(folder).unwrap_or_else(|| PathBuf::from("pods")),
            kind,
            format: build.format.map(Format::from).or(project.format).unwrap_or_default(),
        }
    }
}

fn glob(pattern: &str) -> Result<GlobMatcher, Failure> {
    let glob = GlobBuilder::new(pattern).build();
    let glob = glob.map_err(|error| Failure::new(format!("`--only {pattern}` is no glob: {}", error.kind())))?;
    Ok(glob.compile_matcher())
}

fn check_usage(build: &Build, target: &Target) -> Result<(), Failure> {
    let (kind, format, stream) = (target.kind, target.format, is_stream(&target.folder));
    if kind == Kind::K8s && format == Format::Proto {
        return Err(Failure::new("`--emit k8s` is JSON or YAML; `--format proto` is for `--emit pod`"));
    }
    if stream && format == Format::Proto {
        return Err(Failure::new("`-o -` streams JSON or YAML; `--format proto` needs a folder"));
    }
    if stream && build.check {
        return Err(Failure::new("`--check` compares with a folder; it cannot be used with `-o -`"));
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------- files

/// How large the pods of a build may be together, in bytes, besides what the length of its sources allows for: they are made before the first is
/// written.
const MAX_PODS: usize = 128 * MEBIBYTE;

/// How large they may be where the values of the program have taken all the memory that they may.
const LEAST_PODS: usize = 32 * MEBIBYTE;

/// How much larger they may be together with the manifest.
const MAX_MANIFEST: usize = 96 * MEBIBYTE;

/// How much more each byte of a source may make, in bytes.
const MADE_OF_BYTE: usize = 32;

const MEBIBYTE: usize = 1024 * 1024;

/// The files of a build, and its manifest.
fn files(
    workloads: &[&Workload],
    kind: Kind,
    format: Format,
    compilation: &Compilation,
) -> Result<output::Files, Failure> {
    let space = PodSpace::of(compilation);
    let written = parallel::slices(workloads.len() >= parallel::MANY, workloads, |workloads| {
        let mut emitter = Emitter::for_files(kind, format);
        let write = |workload: &&Workload| {
            let mut bytes = Vec::new();
            emitter.write(workload, &mut bytes);
            space.takes(bytes.len())?;
            let digest = sha256(&bytes);
            bytes.shrink_to_fit();
            Ok((file_name(&workload.name.to_string(), format), bytes, digest))
        };
        workloads.iter().map(write).collect::<Result<Vec<_>, Failure>>()
    });
    let mut pods = Vec::with_capacity(workloads.len());
    let mut entries = Vec::with_capacity(workloads.len());
    let mut rest = workloads.iter();
    for written in written {
        for ((file, bytes, sha256), workload) in written?.into_iter().zip(&mut rest) {
            entries.push((*workload, Written { file: file.clone(), sha256 }));
            pods.push((file, bytes));
        }
    }
    let most = space.left() + MAX_MANIFEST;
    let manifest = manifest::manifest(&compilation.sources, &entries, kind, format, &compilation.version, most);
    let manifest = manifest.ok_or_else(|| too_large("beside its pods, the manifest of this build has", most))?;
    Ok(output::Files { pods, manifest })
}

/// The space for the bytes of pods, of which several threads take.
struct PodSpace {
    most: usize,
    left: AtomicUsize,
}

impl PodSpace {
    fn of(compilation: &Compilation) -> Self {
        let bytes: usize = compilation.sources.iter().map(|(_, source)| source.text.len()).sum();
        let most = compilation.room.saturating_add(LEAST_PODS).min(MAX_PODS);
        let most = most.saturating_add(bytes.saturating_mul(MADE_OF_BYTE));
        Self { most, left: AtomicUsize::new(most) }
    }

    /// How much is left.
    fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes space for one more pod.
    fn takes(&self, bytes: usize) -> Result<(), Failure> {
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        taken.map(|_| ()).map_err(|_| too_large("the pods of this build have together", self.most))
    }
}

fn too_large(what: &str, most: usize) -> Failure {
    let help = "build them in parts with `--only`, or split the sources into builds of their own";
    Failure::new(format!("{what} more than {} MiB; {help}", most / MEBIBYTE))
}

/// The name of a pod's file. One that no file system would take is cut and told apart by a digest; the manifest has it.
pub fn file_name(name: &str, format: Format) -> String {
    /// In bytes; most file systems take 255, and some of that goes to a file's name while it is being written.
    const LONGEST: usize = 240;
    /// How much of the digest tells names apart.
    const DIGITS: usize = 16;
    let extension = format.extension();
    if name.len() + 1 + extension.len() <= LONGEST {
        return format!("{name}.{extension}");
    }
    let mut digest = sha256(name.as_bytes());
    digest.truncate(DIGITS);
    let room = LONGEST - extension.len() - DIGITS - 2;
    let mut cut = name.to_owned();
    while cut.len() > room {
        cut.pop();
    }
    format!("{cut}~{digest}.{extension}")
}

/// Writes the files, once no other build writes to the folder, and tells how many pods changed.
fn write(shell: &Shell<'_>, folder: &Path, files: &output::Files, partial: bool) -> Result<usize, Failure> {
    let folder = output::Folder::to_write(folder)?;
    let _writing = shell.writing.hold();
    let progress = Progress::begin(shell.global);
    progress.stage("writing", files.pods.len(), "file");
    output::write(&folder, files, partial)
}

fn check_folder(build: &Build, folder: &Path, files: &output::Files) -> Result<Verdict, Failure> {
    let folder = output::Folder::to_read(folder)?;
    let differences = output::differences(&folder, files, build.only.is_some())?;
    if differences.is_empty() {
        return Ok(Verdict::Good);
    }
    print(differences.as_bytes())?;
    Ok(Verdict::Bad)
}

// --------------------------------------------------------------------------------------------------------- stream

/// JSON lines with the name of each pod, or YAML documents.
fn write_stream(workloads: &[&Workload], target: &Target, compilation: &Compilation) -> Result<(), Failure> {
    /// How many are written out before they are printed: enough for all cores, and little memory.
    const AT_ONCE: usize = 2_000;
    let Target { kind, format, .. } = *target;
    let space = PodSpace::of(compilation);
    for workloads in workloads.chunks(AT_ONCE) {
        let many = workloads.len() >= parallel::MANY;
        let written = parallel::slices(many, workloads, |workloads| lines(workloads, kind, format, &space));
        written.into_iter().try_for_each(|bytes| print(&bytes?))?;
    }
    Ok(())
}

fn lines(workloads: &[&Workload], kind: Kind, format: Format, space: &PodSpace) -> Result<Vec<u8>, Failure> {
    /// Pods of one build are mostly alike.
    const SOME: usize = 16;
    let mut bytes = Vec::new();
    let mut emitter = if format == Format::Json { Emitter::for_lines(kind) } else { Emitter::for_files(kind, format) };
    for (at, workload) in workloads.iter().enumerate() {
        let before = bytes.len();
        if at == SOME {
            bytes.reserve(before / SOME * (workloads.len() - SOME) + before);
        }
        if format == Format::Yaml {
            bytes.extend_from_slice(format!("---\n# {}\n", workload.name).as_bytes());
            emitter.write(workload, &mut bytes);
        } else {
            let name = serde_json::Value::from(workload.name.to_string());
            bytes.extend_from_slice(format!("{{\"name\":{name},\"pod\":").as_bytes());
            emitter.write(workload, &mut bytes);
            bytes.extend_from_slice(b"}\n");
        }
        space.takes(bytes.len() - before)?;
    }
    Ok(bytes)
}
