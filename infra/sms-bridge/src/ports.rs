//! Ports for the sandbox.
//!
//! In: the port asked for. Out: the first free one from there on. Knows nothing of who uses it.

use std::net::{Ipv4Addr, TcpListener};

/// How far to look beyond the port asked for.
const REACH: u16 = 100;

/// The first free loopback port from `wanted` on that is not in `taken`; 0 stays 0.
pub(crate) fn free(wanted: u16, taken: &[u16]) -> Option<u16> {
    if wanted == 0 {
        return Some(0);
    }
    let last = wanted.saturating_add(REACH);
    let is_free = |port: &u16| {
        !taken.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()
    };
    (wanted..=last).find(is_free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_passed_over() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        if port < u16::MAX - REACH {
            let found = free(port, &[]).unwrap();
            assert!(found > port);
            assert!(free(found, &[found]).unwrap() > found);
        }
        assert_eq!(free(0, &[]), Some(0));
    }
}
