package io.nsfl.sessions.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.v1.Dataset;
import io.nsfl.protocol.v1.Register;
import io.nsfl.protocol.v1.Resources;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class ProfileReaderTest {
    private static final Register.Builder GOOD = Register.newBuilder()
            .setAddress("0.0.0.0:22000")
            .setPlatform("linux")
            .addRuntimes("Keras")
            .setMaxTaskParallelism(-1);

    @Test
    void namesRuntimesCanonicallyAndFillsInTheObservedHost() {
        ClientProfile profile = ProfileReader.read(GOOD.build(), "c-1", "10.1.2.3");
        assertThat(profile.runtimes()).containsExactly("tensorflow");
        assertThat(profile.address()).isEqualTo("10.1.2.3:22000");
        assertThat(ProfileReader.read(GOOD.build(), "c-1", "fe80::1").address()).isEqualTo("[fe80::1]:22000");
        assertThat(ProfileReader.read(GOOD.clone().setAddress("host:1").build(), "c-1", "10.1.2.3")
                        .address())
                .isEqualTo("host:1");
    }

    @Test
    void boundsWhatAClientAnnounces() {
        Register hostile = GOOD.clone()
                .setName("x".repeat(1_000))
                .setOs("a\nb")
                .addAllLabels(Collections.nCopies(1_000, "label"))
                .addDatasets(Dataset.newBuilder().setName("d").setSamples(-1))
                .setCapacity(Resources.newBuilder().setCpu(Double.NaN))
                .build();
        assertThatThrownBy(() -> ProfileReader.read(hostile, "c-1", "10.1.2.3"))
                .hasMessageContaining("$.name")
                .hasMessageContaining("$.os")
                .hasMessageContaining("$.labels")
                .hasMessageContaining("$.datasets")
                .hasMessageContaining("$.capacity");
    }
}
