package io.nsfl.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rounds whose results are masked: from clients that are ready to the sum. */
class MaskingTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant DEADLINE = NOW.plusSeconds(600);
    private static final List<MaskingStage> STAGES = List.of(
            MaskingStage.MASKING_STAGE_KEYS,
            MaskingStage.MASKING_STAGE_SHARES,
            MaskingStage.MASKING_STAGE_INPUT,
            MaskingStage.MASKING_STAGE_CONSISTENCY,
            MaskingStage.MASKING_STAGE_UNMASK);
    private static final MaskingRules MASKING = new MaskingRules(2, false, STAGES, Duration.ofSeconds(60), 100);
    private static final RoundRules RULES = new RoundRules(
                    4, 3, 2, 3, 2, 0, Duration.ofSeconds(600), Optional.of(Duration.ofSeconds(5)), Optional.empty())
            .masked(MASKING);
    private static final WorkId WORK = WorkId.train(1);

    /** A run's phase with all that it has wanted done since it was last asked. */
    private RoundPhase phase;

    private final List<Effect> effects = new ArrayList<>();
    private Instant now = NOW;

    private void on(RoundEvent event) {
        Step step = phase.on(event, now);
        phase = step.next();
        effects.addAll(step.effects());
    }

    private void open(WorkId work, RoundRules rules, String... clients) {
        Course course = Course.start(rules).inRound(1);
        List<RosterEntry> roster = set(clients).stream()
                .map(client -> new RosterEntry(client, "", "", 0, Optional.empty()))
                .toList();
        phase = Opening.begin(work.trains() ? course : course.committed(), work, roster)
                .next();
        on(new RoundEvent.Opened(work, DEADLINE));
    }

    private void ready(String... clients) {
        for (String client : clients) {
            on(new RoundEvent.Ready(WORK, client));
        }
    }

    private void asked(int session, MaskingStage stage, String... clients) {
        effects.clear();
        on(new RoundEvent.StageAsked(WORK, session, stage, set(clients)));
    }

    private void answer(int session, MaskingStage stage, String... clients) {
        for (String client : clients) {
            on(new RoundEvent.StageAnswered(WORK, session, stage, client, Optional.empty(), Optional.empty()));
        }
    }

    private void deliver(int session, String... clients) {
        for (String client : clients) {
            on(new RoundEvent.Offered(offer(client, session)));
            added(session, client, Optional.empty());
        }
    }

    private void added(int session, String client, Optional<Rejection> rejection) {
        on(new RoundEvent.StageAnswered(
                WORK, session, MaskingStage.MASKING_STAGE_INPUT, client, Optional.of("digest-" + client), rejection));
    }

    private void lose(String client) {
        on(new RoundEvent.LeaseChanged(WORK, client, LeaseChange.LOST, "silent"));
    }

    private void later(Duration time) {
        now = now.plus(time);
        on(new RoundEvent.Woke());
    }

    @Nested
    class ReadyingShould {
        @Test
        void askAllToTrainAndOpenNoSessionBeforeEnoughHave() {
            open(WORK, RULES, "a", "b", "c");
            ready("a", "b");

            assertThat(phase).isInstanceOf(Readying.class);
            assertThat(effects).noneMatch(Effect.OpenMasking.class::isInstance);
            assertThat(effects).anyMatch(Effect.Assign.class::isInstance);
        }

        @Test
        void openASessionOverAllThatAreReady() {
            open(WORK, RULES, "a", "b", "c");
            ready("a", "b", "c");

            assertThat(phase).isInstanceOf(Masking.class);
            assertThat(effects)
                    .contains(new Effect.OpenMasking(WORK, 1, MaskingStage.MASKING_STAGE_KEYS, set("a", "b", "c")));
        }

        @Test
        void goOnWithTheThresholdOnceTheWindowHasPassed() {
            open(WORK, RULES, "a", "b", "c");
            ready("a", "b");

            later(Duration.ofSeconds(5));

            assertThat(effects)
                    .contains(new Effect.OpenMasking(WORK, 1, MaskingStage.MASKING_STAGE_KEYS, set("a", "b")));
        }

        @Test
        void goOnWithTheThresholdWhenTheOthersHaveFailed() {
            open(WORK, RULES, "a", "b", "c");
            ready("a", "b");
            on(new RoundEvent.Offered(failure("c", Fault.SCRIPT_FAILED)));

            assertThat(phase).isInstanceOf(Masking.class);
        }

        @Test
        void failWhenTooFewAreLeft() {
            open(WORK, RULES, "a", "b", "c");
            lose("a");
            lose("b");

            assertThat(phase).isInstanceOf(Failed.class);
        }

        @Test
        void repeatTheAttemptWithWiderMasksWhenManyAreOutOfRange() {
            open(WORK, RULES, "a", "b", "c");
            on(new RoundEvent.Offered(failure("a", Fault.OUT_OF_RANGE)));
            on(new RoundEvent.Offered(failure("b", Fault.OUT_OF_RANGE)));

            assertThat(effects)
                    .filteredOn(Effect.NoteFailedAttempt.class::isInstance)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Effect.NoteFailedAttempt.class,
                            note -> assertThat(note.widen()).isTrue());
        }

        @Test
        void holdVectorsOfSessionsThatAreOver() {
            open(WORK, RULES, "a", "b", "c");
            effects.clear();
            on(new RoundEvent.Offered(offer("a", 1)));

            assertThat(verdict()).isEqualTo(Receipt.Verdict.HELD);
            assertThat(phase).isInstanceOf(Readying.class);
        }
    }

    @Nested
    class MaskingShould {
        private void begin(String... clients) {
            open(WORK, RULES, "a", "b", "c");
            ready(clients);
            if (phase instanceof Readying) {
                later(Duration.ofSeconds(5));
            }
            asked(1, MaskingStage.MASKING_STAGE_KEYS, clients);
        }

        /** All three have told their keys and are asked for shares. */
        private void beginShares() {
            begin("a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_KEYS, "a", "b", "c");
            asked(1, MaskingStage.MASKING_STAGE_SHARES, "a", "b", "c");
        }

        /** All three have shared and are asked for their vectors. */
        private void beginVectors() {
            beginShares();
            answer(1, MaskingStage.MASKING_STAGE_SHARES, "a", "b", "c");
            asked(1, MaskingStage.MASKING_STAGE_INPUT, "a", "b", "c");
        }

        private void assertCounted(String... clients) {
            assertThat(effects)
                    .filteredOn(Effect.Aggregate.class::isInstance)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Effect.Aggregate.class,
                            aggregate -> assertThat(aggregate.included()).containsOnlyKeys(clients));
        }

        @Test
        void askOneStageAfterTheOtherAndCountWhoseVectorsArrived() {
            begin("a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_KEYS, "a", "b", "c");
            assertThat(effects).contains(ask(MaskingStage.MASKING_STAGE_SHARES, "a", "b", "c"));
            asked(1, MaskingStage.MASKING_STAGE_SHARES, "a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_SHARES, "a", "b", "c");
            asked(1, MaskingStage.MASKING_STAGE_INPUT, "a", "b", "c");
            deliver(1, "a", "b", "c");
            asked(1, MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b", "c");
            asked(1, MaskingStage.MASKING_STAGE_UNMASK, "a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_UNMASK, "a", "b", "c");
            assertThat(effects).contains(new Effect.Unmask(WORK, 1));

            on(new RoundEvent.Unmasked(WORK, 1, set("a", "b", "c"), new TreeMap<>()));

            assertThat(phase).isInstanceOf(Aggregating.class);
            assertThat(effects)
                    .filteredOn(Effect.Aggregate.class::isInstance)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Effect.Aggregate.class,
                            aggregate -> assertThat(aggregate.included())
                                    .containsExactly(
                                            Map.entry("a", new Counted("digest-a", 0, Map.of())),
                                            Map.entry("b", new Counted("digest-b", 0, Map.of())),
                                            Map.entry("c", new Counted("digest-c", 0, Map.of()))));
        }

        @Test
        void goOnWithoutAClientThatIsLostBetweenSharesAndVectors() {
            beginVectors();
            deliver(1, "a", "b");
            lose("c");

            assertThat(effects).contains(ask(MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b"));
        }

        @Test
        void waitForStragglersOnlySoLong() {
            begin("a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_KEYS, "a", "b");
            later(MaskingRules.STRAGGLERS.minusSeconds(1));
            assertThat(effects).noneMatch(Effect.AskStage.class::isInstance);

            later(Duration.ofSeconds(1));

            assertThat(effects).contains(ask(MaskingStage.MASKING_STAGE_SHARES, "a", "b"));
        }

        @Test
        void tryAnotherSessionWithNewKeysWhenTooFewAnswer() {
            begin("a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_KEYS, "a");
            later(MASKING.stageTimeout());
            assertThat(phase).isInstanceOf(Readying.class);
            assertThat(effects).anyMatch(Effect.EndMasking.class::isInstance);

            ready("a", "b", "c");

            assertThat(effects)
                    .contains(new Effect.OpenMasking(WORK, 2, MaskingStage.MASKING_STAGE_KEYS, set("a", "b", "c")));
        }

        @Test
        void notLetAWordOfAnEarlierSessionCount() {
            begin("a", "b", "c");
            on(new RoundEvent.MaskingBroken(WORK, 1, "a client cheated"));
            ready("a", "b", "c");
            asked(2, MaskingStage.MASKING_STAGE_KEYS, "a", "b", "c");
            answer(1, MaskingStage.MASKING_STAGE_KEYS, "a", "b", "c");

            assertThat(effects).noneMatch(Effect.AskStage.class::isInstance);
        }

        @Test
        void goOnWithoutAClientThatAsManyBlameAsCouldBreakEverySession() {
            beginShares();
            blame("a", "c");
            blame("b", "c");
            ready("a", "b", "c");

            assertThat(effects)
                    .contains(new Effect.OpenMasking(WORK, 2, MaskingStage.MASKING_STAGE_KEYS, set("a", "b")));
            assertThat(effects.toString()).contains("MASKING_EXCLUDED").contains("asked again in round 12");
        }

        @Test
        void rememberForSomeRoundsWhomTheOthersDoNotMaskWith() {
            beginShares();
            blame("a", "c");
            blame("b", "c");

            Course after = phase.course();

            assertThat(after.nextRound().excludedNow()).containsExactly("c");
            assertThat(after.inRound(11).excludedNow()).containsExactly("c");
            assertThat(after.inRound(12).excludedNow()).isEmpty();
        }

        @Test
        void excludeNobodyForWhatOneClientSays() {
            beginShares();
            blame("a", "c");
            blame("b", "a");
            ready("a", "b", "c");

            assertThat(effects)
                    .contains(new Effect.OpenMasking(WORK, 2, MaskingStage.MASKING_STAGE_KEYS, set("a", "b", "c")));
        }

        private void blame(String accuser, String accused) {
            on(new RoundEvent.MaskingLeft(WORK, 1, accuser, false, "not vouched for", Optional.of(accused)));
        }

        @Test
        void notTakeBackAClientThatCanNeverMaskAgain() {
            begin("a", "b", "c");
            on(new RoundEvent.MaskingBroken(WORK, 1, "a share was missing"));
            on(new RoundEvent.MaskingLeft(WORK, 1, "a", true, "shares were released", Optional.empty()));
            ready("a", "b", "c");

            assertThat(effects)
                    .contains(new Effect.OpenMasking(WORK, 2, MaskingStage.MASKING_STAGE_KEYS, set("b", "c")));
        }

        @Test
        void giveUpAfterSomeSessions() {
            begin("a", "b", "c");
            for (int session = 1; session <= MaskingRules.MAX_SESSIONS; session++) {
                on(new RoundEvent.MaskingBroken(WORK, session, "again"));
                ready("a", "b", "c");
            }

            assertThat(phase).isInstanceOf(Failed.class);
        }

        @Test
        void notCloseAStageWhileAVectorIsBeingAdded() {
            beginVectors();
            deliver(1, "a", "b");
            on(new RoundEvent.Offered(offer("c", 1)));

            later(Duration.ofMinutes(30));

            assertThat(effects).contains(new Effect.FoldMasked(offer("c", 1)));
            assertThat(effects).noneMatch(Effect.AskStage.class::isInstance);
        }

        @Test
        void holdAVectorThatComesAfterItsStage() {
            beginVectors();
            deliver(1, "a", "b");
            later(MaskingRules.STRAGGLERS);
            asked(1, MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b");

            on(new RoundEvent.Offered(offer("c", 1)));

            assertThat(verdict()).isEqualTo(Receipt.Verdict.HELD);
            assertThat(effects).noneMatch(Effect.FoldMasked.class::isInstance);
        }

        @Test
        void countNobodyOfAGroupThatWasLeftOut() {
            beginVectors();
            deliver(1, "a", "b", "c");
            asked(1, MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b");
            answer(1, MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b");
            asked(1, MaskingStage.MASKING_STAGE_UNMASK, "a", "b");
            answer(1, MaskingStage.MASKING_STAGE_UNMASK, "a", "b");
            on(new RoundEvent.Unmasked(WORK, 1, set("a", "b"), new TreeMap<>()));

            assertCounted("a", "b");
        }

        @Test
        void keepAVectorThatIsInTheSumWhenItsClientIsLost() {
            beginVectors();
            deliver(1, "a", "b", "c");
            asked(1, MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b", "c");
            lose("c");
            answer(1, MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b");
            asked(1, MaskingStage.MASKING_STAGE_UNMASK, "a", "b");
            answer(1, MaskingStage.MASKING_STAGE_UNMASK, "a", "b");
            on(new RoundEvent.Unmasked(WORK, 1, set("a", "b", "c"), new TreeMap<>()));

            assertCounted("a", "b", "c");
        }

        @Test
        void countAVectorThatIsBeingAddedWhenItsClientIsLost() {
            beginVectors();
            deliver(1, "a", "b");
            on(new RoundEvent.Offered(offer("c", 1)));
            lose("c");
            assertThat(effects).noneMatch(Effect.AskStage.class::isInstance);

            added(1, "c", Optional.empty());

            assertThat(effects).contains(ask(MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b", "c"));
        }

        @Test
        void waitNoLongerForAVectorThatCannotBeAdded() {
            beginVectors();
            deliver(1, "a", "b");
            on(new RoundEvent.Offered(offer("c", 1)));

            added(1, "c", Optional.of(new Rejection(Fault.UPDATE_MALFORMED, "it has too many bytes")));

            assertThat(effects).contains(ask(MaskingStage.MASKING_STAGE_CONSISTENCY, "a", "b"));
        }

        @Test
        void stopWhenItIsAskedTo() {
            begin("a", "b", "c");
            on(new RoundEvent.StopAsked("enough"));

            assertThat(phase).isInstanceOf(Finishing.class);
        }
    }

    @Nested
    class WithOneMaskItShould {
        private final RoundRules rules = new RoundRules(
                        4, 2, 2, 2, 2, 0, Duration.ofSeconds(600), Optional.of(Duration.ofSeconds(5)), Optional.empty())
                .masked(new MaskingRules(
                        2,
                        true,
                        List.of(MaskingStage.MASKING_STAGE_KEYS, MaskingStage.MASKING_STAGE_INPUT),
                        Duration.ofSeconds(60),
                        100));

        @Test
        void unmaskOnceAllVectorsAreThere() {
            open(WORK, rules, "a", "b");
            ready("a", "b");
            asked(1, MaskingStage.MASKING_STAGE_KEYS, "a", "b");
            answer(1, MaskingStage.MASKING_STAGE_KEYS, "a", "b");
            asked(1, MaskingStage.MASKING_STAGE_INPUT, "a", "b");
            deliver(1, "a", "b");

            assertThat(effects).contains(new Effect.Unmask(WORK, 1));
        }

        @Test
        void startOverWhenOneIsLost() {
            open(WORK, rules, "a", "b");
            ready("a", "b");
            asked(1, MaskingStage.MASKING_STAGE_KEYS, "a", "b");
            lose("b");

            assertThat(phase).isNotInstanceOf(Masking.class);
        }
    }

    @Test
    void anEvaluationIsNotedWithItsSum() {
        WorkId evaluation = WorkId.evaluate(1);
        open(evaluation, RULES, "a", "b", "c");
        for (String client : List.of("a", "b", "c")) {
            on(new RoundEvent.Ready(evaluation, client));
        }
        on(new RoundEvent.Unmasked(evaluation, 1, set("a", "b", "c"), new TreeMap<>(Map.of("loss", 0.5))));

        assertThat(phase).isInstanceOf(Evaluating.class);
        assertThat(effects).anyMatch(Effect.NoteEvaluation.class::isInstance);
    }

    @Test
    void aRestartInTheMiddleOfUnmaskingMasksNothingAgain() {
        Step step = Opening.released(
                Course.start(RULES).inRound(1), WORK, List.of(new RosterEntry("a", "", "", 0, Optional.empty())), NOW);

        assertThat(step.next()).isInstanceOf(Failed.class);
        assertThat(step.effects()).noneMatch(Effect.Reopen.class::isInstance);
    }

    private static Effect ask(MaskingStage stage, String... clients) {
        return new Effect.AskStage(WORK, 1, stage, set(clients));
    }

    private Receipt.Verdict verdict() {
        return effects.stream()
                .filter(Effect.Answer.class::isInstance)
                .map(effect -> ((Effect.Answer) effect).receipt().getVerdict())
                .findFirst()
                .orElseThrow();
    }

    private static Offer offer(String client, int session) {
        TaskRef task = task(client);
        ResultHeader header = ResultHeader.newBuilder()
                .setTask(task)
                .setMaskingSession(session)
                .build();
        return new Offer(
                task, "digest-" + client, Map.of(), Optional.empty(), new StagedResult(task, header, Optional.empty()));
    }

    private static Offer failure(String client, Fault fault) {
        TaskRef task = task(client);
        ResultHeader header = ResultHeader.newBuilder().setTask(task).build();
        return new Offer(
                task,
                "failed",
                Map.of(),
                Optional.of(new Rejection(fault, "no")),
                new StagedResult(task, header, Optional.empty()));
    }

    private static TaskRef task(String client) {
        return TaskRef.newBuilder()
                .setRound(1)
                .setAttempt(1)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .setClientId(client)
                .build();
    }

    private static SortedSet<String> set(String... clients) {
        return new TreeSet<>(List.of(clients));
    }
}
