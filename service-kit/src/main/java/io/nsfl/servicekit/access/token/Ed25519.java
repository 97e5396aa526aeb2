package io.nsfl.servicekit.access.token;

import com.nimbusds.jose.jwk.OctetKeyPair;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Signatures of Ed25519 with the JDK's own provider. */
final class Ed25519 {
    /** What stands before a raw key in its standard encodings (RFC 8410). */
    private static final byte[] PUBLIC = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final byte[] PRIVATE = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private Ed25519() {}

    static boolean verifies(OctetKeyPair key, byte[] content, byte[] signature) {
        try {
            PublicKey trusted = KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(joined(PUBLIC, key.getDecodedX())));
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(trusted);
            check.update(content);
            return check.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    /** @throws GeneralSecurityException if the pair has no private part */
    static byte[] sign(OctetKeyPair key, byte[] content) throws GeneralSecurityException {
        PrivateKey own = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new PKCS8EncodedKeySpec(joined(PRIVATE, key.getDecodedD())));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(own);
        signature.update(content);
        return signature.sign();
    }

    private static byte[] joined(byte[] head, byte[] raw) {
        return ByteBuffer.allocate(head.length + raw.length).put(head).put(raw).array();
    }
}
