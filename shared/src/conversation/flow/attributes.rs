//! Braze's attributes, which audiences filter by: what is true when they are set, whenever that is.

use super::{Done, Ended, Flow};

pub(super) async fn attributes(flow: &mut Flow<'_>) -> Ended {
    let ticket = flow.state.ticket;
    let open = ticket.is_some() && !flow.state.is_done();
    flow.set_attributes(ticket, open).await??;
    Ok(Done::delivered())
}
