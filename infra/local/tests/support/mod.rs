//! What several tests need: pools of the echo function and a client.

#![allow(dead_code, reason = "each test uses its own part")]

use std::path::PathBuf;
use std::time::Duration;

use local::client::Client;
use local::logs::Logs;
use local::pool::{Limits, Pool, Program};

pub const LIMIT: Duration = Duration::from_secs(20);

pub fn program(timeout: Duration) -> Program {
    Program {
        function: "echo".to_owned(),
        executable: PathBuf::from(env!("CARGO_BIN_EXE_echo-function")),
        variables: vec![("GREETING".to_owned(), "hello".to_owned())],
        timeout,
    }
}

pub fn pool(limits: Limits) -> Pool {
    Pool::new(program(LIMIT), limits, Logs::default())
}

pub fn client() -> Client {
    Client::new(LIMIT)
}
