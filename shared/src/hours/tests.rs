use super::*;

/// From when on the clocks of a zone show how much more than UTC, in the year 2039, as the time-zone database
/// of 2025b has it; seconds.
const CHANGES: &[(&str, &[(i64, i64)])] = &[
    (
        "Europe/Paris",
        &[
            (2_177_452_800, 3600),
            (2_184_800_400, 7200),
            (2_203_549_200, 3600),
        ],
    ),
    (
        "Europe/Dublin",
        &[
            (2_177_452_800, 0),
            (2_184_800_400, 3600),
            (2_203_549_200, 0),
        ],
    ),
    (
        "America/New_York",
        &[
            (2_177_452_800, -18_000),
            (2_183_612_400, -14_400),
            (2_204_172_000, -18_000),
        ],
    ),
    ("America/Sao_Paulo", &[(2_177_452_800, -10_800)]),
    (
        "America/St_Johns",
        &[
            (2_177_452_800, -12_600),
            (2_183_607_000, -9000),
            (2_204_166_600, -12_600),
        ],
    ),
    (
        "Australia/Sydney",
        &[
            (2_177_452_800, 39_600),
            (2_185_372_800, 36_000),
            (2_201_097_600, 39_600),
        ],
    ),
    (
        "Australia/Lord_Howe",
        &[
            (2_177_452_800, 39_600),
            (2_185_369_200, 37_800),
            (2_201_095_800, 39_600),
        ],
    ),
    (
        "Pacific/Chatham",
        &[
            (2_177_452_800, 49_500),
            (2_185_365_600, 45_900),
            (2_200_485_600, 49_500),
        ],
    ),
    ("Asia/Kolkata", &[(2_177_452_800, 19_800)]),
    (
        "Asia/Jerusalem",
        &[
            (2_177_452_800, 7200),
            (2_184_624_000, 10_800),
            (2_203_542_000, 7200),
        ],
    ),
    (
        "Asia/Beirut",
        &[
            (2_177_452_800, 7200),
            (2_184_789_600, 10_800),
            (2_203_534_800, 7200),
        ],
    ),
    (
        "Africa/Cairo",
        &[
            (2_177_452_800, 7200),
            (2_187_640_800, 10_800),
            (2_203_362_000, 7200),
        ],
    ),
    (
        "America/Nuuk",
        &[
            (2_177_452_800, -7200),
            (2_184_800_400, -3600),
            (2_203_549_200, -7200),
        ],
    ),
    (
        "America/Santiago",
        &[
            (2_177_452_800, -10_800),
            (2_185_412_400, -14_400),
            (2_198_721_600, -10_800),
        ],
    ),
    (
        "Pacific/Easter",
        &[
            (2_177_452_800, -18_000),
            (2_185_412_400, -21_600),
            (2_198_721_600, -18_000),
        ],
    ),
    (
        "Antarctica/Troll",
        &[
            (2_177_452_800, 0),
            (2_184_800_400, 7200),
            (2_203_549_200, 0),
        ],
    ),
    (
        "America/Havana",
        &[
            (2_177_452_800, -18_000),
            (2_183_605_200, -14_400),
            (2_204_168_400, -18_000),
        ],
    ),
    ("UTC", &[(2_177_452_800, 0)]),
    ("Etc/GMT+5", &[(2_177_452_800, -18_000)]),
    (
        "Atlantic/Azores",
        &[
            (2_177_452_800, -3600),
            (2_184_800_400, 0),
            (2_203_549_200, -3600),
        ],
    ),
];

#[test]
fn clocks_change_when_the_database_says() {
    for (name, changes) in CHANGES {
        let zone = Zone::named(name).expect(name);
        for (index, (at, offset)) in changes.iter().enumerate() {
            assert_eq!(zone.offset(*at), *offset, "{name} at {at}");
            if let Some((_, before)) = index.checked_sub(1).map(|last| changes[last]) {
                assert_eq!(zone.offset(*at - 1), before, "{name} before {at}");
            }
        }
    }
}

fn hours(text: &str) -> Hours {
    text.parse().expect(text)
}

/// A moment of 2026 by UTC, in milliseconds since the epoch.
fn utc(day_of_year: i64, hour: i64, minute: i64) -> i64 {
    // The first of January 2026.
    (20_454 + day_of_year - 1) * DAY * 1000 + (hour * 60 + minute) * MINUTE * 1000
}

#[test]
fn hours_end_when_the_zones_clock_shows_it() {
    let night = hours("21:00-08:00 Europe/Paris");
    // The first of January: UTC+1. The first of July: UTC+2.
    for (day, ahead) in [(1, 1_i64), (182, 2)] {
        let local = |day, hour, minute| utc(day, hour - ahead, minute);
        assert_eq!(night.end(local(day, 20, 59)), None);
        assert_eq!(night.end(local(day, 21, 0)), Some(local(day + 1, 8, 0)));
        assert_eq!(night.end(local(day, 23, 59)), Some(local(day + 1, 8, 0)));
        assert_eq!(night.end(local(day + 1, 3, 0)), Some(local(day + 1, 8, 0)));
        assert_eq!(
            night.end(local(day + 1, 8, 0) - 1),
            Some(local(day + 1, 8, 0))
        );
        assert_eq!(night.end(local(day + 1, 8, 0)), None);
    }
    let noon = hours("12:00-14:30 Asia/Kolkata");
    assert_eq!(noon.end(utc(5, 6, 29)), None);
    assert_eq!(noon.end(utc(5, 6, 30)), Some(utc(5, 9, 0)));
    assert_eq!(noon.end(utc(5, 9, 0)), None);
}

#[test]
fn a_night_in_which_the_clocks_change_ends_by_the_new_time() {
    let night = hours("21:00-08:00 Europe/Paris");
    // The 29th of March 2026, two o'clock, becomes three; the 25th of October, three o'clock, two.
    assert_eq!(
        night.end(utc(87, 21, 0)),
        Some(utc(88, 6, 0)),
        "to summer time"
    );
    assert_eq!(night.end(utc(88, 0, 59)), Some(utc(88, 6, 0)));
    assert_eq!(night.end(utc(88, 1, 0)), Some(utc(88, 6, 0)));
    assert_eq!(
        night.end(utc(297, 20, 0)),
        Some(utc(298, 7, 0)),
        "to winter time"
    );
    assert_eq!(night.end(utc(298, 0, 30)), Some(utc(298, 7, 0)));
    assert_eq!(night.end(utc(298, 1, 30)), Some(utc(298, 7, 0)));
    let west = hours("22:00-06:30 America/New_York");
    // The 8th of March and the first of November 2026.
    assert_eq!(west.end(utc(67, 4, 0)), Some(utc(67, 10, 30)));
    assert_eq!(west.end(utc(305, 3, 0)), Some(utc(305, 11, 30)));
}

#[test]
fn an_end_that_the_clocks_skip_or_show_twice_is_an_end() {
    let skipped = hours("21:00-02:30 Europe/Paris");
    let end = skipped.end(utc(87, 22, 0)).expect("within");
    assert!((utc(88, 1, 0)..=utc(88, 1, 30)).contains(&end), "{end}");
    assert_eq!(skipped.end(end), None);
    let twice = hours("21:00-02:30 Europe/Paris").end(utc(297, 22, 0));
    assert_eq!(twice, Some(utc(298, 0, 30)), "the first time");
}

#[test]
fn what_are_no_hours_is_refused() {
    for (text, problem) in [
        ("", NotHours::Form),
        ("21:00-08:00", NotHours::Form),
        ("21-08 Europe/Paris", NotHours::Form),
        ("21:00 - 08:00 Europe/Paris", NotHours::Form),
        ("24:00-08:00 Europe/Paris", NotHours::Form),
        ("21:60-08:00 Europe/Paris", NotHours::Form),
        ("21:0-08:00 Europe/Paris", NotHours::Form),
        ("+9:00-08:00 Europe/Paris", NotHours::Form),
        ("08:00-08:00 Europe/Paris", NotHours::Empty),
        ("21:00-08:00 Europe/Nowhere", NotHours::Zone),
        ("21:00-08:00 CEST", NotHours::Zone),
    ] {
        assert_eq!(text.parse::<Hours>(), Err(problem), "{text}");
    }
    assert_eq!(
        hours(" 9:00-17:30  europe/paris "),
        hours("9:00-17:30 europe/paris")
    );
    assert!(hours("21:00-08:00 UTC").end(utc(1, 22, 0)).is_some());
}
