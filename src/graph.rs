//! Things that need other things: in which order they can be made, and which of them need themselves.
//!
//! In: for each thing, those that it needs. Out: [`Order`]. Always: it ends without recursion, however long a chain is; rings
//! that are told share nothing, so that one fault is told once. Not here: what the things are.

/// The order of some things.
#[derive(Debug, Default)]
pub struct Order {
    /// All of them, each after those that it needs; in a ring, the need that closes it does not count.
    pub order: Vec<usize>,
    /// The rings: things, each with the number of the need that leads to the next one. The last one's leads to the first.
    pub rings: Vec<Vec<(usize, usize)>>,
    /// Every need that closes a ring, whether that was told or not: a thing, with the number of the need. Without them there are
    /// no rings.
    pub closing: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// The order of things of which `needs` tells what each needs.
#[must_use]
pub fn order(needs: &[Vec<usize>]) -> Order {
    let mut walk = Walk {
        needs,
        state: vec![State::New; needs.len()],
        in_ring: vec![false; needs.len()],
        found: Order::default(),
    };
    for start in 0..needs.len() {
        walk.from(start);
    }
    walk.found
}

struct Walk<'n> {
    needs: &'n [Vec<usize>],
    state: Vec<State>,
    in_ring: Vec<bool>,
    found: Order,
}

impl Walk<'_> {
    fn from(&mut self, start: usize) {
        if self.state.get(start) != Some(&State::New) {
            return;
        }
        // Each with how many of its needs have been followed.
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        self.set(start, State::Open);
        while let Some((at, next)) = path.last_mut() {
            let thing = *at;
            let Some(to) = self.needs.get(thing).and_then(|needs| needs.get(*next)).copied() else {
                self.set(thing, State::Done);
                self.found.order.push(thing);
                path.pop();
                continue;
            };
            *next += 1;
            match self.state.get(to) {
                Some(State::New) => {
                    self.set(to, State::Open);
                    path.push((to, 0));
                }
                Some(State::Open) => self.ring(&path, to),
                _ => {}
            }
        }
    }

    /// Notes the ring that is the end of the path, from `first` on.
    fn ring(&mut self, path: &[(usize, usize)], first: usize) {
        self.found.closing.extend(path.last().map(|(at, next)| (*at, next.saturating_sub(1))));
        let ring: Vec<(usize, usize)> =
            path.iter().skip_while(|(at, _)| *at != first).map(|(at, next)| (*at, next.saturating_sub(1))).collect();
        if ring.iter().any(|(at, _)| self.in_ring.get(*at) == Some(&true)) {
            return;
        }
        for (at, _) in &ring {
            if let Some(place) = self.in_ring.get_mut(*at) {
                *place = true;
            }
        }
        self.found.rings.push(ring);
    }

    fn set(&mut self, at: usize, state: State) {
        if let Some(place) = self.state.get_mut(at) {
            *place = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(order(&[vec![1, 2], vec![2], vec![]]).order, [2, 1, 0]);
    }

    #[test]
    fn a_ring_is_told_once_with_the_needs_that_make_it() {
        let found = order(&[vec![1], vec![3, 2], vec![0, 1], vec![]]);
        assert_eq!(found.rings, [vec![(0, 0), (1, 1), (2, 0)]]);
        assert_eq!(found.order, [3, 2, 1, 0]);
    }

    #[test]
    fn of_rings_that_share_something_one_is_told_and_all_can_be_cut() {
        let found = order(&[vec![1], vec![0, 2], vec![1]]);
        assert_eq!(found.rings, [vec![(0, 0), (1, 0)]]);
        assert_eq!(found.closing, [(1, 0), (2, 0)]);
    }

    #[test]
    fn what_needs_itself_is_a_ring() {
        assert_eq!(order(&[vec![0]]).rings, [vec![(0, 0)]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> = (0..200_000).map(|at| vec![at + 1]).collect();
        assert_eq!(order(&needs).order.len(), 200_000);
    }
}
