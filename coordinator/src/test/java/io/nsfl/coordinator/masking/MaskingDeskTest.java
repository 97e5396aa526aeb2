package io.nsfl.coordinator.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.ByteString;
import io.nsfl.coordinator.round.ArtifactFile;
import io.nsfl.coordinator.round.OpenWork;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.StagedResult;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingMessage;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.MaskingReady;
import io.nsfl.protocol.v1.MaskingRefusal;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.Progress;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskDirective;
import io.nsfl.protocol.v1.TaskRef;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class MaskingDeskTest {
    private static final WorkId FIRST = WorkId.train(1);
    private static final WorkId SECOND = WorkId.train(2);

    private final Rounds rounds = new Rounds();
    private final Words words = new Words();
    private final MaskingDesk desk = new MaskingDesk(rounds, words);
    private final ClientKey client = ClientKey.generate(new SecureRandom());
    private final ClientKey other = ClientKey.generate(new SecureRandom());

    @Test
    void asksAClientThatComesBackWhatItHasNotAnswered() {
        Line first = seat(client, FIRST);
        desk.ask(FIRST, 1, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));
        Line second = seat(client, FIRST);

        for (Line line : List.of(first, second)) {
            assertThat(line.told)
                    .singleElement()
                    .matches(word -> word.getRequest().getStage() == MaskingStage.MASKING_STAGE_KEYS);
        }
    }

    @Test
    void endsAClientsEarlierStream() {
        Line first = seat(client, FIRST);
        Line second = seat(client, FIRST);

        assertThat(first.replaced).isTrue();
        assertThat(second.replaced).isFalse();
        desk.ask(FIRST, 1, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));
        assertThat(first.told).isEmpty();
        assertThat(second.told).hasSize(1);
    }

    @Test
    void repeatsNothingOnTheStreamThatItWasSaidOn() {
        Line line = seat(client, FIRST);
        desk.ask(FIRST, 1, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));
        for (int i = 0; i < 5; i++) {
            seat(client, FIRST, line);
        }

        assertThat(line.told).hasSize(1);
        assertThat(line.replaced).isFalse();
    }

    @Test
    void repeatsSoManyBytesOfASessionAndNoMore() {
        int large = (int) (MaskingDesk.MOST_REPEATED / 4 - 100);
        seat(client, FIRST);
        Line patient = seat(other, FIRST);
        Map<String, byte[]> roster = Map.of(id(client), new byte[large], id(other), new byte[large]);
        desk.ask(FIRST, 1, MaskingStage.MASKING_STAGE_SHARES, roster);
        for (int i = 0; i < 4; i++) {
            assertThat(seat(client, FIRST).told).hasSize(1);
        }

        assertThatThrownBy(() -> seat(client, FIRST))
                .asInstanceOf(type(FaultException.class))
                .satisfies(refused -> {
                    assertThat(refused.fault()).isEqualTo(Fault.ATTEMPTS_EXCEEDED);
                    assertThat(refused.getMessage()).contains("session 1", "32 MiB");
                    assertThat(refused.retryAfter()).isPresent();
                });
        assertThat(patient.told).as("others are asked as before").hasSize(1);
        assertThat(seat(other, FIRST).told).hasSize(1);

        desk.take(FIRST, id(client), 1, MaskingStage.MASKING_STAGE_SHARES);
        assertThat(seat(client, FIRST).told).as("it answered and may come back").isEmpty();
        desk.ask(FIRST, 2, MaskingStage.MASKING_STAGE_SHARES, roster);
        assertThat(seat(client, FIRST).told).as("another session").hasSize(1);
    }

    @Test
    void passesOneAnswerOnForEachThatWasAskedFor() {
        seat(client, FIRST);
        desk.answered(task(client, FIRST), answer(1, MaskingStage.MASKING_STAGE_KEYS));
        assertThat(words.answers).as("nothing was asked").isEmpty();

        desk.ask(FIRST, 1, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));
        for (int i = 0; i < 3; i++) {
            desk.answered(task(client, FIRST), answer(1, MaskingStage.MASKING_STAGE_SHARES));
            desk.answered(task(client, SECOND), answer(1, MaskingStage.MASKING_STAGE_KEYS));
            desk.answered(task(client, FIRST), answer(1, MaskingStage.MASKING_STAGE_KEYS));
        }
        assertThat(words.answers).containsExactly(answer(1, MaskingStage.MASKING_STAGE_KEYS));

        desk.ask(FIRST, 2, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));
        desk.answered(task(client, FIRST), answer(2, MaskingStage.MASKING_STAGE_KEYS));
        assertThat(words.answers).hasSize(2);
    }

    @Test
    void passesOnOnceThatAClientLeavesASession() {
        seat(client, FIRST);
        desk.ask(FIRST, 1, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));
        for (int i = 0; i < 3; i++) {
            desk.refused(task(client, FIRST), leaving(1, false));
            desk.refused(task(client, FIRST), leaving(7, false));
        }
        assertThat(words.left).containsExactly(leaving(1, false));

        desk.ask(FIRST, 2, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));
        for (int session : List.of(2, 2, 1)) {
            desk.refused(task(client, FIRST), leaving(session, false));
        }
        desk.refused(task(client, FIRST), leaving(1, true));
        desk.refused(task(client, FIRST), leaving(2, true));
        assertThat(words.left).containsExactly(leaving(1, false), leaving(2, false), leaving(1, true));
    }

    @Test
    void asksForNewerWorkWhateverIsSaidOfEarlierWork() {
        seat(client, FIRST);
        rounds.open = SECOND;
        seat(client, SECOND);
        desk.ask(SECOND, 1, MaskingStage.MASKING_STAGE_KEYS, Map.of(id(client), new byte[] {1}));

        desk.refused(task(client, FIRST), leaving(1, true));
        desk.answered(task(client, SECOND), answer(1, MaskingStage.MASKING_STAGE_KEYS));

        assertThat(words.left).isEmpty();
        assertThat(words.answers).hasSize(1);
    }

    @Test
    void leavesTheSeatsOfNewerWorkToItsClients() {
        rounds.whenDescribed = () -> {
            rounds.whenDescribed = () -> {};
            rounds.open = SECOND;
            seat(other, SECOND);
        };

        assertThatThrownBy(() -> seat(client, FIRST))
                .asInstanceOf(type(FaultException.class))
                .satisfies(refused -> assertThat(refused.fault()).isEqualTo(Fault.STALE));

        assertThat(desk.party(SECOND, id(other))).isPresent();
    }

    private Line seat(ClientKey who, WorkId work) {
        return seat(who, work, new Line());
    }

    private Line seat(ClientKey who, WorkId work, Line line) {
        desk.participate(
                task(who, work),
                MaskingReady.newBuilder()
                        .setIdentityKey(ByteString.copyFrom(who.identity().identityKey()))
                        .build(),
                line);
        return line;
    }

    /** A stream, as the client sees it. */
    private static final class Line implements MaskingDesk.Stream {
        private final List<MaskingDown> told = new ArrayList<>();
        private boolean replaced;

        @Override
        public void say(MaskingDown word) {
            told.add(word);
        }

        @Override
        public void replaced() {
            replaced = true;
        }
    }

    private static String id(ClientKey key) {
        return key.identity().id();
    }

    private static TaskRef task(ClientKey key, WorkId work) {
        return TaskRef.newBuilder()
                .setRound(work.round())
                .setAttempt(work.attempt())
                .setKind(work.kind())
                .setClientId(id(key))
                .build();
    }

    private static MaskingMessage answer(int session, MaskingStage stage) {
        return MaskingMessage.newBuilder().setSession(session).setStage(stage).build();
    }

    private static MaskingRefusal leaving(int session, boolean forGood) {
        return MaskingRefusal.newBuilder()
                .setSession(session)
                .setForGood(forGood)
                .build();
    }

    /** What reaches the engine. */
    private static final class Words implements MaskingDesk.Engine {
        private final List<MaskingMessage> answers = new ArrayList<>();
        private final List<MaskingRefusal> left = new ArrayList<>();

        @Override
        public void ready(WorkId work, String client) {}

        @Override
        public void answered(WorkId work, String client, MaskingMessage answer) {
            answers.add(answer);
        }

        @Override
        public void left(WorkId work, String client, MaskingRefusal refusal) {
            left.add(refusal);
        }
    }

    /** Describes every task as masked and has one work open. */
    private static final class Rounds implements RoundDesk {
        private WorkId open = FIRST;
        private Runnable whenDescribed = () -> {};

        @Override
        public Set<WorkId> open() {
            return Set.of(open);
        }

        @Override
        public Optional<OpenWork> open(WorkId work) {
            return work.equals(open)
                    ? Optional.of(new OpenWork(
                            RunRef.getDefaultInstance(),
                            work.round(),
                            work.attempt(),
                            work.kind(),
                            Map.of(),
                            new TensorSet(List.of()),
                            new byte[32],
                            Optional.empty(),
                            1,
                            1,
                            List.of(),
                            Instant.EPOCH,
                            false,
                            Optional.empty()))
                    : Optional.empty();
        }

        @Override
        public TaskDescription describe(TaskRef task) {
            whenDescribed.run();
            return TaskDescription.newBuilder()
                    .setMasking(MaskingPlan.getDefaultInstance())
                    .build();
        }

        @Override
        public ArtifactFile artifact(TaskRef task, String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Receipt> offer(StagedResult result) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Receipt> decided(TaskRef task) {
            return Optional.empty();
        }

        @Override
        public Subscription directives(TaskRef task, Consumer<TaskDirective> sink) {
            return () -> {};
        }

        @Override
        public void progress(Progress progress) {}
    }
}
