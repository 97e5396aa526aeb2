package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.CompressionConfig;
import io.nsfl.protocol.job.JobMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs in virtual time whose models go out as deltas. */
class DeltaRunTest {
    @TempDir
    private Path directory;

    @Test
    void sendsEveryModelButTheFirstAsADelta() throws Exception {
        World plain = new World(Files.createDirectory(directory.resolve("plain")), World.hyper(4, 2, 2), 1, 1);
        plain.playToTheEnd();
        World world = world();

        Ended ended = world.playToTheEnd();

        assertThat(world.report().defects()).isEmpty();
        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(ways(world, "full")).containsExactlyInAnyOrder("c-0 1 full", "c-1 1 full");
        assertThat(ways(world, "delta")).hasSize(8);
        assertThat(world.report().eventTypes()).contains("MODEL_DELTA");
        assertThat(world.lastModel()).isEqualTo(plain.lastModel());
        assertThat(plain.report().eventTypes()).doesNotContain("MODEL_DELTA");
    }

    /** What a coordinator had made is gone with it; the model that its successor goes on with is sent whole to whoever lacks it. */
    @Test
    void goesOnWithDeltasAfterACrash() throws Exception {
        World world = world();
        world.start();
        while (world.report().rounds().isEmpty()) {
            world.pass(Duration.ofMillis(100));
        }
        world.kill();

        Ended ended = world.playToTheEnd();

        assertThat(world.report().defects()).isEmpty();
        assertThat(ended.state()).contains(RunState.FINISHED);
        // In the first round, and once more where the crash left a model without deltas.
        assertThat(ways(world, "full"))
                .filteredOn(way -> way.startsWith("c-0"))
                .hasSizeLessThanOrEqualTo(2)
                .contains("c-0 1 full");
        assertThat(ways(world, "delta")).contains("c-0 4 delta");
    }

    @Test
    void keepsNoFilesOfModelsThatNobodyFetches() throws Exception {
        World world = world();

        world.playToTheEnd();

        try (Stream<Path> files = Files.walk(directory.resolve("delta"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".delta")))
                    .hasSizeLessThanOrEqualTo(2 * ModelDeltas.OLDER);
        }
    }

    private World world() throws Exception {
        JobMethod plain = JobMethod.plain();
        JobMethod method = new JobMethod(
                plain.aggregation(),
                plain.earlyStop(),
                plain.localLayers(),
                Optional.of(new CompressionConfig(CompressionConfig.Uplink.NONE, 0.01, true)),
                plain.extender(),
                plain.privacy(),
                plain.secureAggregation());
        return new World(Files.createDirectory(directory.resolve("delta")), World.hyper(4, 2, 2), method, 1, 1);
    }

    private static List<String> ways(World world, String which) {
        return world.fakeClients().models().ways().stream()
                .filter(way -> way.endsWith(which))
                .toList();
    }
}
