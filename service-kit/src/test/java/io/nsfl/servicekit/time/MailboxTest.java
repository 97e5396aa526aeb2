package io.nsfl.servicekit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final List<Throwable> uncaught = new ArrayList<>();
    private final Mailbox mailbox = new Mailbox("test", threads, uncaught::add);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void losesNoTaskAndRunsThemOneAtATime() throws Exception {
        int[] counter = {0};
        List<CompletableFuture<Void>> posters = new ArrayList<>();
        for (int poster = 0; poster < 4; poster++) {
            posters.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 10_000; i++) {
                            // Without a single writer some of these increments would be lost.
                            mailbox.execute(() -> counter[0]++);
                        }
                    },
                    threads));
        }
        for (CompletableFuture<Void> poster : posters) {
            poster.get(60, TimeUnit.SECONDS);
        }

        assertThat(mailbox.submit(() -> counter[0]).get(60, TimeUnit.SECONDS)).isEqualTo(40_000);
    }

    @Test
    void runsTasksInTheOrderTheyWerePosted() throws Exception {
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            mailbox.execute(() -> seen.add(number));
        }

        assertThat(mailbox.submit(() -> List.copyOf(seen)).get(60, TimeUnit.SECONDS))
                .isSorted()
                .hasSize(1_000);
    }

    @Test
    void knowsItsOwnTasks() throws Exception {
        assertThat(mailbox.submit(mailbox::isOwner).get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(mailbox.isOwner()).isFalse();
        assertThatThrownBy(mailbox::requireOwner)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("test");
    }

    @Test
    void finishesATaskBeforeTheOneItPosts() {
        List<String> seen = new ArrayList<>();
        Mailbox direct = new Mailbox("direct", Runnable::run, uncaught::add);

        direct.execute(() -> {
            direct.execute(() -> seen.add("second"));
            seen.add("first");
        });

        assertThat(seen).containsExactly("first", "second");
    }

    @Test
    void goesOnAfterATaskThatThrew() throws Exception {
        mailbox.execute(() -> {
            throw new IllegalStateException("broken");
        });

        assertThat(mailbox.submit(() -> uncaught.getFirst().getMessage()).get(60, TimeUnit.SECONDS))
                .isEqualTo("broken");
    }

    @Test
    void leavesUndoneWhatNoThreadIsLentForAnyMore() {
        AtomicBoolean lent = new AtomicBoolean();
        Mailbox stopping = new Mailbox(
                "stopping",
                task -> {
                    if (lent.getAndSet(true)) {
                        throw new RejectedExecutionException("stopping");
                    }
                    task.run();
                },
                uncaught::add);
        AtomicInteger ran = new AtomicInteger();

        stopping.execute(() -> {
            for (int i = 0; i < 100; i++) {
                stopping.execute(ran::incrementAndGet);
            }
        });

        assertThat(ran).as("the turn that was begun").hasValueBetween(1, 99);
        assertThat(uncaught).isEmpty();
        assertThatThrownBy(() -> stopping.execute(() -> {}))
                .as("who posts afterwards is told")
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void handsAResultsFailureToWhoAskedForIt() throws Exception {
        CompletableFuture<Object> result = mailbox.submit(() -> {
            throw new IllegalStateException("broken");
        });

        assertThatThrownBy(() -> result.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("broken");
        assertThat(mailbox.submit(uncaught::size).get(60, TimeUnit.SECONDS)).isZero();
    }
}
