//! `redelivery`: drains what waits, once a minute. Wiring only.

use std::process::ExitCode;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use shared::app::{App, cannot_start};
use shared::secrets::Need;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    let app = match App::start(&[Need::Zendesk, Need::Braze]) {
        Ok(app) => app,
        Err(error) => return Ok(cannot_start(&error)),
    };
    let app = &app;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        Box::pin(app.redeliver(&event.payload, &event.context)).await
    }))
    .await?;
    Ok(ExitCode::SUCCESS)
}
