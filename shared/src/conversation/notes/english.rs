//! The fixed texts in English. In: nothing. Out: [`TEXTS`].

use super::texts::{Media, Texts};

pub(super) static TEXTS: Texts = Texts {
    not_sent: "SMS not sent:",
    not_theirs: "SMS not sent: the message was meant for a customer who is not the requester of this ticket. This \
        happens when the requester was changed. To text the present requester, please answer again.",
    unknown_requester: "SMS not sent: the requester of this ticket has no Braze ID, so we don't know which phone \
        to text. Please reach the customer another way. To use SMS, ask your administrator to fill in the \
        requester's user field \"Braze external ID\", then answer again.",
    untagged: "Your answers on this ticket do not reach the customer's phone, because the ticket no longer has \
        the tag {tag}. The customer's texts still arrive here. To answer by SMS, add the tag first, then answer \
        again.",
    text_moved: "The former requester of this ticket sent a text, which arrived here after the requester was \
        changed. We made it private. It is now on ticket #{ticket}, where this customer's next texts will arrive.",
    text_left: "The former requester of this ticket sent a text, which arrived here after the requester was \
        changed. We made it private. This customer's next texts will not arrive here.",
    opted_out: "SMS not sent: the customer opted out of SMS. Please reach them another way. You can answer by SMS \
        again once they text START.",
    unsubscribed: "SMS not sent: the customer is unsubscribed from these SMS in Braze. Please reach them another \
        way. You can answer by SMS again once they text START, or once they ask for SMS and are subscribed in \
        Braze.",
    customer_unsubscribed: "The customer is unsubscribed from these SMS in Braze. Your answers on this ticket \
        will not reach their phone until they text START, or until they ask for SMS and are subscribed in Braze. \
        Until then, please reach them another way.",
    customer_not_subscribed: "Your answers may not reach the customer's phone: they never subscribed to SMS in \
        Braze. We send your answers anyway. To be sure, please ask the customer to text START, or to agree to be \
        subscribed in Braze.",
    subscribed_again: "The customer had opted out of SMS and is now subscribed again in Braze. Your next answers \
        on this ticket will be sent by SMS.",
    answer_sent_after_all: "SMS sent: an answer that this ticket reported as not sent, or as not confirmed, has \
        now been sent to the customer. Please do not send it again.",
    closing_sent_after_all: "SMS sent: the closing message that this ticket reported as not sent, or as not \
        confirmed, has now been sent to the customer.",
    text_added_after_all: "A text from the customer that was missing on this ticket has now been added. It may be \
        older than the comments before it.",
    no_text: "SMS not sent: your comment contains no text. The customer received nothing.",
    too_long: "SMS not sent: your comment is too long. It would take {messages} long messages (of up to ten SMS \
        each), and the limit is {limit}. The customer received none of it. Please shorten it, or send it another \
        way.",
    unknown: "We don't know whether the customer received this answer: Braze did not confirm it ({at}). We did \
        not send it again, because the customer might get it twice.{before} If the customer does not react, \
        {advice}.",
    sent_before_one: " The customer was sent the first message of this answer.",
    sent_before: " The customer was sent the first {sent} messages of this answer.",
    add_the_tag: "add the tag sms_resend to this ticket, and we will send it again",
    answer_again: "please answer again",
    closing_too_long: "SMS not sent: the closing message is too long. It would take {messages} long messages (of \
        up to ten SMS each), and the limit is {limit}. The customer received nothing. Please tell your \
        administrator.",
    said: "This automatic SMS was sent to the customer:",
    say_unknown: "It is not known whether the customer received this automatic SMS: Braze did not confirm it \
        ({at}). We did not send it again. If the customer needs it, please write to them yourself:",
    say_too_long: "SMS not sent: an automatic message is too long. It would take {messages} long messages (of up \
        to ten SMS each), and the limit is {limit}. The customer received nothing. Please tell your \
        administrator.",
    over_customers_limit: "SMS not sent: this customer has reached the daily limit. The message takes {parts} SMS \
        parts, {spent} were sent within a day, and the limit is {limit} (PARTS_PER_CUSTOMER_DAY). {advice}",
    over_hours_limit: "SMS not sent: the hourly limit for all customers together has been reached. The message \
        takes {parts} SMS parts, and the limit is {limit} an hour (PARTS_PER_HOUR). {advice}",
    ask_again_at: "To send it anyway, add the tag sms_resend to this ticket after {at}, or ask your administrator \
        to raise the limit.",
    ask_in_an_hour: "To send it anyway, add the tag sms_resend to this ticket in an hour, or ask your \
        administrator to raise the limit.",
    ask_never: "The message alone is longer than the limit allows. Please write a shorter one. Or ask your \
        administrator to raise the limit, then add the tag sms_resend to this ticket.",
    closing_unknown: "We don't know whether the customer received the closing message: Braze did not confirm it \
        ({at}). We did not send it again. If it matters, {advice}.",
    refused: "SMS not sent: {why}.{before} We will not try again. Please tell your administrator.",
    not_delivered: "SMS not delivered: {what} did not reach the customer's phone. Reason: {why}{code}. We do not \
        send it again. Please answer again later, or reach the customer another way.",
    rejected: "SMS not delivered: the carrier refused {what}. Reason: {why}{code}. We do not send it again. \
        Please reach the customer another way. If it happens to other customers too, tell your administrator.",
    aborted: "SMS not sent: Braze gave up before sending {what}. Reason: {why}{code}. We do not send it again. \
        Please reach the customer another way, and tell your administrator.",
    withheld: "Braze withheld this SMS: ten minutes after Braze accepted {what}, it had still not been sent. The \
        customer has not received it. Braze does not say why. Possible reasons: the customer is not subscribed to \
        the campaign's SMS group, is unknown to Braze, or has no valid phone number; the customer is in the \
        global control group or on a suppression list; or a frequency cap, quiet hours, or the campaign's \
        re-eligibility setting held the SMS back. Please reach the customer another way, or ask your \
        administrator to check the customer in Braze. If every SMS is reported as withheld, tell your \
        administrator that Braze's event export (Currents) may have stopped.",
    not_received: "Braze withheld this SMS: ten minutes after Braze accepted {what}, Braze's record of the customer \
        shows that it was not sent. The customer has not received it. {why} Please reach the customer another way, \
        or ask your administrator to check the customer in Braze.",
    unknown_to_braze: "Reason: Braze does not know this customer.",
    in_control_group: "Reason: the customer is in a control group.",
    may_be_withheld: "Braze does not say why. Possible reasons: the customer is not subscribed to the campaign's SMS \
        group or has no valid phone number; the customer is in the global control group or on a suppression list; \
        or a frequency cap, quiet hours, or the campaign's re-eligibility setting held the SMS back.",
    sent_after_all: "SMS sent after all: Braze has now sent {what}, which this ticket reported as withheld. \
        Please do not send it again.",
    answer_of: "the answer of {at}{part}",
    message_of: "the SMS of {at}{part}",
    part_of: " (message {part} of {parts})",
    provider_code: " (provider's code {code})",
    braze_code: " ({code})",
    phone_unreachable: "the phone is switched off or has no signal",
    phone_blocks: "the number blocks your messages, or does not accept SMS",
    number_unknown: "the number does not exist or is no longer in use",
    landline: "the number is a landline, or its carrier does not support SMS",
    filtered: "the carrier filtered it as unwanted or against its rules",
    no_reason: "none given",
    braze_answered: "Braze answered",
    text_given_up: "A text from the customer is missing on this ticket: we tried for {hours} hours and could not \
        add it. The text is saved. Please ask your administrator to add it (sms-bridge dead-letters).",
    text_refused: "A text from the customer is missing on this ticket: Zendesk refused it (HTTP {status}). The \
        text is saved. Please tell your administrator (sms-bridge dead-letters).",
    text_in_doubt: "A text from the customer may be missing on this ticket: Zendesk did not confirm it, and we \
        could not check. The text is saved. Please ask your administrator to replay it (sms-bridge dead-letters). \
        It will not be added twice.",
    continues: "This ticket continues ticket #{ticket}, which has as many comments as Zendesk allows. Please \
        answer here.",
    solve_unclear: "SMS not sent: we could not confirm with Zendesk (HTTP {status}) that this ticket was solved \
        again. The customer received a closing message when it was solved before, so we sent no second one. \
        Please tell your administrator.",
    answer_given_up: "SMS not sent: we could not reach Braze for {hours} hours.{before} The message is saved. If \
        the customer still needs it, please ask your administrator to send it (sms-bridge dead-letters).",
    not_found: "SMS not sent: we could not find the comment to send among the newest comments of this ticket. \
        Please answer again.",
    broke_off: "We don't know whether a message on this ticket was delivered: processing it failed repeatedly. \
        The message is saved. Please tell your administrator (sms-bridge dead-letters).",
    customer_opted_out: "The customer opted out of SMS. Your answers on this ticket will not reach their phone \
        until they text START. Until then, please reach them another way.",
    customer_opted_in: "The customer opted in to SMS again. Your next answers on this ticket will be sent by SMS.",
    customer_asked_for_help: "The customer texted HELP, and Braze answered with its help message.",
    customer_asked_to_opt_out: "The customer seems to want no more texts but did not text STOP, so Braze still \
        counts them as subscribed. We no longer send them automatic SMS, such as the closing message. Your own \
        answers on this ticket are still sent. If they want no texts at all, please unsubscribe them in Braze.",
    customer_opted_out_in_words: "The customer asked for no more texts, in other words than STOP. We treat this \
        as an opt-out and tell Braze to unsubscribe them. Your answers on this ticket will not reach their phone \
        until they text START.",
    braze_not_informed: "Braze could not be told that the customer wants no more texts. We send them nothing, but \
        other Braze campaigns may. Please unsubscribe them in Braze. Please also tell your administrator: the \
        Braze key needs the permission subscription.status.set, and the setting BRAZE_SUBSCRIPTION_GROUP_ID must \
        name a group that exists.",
    closing: "Your ticket has been closed",
    file_not_attached: "File not attached ({why}): {link}",
    more_not_attached: "… and {count} more files not attached",
    one_file: "(1 file)",
    files: "({count} files)",
    one_late_file: "(1 file that was not attached above)",
    late_files: "({count} files that were not attached above)",
    file_not_sent: "Attachment of your answer: file not sent by SMS{names}. Please send it another way, for \
        example as a link.",
    files_not_sent: "Attachments of your answer: {count} files not sent by SMS{names}. Please send them another \
        way, for example as links.",
    cost: "SMS cost: {parts} in {messages}, {encoding}",
    one_part: "1 part",
    parts: "{count} parts",
    one_message: "1 message",
    messages: "{count} messages",
    cost_forced_by: ", because of the character {character}",
    loop_fuse: "The customer's number sent the same text {count} times within an hour, which looks like an \
        automatic reply. We send it no automatic SMS (such as the closing message) until a different text \
        arrives, or until an hour passes without one. Your own answers are still sent.",
    context: "Customer context from Braze:",
    left_out: "This ticket was opened without some of what the Braze campaign asked for, because it is not valid \
        or Zendesk refused it: {names}. Please ask your administrator to check the campaign's webhook body.",
    media: Media {
        bad_link: "the link cannot be used",
        not_https: "the link is not https",
        private_address: "the link leads to a private address",
        too_many_redirects: "too many redirects",
        unreachable: "its server could not be reached",
        timed_out: "it took too long",
        status: "its server answered {status}",
        encoded: "the content is compressed",
        empty: "it is empty",
        too_large: "it is larger than 8 MB",
        type_not_allowed: "its type is not accepted",
        not_its_type: "its content is not of its type",
        too_many: "more than ten files",
        not_taken: "Zendesk could not accept it",
        refused: "Zendesk refused it",
        interrupted: "the download failed",
    },
};
