package io.nsfl.servicekit.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the object store said about credentials, for a short time. Credentials are remembered only as a digest under a key of this
 * process's own. Thread-safe and bounded.
 */
final class Verdicts<V> {
    private static final int MOST = 10_000;

    private record Verdict<V>(V value, Instant until) {}

    private final InstantSource clock;
    private final SecretKeySpec key;
    private final Map<String, Verdict<V>> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verdict<V>> eldest) {
            return size() > MOST;
        }
    };

    Verdicts(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    synchronized Optional<V> of(String... question) {
        Verdict<V> verdict = known.get(digest(question));
        return verdict == null || !clock.instant().isBefore(verdict.until())
                ? Optional.empty()
                : Optional.of(verdict.value());
    }

    synchronized void remember(V value, Duration time, String... question) {
        known.put(digest(question), new Verdict<>(value, clock.instant().plus(time)));
    }

    private String digest(String... question) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            for (String part : question) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                mac.update(bytes);
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("The JDK lacks HmacSHA256", impossible);
        }
    }
}
