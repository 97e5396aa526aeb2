package io.nsfl.protocol.ids;

import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one run: proves that its coordinator chose a client for a piece of work, and that a journal record is its own. Derived from
 * the internal secret where there is one, never stored there; immutable; never printed.
 */
public final class RunKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 32;

    private final SecretKeySpec key;

    private RunKey(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /**
     * HMAC-SHA256(internal secret; "nsfl/run-key/v1|" + run).
     *
     * @param internalSecret the raw bytes, not their hex digits
     */
    public static RunKey derive(byte[] internalSecret, String run) {
        SecretKeySpec secret = new SecretKeySpec(internalSecret, ALGORITHM);
        return new RunKey(hmac(secret).doFinal(("nsfl/run-key/v1|" + run).getBytes(StandardCharsets.UTF_8)));
    }

    /** A key made or kept elsewhere (direct mode). @param key 32 bytes */
    public static RunKey of(byte[] key) {
        if (key.length != LENGTH) {
            throw new IllegalArgumentException("A run key has " + LENGTH + " bytes, not " + key.length);
        }
        return new RunKey(key);
    }

    /** The token of this work; whatever {@code task.token} holds is ignored. 32 bytes. */
    public byte[] taskToken(TaskRef task) {
        String work = String.join(
                "|",
                "nsfl/task/v1",
                withoutBar(task.getRun()),
                Integer.toString(task.getRound()),
                Integer.toString(task.getAttempt()),
                withoutBar(task.getClientId()),
                spelling(task.getKind()));
        return hmac(key).doFinal(work.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the task carries its own token; in constant time. */
    public boolean verify(TaskRef task) {
        boolean wellFormed = task.getRun().indexOf('|') < 0
                && task.getClientId().indexOf('|') < 0
                && (task.getKind() == TaskKind.TASK_KIND_TRAIN || task.getKind() == TaskKind.TASK_KIND_EVALUATE);
        return wellFormed
                && MessageDigest.isEqual(taskToken(task), task.getToken().toByteArray());
    }

    /** HMAC-SHA256 over the purpose and the parts, unambiguous in their borders. Large things are given by their digest. */
    public byte[] mac(String purpose, byte[]... parts) {
        Mac mac = hmac(key);
        update(mac, purpose.getBytes(StandardCharsets.UTF_8));
        for (byte[] part : parts) {
            update(mac, part);
        }
        return mac.doFinal();
    }

    private static void update(Mac mac, byte[] part) {
        mac.update(ByteBuffer.allocate(Long.BYTES).putLong(part.length).flip());
        mac.update(part);
    }

    private static String spelling(TaskKind kind) {
        return switch (kind) {
            case TASK_KIND_TRAIN -> "TRAIN";
            case TASK_KIND_EVALUATE -> "EVALUATE";
            case TASK_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("A task must be of kind TRAIN or EVALUATE to have a token");
        };
    }

    /** The parts are joined with bars: one inside a part would let two works have the same token. */
    private static String withoutBar(String part) {
        if (part.indexOf('|') >= 0) {
            throw new IllegalArgumentException("A run or client id holds no bar, got " + part);
        }
        return part;
    }

    private static Mac hmac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("This JDK lacks " + ALGORITHM, missing);
        }
    }

    @Override
    public String toString() {
        return "RunKey(******)";
    }
}
