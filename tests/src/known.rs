//! Tests that are known to fail, listed by name in `tests/known-failures.txt`.
//!
//! The body of such a test runs under [`case!`](crate::case). A listed test that holds fails the
//! run, as does an unlisted one that does not hold. What a listed test fails at has to be an
//! assertion in its own file: a stack that does not start is no known failure.

use std::any::Any;
use std::cell::Cell;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::Command;
use std::sync::Once;

/// Runs a test's body, a future, and compares its end with the list of known failures.
///
/// ```no_run
/// #[test]
/// fn a_number_with_blanks_is_kept() {
///     e2e::case!(async { assert_eq!(1, 1) });
/// }
/// ```
#[macro_export]
macro_rules! case {
    ($body:expr) => {{
        fn here() {}
        $crate::known::run(std::any::type_name_of_val(&here), file!(), $body)
    }};
}

thread_local! {
    /// The source file of this thread's last panic.
    static BROKE_IN: Cell<Option<String>> = const { Cell::new(None) };
}

/// What [`case!`](crate::case) calls: `here` is the path of an item within the test's function.
///
/// # Panics
///
/// Where the test's end is not the one the list says.
pub fn run(here: &str, file: &str, body: impl Future<Output = ()>) {
    remember_where_panics_are();
    let name = here.strip_suffix("::here").unwrap_or(here);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    let body = Box::pin(body);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(body)));
    judge(
        name,
        file,
        ended,
        rows().iter().any(|listed| listed == name),
    );
}

/// Lets the test fail where its end is not the one expected.
fn judge(name: &str, file: &str, ended: Result<(), Box<dyn Any + Send>>, listed: bool) {
    match ended {
        Ok(()) if listed => panic!("{name} holds now: delete its row in tests/known-failures.txt"),
        Ok(()) => {}
        Err(panic) if listed => {
            let broke_in = BROKE_IN.take().unwrap_or_default();
            if broke_in != file {
                eprintln!("{name} is a known failure, but it broke in {broke_in}, not in {file}");
                panic::resume_unwind(panic);
            }
        }
        Err(panic) => panic::resume_unwind(panic),
    }
}

fn remember_where_panics_are() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            BROKE_IN.set(info.location().map(|at| at.file().to_owned()));
            usual(info);
        }));
    });
}

/// The names in the list.
///
/// # Panics
///
/// Where the file cannot be read.
pub fn rows() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("known-failures.txt");
    let text = fs::read_to_string(&path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().map(str::trim);
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(str::to_owned).collect()
}

/// What is wrong with the rows of one suite, by the name of its crate: those that name no test.
///
/// # Panics
///
/// Where the running program cannot list its tests.
pub fn unknown(suite: &str) -> Vec<String> {
    let program = std::env::current_exe().unwrap_or_default();
    let listed = Command::new(program)
        .args(["--list", "--format=terse"])
        .output();
    let listed = listed.unwrap_or_else(|error| panic!("the tests cannot be listed: {error}"));
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let tests: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .collect();
    let mut rows = rows();
    rows.retain(|row| {
        let own = row.split_once("::").filter(|(of, _)| *of == suite);
        own.is_some_and(|(_, test)| !tests.contains(&test))
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(body: impl FnOnce()) -> Result<(), Box<dyn Any + Send>> {
        remember_where_panics_are();
        panic::catch_unwind(AssertUnwindSafe(body))
    }

    fn judged(of: impl FnOnce(), file: &str, listed: bool) -> bool {
        let of = ended(of);
        ended(|| judge("suite::test", file, of, listed)).is_ok()
    }

    #[test]
    fn a_listed_test_has_to_fail_and_any_other_to_hold() {
        assert!(judged(|| {}, file!(), false));
        assert!(!judged(|| {}, file!(), true));
        assert!(judged(|| panic!("as known"), file!(), true));
        assert!(!judged(|| panic!("unknown"), file!(), false));
    }

    #[test]
    fn a_failure_of_the_kit_is_no_known_failure() {
        assert!(!judged(
            || panic!("no stack"),
            "tests/tests/world/texts.rs",
            true
        ));
    }

    #[test]
    fn a_test_is_known_by_its_path() {
        fn here() {}
        let name = std::any::type_name_of_val(&here);
        assert_eq!(name, "e2e::known::tests::a_test_is_known_by_its_path::here");
    }
}
