//! The lists that are open, and what their items begin with.

use super::numbers::{self, List, Numbering};
use super::style::Style;
use super::tag::{Attribute, StartTag};

/// Deepest nesting of lists that is indented.
const MAX_DEPTH: usize = 16;

/// The lists that are open.
#[derive(Default)]
pub(super) struct Lists {
    open: Vec<List>,
    /// Lists that are open below the deepest one that is indented.
    deeper: usize,
    /// The lengths of the reversed lists that are still to come.
    reversed: std::vec::IntoIter<i32>,
}

impl Lists {
    /// The lists of a page, none open yet.
    pub(super) fn of(html: &str) -> Self {
        Self {
            reversed: numbers::reversed(html).into_iter(),
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// A list begins, ordered or not.
    pub(super) fn begin(&mut self, tag: &StartTag, style: &Style) {
        let ordered = tag.name == b"ol";
        let mut list = if ordered {
            self.ordered(tag)
        } else {
            List::bulleted()
        };
        list.numbering = style.numbering.unwrap_or(list.numbering);
        if self.open.len() < MAX_DEPTH {
            self.open.push(list);
        } else {
            self.deeper += 1;
        }
    }

    fn ordered(&mut self, tag: &StartTag) -> List {
        let reversed = tag.get(Attribute::Reversed).is_some();
        let length = if reversed { self.reversed.next() } else { None };
        let start = tag
            .get(Attribute::Start)
            .and_then(|start| start.trim().parse().ok());
        let numbering = tag.get(Attribute::Type).and_then(Numbering::of_type);
        List::numbered(
            numbering.unwrap_or(Numbering::Decimal),
            start.or(length).unwrap_or(1),
            reversed,
        )
    }

    /// The innermost list ends.
    pub(super) fn end(&mut self) {
        match self.deeper.checked_sub(1) {
            Some(deeper) => self.deeper = deeper,
            None => {
                self.open.pop();
            }
        }
    }

    /// What the next item begins with.
    pub(super) fn mark(&mut self, tag: &StartTag, style: &Style) -> String {
        let number = tag
            .get(Attribute::Value)
            .and_then(|value| value.trim().parse().ok());
        let indent = "  ".repeat(self.open.len().saturating_sub(1));
        let mark = match self.open.last_mut() {
            Some(list) => list.mark(number, style.numbering),
            None => Numbering::Bullet.mark(1),
        };
        indent + &mark
    }
}
