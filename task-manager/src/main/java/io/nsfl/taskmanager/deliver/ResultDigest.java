package io.nsfl.taskmanager.deliver;

import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.TaskResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.TreeMap;

/** Names a result: the same for every repeat of the same result, another for any other. */
final class ResultDigest {
    private ResultDigest() {}

    /** SHA-256 over the task, its metrics by name, and the update's digest or the failure. */
    static byte[] of(TaskKey task, TaskResult result) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, task.toString());
            new TreeMap<>(result.metrics()).forEach((name, value) -> {
                add(digest, name);
                add(digest, Long.toHexString(Double.doubleToLongBits(value)));
            });
            add(digest, result.sha256());
            add(digest, result.faultCode());
            add(digest, result.faultMessage());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }
}
