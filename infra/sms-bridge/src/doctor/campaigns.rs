//! The campaigns that triggers' bodies name, beside the stack's settings.
//!
//! In: what triggers post to this stack, its parameters. Out: findings. Pure.

use super::Finding;
use crate::account::Deployed;
use crate::setup::body::member;
use crate::setup::fields::posted;
use crate::setup::found::{Found, id};
use crate::setup::notices::posts_to;
use crate::setup::plan::text;
use crate::setup::wanted::Wanted;

const AREA: &str = "stack";

/// A trigger that posts to this stack, by hand or by the tool.
pub(super) struct Posting {
    title: String,
    body: String,
    /// It hands over agents' answers.
    answers: bool,
}

/// What the active triggers post to this stack.
pub(super) fn postings(wanted: &Wanted, found: &Found) -> Vec<Posting> {
    let mut postings = Vec::new();
    for webhook in &found.webhooks {
        let (Some(route), Some(id)) = (wanted.route(webhook), id(webhook)) else {
            continue;
        };
        let active = found.triggers.iter().filter(|t| t["active"] != false);
        postings.extend(active.filter(|t| posts_to(t, &id)).map(|trigger| {
            let body = posted(trigger);
            Posting {
                title: text(trigger, "title"),
                answers: route == 0 && member(&body, "resend").is_none(),
                body,
            }
        }));
    }
    postings
}

/// What would keep an event from finding its campaign.
pub(super) fn check(stack: &Deployed, postings: &[Posting]) -> Vec<Finding> {
    let reply = stack.parameter("BrazeReplyCampaignId");
    let campaign = |posting: &Posting| member(&posting.body, "campaign_id");
    let mut findings = Vec::new();
    let mut answers = postings.iter().filter(|p| p.answers).peekable();
    if reply.is_none() && (answers.peek().is_none() || answers.any(|p| campaign(p).is_none())) {
        findings.push(Finding::bad(
            AREA,
            "BrazeReplyCampaignId",
            "this parameter is empty, and not every trigger names a campaign in its body: an \
             answer without one cannot be sent"
                .to_owned(),
            "deploy with the Campaign ID of the agents' replies",
        ));
    }
    let Some(allowed) = stack.parameter("AllowedCampaignIds") else {
        return findings;
    };
    let listed = allowed.split(',').map(str::trim);
    let known: Vec<&str> = listed
        .chain(reply)
        .chain(stack.parameter("BrazeSolvedCampaignId"))
        .collect();
    for posting in postings {
        let Some(named) = campaign(posting).filter(|named| !known.contains(&named.as_str())) else {
            continue;
        };
        // What Zendesk fills in is known only when it is sent.
        if named.contains('{') {
            continue;
        }
        findings.push(Finding::bad(
            AREA,
            "AllowedCampaignIds",
            format!(
                "the trigger {} names the campaign {named}, which is not listed: its requests are \
                 refused with 400 and kept as dead letters",
                posting.title
            ),
            "deploy with it in AllowedCampaignIds, or take campaign_id out of the trigger's body",
        ));
    }
    findings
}
