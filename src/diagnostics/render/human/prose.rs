//! What is said around the source, as wide as the screen and in letters that it has.
//!
//! In: words. Out: the same words, on lines. Always: without a width, a text stays on its lines. Not here: the source itself, whose
//! letters are its author's.

use crate::diagnostics::Diagnostic;
use crate::diagnostics::render::Screen;

/// How words are laid out.
pub struct Prose {
    width: Option<usize>,
    ascii: bool,
}

impl Prose {
    /// For this screen.
    pub fn new(screen: Screen) -> Self {
        /// Narrower than this, words are not laid out any more.
        const NARROWEST: usize = 30;
        Self { width: screen.width.map(|width| width.max(NARROWEST)), ascii: screen.ascii }
    }

    /// What stands for text that is left out.
    pub fn ellipsis(&self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }

    /// Words that stay on one line.
    pub fn line(&self, words: &str) -> String {
        if !self.ascii || words.is_ascii() {
            return words.to_owned();
        }
        let plain = |c: char| match c {
            '…' => "...".to_owned(),
            '–' => "-".to_owned(),
            '—' => "--".to_owned(),
            '‘' | '’' => "'".to_owned(),
            '“' | '”' => "\"".to_owned(),
            '→' => "->".to_owned(),
            c => c.to_string(),
        };
        words.chars().map(plain).collect()
    }

    /// The message, behind what stands in front of it.
    pub fn headline(&self, diagnostic: &Diagnostic) -> String {
        let taken = format!("{}[{}]: ", diagnostic.severity.name(), diagnostic.code.id).len();
        self.wrapped(&" ".repeat(taken), "  ", &diagnostic.message)
    }

    /// A note of a kind: `help: …`.
    pub fn note(&self, kind: &str, words: &str) -> String {
        /// The room that the note is set into.
        const MARGIN: &str = "        ";
        let lines = self.wrapped(&format!("{MARGIN}{kind}: "), &format!("{MARGIN}      "), words);
        let lines = lines.lines().map(|line| line.strip_prefix(MARGIN).unwrap_or(line));
        format!("{kind}: {}", lines.collect::<Vec<_>>().join("\n"))
    }

    /// Words on lines, the first of which begins behind `first`, which is not repeated, and the others with `others`.
    fn wrapped(&self, first: &str, others: &str, words: &str) -> String {
        let words = self.line(words);
        let Some(width) = self.width else { return words };
        let options = textwrap::Options::new(width).initial_indent(first).subsequent_indent(others).break_words(false);
        let text = textwrap::fill(&words, options);
        text.strip_prefix(first).map(str::to_owned).unwrap_or(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose(width: usize) -> Prose {
        Prose::new(Screen { width: Some(width), ..Screen::default() })
    }

    #[test]
    fn words_are_as_wide_as_the_screen() {
        let note = prose(40).note("help", "write the name of the container that the task runs in");
        assert_eq!(note, "help: write the name of the\n      container that the task\n      runs in");
        assert_eq!(prose(200).note("help", "write it"), "help: write it");
        assert_eq!(Prose::new(Screen::default()).note("note", &"long ".repeat(100)).lines().count(), 1);
    }

    #[test]
    fn what_has_no_blank_is_not_broken() {
        let long = "a".repeat(60);
        assert!(prose(40).note("help", &format!("`{long}`")).contains(&long));
    }

    #[test]
    fn letters_are_those_of_the_screen() {
        let ascii = Prose::new(Screen { ascii: true, ..Screen::default() });
        assert_eq!(ascii.line("“a” … b — c"), "\"a\" ... b -- c");
        assert_eq!(ascii.line("`ä`"), "`ä`");
    }
}
