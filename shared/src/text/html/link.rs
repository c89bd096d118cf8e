//! A link: its text, and its address where that says more.
//!
//! In: `href` and the text shown. Out: what to add after the text.

/// Longest address shown, in bytes.
pub(in crate::text) const MAX_ADDRESS_BYTES: usize = 2_048;

/// An open link.
#[derive(Debug)]
pub(super) struct Link {
    address: String,
    /// Where its text begins.
    pub(super) mark: usize,
}

impl Link {
    /// A link to somewhere a phone can go; mentions and links within Zendesk are only text.
    pub(super) fn to(href: Option<String>, mark: usize) -> Option<Self> {
        let href = href.filter(|href| href.len() <= MAX_ADDRESS_BYTES)?;
        let mut address = spelled(&href);
        if address.starts_with("//") {
            address.insert_str(0, "https:");
        }
        let scheme = address.split_once(':')?.0.to_ascii_lowercase();
        let goes = matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel");
        (goes && address.len() <= 3 * MAX_ADDRESS_BYTES).then_some(Self { address, mark })
    }

    /// What to add after the text shown: nothing where it is the address itself.
    pub(super) fn addition(&self, shown: &str) -> Option<String> {
        addition(&self.address, shown)
    }
}

/// An address as browsers ask for it: line ends and control characters dropped, white space encoded.
fn spelled(href: &str) -> String {
    let mut address = String::with_capacity(href.len());
    for c in href.trim().chars().filter(|c| !c.is_control()) {
        if c.is_whitespace() {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                address.push_str(&format!("%{byte:02X}"));
            }
        } else {
            address.push(c);
        }
    }
    address
}

/// What to add after the text shown of a link: nothing where it is the address itself.
pub(in crate::text) fn addition(address: &str, shown: &str) -> Option<String> {
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    let address = address.strip_prefix("tel:").unwrap_or(address);
    if shown.is_empty() {
        return Some(address.to_owned());
    }
    (bare(shown) != bare(address)).then(|| format!(" ({address})"))
}

/// An address without what people leave out.
fn bare(address: &str) -> String {
    let address = address.to_lowercase();
    let rest = address
        .split_once("://")
        .map_or(address.as_str(), |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    rest.trim_end_matches('/').to_owned()
}
