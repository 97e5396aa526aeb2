package io.nsfl.servicekit.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** What the files held at one moment. Certificates are compared by their bytes; a key is never printed. */
record TlsMaterial(List<X509Certificate> chain, Optional<PrivateKey> key, List<X509Certificate> authorities) {
    /** Whether the key is the one of the certificate: what one signs the other verifies. */
    boolean belongTogether() {
        if (key.isEmpty() || chain.isEmpty()) {
            return false;
        }
        PublicKey known = chain.getFirst().getPublicKey();
        String algorithm = switch (key.get().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.get().getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key.get());
            signature.update(known.getEncoded());
            byte[] signed = signature.sign();
            signature.initVerify(known);
            signature.update(known.getEncoded());
            return signature.verify(signed);
        } catch (GeneralSecurityException anotherKind) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "TlsMaterial("
                + chain.stream()
                        .findFirst()
                        .map(own -> own.getSubjectX500Principal().getName())
                        .orElse("no certificate")
                + ", " + authorities.size() + " authorities)";
    }
}
