//! How users are found, made and refused.

use http::Method;
use serde_json::{Value, json};

use super::lab::{Lab, MARK, Seen, external_id, number};
use crate::probe::facts::Findings;
use crate::zendesk::Trouble;

/// A number that cannot be anybody's.
const NOT_E164: &str = "12345";
/// A number that is kept for films.
const FICTION: &str = "+12025550143";

pub(super) async fn look(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    search(lab, findings).await?;
    phones(lab, findings).await?;
    staff(lab, findings).await?;
    suspended(lab, findings).await
}

async fn search(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.user_search_ignores_case";
    lab.user("Case").await?;
    let found = async |external_id: &str| {
        let query = [("external_id", external_id)];
        let told = lab.admin.get("/users/search", &query).await?;
        let users = told.body["users"].as_array();
        Ok::<bool, Trouble>(users.is_some_and(|users| !users.is_empty()))
    };
    let written = external_id("Case");
    match (
        found(&written).await?,
        found(&written.to_lowercase()).await?,
    ) {
        (true, ignores) => findings.told(fact, ignores, "found by its id in small letters"),
        (false, _) => findings.open(fact, "the user is not found by its own id"),
    }
    Ok(())
}

async fn phones(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.phone_must_be_e164";
    let odd = with_phone(lab, "phone", NOT_E164).await?;
    findings.by_status(fact, odd.status, &[422], &[200, 201]);
    let fact = "zendesk.phone_must_be_unique";
    let first = with_phone(lab, "phone", FICTION).await?;
    if !first.is_success() {
        let why = format!("a number in E.164 was answered {}", first.status);
        findings.open(fact, &why);
        return Ok(());
    }
    let second = with_phone(lab, "second-phone", FICTION).await?;
    findings.by_status(fact, second.status, &[422], &[200, 201]);
    Ok(())
}

async fn with_phone(lab: &Lab, who: &str, phone: &str) -> Result<Seen, Trouble> {
    let user = json!({"name": format!("{MARK} {who}"), "external_id": external_id(who),
        "phone": phone, "skip_verify_email": true});
    let body = json!({ "user": user });
    lab.call(Method::POST, "/users/create_or_update", Some(&body))
        .await
}

/// The caller is sent to itself, so that nothing changes.
async fn staff(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.upsert_changes_staff";
    let me = lab.admin.get("/users/me", &[]).await?;
    let me = &me.body["user"];
    let (Value::String(email), Value::String(name)) = (&me["email"], &me["name"]) else {
        findings.open(fact, "the caller has no e-mail address or no name");
        return Ok(());
    };
    let body = json!({"user": {"email": email, "name": name, "skip_verify_email": true}});
    let path = "/users/create_or_update";
    let seen = lab.call(Method::POST, path, Some(&body)).await?;
    findings.by_status(fact, seen.status, &[200], &[403, 422]);
    Ok(())
}

async fn suspended(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.suspended_author_refused";
    let requester = lab.user("requester").await?;
    let ticket = lab.ticket(&requester).await?;
    let user = lab.user("suspended").await?;
    let body = json!({"user": {"suspended": true}});
    let path = format!("/users/{user}");
    let done = lab.call(Method::PUT, &path, Some(&body)).await?;
    if done.body["user"]["suspended"] != true {
        let why = format!("suspending was answered {}", done.status);
        findings.open(fact, &why);
        return Ok(());
    }
    let comment = json!({"body": "As a suspended user.", "public": false,
        "author_id": number(&user)});
    let seen = lab.update(&ticket, json!({ "comment": comment })).await?;
    findings.by_status(fact, seen.status, &[422], &[200]);
    Ok(())
}
