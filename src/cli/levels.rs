//! `--deny`, `--warn` and `--allow`.
//!
//! In: the arguments as `clap` found them. Out: levels of warnings in the order of the command line, which clap keeps for each
//! option alone; so these three are put together by hand. Not here: what becomes of a warning.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::diagnostics::levels::{Level, Levels, Target};

/// The options: name, letter, level, help.
const OPTIONS: [(&str, char, Level, &str); 3] = [
    ("deny", 'D', Level::Deny, "Make an error of a warning; `warnings` are all of them"),
    ("warn", 'W', Level::Warn, "Leave a warning a warning, whatever was said before"),
    ("allow", 'A', Level::Allow, "Say nothing of a warning"),
];

/// The levels that the command line sets, in its order.
#[derive(Debug, Clone, Default)]
pub struct Lints(Vec<(Target, Level, String)>);

impl Lints {
    /// Sets them after those that are set already.
    pub fn add_to(&self, levels: &mut Levels) {
        for (target, level, by) in &self.0 {
            levels.set(*target, *level, by.as_str());
        }
    }
}

impl Args for Lints {
    fn augment_args(command: Command) -> Command {
        command.args(OPTIONS.map(|(name, letter, _, help)| {
            let option = Arg::new(name).long(name).short(letter).value_name("CODE").help(help);
            option.action(ArgAction::Append).value_delimiter(',').value_parser(named)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Lints {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut found: Vec<(usize, Target, Level, String)> = Vec::new();
        for (name, letter, level, _) in OPTIONS {
            let places = matches.indices_of(name).into_iter().flatten();
            let values = matches.get_many::<Named>(name).into_iter().flatten();
            for (place, Named(target, written)) in places.zip(values) {
                found.push((place, *target, level, format!("`-{letter} {written}`")));
            }
        }
        found.sort_by_key(|(place, ..)| *place);
        Ok(Self(found.into_iter().map(|(_, target, level, by)| (target, level, by)).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

/// A target, and how it was written.
#[derive(Debug, Clone)]
struct Named(Target, String);

fn named(name: &str) -> Result<Named, String> {
    let target = Target::named(name).map_err(|refusal| {
        let better = refusal.better.map(|better| format!("did you mean `{better}`?"));
        [Some(refusal.message), refusal.note, better].into_iter().flatten().collect::<Vec<_>>().join("; ")
    })?;
    Ok(Named(target, name.to_owned()))
}
