//! `zendesk-reply`: public agent comment, to the customer's phone. Wiring only.

mod handler;

use std::process::ExitCode;

use lambda_http::{Error, service_fn};
use shared::app::{App, Door, cannot_start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    let app = match App::start(&Door::ZendeskReply.needs()) {
        Ok(app) => app,
        Err(error) => return Ok(cannot_start(&error)),
    };
    let app = &app;
    lambda_http::run(service_fn(async |request| {
        handler::handle(app, &request).await
    }))
    .await?;
    Ok(ExitCode::SUCCESS)
}
