//! Paths from the root of the project, as texts.
//!
//! In: a path as it is written, with `/`. Out: whether it stays in the root. Always: without a look at the disk. Not here: links,
//! and whether there is such a file.

/// Whether a path leads out of the folder that it begins in.
pub fn leads_out(path: &str) -> bool {
    if path.starts_with('/') {
        return true;
    }
    let mut depth: usize = 0;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::leads_out;

    #[test]
    fn a_path_may_go_up_as_far_as_it_went_down() {
        for path in ["a", "a/b/", ".", "./a/../b", "a/../..a", "a/b/../../c", ""] {
            assert!(!leads_out(path), "{path}");
        }
        for path in ["..", "../a", "a/../..", "a/../../a", "/", "/a", "./.."] {
            assert!(leads_out(path), "{path}");
        }
    }
}
