//! Files: what goes out, and what is made of a refusal.

use super::*;
use crate::test_support::{later, soon};

fn upload_answer() -> Reply {
    Reply::json(
        201,
        json!({"upload": {"token": "up1", "attachment": {"id": 1}}}),
    )
}

async fn upload(
    setting: &Setting,
    deadline: crate::net::Deadline,
) -> Result<Personal, ZendeskError> {
    let file = NewFile {
        name: "mms 1&.png",
        kind: "image/png",
        content: "picture".into(),
    };
    setting.client.upload(file, deadline).await
}

#[tokio::test]
async fn a_file_is_uploaded_under_its_name_and_type() {
    let setting = setting([upload_answer()]);
    let token = upload(&setting, later()).await.expect("uploaded");
    assert_eq!(token.as_str(), "up1");
    assert!(!format!("{token:?}").contains("up1"));
    let seen = &setting.calls()[0];
    assert_eq!(seen.line, "POST /api/v2/uploads?filename=mms+1%26.png");
    assert_eq!(seen.header("content-type"), Some("image/png"));
    assert_eq!(seen.header("authorization"), Some("Bearer token-1"));
    assert_eq!(seen.header("content-length"), Some("7"));
    assert_eq!(seen.body, "picture");
}

#[tokio::test]
async fn a_refused_token_is_renewed_for_the_next_try() {
    let setting = setting([Reply::empty(401), upload_answer()]);
    let error = upload(&setting, later()).await.expect_err("refused");
    assert!(matches!(error, ZendeskError::Unauthorized), "{error:?}");
    upload(&setting, later()).await.expect("uploaded");
    let calls = setting.calls();
    assert_eq!(calls[1].header("authorization"), Some("Bearer token-2"));
}

#[tokio::test]
async fn an_account_that_wants_the_wider_scope_gets_it_and_is_asked_with_it_from_then_on() {
    let forbidden = || Reply::json(403, json!({"error": "Forbidden"}));
    let setting = setting([forbidden(), upload_answer(), upload_answer(), forbidden()]);
    let error = upload(&setting, later()).await.expect_err("refused");
    assert!(matches!(error, ZendeskError::Unauthorized), "{error:?}");
    for _ in 0..2 {
        upload(&setting, later()).await.expect("uploaded");
    }
    let error = upload(&setting, later())
        .await
        .expect_err("no right at all");
    assert!(matches!(error, ZendeskError::Forbidden), "{error:?}");
    let calls = setting.calls();
    for call in &calls[1..] {
        assert_eq!(call.header("authorization"), Some("Bearer token-2"));
    }
    let asked = setting.zendesk.requests();
    let mut asked = asked.iter().filter(|seen| is_sign_in(seen));
    assert!(
        asked
            .next_back()
            .is_some_and(|seen| seen.body.contains(r#""scope":"write""#))
    );
    assert_eq!((calls.len(), setting.sign_ins()), (4, 2));
}

#[tokio::test]
async fn a_refusal_and_an_outage_are_told_apart() {
    let setting = setting([Reply::empty(422), Reply::empty(503), Reply::html(502)]);
    let refused = upload(&setting, later()).await.expect_err("refused");
    assert!(matches!(
        refused,
        ZendeskError::Rejected { status: 422, .. }
    ));
    for _ in 0..2 {
        let out = upload(&setting, later()).await.expect_err("no answer");
        assert!(matches!(out, ZendeskError::Unavailable { .. }), "{out:?}");
    }
}

#[tokio::test]
async fn an_upload_without_an_answer_may_be_repeated() {
    for lost in [Reply::Drop, Reply::Hang] {
        let setting = setting([lost]);
        setting.client.warm_up(later()).await.expect("signed in");
        let error = upload(&setting, soon()).await.expect_err("no answer");
        assert!(
            matches!(error, ZendeskError::Unavailable { .. }),
            "{error:?}"
        );
    }
}
