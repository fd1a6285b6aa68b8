//! Did-you-mean: one policy for every name.
//!
//! In: what was written and what could stand there. Out: the candidate that was probably meant.
//! Always: the answer does not depend on the order of the candidates.
//! Not here: the words around it.

/// The candidate that `written` was probably meant to be: the same letters in another spelling (`image_pull_secrets` for
/// `imagePullSecrets`), else the one fewest edits away, if that is at most a third of its length.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(written);
    // Of a name of one or two letters, any other would be one edit away.
    let limit = match folded.chars().count() {
        0..3 => 0,
        length => (length / 3).max(1),
    };
    candidates
        .into_iter()
        .map(|candidate| (distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// ` — did you mean …?` for the end of a message, or nothing.
pub fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(written, candidates).map(|name| format!("did you mean `{name}`?"))
}

/// The letters and digits alone, in lower case: `image_pull-secrets` and `imagePullSecrets` are the same.
fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn distance(a: &str, b: &str) -> usize {
    // Names are short; a text so long is no name, and comparing it would cost the square of its length.
    const LONGEST: usize = 256;
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    strsim::damerau_levenshtein(a, b)
}
