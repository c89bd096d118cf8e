//! How commands talk to a person, or to a script.
//!
//! In: what there is to say. Out: lines or JSON on standard output, questions and progress on
//! standard error. Progress is silent where standard error is no terminal. What strangers wrote is shown, and
//! nothing in it is obeyed by the terminal.

use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::Failure;

/// Why something that was said could not be written.
static UNWRITTEN: OnceLock<String> = OnceLock::new();

/// Writes text; a closed pipe means that enough was read.
pub(crate) fn say(text: &str) {
    write(&visible(text));
}

/// Writes a value as indented JSON, which means the same whatever the terminal does with it.
pub(crate) fn say_json(value: &impl Serialize) {
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Outside of texts, where JSON has escaped it, a line's end is the form's own.
            '\n' => out.push(c),
            // All of them have four digits.
            c if acts(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    write(&out);
}

/// Writes text to standard error.
pub(crate) fn warn(text: &str) {
    eprintln!("{}", visible(text));
}

/// Why something could not be written, if anything.
///
/// # Errors
/// What was to be said is lost in part.
pub(crate) fn written() -> Result<(), Failure> {
    match UNWRITTEN.get() {
        None => Ok(()),
        Some(error) => Err(Failure::Broken(format!(
            "not everything could be written: {error}"
        ))),
    }
}

fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let line = [text.as_bytes(), b"\n"].concat();
    match out.write_all(&line).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ = UNWRITTEN.set(error.to_string());
        }
        _ => {}
    }
}

/// The text with what a terminal would obey as pictures, so that nothing is dropped and nothing acts.
fn visible(text: &str) -> String {
    let lines = text.replace("\r\n", "\n");
    let shown = lines.chars().map(|c| match u32::from(c) {
        _ if matches!(c, '\n' | '\t') || !acts(c) => c,
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    });
    shown.collect()
}

/// Whether a terminal obeys a character: controls, and marks that turn the direction or end a line.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Progress over so many steps; 0: it is not known how many.
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
/// No terminal, or another answer: nothing has happened then.
pub(crate) fn confirm(question: &str) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "there is no terminal to ask on: give --yes".to_owned(),
        ));
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
    fn nothing_that_acts_on_a_terminal_is_left_and_nothing_is_dropped() {
        let evil = "a\u{1b}]52;c;x\u{7}\u{9b}2J\rb\u{202e}c\u{7f}\u{2066}\u{200f}\t\r\nd";
        let shown = visible(evil);
        assert_eq!(
            shown,
            "a\u{241b}]52;c;x\u{2407}\u{fffd}2J\u{240d}b\u{fffd}c\u{2421}\u{fffd}\u{fffd}\t\nd"
        );
        assert_eq!(visible("Grüße, 你好 👍🏽 שלום"), "Grüße, 你好 👍🏽 שלום");
    }

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
