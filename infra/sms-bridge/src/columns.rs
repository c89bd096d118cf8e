//! Text in columns of a terminal.
//!
//! In: text. Out: lines of a given width. Pure; knows nothing of what is written.

/// Columns of a terminal that everything fits.
pub(crate) const TERMINAL: usize = 80;

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
/// far.
pub(crate) fn hanging(beginning: &str, text: &str, limit: usize) -> Vec<String> {
    let indent = width(beginning);
    let lines = wrapped(text, limit.saturating_sub(indent).max(20)).into_iter();
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
