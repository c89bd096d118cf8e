//! What the functions do in Zendesk, tried with their credentials: which scope or right is missing, and what comes of it.
//!
//! Nothing is changed: the one file that is uploaded is deleted again and was on no ticket.

use serde_json::Value;
use shared::net::BaseUrl;
use shared::zendesk::{SCOPE, SCOPE_TO_READ, SCOPE_TO_UPLOAD};

use super::Finding;
use super::zendesk::AREA;
use crate::account::Account;
use crate::setup::found::id;
use crate::zendesk::{Admin, Credentials, OAUTH_CLIENTS, Trouble, sign_in};

/// Where a person gives a user rights.
const ROLES: &str = "Admin Center > People > Team > Roles";

/// One thing the functions do.
struct Need {
    /// In words, as what is not possible without it.
    what: &'static str,
    scope: &'static str,
    /// The right of the user behind the client.
    right: &'static str,
    /// What comes of it.
    so: &'static str,
    /// Customers or agents notice.
    harmful: bool,
}

const TICKETS: Need = Need {
    what: "read tickets",
    scope: "tickets:read",
    right: "see all tickets",
    so: "nothing can be delivered",
    harmful: true,
};
const USERS: Need = Need {
    what: "look up customers",
    scope: "users:read",
    right: "see end users",
    so: "no ticket can be opened",
    harmful: true,
};
const UPLOADS: Need = Need {
    what: "upload a file",
    scope: "write",
    right: "add files to tickets",
    so: "customers' pictures cannot be attached to tickets; the agent reads that they are missing",
    harmful: true,
};
const METRICS: Need = Need {
    what: "read when a ticket was solved (its metrics)",
    scope: "read",
    right: "see all tickets",
    so: "a solve whose webhook was lost may send a second closing message",
    harmful: false,
};
const AUDITS: Need = Need {
    what: "read whose a ticket was before (its audits, scope read)",
    scope: "read",
    right: "see all tickets",
    so: "an answer whose webhook was lost goes to the ticket's present requester, and with an agent's credentials it \
         is not found",
    harmful: false,
};

/// Said of metrics that `tickets:read` does not open.
const WIDER: &str = "when a ticket was solved (its metrics) is read with the scope read, which this account requires";

impl Need {
    /// What is missing in the credentials; any other trouble is told as such.
    fn lacks(&self, trouble: Trouble) -> Result<Finding, Trouble> {
        let (what, remedy) = match &trouble {
            Trouble::Scopes(_) => (trouble.what(), trouble.remedy()),
            Trouble::Forbidden(.., words) if words.contains("scope") => {
                (trouble.what(), self.allow(missing_scopes(words)))
            }
            Trouble::Forbidden(..) => {
                let give = format!(
                    "{}; where it has that, give the role of the client's user the right to {} ({ROLES})",
                    self.allow(None),
                    self.right
                );
                (trouble.what(), give)
            }
            _ => return Err(trouble),
        };
        let told = format!("{what}, so the functions cannot {}: {}", self.what, self.so);
        Ok(match self.harmful {
            true => Finding::bad(AREA, trouble.setting(), told, &remedy),
            false => Finding::note(AREA, format!("{told}; {remedy}")),
        })
    }

    fn allow(&self, told: Option<&str>) -> String {
        let scope = told.unwrap_or(self.scope);
        format!("allow the OAuth client the scope {scope} in {OAUTH_CLIENTS}")
    }
}

/// The scopes that a refusal names.
fn missing_scopes(words: &str) -> Option<&str> {
    let named = words.split_once("scopes:");
    let (_, scopes) = named.or_else(|| words.split_once("scope:"))?;
    Some(scopes.trim().trim_end_matches('.')).filter(|scopes| !scopes.is_empty())
}

/// All of it, with the program that has the functions' own scopes.
pub(super) async fn check(
    account: &Account,
    base: &BaseUrl,
    credentials: &Credentials,
    user: &Value,
) -> Result<Vec<Finding>, Trouble> {
    let signs = async |scope| sign_in(account.http(), base, credentials, &[scope]).await;
    let program = signs(SCOPE).await?;
    let mut findings = limits(user);
    let one = match program.get("/tickets", &[("page[size]", "1")]).await {
        Ok(one) => one,
        Err(trouble) => {
            findings.push(TICKETS.lacks(trouble)?);
            return Ok(findings);
        }
    };
    let good = "tickets can be read with the functions' scopes";
    findings.push(Finding::good(AREA, good.to_owned()));
    let nobody = [("external_id", "bridge-doctor")];
    if let Err(trouble) = program.get("/users/search", &nobody).await {
        findings.push(USERS.lacks(trouble)?);
    }
    let reader = signs(SCOPE_TO_READ).await;
    if let Some(ticket) = id(&one.body["tickets"][0]) {
        let metrics = format!("/tickets/{ticket}/metrics");
        let told = program.get(&metrics, &[]).await;
        match (told, &reader) {
            (Ok(_), _) => {}
            (Err(Trouble::Forbidden(..)), Ok(reader)) => {
                let wider = reader.get(&metrics, &[]).await;
                findings.push(match wider {
                    Ok(_) => Finding::good(AREA, WIDER.to_owned()),
                    Err(trouble) => METRICS.lacks(trouble)?,
                });
            }
            (Err(trouble), _) => findings.push(METRICS.lacks(trouble)?),
        }
        if let Ok(reader) = &reader {
            let audits = format!("/tickets/{ticket}/audits");
            if let Err(trouble) = reader.get(&audits, &[("page[size]", "1")]).await {
                findings.push(AUDITS.lacks(trouble)?);
            }
        }
    }
    match reader {
        Ok(reader) => findings.extend(role(&reader, user).await),
        Err(trouble) => findings.push(AUDITS.lacks(trouble)?),
    }
    findings.push(match upload(&program).await {
        Ok(()) => uploaded(""),
        Err(Trouble::Forbidden(..)) => match signs(SCOPE_TO_UPLOAD).await {
            Err(trouble) => UPLOADS.lacks(trouble)?,
            Ok(writer) => match upload(&writer).await {
                Ok(()) => uploaded(", with the scope write, which this account requires"),
                Err(trouble) => UPLOADS.lacks(trouble)?,
            },
        },
        Err(trouble) => UPLOADS.lacks(trouble)?,
    });
    Ok(findings)
}

fn uploaded(how: &str) -> Finding {
    let what = format!("a file can be uploaded, for customers' pictures{how}; it is deleted again");
    Finding::good(AREA, what)
}

/// Uploads a file and deletes it (reference, "Attachments").
async fn upload(program: &Admin) -> Result<(), Trouble> {
    let token = program
        .uploaded("sms-bridge-doctor.txt", b"sms-bridge doctor")
        .await?;
    let path = format!("/uploads/{token}");
    // What stays behind goes away by itself within the hour.
    match program.change(http::Method::DELETE, &path, None).await {
        Ok(_) | Err(Trouble::Refused { .. }) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}

/// What the account of the user behind the client leaves out (reference, "Users": `ticket_restriction`,
/// `only_private_comments`).
fn limits(user: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    match user["role"].as_str() {
        Some("end-user") => findings.push(bad(
            "it signs in as an end user, who may not see tickets".to_owned(),
            "have an agent or administrator make the OAuth client, then `sms-bridge setup secret`",
        )),
        Some("admin") => findings.push(Finding::note(
            AREA,
            "the functions run as an administrator: anyone who obtains the secret can read and \
             change everything in the Zendesk account. An agent's OAuth client is enough for them: have an agent make one, `sms-bridge setup \
             secret`, and set up with `sms-bridge setup zendesk --client FILE` from then on. The \
             price: lost webhooks are found within fifteen minutes instead of three"
                .to_owned(),
        )),
        _ => findings.push(Finding::note(
            AREA,
            "answers whose webhook was lost are found by search, within fifteen minutes; only \
             administrators may use the export, which takes three"
                .to_owned(),
        )),
    }
    if let Some(restriction) = user["ticket_restriction"].as_str() {
        let seen = match restriction {
            "assigned" => "that are assigned to them",
            "groups" => "of their own groups",
            "organization" => "of their own organization",
            "requested" => "that they requested themselves",
            _ => "of some kind",
        };
        findings.push(bad(
            format!(
                "its user may see only tickets {seen} (ticket_restriction {restriction}), so customers' texts cannot \
                 be added to others: each opens a ticket of its own"
            ),
            "let the user see all tickets: Admin Center > People > Team > Team members, the user, Role and access",
        ));
    }
    if user["only_private_comments"] == true {
        findings.push(bad(
            "its user may write internal notes only (only_private_comments), so customers' texts cannot be public \
             comments"
                .to_owned(),
            "let the user write public comments: Admin Center > People > Team > Team members, the user, Role and access",
        ));
    }
    findings
}

/// What a custom role leaves out (reference, "Custom Agent Roles": `configuration`). Where it cannot be read, nothing
/// is known of it.
async fn role(reader: &Admin, user: &Value) -> Vec<Finding> {
    let Some(number) = user["custom_role_id"].as_u64() else {
        return Vec::new();
    };
    let Ok(told) = reader.get(&format!("/custom_roles/{number}"), &[]).await else {
        return Vec::new();
    };
    let role = &told.body["custom_role"];
    let name = role["name"].as_str().unwrap_or_default();
    let missing = missing_rights(&role["configuration"]);
    let finding = |(right, so): (&str, &str)| {
        bad(
            format!("its user's role \"{name}\" lacks the right to {right}, so {so}"),
            &format!("give the role \"{name}\" the right to {right} in {ROLES}"),
        )
    };
    missing.into_iter().map(finding).collect()
}

fn missing_rights(configuration: &Value) -> Vec<(&'static str, &'static str)> {
    // Rows without a value are rights that this account's roles do not speak of.
    let is_other = |name: &str, wanted: &[&str]| {
        let value = configuration[name].as_str();
        value.is_some_and(|value| !wanted.contains(&value))
    };
    let rights = [
        (
            is_other("ticket_access", &["all"]),
            (
                "see all tickets",
                "customers' texts cannot be added to other users' tickets",
            ),
        ),
        (
            is_other("ticket_comment_access", &["public"]),
            (
                "write public comments",
                "customers' texts cannot be public comments",
            ),
        ),
        (
            configuration["ticket_editing"] == false,
            (
                "edit ticket properties",
                "a solved ticket is not reopened by a text",
            ),
        ),
        (
            configuration["ticket_tag_editing"] == false,
            (
                "edit ticket tags",
                "opt-outs and failures are not shown by tags",
            ),
        ),
        (
            is_other("end_user_profile_access", &["full", "edit"]),
            (
                "add and edit end users",
                "no ticket can be opened for a customer who is new to Zendesk",
            ),
        ),
    ];
    rights
        .into_iter()
        .filter_map(|(lacks, told)| lacks.then_some(told))
        .collect()
}

fn bad(what: String, remedy: &str) -> Finding {
    Finding::bad(AREA, "zendesk_oauth_client_id", what, remedy)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_scopes_that_a_refusal_names_are_told() {
        for (words, scopes) in [
            (
                "You are missing the following required scopes: write",
                Some("write"),
            ),
            (
                "Missing the required scopes: tickets:write read",
                Some("tickets:write read"),
            ),
            ("required scope: read.", Some("read")),
            ("scopes:", None),
            ("You do not have access to this page.", None),
        ] {
            assert_eq!(missing_scopes(words), scopes, "{words}");
        }
    }

    #[test]
    fn a_role_is_read_by_what_it_says_and_not_by_what_it_leaves_out() {
        assert_eq!(missing_rights(&json!({})), []);
        let enough = json!({"ticket_access": "all", "ticket_comment_access": "public", "ticket_editing": true,
            "ticket_tag_editing": true, "end_user_profile_access": "edit"});
        assert_eq!(missing_rights(&enough), []);
        let little = json!({"ticket_access": "within-groups", "ticket_comment_access": "none",
            "ticket_editing": false, "ticket_tag_editing": false, "end_user_profile_access": "readonly"});
        assert_eq!(missing_rights(&little).len(), 5);
    }
}
