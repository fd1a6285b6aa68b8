//! Texts in stretches, which are parsed by themselves: on all cores, and each in memory that the one before it has used.
//!
//! In: a text. Out: its tree, or nothing where something is wrong with it: then it is read as a whole. Always: the tree is the one that the
//! whole text has. A text is cut below the line on which a declaration ends, before a line that begins another
//! one, where nothing of what is open can go on: at the top level, and between the tasks of an environment. Not here: what is
//! wrong with a text.

use std::ops::Range;

use pest::Parser as _;

use super::ast::{Body, Comment, Environment, File, Statement, StatementKind};
use super::build::{self, Built, Place};
use super::grammar::{Grammar, Rule};
use super::opened::Opened;
use super::scan::{Token, line_end, scan};
use super::{MAX_NESTING, habits};
use crate::parallel;
use crate::source::{FileId, Span};

/// A part of a text.
#[derive(Debug)]
struct Stretch {
    range: Range<usize>,
    place: Place,
}

/// The tree of a text in stretches of at least so many bytes.
pub fn parse(file: FileId, text: &str, least: usize) -> Option<File> {
    let stretches = Cutting::stretches(text, least)?;
    let parsed = parallel::slices(true, &stretches, |stretches| {
        // After one that has to be read with the others, none is needed.
        stretches.iter().map(|stretch| parsed(file, text, stretch)).collect::<Option<Vec<_>>>()
    });
    let mut whole = Joining::default();
    for (stretch, built) in stretches.iter().zip(parsed.into_iter().collect::<Option<Vec<_>>>()?.into_iter().flatten())
    {
        whole.add(file, stretch.place, built)?;
    }
    Some(whole.tree)
}

/// What a stretch has in it, if nothing is wrong with it.
fn parsed(file: FileId, text: &str, stretch: &Stretch) -> Option<Built> {
    let part = text.get(stretch.range.clone())?;
    let rule = match stretch.place {
        Place::File | Place::Opening(_) => Rule::file,
        Place::Inside | Place::Closing(_) => Rule::environment_stretch,
    };
    let pairs = Grammar::parse(rule, part).ok()?;
    let built = build::stretch(file, text, stretch.range.start, stretch.place, pairs)?;
    // Of habits, the grammar takes some for what they are not. What else is mended in a text it does not match.
    habits::are_absent(file, part).then_some(built)
}

// -------------------------------------------------------------------------------------------------------- the cuts

/// Goes through the brackets of a text and cuts it.
struct Cutting<'t> {
    text: &'t str,
    /// How long a stretch is at least, in bytes.
    least: usize,
    stretches: Vec<Stretch>,
    /// Where the next stretch begins.
    begin: usize,
    open: Opened,
    /// Where the line begins on which the outermost bracket opens.
    head: usize,
    /// Where the brace of the environment opens in which the text is.
    environment: Option<usize>,
    /// Whether the environment was cut.
    is_cut: bool,
    /// Where the last bracket closes, if nothing stands behind it so far.
    closed: Option<usize>,
    /// Whether the brackets are in order, and each cut could be made.
    sound: bool,
}

impl<'t> Cutting<'t> {
    /// The stretches of a text, unless something is wrong with its brackets.
    fn stretches(text: &'t str, least: usize) -> Option<Vec<Stretch>> {
        let mut cutting = Self {
            text,
            least,
            stretches: Vec::new(),
            begin: 0,
            open: Opened::default(),
            head: 0,
            environment: None,
            is_cut: false,
            closed: None,
            sound: true,
        };
        scan(text, |token| cutting.token(token));
        if !cutting.sound || !cutting.open.is_empty() {
            return None;
        }
        if cutting.begin < text.len() {
            cutting.cut(text.len(), Place::File);
        }
        Some(cutting.stretches)
    }

    fn token(&mut self, token: Token) {
        match token {
            Token::Line { at, indent } => self.line(at, indent),
            Token::Code { .. } => self.closed = None,
            Token::Open { at, byte } => self.open(at, byte),
            Token::Close { at, byte } => self.close(at, byte),
        }
    }

    fn open(&mut self, at: usize, byte: u8) {
        self.closed = None;
        if self.open.is_empty() {
            let head = self.text.get(self.head..at).unwrap_or_default();
            self.environment = (byte == b'{' && head.starts_with("environment ")).then_some(at);
        }
        self.open.push(byte);
        self.sound &= self.open.len() <= MAX_NESTING;
    }

    fn close(&mut self, at: usize, byte: u8) {
        self.sound &= self.open.close(byte);
        self.closed = Some(at);
        if self.is_cut && self.open.is_empty() {
            self.end_environment(at);
        }
    }

    /// Cuts behind the line on which an environment ends that was cut before.
    fn end_environment(&mut self, close: usize) {
        let end = line_end(self.text.as_bytes(), close);
        let behind = self.text.get(close + 1..end).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
        self.sound &= behind.is_empty() || behind.starts_with('#');
        self.cut((end + 1).min(self.text.len()), Place::Closing(close));
        self.is_cut = false;
    }

    /// A line begins: a cut can be made below the bracket that closes above it.
    fn line(&mut self, at: usize, indent: usize) {
        if self.open.is_empty() {
            self.head = at;
        } else if indent == 0 {
            // Where such a line begins a declaration, the grammar ends whatever is open above it.
            self.sound &= !self.byte(at).is_ascii_alphabetic();
        }
        let Some(closed) = self.closed.take().filter(|_| at - self.begin >= self.least) else { return };
        let end = line_end(self.text.as_bytes(), closed) + 1;
        match (self.open.len(), self.environment) {
            (0, _) if self.declares(at, &["environment ", "template ", "task ", "override "]) => {
                self.cut(end, Place::File);
            }
            // A declaration that is not indented might be one of the file.
            (1, Some(open)) if indent > 0 && self.declares(at, &["task ", "override "]) => {
                let place = if self.is_cut { Place::Inside } else { Place::Opening(open) };
                self.cut(end, place);
                self.is_cut = true;
            }
            _ => {}
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or_default()
    }

    /// Whether a line begins with one of these words and a name.
    fn declares(&self, at: usize, words: &[&str]) -> bool {
        let line = self.text.get(at..).unwrap_or_default();
        let behind = words.iter().find_map(|word| line.strip_prefix(word)).unwrap_or_default();
        behind.trim_start_matches(' ').starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '"'))
    }

    fn cut(&mut self, end: usize, place: Place) {
        self.stretches.push(Stretch { range: self.begin..end, place });
        self.begin = end;
    }
}

// ------------------------------------------------------------------------------------------------------- the whole

/// Puts the stretches of a text together.
#[derive(Default)]
struct Joining {
    tree: File,
}

impl Joining {
    fn add(&mut self, file: FileId, place: Place, built: Built) -> Option<()> {
        let Built { mut statements, trailing, behind } = built;
        match place {
            Place::File | Place::Opening(_) => self.tree.statements.append(&mut statements),
            Place::Inside | Place::Closing(_) => self.environment()?.body.statements.append(&mut statements),
        }
        match place {
            Place::File => self.tree.trailing = trailing,
            Place::Opening(_) | Place::Inside => {}
            Place::Closing(close) => self.close(file, close, trailing, behind)?,
        }
        Some(())
    }

    /// The environment that the last stretch has opened.
    fn environment(&mut self) -> Option<&mut Environment> {
        match &mut self.tree.statements.last_mut()?.kind {
            StatementKind::Environment(environment) => Some(environment),
            _ => None,
        }
    }

    fn close(&mut self, file: FileId, close: usize, trailing: Box<[Comment]>, behind: Option<Comment>) -> Option<()> {
        let environment = self.environment()?;
        let end = |from: Span| Span::new(file, from.start as usize..close + 1);
        let Body { span, .. } = environment.body;
        environment.body.span = end(span);
        environment.body.trailing = trailing;
        environment.body.statements.shrink_to_fit();
        environment.span = end(environment.span);
        let statement: &mut Statement = self.tree.statements.last_mut()?;
        statement.trailing = behind;
        Some(())
    }
}
