use proptest::prelude::*;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// First bytes, what a sender calls them, and what they are.
const KNOWN: &[(&[u8], &str, &str)] = &[
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpg", "image/jpeg"),
    (PNG, "image/png", "image/png"),
    (b"GIF89a\x01\0", "image/gif", "image/gif"),
    (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp", "image/webp"),
    (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heif", "image/heic"),
    (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif", "image/avif"),
    (
        b"BM\x9a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        "image/x-ms-bmp",
        "image/bmp",
    ),
    (b"II*\0\x08\0\0\0", "image/tiff", "image/tiff"),
    (b"MM\0*\0\0\0\x08", "image/tiff", "image/tiff"),
    (b"\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4", "video/mp4"),
    (
        b"\0\0\0\x14ftypqt  \0\0\0\0",
        "video/quicktime",
        "video/quicktime",
    ),
    (
        b"\0\0\0\x08wide\0\0\x10\0mdat",
        "video/quicktime",
        "video/quicktime",
    ),
    (
        b"\0\0\x02\0moov\0\0\0lmvhd",
        "video/quicktime",
        "video/quicktime",
    ),
    (
        b"\0\0\0\x01mdat\0\0\0\0\0\0\x10\0",
        "video/quicktime",
        "video/quicktime",
    ),
    (b"\0\0\0\x14ftyp3gp5\0\0\0\0", "video/3gp", "video/3gpp"),
    (b"\0\0\0\x14ftyp3gp4\0\0\0\0", "audio/3gpp", "video/3gpp"),
    (b"\0\0\0\x14ftyp3g2a\0\0\0\0", "video/3gpp2", "video/3gpp2"),
    (
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
        "video/webm",
        "video/webm",
    ),
    (
        b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska",
        "video/x-matroska",
        "video/x-matroska",
    ),
    (b"\0\0\0\x14ftypM4A \0\0\0\0", "audio/x-m4a", "audio/mp4"),
    (b"ID3\x03\0", "audio/mp3", "audio/mpeg"),
    (b"\xff\xfb\x90\x64", "audio/mpeg", "audio/mpeg"),
    (b"\xff\xf1\x50\x80", "audio/aac", "audio/aac"),
    (b"\xff\xf9\x50\x80", "audio/aacp", "audio/aac"),
    (b"#!AMR\n\x3c", "audio/amr-nb", "audio/amr"),
    (b"#!AMR-WB\n\x3c", "audio/amr-wb", "audio/amr-wb"),
    (b"RIFF\x24\0\0\0WAVEfmt ", "audio/x-wav", "audio/wav"),
    (b"caff\0\x01\0\0desc", "audio/x-caf", "audio/x-caf"),
    (b"OggS\0", "application/ogg", "audio/ogg"),
    (b"%PDF-1.7\n", "application/pdf", "application/pdf"),
    (b"{\\rtf1\\ansi x}", "text/rtf", "application/rtf"),
    (b"begin:vcard\r\nVERS", "text/x-vCard", "text/vcard"),
    (
        b"\xef\xbb\xbf\r\n\r\n BEGIN:VCARD\r\n",
        "text/directory; profile=vCard",
        "text/vcard",
    ),
    (b"BEGIN:VCARD\r\n", "text/plain", "text/vcard"),
    (
        b"BEGIN:VCALENDAR\r\nVERSION:1.0",
        "text/x-vcalendar",
        "text/calendar",
    ),
    (
        b"\nBEGIN:VCALENDAR\n",
        "text/calendar; method=REQUEST",
        "text/calendar",
    ),
];

#[test]
fn a_file_is_known_by_its_first_bytes() {
    for (head, declared, mime) in KNOWN {
        for declared in [
            Some(*declared),
            Some(*mime),
            None,
            Some("application/octet-stream"),
            Some(""),
        ] {
            let kind = Kind::of(head, declared).map(Kind::mime);
            assert_eq!(kind, Ok(*mime), "{declared:?}");
        }
    }
}

#[test]
fn an_office_document_is_one_by_its_container_and_its_name() {
    let zip = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0";
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0";
    for entry in OFFICE {
        let mut head: &[u8] = if Kind(entry).is_zipped() { zip } else { old };
        assert_eq!(Kind::of(head, Some(entry.mime)), Ok(Kind(entry)));
        head = if Kind(entry).is_zipped() { old } else { zip };
        assert_eq!(
            Kind::of(head, Some(entry.mime)),
            Err(MediaProblem::NotItsType)
        );
    }
    for head in [&zip[..], old] {
        assert_eq!(Kind::of(head, None), Err(MediaProblem::TypeNotAllowed));
        assert_eq!(
            Kind::of(head, Some("image/jpeg")),
            Err(MediaProblem::NotItsType)
        );
    }
    let rtf = Kind::of(b"{\\rtf1}", Some("application/msword")).map(Kind::ending);
    assert_eq!(rtf, Ok("rtf"));
    let mime = b"application/vnd.oasis.opendocument.text";
    let mut odt = b"PK\x03\x04".to_vec();
    odt.resize(30, 0);
    odt[18] = mime.len() as u8;
    odt.extend(b"mimetype");
    odt.extend(mime);
    odt.extend(b"PK\x03\x04");
    assert_eq!(Kind::of(&odt, None).map(Kind::ending), Ok("odt"));
}

#[test]
fn words_are_plain_text_and_nothing_that_acts() {
    for words in [
        &b"A long text that the phone turned into a picture message"[..],
        b"\xef\xbb\xbfHello",
        b"Tr\xe8s press\xe9",
        b"\xff\xfeH\0i\0",
        b"1 < 2, <3 you",
        b"line\r\nline\tline",
    ] {
        let kind = Kind::of(words, Some("text/plain; charset=utf-8"));
        assert!(kind.is_ok_and(Kind::is_words), "{words:?}");
        assert_eq!(Kind::of(words, None), Err(MediaProblem::TypeNotAllowed));
    }
    for (declared, content) in [
        (
            "text/plain",
            &b"<!DOCTYPE html><script>alert(1)</script>"[..],
        ),
        ("text/plain", b"hello <script>alert(1)</script>"),
        ("text/plain", b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0"),
        ("text/plain", b"#!/bin/sh\nrm -rf /"),
        ("text/plain", b"MZ\x90\0\x03\0\0\0"),
        ("text/plain", b"a\0b"),
        ("text/plain", b""),
        ("text/calendar", b"<html><script>alert(1)</script>"),
        ("text/vcard", b"<svg onload=alert(1)>"),
        ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg'>"),
    ] {
        assert_eq!(
            Kind::of(content, Some(declared)),
            Err(MediaProblem::NotItsType),
            "{declared}"
        );
    }
}

#[test]
fn a_file_that_is_not_what_it_says_is_refused() {
    for head in [
        &b"<html><script>"[..],
        b"MZ\x90\0",
        b"%PDF-1.7\n",
        b"",
        b"PK\x03\x04",
        b"\x7fELF",
    ] {
        assert_eq!(
            Kind::of(head, Some("image/jpeg")),
            Err(MediaProblem::NotItsType)
        );
    }
    assert_eq!(
        Kind::of(PNG, Some("application/pdf")),
        Err(MediaProblem::NotItsType)
    );
    assert_eq!(
        Kind::of(PNG, Some("IMAGE/JPEG; x=y")).map(Kind::mime),
        Ok("image/png")
    );
    assert_eq!(
        Kind::of(b"\0\0\0\x18ftypmp42", Some("image/gif")).map(Kind::mime),
        Ok("video/mp4")
    );
}

#[test]
fn a_type_that_no_phone_sends_is_refused_whatever_it_holds() {
    for declared in [
        "text/html",
        "image/svg+xml",
        "application/zip",
        "application/x-sh",
        "text/javascript",
        "application/javascript",
        "application/xhtml+xml",
        "text/xml",
        "application/x-msdownload",
        "application/vnd.android.package-archive",
        "application/vnd.ms-word.document.macroenabled.12",
    ] {
        assert_eq!(
            Kind::of(PNG, Some(declared)),
            Err(MediaProblem::TypeNotAllowed),
            "{declared}"
        );
    }
    assert_eq!(Kind::of(b"<html>", None), Err(MediaProblem::TypeNotAllowed));
}

/// Written before the list of kinds was read: other names and beginnings of what the first table has.
const FURTHER: &[(&[u8], &str, &str)] = &[
    (b"\xff\xd8\xff\xdb\0\x43", "image/pjpeg", "image/jpeg"),
    (b"\xff\xd8\xff\xe1\x12\x34Exif", "IMAGE/JPEG", "image/jpeg"),
    (PNG, "image/x-png", "image/png"),
    (b"GIF87a\x01\0", "image/gif", "image/gif"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic", "image/heic"),
    (b"\0\0\0\x18ftypheix\0\0\0\0", "image/heic-sequence", "image/heic"),
    (b"\0\0\0\x20ftypavis\0\0\0\0", "image/avif", "image/avif"),
    (b"BM\x36\x03\0\0\0\0\0\0\x36\0\0\0\x7c\0\0\0", "image/x-windows-bmp", "image/bmp"),
    (b"BM\x36\x03\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "image/bmp", "image/bmp"),
    (b"II*\0\x08\0\0\0", "image/x-tiff", "image/tiff"),
    (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", "video/mp4", "video/mp4"),
    (b"\0\0\0\x1cftypavc1\0\0\0\0", "video/x-m4v", "video/mp4"),
    (b"\0\0\0\x1cftypM4V \0\0\0\0", "video/x-m4v", "video/mp4"),
    (b"\0\0\0\x18ftyp3gp6\0\0\0\0", "video/3gpp; codecs=\"mp4v\"", "video/3gpp"),
    (b"\0\0\0\x18ftyp3gr6\0\0\0\0", "audio/3gpp", "video/3gpp"),
    (b"\0\0\0\x18ftyp3ge6\0\0\0\0", "video/x-3gpp", "video/3gpp"),
    (b"\0\0\0\x08free\0\0\x10\0mdat", "video/mov", "video/quicktime"),
    (b"\0\0\0\x08skip\0\0\x10\0mdat", "video/quicktime", "video/quicktime"),
    (b"\0\0\x4a\x12mdat\0\0\0\0", "video/x-quicktime", "video/quicktime"),
    (b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm", "audio/webm; codecs=opus", "video/webm"),
    (b"#!AMR\n\x04", "audio/x-amr", "audio/amr"),
    (b"#!AMR\n\x7c", "audio/AMR; ptime=20", "audio/amr"),
    (b"#!AMR-WB\n\x24", "audio/3gpp", "audio/amr-wb"),
    (b"\xff\xf1\x4c\x80", "audio/x-aac", "audio/aac"),
    (b"\xff\xf1\x4c\x80", "audio/x-hx-aac-adts", "audio/aac"),
    (b"RIFF\x24\0\0\0WAVEJUNK", "audio/vnd.wave", "audio/wav"),
    (b"RIFF\x24\0\0\0WAVEfact", "audio/wave", "audio/wav"),
    (b"caff\0\x01\0\0free", "audio/caf", "audio/x-caf"),
    (b"OggS\0\x02", "audio/ogg; codecs=opus", "audio/ogg"),
    (b"OggS\0\x02", "audio/opus", "audio/ogg"),
    (b"\xff\xf3\x84\x64", "audio/mpeg3", "audio/mpeg"),
    (b"ID3\x04\0", "audio/x-mp3", "audio/mpeg"),
    (b"\0\0\0\x1cftypM4B \0\0\0\0", "audio/mp4", "audio/mp4"),
    (b"\0\0\0\x18ftypmp42\0\0\0\0", "audio/m4a", "video/mp4"),
    (b"BEGIN:VCARD\nVERSION:2.1\n", "application/vcard", "text/vcard"),
    (b"\r\n\r\nBEGIN:VCARD\r\nVERSION:3.0\r\n", "text/x-vcard; charset=utf-8", "text/vcard"),
    (b"Begin:vCard\nVersion:4.0\n", "text/vcard", "text/vcard"),
    (b"\r\nBEGIN:VCALENDAR\r\n", "application/ics", "text/calendar"),
    (b"BEGIN:VCALENDAR\n", "text/plain", "text/calendar"),
    (b"{\\rtf1\\ansi\\deff0", "application/x-rtf", "application/rtf"),
    (b"{\\rtf1\\ansi", "text/richtext", "application/rtf"),
    (b"\n%PDF-1.4\n", "application/x-pdf", "application/pdf"),
];

#[test]
fn further_names_and_beginnings() {
    let wrong: Vec<_> = FURTHER
        .iter()
        .map(|(head, declared, mime)| {
            (
                declared,
                mime,
                Kind::of(head, Some(declared)).map(Kind::mime),
            )
        })
        .filter(|(_, mime, found)| *found != Ok(**mime))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        FURTHER.len()
    );
    for (declared, content) in [
        ("text/plain", &b"  <html>"[..]),
        ("text/plain", b"Hi <a href='javascript:x()'>y</a>"),
        ("text/plain", b"@echo off\r\ndel *.*"),
        ("text/plain", b"<?php system($x);"),
        ("text/vcard", b"\n<script>x</script>"),
        ("image/bmp", b"BMW is a car"),
        ("audio/amr", b"#!/bin/sh"),
        ("video/quicktime", b"<html>mdat"),
        ("application/octet-stream", b"MZ\x90\0"),
        ("application/msword", b"<html>"),
        ("text/x-python", b"import os"),
        ("application/x-httpd-php", b"<?php"),
    ] {
        assert!(
            Kind::of(content, Some(declared)).is_err(),
            "{declared} {content:?}"
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_have_a_kind_or_none(head in prop::collection::vec(any::<u8>(), 0..60), declared in "(text|image|audio|application)/[a-z.-]{0,12}") {
        if let Ok(kind) = Kind::of(&head, Some(&declared)) {
            prop_assert!(!kind.mime().contains("html") && !kind.mime().contains("svg"));
        }
        if let Ok(kind) = Kind::of(&head, None) {
            prop_assert_eq!(Kind::of(&head, Some(kind.mime())), Ok(kind));
        }
    }
}
