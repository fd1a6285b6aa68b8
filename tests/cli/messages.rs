//! How diagnostics are written.

use serde_json::Value;

use super::folder::Folder;
use super::{BROKEN, PROGRAM};

/// An error behind characters of two, three and four bytes, and a tab; the place is the number `3`.
const WIDE: &str = "# é\nenvironment e {\n\timage = \"i\"\n\tenv_vars { W = \"日本👩‍🚀é\", X = [3] }\n\ttask t { command = [\"x\"] }\n}\n";

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("it is an object").keys().map(String::as_str).collect()
}

// -------------------------------------------------------------------------------------------------------------- json

#[test]
fn json_is_one_object_a_line_of_the_documented_shape() {
    let folder = Folder::with(&format!("{BROKEN}{}", BROKEN.replace("imgae = \"i\"", "labels { a: \"b\" }")));
    let outcome = folder.run(&["check", "--message-format", "json"]).expect(1).silent();
    let diagnostics = json_lines(&outcome.stderr);
    assert!(diagnostics.len() >= 3, "{}", outcome.stderr);
    for diagnostic in &diagnostics {
        assert_eq!(keys(diagnostic), ["code", "fixes", "help", "labels", "message", "notes", "severity"]);
        assert!(["error", "warning"].contains(&diagnostic["severity"].as_str().expect("it is text")));
        for label in list(&diagnostic["labels"]) {
            assert_eq!(keys(label), ["end", "file", "message", "primary", "start"]);
            check_place(label);
        }
        let primary = list(&diagnostic["labels"]).iter().filter(|label| label["primary"] == true).count();
        assert_eq!(primary, 1, "{diagnostic}");
        for text in list(&diagnostic["notes"]).iter().chain(list(&diagnostic["help"])) {
            assert!(text.is_string(), "{diagnostic}");
        }
        for fix in list(&diagnostic["fixes"]) {
            assert_eq!(keys(fix), ["edits", "message", "safe"]);
            for edit in list(&fix["edits"]) {
                assert_eq!(keys(edit), ["end", "file", "start", "text"]);
                check_place(edit);
            }
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("it is a list")
}

fn check_place(place: &Value) {
    assert_eq!(place["file"], "main.flyteenv");
    for end in ["start", "end"] {
        assert_eq!(keys(&place[end]), ["column", "line", "offset"]);
        assert!(place[end]["line"].as_u64() >= Some(1) && place[end]["column"].as_u64() >= Some(1), "{place}");
    }
    assert!(place["start"]["offset"].as_u64() <= place["end"]["offset"].as_u64(), "{place}");
}

#[test]
fn places_count_lines_and_characters_from_1_and_bytes_from_0() {
    let folder = Folder::with(WIDE);
    let outcome = folder.run(&["check", "--message-format", "json"]).expect(1).silent();
    let [diagnostic] = json_lines(&outcome.stderr).try_into().expect("there is one error");
    let label = list(&diagnostic["labels"])[0].clone();
    let (start, end) = (place(&label["start"]), place(&label["end"]));
    let value = WIDE.find("[3]").expect("it is there");
    assert_eq!((start, end), (position(WIDE, value), position(WIDE, value + 3)), "{}", outcome.stderr);
}

/// Line, column and offset of an offset, by counting.
fn position(text: &str, offset: usize) -> (u64, u64, u64) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let count = |number: usize| u64::try_from(number).expect("texts are short");
    (count(before.matches('\n').count() + 1), count(before[line_start..].chars().count() + 1), count(offset))
}

fn place(position: &Value) -> (u64, u64, u64) {
    let number = |name: &str| position[name].as_u64().expect("it is a number");
    (number("line"), number("column"), number("offset"))
}

#[test]
fn safe_fixes_mend_the_program() {
    let program = PROGRAM.replace("image = ", "image: ").replace("cpu = 1, gpu", "cpu = 1 gpu");
    let folder = Folder::with(&program);
    let outcome = folder.run(&["check", "--message-format", "json"]).expect(1);
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    for fix in json_lines(&outcome.stderr).iter().flat_map(|diagnostic| list(&diagnostic["fixes"]).to_vec()) {
        assert_eq!(fix["safe"], true, "{fix}");
        let offset = |edit: &Value, end: &str| usize::try_from(place(&edit[end]).2).expect("texts are short");
        let edit = |edit: &Value| {
            (offset(edit, "start"), offset(edit, "end"), edit["text"].as_str().unwrap_or_default().to_owned())
        };
        edits.extend(list(&fix["edits"]).iter().map(edit));
    }
    edits.sort();
    let mended = edits.iter().rev().fold(program, |mut text, (start, end, new)| {
        text.replace_range(*start..*end, new);
        text
    });
    Folder::with(&mended).run(&["check"]).expect(0);
}

// ------------------------------------------------------------------------------------------------- short and human

#[test]
fn short_is_one_line_for_each() {
    let folder = Folder::with(BROKEN);
    folder.write("other.flyteenv", WIDE.replace("environment e", "environment other"));
    let outcome = folder.run(&["check", "--message-format", "short"]).expect(1).silent();
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    let (line, column, _) = position(WIDE, WIDE.find("[3]").expect("it is there"));
    assert_eq!(lines.len(), 2, "{}", outcome.stderr);
    assert!(lines[0].starts_with("main.flyteenv:3:3: error[E0301]: "), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("other.flyteenv:{line}:{column}: error[")), "{}", lines[1]);
}

#[test]
fn what_stands_in_a_program_cannot_break_its_line() {
    let folder = Folder::with(
        "\"a\nb\u{1B}[31m\" = 1\n\"\"\"\n  two\n  lines\n  \"\"\"\nx\u{1B}[31m = 1\n\"\\u{1B}[31m\" = 1\n",
    );
    let short = folder.run(&["check", "--message-format", "short"]).expect(1).silent().stderr;
    let count = json_lines(&folder.run(&["check", "--message-format", "json"]).expect(1).stderr).len();
    assert_eq!(short.lines().count(), count, "{short}");
    assert!(!short.contains('\u{1B}'), "{short:?}");
}

#[test]
fn people_are_shown_the_source_and_a_summary() {
    let folder = Folder::with(BROKEN);
    let outcome = folder.run(&["check"]).expect(1).silent();
    assert!(outcome.stderr.starts_with("error[E0301]: "), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("main.flyteenv:3:3\n") && outcome.stderr.contains("imgae = \"i\""),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.ends_with("\n1 error\n"), "{}", outcome.stderr);
}

#[test]
fn quiet_leaves_out_the_summary_and_nothing_else() {
    let folder = Folder::with(BROKEN);
    let (loud, quiet) = (folder.run(&["check"]).expect(1), folder.run(&["-q", "check"]).expect(1));
    assert_eq!(loud.stderr, format!("{}more: `flytec explain E0301`\n1 error\n", quiet.stderr));
    let folder = Folder::with(PROGRAM);
    assert_eq!(folder.run(&["build", "-q"]).expect(0).silent().stderr, "");
    assert_eq!(folder.names("pods").len(), 4);
}

// ------------------------------------------------------------------------------------------------------------ colour

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let folder = Folder::with(BROKEN);
    let coloured = |arguments: &[&str]| {
        let arguments = [&["check"], arguments].concat();
        let outcome = folder.run_with(&arguments, b"", &[]).expect(1);
        let defiant = folder.run_with(&arguments, b"", &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]).expect(1);
        assert_eq!(outcome, defiant, "what is asked for by an argument is no matter of the environment");
        outcome.stderr.contains('\u{1B}')
    };
    assert!(coloured(&["--color", "always"]));
    assert!(!coloured(&["--color", "never"]));
    assert!(!coloured(&[]), "standard error is a pipe here");
    assert!(!coloured(&["--color", "always", "--message-format", "json"]));
    assert!(!coloured(&["--color", "always", "--message-format", "short"]));
}

// ------------------------------------------------------------------------------------------------- sarif and github

#[test]
fn sarif_is_one_document_also_where_there_is_nothing_to_tell() {
    let results = |program: &str, status: i32| {
        let outcome = Folder::with(program).run(&["check", "--message-format", "sarif"]).expect(status).silent();
        let log: Value = serde_json::from_str(&outcome.stderr).expect("it is one document");
        assert_eq!(log["version"], "2.1.0");
        list(&log["runs"][0]["results"]).to_vec()
    };
    assert!(results(PROGRAM, 0).is_empty());
    let told = results(BROKEN, 1);
    assert_eq!((told.len(), &told[0]["ruleId"], &told[0]["level"]), (1, &"E0301".into(), &"error".into()));
    let place = &told[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "main.flyteenv");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&3.into(), &3.into()));
}

#[test]
fn github_is_a_command_a_line() {
    let outcome = Folder::with(BROKEN).run(&["check", "--message-format", "github"]).expect(1).silent();
    let expected =
        "::error file=main.flyteenv,line=3,col=3,endLine=3,endColumn=8,title=E0301%3A a field that does not exist::";
    assert!(outcome.stderr.starts_with(expected) && outcome.stderr.lines().count() == 1, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("%0Ahelp: did you mean `image`?"), "{}", outcome.stderr);
}
