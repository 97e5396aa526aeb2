package io.nsfl.protocol.ids;

/** Who a client is, as others see it: its Ed25519 public key and the id derived from it. */
public final class ClientIdentity {
    private ClientIdentity() {}

    /** @param identityKey 32 raw bytes @throws io.nsfl.protocol.fault.FaultException UNAUTHENTICATED if that is no such key */
    public static ClientIdentity of(byte[] identityKey) {
        throw new UnsupportedOperationException();
    }

    /** "c-" and the first 20 hex digits of the key's SHA-256. */
    public String id() {
        throw new UnsupportedOperationException();
    }

    public byte[] identityKey() {
        throw new UnsupportedOperationException();
    }

    /** Whether this signature of a Register answers this challenge. */
    public boolean signedRegister(byte[] nonce, byte[] signature) {
        throw new UnsupportedOperationException();
    }
}
