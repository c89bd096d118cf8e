//! HTML as an SMS can show it: paragraphs, lists, links, quotes and tables as lines.
//!
//! One pass over the tokens of a WHATWG tokenizer, no tree: time and memory grow with the input alone,
//! whatever is nested in whatever.

mod detect;
mod lines;
mod numbers;
mod script;
mod style;
mod tag;
mod unseen;
mod word;

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::link::{self, Address, Told};
use super::struck;
use lines::Lines;
use numbers::{List, Numbering};
use style::Style;
use tag::{Attribute, StartTag, is_block};
use unseen::Unseen;

pub use detect::is_html;

/// Deepest nesting of lists that is indented.
const MAX_DEPTH: usize = 16;

/// The text of a comment, be it HTML or not.
///
/// What is about HTML, and none itself, stays as it is: an agent may well write about `<b>`.
pub fn readable(text: &str) -> Cow<'_, str> {
    if is_html(text) {
        Cow::Owned(to_text(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of HTML. Where something was struck out stands a control character.
pub fn to_text(html: &str) -> String {
    let mut page = Page {
        reversed: numbers::reversed(html).into_iter(),
        ..Page::default()
    };
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
    lists: Vec<List>,
    /// Lists that are open below the deepest one that is indented.
    deeper: usize,
    /// The lengths of the reversed lists that are still to come.
    reversed: std::vec::IntoIter<i32>,
    link: Option<Link>,
    /// The raised or lowered text that is open.
    script: Option<Script>,
    /// The item that Word wrote as a paragraph.
    word: Option<word::Item>,
    unseen: Unseen,
    cells: usize,
    /// How many blocks are open. Outside of them lines are lines, as in a signature below the HTML.
    blocks: usize,
}

/// A link that is open.
struct Link {
    address: Address,
    /// Where its text begins.
    mark: usize,
}

/// Small letters above or below the line.
struct Script {
    raised: bool,
    mark: usize,
}

impl Page {
    fn read(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.tag.begin(name),
            CallbackEvent::AttributeName { name } => self.tag.attribute(name),
            CallbackEvent::AttributeValue { value } => self.tag.value(value),
            CallbackEvent::CloseStartTag { self_closing } => {
                let tag = std::mem::take(&mut self.tag);
                self.start(&tag, *self_closing);
                self.tag = tag;
            }
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } if !self.unseen.sight().is_blank() => {
                self.text(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.word.as_mut().filter(|item| item.reads_bullet()) {
            Some(item) => item.bullet(text),
            None => self.lines.text(text, self.blocks == 0),
        }
    }

    fn start(&mut self, tag: &StartTag, self_closing: bool) {
        let style = Style::of(tag.get(Attribute::Style), tag.get(Attribute::Class));
        let hidden = tag.get(Attribute::Hidden).is_some();
        if !self_closing && self.unseen.open(&tag.name, hidden, &style) {
            self.lines.text(struck::SIGN, false);
        }
        let gone = self.unseen.sight().is_gone() || hidden || style.gone;
        if !gone {
            self.blocks += usize::from(is_block(&tag.name) && !self_closing);
            self.open(tag, &style);
        }
    }

    fn open(&mut self, tag: &StartTag, style: &Style) {
        match tag.name.as_slice() {
            b"br" => self.lines.end_line(),
            b"hr" => self.lines.paragraph(),
            b"a" => {
                self.end_link();
                let address = tag.get(Attribute::Href).and_then(link::address);
                let mark = self.lines.mark();
                self.link = address.map(|address| Link { address, mark });
            }
            b"img" => {
                if let Some(alt) = tag.get(Attribute::Alt) {
                    self.lines.text(alt.trim(), false);
                }
            }
            b"ul" => self.list(List::bulleted(), style),
            b"ol" => self.ordered(tag, style),
            b"li" => self.item(tag, style),
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
            b"sup" | b"sub" if self.script.is_none() => {
                self.script = Some(Script {
                    raised: tag.name == b"sup",
                    mark: self.lines.mark(),
                });
            }
            b"span" => self.span(style),
            b"p" => self.begin_paragraph(style),
            name if is_block(name) => self.lines.boundary(name),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        let gone = self.unseen.sight().is_gone();
        self.unseen.close(name);
        if !gone {
            self.close(name);
        }
    }

    fn close(&mut self, name: &[u8]) {
        self.blocks -= usize::from(is_block(name)).min(self.blocks);
        match name {
            b"a" => self.end_link(),
            b"ul" | b"ol" => self.end_list(),
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
            b"sup" | b"sub" => self.end_script(),
            b"span" => self.end_span(),
            b"p" => self.end_paragraph(),
            name if is_block(name) => self.lines.boundary(name),
            _ => {}
        }
    }

    /// A paragraph begins; those of an item are lines.
    fn begin_paragraph(&mut self, style: &Style) {
        self.word = style.item.map(word::Item::new);
        self.border();
    }

    fn end_paragraph(&mut self) {
        self.border();
        self.word = None;
    }

    fn border(&mut self) {
        if self.lists.is_empty() && self.word.is_none() {
            self.lines.paragraph();
        } else {
            self.lines.new_line();
        }
    }

    fn span(&mut self, style: &Style) {
        if let Some(item) = &mut self.word {
            item.span(style.bullet);
        }
    }

    fn end_span(&mut self) {
        if let Some(mark) = self.word.as_mut().and_then(word::Item::end_span) {
            self.lines.begin_with(mark);
        }
    }

    fn ordered(&mut self, tag: &StartTag, style: &Style) {
        let reversed = tag.get(Attribute::Reversed).is_some();
        let length = if reversed { self.reversed.next() } else { None };
        let start = tag
            .get(Attribute::Start)
            .and_then(|start| start.trim().parse().ok());
        let first = start.or(length).unwrap_or(1);
        let numbering = tag.get(Attribute::Type).and_then(Numbering::of_type);
        let numbering = numbering.unwrap_or(Numbering::Decimal);
        self.list(List::numbered(numbering, first, reversed), style);
    }

    fn list(&mut self, mut list: List, style: &Style) {
        if self.lists.is_empty() {
            self.lines.paragraph();
        } else {
            self.lines.new_line();
        }
        list.numbering = style.numbering.unwrap_or(list.numbering);
        if self.lists.len() < MAX_DEPTH {
            self.lists.push(list);
        } else {
            self.deeper += 1;
        }
    }

    fn end_list(&mut self) {
        match self.deeper.checked_sub(1) {
            Some(deeper) => self.deeper = deeper,
            None => {
                self.lists.pop();
            }
        }
        if self.lists.is_empty() {
            self.lines.paragraph();
        } else {
            self.lines.new_line();
        }
    }

    fn item(&mut self, tag: &StartTag, style: &Style) {
        self.lines.new_line();
        let number = tag
            .get(Attribute::Value)
            .and_then(|value| value.trim().parse().ok());
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let mark = match self.lists.last_mut() {
            Some(list) => list.mark(number, style.numbering),
            None => Numbering::Bullet.mark(1),
        };
        self.lines.begin_with(indent + &mark);
    }

    fn end_script(&mut self) {
        let Some(script) = self.script.take() else {
            return;
        };
        let write = if script.raised {
            script::raised
        } else {
            script::lowered
        };
        self.lines.rewrite(script.mark, write);
        self.lines.end_figure();
    }

    fn end_link(&mut self) {
        let Some(Link { address, mark }) = self.link.take() else {
            return;
        };
        match address.told(self.lines.since(mark)) {
            Told::Nothing => {}
            Told::After(addition) => self.lines.text(&addition, false),
            Told::Instead if self.lines.since(mark).is_empty() => {
                self.lines.text(address.as_str(), false)
            }
            Told::Instead => self.lines.rewrite(mark, |_, _| address.as_str().to_owned()),
        }
        self.lines.end_address();
    }

    fn finish(mut self) -> String {
        self.end_link();
        self.lines.finish()
    }
}

#[cfg(test)]
mod tests;
