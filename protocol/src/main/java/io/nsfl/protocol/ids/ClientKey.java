package io.nsfl.protocol.ids;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A client's own Ed25519 key: proves that it is the client of its {@link ClientIdentity}. Never printed. */
public final class ClientKey {
    private static final int MAX_FILE = 4096;

    /** What messages of secure aggregation begin with, after their label's length. */
    private static final byte[] MASKING = "nsfl/secagg/".getBytes(StandardCharsets.US_ASCII);

    private static final int LENGTH = 4;

    private final PrivateKey key;
    private final ClientIdentity identity;

    private ClientKey(PrivateKey key, ClientIdentity identity) {
        this.key = key;
        this.identity = identity;
    }

    public static ClientKey generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ClientIdentity.ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, random);
            KeyPair pair = generator.generateKeyPair();
            return new ClientKey(pair.getPrivate(), ClientIdentity.of(pair.getPublic()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks " + ClientIdentity.ALGORITHM, missing);
        }
    }

    /**
     * The key in this file, made at first use with mode 600: one line with the private key (PKCS#8, base64) and one with the raw public key
     * (hex).
     *
     * @throws FaultException CONFIGURATION_INVALID if it cannot be read or made, or holds something else
     */
    public static ClientKey loadOrCreate(Path file, SecureRandom random) {
        try {
            if (PrivateFile.read(file, MAX_FILE).isEmpty()) {
                PrivateFile.create(file, generate(random).content());
            }
            return parse(PrivateFile.read(file, MAX_FILE).orElseThrow(() -> new IOException("it vanished")));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The client's key file " + file + " cannot be used ("
                            + unusable.getClass().getSimpleName()
                            + "): give a place that can be written, or remove a damaged file to become a new client.",
                    // A parser's message may quote the key.
                    unusable instanceof IOException ? unusable : null);
        }
    }

    /** Who this key proves to be. */
    public ClientIdentity identity() {
        return identity;
    }

    /** Ed25519 signature over "nsfl/register/v1", nonce and identity key: 64 bytes. */
    public byte[] signRegister(byte[] nonce) {
        return sign(identity.registerMessage(nonce));
    }

    /**
     * Ed25519 signature over a message of secure aggregation: 64 bytes. Such a message starts with four bytes of length and a label that
     * begins with "nsfl/secagg/"; nothing else that this key signs does, and nothing else is signed here.
     *
     * @throws FaultException FORBIDDEN for another message
     */
    public byte[] signMasking(byte[] message) {
        boolean masking = message.length > LENGTH + MASKING.length
                && Arrays.equals(message, LENGTH, LENGTH + MASKING.length, MASKING, 0, MASKING.length);
        if (!masking) {
            throw new FaultException(Fault.FORBIDDEN, "This is no message of secure aggregation; it is not signed.");
        }
        return sign(message);
    }

    private byte[] sign(byte[] message) {
        try {
            Signature signer = Signature.getInstance(ClientIdentity.ALGORITHM);
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Cannot sign with the client's key", impossible);
        }
    }

    private byte[] content() {
        String text = Base64.getEncoder().encodeToString(key.getEncoded()) + "\n"
                + HexFormat.of().formatHex(identity.identityKey()) + "\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ClientKey parse(byte[] content) throws GeneralSecurityException {
        String[] lines = new String(content, StandardCharsets.US_ASCII).strip().split("\\R");
        if (lines.length != 2) {
            throw new IllegalArgumentException("two lines are expected");
        }
        PrivateKey key = KeyFactory.getInstance(ClientIdentity.ALGORITHM)
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines[0])));
        byte[] raw = HexFormat.of().parseHex(lines[1]);
        if (raw.length != ClientIdentity.KEY_LENGTH) {
            throw new IllegalArgumentException("the public key has the wrong length");
        }
        ClientKey parsed = new ClientKey(key, ClientIdentity.of(raw));
        byte[] nonce = new byte[ClientIdentity.KEY_LENGTH];
        if (!parsed.identity.signedRegister(nonce, parsed.signRegister(nonce))) {
            throw new IllegalArgumentException("the two keys do not belong together");
        }
        return parsed;
    }

    @Override
    public String toString() {
        return "ClientKey(" + identity.id() + ")";
    }
}
