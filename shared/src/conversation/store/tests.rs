//! The store against an embedded DynamoDB: one winner, no duplicate, fencing.

use std::sync::Arc;

use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;
use crate::config::AwsEnv;
use crate::conversation::state::{Entry, Lane, State, Status, Wait};
use crate::message::{Alias, Body, DeliveryId, Event, Reply, Text};
use crate::net::Http;
use crate::secrets::Secret;

const NOW: i64 = 1_790_000_000_000;

async fn table() -> Store {
    let database = Database::memory().expect("database");
    let request: CreateTableRequest = serde_json::from_value(json!({
        "TableName": "bridge",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "due_shard", "AttributeType": "N"},
            {"AttributeName": "due_at", "AttributeType": "N"},
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "due",
            "KeySchema": [
                {"AttributeName": "due_shard", "KeyType": "HASH"},
                {"AttributeName": "due_at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
    }))
    .expect("request");
    database.create_table(request).expect("table");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let endpoint = format!("http://{}", listener.local_addr().expect("address"));
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let env = AwsEnv {
        region: "eu-west-1".to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: Secret::new("test"),
        session_token: None,
        dynamodb_endpoint: Some(endpoint),
        secretsmanager_endpoint: None,
    };
    Store::new(
        &AwsParts::new(&env, &Http::new(None).expect("client")),
        "bridge",
    )
}

fn key() -> Key {
    Key::Customer("ana".parse().expect("id"))
}

fn entry(id: &str) -> Entry {
    let body = Body::Text(Text {
        text: id.into(),
        ..Text::default()
    });
    Entry::fresh(Event {
        delivery: DeliveryId::derive("text", &[id]),
        received_at: NOW,
        body,
    })
}

fn lease(owner: &str) -> Lease {
    Lease {
        owner: owner.to_owned(),
        until: NOW + 20_000,
    }
}

async fn hold(store: &Store, id: &str, owner: &str) -> Held {
    match store
        .accept(&key(), &entry(id), &[], &lease(owner), NOW)
        .await
        .expect("stored")
    {
        Accepted::Held(held) => held,
        other => panic!("not held: {other:?}"),
    }
}

/// What of the key's shard is due at a time, whomever it waits for.
async fn due_at(store: &Store, now: i64) -> Vec<Due> {
    let due = store.due(key().shard(), &Vendor::ALL, now, 10).await;
    let due = due.expect("read").into_iter();
    due.map(|one| one.due).collect()
}

fn ids(held: &Held) -> Vec<&str> {
    held.mailbox
        .iter()
        .map(|entry| entry.event.delivery.as_str())
        .collect()
}

#[tokio::test]
async fn of_many_racing_texts_one_gets_the_conversation_and_none_is_lost() {
    let store = Arc::new(table().await);
    let mut racing = JoinSet::new();
    for n in 0..40 {
        let store = Arc::clone(&store);
        racing.spawn(async move {
            let id = n.to_string();
            store
                .accept(&key(), &entry(&id), &[], &lease(&id), NOW)
                .await
                .expect("stored")
        });
    }
    let answers = racing.join_all().await;
    let held = answers
        .iter()
        .filter(|answer| matches!(answer, Accepted::Held(_)))
        .count();
    assert_eq!(held, 1);
    assert!(
        answers
            .iter()
            .all(|a| matches!(a, Accepted::Held(_) | Accepted::Stored(_)))
    );
    let (held, _) = store
        .take_due(&key(), &lease("later"), NOW + 20_000)
        .await
        .expect("read")
        .expect("due once the lease is over");
    assert_eq!(held.mailbox.len(), 40);
}

#[tokio::test]
async fn an_event_is_accepted_once_also_after_it_was_done() {
    let store = table().await;
    let mut held = hold(&store, "a", "one").await;
    let again = store
        .accept(&key(), &entry("a"), &[], &lease("two"), NOW)
        .await
        .expect("read");
    assert!(matches!(again, Accepted::Duplicate(_)));
    held.mailbox.clear();
    assert!(matches!(
        store.settle(&mut held, Leave::Idle, &[], NOW).await,
        Ok(Settled::Done)
    ));
    let two_days = NOW + 48 * 60 * 60 * 1000;
    let late = store
        .accept(&key(), &entry("a"), &[], &lease("two"), two_days)
        .await
        .expect("read");
    assert!(matches!(late, Accepted::Duplicate(_)));
}

#[tokio::test]
async fn an_event_is_accepted_once_also_where_one_clock_is_in_tomorrow_already() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let midnight = (NOW / DAY + 1) * DAY;
    let store = table().await;
    let ahead = Lease {
        owner: "a".to_owned(),
        until: midnight + 20_000,
    };
    let accept = |lease, at| {
        let store = &store;
        async move { store.accept(&key(), &entry("1"), &[], &lease, at).await }
    };
    let first = accept(ahead.clone(), midnight + 500).await;
    assert!(matches!(first, Ok(Accepted::Held(_))), "{first:?}");
    let behind = Lease {
        owner: "b".to_owned(),
        ..ahead
    };
    let again = accept(behind, midnight - 500).await;
    assert!(matches!(again, Ok(Accepted::Duplicate(_))), "{again:?}");
}

#[tokio::test]
async fn an_alias_that_was_seen_makes_a_duplicate_unless_it_is_only_noted() {
    let store = table().await;
    let id = || DeliveryId::derive("alias", &["x"]);
    let (refused, noted) = ([Alias::Refused(id())], [Alias::Noted(id())]);
    for (event, aliases, known) in [
        ("a", &noted, false),
        ("b", &noted, false),
        ("c", &refused, true),
        ("d", &noted, false),
    ] {
        let accepted = store
            .accept(&key(), &entry(event), aliases, &lease("one"), NOW)
            .await
            .expect("an answer");
        let refused = matches!(accepted, Accepted::Duplicate(_));
        assert_eq!(refused, known, "{event}: {accepted:?}");
    }
}

#[tokio::test]
async fn what_comes_in_while_working_is_found_when_settling() {
    let store = table().await;
    let mut held = hold(&store, "a", "one").await;
    let second = store
        .accept(&key(), &entry("b"), &[], &lease("two"), NOW)
        .await
        .expect("stored");
    assert!(matches!(second, Accepted::Stored(_)));
    held.mailbox.clear();
    held.state.status = Some(Status::Open);
    let settled = store
        .settle(&mut held, Leave::Idle, &[], NOW)
        .await
        .expect("answered");
    assert!(
        matches!(settled, Settled::Moved),
        "nothing was released over the new event"
    );
    assert_eq!(ids(&held), [entry("b").event.delivery.as_str()]);
    let leave = Leave::Working {
        on: 0,
        until: NOW + 30_000,
    };
    assert!(matches!(
        store.settle(&mut held, leave, &[], NOW).await,
        Ok(Settled::Done)
    ));
    assert_eq!(
        held.claim(),
        Some(Claim::Delivery(entry("b").event.delivery.as_str()))
    );
}

#[tokio::test]
async fn a_holder_whose_lease_was_taken_over_writes_nothing_any_more() {
    let store = table().await;
    let mut old = hold(&store, "a", "one").await;
    let taken = store
        .take_due(&key(), &lease("two"), NOW + 20_000)
        .await
        .expect("read");
    let (mut new, before) = taken.expect("the lease is over");
    assert_eq!(
        before.claim(),
        Some(Claim::Delivery(entry("a").event.delivery.as_str()))
    );
    old.mailbox.clear();
    assert!(matches!(
        store.settle(&mut old, Leave::Idle, &[], NOW).await,
        Ok(Settled::Lost)
    ));
    assert_eq!(ids(&new), [entry("a").event.delivery.as_str()]);
    new.mailbox.clear();
    assert!(matches!(
        store.settle(&mut new, Leave::Idle, &[], NOW).await,
        Ok(Settled::Done)
    ));
}

#[tokio::test]
async fn only_what_waits_is_due_and_only_one_takes_it() {
    let store = table().await;
    let mut held = hold(&store, "a", "one").await;
    assert_eq!(due_at(&store, NOW).await, []);
    let parked = Leave::Parked(NOW + 5_000);
    assert!(matches!(
        store.settle(&mut held, parked, &[], NOW).await,
        Ok(Settled::Done)
    ));
    assert_eq!(due_at(&store, NOW + 4_999).await, []);
    assert_eq!(
        due_at(&store, NOW + 5_000).await,
        [Due::Conversation(key())]
    );
    let at = NOW + 5_000;
    let first = Lease {
        owner: "one".to_owned(),
        until: at + 20_000,
    };
    let (mut held, before) = store
        .take_due(&key(), &first, at)
        .await
        .expect("read")
        .expect("due");
    assert!(before.is_parked() && before.claim().is_none());
    let second = Lease {
        owner: "two".to_owned(),
        until: at + 20_000,
    };
    assert!(
        store
            .take_due(&key(), &second, at)
            .await
            .expect("read")
            .is_none()
    );
    held.mailbox.clear();
    assert!(matches!(
        store.settle(&mut held, Leave::Idle, &[], at).await,
        Ok(Settled::Done)
    ));
    assert_eq!(due_at(&store, i64::MAX).await, []);
}

/// What waits for one vendor is not read where the other's is looked for.
#[tokio::test]
async fn what_waits_is_found_under_the_vendor_it_waits_for() {
    let store = table().await;
    let mut held = hold(&store, "a", "one").await;
    let reply = Entry::fresh(Event {
        body: Body::Reply(Reply::default()),
        ..entry("r").event
    });
    held.mailbox.push(reply);
    let due = async |vendor| {
        let due = store.due(key().shard(), &[vendor], NOW + 5_000, 10).await;
        let due = due.expect("read").into_iter();
        due.map(|one| one.at).collect::<Vec<_>>()
    };
    let waits = |state: &mut State, lane: Lane, until| {
        *state.wait(lane) = Some(Wait { until, attempts: 1 });
    };
    for (first, zendesk, braze) in [
        (Vendor::Zendesk, NOW + 1_000, NOW + 2_000),
        (Vendor::Braze, NOW + 3_000, NOW + 1_500),
    ] {
        waits(&mut held.state, Lane::Zendesk, zendesk);
        waits(&mut held.state, Lane::Braze, braze);
        let at = zendesk.min(braze);
        let settled = store.settle(&mut held, Leave::Parked(at), &[], NOW).await;
        assert!(matches!(settled, Ok(Settled::Done)), "{settled:?}");
        for vendor in Vendor::ALL {
            let there = if vendor == first { vec![at] } else { vec![] };
            assert_eq!(due(vendor).await, there, "{vendor:?}");
            let waiting = store.waiting(vendor).await.expect("counted");
            assert_eq!(waiting, u64::from(vendor == first), "{vendor:?}");
        }
        let taken = store.take_due(&key(), &lease("one"), at).await;
        (held, _) = taken.expect("taken").expect("due");
    }
}

#[tokio::test]
async fn a_waiting_conversation_is_taken_only_as_it_was_seen() {
    let store = table().await;
    let mut held = hold(&store, "a", "one").await;
    let parked = Leave::Parked(NOW + 60_000);
    assert!(matches!(
        store.settle(&mut held, parked, &[], NOW).await,
        Ok(Settled::Done)
    ));
    let accepted = store
        .accept(&key(), &entry("b"), &[], &lease("two"), NOW)
        .await
        .expect("stored");
    let Accepted::Stored(seen) = accepted else {
        panic!("{accepted:?}")
    };
    assert!(
        seen.is_parked() && seen.until == NOW + 60_000,
        "its time is kept"
    );
    let claim = entry("b").event.delivery;
    let taken = store
        .take(seen.clone(), &claim, &lease("two"))
        .await
        .expect("read");
    assert_eq!(taken.expect("as seen").mailbox.len(), 2);
    assert!(
        store
            .take(seen, &claim, &lease("three"))
            .await
            .expect("read")
            .is_none()
    );
}

#[tokio::test]
async fn a_full_mailbox_takes_no_more_and_loses_nothing() {
    let store = table().await;
    for n in 0..MAILBOX_LIMIT {
        store
            .accept(&key(), &entry(&n.to_string()), &[], &lease("one"), NOW)
            .await
            .expect("stored");
    }
    let over = store
        .accept(&key(), &entry("over"), &[], &lease("two"), NOW)
        .await
        .expect("read");
    assert!(matches!(over, Accepted::Full(Some(_))));
    let taken = store
        .take_due(&key(), &lease("two"), NOW + 20_000)
        .await
        .expect("read");
    let (mut held, _) = taken.expect("due");
    assert_eq!(held.mailbox.len(), MAILBOX_LIMIT);
    held.mailbox.clear();
    store
        .settle(&mut held, Leave::Idle, &[], NOW)
        .await
        .expect("written");
    let again = store
        .accept(&key(), &entry("over"), &[], &lease("two"), NOW)
        .await
        .expect("read");
    assert!(
        matches!(again, Accepted::Held(_)),
        "sent again, it is accepted"
    );
}

#[tokio::test]
async fn an_event_too_large_for_the_item_is_refused_and_the_rest_stays() {
    let store = table().await;
    let big = |id: &str| {
        let body = Body::Text(Text {
            text: "x".repeat(250_000).as_str().into(),
            ..Text::default()
        });
        Entry::fresh(Event {
            delivery: DeliveryId::derive("text", &[id]),
            received_at: NOW,
            body,
        })
    };
    let first = store
        .accept(&key(), &big("a"), &[], &lease("one"), NOW)
        .await
        .expect("stored");
    assert!(matches!(first, Accepted::Held(_)));
    let second = store
        .accept(&key(), &big("b"), &[], &lease("two"), NOW)
        .await
        .expect("read");
    assert!(matches!(second, Accepted::Full(None)));
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside_and_the_rest_goes_on() {
    let item = codec::Item::from([
        ("v".to_owned(), codec::number(3)),
        ("lease".to_owned(), AttributeValue::S("-".to_owned())),
        (
            "mailbox".to_owned(),
            AttributeValue::L(vec![
                AttributeValue::S(r#"{"id":"x","at":1}"#.to_owned()),
                AttributeValue::S(serde_json::to_string(&entry("a")).expect("json")),
            ]),
        ),
    ]);
    let held = codec::held(&key(), item);
    assert_eq!((held.poison.len(), ids(&held).len()), (1, 1));
}

#[tokio::test]
async fn what_cannot_be_read_among_what_came_in_is_set_aside_too() {
    let store = table().await;
    let mut held = hold(&store, "a", "mine").await;
    let unknown = r#"{"id":"x","at":1}"#;
    let append = store
        .update(&key())
        .update_expression("SET v = v + :one, mailbox = list_append(mailbox, :new)")
        .expression_attribute_values(":one", codec::number(1))
        .expression_attribute_values(
            ":new",
            AttributeValue::L(vec![AttributeValue::S(unknown.to_owned())]),
        );
    append.send().await.expect("appended");
    let leave = Leave::Parked(NOW + 1_000);
    let settled = store.settle(&mut held, leave, &[], NOW).await;
    assert!(matches!(settled, Ok(Settled::Moved)), "{settled:?}");
    assert_eq!(held.poison, [unknown]);
}

/// What a newer version may store: members and words that this one does not know, at every depth.
const NEWER_STATE: &str =
    r#"{"mood":"calm","ticket":35,"unconfirmed":[{"how_sure":7,"sent":1,"ticket":35}]}"#;
const NEWER_TEXT: &str = r#"{"at":1,"id":"a","kind":"text","p":{"posted":true,"seen":[1,2],"why":"bored"},"profile":{"name":"","phone":"","pronouns":"they"},"support":false,"text":"hi"}"#;
const NEWER_KIND: &str =
    r#"{"at":2,"id":"b","kind":"from_the_future","what":{"else":[{"x":null}]}}"#;

#[tokio::test]
async fn what_only_a_newer_version_knows_is_written_back_as_it_was() {
    let store = table().await;
    let json = |text: &str| AttributeValue::S(text.to_owned());
    let planted = store
        .update(&key())
        .update_expression(
            "SET v = :v, form = :form, memory = :state, mailbox = :mailbox, lease = :free, \
             due_at = :now, due_shard = :shard, later = :later",
        )
        .expression_attribute_values(":v", codec::number(7))
        .expression_attribute_values(":form", codec::number(9))
        .expression_attribute_values(":state", json(NEWER_STATE))
        .expression_attribute_values(
            ":mailbox",
            AttributeValue::L(vec![json(NEWER_TEXT), json(NEWER_KIND)]),
        )
        .expression_attribute_values(":free", json(PARKED))
        .expression_attribute_values(":now", codec::number(NOW))
        .expression_attribute_values(":shard", codec::number(i64::from(key().shard())))
        .expression_attribute_values(":later", json("kept"));
    planted.send().await.expect("written by a newer version");

    let taken = store.take_due(&key(), &lease("one"), NOW).await;
    let (mut held, _) = taken.expect("read").expect("due");
    assert_eq!((held.poison.len(), ids(&held).len()), (0, 2));
    held.state.opted_out = true;
    held.mailbox[0].progress.sent = 2;
    held.mailbox.push(entry("c"));
    let settled = store.settle(&mut held, Leave::Parked(NOW), &[], NOW).await;
    assert!(matches!(settled, Ok(Settled::Done)), "{settled:?}");

    let item = store.client.get_item().table_name(&store.table);
    let item = item
        .key("pk", json(&key().pk()))
        .send()
        .await
        .expect("read");
    let item = item.item.expect("there");
    let parsed = |value: &AttributeValue| -> serde_json::Value {
        serde_json::from_str(codec::string(value).expect("text")).expect("JSON")
    };
    let before = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect("JSON") };
    let mut state = before(NEWER_STATE);
    state["opted_out"] = true.into();
    assert_eq!(parsed(&item[codec::STATE]), state);
    let mailbox = item["mailbox"].as_l().expect("a list");
    let mut text = before(NEWER_TEXT);
    text["p"]["sent"] = 2.into();
    assert_eq!(parsed(&mailbox[0]), text);
    assert_eq!(parsed(&mailbox[1]), before(NEWER_KIND));
    assert_eq!(mailbox.len(), 3);
    assert_eq!(item["form"], codec::number(9));
    assert_eq!(item["later"], json("kept"));
}

#[tokio::test]
async fn an_item_carries_the_number_of_its_form() {
    let store = table().await;
    let mut held = hold(&store, "a", "one").await;
    held.mailbox.clear();
    let settled = store.settle(&mut held, Leave::Idle, &[], NOW).await;
    assert!(matches!(settled, Ok(Settled::Done)), "{settled:?}");
    let key = AttributeValue::S(key().pk());
    let item = store.client.get_item().table_name(&store.table);
    let item = item.key("pk", key).send().await.expect("read");
    assert_eq!(
        item.item.expect("there")["form"],
        codec::number(crate::conversation::unknown::FORM)
    );
}

#[tokio::test]
async fn what_was_in_doubt_stays_so_though_two_redeliveries_vanish() {
    let store = table().await;
    let mut held = hold(&store, "1", "a").await;
    let claimed = held.mailbox[0].event.delivery.clone();
    for (run, owner) in (1..).zip(["r1", "r2", "r3"]) {
        let now = NOW + run * 30_000;
        let lease = Lease {
            until: now + 20_000,
            ..lease(owner)
        };
        let taken = store.take_due(&key(), &lease, now).await.expect("taken");
        let (now_held, before) = taken.expect("due");
        assert_eq!(before.claim(), Some(Claim::Delivery(claimed.as_str())));
        held = now_held;
    }
    // What is written down ends the doubt.
    let leave = Leave::Working {
        on: 0,
        until: NOW + 120_000,
    };
    let settled = store.settle(&mut held, leave, &[], NOW + 100_000).await;
    assert!(matches!(settled, Ok(Settled::Done)));
    let taken = store.take_due(&key(), &lease("r4"), NOW + 130_000).await;
    let (_, before) = taken.expect("taken").expect("due");
    assert_eq!(before.lost, None);
}

#[tokio::test]
async fn an_event_put_back_waits_for_anybody_and_is_put_back_once() {
    let store = table().await;
    assert_eq!(
        store
            .put_back(&key(), &entry("a"), NOW)
            .await
            .expect("stored"),
        PutBack::Stored
    );
    assert_eq!(due_at(&store, NOW).await, [Due::Conversation(key())]);
    assert_eq!(
        store
            .put_back(&key(), &entry("a"), NOW)
            .await
            .expect("read"),
        PutBack::Before
    );
    let (held, before) = store
        .take_due(&key(), &lease("one"), NOW)
        .await
        .expect("taken")
        .expect("due");
    assert!(before.is_parked() && before.claim().is_none());
    assert_eq!(held.mailbox.len(), 1);
    assert!(!held.mailbox[0].progress.doubtful);
}

#[tokio::test]
async fn an_event_put_back_goes_behind_what_a_holder_works_on() {
    let store = table().await;
    let mut held = hold(&store, "a", "one").await;
    let stored = store.put_back(&key(), &entry("b"), NOW).await;
    assert_eq!(stored.expect("stored"), PutBack::Stored);
    held.mailbox.clear();
    let settled = store.settle(&mut held, Leave::Idle, &[], NOW).await;
    assert!(matches!(settled, Ok(Settled::Moved)));
    assert_eq!(ids(&held), [entry("b").event.delivery.as_str()]);
}

#[tokio::test]
async fn updates_are_counted_together_and_what_is_over_is_forgotten() {
    let store = table().await;
    let count = async |span, updates, over: &[i64]| {
        let more = Counted { span, updates };
        let counted = store.count_updates(more, over, 60, NOW).await;
        let mut counted = counted.expect("counted");
        counted.sort_by_key(|one| one.span);
        counted
            .iter()
            .map(|one| (one.span, one.updates))
            .collect::<Vec<_>>()
    };
    assert_eq!(count(7, 3, &[]).await, [(7, 3)]);
    assert_eq!(count(8, 2, &[]).await, [(7, 3), (8, 2)]);
    assert_eq!(count(8, -1, &[5, 7]).await, [(8, 1)]);
}
