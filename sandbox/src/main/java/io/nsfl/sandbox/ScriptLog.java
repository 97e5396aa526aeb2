package io.nsfl.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A script's output on disk: the latest {@code limit} bytes at most, in the file and in an older one beside it ({@code .1}). A
 * script that writes without end is never blocked and fills no disk.
 */
public final class ScriptLog implements Closeable {
    private final Path file;
    private final long half;
    private OutputStream out;
    private long size;

    public ScriptLog(Path file, long limit) throws IOException {
        this.file = file;
        this.half = Math.max(1, limit / 2);
        this.out = Files.newOutputStream(file);
    }

    /** Copies to the end of the output. */
    public void copy(InputStream output) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
            write(buffer, count);
        }
    }

    private void write(byte[] data, int count) throws IOException {
        if (size + count > half && size > 0) {
            out.close();
            Files.move(file, older(file), StandardCopyOption.REPLACE_EXISTING);
            out = Files.newOutputStream(file);
            size = 0;
        }
        out.write(data, 0, count);
        size += count;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** The last {@code length} bytes of a log as text; empty where there is none. */
    public static String tail(Path file, int length) {
        String latest = read(file, length);
        int missing = length - latest.length();
        return missing > 0 ? read(older(file), missing) + latest : latest;
    }

    private static Path older(Path file) {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    private static String read(Path file, int length) {
        if (!Files.exists(file)) {
            return "";
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            int count = (int) Math.min(length, in.length());
            byte[] bytes = new byte[count];
            in.seek(in.length() - count);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
