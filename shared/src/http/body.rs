//! The body of a request, bounded.
//!
//! In: a request as `lambda_http` hands it over. Out: its raw bytes. `lambda_http` 1.3 has decoded
//! API Gateway's base64 already; a body that claims to be base64 and is not makes it panic before
//! any handler runs, which API Gateway cannot cause.

use lambda_http::Request;

/// Largest body accepted, in bytes after base64; Zendesk's payloads stay under it.
pub const MAX_BODY_BYTES: usize = 262_144;

/// The body is over [`MAX_BODY_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is over {MAX_BODY_BYTES} bytes")]
pub struct TooLarge;

/// The raw bytes of a request's body, as they were signed.
///
/// # Errors
/// [`TooLarge`] over 256 KB.
pub fn body(request: &Request) -> Result<&[u8], TooLarge> {
    let bytes: &[u8] = request.body().as_ref();
    if bytes.len() > MAX_BODY_BYTES {
        return Err(TooLarge);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Body;

    #[test]
    fn a_body_of_256_kb_is_taken_and_one_byte_more_is_not() {
        let full = Request::new(Body::Text("x".repeat(MAX_BODY_BYTES)));
        assert_eq!(body(&full).map(<[u8]>::len), Ok(MAX_BODY_BYTES));
        let over = Request::new(Body::Binary(vec![b'x'; MAX_BODY_BYTES + 1]));
        assert_eq!(body(&over), Err(TooLarge));
    }

    #[test]
    fn bytes_that_are_no_text_arrive_unchanged() {
        let request = Request::new(Body::Binary(vec![0xff, 0, b'{']));
        assert_eq!(body(&request), Ok(&[0xff, 0, b'{'][..]));
        assert_eq!(body(&Request::new(Body::Empty)), Ok(&[][..]));
    }
}
