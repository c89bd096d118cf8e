//! A start tag as the tokenizer tells it: its name, then name and value of each attribute. Copies only
//! what matters of it.

/// The attributes that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    Alt,
    Checked,
    Class,
    Hidden,
    Href,
    Reversed,
    Start,
    Style,
    Type,
    Value,
}

const COUNT: usize = Attribute::Value as usize + 1;

/// Longest value kept of an attribute, in bytes; of two of the same name the first one counts.
const MAX_VALUE_BYTES: usize = 8_192;

/// A start tag, as far as it matters. Used again for the next one, so that it allocates little.
#[derive(Default)]
pub(super) struct StartTag {
    pub(super) name: Vec<u8>,
    values: [String; COUNT],
    present: [bool; COUNT],
    /// The attribute whose value is read next.
    named: Option<Attribute>,
}

impl StartTag {
    /// A tag of this name begins.
    pub(super) fn begin(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend_from_slice(name);
        self.present = [false; COUNT];
        self.named = None;
    }

    /// The name of an attribute was read.
    pub(super) fn attribute(&mut self, name: &[u8]) {
        let attribute = match name {
            b"alt" => Attribute::Alt,
            b"checked" => Attribute::Checked,
            b"class" => Attribute::Class,
            b"hidden" => Attribute::Hidden,
            b"href" => Attribute::Href,
            b"reversed" => Attribute::Reversed,
            b"start" => Attribute::Start,
            b"style" => Attribute::Style,
            b"type" => Attribute::Type,
            b"value" => Attribute::Value,
            _ => {
                self.named = None;
                return;
            }
        };
        let at = attribute as usize;
        self.named = (!self.present[at]).then_some(attribute);
        if !self.present[at] {
            self.present[at] = true;
            self.values[at].clear();
        }
    }

    /// The value of the attribute named last was read.
    pub(super) fn value(&mut self, value: &[u8]) {
        if let Some(attribute) = self.named.take() {
            let value = &value[..value.len().min(MAX_VALUE_BYTES)];
            self.values[attribute as usize].push_str(&String::from_utf8_lossy(value));
        }
    }

    /// The value of an attribute that is there, perhaps empty.
    pub(super) fn get(&self, attribute: Attribute) -> Option<&str> {
        let at = attribute as usize;
        self.present[at].then_some(self.values[at].as_str())
    }
}

impl StartTag {
    /// Whether it is a box to tick.
    pub(super) fn is_checkbox(&self) -> bool {
        self.get(Attribute::Type)
            .is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"))
    }

    /// What a box to tick shows.
    pub(super) fn tick(&self) -> &'static str {
        match self.get(Attribute::Checked) {
            Some(_) => "[x] ",
            None => "[ ] ",
        }
    }
}

/// Whether an element of this name stands on lines of its own.
pub(super) fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"section"
            | b"article"
            | b"main"
            | b"nav"
            | b"aside"
            | b"center"
            | b"html"
            | b"body"
            | b"ul"
            | b"ol"
            | b"blockquote"
            | b"pre"
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

/// Whether an element of this name has no content and no end tag.
pub(super) fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"br"
            | b"hr"
            | b"img"
            | b"input"
            | b"wbr"
            | b"col"
            | b"area"
            | b"base"
            | b"link"
            | b"meta"
            | b"embed"
            | b"source"
            | b"track"
    )
}
