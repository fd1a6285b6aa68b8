//! Work for all cores.
//!
//! In: work whose parts need nothing of each other. Out: what they give, in the order of the parts. Always: the outcome is the same
//! on any number of cores; on one, nothing is started. Not here: work that needs what came of other work.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

/// Fewer things than this are mostly done before a thread has begun.
pub const MANY: usize = 128;

/// How many parts can run at the same time. The system is asked once: it reads several files to tell.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// What `work` gives for every slice of about the same number of things; several at the same time where it is `worth` threads.
pub fn slices<'t, T: Sync, R: Send>(worth: bool, things: &'t [T], work: impl Fn(&'t [T]) -> R + Sync) -> Vec<R> {
    // Slices hold at least one thing, also where there is none.
    let share = if worth { things.len().div_ceil(cores()) } else { things.len() }.max(1);
    let (own, others) = things.split_at(share.min(things.len()));
    thread::scope(|scope| {
        let work = &work;
        let beside: Vec<_> = others.chunks(share).map(|slice| scope.spawn(move || work(slice))).collect();
        let mut results = Vec::with_capacity(beside.len() + 1);
        results.push(work(own));
        for thread in beside {
            results.push(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        results
    })
}

/// What comes of each thing; where there are [`MANY`], on all cores.
pub fn map<'t, T: Sync, R: Send>(things: &'t [T], work: impl Fn(&'t T) -> R + Sync) -> Vec<R> {
    let results = slices(things.len() >= MANY, things, |things| things.iter().map(&work).collect::<Vec<R>>());
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::{map, slices};

    #[test]
    fn results_keep_the_order_of_things() {
        for count in [0, 1, 2, 127, 128, 129, 1_000, 10_001] {
            let things: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = things.iter().map(|n| n * 2).collect();
            assert_eq!(map(&things, |n| n * 2), doubled);
            assert_eq!(slices(true, &things, <[usize]>::to_vec).concat(), things);
            assert_eq!(slices(false, &things, <[usize]>::to_vec), [things]);
        }
    }
}
