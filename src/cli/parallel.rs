//! The same work on many things, on all cores.
//!
//! In: things, and what is done with one. Out: what came of each, in the order of the things. Always: the order and the results do not
//! depend on how many cores there are. Not here: work that needs what came of other work.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

/// Fewer things than this are done before a thread has begun.
const WORTH_A_THREAD: usize = 128;

/// What comes of each thing; where there are many, the work is shared between as many threads as there are cores.
pub fn map<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = things.len().div_ceil(cores).max(WORTH_A_THREAD);
    let (own, others) = things.split_at(share.min(things.len()));
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            others.chunks(share).map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<R>>())).collect();
        let mut results = Vec::with_capacity(things.len());
        results.extend(own.iter().map(work));
        for thread in threads {
            // A panic of the work is one of whoever asked for it.
            results.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_keep_the_order_of_things() {
        for count in [0, 1, 127, 128, 129, 1_000, 10_001] {
            let things: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = things.iter().map(|n| n * 2).collect();
            assert_eq!(map(&things, |n| n * 2), doubled);
        }
    }
}
