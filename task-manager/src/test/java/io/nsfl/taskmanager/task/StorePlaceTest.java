package io.nsfl.taskmanager.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorePlaceTest {
    @TempDir
    Path root;

    private StorePlace choose(String asked, String type) {
        return StorePlace.choose(
                root.resolve(asked), root.resolve("workspace"), root.resolve("on-this-node"), directory -> type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "overlay", "tmpfs", "btrfs"})
    void staysWhereItIsAskedForOnALocalFileSystem(String type) {
        assertThat(choose("lmdb", type)).isEqualTo(new StorePlace(root.resolve("lmdb"), false));
        assertThat(choose("elsewhere/store", type)).isEqualTo(new StorePlace(root.resolve("elsewhere/store"), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fuse.s3fs", "fuseblk", "nfs", "nfs4", "cifs", "smb3", "NFS4"})
    void isRefusedOnASharedFileSystemWithTheHint(String type) {
        assertThatThrownBy(() -> choose("elsewhere/store", type))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.STORAGE_UNSUITABLE))
                .hasMessageContaining(root.resolve("elsewhere/store").toString())
                .hasMessageContaining("a disk of this machine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lmdb", "fl_lmdb"})
    void movesToThisNodeFromTheGuidesDefaultPath(String name) {
        StorePlace place = choose(name, "fuse.s3fs");

        assertThat(place).isEqualTo(new StorePlace(root.resolve("on-this-node"), true));
        try (ClientStore store = ClientStore.open(place.directory())) {
            assertThat(store.tasks()).isEmpty();
        }
        assertThat(root.resolve(name)).doesNotExist();
    }

    @Test
    void asksForTheFileSystemOfTheNearestDirectoryThatExists() throws IOException {
        Files.createDirectories(root.resolve("a"));
        List<Path> asked = new ArrayList<>();

        StorePlace.choose(root.resolve("a/b/c/lmdb"), root, root, directory -> {
            asked.add(directory);
            return "ext4";
        });

        assertThat(asked).containsExactly(root.resolve("a"));
    }
}
