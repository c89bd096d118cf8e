//! Everything the probe ever made in the account is removed, also by a run that was interrupted: it is found by its
//! marks.

use http::Method;

use super::lab::{Lab, MARK, OWN, PEOPLE, external_id};
use crate::setup::found::id;
use crate::setup::plan::text;
use crate::zendesk::Trouble;

/// Removes what is there; how many objects that were. What cannot be removed does not keep the rest.
pub(crate) async fn clean(lab: &Lab) -> Result<usize, Trouble> {
    let mut gone = 0;
    let mut trouble = None;
    // A webhook that a trigger posts to cannot be deleted, nor a user with tickets.
    for (path, ids) in [
        ("/triggers", triggers(lab).await),
        ("/webhooks", webhooks(lab).await),
        ("/tickets", tickets(lab).await),
        ("/users", users(lab).await),
    ] {
        for id in ids.unwrap_or_else(|why| {
            trouble.get_or_insert(why);
            Vec::new()
        }) {
            let one = format!("{path}/{id}");
            match lab.admin.change(Method::DELETE, &one, None).await {
                Ok(_) => gone += 1,
                Err(why) => {
                    trouble.get_or_insert(why);
                }
            }
        }
    }
    trouble.map_or(Ok(gone), Err)
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
