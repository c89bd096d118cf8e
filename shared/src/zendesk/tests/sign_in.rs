//! Tokens: fetched once, renewed once, shared; and credentials that change.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::test_support::later;

/// A Zendesk that accepts only the newest token and only this client secret; `life` is told.
fn strict(client_secret: &'static str, life: Option<u64>, revoked: usize) -> Server {
    let tokens = AtomicUsize::new(0);
    Server::start(move |seen| {
        if is_sign_in(seen) {
            if seen.json()["client_secret"] != client_secret {
                return Reply::json(401, json!({"error": "invalid_client"}));
            }
            let number = tokens.fetch_add(1, Ordering::SeqCst) + 1;
            let token = format!("token-{number}");
            return Reply::json(200, json!({"access_token": token, "expires_in": life}));
        }
        let number = tokens.load(Ordering::SeqCst);
        let good = format!("Bearer token-{number}");
        if number > revoked && seen.header("authorization") == Some(good.as_str()) {
            written("open")
        } else {
            Reply::json(401, json!({"error": "invalid_token"}))
        }
    })
}

#[tokio::test]
async fn signing_in_is_one_json_request_and_its_token_is_kept() {
    let setting = setting([written("open"), written("open")]);
    append(&setting, later()).await.expect("appended");
    append(&setting, later()).await.expect("appended");
    let seen = setting.zendesk.requests();
    assert_eq!(setting.sign_ins(), 1);
    assert_eq!(seen[0].line, "POST /oauth/tokens");
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(
        seen[0].json(),
        json!({
            "grant_type": "client_credentials", "client_id": "id", "client_secret": "s-1",
            "scope": "tickets:read tickets:write users:read users:write",
        })
    );
}

#[tokio::test]
async fn whatever_the_sign_in_refuses_is_not_said_of_the_ticket() {
    for status in [400, 401, 403, 404, 409, 422] {
        let refusing =
            Server::start(move |_| Reply::json(status, json!({"error": "RecordNotFound"})));
        let setting = with_server(oauth("s-1"), refusing);
        let refused = append(&setting, later()).await;
        assert!(
            matches!(refused, Err(ZendeskError::Unauthorized)),
            "{status}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_token_near_its_end_is_renewed_before_the_call() {
    let setting = with_server(oauth("s-1"), strict("s-1", Some(0), 0));
    append(&setting, later()).await.expect("appended");
    append(&setting, later()).await.expect("appended");
    assert_eq!(setting.sign_ins(), 2);
    assert_eq!(setting.calls().len(), 2);
}

#[tokio::test]
async fn a_long_lived_token_is_not_renewed_early() {
    let setting = with_server(oauth("s-1"), strict("s-1", Some(7_200), 0));
    append(&setting, later()).await.expect("appended");
    append(&setting, later()).await.expect("appended");
    assert_eq!(setting.sign_ins(), 1);
}

#[tokio::test]
async fn calls_that_meet_a_revoked_token_share_one_renewal() {
    let setting = with_server(oauth("s-1"), strict("s-1", None, 1));
    setting.client.warm_up(later()).await.expect("signed in");
    let (a, b, c) = tokio::join!(
        append(&setting, later()),
        append(&setting, later()),
        append(&setting, later())
    );
    for result in [a, b, c] {
        result.expect("appended");
    }
    assert_eq!(setting.sign_ins(), 2);
}

#[tokio::test]
async fn concurrent_first_calls_share_one_token() {
    let setting = with_server(oauth("s-1"), strict("s-1", None, 0));
    let (a, b) = tokio::join!(append(&setting, later()), append(&setting, later()));
    a.and(b).expect("appended");
    assert_eq!(setting.sign_ins(), 1);
}

#[tokio::test]
async fn a_rotated_client_secret_is_picked_up_without_a_restart() {
    let setting = with_server(oauth("old"), strict("new", None, 0));
    let error = append(&setting, later()).await.expect_err("refused");
    assert!(matches!(error, ZendeskError::Unauthorized), "{error:?}");
    assert!(setting.calls().is_empty());

    let zendesk = strict("new", None, 0);
    let vault = Vault::holding(oauth("old"));
    let store = vault.store();
    store.get().await.expect("the old value is cached");
    vault.change(oauth("new"));
    let client = ZendeskClient::new(http(), zendesk.base(), store);
    let setting = Setting {
        vault,
        zendesk,
        client,
    };
    append(&setting, later())
        .await
        .expect("appended with the new secret");
    assert_eq!(setting.calls().len(), 1);
}

#[tokio::test]
async fn a_token_that_is_refused_even_when_new_ends_the_call() {
    let setting = with_server(oauth("s-1"), strict("s-1", None, usize::MAX));
    let error = append(&setting, later()).await.expect_err("refused");
    assert!(matches!(error, ZendeskError::Unauthorized), "{error:?}");
    assert_eq!(setting.calls().len(), 2);
    assert_eq!(setting.sign_ins(), 2);
}

#[tokio::test]
async fn waiting_calls_share_a_refusal_of_the_credentials() {
    let setting = with_server(oauth("old"), strict("new", None, 0));
    let (a, b, c) = tokio::join!(
        append(&setting, later()),
        append(&setting, later()),
        append(&setting, later())
    );
    for result in [a, b, c] {
        assert!(matches!(result, Err(ZendeskError::Unauthorized)));
    }
    assert_eq!(setting.sign_ins(), 1);
}

#[tokio::test]
async fn credentials_filled_in_after_the_first_look_are_used_at_once() {
    let setting = with_server(json!({}), strict("s-1", None, 0));
    let empty = append(&setting, later()).await;
    assert!(
        matches!(empty, Err(ZendeskError::Unavailable { .. })),
        "{empty:?}"
    );

    let vault = Vault::holding(json!({}));
    let store = vault.store();
    store.get().await.expect("the empty secret is cached");
    vault.change(oauth("s-1"));
    let zendesk = strict("s-1", None, 0);
    let client = ZendeskClient::new(http(), zendesk.base(), store);
    let setting = Setting {
        vault,
        zendesk,
        client,
    };
    append(&setting, later()).await.expect("appended");
}

#[tokio::test]
async fn a_legacy_token_signs_in_by_basic_and_is_read_again_when_refused() {
    let legacy = |token| json!({"zendesk_email": "joe@acme.example", "zendesk_api_token": token});
    let replies = [
        written("open"),
        Reply::json(401, json!({})),
        written("open"),
    ];
    let setting = with_server(legacy("t-1"), Server::script(replies));
    append(&setting, later()).await.expect("appended");
    setting.vault.change(legacy("t-2"));
    append(&setting, later())
        .await
        .expect("appended with the new token");
    let seen = setting.zendesk.requests();
    let header = |index: usize| seen[index].header("authorization").expect("credentials");
    // joe@acme.example/token:t-1
    assert_eq!(header(0), "Basic am9lQGFjbWUuZXhhbXBsZS90b2tlbjp0LTE=");
    assert_eq!(header(1), header(0));
    assert_eq!(header(2), "Basic am9lQGFjbWUuZXhhbXBsZS90b2tlbjp0LTI=");
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn a_sign_in_that_fails_leaves_nothing_done() {
    for (reply, limited) in [(Reply::html(502), false), (Reply::empty(429), true)] {
        let setting = with_server(oauth("s-1"), Server::script([reply]));
        let error = append(&setting, later()).await.expect_err("no token");
        match error {
            ZendeskError::RateLimited { .. } => assert!(limited),
            ZendeskError::Unavailable { .. } => assert!(!limited),
            other => panic!("{other:?}"),
        }
        assert!(setting.calls().is_empty());
    }
}

#[tokio::test]
async fn a_secret_without_credentials_reaches_nobody() {
    let setting = with_server(json!({}), Server::script([]));
    let error = append(&setting, later()).await.expect_err("no credentials");
    assert!(
        matches!(error, ZendeskError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(setting.zendesk.requests().is_empty());
}
