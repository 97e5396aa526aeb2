package io.nsfl.servicekit.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduledTimersTest implements TimersContract {
    private final ScheduledTimers timers = new ScheduledTimers("timers-test");

    @Override
    public Timers timers() {
        return timers;
    }

    @Override
    public void pass(Duration time, CountDownLatch until) throws InterruptedException {
        until.await(60, TimeUnit.SECONDS);
    }

    @Test
    void aStepThatIsUnderWayWhileItsProcessStopsMayStillWantATimer() {
        AtomicBoolean ran = new AtomicBoolean();
        timers.close();

        Timers.Timer late = timers.schedule(Duration.ZERO, Runnable::run, () -> ran.set(true));
        late.cancel();

        assertThat(ran).isFalse();
    }

    /** Such a delay may come from another machine, and be nonsense. */
    @Test
    void aDelayOfMoreNanosecondsThanALongHoldsIsLongAndNoFailure() {
        AtomicBoolean ran = new AtomicBoolean();

        timers.schedule(Duration.ofSeconds(Long.MAX_VALUE), Runnable::run, () -> ran.set(true))
                .cancel();

        assertThat(ran).isFalse();
    }

    @AfterEach
    void close() {
        timers.close();
    }
}
