//! Files that sources name: where they may lie, and that each is read once.

use std::fs;

use super::folder::{Folder, Outcome};

/// A program of one task that imports `path` and has the image that is declared there.
fn importing(path: &str) -> String {
    format!(
        "import \"{path}\" as other\nenvironment e {{\n  image = other.image\n  task t {{ command = [\"x\"] }}\n}}\n"
    )
}

const IMAGE: &str = "let image = \"i\"\n";

#[track_caller]
fn codes(outcome: &Outcome, expected: &[&str]) {
    let found: Vec<&str> = outcome.stderr.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(found, expected, "{}", outcome.stderr);
}

#[test]
fn files_are_imported_from_all_over_the_project() {
    let folder = Folder::new();
    folder.write("flytec.toml", "");
    folder.write("a/main.flyteenv", importing("../b/deeper/./image.flyteenv"));
    folder.write("b/deeper/image.flyteenv", IMAGE);
    let command = |here: &str, path: &str| {
        let outcome = folder.command(&["build", path, "-o", "-"]).current_dir(folder.path(here)).output();
        outcome.expect("the command runs").status.code()
    };
    assert_eq!(command(".", "a"), Some(0));
    assert_eq!(command("a", "main.flyteenv"), Some(0), "the root is above the current folder");
    assert_eq!(command("b", "../a"), Some(0));
}

#[test]
fn messages_name_imported_files_by_their_way_from_here() {
    let folder = Folder::new();
    folder.write("flytec.toml", "");
    folder.write("a/main.flyteenv", importing("../b/image.flyteenv"));
    folder.write("b/image.flyteenv", "let image = \"i\"\nlet image = \"j\"\n");
    let command = |here: &str, path: &str| {
        let mut command = folder.command(&["check", path, "--message-format", "short"]);
        let output = command.current_dir(folder.path(here)).output().expect("the command runs");
        String::from_utf8(output.stderr).expect("it is text")
    };
    assert!(command(".", "a").starts_with("b/image.flyteenv:2:5: error[E0205]"), "{}", command(".", "a"));
    assert!(command("a", ".").starts_with("../b/image.flyteenv:2:5: error[E0205]"), "{}", command("a", "."));
}

#[test]
fn without_a_marked_root_the_current_folder_is_the_root() {
    let folder = Folder::new();
    folder.write("project/main.flyteenv", importing("../image.flyteenv"));
    folder.write("image.flyteenv", IMAGE);
    folder.run(&["check", "project"]).expect(0);
    let output = folder.command(&["check", "--message-format", "short"]).current_dir(folder.path("project")).output();
    let output = output.expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).expect("it is text");
    assert!(text.starts_with("main.flyteenv:1:8: error[E0802]"), "{text}");
}

#[test]
fn no_path_leads_out_of_the_project() {
    let folder = Folder::new();
    folder.write("outside/image.flyteenv", IMAGE);
    folder.write("outside/secret.txt", "secret");
    folder.write("project/flytec.toml", "");
    let check = |program: &str| {
        folder.write("project/main.flyteenv", program);
        let mut command = folder.command(&["check", "--message-format", "short"]);
        let output = command.current_dir(folder.path("project")).output().expect("the command runs");
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        Outcome { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }.expect(1)
    };
    for path in ["../outside/image.flyteenv", "../project/../outside/image.flyteenv", "../missing.flyteenv"] {
        codes(&check(&importing(path)), &["E0802"]);
    }
    let absolute = folder.path("project/image.flyteenv");
    codes(&check(&importing(&absolute.to_string_lossy())), &["E0802"]);
    for function in ["file", "yaml", "json"] {
        let program = format!("environment e {{\n  image = {function}(\"../outside/secret.txt\")\n}}\n");
        codes(&check(&program), &["E0802"]);
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_lead_out_of_it() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    folder.write("outside/image.flyteenv", IMAGE);
    folder.write("project/main.flyteenv", importing("link.flyteenv"));
    symlink("../outside/image.flyteenv", folder.path("project/link.flyteenv")).expect("links can be made");
    symlink("../outside", folder.path("project/folder")).expect("links can be made");
    let check = || {
        let mut command = folder.command(&["check", "main.flyteenv", "--message-format", "short"]);
        let output = command.current_dir(folder.path("project")).output().expect("the command runs");
        String::from_utf8(output.stderr).expect("it is text")
    };
    assert!(check().contains("[E0802]"), "{}", check());
    folder.write("project/main.flyteenv", importing("folder/image.flyteenv"));
    assert!(check().contains("[E0802]"), "{}", check());
}

#[cfg(unix)]
#[test]
fn links_in_the_project_are_followed_to_the_one_file_that_they_mean() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    folder.write("image.flyteenv", IMAGE);
    symlink("image.flyteenv", folder.path("link.flyteenv")).expect("links can be made");
    let program = "import \"image.flyteenv\" as a\nimport \"link.flyteenv\" as b\nimport \"x/../image.flyteenv\" as c\n\
        environment e {\n  image = \"${a.image}${b.image}${c.image}\"\n  task t { command = [\"x\"] }\n}\n";
    folder.write("x/nothing", "");
    folder.write("main.flyteenv", program);
    let outcome = folder.run(&["build", "main.flyteenv", "-o", "-"]).expect(0);
    assert!(outcome.stdout.contains("\"image\":\"iii\""), "{}", outcome.stdout);
    folder.write("image.flyteenv", "let image = 5five\nlet image = \"i\"\n");
    let outcome = folder.run(&["check", "main.flyteenv", "--message-format", "short"]).expect(1);
    assert_eq!(outcome.stderr.matches("[E0205]").count(), 1, "it is read once: {}", outcome.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_named_by_two_paths_is_one_file() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with(super::PROGRAM);
    symlink("main.flyteenv", folder.path("link.flyteenv")).expect("links can be made");
    folder.write("x/nothing", "");
    folder.run(&["check", "main.flyteenv", "x/../main.flyteenv", "link.flyteenv", "."]).expect(0);
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_no_sources() {
    let folder = Folder::new();
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe.flyteenv")).status();
    assert!(made.is_ok_and(|status| status.success()), "pipes can be made");
    folder.write("main.flyteenv", importing("pipe.flyteenv"));
    let outcome = folder.run(&["check", "main.flyteenv", "--message-format", "short"]).expect(1);
    assert!(outcome.stderr.contains("neither a file nor a folder"), "{}", outcome.stderr);
}

#[test]
fn what_is_only_imported_is_not_built() {
    let folder = Folder::new();
    folder.write("lib/other.flyteenv", "environment lib-env {\n  image = \"i\"\n  task t { command = [\"x\"] }\n}\n");
    let program = "import \"lib/other.flyteenv\" as lib\ntask lib.lib-env.mine { command = [\"y\"] }\n\
        override lib.lib-env.t { queue = \"q\" }\n";
    folder.write("main.flyteenv", program);
    let outcome = folder.run(&["build", "main.flyteenv", "-o", "-", "--message-format", "short"]).expect(0);
    assert_eq!(outcome.stdout.lines().count(), 1, "{}", outcome.stdout);
    assert!(outcome.stdout.contains("lib-env.mine"));
    codes(&outcome, &["W0222"]);
    let outcome = folder.run(&["build", "main.flyteenv", "lib", "-o", "-"]).expect(0);
    assert_eq!(outcome.stdout.lines().count(), 2, "{}", outcome.stdout);
}

#[test]
fn a_source_on_standard_input_imports_from_the_current_folder() {
    let folder = Folder::new();
    folder.write("lib/image.flyteenv", IMAGE);
    let outcome = folder.run_with(&["build", "-", "-o", "-"], importing("lib/image.flyteenv").as_bytes(), &[]);
    assert!(outcome.expect(0).stdout.contains("\"image\":\"i\""));
}

#[test]
fn data_files_are_read_and_are_no_text_of_another_kind() {
    let folder = Folder::new();
    folder.write("data/image.txt", "i");
    folder.write(
        "main.flyteenv",
        "environment e {\n  image = file(\"data/image.txt\")\n  task t { command = [\"x\"] }\n}\n",
    );
    assert!(folder.run(&["build", "-o", "-"]).expect(0).stdout.contains("\"image\":\"i\""));
    folder.write("data/image.txt", b"\xff\xfe");
    codes(&folder.run(&["check"]).expect(1), &["E0114"]);
}

// ------------------------------------------------------------------------------------------------------ parameters

const PARAMETERS: &str = "param image: string = \"default\"\nparam cpu: quantity = 1\nparam zones: list(string) = []\n\
    environment e {\n  image = image\n  resources { cpu = cpu }\n  env_vars { ZONES = join(zones, \",\") }\n  task t { command = [\"x\"] }\n}\n";

#[test]
fn parameters_come_from_the_command_line_and_from_files() {
    let folder = Folder::with(PARAMETERS);
    folder.write("a.json", "{\"image\": \"json\", \"cpu\": \"2\", \"zones\": [\"a\", \"b\"]}");
    folder.write("a.yaml", "image: yaml\ncpu: 250m\n");
    folder.write("a.toml", "image = \"toml\"\n");
    let built = |arguments: &[&str]| {
        let outcome = folder.run(&[&["build", "-o", "-"], arguments].concat()).expect(0);
        let pod: serde_json::Value = serde_json::from_str(outcome.stdout.trim_end()).expect("it is a line of JSON");
        let container = &pod["pod"]["podSpec"]["containers"][0];
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let zones = container["env"].as_array().and_then(|env| env.last()).map(|zones| text(&zones["value"]));
        (text(&container["image"]), text(&container["resources"]["requests"]["cpu"]), zones.unwrap_or_default())
    };
    let expected = |image: &str, cpu: &str, zones: &str| (image.to_owned(), cpu.to_owned(), zones.to_owned());
    assert_eq!(built(&[]), expected("default", "1", ""));
    assert_eq!(built(&["--params", "a.json"]), expected("json", "2", "a,b"));
    assert_eq!(built(&["--params", "a.json", "--params", "a.yaml"]), expected("yaml", "250m", "a,b"));
    assert_eq!(built(&["--params", "a.toml", "--set", "image=set=1"]), expected("set=1", "1", ""));
    assert_eq!(built(&["--set", "image=a", "--set", "image=b", "--set", "zones=[\"z\"]"]), expected("b", "1", "z"));
}

#[test]
fn arguments_that_give_nothing_are_wrong_usage() {
    let folder = Folder::with(PARAMETERS);
    for argument in ["image", "=x", ""] {
        folder.run(&["check", "--set", argument]).expect(2).silent();
    }
    folder.write("a.ini", "image=x");
    folder.run(&["check", "--params", "a.ini"]).expect(2).silent();
    folder.run(&["check", "--params", "missing.json"]).expect(2).silent();
    fs::create_dir(folder.path("folder.json")).expect("folders can be made");
    folder.run(&["check", "--params", "folder.json"]).expect(2).silent();
    folder.write("bytes.yaml", b"image: \xff\n");
    folder.run(&["check", "--params", "bytes.yaml"]).expect(2).silent();
}

#[test]
fn messages_point_at_the_command_line_and_into_files() {
    let folder = Folder::with(PARAMETERS);
    folder.write("a.yaml", "image: i\ncpu: lots\n");
    let outcome = folder.run(&["check", "--message-format", "short", "--params", "a.yaml"]).expect(1);
    assert!(outcome.stderr.starts_with("a.yaml:2:6: error[E0806]"), "{}", outcome.stderr);
    let outcome =
        folder.run(&["check", "--message-format", "short", "--set", "image=i", "--set", "cpu=lots"]).expect(1);
    assert!(outcome.stderr.starts_with("command line:2:11: error[E0806]"), "{}", outcome.stderr);
}

#[test]
fn the_version_of_tasks_tells_what_they_are_given() {
    let program = "param image: string = \"i\"\nenvironment e {\n  image = image\n  task t { function = \"a:b\" }\n}\n";
    let folder = Folder::with(program);
    let version = |arguments: &[&str]| {
        folder.run(&[&["build", "-o", "pods"], arguments].concat()).expect(0);
        let manifest: serde_json::Value =
            serde_json::from_slice(&folder.bytes("pods/manifest.json")).expect("it is JSON");
        manifest["task_version"].as_str().unwrap_or_default().to_owned()
    };
    let plain = version(&[]);
    assert_eq!(plain, version(&[]));
    let given = version(&["--set", "image=a"]);
    assert_ne!(plain, given);
    assert_eq!(given, version(&["--set", "image=b", "--set", "image=a"]), "the last one counts");
    assert_ne!(given, version(&["--set", "image=a", "--set", "image=b"]));
}
