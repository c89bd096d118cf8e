//! Repairs the kinds of damage the vendors' templates do to JSON.
//!
//! In: text that is not JSON. Out: text that more probably is: stray commas dropped, empty
//! placeholders made null, control characters, quotes and broken escapes inside strings escaped.
//! One pass over the bytes with an explicit stack; the time is linear whatever the input.

use std::fmt::Write as _;

/// A repaired text.
pub(super) struct Repaired {
    /// Perhaps JSON now.
    pub(super) text: String,
    /// Some quote inside a string was taken for content. Where the string ends was a guess then.
    pub(super) guessed: bool,
}

/// Repairs a text once, from start to end.
pub(super) fn repair(text: &str) -> Repaired {
    let mut machine = Machine {
        text,
        bytes: text.as_bytes(),
        at: 0,
        out: String::with_capacity(text.len() + text.len() / 8),
        stack: Vec::new(),
        last: Last::Open,
        comma: false,
        guessed: false,
    };
    while let Some(&byte) = machine.bytes.get(machine.at) {
        machine.step(byte);
    }
    Repaired {
        text: machine.out,
        guessed: machine.guessed,
    }
}

/// Longest key looked for when deciding whether a quote ends a string.
const MAX_KEY_BYTES: usize = 64;

#[derive(Clone, Copy, PartialEq)]
enum Container {
    Object,
    Array,
}

/// The last thing written that means something.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Open,
    Key,
    Colon,
    Value,
}

struct Machine<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    out: String,
    stack: Vec<Container>,
    last: Last,
    comma: bool,
    guessed: bool,
}

impl Machine<'_> {
    fn step(&mut self, byte: u8) {
        match byte {
            b'"' => return self.string(),
            b'{' | b'[' => {
                self.write_comma();
                self.out.push(char::from(byte));
                self.stack.push(if byte == b'{' {
                    Container::Object
                } else {
                    Container::Array
                });
                self.last = Last::Open;
            }
            b'}' | b']' => {
                self.fill_empty_value();
                self.comma = false;
                self.out.push(char::from(byte));
                self.stack.pop();
                self.last = Last::Value;
            }
            b',' => {
                self.fill_empty_value();
                self.comma = self.last == Last::Value;
            }
            b':' => {
                self.out.push(':');
                self.last = Last::Colon;
            }
            b' ' | b'\t' | b'\r' | b'\n' => self.out.push(char::from(byte)),
            _ => return self.bare(),
        }
        self.at += 1;
    }

    /// A number, a literal, or something that stays wrong.
    fn bare(&mut self) {
        self.write_comma();
        let rest = &self.text[self.at..];
        let end = rest
            .find([' ', '\t', '\r', '\n', ',', ':', '{', '}', '[', ']', '"'])
            .unwrap_or(rest.len());
        self.out.push_str(&rest[..end]);
        self.at += end;
        self.last = Last::Value;
    }

    fn string(&mut self) {
        let is_key = self.stack.last() == Some(&Container::Object) && self.last != Last::Colon;
        self.write_comma();
        self.out.push('"');
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'"' if is_key || self.ends_before(self.at + 1, false) => {
                    self.at += 1;
                    break;
                }
                b'"' => {
                    self.guessed = true;
                    self.out.push_str("\\\"");
                    self.at += 1;
                }
                b'\\' => self.escape(is_key),
                0..0x20 => {
                    // Writing to a String cannot fail.
                    let _ = write!(self.out, "\\u{byte:04x}");
                    self.at += 1;
                }
                _ => self.copy_plain(),
            }
        }
        self.out.push('"');
        self.last = if is_key { Last::Key } else { Last::Value };
    }

    fn copy_plain(&mut self) {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| c == '"' || c == '\\' || c < ' ')
            .unwrap_or(rest.len());
        self.out.push_str(&rest[..end]);
        self.at += end;
    }

    fn escape(&mut self, is_key: bool) {
        match self.bytes.get(self.at + 1) {
            // The text ends in a backslash, and this is the string's own quote.
            Some(b'"') if !is_key && self.ends_before(self.at + 2, true) => {
                self.out.push_str("\\\\");
                self.at += 1;
            }
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.out.push_str(&self.text[self.at..self.at + 2]);
                self.at += 2;
            }
            Some(b'\'') => {
                self.out.push('\'');
                self.at += 2;
            }
            Some(b'u') => self.unicode_escape(),
            _ => {
                self.out.push_str("\\\\");
                self.at += 1;
            }
        }
    }

    fn unicode_escape(&mut self) {
        let length = match (
            code_unit(self.bytes, self.at),
            code_unit(self.bytes, self.at + 6),
        ) {
            (None, _) => {
                self.out.push_str("\\\\");
                self.at += 1;
                return;
            }
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(0xd800..0xe000), _) => {
                self.out.push_str("\\ufffd");
                self.at += 6;
                return;
            }
            _ => 6,
        };
        self.out.push_str(&self.text[self.at..self.at + length]);
        self.at += length;
    }

    /// Whether a string may end before `from`: what follows must be the structure that the open
    /// containers demand, up to the next key, the next item or the end of the text.
    ///
    /// `surely` is asked of an escaped quote: only a key or the very end will do.
    fn ends_before(&self, from: usize, surely: bool) -> bool {
        let mut open = self.stack.len();
        let mut comma = false;
        let mut at = from;
        loop {
            match self.bytes.get(at) {
                None => return !surely || open == 0,
                Some(b' ' | b'\t' | b'\r' | b'\n') => {}
                Some(b',') => comma = true,
                Some(byte @ (b'}' | b']')) => {
                    let closes = if *byte == b'}' {
                        Container::Object
                    } else {
                        Container::Array
                    };
                    if open == 0 || self.stack[open - 1] != closes {
                        return false;
                    }
                    open -= 1;
                    comma = false;
                }
                Some(_) => break,
            }
            at += 1;
        }
        match open.checked_sub(1).map(|top| self.stack[top]) {
            Some(Container::Object) => comma && self.key_at(at),
            Some(Container::Array) => comma && !surely && self.value_at(at),
            None => false,
        }
    }

    fn key_at(&self, at: usize) -> bool {
        let Some(rest) = self.bytes[at..].strip_prefix(b"\"") else {
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

    fn value_at(&self, at: usize) -> bool {
        let rest = &self.bytes[at..];
        matches!(rest.first(), Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9'))
            || [&b"true"[..], b"false", b"null"]
                .iter()
                .any(|literal| rest.starts_with(literal))
    }

    fn fill_empty_value(&mut self) {
        if self.last == Last::Colon {
            self.out.push_str("null");
            self.last = Last::Value;
        }
    }

    fn write_comma(&mut self) {
        if self.comma {
            self.out.push(',');
            self.comma = false;
        }
    }
}

/// The UTF-16 unit of a `\uXXXX` at a place, if there is one.
fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit: u16, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

#[cfg(test)]
#[path = "repair_tests.rs"]
mod tests;
