package io.nsfl.servicekit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcFaultsTest {
    @ParameterizedTest
    @EnumSource(Fault.class)
    void bringsEveryFaultBackAsItWas(Fault fault) {
        FaultException sent = new FaultException(fault, "It is so.", Duration.ofMillis(1500), null);

        FaultException received = GrpcFaults.from(GrpcFaults.toStatus(sent));

        assertThat(received.fault()).isEqualTo(fault);
        assertThat(received).hasMessage("It is so.");
        assertThat(received.retryAfter()).contains(Duration.ofMillis(1500));
    }

    @ParameterizedTest
    @EnumSource(Status.Code.class)
    void findsAFaultForEveryStatusWithoutOne(Status.Code code) {
        assertThat(GrpcFaults.from(Status.fromCode(code).asRuntimeException()).getMessage())
                .contains(code.name());
    }

    @Test
    void takesAFaultItDoesNotKnowByItsStatus() {
        Metadata trailers = new Metadata();
        trailers.put(GrpcFaults.FAULT, "NEWER_THAN_THIS");
        trailers.put(GrpcFaults.RETRY_AFTER_MS, "soon");

        FaultException received =
                GrpcFaults.from(Status.UNAVAILABLE.withDescription("gone").asException(trailers));

        assertThat(received.fault()).isEqualTo(Fault.UNAVAILABLE);
        assertThat(received.retryAfter()).isEmpty();
    }

    @Test
    void shortensADescriptionThatWouldNotFitAHeader() {
        FaultException sent = new FaultException(Fault.SCRIPT_FAILED, "x".repeat(100_000));

        assertThat(GrpcFaults.status(sent).getDescription()).hasSizeLessThan(2_100);
    }

    @Test
    void takesAStreamThatBrokeOnItsWayForSomethingThatPasses() {
        FaultException received = GrpcFaults.from(
                Status.INTERNAL.withDescription("RST_STREAM closed stream").asRuntimeException(new Metadata()));

        assertThat(received.fault()).isEqualTo(Fault.UNAVAILABLE);
    }

    @Test
    void takesAnythingElseForADefect() {
        assertThat(GrpcFaults.from(new IllegalStateException("odd")).fault()).isEqualTo(Fault.INTERNAL_ERROR);
    }
}
