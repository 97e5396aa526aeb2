package io.nsfl.federation.secagg;

import java.io.ByteArrayOutputStream;

/** A message: version, kind, session (32 bytes), then its fields, big-endian. */
final class WireWriter {
    static final int VERSION = 1;
    static final int HEADER = 2 + 32;

    private final ByteArrayOutputStream out;

    WireWriter(MessageKind kind, byte[] session, int expectedLength) {
        this.out = new ByteArrayOutputStream(HEADER + expectedLength);
        out.write(VERSION);
        out.write(kind.code);
        out.writeBytes(session);
    }

    WireWriter u16(int value) {
        out.write(value >>> 8);
        out.write(value);
        return this;
    }

    WireWriter raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
