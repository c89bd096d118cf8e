//! HTML as an SMS can show it.
//!
//! In: a comment's HTML. Out: its text: paragraphs, lists, links, quotes, tables as lines. One pass
//! over the tokens of a WHATWG tokenizer, no tree: time and memory grow with the input alone,
//! whatever is nested in whatever.

mod lines;
pub(in crate::text) mod link;
mod tag;

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use lines::Lines;
use link::Link;
use tag::StartTag;

/// Elements a whole comment may begin with.
const WRAPPERS: &[&str] = &[
    "div",
    "p",
    "span",
    "ul",
    "ol",
    "blockquote",
    "table",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "b",
    "strong",
    "i",
    "em",
    "a",
    "html",
    "body",
    "br",
];

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
/// Only a text that is HTML as a whole is converted: an agent may well write about `<b>`.
pub fn readable(text: &str) -> Cow<'_, str> {
    if is_html(text) {
        Cow::Owned(to_text(text))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a text begins with an element, ends with a tag, and has a closing one.
fn is_html(text: &str) -> bool {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('<') else {
        return false;
    };
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric());
    let name = inner[..end.unwrap_or(inner.len())].to_ascii_lowercase();
    let goes_on = inner[name.len()..].starts_with(['>', ' ', '/', '\n', '\t', '\r']);
    text.ends_with('>')
        && goes_on
        && WRAPPERS.contains(&name.as_str())
        && (text.contains("</") || name == "br")
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
                self.lines.text(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
    }

    fn open(&mut self, name: &[u8], value: Option<String>, self_closing: bool) {
        if self.unseen.is_some() {
            return;
        }
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
                    self.lines.text(&alt);
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
                self.lines.new_line();
                self.cells = 0;
            }
            b"td" | b"th" => {
                if self.cells > 0 {
                    self.lines.text(" | ");
                }
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
            b"li" | b"tr" => self.lines.new_line(),
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
                self.lines.text(&addition);
            }
        }
    }

    fn finish(mut self) -> String {
        self.end_link();
        self.lines.finish()
    }
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"section"
            | b"article"
            | b"header"
            | b"footer"
            | b"table"
            | b"thead"
            | b"tbody"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"dl"
            | b"dt"
            | b"dd"
            | b"figure"
            | b"figcaption"
            | b"address"
            | b"caption"
    )
}

#[cfg(test)]
mod tests;
