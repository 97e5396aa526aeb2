package io.nsfl.federation.secagg.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.Vectors;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeyAgreementTest {
    private static final Vectors VECTORS = new Vectors("secagg");

    @Test
    void derivesThePublishedPublicKeys() {
        assertThat(X25519.publicKey(bytes("x25519.alice_sk"))).isEqualTo(bytes("x25519.alice_pk"));
        assertThat(X25519.publicKey(bytes("x25519.bob_sk"))).isEqualTo(bytes("x25519.bob_pk"));
    }

    @Test
    void agreesOnThePublishedSecretFromBothSides() {
        assertThat(X25519.agree(bytes("x25519.alice_sk"), bytes("x25519.bob_pk")))
                .hasValue(bytes("x25519.shared"));
        assertThat(X25519.agree(bytes("x25519.bob_sk"), bytes("x25519.alice_pk")))
                .hasValue(bytes("x25519.shared"));
    }

    @Test
    void agreesOnTheSecretOfRfc7748() {
        byte[] scalar = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
        byte[] point = hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
        assertThat(X25519.agree(scalar, point))
                .hasValue(hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"));
    }

    @Test
    void refusesPublicKeysOfSmallOrder() {
        byte[] one = new byte[32];
        one[0] = 1;
        assertThat(X25519.agree(bytes("x25519.alice_sk"), new byte[32])).isEmpty();
        assertThat(X25519.agree(bytes("x25519.alice_sk"), one)).isEmpty();
    }

    /** The first 32 bytes of the RFC's output: T(1). */
    @Test
    void derivesTheKeysOfRfc5869() {
        byte[] secret = hex("0b".repeat(22));
        assertThat(Hkdf.derive(secret, hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9")))
                .isEqualTo(hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
        assertThat(Hkdf.derive(secret, new byte[0], new byte[0]))
                .isEqualTo(hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
    }

    private static byte[] bytes(String key) {
        return hex(VECTORS.words(key)[0]);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
