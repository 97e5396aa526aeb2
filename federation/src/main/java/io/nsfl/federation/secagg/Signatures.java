package io.nsfl.federation.secagg;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What identity keys sign: a label of its own for each purpose, then parts behind their lengths. */
final class Signatures {
    private Signatures() {}

    static byte[] message(String label, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        append(out, label.getBytes(StandardCharsets.US_ASCII));
        for (byte[] part : parts) {
            append(out, part);
        }
        return out.toByteArray();
    }

    /** "These are all who shared keys, these of them are the survivors, and I release shares for no other list." */
    static byte[] consistency(byte[] session, byte[] roster, Members sharers, Members survivors) {
        return message("nsfl/secagg/consistency/v1", session, roster, sharers.encoded(), survivors.encoded());
    }

    private static void append(ByteArrayOutputStream out, byte[] part) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        out.writeBytes(part);
    }
}
