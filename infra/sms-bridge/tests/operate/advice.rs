//! What the tool says helps who reads it.

use std::io::Write;
use std::process::Stdio;

use e2e::case;
use simulators::zendesk::Role;

use crate::kit::{Live, said};

#[test]
fn doctor_warns_of_functions_that_run_as_an_administrator() {
    case!(async {
        let live = Live::start().await;
        live.stack.zendesk.set_api_role(Role::Admin);
        let said = live.run("doctor").await;
        let out = said.out.to_lowercase();
        let warned = out
            .lines()
            .any(|line| line.contains("admin") && !line.trim_start().starts_with("ok"));
        assert!(warned, "{}", said.out);
    });
}

#[test]
fn a_misspelt_key_of_the_secret_is_answered_with_the_ones_there_are() {
    case!(async {
        let live = Live::start().await;
        let mut command = live.command("setup secret --from - --yes");
        command.stdin(Stdio::piped());
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let mut input = child.stdin.take().unwrap();
            input.write_all(br#"{"braze_apikey": "x"}"#).unwrap();
            drop(input);
            child.wait_with_output().unwrap()
        });
        let said = said(&output.await.unwrap());
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.err.contains("braze_api_key"), "{}", said.err);
    });
}

#[test]
fn a_narrow_terminal_gets_narrow_tables() {
    case!(async {
        let live = Live::start().await;
        e2e::with_ticket(&live.stack).await;
        live.refused_texts(&["It is box 7"]).await;
        for arguments in ["status", "trace ana", "dead-letters list", "doctor"] {
            let mut command = live.command(arguments);
            command.env("COLUMNS", "60");
            let said = crate::kit::run(command).await;
            let wide: Vec<&str> = said
                .out
                .lines()
                .filter(|line| line.chars().count() > 60)
                .collect();
            assert_eq!(wide, [""; 0], "{arguments}");
        }
    });
}

#[test]
fn zendesk_is_cleared_after_the_stack_is_gone() {
    case!(async {
        let live = Live::start().await;
        let triggers = || {
            live.stack.zendesk.snapshot()["triggers"]
                .as_array()
                .map_or(0, Vec::len)
        };
        live.well("setup zendesk --yes").await;
        assert_ne!(triggers(), 0);
        let mut command = live.command("setup zendesk --remove --yes --stack deleted-stack");
        command.args([
            "--table",
            local::options::TABLE_NAME,
            "--secret",
            local::options::SECRET_ID,
        ]);
        let said = crate::kit::run(command).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    });
}
