package io.nsfl.taskmanager.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageQuotaTest {
    @TempDir
    Path workspace;

    private Path task(String name, int bytes, long age) throws IOException {
        Path directory = Files.createDirectories(workspace.resolve(name));
        Files.write(directory.resolve("data"), new byte[bytes]);
        Files.setLastModifiedTime(directory, FileTime.fromMillis(age));
        return directory;
    }

    @Test
    void deletesTheOldestFinishedWorkspacesDownToSeventyPercent() throws IOException {
        Path oldest = task("train-a", 300, 1);
        Path second = task("evaluate-b", 300, 2);
        Path youngest = task("train-c", 350, 3);
        StorageQuota quota = new StorageQuota(workspace, 1000);

        quota.tidy(Set.of());

        assertThat(oldest).doesNotExist();
        assertThat(second).exists();
        assertThat(youngest).exists();
        assertThat(quota.full()).isEmpty();
    }

    @Test
    void leavesEverythingBelowNinetyPercent() throws IOException {
        Path old = task("train-a", 890, 1);

        StorageQuota quota = new StorageQuota(workspace, 1000);

        quota.tidy(Set.of());

        assertThat(old).exists();
        assertThat(quota.tight()).isFalse();
    }

    @Test
    void takesNoTaskWhenNothingMoreCanGo() throws IOException {
        Path running = task("train-a_running", 600, 1);
        Path needed = task("train-b", 600, 2);
        StorageQuota quota = new StorageQuota(workspace, 1000);

        quota.tidy(Set.of("train-b"));

        assertThat(running).exists();
        assertThat(needed).exists();
        assertThat(quota.tight()).isTrue();
        assertThat(quota.full()).hasValueSatisfying(reason -> assertThat(reason).contains("storage_quota"));
    }

    @Test
    void removesRunningWorkspacesThatNobodyOwns() throws IOException {
        Path owned = task("train-a_running", 1, 1);
        Path left = task("train-b_running", 1, 1);
        Path moving = task("train-a_running.granted", 1, 1);
        Path leftMoving = task("train-b_running.granted", 1, 1);
        Path other = Files.createDirectories(workspace.resolve("photos_running"));

        new StorageQuota(workspace, 1000).removeLeftovers(Set.of("train-a"));

        assertThat(owned).exists();
        assertThat(moving).exists();
        assertThat(left).doesNotExist();
        assertThat(leftMoving).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void doesNotFollowLinksWhenItDeletes() throws IOException {
        Path outside = Files.createDirectories(workspace.resolve("outside"));
        Path kept = Files.createFile(outside.resolve("kept"));
        Path task = task("train-a", 1, 1);
        Files.createSymbolicLink(task.resolve("link"), outside);

        StorageQuota.delete(task);

        assertThat(task).doesNotExist();
        assertThat(kept).exists();
    }
}
