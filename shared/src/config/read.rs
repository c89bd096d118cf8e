//! Which variable becomes which setting, with its default.
//!
//! In: a reader. Out: [`Settings`]. Imports only this room.

use std::time::Duration;

use std::path::PathBuf;

use tracing::level_filters::LevelFilter;

use super::lookup::Reader;
use super::settings::{
    AwsEnv, BrazeSettings, CostNote, FilesOut, Language, OpenOn, PolicySettings, Settings,
    SignatureMode, SmsSettings, TextTickets, TicketSettings, ZendeskSettings,
};
use crate::secrets::Secret;

pub(super) fn settings(r: &mut Reader<'_>) -> Option<Settings> {
    // Everything is read before anything is required, so that all problems are reported.
    let aws = aws(r);
    let (table_name, secret_id) = (r.required("TABLE_NAME"), r.required("SECRET_ID"));
    let zendesk = zendesk(r);
    let braze = r.base_url("BRAZE_BASE_URL");
    let reply_campaign = r.campaign("BRAZE_REPLY_CAMPAIGN_ID");
    let solved_campaign = r.campaign("BRAZE_SOLVED_CAMPAIGN_ID");
    let subscription_group = r.campaign("BRAZE_SUBSCRIPTION_GROUP_ID");
    let check = r.choice("CHECK_SUBSCRIPTION", true, &[("on", true), ("off", false)]);
    let check_withheld = r.choice("CHECK_WITHHELD", false, &ON_OR_OFF);
    let unsubscribes = r.choice(
        "OPT_OUT_WORDS",
        false,
        &[("note", false), ("unsubscribe", true)],
    );
    if unsubscribes && subscription_group.is_none() {
        r.wrong(
            "OPT_OUT_WORDS",
            "is unsubscribe, which needs BRAZE_SUBSCRIPTION_GROUP_ID",
        );
    }
    let allowed_campaigns = r.campaigns("ALLOWED_CAMPAIGN_IDS");
    let policy = policy(r);
    let drained_at_once = r.number("DRAINED_AT_ONCE", 32, 1..=100);
    let signature_mode = r.choice(
        "SIGNATURE_MODE",
        SignatureMode::Enforce,
        &[
            ("enforce", SignatureMode::Enforce),
            ("observe", SignatureMode::Observe),
        ],
    );
    let media_allow_loopback = r.choice("MEDIA_ALLOW_LOOPBACK", false, &YES_OR_NO);
    let log_level = r.choice("LOG_LEVEL", LevelFilter::INFO, &LOG_LEVELS);
    Some(Settings {
        aws: aws?,
        table_name: table_name?,
        secret_id: secret_id?,
        zendesk: zendesk?,
        braze: BrazeSettings {
            base: braze?,
            reply_campaign,
            solved_campaign,
            unsubscribe_from: subscription_group.clone().filter(|_| unsubscribes),
            subscription_group: subscription_group.filter(|_| check),
            check_withheld,
            allowed_campaigns,
        },
        policy,
        drained_at_once,
        signature_mode,
        extra_ca_file: r.optional("EXTRA_CA_FILE").map(PathBuf::from),
        media_allow_loopback,
        log_level,
        function_name: r
            .optional("AWS_LAMBDA_FUNCTION_NAME")
            .unwrap_or_else(|| "unknown".to_owned()),
        function_version: r
            .optional("AWS_LAMBDA_FUNCTION_VERSION")
            .unwrap_or_else(|| "$LATEST".to_owned()),
    })
}

fn zendesk(r: &mut Reader<'_>) -> Option<ZendeskSettings> {
    let base = r.base_url("ZENDESK_BASE_URL");
    let trust_external_id = r.choice("TRUST_ZENDESK_EXTERNAL_ID", false, &ON_OR_OFF);
    let updates_per_minute = r.number("ZENDESK_UPDATES_PER_MINUTE", 100, 0..=MOST_UPDATES);
    let updates_share = r.number("ZENDESK_UPDATES_SHARE", 60, 1..=100);
    Some(ZendeskSettings {
        base: base?,
        trust_external_id,
        updates_per_minute,
        updates_share,
    })
}

fn policy(r: &mut Reader<'_>) -> PolicySettings {
    let open_on = r.choice(
        "OPEN_ON",
        OpenOn::Any,
        &[("any", OpenOn::Any), ("keyword", OpenOn::Keyword)],
    );
    let text_tickets = r.choice(
        "TEXT_TICKETS",
        TextTickets::Tagged,
        &[("tagged", TextTickets::Tagged), ("any", TextTickets::Any)],
    );
    let reopen_window_days = r.number("REOPEN_WINDOW_DAYS", 28, 0..=3_650);
    let give_up_after = r.number("GIVE_UP_AFTER_HOURS", 24, 1..=168);
    let duplicate_window = r.number("DUPLICATE_TEXT_WINDOW_SECONDS", 0, 0..=86_400);
    let thanks_window_hours = r.number("THANKS_WINDOW_HOURS", 24, 0..=8_760);
    let csat = r.choice("CSAT", false, &ON_OR_OFF);
    let csat_field = r.id("CSAT_FIELD_ID");
    let parts_field = r.id("PARTS_FIELD_ID");
    let braze_events = r.choice("BRAZE_EVENTS", false, &ON_OR_OFF);
    let no_closing_tags = r.tags("NO_CLOSING_TAGS", "spam,closed_by_merge");
    let loop_fuse = r.number("LOOP_FUSE", 5, 0..=100);
    let parts_per_customer_day = r.number("PARTS_PER_CUSTOMER_DAY", 0, 0..=MOST_PARTS);
    let parts_per_hour = r.number("PARTS_PER_HOUR", 0, 0..=MOST_PARTS);
    PolicySettings {
        open_on,
        text_tickets,
        reopen_window_days,
        give_up_after: Duration::from_secs(u64::from(give_up_after) * 60 * 60),
        duplicate_window: (duplicate_window > 0)
            .then(|| Duration::from_secs(duplicate_window.into())),
        solved_message: r.optional("SOLVED_MESSAGE"),
        solved_messages: SOLVED_MESSAGES
            .iter()
            .filter_map(|(name, language)| Some((*language, r.optional(name)?)))
            .collect(),
        language: r.choice("LANGUAGE", Language::English, &LANGUAGES),
        thanks_window_hours,
        csat,
        csat_field,
        parts_field,
        braze_events,
        no_closing_tags,
        loop_fuse: u8::try_from(loop_fuse).unwrap_or(u8::MAX),
        parts_per_customer_day,
        parts_per_hour,
        quiet_hours: r.hours("QUIET_HOURS"),
        sms: sms(r),
        ticket: ticket(r, text_tickets),
    }
}

/// Highest limit of SMS parts.
const MOST_PARTS: u32 = 100_000_000;

/// Highest limit of ticket updates a minute.
const MOST_UPDATES: u32 = 1_000_000;

/// Closing texts by language.
const SOLVED_MESSAGES: [(&str, &str); 6] = [
    ("SOLVED_MESSAGE_EN", "en"),
    ("SOLVED_MESSAGE_FR", "fr"),
    ("SOLVED_MESSAGE_ES", "es"),
    ("SOLVED_MESSAGE_DE", "de"),
    ("SOLVED_MESSAGE_PT", "pt"),
    ("SOLVED_MESSAGE_IT", "it"),
];

const LANGUAGES: [(&str, Language); 2] = [("en", Language::English), ("fr", Language::French)];

const ON_OR_OFF: [(&str, bool); 2] = [("on", true), ("off", false)];

const YES_OR_NO: [(&str, bool); 2] = [("true", true), ("false", false)];

const LOG_LEVELS: [(&str, LevelFilter); 5] = [
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];

fn aws(r: &mut Reader<'_>) -> Option<AwsEnv> {
    let everywhere = r.endpoint("AWS_ENDPOINT_URL");
    let region = match r
        .optional("AWS_REGION")
        .or_else(|| r.optional("AWS_DEFAULT_REGION"))
    {
        Some(region) => Some(region),
        None => r.required("AWS_REGION"),
    };
    let access_key_id = r.required("AWS_ACCESS_KEY_ID");
    let secret_access_key = r.required("AWS_SECRET_ACCESS_KEY").map(Secret::new);
    let session_token = r.optional("AWS_SESSION_TOKEN").map(Secret::new);
    let dynamodb_endpoint = r
        .endpoint("AWS_ENDPOINT_URL_DYNAMODB")
        .or_else(|| everywhere.clone());
    let secretsmanager_endpoint = r
        .endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER")
        .or(everywhere);
    Some(AwsEnv {
        region: region?,
        access_key_id: access_key_id?,
        secret_access_key: secret_access_key?,
        session_token,
        dynamodb_endpoint,
        secretsmanager_endpoint,
    })
}

fn sms(r: &mut Reader<'_>) -> SmsSettings {
    SmsSettings {
        signature_separator: r.optional("SIGNATURE_SEPARATOR"),
        split_ligatures: r.choice("SPLIT_LIGATURES", false, &YES_OR_NO),
        max_messages: r.number("MAX_MESSAGES", 10, 1..=50),
        files: r.choice(
            "FILES_OUT",
            FilesOut::Note,
            &[
                ("note", FilesOut::Note),
                ("links", FilesOut::Links),
                ("media", FilesOut::Media),
            ],
        ),
        cost_note: r.choice(
            "COST_NOTE",
            CostNote::Never,
            &[
                ("never", CostNote::Never),
                ("ucs2", CostNote::Ucs2),
                ("always", CostNote::Always),
            ],
        ),
    }
}

fn ticket(r: &mut Reader<'_>, text_tickets: TextTickets) -> TicketSettings {
    let one_of = |names: &[&'static str]| -> Vec<(&'static str, Option<String>)> {
        names
            .iter()
            .map(|name| (*name, Some((*name).to_owned())))
            .collect()
    };
    let tags = r.tags("TICKET_TAGS", "braze_sms");
    if tags.is_empty() && text_tickets == TextTickets::Tagged {
        r.wrong(
            "TICKET_TAGS",
            "names no tag, and TEXT_TICKETS is tagged: no ticket would be texted about",
        );
    }
    TicketSettings {
        tags,
        subject: r
            .optional("TICKET_SUBJECT")
            .unwrap_or_else(|| "SMS from {name}".to_owned()),
        priority: r.choice(
            "TICKET_PRIORITY",
            None,
            &one_of(&["urgent", "high", "normal", "low"]),
        ),
        kind: r.choice(
            "TICKET_TYPE",
            None,
            &one_of(&["problem", "incident", "question", "task"]),
        ),
    }
}
