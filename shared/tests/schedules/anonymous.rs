//! The customer 0 of every fourth schedule begins as an anonymous profile, and is one person under two keys: the
//! number, and later the external id.

use shared::conversation::store::Key;
use shared::message::{BrazeId, Customer, Phone};

/// The number of the only anonymous profile there is.
pub fn number() -> Customer {
    Customer::Phone(phone())
}

/// The same, as Zendesk's user names it.
pub fn phone() -> Phone {
    Phone::read("+15550100042").expect("a number")
}

/// The external id that the profile gets.
fn external_id() -> Customer {
    "c0".parse().expect("an id")
}

/// The profile's Braze id, which stays the same, as Braze names it.
pub const BRAZE_ID: &str = "b0";

/// The same.
pub fn braze_id() -> Option<BrazeId> {
    BrazeId::of(BRAZE_ID)
}

/// Who it is, whatever they are called by.
pub fn person(customer: &Customer) -> Customer {
    match customer {
        Customer::Phone(_) => external_id(),
        Customer::Id(_) => customer.clone(),
    }
}

/// The conversations that a person may have, the later one last.
pub fn conversations_of(person: &Customer) -> Vec<Key> {
    let own = Key::Customer(person.clone());
    match *person == external_id() {
        true => vec![Key::Customer(number()), own],
        false => vec![own],
    }
}
