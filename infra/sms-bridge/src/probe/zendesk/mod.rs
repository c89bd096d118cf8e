//! What is asked of Zendesk, one file for each group of facts.

mod bodies;
mod clean;
mod lab;
mod lag;
mod limits;
mod merge;
mod scopes;
mod tickets;
mod users;

pub(crate) use clean::clean;
pub(crate) use lab::Lab;
pub(crate) use lag::{Lag, search};
pub(crate) use merge::Moved;

use super::facts::{Findings, Group};
use crate::zendesk::Trouble;

/// Looks at a group of facts; what an error leaves out is told as not found out.
pub(crate) async fn look(
    lab: &Lab,
    group: Group,
    moved: &mut Option<Moved>,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    match group {
        Group::Merge => *moved = Some(merge::look(lab, findings).await?),
        Group::Scopes => scopes::look(lab, findings).await?,
        Group::Users => users::look(lab, findings).await?,
        Group::Tickets => tickets::look(lab, findings).await?,
        Group::Bodies => bodies::look(lab, findings).await?,
        Group::Limits => limits::look(lab, findings).await?,
        // Looked at beside the others.
        Group::Search | Group::Workspace | Group::Texts => {}
    }
    Ok(())
}

/// Looks at what the export tells of the merge, which is there a minute later.
pub(crate) async fn exported(
    lab: &Lab,
    moved: &Moved,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    merge::exported(lab, moved, findings).await
}
