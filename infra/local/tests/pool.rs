//! Environments are started, reused, limited, timed out and killed as Lambda does it.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local::logs::Logs;
use local::pool::{InvokeError, Limits, Pool};
use serde_json::{Value, json};
use support::{LIMIT, pool, program};

async fn ask(pool: &Pool, event: Value) -> Result<Value, InvokeError> {
    let answer = pool.invoke(event.to_string()).await?;
    Ok(serde_json::from_slice(&answer).unwrap())
}

#[tokio::test]
async fn an_event_is_answered_and_the_environment_is_used_again() {
    let pool = pool(Limits::default());
    let first = ask(&pool, json!({"do": "process"})).await.unwrap();
    let second = ask(&pool, json!({"do": "process"})).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(pool.started(), 1);
    assert_eq!(pool.idle(), 1);
    assert_eq!(pool.invocations(), 2);
}

#[tokio::test]
async fn a_busy_function_gets_a_new_environment_up_to_its_limit() {
    let limits = Limits {
        environments: 2,
        ..Limits::default()
    };
    let pool = pool(limits);
    let hanging = [0, 1].map(|_| {
        let pool = pool.clone();
        tokio::spawn(async move { ask(&pool, json!({"do": "hang"})).await })
    });
    assert!(pool.wait_running(2, LIMIT).await);
    assert_eq!(ask(&pool, json!({})).await, Err(InvokeError::Throttled));

    while pool.kill_in_flight() < 2 {
        tokio::task::yield_now().await;
    }
    for hung in hanging {
        let failed = hung.await.unwrap().unwrap_err();
        let ended = matches!(failed, InvokeError::Exited(_) | InvokeError::InitFailed(_));
        assert!(ended, "{failed:?}");
    }
    assert_eq!(
        ask(&pool, json!({"after": 1})).await,
        Ok(json!({"after": 1}))
    );
    assert_eq!(pool.started(), 3);
}

#[tokio::test]
async fn the_latest_idle_environment_is_used_first() {
    let pool = pool(Limits::default());
    let both = [0, 1].map(|_| {
        let pool = pool.clone();
        tokio::spawn(async move { ask(&pool, json!({"do": "process"})).await.unwrap() })
    });
    for one in both {
        one.await.unwrap();
    }
    if pool.started() == 2 {
        let one = ask(&pool, json!({"do": "process"})).await.unwrap();
        assert_eq!(ask(&pool, json!({"do": "process"})).await, Ok(one));
    }
    assert_eq!(pool.idle() as u64, pool.started());
}

#[tokio::test]
async fn an_event_past_its_deadline_ends_the_process() {
    let pool = Pool::new(
        program(Duration::from_millis(300)),
        Limits::default(),
        Logs::default(),
    );
    let first = ask(&pool, json!({"do": "process"})).await.unwrap();
    let late = ask(&pool, json!({"do": "hang"})).await;
    assert_eq!(late, Err(InvokeError::TimedOut(Duration::from_millis(300))));
    assert_eq!(pool.idle(), 0);
    let second = ask(&pool, json!({"do": "process"})).await.unwrap();
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_process_that_ends_during_the_event_is_noticed() {
    let pool = pool(Limits::default());
    let failed = ask(&pool, json!({"do": "exit"})).await;
    assert_eq!(
        failed,
        Err(InvokeError::Exited("exit status: 7".to_owned()))
    );
    assert!(ask(&pool, json!({})).await.is_ok());
}

#[tokio::test]
async fn an_error_the_function_posts_is_told_apart_and_the_environment_stays() {
    let pool = pool(Limits::default());
    let Err(InvokeError::Function(body)) = ask(&pool, json!({"do": "error"})).await else {
        panic!("no error was told");
    };
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap()["errorType"],
        "Test"
    );
    assert_eq!(pool.idle(), 1);
}

#[tokio::test]
async fn a_process_that_ends_before_its_first_event_is_a_failed_start_with_its_last_words() {
    let logs = Logs::default();
    let mut failing = program(LIMIT);
    failing
        .variables
        .push(("FAIL_INIT".to_owned(), "1".to_owned()));
    let pool = Pool::new(failing, Limits::default(), logs.clone());
    let failed = ask(&pool, json!({})).await;
    assert_eq!(
        failed,
        Err(InvokeError::InitFailed("exit status: 3".to_owned()))
    );
    assert_eq!(logs.of("echo"), ["started", "cannot start"]);

    pool.set_variable("FAIL_INIT", None).await;
    assert_eq!(
        ask(&pool, json!({"now": true})).await,
        Ok(json!({"now": true}))
    );
}

#[tokio::test]
async fn an_executable_that_is_not_there_is_told() {
    let mut missing = program(LIMIT);
    missing.executable = PathBuf::from("/no/such/function");
    let pool = Pool::new(missing, Limits::default(), Logs::default());
    let failed = ask(&pool, json!({})).await;
    assert!(
        matches!(failed, Err(InvokeError::NotStarted(_))),
        "{failed:?}"
    );
    assert!(pool.wait_running(0, LIMIT).await);
}

#[tokio::test]
async fn a_frozen_environment_wakes_up_for_the_next_event() {
    let limits = Limits {
        freeze: true,
        ..Limits::default()
    };
    let pool = pool(limits);
    let id = ask(&pool, json!({"do": "process"})).await.unwrap();
    let stat = || std::fs::read_to_string(format!("/proc/{id}/stat"));
    let stopped = async {
        // The signal is delivered when the process is next looked at by the scheduler.
        while matches!(stat(), Ok(stat) if !stat.contains(") T ")) {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(LIMIT, stopped).await.is_ok());
    assert_eq!(ask(&pool, json!({"do": "process"})).await, Ok(id));
    pool.end_idle().await;
    assert_eq!(pool.idle(), 0);
}

#[tokio::test]
async fn the_process_sees_only_the_given_variables() {
    let pool = pool(Limits::default());
    let variables = ask(&pool, json!({"do": "variables"})).await.unwrap();
    let names: Vec<_> = variables.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["AWS_LAMBDA_RUNTIME_API", "GREETING"]);
}

#[tokio::test]
async fn the_runtime_is_told_deadline_function_and_trace() {
    let pool = pool(Limits::default());
    let before = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let headers = ask(&pool, json!({"do": "headers"})).await.unwrap();
    let deadline: u128 = headers["deadline"].as_str().unwrap().parse().unwrap();
    assert!(
        deadline >= before + LIMIT.as_millis(),
        "{deadline} is too early"
    );
    assert!(headers["arn"].as_str().unwrap().ends_with(":function:echo"));
    assert!(headers["trace"].as_str().unwrap().starts_with("Root=1-"));
}

#[tokio::test]
async fn an_invocation_goes_on_when_its_caller_gives_up() {
    let logs = Logs::default();
    let pool = Pool::new(program(LIMIT), Limits::default(), logs.clone());
    let asked = {
        let pool = pool.clone();
        tokio::spawn(async move { pool.invoke("{}").await })
    };
    assert!(pool.wait_running(1, LIMIT).await);
    asked.abort();
    let answered = logs.wait_for(LIMIT, |line| line.text == "answered").await;
    assert!(answered.is_some());
}
