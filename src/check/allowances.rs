//! Warnings that the source itself allows: `# flytec: allow(CODE)` above a thing.
//!
//! In: the comments of all files, and what was reported. Out: the same without the warnings that are allowed where they are. Always: errors stay;
//! an allowance that allows nothing is told, and so is one that cannot be read. Not here: levels that hold for a whole build.

use crate::diagnostics::levels::Target;
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, code};
use crate::modules::Modules;
use crate::source::{SourceMap, Span};
use crate::syntax::comments::comments;

/// How comments to the compiler begin, behind their `#`.
const ADDRESS: &str = "flytec";

/// The only thing that can be said.
const ALLOW: &str = "allow";

/// What the sources allow.
#[derive(Debug, Default)]
pub struct Allowances {
    list: Vec<Allowance>,
    /// What is wrong with them.
    faults: Vec<Diagnostic>,
}

/// One code that is allowed in one place.
#[derive(Debug)]
struct Allowance {
    target: Target,
    /// The code in the comment.
    place: Span,
    /// Where it holds.
    item: Span,
    used: bool,
}

impl Allowance {
    fn is_of_python(&self) -> bool {
        self.target == Target::Code(code::PYTHON_LEAVES_OUT)
    }
}

/// The allowances of all files.
#[must_use]
pub fn read(modules: &Modules, sources: &SourceMap) -> Allowances {
    let mut allowances = Allowances::default();
    for module in modules.iter().filter(|module| sources.get(module.file).text.contains(ADDRESS)) {
        comments(&module.tree, &mut |comment, item| {
            let remark = Remark::of(sources.text(comment.span), comment.span);
            if let Some(remark) = remark {
                allowances.add(&remark, item);
            }
        });
    }
    allowances
}

impl Allowances {
    fn add(&mut self, remark: &Remark<'_>, item: Option<Span>) {
        let Some(codes) = remark.codes() else { return self.faults.push(remark.misunderstood()) };
        if codes.is_empty() {
            let fault = Diagnostic::new(code::BAD_ALLOWANCE, remark.place(), "this names no warning to allow");
            return self.faults.push(fault.help("name it: `# flytec: allow(W0218)`"));
        }
        for (name, place) in codes {
            match (Target::named(name), item) {
                (Ok(target), Some(item)) => self.list.push(Allowance { target, place, item, used: false }),
                (Ok(_), None) => self.faults.push(above_nothing(name, place)),
                (Err(_), _) => self.faults.push(not_allowable(name, place)),
            }
        }
    }

    /// Takes the allowed warnings out, and tells what is wrong with allowances.
    pub fn apply(mut self, diagnostics: &mut Diagnostics) {
        diagnostics.retain(|diagnostic| !self.allow(diagnostic));
        // Where the program is refused, warnings may not have been looked for.
        if !diagnostics.has_errors() {
            // What the module of Python leaves out is not looked for here.
            let idle = self.list.iter().filter(|allowance| !allowance.used && !allowance.is_of_python());
            diagnostics.extend(idle.map(idle_allowance));
        }
        diagnostics.extend(self.faults);
    }

    /// What is told of the module of Python, without what is allowed, and with what nothing is allowed for.
    #[must_use]
    pub fn of_python(mut self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut told: Vec<Diagnostic> = diagnostics.into_iter().filter(|diagnostic| !self.allow(diagnostic)).collect();
        let idle = self.list.iter().filter(|allowance| !allowance.used && allowance.is_of_python());
        told.extend(idle.map(idle_allowance));
        told
    }

    fn allow(&mut self, diagnostic: &Diagnostic) -> bool {
        let Some(span) = diagnostic.span().filter(|_| diagnostic.severity == Severity::Warning) else { return false };
        let holds = |allowance: &&mut Allowance| {
            let named = match allowance.target {
                Target::Warnings => true,
                Target::Code(code) => code == diagnostic.code,
            };
            named && allowance.item.contains(span)
        };
        self.list.iter_mut().filter(holds).fold(false, |_, allowance| {
            allowance.used = true;
            true
        })
    }
}

// --------------------------------------------------------------------------------------------------------- remarks

/// A comment to the compiler.
struct Remark<'s> {
    /// The whole comment.
    comment: Span,
    /// What stands behind the address, and where that begins in the comment.
    said: &'s str,
    offset: usize,
    /// Whether it begins as it should.
    addressed: bool,
}

impl<'s> Remark<'s> {
    /// The comment, if it is one to the compiler: prose may begin with the compiler's name.
    fn of(text: &'s str, comment: Span) -> Option<Self> {
        let body = text.trim_start_matches('#').trim_start();
        let head = body.get(..ADDRESS.len()).filter(|head| head.eq_ignore_ascii_case(ADDRESS))?;
        let rest = body.get(ADDRESS.len()..)?;
        let (colon, said) = match rest.trim_start().strip_prefix(':') {
            Some(said) => (true, said),
            None => (false, rest),
        };
        let said = said.trim();
        let looks_like_one = colon || said.strip_prefix(ALLOW).is_some_and(|rest| rest.trim_start().starts_with('('));
        let offset = text.rfind(said).unwrap_or_default();
        let addressed = colon && head == ADDRESS && !text.starts_with("##");
        looks_like_one.then_some(Self { comment, said, offset, addressed })
    }

    /// The codes that it allows, with their places; nothing where it says something else.
    fn codes(&self) -> Option<Vec<(&'s str, Span)>> {
        let list = self.said.strip_prefix(ALLOW)?.trim_start().strip_prefix('(').filter(|_| self.addressed)?;
        let (list, _) = list.split_once(')')?;
        let start = self.offset + self.said.find('(')? + 1;
        let mut at = start;
        let mut codes = Vec::new();
        for part in list.split(',') {
            let name = part.trim();
            let from = self.comment.start as usize + at + (part.len() - part.trim_start().len());
            at += part.len() + 1;
            if !name.is_empty() {
                codes.push((name, Span::new(self.comment.file, from..from + name.len())));
            }
        }
        Some(codes)
    }

    /// What is said, without the `#`.
    fn place(&self) -> Span {
        let start = self.comment.start as usize + self.offset;
        Span::new(self.comment.file, start..start + self.said.len())
    }

    fn misunderstood(&self) -> Diagnostic {
        let fault = Diagnostic::new(
            code::BAD_ALLOWANCE,
            self.comment,
            "flytec does not understand this comment, which is addressed to it",
        )
        .note("a comment that begins with `# flytec:` says which warnings are expected of what stands below it");
        let is_code = |word: &&str| word.len() == 5 && matches!(Target::named(word), Ok(Target::Code(_)));
        let words = self.said.split(|c: char| !c.is_ascii_alphanumeric());
        let codes: Vec<&str> = words.filter(is_code).collect();
        if codes.is_empty() {
            return fault.help("write `# flytec: allow(CODE)`, such as `# flytec: allow(W0218)`");
        }
        let better = format!("# flytec: allow({})", codes.join(", "));
        fault.help(format!("write `{better}`")).unsafe_fix("write it as flytec reads it", self.comment, better)
    }
}

// ---------------------------------------------------------------------------------------------------------- faults

fn idle_allowance(allowance: &Allowance) -> Diagnostic {
    let what = match allowance.target {
        Target::Warnings => "no warning".to_owned(),
        Target::Code(code) => format!("no {}", code.id),
    };
    Diagnostic::new(code::IDLE_ALLOWANCE, allowance.place, format!("there is {what} here to allow"))
        .label(allowance.item.at_start(), "this is what it stands above")
        .help("take it away, so that a warning that comes one day is seen")
}

fn above_nothing(name: &str, place: Span) -> Diagnostic {
    Diagnostic::new(code::IDLE_ALLOWANCE, place, format!("this allows `{name}` of nothing"))
        .note("an allowance holds for what begins on the next line")
        .help("put it on a line of its own above what gives the warning")
}

fn not_allowable(name: &str, place: Span) -> Diagnostic {
    let known = |severity| code::ALL.iter().any(|code| code.id == name && code.severity() == severity);
    if known(Severity::Error) {
        return Diagnostic::new(code::BAD_ALLOWANCE, place, format!("`{name}` is an error, which cannot be allowed"))
            .note("what has an error cannot be built, whatever is said of it")
            .help("take the allowance away, and mend the error");
    }
    let fault = Diagnostic::new(code::BAD_ALLOWANCE, place, format!("there is no warning `{name}`"));
    match Target::named(name).err().and_then(|refusal| refusal.better) {
        Some(better) => fault.did_you_mean(name, better, place, better),
        None => fault.help("`flytec explain` lists all codes; those of warnings begin with `W`"),
    }
}
