//! The simulator's certificate: self-signed, made at start, as routers have them.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A server configuration with a new self-signed certificate, and that certificate's SHA-256.
pub(super) fn self_signed() -> std::io::Result<(Arc<ServerConfig>, [u8; 32])> {
    let made = rcgen::generate_simple_self_signed(vec!["router.invalid".to_owned()]).map_err(std::io::Error::other)?;
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let mut fingerprint = [0; 32];
    let digest = ring::digest::digest(&ring::digest::SHA256, &certificate);
    for (to, from) in fingerprint.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .map_err(std::io::Error::other)?;
    Ok((Arc::new(config), fingerprint))
}
