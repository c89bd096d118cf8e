//! How commands talk to a person, or to a script.
//!
//! In: what there is to say. Out: lines or JSON on standard output, questions and progress on
//! standard error. Progress is silent where standard error is no terminal.

use std::io::{BufRead, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::Failure;

/// Writes text; whoever closed the pipe has read enough.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.write_all(b"\n");
    let _ = out.flush();
}

/// Writes a value as indented JSON.
pub(crate) fn say_json(value: &impl Serialize) {
    say(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Progress over so many steps; 0: nobody knows how many.
pub(crate) fn progress(what: &'static str, steps: usize) -> ProgressBar {
    if steps == 0 {
        let bar = ProgressBar::new_spinner().with_message(what);
        return bar.with_style(style("{spinner} {msg}: {pos}"));
    }
    let bar = ProgressBar::new(steps as u64).with_message(what);
    bar.with_style(style("{msg} {wide_bar} {pos}/{len}"))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// One line that a person types, without blanks around it.
///
/// # Errors
/// The terminal is closed: nothing has happened then.
pub(crate) fn ask(question: &str) -> Result<String, Failure> {
    eprint!("{question}");
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(read) if read > 0 => Ok(line.trim().to_owned()),
        _ => Err(Failure::Broken(
            "the terminal was closed before everything was asked".to_owned(),
        )),
    }
}

/// Goes on only when a person types "yes", or its first letter.
///
/// # Errors
/// Nobody to ask, or another answer: nothing has happened then.
pub(crate) fn confirm(question: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage("nobody to ask: give --yes".to_owned()));
    }
    eprint!("{question} Type yes: ");
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    match read {
        Ok(_) if is_yes(&line) => Ok(()),
        _ => Err(Failure::Broken(
            "the answer was not yes, so nothing was changed".to_owned(),
        )),
    }
}

fn is_yes(answer: &str) -> bool {
    let answer = answer.trim().to_lowercase();
    answer == "y" || answer == "yes"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        assert!(["y\n", "yes\n", " YES\r\n", "Y"].into_iter().all(is_yes));
        assert!(
            !["", "\n", "n\n", "yes, but no\n", "ye\n"]
                .into_iter()
                .any(is_yes)
        );
    }
}
