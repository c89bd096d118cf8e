//! Links of customers that lead inside: by any spelling of an address, by name, by redirect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use local::Stack;
use serde_json::json;
use tokio::net::TcpListener;

use crate::kit::{CUSTOMER_TEXTS, Post, stack};

/// Something inside that counts who comes.
async fn trap(address: &str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(address).await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let caught = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&caught);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, caught)
}

/// Texts these links, ten at a time, and reads the reasons on the ticket.
async fn told(stack: &Stack, links: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, links) in links.chunks(10).enumerate() {
        let customer = format!("links-{number}");
        let text = CUSTOMER_TEXTS
            .replace("\"ana\"", &format!("\"{customer}\""))
            .replace("d-1", &customer);
        let text = text.replacen('{', &format!("{{\"media_urls\":{},", json!(links)), 1);
        let answer = Post::text(text).send(stack).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        let id = answer.body["ticket_id"].as_u64().expect("a ticket");
        let ticket = stack.zendesk.ticket(id).expect("the ticket");
        let comment = &ticket.comments[0];
        assert!(comment.attachments.is_empty(), "{}", comment.plain_body);
        let named = comment
            .plain_body
            .lines()
            .filter(|line| line.contains("http"));
        lines.extend(named.map(str::to_owned));
    }
    assert_eq!(lines.len(), links.len(), "{lines:?}");
    lines
}

/// Every line says one of these reasons.
fn assert_reasons(lines: &[String], reasons: &[&str]) {
    for line in lines {
        let given = reasons.iter().any(|reason| line.contains(reason));
        assert!(given, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_an_inner_address_is_followed() {
    let stack = stack().await;
    let (port, caught) = trap("127.0.0.1:0").await;
    let hosts = [
        "127.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f000001",
        "127.1",
        "0",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ];
    let mut links: Vec<String> = hosts
        .iter()
        .map(|host| format!("https://{host}:{port}/"))
        .collect();
    links.extend(
        [
            "169.254.169.254/latest/meta-data",
            "2852039166/latest/meta-data",
            "[fd00:ec2::254]/",
            "10.0.0.1/",
            "192.168.0.1/",
            "172.16.0.1/",
            "100.64.0.1/",
            "[fc00::1]/",
            "[fe80::1]/",
            "168.63.129.16/",
        ]
        .map(|rest| format!("https://{rest}")),
    );
    let lines = told(&stack, &links).await;
    assert_reasons(&lines, &["private address"]);
    assert_eq!(caught.load(Ordering::SeqCst), 0, "somebody came in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_inside_is_not_followed() {
    let stack = stack().await;
    let lines = told(&stack, &["https://localhost/a.png".to_owned()]).await;
    assert_reasons(&lines, &["private address"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_with_user_names_ports_zones_or_another_scheme_are_not_followed() {
    let stack = stack().await;
    let (port, caught) = trap("127.0.0.1:0").await;
    let links = [
        format!("https://media.example.com@127.0.0.1:{port}/"),
        format!("https://media.example.com:443@localhost:{port}/"),
        format!("https://localhost:{port}/"),
        "https://[fe80::1%25eth0]/".to_owned(),
        "https://media.example.com:22/".to_owned(),
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
    ];
    let lines = told(&stack, &links).await;
    assert_reasons(&lines, &["cannot be used", "not https"]);
    assert_eq!(caught.load(Ordering::SeqCst), 0, "somebody came in");
}
