package io.nsfl.protocol.ids;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the proxy has seen of the connection that a client opened, for whoever stands behind the proxy. It is signed with a key of the internal
 * secret: a client can neither make one nor, as it is sent inwards only, come to know one.
 *
 * @param host where the connection comes from
 * @param subject distinguished name of the client's certificate; empty = none, or it shows no certificate
 * @param keySha256 of the certificate's public key, in hex; empty = it shows no certificate
 */
public record PeerStatement(String host, String subject, String keySha256) {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PURPOSE = "nsfl/peer/v1|";
    private static final int LONGEST = 16 << 10;

    /** As the value of a header. @param internalSecret the raw bytes, not their hex digits */
    public String signed(byte[] internalSecret) {
        String words = encoded(host) + "." + encoded(subject) + "." + encoded(keySha256);
        return words + "." + HexFormat.of().formatHex(mac(internalSecret, words));
    }

    /** Of a header's value, if it was signed with this secret. @param value may be null */
    public static Optional<PeerStatement> verified(String value, byte[] internalSecret) {
        if (value == null || value.length() > LONGEST) {
            return Optional.empty();
        }
        int end = value.lastIndexOf('.');
        if (end < 0 || !genuine(value.substring(0, end), value.substring(end + 1), internalSecret)) {
            return Optional.empty();
        }
        String[] words = value.substring(0, end).split("\\.", -1);
        return Optional.of(new PeerStatement(decoded(words[0]), decoded(words[1]), decoded(words[2])));
    }

    private static boolean genuine(String words, String mac, byte[] internalSecret) {
        String expected = HexFormat.of().formatHex(mac(internalSecret, words));
        return MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII), mac.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(byte[] internalSecret, String words) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(internalSecret, ALGORITHM));
            return mac.doFinal((PURPOSE + words).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("The JDK lacks " + ALGORITHM, impossible);
        }
    }

    private static String encoded(String word) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(word.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String word) {
        return new String(Base64.getUrlDecoder().decode(word), StandardCharsets.UTF_8);
    }
}
