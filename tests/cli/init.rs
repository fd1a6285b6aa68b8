//! `flytec init` and `flytec completions`.

use super::folder::Folder;

#[test]
fn a_new_project_builds_and_is_in_the_style() {
    let folder = Folder::new();
    let outcome = folder.run(&["init", "jobs"]).expect(0).silent();
    assert!(outcome.stderr.ends_with("Now run `cd jobs && flytec build`\n"), "{}", outcome.stderr);
    assert_eq!(folder.names("jobs"), [".gitignore", "envs/hello.flyteenv", "flytec.toml", "platform/base.flyteenv"]);
    let run = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.current_dir(folder.path("jobs")).output().expect("the command runs")
    };
    let built = run(&["build", "-D", "warnings"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    assert_eq!(folder.names("jobs/pods"), ["hello-env.greet.json", "hello-env.report.json", "manifest.json"]);
    assert!(run(&["fmt", "--check"]).status.success());
}

#[test]
fn what_is_there_is_left_alone() {
    let folder = Folder::new();
    folder.write(".gitignore", "mine\n");
    folder.write("envs/hello.flyteenv", "");
    let outcome = folder.run(&["init"]).expect(2).silent();
    assert!(
        outcome.stderr.contains("envs/hello.flyteenv` is there already; nothing was written"),
        "{}",
        outcome.stderr
    );
    assert_eq!(folder.names("."), [".gitignore", "envs/hello.flyteenv"]);
    std::fs::remove_file(folder.path("envs/hello.flyteenv")).unwrap();
    folder.run(&["init", "-q"]).expect(0).silent();
    assert_eq!(folder.read(".gitignore"), "mine\n");
}

#[test]
fn every_shell_has_a_script() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = folder.run(&["completions", shell]).expect(0).stdout;
        assert!(
            script.contains("flytec") && script.contains("explain") && script.contains("message-format"),
            "{shell}"
        );
    }
    assert!(folder.run(&["completions", "tcsh"]).expect(2).silent().stderr.contains("possible values"));
}
