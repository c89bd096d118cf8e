//! What a text costs in time: reading a webhook, HTML to text, fitting for SMS.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use shared::message::{Parsed, braze_inbound, zendesk_reply};
use shared::text::{answer, html, sms};

const SIZES: [usize; 3] = [200, 4_096, 65_536];

fn filled(unit: &str, size: usize) -> String {
    unit.repeat(size.div_ceil(unit.len()))
}

fn words(size: usize) -> String {
    filled(
        "Your parcel is on its way, it's there by “Friday” – see https://example.com/t/1. ",
        size,
    )
}

fn webhooks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("webhook");
    for size in SIZES {
        group.throughput(Throughput::Bytes(size as u64));
        let text = words(size);
        let reply = serde_json::json!({"ticket_id": "35", "status": "open", "external_user_id": "ana",
            "comment_id": "7", "author_name": "Jo", "author_role": "agent", "text": text});
        let reply = reply.to_string();
        assert!(matches!(
            zendesk_reply(reply.as_bytes(), None, 0),
            Parsed::Event(_)
        ));
        group.bench_function(BenchmarkId::new("reply", size), |b| {
            b.iter(|| zendesk_reply(black_box(reply.as_bytes()), None, 0));
        });
        let inbound = serde_json::json!({"kind": "message", "external_user_id": "ana", "message": text,
            "dispatch_id": "d", "media_urls": ""});
        let inbound = inbound.to_string();
        assert!(matches!(
            braze_inbound(inbound.as_bytes(), None, 0),
            Parsed::Event(_)
        ));
        group.bench_function(BenchmarkId::new("inbound", size), |b| {
            b.iter(|| braze_inbound(black_box(inbound.as_bytes()), None, 0));
        });
    }
    group.finish();
}

fn texts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("text");
    for size in SIZES {
        group.throughput(Throughput::Bytes(size as u64));
        let page = filled(
            "<p>Hi <b>Ana</b> &amp; co</p><ul><li><a href=\"https://example.com/a\">here</a></li></ul>",
            size,
        );
        group.bench_function(BenchmarkId::new("html", size), |b| {
            b.iter(|| html::to_text(black_box(&page)));
        });
        let nested = filled("<div><blockquote>", size);
        group.bench_function(BenchmarkId::new("nested-html", size), |b| {
            b.iter(|| html::to_text(black_box(&nested)));
        });
        let plain = words(size);
        group.bench_function(BenchmarkId::new("fit-gsm7", size), |b| {
            b.iter(|| sms::fit(black_box(&plain)));
        });
        let dear = filled("Ça va être livré vendredi 😀. ", size);
        group.bench_function(BenchmarkId::new("fit-ucs2", size), |b| {
            b.iter(|| sms::fit(black_box(&dear)));
        });
    }
    // Shapes that cost more than ordinary text of the same length.
    for unit in ["é&nbsp;", "&amp;", "<br>", "<sup>1</sup>", "<tr><td>a<td>b"] {
        let page = filled(unit, SIZES[2]);
        group.bench_function(BenchmarkId::new("html", unit), |b| {
            b.iter(|| html::to_text(black_box(&page)));
        });
    }
    for unit in ["*a* ", "a|b\n-|-\n", "<"] {
        let comment = filled(unit, SIZES[2]);
        group.bench_function(BenchmarkId::new("answer", unit.trim()), |b| {
            b.iter(|| answer::plain(black_box(&comment), "--"));
        });
    }
    let sentence = "Please restart the box and tell me what you see. ";
    for (name, unit, end) in [
        ("euro", "€", ""),
        ("lines", "é\n", ""),
        ("word", "a", ""),
        ("two-encodings", "€", "ê"),
        ("letters", "aé", ""),
        ("ligatures", "œ", ""),
        ("marks", "e\u{302}", ""),
        ("emoji-at-the-end", sentence, "😀"),
    ] {
        let text = filled(unit, SIZES[2]) + end;
        group.bench_function(BenchmarkId::new("fit", name), |b| {
            b.iter(|| sms::fit(black_box(&text)));
        });
    }
    group.finish();
}

criterion_group!(benches, webhooks, texts);
criterion_main!(benches);
