//! A customer's text: whose it is, what Braze does with it, and the webhook it starts.

mod hosts;
mod receive;
mod webhook;

use std::sync::Arc;

use super::model::InboundDelivery;
use super::workspace::Workspace;

pub(super) use hosts::Hosts;
pub(super) use webhook::post;

/// Takes a text in, and posts it where a campaign is set up for its category.
///
/// `who` is the external id, Braze id or number of the one who texts.
pub(super) async fn text(
    workspace: &Arc<Workspace>,
    who: &str,
    text: &str,
    media: &[String],
) -> InboundDelivery {
    let now = workspace.core.clock.now_ms();
    let take = |state: &mut _| receive::text(state, who, text, media, now);
    let delivery = workspace.core.change(take);
    post(workspace, delivery).await
}
