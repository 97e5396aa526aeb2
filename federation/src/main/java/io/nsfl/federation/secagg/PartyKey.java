package io.nsfl.federation.secagg;

/** A client's own identity: signs twice a session, with whatever holds the Ed25519 key. */
public interface PartyKey {
    /** The raw public key, 32 bytes. */
    byte[] identityKey();

    /** What shows others that this key may take part, as {@link PeerTrust} reads it; empty where nothing is asked for. At most 4096 bytes. */
    byte[] certificate();

    /** Ed25519 over the message: 64 bytes. Each message starts with its length and a label "nsfl/secagg/...". */
    byte[] sign(byte[] message);
}
