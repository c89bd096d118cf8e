//! Links and pictures in Markdown: their words, and the address behind them where it says more.

use std::ops::Range;

use pulldown_cmark::{CowStr, LinkType};

use super::edits::Edits;
use crate::text::link::{self, Told};

/// From here on no more of a link's words is compared with its address, in bytes.
const MAX_SHOWN_BYTES: usize = 2_048;

/// A link or picture that is open.
pub(super) struct Open<'t> {
    pub(super) kind: LinkType,
    pub(super) address: CowStr<'t>,
    /// The name of a reference.
    pub(super) name: CowStr<'t>,
    pub(super) picture: bool,
    pub(super) start: usize,
    /// What is shown of it.
    pub(super) shown: String,
}

/// The links of a text.
#[derive(Default)]
pub(super) struct Links<'t> {
    open: Vec<Open<'t>>,
    /// Names of the references whose address was written out.
    pub(super) told: Vec<CowStr<'t>>,
}

impl<'t> Links<'t> {
    pub(super) fn begin(&mut self, link: Open<'t>) {
        self.open.push(link);
    }

    /// Words are shown, perhaps as a part of a link.
    pub(super) fn show(&mut self, words: &str) {
        let open = self.open.last_mut();
        if let Some(open) = open.filter(|open| open.shown.len() < MAX_SHOWN_BYTES) {
            open.shown.push_str(words);
        }
    }

    /// The innermost link ends at a place; what is shown of it ended before.
    pub(super) fn end(&mut self, shown_end: usize, end: usize, edits: &mut Edits<'t>) {
        let Some(open) = self.open.pop() else { return };
        self.show(&open.shown);
        if is_auto(open.kind) {
            return;
        }
        let Some(address) = link::address(&open.address) else {
            return;
        };
        let told = match open.picture && !self.open.is_empty() {
            true => Told::Nothing,
            false => address.told(&open.shown),
        };
        let inner = open.start + if open.picture { 2 } else { 1 };
        let mut behind = String::new();
        match told {
            Told::Nothing => {}
            Told::Instead => edits.write(open.start..end, address.as_str()),
            Told::After(addition) => {
                behind = edits.written(&addition);
                let next = edits.text[end..].chars().next();
                if next.is_some_and(|c| c.is_alphanumeric() || "[!<".contains(c)) {
                    behind.push(' ');
                }
            }
        }
        edits.replace(open.start..inner, "");
        edits.replace(shown_end.clamp(inner, end)..end, behind);
        self.told.push(open.name);
    }
}

fn is_auto(kind: LinkType) -> bool {
    matches!(kind, LinkType::Autolink | LinkType::Email)
}

/// An address in angle brackets, which go.
pub(super) fn auto(kind: LinkType, range: Range<usize>, edits: &mut Edits<'_>) {
    if !is_auto(kind) {
        return;
    }
    let address = &edits.text[range.start + 1..range.end - 1];
    let is_mail = kind == LinkType::Email && !edits.html;
    if is_mail || (kind == LinkType::Autolink && link::address(address).is_some()) {
        edits.write(range, address);
    } else if edits.html {
        let quoted = &edits.text[range.clone()];
        edits.write(range, quoted);
    }
}
