package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.JobMethod;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRunTest {
    @TempDir
    Path directory;

    @Test
    void playsAllRoundsAndFinishes() {
        World world = new World(directory, World.hyper(3, 2, 2), 1, 1);

        Ended ended = world.playToTheEnd();

        assertThat(world.report().defects()).isEmpty();
        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(world.report().rounds().keySet()).containsExactly(1, 2, 3);
        assertThat(world.report().rounds().get(2).evaluate()).containsEntry("accuracy", 0.5);
        assertThat(world.report().rounds().get(1).train()).containsEntry("sample_num", 21.0);
    }

    @Test
    void keepsTheFilesOfItsUserWhereTheyBelong() {
        World world = new World(directory, World.hyper(3, 2, 2), 1, 1);

        world.playToTheEnd();

        Path run = world.output().resolve("fl_sim_output_V0");
        assertThat(run.resolve("metrics.json")).hasContent("""
                {
                    "accuracy" : [
                        0.5,
                        0.5
                    ],
                    "loss" : [ ]
                }""");
        assertThat(run.resolve("checkpoints/checkpoint_v1/checkpoint_2.safetensors"))
                .exists();
        assertThat(run.resolve("checkpoints/checkpoint_v2/checkpoint_3.safetensors"))
                .exists();
        assertThat(world.report().checkpoints()).containsOnlyKeys("checkpoint_v1", "checkpoint_v2");
        assertThat(world.report().checkpoints().get("checkpoint_v2").path())
                .isEqualTo("output/fl_sim_output_V0/checkpoints/checkpoint_v2/checkpoint_3.safetensors");
    }

    @Test
    void countsTheTimeThatStoringAndReadingBackTheModelTakes() {
        World world = new World(directory, World.hyper(1, 2, 2), 1, 1).slowModels(Duration.ofSeconds(3));

        world.playToTheEnd();

        RoundMetrics told = world.report().rounds().get(1);
        assertThat(told.phaseMillis()).containsEntry("committing", 6_000L);
        assertThat(told.seconds())
                .isEqualTo(told.phaseMillis().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        / 1000.0);
        assertThat(world.history().lastCommit().orElseThrow().metrics().phaseMillis())
                .isEqualTo(told.phaseMillis());
    }

    @Test
    void goesOnWithTheClientsThatRemainWhenTheThresholdAllows() {
        World world = new World(directory, World.hyper(2, 3, 2), 1, 1)
                .clients(3, new FakeClients.Troubles(0, 0, 0, Set.of("c-1")));

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(world.report().rounds().get(1).included()).isEqualTo(2);
    }

    @Test
    void tellsTheSelectionWhoHasDelivered() {
        World world = new World(directory, World.hyper(1, 3, 2), 1, 1)
                .clients(3, new FakeClients.Troubles(0, 0, 0, Set.of("c-1")));

        world.playToTheEnd();

        assertThat(world.fakeClients().releases())
                .filteredOn(release -> release.getRound() == 1 && release.getKind() == TaskKind.TASK_KIND_TRAIN)
                .last()
                .satisfies(release ->
                        assertThat(release.getDeliveredClientIdsList()).containsExactlyInAnyOrder("c-0", "c-2"));
    }

    @Test
    void failsWithAReasonWhenNoRoundCanSucceed() {
        World world = new World(directory, World.hyper(5, 2, 2), 1, 1)
                .clients(2, new FakeClients.Troubles(0, 0, 1, Set.of()));

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FAILED);
        assertThat(ended.reason()).contains("3 rounds in a row", "No round succeeded");
        assertThat(world.report().eventTypes()).contains("ROUND_RETRIED", "ROUND_SKIPPED", "TASK_FAILED");
    }

    @Test
    void stopsWithACheckpointOfWhatIsCommitted() {
        World world = new World(directory, World.hyper(50, 2, 2), 1, 1);
        world.start();
        while (world.report().rounds().isEmpty()) {
            world.pass(Duration.ofMillis(100));
        }

        world.stop();
        world.pass(Duration.ofMinutes(1));

        assertThat(world.ended().flatMap(Ended::state)).contains(RunState.STOPPED);
        assertThat(world.report().checkpoints()).hasSize(1);
    }

    @Test
    void stopsBeforeTheFirstCommitToo() {
        World world = new World(directory, World.hyper(50, 2, 2), 1, 1);
        world.start();
        world.pass(Duration.ofMillis(1));

        world.stop();
        world.pass(Duration.ofMinutes(1));

        assertThat(world.ended().flatMap(Ended::state)).contains(RunState.STOPPED);
        assertThat(world.report().checkpoints()).isEmpty();
    }

    @Test
    void reservesAndOpensNothingAgainOnceItIsStopped() {
        World world = new World(directory, World.hyper(2, 2, 2), 1, 1);
        world.start();
        world.pass(Duration.ofMillis(1));
        world.kill();
        world.fakeClients().unreachable(true);
        world.start();
        world.pass(Duration.ofMillis(1));
        int tried = world.fakeClients().reserveCalls();

        world.fakeClients().unreachable(false);
        world.fakeClients().releaseTakes(Duration.ofSeconds(5));
        world.stop();
        world.pass(Duration.ofMinutes(1));

        assertThat(tried).isEqualTo(2);
        assertThat(world.ended().flatMap(Ended::state)).contains(RunState.STOPPED);
        assertThat(world.fakeClients().reserveCalls()).isEqualTo(tried);
        assertThat(world.desk().orElseThrow().open()).isEmpty();
    }

    @Test
    void trainsNothingTwiceWhenTheCoordinatorDiesInTheMiddleOfARound() throws IOException {
        World undisturbed = new World(subdirectory("undisturbed"), World.hyper(2, 3, 3), 1, 1);
        undisturbed.playToTheEnd();
        World world = new World(subdirectory("disturbed"), World.hyper(2, 3, 3), 1, 1)
                .clients(3, new FakeClients.Troubles(0.5, 0, 0, Set.of()));
        world.start();
        world.pass(Duration.ofMillis(400));
        world.kill();

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(world.fakeClients().trainings())
                .isEqualTo(undisturbed.fakeClients().trainings());
        assertThat(world.lastModel()).isEqualTo(undisturbed.lastModel());
        assertThat(world.report().eventTypes()).contains("RUN_RESUMED");
    }

    @Test
    void endsEarlyWithTheReasonAndKeepsTheBestAndTheLastModel() throws IOException {
        World world = new World(directory, World.hyper(50, 2, 2), World.earlyStop("accuracy", 2), 1, 1);
        world.start();
        untilTwoRoundsAreThere(world);
        world.pass(Duration.ofMillis(600));
        // What was measured before a crash counts after it.
        world.kill();

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(ended.reason()).contains("Early stop: accuracy", "in 2 evaluations", "that of round 2");
        assertThat(world.report().rounds().keySet()).last().isEqualTo(6);
        assertThat(world.report().checkpoints().values())
                .extracting(
                        checkpoint -> Path.of(checkpoint.path()).getFileName().toString())
                .contains("checkpoint_2.safetensors", "checkpoint_6.safetensors");
    }

    /** Momentum and second moments come back with the model: the third round steps as if nothing had happened. */
    @Test
    void remembersTheAlgorithmsStateWhenTheCoordinatorDies() throws IOException {
        JobMethod adam = World.aggregation("fedadam", "\"bias_correction\":\"standard\"");
        World undisturbed = new World(subdirectory("undisturbed"), World.hyper(4, 3, 3), adam, 1, 1);
        undisturbed.playToTheEnd();
        World world = new World(subdirectory("disturbed"), World.hyper(4, 3, 3), adam, 1, 1);
        world.start();
        untilTwoRoundsAreThere(world);
        world.kill();

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(world.lastModel()).isEqualTo(undisturbed.lastModel());
        JournalRecord.CommittedState state =
                world.history().lastCommit().orElseThrow().state();
        assertThat(state.scalars()).containsEntry("optimizer/steps", 4.0);
        assertThat(world.records().files().get(state.file()))
                .isEqualTo(undisturbed.records().files().get(state.file().replace("-e2", "-e1")));
        // Of the rounds before the last two nothing is kept.
        assertThat(world.records().files().keySet())
                .filteredOn(name -> name.startsWith("state-"))
                .hasSize(2);
    }

    @Test
    void refusesAStateThatIsNotTheCommittedOne() throws IOException {
        World world = new World(directory, World.hyper(4, 2, 2), World.aggregation("fedavgm", ""), 1, 1);
        world.start();
        untilTwoRoundsAreThere(world);
        world.kill();
        String file = world.history().lastCommit().orElseThrow().state().file();
        world.records().files().get(file)[100] ^= 1;

        assertThatThrownBy(world::playToTheEnd).hasMessageContaining(file);
    }

    @Test
    void tellsTheEndAgainWhenItIsStartedAfterwards() {
        World world = new World(directory, World.hyper(1, 1, 1), 1, 1);
        world.playToTheEnd();
        world.kill();

        Ended again = world.playToTheEnd();

        assertThat(again.state()).isEqualTo(Optional.of(RunState.FINISHED));
        assertThat(world.output().toFile().list()).containsExactly("fl_sim_output_V0");
    }

    private static void untilTwoRoundsAreThere(World world) {
        for (int i = 0; i < 1000 && world.report().rounds().size() < 2; i++) {
            world.pass(Duration.ofMillis(300));
        }
        assertThat(world.report().defects()).isEmpty();
        assertThat(world.report().rounds()).hasSizeGreaterThanOrEqualTo(2);
    }

    private Path subdirectory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }
}
