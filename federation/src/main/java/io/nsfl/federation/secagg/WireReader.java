package io.nsfl.federation.secagg;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads a message exactly: a field that is not there, or a byte too much, is MALFORMED. */
final class WireReader {
    private final ByteBuffer in;
    private final MessageKind kind;

    /** @throws SecAggAbort MALFORMED for another version or kind, OTHER_SESSION */
    WireReader(byte[] message, MessageKind kind, byte[] session) {
        this.in = ByteBuffer.wrap(message);
        this.kind = kind;
        byte[] start = raw(2);
        if (start[0] != WireWriter.VERSION || start[1] != kind.code) {
            throw malformed("it starts with " + start[0] + ", " + start[1]);
        }
        if (!Arrays.equals(raw(session.length), session)) {
            throw new SecAggAbort(
                    AbortReason.OTHER_SESSION,
                    "A message of kind " + kind + " belongs to another session: other work, parameters or attempt.");
        }
    }

    int u16() {
        need(Short.BYTES);
        return Short.toUnsignedInt(in.getShort());
    }

    byte[] raw(int length) {
        need(length);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** Bytes that both sides know already. */
    void expect(byte[] known) {
        if (!Arrays.equals(raw(known.length), known)) {
            throw malformed("it was made for another roster");
        }
    }

    /** Nothing may follow. */
    void end() {
        if (in.hasRemaining()) {
            throw malformed("it has " + in.remaining() + " bytes too many");
        }
    }

    SecAggAbort malformed(String why) {
        return new SecAggAbort(AbortReason.MALFORMED, "This is no message of kind " + kind + ": " + why + ".");
    }

    private void need(int length) {
        if (in.remaining() < length) {
            throw malformed("it ends early");
        }
    }
}
