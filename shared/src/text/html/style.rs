//! What an element's `style` and `class` say about whether and how it is seen.

use super::numbers::Numbering;

/// Elements of these classes are hidden wherever they are used: by a style sheet that a comment has not.
const HIDDEN_CLASSES: [&str; 5] = [
    "preheader",
    "preview-text",
    "sr-only",
    "visually-hidden",
    "screen-reader-text",
];

/// How far out of sight a box is moved to hide it, in pixels.
const OUT_OF_SIGHT: f32 = -900.0;

/// What a style says, as far as it matters.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Style {
    /// Not seen, whatever is in it.
    pub(super) gone: bool,
    /// Letters of no size, or of one again.
    pub(super) sized: Option<bool>,
    /// Not visible, or visible again.
    pub(super) visible: Option<bool>,
    /// Struck out.
    pub(super) struck: bool,
    /// How a list's items are marked.
    pub(super) numbering: Option<Numbering>,
    /// The level of a paragraph that Word shows as an item of a list.
    pub(super) item: Option<usize>,
    /// What Word writes for programs without lists: the bullet.
    pub(super) bullet: bool,
}

impl Style {
    pub(super) fn of(style: Option<&str>, class: Option<&str>) -> Self {
        let mut read = Self::default();
        let class = class.unwrap_or_default();
        read.gone = class.split_ascii_whitespace().any(|class| {
            HIDDEN_CLASSES
                .iter()
                .any(|hidden| class.eq_ignore_ascii_case(hidden))
        });
        let (mut clipped, mut flat) = (false, false);
        for (property, value) in declarations(style.unwrap_or_default()) {
            match property.to_ascii_lowercase().as_str() {
                "overflow" | "overflow-y" => clipped = is(value, "hidden"),
                "max-height" | "height" | "max-width" | "width" => flat |= is_zero(value),
                property => read.take(property, value),
            }
        }
        read.gone |= clipped && flat;
        read
    }

    fn take(&mut self, property: &str, value: &str) {
        match property {
            "display" => self.gone |= is(value, "none"),
            "mso-hide" => self.gone |= is(value, "all"),
            "opacity" => self.gone |= is_zero(value),
            "text-indent" | "left" | "top" => {
                self.gone |= number(value).is_some_and(|at| at < OUT_OF_SIGHT)
            }
            "visibility" => self.visible = Some(!is(value, "hidden") && !is(value, "collapse")),
            "font-size" => self.sized = Some(!is_zero(value)),
            "text-decoration" | "text-decoration-line" => {
                self.struck |= value
                    .split_ascii_whitespace()
                    .any(|line| is(line, "line-through"));
            }
            "list-style-type" | "list-style" => {
                let words = value.split_ascii_whitespace();
                self.numbering = words
                    .filter_map(Numbering::of_style)
                    .next()
                    .or(self.numbering);
            }
            "mso-list" if is(value, "ignore") => self.bullet = true,
            "mso-list" => {
                let level = value
                    .split_ascii_whitespace()
                    .find_map(|word| word.strip_prefix("level")?.parse().ok());
                self.item = level.or(self.item);
            }
            _ => {}
        }
    }
}

/// Whether a value is a word, in capitals or not.
fn is(value: &str, word: &str) -> bool {
    value.eq_ignore_ascii_case(word)
}

fn is_zero(value: &str) -> bool {
    number(value) == Some(0.0)
}

/// The number a value begins with.
fn number(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c)));
    value[..end.unwrap_or(value.len())].parse().ok()
}

/// The declarations of a style: property and value, without `!important`. Semicolons within quotes and
/// brackets end none.
fn declarations(style: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = style;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = end_of_declaration(rest);
            let declaration = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            if let Some((property, value)) = declaration.split_once(':') {
                let value = value.split('!').next().unwrap_or_default();
                return Some((property.trim(), value.trim()));
            }
        }
        None
    })
}

fn end_of_declaration(style: &str) -> usize {
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, byte) in style.bytes().enumerate() {
        match (byte, quote) {
            (_, Some(open)) if byte == open => quote = None,
            (_, Some(_)) => {}
            (b'"' | b'\'', None) => quote = Some(byte),
            (b'(', None) => depth += 1,
            (b')', None) => depth = depth.saturating_sub(1),
            (b';', None) if depth == 0 => return at,
            _ => {}
        }
    }
    style.len()
}
