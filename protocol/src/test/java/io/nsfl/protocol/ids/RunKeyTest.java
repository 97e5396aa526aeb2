package io.nsfl.protocol.ids;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected values were computed by another implementation of HMAC-SHA256. */
class RunKeyTest {
    private static final String RUN = "0b9c2a4e-1111-2222-3333-444455556666";
    private static final TaskRef TASK = TaskRef.newBuilder()
            .setNamespace("default")
            .setJob("j")
            .setRun(RUN)
            .setRound(3)
            .setAttempt(1)
            .setClientId("c-0123456789abcdef0123")
            .setKind(TaskKind.TASK_KIND_TRAIN)
            .build();

    private final RunKey key = RunKey.derive(secret(), RUN);

    @Test
    void derivesTheTokenOfATask() {
        assertThat(HexFormat.of().formatHex(key.taskToken(TASK)))
                .isEqualTo("5139d38e4a5b1d80fc4ca18897b83591a5e9e0b4971fa7b066fd48a57400c4fc");
    }

    @Test
    void framesThePartsOfAMac() {
        assertThat(HexFormat.of().formatHex(key.mac("journal", "ab".getBytes(US_ASCII), new byte[0])))
                .isEqualTo("41b71de1a342e76de51763b45fea3d36a1ebeb51c9f8c8704ca96c5896d4cf20");
        assertThat(key.mac("journal", "a".getBytes(US_ASCII), "b".getBytes(US_ASCII)))
                .isNotEqualTo(key.mac("journal", "ab".getBytes(US_ASCII), new byte[0]));
    }

    @Test
    void verifiesItsOwnTokenAndNoOther() {
        TaskRef signed = withToken(TASK);

        assertThat(key.verify(signed)).isTrue();
        for (TaskRef other : List.of(
                TASK,
                signed.toBuilder().setRound(4).build(),
                signed.toBuilder().setAttempt(2).build(),
                signed.toBuilder().setRun("other").build(),
                signed.toBuilder().setClientId("c-other").build(),
                signed.toBuilder().setKind(TaskKind.TASK_KIND_EVALUATE).build(),
                signed.toBuilder().setKind(TaskKind.TASK_KIND_UNSPECIFIED).build(),
                signed.toBuilder().setKindValue(99).build(),
                signed.toBuilder().setClientId("c|TRAIN").build(),
                signed.toBuilder().setToken(signed.getToken().substring(1)).build())) {
            assertThat(key.verify(other)).as("%s", other).isFalse();
        }
        assertThat(RunKey.derive(secret(), "other").verify(signed)).isFalse();
    }

    @Test
    void hasAKeyOfItsOwnInDirectMode() {
        assertThat(RunKey.of(secret()).verify(withToken(TASK))).isFalse();
        assertThatThrownBy(() -> RunKey.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isNotPrinted() {
        assertThat(key).hasToString("RunKey(******)");
    }

    private TaskRef withToken(TaskRef task) {
        return task.toBuilder()
                .setToken(ByteString.copyFrom(key.taskToken(task)))
                .build();
    }

    private static byte[] secret() {
        byte[] secret = new byte[32];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        return secret;
    }
}
