package io.nsfl.taskmanager.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.v1.Resources;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExecutorRoomTest {
    private final ExecutorRoom room = new ExecutorRoom(resources(4, 1000, 1));

    @Test
    void idleExecutorsStayWhereThereIsRoom() {
        assertThat(take("a", resources(1, 100, 0))).isEmpty();
        assertThat(take("b", resources(3, 900, 1))).isEmpty();
    }

    @Test
    void theLongestIdleOnesGoAndNoMoreThanNeeded() {
        take("a", resources(1, 100, 0));
        take("b", resources(1, 100, 0));
        take("c", resources(1, 100, 0));
        take("a", resources(1, 100, 0));

        assertThat(take("d", resources(2, 100, 0))).containsExactly("b");
        assertThat(take("e", resources(2, 100, 0))).containsExactly("c", "a");
    }

    @Test
    void onlyThoseGoThatHaveWhatIsShort() {
        take("cores", resources(3, 0, 0));
        take("gpu", resources(0, 0, 1));

        assertThat(take("other", resources(1, 10, 1))).containsExactly("gpu");
    }

    @Test
    void busyOnesStay() {
        take("busy", resources(3, 0, 0));
        take("idle", resources(1, 0, 0));

        assertThat(room.take(Set.of("new"), resources(1, 0, 0), "idle"::equals)).containsExactly("idle");
        assertThat(room.take(Set.of("newer"), resources(4, 0, 0), name -> false))
                .isEmpty();
    }

    @Test
    void whatIsGoneHoldsNothing() {
        take("a", resources(4, 0, 0));
        room.leave("a");

        assertThat(take("b", resources(4, 0, 0))).isEmpty();
    }

    @Test
    void workersOfOneRunTakeRoomTogetherAndOnce() {
        assertThat(room.take(List.of("run-0", "run-1"), resources(2, 0, 0), name -> true))
                .isEmpty();
        assertThat(room.take(List.of("run-0", "run-1"), resources(2, 0, 0), name -> true))
                .isEmpty();
    }

    private List<String> take(String executor, Resources each) {
        return room.take(Set.of(executor), each, name -> true);
    }

    private static Resources resources(double cpu, long memory, int gpu) {
        return Resources.newBuilder()
                .setCpu(cpu)
                .setMemoryMb(memory)
                .setGpu(gpu)
                .build();
    }
}
