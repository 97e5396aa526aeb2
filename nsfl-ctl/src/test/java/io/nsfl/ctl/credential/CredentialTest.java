package io.nsfl.ctl.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

final class CredentialTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void signsTokensThatThePublicPartProves(SigningKey.Algorithm algorithm) throws Exception {
        Path file = directory.resolve("key.json");
        SigningKey.generate(algorithm, RANDOM).write(file);
        SigningKey key = SigningKey.read(file);

        String token = new Token(
                        "nsfl", "nsfl", "alice", Map.of("default", "user"), Instant.EPOCH, Instant.ofEpochSecond(60))
                .signed(key);

        String[] parts = token.split("\\.");
        assertThat(parts).hasSize(3);
        assertThat(verifies(key.open(), parts[0] + "." + parts[1], decoded(parts[2])))
                .isTrue();
        assertThat(verifies(key.open(), parts[0] + "." + parts[1] + "x", decoded(parts[2])))
                .isFalse();
        assertThat(JobJson.object(decoded(parts[0])).path("kid"))
                .isEqualTo(key.open().path("kid"));
        assertThat(new String(decoded(parts[1]), StandardCharsets.UTF_8))
                .isEqualTo("{\"iss\":\"nsfl\",\"aud\":\"nsfl\",\"sub\":\"alice\",\"iat\":0,\"exp\":60,"
                        + "\"nsfl\":{\"default\":\"user\"}}");
    }

    @Test
    void keepsThePrivatePartFromOthersAndNeverOverwritesIt() throws IOException {
        Path file = directory.resolve("key.json");
        SigningKey key = SigningKey.generate(SigningKey.Algorithm.ed25519, RANDOM);
        key.write(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(key.open().has("d")).isFalse();
        assertThatThrownBy(() -> key.write(file))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("exists already");
    }

    @Test
    void addsToTheKeysThatAreTrustedAlready() throws IOException {
        Path file = directory.resolve("keys.json");
        TrustedKeys.add(file, SigningKey.generate(SigningKey.Algorithm.ed25519, RANDOM));
        TrustedKeys.add(file, SigningKey.generate(SigningKey.Algorithm.p256, RANDOM));

        assertThat(JobJson.object(Files.readAllBytes(file)).path("keys")).hasSize(2);
        assertThat(Files.readString(file)).doesNotContain("\"d\"");
        Path other = Files.writeString(directory.resolve("other.json"), "{\"id\": 1}");
        assertThatThrownBy(() -> TrustedKeys.add(other, SigningKey.generate(SigningKey.Algorithm.p256, RANDOM)))
                .hasMessageContaining("no JWK set");
        assertThat(other).hasContent("{\"id\": 1}");
    }

    @Test
    void refusesAFileThatIsNoKeyWithoutQuotingIt() throws IOException {
        for (String content : new String[] {
            "secret-text",
            "{\"crv\":\"Ed25519\",\"x\":\"AA\"}",
            "{\"crv\":\"Ed25519\",\"d\":\"secret-text\"}",
            "{\"crv\":\"P-256\",\"d\":\"%%%secret-text\"}",
            "{}"
        }) {
            Path file = Files.writeString(directory.resolve("key.json"), content);
            assertThatThrownBy(() -> SigningKey.read(file))
                    .isInstanceOf(FaultException.class)
                    .hasMessageContaining("cannot be used")
                    .hasMessageNotContaining("secret-text");
        }
    }

    @Test
    void tellsTheSelectorTheDigestOnly() throws IOException {
        Path file = directory.resolve("tokens");
        EnrolmentToken token = EnrolmentToken.generate(3, Instant.parse("2027-01-31T00:00:00.5Z"), RANDOM);
        token.allowIn(file);
        token.allowIn(file);

        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .matches("[0-9a-f]{64} 3 2027-01-31T00:00:00Z")
                        .doesNotContain(token.text()));
        assertThat(decoded(token.text())).hasSize(32);
    }

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    private static boolean verifies(ObjectNode jwk, String content, byte[] signature) throws GeneralSecurityException {
        PublicKey key;
        Signature check;
        if (jwk.path("kty").asString("").equals("OKP")) {
            String encoded = "302a300506032b6570032100"
                    + HexFormat.of().formatHex(decoded(jwk.path("x").asString("")));
            key = KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(encoded)));
            check = Signature.getInstance("Ed25519");
        } else {
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(new ECGenParameterSpec("secp256r1"));
            ECPoint point = new ECPoint(
                    new BigInteger(1, decoded(jwk.path("x").asString(""))),
                    new BigInteger(1, decoded(jwk.path("y").asString(""))));
            key = KeyFactory.getInstance("EC")
                    .generatePublic(new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class)));
            check = Signature.getInstance("SHA256withECDSAinP1363Format");
        }
        check.initVerify(key);
        check.update(content.getBytes(StandardCharsets.US_ASCII));
        return check.verify(signature);
    }
}
