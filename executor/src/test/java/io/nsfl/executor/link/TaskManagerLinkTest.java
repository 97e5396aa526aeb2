package io.nsfl.executor.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.ExecutorReadyRequest;
import io.nsfl.protocol.v1.ExecutorReadyResponse;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskEndedResponse;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.ManualTimers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In one thread: calls are answered before they return, time is moved by hand. */
class TaskManagerLinkTest extends TaskManagerServiceGrpc.TaskManagerServiceImplBase {
    private static final TaskRef TASK = TaskRef.newBuilder().setRound(1).build();

    private final ManualTimers timers = new ManualTimers(Instant.EPOCH);
    private final List<String> ready = new ArrayList<>();
    private final List<TaskEndedRequest> ended = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private boolean answers = true;
    private Server server;
    private TaskManagerLink link;

    @BeforeEach
    void start() throws IOException {
        server = InProcessServerBuilder.forName("link-test")
                .directExecutor()
                .addService(this)
                .build()
                .start();
        link = new TaskManagerLink(
                new TaskManagerLink.Identity("nsfl-x-1", () -> "127.0.0.1:5", 17),
                new TaskManagerLink.Dialling(() -> "link-test", name -> {
                    channels.add(InProcessChannelBuilder.forName(name)
                            .directExecutor()
                            .build());
                    return channels.getLast();
                }),
                Runnable::run,
                timers,
                timers,
                () -> new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), new Random(1)),
                reasons::add);
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.shutdownNow();
    }

    @Test
    void announcesItselfAgainAndAgain() {
        link.start();
        timers.advance(Duration.ofSeconds(40));

        assertThat(ready).hasSizeGreaterThan(1).containsOnly("127.0.0.1:5");
    }

    @Test
    void repeatsAnEndUntilItIsAnswered() {
        answers = false;
        link.start();
        link.ended(TaskEndedRequest.newBuilder().setTask(TASK).build());
        timers.advance(Duration.ofSeconds(30));
        assertThat(ended).isEmpty();

        answers = true;
        timers.advance(Duration.ofMinutes(1));

        assertThat(ended)
                .singleElement()
                .extracting(TaskEndedRequest::getExecutorId)
                .isEqualTo("nsfl-x-1");
    }

    @Test
    void endsWhenTheTaskManagerIsGoneForTenMinutes() {
        answers = false;
        link.start();
        link.started(TASK, 0);

        timers.advance(Duration.ofMinutes(9));
        assertThat(reasons).isEmpty();
        timers.advance(Duration.ofMinutes(2));

        assertThat(reasons).singleElement().asString().contains("task-manager");
    }

    @Test
    void endsWhenIdleForTheLimitButNotWhileATaskRuns() {
        link.start();
        link.started(TASK, 0);
        timers.advance(Duration.ofMinutes(5));
        assertThat(reasons).isEmpty();

        link.ended(TaskEndedRequest.newBuilder().setTask(TASK).build());
        timers.advance(Duration.ofMinutes(2));

        assertThat(reasons).singleElement().asString().contains("nothing to do");
    }

    @Override
    public void executorReady(ExecutorReadyRequest request, StreamObserver<ExecutorReadyResponse> answer) {
        if (!answers) {
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        ready.add(request.getAddress());
        answer.onNext(ExecutorReadyResponse.newBuilder().setIdleLimitS(60).build());
        answer.onCompleted();
    }

    @Override
    public void taskEnded(TaskEndedRequest request, StreamObserver<TaskEndedResponse> answer) {
        if (!answers) {
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        ended.add(request);
        answer.onNext(TaskEndedResponse.getDefaultInstance());
        answer.onCompleted();
    }
}
