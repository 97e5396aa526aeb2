package io.nsfl.proxy.door;

import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;

/** The certificate that nginx has verified, as it hands it over. */
final class ClientCertificate {
    private static final int MOST = 48 << 10;

    private ClientCertificate() {}

    /** @param escaped PEM, percent-encoded; may be null @param verdict of nginx */
    static Optional<X509Certificate> of(String escaped, String verdict) {
        if (escaped == null || escaped.isEmpty() || escaped.length() > MOST || !"SUCCESS".equals(verdict)) {
            return Optional.empty();
        }
        try {
            // A plus is a digit of base 64 here and not a blank.
            String pem = URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.US_ASCII);
            return Optional.of((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        } catch (IllegalArgumentException | CertificateException unreadable) {
            return Optional.empty();
        }
    }

    static String keySha256(X509Certificate certificate) {
        try {
            byte[] key = certificate.getPublicKey().getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
