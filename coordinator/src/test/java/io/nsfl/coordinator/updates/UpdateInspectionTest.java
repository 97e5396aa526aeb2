package io.nsfl.coordinator.updates;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.federation.update.Refusal;
import io.nsfl.protocol.fault.Fault;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UpdateInspectionTest {
    @Test
    void everyRefusalHasAFaultOfItsName() {
        assertThat(Arrays.stream(Fault.values()).map(Fault::name))
                .containsAll(Arrays.stream(Refusal.values()).map(Refusal::name).toList());
    }
}
