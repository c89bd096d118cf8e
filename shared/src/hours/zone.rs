//! Time zones: what their clocks show from now on.
//!
//! In: a name of the IANA database. Out: how far its clocks are ahead of UTC at a moment. The rules stand in
//! `zones.txt`, in the form of POSIX's TZ variable; `.ci/zones` writes it. What a zone did in the past, and
//! changes that follow no rule (Ramadan in Morocco and Gaza), are not in it.

/// A rule a line, then the names of the zones that have it.
const ZONES: &str = include_str!("zones.txt");

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// What a zone's clocks show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    /// Seconds ahead of UTC, outside of summer time.
    standard: i64,
    summer: Option<Summer>,
}

/// A part of the year in which the clocks are changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Summer {
    /// Seconds ahead of UTC.
    offset: i64,
    from: Change,
    to: Change,
}

/// A change of the clocks: a weekday of a month, and when, by the clocks as they were before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    month: i64,
    /// 1 to 4; 5 is the last one.
    week: i64,
    /// 0 is Sunday.
    weekday: i64,
    /// Seconds after midnight, perhaps of another day.
    time: i64,
}

impl Zone {
    /// A zone by its name, in whatever letters.
    pub(super) fn named(name: &str) -> Option<Self> {
        let line = ZONES.lines().find(|line| {
            let mut names = line.split(' ').skip(1);
            names.any(|known| known.eq_ignore_ascii_case(name))
        })?;
        Self::parse(line.split(' ').next()?)
    }

    fn parse(rule: &str) -> Option<Self> {
        let mut parts = rule.split(',');
        let (standard, rest) = ahead(parts.next()?)?;
        let (Some(from), Some(to)) = (parts.next(), parts.next()) else {
            return Some(Self {
                standard,
                summer: None,
            });
        };
        let (offset, _) = match without_name(rest)? {
            "" => (standard + HOUR, ""),
            _ => ahead(rest)?,
        };
        Some(Self {
            standard,
            summer: Some(Summer {
                offset,
                from: Change::parse(from)?,
                to: Change::parse(to)?,
            }),
        })
    }

    /// How far its clocks are ahead of UTC at a moment; both in seconds.
    pub(super) fn offset(&self, at: i64) -> i64 {
        let Some(summer) = &self.summer else {
            return self.standard;
        };
        let year = year_of(at + self.standard);
        let from = summer.from.in_year(year) - self.standard;
        let to = summer.to.in_year(year) - summer.offset;
        let is_summer = match from < to {
            true => (from..to).contains(&at),
            false => !(to..from).contains(&at),
        };
        if is_summer {
            summer.offset
        } else {
            self.standard
        }
    }
}

impl Change {
    /// `M3.5.0/2`
    fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once('/').unwrap_or((text, "2"));
        let mut numbers = day.strip_prefix('M')?.split('.').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self {
            month: next()?,
            week: next()?,
            weekday: next()?,
            time: seconds(time)?,
        })
    }

    /// When, by the clocks, in seconds since the epoch.
    fn in_year(self, year: i64) -> i64 {
        let first = days(year, self.month);
        let next = match self.month {
            12 => days(year + 1, 1),
            month => days(year, month + 1),
        };
        // The first of January 1970 was a Thursday.
        let weekday = (first + 4).rem_euclid(7);
        let mut day = first + (self.weekday - weekday).rem_euclid(7) + (self.week - 1) * 7;
        while day >= next {
            day -= 7;
        }
        day * DAY + self.time
    }
}

/// The seconds ahead of UTC that a rule's name is followed by, and what follows them.
fn ahead(text: &str) -> Option<(i64, &str)> {
    let text = without_name(text)?;
    let is_of_time = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ':');
    let end = text.find(|c| !is_of_time(c)).unwrap_or(text.len());
    let (behind, rest) = text.split_at(end);
    // POSIX counts westwards.
    Some((-seconds(behind)?, rest))
}

/// What follows a name: letters, or anything between angle brackets.
fn without_name(text: &str) -> Option<&str> {
    match text.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>').map(|(_, rest)| rest),
        None => Some(text.trim_start_matches(|c: char| c.is_ascii_alphabetic())),
    }
}

/// `-3:30` in seconds.
fn seconds(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total = 0;
    for (part, of) in text.split(':').zip([HOUR, 60, 1]) {
        total += part.parse::<i64>().ok()? * of;
    }
    Some(sign * total)
}

/// The year in which a moment is, by the same clocks.
fn year_of(at: i64) -> i64 {
    let day = at.div_euclid(DAY);
    let mut year = 1970 + day.div_euclid(366);
    while days(year + 1, 1) <= day {
        year += 1;
    }
    year
}

/// Days from the epoch to the first of a month (1 to 12), by the Gregorian calendar.
fn days(year: i64, month: i64) -> i64 {
    // The year begins in March, so that the leap day is its last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap + (153 * month + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_can_be_read() {
        let mut names = 0;
        for line in ZONES.lines() {
            for name in line.split(' ').skip(1) {
                assert!(Zone::named(name).is_some(), "{line}");
                names += 1;
            }
        }
        assert!(names > 500, "{names}");
        assert_eq!(Zone::named("Europe/Atlantis"), None);
        assert_eq!(Zone::named(""), None);
        assert_eq!(Zone::named("CET-1CEST,M3.5.0,M10.5.0/3"), None, "no name");
    }

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        for (year, month, day) in [
            (1970, 1, 0),
            (1970, 3, 59),
            (2000, 3, 11_017),
            (2026, 12, 20_788),
        ] {
            assert_eq!(days(year, month), day, "{year}-{month}");
        }
        assert_eq!(year_of(-1), 1969);
        assert_eq!(year_of(1_796_083_199), 2026);
    }
}
