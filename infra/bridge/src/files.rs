//! Pictures and files inside steps.
//!
//! In: a `data:` URL. Out: media type and content, or one sentence. Imports nothing of the program.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// Largest picture or file, in bytes of its `data:` URL.
const LARGEST: usize = 11 << 20;

/// Media type and content of a `data:` URL.
pub(crate) fn data(url: &str) -> Result<(String, Bytes), String> {
    if url.len() > LARGEST {
        return Err("this file is larger than 8 MB".to_owned());
    }
    let parts = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    let (kind, content) = parts.ok_or("this is no data: URL in base64")?;
    let content = STANDARD.decode(content);
    let content = content.map_err(|_| "this is no base64".to_owned())?;
    Ok((kind.to_owned(), content.into()))
}
