package io.nsfl.servicekit.security;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A shared secret of 32 random bytes, spoken as 64 hex digits: the server side's internal one, or an executor's credential. Never printed. */
public final class InternalSecret {
    private static final Logger LOG = LoggerFactory.getLogger(InternalSecret.class);
    private static final int BYTES = 32;
    private static final long LOOK_MILLIS = 500;
    private static final int LOOKS_A_REMINDER = 40;

    private final byte[] bytes;

    private InternalSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param hex 64 hex digits; white space around them is ignored @throws FaultException CONFIGURATION_INVALID for anything else */
    public static InternalSecret of(String hex) {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(hex.strip());
        } catch (IllegalArgumentException malformed) {
            bytes = new byte[0];
        }
        if (bytes.length != BYTES) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID, "A secret must be 64 hex digits; what was given is not.");
        }
        return new InternalSecret(bytes);
    }

    public static InternalSecret generate(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new InternalSecret(bytes);
    }

    /**
     * Loads it; where the file is absent from a directory that only others can write, as a mounted Secret is, it is waited for.
     *
     * @throws FaultException CONFIGURATION_INVALID if the file is absent from another place, unreadable or holds no secret
     */
    public static InternalSecret load(Path file) {
        if (broughtByOthers(file)) {
            await(file);
        }
        try {
            return PrivateFile.read(file, 1024)
                    .map(content -> of(new String(content, StandardCharsets.US_ASCII)))
                    .orElseThrow(() -> new FaultException(
                            Fault.CONFIGURATION_INVALID,
                            "The internal secret's file " + file
                                    + " does not exist: point nsfl.internal-secret-file at the one"
                                    + " the job-scheduler made."));
        } catch (IOException unreadable) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "The internal secret's file " + file + " cannot be read (" + unreadable.getMessage() + ").",
                    unreadable);
        }
    }

    private static boolean broughtByOthers(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        return Files.isDirectory(directory) && !Files.isWritable(directory);
    }

    private static void await(Path file) {
        for (long looks = 0; !Files.exists(file); looks++) {
            if (looks % LOOKS_A_REMINDER == 0) {
                LOG.warn(
                        "Waiting for the internal secret's file {}: the job-scheduler makes it at its first start",
                        file);
            }
            try {
                new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Loads it as {@link #load} does, or makes it with mode 600; of several processes that start at once all get the same one. */
    public static InternalSecret loadOrCreate(Path file, SecureRandom random) {
        if (!Files.exists(file) && !broughtByOthers(file)) {
            try {
                PrivateFile.create(file, generate(random).hex().getBytes(StandardCharsets.US_ASCII));
            } catch (IOException unwritable) {
                throw new FaultException(
                        Fault.CONFIGURATION_INVALID,
                        "The internal secret's file " + file + " cannot be made (" + unwritable.getMessage()
                                + "): give a directory that can be written.",
                        unwritable);
            }
        }
        return load(file);
    }

    /** The 32 bytes, for example to derive run keys from. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** What a request carries. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Compares in constant time. @param presented what a request carried, or null */
    public boolean matches(String presented) {
        return presented != null
                && MessageDigest.isEqual(
                        hex().getBytes(StandardCharsets.US_ASCII), presented.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "******";
    }
}
