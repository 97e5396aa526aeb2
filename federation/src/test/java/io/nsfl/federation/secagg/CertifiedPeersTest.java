package io.nsfl.federation.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The certificates in src/test/resources/secagg were made with openssl: "ca" signed "client" (clientAuth), "server" (serverAuth) and "short" (valid for a day);
 * "unknown" is signed by an authority that is not there.
 */
class CertifiedPeersTest {
    private final CertifiedPeers peers =
            peersAt(certificate("short").getNotBefore().toInstant());

    @Test
    void vouchesForAnIdentityThatTheAuthorityCertified() {
        assertThat(peers.vouched(key("client"), pem("client"))).isTrue();
        assertThat(peers.vouched(key("short"), pem("short"))).isTrue();
        assertThat(peers.threatModel()).isEqualTo(ThreatModel.ACTIVE);
    }

    @Test
    void vouchesForNobodyElse() {
        assertThat(peers.vouched(key("short"), pem("client"))).isFalse();
        assertThat(peers.vouched(key("unknown"), pem("unknown"))).isFalse();
        assertThat(peers.vouched(key("ca"), pem("ca"))).isFalse();
        assertThat(peers.vouched(key("client"), new byte[0])).isFalse();
        assertThat(peers.vouched(key("client"), new byte[100])).isFalse();
    }

    /** Otherwise the server could count its own certificate as a client. */
    @Test
    void doesNotTakeAServersCertificateForAClient() {
        assertThat(peers.vouched(key("server"), pem("server"))).isFalse();
    }

    @Test
    void vouchesOnlyWhileTheCertificateIsValid() {
        Instant end = certificate("short").getNotAfter().toInstant();
        assertThat(peersAt(end.plus(Duration.ofSeconds(1))).vouched(key("short"), pem("short")))
                .isFalse();
    }

    @Test
    void refusesAnAuthorityFileWithoutCertificates() {
        assertThatThrownBy(() -> CertifiedPeers.of(new ByteArrayInputStream(new byte[0]), Instant::now))
                .isInstanceOf(CertificateException.class);
    }

    private static CertifiedPeers peersAt(Instant now) {
        try {
            return CertifiedPeers.of(new ByteArrayInputStream(pem("ca")), () -> now);
        } catch (CertificateException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static byte[] key(String name) {
        byte[] encoded = certificate(name).getPublicKey().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }

    private static X509Certificate certificate(String name) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem(name)));
        } catch (CertificateException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static byte[] pem(String name) {
        try (InputStream in = CertifiedPeersTest.class.getResourceAsStream("/secagg/" + name + ".pem")) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
