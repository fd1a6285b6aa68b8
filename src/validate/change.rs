//! Changes of something else than a whole value: of a key, of a part of a text, of a whole entry.
//!
//! In: a [`Change`], and where the thing that it is for was written. Out: an edit, where the source says the thing as it is. Always:
//! what was put together, or stands behind a name, is left alone, for the text at its place is not the value; entries are only
//! changed in sources of the language, and go together with their line or their comma. Not here: a whole value
//! ([`Replacement`](super::fault::Replacement)), and entries that are missing ([`insert`](super::insert)).

use super::fault::Fault;
use super::literal;
use super::locate::Located;
use crate::diagnostics::suggest::same_letters;
use crate::diagnostics::{Edit, Fix, entries};
use crate::source::{SourceMap, Span};

/// A change of the entry that a fault points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What the change does, as an imperative.
    pub message: String,
    /// Whether it certainly is what the author meant.
    pub safe: bool,
    /// What is changed.
    pub part: Part,
}

/// What of an entry is changed, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The key becomes this one.
    Key(String),
    /// The value, which is a name, becomes this one: as a string where it is one, else as a key or a label.
    Name(String),
    /// In the text of the value the first becomes the second, wherever it stands.
    Within(String, String),
    /// The whole entry becomes this one, as source; nothing takes it out.
    Entry(String),
}

impl Fault {
    /// Offers another key; it is certain where `safe` says so.
    #[must_use]
    pub fn rename(self, better: &str, safe: bool) -> Self {
        self.change(format!("write `{better}`"), safe, Part::Key(better.to_owned()))
    }

    /// Offers another name in the place of the value; the author should look at it.
    #[must_use]
    pub fn call(self, better: &str) -> Self {
        self.change(format!("write `{better}`"), false, Part::Name(better.to_owned()))
    }

    /// Asks whether `better` was meant in a text where `written` stands; two spellings of the same letters certainly mean the same.
    #[must_use]
    pub fn meant_within(self, written: &str, better: &str) -> Self {
        let safe = same_letters(written, better);
        let part = Part::Within(written.to_owned(), better.to_owned());
        self.help(format!("did you mean `{better}`?")).change(format!("write `{better}`"), safe, part)
    }

    /// Offers to write `better` in a text where `written` stands; the author should look at it.
    #[must_use]
    pub fn within(self, written: &str, better: &str) -> Self {
        self.change(format!("write `{better}`"), false, Part::Within(written.to_owned(), better.to_owned()))
    }

    /// Offers to take the entry out; the author should look at it.
    #[must_use]
    pub fn remove(self, name: &str) -> Self {
        self.change(format!("take `{name}` out"), false, Part::Entry(String::new()))
    }

    /// Offers another entry, as source, in the place of this one; the author should look at it.
    #[must_use]
    pub fn instead(self, entry: &str) -> Self {
        self.change(format!("write `{entry}`"), false, Part::Entry(entry.to_owned()))
    }

    fn change(self, message: String, safe: bool, part: Part) -> Self {
        Self { change: Some(Change { message, safe, part }), ..self }
    }
}

/// The fix that a change is, for what stands there.
#[must_use]
pub fn fix(change: &Change, located: &Located, sources: &SourceMap) -> Option<Fix> {
    if !located.found {
        return None;
    }
    let edits = match &change.part {
        Part::Key(better) => key(located.key, better, sources).into_iter().collect(),
        Part::Name(better) => key(located.value, better, sources).into_iter().collect(),
        Part::Within(written, better) => within(located.value, written, better, sources),
        Part::Entry(entry) if entry.is_empty() => {
            entries::removal(located.key, located.value, sources).into_iter().collect()
        }
        Part::Entry(entry) => entries::replacement(located.key, located.value, entry, sources).into_iter().collect(),
    };
    let fix = Fix { message: change.message.clone(), safe: change.safe, edits };
    (!fix.edits.is_empty()).then_some(fix)
}

fn key(key: Span, better: &str, sources: &SourceMap) -> Option<Edit> {
    let written = sources.text(key);
    // JSON knows no key without quotes.
    let text = if written.starts_with('"') { literal::text(better) } else { literal::key(better) };
    (!written.contains("${")).then_some(Edit { span: key, text })
}

fn within(value: Span, written: &str, better: &str, sources: &SourceMap) -> Vec<Edit> {
    let text = sources.text(value);
    // `$$(NAME)` is the text `$(NAME)` itself.
    let escaped = |at: usize| written.starts_with('$') && text.get(..at).is_some_and(|before| before.ends_with('$'));
    let found = text.match_indices(written).map(|(at, _)| at).filter(|at| !escaped(*at));
    let edit = |start| Edit { span: Span::new(value.file, start..start + written.len()), text: better.to_owned() };
    found.map(|at| edit(value.start as usize + at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the change made to the entry `old = 1`.
    fn changed(name: &str, text: &str, part: Part) -> Option<String> {
        let sources = SourceMap::new(vec![(name.to_owned(), text.to_owned())]);
        let file = sources.ids().next().expect("there is one");
        let place = |word: &str| text.find(word).map(|at| Span::new(file, at..at + word.len()));
        let (key, value) = (place("old")?, place("1")?);
        let located = Located { key, value, found: true, broken: false, string: false, made_by: None };
        let edit = fix(&Change { message: String::new(), safe: false, part }, &located, &sources)?.edits.pop()?;
        let mut changed = text.to_owned();
        changed.replace_range(edit.span.range(), &edit.text);
        Some(changed)
    }

    #[test]
    fn an_entry_goes_with_its_line_or_its_comma() {
        let is = |text: &str, expected: Option<&str>| {
            assert_eq!(changed("a.flyteenv", text, Part::Entry(String::new())).as_deref(), expected, "{text}");
        };
        is("a {\n  old = 1\n  b = 2\n}", Some("a {\n  b = 2\n}"));
        is("a {\n  old = 1,\r\n  b = 2\n}", Some("a {\n  b = 2\n}"));
        is("a { old = 1, b = 2 }", Some("a { b = 2 }"));
        is("a { b = 2, old = 1 }", Some("a { b = 2 }"));
        is("a { old = 1 }", Some("a { }"));
        is("old = 1", Some(""));
        is("  old = 1 # why\n", Some("  # why\n"));
        is("old = 1 + 2", None);
        is("old = if x then 1 else 2", None);
        is("x = 1, old", None);
    }

    #[test]
    fn a_key_is_written_as_it_has_to_be() {
        let key = |better: &str| changed("a.flyteenv", "old = 1", Part::Key(better.to_owned()));
        assert_eq!(key("new").as_deref(), Some("new = 1"));
        assert_eq!(key("a/b").as_deref(), Some("\"a/b\" = 1"));
    }

    #[test]
    fn a_part_is_changed_where_it_stands() {
        let within = |text: &str| changed("a.flyteenv", text, Part::Within("1".to_owned(), "2".to_owned()));
        assert_eq!(within("old = 1").as_deref(), Some("old = 2"));
        assert_eq!(within("old = x"), None);
        let entry = Part::Entry("new = 2".to_owned());
        assert_eq!(changed("a.flyteenv", "{ old = 1, b = 3 }", entry.clone()).as_deref(), Some("{ new = 2, b = 3 }"));
        assert_eq!(changed("a.yaml", "old: 1", entry), None);
    }
}
