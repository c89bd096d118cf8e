//! The one HTTP client: ring, compiled-in roots, HTTP/1.1, no redirects, pooled connections.
//!
//! In: an optional PEM file of further roots. Out: [`Http`]. Imports nothing of this crate.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{CipherSuite, ClientConfig, RootCertStore};

/// Longest a connection may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Idle connections kept for AWS, which closes them earlier or about then; a dead one costs one
/// reconnect and nothing else.
const LASTING_IDLE: Duration = Duration::from_secs(90);
/// Idle connections kept for the vendors, where a request may be one that must not be repeated:
/// well under the 60 s at which common load balancers close them.
const FRESH_IDLE: Duration = Duration::from_secs(30);

/// The HTTP client shared by everything. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    tls: ClientConfig,
    lasting: reqwest::Client,
    fresh: Arc<Mutex<HashMap<String, Fresh>>>,
}

/// The connections to one origin.
struct Fresh {
    client: reqwest::Client,
    used: SystemTime,
}

/// Why the client cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The file of further roots cannot be read, or holds no certificate.
    #[error("EXTRA_CA_FILE cannot be read as PEM certificates")]
    ExtraCaFile(#[source] pem::Error),
    /// A certificate in it cannot be trusted.
    #[error("EXTRA_CA_FILE holds a certificate that cannot be used")]
    ExtraCa(#[source] rustls::Error),
    /// The TLS library refuses its settings.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP library refuses its settings.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}

impl Http {
    /// Builds the client; certificates in `extra_ca_file` are trusted beside the public roots.
    ///
    /// # Errors
    /// Where the file cannot be used.
    pub fn new(extra_ca_file: Option<&Path>) -> Result<Self, NetError> {
        let tls = tls(extra_ca_file)?;
        let lasting = pool(&tls, LASTING_IDLE).map_err(NetError::Client)?;
        Ok(Self {
            tls,
            lasting,
            fresh: Arc::default(),
        })
    }

    /// The pool for callers that repeat what dies with a connection.
    pub(crate) fn lasting(&self) -> &reqwest::Client {
        &self.lasting
    }

    /// A client for untrusted hosts: every connection is new and goes where `resolver`
    /// says, nothing is kept, no redirect is followed.
    pub(crate) fn outsider(
        &self,
        resolver: impl reqwest::dns::Resolve + 'static,
    ) -> Result<reqwest::Client, reqwest::Error> {
        builder(&self.tls)
            .dns_resolver(resolver)
            .pool_max_idle_per_host(0)
            .referer(false)
            .build()
    }

    /// An origin's connections for requests that may be ones that must not be repeated: never a pool
    /// whose connections may have died while this environment was frozen. Goes by the wall clock,
    /// the only one a freeze cannot stop.
    pub(super) fn fresh(&self, origin: String) -> Result<reqwest::Client, reqwest::Error> {
        self.fresh_at(origin, SystemTime::now())
    }

    fn fresh_at(&self, origin: String, now: SystemTime) -> Result<reqwest::Client, reqwest::Error> {
        let mut pools = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = pools.get_mut(&origin)
            && now
                .duration_since(known.used)
                .is_ok_and(|idle| idle < FRESH_IDLE)
        {
            known.used = now;
            return Ok(known.client.clone());
        }
        let client = pool(&self.tls, FRESH_IDLE)?;
        pools.insert(
            origin,
            Fresh {
                client: client.clone(),
                used: now,
            },
        );
        Ok(client)
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http")
    }
}

fn tls(extra_ca_file: Option<&Path>) -> Result<ClientConfig, NetError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = extra_ca_file {
        let certificates = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .and_then(|found| {
                if found.is_empty() {
                    Err(pem::Error::NoItemsFound)
                } else {
                    Ok(found)
                }
            })
            .map_err(NetError::ExtraCaFile)?;
        for certificate in certificates {
            roots.add(certificate).map_err(NetError::ExtraCa)?;
        }
    }
    let mut provider = rustls::crypto::ring::default_provider();
    // What AWS and the vendors choose anyway, and the cheaper key schedule where they do not.
    provider
        .cipher_suites
        .sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    let mut tls = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(NetError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}

fn pool(tls: &ClientConfig, idle: Duration) -> Result<reqwest::Client, reqwest::Error> {
    builder(tls).pool_idle_timeout(idle).build()
}

fn builder(tls: &ClientConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .http1_only()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .user_agent(concat!("braze-zendesk-bridge/", env!("CARGO_PKG_VERSION")))
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::net::{Repeat, Request};
    use crate::test_support::{Reply, Server, http, later};

    #[tokio::test]
    async fn an_unrepeatable_request_never_uses_a_connection_idle_for_30_s_of_wall_clock() {
        let server = Server::start(|_| Reply::empty(200));
        let http = http();
        let request = Request::new(Method::POST, server.base().at("/x"), Repeat::Never).json(&1);
        http.send(request.clone(), later())
            .await
            .expect("an answer");
        for pool in http.fresh.lock().expect("unpoisoned").values_mut() {
            pool.used -= Duration::from_secs(31);
        }
        http.send(request, later()).await.expect("an answer");
        let seen = server.requests();
        assert_ne!(seen[0].connection, seen[1].connection);
    }

    #[test]
    fn a_file_of_further_roots_must_hold_certificates() {
        let missing = Http::new(Some(Path::new("/nonexistent/ca.pem")));
        assert!(matches!(missing, Err(NetError::ExtraCaFile(_))));
        let empty = Http::new(Some(Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/Cargo.toml"
        ))));
        assert!(matches!(empty, Err(NetError::ExtraCaFile(_))));
    }
}
