package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.federation.privacy.PrivacyAccount;
import io.nsfl.federation.privacy.SampledGaussian;
import io.nsfl.protocol.job.DifferentialPrivacy;
import io.nsfl.protocol.job.DifferentialPrivacy.AdaptiveClip;
import io.nsfl.protocol.job.DifferentialPrivacy.Mode;
import io.nsfl.protocol.job.JobMethod;
import io.nsfl.protocol.job.PrivacySpent;
import io.nsfl.protocol.job.RoundMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with differential privacy: what they tell, when they end, and what a crash costs. */
class PrivateRunTest {
    private static final double Z = 2;
    private static final double DELTA = 1e-5;

    @TempDir
    Path directory;

    @Test
    void everyRoundTellsWhatWasSpent() {
        World world = world(3, central(OptionalDouble.empty(), Optional.empty()));

        Ended ended = world.playToTheEnd();

        assertThat(world.report().defects()).isEmpty();
        assertThat(ended.state()).contains(RunState.FINISHED);
        for (int round = 1; round <= 3; round++) {
            PrivacySpent spent = world.report().rounds().get(round).privacy();
            assertThat(spent.epsilon()).isCloseTo(epsilon(round), within(1e-12));
            assertThat(spent).isEqualTo(new PrivacySpent("central", spent.epsilon(), DELTA, round, Z, 0.5, null, null));
        }
    }

    @Test
    void aCoinOfTheClientsOwnCountsAsSampling() {
        World world = world(3, sampled(central(OptionalDouble.empty(), Optional.empty()), 0.1));

        world.playToTheEnd();

        PrivacySpent spent = world.report().rounds().get(3).privacy();
        assertThat(spent.samplingProbability()).isEqualTo(0.1);
        assertThat(spent.epsilon())
                .isCloseTo(
                        PrivacyAccount.EMPTY
                                .plus(new SampledGaussian(0.1, Z), 3)
                                .loss(DELTA)
                                .epsilon(),
                        within(1e-12))
                .isLessThan(epsilon(3) / 5);
    }

    @Test
    void noMetricOfAClientIsToldAndNothingIsEvaluated() {
        World world = world(2, central(OptionalDouble.empty(), Optional.empty()));

        world.playToTheEnd();

        assertThat(world.report().rounds().values())
                .allSatisfy(round -> assertThat(round.train()).isEmpty())
                .allSatisfy(round -> assertThat(round.evaluate()).isEmpty());
        assertThat(world.report().phases()).doesNotContain("evaluating");
        assertThat(world.report().checkpoints()).isNotEmpty();
    }

    @Test
    void evaluationsOnPublicDataAreShown() {
        DifferentialPrivacy withheld = central(OptionalDouble.empty(), Optional.empty());
        World world = world(2, copy(withheld, true));

        world.playToTheEnd();

        assertThat(world.report().rounds().get(2).evaluate()).containsEntry("accuracy", 0.5);
        assertThat(world.report().rounds().get(2).train()).isEmpty();
    }

    @Test
    void theRunEndsWithItsLastModelBeforeItsBudgetIsExceeded() {
        double budget = (epsilon(2) + epsilon(3)) / 2;
        World world = world(9, central(OptionalDouble.of(budget), Optional.empty()));

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(ended.reason()).contains("epsilon_budget", "the model of round 2 is the last");
        assertThat(world.report().rounds().keySet()).containsExactly(1, 2);
        assertThat(world.report().checkpoints()).isNotEmpty();
        assertThat(world.report().eventTypes()).contains("PRIVACY_SPENT", "PRIVACY_BUDGET_SPENT");
    }

    @Test
    void aBudgetThatAllowsNoRoundFailsTheRunWithTheReason() {
        World world = world(9, central(OptionalDouble.of(epsilon(1) / 2), Optional.empty()));

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FAILED);
        assertThat(ended.reason()).contains("allows no round");
        assertThat(world.fakeClients().trainings()).isZero();
    }

    /** A process may die in any write. The model is the same, the account is exact, and no sum is noised with two noises. */
    @Test
    void aCrashChangesNeitherTheModelNorTheAccount() throws Exception {
        World calm = world(3, central(OptionalDouble.empty(), Optional.empty()));
        calm.playToTheEnd();
        byte[] expected = calm.lastModel();

        for (int write = 1; write < 14; write++) {
            Path place = Files.createDirectory(directory.resolve("crash-" + write));
            World world = new World(
                    place, World.hyper(3, 2, 2), method(central(OptionalDouble.empty(), Optional.empty())), 1, 1);
            world.records().crashAfter(write, 0.5);
            world.start();

            Ended ended = world.playToTheEnd();

            assertThat(ended.state()).contains(RunState.FINISHED);
            assertThat(world.lastModel()).as("crash in write %d", write).isEqualTo(expected);
            RoundMetrics last = world.history().lastCommit().orElseThrow().metrics();
            assertThat(last.privacy().releases()).isEqualTo(3);
            assertThat(last.privacy().epsilon()).isCloseTo(epsilon(3), within(1e-12));
        }
    }

    @Test
    void noiseDependsOnWhoIsIncluded() throws Exception {
        World all = world(1, central(OptionalDouble.empty(), Optional.empty()));
        all.playToTheEnd();
        World other = new World(
                Files.createDirectory(directory.resolve("x")),
                World.hyper(1, 2, 1),
                method(central(OptionalDouble.empty(), Optional.empty())),
                1,
                1);
        other.clients(2, new FakeClients.Troubles(0, 0, 0, Set.of("c-1")));
        other.playToTheEnd();

        assertThat(other.lastModel()).isNotEqualTo(all.lastModel());
    }

    @Test
    void theBoundOfTheNextRoundIsCommittedAndUsed() {
        AdaptiveClip adaptive = new AdaptiveClip(0.5, 0.2, OptionalDouble.of(2));
        World world = world(3, central(OptionalDouble.empty(), Optional.of(adaptive)));

        world.playToTheEnd();

        PrivacySpent first = world.report().rounds().get(1).privacy();
        PrivacySpent second = world.report().rounds().get(2).privacy();
        assertThat(first.clipNorm()).isEqualTo(0.5);
        assertThat(first.nextClipNorm()).isNotEqualTo(0.5);
        assertThat(second.clipNorm()).isEqualTo(first.nextClipNorm());
        assertThat(second.epsilon()).isCloseTo(epsilon(2), within(1e-12));
    }

    @Test
    void localNoiseIsCountedByWhatAClientWasAsked() {
        World world = world(2, local(OptionalDouble.of(0.5), false));
        world.playToTheEnd();

        PrivacySpent spent = world.report().rounds().get(2).privacy();
        assertThat(spent.mode()).isEqualTo("local");
        assertThat(spent.releases()).isEqualTo(2);
        assertThat(spent.epsilon()).isCloseTo(epsilon(2), within(1e-12));
    }

    @Test
    void withoutAClipNormNothingIsPromised() {
        World world = world(1, local(OptionalDouble.empty(), true));
        world.playToTheEnd();

        PrivacySpent spent = world.report().rounds().get(1).privacy();
        assertThat(spent.epsilon()).isNull();
        assertThat(spent.clipNorm()).isNull();
        assertThat(world.report().events())
                .filteredOn(event -> event.type().equals("PRIVACY_SPENT"))
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("unbounded"));
    }

    private World world(int rounds, DifferentialPrivacy privacy) {
        return new World(directory, World.hyper(rounds, 2, 2), method(privacy), 1, 1);
    }

    private static double epsilon(long rounds) {
        return PrivacyAccount.EMPTY
                .plus(SampledGaussian.unsampled(Z), rounds)
                .loss(DELTA)
                .epsilon();
    }

    private static JobMethod method(DifferentialPrivacy privacy) {
        return new JobMethod(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(privacy),
                Optional.empty());
    }

    private static DifferentialPrivacy central(OptionalDouble budget, Optional<AdaptiveClip> adaptive) {
        return new DifferentialPrivacy(
                Mode.CENTRAL, Z, OptionalDouble.of(0.5), false, DELTA, budget, adaptive, 1, false);
    }

    private static DifferentialPrivacy local(OptionalDouble clip, boolean same) {
        return new DifferentialPrivacy(
                Mode.LOCAL, Z, clip, same, DELTA, OptionalDouble.empty(), Optional.empty(), 1, false);
    }

    private static DifferentialPrivacy copy(DifferentialPrivacy of, boolean publicEvaluation) {
        return new DifferentialPrivacy(
                of.mode(),
                of.noiseMultiplier(),
                of.clipNorm(),
                of.addingSameNoise(),
                of.delta(),
                of.epsilonBudget(),
                of.adaptiveClip(),
                of.samplingProbability(),
                publicEvaluation);
    }

    private static DifferentialPrivacy sampled(DifferentialPrivacy of, double probability) {
        return new DifferentialPrivacy(
                of.mode(),
                of.noiseMultiplier(),
                of.clipNorm(),
                of.addingSameNoise(),
                of.delta(),
                of.epsilonBudget(),
                of.adaptiveClip(),
                probability,
                of.publicEvaluation());
    }
}
