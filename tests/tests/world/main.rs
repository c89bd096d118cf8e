//! What real accounts do, and what ought to follow: the executables with the simulated vendors, and
//! the library's parsers where no executable is needed.
//!
//! A file per kind of event. Tests that do not hold yet are listed in `tests/known-failures.txt`.

mod known;
mod texts;
