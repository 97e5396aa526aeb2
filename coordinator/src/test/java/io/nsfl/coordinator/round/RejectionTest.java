package io.nsfl.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.FaultDetail;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RejectionTest {
    @Test
    void keepsWhatAClientSaysOfAFailure() {
        assertThat(Rejection.toldBy(detail("SCRIPT_TIMEOUT", "It took too long.")))
                .isEqualTo(new Rejection(Fault.SCRIPT_TIMEOUT, "It took too long."));
    }

    @Test
    void countsAFailureWithoutAKnownNameAsTheScripts() {
        assertThat(Rejection.toldBy(detail("nothing we know", "")).fault()).isEqualTo(Fault.SCRIPT_FAILED);
    }

    @Test
    void keepsTheBeginningAndTheEndOfALongReason() {
        String message = Rejection.toldBy(
                        detail("SCRIPT_FAILED", "The script failed: " + "x".repeat(1 << 20) + " last"))
                .message();

        assertThat(message)
                .hasSizeLessThan(10_000)
                .startsWith("The script failed: ")
                .contains(" [...] ")
                .endsWith(" last");
    }

    @Test
    void keepsNoCharacterThatNobodyCouldWriteDown() {
        // The cut goes through the middle of a character that takes two.
        String message = Rejection.toldBy(
                        detail("SCRIPT_FAILED", "\0" + "x".repeat(998) + "\uD83D\uDE00".repeat(9_000)))
                .message();

        assertThat(new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(message);
        assertThat(message).startsWith("\uFFFDx").doesNotContain("\0").contains("\uFFFD [...] ");
    }

    private static FaultDetail detail(String code, String message) {
        return FaultDetail.newBuilder().setCode(code).setMessage(message).build();
    }
}
