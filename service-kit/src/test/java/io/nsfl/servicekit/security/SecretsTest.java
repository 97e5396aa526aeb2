package io.nsfl.servicekit.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final Map<String, String> FROM_STDIN = Map.of(StdinSecrets.VARIABLE, StdinSecrets.FROM_STDIN);
    private static final String HEX = "00ff".repeat(16);

    @TempDir
    Path directory;

    @Test
    void makesTheSecretOnceAndKeepsItFromOthers() throws IOException {
        Path file = directory.resolve("deep/internal.secret");

        InternalSecret made = InternalSecret.loadOrCreate(file, new SecureRandom());

        assertThat(InternalSecret.loadOrCreate(file, new SecureRandom()).hex()).isEqualTo(made.hex());
        assertThat(InternalSecret.load(file).bytes()).isEqualTo(made.bytes()).hasSize(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void readsASecretThatAPersonWroteWithALineEnd() throws IOException {
        Path file = Files.writeString(directory.resolve("s"), HEX.toUpperCase() + "\n");

        assertThat(InternalSecret.load(file).hex()).isEqualTo(HEX);
    }

    @Test
    void refusesAnAbsentOrMalformedSecretWithoutShowingIt() throws IOException {
        Path file = Files.writeString(directory.resolve("s"), "hunter2");

        assertThatThrownBy(() -> InternalSecret.load(directory.resolve("absent")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> InternalSecret.load(file))
                .isInstanceOf(FaultException.class)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void matchesOnlyItself() {
        InternalSecret secret = InternalSecret.of(HEX);

        assertThat(secret.matches(HEX)).isTrue();
        assertThat(secret.matches(HEX.substring(1))).isFalse();
        assertThat(secret.matches("")).isFalse();
        assertThat(secret.matches(null)).isFalse();
        assertThat(secret).hasToString("******");
    }

    @Test
    void readsWhatTheLauncherWrote() {
        byte[] input = StdinSecrets.json(Map.of(StdinSecrets.INTERNAL_SECRET, HEX));

        StdinSecrets secrets = StdinSecrets.read(new ByteArrayInputStream(input), FROM_STDIN);

        assertThat(secrets.require(StdinSecrets.INTERNAL_SECRET).hex()).isEqualTo(HEX);
        assertThat(secrets.get(StdinSecrets.CREDENTIAL)).isEmpty();
        assertThat(secrets.toString()).doesNotContain(HEX);
        assertThatThrownBy(() -> secrets.require(StdinSecrets.CREDENTIAL))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("credential");
    }

    @Test
    void readsTheFileThatAPodIsGiven(@TempDir Path directory) throws IOException {
        Path file =
                Files.write(directory.resolve("secrets.json"), StdinSecrets.json(Map.of(StdinSecrets.CREDENTIAL, HEX)));
        Map<String, String> environment = Map.of(StdinSecrets.VARIABLE, "file:" + file);

        StdinSecrets secrets = StdinSecrets.read(InputStream.nullInputStream(), environment);

        assertThat(secrets.require(StdinSecrets.CREDENTIAL).hex()).isEqualTo(HEX);
        Files.delete(file);
        assertThatThrownBy(() -> StdinSecrets.read(InputStream.nullInputStream(), environment))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(StdinSecrets.VARIABLE);
    }

    @Test
    void doesNotTouchStandardInputUnlessToldTo() throws IOException {
        ByteArrayInputStream input = new ByteArrayInputStream("{}".getBytes(UTF_8));

        assertThat(StdinSecrets.read(input, Map.of()).get(StdinSecrets.CREDENTIAL))
                .isEmpty();
        assertThat(input.available()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"hunter2\":7}", "hunter2", "{\"a\":\"hunter2\""})
    void refusesOtherInputWithoutShowingIt(String input) {
        assertThatThrownBy(() -> StdinSecrets.read(new ByteArrayInputStream(input.getBytes(UTF_8)), FROM_STDIN))
                .isInstanceOf(FaultException.class)
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    @Test
    void boundsStandardInput() {
        assertThatThrownBy(() -> StdinSecrets.read(new ByteArrayInputStream(new byte[70_000]), FROM_STDIN))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("64 KiB");
    }
}
