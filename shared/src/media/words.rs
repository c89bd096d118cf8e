//! Words that a phone sent as a file, as text.

/// Most bytes of a file that are read as words: ten such files fit into one comment. A longer one is attached.
pub(super) const MAX_WORDS_BYTES: usize = 6_000;

/// The characters of Windows' western set where they are not those of ISO 8859-1, from 0x80 on.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of bytes: UTF-16 where they begin with its mark, UTF-8 where they are, else the western set that
/// older phones use, whatever the sender calls it.
pub(super) fn words(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes).map_or_else(|_| western(bytes), str::to_owned)
        }
    };
    text.trim_matches(['\0', '\n', '\r', ' ']).to_owned()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn western(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(*byte),
    };
    bytes.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_character_set_are_read() {
        for (bytes, want) in [
            (&b"Hello\r\n"[..], "Hello"),
            ("Très pressé 😀".as_bytes(), "Très pressé 😀"),
            (b"\xef\xbb\xbfHi", "Hi"),
            (b"Tr\xe8s press\xe9 \x80 5 \x93x\x94", "Très pressé € 5 “x”"),
            (b"\xff\xfeH\0\xe9\0=\xd8\0\xde", "Hé😀"),
            (b"\xfe\xff\0H\0i", "Hi"),
            (b"\xff\xfe\x3d\xd8x", "\u{fffd}"),
            (b"", ""),
        ] {
            assert_eq!(words(bytes), want);
        }
    }
}
