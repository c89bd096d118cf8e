//! The one table from an outcome to what the sender is answered.
//!
//! In: [`WebhookAnswer`]. Out: status, headers and body, the same for both senders: a status is used only
//! where Zendesk and Braze both do what we want on it. Holds no text of an event, only ids, our own
//! reasons and names of fields.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use lambda_http::{Body, Response};
use serde_json::{Map, Value, json};

use crate::message::{DeliveryId, Malformed, TicketId};

/// After how many seconds a sender may try again. Zendesk retries a 503 only when this is under 60.
pub const RETRY_AFTER_S: &str = "5";

/// What is known about an event when it is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The delivery.
    pub delivery: Option<DeliveryId>,
    /// The ticket it belongs to.
    pub ticket: Option<TicketId>,
}

impl Known {
    /// A delivery, with its ticket where there is one already.
    pub fn new(delivery: DeliveryId, ticket: Option<TicketId>) -> Self {
        Self {
            delivery: Some(delivery),
            ticket,
        }
    }
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookAnswer {
    /// Done within the request.
    Delivered(Known),
    /// Stored, will be delivered.
    Queued(Known),
    /// Seen before, nothing was done.
    Duplicate(Known),
    /// Authentic but not for us, and why.
    Ignored(Cow<'static, str>, Known),
    /// Authentic, cannot be understood, kept as a dead letter.
    Malformed(Malformed),
    /// Not authentic, nothing stored.
    NotAuthentic,
    /// The body is over this many bytes.
    TooLarge(usize),
    /// The route leads here, and nothing is done with what it brings.
    NotServed,
    /// Cannot be stored now, try again.
    Unavailable,
}

impl WebhookAnswer {
    /// A stable name for log fields and metric dimensions; for 2xx also the body's `outcome`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delivered(_) => "delivered",
            Self::Queued(_) => "queued",
            Self::Duplicate(_) => "duplicate",
            Self::Ignored(..) => "ignored",
            Self::Malformed(_) => "malformed",
            Self::NotAuthentic => "not_authentic",
            Self::TooLarge(_) => "too_large",
            Self::NotServed => "not_served",
            Self::Unavailable => "unavailable",
        }
    }

    /// The response as the sender gets it.
    pub fn response(&self) -> Response<Body> {
        match self {
            Self::Delivered(known) | Self::Duplicate(known) => {
                self.accepted(StatusCode::OK, known, None)
            }
            Self::Queued(known) => self.accepted(StatusCode::ACCEPTED, known, None),
            Self::Ignored(reason, known) => self.accepted(StatusCode::OK, known, Some(reason)),
            Self::Malformed(malformed) => problem(
                StatusCode::BAD_REQUEST,
                "The event cannot be understood",
                Some(&malformed.to_string()),
            ),
            Self::NotAuthentic => problem(StatusCode::UNAUTHORIZED, "Not authentic", None),
            Self::TooLarge(most) => problem(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is too large",
                Some(&format!("At most {most} bytes are accepted.")),
            ),
            Self::NotServed => problem(StatusCode::NOT_FOUND, "This route is not in use", None),
            Self::Unavailable => {
                let mut response = problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Temporarily unavailable",
                    Some("Retry later; duplicates are ignored."),
                );
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
                response
            }
        }
    }

    fn accepted(&self, status: StatusCode, known: &Known, reason: Option<&str>) -> Response<Body> {
        let mut body = Map::new();
        body.insert("outcome".to_owned(), Value::from(self.name()));
        if let Some(delivery) = &known.delivery {
            body.insert("delivery_id".to_owned(), Value::from(delivery.as_str()));
        }
        if let Some(ticket) = known.ticket {
            body.insert("ticket_id".to_owned(), Value::from(ticket.get()));
        }
        if let Some(reason) = reason {
            body.insert("reason".to_owned(), Value::from(reason));
        }
        response(status, "application/json", &Value::Object(body))
    }
}

/// An error body in the form of RFC 9457, with a fixed sentence as its title.
fn problem(status: StatusCode, title: &str, detail: Option<&str>) -> Response<Body> {
    let mut body = json!({"type": "about:blank", "title": title, "status": status.as_u16()});
    if let Some(detail) = detail {
        body["detail"] = Value::from(detail);
    }
    response(status, "application/problem+json", &body)
}

fn response(status: StatusCode, content_type: &'static str, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::Text(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
