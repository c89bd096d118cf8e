//! What each refusal means, for writes and for reads.

use std::time::Duration;

use super::*;
use crate::test_support::later;

async fn refused_append(reply: Reply) -> ZendeskError {
    let setting = setting([reply]);
    let error = append(&setting, later()).await.expect_err("refused");
    assert_eq!(setting.calls().len(), 1, "{error:?}");
    error
}

async fn refused_read(reply: Reply) -> ZendeskError {
    let setting = setting([reply]);
    setting
        .client
        .comments(ticket_id(), 5, later())
        .await
        .expect_err("refused")
}

#[tokio::test]
async fn a_closed_ticket_is_recognised_under_any_key() {
    const SAYS: &str = "Status: closed prevents ticket update";
    for body in [
        json!({"error": "RecordInvalid", "description": "Record validation errors",
            "details": {"status": [{"description": SAYS}]}}),
        json!({"error": "RecordInvalid", "details": {"base": [{"description": SAYS, "error": "x"}]}}),
        json!({"error": "RecordInvalid", "details": {"ticket": {"status": SAYS}}}),
        json!({"error": "RecordInvalid", "description": SAYS.to_uppercase()}),
    ] {
        let error = refused_append(Reply::json(422, body)).await;
        assert!(matches!(error, ZendeskError::Closed), "{error:?}");
    }
}

#[tokio::test]
async fn another_invalid_record_is_rejected_with_zendesks_words_out_of_the_log() {
    let body = json!({"error": "RecordInvalid", "description": "about Ana",
        "details": {"base": [{"description": "has too many comments"}]}});
    let error = refused_append(Reply::json(422, body)).await;
    let ZendeskError::Rejected {
        status: 422,
        detail,
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(detail.code, "RecordInvalid");
    assert!(detail.text.as_str().contains("too many comments"));
    assert!(error.to_string().contains("RecordInvalid"));
    assert!(!format!("{error} {error:?}").contains("Ana"));
}

#[tokio::test]
async fn a_suspended_user_is_recognised_under_any_key() {
    let says = json!([{"description": "Requester: Ana is suspended.", "error": "UserSuspended"}]);
    for body in [
        json!({"error": "RecordInvalid", "details": {"requester": says}}),
        json!({"error": "RecordInvalid", "details": {"comment": {"author": says}}}),
        json!({"error": "RecordInvalid", "details": {"base": says[0]}}),
        json!({"error": "UserSuspended"}),
    ] {
        let error = refused_append(Reply::json(422, body)).await;
        assert!(matches!(error, ZendeskError::Suspended), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("Ana"));
    }
}

type Fits = fn(&ZendeskError) -> bool;

#[tokio::test]
async fn each_refusal_says_what_can_be_done() {
    use ZendeskError as E;
    let cases: [(Reply, Fits); 8] = [
        (Reply::json(403, json!({"error": "Forbidden"})), |e| {
            matches!(e, E::Forbidden)
        }),
        (Reply::json(404, json!({"error": "RecordNotFound"})), |e| {
            matches!(e, E::NotFound)
        }),
        (Reply::json(409, json!({})), |e| matches!(e, E::Conflict)),
        (
            Reply::json(400, json!({"error": "IdempotentRequestError"})),
            |e| matches!(e, E::IdempotencyConflict),
        ),
        (Reply::json(400, json!({"error": "BadRequest"})), |e| {
            matches!(e, E::Rejected { status: 400, .. })
        }),
        (Reply::html(413), |e| {
            matches!(e, E::Rejected { status: 413, .. })
        }),
        (Reply::empty(302), |e| {
            matches!(e, E::Rejected { status: 302, .. })
        }),
        (Reply::html(503), |e| {
            matches!(
                e,
                E::Unavailable {
                    retry_after: None,
                    ..
                }
            )
        }),
    ];
    for (reply, fits) in cases {
        let shown = format!("{reply:?}");
        let error = refused_append(reply).await;
        assert!(fits(&error), "{shown}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_error_leaves_a_write_unknown_and_a_read_undone() {
    for status in [500, 502, 504] {
        let error = refused_append(Reply::html(status)).await;
        assert!(
            matches!(error, ZendeskError::OutcomeUnknown { .. }),
            "{status} {error:?}"
        );
        let error = refused_read(Reply::html(status)).await;
        assert!(
            matches!(error, ZendeskError::Unavailable { .. }),
            "{status} {error:?}"
        );
    }
}

#[tokio::test]
async fn the_wait_that_zendesk_asks_for_is_kept_within_bounds() {
    for (asked, told) in [("7", 7), ("0", 1), ("999999", 3_600), ("soon", 60)] {
        let error = refused_append(Reply::empty(429).with("retry-after", asked)).await;
        let ZendeskError::RateLimited { retry_after, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(retry_after, Duration::from_secs(told));
    }
    let error = refused_append(Reply::html(503).with("retry-after", 9)).await;
    let ZendeskError::Unavailable { retry_after, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(retry_after, Some(Duration::from_secs(9)));
}

/// How a 429 tells which limit was met is not documented: what speaks for another one than the account's
/// stops fewer calls.
#[tokio::test]
async fn the_limits_are_told_apart() {
    use super::super::Limited::{self, Account, OneTicket, TicketUpdates};
    const UPDATES: &str = "zendesk-ratelimit-tickets-update";
    let used_up = "total=100; remaining=0; resets=41";
    let left = "total=100; remaining=60; resets=41";
    let full = json!({"error": "TooManyUpdates", "description": "of this ticket"});
    let plain = json!({"error": "APIRateLimitExceeded"});
    let of = |body: &serde_json::Value, wait: &str| {
        Reply::json(429, body.clone()).with("retry-after", wait)
    };
    let remaining = |reply: Reply, left: &str| reply.with("x-rate-limit-remaining", left);
    let cases: [(Reply, Limited); 11] = [
        (of(&plain, "30"), Account),
        (remaining(of(&plain, "30"), "0"), Account),
        (remaining(of(&plain, "30"), "soon"), Account),
        (remaining(of(&full, "30"), "640"), OneTicket),
        (remaining(of(&plain, "1"), "1"), OneTicket),
        (of(&full, "30"), OneTicket),
        (of(&plain, "400"), OneTicket),
        (of(&plain, "30").with(UPDATES, used_up), TicketUpdates),
        (
            remaining(of(&plain, "30"), "640").with(UPDATES, used_up),
            TicketUpdates,
        ),
        (
            remaining(of(&plain, "30"), "640").with(UPDATES, left),
            OneTicket,
        ),
        (
            remaining(of(&plain, "30"), "0").with(UPDATES, used_up),
            Account,
        ),
    ];
    for (reply, want) in cases {
        let shown = format!("{reply:?}");
        let error = refused_append(reply).await;
        let ZendeskError::RateLimited { of, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(of, want, "{shown}");
    }
}

#[tokio::test]
async fn nobody_listening_means_that_nothing_was_done() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let base = format!("http://{}", port.expect("a port"))
        .parse()
        .expect("valid");
    let mut setting = setting([]);
    setting.client = ZendeskClient::new(http(), base, setting.vault.store());
    let error = append(&setting, later()).await.expect_err("refused");
    assert!(
        matches!(error, ZendeskError::Unavailable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_read_without_an_answer_may_simply_be_tried_again() {
    let error = refused_read(Reply::html(200)).await;
    assert!(
        matches!(error, ZendeskError::Unavailable { .. }),
        "{error:?}"
    );
    let setting = setting([Reply::Drop, Reply::Drop]);
    let error = setting
        .client
        .ticket(ticket_id(), later())
        .await
        .expect_err("dropped");
    assert!(
        matches!(error, ZendeskError::Unavailable { .. }),
        "{error:?}"
    );
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("unpoisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn keys_that_zendesk_ignored_are_logged_and_nothing_personal_is() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let warning = format!("Removed restricted keys [\"foo\"] {}", "x".repeat(500));
    let setting = setting([written("open").with("x-zendesk-api-warn", warning)]);
    append(&setting, later()).await.expect("appended");
    upsert(&setting).await.expect_err("no answer left");
    drop(guard);
    let logged = String::from_utf8(lines.0.lock().expect("unpoisoned").clone()).expect("text");
    assert!(logged.contains("Removed restricted keys"), "{logged}");
    assert!(!logged.contains(&"x".repeat(200)), "{logged}");
    let ours: Vec<_> = logged
        .lines()
        .filter(|line| line.contains("\"shared::"))
        .collect();
    assert!(!ours.is_empty());
    for line in ours {
        for private in ["ok?", "Ana", "1555", "token-1", "s-1"] {
            assert!(!line.contains(private), "{line}");
        }
    }
}
