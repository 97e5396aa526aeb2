package io.nsfl.servicekit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MailboxesTest {
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> failures = new ArrayList<>();
    private final Mailboxes<String> mailboxes =
            new Mailboxes<>(threads::add, (key, thrown) -> failures.add(key + " " + thrown.getMessage()));

    @Test
    void keepsNothingOfKeysThatHaveNothingToDo() {
        for (int number = 0; number < 1000; number++) {
            mailboxes.execute("made up " + number, () -> {});
        }
        assertThat(mailboxes.size()).isEqualTo(1000);

        runAll();

        assertThat(mailboxes.size()).isZero();
    }

    @Test
    void lendsTheTasksOfAKeyOneThreadAtATime() {
        List<String> done = new ArrayList<>();
        mailboxes.execute("a", () -> {
            done.add("first");
            mailboxes.execute("a", () -> done.add("third"));
        });
        mailboxes.execute("a", () -> done.add("second"));
        assertThat(threads).hasSize(1);

        runAll();

        assertThat(done).containsExactly("first", "second", "third");
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        mailboxes.execute("a", () -> {
            throw new IllegalStateException("broken");
        });
        CompletableFuture<String> answer = mailboxes.submit("a", () -> "answer");
        CompletableFuture<String> failure = mailboxes.submit("a", () -> {
            throw new IllegalStateException("told");
        });

        runAll();

        assertThat(failures).containsExactly("a broken");
        assertThat(answer).isCompletedWithValue("answer");
        assertThat(failure).isCompletedExceptionally();
        assertThat(mailboxes.size()).isZero();
    }

    @Test
    void letsOnlyTasksOfAKeyTouchItsState() {
        mailboxes.execute("a", () -> mailboxes.requireOwner("a"));
        mailboxes.execute("b", () -> mailboxes.requireOwner("a"));

        runAll();

        assertThat(failures).hasSize(1).first().asString().startsWith("b Cannot touch the state of mailbox a");
        assertThatThrownBy(() -> mailboxes.requireOwner("a")).isInstanceOf(IllegalStateException.class);
    }

    private void runAll() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }
}
