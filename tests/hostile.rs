//! Texts that are made to be costly: each is told of, in bounded memory and without its square of time.
//!
//! In: texts of one kind, as long as a debug build can take. Out: an error with the kind where the command does not end as it
//! should. Always: the command runs in a process of its own, with little address space and little time of a processor, which
//! only growth by the square would use up. Not here: how long anything takes exactly (`benches` has that), and small texts (`tests/properties.rs`).

#![allow(clippy::disallowed_methods, reason = "a test reads and writes files by itself")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// How long a text is, in bytes: long enough that whatever grows by the square is far beyond [`SECONDS`], and all else far below.
const LONG: usize = 60_000;

/// The address space of the command, in KiB. An optimised build has half a gigabyte for a megabyte of text.
const SPACE: usize = 512 * 1024;

/// How many seconds of a processor the command has, without optimisation. How busy the machine is does not count.
const SECONDS: u32 = 6;

/// The beginning of an environment, up to where a text is put in.
const HEAD: &str = "environment e {\n  image = \"i\"\n  task t { command = [\"x\"] }\n";

/// What comes again and again, in a file by itself and in an environment.
const PARTS: &[&str] = &[
    // Nesting.
    "(",
    "[",
    "{",
    "a {\n",
    "a = [",
    "join(",
    "if a then ",
    "for x in ",
    "else if a {}\n",
    "!",
    "\"${",
    "if x {\n",
    // Brackets that close nothing, or something else.
    "}",
    "]",
    ")",
    "[}",
    "(]",
    "{)",
    "a = (, ",
    // Strings without end on one line.
    "\"",
    "'",
    "\"}\\",
    "'}",
    "\"${a}",
    "\"${\"",
    "\"${\"}",
    "{\"",
    "[\"",
    "\"\\",
    "\"'",
    "a.\"",
    "\"\\u{",
    // Long lines of one kind.
    "a.b",
    "a == ",
    "a || ",
    "a, ",
    "x = ",
    "let x = ",
    "1..",
    "9",
    "a ",
    "$A ",
    "é",
    "\u{200b}",
    "\0",
    "`",
    "=>",
    // Many faults, each on a line.
    "a b\n",
    "a\nb\n",
    "a::b\n",
    "~\n",
    "|\n",
    "\\\n",
    ".5\n",
    "0x1\n",
    "ä = 1\n",
    "x = \"a\n",
    "else\n",
    "key: value\n",
    "x = True\n",
    "x: True;\n",
    "task a\n",
    "let x =\n",
    "a = ,\n",
    "1 Gi\n",
    "x = a and b or not c\n",
    // Habits of other languages.
    "// x\n",
    "/* x */\n",
    "--- \n",
    "...\n",
    "<<: *a\n",
    "x = <<EOF\nEOF\n",
    "f\"x\"\n",
    "- a: b\n",
    "a:\n  b:\n    c: d\n",
    "if x:\n  y\n",
    "def f():\n  x\n",
    "{{ .Values.x }}\n",
    "for x of y {}\n",
    "lambda x: y\n",
    "export A=1\n",
    "[section]\n",
    // What is right, or nearly.
    "# flytec: allow(W0218)\n",
    "# flytec: x\n",
    "import \"b.flyteenv\" as b\n",
    "param p: list(string) = []\n",
    "template t {}\n",
    "environment e {}\n",
    "override t as v {}\n",
    "\n",
    " ",
    "#",
    "##\n",
];

#[test]
fn a_text_of_one_kind_is_told_of() {
    let parts = PARTS.iter().flat_map(|part| {
        let text = part.repeat(LONG / part.len());
        [format!("{text}\n"), format!("{HEAD}{text}\n}}\n")]
    });
    hold(&parts.collect::<Vec<_>>());
}

#[test]
fn a_text_of_numbered_lines_is_told_of() {
    let lines = |line: &dyn Fn(usize) -> String| steps(LONG / line(0).len(), line);
    let long = "a".repeat(3_000);
    let inside = |text: String| format!("{HEAD}{text}}}\n");
    let texts = [
        // Names that nothing declares, beside many and beside long ones.
        inside(format!("env_vars {{\n{}}}\n", lines(&|n| format!("A{n} = missing{n}\n")))),
        lines(&|n| format!("let name_number_{n} = nam_number_{}\n", n + 1)),
        lines(&|n| format!("let {long}{n} = {long}x{n}\n")),
        // Numbers without bound.
        format!("let a = {}\nlet b = -1e{}\nlet c = 0.{}\n", "9".repeat(LONG), "9".repeat(LONG), "0".repeat(LONG)),
        // Chains and rings.
        lines(&|n| format!("let a{n} = a{}\n", n + 1)),
        lines(&|n| format!("let a{n} = [a{}]\n", n + 1)),
        format!("{}let a0 = a1\n", lines(&|n| format!("let a{} = a{}\n", n + 1, n))),
        lines(&|n| format!("template t{n} extends t{} {{}}\n", n + 1)),
        lines(&|n| format!("environment e{n} {{ depends_on = [e{}] }}\n", n + 1)),
        lines(&|n| format!("environment e{} extends e{n} {{ env_vars {{ A{n} = \"x\" }} }}\n", n + 1)),
        // Texts, lists and templates that double at each step.
        format!("let a0 = \"xxxxxxxx\"\n{}", steps(200, &|n| format!("let a{} = \"${{a{n}}}${{a{n}}}\"\n", n + 1))),
        format!("let a0 = [1]\n{}", steps(200, &|n| format!("let a{} = [a{n}, a{n}]\n", n + 1))),
        format!(
            "template t0(x: int) {{ labels {{ a = \"1\" }} }}\n{}environment e {{ image = \"i\", pod_template = t30(x = 1), task t {{ command = [\"x\"] }} }}\n",
            steps(30, &|n| format!("template t{}(x: int) extends t{n}(x = x), t{n}(x = {n}) {{}}\n", n + 1))
        ),
        // Loops in loops.
        "let a = [x for x in range(1000)]\nlet b = [[y for y in a] for x in a]\nlet c = [[z for z in b] for y in b]\n"
            .to_owned(),
        // The same again and again.
        inside(lines(&|_| "image = \"i\"\n".to_owned())),
        inside(lines(&|n| format!("task t{n} {{ retries = \"x\" }}\n"))),
        lines(&|n| format!("import \"missing{n}.flyteenv\" as x{n}\n")),
        lines(&|n| format!("param p{n}: string\n")),
    ];
    hold(&texts);
}

/// Numbered parts of a text.
fn steps(count: usize, part: &dyn Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// Runs `flytec check` on each text, and fails with the texts on which it did not end as it should.
fn hold(texts: &[String]) {
    let folder = tempfile::tempdir().expect("there are folders");
    let faults: Vec<String> = texts.iter().filter_map(|text| check(folder.path(), text).err()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(folder: &Path, text: &str) -> Result<(), String> {
    fs::write(folder.join("a.flyteenv"), text).expect("it can be written");
    let script =
        format!("ulimit -v {SPACE} && ulimit -t {SECONDS} && exec \"$0\" check a.flyteenv --message-format json");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_flytec")]).current_dir(folder);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("there is a shell").code();
    if matches!(status, Some(0 | 1)) { Ok(()) } else { Err(format!("{:?}: it ends with {status:?}", shown(text))) }
}

fn shown(text: &str) -> String {
    text.strip_prefix(HEAD).map_or_else(
        || text.chars().take(60).collect(),
        |text| format!("… {}", text.chars().take(60).collect::<String>()),
    )
}
