//! The contract's environment table.

use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::*;

const REQUIRED: [(&str, &str); 7] = [
    ("TABLE_NAME", "bridge"),
    ("SECRET_ID", "bridge/secret"),
    ("ZENDESK_BASE_URL", "https://acme.zendesk.com/"),
    ("BRAZE_BASE_URL", "https://rest.iad-01.braze.com"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_ACCESS_KEY_ID", "AKIA"),
    ("AWS_SECRET_ACCESS_KEY", "hush"),
];

fn settings(extra: &[(&str, &str)]) -> Result<Settings, ConfigErrors> {
    Settings::from_lookup(|name| {
        let found = extra
            .iter()
            .chain(&REQUIRED)
            .find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 60 * 60)
}

fn names(result: Result<Settings, ConfigErrors>) -> Vec<&'static str> {
    let errors = result.expect_err("wrong settings");
    errors.problems.iter().map(|problem| problem.name).collect()
}

#[test]
fn the_required_settings_alone_give_the_contracts_defaults() {
    let settings = settings(&[]).expect("valid");
    assert_eq!(settings.table_name, "bridge");
    assert_eq!(settings.secret_id, "bridge/secret");
    assert_eq!(
        settings.zendesk.base.to_string(),
        "https://acme.zendesk.com"
    );
    assert_eq!(
        settings.braze.base.to_string(),
        "https://rest.iad-01.braze.com"
    );
    assert_eq!(settings.braze.reply_campaign, None);
    assert_eq!(settings.braze.solved_campaign, None);
    assert_eq!(settings.braze.allowed_campaigns, None);
    assert_eq!(settings.braze.subscription_group, None);
    assert_eq!(settings.drained_at_once, 32);
    assert_eq!(settings.signature_mode, SignatureMode::Enforce);
    assert_eq!(settings.extra_ca_file, None);
    assert_eq!(settings.log_level, LevelFilter::INFO);
    assert_eq!(
        settings.policy,
        PolicySettings {
            open_on: OpenOn::Any,
            text_tickets: TextTickets::Tagged,
            reopen_window_days: 28,
            give_up_after: hours(24),
            duplicate_window: None,
            solved_message: None,
            solved_messages: vec![],
            language: Language::English,
            thanks_window_hours: 24,
            csat: false,
            csat_field: None,
            parts_field: None,
            braze_events: false,
            no_closing_tags: vec!["spam".to_owned(), "closed_by_merge".to_owned()],
            loop_fuse: 5,
            parts_per_customer_day: 0,
            parts_per_hour: 0,
            quiet_hours: None,
            sms: SmsSettings {
                signature_separator: None,
                split_ligatures: false,
                max_messages: 10,
                files: FilesOut::Note,
                cost_note: CostNote::Never,
            },
            ticket: TicketSettings {
                tags: vec!["braze_sms".to_owned()],
                subject: "SMS from {name}".to_owned(),
                priority: None,
                kind: None,
            },
        }
    );
    assert_eq!(settings.aws.dynamodb_endpoint, None);
    assert_eq!(settings.aws.session_token, None);
}

#[test]
fn every_setting_can_be_given() {
    let settings = settings(&[
        ("BRAZE_REPLY_CAMPAIGN_ID", "reply-1"),
        ("BRAZE_SOLVED_CAMPAIGN_ID", "solved-1"),
        ("ALLOWED_CAMPAIGN_IDS", " promo-1,, promo-2 "),
        ("MEDIA_ALLOW_LOOPBACK", "true"),
        ("SIGNATURE_MODE", "observe"),
        ("EXTRA_CA_FILE", "/etc/ca.pem"),
        ("LOG_LEVEL", "TRACE"),
        ("AWS_SESSION_TOKEN", "token"),
    ])
    .expect("valid");
    assert_eq!(settings.braze.reply_campaign.as_deref(), Some("reply-1"));
    assert_eq!(settings.braze.solved_campaign.as_deref(), Some("solved-1"));
    let allowed = ["promo-1", "promo-2"].map(str::to_owned).to_vec();
    assert_eq!(settings.braze.allowed_campaigns, Some(allowed));
    assert!(settings.media_allow_loopback);
    assert_eq!(settings.signature_mode, SignatureMode::Observe);
    assert_eq!(
        settings.extra_ca_file.as_deref(),
        Some("/etc/ca.pem".as_ref())
    );
    assert_eq!(settings.log_level, LevelFilter::TRACE);
    assert!(settings.aws.session_token.is_some());
}

#[test]
fn every_policy_can_be_given() {
    let settings = settings(&[
        ("SOLVED_MESSAGE", "Bye"),
        ("SOLVED_MESSAGE_FR", "Salut"),
        ("SOLVED_MESSAGE_IT", " "),
        ("LANGUAGE", "fr"),
        ("THANKS_WINDOW_HOURS", "2"),
        ("CSAT", "on"),
        ("CSAT_FIELD_ID", "36001"),
        ("BRAZE_EVENTS", "On"),
        ("NO_CLOSING_TAGS", "junk"),
        ("LOOP_FUSE", "0"),
        ("PARTS_PER_CUSTOMER_DAY", "40"),
        ("PARTS_PER_HOUR", "1000"),
        ("QUIET_HOURS", "21:00-08:00 Europe/Paris"),
        ("SIGNATURE_SEPARATOR", " -- "),
        ("SPLIT_LIGATURES", "true"),
        ("MAX_MESSAGES", "3"),
        ("FILES_OUT", "Links"),
        ("COST_NOTE", "ucs2"),
        ("OPEN_ON", "Keyword"),
        ("TEXT_TICKETS", "Any"),
        ("REOPEN_WINDOW_DAYS", "0"),
        ("GIVE_UP_AFTER_HOURS", "2"),
        ("TICKET_TAGS", " sms, vip ,,"),
        ("TICKET_SUBJECT", "Text of {name}"),
        ("TICKET_PRIORITY", "high"),
        ("TICKET_TYPE", "question"),
        ("BRAZE_REPLY_CAMPAIGN_ID", "reply-1"),
    ])
    .expect("valid");
    let policy = settings.policy;
    assert_eq!(policy.solved_message.as_deref(), Some("Bye"));
    assert_eq!(policy.solved_messages, [("fr", "Salut".to_owned())]);
    assert_eq!(policy.language, Language::French);
    assert_eq!(policy.thanks_window_hours, 2);
    assert!(policy.csat && policy.braze_events);
    assert_eq!(policy.csat_field, Some(36001));
    assert_eq!(policy.no_closing_tags, ["junk"]);
    assert_eq!(policy.loop_fuse, 0);
    assert_eq!(policy.parts_per_customer_day, 40);
    assert_eq!(policy.parts_per_hour, 1000);
    assert_eq!(policy.quiet_hours, "21:00-08:00 Europe/Paris".parse().ok());
    assert_eq!(
        policy.sms,
        SmsSettings {
            signature_separator: Some("--".to_owned()),
            split_ligatures: true,
            max_messages: 3,
            files: FilesOut::Links,
            cost_note: CostNote::Ucs2,
        }
    );
    assert_eq!(policy.open_on, OpenOn::Keyword);
    assert_eq!(policy.text_tickets, TextTickets::Any);
    assert_eq!(policy.reopen_window_days, 0);
    assert_eq!(policy.give_up_after, hours(2));
    assert_eq!(policy.ticket.tags, ["sms", "vip"]);
    assert_eq!(policy.ticket.subject, "Text of {name}");
    assert_eq!(policy.ticket.priority.as_deref(), Some("high"));
    assert_eq!(policy.ticket.kind.as_deref(), Some("question"));
}

#[test]
fn tickets_are_known_by_a_tag_unless_all_are_texted() {
    let with = |text: &str| settings(&[("TICKET_TAGS", ","), ("TEXT_TICKETS", text)]);
    assert_eq!(names(with("tagged")), ["TICKET_TAGS"]);
    assert!(with("any").is_ok());
}

#[test]
fn a_group_is_looked_up_unless_that_is_switched_off() {
    let group = |check: &str| {
        let given = [
            ("BRAZE_SUBSCRIPTION_GROUP_ID", "g-1"),
            ("CHECK_SUBSCRIPTION", check),
        ];
        settings(&given).expect("valid").braze.subscription_group
    };
    assert_eq!(group("").as_deref(), Some("g-1"));
    assert_eq!(group("on").as_deref(), Some("g-1"));
    assert_eq!(group("off"), None);
}

#[test]
fn a_wish_to_opt_out_is_told_braze_only_where_that_is_switched_on_and_needs_a_group() {
    let from = |given: &[(&str, &str)]| settings(given).expect("valid").braze.unsubscribe_from;
    let group = ("BRAZE_SUBSCRIPTION_GROUP_ID", "g-1");
    assert_eq!(from(&[group]), None);
    assert_eq!(from(&[group, ("OPT_OUT_WORDS", "note")]), None);
    let on = ("OPT_OUT_WORDS", "Unsubscribe");
    assert_eq!(from(&[group, on]).as_deref(), Some("g-1"));
    let unchecked = [group, on, ("CHECK_SUBSCRIPTION", "off")];
    assert_eq!(from(&unchecked).as_deref(), Some("g-1"));
    assert_eq!(names(settings(&[on])), ["OPT_OUT_WORDS"]);
}

#[test]
fn a_field_takes_the_parts_where_one_is_named() {
    let field = |id: &str| settings(&[("PARTS_FIELD_ID", id)]).expect("valid").policy;
    assert_eq!(field("").parts_field, None);
    assert_eq!(field("36002").parts_field, Some(36_002));
}

#[test]
fn everything_missing_is_reported_at_once() {
    assert_eq!(
        names(Settings::from_lookup(|_| None)),
        [
            "AWS_REGION",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "TABLE_NAME",
            "SECRET_ID",
            "ZENDESK_BASE_URL",
            "BRAZE_BASE_URL",
        ]
    );
}

#[test]
fn an_empty_value_counts_as_absent() {
    assert_eq!(names(settings(&[("TABLE_NAME", " ")])), ["TABLE_NAME"]);
    assert_eq!(
        settings(&[("OPEN_ON", "")]).expect("valid").policy.open_on,
        OpenOn::Any
    );
}

#[test]
fn every_wrong_value_is_reported_by_name_and_none_is_shown() {
    let wrong = [
        ("AWS_ENDPOINT_URL", "zzz:zzz"),
        ("ZENDESK_BASE_URL", "http://zzz.example"),
        ("ZENDESK_UPDATES_PER_MINUTE", "-1"),
        ("ZENDESK_UPDATES_SHARE", "0"),
        ("BRAZE_BASE_URL", "https://zzz.example/zzz"),
        ("BRAZE_REPLY_CAMPAIGN_ID", "zzz zzz"),
        ("BRAZE_SUBSCRIPTION_GROUP_ID", "zzz zzz"),
        ("CHECK_SUBSCRIPTION", "zzz"),
        ("OPT_OUT_WORDS", "zzz"),
        ("OPEN_ON", "zzz"),
        ("TEXT_TICKETS", "zzz"),
        ("REOPEN_WINDOW_DAYS", "-1"),
        ("GIVE_UP_AFTER_HOURS", "0"),
        ("THANKS_WINDOW_HOURS", "zzz"),
        ("CSAT", "zzz"),
        ("CSAT_FIELD_ID", "zzz"),
        ("PARTS_FIELD_ID", "zzz"),
        ("BRAZE_EVENTS", "zzz"),
        ("NO_CLOSING_TAGS", "zzz zzz"),
        ("LOOP_FUSE", "101"),
        ("PARTS_PER_CUSTOMER_DAY", "-1"),
        ("PARTS_PER_HOUR", "zzz"),
        ("QUIET_HOURS", "zzz"),
        ("SPLIT_LIGATURES", "zzz"),
        ("MAX_MESSAGES", "0"),
        ("FILES_OUT", "zzz"),
        ("COST_NOTE", "zzz"),
        ("TICKET_TAGS", "zzz zzz"),
        ("TICKET_PRIORITY", "zzz"),
        ("TICKET_TYPE", "zzz"),
        ("DRAINED_AT_ONCE", "0"),
        ("SIGNATURE_MODE", "zzz"),
        ("LOG_LEVEL", "zzz"),
    ];
    let result = settings(&wrong);
    let shown = result.as_ref().expect_err("wrong settings").to_string();
    assert!(!shown.contains("zzz"), "{shown}");
    assert!(
        shown.contains("OPEN_ON must be one of any, keyword"),
        "{shown}"
    );
    assert_eq!(names(result), wrong.map(|(name, _)| name));
}

#[test]
fn the_endpoint_of_a_service_wins_over_the_common_one() {
    let settings = settings(&[
        ("AWS_ENDPOINT_URL", "http://localhost:4566"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:8000"),
    ])
    .expect("valid");
    assert_eq!(
        settings.aws.dynamodb_endpoint.as_deref(),
        Some("http://localhost:8000")
    );
    assert_eq!(
        settings.aws.secretsmanager_endpoint.as_deref(),
        Some("http://localhost:4566")
    );
}

#[test]
fn debug_output_of_the_settings_shows_no_key() {
    assert!(!format!("{:?}", settings(&[]).expect("valid")).contains("hush"));
}
