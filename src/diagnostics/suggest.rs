//! Did-you-mean: one policy for every name.
//!
//! In: what was written and what could stand there. Out: the candidate that was probably meant.
//! Always: the answer does not depend on the order of the candidates, unless there are more than a thousand of them.
//! Not here: the words around it.

/// How much is compared for one answer, in pairs of characters; beyond that, candidates are not looked at any more.
const MOST_WORK: usize = 250_000;

/// The candidate that `written` was probably meant to be: the same letters in another spelling (`image_pull_secrets` for
/// `imagePullSecrets`), else the one fewest edits away, if that is at most a third of its length.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(written);
    // Of a name of one or two letters, any other would be one edit away.
    let limit = match folded.chars().count() {
        0..3 => 0,
        length => (length / 3).max(1),
    };
    let mut work = 0;
    candidates
        .into_iter()
        .take_while(|candidate| {
            work += folded.len() * candidate.len();
            work <= MOST_WORK
        })
        .map(|candidate| (distance(&folded, &fold(candidate), limit), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// ` — did you mean …?` for the end of a message, or nothing.
pub fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(written, candidates).map(|name| format!("did you mean `{name}`?"))
}

/// Whether two names are two spellings of the same letters: `image_pull_secrets` and `imagePullSecrets`.
#[must_use]
pub fn same_letters(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

/// The letters and digits alone, in lower case: `image_pull-secrets` and `imagePullSecrets` are the same.
fn fold(name: &str) -> String {
    letters(name).collect()
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// How many edits apart two texts are, as far as that may be within the limit.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    // Names are short; a text so long is no name, and comparing it would cost the square of its length.
    const LONGEST: usize = 256;
    // A character has four bytes at the most.
    let too_far = a.len().abs_diff(b.len()) > 4 * limit;
    if a.len() > LONGEST || b.len() > LONGEST || too_far {
        return usize::MAX;
    }
    strsim::osa_distance(a, b)
}
