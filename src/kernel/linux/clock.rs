//! The machine's clock, beside the one that runs are timed by.

use std::time::{Duration, Instant, SystemTime};

/// How the two clocks stood to each other. The kernel stamps packets by `CLOCK_REALTIME`, which may
/// be set at any time; events are timed by `CLOCK_MONOTONIC`, which cannot.
#[derive(Clone, Copy)]
pub struct Clock {
    monotonic: Instant,
    /// Nanoseconds since 1970, at that moment.
    real: u64,
    was_set: bool,
}

/// How often both are read, to find them at nearly one moment.
const TRIES: usize = 8;

/// The clock was set if it differs by more than this, in nanoseconds.
const TOLERANCE: u64 = 1_000;

impl Clock {
    /// Reads both clocks.
    pub fn read() -> Clock {
        let tries = (0..TRIES).map(|_| {
            let (before, real, after) = (Instant::now(), Clock::now(), Instant::now());
            let width = after - before;
            (width, Clock { monotonic: before + width / 2, real, was_set: false })
        });
        tries.min_by_key(|(width, _)| *width).expect("there is more than one try").1
    }

    /// Nanoseconds since 1970, by the machine's clock.
    pub fn now() -> u64 {
        SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_nanos() as u64)
    }

    /// Reads them again, and keeps to the old relation unless the clock was set.
    pub fn check(&mut self) {
        let now = Clock::read();
        if self.instant(now.real).max(now.monotonic) - self.instant(now.real).min(now.monotonic)
            > Duration::from_nanos(TOLERANCE)
        {
            *self = Clock { was_set: true, ..now };
        }
    }

    pub fn was_set(&self) -> bool {
        self.was_set
    }

    /// The moment of a time of the machine's clock.
    pub fn instant(&self, real: u64) -> Instant {
        match real.checked_sub(self.real) {
            Some(later) => self.monotonic + Duration::from_nanos(later),
            None => {
                let earlier = Duration::from_nanos(self.real - real);
                self.monotonic.checked_sub(earlier).unwrap_or(self.monotonic)
            }
        }
    }
}

/// A time of C in nanoseconds.
pub fn nanoseconds(time: &libc::timespec) -> u64 {
    (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_noticed() {
        let read = Clock::read();
        let mut set = Clock { real: read.real + 5_000_000, ..read };
        set.check();
        assert!(set.was_set());
        assert!(set.instant(read.real) < read.monotonic + Duration::from_micros(50));
    }

    #[test]
    fn both_clocks_run_alike() {
        let read = Clock::read();
        assert_eq!(read.instant(read.real + 7), read.monotonic + Duration::from_nanos(7));
        assert_eq!(read.instant(read.real - 7), read.monotonic - Duration::from_nanos(7));
    }
}
