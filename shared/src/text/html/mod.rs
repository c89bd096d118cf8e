//! HTML as an SMS can show it: paragraphs, lists, links, quotes and tables as lines.
//!
//! One pass over the tokens of a WHATWG tokenizer, no tree: time and memory grow with the input alone,
//! whatever is nested in whatever.

mod detect;
mod inline;
mod lines;
mod lists;
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

use super::struck;
use inline::Inline;
use lines::Lines;
use lists::Lists;
use style::Style;
use tag::{Attribute, StartTag, is_block};
use unseen::Unseen;

pub use detect::is_html;

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
    // The one entity that editors write everywhere, and the dearest to look up in the table of all.
    let html = &html.replace("&nbsp;", "\u{a0}");
    let mut page = Page {
        lists: Lists::of(html),
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
    lists: Lists,
    inline: Inline,
    /// The item that Word wrote as a paragraph.
    word: Option<word::Item>,
    unseen: Unseen,
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
            b"a" => self
                .inline
                .begin_link(tag.get(Attribute::Href), &mut self.lines),
            b"q" => self.lines.text("\"", false),
            b"img" => {
                if let Some(alt) = tag.get(Attribute::Alt) {
                    self.lines.text(alt.trim(), false);
                }
            }
            b"input" if tag.is_checkbox() => self.lines.text(tag.tick(), false),
            b"ruby" | b"rt" | b"rp" => self.inline.ruby(&tag.name, &mut self.lines),
            b"ul" | b"ol" => {
                self.list_border();
                self.lists.begin(tag, style);
            }
            b"li" => {
                self.lines.new_line();
                self.lines.begin_with(self.lists.mark(tag, style));
            }
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
            b"sup" | b"sub" => self.inline.begin_script(tag.name == b"sup", &self.lines),
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
            b"a" => self.inline.end_link(&mut self.lines),
            b"q" => self.lines.close_quotation(),
            b"ul" | b"ol" => {
                self.lists.end();
                self.list_border();
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
                if self.cells > 1 {
                    self.lines.end_row();
                }
                self.lines.new_line();
            }
            b"table" => {
                self.lines.end_cell();
                self.lines.paragraph();
            }
            b"sup" | b"sub" => self.inline.end_script(&mut self.lines),
            b"ruby" | b"rt" => self.inline.end_reading(&mut self.lines),
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

    /// The outermost list stands apart, those in it on lines of their own.
    fn list_border(&mut self) {
        if self.lists.is_empty() {
            self.lines.paragraph();
        } else {
            self.lines.new_line();
        }
    }

    fn finish(mut self) -> String {
        self.inline.end_link(&mut self.lines);
        self.inline.end_reading(&mut self.lines);
        script::priced(self.lines.finish())
    }
}

#[cfg(test)]
mod tests;
