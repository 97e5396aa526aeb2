package io.nsfl.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every blob store promises. */
public interface BlobStoreContract {
    /** An empty store. */
    BlobStore store();

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(BlobStore store, String path) throws IOException {
        try (InputStream content = store.open(path)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> paths(List<Blob> blobs) {
        return blobs.stream().map(Blob::path).toList();
    }

    @Test
    default void givesBackWhatWasPut() throws IOException {
        BlobStore store = store();

        StoredBlob stored = store.put("ns/model/init.h5", bytes("abc"));

        assertThat(stored.sha256()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(stored.blob().size()).isEqualTo(3);
        assertThat(store.stat("ns/model/init.h5")).contains(stored.blob());
        assertThat(store.sha256("ns/model/init.h5")).isEqualTo(stored.sha256());
        assertThat(read(store, "ns/model/init.h5")).isEqualTo("abc");
    }

    @Test
    default void replacesAsAWhole() throws IOException {
        BlobStore store = store();
        store.put("f", bytes("a long first content"));
        try (InputStream before = store.open("f")) {
            store.put("f", bytes("short"));

            assertThat(new String(before.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("a long first content");
        }
        assertThat(read(store, "f")).isEqualTo("short");
    }

    @Test
    default void keepsTheOldFileWhenTheContentBreaksOff() throws IOException {
        BlobStore store = store();
        store.put("d/f", bytes("old"));
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the line is dead");
            }
        };

        assertThatThrownBy(() -> store.put("d/f", broken)).hasMessageContaining("the line is dead");
        assertThat(read(store, "d/f")).isEqualTo("old");
        assertThat(paths(store.list(""))).containsExactly("d/f");
    }

    @Test
    default void listsADirectoryByPath() {
        BlobStore store = store();
        for (String path : List.of("b/2", "b/1/x", "a", "bc/3")) {
            store.put(path, bytes(path));
        }

        assertThat(paths(store.list("b"))).containsExactly("b/1/x", "b/2");
        assertThat(paths(store.list(""))).containsExactly("a", "b/1/x", "b/2", "bc/3");
        assertThat(store.list("absent")).isEmpty();
    }

    @Test
    default void deletesAFileAndATree() {
        BlobStore store = store();
        for (String path : List.of("a", "b/1/x", "b/2", "bc/3")) {
            store.put(path, bytes(path));
        }

        assertThat(store.delete("a")).isTrue();
        assertThat(store.delete("a")).isFalse();
        assertThat(store.deleteTree("b")).isEqualTo(2);
        assertThat(store.deleteTree("b")).isZero();
        assertThat(paths(store.list(""))).containsExactly("bc/3");
    }

    @Test
    default void saysThatAFileIsAbsent() {
        BlobStore store = store();

        assertThat(store.stat("none")).isEmpty();
        assertThatThrownBy(() -> store.open("none"))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.fault()).isEqualTo(Fault.ARTIFACT_UNKNOWN));
    }

    @TestFactory
    default Stream<DynamicTest> refusesPathsThatLeadElsewhere() {
        return Stream.of("", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", "a\0b")
                .map(path -> DynamicTest.dynamicTest("refuses \"" + path.replace('\0', '?') + "\"", () -> {
                    BlobStore store = store();
                    assertThatThrownBy(() -> store.put(path, bytes("x")))
                            .isInstanceOfSatisfying(
                                    FaultException.class,
                                    fault -> assertThat(fault.fault()).isEqualTo(Fault.REQUEST_INVALID));
                    assertThatThrownBy(() -> store.deleteTree(path)).isInstanceOf(FaultException.class);
                }));
    }
}
