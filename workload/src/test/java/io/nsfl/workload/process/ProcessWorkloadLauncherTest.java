package io.nsfl.workload.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.workload.Await;
import io.nsfl.workload.WorkloadEnd;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadLauncherContract;
import io.nsfl.workload.WorkloadResources;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessWorkloadLauncherTest implements WorkloadLauncherContract {
    @TempDir
    Path directory;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private ProcessWorkloadLauncher launcher;

    @BeforeEach
    void open() throws Exception {
        new ProcessBuilder("mkfifo", pipe()).start().waitFor();
        launcher = create();
    }

    @AfterEach
    void endEverything() {
        launcher.list(Map.of()).forEach(status -> launcher.stop(status.name(), Duration.ZERO));
        launcher.close();
        timer.shutdownNow();
    }

    private ProcessWorkloadLauncher create() {
        return new ProcessWorkloadLauncher(
                directory.resolve("state"), Inheritable.of(System.getenv()), InstantSource.system(), timer);
    }

    @Override
    public WorkloadLauncher launcher() {
        return launcher;
    }

    @Override
    public WorkloadLauncher restarted() {
        launcher.close();
        launcher = create();
        return launcher;
    }

    @Override
    public String pipe() {
        return directory.resolve("pipe").toString();
    }

    @Override
    public void writeTo(String pipe) {
        try {
            Files.writeString(Path.of(pipe), "go\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void startsOverWhatAPowerCutLeftEmpty() throws IOException {
        run(script("ended", "exit 0"));
        Path workloads = directory.resolve("state/workloads");
        Files.writeString(workloads.resolve("ended/exit"), "");
        Files.writeString(Files.createDirectories(workloads.resolve("begun")).resolve("spec"), "");

        restarted();

        assertThat(launcher.find("ended").flatMap(WorkloadStatus::end)).contains(new WorkloadEnd.Lost());
        assertThat(launcher.find("begun")).isEmpty();
        assertThat(workloads.resolve("begun")).doesNotExist();
    }

    private WorkloadStatus run(WorkloadSpec.Builder spec) {
        WorkloadStatus status = launcher.launch(spec.build());
        Await.until(
                status.name() + " ended",
                () -> !launcher.find(status.name()).orElseThrow().alive());
        return launcher.find(status.name()).orElseThrow();
    }

    private static WorkloadSpec.Builder script(String name, String script) {
        return WorkloadSpec.of(name, "1", List.of("sh", "-c", script));
    }

    @Test
    void tellsASignalFromAnExitCode() {
        assertThat(run(script("killed", "kill -9 $$")).end()).contains(new WorkloadEnd.Killed(9));
        assertThat(run(script("exited", "exit 9")).end()).contains(new WorkloadEnd.Exited(9));
    }

    @Test
    void tellsAKillForLackOfMemoryByTheKernelsCount() {
        assertThat(StateDirectory.parseExit("137 4 5")).isEqualTo(new WorkloadEnd.OutOfMemory());
        assertThat(StateDirectory.parseExit("137 4 4")).isEqualTo(new WorkloadEnd.Killed(9));
        assertThat(StateDirectory.parseExit("1 4 5")).isEqualTo(new WorkloadEnd.Exited(1));
        assertThat(StateDirectory.parseExit("255 0 0")).isEqualTo(new WorkloadEnd.Exited(255));
    }

    @Test
    void stopsEveryProcessOfTheTreeEvenOneThatLeftItsSession() {
        launcher.launch(script("tree", "sh -c 'tail -f /dev/null; :' & setsid tail -f /dev/null & echo up; wait")
                .build());
        ProcessHandle shell = ProcessHandle.of(
                        launcher.find("tree").orElseThrow().pid().orElseThrow())
                .orElseThrow();
        Await.until("all of it runs", () -> shell.descendants().count() >= 4);
        List<ProcessHandle> all = shell.descendants().toList();

        launcher.stop("tree", Duration.ofSeconds(30));

        assertThat(all)
                .noneMatch(process ->
                        new ProcessTable(Path.of("/proc")).find(process.pid()).isPresent());
    }

    @Test
    void leavesAWorkloadAloneThatAWorkloadLaunched() {
        String nested =
                "setsid sh -c 'tail -f /dev/null; :' " + Supervisor.MARK + " x & echo $!; exec tail -f /dev/null";
        launcher.launch(script("outer", nested).build());
        Await.until(
                "it told the inner one's id",
                () -> !launcher.find("outer").orElseThrow().logTail().isEmpty());
        long pid = Long.parseLong(launcher.find("outer").orElseThrow().logTail().strip());
        ProcessHandle supervisor = ProcessHandle.of(pid).orElseThrow();
        Await.until("the inner one runs", () -> supervisor.children().count() == 1);
        ProcessHandle program = supervisor.children().findFirst().orElseThrow();

        launcher.stop("outer", Duration.ofSeconds(30));

        assertThat(gone(pid)).isFalse();
        assertThat(gone(program.pid())).isFalse();
        program.destroyForcibly();
        supervisor.destroyForcibly();
    }

    @Test
    void endsWhatAProgramLeavesBehind() {
        WorkloadStatus ended = run(script("leaves", "tail -f /dev/null & echo $!"));
        long left = Long.parseLong(ended.logTail().strip());

        Await.until("the rest is gone", () -> gone(left));
    }

    @Test
    void saysThatAWorkloadIsLostWhenItsSupervisorWasKilled() {
        WorkloadStatus running =
                launcher.launch(script("lost", "exec tail -f /dev/null").build());
        ProcessHandle shell = ProcessHandle.of(running.pid().orElseThrow()).orElseThrow();
        // The shell has short-lived children besides.
        Await.until("the program runs", () -> tail(shell).isPresent());
        ProcessHandle program = tail(shell).orElseThrow();

        shell.destroyForcibly();

        Await.until(
                "it is lost", () -> launcher.find("lost").orElseThrow().end().isPresent());
        assertThat(launcher.find("lost").orElseThrow().end()).contains(new WorkloadEnd.Lost());
        Await.until("the program is gone", () -> gone(program.pid()));
    }

    private static Optional<ProcessHandle> tail(ProcessHandle shell) {
        return shell.children()
                .filter(child -> child.info().command().orElse("").endsWith("/tail"))
                .findFirst();
    }

    @Test
    void doesNotTakeAnotherProcessForItsOwnWhenAnIdIsUsedAgain() throws IOException {
        launcher.launch(script("reused", "exec tail -f /dev/null").build());
        Path state = directory.resolve("state/workloads/reused");
        Await.until("it noted its identity", () -> Files.exists(state.resolve("process")));
        Path copy = directory.resolve("state/workloads/copy");
        Files.createDirectories(copy);
        Files.writeString(
                copy.resolve("spec"), Files.readString(state.resolve("spec")).replace("reused", "copy"));
        Files.writeString(copy.resolve("process"), withStart(Files.readString(state.resolve("process")), 1));

        WorkloadLauncher restarted = restarted();

        assertThat(restarted.find("copy").orElseThrow().end()).contains(new WorkloadEnd.Lost());
        assertThat(restarted.find("reused").orElseThrow().alive()).isTrue();
        restarted.stop("copy", Duration.ZERO);
        assertThat(restarted.find("reused").orElseThrow().alive()).isTrue();
    }

    private static String withStart(String stat, long start) {
        int bracket = stat.lastIndexOf(')');
        String[] fields = stat.substring(bracket + 1).strip().split(" ");
        fields[19] = Long.toString(start);
        return stat.substring(0, bracket + 1) + " " + String.join(" ", fields);
    }

    /** Dead, even if the machine's first process has not asked for it yet. */
    private static boolean gone(long pid) {
        return new ProcessTable(Path.of("/proc")).find(pid).isEmpty();
    }

    @Test
    void handsDownNothingOfTheLaunchersOwnEnvironmentButTheMachinesSetUp() {
        Map<String, String> kept = Inheritable.of(Map.of("PATH", "/bin", "DB_PASSWORD", "s3cret", "LC_ALL", "C.UTF-8"));

        assertThat(kept).containsOnlyKeys("PATH", "LC_ALL");
    }

    @Test
    void boundsAProgramsMemoryWhereALimitIsAsked() {
        WorkloadStatus limited = run(script("limited", "ulimit -d").resources(new WorkloadResources(0, 64, 0)));

        assertThat(limited.logTail().strip()).isEqualTo(Long.toString(64 * 1024));
    }

    @Test
    void showsOnlyTheEndOfALongLog() {
        WorkloadStatus chatty = run(script("chatty", "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done"));

        assertThat(chatty.logTail()).endsWith("line 4999\n").startsWith("line ");
        assertThat(chatty.logTail().length()).isLessThanOrEqualTo(LogFile.TAIL);
        assertThat(chatty.log().orElseThrow()).isNotEmptyFile();
    }

    @Test
    void saysWhichProgramCannotBeFound() {
        WorkloadStatus absent = run(WorkloadSpec.of("absent", "1", List.of("/nowhere/program")));

        assertThat(absent.end()).contains(new WorkloadEnd.Exited(127));
        assertThat(absent.logTail()).contains("/nowhere/program");
    }

    @Test
    void givesSecretsOnStandardInputOnly() {
        WorkloadStatus ended = run(script("secret", "cat; env | grep -c hidden; env | grep NSFL_")
                .secret("credential", "hidden")
                .environment("SHOWN", "yes"));

        assertThat(ended.logTail()).isEqualTo("{\"credential\":\"hidden\"}0\nNSFL_SECRETS=stdin\n");
    }

    @Test
    void givesAnEmptyInputWhereThereAreNoSecrets() {
        assertThat(run(script("no-secret", "cat; echo end of input")).logTail()).isEqualTo("end of input\n");
    }
}
