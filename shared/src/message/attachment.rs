//! The files on an agent's comment, as a trigger's body or Zendesk's API names them.
//!
//! In: a JSON value that a template rendered, or a file's details. Out: [`Attachment`]s. Imports only
//! its neighbours.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::media::links;
use super::personal::Personal;

/// Most files of one comment that are looked at.
const MAX_FILES: usize = 20;

/// Longest address kept, in bytes.
const MAX_URL_BYTES: usize = 2_048;

/// Longest name kept, in characters.
const MAX_NAME_CHARS: usize = 100;

/// Largest picture a phone can be sent, in bytes (vendor-facts: 600 KB is common).
const MAX_PICTURE_BYTES: u64 = 600 * 1024;

/// A file on an agent's comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, possibly empty.
    #[serde(default)]
    pub name: Personal,
    /// Where it is.
    pub url: Personal,
    /// A picture that a phone can be sent, as far as is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub picture: bool,
}

impl Attachment {
    /// A file of known type and size in bytes; nothing where the address is none.
    pub fn new(name: &str, url: &str, kind: &str, size: u64) -> Option<Self> {
        let url = address(url)?;
        let pictures = ["image/jpeg", "image/jpg", "image/png", "image/gif"];
        let picture = pictures.contains(&kind.to_ascii_lowercase().as_str());
        Some(Self {
            name: shown_name(name),
            url: Personal(url.into()),
            picture: picture && size <= MAX_PICTURE_BYTES,
        })
    }

    /// A file of which only the address is known: the name in it says what it is.
    fn of_link(link: &str) -> Option<Self> {
        let url = address(link)?;
        let named = url.query_pairs().find(|(key, _)| key == "name");
        let name = named.map(|(_, name)| name.into_owned()).or_else(|| {
            let last = url.path_segments()?.next_back()?;
            Some(last.to_owned())
        });
        let name = name.unwrap_or_default();
        let ending = name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase());
        let pictures = ["jpg", "jpeg", "png", "gif"];
        Some(Self {
            picture: ending.is_some_and(|ending| pictures.contains(&ending.as_str())),
            name: shown_name(&name),
            url: Personal(url.into()),
        })
    }
}

/// The files in a body's member; nothing where it does not tell.
pub(super) fn read(value: Option<&Value>) -> Option<Vec<Attachment>> {
    let value = value.filter(|value| !value.is_null())?;
    let named = links(Some(value));
    let found: Vec<Attachment> = named
        .iter()
        .take(MAX_FILES)
        .filter_map(|link| Attachment::of_link(link))
        .collect();
    // Something is there, and none of it is an address: a placeholder of another kind.
    let unclear = found.is_empty() && !named.is_empty();
    (!unclear).then_some(found)
}

fn address(link: &str) -> Option<Url> {
    let url = Url::parse(link)
        .ok()
        .filter(|_| link.len() <= MAX_URL_BYTES)?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn shown_name(name: &str) -> Personal {
    let visible = name.chars().filter(|c| !c.is_control());
    Personal(visible.take(MAX_NAME_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_links_of_a_template_tell_names_and_pictures() {
        let rendered = "https://x.example/attachments/token/a/?name=My+photo.JPG \
            https://x.example/attachments/token/b/?name=plan.pdf https://x.example/c.png ";
        let files = read(Some(&json!(rendered))).expect("told");
        let told: Vec<(&str, bool)> = files
            .iter()
            .map(|file| (file.name.as_str(), file.picture))
            .collect();
        assert_eq!(
            told,
            [("My photo.JPG", true), ("plan.pdf", false), ("c.png", true)]
        );
    }

    #[test]
    fn no_member_is_not_the_same_as_no_file() {
        assert_eq!(read(None), None);
        assert_eq!(read(Some(&Value::Null)), None);
        for empty in [json!(""), json!(" \n"), json!([])] {
            assert_eq!(read(Some(&empty)), Some(vec![]), "{empty}");
        }
        for unclear in [
            json!("#<Drop:0x1>"),
            json!("javascript:alert(1)"),
            json!(["x"]),
        ] {
            assert_eq!(read(Some(&unclear)), None, "{unclear}");
        }
    }

    #[test]
    fn a_picture_too_large_for_a_phone_is_a_file() {
        let file = |kind, size| Attachment::new("a", "https://x.example/a", kind, size);
        assert!(file("image/png", 614_400).is_some_and(|file| file.picture));
        assert!(file("image/png", 614_401).is_some_and(|file| !file.picture));
        assert!(file("image/svg+xml", 10).is_some_and(|file| !file.picture));
        assert_eq!(
            Attachment::new("a", "file:///etc/passwd", "image/png", 1),
            None
        );
    }

    #[test]
    fn debug_output_names_neither_file_nor_address() {
        let file = Attachment::new("secret.png", "https://secret.example/", "", 1);
        assert!(!format!("{file:?}").contains("secret"));
    }
}
