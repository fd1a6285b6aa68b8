//! Lines, and what is aligned over several of them.
//!
//! In: lines as they were written, one after the other. Out: a text. Always: alignment only adds blanks between what stands on a
//! line. Not here: where lines are broken.

use super::STEP;

/// A line of the formatted text.
#[derive(Debug, Default)]
pub struct Line {
    /// How many blocks it stands in.
    depth: usize,
    /// What stands on it, without indentation.
    pub text: String,
    /// Where in the text that begins which is aligned with the lines around it: an operator or a brace, behind a blank.
    pub column: Option<usize>,
    /// The comment behind it.
    pub comment: Option<String>,
    /// Whether it is a comment alone, which ends no run of aligned lines.
    pub aside: bool,
    /// Whether a blank line stands above it.
    pub gap: bool,
    /// Whether it is the middle of a text, which nothing is put in front of.
    pub verbatim: bool,
}

impl Line {
    /// An empty line.
    pub fn new(depth: usize) -> Self {
        Self { depth, ..Self::default() }
    }

    /// How many characters it takes.
    pub fn width(&self) -> usize {
        let indentation = if self.verbatim { 0 } else { self.depth * STEP };
        indentation + self.text.chars().count()
    }
}

/// The lines as a text.
pub fn joined(lines: &[Line]) -> String {
    let mut texts: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    align_columns(lines, &mut texts);
    align_comments(lines, &mut texts);
    let mut joined = String::new();
    for (line, text) in lines.iter().zip(&texts) {
        if line.gap && !joined.is_empty() {
            joined.push('\n');
        }
        if !line.verbatim && !text.is_empty() {
            joined.push_str(&" ".repeat(line.depth * STEP));
        }
        joined.push_str(if line.verbatim { text } else { text.trim_end() });
        joined.push('\n');
    }
    joined
}

/// Aligns what follows the keys of consecutive lines.
fn align_columns(lines: &[Line], texts: &mut [String]) {
    for run in runs(lines, |line| line.column.is_some(), |line| line.aside) {
        let width = |line: &Line| {
            let (key, rest) = line.text.split_at_checked(line.column.unwrap_or_default()).unwrap_or_default();
            // It is the `=` that is aligned, also that of `+=`.
            key.chars().count() + usize::from(rest.starts_with("+="))
        };
        let widest = run.iter().filter_map(|at| lines.get(*at)).map(width).max().unwrap_or_default();
        for at in run {
            if let (Some(line), Some(text)) = (lines.get(at), texts.get_mut(at)) {
                // A column is a place in its line.
                text.insert_str(line.column.unwrap_or_default(), &" ".repeat(widest - width(line)));
            }
        }
    }
}

/// Puts comments behind consecutive lines, aligned.
fn align_comments(lines: &[Line], texts: &mut [String]) {
    for run in runs(lines, |line| line.comment.is_some(), |_| false) {
        let width = |text: &String| text.chars().count();
        let widest = run.iter().filter_map(|at| texts.get(*at)).map(width).max().unwrap_or_default();
        for at in run {
            let comment = lines.get(at).and_then(|line| line.comment.as_ref());
            if let (Some(comment), Some(text)) = (comment, texts.get_mut(at)) {
                let gap = widest - width(text) + STEP;
                text.push_str(&" ".repeat(gap));
                text.push_str(comment);
            }
        }
    }
}

/// The lines that are `aligned`, in runs without another line between them but those that are `aside`.
fn runs(lines: &[Line], aligned: impl Fn(&Line) -> bool, aside: impl Fn(&Line) -> bool) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut above: Option<&Line> = None;
    for (at, line) in lines.iter().enumerate() {
        let follows = above.is_some_and(|above| !line.gap && line.depth == above.depth);
        above = (aligned(line) || (follows && aside(line))).then_some(line);
        match runs.last_mut() {
            Some(run) if aligned(line) && follows => run.push(at),
            _ if aligned(line) => runs.push(vec![at]),
            _ => {}
        }
    }
    runs
}
