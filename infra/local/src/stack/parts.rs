//! Starts the stand-ins, each on its port.
//!
//! In: options. Out: DynamoDB, Secrets Manager, Zendesk and Braze, running.

use simulators::braze::Braze;
use simulators::zendesk::Zendesk;

use super::{StackError, port};
use crate::data::DataDir;
use crate::dynamo::Dynamo;
use crate::options::{Options, SECRET_ID, TABLE_NAME};
use crate::secrets::Secrets;
use crate::template::Table;
use simulators::serve;

pub(super) async fn aws(
    options: &Options,
    table: &Table,
    data: Option<&DataDir>,
) -> Result<(Dynamo, Secrets), StackError> {
    let file = data.map(DataDir::database);
    let listener = serve::bind(0).await.map_err(port("DynamoDB", 0))?;
    let dynamo = Dynamo::start(listener, table, TABLE_NAME, file.as_deref()).await?;
    let listener = serve::bind(0).await.map_err(port("Secrets Manager", 0))?;
    let secrets = Secrets::start(listener, SECRET_ID, options.secret_text())
        .map_err(port("Secrets Manager", 0))?;
    Ok((dynamo, secrets))
}

pub(super) async fn vendors(options: &Options) -> Result<(Zendesk, Braze), StackError> {
    let mut config = options.zendesk.clone();
    if options.first_day {
        config.custom_field = None;
    }
    let zendesk = Zendesk::start(config)
        .await
        .map_err(port("the Zendesk simulator", options.zendesk.port))?;
    let braze = Braze::start(options.braze.clone())
        .await
        .map_err(port("the Braze simulator", options.braze.port))?;
    Ok((zendesk, braze))
}
