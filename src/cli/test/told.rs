//! What is told of a program, as a snapshot has it.
//!
//! In: the diagnostics of a compilation, or a snapshot of some. Out: [`Told`]: for each what it is, and the line of the source that it points at; and
//! what is told anew and no more. Always: paths begin in the folder of the test, and no numbers of lines are in it, so a change somewhere above
//! changes nothing; the order makes no difference. Not here: notes and help, which are not about the program, and files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::cli::files::shown;
use crate::compile::Compilation;
use crate::diagnostics::Diagnostic;
use crate::source::{SourceMap, Span};

/// The most characters of a line that a snapshot has; a file of data may be one line.
const MOST_CHARACTERS: usize = 120;

/// What is told, in its order.
#[derive(Debug, Clone, Default)]
pub struct Told(Vec<Entry>);

/// One thing that is told.
#[derive(Debug, Clone)]
struct Entry {
    /// The severity, the code and the message; and below it the file and the line.
    text: String,
    /// Where it is now, from the current folder; a snapshot does not say.
    place: Option<String>,
}

impl Told {
    /// What is told of a program whose test has this folder.
    pub fn of(compilation: &Compilation, home: &Path) -> Self {
        let home = fs::canonicalize(if home.as_os_str().is_empty() { Path::new(".") } else { home }).ok();
        let entry = |diagnostic: &Diagnostic| entry(diagnostic, &compilation.sources, home.as_deref());
        let mut entries: Vec<(String, Entry)> = compilation.diagnostics.iter().map(entry).collect();
        // Their order is that of paths from the current folder, which may be any.
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    /// What a snapshot says: each begins where a line is not indented.
    pub fn read(text: &str) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match entries.last_mut().filter(|_| line.starts_with(' ')) {
                Some(entry) => entry.text.extend(["\n", line]),
                None => entries.push(Entry { text: line.to_owned(), place: None }),
            }
        }
        Self(entries)
    }

    /// The text of the snapshot; empty where nothing is told.
    pub fn text(&self) -> String {
        self.0.iter().flat_map(|entry| [entry.text.as_str(), "\n"]).collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is told here and not in `old`, and the other way, in lines; nothing where both are the same.
    pub fn against(&self, old: &Self) -> String {
        let mut text = String::new();
        for (what, entries) in [("told anew", self.without(old)), ("told no more", old.without(self))] {
            for Entry { text: entry, place } in entries {
                let place = place.as_ref().map_or_else(String::new, |place| format!("  ({place})"));
                let (message, line) = entry.split_once('\n').unwrap_or((entry, ""));
                // Writing to a string cannot fail, here and below.
                let _ = writeln!(text, "{what}: {message}{place}");
                if !line.is_empty() {
                    let _ = writeln!(text, "{line}");
                }
            }
        }
        text
    }

    /// The entries that the other does not have, or not as often.
    fn without(&self, other: &Self) -> Vec<&Entry> {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in &other.0 {
            *known.entry(&entry.text).or_default() += 1;
        }
        let mut is_new = |entry: &&Entry| match known.get_mut(entry.text.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        self.0.iter().filter(|entry| is_new(entry)).collect()
    }
}

/// A file, and what is told of it.
fn entry(diagnostic: &Diagnostic, sources: &SourceMap, home: Option<&Path>) -> (String, Entry) {
    let Diagnostic { severity, code, message, .. } = diagnostic;
    let mut text = format!("{}[{}]: {message}", severity.name(), code.id);
    let Some(span) = diagnostic.span() else { return (String::new(), Entry { text, place: None }) };
    let source = sources.get(span.file);
    let path = home.zip(fs::canonicalize(&source.identity).ok());
    let name = path.map_or_else(|| source.name.clone(), |(home, path)| relative(home, &path));
    let _ = write!(text, "\n  {name}: {}", line(sources, span));
    let position = source.position(span.start as usize);
    let place = format!("{}:{}:{}", source.name, position.line, position.column);
    (name, Entry { text: text.trim_end().to_owned(), place: Some(place) })
}

/// The line that a place begins on; of a long one what stands from there on.
fn line(sources: &SourceMap, span: Span) -> String {
    let text = &sources.get(span.file).text;
    let start = span.start as usize;
    let (before, behind) = (text.get(..start).unwrap_or_default(), text.get(start..).unwrap_or_default());
    let before = before.rsplit('\n').next().unwrap_or_default();
    let behind = behind.split('\n').next().unwrap_or_default();
    let whole = format!("{before}{behind}");
    let is_short = |text: &str| text.chars().nth(MOST_CHARACTERS).is_none();
    let cut = match (whole.trim(), behind.trim_end()) {
        (whole, _) if is_short(whole) => whole.to_owned(),
        (_, rest) if is_short(rest) => format!("…{rest}"),
        (_, rest) => format!("…{}…", rest.chars().take(MOST_CHARACTERS).collect::<String>()),
    };
    cut.replace(char::is_control, " ")
}

/// A path from a folder on; both are whole paths without links.
fn relative(folder: &Path, path: &Path) -> String {
    let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().count() - shared;
    let parts = std::iter::repeat_n(Component::ParentDir, up).chain(path.components().skip(shared));
    shown(&parts.collect::<PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::Told;

    const ONE: &str = "warning[W1]: one\n  a: x\n";

    #[test]
    fn what_is_told_once_more_is_told_anew() {
        let (once, twice) = (Told::read(ONE), Told::read(&ONE.repeat(2)));
        assert_eq!(twice.against(&once), format!("told anew: {ONE}"));
        assert_eq!(once.against(&twice), format!("told no more: {ONE}"));
        assert_eq!(twice.against(&twice), "");
    }

    #[test]
    fn any_text_is_read() {
        for text in ["", "  x\n", "<<<<<<<\n\n  a\r\nb", "\u{2028}"] {
            let told = Told::read(text);
            assert_eq!(Told::read(&told.text()).text(), told.text(), "{text:?}");
        }
        assert_eq!(Told::read(&ONE.replace('\n', "\r\n")).text(), ONE);
    }
}
