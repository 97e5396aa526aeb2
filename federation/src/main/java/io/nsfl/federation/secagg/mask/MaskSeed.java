package io.nsfl.federation.secagg.mask;

/**
 * A mask and whether it is added or taken away. The mask is the keystream of AES-256-CTR under this key from counter zero, read as
 * little-endian 32-bit integers: one key makes one mask and nothing else.
 *
 * @param key 32 bytes
 */
public record MaskSeed(byte[] key, boolean added) {
    /** The same mask the other way round: together they leave nothing. */
    public MaskSeed negated() {
        return new MaskSeed(key, !added);
    }
}
