package io.nsfl.federation.secagg;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What one session is for. Bound into every signature and every key: clients that were shown different work derive different masks, and
 * what one session gave away is useless in another.
 *
 * @param run one life of the job; ids may be used again by a later run
 * @param attempt of the round, from 1: a repeat has keys of its own
 * @param group of the round's clients, where they are too many for one session
 * @param modelSha256 the model that training starts from, 64 lower-case hex digits
 * @param planSha256 what the client does with it (scripts, parameters, clipping), 64 lower-case hex digits
 */
public record SessionBinding(
        String namespace,
        String job,
        String run,
        int round,
        int attempt,
        SessionGroup group,
        String modelSha256,
        String planSha256) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public SessionBinding {
        if (round < 0 || attempt < 0) {
            throw new IllegalArgumentException("Round and attempt are not negative");
        }
        if (!SHA256.matcher(modelSha256).matches()
                || !SHA256.matcher(planSha256).matches()) {
            throw new IllegalArgumentException("Model and plan are named by 64 lower-case hex digits");
        }
    }

    /** What decides the draw of the groups: all but the group. */
    byte[] draw() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        encodeWork(out);
        return out.toByteArray();
    }

    void encode(ByteArrayOutputStream out) {
        encodeWork(out);
        out.writeBytes(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(group.number())
                .putInt(group.count())
                .array());
    }

    private void encodeWork(ByteArrayOutputStream out) {
        for (String text : new String[] {namespace, job, run, modelSha256, planSha256}) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            out.writeBytes(bytes);
        }
        out.writeBytes(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(round)
                .putInt(attempt)
                .array());
    }
}
