package io.nsfl.federation.secagg;

import io.nsfl.federation.secagg.crypto.Ed25519;
import java.util.Arrays;
import java.util.HexFormat;

/** A client as secure aggregation knows it: its Ed25519 identity key. Ordered by the key's unsigned bytes. */
public final class PartyId implements Comparable<PartyId> {
    private final byte[] identityKey;

    private PartyId(byte[] identityKey) {
        this.identityKey = identityKey;
    }

    /** @param identityKey 32 raw bytes */
    public static PartyId of(byte[] identityKey) {
        if (identityKey.length != Ed25519.KEY_LENGTH) {
            throw new SecAggAbort(
                    AbortReason.MALFORMED,
                    "An identity key has " + Ed25519.KEY_LENGTH + " bytes, not " + identityKey.length + ".");
        }
        return new PartyId(identityKey.clone());
    }

    public byte[] identityKey() {
        return identityKey.clone();
    }

    @Override
    public int compareTo(PartyId other) {
        return Arrays.compareUnsigned(identityKey, other.identityKey);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PartyId that && Arrays.equals(identityKey, that.identityKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(identityKey);
    }

    /** The first 16 hex digits of the key. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(identityKey, 0, 8);
    }
}
