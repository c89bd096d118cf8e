//! Where customers' pictures lie: an https host on loopback with a certificate of its own.
//!
//! In: pictures, and faults. Out: https links that the functions can fetch, and the certificate they
//! have to trust for it. Links cannot be guessed from one another; nothing else is served. With a
//! directory pictures are kept in it, one file each, and the port with them, so that links go on
//! working.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::faults::Faults;
use simulators::serve::{self, Reply};

/// The operation of a download, for faults.
pub const GET: &str = "GET";

type Shelf = Arc<Mutex<BTreeMap<String, (String, Bytes)>>>;

/// A running host; dropping it closes the port.
pub struct Pictures {
    address: SocketAddr,
    certificate: NamedTempFile,
    host: Host,
    kept: Option<PathBuf>,
    server: JoinHandle<()>,
}

/// The file that holds the port.
const PORT: &str = "port";

#[derive(Clone, Default)]
struct Host {
    shelf: Shelf,
    faults: Faults,
    asked: Arc<AtomicUsize>,
}

impl Pictures {
    /// Starts on any free port, with a directory on the one it had before, where that is free.
    ///
    /// # Errors
    /// No port, no certificate, no room for its file, or a directory that cannot be read or written.
    pub async fn start(kept: Option<PathBuf>) -> io::Result<Self> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]);
        let rcgen::CertifiedKey { cert, signing_key } = made.map_err(io::Error::other)?;
        let mut certificate = NamedTempFile::new()?;
        certificate.write_all(cert.pem().as_bytes())?;
        certificate.flush()?;
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .map_err(io::Error::other)?;
        let listener = match before(kept.as_deref()) {
            0 => serve::bind(0).await?,
            port => match serve::bind(port).await {
                Ok(listener) => listener,
                Err(_) => serve::bind(0).await?,
            },
        };
        let address = listener.local_addr()?;
        let host = Host::default();
        if let Some(place) = &kept {
            crate::data::private_directory(place)?;
            *shelf(&host.shelf) = read(place)?;
            std::fs::write(place.join(PORT), address.port().to_string())?;
        }
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let server = tokio::spawn(accept(listener, acceptor, host.clone()));
        Ok(Self {
            address,
            certificate,
            host,
            kept,
            server,
        })
    }

    /// The file of the certificate, for `EXTRA_CA_FILE`.
    #[must_use]
    pub fn certificate(&self) -> &Path {
        self.certificate.path()
    }

    /// Keeps a picture; its link.
    ///
    /// # Errors
    /// When the directory does not take it.
    pub fn add(&self, kind: &str, bytes: Bytes) -> io::Result<String> {
        let name = crate::ids::request_id();
        if let Some(place) = &self.kept {
            // One file: the media type's line, then the picture.
            let whole = [kind.as_bytes(), b"\n", &bytes].concat();
            std::fs::write(place.join(&name), whole)?;
        }
        shelf(&self.host.shelf).insert(name.clone(), (kind.to_owned(), bytes));
        Ok(format!("https://{}/{name}", self.address))
    }

    /// Forgets every picture.
    ///
    /// # Errors
    /// When one cannot be removed from the directory.
    pub fn clear(&self) -> io::Result<()> {
        let gone = std::mem::take(&mut *shelf(&self.host.shelf));
        if let Some(place) = &self.kept {
            for name in gone.keys() {
                std::fs::remove_file(place.join(name))?;
            }
        }
        Ok(())
    }

    /// A picture by its link or the link's last part: media type and content.
    #[must_use]
    pub fn get(&self, link: &str) -> Option<(String, Bytes)> {
        let name = link.rsplit('/').next().unwrap_or(link);
        shelf(&self.host.shelf).get(name).cloned()
    }

    /// The faults of downloads, all of them the operation [`GET`].
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.host.faults
    }

    /// How many downloads were asked for.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.host.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Pictures {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The port it had; 0: none.
fn before(kept: Option<&Path>) -> u16 {
    let text = kept.and_then(|place| std::fs::read_to_string(place.join(PORT)).ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// The pictures of a directory; a file that is none is left alone.
fn read(place: &Path) -> io::Result<BTreeMap<String, (String, Bytes)>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(place)? {
        let entry = entry?;
        let whole = Bytes::from(std::fs::read(entry.path())?);
        let Some(end) = whole.iter().position(|byte| *byte == b'\n') else {
            continue;
        };
        let kind = String::from_utf8_lossy(&whole[..end]).into_owned();
        let name = entry.file_name().to_string_lossy().into_owned();
        found.insert(name, (kind, whole.slice(end + 1..)));
    }
    Ok(found)
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, host: Host) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, acceptor.clone(), host.clone()));
        }
    }
}

/// A connection that breaks off is the functions' business.
async fn serve(stream: TcpStream, acceptor: TlsAcceptor, host: Host) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let host = host.clone();
        async move { host.serve(request.uri().path()).await.ok_or(Closed) }
    });
    let connection = hyper::server::conn::http1::Builder::new();
    let _ = connection
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed on purpose")]
struct Closed;

impl Host {
    async fn serve(&self, path: &str) -> Option<Response<Full<Bytes>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = shelf(&self.shelf)
            .get(path.trim_start_matches('/'))
            .cloned();
        let act = || async { Reply::Answer(answer(found)) };
        match self.faults.around(GET, act).await {
            (Reply::Answer(answer), _) => Some(answer.map(Full::new)),
            (Reply::Drop, _) => None,
        }
    }
}

fn answer(found: Option<(String, Bytes)>) -> Response<Bytes> {
    let Some((kind, bytes)) = found else {
        let mut missing = Response::new(Bytes::new());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return missing;
    };
    let mut response = Response::new(bytes);
    if let Ok(kind) = kind.parse() {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

fn shelf(shelf: &Shelf) -> MutexGuard<'_, BTreeMap<String, (String, Bytes)>> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
