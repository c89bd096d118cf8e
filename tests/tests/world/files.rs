//! Files that phones send: on the ticket under their true type, words as words, programs never.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use e2e::case;
use e2e::view::only_ticket;
use e2e::{ANA, settled, stack_with};
use simulators::zendesk::TicketComment;

/// The comment of a text with one file of this declared type.
async fn sent(declared: &str, content: &[u8]) -> TicketComment {
    let stack = stack_with(|options| options.pictures = true).await;
    let host = stack.pictures.as_ref().expect("a host");
    let link = host
        .add(declared, Bytes::copy_from_slice(content))
        .expect("kept");
    stack.braze.customer_texts(ANA, "Look", &[link]).await;
    settled(&stack).await;
    only_ticket(&stack).comments.remove(0)
}

/// The file is attached under one of these types, and not named as missing.
async fn is_attached(declared: &str, content: &[u8], types: &[&str]) {
    let comment = sent(declared, content).await;
    let attached: Vec<&str> = comment
        .attachments
        .iter()
        .map(|file| file.content_type.as_str())
        .collect();
    let [only] = attached.as_slice() else {
        panic!("{declared} is not attached: {}", comment.plain_body);
    };
    assert!(types.contains(only), "{declared} is attached as {only}");
    assert_eq!(comment.plain_body, "Look");
}

fn base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("base64")
}

#[test]
fn a_long_text_that_the_phone_sent_as_a_file_is_read_on_the_ticket() {
    case!(async {
        let words = "A long text that the phone turned into a picture message";
        for declared in [
            "text/plain",
            "text/plain; charset=utf-8",
            "text/plain;charset=\"UTF-8\"",
        ] {
            let comment = sent(declared, words.as_bytes()).await;
            assert!(
                comment.plain_body.contains(words),
                "{declared}: {}",
                comment.plain_body
            );
            assert!(
                comment.plain_body.contains("Look"),
                "{}",
                comment.plain_body
            );
        }
    });
}

#[test]
fn words_in_an_older_character_set_are_read_on_the_ticket() {
    case!(async {
        let comment = sent("text/plain; charset=iso-8859-1", b"Tr\xe8s press\xe9").await;
        assert!(
            comment.plain_body.contains("Très pressé"),
            "{}",
            comment.plain_body
        );
    });
}

#[test]
fn a_voice_note_of_any_phone_is_attached() {
    case!(async {
        let amr = b"#!AMR\nxxxxxxxxxxxxxxxxxxxxxxxx";
        is_attached("audio/amr-nb", amr, &["audio/amr"]).await;
        is_attached("audio/AMR; codecs=samr", amr, &["audio/amr"]).await;
        is_attached(
            "audio/amr-wb",
            b"#!AMR-WB\nxxxxxxxxxxxxxxxxxxxx",
            &["audio/amr-wb", "audio/amr"],
        )
        .await;
        is_attached(
            "audio/aac",
            b"\xff\xf1\x50\x80\x01\x1f\xfc\x21\x00\x00\x00\x00\x00\x00\x00\x00",
            &["audio/aac"],
        )
        .await;
        is_attached(
            "audio/x-caf",
            b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20",
            &["audio/x-caf"],
        )
        .await;
        is_attached(
            "audio/wav",
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0",
            &["audio/wav", "audio/x-wav", "audio/vnd.wave"],
        )
        .await;
    });
}

#[test]
fn a_film_of_an_older_iphone_or_of_a_browser_is_attached() {
    case!(async {
        let old = base64("AAAACHdpZGUAABAAbWRhdHh4eHh4eHh4eHh4eHh4eHg=");
        is_attached("video/quicktime", &old, &["video/quicktime"]).await;
        is_attached(
            "video/quicktime",
            b"\0\0\x02\x00moov\0\0\0\x6cmvhd\0\0\0\0",
            &["video/quicktime"],
        )
        .await;
        is_attached(
            "video/webm",
            b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81webm",
            &["video/webm"],
        )
        .await;
        is_attached(
            "video/3gp",
            b"\0\0\0\x14ftyp3gp5\0\0\0\0isom",
            &["video/3gpp"],
        )
        .await;
    });
}

#[test]
fn pictures_that_are_no_jpeg_are_attached() {
    case!(async {
        is_attached(
            "image/bmp",
            b"BM\x9a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
            &["image/bmp"],
        )
        .await;
        is_attached(
            "image/tiff",
            b"II*\0\x08\0\0\0\0\0\0\0\0\0\0\0",
            &["image/tiff"],
        )
        .await;
        is_attached(
            "image/avif",
            b"\0\0\0\x1cftypavif\0\0\0\0avif",
            &["image/avif"],
        )
        .await;
    });
}

#[test]
fn an_appointment_is_attached() {
    case!(async {
        let calendar = b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\nEND:VCALENDAR\r\n";
        for declared in [
            "text/x-vcalendar",
            "text/calendar; method=REQUEST",
            "text/x-vCalendar;charset=utf-8",
        ] {
            is_attached(declared, calendar, &["text/calendar", "text/x-vcalendar"]).await;
        }
    });
}

#[test]
fn a_business_card_behind_an_empty_line_is_attached() {
    case!(async {
        let card = b"\r\n\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bo\r\nEND:VCARD\r\n";
        is_attached("text/x-vCard", card, &["text/vcard", "text/x-vcard"]).await;
    });
}

#[test]
fn documents_are_attached() {
    case!(async {
        let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        is_attached(word, b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0", &[word]).await;
        is_attached(
            "application/msword",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0",
            &["application/msword"],
        )
        .await;
        is_attached(
            "application/rtf",
            b"{\\rtf1\\ansi Hello}",
            &["application/rtf", "text/rtf"],
        )
        .await;
    });
}

#[test]
fn scripts_pages_and_programs_are_never_attached() {
    case!(async {
        for (declared, content) in [
            ("text/html", &b"<html><script>alert(1)</script>"[..]),
            (
                "image/svg+xml",
                b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            ),
            ("text/plain", b"<!DOCTYPE html><script>alert(1)</script>"),
            ("text/calendar", b"<html><script>alert(1)</script>"),
            ("application/msword", b"MZ\x90\0\x03\0\0\0"),
            ("text/javascript", b"alert(1)"),
            ("application/zip", b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0"),
        ] {
            let comment = sent(declared, content).await;
            assert!(comment.attachments.is_empty(), "{declared} is attached");
            assert!(
                !comment.html_body.contains("<script"),
                "{}",
                comment.html_body
            );
        }
    });
}
