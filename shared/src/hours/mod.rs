//! Hours of the day in a time zone: whether a moment is within them, and when they end.
//!
//! In: `21:00-08:00 Europe/Paris`. Out: [`Hours`]. Pure; imports nothing of this crate.

mod zone;

use std::fmt;
use std::str::FromStr;

use zone::Zone;

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Hours that come every day, by the clocks of a time zone.
#[derive(Clone, PartialEq, Eq)]
pub struct Hours {
    /// Seconds after midnight.
    from: i64,
    /// The same; before `from` where midnight is within them.
    to: i64,
    zone: Zone,
    /// As they were written.
    written: String,
}

impl Hours {
    /// When the hours end that this moment is within; `None`: it is within none. Both in milliseconds since the
    /// epoch.
    pub fn end(&self, now_ms: i64) -> Option<i64> {
        let now = now_ms.div_euclid(1000);
        let mut at = now;
        // Once is enough, unless the clocks change just then.
        for _ in 0..3 {
            let Some(end) = self.end_after(at) else { break };
            at = end;
        }
        (at > now).then(|| at.saturating_mul(1000))
    }

    /// When the clock shows the end next, in seconds since the epoch, where `at` is within the hours.
    fn end_after(&self, at: i64) -> Option<i64> {
        let local = at + self.zone.offset(at);
        let (midnight, clock) = (local - local.rem_euclid(DAY), local.rem_euclid(DAY));
        let over_midnight = self.to < self.from;
        let within = match over_midnight {
            true => clock >= self.from || clock < self.to,
            false => (self.from..self.to).contains(&clock),
        };
        if !within {
            return None;
        }
        let tomorrow = over_midnight && clock >= self.from;
        let end = midnight + self.to + if tomorrow { DAY } else { 0 };
        Some(self.moment(end).max(at + 1))
    }

    /// The first moment at which the zone's clocks show this. One that they skip is taken as if they did not.
    fn moment(&self, local: i64) -> i64 {
        let guess = local - self.zone.offset(local - DAY);
        let moment = local - self.zone.offset(guess);
        match moment + self.zone.offset(moment) == local {
            true => moment,
            false => guess.max(moment),
        }
    }
}

/// Why hours cannot be read, continuing a sentence that begins with what they are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotHours {
    /// Not of the form.
    Form,
    /// They begin when they end.
    Empty,
    /// No such time zone.
    Zone,
}

impl fmt::Display for NotHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "is not of the form 21:00-08:00 Europe/Paris",
            Self::Empty => "begins when it ends",
            Self::Zone => "names a time zone that is not known, such as Europe/Paris is",
        })
    }
}

impl FromStr for Hours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Self, NotHours> {
        let mut words = text.split_whitespace();
        let (Some(hours), Some(zone), None) = (words.next(), words.next(), words.next()) else {
            return Err(NotHours::Form);
        };
        let (from, to) = hours.split_once('-').ok_or(NotHours::Form)?;
        let (from, to) = (clock(from), clock(to));
        let (from, to) = from.zip(to).ok_or(NotHours::Form)?;
        if from == to {
            return Err(NotHours::Empty);
        }
        Ok(Self {
            from,
            to,
            zone: Zone::named(zone).ok_or(NotHours::Zone)?,
            written: format!("{hours} {zone}"),
        })
    }
}

/// `08:30` in seconds after midnight.
fn clock(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |text: &str, most: i64| -> Option<i64> {
        let all = !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|number| all && *number <= most)
    };
    let minutes = digits(minutes, 59).filter(|_| minutes.len() == 2)?;
    Some((digits(hours, 23)? * 60 + minutes) * MINUTE)
}

impl fmt::Debug for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests;
