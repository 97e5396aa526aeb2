package io.nsfl.coordinator.checkpoint;

import io.nsfl.protocol.ids.RunKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A record on disk: magic, number, epoch, length, JSON body, SHA-256 over all of that, and a MAC by the run's key over the digest and
 * the MAC of the record before. A prefix of it, or one with a bit turned, is no record; one that was made without the key, or that stood
 * elsewhere, neither.
 */
record RecordEnvelope(long number, long epoch, byte[] body, byte[] mac) {
    static final int MAX_BYTES = 64 << 20;
    static final byte[] FIRST = new byte[32];

    private static final byte[] MAGIC = "NSFLJRN1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST = 32;
    private static final String PURPOSE = "nsfl/journal/v1";

    static RecordEnvelope seal(long number, long epoch, byte[] body, RunKey key, byte[] previous) {
        byte[] digest = Digests.sha256(head(number, epoch, body), body);
        return new RecordEnvelope(number, epoch, body, key.mac(PURPOSE, digest, previous));
    }

    byte[] bytes() {
        byte[] head = head(number, epoch, body);
        return ByteBuffer.allocate(head.length + body.length + 2 * DIGEST)
                .put(head)
                .put(body)
                .put(Digests.sha256(head, body))
                .put(mac)
                .array();
    }

    /** Empty = not a complete record of this number and epoch. */
    static Optional<RecordEnvelope> parse(byte[] file, long number, long epoch) {
        try {
            ByteBuffer in = ByteBuffer.wrap(file);
            byte[] magic = take(in, MAGIC.length);
            long foundNumber = in.getLong();
            long foundEpoch = in.getLong();
            int length = in.getInt();
            if (!MessageDigest.isEqual(magic, MAGIC)
                    || foundNumber != number
                    || foundEpoch != epoch
                    || length != in.remaining() - 2 * DIGEST) {
                return Optional.empty();
            }
            byte[] body = take(in, length);
            byte[] digest = take(in, DIGEST);
            boolean whole = MessageDigest.isEqual(digest, Digests.sha256(head(number, epoch, body), body));
            return whole ? Optional.of(new RecordEnvelope(number, epoch, body, take(in, DIGEST))) : Optional.empty();
        } catch (BufferUnderflowException cut) {
            return Optional.empty();
        }
    }

    /** Whether it was made with this key and follows that record. */
    boolean follows(byte[] previous, RunKey key) {
        byte[] expected = key.mac(PURPOSE, Digests.sha256(head(number, epoch, body), body), previous);
        return MessageDigest.isEqual(expected, mac);
    }

    private static byte[] head(long number, long epoch, byte[] body) {
        return ByteBuffer.allocate(MAGIC.length + 2 * Long.BYTES + Integer.BYTES)
                .put(MAGIC)
                .putLong(number)
                .putLong(epoch)
                .putInt(body.length)
                .array();
    }

    private static byte[] take(ByteBuffer in, int count) {
        if (count < 0 || count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }
}
