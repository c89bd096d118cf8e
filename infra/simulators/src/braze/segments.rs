//! How many SMS parts a text takes.
//!
//! In: text. Out: a number of parts. Pure; imports nothing.

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
    ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€";

/// Parts of a text: GSM-7 160 or 153 each, else 70 or 67 UTF-16 units each.
pub(super) fn count(text: &str) -> usize {
    let septets: Option<usize> = text
        .chars()
        .map(|letter| match letter {
            _ if BASIC.contains(letter) => Some(1),
            _ if EXTENDED.contains(letter) => Some(2),
            _ => None,
        })
        .sum();
    match septets {
        Some(length) => parts(length, 160, 153),
        None => parts(text.encode_utf16().count(), 70, 67),
    }
}

fn parts(length: usize, alone: usize, each: usize) -> usize {
    if length <= alone {
        1
    } else {
        length.div_ceil(each)
    }
}
