//! A link: what is written of it beside the words that are shown.

/// Longest address that is written, in bytes.
const MAX_ADDRESS_BYTES: usize = 2_048;

/// Fewest digits by which two telephone numbers are the same one.
const MIN_DIGITS: usize = 6;

/// Where a link leads, as a phone understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    kind: Kind,
    /// As it is written: of mail and telephone without the scheme.
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Web,
    Mail,
    Phone,
}

/// What is written of an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing: the words shown are the address.
    Nothing,
    /// The address in place of the words: they are a shorter form of it.
    Instead,
    /// This behind the words.
    After(String),
}

/// The address of a link to somewhere a phone can go; mentions, links within Zendesk and scripts have
/// none.
pub(super) fn address(href: &str) -> Option<Address> {
    if href.len() > MAX_ADDRESS_BYTES {
        return None;
    }
    let mut text = spelled(href);
    if text.starts_with("//") {
        text.insert_str(0, "https:");
    }
    let (scheme, rest) = text.split_once(':')?;
    let without_query = || rest.split('?').next().unwrap_or_default().to_owned();
    let (kind, text) = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => (Kind::Web, with_plain_end(text)),
        "mailto" => (Kind::Mail, without_query()),
        "tel" | "sms" => (Kind::Phone, without_query()),
        _ => return None,
    };
    (!text.is_empty()).then_some(Address { kind, text })
}

impl Address {
    /// The address as it is written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// What is written of it beside the words shown.
    pub(super) fn told(&self, shown: &str) -> Told {
        let shown = shown.trim();
        if shown.is_empty() {
            return Told::Instead;
        }
        let same = match self.kind {
            Kind::Web => return self.web(shown),
            Kind::Mail => shown.to_lowercase().contains(&self.text.to_lowercase()),
            Kind::Phone => is_same_number(&self.text, shown),
        };
        if same {
            Told::Nothing
        } else {
            self.after(shown)
        }
    }

    fn web(&self, shown: &str) -> Told {
        let (address, words) = (bare(&self.text), bare(shown));
        let is_short = is_short_for(&words, &address);
        let (address, words) = (trimmed(&address), trimmed(&words));
        if words == address {
            let whole = !shown.contains(char::is_whitespace);
            return if whole { Told::Nothing } else { Told::Instead };
        }
        if is_short {
            return Told::Instead;
        }
        // A link that counts clicks carries the address it leads to.
        let query = address.split_once('?').map(|(_, query)| query);
        let leads_on = shown.contains("://") && query.is_some_and(|query| query.contains(words));
        if leads_on {
            Told::Nothing
        } else {
            self.after(shown)
        }
    }

    fn after(&self, shown: &str) -> Told {
        let colon = if shown.ends_with(|c: char| c.is_alphanumeric() || "\"'”’»)]%".contains(c))
        {
            ":"
        } else {
            ""
        };
        Told::After(format!("{colon} {}", self.text))
    }
}

/// An address as browsers ask for it: line ends and control characters dropped, white space encoded.
fn spelled(href: &str) -> String {
    let mut address = String::with_capacity(href.len());
    for c in href.trim().chars().filter(|c| !c.is_control()) {
        if c.is_whitespace() {
            encode(c, &mut address);
        } else {
            address.push(c);
        }
    }
    address
}

fn encode(c: char, out: &mut String) {
    let mut bytes = [0; 4];
    for byte in c.encode_utf8(&mut bytes).bytes() {
        out.push_str(&format!("%{byte:02X}"));
    }
}

/// An address whose last character no reader takes for punctuation behind it.
fn with_plain_end(mut address: String) -> String {
    let bare = super::addresses::without_punctuation(&address).len();
    let end = address.split_off(bare);
    for c in end.chars() {
        encode(c, &mut address);
    }
    address
}

/// An address without what people leave out at its beginning.
fn bare(address: &str) -> String {
    let address = decoded(address).to_lowercase();
    let rest = address
        .split_once("://")
        .map_or(address.as_str(), |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).to_owned()
}

/// An address without what people leave out, or add, at its end.
fn trimmed(address: &str) -> &str {
    address.trim_end_matches(['/', '.', ',', '…'])
}

/// Whether words are an address with an ellipsis in it.
fn is_short_for(words: &str, address: &str) -> bool {
    let parts = words.split_once('…').or_else(|| words.split_once("..."));
    parts.is_some_and(|(start, end)| {
        start.contains('.') && address.starts_with(start) && address.ends_with(end)
    })
}

/// Percent signs and two digits as the bytes they stand for, where those are text.
fn decoded(address: &str) -> String {
    if !address.contains('%') {
        return address.to_owned();
    }
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits
            .filter(|_| byte == b'%')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a text holds a telephone number, perhaps without the country's code.
fn is_same_number(number: &str, shown: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (number, shown) = (digits(number), digits(shown));
    let national = shown.trim_start_matches('0');
    number == shown || (national.len() >= MIN_DIGITS && number.ends_with(national))
}
