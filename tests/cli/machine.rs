//! What the machine is like does not show in what is built: locale, time zone, user, folder, number of cores; and no name of a program
//! becomes a path on it.

use std::collections::BTreeMap;
use std::process::Command;

use super::folder::Folder;
use super::{BROKEN, PROGRAM};

/// The first two are different in all that the environment can say; the others leave it to the machine, or are no proper values.
const MACHINES: [&[(&str, &str)]; 4] = [
    &[("LC_ALL", "C"), ("LANG", "C"), ("TZ", "UTC"), ("HOME", "/nowhere"), ("USER", "a"), ("COLUMNS", "200")],
    &[
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "de_DE"),
        ("TZ", "Pacific/Chatham"),
        ("HOME", "/"),
        ("USER", "b"),
        ("TERM", "vt52"),
    ],
    &[],
    &[("LC_ALL", "\u{1F600}"), ("TZ", ":/dev/null"), ("RUST_LOG", "trace"), ("SOURCE_DATE_EPOCH", "0")],
];

/// Sources whose names sort in another way in other locales, with a word that Turkish writes otherwise in capitals.
fn project() -> Folder {
    let folder = Folder::new();
    folder.write("flytec.toml", "");
    folder.write("envs/Main.flyteenv", PROGRAM);
    folder.write(
        "envs/ä.flyteenv",
        "let title = upper(\"title\")\ntask train-env.ä_b { command = [\"x\", title] }\n".replace("ä_b", "i_b"),
    );
    folder.write("envs/_z.flyteenv", "task train-env.Z { command = [\"z\"] }\n");
    folder
}

fn built(folder: &Folder, variables: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    folder.run_with(&["build", "envs"], b"", variables).expect(0).silent();
    folder.files("pods")
}

#[test]
fn pods_are_the_same_whatever_the_environment_says() {
    let expected = built(&project(), MACHINES[0]);
    assert!(expected.len() > 5, "{:?}", expected.keys());
    for variables in MACHINES {
        assert_eq!(built(&project(), variables), expected, "{variables:?}");
    }
}

#[test]
fn messages_are_the_same_whatever_the_environment_says() {
    let folder = Folder::with(BROKEN);
    for format in ["human", "short", "json", "sarif", "github"] {
        let told = |variables: &[(&str, &str)]| {
            folder.run_with(&["check", "--message-format", format], b"", variables).expect(1)
        };
        let expected = told(MACHINES[0]);
        for variables in MACHINES {
            assert_eq!(told(variables), expected, "{format}: {variables:?}");
        }
    }
}

#[test]
fn pods_are_the_same_from_whatever_folder_they_are_built() {
    let folder = project();
    // The manifest names sources by the way to them from the current folder, as messages do.
    let pods = |mut files: BTreeMap<String, Vec<u8>>| files.remove("manifest.json").map(|_| files);
    let expected = pods(built(&folder, &[]));
    folder.write("deep/er/note", "");
    let root = folder.path("envs");
    for (here, paths) in [("deep/er", "../../envs"), ("envs", "."), ("deep", root.to_str().expect("it is UTF-8"))] {
        let mut command = folder.command(&["build", paths, "-o", "built"]);
        let status = command.current_dir(folder.path(here)).status().expect("the command runs");
        assert!(status.success(), "{here}");
        assert_eq!(pods(folder.files(&format!("{here}/built"))), expected, "{here}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn pods_are_the_same_on_one_core() {
    let folder = project();
    let expected = built(&folder, &[]);
    let mut command = Command::new("taskset");
    command.args(["-c", "0", env!("CARGO_BIN_EXE_flytec"), "build", "envs", "-o", "alone"]);
    // Where there is no way to ask for one core, nothing is shown.
    let Ok(status) = command.current_dir(folder.path("")).status() else { return };
    assert!(status.success());
    assert_eq!(folder.files("alone"), expected);
}

#[test]
fn the_order_of_files_does_not_show() {
    let folder = project();
    let expected = built(&folder, &[]);
    let files = ["envs/Main.flyteenv", "envs/_z.flyteenv", "envs/ä.flyteenv"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let paths = order.map(|at| files[at]);
        folder.run(&[&["build", "-o", "other"][..], &paths].concat()).expect(0).silent();
        assert_eq!(folder.files("other"), expected, "{paths:?}");
    }
}

#[test]
fn no_name_becomes_a_path() {
    for name in ["../x", "..", ".", "a/b", "/etc/x", "a\\\\b", "a\\u{0}b", "a\\nb", "-o", "~", "C:x", "a:b", ""] {
        for program in [
            format!("environment \"{name}\" {{\n  image = \"i\"\n  task t {{ command = [\"x\"] }}\n}}\n"),
            format!("environment e {{\n  image = \"i\"\n  task \"{name}\" {{ command = [\"x\"] }}\n}}\n"),
            format!(
                "environment e {{\n  image = \"i\"\n  task t {{ function = \"a:b\" }}\n  override t as \"{name}\" {{ retries = 1 }}\n}}\n"
            ),
            format!(
                "let n = \"{name}\"\nenvironment e {{\n  image = \"i\"\n  task \"${{n}}\" {{ command = [\"x\"] }}\n}}\n"
            ),
        ] {
            let folder = Folder::new();
            folder.write("in/main.flyteenv", &program);
            folder.run(&["build", "in", "-o", "in/pods"]).expect(1).silent();
            assert_eq!(folder.names(""), ["in/main.flyteenv"], "{program}");
        }
    }
}
