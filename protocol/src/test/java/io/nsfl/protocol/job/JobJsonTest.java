package io.nsfl.protocol.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":3}",
                "{\"a\":3.0}",
                "{\"a\":0.10}",
                "{\"a\":123456789012345678901234567890}",
                "{\"z\":1,\"a\":null}"
            })
    void keepsADocumentAsItWasWritten(String json) {
        assertThat(JobJson.text(JobJson.object(json.getBytes(UTF_8)))).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "3",
                "{",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "{\"a\":1,}",
                "{'a':1}",
                "# x\n{}",
                "{\"a\":NaN}"
            })
    void refusesWhatIsNotOneStrictObject(String json) {
        refused(Fault.REQUEST_INVALID, json.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\": [1, 2",
                "{\"a\": \"open",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "{\n  \"a\" 1}",
                "{\"a\": nope}",
                "{\"a\": 01}",
                "{\"a\": \"\u0001\"}",
                "{\"a\": \"\\x\"}",
                "\u00ff\u0000{",
                "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]}",
                "[]"
            })
    void saysInOneSentenceWithoutTheParsersOwnWordsWhatIsWrong(String json) {
        assertThatThrownBy(() -> LenientJson.readObject(json.getBytes(UTF_8), "The body"))
                .isInstanceOf(FaultException.class)
                .message()
                .startsWith("The body ")
                .endsWith(".")
                .doesNotContain(
                        "..", "Source", "Stream", "Feature", "tools.jackson", "`", "REDACTED", "\n", "JsonToken");
    }

    @Test
    void namesLineAndColumnOfAMistake() {
        assertThatThrownBy(() -> JobJson.object("{\n  \"a\" 1}".getBytes(UTF_8)))
                .hasMessageStartingWith("The document is not valid JSON (line 2, column ");
    }

    @Test
    void namesTheValueOfTheWrongType() {
        assertThatThrownBy(() -> JobJson.read("{\"rounds\":[{\"round\":\"x\"}]}".getBytes(UTF_8), Heartbeat.class))
                .hasMessage("The document is not a valid Heartbeat: rounds[0].round has the wrong type.");
    }

    @Test
    void boundsDepthNumbersAndSize() throws IOException {
        refused(Fault.REQUEST_TOO_LARGE, ("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}").getBytes(UTF_8));
        refused(Fault.REQUEST_TOO_LARGE, ("{\"a\":" + "9".repeat(101) + "}").getBytes(UTF_8));
        refused(Fault.REQUEST_TOO_LARGE, new byte[JobJson.MAX_DOCUMENT + 1]);
        assertThatThrownBy(() -> JobJson.object(new ByteArrayInputStream(new byte[JobJson.MAX_DOCUMENT + 10])))
                .isInstanceOf(FaultException.class);
    }

    @Test
    void writesAHeartbeatWithSnakeCaseNamesAndWithoutNulls() {
        Heartbeat heartbeat = new Heartbeat(
                "j",
                "ns",
                "RUNNING",
                50,
                null,
                Map.of("checkpoint_v1", new Heartbeat.Checkpoint("out/c.h5", 0.91)),
                "r",
                3L,
                "127.0.0.1:41234",
                "Collecting",
                2,
                List.of(new JobEvent(
                        7,
                        "r",
                        Instant.parse("2026-01-02T03:04:05.678Z"),
                        "ROUND_COMMITTED",
                        2,
                        1,
                        null,
                        null,
                        "done")),
                List.of(new RoundMetrics(
                        "r",
                        1,
                        1,
                        RoundMetrics.COMMITTED,
                        3,
                        2,
                        1,
                        Map.of("loss", 0.5),
                        Map.of(),
                        1.5,
                        Map.of("Collecting", 9L))));

        assertThat(JobJson.text(heartbeat)).isEqualTo("""
                {"id":"j","namespace":"ns","state":"RUNNING","progress":50,\
                "checkpoints":{"checkpoint_v1":{"path":"out/c.h5","accuracy":0.91}},"run":"r","epoch":3,\
                "address":"127.0.0.1:41234","phase":"Collecting","round":2,\
                "events":[{"seq":7,"run":"r","time":"2026-01-02T03:04:05.678Z","type":"ROUND_COMMITTED","round":2,"attempt":1,\
                "message":"done"}],\
                "rounds":[{"run":"r","round":1,"attempt":1,"state":"COMMITTED","selected":3,"included":2,"failed":1,\
                "train":{"loss":0.5},"evaluate":{},"seconds":1.5,"phase_millis":{"Collecting":9}}]}""");
        assertThat(JobJson.read(JobJson.bytes(heartbeat), Heartbeat.class)).isEqualTo(heartbeat);
    }

    @Test
    void readsTheDocumentedHeartbeatAndIgnoresWhatIsNewer() {
        Heartbeat heartbeat = JobJson.read("""
                {"id":"tf-mnist-fl","namespace":"default","state":"RUNNING","progress":50,"newer":{"x":1},
                 "checkpoints":{"checkpoint_v1":{"path":"output/c.h5","accuracy":1}}}""".getBytes(UTF_8), Heartbeat.class);

        assertThat(heartbeat.checkpoints()).containsEntry("checkpoint_v1", new Heartbeat.Checkpoint("output/c.h5", 1));
        assertThat(heartbeat.run()).isNull();
    }

    @Test
    void writesAnAnswerWithoutAnOrder() {
        assertThat(JobJson.text(new HeartbeatAnswer(HeartbeatAnswer.SUCCEEDED, 7L, 1, null)))
                .isEqualTo("{\"state\":\"SUCCEEDED\",\"events_through\":7,\"rounds_through\":1}");
    }

    @Test
    void refusesAComponentOfTheWrongTypeAsARequest() {
        assertThatThrownBy(() -> JobJson.read("{\"progress\":\"much\"}".getBytes(UTF_8), Heartbeat.class))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(Fault.REQUEST_INVALID));
    }

    @Test
    void readsJsonAsPeopleWriteIt(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("c.json"), """
                # the guide writes such files
                {"a": [1, 2,], // numbers
                 "b": "http://x#y",  # not a comment inside quotes
                }""");

        assertThat(JobJson.text(LenientJson.readObject(file))).isEqualTo("{\"a\":[1,2],\"b\":\"http://x#y\"}");
    }

    @Test
    void saysWhereAFileIsMalformed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("c.json"), "{\n\"a\": 1\n\"b\": 2}");

        assertThatThrownBy(() -> LenientJson.readObject(file))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("line 3");
        assertThatThrownBy(() -> LenientJson.readObject(directory.resolve("absent.json")))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("absent.json");
    }

    private static void refused(Fault fault, byte[] json) {
        assertThatThrownBy(() -> JobJson.object(json))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(fault));
    }
}
