//! Fetching over real TLS from this machine.

use std::sync::{Arc, Mutex};

use http_body::Body as _;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::fetch::MAX_FILE_BYTES;
use super::link::Reach;
use super::*;
use crate::message::MediaProblem;
use crate::net::{Deadline, Http};
use crate::test_support::later;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest of it";

/// What the host does after it has read a request: writes these bytes, then holds the connection
/// open or closes it.
#[derive(Clone)]
struct Say {
    bytes: Vec<u8>,
    hold: bool,
}

/// An https host on this machine that answers by path.
struct Host {
    port: u16,
    fetcher: Fetcher,
    closed: Fetcher,
    http: Http,
    seen: Arc<Mutex<Vec<String>>>,
}

fn say(head: &str, body: &[u8]) -> Say {
    let length = format!("content-length: {}\r\n", body.len());
    raw(&format!("HTTP/1.1 200 OK\r\n{length}{head}\r\n"), body)
}

fn raw(head: &str, body: &[u8]) -> Say {
    Say {
        bytes: [head.as_bytes(), body].concat(),
        hold: false,
    }
}

fn to(location: &str) -> Say {
    raw(
        &format!("HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: {location}\r\n\r\n"),
        b"",
    )
}

async fn host(answer: impl Fn(&str, u16) -> Say + Send + Sync + 'static) -> Host {
    let made = rcgen::generate_simple_self_signed(
        ["localhost", "127.0.0.1", REBINDING].map(str::to_owned),
    );
    let rcgen::CertifiedKey { cert, signing_key } = made.expect("a certificate");
    let pem = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(pem.path(), cert.pem()).expect("written");
    let http = Http::new(Some(pem.path())).expect("a client");
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
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer, log) = (acceptor.clone(), Arc::clone(&answer), Arc::clone(&log));
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
                let request = String::from_utf8(request).ok()?;
                let path = request.split(' ').nth(1)?.to_owned();
                log.lock().expect("unpoisoned").push(request);
                let Say { bytes, hold } = answer(&path, port);
                stream.write_all(&bytes).await.ok()?;
                stream.flush().await.ok()?;
                if hold {
                    std::future::pending::<()>().await;
                }
                stream.shutdown().await.ok()
            });
        }
    });
    Host {
        port,
        fetcher: Fetcher::new(http.clone(), true),
        closed: Fetcher::new(http.clone(), false),
        http,
        seen,
    }
}

impl Host {
    fn link(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    async fn fetch(&self, path: &str) -> Result<File, MediaProblem> {
        self.fetcher.fetch(&self.link(path), later()).await
    }

    fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("unpoisoned").clone()
    }
}

/// A name whose address changes.
const REBINDING: &str = "rebinding.test";

/// A name server of an attacker: another answer each time it is asked.
#[derive(Clone)]
struct NameServer(Arc<Mutex<Vec<&'static str>>>);

impl NameServer {
    fn answering(answers: &[&'static str]) -> Self {
        Self(Arc::new(Mutex::new(
            answers.iter().rev().copied().collect(),
        )))
    }

    fn left(&self) -> usize {
        self.0.lock().expect("unpoisoned").len()
    }
}

impl reqwest::dns::Resolve for NameServer {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let answer = self.0.lock().expect("unpoisoned").pop().expect("one more");
        let found = vec![(answer.parse::<std::net::IpAddr>().expect("address"), 0).into()];
        let admitted = super::resolve::admitted(found, Reach { loopback: true });
        Box::pin(async move { Ok(Box::new(admitted?.into_iter()) as reqwest::dns::Addrs) })
    }
}

/// In this test 127.0.0.1 is the outside; inside is 10.0.0.1.
#[tokio::test]
async fn a_name_that_is_bound_anew_leads_nowhere_else_than_where_it_was_checked() {
    let host = host(|path, port| match path {
        "/again" => to(&format!("https://{REBINDING}:{port}/inside")),
        _ => say("content-type: image/png\r\n", PNG),
    })
    .await;
    let link = |path: &str| format!("https://{REBINDING}:{}{path}", host.port);
    // Asked once for a fetch, and connected to what was answered then.
    let names = NameServer::answering(&["127.0.0.1", "10.0.0.1"]);
    let fetcher = Fetcher::asking(host.http.clone(), names.clone());
    let file = fetcher
        .fetch(&link("/a.png"), later())
        .await
        .expect("fetched");
    assert_eq!(content(file).await, Ok(PNG.to_vec()));
    assert_eq!(
        names.left(),
        1,
        "a second question could be answered differently"
    );
    // The next fetch asks anew, and what it is told is checked anew.
    let second = fetcher.fetch(&link("/a.png"), later()).await.map(drop);
    assert_eq!(second, Err(MediaProblem::PrivateAddress));
    // So does each redirect, to the very same name and port.
    let names = NameServer::answering(&["127.0.0.1", "10.0.0.1"]);
    let fetcher = Fetcher::asking(host.http.clone(), names.clone());
    let redirected = fetcher.fetch(&link("/again"), later()).await.map(drop);
    assert_eq!(redirected, Err(MediaProblem::PrivateAddress));
    assert_eq!(names.left(), 0);
    assert_eq!(host.requests().len(), 2, "{:?}", host.requests());
}

/// The content, or the problem its source had.
async fn content(file: File) -> Result<Vec<u8>, Option<MediaProblem>> {
    let source = file.source();
    let mut body = Box::pin(file.body);
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await
    {
        let Ok(frame) = frame else {
            return Err(source.problem());
        };
        bytes.extend(frame.into_data().expect("data"));
    }
    Ok(bytes)
}

#[tokio::test]
async fn a_picture_comes_whole_with_its_true_type() {
    let big = [PNG, &[7; 300_000]].concat();
    let sent = big.clone();
    let host = host(move |_, _| say("content-type: image/png\r\n", &sent)).await;
    let file = host.fetch("/a.png").await.expect("fetched");
    assert_eq!(
        (file.kind.mime(), file.length),
        ("image/png", big.len() as u64)
    );
    assert_eq!(content(file).await, Ok(big));
    let request = host.requests().concat().to_lowercase();
    assert!(request.contains("accept-encoding: identity"));
    assert!(!request.contains("authorization") && !request.contains("referer"));
}

#[tokio::test]
async fn without_an_announced_length_it_comes_all_the_same() {
    let host = host(|_, _| raw("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n", PNG)).await;
    let file = host.fetch("/").await.expect("fetched");
    assert_eq!(file.length, PNG.len() as u64);
    assert_eq!(content(file).await, Ok(PNG.to_vec()));
}

#[tokio::test]
async fn redirects_are_followed_and_each_is_checked() {
    let host = host(|path, port| match path {
        "/1" => to("/2"),
        "/2" => to(&format!("https://localhost:{port}/3")),
        "/3" => to("/picture"),
        "/inside" => to("https://169.254.169.254/latest/meta-data"),
        "/plain" => to(&format!("http://127.0.0.1:{port}/picture")),
        "/round" => to("/round"),
        "/gone" => raw("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", b""),
        "/nowhere" => raw("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n", b""),
        _ => say("content-type: image/png\r\n", PNG),
    })
    .await;
    assert!(host.fetch("/1").await.is_ok());
    for (path, problem) in [
        ("/inside", MediaProblem::PrivateAddress),
        ("/plain", MediaProblem::NotHttps),
        ("/round", MediaProblem::TooManyRedirects),
        ("/gone", MediaProblem::Status(404)),
        ("/nowhere", MediaProblem::Status(302)),
    ] {
        assert_eq!(host.fetch(path).await.map(drop), Err(problem), "{path}");
    }
    let rounds = host
        .requests()
        .iter()
        .filter(|r| r.starts_with("GET /round "))
        .count();
    assert_eq!(rounds, 4);
}

#[tokio::test]
async fn this_machine_is_not_reached_without_the_test_setting_by_address_or_name() {
    let host = host(|_, _| say("content-type: image/png\r\n", PNG)).await;
    for link in [
        "https://127.0.0.1/a.png".to_owned(),
        "https://localhost/a.png".to_owned(),
        "https://[::1]/a.png".to_owned(),
    ] {
        let fetched = host.closed.fetch(&link, later()).await.map(drop);
        assert_eq!(fetched, Err(MediaProblem::PrivateAddress), "{link}");
    }
    let fetched = host.closed.fetch(&host.link("/a.png"), later()).await;
    assert!(fetched.is_err() && host.requests().is_empty());
}

#[tokio::test]
async fn what_is_not_a_picture_is_refused() {
    let host = host(|path, _| match path {
        "/html" => say("content-type: text/html\r\n", b"<html>"),
        "/liar" => say(
            "content-type: image/png\r\n",
            b"<html><script>alert(1)</script>",
        ),
        "/zip" => say("content-type: image/png\r\ncontent-encoding: gzip\r\n", PNG),
        "/br" => say("content-type: image/png\r\ncontent-encoding: br\r\n", PNG),
        "/large" => raw(
            &format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                MAX_FILE_BYTES + 1
            ),
            PNG,
        ),
        _ => say("content-type: image/png\r\n", b""),
    })
    .await;
    for (path, problem) in [
        ("/html", MediaProblem::TypeNotAllowed),
        ("/liar", MediaProblem::NotItsType),
        ("/zip", MediaProblem::Encoded),
        ("/br", MediaProblem::Encoded),
        ("/large", MediaProblem::TooLarge),
        ("/empty", MediaProblem::Empty),
    ] {
        assert_eq!(host.fetch(path).await.map(drop), Err(problem), "{path}");
    }
}

#[tokio::test]
async fn an_unannounced_flood_is_cut_off() {
    let flood = [
        PNG,
        &vec![0; usize::try_from(MAX_FILE_BYTES).expect("small")],
    ]
    .concat();
    let host = host(move |_, _| raw("HTTP/1.1 200 OK\r\n\r\n", &flood)).await;
    assert_eq!(host.fetch("/").await.map(drop), Err(MediaProblem::TooLarge));
}

#[tokio::test]
async fn a_file_shorter_than_announced_breaks_the_upload_off_with_its_reason() {
    let begun = [PNG, &[0; 5_000]].concat();
    let host =
        host(move |_, _| raw("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n", &begun)).await;
    let file = host.fetch("/").await.expect("opened");
    assert_eq!(content(file).await, Err(Some(MediaProblem::Unreachable)));
}

#[tokio::test]
async fn a_host_that_falls_silent_costs_the_time_given_and_no_more() {
    let host = host(|_, _| Say {
        hold: true,
        ..raw("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"\x89")
    })
    .await;
    let short = Deadline::after(std::time::Duration::from_millis(300));
    let fetched = host.fetcher.fetch(&host.link("/"), short).await.map(drop);
    assert_eq!(fetched, Err(MediaProblem::TimedOut));
}

#[tokio::test]
async fn nobody_there_is_said_so() {
    let host = host(|_, _| raw("", b"")).await;
    assert_eq!(
        host.fetch("/").await.map(drop),
        Err(MediaProblem::Unreachable)
    );
    let strange = Fetcher::new(crate::test_support::http(), true);
    let untrusted = strange.fetch(&host.link("/"), later()).await.map(drop);
    assert_eq!(untrusted, Err(MediaProblem::Unreachable));
}
