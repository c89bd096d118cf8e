//! Whether Currents names a message as the API did: one SMS, and the event of its sending.

use serde_json::{Value, json};

use super::inbox::Inbox;
use super::person::ask;
use super::texts::{Reply, reply};
use super::workspace::Workspace;
use crate::probe::facts::Findings;

const FACT: &str = "braze.currents.own_dispatch_ids";
/// The event of a message that was handed over.
const SEND: &str = "users.messages.sms.Send";

pub(super) async fn look(
    workspace: &Workspace,
    inbox: &Inbox,
    user: &str,
    findings: &mut Findings,
) -> Result<(), String> {
    if !inbox.is_own() {
        findings.open(
            FACT,
            "Currents' events come in at this machine only: --listen",
        );
        return Ok(());
    }
    let what = format!(
        "If the workspace has Currents: point a Custom HTTP connector, with the message events of SMS, to\n  {}\n(any \
         token), launch it, and type y: one SMS goes to that phone. Enter skips it:",
        inbox.url()
    );
    if ask(&what).await? != "y" {
        findings.open(FACT, "skipped");
        return Ok(());
    }
    let campaign = match reply(workspace).await {
        Ok(campaign) => campaign,
        Err(why) => {
            findings.open(FACT, &why);
            return Ok(());
        }
    };
    let Reply { id, .. } = &campaign;
    let recipient = json!({"external_user_id": user, "send_to_existing_only": true,
        "trigger_properties": {"msg_body": "One SMS of sms-bridge probe."}});
    let body = json!({"campaign_id": id, "broadcast": false, "recipients": [recipient]});
    let sent = workspace.post("/campaigns/trigger/send", &body).await?;
    let Some(dispatch) = sent.body["dispatch_id"].as_str() else {
        findings.open(FACT, &format!("the send was answered {}", sent.status));
        return Ok(());
    };
    let named = |bodies: &[Value]| {
        let events = bodies.iter().filter_map(|body| body["events"].as_array());
        let mut of_this = events.flatten().filter(|event| {
            event["event_type"] == SEND && event["properties"]["campaign_id"] == id.as_str()
        });
        let event = of_this.next_back()?;
        Some(event["properties"]["dispatch_id"] == dispatch)
    };
    let bodies = inbox
        .until(workspace.patience * 4, |bodies| named(bodies).is_some())
        .await?;
    match named(&bodies) {
        Some(same) => findings.told(
            FACT,
            !same,
            "the event of the sending, and the API's answer",
        ),
        None => findings.open(FACT, "no event of the sending came within the patience"),
    }
    Ok(())
}
