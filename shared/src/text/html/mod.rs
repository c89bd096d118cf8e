//! HTML as an SMS can show it.
//!
//! In: a comment's HTML. Out: its text: paragraphs, lists, links, quotes, tables as lines. One pass
//! over the tokens of a WHATWG tokenizer, no tree: time and memory grow with the input alone,
//! whatever is nested in whatever.

mod detect;
mod lines;
pub(in crate::text) mod link;
mod tag;

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use lines::Lines;
use link::Link;
use tag::{StartTag, is_block};

/// Elements whose content nobody sees.
const UNSEEN: &[&[u8]] = &[
    b"script",
    b"style",
    b"head",
    b"title",
    b"template",
    b"iframe",
    b"object",
];

/// Deepest nesting of lists that is indented.
const MAX_DEPTH: usize = 16;

/// The text of a comment, be it HTML or not.
///
/// What is about HTML, and none itself, stays as it is: an agent may well write about `<b>`.
pub fn readable(text: &str) -> Cow<'_, str> {
    if detect::is_html(text) {
        Cow::Owned(to_text(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of HTML.
pub fn to_text(html: &str) -> String {
    let mut page = Page::default();
    let read = |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        page.read(&event);
        None
    };
    let Ok(()) = Tokenizer::new_with_emitter(html, CallbackEmitter::new(read)).finish();
    page.finish()
}

/// What has been read so far.
#[derive(Default)]
struct Page {
    lines: Lines,
    /// The start tag that is being read.
    tag: StartTag,
    /// The number of the next item, for each open list; none where items have no number.
    lists: Vec<Option<u32>>,
    link: Option<Link>,
    /// The element whose content nobody sees.
    unseen: Option<Vec<u8>>,
    cells: usize,
    /// How many blocks are open. Outside of them lines are lines, as in a signature below the HTML.
    blocks: usize,
}

impl Page {
    fn read(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.tag.begin(name),
            CallbackEvent::AttributeName { name } => self.tag.attribute(name),
            CallbackEvent::AttributeValue { value } => self.tag.value(value),
            CallbackEvent::CloseStartTag { self_closing } => {
                let (name, value) = self.tag.take();
                self.open(&name, value, *self_closing);
                self.tag.reuse(name);
            }
            CallbackEvent::EndTag { name } => self.close(name),
            CallbackEvent::String { value } if self.unseen.is_none() => {
                self.lines
                    .text(&String::from_utf8_lossy(value), self.blocks == 0);
            }
            _ => {}
        }
    }

    fn open(&mut self, name: &[u8], value: Option<String>, self_closing: bool) {
        if self.unseen.is_some() {
            return;
        }
        self.blocks += usize::from(is_block(name) && !self_closing);
        if UNSEEN.contains(&name) {
            self.unseen = (!self_closing).then(|| name.to_vec());
            return;
        }
        match name {
            b"br" => self.lines.end_line(),
            b"hr" => self.lines.paragraph(),
            b"a" => {
                self.end_link();
                self.link = Link::to(value, self.lines.mark());
            }
            b"img" => {
                if let Some(alt) = value {
                    self.lines.text(&alt, false);
                }
            }
            b"ul" => self.list(None),
            b"ol" => self.list(Some(
                value.and_then(|first| first.parse().ok()).unwrap_or(1),
            )),
            b"li" => self.item(),
            b"blockquote" => self.lines.quote(true),
            b"pre" => self.lines.preformatted(true),
            b"tr" => {
                self.lines.row();
                self.cells = 0;
            }
            b"td" | b"th" => {
                if self.cells > 0 {
                    self.lines.join();
                    self.lines.text(" | ", false);
                }
                self.lines.cell();
                self.cells += 1;
            }
            name if is_block(name) => self.lines.boundary(name),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some(unseen) = &self.unseen {
            if unseen == name {
                self.unseen = None;
            }
            return;
        }
        self.blocks -= usize::from(is_block(name)).min(self.blocks);
        match name {
            b"a" => self.end_link(),
            b"ul" | b"ol" => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.lines.paragraph();
                }
            }
            b"blockquote" => self.lines.quote(false),
            b"pre" => self.lines.preformatted(false),
            b"li" => {
                self.lines.begin_with(String::new());
                self.lines.new_line();
            }
            b"td" | b"th" if self.cells > 1 => self.lines.join(),
            b"td" | b"th" => self.lines.end_cell(),
            b"tr" => {
                self.lines.end_cell();
                self.lines.new_line();
            }
            b"table" => {
                self.lines.end_cell();
                self.lines.paragraph();
            }
            name if is_block(name) => self.lines.boundary(name),
            _ => {}
        }
    }

    fn list(&mut self, first: Option<u32>) {
        if self.lists.is_empty() {
            self.lines.paragraph();
        }
        if self.lists.len() < MAX_DEPTH {
            self.lists.push(first);
        }
    }

    fn item(&mut self) {
        self.lines.new_line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{indent}{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => format!("{indent}- "),
        };
        self.lines.begin_with(mark);
    }

    fn end_link(&mut self) {
        if let Some(link) = self.link.take() {
            let shown = self.lines.since(link.mark);
            if let Some(addition) = link.addition(shown) {
                self.lines.text(&addition, false);
            }
        }
    }

    fn finish(mut self) -> String {
        self.end_link();
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests;
