package io.nsfl.taskmanager.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.servicekit.time.ManualTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageWatchTest {
    @TempDir
    Path workspace;

    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private final List<String> told = new ArrayList<>();
    private StorageQuota quota;
    private StorageWatch watch;

    @BeforeEach
    void start() {
        quota = new StorageQuota(workspace, 1000);
        watch = new StorageWatch(
                quota,
                () -> quota.tidy(Set.of("train-a")),
                () -> told.add(quota.full().isPresent() ? "full" : "room"),
                timers,
                Runnable::run);
        watch.start();
    }

    private Path write(String task, int bytes) throws IOException {
        Path file = Files.createDirectories(workspace.resolve(task)).resolve("data");
        return Files.write(file, new byte[bytes]);
    }

    @Test
    void noticesWhatARunningTaskWrites() throws IOException {
        write("train-a_running", 500);
        timers.advance(StorageWatch.PERIOD);
        assertThat(told).isEmpty();

        write("train-a_running", 1100);
        timers.advance(StorageWatch.PERIOD);

        assertThat(told).containsExactly("full");
        assertThat(quota.full()).hasValueSatisfying(reason -> assertThat(reason).contains("storage_quota"));
    }

    @Test
    void tellsOnceUntilItChangesAgain() throws IOException {
        Path file = write("train-a_running", 1100);
        timers.advance(StorageWatch.PERIOD.multipliedBy(3));
        Files.delete(file);
        timers.advance(StorageWatch.PERIOD.multipliedBy(3));

        assertThat(told).containsExactly("full", "room");
    }

    @Test
    void makesRoomWhileATaskRuns() throws IOException {
        write("train-old", 500);
        write("train-a_running", 450);

        timers.advance(StorageWatch.PERIOD);

        assertThat(workspace.resolve("train-old")).doesNotExist();
        assertThat(workspace.resolve("train-a_running")).exists();
        assertThat(told).isEmpty();
    }

    @Test
    void goesOnAfterAMeasurementThatFailed() throws IOException {
        StorageWatch failing = new StorageWatch(
                quota,
                () -> {
                    told.add("tried");
                    throw new IllegalStateException("the disk is gone");
                },
                () -> {},
                timers,
                Runnable::run);
        failing.start();

        timers.advance(StorageWatch.PERIOD.multipliedBy(2));

        assertThat(told).containsExactly("tried", "tried");
    }

    @Test
    void endsWhenItIsStopped() throws IOException {
        watch.stop();
        write("train-a_running", 1100);

        timers.advance(StorageWatch.PERIOD.multipliedBy(2));

        assertThat(told).isEmpty();
        assertThat(timers.pending()).isZero();
    }
}
