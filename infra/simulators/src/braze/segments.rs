//! How many SMS parts a text takes.
//!
//! In: text. Out: a number of parts. Pure; imports nothing.

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
    ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€";

/// Parts of a text: GSM-7 160 or 153 each, else 70 or 67 UTF-16 units each.
pub(super) fn count(text: &str) -> usize {
    let septets: Option<Vec<usize>> = text
        .chars()
        .map(|letter| match letter {
            _ if BASIC.contains(letter) => Some(1),
            _ if EXTENDED.contains(letter) => Some(2),
            _ => None,
        })
        .collect();
    match septets {
        Some(lengths) => parts(&lengths, 160, 153),
        None => {
            let lengths: Vec<usize> = text.chars().map(char::len_utf16).collect();
            parts(&lengths, 70, 67)
        }
    }
}

/// A letter of two units is never cut in two, so a part may end one unit early.
fn parts(lengths: &[usize], alone: usize, each: usize) -> usize {
    if lengths.iter().sum::<usize>() <= alone {
        return 1;
    }
    let mut parts = 1;
    let mut filled = 0;
    for length in lengths {
        if filled + length > each {
            parts += 1;
            filled = 0;
        }
        filled += length;
    }
    parts
}
