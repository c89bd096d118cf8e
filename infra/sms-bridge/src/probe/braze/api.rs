//! What Braze's API tells by itself. No call can reach anybody: the only recipient named does not exist.

use serde_json::{Value, json};

use super::workspace::{Told, Workspace};
use crate::probe::facts::Findings;

/// Somebody whom nobody knows.
const NOBODY: &str = "sms-bridge-probe-nobody";
/// A campaign that nobody has.
const NO_CAMPAIGN: &str = "00000000-0000-4000-8000-000000000000";

pub(super) async fn look(workspace: &Workspace, findings: &mut Findings) -> Result<(), String> {
    let known = send(workspace, NO_CAMPAIGN).await?;
    if known.is_forbidden() {
        return Err(format!(
            "Braze answered {}: it does not know the key, or the key lacks campaigns.trigger.send",
            known.status
        ));
    }
    let export = json!({"external_ids": [NOBODY]});
    let export = workspace.post("/users/export/ids", &export).await?;
    permission(workspace, &export, findings).await?;
    let fact = "braze.export_needs_fields";
    match export.is_forbidden() {
        true => findings.open(fact, "the key lacks users.export.ids"),
        false => findings.by_status(fact, export.status, &[400], &[200, 201]),
    }
    stopped(workspace, findings).await
}

async fn send(workspace: &Workspace, campaign: &str) -> Result<Told, String> {
    let nobody = json!({"external_user_id": NOBODY, "send_to_existing_only": true});
    let body = json!({"campaign_id": campaign, "broadcast": false, "recipients": [nobody]});
    workspace.post("/campaigns/trigger/send", &body).await
}

/// The first call that the key may not make says how that is answered.
async fn permission(
    workspace: &Workspace,
    export: &Told,
    findings: &mut Findings,
) -> Result<(), String> {
    let fact = "braze.missing_permission";
    let mut statuses = vec![export.status];
    for path in ["/content_blocks/list", "/campaigns/list"] {
        statuses.push(workspace.get(path, &[]).await?.status);
    }
    match statuses
        .into_iter()
        .find(|status| matches!(status, 401 | 403))
    {
        Some(status) => findings.told(fact, status, "a call that the key has no permission for"),
        None => findings.open(
            fact,
            "the key may do everything that was tried; one with campaigns.trigger.send alone tells",
        ),
    }
    Ok(())
}

async fn stopped(workspace: &Workspace, findings: &mut Findings) -> Result<(), String> {
    let fact = "braze.stopped_campaigns_refuse";
    let campaigns = match workspace.campaigns().await {
        Ok(campaigns) => campaigns,
        Err(why) => {
            findings.open(fact, &why);
            return Ok(());
        }
    };
    let stopped = |told: &Value| told["enabled"] == false || told["archived"] == true;
    let Some((id, _)) = campaigns.iter().find(|(_, told)| stopped(told)) else {
        let why = "there is no stopped API-triggered campaign: stop one and run this fact again";
        findings.open(fact, why);
        return Ok(());
    };
    let told = send(workspace, id).await?;
    findings.by_status(fact, told.status, &[400], &[200, 201]);
    Ok(())
}
