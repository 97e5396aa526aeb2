package io.nsfl.federation.secagg.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Keys and signatures come from others: whatever their bytes are, the answer is no and never an accident. */
class HostileKeysTest {
    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void agreesOrNotWithEveryPublicKey() {
        byte[] own = new byte[32];
        random.nextBytes(own);
        for (int i = 0; i < 50; i++) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            assertThat(X25519.agree(own, key)).isPresent();
        }
        // Not below the prime: RFC 7748 takes them modulo it, and 2^255 - 18 is one, of small order.
        assertThat(X25519.agree(own, filled(0xFF))).isPresent();
        byte[] one = HexFormat.of().parseHex("ee" + "ff".repeat(30) + "7f");
        assertThat(X25519.agree(own, one)).isEmpty();
    }

    @Test
    void takesNoRandomSignature() {
        for (int i = 0; i < 50; i++) {
            byte[] key = new byte[32];
            byte[] signature = new byte[64];
            random.nextBytes(key);
            random.nextBytes(signature);
            assertThat(Ed25519.verifies(key, new byte[] {1}, signature)).isFalse();
        }
        assertThat(Ed25519.verifies(filled(0xFF), new byte[1], new byte[64])).isFalse();
        assertThat(Ed25519.verifies(new byte[31], new byte[1], new byte[64])).isFalse();
        assertThat(Ed25519.verifies(filled(2), new byte[1], new byte[63])).isFalse();
    }

    @Test
    void opensNoPacketThatWasChangedOrCut() {
        byte[] key = filled(7);
        byte[] sealed = ShareCipher.seal(key, new byte[40], new SecureRandom());
        assertThat(ShareCipher.open(key, sealed)).hasValue(new byte[40]);
        for (int at = 0; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= 1;
            assertThat(ShareCipher.open(key, changed)).isEmpty();
            assertThat(ShareCipher.open(key, Arrays.copyOf(sealed, at))).isEmpty();
        }
        assertThat(ShareCipher.open(filled(8), sealed)).isEmpty();
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
