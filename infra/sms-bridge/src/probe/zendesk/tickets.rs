//! What a ticket's comments show, and how a closed ticket refuses.

use http::Method;
use serde_json::{Value, json};

use super::lab::Lab;
use crate::probe::facts::Findings;
use crate::zendesk::Trouble;

pub(super) async fn look(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let requester = lab.user("requester").await?;
    let ticket = lab.ticket(&requester).await?;
    metadata(lab, &ticket, findings).await?;
    let fact = "zendesk.bad_upload_refused";
    let comment = json!({"body": "With a file that is not there.", "public": false,
        "uploads": ["sms-bridge-probe-has-no-such-file"]});
    let seen = lab.update(&ticket, json!({ "comment": comment })).await?;
    findings.by_status(fact, seen.status, &[422], &[200]);
    closed(lab, &ticket, findings).await
}

async fn metadata(lab: &Lab, ticket: &str, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.comment_metadata";
    let comment = json!({"body": "With metadata.", "public": false});
    let change = json!({"comment": comment, "metadata": {"probe": "yes"}});
    let made = lab.update(ticket, change).await?;
    if !made.is_success() {
        let why = format!("the comment was answered {}", made.status);
        findings.open(fact, &why);
        return Ok(());
    }
    let path = format!("/tickets/{ticket}/comments");
    let told = lab.call(Method::GET, &path, None).await?;
    let comments = told.body["comments"].as_array();
    let shows = |one: &Value| one["metadata"]["custom"]["probe"] == "yes";
    let shown = comments.is_some_and(|all| all.iter().any(shows));
    findings.told(fact, shown, "GET /tickets/{id}/comments");
    Ok(())
}

async fn closed(lab: &Lab, ticket: &str, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.closed_key";
    lab.update(ticket, json!({"status": "solved"})).await?;
    let done = lab.update(ticket, json!({"status": "closed"})).await?;
    if done.body["ticket"]["status"] != "closed" {
        let why = format!("closing was answered {}", done.status);
        findings.open(fact, &why);
        return Ok(());
    }
    let comment = json!({"body": "Too late.", "public": false});
    let seen = lab.update(ticket, json!({ "comment": comment })).await?;
    let details = seen.body["details"].as_object();
    let says = |reasons: &Value| reasons.to_string().to_lowercase().contains("closed");
    let key = details.and_then(|all| all.iter().find(|(_, reasons)| says(reasons)));
    let told = format!("answered {}", seen.status);
    match key {
        Some((key, _)) if seen.status == 422 => findings.told(fact, key.as_str(), &told),
        _ => findings.open(
            fact,
            &format!("{told}, without a word of closed in its details"),
        ),
    }
    Ok(())
}
