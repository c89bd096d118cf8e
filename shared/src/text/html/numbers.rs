//! The numbers of a list's items.

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use std::convert::Infallible;

/// How the items of a list are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    Bullet,
    Decimal,
    Letters { capital: bool },
    Roman { capital: bool },
    Nothing,
}

impl Numbering {
    /// What `type` of an ordered list means.
    pub(super) fn of_type(kind: &str) -> Option<Self> {
        Some(match kind {
            "1" => Self::Decimal,
            "a" => Self::Letters { capital: false },
            "A" => Self::Letters { capital: true },
            "i" => Self::Roman { capital: false },
            "I" => Self::Roman { capital: true },
            _ => return None,
        })
    }

    /// What `list-style-type` means.
    pub(super) fn of_style(kind: &str) -> Option<Self> {
        Some(match kind.to_ascii_lowercase().as_str() {
            "disc" | "circle" | "square" => Self::Bullet,
            "decimal" | "decimal-leading-zero" => Self::Decimal,
            "lower-alpha" | "lower-latin" => Self::Letters { capital: false },
            "upper-alpha" | "upper-latin" => Self::Letters { capital: true },
            "lower-roman" => Self::Roman { capital: false },
            "upper-roman" => Self::Roman { capital: true },
            "none" => Self::Nothing,
            _ => return None,
        })
    }

    /// The mark of the item of a number.
    pub(super) fn mark(self, number: i32) -> String {
        let (written, capital) = match self {
            Self::Bullet => return "- ".to_owned(),
            Self::Nothing => return String::new(),
            Self::Decimal => (None, false),
            Self::Letters { capital } => (letters(number), capital),
            Self::Roman { capital } => (roman(number), capital),
        };
        match written {
            Some(written) if capital => format!("{}. ", written.to_ascii_uppercase()),
            Some(written) => format!("{written}. "),
            None => format!("{number}. "),
        }
    }
}

/// A list that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    pub(super) numbering: Numbering,
    next: i32,
    step: i32,
}

impl List {
    pub(super) fn bulleted() -> Self {
        Self {
            numbering: Numbering::Bullet,
            next: 1,
            step: 1,
        }
    }

    /// A list of numbers from `first` on, downwards where it is reversed.
    pub(super) fn numbered(numbering: Numbering, first: i32, reversed: bool) -> Self {
        Self {
            numbering,
            next: first,
            step: if reversed { -1 } else { 1 },
        }
    }

    /// The mark of the next item, which may have a number and a numbering of its own.
    pub(super) fn mark(&mut self, number: Option<i32>, numbering: Option<Numbering>) -> String {
        let number = number.unwrap_or(self.next);
        self.next = number.saturating_add(self.step);
        numbering.unwrap_or(self.numbering).mark(number)
    }
}

/// 1 is a, 26 is z, 27 is aa.
fn letters(number: i32) -> Option<String> {
    let mut left = u32::try_from(number).ok().filter(|number| *number > 0)?;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'a' + (left % 26) as u8));
        left /= 26;
    }
    Some(letters.into_iter().rev().collect())
}

fn roman(number: i32) -> Option<String> {
    const SIGNS: [(i32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut left = Some(number).filter(|number| (1..4000).contains(number))?;
    let mut roman = String::new();
    for (value, sign) in SIGNS {
        while left >= value {
            roman.push_str(sign);
            left -= value;
        }
    }
    Some(roman)
}

/// How many items each reversed list has, in the order of their beginnings: it counts down from there.
pub(super) fn reversed(html: &str) -> Vec<i32> {
    let word = b"reversed";
    if !html
        .as_bytes()
        .windows(word.len())
        .any(|bytes| bytes.eq_ignore_ascii_case(word))
    {
        return Vec::new();
    }
    let mut counts = Vec::new();
    let mut open: Vec<Option<usize>> = Vec::new();
    let (mut list, mut is_reversed) = (false, false);
    let count = |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                list = matches!(name, b"ol" | b"ul");
                is_reversed = false;
                if let (b"li", Some(Some(at))) = (name, open.last()) {
                    counts[*at] += 1;
                }
            }
            CallbackEvent::AttributeName { name } => is_reversed |= name == b"reversed",
            CallbackEvent::CloseStartTag { .. } if list => {
                open.push(is_reversed.then_some(counts.len()));
                if is_reversed {
                    counts.push(0);
                }
            }
            CallbackEvent::EndTag {
                name: b"ol" | b"ul",
            } => {
                open.pop();
            }
            _ => {}
        }
        None
    };
    let Ok(()) = Tokenizer::new_with_emitter(html, CallbackEmitter::new(count)).finish();
    counts
}
