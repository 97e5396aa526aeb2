package io.nsfl.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.job.EarlyStop;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PhasesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant DEADLINE = NOW.plusSeconds(60);
    private static final RoundRules RULES = new RoundRules(
            4, 2, 1, 3, 2, 0, Duration.ofSeconds(60), Optional.of(Duration.ofSeconds(5)), Optional.empty());
    private static final WorkId WORK = WorkId.train(1);

    @Nested
    class SelectingShould {
        private final Step begun = Selecting.nextRound(Course.start(RULES), NOW);

        @Test
        void askForAllClientsFirst() {
            assertThat(begun.effects())
                    .containsExactly(
                            new Effect.Reserve(WORK, 3, 2, Collections.emptySortedSet(), Collections.emptySortedSet()));
        }

        @Test
        void openTheRoundForTheClientsItGot() {
            Step step = begun.next().on(new RoundEvent.Selected(WORK, roster("a", "b")), NOW);

            assertThat(step.next()).isInstanceOf(Opening.class);
            assertThat(step.effects()).contains(new Effect.Open(WORK, roster("a", "b")));
        }

        @Test
        void beContentWithTheThresholdAfterSomePatience() {
            Step refused = begun.next().on(refusal(), NOW);
            Step again = refused.next().on(new RoundEvent.Woke(), NOW.plus(Selecting.PATIENCE));

            assertThat(again.effects())
                    .containsExactly(
                            new Effect.Reserve(WORK, 3, 1, Collections.emptySortedSet(), Collections.emptySortedSet()));
        }

        @Test
        void goWithoutAClientThatTheOthersDoNotMaskWith() {
            Step excluding = Selecting.nextRound(Course.start(RULES).excluding(List.of("c"), 3), NOW);
            Step refused = excluding.next().on(refusal(), NOW);
            Step again = refused.next().on(new RoundEvent.Woke(), NOW.plus(Selecting.SHORT_PATIENCE));

            assertThat(excluding.effects())
                    .containsExactly(new Effect.Reserve(WORK, 3, 2, Collections.emptySortedSet(), set("c")));
            assertThat(again.effects())
                    .containsExactly(new Effect.Reserve(WORK, 3, 1, Collections.emptySortedSet(), set("c")));
        }

        @Test
        void askAnExcludedClientAgainWhereTheOthersAreTooFew() {
            Step excluding = Selecting.nextRound(Course.start(RULES).excluding(List.of("c"), 3), NOW);
            Instant late = NOW.plus(Selecting.SHORT_PATIENCE);
            Step busy = excluding.next().on(new RoundEvent.SelectionRefused(WORK, Fault.UNAVAILABLE, "wait"), late);
            Step tooFew = busy.next().on(refusal(), late);
            Step again = tooFew.next().on(new RoundEvent.Woke(), late.plusSeconds(10));

            assertThat(busy.next().course().excludedNow()).containsExactly("c");
            assertThat(again.effects())
                    .containsExactly(
                            new Effect.Reserve(WORK, 3, 1, Collections.emptySortedSet(), Collections.emptySortedSet()));
        }

        private SortedSet<String> set(String client) {
            return new TreeSet<>(List.of(client));
        }

        @Test
        void giveTheRoundUpWhenItsTimeIsOver() {
            Step step = begun.next().on(refusal(), NOW.plusSeconds(60));

            assertThat(step.next()).isInstanceOf(Failed.class);
            assertThat(step.effects()).hasAtLeastOneElementOfType(Effect.NoteSkipped.class);
        }

        @Test
        void endWhenAnotherCoordinatorOwnsTheRun() {
            Step step = begun.next().on(new RoundEvent.SelectionRefused(WORK, Fault.STALE_RUN, "epoch 2"), NOW);

            assertThat(step.next())
                    .isInstanceOfSatisfying(
                            Ended.class, ended -> assertThat(ended.how()).isEqualTo(Ended.How.SUPERSEDED));
        }

        @Test
        void notTakeAnAnswerToOtherWork() {
            Step step = begun.next().on(new RoundEvent.Selected(WORK.nextAttempt(), roster("a")), NOW);

            assertThat(step).isEqualTo(new Step(begun.next(), List.of()));
        }

        private RoundEvent refusal() {
            return new RoundEvent.SelectionRefused(WORK, Fault.CLIENTS_INSUFFICIENT, "1 fits");
        }
    }

    @Nested
    class CollectingShould {
        private final Step begun = collecting("a", "b", "c");

        @Test
        void dropWhatComesTooLateWithTheReason() {
            Step step = begun.next().on(offered("stranger"), NOW);

            assertThat(step.effects()).singleElement().isInstanceOfSatisfying(Effect.Answer.class, answer -> {
                assertThat(answer.receipt().getVerdict()).isEqualTo(Receipt.Verdict.SETTLED_DROPPED);
                assertThat(answer.receipt().getFault().getCode()).isEqualTo("UPDATE_TOO_LATE");
            });
        }

        @Test
        void tellTheClientsFirst() {
            assertThat(begun.effects())
                    .anySatisfy(effect -> assertThat(effect)
                            .isInstanceOfSatisfying(
                                    Effect.Assign.class,
                                    assign -> assertThat(assign.clients()).containsExactly("a", "b", "c")));
        }

        @Test
        void foldOneUpdateAtATime() {
            Step first = begun.next().on(offered("a"), NOW);
            Step second = first.next().on(offered("b"), NOW);

            assertThat(first.effects()).contains(new Effect.Fold(offer("a", "x")));
            assertThat(second.effects()).noneMatch(Effect.Fold.class::isInstance);
        }

        @Test
        void closeWithAsManyAsWereAskedForAndDismissTheRest() {
            Step step = include(include(begun.next(), "a").next(), "b");

            assertThat(step.next()).isInstanceOf(Aggregating.class);
            assertThat(step.effects())
                    .anySatisfy(effect -> assertThat(effect)
                            .isInstanceOfSatisfying(
                                    Effect.Aggregate.class,
                                    aggregate -> assertThat(aggregate.included().keySet())
                                            .containsExactly("a", "b")));
            assertThat(step.effects())
                    .anySatisfy(effect -> assertThat(effect)
                            .isInstanceOfSatisfying(
                                    Effect.Dismiss.class,
                                    dismiss -> assertThat(dismiss.clients()).containsExactly("c")));
        }

        @Test
        void closeWithTheThresholdWhenTheOthersAreLost() {
            RoundPhase one = include(begun.next(), "a").next();
            Step step = lost(lost(one, "b").next(), "c");

            assertThat(step.next()).isInstanceOf(Aggregating.class);
        }

        @Test
        void notCountARepeat() {
            RoundPhase one = include(begun.next(), "a").next();
            Step repeat = one.on(offered("a"), NOW);

            assertThat(repeat.next()).isEqualTo(one);
            assertThat(repeat.effects()).containsExactly(new Effect.Answer(offer("a", "x"), Repeats.HELD));
        }

        @Test
        void notTakeAnotherResultForTheSameWork() {
            RoundPhase one = include(begun.next(), "a").next();
            Step other = one.on(new RoundEvent.Offered(offer("a", "y")), NOW);

            assertThat(verdictOf(other)).isEqualTo(Receipt.Verdict.REJECTED);
            assertThat(other.next()).isEqualTo(one);
        }

        @Test
        void notTakeAResultOfAClientThatWasNotChosen() {
            Step step = begun.next().on(offered("z"), NOW);

            assertThat(verdictOf(step)).isEqualTo(Receipt.Verdict.SETTLED_DROPPED);
            assertThat(step.next()).isEqualTo(begun.next());
        }

        @Test
        void notTakeAnEvaluationForAnUpdate() {
            TaskRef task = offer("a", "x").task().toBuilder()
                    .setKind(TaskKind.TASK_KIND_EVALUATE)
                    .build();
            Offer evaluation = new Offer(task, "x", Map.of(), Optional.empty(), staged(task));
            Step step = begun.next().on(new RoundEvent.Offered(evaluation), NOW);

            assertThat(verdictOf(step)).isEqualTo(Receipt.Verdict.SETTLED_DROPPED);
        }

        @Test
        void failTheAttemptWhenEverybodyIsLost() {
            Step step = lost(lost(lost(begun.next(), "a").next(), "b").next(), "c");

            assertThat(step.next())
                    .isInstanceOfSatisfying(
                            Failed.class, failed -> assertThat(failed.avoid()).containsExactly("a", "b", "c"));
        }

        @Test
        void welcomeTheResultOfAClientThatWasThoughtLost() {
            RoundPhase without = lost(begun.next(), "a").next();
            Step step = without.on(offered("a"), NOW);

            assertThat(step.effects()).contains(new Effect.Fold(offer("a", "x")));
        }

        @Test
        void repeatTheAttemptWithAWiderFoldWhenManyAreOutOfRange() {
            RoundPhase one = reject(begun.next(), "a", Fault.OUT_OF_RANGE).next();
            Step step = reject(one, "b", Fault.OUT_OF_RANGE);

            assertThat(step.effects())
                    .anySatisfy(effect -> assertThat(effect)
                            .isInstanceOfSatisfying(Effect.NoteFailedAttempt.class, note -> {
                                assertThat(note.widen()).isTrue();
                                assertThat(note.failed()).containsExactly("c");
                            }));
        }

        @Test
        void notDecideWhileAnUpdateIsBeingFolded() {
            RoundPhase folding = begun.next().on(offered("a"), NOW).next();

            assertThat(folding.on(new RoundEvent.Woke(), DEADLINE).next()).isEqualTo(folding);
        }
    }

    @Nested
    class TurnShould {
        @Test
        void evaluateWhenItIsDueAndPlayOnOtherwise() {
            assertThat(after(1)).isEqualTo(WorkId.train(2));
            assertThat(after(2)).isEqualTo(WorkId.evaluate(2));
        }

        @Test
        void failAfterThreeSkippedRoundsInARow() {
            Course course = Course.start(RULES).inRound(1).committed().nextRound();
            Step step = Turn.next(course.skipped("x").skipped("x").skipped("the reason"), NOW);

            assertThat(step.next()).isInstanceOfSatisfying(Finishing.class, finishing -> {
                assertThat(finishing.state()).isEqualTo(RunState.FAILED);
                assertThat(finishing.reason()).contains("that of round 1", "the reason");
            });
        }

        @Test
        void saveTheLastModelWhenTheLastRoundsWereSkipped() {
            Course course = Course.start(RULES)
                    .inRound(3)
                    .committed()
                    .nextRound()
                    .skipped("x")
                    .evaluated(3, Map.of());

            assertThat(Turn.next(course, NOW).effects()).containsExactly(new Effect.SaveCheckpoint(3));
        }

        @Test
        void endEarlyWhenTheMetricDoesNotImprove() {
            Course course = Course.start(watching("accuracy", 2, 0.1, false))
                    .inRound(1)
                    .committed()
                    .evaluated(1, Map.of("accuracy", 0.5))
                    .inRound(2)
                    .committed()
                    .evaluated(2, Map.of("accuracy", 0.6));
            assertThat(Turn.next(course.saved(), NOW).next()).isInstanceOf(Selecting.class);

            Course stale = course.inRound(3).committed().evaluated(3, Map.of("accuracy", 0.55));
            Step step = Turn.next(stale, NOW);

            assertThat(step.next()).isInstanceOfSatisfying(Finishing.class, finishing -> {
                assertThat(finishing.state()).isEqualTo(RunState.FINISHED);
                assertThat(finishing.reason())
                        .isEqualTo("Early stop: accuracy has not improved by more than 0.1 in 2 evaluations; the best,"
                                + " 0.5, is that of round 1.");
            });
            assertThat(step.effects()).containsExactly(new Effect.SaveCheckpoint(3));
        }

        @Test
        void keepEveryModelThatIsTheBestSoFar() {
            Course course = Course.start(watching("val_loss", 5, 0, true))
                    .inRound(1)
                    .committed()
                    .evaluated(1, Map.of("val_loss", 2.0));
            assertThat(Turn.next(course, NOW).effects()).containsExactly(new Effect.SaveCheckpoint(1));

            Course worse = course.saved().inRound(3).committed().evaluated(3, Map.of("val_loss", 2.5));
            assertThat(Turn.next(worse, NOW).effects()).noneMatch(Effect.SaveCheckpoint.class::isInstance);
        }

        @Test
        void notCountEvaluationsThatFailedOrDidNotMeasureIt() {
            Course course = Course.start(watching("accuracy", 1, 0, false))
                    .inRound(1)
                    .committed()
                    .evaluated(1, Map.of("accuracy", 0.5))
                    .evaluated(1, Map.of())
                    .evaluated(1, Map.of("loss", 0.1))
                    .evaluated(1, Map.of("accuracy", Double.NaN));

            assertThat(course.earlyEnd()).isEmpty();
        }

        private static RoundRules watching(String metric, int patience, double minDelta, boolean downwards) {
            return new RoundRules(
                    9,
                    2,
                    1,
                    3,
                    1,
                    0,
                    Duration.ofSeconds(60),
                    Optional.empty(),
                    Optional.of(new EarlyStop(metric, patience, minDelta, downwards)));
        }

        private WorkId after(int round) {
            return Turn.next(Course.start(RULES).inRound(round).committed(), NOW)
                    .next()
                    .work()
                    .orElseThrow();
        }
    }

    private static Step collecting(String... clients) {
        Step opening = Opening.begin(Course.start(RULES).nextRound(), WORK, roster(clients));
        return opening.next().on(new RoundEvent.Opened(WORK, DEADLINE), NOW);
    }

    private static Step include(RoundPhase phase, String client) {
        return phase.on(offered(client), NOW).next().on(new RoundEvent.Folded(WORK, client, Optional.empty()), NOW);
    }

    private static Step reject(RoundPhase phase, String client, Fault fault) {
        return phase.on(offered(client), NOW)
                .next()
                .on(new RoundEvent.Folded(WORK, client, Optional.of(new Rejection(fault, "no"))), NOW);
    }

    private static Step lost(RoundPhase phase, String client) {
        return phase.on(new RoundEvent.LeaseChanged(WORK, client, LeaseChange.LOST, "silent"), NOW);
    }

    private static RoundEvent.Offered offered(String client) {
        return new RoundEvent.Offered(offer(client, "x"));
    }

    private static Offer offer(String client, String digest) {
        TaskRef task = TaskRef.newBuilder()
                .setRound(1)
                .setAttempt(1)
                .setKind(TaskKind.TASK_KIND_TRAIN)
                .setClientId(client)
                .build();
        return new Offer(task, digest, Map.of("sample_num", 5.0), Optional.empty(), staged(task));
    }

    private static StagedResult staged(TaskRef task) {
        ResultHeader header = ResultHeader.newBuilder()
                .setTask(task)
                .setSha256(ByteString.EMPTY)
                .build();
        return new StagedResult(task, header, Optional.empty());
    }

    private static Receipt.Verdict verdictOf(Step step) {
        return step.effects().stream()
                .filter(Effect.Answer.class::isInstance)
                .map(effect -> ((Effect.Answer) effect).receipt().getVerdict())
                .findFirst()
                .orElseThrow();
    }

    private static List<RosterEntry> roster(String... clients) {
        return new TreeSet<>(List.of(clients))
                .stream()
                        .map(client -> new RosterEntry(client, "", "", 0, Optional.empty()))
                        .toList();
    }
}
