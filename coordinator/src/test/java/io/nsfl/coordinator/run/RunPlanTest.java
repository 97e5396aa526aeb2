package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.RunRef;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RunPlanTest {
    private static final String JOB = """
            {"id": "j", "namespace": "default", "runtime": "pytorch", "output": "/o", "model_path": "/m.pth",
             "task_entry": "e", "hyper_parameters": {"max_round_num": 3, "client_num": 2}, "parameters": %s%s}
            """;

    /** A process that takes a run over computes it anew: whatever differs between two JVMs must not be in it. */
    @Test
    void digestIsTheSameInEveryProcess() {
        assertThat(digest("{\"--lr\": 0.001, \"--epochs\": 1}"))
                .isEqualTo("30d55d76ad3f7c6362b8bd3991da5a3344675378c6334f6037c90672e1e2e563");
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

    /** A run must not go on by another rule than it began with. */
    @Test
    void digestTellsApartWhateverShapesTheResult() {
        String plain = digest("{}");
        List<String> digests = Stream.of(
                        ", \"optimizer\": {\"name\": \"fedprox\", \"params\": {\"mu\": 0.1}}",
                        ", \"optimizer\": {\"name\": \"fedprox\", \"params\": {\"mu\": 0.2}}",
                        ", \"random_client\": true",
                        ", \"untrained_first\": true")
                .map(more -> digest("{}", more))
                .toList();

        assertThat(digests).doesNotContain(plain).doesNotHaveDuplicates();
        assertThat(digest("{}", ", \"optimizer\": {\"params\": {\"mu\": 1e-1}, \"name\": \"fedprox\"}"))
                .isEqualTo(digests.getFirst());
    }

    private static String digest(String parameters) {
        return digest(parameters, "");
    }

    private static String digest(String parameters, String more) {
        return RunPlan.of(
                        JobConfigReader.forCoordinator(JobJson.object(
                                        JOB.formatted(parameters, more).getBytes(StandardCharsets.UTF_8)))
                                .orThrow(Fault.CONFIGURATION_INVALID, "The job"),
                        RunRef.getDefaultInstance(),
                        RunKey.of(new byte[32]),
                        () -> "")
                .digest();
    }
}
