//! The data directory: its lock and its snapshots.

use local::data::DataDir;
use serde_json::json;

#[test]
fn a_snapshot_is_read_back_and_replaced_whole() {
    let place = tempfile::tempdir().unwrap();
    let data = DataDir::open(&place.path().join("new/deep")).unwrap();
    assert_eq!(data.load("zendesk").unwrap(), None);
    data.save("zendesk", &json!({"a": [1, 2, 3]})).unwrap();
    data.save("zendesk", &json!({"a": 1})).unwrap();
    assert_eq!(data.load("zendesk").unwrap(), Some(json!({"a": 1})));
}

#[test]
fn two_savings_at_once_do_not_take_the_file_from_each_other() {
    let place = tempfile::tempdir().unwrap();
    let data = DataDir::open(place.path()).unwrap();
    std::thread::scope(|threads| {
        for number in 0..4 {
            let data = &data;
            threads.spawn(move || {
                for _ in 0..25 {
                    data.save("zendesk", &json!({"a": number})).unwrap();
                }
            });
        }
    });
    assert!(data.load("zendesk").unwrap().is_some());
}

#[test]
fn a_second_sandbox_on_the_same_directory_is_refused_until_the_first_has_ended() {
    let place = tempfile::tempdir().unwrap();
    let first = DataDir::open(place.path()).unwrap();
    let error = DataDir::open(place.path()).unwrap_err().to_string();
    assert!(error.ends_with("is in use by another sandbox"), "{error}");
    drop(first);
    DataDir::open(place.path()).unwrap();
}

#[test]
fn a_file_in_the_place_of_the_directory_is_told_in_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = DataDir::open(&file).unwrap_err().to_string();
    assert!(error.starts_with("the data directory "), "{error}");
    assert!(error.contains("cannot be used"), "{error}");
}

#[test]
fn a_damaged_snapshot_is_named() {
    let place = tempfile::tempdir().unwrap();
    let data = DataDir::open(place.path()).unwrap();
    std::fs::write(place.path().join("braze.json"), "{").unwrap();
    let error = data.load("braze").unwrap_err().to_string();
    assert!(error.contains("braze.json is not a snapshot"), "{error}");
}
