package io.nsfl.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ManualTimers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskWorkTest {
    private final List<RoundEvent> posted = new ArrayList<>();
    private final List<Throwable> logged = new ArrayList<>();
    private final Mailbox lane = new Mailbox("lane", Runnable::run, logged::add);
    private final DiskWork disk = new DiskWork(
            new Lanes(lane, lane, lane, lane, new ManualTimers(Instant.EPOCH)), null, null, new RunEvents() {
                @Override
                public void post(RoundEvent event) {
                    posted.add(event);
                }

                @Override
                public boolean over() {
                    return false;
                }

                @Override
                public boolean wanted(WorkId work) {
                    return true;
                }
            });

    @Test
    void endsARunForWhichThereIsNoMemory() {
        disk.perform(() -> {
            throw new OutOfMemoryError("Cannot reserve 1 bytes of direct buffer memory");
        });

        assertThat(posted).singleElement().isInstanceOfSatisfying(RoundEvent.Broken.class, broken -> {
            assertThat(broken.fault()).isEqualTo(Fault.INTERNAL_ERROR);
            assertThat(broken.reason()).contains("direct buffer memory");
        });
        assertThat(logged).hasSize(1);
    }

    @Test
    void waitsForStorageThatIsAway() {
        disk.perform(() -> {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, "Away.");
        });

        assertThat(posted).isEmpty();
    }
}
