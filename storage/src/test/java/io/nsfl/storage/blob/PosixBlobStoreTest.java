package io.nsfl.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.storage.blob.posix.PosixBlobStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixBlobStoreTest implements BlobStoreContract {
    @TempDir
    private Path directory;

    private Path root;
    private PosixBlobStore store;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        Files.createDirectory(root.resolve("work"));
        AtomicInteger last = new AtomicInteger();
        store = new PosixBlobStore(root, () -> Integer.toString(last.incrementAndGet()));
    }

    @Override
    public BlobStore store() {
        return store;
    }

    @Test
    void followsNoLinkOutOfItsDirectory() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "s");
        Files.createSymbolicLink(root.resolve("work/link"), outside);
        Files.createSymbolicLink(root.resolve("work/dangling"), directory.resolve("nothing"));

        assertThatThrownBy(() -> store.open("work/link/secret")).isInstanceOf(FaultException.class);
        assertThatThrownBy(() -> store.put("work/dangling", new ByteArrayInputStream(new byte[1])))
                .isInstanceOf(FaultException.class);
        assertThatThrownBy(() -> store.deleteTree("work/link")).isInstanceOf(FaultException.class);
        assertThat(store.list("")).isEmpty();
        assertThat(outside.resolve("secret")).exists();
    }

    @Test
    void removesALinkInsideATreeAndNotWhatItNames() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "k");
        Files.createDirectories(root.resolve("work/tree"));
        Files.createSymbolicLink(root.resolve("work/tree/link"), outside);

        assertThat(store.deleteTree("work/tree")).isEqualTo(1);
        assertThat(outside.resolve("kept")).exists();
    }
}
