package io.nsfl.servicekit.access.token;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Reads keys as they are written: a PEM public key, a JWK, or a JWK set. What is too weak to be trusted is none. */
final class KeyText {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";
    private static final int ED25519_BYTES = 32;
    private static final int RSA_BITS = 2048;
    private static final int SYMMETRIC_BITS = 256;

    private KeyText() {}

    /** @throws ParseException if it is none of these, or holds no key that can be used */
    static List<JWK> parse(String text) throws ParseException {
        String plain = text.strip();
        List<JWK> keys = plain.startsWith(BEGIN)
                ? List.of(pem(plain))
                : plain.contains("\"keys\"") ? JWKSet.parse(plain).getKeys() : List.of(JWK.parse(plain));
        List<JWK> usable = keys.stream().filter(KeyText::usable).toList();
        if (usable.isEmpty()) {
            throw new ParseException(
                    "it holds no key of RSA (2048 bits), EC P-256, Ed25519 or a symmetric one of 256 bits", 0);
        }
        return usable;
    }

    static boolean symmetric(JWK key) {
        return key.getKeyType().equals(KeyType.OCT);
    }

    private static boolean usable(JWK key) {
        boolean signs = key.getKeyUse() == null || key.getKeyUse().identifier().equals("sig");
        return signs
                && switch (key) {
                    case RSAKey rsa -> rsa.size() >= RSA_BITS;
                    case ECKey ec -> ec.getCurve().equals(Curve.P_256);
                    case OctetKeyPair pair -> pair.getCurve().equals(Curve.Ed25519);
                    default -> symmetric(key) && key.size() >= SYMMETRIC_BITS;
                };
    }

    private static JWK pem(String text) throws ParseException {
        int end = text.indexOf(END);
        if (end < 0) {
            throw new ParseException("the PEM block has no end", 0);
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(text.substring(BEGIN.length(), end));
        } catch (IllegalArgumentException malformed) {
            throw new ParseException("the PEM block is not base64", 0);
        }
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
                return switch (key) {
                    case RSAPublicKey rsa -> new RSAKey.Builder(rsa).build();
                    case ECPublicKey ec -> new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).build();
                    default ->
                        new OctetKeyPair.Builder(
                                        Curve.Ed25519,
                                        // The raw key is the tail of its encoding.
                                        Base64URL.encode(Arrays.copyOfRange(
                                                encoded, encoded.length - ED25519_BYTES, encoded.length)))
                                .build();
                };
            } catch (GeneralSecurityException | IllegalArgumentException other) {
                continue;
            }
        }
        throw new ParseException("the PEM block is no public key of RSA, EC P-256 or Ed25519", 0);
    }
}
