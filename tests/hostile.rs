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

/// How many seconds a text has that is short, and makes as much as a build may. An optimised build takes one.
const SECONDS_TO_MAKE: u32 = 40;

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

/// A task of these settings.
fn task(settings: &str) -> String {
    format!("environment e {{\n  image = \"i\"\n  task t {{\n    command = [\"x\"]\n    {settings}\n  }}\n}}\n")
}

/// An environment with these settings and so many tasks.
fn tasks(count: usize, shared: &str, settings: &str) -> String {
    format!(
        "environment e {{\n  image = \"i\"\n  {shared}\n  for t in range({count}) {{ task \"t${{t}}\" {{\n    command = [\"x\"]\n    {settings}\n  }} }}\n}}\n"
    )
}

/// Two loops in each other around this, each so often.
fn loops(times: usize, inner: &str) -> String {
    format!("for i in range({times}) {{ for j in range({times}) {{ {inner} }} }}")
}

#[test]
fn what_loops_make_in_one_task_is_bounded() {
    let template = |inner: &str| task(&format!("pod_template {{ pod_spec {{ {inner} }} }}"));
    let labelled = "for i in range(300000) { volumes \"v${i}\" { emptyDir {} } }";
    let texts = [
        task(&format!("env_vars {{ {} }}", loops(1400, "\"K${i}_${j}\" = \"v\""))),
        task(&format!("env_vars {{ {} }}", loops(1400, "\"K${i}_${j}\" = \"a longer value of ${i} and ${j}\""))),
        task(&format!("pod_template {{ labels {{ {} }} }}", loops(1400, "\"K${i}_${j}\" = \"v\""))),
        task("args = [\"a${i}\" for i in range(900000)]"),
        task(
            "env_vars {\n for i in range(100000) { \"K${i}\" = \"v\" }\n for i in range(100000) { \"K${i}\" = null }\n }",
        ),
        template(labelled),
        template(
            "for i in range(9000) { volumes \"v${i}\" { emptyDir {} } }\n for i in range(9000) { volumes \"v${i}\" = null }",
        ),
        template("for i in range(9000) {\n volumes += [{ name = \"w${i}\" }]\n volumes \"v${i}\" { emptyDir {} }\n }"),
        template("tolerations = [{ key = \"k${i}\", operator = \"Exists\" } for i in range(330000)]"),
        format!("template p {{ pod_spec {{ {labelled} }} }}\n{}", task("")),
        format!(
            "let x = \"{}\"\nlet y = \"{}\"\n{}",
            "x".repeat(10_000),
            "${x}".repeat(100),
            task("env_vars { for i in range(9000) { \"K${i}\" = y } }")
        ),
    ];
    hold_within(SECONDS_TO_MAKE, &texts);
}

#[test]
fn what_loops_make_for_many_tasks_is_bounded() {
    let shared = |values: &str, settings: &str| format!("let v = {values}\n{}", tasks(90_000, "", settings));
    let with_template = |template: &str, text: String| format!("template p{template}\n{text}");
    let texts = [
        tasks(20, "", &format!("env_vars {{ {} }}", loops(310, "\"K${i}_${j}\" = \"v${t}\""))),
        tasks(2_000, "", "env_vars { for i in range(500) { \"K${i}\" = \"v${t}\" } }"),
        tasks(90_000, "env_vars { for i in range(1000) { \"K${i}\" = \"v\" } }", ""),
        tasks(90_000, "env_vars { for i in range(31) { \"K${i}\" = \"v\" } }", "env_vars { X = \"${t}\" }"),
        tasks(90_000, "secrets = [{ key = \"k${i}\" } for i in range(1000)]", ""),
        tasks(90_000, "", &format!("env_vars {{ {} }}", steps(300, &|n| format!("A{n} = \"1\"\n")))),
        shared("{ for i in range(20) { \"K${i}\" = \"v\" } }", "env_vars = v"),
        shared("[\"a${i}\" for i in range(10000)]", "args = v"),
        with_template(
            "(n: int) { annotations { for i in range(1000) { \"a${i}\" = \"v${n}\" } } }",
            tasks(2_000, "", "pod_template = p(n = t)"),
        ),
        with_template(
            "(n: int) { pod_spec { for i in range(100) { containers \"c${i}\" { image = \"x${n}\" } } } }",
            tasks(5_000, "", "pod_template = p(n = t)"),
        ),
        with_template(
            " { pod_spec { for i in range(1000) { volumes \"v${i}\" { emptyDir {} } } } }",
            tasks(9_000, "pod_template = p", "pod_template { labels { a = \"${t}\" } }"),
        ),
        "for t in range(900000) { environment \"e${t}\" { image = \"i\" } }\n".to_owned(),
        format!("{}for t in range(900000) {{ override e.t {{ env_vars {{ A = \"${{t}}\" }} }} }}\n", task("")),
    ];
    hold_within(SECONDS_TO_MAKE, &texts);
}

#[test]
fn what_constants_hold_is_bounded() {
    let many = |count: usize, value: &str| steps(count, &|n| format!("let b{n} = {value}\n"));
    let numbers = (0..10_000).map(|_| "1").collect::<Vec<_>>().join(",");
    let texts = [
        many(20, "[[[[[[i]]]]] for i in range(150000)]"),
        many(8, "[{ a = i, b = \"x${i}\" } for i in range(250000)]"),
        many(4, "[{} for i in range(900000)]"),
        many(4, "{ for i in range(900000) { \"k${i}\" = i } }"),
        many(4, "[[x, x, x, x, x] for x in range(150000)]"),
        many(4, "[\"${x} a longer text than it\" for x in range(900000)]"),
        many(2, &format!("[\"{}\" for x in range(90000)]", "${x}".repeat(500))),
        many(3, &format!("[[{numbers}] for i in range(90)]")),
        format!("let o = {{ for i in range(300000) {{ \"k${{i}}\" = i }} }}\n{}", many(20, "merge(o, { x = 1 })")),
        format!("let o = {{ for i in range(300000) {{ \"k${{i}}\" = i }} }}\n{}", many(20, "keys(o)")),
        format!("let a = [i for i in range(900000)]\n{}", many(10, "[x for x in a]")),
        many(4, "{ for i in range(900000) { a += [i] } }"),
    ];
    hold_within(SECONDS_TO_MAKE, &texts);
}

/// Numbered parts of a text.
fn steps(count: usize, part: &dyn Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// Runs `flytec check` on each text, and fails with the texts on which it did not end as it should.
fn hold(texts: &[String]) {
    hold_within(SECONDS, texts);
}

fn hold_within(seconds: u32, texts: &[String]) {
    let folder = tempfile::tempdir().expect("there are folders");
    let faults: Vec<String> = texts.iter().filter_map(|text| check(folder.path(), text, seconds).err()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(folder: &Path, text: &str, seconds: u32) -> Result<(), String> {
    fs::write(folder.join("a.flyteenv"), text).expect("it can be written");
    let script =
        format!("ulimit -v {SPACE} && ulimit -t {seconds} && exec \"$0\" check a.flyteenv --message-format json");
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
