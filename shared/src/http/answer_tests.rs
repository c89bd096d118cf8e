use super::*;

const DELIVERY: &str = "0f1e";

fn known() -> Known {
    Known::new(DeliveryId::derive("reply", &[DELIVERY]), TicketId::new(35))
}

fn malformed() -> Malformed {
    Malformed {
        field: "external_user_id",
        problem: "is missing".to_owned(),
    }
}

fn every_answer() -> Vec<WebhookAnswer> {
    vec![
        WebhookAnswer::Delivered(known()),
        WebhookAnswer::Queued(known()),
        WebhookAnswer::Duplicate(known()),
        WebhookAnswer::Ignored(Cow::Borrowed("comment by an end user"), known()),
        WebhookAnswer::Malformed(malformed()),
        WebhookAnswer::NotAuthentic,
        WebhookAnswer::TooLarge(262_144),
        WebhookAnswer::Unavailable,
    ]
}

fn sent(answer: &WebhookAnswer) -> (u16, Option<String>, Option<String>, Value) {
    let response = answer.response();
    let header = |name| {
        let value: &HeaderValue = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let body: &[u8] = response.body().as_ref();
    (
        response.status().as_u16(),
        header(CONTENT_TYPE),
        header(RETRY_AFTER),
        serde_json::from_slice(body).expect("every body is JSON"),
    )
}

fn problem(status: u16, title: &str, detail: &str) -> Value {
    json!({"type": "about:blank", "title": title, "status": status, "detail": detail})
}

/// Status, `Retry-After` and body of every answer, in the same order.
fn rows() -> [(u16, Option<&'static str>, Value); 8] {
    let id = DeliveryId::derive("reply", &[DELIVERY]).to_string();
    let outcome = |name: &str| json!({"outcome": name, "delivery_id": id, "ticket_id": 35});
    let mut ignored = outcome("ignored");
    ignored["reason"] = json!("comment by an end user");
    let not_understood = "The event cannot be understood";
    let not_stored = "Temporarily unavailable";
    let again = "Retry later; duplicates are ignored.";
    let limit = "At most 262144 bytes are accepted.";
    let not_authentic = json!({"type": "about:blank", "title": "Not authentic", "status": 401});
    [
        (200, None, outcome("delivered")),
        (202, None, outcome("queued")),
        (200, None, outcome("duplicate")),
        (200, None, ignored),
        (
            400,
            None,
            problem(400, not_understood, "external_user_id is missing"),
        ),
        (401, None, not_authentic),
        (413, None, problem(413, "The body is too large", limit)),
        (503, Some("5"), problem(503, not_stored, again)),
    ]
}

#[test]
fn every_row_of_the_table_is_answered_as_the_contract_says() {
    let rows = rows();
    let answers = every_answer();
    assert_eq!(answers.len(), rows.len());
    for (answer, (status, retry_after, body)) in answers.iter().zip(rows) {
        let content_type = if status < 300 {
            "application/json"
        } else {
            "application/problem+json"
        };
        let want = (
            status,
            Some(content_type.to_owned()),
            retry_after.map(str::to_owned),
            body,
        );
        assert_eq!(sent(answer), want, "{}", answer.name());
    }
}

/// What the two vendors do with an answer, as they document it.
fn is_repeated(by_zendesk: bool, status: u16, retry_after: Option<u64>) -> bool {
    if by_zendesk {
        status == 409 || (matches!(status, 429 | 503) && retry_after.is_some_and(|s| s < 60))
    } else {
        matches!(status, 408 | 429 | 500..=599)
    }
}

#[test]
fn either_sender_repeats_what_was_not_stored_and_nothing_else() {
    for answer in every_answer() {
        let (status, _, retry_after, _) = sent(&answer);
        let retry_after = retry_after.map(|s| s.parse().expect("seconds"));
        for by_zendesk in [true, false] {
            assert_eq!(
                is_repeated(by_zendesk, status, retry_after),
                answer == WebhookAnswer::Unavailable,
                "{}",
                answer.name()
            );
        }
    }
}

#[test]
fn what_is_not_known_is_left_out() {
    let (_, _, _, body) = sent(&WebhookAnswer::Ignored(
        Cow::Owned("preview".to_owned()),
        Known::default(),
    ));
    assert_eq!(body, json!({"outcome": "ignored", "reason": "preview"}));
    let delivery = DeliveryId::derive("text", &["a"]);
    let (_, _, _, body) = sent(&WebhookAnswer::Queued(Known::new(delivery.clone(), None)));
    assert_eq!(
        body,
        json!({"outcome": "queued", "delivery_id": delivery.as_str()})
    );
}

#[test]
fn names_in_logs_are_the_outcomes_and_all_different() {
    let names: std::collections::BTreeSet<_> =
        every_answer().iter().map(WebhookAnswer::name).collect();
    assert_eq!(names.len(), every_answer().len());
}
