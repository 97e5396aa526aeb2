package io.nsfl.sessions.enrolment;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The certificate with which a client's connection was opened, verified by the handshake.
 *
 * @param subject its distinguished name; may be empty
 * @param keySha256 of its public key, in hex
 */
public record PeerCertificate(String subject, String keySha256) {
    /** Of a connection; empty where it shows none. @param session may be null: a connection in the clear */
    public static Optional<PeerCertificate> of(SSLSession session) {
        if (session == null) {
            return Optional.empty();
        }
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? Optional.of(new PeerCertificate(
                            certificate.getSubjectX500Principal().getName(),
                            sha256(certificate.getPublicKey().getEncoded())))
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException showsNone) {
            return Optional.empty();
        }
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
