package io.nsfl.protocol.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ResumptionTest {
    /** A transfer in frames of any size, broken off after any number of them and gone on with, as often as it takes. */
    @Property(tries = 200)
    void endsWithTheSameBytesHoweverOftenItIsBrokenOff(
            @ForAll @Size(max = 500) byte[] content,
            @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 100) Integer> frameSizes,
            @ForAll @Size(max = 5) List<@IntRange(max = 4) Integer> framesUntilBroken)
            throws Exception {
        Path file = Files.createTempFile("resumption", ".part");
        try {
            for (int frames : framesUntilBroken) {
                attempt(file, content, frameSizes, frames).close();
            }
            try (FrameReceiver last = attempt(file, content, frameSizes, Integer.MAX_VALUE)) {
                assertThat(last.complete().sha256())
                        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
            }
            assertThat(file).hasBinaryContent(content);
        } finally {
            Files.delete(file);
        }
    }

    private static FrameReceiver attempt(Path file, byte[] content, List<Integer> sizes, int frames)
            throws IOException {
        long held = Files.size(file);
        FrameReceiver receiver = new FrameReceiver(header -> FileSink.open(file, held, content.length));
        receiver.accept(new Frame(new byte[] {1}, held, 0, ByteBuffer.allocate(0), () -> {}));
        int from = (int) held;
        for (int i = 0; i < frames && from < content.length; i++) {
            int to = Math.min(content.length, from + sizes.get(i % sizes.size()));
            byte[] part = Arrays.copyOfRange(content, from, to);
            CRC32C crc = new CRC32C();
            crc.update(part);
            receiver.accept(new Frame(new byte[0], from, (int) crc.getValue(), ByteBuffer.wrap(part), () -> {}));
            from = to;
        }
        return receiver;
    }
}
