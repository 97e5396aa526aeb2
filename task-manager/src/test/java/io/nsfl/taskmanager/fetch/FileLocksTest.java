package io.nsfl.taskmanager.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class FileLocksTest {
    private final FileLocks locks = new FileLocks();

    @Test
    void keepsNothingOfFilesThatNobodyWants() throws Exception {
        for (int number = 0; number < 1000; number++) {
            try (FileLocks.Held _ = locks.take("file " + number)) {
                assertThat(locks.size()).isEqualTo(1);
            }
        }

        assertThat(locks.size()).isZero();
    }

    @Test
    void letsOneInAtATime() throws Exception {
        int[] inside = new int[2];
        Callable<Void> visit = () -> {
            for (int times = 0; times < 1000; times++) {
                try (FileLocks.Held _ = locks.take("one")) {
                    inside[0]++;
                    inside[1] += inside[0] == 1 ? 0 : 1;
                    inside[0]--;
                }
            }
            return null;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Void>> visits = new ArrayList<>(threads.invokeAll(List.of(visit, visit, visit, visit)));
            for (Future<Void> done : visits) {
                done.get();
            }
        }

        assertThat(inside).containsExactly(0, 0);
        assertThat(locks.size()).isZero();
    }

    @Test
    void forgetsWhoIsInterruptedWhileHeWaits() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> locks.take("one")).isInstanceOf(InterruptedException.class);

        assertThat(locks.size()).isZero();
    }
}
