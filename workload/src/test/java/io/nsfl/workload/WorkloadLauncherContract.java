package io.nsfl.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What every launcher promises, whatever it runs its workloads on. Programs are given as shell scripts. */
public interface WorkloadLauncherContract {
    WorkloadLauncher launcher();

    /** A new launcher over the same place, as after a restart of the service that had the old one. */
    WorkloadLauncher restarted();

    /** What this launcher needs to know beside. */
    default WorkloadSpec.Builder placed(WorkloadSpec.Builder workload) {
        return workload;
    }

    private WorkloadSpec.Builder script(String name, String revision, String script) {
        return placed(
                WorkloadSpec.of(name, revision, List.of("sh", "-c", script)).label("kind", "test"));
    }

    private WorkloadStatus ended(String name) {
        Await.until(name + " ended", () -> !launcher().find(name).orElseThrow().alive());
        return launcher().find(name).orElseThrow();
    }

    @Test
    default void tellsTheExitCodeAndTheTailOfTheLog() {
        launcher()
                .launch(script("fails", "1", "echo first; echo why it failed >&2; exit 3")
                        .build());

        WorkloadStatus status = ended("fails");

        assertThat(status.end()).contains(new WorkloadEnd.Exited(3));
        assertThat(status.logTail().lines()).containsExactlyInAnyOrder("first", "why it failed");
    }

    @Test
    default void adoptsARunningWorkloadOfTheSameRevision() {
        WorkloadStatus first = launcher()
                .launch(script("same", "1", "echo $$; exec tail -f /dev/null").build());
        Await.until("it wrote its id", () -> !logOf("same").isEmpty());
        String id = logOf("same");

        WorkloadStatus second = launcher()
                .launch(script("same", "1", "echo $$; exec tail -f /dev/null").build());

        assertThat(second.startedAt()).isEqualTo(first.startedAt());
        assertThat(logOf("same")).isEqualTo(id);
    }

    @Test
    default void replacesARunningWorkloadOfAnotherRevision() {
        launcher()
                .launch(script("other", "1", "echo one; exec tail -f /dev/null").build());
        Await.until("the first runs", () -> logOf("other").equals("one\n"));

        launcher()
                .launch(script("other", "2", "echo two; exec tail -f /dev/null").build());

        Await.until("the second runs", () -> logOf("other").equals("two\n"));
        assertThat(launcher().find("other").orElseThrow().revision()).isEqualTo("2");
        assertThat(launcher().list(Map.of())).hasSize(1);
    }

    @Test
    default void startsAnEndedWorkloadAnew() {
        launcher().launch(script("again", "1", "exit 0").build());
        ended("again");

        WorkloadStatus again =
                launcher().launch(script("again", "1", "exec tail -f /dev/null").build());

        assertThat(again.alive()).isTrue();
    }

    @Test
    default void forgetsAStoppedWorkload() {
        launcher().launch(script("stopped", "1", "exec tail -f /dev/null").build());

        launcher().stop("stopped", Duration.ofSeconds(30));

        assertThat(launcher().find("stopped")).isEmpty();
        launcher().stop("stopped", Duration.ofSeconds(30));
    }

    @Test
    default void endsWhatIgnoresThePoliteRequest() {
        launcher()
                .launch(script("deaf", "1", "trap '' TERM; echo ready; while :; do tail -f /dev/null; done")
                        .build());
        Await.until("it is deaf", () -> logOf("deaf").equals("ready\n"));

        launcher().stop("deaf", Duration.ofMillis(100));

        assertThat(launcher().find("deaf")).isEmpty();
    }

    @Test
    default void listsByLabels() {
        launcher().launch(script("red", "1", "exit 0").label("colour", "red").build());
        launcher().launch(script("blue", "1", "exit 0").label("colour", "blue").build());

        assertThat(launcher().list(Map.of("colour", "red", "kind", "test")))
                .extracting(WorkloadStatus::name)
                .containsExactly("red");
        assertThat(launcher().list(Map.of())).hasSize(2);
    }

    @Test
    default void tellsAWatcherWhatIsAndWhatChanges() {
        launcher().launch(script("before", "1", "exec tail -f /dev/null").build());
        List<String> heard = new CopyOnWriteArrayList<>();
        launcher().watch(Map.of("kind", "test"), status -> heard.add(status.name() + " " + status.phase()));
        Await.until("the present was told", () -> heard.contains("before RUNNING"));

        launcher().launch(script("after", "1", "exit 7").build());

        Await.until("the end was told", () -> heard.contains("after ENDED"));
    }

    @Test
    default void tellsNothingAfterAWatchWasClosed() {
        List<String> heard = new CopyOnWriteArrayList<>();
        WorkloadLauncher.Watch closed = launcher().watch(Map.of(), status -> heard.add(status.name()));
        closed.close();
        List<String> open = new CopyOnWriteArrayList<>();
        launcher().watch(Map.of(), status -> open.add(status.name()));

        launcher().launch(script("quiet", "1", "exit 0").build());

        Await.until("the open watch heard of it", () -> open.contains("quiet"));
        assertThat(heard).isEmpty();
    }

    @Test
    default void aRestartedLauncherFindsWhatRuns() {
        WorkloadStatus before = launcher()
                .launch(script("survivor", "1", "exec tail -f /dev/null").build());

        WorkloadLauncher restarted = restarted();

        WorkloadStatus found = restarted.find("survivor").orElseThrow();
        assertThat(found.alive()).isTrue();
        assertThat(found.pid()).isEqualTo(before.pid());
        assertThat(restarted.launch(script("survivor", "1", "exit 1").build()).startedAt())
                .isEqualTo(before.startedAt());
    }

    @Test
    default void aRestartedLauncherKnowsHowSomethingEnded() {
        launcher().launch(script("ended", "1", "exit 9").build());
        ended("ended");

        assertThat(restarted().find("ended").orElseThrow().end()).contains(new WorkloadEnd.Exited(9));
    }

    @Test
    default void aRestartedLauncherTellsTheEndOfWhatItAdopted() {
        launcher()
                .launch(script("adopted", "1", "read line < \"$PIPE\"; exit 4")
                        .environment("PIPE", pipe())
                        .build());
        List<WorkloadEnd> ends = new CopyOnWriteArrayList<>();
        restarted().watch(Map.of(), status -> status.end().ifPresent(ends::add));

        writeTo(pipe());

        Await.until("the end was told", () -> ends.contains(new WorkloadEnd.Exited(4)));
    }

    /** Path of a named pipe that workloads can read. */
    String pipe();

    /** Writes one line to the pipe once somebody reads it. */
    void writeTo(String pipe);

    private String logOf(String name) {
        return launcher().log(name, 8192);
    }
}
