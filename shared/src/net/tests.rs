//! The HTTP client against a server that misbehaves.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use super::*;
use crate::test_support::{Reply, Server, http, later, soon};

fn post(server: &Server, repeat: Repeat) -> Request {
    Request::new(Method::POST, server.base().at("/x"), repeat).json(&json!({"a": 1}))
}

fn ok() -> Reply {
    Reply::json(200, json!({"ok": true}))
}

#[tokio::test]
async fn an_answer_of_any_status_is_read_with_its_headers() {
    let server = Server::script([Reply::html(502).with("retry-after", 7)]);
    let answer = http()
        .send(post(&server, Repeat::Never), later())
        .await
        .expect("an answer");
    assert_eq!(answer.status, 502);
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert!(
        answer
            .refused()
            .detail
            .text
            .as_str()
            .contains("Bad Gateway")
    );
    let seen = &server.requests()[0];
    assert_eq!(seen.line, "POST /x");
    assert_eq!(seen.body, r#"{"a":1}"#);
    assert_eq!(seen.header("content-length"), Some("7"));
    assert_eq!(seen.header("transfer-encoding"), None);
    assert_eq!(seen.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::script([ok()]);
    let server = Server::script([Reply::empty(302).with("location", elsewhere.url())]);
    let answer = http()
        .send(post(&server, Repeat::Safe), later())
        .await
        .expect("an answer");
    assert_eq!(answer.status, 302);
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn nobody_listening_means_not_sent() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let base: BaseUrl = format!("http://{}", port.expect("a port"))
        .parse()
        .expect("valid");
    for repeat in [Repeat::Safe, Repeat::Never] {
        let request = Request::new(Method::POST, base.at("/x"), repeat).json(&1);
        let failure = http().send(request, later()).await.expect_err("refused");
        assert!(matches!(failure, NoAnswer::NotSent(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn a_time_out_within_the_tls_handshake_means_not_sent() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("bound");
    let base: BaseUrl = format!("https://{address}").parse().expect("valid");
    let request = Request::new(Method::POST, base.at("/x"), Repeat::Never).json(&1);
    let deadline = Deadline::after(Duration::from_millis(100));
    let failure = http()
        .send(request, deadline)
        .await
        .expect_err("no handshake");
    assert!(matches!(failure, NoAnswer::NotSent(_)), "{failure:?}");
}

#[tokio::test]
async fn a_passed_deadline_sends_nothing() {
    let server = Server::script([ok()]);
    let failure = http()
        .send(post(&server, Repeat::Safe), Deadline::after(Duration::ZERO))
        .await;
    assert!(matches!(failure, Err(NoAnswer::NotSent(_))));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn no_answer_in_time_is_unknown_and_is_not_repeated() {
    for repeat in [Repeat::Safe, Repeat::Never] {
        let server = Server::script([Reply::Hang, ok()]);
        let failure = http()
            .send(post(&server, repeat), soon())
            .await
            .expect_err("no answer");
        assert!(matches!(failure, NoAnswer::Unknown(_)), "{failure:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_connection_lost_after_the_request_is_unknown_and_only_a_safe_request_is_repeated() {
    let server = Server::script([ok(), Reply::Drop, ok()]);
    let http = http();
    http.send(post(&server, Repeat::Never), later())
        .await
        .expect("an answer");
    let failure = http
        .send(post(&server, Repeat::Never), later())
        .await
        .expect_err("dropped");
    assert!(matches!(failure, NoAnswer::Unknown(_)), "{failure:?}");
    let seen = server.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].connection, seen[1].connection);

    let server = Server::script([Reply::Drop, ok()]);
    http.send(post(&server, Repeat::Safe), later())
        .await
        .expect("the second answer");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_safe_request_is_repeated_only_once() {
    let server = Server::script([Reply::Drop, Reply::Drop, ok()]);
    let failure = http()
        .send(post(&server, Repeat::Safe), later())
        .await
        .expect_err("dropped");
    assert!(matches!(failure, NoAnswer::Unknown(_)));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_connection_that_died_during_a_freeze_is_replaced_before_anything_is_sent() {
    let kinds: [fn(&Server) -> Request; 3] = [
        |server| post(server, Repeat::Safe),
        |server| post(server, Repeat::Never),
        |server| post(server, Repeat::Safe).lasting(),
    ];
    for post in kinds {
        let close = Arc::new(Notify::new());
        let server = Server::script([Reply::ThenClose(200, close.clone()), ok()]);
        let http = http();
        http.send(post(&server), later()).await.expect("an answer");
        close.notify_one();
        server.freeze_until_closed();
        http.send(post(&server), later())
            .await
            .expect("an answer over a new connection");
        let seen = server.requests();
        assert_eq!(seen.len(), 2);
        assert_ne!(seen[0].connection, seen[1].connection);
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_requests_of_either_kind() {
    let server = Server::script([ok(), ok(), ok()]);
    let http = http();
    for repeat in [Repeat::Safe, Repeat::Never, Repeat::Never] {
        http.send(post(&server, repeat), later())
            .await
            .expect("an answer");
    }
    let seen = server.requests();
    assert!(
        seen.iter()
            .all(|request| request.connection == seen[0].connection)
    );
}

#[tokio::test]
async fn a_body_that_ends_early_leaves_the_status_known() {
    let server = Server::script([Reply::Half(201)]);
    let answer = http()
        .send(post(&server, Repeat::Never), later())
        .await
        .expect("a status");
    assert_eq!(answer.status, 201);
    assert!(matches!(answer.body, Err(BodyError::Dropped(_))));
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read() {
    let server = Server::script([Reply::Answer(200, Vec::new(), "x".repeat((8 << 20) + 1))]);
    let answer = http()
        .send(post(&server, Repeat::Never), later())
        .await
        .expect("a status");
    assert!(matches!(answer.body, Err(BodyError::TooLarge)));
}

/// Accepts TLS connections with a certificate of its own until it is dropped; answers one request
/// on each.
async fn tls_server() -> (BaseUrl, String, tokio::task::JoinHandle<()>) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.expect("a key"))
        .expect("a configuration");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4096];
            if stream
                .read(&mut request)
                .await
                .is_ok_and(|length| length > 0)
            {
                let answer = b"HTTP/1.1 204 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(answer).await.expect("written");
            }
        }
    });
    let base = format!("https://localhost:{port}").parse().expect("valid");
    (base, own.cert.pem(), serving)
}

#[tokio::test]
async fn a_certificate_of_the_extra_file_is_trusted_and_no_other() {
    let (base, pem, serving) = tls_server().await;
    let request = || Request::new(Method::POST, base.at("/x"), Repeat::Never).json(&1);
    let failure = http()
        .send(request(), later())
        .await
        .expect_err("an unknown certificate");
    assert!(matches!(failure, NoAnswer::NotSent(_)), "{failure:?}");

    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pem).expect("written");
    let trusting = Http::new(Some(file.path())).expect("a client");
    assert_eq!(
        trusting
            .send(request(), later())
            .await
            .expect("an answer")
            .status,
        204
    );
    serving.abort();
}
