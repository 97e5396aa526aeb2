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

    /** A store with the empty bucket {@code work} and no other. */
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

        StoredBlob stored = store.put("work/model/init.h5", bytes("abc"));

        assertThat(stored.sha256()).isEqualTo(ABC);
        assertThat(stored.blob().size()).isEqualTo(3);
        assertThat(store.stat("work/model/init.h5")).contains(stored.blob());
        assertThat(store.sha256("work/model/init.h5")).isEqualTo(stored.sha256());
        assertThat(read(store, "work/model/init.h5")).isEqualTo("abc");
    }

    @Test
    default void replacesAsAWhole() throws IOException {
        BlobStore store = store();
        store.put("work/f", bytes("a long first content"));
        try (InputStream before = store.open("work/f")) {
            store.put("work/f", bytes("short"));

            assertThat(new String(before.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("a long first content");
        }
        assertThat(read(store, "work/f")).isEqualTo("short");
    }

    @Test
    default void keepsTheOldFileWhenTheContentBreaksOff() throws IOException {
        BlobStore store = store();
        store.put("work/d/f", bytes("old"));

        assertThatThrownBy(() -> store.put("work/d/f", deadLine())).hasMessageContaining("the line is dead");
        assertThat(read(store, "work/d/f")).isEqualTo("old");
        assertThat(paths(store.list(""))).containsExactly("work/d/f");
    }

    @Test
    default void listsADirectoryByPath() {
        BlobStore store = store();
        for (String path : List.of("work/b/2", "work/b/1/x", "work/a", "work/bc/3")) {
            store.put(path, bytes(path));
        }

        assertThat(paths(store.list("work/b"))).containsExactly("work/b/1/x", "work/b/2");
        assertThat(paths(store.list(""))).containsExactly("work/a", "work/b/1/x", "work/b/2", "work/bc/3");
        assertThat(paths(store.list("work"))).containsExactly("work/a", "work/b/1/x", "work/b/2", "work/bc/3");
        assertThat(store.list("work/absent")).isEmpty();
        assertThat(store.list("absent")).isEmpty();
    }

    @Test
    default void deletesAFileAndATree() {
        BlobStore store = store();
        for (String path : List.of("work/a", "work/b/1/x", "work/b/2", "work/bc/3")) {
            store.put(path, bytes(path));
        }

        assertThat(store.delete("work/a")).isTrue();
        assertThat(store.delete("work/a")).isFalse();
        assertThat(store.deleteTree("work/b")).isEqualTo(2);
        assertThat(store.deleteTree("work/b")).isZero();
        assertThat(paths(store.list(""))).containsExactly("work/bc/3");
    }

    @Test
    default void saysThatAFileIsAbsent() {
        BlobStore store = store();

        assertThat(store.stat("work/none")).isEmpty();
        assertThat(store.delete("work/none")).isFalse();
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.open("work/none"));
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.open("work/none", 5, 5));
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.sha256("work/none"));
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.copy("work/none", "work/other"));
    }

    @Test
    default void saysHowToMakeABucket() {
        BlobStore store = store();

        assertThat(store.hasBucket("absent")).isFalse();
        assertThat(store.stat("absent/f")).isEmpty();
        assertThatThrownBy(() -> store.put("absent/f", bytes("x")))
                .hasMessageContaining("The storage has no bucket \"absent\": make it");
        refused(Fault.NAMESPACE_ABSENT, () -> store.append("absent/f", 0, bytes("x"), 1));
        store.put("work/f", bytes("x"));
        refused(Fault.NAMESPACE_ABSENT, () -> store.copy("work/f", "absent/f"));

        store.makeBucket("absent");
        store.makeBucket("absent");
        assertThat(store.hasBucket("absent")).isTrue();
        store.put("absent/f", bytes("x"));
        assertThat(paths(store.list(""))).containsExactly("absent/f", "work/f");
    }

    @Test
    default void readsARange() throws IOException {
        BlobStore store = store();
        store.put("work/f", bytes("0123456789"));

        assertThat(read(store.open("work/f", 4))).isEqualTo("456789");
        assertThat(read(store.open("work/f", 4, 3))).isEqualTo("456");
        assertThat(read(store.open("work/f", 0, 3))).isEqualTo("012");
        assertThat(read(store.open("work/f", 8, 100))).isEqualTo("89");
        assertThat(read(store.open("work/f", 10))).isEmpty();
        assertThat(read(store.open("work/f", 3, 0))).isEmpty();
        refused(Fault.REQUEST_INVALID, () -> store.open("work/f", 11));
        refused(Fault.REQUEST_INVALID, () -> store.open("work/f", -1));
    }

    @Test
    default void keepsAnEmptyFileAndOddNames() throws IOException {
        BlobStore store = store();
        store.put("work/empty", bytes(""));
        store.put("work/Bäume & mehr/a+b=c %41 #?.h5", bytes("x"));

        assertThat(read(store, "work/empty")).isEmpty();
        assertThat(read(store, "work/Bäume & mehr/a+b=c %41 #?.h5")).isEqualTo("x");
        assertThat(paths(store.list("work"))).containsExactly("work/Bäume & mehr/a+b=c %41 #?.h5", "work/empty");
    }

    @Test
    default void copiesWithinTheStore() throws IOException {
        BlobStore store = store();
        store.makeBucket("models");
        store.put("work/a", bytes("abc"));
        store.put("models/old/copy", bytes("old"));

        Blob copy = store.copy("work/a", "models/old/copy");

        assertThat(copy.path()).isEqualTo("models/old/copy");
        assertThat(copy.size()).isEqualTo(3);
        assertThat(read(store, "models/old/copy")).isEqualTo("abc");
        store.delete("work/a");
        assertThat(read(store, "models/old/copy")).isEqualTo("abc");
    }

    @Test
    default void holdsAnUploadUntilItIsCompleted() throws IOException {
        BlobStore store = store();
        store.put("work/d/f", bytes("old"));

        assertThat(store.held("work/d/f")).isZero();
        assertThat(store.append("work/d/f", 0, bytes("ab"), 2)).isEqualTo(2);
        assertThat(store.append("work/d/f", 2, bytes("cmore"), 1)).isEqualTo(3);

        assertThat(store.held("work/d/f")).isEqualTo(3);
        assertThat(store.uploads("work")).singleElement().satisfies(upload -> {
            assertThat(upload.path()).isEqualTo("work/d/f");
            assertThat(upload.held()).isEqualTo(3);
        });
        assertThat(read(store, "work/d/f")).isEqualTo("old");
        assertThat(paths(store.list(""))).containsExactly("work/d/f");

        StoredBlob stored = store.complete("work/d/f", ABC);

        assertThat(stored.sha256()).isEqualTo(ABC);
        assertThat(stored.blob()).isEqualTo(store.stat("work/d/f").orElseThrow());
        assertThat(read(store, "work/d/f")).isEqualTo("abc");
        assertThat(store.held("work/d/f")).isZero();
        assertThat(store.uploads("work")).isEmpty();
        assertThat(store.complete("work/d/f", ABC)).isEqualTo(stored);
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.complete("work/d/f"));
    }

    @Test
    default void continuesAnUploadOnlyWhereItEnds() {
        BlobStore store = store();
        store.append("work/f", 0, bytes("abc"), 3);

        assertThatThrownBy(() -> store.append("work/f", 2, bytes("c"), 1)).hasMessageContaining("holds 3 bytes");
        refused(Fault.STALE, () -> store.append("work/f", 4, bytes("e"), 1));
        refused(Fault.STALE, () -> store.append("work/g", 1, bytes("e"), 1));
        assertThat(store.held("work/f")).isEqualTo(3);
    }

    @Test
    default void holdsWhatCameOfContentThatBrokeOff() throws IOException {
        BlobStore store = store();
        InputStream broken = new SequenceInputStream(bytes("ab"), deadLine());

        refused(Fault.TRANSFER_CORRUPT, () -> store.append("work/f", 0, broken, 3));

        assertThat(store.held("work/f")).isEqualTo(2);
        store.append("work/f", 2, bytes("c"), 1);
        store.complete("work/f", ABC);
        assertThat(read(store, "work/f")).isEqualTo("abc");
    }

    @Test
    default void discardsAnUploadThatArrivedOtherwise() {
        BlobStore store = store();
        store.append("work/f", 0, bytes("abd"), 3);

        assertThatThrownBy(() -> store.complete("work/f", ABC)).hasMessageContaining("send the file again");
        assertThat(store.held("work/f")).isZero();
        assertThat(store.stat("work/f")).isEmpty();

        store.append("work/f", 0, bytes("x"), 1);
        assertThat(store.discard("work/f")).isTrue();
        assertThat(store.discard("work/f")).isFalse();
        assertThat(store.uploads("work")).isEmpty();
        refused(Fault.ARTIFACT_UNKNOWN, () -> store.complete("work/f", ABC));
    }

    @Test
    default void completesAnUploadOfManySizes() throws IOException {
        BlobStore store = store();
        byte[] content = new byte[40_000_001];
        new SplittableRandom(4).nextBytes(content);
        int[] ends = {0, 1, 1, 6_000_000, 6_000_007, 39_000_000, content.length};
        for (int part = 1; part < ends.length; part++) {
            InputStream bytes = new ByteArrayInputStream(content, ends[part - 1], content.length - ends[part - 1]);
            assertThat(store.append("work/big", ends[part - 1], bytes, ends[part] - ends[part - 1]))
                    .isEqualTo(ends[part]);
        }

        StoredBlob stored = store.complete("work/big");

        assertThat(stored.blob().size()).isEqualTo(content.length);
        try (InputStream read = store.open("work/big")) {
            assertThat(Arrays.equals(read.readAllBytes(), content)).isTrue();
        }
        assertThat(store.sha256("work/big")).isEqualTo(stored.sha256());
        store.append("work/none", 0, bytes(""), 0);
        assertThat(store.complete("work/none").blob().size()).isZero();
    }

    @TestFactory
    default Stream<DynamicTest> refusesPathsThatLeadElsewhere() {
        return Stream.of(
                        "",
                        "bucket",
                        "/etc/passwd",
                        "../x",
                        "work/../../x",
                        "work/./b",
                        "work//b",
                        "work/",
                        "work/a\0b",
                        "work/a\nb",
                        "work/.nsfl-upload/x",
                        "work/" + "n".repeat(256),
                        "work/" + "long/".repeat(200) + "x")
                .map(path -> DynamicTest.dynamicTest("refuses \"" + path.replaceAll("\\p{Cntrl}", "?") + "\"", () -> {
                    BlobStore store = store();
                    refused(Fault.REQUEST_INVALID, () -> store.put(path, bytes("x")));
                    refused(Fault.REQUEST_INVALID, () -> store.append(path, 0, bytes("x"), 1));
                    refused(Fault.REQUEST_INVALID, () -> store.deleteTree(path));
                    refused(Fault.REQUEST_INVALID, () -> store.open(path));
                }));
    }
}
