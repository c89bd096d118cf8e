//! Numbers as profiles have them, and as Zendesk takes them: E.164.

use e2e::case;
use e2e::send;
use e2e::{settled, stack, stack_with};
use local::Stack;
use simulators::braze::User;
use simulators::zendesk::Person;

use crate::crowd::{tickets_of, users_of};

async fn texted_from(stack: &Stack, id: &str, first_name: &str, phone: &str) {
    stack.braze.add_user(User::new(id, first_name, "", phone));
    let answer = send::text(stack, id, "Hello").await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    settled(stack).await;
}

/// The number in Zendesk.
async fn kept(phone: &str) -> Option<String> {
    let stack = stack().await;
    texted_from(&stack, "bo", "Bo", phone).await;
    let [user] = users_of(&stack, "bo").try_into().expect("one user");
    user.phone
}

#[test]
fn a_number_with_blanks_and_brackets_is_kept() {
    case!(async {
        assert_eq!(
            kept("+1 (555) 010-0009").await.as_deref(),
            Some("+15550100009")
        )
    });
}

#[test]
fn a_number_with_hyphens_dots_or_slashes_is_kept() {
    case!(async {
        assert_eq!(
            kept("+1-555-010-0010").await.as_deref(),
            Some("+15550100010")
        );
        assert_eq!(
            kept("+33.6.12.34.56.78").await.as_deref(),
            Some("+33612345678")
        );
        assert_eq!(kept("+49 30/123456").await.as_deref(), Some("+4930123456"));
    });
}

#[test]
fn a_number_written_as_a_link_is_kept() {
    case!(async {
        assert_eq!(
            kept("tel:+1-555-010-0011").await.as_deref(),
            Some("+15550100011")
        );
        assert_eq!(
            kept("TEL:+15550100012").await.as_deref(),
            Some("+15550100012")
        );
    });
}

#[test]
fn a_number_with_the_prefix_for_abroad_is_kept() {
    case!(async {
        assert_eq!(
            kept("0044 20 7946 0018").await.as_deref(),
            Some("+442079460018")
        )
    });
}

#[test]
fn a_number_with_a_zero_in_brackets_is_kept() {
    case!(async {
        assert_eq!(
            kept("+44 (0)20 7946 0018").await.as_deref(),
            Some("+442079460018")
        )
    });
}

#[test]
fn a_number_with_blanks_of_another_kind_is_kept() {
    case!(async {
        assert_eq!(
            kept("+33\u{a0}6\u{202f}12\u{2009}34 56 78")
                .await
                .as_deref(),
            Some("+33612345678")
        );
    });
}

#[test]
fn a_number_without_a_country_is_not_made_into_another_one() {
    case!(async {
        let kept = kept("(555) 010-0012").await;
        assert!(
            kept.is_none() || kept.as_deref() == Some("(555) 010-0012"),
            "{kept:?}"
        );
    });
}

#[test]
fn an_account_that_takes_national_numbers_keeps_them_as_they_are() {
    case!(async {
        let stack = stack_with(|options| options.zendesk.variants.phone_must_be_e164 = false).await;
        texted_from(&stack, "bo", "Bo", "06 12 34 56 78").await;
        assert_eq!(
            users_of(&stack, "bo")[0].phone.as_deref(),
            Some("06 12 34 56 78")
        );
    });
}

#[test]
fn who_has_no_name_is_called_by_the_number_as_it_is_dialled() {
    case!(async {
        let stack = stack().await;
        texted_from(&stack, "bo", "", "+1 (555) 010-0009").await;
        assert_eq!(users_of(&stack, "bo")[0].name, "+15550100009");
        assert_eq!(tickets_of(&stack, "bo")[0].subject, "SMS from +15550100009");
    });
}

#[test]
fn a_number_that_agents_corrected_is_not_replaced() {
    case!(async {
        let stack = stack().await;
        let ana = Person::customer("Ana Pérez")
            .external_id("crm-7")
            .phone("+15550109999");
        let ana = stack.zendesk.add_user(ana);
        texted_from(&stack, "crm-7", "Ana", "+15550100007").await;
        let users = stack.zendesk.users();
        let now = users.iter().find(|user| user.id == ana).expect("known");
        assert_eq!(now.phone.as_deref(), Some("+15550109999"));
    });
}
