//! Settings of the workspace that keep messages from users: frequency cap, quiet hours, exclusions.

use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MINUTES: i64 = 24 * 60;

/// A workspace's rules.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Most messages of all campaigns to one user; `None`: the workspace has no such rule.
    pub frequency_cap: Option<FrequencyCap>,
    /// When messages wait; `None`: never.
    pub quiet_hours: Option<QuietHours>,
    /// Campaigns with one of these tags reach the control group and suppressed users as well.
    pub exclusion_tags: Vec<String>,
}

/// So many messages within so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrequencyCap {
    /// Messages, SMS and webhooks together.
    pub messages: usize,
    /// Minutes.
    pub minutes: u32,
}

/// Minutes of the day in UTC: from the first on, until the second; it may be past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// First minute.
    pub from: u32,
    /// First minute after.
    pub until: u32,
}

impl QuietHours {
    /// When the quiet hours end that a time falls into, both in milliseconds since the epoch.
    pub(super) fn end_of(self, now_ms: i64) -> Option<i64> {
        let minute = now_ms.div_euclid(MINUTE_MS);
        let of_day = |minute: i64| minute.rem_euclid(DAY_MINUTES);
        let since = of_day(minute - i64::from(self.from));
        let length = of_day(i64::from(self.until) - i64::from(self.from));
        (since < length).then(|| (minute - since + length) * MINUTE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_go_past_midnight() {
        let hours = QuietHours {
            from: 21 * 60,
            until: 8 * 60,
        };
        let at = |hour: i64, minute: i64| (hour * 60 + minute) * MINUTE_MS;
        for (now, end) in [
            (at(20, 59), None),
            (at(21, 0), Some(at(32, 0))),
            (at(26, 30) + 7, Some(at(32, 0))),
            (at(32, 0), None),
        ] {
            assert_eq!(hours.end_of(now), end, "{now}");
        }
    }
}
