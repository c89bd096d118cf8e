//! Everything the probe ever made in the account is removed, also by a run that was interrupted: it is found by its
//! marks.

use http::Method;

use super::lab::{Lab, MARK, OWN, PEOPLE, external_id};
use crate::setup::found::id;
use crate::setup::plan::text;
use crate::zendesk::Trouble;

/// Removes what is there; how many objects that were.
pub(crate) async fn clean(lab: &Lab) -> Result<usize, Trouble> {
    let mut gone = 0;
    // A webhook that a trigger posts to cannot be deleted, nor a user with tickets.
    gone += remove(lab, "/triggers", triggers(lab).await?).await?;
    gone += remove(lab, "/webhooks", webhooks(lab).await?).await?;
    gone += remove(lab, "/tickets", tickets(lab).await?).await?;
    gone += remove(lab, "/users", users(lab).await?).await?;
    Ok(gone)
}

async fn triggers(lab: &Lab) -> Result<Vec<String>, Trouble> {
    let all = lab.admin.list("/triggers", "triggers").await?;
    let own = all
        .iter()
        .filter(|one| text(one, "title").starts_with(MARK));
    Ok(own.filter_map(id).collect())
}

async fn webhooks(lab: &Lab) -> Result<Vec<String>, Trouble> {
    let all = lab.admin.list("/webhooks", "webhooks").await?;
    let own = all.iter().filter(|one| text(one, "name").starts_with(MARK));
    Ok(own.filter_map(id).collect())
}

async fn tickets(lab: &Lab) -> Result<Vec<String>, Trouble> {
    let query = [("external_id", OWN)];
    let told = lab.admin.get("/tickets", &query).await?;
    let all = told.body["tickets"].as_array().cloned().unwrap_or_default();
    // The account's answer is not trusted with what is deleted.
    let own = all.iter().filter(|one| text(one, "external_id") == OWN);
    Ok(own.filter_map(id).collect())
}

async fn users(lab: &Lab) -> Result<Vec<String>, Trouble> {
    let mut found = Vec::new();
    for who in PEOPLE {
        let external_id = external_id(who);
        let query = [("external_id", external_id.as_str())];
        let told = lab.admin.get("/users/search", &query).await?;
        let all = told.body["users"].as_array().cloned().unwrap_or_default();
        let own = |one: &&serde_json::Value| {
            text(one, "external_id").eq_ignore_ascii_case(&external_id)
                && text(one, "role") == "end-user"
        };
        found.extend(all.iter().filter(own).filter_map(id));
    }
    Ok(found)
}

async fn remove(lab: &Lab, path: &str, ids: Vec<String>) -> Result<usize, Trouble> {
    for id in &ids {
        lab.admin
            .change(Method::DELETE, &format!("{path}/{id}"), None)
            .await?;
    }
    Ok(ids.len())
}
