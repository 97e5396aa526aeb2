package io.nsfl.ctl.credential;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * What a client proves itself with the first time it comes.
 *
 * @param text the secret, 256 random bits
 * @param clients how many may use it
 * @param until its end
 */
public record EnrolmentToken(String text, int clients, Instant until) {
    private static final int BYTES = 32;

    public static EnrolmentToken generate(int clients, Instant until, SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new EnrolmentToken(SigningKey.text(bytes), clients, until);
    }

    /** As the client-selector's file of enrolment tokens wants it: the digest, never the secret. */
    public String line() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest) + " " + clients + " " + until.truncatedTo(ChronoUnit.SECONDS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Puts its line at the end of such a file, which is made if absent. */
    public void allowIn(Path file) {
        try {
            Files.writeString(file, line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new FaultException(Fault.CONFIGURATION_INVALID, file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
