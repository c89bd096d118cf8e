//! The GSM 03.38 default alphabet, and what can be written in it without loss.
//!
//! In: text. Out: the same text in GSM-7, or the first character that cannot be.

use std::ops::{ControlFlow, RangeInclusive};

use super::{Encoding, Ligatures};

/// How many septets a character takes: 1, 2 from the extension table, none where it is in neither.
#[inline]
pub(super) fn septets(c: char) -> Option<usize> {
    match WESTERN.get(c as usize) {
        Some(0) => None,
        Some(known) => Some(usize::from(*known)),
        // Nothing of the alphabet lies between the Greek letters and this sign, or behind it.
        None if c > 'Ω' => (c == '€').then_some(2),
        None => in_table(c),
    }
}

/// The answers for the first 256 characters, 0 for none: nearly every character of nearly every text.
const WESTERN: [u8; 256] = {
    let mut table = [0; 256];
    let mut code = 0_usize;
    while code < table.len() {
        if let Some(septets) = in_table(code as u8 as char) {
            table[code] = septets as u8;
        }
        code += 1;
    }
    table
};

const fn in_table(c: char) -> Option<usize> {
    match c {
        '\n' | '\r' | ' '..='Z' | 'a'..='z' => Some(1),
        '_' | '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ'
        | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡'
        | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        _ => None,
    }
}

/// The text in GSM-7, where every character can be written faithfully.
///
/// # Errors
/// The first character that cannot.
pub(super) fn transliterate(text: &str, ligatures: Ligatures) -> Result<String, char> {
    let mut plain = String::with_capacity(text.len());
    let basic = text.bytes().take_while(|byte| is_basic(*byte));
    // The last of them may carry a mark.
    let (basic, text) = text.split_at(basic.count().saturating_sub(1));
    plain.push_str(basic);
    spell(text, ligatures, |spelled| {
        match spelled {
            Spelled::Char(c) => plain.push(c),
            Spelled::Text(text) => plain.push_str(text),
        }
        ControlFlow::Continue(())
    })?;
    Ok(plain)
}

/// How one character, or a letter and its mark, is written in the default alphabet.
enum Spelled {
    Char(char),
    Text(&'static str),
}

/// Spells a text, character by character, up to the first that has no spelling, or for which `write` answers
/// that it is enough.
#[inline]
fn spell(
    text: &str,
    ligatures: Ligatures,
    mut write: impl FnMut(Spelled) -> ControlFlow<()>,
) -> Result<(), char> {
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let mark = chars.peek().copied().filter(|next| MARKS.contains(next));
        let spelled = if let Some(letter) = mark.and_then(|mark| composed(c, mark)) {
            chars.next();
            Spelled::Char(letter)
        } else if septets(c).is_some() {
            Spelled::Char(c)
        } else {
            let split = || match ligatures {
                Ligatures::Keep => None,
                Ligatures::Split => {
                    letters(c, chars.peek().is_some_and(|next| next.is_lowercase()))
                }
            };
            let shown = replacement(c).or_else(|| figure(c, before)).or_else(split);
            Spelled::Text(shown.ok_or(c)?)
        };
        if write(spelled).is_break() {
            break;
        }
        before = c;
    }
    Ok(())
}

/// How far several parts that are filled up to `at` are filled with a text more, as it is written in
/// the default alphabet; from `most` on it does not matter how far. Nothing where a character has no spelling.
pub(super) fn fill(at: usize, text: &str, most: usize, ligatures: Ligatures) -> Option<usize> {
    if is_basic_ascii(text) {
        return Some(at + text.len());
    }
    if let Some(c) = only(text).filter(|c| septets(*c).is_some()) {
        return Some(Encoding::Gsm7.fill_char(at, c));
    }
    let mut filled = at;
    let spelled = spell(text, ligatures, |spelled| {
        filled = match spelled {
            Spelled::Char(c) => Encoding::Gsm7.fill_char(filled, c),
            Spelled::Text(text) => Encoding::Gsm7.fill(filled, text, most),
        };
        match filled <= most {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    });
    spelled.ok().map(|()| filled)
}

/// The septets of a text as it is written in the default alphabet. Nothing where a character has no
/// spelling.
pub(super) fn weigh(text: &str, ligatures: Ligatures) -> Option<usize> {
    if is_basic_ascii(text) {
        return Some(text.len());
    }
    if let Some(septets) = only(text).and_then(septets) {
        return Some(septets);
    }
    let mut sum = 0;
    let spelled = spell(text, ligatures, |spelled| {
        sum += match spelled {
            Spelled::Char(c) => Encoding::Gsm7.cost(c),
            Spelled::Text(text) => Encoding::Gsm7.weigh(text),
        };
        ControlFlow::Continue(())
    });
    spelled.ok().map(|()| sum)
}

/// The one character of a text.
#[inline]
fn only(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next()?;
    chars.as_str().is_empty().then_some(first)
}

/// Whether a text is of ASCII that takes one septet each.
#[inline]
pub(super) fn is_basic_ascii(text: &str) -> bool {
    text.bytes().all(is_basic)
}

#[inline]
fn is_basic(byte: u8) -> bool {
    byte.is_ascii() && WESTERN[usize::from(byte)] == 1
}

/// Whether more units of UTF-16 than this stand together that have a spelling.
pub(super) fn has_run_over(units: usize, text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|c| {
        let spelled = septets(c).is_some()
            || replacement(c).is_some()
            || figure(c, ' ').is_some()
            || letters(c, false).is_some();
        run = if spelled || MARKS.contains(&c) {
            run + c.len_utf16()
        } else {
            0
        };
        run > units
    })
}

/// What a character looks like in the default alphabet. Empty: it cannot be seen.
fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | '´' | '‹' | '›' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‐' | '\u{2011}' | '‒' | '–' | '—' | '―' | '−' => "-",
        '•' | '·' | '▪' | '▫' | '●' | '○' | '◦' | '■' | '□' | '‣' | '⁃' | '∙' | '➢' => {
            "-"
        }
        '…' => "...",
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "",
        '\u{fe0e}' | '\u{fe0f}' | '\u{34f}' => "",
        '⁄' | '∕' => "/",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        '\u{2126}' => "Ω",
        '\u{212b}' => "Å",
        _ => return None,
    })
}

/// A figure above or below the line, on the line: the first one of a raised number behind `^`, a lowered
/// one behind another number behind `_`.
fn figure(c: char, before: char) -> Option<&'static str> {
    const RAISED: [&str; 14] = [
        "^0", "^1", "^2", "^3", "^4", "^5", "^6", "^7", "^8", "^9", "^+", "^-", "^=", "^n",
    ];
    const LOWERED: [&str; 10] = ["_0", "_1", "_2", "_3", "_4", "_5", "_6", "_7", "_8", "_9"];
    if let Some(at) = raised(c) {
        return Some(&RAISED[at][usize::from(raised(before).is_some())..]);
    }
    let at = (c as usize).checked_sub('\u{2080}' as usize)?;
    Some(&LOWERED.get(at)?[usize::from(!before.is_ascii_digit())..])
}

/// Which raised figure or sign a character is.
fn raised(c: char) -> Option<usize> {
    Some(match c {
        '⁰' => 0,
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁴'..='⁼' => 4 + (c as usize - '⁴' as usize),
        'ⁿ' => 13,
        _ => return None,
    })
}

/// The letters a ligature is made of; the spelling changes, so only where that is wanted.
fn letters(c: char, next_is_small: bool) -> Option<&'static str> {
    Some(match c {
        'œ' => "oe",
        'Œ' if next_is_small => "Oe",
        'Œ' => "OE",
        'ĳ' => "ij",
        'Ĳ' => "IJ",
        _ => return None,
    })
}

/// Marks that combine with a letter.
const MARKS: RangeInclusive<char> = '\u{300}'..='\u{327}';

/// The one letter of the default alphabet that a letter and a combining mark stand for.
fn composed(letter: char, mark: char) -> Option<char> {
    Some(match (letter, mark) {
        ('a', '\u{300}') => 'à',
        ('e', '\u{300}') => 'è',
        ('i', '\u{300}') => 'ì',
        ('o', '\u{300}') => 'ò',
        ('u', '\u{300}') => 'ù',
        ('e', '\u{301}') => 'é',
        ('E', '\u{301}') => 'É',
        ('n', '\u{303}') => 'ñ',
        ('N', '\u{303}') => 'Ñ',
        ('a', '\u{308}') => 'ä',
        ('o', '\u{308}') => 'ö',
        ('u', '\u{308}') => 'ü',
        ('A', '\u{308}') => 'Ä',
        ('O', '\u{308}') => 'Ö',
        ('U', '\u{308}') => 'Ü',
        ('a', '\u{30a}') => 'å',
        ('A', '\u{30a}') => 'Å',
        ('C', '\u{327}') => 'Ç',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_the_standards() {
        let basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
            ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
        assert_eq!(basic.chars().count(), 127);
        let in_it = ('\0'..=char::MAX).filter(|c| septets(*c) == Some(1));
        assert_eq!(in_it.count(), 127);
        assert!(basic.chars().all(|c| septets(c) == Some(1)));
        let extension = ('\0'..=char::MAX).filter(|c| septets(*c) == Some(2));
        assert_eq!(extension.collect::<String>(), "\u{c}[\\]^{|}~€");
        assert!("çâêîôûëïœ«»À`’…".chars().all(|c| septets(c).is_none()));
    }

    #[test]
    fn every_replacement_is_in_the_alphabet() {
        for c in '\0'..=char::MAX {
            for plain in replacement(c).unwrap_or_default().chars() {
                assert!(septets(plain).is_some(), "{c}");
            }
        }
    }
}
