//! Whether a link may be followed, before any name is looked up.
//!
//! In: a link, or where one redirects to. Out: the URL, or why not. Numeric hosts in any notation
//! (decimal, octal, hexadecimal) are addresses after parsing, and are checked here: a connection to
//! one asks no resolver.

use std::net::IpAddr;

use url::{Host, Url};

use super::address::is_public;
use crate::message::MediaProblem;

/// Longest link followed, in bytes.
const MAX_LINK_BYTES: usize = 4_096;

/// Whether this machine may be reached, too: for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reach {
    /// Loopback addresses, on any port.
    pub(super) loopback: bool,
}

impl Reach {
    pub(super) fn admits(self, address: IpAddr) -> bool {
        is_public(address) || (self.loopback && address.to_canonical().is_loopback())
    }
}

/// The URL of a link that may be followed as far as it itself tells.
pub(super) fn checked(link: &str, reach: Reach) -> Result<Url, MediaProblem> {
    if link.len() > MAX_LINK_BYTES {
        return Err(MediaProblem::BadLink);
    }
    admitted(Url::parse(link).map_err(|_| MediaProblem::BadLink)?, reach)
}

/// The URL an answer redirects to, if that may be followed.
pub(super) fn redirected(from: &Url, location: &str, reach: Reach) -> Result<Url, MediaProblem> {
    if location.len() > MAX_LINK_BYTES {
        return Err(MediaProblem::BadLink);
    }
    admitted(
        from.join(location).map_err(|_| MediaProblem::BadLink)?,
        reach,
    )
}

fn admitted(url: Url, reach: Reach) -> Result<Url, MediaProblem> {
    if url.scheme() != "https" {
        return Err(MediaProblem::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(MediaProblem::BadLink);
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(name)) if !name.trim_end_matches('.').is_empty() => None,
        _ => return Err(MediaProblem::BadLink),
    };
    if address.is_some_and(|address| !reach.admits(address)) {
        return Err(MediaProblem::PrivateAddress);
    }
    let default_port = url.port_or_known_default() == Some(443);
    if default_port || reach.loopback {
        Ok(url)
    } else {
        Err(MediaProblem::BadLink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(link: &str) -> Option<MediaProblem> {
        checked(link, Reach::default()).err()
    }

    #[test]
    fn ordinary_links_are_followed() {
        for link in [
            "https://media.example.com/1.jpg?x=1",
            "https://media.example.com:443/1",
            "https://1.1.1.1/a",
            "https://[2606:4700::1111]/a",
        ] {
            assert_eq!(problem(link), None, "{link}");
        }
    }

    #[test]
    fn every_notation_of_an_inner_address_is_refused() {
        for link in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://0x7f000001/",
            "https://127.1/",
            "https://0/",
            "https://169.254.169.254/latest/meta-data",
            "https://2852039166/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://[fd00:ec2::254]/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[::127.0.0.1]/",
            "https://[::ffff:0:127.0.0.1]/",
            "https://[64:ff9b::169.254.169.254]/",
            "https://[64:ff9b:1::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:0:7f00:1::]/",
            "https://[fe80::1]/",
            "https://[fec0::1]/",
            "https://127.0.0.1./",
            "https://00000177.0.0.1/",
            "https://0X7F.0.0.1/",
            "https://127.0.1/",
            "https://%31%32%37.0.0.1/",
            "https:\\\\127.0.0.1\\",
            "https://127.0.0.1:443/",
            "https://169.254.169.254:80/",
            "https://１２７.０.０.１/",
        ] {
            assert_eq!(problem(link), Some(MediaProblem::PrivateAddress), "{link}");
        }
    }

    #[test]
    fn other_schemes_ports_and_user_names_are_refused() {
        for (link, why) in [
            ("http://media.example.com/", MediaProblem::NotHttps),
            ("ftp://media.example.com/", MediaProblem::NotHttps),
            ("file:///etc/passwd", MediaProblem::NotHttps),
            ("javascript:alert(1)", MediaProblem::NotHttps),
            ("data:image/png;base64,AA", MediaProblem::NotHttps),
            ("https://a@media.example.com/", MediaProblem::BadLink),
            ("https://a:b@media.example.com/", MediaProblem::BadLink),
            ("https://media.example.com@10.0.0.1/", MediaProblem::BadLink),
            (
                "https://media.example.com:443@10.0.0.1/",
                MediaProblem::BadLink,
            ),
            ("https://[fe80::1%25eth0]/", MediaProblem::BadLink),
            ("https://[::1/", MediaProblem::BadLink),
            ("https://256.0.0.1/", MediaProblem::BadLink),
            ("https://4294967296/", MediaProblem::BadLink),
            ("https://media.example.com:0/", MediaProblem::BadLink),
            ("https://media.example.com:65536/", MediaProblem::BadLink),
            ("https://media.example.com:22/", MediaProblem::BadLink),
            ("https://media.example.com:80/", MediaProblem::BadLink),
            ("https:///", MediaProblem::BadLink),
            ("https://./", MediaProblem::BadLink),
            ("picture.jpg", MediaProblem::BadLink),
            ("", MediaProblem::BadLink),
        ] {
            assert_eq!(problem(link), Some(why), "{link}");
        }
        let long = format!("https://media.example.com/{}", "a".repeat(5_000));
        assert_eq!(problem(&long), Some(MediaProblem::BadLink));
    }

    #[test]
    fn a_redirect_is_checked_like_the_link_itself() {
        let from = checked("https://media.example.com/a/b", Reach::default()).expect("good");
        let to = |location| redirected(&from, location, Reach::default());
        assert_eq!(
            to("/c").map(String::from),
            Ok("https://media.example.com/c".to_owned())
        );
        assert_eq!(to("//169.254.169.254/"), Err(MediaProblem::PrivateAddress));
        assert_eq!(
            to("http://media.example.com/c"),
            Err(MediaProblem::NotHttps)
        );
        assert_eq!(to("https://x@y.example/"), Err(MediaProblem::BadLink));
    }

    #[test]
    fn the_test_setting_opens_this_machine_and_nothing_else() {
        let reach = Reach { loopback: true };
        assert!(checked("https://127.0.0.1:8443/a", reach).is_ok());
        assert!(checked("https://[::1]:8443/a", reach).is_ok());
        for link in [
            "https://10.0.0.1/",
            "https://169.254.169.254/",
            "https://0.0.0.0/",
        ] {
            assert_eq!(checked(link, reach), Err(MediaProblem::PrivateAddress));
        }
        assert_eq!(
            checked("http://127.0.0.1/", reach),
            Err(MediaProblem::NotHttps)
        );
    }
}
