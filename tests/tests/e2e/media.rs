//! Pictures that customers send: on the ticket as files, or named with their reason.

use std::sync::Arc;

use e2e::{PATIENCE, stack, stack_with};
use local::Stack;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::rustls::{self, pki_types::PrivatePkcs8KeyDer};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest of it";

/// An https host with a certificate of its own; `/hang` never answers.
async fn picture_host() -> (u16, NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]);
    let rcgen::CertifiedKey { cert, signing_key } = made.expect("a certificate");
    let pem = NamedTempFile::new().expect("a file");
    std::fs::write(pem.path(), cert.pem()).expect("written");
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .expect("a key");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    stream
                        .read_buf(&mut request)
                        .await
                        .ok()
                        .filter(|n| *n > 0)?;
                }
                if request.starts_with(b"GET /hang ") {
                    std::future::pending::<()>().await;
                }
                if request.starts_with(b"GET /drip ") {
                    // A megabyte, a byte a second.
                    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\ncontent-type: image/png\r\n\r\n";
                    stream.write_all(head.as_bytes()).await.ok()?;
                    for byte in PNG.iter().cycle() {
                        stream.write_all(&[*byte]).await.ok()?;
                        stream.flush().await.ok()?;
                        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                    }
                }
                let told = |kind: &str, more: &str, body: &[u8]| {
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\ncontent-type: {kind}\r\n{more}\r\n",
                        body.len()
                    );
                    [head.as_bytes(), body].concat()
                };
                if request.starts_with(b"GET /round ") {
                    let answer =
                        "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /round\r\n\r\n";
                    stream.write_all(answer.as_bytes()).await.ok()?;
                } else if request.starts_with(b"GET /liar ") {
                    stream
                        .write_all(&told("image/png", "", b"<html><script>"))
                        .await
                        .ok()?;
                } else if request.starts_with(b"GET /bomb ") {
                    let bomb = told("image/png", "content-encoding: gzip\r\n", b"\x1f\x8b\x08");
                    stream.write_all(&bomb).await.ok()?;
                } else if request.starts_with(b"GET /inside ") {
                    let inside = "location: https://169.254.169.254/latest/meta-data";
                    let answer =
                        format!("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n{inside}\r\n\r\n");
                    stream.write_all(answer.as_bytes()).await.ok()?;
                } else {
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\ncontent-type: image/png\r\n\r\n",
                        PNG.len()
                    );
                    stream
                        .write_all(&[head.as_bytes(), PNG].concat())
                        .await
                        .ok()?;
                }
                stream.shutdown().await.ok()
            });
        }
    });
    (port, pem)
}

async fn stack_that_trusts(pem: &NamedTempFile) -> Stack {
    let path = pem.path().display().to_string();
    stack_with(|options| {
        let variables = [
            ("EXTRA_CA_FILE", path),
            ("MEDIA_ALLOW_LOOPBACK", "true".to_owned()),
        ];
        let named = variables.map(|(name, value)| (name.to_owned(), Some(value)));
        options.variables.extend(named);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_on_the_ticket_with_its_text_and_alone() {
    let (port, pem) = picture_host().await;
    let stack = stack_that_trusts(&pem).await;
    let link = format!("https://127.0.0.1:{port}/1");
    stack
        .braze
        .customer_texts("ana", "Look", std::slice::from_ref(&link))
        .await;
    stack
        .braze
        .customer_texts("ana", "", &[link.clone(), link])
        .await;
    assert!(stack.quiesce(PATIENCE).await);
    let tickets = stack.zendesk.tickets();
    assert_eq!(tickets.len(), 1);
    let [first, second] = &tickets[0].comments[..] else {
        panic!("two comments")
    };
    assert_eq!(first.plain_body, "Look");
    assert_eq!(first.attachments.len(), 1);
    let file = &first.attachments[0];
    assert_eq!(
        (file.file_name.as_str(), file.content_type.as_str()),
        ("mms-1.png", "image/png")
    );
    assert_eq!(file.size, PNG.len());
    assert_eq!(second.plain_body, "(2 files)");
    assert_eq!(second.attachments.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_arrives_whatever_its_pictures_do() {
    let (port, pem) = picture_host().await;
    let stack = stack_that_trusts(&pem).await;
    let at = |path: &str| format!("https://127.0.0.1:{port}{path}");
    let links = [
        at("/hang"),
        at("/inside"),
        "http://plain.example/1.jpg".to_owned(),
    ];
    stack.braze.customer_texts("ana", "Look", &links).await;
    assert!(stack.quiesce(PATIENCE).await);
    let tickets = stack.zendesk.tickets();
    assert_eq!((tickets.len(), tickets[0].comments.len()), (1, 1));
    let comment = &tickets[0].comments[0];
    assert!(comment.attachments.is_empty());
    let body = comment.plain_body.as_str();
    assert!(body.starts_with("Look\n"), "{body}");
    for (link, why) in links
        .iter()
        .zip(["took too long", "private address", "not https"])
    {
        let named = body
            .lines()
            .any(|line| line.contains(link.as_str()) && line.contains(why));
        assert!(named, "{why}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_pictures_cost_a_bounded_time_and_are_named_with_their_reason() {
    let (port, pem) = picture_host().await;
    let stack = stack_that_trusts(&pem).await;
    let cases = [
        ("/drip", "took too long"),
        ("/round", "too many redirects"),
        ("/liar", "not of its type"),
        ("/bomb", "compressed"),
    ];
    let links = cases.map(|(path, _)| format!("https://127.0.0.1:{port}{path}"));
    let start = std::time::Instant::now();
    stack.braze.customer_texts("ana", "Look", &links).await;
    assert!(stack.quiesce(PATIENCE).await);
    // Three seconds are the files' share; the rest is starting functions.
    assert!(start.elapsed().as_secs() < 20);
    let comment = &stack.zendesk.tickets()[0].comments[0];
    assert!(comment.attachments.is_empty());
    let body = comment.plain_body.as_str();
    assert!(body.starts_with("Look\n"), "{body}");
    for (path, why) in cases {
        let named = body
            .lines()
            .any(|line| line.ends_with(path) && line.contains(why));
        assert!(named, "{why}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machine_is_not_reached_without_the_test_setting() {
    let stack = stack().await;
    stack
        .braze
        .customer_texts("ana", "Look", &["https://127.0.0.1/1.jpg".to_owned()])
        .await;
    assert!(stack.quiesce(PATIENCE).await);
    let tickets = stack.zendesk.tickets();
    let body = &tickets[0].comments[0].plain_body;
    assert!(body.contains("private address"), "{body}");
}
