package io.nsfl.servicekit.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What every implementation of {@link Timers} promises. */
interface TimersContract {
    Timers timers();

    /** Lets at least this much time pass, or until the latch is down. */
    void pass(Duration time, CountDownLatch until) throws InterruptedException;

    @Test
    default void runsATaskOnceOnItsExecutor() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());

        timers().schedule(
                        Duration.ofMillis(5),
                        task -> {
                            seen.add("executor");
                            task.run();
                        },
                        () -> {
                            seen.add("task");
                            ran.countDown();
                        });
        pass(Duration.ofMillis(5), ran);

        assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).containsExactly("executor", "task");
    }

    @Test
    default void runsAnOverdueTaskToo() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);

        timers().schedule(Duration.ofSeconds(-1), Runnable::run, ran::countDown);
        pass(Duration.ZERO, ran);

        assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    default void doesNotRunATaskThatWasTakenBackWhileItWaitedInItsExecutor() throws InterruptedException {
        CountDownLatch queued = new CountDownLatch(1);
        List<Runnable> queue = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean ran = new AtomicBoolean();

        Timers.Timer timer = timers().schedule(
                        Duration.ofMillis(1),
                        task -> {
                            queue.add(task);
                            queued.countDown();
                        },
                        () -> ran.set(true));
        pass(Duration.ofMillis(1), queued);
        assertThat(queued.await(60, TimeUnit.SECONDS)).isTrue();
        timer.cancel();
        timer.cancel();
        queue.forEach(Runnable::run);

        assertThat(ran).isFalse();
    }
}
