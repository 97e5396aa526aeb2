package io.nsfl.ctl.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.PrivacySpent;
import io.nsfl.protocol.job.RoundMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class OutputTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void printsTheTableAsTheGuideShowsIt() {
        JobTable.print(
                List.of(
                        object(
                                "{\"id\":\"tf-mnist-fl\",\"create_time\":\"2022-05-19 14:40:13\",\"status\":{\"state\":\"RUNNING\",\"progress\":50}}")),
                out);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
                id            status      progress    create time
                tf-mnist-fl   RUNNING     50          2022-05-19 14:40:13
                """);
    }

    @Test
    void printsNothingWhereThereIsNoJob() {
        JobTable.print(List.of(), out);
        assertThat(bytes.size()).isZero();
    }

    @Test
    void printsOneProgressLineForAPipe() {
        Instant[] now = {Instant.EPOCH};
        ProgressLine line = new ProgressLine.Screen(out, false, 80, () -> now[0]).file("model.h5", 2048);
        now[0] = now[0].plusMillis(250);
        line.add(1000);
        now[0] = now[0].plusMillis(250);
        line.done();
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("model.h5" + " ".repeat(28) + " 100.00%    2.00KB    4.00KB/s     00:00\n");
    }

    @Test
    void rewritesTheLineOnATerminal() {
        Instant[] now = {Instant.EPOCH};
        ProgressLine line =
                new ProgressLine.Screen(out, true, 60, () -> now[0]).file("a-name-that-is-too-long.h5", 4096);
        now[0] = now[0].plusSeconds(61);
        line.add(1024);
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("\ra-name-that-is-")
                .contains("25.00%")
                .endsWith("01:01");
    }

    @Test
    void tellsTheTimeLeftInTheNamesColumnWhileItRuns() {
        Instant[] now = {Instant.EPOCH};
        ProgressLine line = new ProgressLine.Screen(out, true, 80, () -> now[0]).file("model.h5", 4096);
        line.skip(1024);
        now[0] = now[0].plusSeconds(10);
        line.add(1024);
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("\rmodel.h5" + " ".repeat(16) + " 00:20 left   50.00%    2.00KB   102.40B/s     00:10");
    }

    @Test
    void finishesAnEmptyFile() {
        new ProgressLine.Screen(out, false, 80, () -> Instant.EPOCH)
                .file("empty", 0)
                .done();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("100.00%").contains("0.00B");
    }

    @Test
    void writesYamlThatReadsBackAsTheSame() {
        assertThat(
                        Yaml.of(
                                object(
                                        "{\"id\":\"m\",\"on\":\"yes\",\"n\":3,\"f\":1.50,\"t\":\"a: b\",\"e\":{},\"m\":{\"k\":[\"x\",1],\"--v\":null}}")))
                .isEqualTo("""
                        id: m
                        "on": "yes"
                        "n": 3
                        f: 1.50
                        t: "a: b"
                        e: {}
                        m:
                            k:
                            - x
                            - 1
                            "--v": null
                        """);
    }

    @Test
    void tellsARoundInOneLine() {
        RoundMetrics round = new RoundMetrics(
                "r",
                3,
                1,
                RoundMetrics.COMMITTED,
                2,
                2,
                0,
                Map.of("loss", 0.25, "accuracy", 0.9),
                Map.of("accuracy", 0.97),
                1.25,
                Map.of());
        assertThat(Follow.line(trained(2.25), 10))
                .isEqualTo("round   1/10  clients 2/2  train loss 0.5000 dp_epsilon 2.2500  1.0 s");
        assertThat(Follow.line(round, 10))
                .isEqualTo("round   3/10  clients 2/2  train loss 0.2500 accuracy 0.9000  test accuracy 0.9700  1.3 s");
    }

    @Test
    void tellsWhatPrivacyHasCostAndOfHowMuch() {
        JobReport report = new JobReport(out, ZoneOffset.UTC);
        ObjectNode job = object("{\"differential_privacy\":{\"noise_multiplier\":1,\"epsilon_budget\":8}}");
        report.privacy(job, List.of());
        report.privacy(job, List.of(round("a", 4.75272833), round("a", 6.98765)));
        report.privacy(
                object("{\"secure_algorithm\":{\"type\":\"DP\",\"noise_multiplier\":1}}"), List.of(round("a", null)));
        report.privacy(object("{}"), List.of(round("a", 1.0), round("b", 2.0)));
        report.privacy(object("{}"), List.of());
        report.privacy(object("{}"), List.of(trained(1.5), trained(2.25), trained(2.0)));
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
                privacy:     epsilon 0 of 8; nothing released yet
                privacy:     epsilon 6.9877 of 8 at delta 1.0E-5; mode central, 2 releases, noise_multiplier 1, clip_norm 0.5
                privacy:     epsilon unbounded (the noise promises nothing); mode central, 2 releases, noise_multiplier 1, clip_norm 0.5
                privacy:     epsilon 1.0000 (no budget) at delta 1.0E-5; mode central, 2 releases, noise_multiplier 1, clip_norm 0.5, run a
                privacy:     epsilon 2.0000 (no budget) at delta 1.0E-5; mode central, 2 releases, noise_multiplier 1, clip_norm 0.5, run b
                privacy:     epsilon 2.2500 at delta 1.0E-5 for a single record, by DP-SGD of the scripts; the client with the most
                """);
    }

    private static RoundMetrics round(String run, Double epsilon) {
        return new RoundMetrics(
                run,
                1,
                1,
                RoundMetrics.COMMITTED,
                2,
                2,
                0,
                Map.of(),
                Map.of(),
                1,
                Map.of(),
                new PrivacySpent("central", epsilon, 1e-5, 2, 1, 0.5, null, null));
    }

    private static RoundMetrics trained(double epsilon) {
        return new RoundMetrics(
                "r",
                1,
                1,
                RoundMetrics.COMMITTED,
                2,
                2,
                0,
                Map.of("loss", 0.5, "dp_epsilon", epsilon, "dp_delta", 1e-5),
                Map.of(),
                1,
                Map.of());
    }

    private static ObjectNode object(String json) {
        return JobJson.object(json.getBytes(StandardCharsets.UTF_8));
    }
}
