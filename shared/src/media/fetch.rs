//! Fetches one file: redirects by hand, each checked; the first bytes read to know its kind, the
//! rest left to the upload.
//!
//! In: a link and a deadline. Out: [`File`] or [`MediaProblem`].

use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION,
};
use http::{HeaderName, StatusCode};
use reqwest::{Response, Url};

use super::content::{Content, Trouble};
use super::kind::{HEAD_BYTES, Kind};
use super::link::{Reach, checked, redirected};
use super::resolve::{Resolver, is_refusal};
use super::words::{MAX_WORDS_BYTES, words};
use crate::message::MediaProblem;
use crate::net::{Deadline, Http};

/// Largest file taken, in bytes. Carriers deliver a few megabytes at the most.
pub(super) const MAX_FILE_BYTES: u64 = 8 << 20;

/// Redirects followed.
const MAX_REDIRECTS: usize = 3;

/// Fetches files from the public internet. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    http: Http,
    reach: Reach,
    client: Arc<OnceLock<Option<reqwest::Client>>>,
}

/// A file whose content is still on its way.
pub struct File {
    /// What it is.
    pub kind: Kind,
    /// Its length in bytes.
    pub length: u64,
    /// Its content: exactly that many bytes, or an error.
    pub body: reqwest::Body,
    /// What it says, where it is plain words and short enough for a comment.
    pub words: Option<String>,
    trouble: Trouble,
}

/// What remains of a [`File`] whose body was given away: whether its source failed.
#[derive(Debug, Clone)]
pub struct Source(Trouble);

impl Source {
    /// Why the content broke off, where its source is to blame.
    pub fn problem(&self) -> Option<MediaProblem> {
        self.0.get()
    }
}

impl File {
    /// A handle on the file's source.
    pub fn source(&self) -> Source {
        Source(self.trouble.clone())
    }
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({}, {} bytes)", self.kind.mime(), self.length)
    }
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fetcher")
    }
}

impl Fetcher {
    /// A fetcher with the same trust in certificates as `http`. `loopback`: this machine may be
    /// reached, on any port, which is for tests only.
    pub fn new(http: Http, loopback: bool) -> Self {
        Self {
            http,
            reach: Reach { loopback },
            client: Arc::default(),
        }
    }

    /// A fetcher that may reach this machine, and asks `resolver` instead of the system's.
    #[cfg(test)]
    pub(super) fn asking(http: Http, resolver: impl reqwest::dns::Resolve + 'static) -> Self {
        let client = http.outsider(resolver).ok();
        let fetcher = Self::new(http, true);
        let _ = fetcher.client.set(client);
        fetcher
    }

    /// Opens a file, all checks but the length of its content done.
    ///
    /// # Errors
    /// What the agent reads.
    pub async fn fetch(&self, link: &str, deadline: Deadline) -> Result<File, MediaProblem> {
        let url = checked(link, self.reach)?;
        deadline
            .run(self.open(url))
            .await
            .unwrap_or(Err(MediaProblem::TimedOut))
    }

    async fn open(&self, mut url: Url) -> Result<File, MediaProblem> {
        for _ in 0..=MAX_REDIRECTS {
            let response = self.get(url.clone()).await?;
            let status = response.status();
            if status == StatusCode::OK {
                return file(response).await;
            }
            let location = header(&response, &LOCATION).filter(|_| is_redirect(status));
            let Some(location) = location else {
                return Err(MediaProblem::Status(status.as_u16()));
            };
            url = redirected(&url, location, self.reach)?;
        }
        Err(MediaProblem::TooManyRedirects)
    }

    async fn get(&self, url: Url) -> Result<Response, MediaProblem> {
        let client = self.client.get_or_init(|| {
            let resolver = Resolver(self.reach);
            self.http.outsider(resolver).ok()
        });
        let client = client.as_ref().ok_or(MediaProblem::Unreachable)?;
        let request = client
            .get(url)
            .header(ACCEPT, "*/*")
            .header(ACCEPT_ENCODING, "identity");
        request.send().await.map_err(|error| {
            if is_refusal(&error) {
                MediaProblem::PrivateAddress
            } else {
                MediaProblem::Unreachable
            }
        })
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

async fn file(mut response: Response) -> Result<File, MediaProblem> {
    let encoding = header(&response, &CONTENT_ENCODING).unwrap_or("identity");
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(MediaProblem::Encoded);
    }
    let announced = header(&response, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
    if announced.is_some_and(|length: u64| length > MAX_FILE_BYTES) {
        return Err(MediaProblem::TooLarge);
    }
    let declared = header(&response, &CONTENT_TYPE).map(str::to_owned);
    // No length was announced: Zendesk gets one all the same, at the price of holding the file.
    let wanted = if announced.is_some() {
        HEAD_BYTES as u64
    } else {
        u64::MAX
    };
    let head = read(&mut response, wanted).await?;
    if head.is_empty() {
        return Err(MediaProblem::Empty);
    }
    let kind = Kind::of(&head[..head.len().min(HEAD_BYTES)], declared.as_deref())?;
    if kind.is_words() && announced.is_none_or(|length| length <= MAX_WORDS_BYTES as u64) {
        return spoken(kind, head, &mut response).await;
    }
    let length = announced.unwrap_or(head.len() as u64);
    let rest = announced.map(|_| response.into());
    let content = Content::new(head, rest, length);
    Ok(File {
        kind,
        length,
        words: None,
        trouble: content.trouble(),
        body: reqwest::Body::wrap(content),
    })
}

/// A file of plain words, which is read to its end.
async fn spoken(kind: Kind, head: Bytes, response: &mut Response) -> Result<File, MediaProblem> {
    let rest = read(response, u64::MAX).await?;
    let all = Bytes::from([head, rest].concat());
    let words = (all.len() <= MAX_WORDS_BYTES).then(|| words(&all));
    let length = all.len() as u64;
    let content = Content::new(all, None, length);
    Ok(File {
        kind,
        length,
        words,
        trouble: content.trouble(),
        body: reqwest::Body::wrap(content),
    })
}

/// The first `wanted` bytes or more, up to a chunk's end; all of them where there are fewer.
async fn read(response: &mut Response, wanted: u64) -> Result<Bytes, MediaProblem> {
    let mut head = BytesMut::new();
    while (head.len() as u64) < wanted {
        let chunk = response.chunk().await;
        match chunk.map_err(|_| MediaProblem::Unreachable)? {
            Some(chunk) if head.len() as u64 + chunk.len() as u64 > MAX_FILE_BYTES => {
                return Err(MediaProblem::TooLarge);
            }
            Some(chunk) => head.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(head.freeze())
}

fn header<'a>(response: &'a Response, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}
