package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.RunRef;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RunPlanTest {
    private static final String JOB = """
            {"id": "j", "namespace": "default", "runtime": "pytorch", "output": "/o", "model_path": "/m.pth",
             "task_entry": "e", "hyper_parameters": {"max_round_num": 3, "client_num": 2}, "parameters": %s}
            """;

    /** A process that takes a run over computes it anew: whatever differs between two JVMs must not be in it. */
    @Test
    void digestIsTheSameInEveryProcess() {
        assertThat(digest("{\"--lr\": 0.001, \"--epochs\": 1}"))
                .isEqualTo("340fd17fbf5966f80a15ea93d5eded0cc0b5c4db1543e9b34acb2bd4701b1129");
    }

    @Test
    void digestDoesNotDependOnHowTheJobIsWritten() {
        assertThat(digest("{\"--epochs\": 1, \"--lr\": 1e-3}"))
                .isEqualTo(digest("{\"--lr\": 0.0010, \"--epochs\": 1}"));
    }

    @Test
    void digestTellsOtherParametersApart() {
        assertThat(digest("{\"--epochs\": 2}")).isNotEqualTo(digest("{\"--epochs\": 1}"));
    }

    private static String digest(String parameters) {
        return RunPlan.of(
                        JobConfigReader.forCoordinator(
                                        JobJson.object(JOB.formatted(parameters).getBytes(StandardCharsets.UTF_8)))
                                .orThrow(Fault.CONFIGURATION_INVALID, "The job"),
                        RunRef.getDefaultInstance(),
                        RunKey.of(new byte[32]),
                        () -> "")
                .digest();
    }
}
