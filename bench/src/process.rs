//! What a process has used so far, as Linux tells it.
//!
//! In: a process id. Out: processor time and peak memory; nothing where there is no `/proc`.

use std::fs;
use std::time::Duration;

/// Processor time of all its threads.
pub fn cpu(pid: u32) -> Option<Duration> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let mut nanos = 0;
    for thread in threads {
        // A thread that ended meanwhile has nothing to tell.
        let Ok(text) = fs::read_to_string(thread.ok()?.path().join("schedstat")) else {
            continue;
        };
        let spent: u64 = text.split(' ').next()?.parse().ok()?;
        nanos += spent;
    }
    Some(Duration::from_nanos(nanos))
}

/// Peak resident memory in bytes.
pub fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_what_it_used() {
        let before = cpu(std::process::id()).unwrap();
        let spent: u64 = (0..20_000_000_u64).map(std::hint::black_box).sum();
        assert!(spent > 0);
        assert!(cpu(std::process::id()).unwrap() > before);
        assert!(peak_memory(std::process::id()).unwrap() > 100_000);
    }
}
