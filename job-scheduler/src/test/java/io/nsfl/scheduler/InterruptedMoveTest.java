package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.scheduler.fakes.StumblingStore;
import io.nsfl.workload.WorkloadEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A move is stored, and then something below fails: what follows from the move comes all the same, without a restart. */
class InterruptedMoveTest {
    @TempDir
    private Path workspace;

    private final StumblingStore store = new StumblingStore();
    private SchedulerFixture scheduler;

    @BeforeEach
    void start() {
        scheduler = new SchedulerFixture(workspace, store, List.of());
        scheduler.selector.refuse("one", "No clients.");
    }

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @Test
    void launchesAJobWhoseAdmissionCouldNotBeTold() {
        pending();
        store.refuseNext("events");
        scheduler.selector.admit("one");

        inTime(() -> scheduler.launcher.launches().size() == 1);

        assertThat(store.hasStumbled()).isTrue();
        assertThat(scheduler
                        .send("GET", "/namespaces/default/jobs/one/events", null)
                        .body())
                .contains("\"STARTING\"");
    }

    @Test
    void launchesAJobWhoseAdmissionWasStoredWithoutAnAnswer() {
        pending();
        store.loseNextAnswer("jobs");
        scheduler.selector.admit("one");

        inTime(() -> scheduler.launcher.launches().size() == 1);

        assertThat(store.hasStumbled()).isTrue();
    }

    @Test
    void takesUpAJobThatWasStoredWithoutAnAnswer() {
        scheduler.selector.admit("one");
        store.loseNextAnswer("jobs");

        assertThat(scheduler.create("one").status()).isEqualTo(503);

        inTime(() -> scheduler.launcher.launches().size() == 1);
    }

    @Test
    void goesOnWithAStopThatTheLauncherCouldNotCarryOut() {
        pending();
        scheduler.launcher.setAway(true);

        assertThat(scheduler
                        .send("PUT", "/namespaces/default/jobs/one:stop", null)
                        .status())
                .isEqualTo(200);
        assertThat(scheduler.state("one")).isEqualTo("STOPPING");
        scheduler.launcher.setAway(false);

        inTime(() -> scheduler.state("one").equals("STOPPED"));
    }

    @Test
    void cleansUpAfterAnEndThatCouldNotBeTold() {
        scheduler.selector.admit("one");
        scheduler.create("one");
        var launched = scheduler.awaitLaunch(1);
        scheduler.beat(launched, "RUNNING", 10);
        store.refuseNext("events");

        assertThat(scheduler.beat(launched, "FINISHED", 100).status()).isEqualTo(200);
        scheduler.launcher.end("default-one", new WorkloadEnd.Exited(0), "");

        inTime(() -> scheduler
                .send("GET", "/namespaces/default/jobs/one/events", null)
                .body()
                .contains("\"FINISHED\""));
        inTime(() -> !scheduler.selector.releases().isEmpty());
    }

    @Test
    void looksAtAWaitingJobOnceAtATimeWhateverWasRepeated() {
        pending();
        store.loseNextAnswer("jobs");
        scheduler.selector.refuse("one", "Other clients.");
        inTime(() -> store.hasStumbled() && scheduler.reason("one").equals("Other clients."));
        // What was repeated comes in these seconds.
        for (int second = 0; second < 10; second++) {
            look();
        }
        int before = scheduler.selector.checks().size();

        for (int time = 0; time < 5; time++) {
            look();
        }

        assertThat(scheduler.selector.checks()).hasSize(before + 5);
    }

    /** Lets the longest pause pass and waits until the job waits again. */
    private void look() {
        int before = scheduler.selector.checks().size();
        scheduler.time.advance(Duration.ofSeconds(5));
        SchedulerFixture.until(
                () -> scheduler.selector.checks().size() > before && scheduler.time.pending() > 0,
                () -> scheduler.time.pending() + " timers");
    }

    private void pending() {
        scheduler.create("one");
        scheduler.awaitState("one", "PENDING");
        // The event that tells of it comes after the state.
        inTime(() -> scheduler
                .send("GET", "/namespaces/default/jobs/one/events", null)
                .body()
                .contains("PENDING"));
    }

    private void inTime(BooleanSupplier condition) {
        SchedulerFixture.until(
                () -> {
                    scheduler.time.advance(Duration.ofSeconds(1));
                    return condition.getAsBoolean();
                },
                () -> String.valueOf(scheduler.get("one")));
    }
}
