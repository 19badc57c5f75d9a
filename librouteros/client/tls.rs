//! TLS to routers: the certificate is pinned, not verified against names or issuers.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring as provider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

use super::transport::MIN_WAIT;
use super::{ConnectOptions, TlsOptions};
use crate::error::{Error, Result};

/// SHA-256 of a certificate as the router showed it.
pub(super) fn fingerprint(certificate: &CertificateDer<'_>) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate);
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    out
}

/// Shakes hands to the end, so that a wrong certificate is known before the first byte of ours is sent.
pub(super) fn handshake(
    mut stream: TcpStream,
    tls: &TlsOptions,
    options: &ConnectOptions,
) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let provider = Arc::new(provider::default_provider());
    let pinned = Arc::new(Pinned { expected: tls.fingerprint_sha256, provider: provider.clone() });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(pinned)
        .with_no_client_auth();
    // A name that is none (an address with a zone, say) only loses SNI.
    let name = ServerName::try_from(options.host.clone())
        .or_else(|_| ServerName::try_from("router.invalid"))
        .map_err(|error| Error::Tls(error.to_string()))?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(|error| Error::Tls(error.to_string()))?;
    let end = Instant::now() + options.command_timeout;
    while connection.is_handshaking() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::Timeout);
        }
        stream.set_read_timeout(Some(left.max(MIN_WAIT)))?;
        if let Err(error) = connection.complete_io(&mut stream) {
            return Err(explain(error, &connection, tls));
        }
    }
    Ok(StreamOwned::new(connection, stream))
}

/// The cause of a failed handshake, in words an operator can act on.
fn explain(error: std::io::Error, connection: &ClientConnection, tls: &TlsOptions) -> Error {
    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(_)) => {
            let seen = connection.peer_certificates().and_then(|chain| chain.first()).map(|first| fingerprint(first));
            match (tls.fingerprint_sha256, seen.or_else(|| mismatch(cause))) {
                (Some(_), Some(seen)) => Error::FingerprintMismatch { seen },
                _ => Error::Tls(error.to_string()),
            }
        }
        // Without a certificate api-ssl offers only anonymous key exchange, which no modern TLS speaks.
        Some(rustls::Error::AlertReceived(alert)) => {
            Error::Tls(format!("the router refused ({alert:?}): has its api-ssl service a certificate?"))
        }
        Some(other) => Error::Tls(other.to_string()),
        None => error.into(),
    }
}

/// The fingerprint our verifier put into its refusal.
fn mismatch(cause: Option<&rustls::Error>) -> Option<[u8; 32]> {
    let Some(rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other))) = cause else {
        return None;
    };
    other.0.downcast_ref::<Unpinned>().map(|unpinned| unpinned.0)
}

/// The refusal of a certificate that is not the pinned one, with its fingerprint.
#[derive(Debug, thiserror::Error)]
#[error("the certificate is not the pinned one")]
struct Unpinned([u8; 32]);

/// Takes the pinned certificate, or any. The handshake signature is always verified: showing a certificate is not holding its
/// key.
#[derive(Debug)]
struct Pinned {
    expected: Option<[u8; 32]>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let seen = fingerprint(end_entity);
        match self.expected {
            Some(expected) if expected != seen => {
                let other = rustls::OtherError(Arc::new(Unpinned(seen)));
                Err(rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)))
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
