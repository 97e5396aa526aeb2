package io.nsfl.coordinator.extender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.PlainProcesses;
import io.nsfl.servicekit.time.ManualTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What a process may do and what comes of it, with shell scripts in the place of runners. */
@Timeout(60)
class ExtenderProcessesTest {
    @TempDir
    Path directory;

    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private ExtenderProcesses processes;
    private Path work;

    @BeforeEach
    void set() throws IOException {
        work = directory.toRealPath().resolve("call");
        processes = new ExtenderProcesses(
                new PlainProcesses(Isolation.limits(0, 1 << 20)),
                timers,
                () -> 0,
                Map.of("PATH", "/usr/bin:/bin"),
                new ExtenderSettings("python3", Duration.ofSeconds(30), 64));
    }

    @Test
    void returnsTheAnswer() throws IOException {
        assertThat(call("echo '{\"a\": 1}' > \"$1/out/response.json\"")
                        .path("a")
                        .asInt(0))
                .isEqualTo(1);
    }

    @Test
    void saysWhatTheRunnerFoundWrong() {
        assertThatThrownBy(() -> call("echo '{\"problem\": \"No.\"}' > \"$1/out/response.json\""))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.EXTENDER_FAILED))
                .hasMessage("No.");
    }

    @Test
    void refusesAnAnswerThatIsMissingALinkOrTooLarge() {
        for (String script : new String[] {
            "true",
            "ln -s /etc/passwd \"$1/out/response.json\"",
            "rmdir \"$1/out\"; ln -s /tmp \"$1/out\"",
            "head -c 1048577 /dev/zero > \"$1/out/response.json\"; true"
        }) {
            assertThatThrownBy(() -> call(script))
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            refused -> assertThat(refused.fault()).isEqualTo(Fault.EXTENDER_FAILED))
                    .hasMessageContaining("answer");
        }
    }

    @Test
    void endsAProcessThatWritesWithoutEnd() {
        assertThatThrownBy(() -> call("head -c 100000000 /dev/zero > \"$1/out/big\""))
                .hasMessageContaining("The script");
        assertThat(work.resolve("out/big").toFile().length()).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void killsACallThatTakesTooLong() throws Exception {
        CompletableFuture<ObjectNode> call = waiting();

        timers.advance(Duration.ofSeconds(31));

        assertThatThrownBy(call::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("longer than its timeout of 30 s", "EXTENDER_TIMEOUT_S");
    }

    @Test
    void endsTheCallThatRunsAndAllThatFollowWhenItIsStopped() throws Exception {
        CompletableFuture<ObjectNode> call = waiting();

        processes.stop("the job is being stopped");

        assertThatThrownBy(call::join).hasMessageContaining("the job is being stopped");
        assertThatThrownBy(() -> call("true")).hasMessageContaining("the job is being stopped");
    }

    private CompletableFuture<ObjectNode> waiting() {
        CompletableFuture<ObjectNode> call =
                CompletableFuture.supplyAsync(() -> call("touch \"$1/ready\"; sleep 1000"));
        while (!Files.exists(work.resolve("ready"))) {
            assertThat(call.isDone()).isFalse();
            LockSupport.parkNanos(1_000_000);
        }
        return call;
    }

    private ObjectNode call(String script) {
        try {
            ExtenderProcesses.forget(work);
            Path runner = Files.writeString(directory.resolve("run.sh"), script + "\n");
            return processes.call(
                    new ExtenderProgram("sh", runner.toString(), ""), directory, work, JobJson.newObject(), Map.of());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
