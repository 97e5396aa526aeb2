package io.nsfl.protocol.ids;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientKeyTest {
    private static final byte[] NONCE = {1, 2, 3};

    private final SecureRandom random = new SecureRandom();
    private final ClientKey key = ClientKey.generate(random);

    @Test
    void derivesTheIdFromThePublicKey() {
        // The public key of RFC 8032, section 7.1, test 1.
        byte[] raw = HexFormat.of().parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

        assertThat(ClientIdentity.of(raw).id()).isEqualTo("c-21fe31dfa154a261626b");
        assertThat(ClientIdentity.of(raw).identityKey()).isEqualTo(raw);
        assertThat(ClientIdentity.of(raw)).isEqualTo(ClientIdentity.of(raw.clone()));
    }

    @Test
    void verifiesARegisterAcrossTheWire() {
        byte[] signature = key.signRegister(NONCE);
        ClientIdentity seen = ClientIdentity.of(key.identity().identityKey());

        assertThat(signature).hasSize(64);
        assertThat(seen).isEqualTo(key.identity());
        assertThat(seen.signedRegister(NONCE, signature)).isTrue();
    }

    @Test
    void refusesASignatureOfAnotherNonceOrKeyOrLength() {
        byte[] signature = key.signRegister(NONCE);
        byte[] flipped = signature.clone();
        flipped[0] ^= 1;

        assertThat(key.identity().signedRegister(new byte[] {1, 2, 4}, signature))
                .isFalse();
        assertThat(key.identity().signedRegister(NONCE, flipped)).isFalse();
        assertThat(key.identity().signedRegister(NONCE, new byte[0])).isFalse();
        assertThat(key.identity().signedRegister(NONCE, new byte[64])).isFalse();
        assertThat(ClientKey.generate(random).identity().signedRegister(NONCE, signature))
                .isFalse();
    }

    @Test
    void refusesAnIdentityKeyOfAnotherLength() {
        assertThatThrownBy(() -> ClientIdentity.of(new byte[31]))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(Fault.UNAUTHENTICATED));
    }

    @Test
    void staysTheSameClientOverRestarts(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("keys/client.key");

        ClientKey first = ClientKey.loadOrCreate(file, random);
        ClientKey second = ClientKey.loadOrCreate(file, random);

        assertThat(second.identity()).isEqualTo(first.identity());
        assertThat(first.identity().signedRegister(NONCE, second.signRegister(NONCE)))
                .isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory.resolve("keys")).isDirectoryContaining(child -> child.equals(file));
        try (var files = Files.list(directory.resolve("keys"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void refusesADamagedKeyFileInWords(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("client.key");
        ClientKey.loadOrCreate(file, random);
        String privateLine = Files.readAllLines(file).getFirst();
        Files.writeString(
                file,
                privateLine + "\n" + HexFormat.of().formatHex(key.identity().identityKey()) + "\n");

        assertThatThrownBy(() -> ClientKey.loadOrCreate(file, random))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining(privateLine);
        Files.writeString(file, "x");
        assertThatThrownBy(() -> ClientKey.loadOrCreate(file, random)).isInstanceOf(FaultException.class);
    }
}
