//! Zendesk's times, RFC 3339, in milliseconds since the epoch.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// `None`: no time.
pub(super) fn milliseconds(time: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}
