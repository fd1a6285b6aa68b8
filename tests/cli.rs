//! The command as its users have it: the real binary in folders of its own.
//!
//! In: arguments, files and standard input. Out: exit statuses, both streams, and what lies in the folders afterwards, held to
//! `docs/cli.md`. Not here: what programs mean (`golden` and `sdk` have that).

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

#[path = "cli/diff.rs"]
mod diff;
#[cfg(unix)]
#[path = "cli/disk.rs"]
mod disk;
#[path = "cli/elsewhere.rs"]
mod elsewhere;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/fix.rs"]
mod fix;
#[path = "cli/fmt.rs"]
mod fmt;
#[path = "cli/folder.rs"]
mod folder;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/imports.rs"]
mod imports;
#[path = "cli/init.rs"]
mod init;
#[path = "cli/killed.rs"]
mod killed;
#[path = "cli/kubernetes.rs"]
mod kubernetes;
#[path = "cli/levels.rs"]
mod levels;
#[path = "cli/machine.rs"]
mod machine;
#[path = "cli/messages.rs"]
mod messages;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/preview.rs"]
mod preview;
#[path = "cli/project.rs"]
mod project;
#[path = "cli/python.rs"]
mod python;
#[path = "cli/sources.rs"]
mod sources;
#[path = "cli/status.rs"]
mod status;
#[path = "cli/test.rs"]
mod test;
#[path = "cli/trace.rs"]
mod trace;
#[path = "cli/watch.rs"]
mod watch;

/// Two tasks and a variant.
const PROGRAM: &str = r#"environment train-env {
  image = "ghcr.io/acme/train:1"

  task prepare {
    command = ["prepare"]
  }

  task fit {
    function = "train:fit"
    resources { cpu = 1, gpu = "A100:2" }
  }

  override fit as large {
    resources { memory = 64Gi }
  }
}
"#;

/// The names of the pods of [`PROGRAM`], sorted.
const PODS: [&str; 3] = ["train-env.fit", "train-env.fit@large", "train-env.prepare"];

/// A program with one error, at line 3, column 3.
const BROKEN: &str = "environment e {\n  image = \"i\"\n  imgae = \"i\"\n  task t { command = [\"x\"] }\n}\n";
