package io.nsfl.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

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
        this.out = anew(file);
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
            out = anew(file);
            size = 0;
        }
        out.write(data, 0, count);
        size += count;
    }

    /** The script may write where its log is: a link that it left there is replaced and not written through. */
    private static OutputStream anew(Path file) throws IOException {
        Files.deleteIfExists(file);
        return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** The last {@code length} bytes of a log as text; empty where there is none, or something else in its place. */
    public static String tail(Path file, int length) {
        String latest = read(file, length);
        int missing = length - latest.length();
        return missing > 0 ? read(older(file), missing) + latest : latest;
    }

    private static Path older(Path file) {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    private static String read(Path file, int length) {
        // A link would show what its script may not see, a pipe would never end.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        try (SeekableByteChannel in =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            int count = (int) Math.min(length, in.size());
            in.position(in.size() - count);
            byte[] bytes = Channels.newInputStream(in).readNBytes(count);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
