//! Opens the page in the person's browser.
//!
//! In: an address. Out: nothing; where there is no desktop, or no terminal, nothing happens: the
//! address was printed.

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use shared::config::environment;

/// Asks the desktop to open the address.
pub(crate) fn in_a_browser(url: &str) {
    let given = |name: &str| environment(name).is_some_and(|value| !value.is_empty());
    let desktop = given("DISPLAY") || given("WAYLAND_DISPLAY");
    let program = match std::env::consts::OS {
        "macos" => "open",
        "linux" if desktop => "xdg-open",
        _ => return,
    };
    if !std::io::stdout().is_terminal() {
        return;
    }
    // A desktop without it leaves the person with the printed address.
    let _ = Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}
