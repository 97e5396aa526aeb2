package io.nsfl.ctl.upload;

import io.nsfl.ctl.output.ProgressLine;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One file from a server: ranges at the same time, written in order beside the target, so that a repeated call goes on where the last
 * one ended. The target appears whole, and only if its digest is right.
 */
public final class Download {
    private static final int AT_ONCE = 4;
    private static final int RANGE = Parts.SMALLEST;
    private static final int TRIES = 3;

    private final ProgressLine.Screen screen;

    public Download(ProgressLine.Screen screen) {
        this.screen = screen;
    }

    /** @return the file, {@code directory/<name>} */
    public Path fetch(RemoteFile file, Path directory) {
        Path target = directory.resolve(Path.of(file.name()).getFileName());
        ProgressLine progress = screen.file(file.name(), file.size());
        try {
            Files.createDirectories(directory);
            if (Files.isRegularFile(target) && Files.size(target) == file.size() && isWhole(target, file)) {
                progress.skip(file.size());
                progress.done();
                return target;
            }
            String mark = file.tag().replaceAll("[^A-Za-z0-9-]", "");
            Path partial = directory.resolve("." + target.getFileName() + "." + mark + ".part");
            append(file, partial, progress);
            if (Files.size(partial) != file.size() || !agrees(partial, file)) {
                Files.deleteIfExists(partial);
                throw new FaultException(
                        Fault.TRANSFER_CORRUPT, file.name() + " arrived damaged and was removed: repeat the command");
            }
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
            progress.done();
            return target;
        } catch (IOException e) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    target + " cannot be written (" + e.getMessage() + "): name another directory by -l",
                    e);
        }
    }

    private static void append(RemoteFile file, Path partial, ProgressLine progress) throws IOException {
        long begun = Files.exists(partial) ? Math.min(Files.size(partial), file.size()) : 0;
        progress.skip(begun);
        try (OutputStream out = Files.newOutputStream(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                ExecutorService readers = Executors.newFixedThreadPool(AT_ONCE)) {
            Deque<Future<byte[]>> ranges = new ArrayDeque<>();
            long asked = begun;
            try {
                while (asked < file.size() || !ranges.isEmpty()) {
                    while (asked < file.size() && ranges.size() < AT_ONCE) {
                        long offset = asked;
                        int length = (int) Math.min(RANGE, file.size() - offset);
                        ranges.add(readers.submit(() -> range(file, offset, length)));
                        asked += length;
                    }
                    byte[] bytes = ranges.remove().get();
                    out.write(bytes);
                    progress.add(bytes.length);
                }
            } finally {
                readers.shutdownNow();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FaultException fault) {
                throw fault;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Asked for again where the connection broke. */
    private static byte[] range(RemoteFile file, long offset, int length) {
        for (int attempt = 1; ; attempt++) {
            try {
                byte[] bytes = file.reader().read(offset, length);
                if (bytes.length == length) {
                    return bytes;
                }
                throw new FaultException(
                        Fault.UNAVAILABLE,
                        "the server gave " + bytes.length + " bytes of " + file.name() + " in place of " + length);
            } catch (FaultException e) {
                if (attempt == TRIES || !Broken.is(e)) {
                    throw e;
                }
            }
        }
    }

    /** Only a digest proves that an older file is the same. */
    private static boolean isWhole(Path target, RemoteFile file) throws IOException {
        return algorithm(file.tag()) != null && agrees(target, file);
    }

    private static boolean agrees(Path target, RemoteFile file) throws IOException {
        String algorithm = algorithm(file.tag());
        return algorithm == null || digest(target, algorithm).equalsIgnoreCase(file.tag());
    }

    private static String algorithm(String tag) {
        if (!tag.matches("[0-9a-fA-F]+")) {
            return null;
        }
        return switch (tag.length()) {
            case 32 -> "MD5";
            case 64 -> "SHA-256";
            default -> null;
        };
    }

    /** In hex. */
    static String digest(Path file, String algorithm) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
    }
}
