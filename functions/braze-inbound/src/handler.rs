//! verify ▸ parse ▸ accept and deliver ▸ answer.

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use shared::app::{App, Door};

/// Answers one request on this function's route.
pub async fn handle(app: &App, request: &Request) -> Result<Response<Body>, Infallible> {
    Ok(app.receive(Door::BrazeInbound, request).await)
}
