//! What of a page is not seen. Only the innermost element that changes it is looked at, so each tag
//! costs the same however deep it stands.

use super::style::Style;
use super::tag::{is_block, is_void};

/// Elements whose content is not displayed.
const UNSEEN: &[&[u8]] = &[
    b"script",
    b"style",
    b"head",
    b"title",
    b"template",
    b"iframe",
    b"object",
    b"xml",
    b"svg",
    b"select",
    b"textarea",
    b"datalist",
    b"video",
    b"audio",
    b"canvas",
    b"math",
    b"noscript",
];

/// How something is seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sight {
    /// Nothing in it is seen.
    gone: bool,
    /// It is struck out.
    struck: bool,
    /// Its letters have no size, but those of an element in it may.
    sizeless: bool,
    /// It is not visible, but an element in it may be.
    invisible: bool,
}

impl Sight {
    /// Neither text nor structure counts.
    pub(super) fn is_gone(self) -> bool {
        self.gone || self.struck
    }

    /// Text is not seen; structure counts, for elements in it may be seen.
    pub(super) fn is_blank(self) -> bool {
        self.is_gone() || self.sizeless || self.invisible
    }
}

/// An element in which things are seen in another way than around it.
struct Frame {
    name: Vec<u8>,
    sight: Sight,
    /// Elements of the same name that are open in it.
    same: usize,
    /// Blocks that are open in it.
    blocks: usize,
}

/// The elements that are open, as far as they matter.
#[derive(Default)]
pub(super) struct Unseen {
    frames: Vec<Frame>,
}

impl Unseen {
    /// How what comes next is seen.
    pub(super) fn sight(&self) -> Sight {
        self.frames
            .last()
            .map(|frame| frame.sight)
            .unwrap_or_default()
    }

    /// An element begins; says whether a text begins that was struck out.
    pub(super) fn open(&mut self, name: &[u8], hidden: bool, style: &Style) -> bool {
        self.end_implied(name);
        let around = self.sight();
        let struck = style.struck || matches!(name, b"s" | b"del" | b"strike");
        let sight = Sight {
            gone: around.gone || hidden || style.gone || UNSEEN.contains(&name),
            struck: around.struck || struck,
            sizeless: style.sized.map_or(around.sizeless, |sized| !sized),
            invisible: style.visible.map_or(around.invisible, |visible| !visible),
        };
        if is_void(name) {
            return false;
        }
        if sight != around {
            self.frames.push(Frame {
                name: name.to_vec(),
                sight,
                same: 0,
                blocks: 0,
            });
            return sight.struck && !around.is_gone();
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.same += usize::from(frame.name == name);
            frame.blocks += usize::from(is_block(name));
        }
        false
    }

    /// An element of this name ends.
    pub(super) fn close(&mut self, name: &[u8]) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        if frame.name == name {
            if frame.same == 0 {
                self.frames.pop();
            } else {
                frame.same -= 1;
                frame.blocks -= usize::from(is_block(name)).min(frame.blocks);
            }
        } else if is_block(name) || is_cell(name) {
            // The end of something around it ends it as well, unless it is itself a block of that kind.
            if frame.blocks > 0 && is_block(name) {
                frame.blocks -= 1;
            } else if ends(&frame.name, name, false) {
                self.frames.pop();
                self.close(name);
            }
        }
    }

    /// Paragraphs, items and cells end where the next one begins.
    fn end_implied(&mut self, name: &[u8]) {
        while let Some(frame) = self.frames.last() {
            if frame.blocks > 0 || !ends(&frame.name, name, true) {
                return;
            }
            self.frames.pop();
        }
    }
}

fn is_cell(name: &[u8]) -> bool {
    matches!(name, b"td" | b"th" | b"tr" | b"li")
}

/// Whether the beginning or the end of one element ends another that is open.
fn ends(open: &[u8], name: &[u8], begins: bool) -> bool {
    match open {
        b"p" => is_block(name) || is_cell(name),
        b"li" => name == b"li" || (!begins && matches!(name, b"ul" | b"ol")),
        b"td" | b"th" => {
            is_cell(name) && name != b"li" || (!begins && matches!(name, b"table" | b"tbody"))
        }
        b"head" => name == b"body",
        b"tr" => name == b"tr" || (!begins && matches!(name, b"table" | b"tbody")),
        _ if is_block(open) => {
            !begins && matches!(name, b"td" | b"th" | b"tr" | b"table" | b"body" | b"html")
        }
        _ => !begins && !UNSEEN.contains(&open),
    }
}
