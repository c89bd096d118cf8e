//! What is asked of Braze: by its API alone, or with a person who texts from a phone.

mod api;
mod currents;
mod inbox;
mod person;
mod texts;
mod workspace;

pub(crate) use inbox::{Door, Inbox, Port};
pub(crate) use texts::left;
pub(crate) use workspace::Workspace;

use super::facts::{Findings, Group};

/// Looks at a group of facts; what is left out is told as not found out.
pub(crate) async fn look(
    workspace: &Workspace,
    inbox: Option<&Inbox>,
    group: Group,
    findings: &mut Findings,
) {
    let looked = match (group, inbox) {
        (Group::Workspace, _) => api::look(workspace, findings).await,
        (Group::Texts, Some(inbox)) => texts::look(workspace, inbox, findings).await,
        (Group::Texts, None) => Err(NO_INBOX.to_owned()),
        _ => Ok(()),
    };
    if let Err(why) = looked {
        findings.rest(group, &why);
    }
}

const NO_INBOX: &str =
    "nothing of Braze's can reach this machine: give --listen and --public-url, or --through-stack";
