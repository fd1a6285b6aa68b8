//! A page: the programs in it, what it says comes of them, and where it leads.

use std::fs;
use std::path::Path;

use crate::example::{Program, Row, Shown};
use crate::session::Session;
use crate::support::root;

/// A page of the documentation.
#[derive(Clone)]
pub struct Page {
    /// Its path in the project.
    pub name: String,
    pub text: String,
    pub programs: Vec<Program>,
    pub rows: Vec<Row>,
    pub sessions: Vec<Session>,
    /// The files of projects, with their places.
    pub projects: Vec<(String, String)>,
    /// What fragments of links to it may be.
    headings: Vec<String>,
    /// Where its links lead.
    links: Vec<String>,
    /// The places of what is shown of no program.
    pub stray: Vec<String>,
}

impl Page {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned();
        let (programs, rows, projects, headings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut page = Self {
            name,
            text: String::new(),
            programs,
            rows,
            sessions: Vec::new(),
            projects,
            headings,
            links: Vec::new(),
            stray: Vec::new(),
        };
        page.lines(&text);
        page.text = text;
        page
    }

    fn lines(&mut self, text: &str) {
        let mut prose = String::new();
        let mut lines = text.lines().enumerate();
        let mut in_table = false;
        while let Some((at, line)) = lines.next() {
            if let Some((indent, fence)) = line.split_once("```") {
                let body = lines.by_ref().map(|(_, line)| line.strip_prefix(indent).unwrap_or(line));
                let body: Vec<&str> = body.take_while(|line| *line != "```").collect();
                self.block(at + 1, fence, &body);
                continue;
            }
            if let Some(title) = line.strip_prefix('#') {
                self.headings.push(slug(title.trim_start_matches('#').trim()));
            }
            match cells(line).as_slice() {
                ["written", "is", ..] => in_table = true,
                [written, is, ..] if in_table => self.row(at + 1, written, is),
                [] => in_table = false,
                _ => {}
            }
            prose.push_str(line);
            prose.push('\n');
        }
        let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        self.links = targets.map(|(target, _)| target.to_owned()).collect();
    }

    fn block(&mut self, line: usize, fence: &str, body: &[&str]) {
        let mut words = fence.split(' ');
        let text = body.join("\n");
        let shown = match words.next() {
            Some("flyteenv") => return self.program(Program::new(&self.name, line, words, body), line),
            Some("console") => {
                match self.sessions.last_mut() {
                    Some(session) => session.add(line, body),
                    None => self.stray.push(format!("{}:{line}", self.name)),
                }
                return;
            }
            Some("toml") => return self.projects.push((format!("{}:{line}", self.name), text)),
            Some("yaml") if words.next() == Some("preview") => Shown::Preview(text),
            Some("yaml") => Shown::Pod(text),
            Some("json") if text.contains("\"severity\"") => Shown::Json(text),
            Some("text") if text.contains("error[") || text.contains("warning[") => Shown::Message(text),
            _ => return,
        };
        match self.programs.last_mut() {
            Some(program) => program.shown.push((line, shown)),
            None => self.stray.push(format!("{}:{line}", self.name)),
        }
    }

    /// A program, in whose folder the sessions behind it take place.
    fn program(&mut self, program: Program, line: usize) {
        self.sessions.push(Session::new(&self.name, line, program.files()));
        self.programs.push(program);
    }

    fn row(&mut self, line: usize, written: &str, is: &str) {
        let code = |cell: &str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.replace("\\|", "|"));
        if let (Some(written), Some(is)) = (code(written), code(is)) {
            self.rows.push(Row { name: format!("{}:{line}", self.name), written, is });
        }
    }

    /// The links to pages and headings that there are not.
    pub fn dead_links<'p>(&'p self, pages: &'p [Self]) -> impl Iterator<Item = String> + 'p {
        let dead = self.links.iter().filter(|link| !link.contains("://") && !self.leads(link, pages));
        dead.map(|link| format!("{}: {link}", self.name))
    }

    fn leads(&self, link: &str, pages: &[Self]) -> bool {
        let (path, fragment) = link.split_once('#').map_or((link, None), |(path, fragment)| (path, Some(fragment)));
        let folder = self.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in path.split('/') {
            if part == ".." { _ = parts.pop() } else { parts.push(part) }
        }
        let target = if path.is_empty() { self.name.clone() } else { parts.join("/") };
        match fragment {
            None => root().join(target).exists(),
            Some(fragment) => {
                pages.iter().any(|page| page.name == target && page.headings.iter().any(|h| h == fragment))
            }
        }
    }
}

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<&str> {
    let Some(inner) = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|')) else { return Vec::new() };
    let mut cells = Vec::new();
    let mut start = 0;
    for (at, _) in inner.match_indices('|').filter(|(at, _)| !inner[..*at].ends_with('\\')) {
        cells.push(inner[start..at].trim());
        start = at + 1;
    }
    cells.push(inner[start..].trim());
    cells
}

/// The fragment that GitHub makes of a heading.
fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}
