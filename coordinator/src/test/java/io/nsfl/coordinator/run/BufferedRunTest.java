package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.checkpoint.JournalRecord.BufferedUpdate;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.AggregationConfig;
import io.nsfl.protocol.job.HyperParameters;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.JobMethod;
import io.nsfl.protocol.job.RoundMetrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole asynchronous runs in virtual time. */
class BufferedRunTest {
    private static final int MODELS = 6;

    @TempDir
    Path directory;

    @Test
    void makesAModelOfEveryFullBuffer() {
        World world = world(4, 2, FakeClients.Troubles.NONE);

        Ended ended = world.playToTheEnd();

        assertThat(world.report().defects()).isEmpty();
        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(world.report().rounds()).hasSize(MODELS);
        assertThat(world.report().rounds().values())
                .extracting(RoundMetrics::included)
                .containsOnly(2);
        assertThat(world.report().rounds().get(2).evaluate()).containsEntry("accuracy", 0.5);
        assertThat(world.report().checkpoints()).hasSize(3);
        checkJournal(world, 2);
    }

    /** A slow client's update counts in a later model, with less weight, and holds nobody up. */
    @Test
    void takesUpdatesThatWereMadeOnOlderModels() {
        World world = world(4, 2, new FakeClients.Troubles(0.3, 0, 0, Set.of()));

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(commits(world))
                .anySatisfy(commit -> assertThat(commit.buffered())
                        .anySatisfy(update -> assertThat(update.round()).isLessThan(commit.round())));
        checkJournal(world, 2);
    }

    @Test
    void doesNotWaitForAClientThatIsGone() {
        World world = world(3, 2, new FakeClients.Troubles(0, 0, 0, Set.of("c-1")));

        assertThat(world.playToTheEnd().state()).contains(RunState.FINISHED);
        checkJournal(world, 2);
    }

    @Test
    void failsWithAReasonWhenNobodyCanTrain() {
        World world = world(2, 2, new FakeClients.Troubles(0, 0, 1, Set.of()));

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FAILED);
        assertThat(ended.reason()).contains("3 rounds in a row", "tasks failed");
    }

    @Test
    void stopsWithACheckpointOfWhatIsCommitted() {
        World world = world(3, 2, FakeClients.Troubles.NONE);
        world.start();
        while (world.report().rounds().isEmpty()) {
            world.pass(Duration.ofMillis(500));
        }

        world.stop();
        world.pass(Duration.ofMinutes(1));

        assertThat(world.ended().flatMap(Ended::state)).contains(RunState.STOPPED);
        assertThat(world.report().checkpoints()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void endsHoweverOftenItIsKilledAndCountsEachUpdateOnce(long seed) {
        World world = world(4, 2, new FakeClients.Troubles(0.2, 0.4, 0.1, Set.of()));
        Random random = new Random(seed);

        for (int kills = 0; kills < 5 && world.ended().isEmpty(); kills++) {
            if (random.nextBoolean()) {
                world.records().crashAfter(random.nextInt(8), random.nextDouble());
            }
            world.start();
            world.pass(Duration.ofMillis(random.nextInt(4000)));
            if (world.ended().isEmpty()) {
                world.kill();
            }
            world.records().neverCrash();
        }
        Ended ended = world.playToTheEnd();

        assertThat(world.report().defects()).isEmpty();
        assertThat(ended.state()).contains(RunState.FINISHED);
        checkJournal(world, 2);
    }

    private World world(int clients, int bufferSize, FakeClients.Troubles troubles) {
        HyperParameters hyper = World.hyper(MODELS, clients, 1);
        return new World(directory, hyper, method(bufferSize), 1, 3).clients(clients, troubles);
    }

    private static JobMethod method(int bufferSize) {
        JobMethod plain = JobMethod.plain();
        AggregationConfig aggregation = new AggregationConfig(
                "fedbuff",
                JobJson.object(("{\"buffer_size\":" + bufferSize + "}").getBytes(StandardCharsets.UTF_8)),
                Optional.empty());
        return new JobMethod(
                Optional.of(aggregation),
                plain.earlyStop(),
                plain.localLayers(),
                plain.compression(),
                plain.extender(),
                plain.privacy(),
                plain.secureAggregation());
    }

    /** Models come one after the other, each of a full buffer; no update is in two of them; none is older than allowed. */
    private static void checkJournal(World world, int bufferSize) {
        Set<String> seen = new HashSet<>();
        int last = 0;
        for (JournalRecord.RoundCommitted commit : commits(world)) {
            assertThat(commit.round()).isGreaterThan(last);
            last = commit.round();
            assertThat(commit.buffered()).hasSize(bufferSize);
            for (BufferedUpdate update : commit.buffered()) {
                assertThat(update.round()).isBetween(commit.round() - 20, commit.round());
                assertThat(seen.add(update.round() + "/" + update.attempt() + "/" + update.client()))
                        .isTrue();
            }
        }
    }

    private static List<JournalRecord.RoundCommitted> commits(World world) {
        return Journal.open(world.records(), World.KEY, Long.MAX_VALUE / 2).records().stream()
                .filter(JournalRecord.RoundCommitted.class::isInstance)
                .map(JournalRecord.RoundCommitted.class::cast)
                .toList();
    }
}
