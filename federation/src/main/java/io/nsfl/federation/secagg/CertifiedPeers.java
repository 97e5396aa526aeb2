package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Ed25519;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Trusts the identities that an authority has certified: a peer shows an X.509 certificate (or a chain, the peer's own first; PEM or DER) whose
 * subject key is its Ed25519 identity key. The authority must be one that certifies clients and nobody else: whoever can get certificates from it
 * can invent clients.
 */
public final class CertifiedPeers implements PeerTrust {
    private static final String X509 = "X.509";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final int MOST_CERTIFICATES = 4;
    private static final int NOT_AN_AUTHORITY = -1;

    private final Set<TrustAnchor> anchors;
    private final InstantSource time;

    /** @param time when certificates have to be valid: now */
    public CertifiedPeers(List<X509Certificate> authorities, InstantSource time) {
        if (authorities.isEmpty()) {
            throw new IllegalArgumentException("At least one authority is needed");
        }
        this.anchors = authorities.stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toUnmodifiableSet());
        this.time = time;
    }

    /**
     * @param file content of a CA file: PEM certificates
     * @throws CertificateException if it holds none
     */
    public static CertifiedPeers of(InputStream file, InstantSource time) throws CertificateException {
        List<X509Certificate> authorities = certificates(file);
        if (authorities.isEmpty()) {
            throw new CertificateException("There is no certificate in the file");
        }
        return new CertifiedPeers(authorities, time);
    }

    @Override
    public boolean vouched(byte[] identityKey, byte[] certificate) {
        if (certificate.length == 0 || certificate.length > Advertisement.MAX_CERTIFICATE) {
            return false;
        }
        try {
            List<X509Certificate> chain = certificates(new ByteArrayInputStream(certificate));
            if (chain.isEmpty()
                    || chain.size() > MOST_CERTIFICATES
                    || !speaksForClient(chain.getFirst(), identityKey)) {
                return false;
            }
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(time.instant()));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance(X509).generateCertPath(chain), parameters);
            return true;
        } catch (GeneralSecurityException unacceptable) {
            return false;
        }
    }

    @Override
    public ThreatModel threatModel() {
        return ThreatModel.ACTIVE;
    }

    private static boolean speaksForClient(X509Certificate own, byte[] identityKey) throws CertificateException {
        List<String> uses = own.getExtendedKeyUsage();
        return own.getBasicConstraints() == NOT_AN_AUTHORITY
                && (uses == null || uses.contains(CLIENT_AUTH))
                && Arrays.equals(own.getPublicKey().getEncoded(), Ed25519.encoded(identityKey));
    }

    private static List<X509Certificate> certificates(InputStream in) throws CertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Certificate certificate : CertificateFactory.getInstance(X509).generateCertificates(in)) {
            certificates.add((X509Certificate) certificate);
        }
        return certificates;
    }
}
