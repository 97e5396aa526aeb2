package io.nsfl.workload.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Where a workload's standard output and error go. One earlier log is kept beside it as {@code <name>.log.1}. */
record LogFile(Path path) {
    static final int TAIL = 8 << 10;

    /** Makes room for a new launch. */
    void rotate() throws IOException {
        Files.createDirectories(path.getParent());
        if (Files.exists(path)) {
            Files.move(path, path.resolveSibling(path.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The last lines, at most 8 KiB; a line that was cut is left out unless it is the only one. */
    String tail() {
        return tail(TAIL);
    }

    /** Likewise of so many bytes. */
    String tail(int mostBytes) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            long from = Math.max(0, size - mostBytes);
            ByteBuffer buffer = ByteBuffer.allocate((int) (size - from));
            while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
                // Reads until the buffer is full or the file, which may be cut meanwhile, ends.
            }
            String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
            int firstLine = from > 0 ? text.indexOf('\n') + 1 : 0;
            return text.substring(firstLine == text.length() ? 0 : firstLine);
        } catch (IOException absent) {
            return "";
        }
    }
}
