package io.nsfl.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class EarlyStopTest {
    private static final String JOB = """
            {"id": "j", "runtime": "pytorch", "model_path": "/m.pth", "scripts": {"path": "/s", "config_file": "c"}, "output": "/o",
             "hyper_parameters": {"max_round_num": 9, "client_num": 2, "threshold_client_num": 2}, "early_stop": %s}
            """;

    /** As Keras calls it, and in its absence by the metric's name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "accuracy | | false",
                "loss | | true",
                "val_loss | | true",
                "mae | | false",
                "mae | min | true",
                "loss | MAX | false"
            })
    void knowWhichWayAMetricImproves(String metric, String mode, boolean downwards) {
        ObjectNode asked = JobJson.newObject().put("metric", metric);
        if (mode != null) {
            asked.put("mode", mode);
        }

        JobConfig job = read(asked.toString()).orThrow(Fault.REQUEST_INVALID, "The job");

        assertThat(job.method().earlyStop()).contains(new EarlyStop(metric, 5, 0, downwards));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{} | $.early_stop.metric",
                "{\"metric\": \"mae\", \"mode\": \"down\"} | $.early_stop.mode",
                "{\"metric\": \"mae\", \"patience\": 0} | $.early_stop.patience",
                "{\"metric\": \"mae\", \"min_delta\": -1} | $.early_stop.min_delta"
            })
    void nameWhatIsWrong(String asked, String path) {
        assertThat(read(asked).violations())
                .singleElement()
                .satisfies(violation -> assertThat(violation.path()).isEqualTo(path));
    }

    private static Reading<JobConfig> read(String earlyStop) {
        return JobConfigReader.forCreate(
                "default", JobJson.object(JOB.formatted(earlyStop).getBytes(StandardCharsets.UTF_8)));
    }
}
