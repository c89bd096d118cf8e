//! Names to addresses, only those that may be reached.
//!
//! In: a host name of the HTTP client. Out: the very addresses it connects to: the address checked
//! is the address used, so an answer that changes between two questions changes nothing.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::link::Reach;

/// The name leads to addresses that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub(super) struct NoPublicAddress;

/// The resolver hooked into the HTTP client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver(pub(super) Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            let admitted = admitted(found, reach)?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

pub(super) fn admitted(
    found: Vec<SocketAddr>,
    reach: Reach,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    if found.is_empty() {
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    }
    let admitted: Vec<SocketAddr> = found
        .into_iter()
        .filter(|address| reach.admits(address.ip()))
        .collect();
    if admitted.is_empty() {
        return Err(NoPublicAddress.into());
    }
    Ok(admitted)
}

/// Whether the resolver refused, somewhere in the causes of an error.
pub(super) fn is_refusal(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<NoPublicAddress>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_of_a_name_are_connected_to() {
        let at = |ip: &str| SocketAddr::new(ip.parse().expect("address"), 0);
        let mixed = vec![
            at("10.0.0.1"),
            at("1.1.1.1"),
            at("::1"),
            at("::ffff:10.0.0.1"),
        ];
        let kept = admitted(mixed, Reach::default()).expect("one is public");
        assert_eq!(kept, [at("1.1.1.1")]);
        let inner = vec![at("169.254.169.254"), at("fd00:ec2::254")];
        let refused = admitted(inner, Reach::default()).expect_err("none is public");
        assert!(is_refusal(refused.as_ref()));
        let nobody = admitted(vec![], Reach::default()).expect_err("no address");
        assert!(!is_refusal(nobody.as_ref()));
    }
}
