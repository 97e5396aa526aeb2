package io.nsfl.ctl.credential;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key pair that tokens are signed with, as a JWK (RFC 7517) with its private part. Its id is the digest of its public part
 * (RFC 7638), so that the same key has the same id wherever it lies.
 */
public final class SigningKey {
    private static final int BYTES = 32;
    private static final int LIMIT = 64 << 10;

    private final ObjectNode jwk;
    private final Algorithm algorithm;

    /** What a signature is made with. */
    public enum Algorithm {
        ed25519("EdDSA", "Ed25519"),
        p256("ES256", "SHA256withECDSAinP1363Format");

        private final String name;
        private final String signature;

        Algorithm(String name, String signature) {
            this.name = name;
            this.signature = signature;
        }
    }

    private SigningKey(ObjectNode jwk, Algorithm algorithm) {
        this.jwk = jwk;
        this.algorithm = algorithm;
    }

    /** A new one. */
    public static SigningKey generate(Algorithm algorithm, SecureRandom random) {
        ObjectNode jwk = JobJson.newObject();
        try {
            switch (algorithm) {
                case ed25519 -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
                    generator.initialize(NamedParameterSpec.ED25519, random);
                    KeyPair pair = generator.generateKeyPair();
                    byte[] encoded = pair.getPublic().getEncoded();
                    jwk.put("kty", "OKP").put("crv", "Ed25519");
                    // The raw key is the tail of its encoding.
                    jwk.put("x", text(Arrays.copyOfRange(encoded, encoded.length - BYTES, encoded.length)));
                    jwk.put(
                            "d",
                            text(((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow()));
                }
                case p256 -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
                    KeyPair pair = generator.generateKeyPair();
                    ECPublicKey open = (ECPublicKey) pair.getPublic();
                    jwk.put("kty", "EC").put("crv", "P-256");
                    jwk.put("x", text(fixed(open.getW().getAffineX())));
                    jwk.put("y", text(fixed(open.getW().getAffineY())));
                    jwk.put("d", text(fixed(((ECPrivateKey) pair.getPrivate()).getS())));
                }
            }
            jwk.put("use", "sig").put("alg", algorithm.name).put("kid", thumbprint(jwk));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
        return new SigningKey(jwk, algorithm);
    }

    /** @throws FaultException CONFIGURATION_INVALID if the file is none that {@link #write} wrote */
    public static SigningKey read(Path file) {
        try {
            if (Files.size(file) > LIMIT) {
                throw refused(file, "it is too large");
            }
            ObjectNode jwk = JobJson.object(Files.readAllBytes(file));
            Algorithm algorithm = switch (jwk.path("crv").asString("")) {
                case "Ed25519" -> Algorithm.ed25519;
                case "P-256" -> Algorithm.p256;
                default -> throw refused(file, "it holds no key of Ed25519 or P-256");
            };
            if (jwk.path("d").asString("").isEmpty()) {
                throw refused(file, "it holds the public part only");
            }
            SigningKey key = new SigningKey(jwk, algorithm);
            key.sign(new byte[0]);
            return key;
        } catch (IOException e) {
            throw refused(file, "it cannot be read");
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw refused(file, "its private part is damaged");
        } catch (FaultException e) {
            // What a parser says may quote the secret.
            throw e.fault() == Fault.CONFIGURATION_INVALID ? e : refused(file, "it is no JWK");
        }
    }

    /** To a new file that its owner alone can read. @throws FaultException CONFIGURATION_INVALID if there is one already */
    public void write(Path file) {
        SecretFile.create(file, JobJson.pretty(jwk) + "\n");
    }

    /** What those check signatures with who trust this key: the JWK without its private part. */
    public ObjectNode open() {
        ObjectNode open = jwk.deepCopy();
        open.remove("d");
        return open;
    }

    String id() {
        return jwk.path("kid").asString("");
    }

    /** As a token's header names it. */
    String algorithm() {
        return algorithm.name;
    }

    byte[] sign(byte[] content) throws GeneralSecurityException {
        byte[] secret = Base64.getUrlDecoder().decode(jwk.path("d").asString(""));
        PrivateKey key = switch (algorithm) {
            case ed25519 ->
                KeyFactory.getInstance("Ed25519")
                        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, secret));
            case p256 -> {
                AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
                curve.init(new ECGenParameterSpec("secp256r1"));
                yield KeyFactory.getInstance("EC")
                        .generatePrivate(new ECPrivateKeySpec(
                                new BigInteger(1, secret), curve.getParameterSpec(ECParameterSpec.class)));
            }
        };
        Signature signature = Signature.getInstance(algorithm.signature);
        signature.initSign(key);
        signature.update(content);
        return signature.sign();
    }

    /** The members that make the key, in the order of their names. */
    private static String thumbprint(ObjectNode jwk) throws GeneralSecurityException {
        ObjectNode members = JobJson.newObject();
        for (String name : new String[] {"crv", "kty", "x", "y"}) {
            if (jwk.has(name)) {
                members.set(name, jwk.get(name));
            }
        }
        return text(MessageDigest.getInstance("SHA-256").digest(JobJson.bytes(members)));
    }

    private static byte[] fixed(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[BYTES];
        int length = Math.min(bytes.length, BYTES);
        System.arraycopy(bytes, bytes.length - length, fixed, BYTES - length, length);
        return fixed;
    }

    static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static FaultException refused(Path file, String why) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID,
                "the key " + file + " cannot be used (" + why + "): make one by 'nsfl-ctl create key'");
    }
}
