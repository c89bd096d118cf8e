//! Pictures and files inside steps.
//!
//! In: a `data:` URL, an agent's answer. Out: media type and content, a comment for the simulator, or
//! one sentence.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use simulators::zendesk::Comment;

use crate::steps::Answer;

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

/// An agent's comment, with its files.
///
/// # Errors
/// One sentence, when a file is no `data:` URL.
pub(crate) fn comment(answer: &Answer) -> Result<Comment, String> {
    let mut comment = match answer.public {
        true => Comment::public(&answer.text),
        false => Comment::note(&answer.text),
    };
    comment.status = answer.status;
    if let Some(name) = &answer.name {
        comment = comment.by(name);
    }
    for file in &answer.files {
        let (kind, bytes) = data(&file.data)?;
        comment = comment.file(&file.name, &kind, &bytes);
    }
    Ok(comment)
}
