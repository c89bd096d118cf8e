//! What stands within a line and is written in another way once it is whole: links, and small letters above
//! and below the line.

use super::lines::Lines;
use super::script;
use crate::text::link::{self, Address, Told};

/// What of it is open.
#[derive(Default)]
pub(super) struct Inline {
    link: Option<Link>,
    script: Option<Script>,
    ruby: Ruby,
}

/// The reading above words, as in Japanese.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Ruby {
    /// It is written in brackets.
    #[default]
    Bare,
    /// The page has brackets of its own for it.
    Marked,
    /// Its bracket is open.
    Open,
}

struct Link {
    address: Address,
    /// Where its text begins.
    mark: usize,
}

struct Script {
    raised: bool,
    mark: usize,
}

impl Inline {
    /// A link begins; one that is open ends here.
    pub(super) fn begin_link(&mut self, href: Option<&str>, lines: &mut Lines) {
        self.end_link(lines);
        let mark = lines.mark();
        let address = href.and_then(link::address);
        self.link = address.map(|address| Link { address, mark });
    }

    pub(super) fn end_link(&mut self, lines: &mut Lines) {
        let Some(Link { address, mark }) = self.link.take() else {
            return;
        };
        let shown = lines.since(mark);
        match address.told(shown) {
            Told::Nothing => {}
            Told::After(addition) => lines.text(&addition, false),
            Told::Instead if shown.is_empty() => lines.text(address.as_str(), false),
            Told::Instead => lines.rewrite(mark, |_, _| address.as_str().to_owned()),
        }
        lines.end_address();
    }

    /// A tag of words with their reading: the words, the reading, or brackets for it.
    pub(super) fn ruby(&mut self, name: &[u8], lines: &mut Lines) {
        match name {
            b"ruby" => {
                self.end_reading(lines);
                self.ruby = Ruby::Bare;
            }
            b"rp" if self.ruby == Ruby::Bare => self.ruby = Ruby::Marked,
            b"rt" if self.ruby != Ruby::Marked => {
                self.end_reading(lines);
                lines.text("(", false);
                self.ruby = Ruby::Open;
            }
            _ => {}
        }
    }

    /// The reading ends, if one is open.
    pub(super) fn end_reading(&mut self, lines: &mut Lines) {
        if self.ruby == Ruby::Open {
            lines.text(")", false);
            self.ruby = Ruby::Bare;
        }
    }

    /// Raised or lowered text begins; within another one it is a part of that.
    pub(super) fn begin_script(&mut self, raised: bool, lines: &Lines) {
        let mark = lines.mark();
        self.script.get_or_insert(Script { raised, mark });
    }

    pub(super) fn end_script(&mut self, lines: &mut Lines) {
        let Some(Script { raised, mark }) = self.script.take() else {
            return;
        };
        lines.rewrite(
            mark,
            if raised {
                script::raised
            } else {
                script::lowered
            },
        );
        lines.end_figure();
    }
}
