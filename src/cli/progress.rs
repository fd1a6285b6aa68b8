//! What people see of long work: a line on their terminal that tells what is being done.
//!
//! In: stages, as the shell comes to them. Out: one line on standard error, drawn over and over. Always: it is shown only on a terminal, only where
//! the work takes long, and is gone before this is; so whoever writes has let go of it first. It has no colours and hides no cursor: where the
//! command is broken off, nothing is left to be put right. Not here: what is done.

use std::io::IsTerminal as _;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::args::Global;
use super::{in_pipeline, say};

/// How long work may take until something is shown of it.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the line is drawn again.
const PACE: Duration = Duration::from_millis(100);

/// The columns of a terminal that does not tell.
const WIDTH: usize = 80;

/// What is being done.
#[derive(Debug, Clone, Copy)]
struct Stage {
    doing: &'static str,
    done: Option<usize>,
    all: usize,
    what: &'static str,
}

/// A line of progress; it ends when this does.
pub struct Progress {
    stages: Option<Sender<Stage>>,
    drawing: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to watch the work, if there is somebody to be told.
    pub fn begin(global: &Global) -> Self {
        if !is_shown(global) {
            return Self::none();
        }
        let screen = global.screen();
        let (stages, received) = mpsc::channel();
        let draw = move || draw(&received, screen.width.unwrap_or(WIDTH), screen.ascii);
        // Where the system has no thread to give, nothing is shown.
        let drawing = thread::Builder::new().name("progress".to_owned()).spawn(draw).ok();
        Self { stages: drawing.is_some().then_some(stages), drawing }
    }

    /// Nobody is told.
    pub fn none() -> Self {
        Self { stages: None, drawing: None }
    }

    /// Something is being done with so many of something.
    pub fn stage(&self, doing: &'static str, all: usize, what: &'static str) {
        self.tell(Stage { doing, done: None, all, what });
    }

    /// Something is being done one by one, and this is the one with this number, counted from 1.
    pub fn count(&self, doing: &'static str, done: usize, all: usize, what: &'static str) {
        self.tell(Stage { doing, done: Some(done), all, what });
    }

    fn tell(&self, stage: Stage) {
        if let Some(stages) = &self.stages {
            // The other end is there until this one is gone.
            let _ = stages.send(stage);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // That ends the thread, which takes the line away first.
        self.stages = None;
        if let Some(drawing) = self.drawing.take() {
            let _ = drawing.join();
        }
    }
}

/// Whether somebody is there to be told, on something that can draw a line again.
fn is_shown(global: &Global) -> bool {
    let plain = || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    global.tells_summary() && std::io::stderr().is_terminal() && !plain() && !in_pipeline()
}

/// Draws until no more stages can come.
fn draw(stages: &Receiver<Stage>, width: usize, ascii: bool) {
    let begin = Instant::now();
    let (mut next, mut stage, mut shown) = (begin + PATIENCE, None, String::new());
    loop {
        match stages.recv_timeout(next.saturating_duration_since(Instant::now())) {
            Ok(new) => stage = Some(new),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let now = Instant::now();
        if now < next {
            continue;
        }
        next = now + PACE;
        let line = stage.map(|stage| line(stage, now - begin, width, ascii)).unwrap_or_default();
        if line != shown {
            say(&format!("\r{line}\x1b[K"));
            shown = line;
        }
    }
    if !shown.is_empty() {
        say("\r\x1b[K");
    }
}

/// The line, no longer than the terminal is wide: a longer one could not be taken away again.
fn line(Stage { doing, done, all, what }: Stage, time: Duration, width: usize, ascii: bool) -> String {
    let plural = if all == 1 { "" } else { "s" };
    let done = done.map_or_else(String::new, |done| format!("{done} of "));
    let dots = if ascii { "..." } else { "…" };
    let line = format!("{doing} {done}{all} {what}{plural} ({} s){dots}", time.as_secs());
    // A terminal may go to the next line when its last column is filled.
    line.chars().take(width.saturating_sub(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is_and_fits_the_terminal() {
        let time = Duration::from_millis(2_700);
        let stage = Stage { doing: "testing", done: Some(3), all: 40, what: "source" };
        assert_eq!(line(stage, time, 80, false), "testing 3 of 40 sources (2 s)…");
        assert_eq!(line(Stage { done: None, all: 1, ..stage }, time, 80, true), "testing 1 source (2 s)...");
        assert_eq!(line(stage, time, 12, false), "testing 3 o");
        assert_eq!(line(stage, time, 0, false), "");
    }
}
