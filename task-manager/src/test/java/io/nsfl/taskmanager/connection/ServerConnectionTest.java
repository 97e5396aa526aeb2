package io.nsfl.taskmanager.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.nsfl.protocol.ids.ClientKey;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Beat;
import io.nsfl.protocol.v1.Challenge;
import io.nsfl.protocol.v1.ClientEvent;
import io.nsfl.protocol.v1.Directive;
import io.nsfl.protocol.v1.Registered;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.ServerEvent;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ManualTimers;
import io.nsfl.taskmanager.FakeChannel;
import io.nsfl.taskmanager.task.ClientStore;
import io.nsfl.taskmanager.task.NotedSteps;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream to the server with a clock that the test moves and jitter that is always the longest. */
class ServerConnectionTest {
    @TempDir
    Path directory;

    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private final FakeChannel server = new FakeChannel();
    private final CompletableFuture<Set<Runtime>> runtimes = new CompletableFuture<>();
    private ClientStore store;
    private ServerConnection connection;

    @BeforeEach
    void open() {
        store = ClientStore.open(directory.resolve("lmdb"));
        Announcement announcement = new Announcement(
                "test",
                "0.0.0.0:22000",
                "linux",
                "Linux",
                List.of(),
                List.of(),
                Resources.getDefaultInstance(),
                -1,
                true,
                "1",
                io.nsfl.taskmanager.fetch.ScriptPolicy.ACCEPT_ALL.announced(),
                () -> "",
                List::of);
        connection = new ServerConnection(
                server,
                ClientKey.loadOrCreate(directory.resolve("key"), new SecureRandom()),
                announcement,
                runtimes,
                new Mailbox("connection", Runnable::run, failure -> {
                    throw new AssertionError(failure);
                }),
                timers,
                new Backoff(ServerConnection.FIRST_WAIT, ServerConnection.LONGEST_WAIT, longest()));
        connection.open(NotedSteps.desk(store, timers));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static RandomGenerator longest() {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("Only waits are random here");
            }

            @Override
            public long nextLong(long bound) {
                return bound - 1;
            }
        };
    }

    private void register() {
        server.last()
                .answer(ServerEvent.newBuilder()
                        .setChallenge(Challenge.newBuilder().setNonce(ByteString.copyFromUtf8("nonce")))
                        .build());
        server.last()
                .answer(ServerEvent.newBuilder()
                        .setRegistered(Registered.newBuilder()
                                .setSessionId("session-1")
                                .setReportPeriodS(1000))
                        .build());
    }

    private void lose() {
        server.last().end(Status.UNAVAILABLE);
    }

    /** Of the reconnection: a lost stream's other timers find nothing to do. */
    private Duration waits() {
        int before = server.calls.size();
        Duration waited = Duration.ZERO;
        while (server.calls.size() == before) {
            Duration next = timers.untilNext().orElseThrow();
            timers.advance(next);
            waited = waited.plus(next);
        }
        return waited;
    }

    @Test
    void connectsWhenItKnowsWhichRuntimesWork() {
        assertThat(server.calls).isEmpty();

        runtimes.complete(Set.of(Runtime.DL4J));
        register();

        ClientEvent first = (ClientEvent) server.last().sent.getFirst();
        assertThat(first.getRegister().getRuntimesList()).containsExactly("dl4j");
    }

    @Test
    void waitsTwiceAsLongAfterEveryLossUpToABound() {
        runtimes.complete(Set.of());
        Duration expected = ServerConnection.FIRST_WAIT;
        for (int loss = 0; loss < 10; loss++) {
            lose();
            assertThat(waits()).isEqualTo(expected);
            expected = expected.multipliedBy(2).compareTo(ServerConnection.LONGEST_WAIT) < 0
                    ? expected.multipliedBy(2)
                    : ServerConnection.LONGEST_WAIT;
        }
    }

    @Test
    void beginsWithTheShortWaitAgainOnceItWasRegistered() {
        runtimes.complete(Set.of());
        lose();
        waits();
        lose();
        waits();
        register();

        lose();

        assertThat(waits()).isEqualTo(ServerConnection.FIRST_WAIT);
    }

    @Test
    void continuesItsSessionAfterALoss() {
        runtimes.complete(Set.of());
        register();
        lose();
        waits();
        register();

        ClientEvent first = (ClientEvent) server.last().sent.getFirst();
        assertThat(first.getRegister().getSessionId()).isEqualTo("session-1");
    }

    @Test
    void comesBackWhenTheServerSaidItShould() {
        runtimes.complete(Set.of());
        register();
        server.last()
                .answer(ServerEvent.newBuilder()
                        .setDirective(Directive.newBuilder().setComeBackAfterMs(7_000))
                        .build());

        lose();

        assertThat(waits()).isEqualTo(Duration.ofSeconds(7).plus(ServerConnection.FIRST_WAIT));
    }

    @Test
    void givesASilentServerUpAfterThreeBeats() {
        runtimes.complete(Set.of());
        register();
        FakeChannel.Call<?, ?> silent = server.last();

        timers.advance(Duration.ofSeconds(79));
        assertThat(silent.cancelled).isEmpty();
        timers.advance(Duration.ofSeconds(2));

        assertThat(silent.cancelled).contains("silent");
        assertThat(server.calls).hasSize(2);
    }

    @Test
    void keepsAServerThatBeats() {
        runtimes.complete(Set.of());
        register();

        for (int minute = 0; minute < 10; minute++) {
            timers.advance(Duration.ofMinutes(1));
            server.last()
                    .answer(ServerEvent.newBuilder()
                            .setBeat(Beat.getDefaultInstance())
                            .build());
        }

        assertThat(server.calls).hasSize(1);
    }

    @Test
    void staysAwayAfterItLeft() {
        runtimes.complete(Set.of());
        register();

        connection.leave().join();
        lose();
        timers.advance(Duration.ofHours(1));

        assertThat(server.calls).hasSize(1);
    }
}
