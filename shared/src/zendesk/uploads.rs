//! Files for comments: `POST /uploads`.
//!
//! In: a file's name, type and content. Out: the token that a comment names. Imports only `net`
//! and the identifiers.

use std::sync::atomic::Ordering;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use serde::Deserialize;

use super::client::ZendeskClient;
use super::error::ZendeskError;
use crate::message::Personal;
use crate::net::{Deadline, Repeat, Request};

/// A file to upload.
#[derive(Debug)]
pub struct NewFile<'a> {
    /// Its name with its ending.
    pub name: &'a str,
    /// Its media type.
    pub kind: &'static str,
    /// Its content, of known length.
    pub content: reqwest::Body,
}

#[derive(Deserialize)]
struct UploadAnswer {
    upload: UploadRow,
}

#[derive(Deserialize)]
struct UploadRow {
    token: Personal,
}

impl ZendeskClient {
    /// Uploads a file; the token is good for 60 minutes and one comment. What is uploaded and
    /// never used goes away by itself, so that a repeat does no harm.
    ///
    /// # Errors
    /// [`ZendeskError`]; after [`ZendeskError::Unauthorized`] there is another access token, and
    /// one repeat with fresh content is worth it.
    pub async fn upload(
        &self,
        file: NewFile<'_>,
        deadline: Deadline,
    ) -> Result<Personal, ZendeskError> {
        let mut url = self.url("/uploads");
        url.query_pairs_mut().append_pair("filename", file.name);
        let uploaders = self.uploaders();
        let is_wide = uploaders.are_needed.load(Ordering::Relaxed);
        let tokens = match is_wide {
            true => &uploaders.tokens,
            false => self.tokens(),
        };
        let pass = tokens.pass(deadline).await?;
        let request = Request::new(Method::POST, url, Repeat::Never)
            .header(CONTENT_TYPE.as_str(), HeaderValue::from_static(file.kind))
            .header(AUTHORIZATION.as_str(), pass.header());
        let sent = self.send_streaming(&request, file.content, deadline).await;
        // Whether it arrived does not matter: nothing refers to it.
        let answer = sent.map_err(ZendeskError::unavailable)?;
        if answer.status == StatusCode::UNAUTHORIZED {
            tokens.after_rejection(pass, deadline).await?;
        }
        if answer.status == StatusCode::FORBIDDEN
            && !is_wide
            && uploaders.tokens.pass(deadline).await.is_ok()
        {
            uploaders.are_needed.store(true, Ordering::Relaxed);
            return Err(ZendeskError::Unauthorized);
        }
        if !answer.status.is_success() {
            return Err(ZendeskError::of_answer(false, &answer));
        }
        let answer: UploadAnswer = answer
            .json()
            .map_err(|error| ZendeskError::of_body(false, error))?;
        Ok(answer.upload.token)
    }
}
