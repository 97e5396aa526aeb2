package io.nsfl.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every blob store promises. */
public interface BlobStoreContract {
    /** The digest of "abc". */
    String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    /** A store with the empty bucket {@code ns} and no other. */
    BlobStore store();

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(BlobStore store, String path) throws IOException {
        return read(store.open(path));
    }

    private static String read(InputStream opened) throws IOException {
        try (opened) {
            return new String(opened.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream deadLine() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the line is dead");
            }
        };
    }

    private static void refused(Fault expected, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.fault()).isEqualTo(expected));
    }

    private static List<String> paths(List<Blob> blobs) {
        return blobs.stream().map(Blob::path).toList();
    }

    @Test
    default void givesBackWhatWasPut() throws IOException {
        BlobStore store = store();

        StoredBlob stored = store.put("ns/model/init.h5", bytes("abc"));

        assertThat(stored.sha256()).isEqualTo(ABC);
        assertThat(stored.blob().size()).isEqualTo(3);
        assertThat(store.stat("ns/model/init.h5")).contains(stored.blob());
        assertThat(store.sha256("ns/model/init.h5")).isEqualTo(stored.sha256());
        assertThat(read(store, "ns/model/init.h5")).isEqualTo("abc");
    }

    @Test
    default void replacesAsAWhole() throws IOException {
        BlobStore store = store();
        store.put("ns/f", bytes("a long first content"));
        try (InputStream before = store.open("ns/f")) {
            store.put("ns/f", bytes("short"));

            assertThat(new String(before.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("a long first content");
        }
        assertThat(read(store, "ns/f")).isEqualTo("short");
    }

    @Test
    default void keepsTheOldFileWhenTheContentBreaksOff() throws IOException {
        BlobStore store = store();
        store.put("ns/d/f", bytes("old"));

        assertThatThrownBy(() -> store.put("ns/d/f", deadLine())).hasMessageContaining("the line is dead");
        assertThat(read(store, "ns/d/f")).isEqualTo("old");
        assertThat(paths(store.list(""))).containsExactly("ns/d/f");
    }

    @Test
    default void listsADirectoryByPath() {
        BlobStore store = store();
        for (String path : List.of("ns/b/2", "ns/b/1/x", "ns/a", "ns/bc/3")) {
            store.put(path, bytes(path));
        }

        assertThat(paths(store.list("ns/b"))).containsExactly("ns/b/1/x", "ns/b/2");
        assertThat(paths(store.list(""))).containsExactly("ns/a", "ns/b/1/x", "ns/b/2", "ns/bc/3");
        assertThat(paths(store.list("ns"))).containsExactly("ns/a", "ns/b/1/x", "ns/b/2", "ns/bc/3");
        assertThat(store.list("ns/absent")).isEmpty();
        assertThat(store.list("absent")).isEmpty();
    }

    @Test
    default void deletesAFileAndATree() {
        BlobStore store = store();
        for (String path : List.of("ns/a", "ns/b/1/x", "ns/b/2", "ns/bc/3")) {
            store.put(path, bytes(path));
        }

        assertThat(store.delete("ns/a")).isTrue();
        assertThat(store.delete("ns/a")).isFalse();
        assertThat(store.deleteTree("ns/b")).isEqualTo(2);
        assertThat(store.deleteTree("ns/b")).isZero();
        assertThat(paths(store.list(""))).containsExactly("ns/bc/3");
    }

    @Test
    default void saysThatAFileIsAbsent() {
        BlobStore store = store();

        assertThat(store.stat("ns/none")).isEmpty();
        assertThat(store.delete("ns/none")).isFalse();
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.open("ns/none"));
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.open("ns/none", 5, 5));
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.sha256("ns/none"));
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.copy("ns/none", "ns/other"));
    }

    @Test
    default void saysHowToMakeABucket() {
        BlobStore store = store();

        assertThat(store.hasBucket("absent")).isFalse();
        assertThat(store.stat("absent/f")).isEmpty();
        assertThatThrownBy(() -> store.put("absent/f", bytes("x")))
                .hasMessageContaining("The storage has no bucket \"absent\": make it");
        refused(Fault.NAMESPACE_ABSENT, () -> store.append("absent/f", 0, bytes("x"), 1));
        store.put("ns/f", bytes("x"));
        refused(Fault.NAMESPACE_ABSENT, () -> store.copy("ns/f", "absent/f"));

        store.makeBucket("absent");
        store.makeBucket("absent");
        assertThat(store.hasBucket("absent")).isTrue();
        store.put("absent/f", bytes("x"));
        assertThat(paths(store.list(""))).containsExactly("absent/f", "ns/f");
    }

    @Test
    default void readsARange() throws IOException {
        BlobStore store = store();
        store.put("ns/f", bytes("0123456789"));

        assertThat(read(store.open("ns/f", 4))).isEqualTo("456789");
        assertThat(read(store.open("ns/f", 4, 3))).isEqualTo("456");
        assertThat(read(store.open("ns/f", 0, 3))).isEqualTo("012");
        assertThat(read(store.open("ns/f", 8, 100))).isEqualTo("89");
        assertThat(read(store.open("ns/f", 10))).isEmpty();
        assertThat(read(store.open("ns/f", 3, 0))).isEmpty();
        refused(Fault.REQUEST_INVALID, () -> store.open("ns/f", 11));
        refused(Fault.REQUEST_INVALID, () -> store.open("ns/f", -1));
    }

    @Test
    default void keepsAnEmptyFileAndOddNames() throws IOException {
        BlobStore store = store();
        store.put("ns/empty", bytes(""));
        store.put("ns/Bäume & mehr/a+b=c %41 #?.h5", bytes("x"));

        assertThat(read(store, "ns/empty")).isEmpty();
        assertThat(read(store, "ns/Bäume & mehr/a+b=c %41 #?.h5")).isEqualTo("x");
        assertThat(paths(store.list("ns"))).containsExactly("ns/Bäume & mehr/a+b=c %41 #?.h5", "ns/empty");
    }

    @Test
    default void copiesWithinTheStore() throws IOException {
        BlobStore store = store();
        store.makeBucket("models");
        store.put("ns/a", bytes("abc"));
        store.put("models/old/copy", bytes("old"));

        Blob copy = store.copy("ns/a", "models/old/copy");

        assertThat(copy.path()).isEqualTo("models/old/copy");
        assertThat(copy.size()).isEqualTo(3);
        assertThat(read(store, "models/old/copy")).isEqualTo("abc");
        store.delete("ns/a");
        assertThat(read(store, "models/old/copy")).isEqualTo("abc");
    }

    @Test
    default void holdsAnUploadUntilItIsCompleted() throws IOException {
        BlobStore store = store();
        store.put("ns/d/f", bytes("old"));

        assertThat(store.held("ns/d/f")).isZero();
        assertThat(store.append("ns/d/f", 0, bytes("ab"), 2)).isEqualTo(2);
        assertThat(store.append("ns/d/f", 2, bytes("cmore"), 1)).isEqualTo(3);

        assertThat(store.held("ns/d/f")).isEqualTo(3);
        assertThat(store.uploads("ns")).singleElement().satisfies(upload -> {
            assertThat(upload.path()).isEqualTo("ns/d/f");
            assertThat(upload.held()).isEqualTo(3);
        });
        assertThat(read(store, "ns/d/f")).isEqualTo("old");
        assertThat(paths(store.list(""))).containsExactly("ns/d/f");

        StoredBlob stored = store.complete("ns/d/f", ABC);

        assertThat(stored.sha256()).isEqualTo(ABC);
        assertThat(stored.blob()).isEqualTo(store.stat("ns/d/f").orElseThrow());
        assertThat(read(store, "ns/d/f")).isEqualTo("abc");
        assertThat(store.held("ns/d/f")).isZero();
        assertThat(store.uploads("ns")).isEmpty();
        assertThat(store.complete("ns/d/f", ABC)).isEqualTo(stored);
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.complete("ns/d/f"));
    }

    @Test
    default void continuesAnUploadOnlyWhereItEnds() {
        BlobStore store = store();
        store.append("ns/f", 0, bytes("abc"), 3);

        assertThatThrownBy(() -> store.append("ns/f", 2, bytes("c"), 1)).hasMessageContaining("holds 3 bytes");
        refused(Fault.STALE, () -> store.append("ns/f", 4, bytes("e"), 1));
        refused(Fault.STALE, () -> store.append("ns/g", 1, bytes("e"), 1));
        assertThat(store.held("ns/f")).isEqualTo(3);
    }

    @Test
    default void holdsWhatCameOfContentThatBrokeOff() throws IOException {
        BlobStore store = store();
        InputStream broken = new SequenceInputStream(bytes("ab"), deadLine());

        refused(Fault.TRANSFER_CORRUPT, () -> store.append("ns/f", 0, broken, 3));

        assertThat(store.held("ns/f")).isEqualTo(2);
        store.append("ns/f", 2, bytes("c"), 1);
        store.complete("ns/f", ABC);
        assertThat(read(store, "ns/f")).isEqualTo("abc");
    }

    @Test
    default void discardsAnUploadThatArrivedOtherwise() {
        BlobStore store = store();
        store.append("ns/f", 0, bytes("abd"), 3);

        assertThatThrownBy(() -> store.complete("ns/f", ABC)).hasMessageContaining("send the file again");
        assertThat(store.held("ns/f")).isZero();
        assertThat(store.stat("ns/f")).isEmpty();

        store.append("ns/f", 0, bytes("x"), 1);
        assertThat(store.discard("ns/f")).isTrue();
        assertThat(store.discard("ns/f")).isFalse();
        assertThat(store.uploads("ns")).isEmpty();
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.complete("ns/f", ABC));
    }

    @Test
    default void completesAnUploadOfManySizes() throws IOException {
        BlobStore store = store();
        byte[] content = new byte[40_000_001];
        new SplittableRandom(4).nextBytes(content);
        int[] ends = {0, 1, 1, 6_000_000, 6_000_007, 39_000_000, content.length};
        for (int part = 1; part < ends.length; part++) {
            InputStream bytes = new ByteArrayInputStream(content, ends[part - 1], content.length - ends[part - 1]);
            assertThat(store.append("ns/big", ends[part - 1], bytes, ends[part] - ends[part - 1]))
                    .isEqualTo(ends[part]);
        }

        StoredBlob stored = store.complete("ns/big");

        assertThat(stored.blob().size()).isEqualTo(content.length);
        try (InputStream read = store.open("ns/big")) {
            assertThat(Arrays.equals(read.readAllBytes(), content)).isTrue();
        }
        assertThat(store.sha256("ns/big")).isEqualTo(stored.sha256());
        store.append("ns/none", 0, bytes(""), 0);
        assertThat(store.complete("ns/none").blob().size()).isZero();
    }

    @TestFactory
    default Stream<DynamicTest> refusesPathsThatLeadElsewhere() {
        return Stream.of(
                        "",
                        "bucket",
                        "/etc/passwd",
                        "../x",
                        "ns/../../x",
                        "ns/./b",
                        "ns//b",
                        "ns/",
                        "ns/a\0b",
                        "ns/a\nb",
                        "ns/.nsfl-upload/x",
                        "ns/" + "n".repeat(256),
                        "ns/" + "long/".repeat(200) + "x")
                .map(path -> DynamicTest.dynamicTest("refuses \"" + path.replaceAll("\\p{Cntrl}", "?") + "\"", () -> {
                    BlobStore store = store();
                    refused(Fault.REQUEST_INVALID, () -> store.put(path, bytes("x")));
                    refused(Fault.REQUEST_INVALID, () -> store.append(path, 0, bytes("x"), 1));
                    refused(Fault.REQUEST_INVALID, () -> store.deleteTree(path));
                    refused(Fault.REQUEST_INVALID, () -> store.open(path));
                }));
    }
}
