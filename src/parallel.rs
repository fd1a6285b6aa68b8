//! Work for all cores.
//!
//! In: work whose parts need nothing of each other. Out: what they give, in the order of the parts. Always: the outcome is the same
//! on any number of cores; on one, nothing is started. Not here: how much work is worth it, which the caller knows.

use std::num::NonZero;
use std::thread;

/// How many parts can run at the same time.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What the first piece of work gives, and the second; at the same time where it is `worth` a thread.
pub fn both<A: Send, B>(worth: bool, first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    if !worth || cores() == 1 {
        return (first(), second());
    }
    thread::scope(|scope| {
        let beside = scope.spawn(&first);
        let second = second();
        // Nothing here panics; if something did, doing it again would say so.
        (beside.join().unwrap_or_else(|_| first()), second)
    })
}

/// What `each` gives for every slice of about the same number of items; several at the same time where it is `worth` threads.
pub fn slices<T: Sync, R: Send>(worth: bool, items: &[T], each: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let cores = if worth { cores() } else { 1 };
    if cores == 1 || items.len() < 2 {
        return vec![each(items)];
    }
    let slices: Vec<&[T]> = items.chunks(items.len().div_ceil(cores)).collect();
    let (last, beside) = slices.split_last().map_or((items, [].as_slice()), |(last, beside)| (*last, beside));
    thread::scope(|scope| {
        let each = &each;
        let beside: Vec<_> = beside.iter().map(|slice| (*slice, scope.spawn(move || each(slice)))).collect();
        let last = each(last);
        let finished = beside.into_iter().map(|(slice, thread)| thread.join().unwrap_or_else(|_| each(slice)));
        finished.chain([last]).collect()
    })
}
