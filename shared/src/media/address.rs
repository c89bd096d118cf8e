//! Which addresses of the internet a link may lead to.
//!
//! In: an address, after DNS. Out: yes or no. What is not known to be public is not: this machine,
//! private and shared networks, link-local ones with their metadata services, tunnels and
//! translations that wrap another address, documentation, multicast.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not public hosts: first address, length of the prefix (IANA's
/// special-purpose registry, and Azure's wire server).
const NOT_PUBLIC_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([168, 63, 129, 16], 32),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 3),
];

/// Networks within IPv6's public range that are no public hosts: first two groups, length of the
/// prefix.
const NOT_PUBLIC_V6: &[([u16; 2], u32)] = &[
    // Teredo and other protocol assignments, documentation, 6to4, documentation.
    ([0x2001, 0], 23),
    ([0x2001, 0xdb8], 32),
    ([0x2002, 0], 16),
    ([0x3fff, 0], 20),
];

/// Whether an address is a host on the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !NOT_PUBLIC_V4
        .iter()
        .any(|(network, length)| (bits ^ u32::from_be_bytes(*network)) >> (32 - length) == 0)
}

/// Only 2000::/3 is given out to hosts: addresses that wrap an IPv4 one lie outside of it, or are
/// named above.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let bits = u32::from(first) << 16 | u32::from(second);
    let in_network = |([a, b], length): &([u16; 2], u32)| {
        (bits ^ (u32::from(*a) << 16 | u32::from(*b))) >> (32 - length) == 0
    };
    first >> 13 == 1 && !NOT_PUBLIC_V6.iter().any(in_network)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn public_hosts_are_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "52.216.0.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "169.253.255.255",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(address.parse().expect("address")), "{address}");
        }
    }

    #[test]
    fn everything_inside_or_special_is_not() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().expect("address")), "{address}");
        }
    }

    proptest! {
        #[test]
        fn an_ipv4_address_wrapped_in_ipv6_is_never_public(v4 in any::<u32>(), prefix in prop::sample::select(vec![
            "::ffff:0:0", "::", "64:ff9b::", "::ffff:0:0:0",
        ])) {
            let prefix: Ipv6Addr = prefix.parse().expect("address");
            let wrapped = Ipv6Addr::from(u128::from(prefix) | u128::from(v4));
            prop_assert!(!is_public(wrapped.into()));
        }

        #[test]
        fn the_standard_librarys_own_classes_are_never_public(bits in any::<u32>()) {
            let address = Ipv4Addr::from(bits);
            let special = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_multicast() || address.is_broadcast() || address.is_documentation()
                || address.is_unspecified();
            prop_assert!(!(special && is_public(address.into())));
        }
    }
}
