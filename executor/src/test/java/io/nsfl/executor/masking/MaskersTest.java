package io.nsfl.executor.masking;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.nsfl.federation.secagg.ClientPolicy;
import io.nsfl.federation.secagg.Cohort;
import io.nsfl.federation.secagg.PartyKey;
import io.nsfl.federation.secagg.PeerTrust;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.v1.MaskedTensor;
import io.nsfl.protocol.v1.MaskingDown;
import io.nsfl.protocol.v1.MaskingEnd;
import io.nsfl.protocol.v1.MaskingMessage;
import io.nsfl.protocol.v1.MaskingOpening;
import io.nsfl.protocol.v1.MaskingPlan;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.protocol.v1.MaskingUp;
import io.nsfl.protocol.v1.MaskingUp.WordCase;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client that masks says to a coordinator that asks more than it should. */
final class MaskersTest {
    private static final TaskRef TASK = TaskRef.newBuilder()
            .setNamespace("default")
            .setJob("job")
            .setRun("run")
            .setRound(1)
            .setAttempt(1)
            .setClientId("c-1")
            .setKind(TaskKind.TASK_KIND_TRAIN)
            .build();

    @TempDir
    Path directory;

    private final List<MaskingUp> said = new ArrayList<>();
    private final List<TaskEndedRequest> vectors = new ArrayList<>();
    private PrivateUpdates updates;
    private Maskers.Streams.Listener client;

    @BeforeEach
    void trains() {
        updates = new PrivateUpdates(directory.resolve("private"));
        updates.keep(TASK, () -> Map.of("sample_num", 1.0), Optional.empty());
        Maskers.Streams streams = (_, listener) -> {
            client = listener;
            return new Maskers.Streams.Stream() {
                @Override
                public void say(MaskingUp word) {
                    said.add(word);
                }

                @Override
                public void close() {}
            };
        };
        new Maskers(
                        updates,
                        new ClientPolicy(2, PeerTrust.SERVER),
                        new Key(ClientKey.generate(new SecureRandom())),
                        new SecureRandom(),
                        streams,
                        Runnable::run)
                .begin(request(), vectors::add, () -> {});
    }

    @Test
    void takesPartInAnotherSessionWhenTheFirstCameToNothing() {
        client.heard(keysOf(1));
        client.heard(end(1));
        client.heard(keysOf(2));

        assertThat(said)
                .as("%s", said)
                .extracting(MaskingUp::getWordCase)
                .containsExactly(WordCase.ANSWER, WordCase.READY, WordCase.ANSWER);
    }

    @Test
    void takesPartInNoSessionOnceMasksWereGivenAwayHoweverOftenItIsAsked() {
        updates.release(TASK);

        client.heard(keysOf(2));
        client.heard(keysOf(2));
        client.heard(end(3));
        client.heard(keysOf(3));
        client.heard(keysOf(4));
        client.heard(keysOf(4));

        assertThat(said)
                .isNotEmpty()
                .allMatch(word -> word.hasRefusal() && word.getRefusal().getForGood());
        assertThat(vectors).isEmpty();
    }

    private static RunTaskRequest request() {
        return RunTaskRequest.newBuilder()
                .setDescription(TaskDescription.newBuilder()
                        .setTask(TASK)
                        .setBaseDigest(ByteString.copyFrom(new byte[32]))
                        .setMasking(MaskingPlan.newBuilder()
                                .setMode(MaskingPlan.Mode.MODE_DOUBLEMASK)
                                .setThreshold(2)
                                .setValueBits(24)
                                .setWeightCap(1)
                                .addTensors(MaskedTensor.newBuilder()
                                        .setName("w")
                                        .setElements(1)
                                        .setLimit(1))))
                .build();
    }

    private static MaskingDown keysOf(int session) {
        Cohort cohort = Cohort.of(3, 2, 2, 1.0 / 3);
        MaskingOpening opening = MaskingOpening.newBuilder()
                .addAllClientIds(List.of("c-1", "c-2", "c-3"))
                .setThreshold(cohort.threshold())
                .setMinSurvivors(cohort.minSurvivors())
                .setDegree(cohort.degree())
                .setGroupCount(1)
                .build();
        return MaskingDown.newBuilder()
                .setRequest(MaskingMessage.newBuilder()
                        .setSession(session)
                        .setStage(MaskingStage.MASKING_STAGE_KEYS)
                        .setContent(opening.toByteString()))
                .build();
    }

    private static MaskingDown end(int session) {
        return MaskingDown.newBuilder()
                .setEnd(MaskingEnd.newBuilder().setSession(session))
                .build();
    }

    private record Key(ClientKey key) implements PartyKey {
        @Override
        public byte[] identityKey() {
            return key.identity().identityKey();
        }

        @Override
        public byte[] certificate() {
            return new byte[0];
        }

        @Override
        public byte[] sign(byte[] message) {
            return key.signMasking(message);
        }
    }
}
