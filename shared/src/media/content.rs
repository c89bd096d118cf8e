//! The content of a file on its way from its source into the upload, held nowhere.
//!
//! In: the bytes read to know the kind, and the rest of the answer. Out: a body of exactly the
//! announced length, or an error that breaks the upload off and leaves its reason behind.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::message::MediaProblem;

/// Why the source of an upload failed, where it did.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble(Arc<OnceLock<MediaProblem>>);

impl Trouble {
    pub(super) fn get(&self) -> Option<MediaProblem> {
        self.0.get().copied()
    }
}

/// The source ended early, or went on for too long.
#[derive(Debug, thiserror::Error)]
#[error("the file's source did not keep to its length")]
struct BadSource;

/// A body of known length from two pieces.
pub(super) struct Content {
    head: Option<Bytes>,
    rest: Option<reqwest::Body>,
    left: u64,
    trouble: Trouble,
}

impl Content {
    /// What was read already, and what is still to come of `length` bytes.
    pub(super) fn new(head: Bytes, rest: Option<reqwest::Body>, length: u64) -> Self {
        Self {
            head: Some(head).filter(|head| !head.is_empty()),
            rest,
            left: length,
            trouble: Trouble::default(),
        }
    }

    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.clone()
    }

    fn take(&mut self, data: Bytes) -> Result<Frame<Bytes>, BoxError> {
        match self.left.checked_sub(data.len() as u64) {
            Some(left) => {
                self.left = left;
                Ok(Frame::data(data))
            }
            None => Err(self.fail(MediaProblem::TooLarge)),
        }
    }

    fn fail(&mut self, problem: MediaProblem) -> BoxError {
        let _ = self.trouble.0.set(problem);
        self.rest = None;
        BadSource.into()
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Body for Content {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(self.take(head)));
        }
        loop {
            let Some(rest) = &mut self.rest else {
                return Poll::Ready(None);
            };
            return Poll::Ready(
                match std::task::ready!(Pin::new(rest).poll_frame(context)) {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) if data.is_empty() => continue,
                        Ok(data) => Some(self.take(data)),
                        Err(_trailers) => continue,
                    },
                    Some(Err(_)) => Some(Err(self.fail(MediaProblem::Unreachable))),
                    None if self.left > 0 => Some(Err(self.fail(MediaProblem::Unreachable))),
                    None => None,
                },
            );
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
