package io.nsfl.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.v1.FaultDetail;
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

    private static FaultDetail detail(String code, String message) {
        return FaultDetail.newBuilder().setCode(code).setMessage(message).build();
    }
}
