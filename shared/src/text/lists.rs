//! Lists pasted from other programs as text: their bullets become hyphens, their gaps one space.

use std::borrow::Cow;

/// Signs that begin an item wherever one stands at the beginning of a line.
const BULLETS: &str = "·•▪▫●○◦◘■□▶►▸‣⁃∙➢➤➔→⇒❖◆◇◾◽◼◻–—";

/// Ticks, and boxes that may be ticked, begin an item where all of a text are of one sort: else they say what
/// is done, what is open and what is not so.
const SORTS: [&str; 3] = ["✓✔☑", "☐", "✗✘✕✖☒"];

/// How keyboards of phones ask for the coloured form of a sign.
const COLOURED: char = '\u{fe0f}';

/// Letters that the fonts of Word show as a bullet: they begin an item where a wide gap follows.
const LETTERS: &str = "o§vØüqànlu-*+";

/// Deepest nesting that is indented.
const MAX_DEPTH: usize = 4;

/// The text with its pasted lists as lists.
pub(super) fn tidied(text: &str) -> Cow<'_, str> {
    let may_hold = |c: char| !c.is_ascii() && (is_bullet(c) || is_tick(c) || c == '\u{a0}');
    if !(text.contains('\t') || text.contains("   ") || text.contains(may_hold)) {
        return Cow::Borrowed(text);
    }
    let sorts = SORTS
        .iter()
        .filter(|sort| text.contains(|c| sort.contains(c)));
    let ticks = sorts.count() < 2;
    let mut out = String::with_capacity(text.len());
    let mut levels: Vec<(char, usize)> = Vec::new();
    let mut blank = String::new();
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            blank.push_str(line);
            continue;
        }
        let item = Item::of(line, ticks);
        // Items stand on lines of their own, without empty ones between.
        if item.is_none() || levels.is_empty() {
            out.push_str(&blank);
        }
        blank.clear();
        match item {
            Some(item) => item.write(&mut levels, &mut out),
            None => {
                levels.clear();
                out.push_str(line);
            }
        }
    }
    out.push_str(&blank);
    Cow::Owned(out)
}

fn is_bullet(c: char) -> bool {
    // Bullets of the fonts Symbol and Wingdings.
    BULLETS.contains(c) || matches!(c, '\u{f020}'..='\u{f0ff}')
}

fn is_tick(c: char) -> bool {
    SORTS[0].contains(c) || SORTS[1].contains(c)
}

/// A line that begins an item.
struct Item<'t> {
    indent: usize,
    /// What it begins with; a digit stands for every number.
    sign: char,
    mark: &'t str,
    rest: &'t str,
}

impl<'t> Item<'t> {
    fn of(line: &'t str, ticks: bool) -> Option<Self> {
        let inner = line.trim_start_matches(is_gap);
        let indent = line[..line.len() - inner.len()].chars().count();
        let sign = inner.chars().next()?;
        let bulleted = is_bullet(sign) || (ticks && is_tick(sign));
        let length = if bulleted || LETTERS.contains(sign) {
            let coloured = bulleted && inner[sign.len_utf8()..].starts_with(COLOURED);
            sign.len_utf8() + if coloured { COLOURED.len_utf8() } else { 0 }
        } else {
            0
        };
        let number = number(inner);
        let behind = |length: usize| {
            let rest = inner[length..].trim_start_matches(is_gap);
            let gap = &inner[length..inner.len() - rest.len()];
            let shown = !rest.trim().is_empty();
            (gap, rest, shown)
        };
        if let (1.., (gap, rest, true)) = (length, behind(length)) {
            let fits = if bulleted {
                !gap.is_empty()
            } else {
                is_wide(gap)
            };
            if fits {
                return Some(Self {
                    indent,
                    sign,
                    mark: "-",
                    rest,
                });
            }
        }
        match (number, behind(number)) {
            (1.., (gap, rest, true)) if is_wide(gap) => Some(Self {
                indent,
                sign: '1',
                mark: &inner[..number],
                rest,
            }),
            _ => None,
        }
    }

    fn write(&self, levels: &mut Vec<(char, usize)>, out: &mut String) {
        let same =
            |(sign, indent): &(char, usize)| *sign == self.sign && indent.abs_diff(self.indent) < 2;
        match levels.iter().position(same) {
            Some(at) => levels.truncate(at + 1),
            None if levels.len() < MAX_DEPTH => levels.push((self.sign, self.indent)),
            None => {}
        }
        let depth = levels.len().saturating_sub(1);
        out.push_str(&"  ".repeat(depth));
        out.push_str(self.mark);
        out.push(' ');
        out.push_str(self.rest);
    }
}

fn is_gap(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}'
    )
}

/// Whether a gap is one that a program made: people do not type it between two words.
fn is_wide(gap: &str) -> bool {
    let count = gap.chars().count();
    gap.contains('\t') || count > 2 || (count > 1 && gap.contains('\u{a0}'))
}

/// How long the number is that a line begins with: `1.`, `2)`, `1.2.`, `a)`, `iv.`
fn number(line: &str) -> usize {
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let length = line.find(|c| !digits(c)).unwrap_or(line.len());
    let length = match length {
        0 => line
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .take(5)
            .count(),
        length if line[..length].ends_with('.') && length < 12 => return length,
        length => length,
    };
    let word = &line[..length];
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit())
        || word.len() == 1
        || word.bytes().all(|byte| b"ivxIVX".contains(&byte));
    let closed = line[length..].starts_with(['.', ')']);
    if is_number && closed && (1..12).contains(&length) {
        length + 1
    } else {
        0
    }
}
