package io.nsfl.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.round.RoundEvent.Offer;
import io.nsfl.federation.aggregate.StalenessWeight;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BufferingTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final RoundRules RULES =
            new RoundRules(9, 3, 1, 3, 0, 0, Duration.ofSeconds(60), Optional.of(Duration.ZERO), Optional.empty());
    private static final RoundRules EVALUATED =
            new RoundRules(9, 3, 1, 3, 1, 0, Duration.ofSeconds(60), Optional.of(Duration.ZERO), Optional.empty());
    private static final BufferRules BUFFER = new BufferRules(2, 3, 1, new StalenessWeight(0.5));
    private static final WorkId FIRST = WorkId.train(1);

    private RoundPhase run =
            Buffering.begin(Course.start(RULES), BUFFER, 1, false, NOW).next();

    @Test
    void beginsABufferAndAsksForAsManyAsTrainAtOnce() {
        Step begun = Buffering.begin(Course.start(RULES), BUFFER, 1, false, NOW);

        assertThat(begun.effects())
                .contains(
                        new Effect.BeginBuffer(2, false),
                        new Effect.Reserve(FIRST, 3, 1, Collections.emptySortedSet(), Collections.emptySortedSet()));
    }

    @Test
    void givesBackWhatAnEarlierProcessAskedForAndUsesNumbersThatAreFree() {
        Step begun = Buffering.begin(Course.start(RULES), BUFFER, 4, true, NOW);

        assertThat(begun.effects().getFirst()).isEqualTo(new Effect.Forsake());
        assertThat(begun.effects())
                .contains(new Effect.Reserve(
                        new WorkId(1, 4, FIRST.kind()),
                        3,
                        1,
                        Collections.emptySortedSet(),
                        Collections.emptySortedSet()));
    }

    @Test
    void asksForTheRestWhenFewerAreFree() {
        List<Effect> effects = on(new RoundEvent.Selected(FIRST, roster("a")));

        assertThat(effects)
                .contains(
                        new Effect.OpenBeside(FIRST, roster("a")),
                        new Effect.Reserve(
                                FIRST.nextAttempt(), 2, 1, Collections.emptySortedSet(), Collections.emptySortedSet()));
    }

    @Test
    void commitsAFullBufferAndTellsWhoIsInIt() {
        train("a", "b", "c");
        deliver(FIRST, "a");
        List<Effect> full = deliver(FIRST, "b");

        assertThat(full).hasAtLeastOneElementOfType(Effect.CommitBuffer.class);
        assertThat(on(new RoundEvent.Committed(FIRST)))
                .contains(
                        new Effect.SettleSome(FIRST, new TreeSet<>(List.of("a", "b")), true),
                        new Effect.BeginBuffer(2, false));
    }

    /** The clients go on while the disk is busy; what they deliver waits. */
    @Test
    void foldsNothingWhileItCommits() {
        train("a", "b", "c");
        deliver(FIRST, "a");
        deliver(FIRST, "b");

        assertThat(on(offered(FIRST, "c"))).noneMatch(Effect.FoldStale.class::isInstance);
        assertThat(on(new RoundEvent.Committed(FIRST)))
                .anySatisfy(effect -> assertThat(effect)
                        .isInstanceOfSatisfying(
                                Effect.FoldStale.class,
                                fold -> assertThat(fold.staleness()).isOne()));
    }

    /** A client that waits for its answer keeps the place that it trained in; an evaluation may wait for just that place. */
    @Test
    void letsClientsGoWhoseUpdatesWaitBehindAFullBuffer() {
        run = Buffering.begin(Course.start(EVALUATED), BUFFER, 1, false, NOW).next();
        train("a", "b", "c", "d", "e");
        makeModel(1, FIRST, "a", "b");
        deliver(FIRST, "c");
        deliver(FIRST, "d");

        assertThat(on(offered(FIRST, "e"))).singleElement().isInstanceOfSatisfying(Effect.Answer.class, answer -> {
            assertThat(answer.offer().client()).isEqualTo("e");
            assertThat(answer.receipt().getVerdict()).isEqualTo(Receipt.Verdict.HELD);
        });
    }

    /** Somebody who was told to keep an update is told when it is of no use. */
    @Test
    void tellsWhoHoldsAnUpdateThatItIsRejected() {
        train("a", "b", "c");
        deliver(FIRST, "a");
        deliver(FIRST, "b");
        on(offered(FIRST, "c"));
        on(new RoundEvent.Committed(FIRST));

        assertThat(on(new RoundEvent.Folded(
                        FIRST, "c", Optional.of(new Rejection(Fault.UPDATE_MALFORMED, "not finite")))))
                .startsWith(new Effect.SettleSome(FIRST, new TreeSet<>(List.of("c")), false));
    }

    @Test
    void dropsAnUpdateOfAModelThatIsTooOld() {
        train("a", "b", "c");
        makeModel(1, FIRST, "a", "b");
        WorkId second = new WorkId(2, 1, FIRST.kind());
        on(new RoundEvent.Selected(second, roster("d", "e")));
        makeModel(2, second, "d", "e");

        List<Effect> late = on(offered(FIRST, "c"));

        assertThat(late)
                .anySatisfy(effect -> assertThat(effect).isInstanceOfSatisfying(Effect.Answer.class, answer -> {
                    assertThat(answer.receipt().getVerdict()).isEqualTo(Receipt.Verdict.SETTLED_DROPPED);
                    assertThat(answer.receipt().getFault().getCode()).isEqualTo("UPDATE_TOO_LATE");
                }));
    }

    @Test
    void widensAnEmptyFoldThatFoundAValueOutOfRange() {
        train("a", "b");
        on(offered(FIRST, "a"));

        assertThat(on(new RoundEvent.Folded(FIRST, "a", Optional.of(new Rejection(Fault.OUT_OF_RANGE, "too large")))))
                .contains(new Effect.BeginBuffer(2, true));
    }

    @Test
    void givesAModelUpWhoseTimeRunsOut() {
        train("a");
        deliver(FIRST, "a");

        List<Effect> effects = take(run.on(new RoundEvent.Woke(), NOW.plusSeconds(61)));

        assertThat(effects).hasAtLeastOneElementOfType(Effect.NoteSkipped.class);
        assertThat(effects).contains(new Effect.SettleSome(FIRST, new TreeSet<>(List.of("a")), false));
    }

    @Test
    void waitsForACommitThatIsBeingWrittenBeforeItStops() {
        train("a", "b");
        deliver(FIRST, "a");
        deliver(FIRST, "b");
        on(new RoundEvent.StopAsked("asked"));
        assertThat(run).isInstanceOf(Buffering.class);

        on(new RoundEvent.Committed(FIRST));

        assertThat(run).isInstanceOfSatisfying(Finishing.class, finishing -> {
            assertThat(finishing.state()).isEqualTo(RunState.STOPPED);
            assertThat(finishing.course().committedRound()).isOne();
        });
    }

    @Test
    void answersARepeatOfABufferedUpdateAsBefore() {
        train("a", "b");
        deliver(FIRST, "a");

        assertThat(on(offered(FIRST, "a")))
                .singleElement()
                .isInstanceOfSatisfying(
                        Effect.Answer.class,
                        answer -> assertThat(answer.receipt().getVerdict()).isEqualTo(Receipt.Verdict.HELD));
    }

    @Test
    void slowsDownWhenTasksFail() {
        train("a", "b", "c");
        Offer failed = new Offer(
                task(FIRST, "a"), "d", Map.of(), Optional.of(new Rejection(Fault.SCRIPT_FAILED, "exit code 1")), null);

        assertThat(on(new RoundEvent.Offered(failed))).noneMatch(Effect.Reserve.class::isInstance);
        assertThat(take(run.on(new RoundEvent.Woke(), NOW.plusSeconds(1))))
                .contains(new Effect.Reserve(
                        FIRST.nextAttempt(), 1, 1, Collections.emptySortedSet(), Collections.emptySortedSet()));
    }

    private void train(String... clients) {
        on(new RoundEvent.Selected(FIRST, roster(clients)));
        on(new RoundEvent.Opened(FIRST, NOW.plusSeconds(60)));
    }

    private void makeModel(int round, WorkId work, String one, String other) {
        deliver(work, one);
        deliver(work, other);
        on(new RoundEvent.Committed(WorkId.train(round)));
    }

    private List<Effect> deliver(WorkId work, String client) {
        on(offered(work, client));
        return on(new RoundEvent.Folded(work, client, Optional.empty()));
    }

    private List<Effect> on(RoundEvent event) {
        return take(run.on(event, NOW));
    }

    private List<Effect> take(Step step) {
        run = step.next();
        return step.effects().stream()
                .filter(effect -> !(effect instanceof Effect.WakeAt) && !(effect instanceof Effect.Announce))
                .toList();
    }

    private static RoundEvent offered(WorkId work, String client) {
        return new RoundEvent.Offered(new Offer(
                task(work, client),
                "digest-" + client,
                Map.of(),
                Optional.empty(),
                new StagedResult(task(work, client), ResultHeader.getDefaultInstance(), Optional.empty())));
    }

    private static TaskRef task(WorkId work, String client) {
        return TaskRef.newBuilder()
                .setRound(work.round())
                .setAttempt(work.attempt())
                .setKind(work.kind())
                .setClientId(client)
                .build();
    }

    private static List<RosterEntry> roster(String... clients) {
        return List.of(clients).stream()
                .map(client -> new RosterEntry(client, "", "", 0, Optional.empty()))
                .toList();
    }
}
