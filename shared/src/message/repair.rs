//! Repairs the kinds of damage the vendors' templates do to JSON.
//!
//! In: text that is not JSON. Out: text that more probably is: stray commas dropped, empty
//! placeholders made null, control characters, quotes and broken escapes inside strings escaped.
//! One pass over the bytes with an explicit stack; the time is linear whatever the input.

use std::fmt::Write as _;

use super::structure::{Container, code_unit, string_ends_before};

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
                b'"' if is_key
                    || string_ends_before(self.bytes, self.at + 1, &self.stack, false) =>
                {
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
            Some(b'"')
                if !is_key && string_ends_before(self.bytes, self.at + 2, &self.stack, true) =>
            {
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

#[cfg(test)]
#[path = "repair_tests.rs"]
mod tests;
