//! Statements as text.
//!
//! In: statements. Out: lines. Always: what fits stands on one line, and texts over several lines are laid out as the language reads
//! them. Not here: alignment, which the formatter does.

use super::literal;
use super::statement::{Body, Item, Statement, Value};

/// How wide a line may be if it could be broken.
const WIDTH: usize = 100;
/// How many entries a block has at the most on one line.
const ENTRIES: usize = 4;
const STEP: usize = 2;
/// What is never on one line.
const OPEN: &[&str] = &["template", "environment", "task", "pod_template", "pod_spec", "containers", "initContainers"];

/// The text of declarations, with a blank line between them, below comments that belong to none.
pub fn text(prefaces: &[Vec<String>], declarations: &[Statement]) -> String {
    let mut printer = Printer { text: String::new() };
    for preface in prefaces {
        printer.comments(preface, 0);
        printer.text.push('\n');
    }
    for (at, declaration) in declarations.iter().enumerate() {
        if at > 0 {
            printer.text.push('\n');
        }
        printer.statement(declaration, 0);
    }
    printer.text
}

/// Statements without their comments, to compare them.
pub fn essence(statements: &[Statement]) -> String {
    let lines = statements.iter().map(|statement| one_line(&bare(statement)).unwrap_or_default());
    lines.collect::<Vec<String>>().join("\n")
}

/// The statement without comments. Recursion follows the nesting of the source, which is bounded.
fn bare(statement: &Statement) -> Statement {
    let body = match &statement.body {
        Body::Block(statements) => Body::Block(statements.iter().map(bare).collect()),
        Body::Set(value) => Body::Set(bare_value(value)),
    };
    Statement::new(statement.key.clone(), statement.rest.clone(), body)
}

fn bare_value(value: &Value) -> Value {
    match value {
        Value::Literal(text) => Value::Literal(text.clone()),
        Value::Text(text) => Value::Literal(format!("{text:?}")),
        Value::List(items) => {
            Value::List(items.iter().map(|item| Item { above: Vec::new(), value: bare_value(&item.value) }).collect())
        }
        Value::Object(statements) => Value::Object(statements.iter().map(bare).collect()),
    }
}

// --------------------------------------------------------------------------------------------------------- one line

/// A statement on one line, if nothing in it needs several.
fn one_line(statement: &Statement) -> Option<String> {
    if !statement.above.is_empty() || statement.behind.is_some() {
        return None;
    }
    bodied(statement)
}

/// The same, whatever the comments of the statement itself.
fn bodied(statement: &Statement) -> Option<String> {
    match &statement.body {
        Body::Set(value) => Some(format!("{} = {}", statement.head(), value_line(value)?)),
        Body::Block(statements) => Some(format!("{} {}", statement.head(), block_line(statements)?)),
    }
}

fn block_line(statements: &[Statement]) -> Option<String> {
    let entries = statements.iter().map(one_line).collect::<Option<Vec<String>>>()?;
    Some(if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) })
}

fn value_line(value: &Value) -> Option<String> {
    match value {
        Value::Literal(text) => Some(text.clone()),
        Value::Text(text) => literal::lines(text).is_none().then(|| literal::text(text)),
        Value::Object(statements) => block_line(statements),
        Value::List(items) => {
            let item = |item: &Item| item.above.is_empty().then(|| value_line(&item.value))?;
            Some(format!("[{}]", items.iter().map(item).collect::<Option<Vec<String>>>()?.join(", ")))
        }
    }
}

/// Whether a statement reads well on one line.
fn is_small(statement: &Statement) -> bool {
    match &statement.body {
        Body::Set(Value::Object(statements)) => small(statements),
        Body::Set(_) => true,
        Body::Block(statements) if OPEN.contains(&statement.key.as_str()) => statements.is_empty(),
        Body::Block(statements) => small(statements),
    }
}

/// Whether statements read well on one line: few, and one block in another only if it is alone.
fn small(statements: &[Statement]) -> bool {
    let nests = |statement: &Statement| matches!(&statement.body, Body::Block(inner) if !inner.is_empty());
    let many = statements.len() > ENTRIES;
    !many && statements.iter().all(is_small) && (statements.len() == 1 || !statements.iter().any(nests))
}

// ---------------------------------------------------------------------------------------------------- several lines

struct Printer {
    text: String,
}

impl Printer {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&" ".repeat(depth * STEP));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn comments(&mut self, comments: &[String], depth: usize) {
        for comment in comments {
            self.line(depth, format!("# {comment}").trim_end());
        }
    }

    fn statements(&mut self, statements: &[Statement], depth: usize) {
        for (at, statement) in statements.iter().enumerate() {
            if at > 0 && statement.key == "task" {
                self.text.push('\n');
            }
            self.statement(statement, depth);
        }
    }

    /// Writes a statement. Recursion follows the nesting of the source, here and below.
    fn statement(&mut self, statement: &Statement, depth: usize) {
        self.comments(&statement.above, depth);
        let line = bodied(statement).filter(|line| is_small(statement) && fits(line, depth));
        if let Some(line) = line {
            let behind = statement.behind.iter().map(|comment| format!(" # {comment}"));
            return self.line(depth, &(line + &behind.collect::<String>()));
        }
        self.comments(statement.behind.as_slice(), depth);
        match &statement.body {
            Body::Block(statements) => {
                self.line(depth, &format!("{} {{", statement.head()));
                self.statements(statements, depth + 1);
                self.line(depth, "}");
            }
            Body::Set(value) => self.value(&format!("{} = ", statement.head()), value, "", depth),
        }
    }

    /// Writes a value between two texts.
    fn value(&mut self, before: &str, value: &Value, behind: &str, depth: usize) {
        match value {
            Value::List(items) if !items.is_empty() => {
                self.line(depth, &format!("{before}["));
                for item in items {
                    self.item(item, depth + 1);
                }
                self.line(depth, &format!("]{behind}"));
            }
            Value::Object(statements) if !statements.is_empty() => {
                self.line(depth, &format!("{before}{{"));
                self.statements(statements, depth + 1);
                self.line(depth, &format!("}}{behind}"));
            }
            Value::Text(text) => self.lines(before, text, behind, depth),
            value => self.line(depth, &format!("{before}{}{behind}", value_line(value).unwrap_or_default())),
        }
    }

    fn item(&mut self, item: &Item, depth: usize) {
        self.comments(&item.above, depth);
        let small = match &item.value {
            Value::Object(statements) => small(statements),
            _ => true,
        };
        match value_line(&item.value).filter(|line| small && fits(line, depth)) {
            Some(line) => self.line(depth, &format!("{line},")),
            None => self.value("", &item.value, ",", depth),
        }
    }

    /// Writes a text over several lines, if it is one of those.
    fn lines(&mut self, before: &str, text: &str, behind: &str, depth: usize) {
        let Some((lines, cut)) = literal::lines(text) else {
            return self.line(depth, &format!("{before}{}{behind}", literal::text(text)));
        };
        let (open, close) = if cut { ("trim('''", "''')") } else { ("'''", "'''") };
        self.line(depth, &format!("{before}{open}"));
        for line in lines {
            self.line(if line.is_empty() { 0 } else { depth }, line);
        }
        self.line(depth, &format!("{close}{behind}"));
    }
}

fn fits(line: &str, depth: usize) -> bool {
    depth * STEP + line.chars().count() <= WIDTH
}
