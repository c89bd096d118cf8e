//! Where everything random comes from: a list of small numbers, drawn from a seed or given.
//!
//! Zero is always the plainest choice. So a case is made shorter by setting numbers to zero and by
//! leaving some out.

/// Tries to make a failing case shorter, at most.
const TRIES: usize = 4_000;

/// A source of choices that remembers what it gave.
pub(super) struct Tape {
    seed: u64,
    given: Option<Vec<u32>>,
    drawn: Vec<u32>,
}

impl Tape {
    /// One seed is one tape, on every machine.
    pub(super) fn of_seed(seed: u64) -> Self {
        Self {
            seed: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66,
            given: None,
            drawn: vec![],
        }
    }

    /// These numbers, and zeros behind them.
    pub(super) fn of(numbers: Vec<u32>) -> Self {
        Self {
            seed: 0,
            given: Some(numbers),
            drawn: vec![],
        }
    }

    /// What was drawn.
    pub(super) fn into_numbers(self) -> Vec<u32> {
        self.drawn
    }

    /// From zero up to, not including, `below`.
    pub(super) fn below(&mut self, below: usize) -> usize {
        let below = u32::try_from(below.max(1)).expect("small");
        let number = match &self.given {
            Some(given) => given.get(self.drawn.len()).copied().unwrap_or(0),
            None => {
                let [a, b, c, d, ..] = self.next().to_le_bytes();
                u32::from_le_bytes([a, b, c, d]) % below
            }
        };
        let number = number.min(below - 1);
        self.drawn.push(number);
        number as usize
    }

    /// True in that many of a hundred.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of these; the first is the plainest.
    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// Something, in that many of a hundred.
    pub(super) fn maybe<T>(
        &mut self,
        percent: usize,
        make: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        self.percent(percent).then(|| make(self))
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Shortens a list of numbers for as long as the case it makes still fails.
pub(super) fn shorten(mut numbers: Vec<u32>, fails: impl Fn(&[u32]) -> bool) -> Vec<u32> {
    let mut tries = 0;
    let mut width = numbers.len().div_ceil(2);
    while width > 0 && tries < TRIES {
        let mut shorter = false;
        let mut at = 0;
        while at < numbers.len() && tries < TRIES {
            let end = (at + width).min(numbers.len());
            let left_out: Vec<u32> = [&numbers[..at], &numbers[end..]].concat();
            let mut zeroed = numbers.clone();
            zeroed[at..end].fill(0);
            let mut found = None;
            for candidate in [left_out, zeroed] {
                tries += 1;
                if candidate != numbers && fails(&candidate) {
                    found = Some(candidate);
                    break;
                }
            }
            match found {
                Some(candidate) => {
                    numbers = candidate;
                    shorter = true;
                }
                None => at = end,
            }
        }
        if !shorter || width > 1 {
            width /= 2;
        }
    }
    numbers
}
