//! Known failures of this suite name tests that exist.

#[test]
fn every_row_names_a_test() {
    assert_eq!(
        e2e::known::unknown("operate"),
        [""; 0],
        "there are no such tests"
    );
}
