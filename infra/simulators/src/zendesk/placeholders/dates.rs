//! Dates as accounts of several languages write them.

use time::OffsetDateTime;

use super::super::variants::DateStyle;

const FRENCH_MONTHS: [&str; 12] = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
];

/// A time in the account's style.
pub(super) fn date(style: DateStyle, at_ms: i64) -> String {
    let Ok(at) = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)) else {
        return String::new();
    };
    let (year, day, hour, minute) = (at.year(), at.day(), at.hour(), at.minute());
    let month = u8::from(at.month());
    match style {
        DateStyle::English => {
            let name = at.month().to_string();
            format!("{} {day}, {year}, {hour:02}:{minute:02}", &name[..3])
        }
        DateStyle::French => {
            let name = FRENCH_MONTHS[usize::from(month - 1)];
            format!("{day} {name} {year} à {hour:02}:{minute:02}")
        }
        DateStyle::Iso => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}
