package io.nsfl.servicekit.time;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

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

    @AfterEach
    void close() {
        timers.close();
    }
}
