//! Text in columns of a terminal.
//!
//! In: text. Out: lines of a given width. Pure, but for how wide the terminal is; knows nothing of what is written.

use std::sync::OnceLock;

use shared::config::environment;
use terminal_size::{Width, terminal_size};

/// Most columns that anything takes, also where the terminal is wider or there is none.
pub(crate) const WIDEST: usize = 80;
/// Fewest columns that lines are made for.
const NARROWEST: usize = 40;
/// Fewest columns in which text is readable behind its beginning.
const READABLE: usize = 20;
/// How far text is indented below a beginning that leaves no room for it.
const BELOW: usize = 4;

/// Columns that lines may take: what the variable `COLUMNS` says, else the terminal, at most [`WIDEST`].
pub(crate) fn terminal() -> usize {
    static COLUMNS: OnceLock<usize> = OnceLock::new();
    *COLUMNS.get_or_init(|| {
        let said = environment("COLUMNS").and_then(|columns| columns.trim().parse().ok());
        let seen = || terminal_size().map(|(Width(columns), _)| usize::from(columns));
        fit(said.filter(|columns| *columns > 0).or_else(seen))
    })
}

fn fit(columns: Option<usize>) -> usize {
    columns.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST)
}

/// A line as it is where it fits the terminal, else on several, indented as far as the first.
pub(crate) fn fitted(line: &str) -> Vec<String> {
    fitted_to(line, terminal())
}

fn fitted_to(line: &str, limit: usize) -> Vec<String> {
    if width(line) <= limit {
        return vec![line.to_owned()];
    }
    let text = line.trim_start();
    let indent = (line.len() - text.len()).min(limit / 2);
    let lines = wrapped(text, limit - indent).into_iter();
    lines.map(|line| format!("{:indent$}{line}", "")).collect()
}

/// Words on lines of at most `limit` columns; an empty text is one empty line.
pub(crate) fn wrapped(text: &str, limit: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        if used > 0 && used + 1 + width(word) > limit {
            lines.push(String::new());
            used = 0;
        }
        for (at, letter) in word.chars().enumerate() {
            let wide = letter_width(letter);
            if at == 0 && used > 0 {
                push(&mut lines, ' ');
                used += 1;
            } else if used + wide > limit {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, letter);
            used += wide;
        }
    }
    lines
}

/// Text behind a beginning, on lines of at most `limit` columns; those after the first are indented as
/// far. Where that leaves too little room, the text is below its beginning.
pub(crate) fn hanging(beginning: &str, text: &str, limit: usize) -> Vec<String> {
    let indent = width(beginning);
    if indent + READABLE > limit {
        let head = beginning.trim_end();
        let mut lines = match head.is_empty() {
            true => Vec::new(),
            false => fitted_to(head, limit),
        };
        let below = wrapped(text, limit - BELOW).into_iter();
        lines.extend(below.map(|line| format!("{:BELOW$}{line}", "")));
        return lines;
    }
    let lines = wrapped(text, limit - indent).into_iter();
    let line = |(at, line): (usize, String)| match at {
        0 => format!("{beginning}{line}"),
        _ => format!("{:indent$}{line}", ""),
    };
    lines.enumerate().map(line).collect()
}

fn push(lines: &mut [String], letter: char) {
    if let Some(line) = lines.last_mut() {
        line.push(letter);
    }
}

/// Columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(letter_width).sum()
}

/// Columns a character takes on a terminal, near enough for East Asian letters and emoji.
fn letter_width(letter: char) -> usize {
    match letter {
        '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f300}'..='\u{1faff}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_never_wider_than_they_may_be() {
        let text = "one two three four five six seven eight nine ten eleven twelve thirteen";
        let id = "0123456789abcdef0123456789abcdef0123456789abcdef";
        for limit in [40, 60, 80] {
            for beginning in [
                "",
                "    ",
                "2026-11-30 15:00:00  answer     ",
                &format!("    {id}  "),
            ] {
                let mut lines = hanging(beginning, text, limit);
                lines.extend(fitted_to(&format!("   {text} {id}"), limit));
                let wide = lines.iter().find(|line| width(line) > limit);
                assert_eq!(wide, None, "{limit} {beginning:?}");
                let words = lines.join(" ");
                assert!(text.split(' ').all(|word| words.contains(word)), "{words}");
            }
        }
        assert_eq!(fitted_to("  a   b", 40), ["  a   b"], "what fits stays");
    }

    #[test]
    fn a_terminal_of_any_width_gets_lines_that_can_be_read() {
        let wanted = [(None, 80), (Some(60), 60), (Some(200), 80), (Some(7), 40)];
        assert!(
            wanted
                .iter()
                .all(|(columns, lines)| fit(*columns) == *lines)
        );
    }
}
