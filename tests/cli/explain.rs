//! `flytec explain`.

use flytec::diagnostics::code;

use super::folder::Folder;

#[test]
fn a_code_is_explained_with_two_programs() {
    let folder = Folder::new();
    let page = folder.run(&["explain", "E0301"]).expect(0);
    assert!(page.stdout.starts_with("# E0301: a field that does not exist\n"), "{}", page.stdout);
    assert_eq!(page.stdout.matches("```flyteenv\n").count(), 2, "{}", page.stdout);
    assert_eq!(page.stderr, "");
    assert_eq!(folder.run(&["explain", "e0301"]).expect(0), page);
}

#[test]
fn every_code_has_a_page_and_is_in_the_list() {
    let folder = Folder::new();
    let list = folder.run(&["explain"]).expect(0).stdout;
    for code in code::ALL {
        assert!(list.contains(&format!("\n  {}  {}\n", code.id, code.title)), "{}", code.id);
        assert!(code.explanation().lines().count() > 5, "{} is not explained", code.id);
    }
    assert!(list.starts_with("01 Syntax\n") && list.contains("\n\n18 Flyte's cluster\n"), "{list}");
}

#[test]
fn what_is_no_code_is_bad_usage() {
    let folder = Folder::new();
    let outcome = folder.run(&["explain", "E0399"]).expect(2).silent();
    assert!(
        outcome.stderr.starts_with("error: there is no diagnostic `E0399`; did you mean `E0309`?\n"),
        "{outcome:?}"
    );
    assert!(folder.run(&["explain", "templates"]).expect(2).silent().stderr.contains("`flytec explain` lists all"));
}
