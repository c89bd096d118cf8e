//! What real accounts do, and what ought to follow: the executables with the simulated vendors, and
//! the library's parsers where no executable is needed.
//!
//! A file per kind of event. Tests that do not hold yet are listed in `tests/known-failures.txt`.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

mod anonymous;
mod automatic_replies;
mod blank_texts;
mod broken_bodies;
mod costs;
mod courtesies;
mod crowd;
mod currents;
mod deployment;
mod desk_context;
mod desk_ratings;
mod did_it_arrive;
mod documents;
mod external_ids;
mod files;
mod floods;
mod foreign_bodies;
mod full_tickets;
mod ids;
mod keywords;
mod known;
mod late_files;
mod limits;
mod lost_webhooks;
mod names;
mod observe;
mod opt_out_words;
mod order;
mod other_channels;
mod parts_field;
mod phones;
mod profiles;
mod pseudonyms;
mod put_right;
mod reactions;
mod repeated_texts;
mod requesters;
mod roles;
mod sandbox_data;
mod say;
mod spend_guard;
mod statuses;
mod suspended;
mod texts;
mod unreadable;
mod withheld;
mod zendesk_events;
