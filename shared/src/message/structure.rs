//! Where a string inside damaged JSON ends.
//!
//! In: bytes, a place, the containers open there. Out: whether what follows is structure. Looks
//! ahead over white space, commas, brackets and one key only, so each byte is seen a few times.

/// Longest key looked for, in bytes.
const MAX_KEY_BYTES: usize = 64;

/// An open bracket.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Container {
    /// `{`
    Object,
    /// `[`
    Array,
}

/// Whether a string may end before `from`: what follows must be the structure that the open
/// containers demand, up to the next key, the next item or the end of the text.
///
/// `surely` is asked of an escaped quote: only a key or the very end will do.
pub(super) fn string_ends_before(
    bytes: &[u8],
    from: usize,
    stack: &[Container],
    surely: bool,
) -> bool {
    let mut open = stack.len();
    let mut comma = false;
    let mut at = from;
    loop {
        match bytes.get(at) {
            None => return true,
            Some(b' ' | b'\t' | b'\r' | b'\n') => {}
            Some(b',') => comma = true,
            Some(byte @ (b'}' | b']')) => {
                let closes = if *byte == b'}' {
                    Container::Object
                } else {
                    Container::Array
                };
                if open == 0 || stack[open - 1] != closes {
                    return false;
                }
                open -= 1;
                comma = false;
            }
            Some(_) => break,
        }
        at += 1;
    }
    match open.checked_sub(1).map(|top| stack[top]) {
        Some(Container::Object) => comma && key_at(&bytes[at..]),
        Some(Container::Array) => comma && !surely && value_at(&bytes[at..]),
        None => false,
    }
}

fn key_at(rest: &[u8]) -> bool {
    let Some(rest) = rest.strip_prefix(b"\"") else {
        return false;
    };
    let length = rest
        .iter()
        .take(MAX_KEY_BYTES + 1)
        .take_while(|b| b.is_ascii_alphanumeric() || !b.is_ascii() || b"_-.$ ".contains(b))
        .count();
    (1..=MAX_KEY_BYTES).contains(&length)
        && rest[length..]
            .strip_prefix(b"\"")
            .is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b':'))
}

fn value_at(rest: &[u8]) -> bool {
    matches!(rest.first(), Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9'))
        || [&b"true"[..], b"false", b"null"]
            .iter()
            .any(|literal| rest.starts_with(literal))
}

/// The UTF-16 unit of a `\uXXXX` at a place, if there is one.
pub(super) fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit: u16, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}
