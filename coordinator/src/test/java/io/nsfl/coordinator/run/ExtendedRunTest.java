package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.coordinator.extender.ExtenderProcesses;
import io.nsfl.coordinator.extender.ExtenderSettings;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.AggregationConfig;
import io.nsfl.protocol.job.ExtenderConfig;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.JobMethod;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.PlainProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job's extender in processes of its own, in rounds that are played in virtual time. */
@Timeout(120)
class ExtendedRunTest {
    private static final String COUNTING = """
            import json, os

            STATE = os.path.join(os.environ["NSFL_EXTENDER_STATE"], "seen.json")

            def seen():
                return json.load(open(STATE)) if os.path.exists(STATE) else []

            def give(params):
                path = os.path.join(os.environ["TMPDIR"], "list.txt")
                open(path, "w").write(" ".join(map(str, seen())))
                return {"rounds.txt": path}, {"start": params["start"], "rounds": len(seen())}

            def take(updates, previous):
                clients = [] if previous is None else previous["clients"]
                answer = updates.custom_params.get("answer")
                file = open(os.path.join(updates["custom_files"], "note.txt")).read()
                return {"clients": clients + [updates.client_id, answer, file, updates.metrics["sample_num"]]}

            def end(params):
                json.dump(seen() + [params["clients"]], open(STATE, "w"))
            """;

    @TempDir
    Path directory;

    private Path scripts;

    @BeforeEach
    void scripts() throws IOException {
        scripts = Files.createDirectory(directory.resolve("extender"));
    }

    @Test
    void givesClientsWhatBroadcastReturnsAndSeesWhatTheirScriptsLeft() throws IOException {
        Files.writeString(scripts.resolve("happy.py"), COUNTING);
        World world = world(2, "happy.py", "give", "take", "end", false);
        world.fakeClients().leaves(Map.of("result_param.json", "{\"answer\": 42}", "result/note.txt", "hello"));

        Ended ended = world.playToTheEnd();

        assertThat(world.report().defects()).isEmpty();
        assertThat(ended.state()).contains(RunState.FINISHED);
        // Two rounds and an evaluation after the second: what finish kept of a round is there in the next.
        assertThat(world.fakeClients().prepared())
                .containsEntry("train 1", "{\"start\":5,\"rounds\":0} rounds.txt=")
                .containsEntry(
                        "train 2",
                        "{\"start\":5,\"rounds\":1} rounds.txt=['c-0', 42, 'hello', 10.0, 'c-1', 42, 'hello', 11.0]");
        assertThat(world.fakeClients().prepared().get("evaluate 2")).contains("\"rounds\":2");
    }

    @Test
    void givesTheSameFilesAfterACrashWithoutAskingAgain() throws IOException {
        Files.writeString(
                scripts.resolve("ids.py"),
                "import uuid\ndef give(params):\n    return {}, {\"id\": str(uuid.uuid4())}\n");
        World world = world(1, "ids.py", "give", null, null, false)
                .clients(2, new FakeClients.Troubles(1, 0, 0, java.util.Set.of()));
        world.start();
        // Every step of a client takes five seconds: all have fetched, nobody has delivered.
        world.pass(Duration.ofSeconds(7));
        String before = world.fakeClients().prepared().get("train 1");
        world.kill();
        world.start();
        world.pass(Duration.ofSeconds(1));

        assertThat(world.desk()
                        .orElseThrow()
                        .describe(world.fakeClients().anyTask())
                        .getPreparedParamsJson())
                .isEqualTo(before.strip());
    }

    @Test
    void endsTheAttemptAndNeverTheCoordinatorWhenAFunctionThrows() throws IOException {
        Files.writeString(
                scripts.resolve("bad.py"),
                "def end(params):\n    print('about to')\n    raise ValueError('no luck')\n");
        World world = world(1, "bad.py", null, null, "end", false);

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FAILED);
        assertThat(world.report().eventTypes()).contains("ROUND_RETRIED", "ROUND_SKIPPED");
        assertThat(ended.reason()).contains("The extender's finish failed", "exit code 1", "about to", "no luck");
    }

    @Test
    void triesARoundAgainThatCouldNotBeOpened() throws IOException {
        Files.writeString(
                scripts.resolve("late.py"),
                "import os\ndef give(params):\n    return None, {\"attempt\": 6 // (int(os.environ['NSFL_ATTEMPT']) - 1)}\n");
        World world = world(1, "late.py", "give", null, null, false);

        Ended ended = world.playToTheEnd();

        // The evaluation has one attempt only and fails for the same reason, which fails nothing else.
        assertThat(ended.state()).contains(RunState.FINISHED);
        assertThat(world.fakeClients().prepared()).containsEntry("train 1", "{\"attempt\":6}");
        assertThat(world.report().eventTypes()).contains("ROUND_RETRIED", "EVALUATION_FAILED");
    }

    @Test
    void saysAtStartWhichFunctionIsMissing() throws IOException {
        Files.writeString(scripts.resolve("empty.py"), "x = 1\n");
        World world = world(1, "empty.py", null, "combine", null, false);

        assertThatThrownBy(world::start)
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.CONFIGURATION_INVALID))
                .hasMessageContaining("no function combine, which the job names as aggregate");
    }

    @Test
    void saysAtStartThatTheEntryIsMissingOrDoesNotLoad() throws IOException {
        assertThatThrownBy(world(1, "none.py", "a", null, null, false)::start).hasMessageContaining("not a file");
        Files.writeString(directory.resolve("outside.py"), "def a(params): pass\n");
        assertThatThrownBy(world(1, "../outside.py", "a", null, null, false)::start)
                .hasMessageContaining("not a file");
        Files.writeString(scripts.resolve("broken.py"), "import nothing_of_that_name\n");
        assertThatThrownBy(world(1, "broken.py", "a", null, null, false)::start)
                .hasMessageContaining("nothing_of_that_name");
    }

    @Test
    void givesItNothingOfTheCoordinatorsEnvironment() throws IOException {
        Files.writeString(
                scripts.resolve("env.py"),
                "import os\ndef give(params):\n    return {}, {\"names\": \" \".join(sorted(os.environ))}\n");
        World world = world(1, "env.py", "give", null, null, false);

        world.playToTheEnd();

        assertThat(world.fakeClients().prepared().get("train 1"))
                .contains("LC_CTYPE NSFL_ATTEMPT NSFL_EXTENDER_STATE NSFL_JOB NSFL_KIND NSFL_ROUND PATH PWD"
                        + " PYTHONDONTWRITEBYTECODE PYTHONPATH TASK_WORKSPACE TMPDIR");
    }

    @Test
    void runsAnExtenderInJavaThatReplacesTheMean() throws IOException {
        Files.writeString(scripts.resolve("Ours.java"), """
                import java.nio.file.Path;
                import java.util.*;

                public class Ours {
                    public static Map<String, Object> take(Map<String, Object> updates, Map<String, Object> previous) {
                        Map<String, Object> ours = new HashMap<>();
                        Map<String, Object> weights = new LinkedHashMap<>();
                        ((Map<String, Object>) updates.get("weights")).forEach((name, array) -> {
                            float[] values = new float[((float[]) array).length];
                            Arrays.fill(values, previous == null ? 1 : 2);
                            weights.put(name, values);
                        });
                        ours.put("weights", weights);
                        return ours;
                    }
                }
                """);
        World world = world(1, "Ours.java", null, "take", null, true);

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FINISHED);
        byte[] model = world.lastModel();
        // The last of 20 float32 values is the bias's, which was 0 before the step.
        assertThat(java.nio.ByteBuffer.wrap(model)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getFloat(model.length - 4))
                .isEqualTo(2f);
    }

    @Test
    void saysWhatIsWrongWithWeightsThatAreMissing() throws IOException {
        Files.writeString(scripts.resolve("none.py"), "def take(updates, previous):\n    return {\"n\": 1}\n");
        World world = world(1, "none.py", null, "take", null, true);

        Ended ended = world.playToTheEnd();

        assertThat(ended.state()).contains(RunState.FAILED);
        assertThat(ended.reason()).contains("neither finish nor the last aggregate returned a dict with weights");
    }

    private World world(int rounds, String entry, String broadcast, String aggregate, String finish, boolean own) {
        ExtenderConfig config = new ExtenderConfig(
                scripts.toString(),
                entry,
                Optional.ofNullable(broadcast),
                Optional.ofNullable(aggregate),
                Optional.ofNullable(finish));
        JobMethod plain = JobMethod.plain();
        JobMethod method = new JobMethod(
                own
                        ? Optional.of(new AggregationConfig(
                                AggregationConfig.EXTENDER, JobJson.newObject(), Optional.empty()))
                        : Optional.empty(),
                plain.earlyStop(),
                plain.localLayers(),
                plain.compression(),
                Optional.of(config),
                plain.privacy(),
                plain.secureAggregation());
        World world = new World(ownDirectory(), World.hyper(rounds, 2, 2), 1, 1);
        ExtenderProcesses processes = new ExtenderProcesses(
                new PlainProcesses(Isolation.NONE),
                world.time(),
                () -> 0,
                Map.of("PATH", System.getenv("PATH")),
                new ExtenderSettings(python(), Duration.ofMinutes(2), 1024));
        return world.extended(method, JobJson.object("{\"start\": 5}".getBytes(StandardCharsets.UTF_8)), processes);
    }

    private Path ownDirectory() {
        try {
            return Files.createTempDirectory(directory, "world");
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    /** Not one that a version manager only stands in for: it needs variables that extenders do not get. */
    private static String python() {
        return List.of("/usr/bin/python3", "/usr/local/bin/python3").stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse("python3");
    }
}
