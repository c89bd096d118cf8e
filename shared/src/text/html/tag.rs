//! A start tag as the tokenizer tells it: its name, then name and value of each attribute.
//!
//! In: those. Out: the name, and the one attribute that matters for it, and whether it is a block.
//! Copies nothing else.

/// A start tag, as far as it matters.
#[derive(Default)]
pub(super) struct StartTag {
    name: Vec<u8>,
    value: Value,
}

/// The one attribute that matters, see [`StartTag::wanted`].
#[derive(Default)]
enum Value {
    #[default]
    Unnamed,
    /// Its name was the last thing read.
    Named,
    /// Of two of the same name the first one counts.
    Read(Option<String>),
}

impl StartTag {
    /// A tag of this name begins.
    pub(super) fn begin(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend_from_slice(name);
        self.value = Value::Unnamed;
    }

    /// The attribute that matters in such a tag.
    fn wanted(&self) -> &[u8] {
        match self.name.as_slice() {
            b"a" => b"href",
            b"img" => b"alt",
            b"ol" => b"start",
            _ => b"",
        }
    }

    /// The name of an attribute was read.
    pub(super) fn attribute(&mut self, name: &[u8]) {
        self.value = match std::mem::take(&mut self.value) {
            Value::Unnamed if name == self.wanted() => Value::Named,
            Value::Named => Value::Read(None),
            other => other,
        };
    }

    /// The value of the attribute named last was read.
    pub(super) fn value(&mut self, value: &[u8]) {
        if matches!(self.value, Value::Named) {
            let value = String::from_utf8_lossy(value).trim().to_owned();
            self.value = Value::Read((!value.is_empty()).then_some(value));
        }
    }

    /// The tag is whole: its name, and the value that matters unless it is empty.
    pub(super) fn take(&mut self) -> (Vec<u8>, Option<String>) {
        let value = match std::mem::take(&mut self.value) {
            Value::Read(value) => value,
            Value::Unnamed | Value::Named => None,
        };
        (std::mem::take(&mut self.name), value)
    }

    /// Gives back the name's memory for the next tag.
    pub(super) fn reuse(&mut self, name: Vec<u8>) {
        self.name = name;
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
