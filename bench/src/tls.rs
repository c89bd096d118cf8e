//! A throw-away certificate authority, and what the stand-ins prove to be `localhost` with.
//!
//! In: nothing. Out: the authority's certificate as PEM, for `EXTRA_CA_FILE`, and rustls settings.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The certificates of one run.
#[derive(Debug)]
pub struct Authority {
    /// The authority's certificate.
    pub pem: String,
    /// What a stand-in serves TLS with.
    pub server: Arc<ServerConfig>,
}

/// The certificates cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// rcgen's part.
    #[error("no certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// rustls' part.
    #[error("no TLS settings: {0}")]
    Settings(#[from] rustls::Error),
}

impl Authority {
    /// Makes an authority and a certificate for `localhost`, ECDSA P-256 both.
    ///
    /// # Errors
    /// [`TlsError`], which does not happen on a working machine.
    pub fn new() -> Result<Self, TlsError> {
        let mut params = CertificateParams::new(vec![])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // Two certificates of one name look self-signed to OpenSSL.
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "bench authority");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let mut own = CertificateParams::new(names)?;
        own.distinguished_name.push(DnType::CommonName, "localhost");
        let own = own.signed_by(&key, &authority)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], key)?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            pem: authority.pem(),
            server: Arc::new(server),
        })
    }
}
