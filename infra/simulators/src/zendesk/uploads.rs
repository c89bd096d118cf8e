//! Uploaded files and the attachments they become.
//!
//! In: raw bytes. Out: a token good for an hour, then attachments. Imports work and show.

use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::ids;
use crate::wire::{Answer, Ask};

use super::model::{Attachment, Upload};
use super::show;
use super::work::{Outcome, Work, invalid, not_found};

const LIFE_MS: i64 = 60 * 60 * 1000;

/// `POST /uploads?filename=`.
pub(super) fn create(work: &mut Work<'_>, ask: &Ask) -> Outcome {
    let name = ask
        .param("filename")
        .ok_or_else(|| invalid("filename", "Filename: cannot be blank", "BlankValue"))?;
    let kind = ask.header("content-type").unwrap_or("application/binary");
    let (token, attachment) = store(work, name, kind, &ask.body);
    let file = show::attachment(&attachment);
    let upload = json!({"token": token, "expires_at": rfc3339(work.now + LIFE_MS),
        "attachment": file, "attachments": [file]});
    Ok(Answer::json(201, &json!({"upload": upload})))
}

/// `DELETE /uploads/{token}`: 204; what is on a ticket already is no upload any more (reference, "Attachments").
pub(super) fn delete(work: &mut Work<'_>, token: &str) -> Outcome {
    let upload = work.state.uploads.get(token);
    let upload = upload.filter(|upload| !upload.used);
    let id = upload.ok_or_else(not_found)?.attachment.id;
    work.state.uploads.remove(token);
    // As if it had never been there.
    work.state.take_back(id);
    Ok(Answer::empty(204))
}

/// Keeps a file, for an upload or an agent's attachment.
pub(super) fn store(
    work: &mut Work<'_>,
    name: &str,
    kind: &str,
    bytes: &[u8],
) -> (String, Attachment) {
    let token = ids::hex();
    let attachment = Attachment {
        id: work.state.next_id(),
        file_name: name.to_owned(),
        content_type: kind.to_owned(),
        content_url: content_url(work.base_url, &token, name),
        size: bytes.len(),
    };
    let upload = Upload {
        attachment: attachment.clone(),
        at_ms: work.now,
        used: false,
        bytes: bytes.to_vec(),
    };
    work.state.uploads.insert(token.clone(), upload);
    (token, attachment)
}

/// On another host name than the API, as in reality.
fn content_url(base: &str, token: &str, name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!(
        "{}/attachments/token/{token}?name={name}",
        base.replace("127.0.0.1", "localhost")
    )
}

/// Lets files of a restored account be fetched from where it is now: its port may be another one.
pub(super) fn fetched_here(work: &mut Work<'_>) {
    let here = work.base_url.replace("127.0.0.1", "localhost");
    let comments = work.state.tickets.values_mut();
    let on_tickets = comments.flat_map(|ticket| &mut ticket.comments);
    let on_tickets = on_tickets.flat_map(|comment| &mut comment.attachments);
    let uploads = work.state.uploads.values_mut();
    for file in on_tickets.chain(uploads.map(|upload| &mut upload.attachment)) {
        if let Some(at) = file.content_url.find("/attachments/token/") {
            file.content_url.replace_range(..at, &here);
        }
    }
}

/// The files behind `comment.uploads`; each token works once.
pub(super) fn take(work: &mut Work<'_>, tokens: Option<&Value>) -> Result<Vec<Attachment>, Answer> {
    let Some(Value::Array(tokens)) = tokens else {
        return Ok(Vec::new());
    };
    let mut files = Vec::new();
    for token in tokens.iter().filter_map(Value::as_str) {
        let upload = work.state.uploads.get_mut(token);
        match upload.filter(|upload| !upload.used && work.now < upload.at_ms + LIFE_MS) {
            Some(upload) => {
                upload.used = true;
                files.push(upload.attachment.clone());
            }
            None if work.config.variants.bad_upload_refused => {
                return Err(invalid(
                    "uploads",
                    "Uploads: token is invalid",
                    "InvalidValue",
                ));
            }
            None => {}
        }
    }
    Ok(files)
}

/// The file itself; needs no credentials.
pub(super) fn download(work: &Work<'_>, token: &str) -> Outcome {
    let upload = work.state.uploads.get(token).ok_or_else(not_found)?;
    Ok(Answer::raw(
        200,
        &upload.attachment.content_type,
        upload.bytes.clone(),
    ))
}
