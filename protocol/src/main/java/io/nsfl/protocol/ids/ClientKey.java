package io.nsfl.protocol.ids;

import java.nio.file.Path;
import java.security.SecureRandom;

/** A client's own Ed25519 key: proves that it is the client of its {@link ClientIdentity}. Never printed. */
public final class ClientKey {
    private ClientKey() {}

    public static ClientKey generate(SecureRandom random) {
        throw new UnsupportedOperationException();
    }

    /** The key in this file (PKCS#8, base64, mode 600), made at first use. @throws io.nsfl.protocol.fault.FaultException CONFIGURATION_INVALID if it is unreadable */
    public static ClientKey loadOrCreate(Path file, SecureRandom random) {
        throw new UnsupportedOperationException();
    }

    public ClientIdentity identity() {
        throw new UnsupportedOperationException();
    }

    /** Ed25519 signature over "nsfl/register/v1", nonce and identity key: 64 bytes. */
    public byte[] signRegister(byte[] nonce) {
        throw new UnsupportedOperationException();
    }
}
