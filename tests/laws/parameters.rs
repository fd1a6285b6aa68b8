//! What holds for all values that a build is given.
//!
//! In: a text, as a file of each format and as an argument. Out: what does not hold. Always: a program with parameters of all types is
//! held to what holds for every program, whatever it is given. Not here: what values mean.

use std::collections::BTreeMap;

use super::ensure;
use super::programs::{check_program, written};
use crate::support::Program;

/// A program that has a parameter of each type, and uses them.
const PROGRAM: &str = r#"
param flag: bool = true
param count: int = 1
param share: float = 0.5
param name: string = "n"
param memory: quantity = 1Gi
param wait: duration = 5m
param stage: "dev" | "prod" | 3 = "dev"
param words: list(string) = []
param nested: list(list(int)) = []
param labels: map(string) = {}
param deep: map(list(quantity)) = {}
param extra: object = {}

template given {
  labels = labels
  pod_spec {
    containers primary {}
    nodeSelector = extra
  }
}
environment env {
  image        = "i:${name}"
  pod_template = given
  resources    { memory = memory }
  env_vars     { STAGE = "${stage}", COUNT = "${count}", SHARE = "${share}", DEEP = "${length(keys(deep))}" }
  if flag {
    task "t_${name}" {
      command = words
      args    = ["${length(nested)}"]
      timeout = wait
      retries = count
    }
  }
}
"#;

/// Compiles the program with a text as a file of parameters in each format, and with its first line as an argument.
pub fn check_parameters(text: &str) -> Result<(), String> {
    let argument = text.lines().next().unwrap_or_default().trim_start_matches('=');
    let mut givens = ["yaml", "json", "toml"].map(|ending| ["--params".to_owned(), format!("given.{ending}")]).to_vec();
    if argument.contains('=') {
        givens.push(["--set".to_owned(), argument.to_owned()]);
    }
    for arguments in givens {
        let compile = || {
            let files = vec![("a.flyteenv".to_owned(), PROGRAM.to_owned())];
            Program::beside(files, BTreeMap::from([(arguments[1].clone(), text.as_bytes().to_vec())]), &arguments)
        };
        let (first, second) = (compile(), compile());
        check_program(&first)?;
        ensure(first.messages() == second.messages(), "compiling twice gives other messages")?;
        ensure(written(&first) == written(&second), "compiling twice gives other bytes")?;
    }
    Ok(())
}
