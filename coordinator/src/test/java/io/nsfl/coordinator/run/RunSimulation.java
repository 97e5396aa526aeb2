package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.JobMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** Whole runs with drops, duplicates, slow and failing clients, kills, and writes that are cut, in virtual time. */
class RunSimulation {
    private static final int ROUNDS = 3;
    private static final int CLIENTS = 3;
    private static final String[][] ALGORITHMS = {
        {"fedavgm", ""},
        {"fedadam", ""},
        {"fedyogi", ""},
        {"fedadagrad", ""},
        {"fednova", "\"momentum\":0.9"},
        {"qfedavg", "\"client_learning_rate\":0.1"},
        {"median", "\"f\":3"},
        {"trimmed_mean", "\"fraction\":0.2"},
        {"krum", "\"f\":2"},
        {"multi_krum", "\"f\":1"},
        {"bulyan", "\"f\":1"},
        {"geometric_median", ""},
        {"norm_bound", "\"norm_bound\":0.1"},
    };

    @Property(tries = 25, afterFailure = AfterFailureMode.SAMPLE_ONLY)
    void aRunThatIsKilledAgainAndAgainEndsWithTheSameBits(
            @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 1, max = 6) int kills) throws Throwable {
        inTemporaryDirectory(directory -> {
            World calm = new World(subdirectory(directory, "calm"), World.hyper(ROUNDS, CLIENTS, CLIENTS), 1, seed);
            calm.playToTheEnd();
            World rough = new World(subdirectory(directory, "rough"), World.hyper(ROUNDS, CLIENTS, CLIENTS), 1, seed)
                    .clients(CLIENTS, new FakeClients.Troubles(0.2, 0.5, 0, Set.of()));

            Ended ended = disturbed(rough, new Random(seed), kills);

            assertThat(ended.state()).contains(RunState.FINISHED);
            assertThat(rough.lastModel()).isEqualTo(calm.lastModel());
            assertThat(rough.fakeClients().trainings())
                    .isEqualTo(calm.fakeClients().trainings());
            checkInvariants(rough);
        });
    }

    /** Whatever the algorithm keeps, in the journal or on local disk, comes to the same after crashes. */
    @Property(tries = 26, afterFailure = AfterFailureMode.SAMPLE_ONLY)
    void everyAlgorithmEndsWithTheSameBits(
            @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 0, max = 12) int algorithm)
            throws Throwable {
        inTemporaryDirectory(directory -> {
            JobMethod method = World.aggregation(ALGORITHMS[algorithm][0], ALGORITHMS[algorithm][1]);
            int clients = 7;
            World calm =
                    new World(subdirectory(directory, "calm"), World.hyper(ROUNDS, clients, clients), method, 1, seed);
            calm.playToTheEnd();
            World rough = new World(
                            subdirectory(directory, "rough"), World.hyper(ROUNDS, clients, clients), method, 1, seed)
                    .clients(clients, new FakeClients.Troubles(0.2, 0.5, 0, Set.of()));

            Ended ended = disturbed(rough, new Random(seed), 3);

            assertThat(ended.state()).contains(RunState.FINISHED);
            assertThat(rough.lastModel()).isEqualTo(calm.lastModel());
            checkInvariants(rough);
        });
    }

    @Property(tries = 25, afterFailure = AfterFailureMode.SAMPLE_ONLY)
    void everyRunEndsHoweverItsClientsBehave(
            @ForAll @LongRange(min = 0) long seed,
            @ForAll @IntRange(min = 0, max = 100) int failPercent,
            @ForAll @IntRange(min = 0, max = 3) int dead)
            throws Throwable {
        inTemporaryDirectory(directory -> {
            Set<String> gone = new HashSet<>(List.of("c-0", "c-1", "c-2").subList(0, dead));
            World world = new World(directory, World.hyper(ROUNDS, CLIENTS, 2), 1, seed)
                    .clients(CLIENTS + 1, new FakeClients.Troubles(0.1, 0.3, failPercent / 100.0, gone));

            Ended ended = disturbed(world, new Random(seed), 2);

            assertThat(ended.how()).isEqualTo(Ended.How.COMPLETE);
            checkInvariants(world);
        });
    }

    private static Ended disturbed(World world, Random random, int kills) {
        for (int i = 0; i < kills; i++) {
            if (random.nextBoolean()) {
                world.records().crashAfter(random.nextInt(6), random.nextDouble());
            } else {
                world.records().neverCrash();
            }
            world.start();
            world.pass(Duration.ofMillis(random.nextInt(3000)));
            if (world.ended().isPresent()) {
                break;
            }
            world.kill();
        }
        return world.playToTheEnd();
    }

    /** An update counts at most once and only in its round; the weight is the sum of what was accepted; rounds never go back. */
    private static void checkInvariants(World world) {
        assertThat(world.report().defects()).isEmpty();
        int last = 0;
        for (JournalRecord record : records(world)) {
            if (record instanceof JournalRecord.RoundCommitted commit) {
                assertThat(commit.round()).isGreaterThan(last);
                last = commit.round();
                double weight = commit.included().keySet().stream()
                        .mapToDouble(FakeClients::weight)
                        .sum();
                assertThat(commit.metrics().train()).containsEntry("sample_num", weight);
                commit.included()
                        .forEach((client, digest) ->
                                assertThat(digest).isEqualTo(hex(client + commit.round() + commit.attempt())));
            }
        }
    }

    private static List<JournalRecord> records(World world) {
        return Journal.open(world.records(), World.KEY, Long.MAX_VALUE / 2).records();
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Path subdirectory(Path directory, String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private static void inTemporaryDirectory(ThrowingConsumer<Path> body) throws Throwable {
        Path directory = Files.createTempDirectory("run-simulation");
        try {
            body.accept(directory);
        } finally {
            try (Stream<Path> walk = Files.walk(directory)) {
                for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
