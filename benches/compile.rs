//! What a compile costs, and where: `cargo bench`.
//!
//! The flat workload is a program of 100, 1,000 and 10,000 tasks over one template with GCSFuse and a logging sidecar, each task
//! written out with its own arguments and one environment variable. The layered one makes as many tasks of the same pod over an
//! imported template with a parameter that extends two others, in an environment that extends an imported one, with constants,
//! a parameter and an `if` in every task, and a template of its own for every tenth. The floor is what no compiler with this grammar and these
//! pods can go below: matching the grammar without making a tree, and serialising the typed pods with `serde_json`.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flytec::check::pod_security::PodSecurity;
use flytec::compile::{Analysis, Build, Compilation, Lowered, Settings, analyse, compile, lower};
use flytec::diagnostics::Diagnostics;
use flytec::diagnostics::levels::Levels;
use flytec::emit::{Emitter, Kind};
use flytec::expression::inputs::Inputs;
use flytec::flyte::entrypoint::Context;
use flytec::lower::Workload;
use flytec::modules::{Modules, load};
use flytec::schema::kubernetes::versions::Target;
use flytec::source::files::Memory;
use flytec::source::{FileId, SourceMap};
use flytec::syntax::recognise;
use flytec::validate;
use k8s_openapi::api::core::v1::PodSpec;
use mimalloc::MiMalloc;

/// The command's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const SIZES: [usize; 3] = [100, 1_000, 10_000];

const HEAD: &str = r#"
template gcs_fuse {
  labels { team = "data-science" }
  annotations {
    "gke-gcsfuse/volumes"   = "true"
    "gke-gcsfuse/cpu-limit" = "4"
  }
  pod_spec {
    containers primary {
      volumeMounts "/mnt/gcs" { name = "gcs-fuse", readOnly = false }
    }
    containers logging-agent {
      image = "fluentd:v1.17"
      resources {
        requests { cpu = 100m, memory = 128Mi }
        limits   { cpu = 200m, memory = 256Mi }
      }
    }
    volumes gcs-fuse {
      csi {
        driver = "gcsfuse.csi.storage.gke.io"
        volumeAttributes { bucketName = "my-data-bucket", mountOptions = "implicit-dirs,uid=65532,gid=65532" }
      }
    }
  }
}

environment shards {
  image        = "ghcr.io/acme/train:v1"
  pod_template = gcs_fuse
  resources { cpu = 500m..2, memory = 1Gi..2Gi }
"#;

/// A program of so many tasks.
fn program(tasks: usize) -> String {
    let mut text = HEAD.to_owned();
    for n in 0..tasks {
        let task = format!(
            r#"
  task shard_{n} {{
    command = ["python", "-m", "pipelines.train"]
    args    = ["--shard", "{n}", "--in", "{{{{.input}}}}", "--out", "{{{{.outputPrefix}}}}"]
    env_vars {{ SHARD = "shard-{n}" }}
  }}
"#
        );
        // Writing to a string cannot fail.
        let _ = write!(text, "{task}");
    }
    text + "}\n"
}

const PLATFORM: &str = r#"
param stage: "dev" | "prod" = "prod"
let registry = "ghcr.io/acme"

template common {
  labels { team = "data-science", stage = stage }
}

template logging(tag: string = "v1.17") extends common {
  pod_spec {
    containers logging-agent {
      image = "fluentd:${tag}"
      resources {
        requests { cpu = 100m, memory = 128Mi }
        limits   { cpu = 200m, memory = 256Mi }
      }
    }
  }
}

template gcs_fuse(bucket: string, mount: string = "/mnt/gcs") extends common, logging(tag = "v1.18") {
  annotations {
    "gke-gcsfuse/volumes"   = "true"
    "gke-gcsfuse/cpu-limit" = "4"
  }
  pod_spec {
    containers primary {
      volumeMounts "${mount}" { name = "gcs-fuse", readOnly = false }
    }
    volumes gcs-fuse {
      csi {
        driver = "gcsfuse.csi.storage.gke.io"
        volumeAttributes { bucketName = bucket, mountOptions = "implicit-dirs,uid=65532,gid=65532" }
      }
    }
  }
}

environment training {
  image = "${registry}/train:v1"
  resources { cpu = 500m..2, memory = 1Gi..2Gi }
}
"#;

const LAYERED_HEAD: &str = r#"
import "platform.flyteenv" as platform

let module = "pipelines.train"

environment shards extends platform.training {
  pod_template = platform.gcs_fuse(bucket = "my-data-bucket")
"#;

/// A program of so many tasks over what it imports.
fn layered_program(tasks: usize) -> String {
    let mut text = LAYERED_HEAD.to_owned();
    for n in 0..tasks {
        let own = if n % 10 == 0 {
            format!("    pod_template = platform.gcs_fuse(bucket = \"bucket-{n}\")\n")
        } else {
            String::new()
        };
        let task = format!(
            r#"
  task shard_{n} {{
    command = ["python", "-m", module]
    args    = ["--shard", "{n}", "--in", "{{{{.input}}}}", "--out", "{{{{.outputPrefix}}}}"]
    env_vars {{ SHARD = "shard-{n}-${{platform.stage}}", LOG = if platform.stage == "prod" then "info" else "debug" }}
{own}  }}
"#
        );
        // Writing to a string cannot fail.
        let _ = write!(text, "{task}");
    }
    text + "}\n"
}

/// What all of it is compiled with.
struct Setting {
    disk: Memory,
    inputs: Inputs,
    context: Context,
    kubernetes: Target,
    levels: Levels,
    pod_security: PodSecurity,
}

impl Setting {
    fn new() -> Self {
        let context = Context { version: Some("v1".to_owned()), ..Context::default() };
        let platform = [("platform.flyteenv".to_owned(), PLATFORM.as_bytes().to_vec())];
        let (levels, pod_security) = (Levels::default(), PodSecurity::default());
        Self {
            disk: Memory::new(platform.into()),
            inputs: Inputs::default(),
            context,
            levels,
            pod_security,
            kubernetes: Target::default(),
        }
    }

    fn build(&self) -> Build<'_> {
        Build {
            files: &self.disk,
            inputs: &self.inputs,
            context: &self.context,
            levels: &self.levels,
            pod_security: &self.pod_security,
            kubernetes: &self.kubernetes,
            cluster: None,
        }
    }

    fn compile(&self, sources: SourceMap) -> Compilation {
        let named: Vec<FileId> = sources.ids().collect();
        compile(sources, &named, &self.build())
    }

    fn load(&self, sources: &mut SourceMap) -> Modules {
        let named: Vec<FileId> = sources.ids().collect();
        load(&named, sources, &self.disk, &mut Diagnostics::default())
    }

    fn analyse<'m>(&self, modules: &'m Modules, sources: &mut SourceMap) -> (Analysis<'m>, Settings) {
        analyse(modules, sources, &self.build(), &mut Diagnostics::default())
    }

    fn lower<'a>(&self, analysis: &'a Analysis<'_>, settings: Settings, sources: &SourceMap) -> Lowered<'a> {
        lower(sources, analysis, settings, "v1", &self.context, &mut Diagnostics::default())
    }
}

/// The pods as Kubernetes' types, each whole.
fn typed_pods(workloads: &[Workload]) -> Vec<PodSpec> {
    let pod = |workload: &Workload| {
        let mut spec = workload.template.spec.clone();
        spec.containers[workload.template.primary_index] = workload.primary();
        spec
    };
    workloads.iter().map(pod).collect()
}

fn emit(workloads: &[Workload]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut emitter = Emitter::for_lines(Kind::Pod);
    for workload in workloads {
        emitter.write(workload, &mut bytes);
    }
    bytes
}

fn whole(criterion: &mut Criterion) {
    whole_of("compile", program, criterion);
    whole_of("layered", layered_program, criterion);
}

fn whole_of(name: &str, program: fn(usize) -> String, criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20);
    let setting = Setting::new();
    for size in SIZES {
        let sources = SourceMap::new(vec![("bench.flyteenv".to_owned(), program(size))]);
        assert_eq!(setting.compile(sources.clone()).workloads.len(), size, "the workload compiles");
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            // What a compilation is made of is given back behind the measured time: the command leaves that to the end of its process.
            let whole = |sources| {
                let compilation = setting.compile(sources);
                let pods = emit(&compilation.workloads);
                (compilation, pods)
            };
            bencher.iter_batched(|| sources.clone(), whole, BatchSize::PerIteration);
        });
    }
}

fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stages");
    group.sample_size(20);
    let setting = Setting::new();
    for size in SIZES {
        let mut sources = SourceMap::new(vec![("bench.flyteenv".to_owned(), program(size))]);
        let modules = setting.load(&mut sources);
        let (analysis, settings) = setting.analyse(&modules, &mut sources);
        let Lowered { subjects, parts, .. } = setting.lower(&analysis, settings, &sources);
        assert_eq!(subjects.len(), size, "the workload compiles");
        let workloads: Vec<Workload> = subjects.iter().map(|subject| subject.workload.clone()).collect();
        group.bench_function(BenchmarkId::new("parse", size), |bencher| {
            bencher.iter(|| setting.load(black_box(&mut sources)));
        });
        group.bench_function(BenchmarkId::new("check", size), |bencher| {
            bencher.iter(|| setting.analyse(black_box(&modules), &mut sources).1.tasks.len());
        });
        let mut again = sources.clone();
        group.bench_function(BenchmarkId::new("lower", size), |bencher| {
            bencher.iter_batched(
                || setting.analyse(&modules, &mut again).1,
                |settings| setting.lower(&analysis, settings, &sources),
                BatchSize::LargeInput,
            );
        });
        group.bench_function(BenchmarkId::new("validate", size), |bencher| {
            let target = validate::Target::new(&setting.kubernetes);
            bencher.iter(|| {
                let mut diagnostics = Diagnostics::default();
                validate::validate(black_box(&subjects), &parts, &target, &sources, &mut diagnostics);
            });
        });
        group.bench_function(BenchmarkId::new("emit", size), |bencher| {
            bencher.iter(|| emit(black_box(&workloads)));
        });
    }
}

fn floor(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("floor");
    group.sample_size(20);
    for size in SIZES {
        let text = program(size);
        let sources = SourceMap::new(vec![("bench.flyteenv".to_owned(), text.clone())]);
        let pods = typed_pods(&Setting::new().compile(sources).workloads);
        group.bench_function(BenchmarkId::new("grammar", size), |bencher| {
            bencher.iter(|| recognise(black_box(&text)));
        });
        group.bench_function(BenchmarkId::new("serialise", size), |bencher| {
            bencher.iter(|| {
                let mut bytes = Vec::new();
                for pod in black_box(&pods) {
                    serde_json::to_writer(&mut bytes, pod).expect("pods can be written as JSON");
                }
                bytes
            });
        });
    }
}

criterion_group!(benches, whole, stages, floor);
criterion_main!(benches);
